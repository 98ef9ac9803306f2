"""Where result lines go: standard output, or a file that is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from detector.errors import InputError
from detector.ingest.folder import is_read


def refuse_input(path: Path | None, inputs: Sequence[str]) -> None:
    """Raise InputError where writing to `path` would destroy one of `inputs`, or have the results read as articles."""
    if path is None or str(path) == "-" or (path.exists() and not path.is_file()):
        return
    if is_read(path, inputs):
        raise InputError(
            "output-is-input",
            f"expected an output that is no input, got {path}, which is one or lies in a folder that is read: "
            "name another file",
        )


def write_lines(lines: Iterable[bytes], path: Path | None) -> None:
    """Write `lines` to `path`, or to standard output for None and `-`; devices and pipes are written to directly."""
    if path is None or str(path) == "-":
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.writelines(lines)
    else:
        _replace_whole(lines, path.resolve())  # a link stays a link: what it points to is replaced


def _replace_whole(lines: Iterable[bytes], path: Path) -> None:
    if not os.access(path.parent, os.W_OK):
        raise InputError("unwritable-output", f"no folder to write to at {path.parent}: make it, or name another file")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
