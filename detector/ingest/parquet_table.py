"""Parquet: an article a row, with columns by the names of `fields.py`. A row without an id is called after its place,
"<file>:<number>", counted from 1.

The library that unpacks it can be made to end its process by a damaged footer (seen in pyarrow 26: an abort). So the
rows are made in a process of their own (`parquet_rows.py`), and come from there as lines of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, BinaryIO

from detector.errors import InputError
from detector.ingest.extras import imported
from detector.ingest.fields import KNOWN, record_from
from detector.ingest.streams import BLOCK_BYTES
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

MARK = b"PAR1"  # its first and last bytes
PROGRAM = "import sys; sys.path[:] = {path!r}; from detector.ingest.parquet_rows import main; main()"


def read_parquet(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read an article a row; raises InputError where the file cannot be read, or not on."""
    imported("pyarrow.lib", "Parquet")
    with _as_file(stream, limits) as file:
        _check_footer(file, limits)
        for number, row in enumerate(_rows(file, limits), 1):
            place = f"{name}:{number}"
            if row is None:
                message = (
                    f"{place}: expected a row of at most {limits.line_bytes:,} characters, got more: raise --max-line"
                )
                yield Failure(place, "too-large", message)
            else:
                yield record_from(row, place, place, limits)


@contextmanager
def _as_file(stream: BinaryIO, limits: Limits) -> Iterator[IO[bytes]]:
    """The file of a stream, or a copy of what comes from a pipe, a store or a packed file: the end is read first."""
    try:
        descriptor = stream.fileno() if stream.seekable() else None
    except OSError:
        descriptor = None
    if descriptor is not None:
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while block := stream.read(BLOCK_BYTES):
            copy.write(block)
            if copy.tell() > limits.unpacked_bytes:
                raise InputError(
                    "too-large", f"expected at most {limits.unpacked_bytes:,} bytes, got more: raise --max-unpacked"
                )
        copy.flush()
        yield copy


def _check_footer(file: IO[bytes], limits: Limits) -> None:
    """Look at how long the footer says that it is, in 4 bytes before the last 4: all of it is read at once."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 8))
    tail = file.read(8)
    if len(tail) < 8 or not tail.endswith(MARK):
        code = "invalid-parquet" if size else "empty"
        raise InputError(code, "expected Parquet, which ends in PAR1, got something else: write the file again, whole")
    footer = int.from_bytes(tail[:4], "little")
    if footer > min(limits.line_bytes, size):
        raise InputError(
            "too-large", f"expected a footer of at most {limits.line_bytes:,} bytes, got {footer:,}: raise --max-line"
        )


def _rows(file: IO[bytes], limits: Limits) -> Iterator[dict[str, object] | None]:
    """The rows as the process makes them; None for one that is too long."""
    command = [sys.executable, "-c", PROGRAM.format(path=sys.path), json.dumps(asdict(limits))]
    process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        names: list[str] = []
        for line in process.stdout:
            kind, value = line[:1], json.loads(line[1:])
            if kind == b"c":
                names = value
            elif kind == b"r":
                row = zip(names, value, strict=True)
                yield {name: cell for name, cell in row if name not in KNOWN or (cell is not None and cell != "")}
            elif kind == b"t":
                yield None
            elif kind == b"e":
                raise InputError(*value)
            else:
                return
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
    raise InputError(
        "invalid-parquet",
        "expected Parquet, got what ended the process that reads it (damage, or more memory or time than it may have): "
        "what came before it was read; write the file again",
    )
