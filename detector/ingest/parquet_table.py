"""Parquet: an article a row, with columns by the names of `fields.py`; row group by row group, a few rows at a time.

Read are plain columns: strings, numbers, booleans, times. Nested ones are left out, and what a file says of itself for
other programs (extension types, pandas) is not looked at. Text is taken as UTF-8, whatever its bytes are. A row without
an id is called after its place, "<file>:<number>", counted from 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import decode_line
from detector.ingest.extras import imported
from detector.ingest.fields import CONTENT, KNOWN, record_from
from detector.ingest.limits import USUAL, Limits
from detector.ingest.packed import Meter
from detector.ingest.parquet_pages import page_sizes
from detector.text import Failure, Record

LOOKS_LIKE = b"PAR1"
BATCH_ROWS = 64  # in memory at a time
ROW_BYTES = (
    1_000  # what an empty row counts as, when what comes out is weighed against what went in: so long is its result
)
MAX_COLUMNS = 1_000  # that are read; crawls have ten
PLAIN = frozenset({"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY"})


def read_parquet(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read an article a row; raises InputError where the file cannot be read, or not on."""
    if not stream.seekable():
        raise InputError(
            "not-seekable", "expected Parquet as a file of its own, got a stream: give the file, not packed"
        )
    imported("pyarrow", "Parquet")
    try:
        table = _open(stream, limits)
        columns = _columns(table)
        meter = Meter(limits)
        number = 0
        for group in range(table.metadata.num_row_groups):
            _weigh(table.metadata.row_group(group), columns, stream, meter, limits)
            for row in _rows(table, group, columns):
                number += 1
                meter.count(0, ROW_BYTES + sum(len(value) for value in row.values() if isinstance(value, str)))
                place = f"{name}:{number}"
                yield record_from(row, place, place, limits)
    except (InputError, GeneratorExit):
        raise
    except MemoryError:
        raise InputError(
            "too-large", "expected a table that fits into memory, got one that does not: split it"
        ) from None
    except Exception as error:  # of some twenty kinds, as the file is damaged in one way or another
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"expected Parquet, got damage ({type(error).__name__}): what came before it was read; write it again"
        raise InputError("invalid-parquet", message) from error


def _open(stream: BinaryIO, limits: Limits) -> Any:
    """The table, after a look at how long its footer says that it is: 4 bytes before the last 4."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - 8))
    tail = stream.read(8)
    if len(tail) < 8 or not tail.endswith(LOOKS_LIKE):
        code = "empty" if not size else "invalid-parquet"
        raise InputError(code, "expected Parquet, which ends in PAR1, got something else: write the file again, whole")
    footer = int.from_bytes(tail[:4], "little")
    if footer > min(limits.line_bytes, size):
        raise InputError(
            "too-large", f"expected a footer of at most {limits.line_bytes:,} bytes, got {footer:,}: raise --max-line"
        )
    stream.seek(0)
    parquet = imported("pyarrow.parquet", "Parquet")
    # A buffer size has columns read in pieces, not whole; repeated strings stay one string, as in the file.
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
        raise InputError("missing-field", f"expected a column 'text' or 'html', got {got}: rename a column")
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


def _rows(table: Any, group: int, columns: dict[str, str]) -> Iterator[dict[str, object]]:
    batches = table.iter_batches(BATCH_ROWS, row_groups=[group], columns=list(columns), use_threads=False)
    for batch in batches:
        names = [columns.get(name, name) for name in batch.schema.names]
        cells = [_values(batch.column(i)) for i in range(batch.num_columns)]
        for row in zip(*cells, strict=True):
            yield {name: value for name, value in zip(names, row, strict=True) if _says(name, value)}


def _says(name: str, value: object) -> bool:
    """An empty cell says nothing, so it counts as a field that is not there, as in CSV."""
    return value is not None and value != "" if name in KNOWN else True


def _values(column: Any) -> Iterable[object]:
    """The cells as Python has them: strings, numbers, true and false; times as ISO 8601 writes them."""
    arrow = imported("pyarrow", "Parquet")
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
