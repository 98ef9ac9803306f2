"""Paths -> records: each file goes to the reader of its suffix, folders are walked in order, `-` is standard input.

Only what a suffix names is read from a folder; a file that is named itself is read whatever it is called. What is
packed is unpacked first (`x.jsonl.gz`). A path with a protocol (`s3://...`) is one of a store, and read the same way.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from detector.errors import InputError
from detector.ingest.csv_table import read_csv
from detector.ingest.decoding import RTF
from detector.ingest.docx import LOOKS_LIKE as LOOKS_LIKE_DOCX
from detector.ingest.docx import OLD as OLD_WORD
from detector.ingest.docx import read_docx
from detector.ingest.extent import Extent
from detector.ingest.html import read_html
from detector.ingest.json_lines import read_json, read_json_lines
from detector.ingest.markdown import read_markdown
from detector.ingest.newsml import LOOKS_LIKE as LOOKS_LIKE_NEWSML
from detector.ingest.newsml import read_newsml
from detector.ingest.packed import MAGIC_BYTES, SUFFIXES, packing, unpacked
from detector.ingest.parquet_table import MARK as PARQUET_MARK
from detector.ingest.parquet_table import read_parquet
from detector.ingest.plain_text import read_text
from detector.ingest.remote import Store, is_remote
from detector.ingest.streams import with_head
from detector.ingest.warc import LOOKS_LIKE as LOOKS_LIKE_WARC
from detector.ingest.warc import read_warc
from detector.limits import USUAL, Limits
from detector.text import Failure, Provenance, Record

Reader = Callable[[BinaryIO, str, Limits], Iterator[Record | Failure]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xml": read_newsml,
    ".docx": read_docx,
    ".parquet": read_parquet,
    ".warc": read_warc,
    ".wet": read_warc,
}
STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "stdin"

_MARKUP = re.compile(
    r"\s*(?:<\?xml\b|<!--|<!doctype\s+html|<(?:html|head|body|title|meta|main|article|section|div|h1|p)\b)",
    re.IGNORECASE,
)


def read(
    paths: Sequence[str | Path],
    stdin: BinaryIO | None = None,
    limits: Limits = USUAL,
    extent: Extent | None = None,
    tell_bare: Callable[[str], None] = lambda file: None,
) -> Iterator[Record | Failure]:
    """Read articles from files, folders and standard input, in the order given, one at a time.

    Every path is checked before the first is read: InputError "not-found", "unreadable" or "empty-folder". `extent`
    is told how much there is, and how much of it was read; `tell_bare` which file gave neither an article nor a
    Failure, as tables of no row do.
    """
    for path in paths:
        _check(str(path))
    if extent is not None:
        extent.measure(file for path in paths for file in _sized(str(path)))
    return _read_checked([str(path) for path in paths], stdin, limits, extent or Extent(), tell_bare)


def read_each(
    paths: Sequence[str],
    stdin: BinaryIO | None = None,
    limits: Limits = USUAL,
    tell_bare: Callable[[str], None] = lambda file: None,
) -> Iterator[Record | Failure]:
    """The same for people who name files: of several, one that is not there, or may not be read, is a Failure."""
    if len(paths) == 1:
        yield from read(paths, stdin, limits, tell_bare=tell_bare)
        return
    for path in paths:
        try:
            yield from read([path], stdin, limits, tell_bare=tell_bare)
        except InputError as error:
            yield Failure(path, error.code, str(error), provenance=Provenance(path))


def is_read(file: Path, paths: Sequence[str | Path]) -> bool:
    """Whether `read(paths)` would read `file`, by this name or the one it links to, if it existed."""
    names = {file.parent.resolve() / file.name, file.resolve()}
    return any(_is_read(file, names, str(path)) for path in paths if not is_remote(str(path)))


def _is_read(file: Path, names: set[Path], path: str) -> bool:
    if path == STANDARD_INPUT:
        return file.exists() and _is_standard_input(file)
    if not os.path.isdir(path):
        return file.exists() and os.path.exists(path) and os.path.samefile(file, path)
    folder = Path(path).resolve()
    inside = [name.relative_to(folder) for name in names if name.is_relative_to(folder)]
    return any(
        reader_of(name.name) is not None and not any(part.startswith(".") for part in name.parts) for name in inside
    )


def _is_standard_input(file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(sys.stdin.fileno()), file.stat())
    except (OSError, ValueError):  # put in place by a program, without a descriptor
        return False


def reader_of(path: str) -> Reader | None:
    """The reader of a path's suffix, that of `.gz` and `.zst` aside; None where it says nothing."""
    stem, suffix = os.path.splitext(path.lower())
    return READERS.get(os.path.splitext(stem)[1] if suffix in SUFFIXES else suffix)


