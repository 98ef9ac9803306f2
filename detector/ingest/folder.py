"""Paths -> records: each file goes to the reader of its suffix, folders are walked in order, `-` is standard input.

Only what a suffix names is read from a folder; a file that is named itself is read whatever it is called.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from detector.errors import InputError
from detector.ingest.csv_table import read_csv
from detector.ingest.html import read_html
from detector.ingest.json_lines import read_json, read_json_lines
from detector.ingest.newsml import LOOKS_LIKE as LOOKS_LIKE_NEWSML
from detector.ingest.newsml import read_newsml
from detector.ingest.plain_text import read_text
from detector.ingest.streams import with_head
from detector.text import Failure, Record

Reader = Callable[[BinaryIO, str], Iterator[Record | Failure]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xml": read_newsml,
}
STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "stdin"

_MARKUP = re.compile(
    r"\s*(?:<\?xml\b|<!--|<!doctype\s+html|<(?:html|head|body|title|meta|main|article|section|div|h1|p)\b)",
    re.IGNORECASE,
)


def read(paths: Sequence[str | Path], stdin: BinaryIO | None = None) -> Iterator[Record | Failure]:
    """Read articles from files, folders and standard input, in the order given, one at a time.

    Every path is checked before the first is read: InputError "not-found", "unreadable" or "empty-folder".
    """
    for path in paths:
        _check(path)
    return _read_checked([str(path) for path in paths], stdin)


def is_read(file: Path, paths: Sequence[str | Path]) -> bool:
    """Whether `read(paths)` would read `file`, by this name or the one it links to, if it existed."""
    names = {file.parent.resolve() / file.name, file.resolve()}
    return any(_is_read(file, names, path) for path in paths)


def _is_read(file: Path, names: set[Path], path: str | Path) -> bool:
    if str(path) == STANDARD_INPUT:
        return file.exists() and _is_standard_input(file)
    if not os.path.isdir(path):
        return file.exists() and os.path.samefile(file, path)
    folder = Path(path).resolve()
    inside = [name.relative_to(folder) for name in names if name.is_relative_to(folder)]
    return any(
        name.suffix.lower() in READERS and not any(part.startswith(".") for part in name.parts) for name in inside
    )


def _is_standard_input(file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(sys.stdin.fileno()), file.stat())
    except (OSError, ValueError):  # put in place by a program, without a descriptor
        return False


def _check(path: str | Path) -> None:
    if str(path) == STANDARD_INPUT:
        return
    if not os.path.exists(path):
        raise InputError("not-found", f"no file or folder at {path}: check the path, or give - for standard input")
    if not os.access(path, os.R_OK):
        raise InputError("unreadable", f"no permission to read {path}: change its mode, or run as its owner")
    if os.path.isdir(path) and next(_files(str(path)), None) is None:
        kinds = " ".join(READERS)
        raise InputError("empty-folder", f"expected files of these kinds in {path}: {kinds}; got none")


def _read_checked(paths: Sequence[str], stdin: BinaryIO | None) -> Iterator[Record | Failure]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from _read_unnamed(stdin or sys.stdin.buffer, STANDARD_INPUT_NAME)
        elif os.path.isdir(path):
            for found in _files(path):
                yield from found if isinstance(found, list) else _read_file(found)
        else:
            yield from _read_file(path)


def _read_file(path: str) -> Iterator[Record | Failure]:
    """Read one file by its suffix, or by its content where the suffix says nothing."""
    reader = READERS.get(os.path.splitext(path)[1].lower(), _read_unnamed)
    try:
        with open(path, "rb") as stream:
            yield from reader(stream, path)
    except OSError as error:
        yield _unreadable(path, error)


def _read_unnamed(stream: BinaryIO, name: str) -> Iterator[Record | Failure]:
    """Read a stream of unknown kind: JSON Lines if it begins with a brace, NewsML-G2 or HTML if so, else plain text."""
    head, stream = with_head(stream)
    beginning = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    if beginning.lstrip().startswith("{"):
        return read_json_lines(stream, name)
    if beginning.lstrip().startswith("<") and LOOKS_LIKE_NEWSML.search(beginning):
        return read_newsml(stream, name)
    return read_html(stream, name) if _MARKUP.match(beginning) else read_text(stream, name)


def _files(folder: str) -> Iterator[str | list[Record | Failure]]:
    """Paths below `folder` that a reader is known for, sorted by name; no hidden ones, no links to folders.

    A folder that cannot be listed is given as a list with its Failure.
    """
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield [_unreadable(folder, error)]
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif os.path.splitext(entry.name)[1].lower() in READERS and not entry.is_dir():
            yield entry.path


def _unreadable(path: str, error: OSError) -> Failure:
    return Failure(path, "unreadable", f"{path}: expected a readable file or folder, got: {error.strerror or error}")
