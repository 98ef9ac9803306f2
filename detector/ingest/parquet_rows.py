"""The process that unpacks Parquet: row group by row group, a few rows at a time, as lines of JSON on standard output.

Read are plain columns: strings, numbers, booleans, times. Nested ones are left out, and what a file says of itself for
other programs (extension types, pandas) is not looked at. Text is taken as UTF-8, whatever its bytes are. A line is a
letter and a value: `c` names of columns, `r` the cells of a row, `t` a row that is too long, `e` an error, `.` the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import decode_line
from detector.ingest.fields import CONTENT, KNOWN, NO_COLUMN
from detector.ingest.packed import Meter
from detector.ingest.parquet_pages import page_sizes
from detector.limits import Limits

BATCH_ROWS = 64  # in memory at a time
BATCH_SECONDS = 60  # of processor time; a batch takes some milliseconds
OTHER_BYTES = 1_000_000_000  # of memory beside a row group: the library itself, and a batch in several forms
ROW_BYTES = 1_000  # what an empty row counts as when what comes out is weighed against what went in: its result
MAX_COLUMNS = 1_000  # that are read; crawls have ten
PLAIN = frozenset({"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY"})


def main() -> None:
    """Write the rows of the Parquet file that is standard input, within the Limits that are the one argument."""
    limits = Limits(**json.loads(sys.argv[1]))
    _bound_memory(limits)
    _bound_time()
    try:
        for kind, value in _lines(sys.stdin.buffer, limits):
            _write(kind, value)
        _write(".", None)
    except InputError as error:
        _write("e", [error.code, str(error)])
    except MemoryError:
        _write(
            "e",
            [
                "too-large",
                "expected a table that fits into memory, got one that does not: write smaller groups, or raise "
                "--max-group",
            ],
        )
    except Exception as error:  # of some twenty kinds, as the file is damaged in one way or another
        message = f"expected Parquet, got damage ({type(error).__name__}): what came before it was read; write it again"
        _write("e", ["invalid-parquet", message])


def _write(kind: str, value: object) -> None:
    sys.stdout.write(f"{kind}{json.dumps(value)}\n")


def _lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, object]]:
    table = _open(stream)
    columns = _columns(table)
    yield "c", list(columns.values())
    meter = Meter(limits)
    for group in range(table.metadata.num_row_groups):
        _weigh(table.metadata.row_group(group), columns, stream, meter, limits)
        for row in _rows(table, group, columns):
            size = sum(len(cell) for cell in row if isinstance(cell, str))
            meter.count(0, ROW_BYTES + size)
            yield ("r", row) if size <= limits.line_bytes else ("t", None)


def _open(stream: BinaryIO) -> Any:
    """The table; a buffer size has columns read in pieces, and repeated strings stay one string, as in the file."""
    from pyarrow import parquet

    table = parquet.ParquetFile(stream, buffer_size=1 << 16, pre_buffer=False)
    texts = [column.path for column in _plain(table) if column.physical_type == "BYTE_ARRAY"]
    return parquet.ParquetFile(
        stream, metadata=table.metadata, buffer_size=1 << 16, pre_buffer=False, read_dictionary=texts
    )


def _plain(table: Any) -> list[Any]:
    """Columns of one value a row that are of a plain type; in a struct or a list, a path is more than a name."""
    schema = table.schema
    columns = [schema.column(i) for i in range(min(len(schema), MAX_COLUMNS))]
    return [
        column
        for column in columns
        if column.path == column.name
        and column.max_repetition_level == 0
        and column.physical_type in PLAIN
        and column.logical_type.type != "DECIMAL"
    ]


def _columns(table: Any) -> dict[str, str]:
    """Names in the file -> names of fields; raises InputError where none holds an article."""
    names = [column.name for column in _plain(table)]
    columns = {name: name.strip().lower() if name.strip().lower() in KNOWN else name for name in names}
    if not set(CONTENT) & set(columns.values()):
        got = ", ".join(repr(name[:40]) for name in names[:10]) or "none that can be read"
        raise InputError(NO_COLUMN, f"expected a column 'text' or 'html', got {got}: rename a column")
    if len(columns) < len(names):
        raise InputError("wrong-columns", "expected every column once, got some of the same name: rename them")
    return columns


def _weigh(group: Any, columns: dict[str, str], stream: BinaryIO, meter: Meter, limits: Limits) -> None:
    """Raise InputError where a row group would unpack to more than it may, by the headers of its own pages."""
    meter.begin()
    total = 0
    for i in range(group.num_columns):
        column = group.column(i)
        if column.path_in_schema not in columns:
            continue
        if column.file_path:
            raise InputError("invalid-parquet", f"expected all columns in this file, got {column.file_path[:100]!r}")
        start = column.data_page_offset
        if column.dictionary_page_offset:
            start = min(start, column.dictionary_page_offset)
        for page in page_sizes(stream, start, column.total_compressed_size):
            total += page.unpacked
            meter.count(page.packed, page.unpacked)
            if total > limits.group_bytes:
                raise InputError(
                    "too-large",
                    f"expected row groups of at most {limits.group_bytes:,} bytes when unpacked, got more: write "
                    "smaller ones, or raise --max-group",
                )


def _rows(table: Any, group: int, columns: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """The cells of each row, in the order of `columns`."""
    names = list(columns)
    for batch in table.iter_batches(BATCH_ROWS, row_groups=[group], columns=names, use_threads=False):
        _bound_time()
        yield from zip(*(_values(batch.column(name)) for name in names), strict=True)


def _values(column: Any) -> Iterable[object]:
    """The cells as Python has them: strings, numbers, true and false; times as ISO 8601 writes them."""
    import pyarrow as arrow

    if arrow.types.is_dictionary(column.type):
        return _texts(column)
    kinds = arrow.types
    if kinds.is_boolean(column.type) or kinds.is_integer(column.type) or kinds.is_floating(column.type):
        values: list[object] = column.to_pylist()
        return values
    return [None if value is None else str(value) for value in column.cast(arrow.string()).to_pylist()]


def _texts(column: Any) -> Iterator[object]:
    """Strings of a dictionary, each made when it is its turn: one may stand in many rows."""
    texts = column.dictionary
    for place in column.indices.to_pylist():
        buffer = None if place is None else texts[place].as_buffer()
        yield None if buffer is None else decode_line(buffer.to_pybytes())


def _bound_memory(limits: Limits) -> None:
    """End with an error, or at once, where more is asked for; what the system cannot bound is bounded by the pages."""
    try:
        import resource
    except ImportError:  # Windows
        return
    most = limits.group_bytes + OTHER_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _bound_time() -> None:
    """Have this process ended where the next batch takes too long."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + BATCH_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
