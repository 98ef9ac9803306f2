"""Word documents (.docx): the text of the body, a blank line between paragraphs, table cells in reading order.

What was inserted with changes tracked is text, what was deleted is not. Headers, footers, notes, comments, text boxes
and pictures are no part of the story. python-docx opens the package; macros are never run, nothing is fetched.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import check_text
from detector.ingest.extras import imported
from detector.ingest.packed import Meter
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

LOOKS_LIKE = b"PK\x03\x04"  # a ZIP file
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wrote before 2007, and what it wraps an encrypted document in
OTHER_PARTS = 10  # times the bytes of an article that pictures and the like may have; guess

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = frozenset(
    "del moveFrom pPr rPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr drawing pict object rt".split()
)
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}


def read_docx(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the one document in `stream`; `name` becomes its id."""
    try:
        yield Record(id=name, content=check_text(docx_text(read_whole(stream, limits.article_bytes), limits)))
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")


def docx_text(data: bytes, limits: Limits = USUAL) -> str:
    """The text of a document; raises InputError where it is none, or asks for too much."""
    if data.startswith(OLD):
        raise InputError(
            "not-docx",
            "expected a .docx, got an encrypted document or an old .doc: save it as .docx, without a password",
        )
    _check_parts(data, limits)
    docx = imported("docx", "a .docx")
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        return "\n\n".join(_paragraphs(body))
    except Exception as error:  # a document must never end a run, whatever a parser makes of it
        raise InputError(
            "damaged-docx",
            f"expected a Word document, got one that cannot be opened ({type(error).__name__}): save it again as .docx",
        ) from error


def _check_parts(data: bytes, limits: Limits) -> None:
    """Refuse a package that is damaged or encrypted, or that would unpack to more than it may.

    What a part is said to have bounds what is unpacked of it (zipfile stops there).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputError(
            "damaged-docx", f"expected a .docx, got no whole ZIP file ({error}): save or fetch it again"
        ) from error
    if any(part.flag_bits & 0x1 for part in parts):
        raise InputError("not-docx", "expected a .docx, got a ZIP file with a password: unpack it first")
    if len(parts) > limits.parts:
        raise InputError(
            "too-large", f"expected a .docx of at most {limits.parts:,} parts, got {len(parts):,}: raise --max-parts"
        )
    markup = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if markup > limits.article_bytes:
        raise InputError(
            "too-large",
            f"expected a .docx with at most {limits.article_bytes:,} bytes of text and layout when unpacked, got "
            f"{markup:,}: raise --max-article",
        )
    total = sum(part.file_size for part in parts)
    if total > OTHER_PARTS * limits.article_bytes:
        raise InputError(
            "too-large",
            f"expected a .docx of at most {OTHER_PARTS * limits.article_bytes:,} bytes when unpacked, got {total:,}: "
            "take its pictures out, or raise --max-article",
        )
    Meter(limits).count(len(data), total)


def _paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs that say something; one whose end was deleted with changes tracked runs into the next."""
    pending = ""
    for paragraph in _within(body, "p"):
        pending += "".join(_pieces(paragraph))
        if paragraph.find(f"{_WORD}pPr/{_WORD}rPr/{_WORD}del") is None:
            if said := _lines(pending):
                yield said
            pending = ""
    if said := _lines(pending):
        yield said


def _within(element: Any, name: str) -> Iterator[Any]:
    """The elements of a name below another, in order, but for what is skipped; none inside of one another."""
    for child in element:
        local = _local_name(child)
        if local == name:
            yield child
        elif local not in _SKIPPED:
            yield from _within(child, name)


def _pieces(element: Any) -> Iterator[str]:
    """What a paragraph says, run by run."""
    for child in element:
        name = _local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name not in _SKIPPED:
            yield from _pieces(child)


def _local_name(element: Any) -> str:
    """The name of an element of Word's own; of others, comments included, one that is skipped."""
    tag = element.tag
    return tag.removeprefix(_WORD) if isinstance(tag, str) and tag.startswith(_WORD) else "drawing"


def _lines(text: str) -> str:
    """Without blanks at the ends of lines, and without blank lines."""
    return "\n".join(filter(None, (line.strip() for line in text.split("\n"))))
