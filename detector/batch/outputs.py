"""Result lines -> the file that was asked for: JSON Lines plain or packed, CSV, or Parquet, with the columns asked for.

The same lines give the same bytes. Columns are named by the keys that lead to them: `classes.spun.probability`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from detector.errors import InputError

Write = Callable[[Iterable[bytes], BinaryIO, Sequence[str] | None], None]

SUMMARY = (  # what tables have where no columns are named
    "id",
    "status",
    "verdict",
    "level",
    "flagged",
    "probability",
    "classes.spun.probability",
    "classes.machine_translated.probability",
    "language",
    "words",
    "published",
    "text_sha256",
    "references.0.id",
    "abstention.code",
    "error.code",
    "error.message",
)
NEVER_WRITTEN = frozenset(
    ".tsv .xls .xlsx .ods .arrow .feather .avro .bz2 .xz .zip .tar .html .htm .xml .md .pdf".split()
)
GROUP = 10_000  # rows of a Parquet file that are held at a time
PACKED = 6  # gzip's level: its own default
ZSTD = 3  # zstd's own default


def check_output(path: Path | None, columns: Sequence[str] | None) -> None:
    """Raise InputError where the format that the name asks for cannot be written here, or a column is none."""
    suffix = "" if path is None else path.suffix.lower()
    packed = suffix in (".gz", ".zst")
    within = Path(path.stem).suffix.lower() if path is not None and packed else suffix
    if within in NEVER_WRITTEN or (packed and within in FORMATS):
        message = "expected an output that ends in .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet"
        raise InputError("wrong-output", f"{message}, got {path}: name it so")
    needed = {".zst": "zstandard", ".parquet": "pyarrow"}.get(suffix)
    if needed is not None:
        _imported(needed, suffix)
    if columns is not None:
        _check_columns(columns)


def _check_columns(columns: Sequence[str]) -> None:
    from detector.render import result_schema

    if len(set(columns)) != len(columns):
        raise InputError("wrong-columns", f"expected every column once, got {', '.join(columns)}")
    known = result_schema()["properties"]
    for name in columns:
        if name.split(".")[0] not in known:
            raise InputError(
                "wrong-columns",
                f"expected a field of a result or what lies in it, got {name!r}; there are {', '.join(known)}; fields "
                "of your own begin with input.",
            )


def writer_for(path: Path | None) -> Write:
    """Whatever writes what the name of a file asks for; JSON Lines where it says nothing."""
    return FORMATS.get("" if path is None else path.suffix.lower(), write_lines)


def write_lines(lines: Iterable[bytes], file: BinaryIO, columns: Sequence[str] | None) -> None:
    """JSON Lines; with columns each line is an object of these alone."""
    for line in lines if columns is None else _projected(lines, columns):
        file.write(line)


def flushed(lines: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    """Hand lines through, and have each out before the next is waited for."""
    for line in lines:
        yield line
        file.flush()


def write_gzip(lines: Iterable[bytes], file: BinaryIO, columns: Sequence[str] | None) -> None:
    with gzip.GzipFile("", "wb", PACKED, file, mtime=0) as packed:
        write_lines(lines, packed, columns)  # type: ignore[arg-type]


def write_zstd(lines: Iterable[bytes], file: BinaryIO, columns: Sequence[str] | None) -> None:
    zstandard = _imported("zstandard", ".zst")
    with zstandard.ZstdCompressor(level=ZSTD).stream_writer(file, closefd=False) as packed:
        write_lines(lines, packed, columns)


def write_csv(lines: Iterable[bytes], file: BinaryIO, columns: Sequence[str] | None) -> None:
    """A header and a row an article; lists and objects are JSON."""
    names = columns or SUMMARY
    with _text(file) as text:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(names)
        table.writerows([_cell(_at(json.loads(line), name)) for name in names] for line in lines)


def write_parquet(lines: Iterable[bytes], file: BinaryIO, columns: Sequence[str] | None) -> None:
    """A column a name, typed by what the result schema has there; lists and objects are JSON."""
    arrow, parquet = _imported("pyarrow", ".parquet"), _imported("pyarrow.parquet", ".parquet")
    names = columns or SUMMARY
    schema = arrow.schema([(name, getattr(arrow, TYPES.get(name, "string"))()) for name in names])
    with parquet.ParquetWriter(file, schema, compression="zstd") as table:
        for group in _groups(lines):
            results = [json.loads(line) for line in group]
            arrays = [
                arrow.array([_typed(_at(result, field.name), field.name) for result in results], field.type)
                for field in schema
            ]
            table.write_batch(arrow.record_batch(arrays, schema=schema))


FORMATS: dict[str, Write] = {".gz": write_gzip, ".zst": write_zstd, ".csv": write_csv, ".parquet": write_parquet}
TYPES = {
    "flagged": "bool_",
    "words": "int64",
    "unknown_words": "int64",
    "probability": "float64",
    "classes.spun.probability": "float64",
    "classes.machine_translated.probability": "float64",
    "classes.spun.threshold": "float64",
    "classes.machine_translated.threshold": "float64",
}


def _projected(lines: Iterable[bytes], columns: Sequence[str]) -> Iterator[bytes]:
    for line in lines:
        result = json.loads(line)
        kept = {name: _at(result, name) for name in columns}
        yield json.dumps(kept, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _at(result: Any, name: str) -> Any:
    """What stands where the dotted name leads; None where it leads nowhere."""
    for key in name.split("."):
        if isinstance(result, dict):
            result = result.get(key)
        elif isinstance(result, list) and key.isdecimal() and len(key) < 6:
            result = result[int(key)] if int(key) < len(result) else None
        else:
            return None
    return result


def _cell(value: Any) -> Any:
    """A cell of CSV. A string that a spreadsheet would take for a formula is quoted, as articles name themselves."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def _typed(value: Any, name: str) -> Any:
    if value is None or name in TYPES:
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _groups(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    for line in lines:
        group.append(line)
        if len(group) == GROUP:
            yield group
            group = []
    if group:
        yield group


@contextmanager
def _text(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """The file for text; it is not closed with it."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    try:
        yield text
    finally:
        text.flush()
        text.detach()


def _imported(name: str, suffix: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        extra = {"zstandard": "zstd", "pyarrow": "parquet", "pyarrow.parquet": "parquet"}[name]
        raise InputError(
            "missing-extra", f"{suffix} needs {name.split('.')[0]}: pip install 'unspin[{extra}]'"
        ) from error