def _check(path: str) -> None:
    if path == STANDARD_INPUT:
        return
    if is_remote(path):
        _check_remote(path)
        return
    if not os.path.exists(path):
        raise InputError("not-found", f"no file or folder at {path}: check the path, or give - for standard input")
    if not os.access(path, os.R_OK):
        raise InputError("unreadable", f"no permission to read {path}: change its mode, or run as its owner")
    if os.path.isdir(path) and next(_files(path), None) is None:
        raise _empty_folder(path)


def _check_remote(path: str) -> None:
    store = Store(path)
    try:
        kind = store.kind()
        if kind is None:
            raise InputError("not-found", f"no file or folder at {path}: check the path and your access to it")
        if kind == "folder" and not any(reader_of(file) for file in store.files()):
            raise _empty_folder(path)
    except OSError as error:
        raise InputError("unreadable", f"{path}: expected a readable file or folder, got: {error}") from error


def _empty_folder(path: str) -> InputError:
    kinds = " ".join(READERS)
    return InputError(
        "empty-folder", f"expected files of these kinds in {path}: {kinds}, also with .gz or .zst; got none"
    )


def _sized(path: str) -> Iterator[str | None]:
    """The files at a path whose sizes can be asked for; None for what has no size."""
    if path == STANDARD_INPUT or is_remote(path):
        yield None
    elif os.path.isdir(path):
        yield from (file for file in _files(path) if isinstance(file, str))
    else:
        yield path if os.path.isfile(path) else None


def _read_checked(
    paths: Sequence[str],
    stdin: BinaryIO | None,
    limits: Limits,
    extent: Extent,
    tell_bare: Callable[[str], None],
) -> Iterator[Record | Failure]:
    for path in paths:
        if path == STANDARD_INPUT:
            stream, name = stdin or sys.stdin.buffer, STANDARD_INPUT_NAME
            yield from _placed(_told(_read_unnamed(stream, name, limits), name), name, tell_bare)
        else:
            for found in _found(path):
                if isinstance(found, Failure):
                    yield replace(found, provenance=Provenance(found.id))
                else:
                    yield from _placed(_read_file(found, limits, extent), found.name, tell_bare)


def _placed(
    rows: Iterator[Record | Failure], file: str, tell_bare: Callable[[str], None]
) -> Iterator[Record | Failure]:
    """The same with where they were found; readers say the offset, if they know it."""
    number = 0
    for number, row in enumerate(rows, 1):
        known = row.provenance or Provenance()
        url = row.url if isinstance(row, Record) else known.url
        yield replace(row, provenance=Provenance(file, number, known.offset, url))
    if not number:
        tell_bare(file)


class _File(NamedTuple):
    """A file by the name that a user would give it, and how to open it."""

    name: str
    open: Callable[[], BinaryIO]


def _found(path: str) -> Iterator[_File | Failure]:
    """The files at a path that was checked: itself, or those in it."""
    if is_remote(path):
        yield from _found_remote(path)
    elif os.path.isdir(path):
        for file in _files(path):
            yield file if isinstance(file, Failure) else _local(file)
    else:
        yield _local(path)


