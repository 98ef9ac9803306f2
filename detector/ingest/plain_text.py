"""One article a text file; the decoded string is the article's text, line ends and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import decode
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record


def read_text(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the one article in `stream`; `name` becomes its id."""
    try:
        yield Record(id=name, content=decode(read_whole(stream, limits.article_bytes)))
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")
