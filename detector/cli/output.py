"""Where result lines go: standard output, or a file that is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from detector.errors import InputError
from detector.ingest.folder import is_read
from detector.unwritable import unwritable


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


def refuse_unwritable(path: Path | None) -> None:
    """Raise InputError where no file can be put at `path`, so that it is said before the work and not after it."""
    if path is not None and is_replaced(path) and not os.access(folder := path.resolve().parent, os.W_OK):
        raise InputError("unwritable-output", unwritable(folder))


def form_by_name(path: Path | None, asked: str | None, forms: Mapping[str, str], usual: str) -> str:
    """The form that was asked for, or else the one that the name of the output says, or else the usual one.

    `forms` has them by suffix. Raises InputError for a name with another suffix, as of a PDF, that nobody will open.
    """
    suffix = "" if path is None else path.suffix.lower()
    if asked is not None or not suffix:
        return asked or usual
    if suffix not in forms:
        message = f"expected an output that ends in {', '.join(forms)}, got {path}: name it so, or give --format"
        raise InputError("wrong-output", message)
    return forms[suffix]


def is_replaced(path: Path | None) -> bool:
    """Whether the output is a file, which is replaced whole; devices, pipes and standard output are written to."""
    return path is not None and str(path) != "-" and (path.is_file() or not path.exists())


@contextmanager
def open_stream(path: Path | None) -> Iterator[BinaryIO]:
    """Open what `is_replaced` says is written to; None and `-` are standard output."""
    if path is None or str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with path.open("wb") as stream:
            yield stream


def columns() -> int:
    """Of the terminal, or what is usual where there is none."""
    return shutil.get_terminal_size().columns


def encoded(text: str) -> bytes:
    """Text for standard output, with a mark for what its encoding lacks."""
    return text.encode(sys.stdout.encoding or "utf-8", errors="replace")


def print_text(text: str) -> None:
    """Print text that ends its own lines."""
    click.echo(encoded(text), nl=False)


def tell_left_out(message: str) -> None:
    """Say on standard error why an article is not among the results."""
    from detector.render.neutral import neutral

    click.echo(f"Left out: {neutral(message)}", err=True)


def write_lines(lines: Iterable[bytes], path: Path | None) -> None:
    """Write `lines` to `path`, or to standard output for None and `-`; devices and pipes are written to directly."""
    if path is not None and is_replaced(path):
        _replace_whole(lines, path.resolve())  # a link stays a link: what it points to is replaced
        return
    with open_stream(path) as stream:
        stream.writelines(lines)


def _replace_whole(lines: Iterable[bytes], path: Path) -> None:
    refuse_unwritable(path)
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