def _local(path: str) -> _File:
    def opened() -> BinaryIO:
        return open(path, "rb")

    return _File(path, opened)


def _found_remote(path: str) -> Iterator[_File | Failure]:
    store = Store(path)
    try:
        if store.kind() == "file":
            yield _File(path, store.open)
            return
        for file in store.files():
            if reader_of(file):
                yield _File(store.name(file), partial(store.open, file))
    except OSError as error:
        yield _unreadable(path, error)


def _read_file(file: _File, limits: Limits, extent: Extent) -> Iterator[Record | Failure]:
    """Read one file by its suffix, or by its content where the suffix says nothing."""
    try:
        with file.open() as stream, extent.reading(stream):
            yield from _told(_read_named(stream, file.name, limits), file.name)
    except OSError as error:
        yield _unreadable(file.name, error)


def _told(rows: Iterator[Record | Failure], name: str) -> Iterator[Record | Failure]:
    """The same, with one Failure more for a file that cannot be read to its end."""
    try:
        yield from rows
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")


def _read_named(stream: BinaryIO, name: str, limits: Limits) -> Iterator[Record | Failure]:
    reader = reader_of(name) or _read_unnamed
    beginning = stream.peek(MAGIC_BYTES)  # type: ignore[attr-defined]  # all that are opened here can
    kind, suffix = packing(beginning), SUFFIXES.get(os.path.splitext(name.lower())[1])
    if suffix is not None and kind is None:
        code, got = (f"damaged-{suffix}", "something else") if beginning else ("empty", "nothing")
        raise InputError(code, f"expected {suffix}, as the file is called, got {got}: rename it, or fetch it again")
    yield from reader(stream if kind is None else _once(unpacked(stream, kind, limits)), name, limits)


def _once(stream: BinaryIO) -> BinaryIO:
    """The stream that came out of a packed one; refused where it is packed again."""
    if packing(stream.peek(MAGIC_BYTES)):  # type: ignore[attr-defined]
        raise InputError("packed-twice", "expected articles in a packed file, got another packed file: unpack it first")
    return stream


def _read_unnamed(stream: BinaryIO, name: str, limits: Limits) -> Iterator[Record | Failure]:
    """Read a stream of unknown kind, packed or not.

    WARC, Parquet and Word documents are known by their mark; else it is JSON Lines if it begins with a brace,
    NewsML-G2 or HTML if so, else plain text.
    """
    head, stream = with_head(stream)
    if kind := packing(head):
        head, stream = with_head(_once(unpacked(stream, kind, limits)))
    yield from _reader_by(head)(stream, name, limits)


def _reader_by(head: bytes) -> Reader:
    """The reader for what begins so."""
    if head.startswith(LOOKS_LIKE_WARC):
        return read_warc
    if head.startswith(PARQUET_MARK):
        return read_parquet
    if head.startswith((LOOKS_LIKE_DOCX, OLD_WORD)):
        return read_docx
    beginning = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    if beginning.lstrip().startswith("{") and not head.startswith(RTF):
        return read_json_lines
    if beginning.lstrip().startswith("<") and LOOKS_LIKE_NEWSML.search(beginning):
        return read_newsml
    return read_html if _MARKUP.match(beginning) else read_text


def _files(folder: str) -> Iterator[str | Failure]:
    """Paths below `folder` that a reader is known for, sorted by name; no hidden ones, no links to folders.

    A folder that cannot be listed is given as its Failure.
    """
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif reader_of(entry.name) and not entry.is_dir():
            yield entry.path if entry.is_file() or not os.path.exists(entry.path) else _no_file(entry.path)


def _no_file(path: str) -> Failure:
    """What is said of a pipe or a device in a folder: opening one may wait for ever."""
    return Failure(path, "unreadable", f"{path}: expected a file, got a pipe or a device: name it itself to read it")


def _unreadable(path: str, error: OSError) -> Failure:
    return Failure(path, "unreadable", f"{path}: expected a readable file or folder, got: {error.strerror or error}")
