"""Markdown read as the plain text that it says, with the way back to the file, in which offsets count.

Marks are left out, wherever they stand, and so is what is no prose: headings, tables, code, pictures, notes, what is
struck out, raw HTML. Lines stay lines. pyromark (Rust's pulldown-cmark) says where the prose is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.ingest.decoding import decode
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

MOST_CHARACTERS = 250_000  # no article of more is judged: there is nothing to read out of it
NO_PROSE = frozenset(
    {"Heading", "Table", "CodeBlock", "HtmlBlock", "MetadataBlock", "FootnoteDefinition", "Image", "Strikethrough"}
)

_KEPT_BLANKS = frozenset("\n\r\t\x0b\x0c\u2028\u2029\x85")
_LINE_BREAK = re.compile(r"<br[\s/>]", re.IGNORECASE)
_STOPS = frozenset(".,;:!?")


class Prose(NamedTuple):
    """What a Markdown text says.

    Attributes:
        text: its prose.
        origin: for each character of `text` and its end, the offset in the text as given, ascending.
    """

    text: str
    origin: NDArray[np.int32]


def read_markdown(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the one article in `stream`; `name` becomes its id. Reading the marks waits for `prepare`."""
    try:
        yield Record(id=name, content=decode(read_whole(stream, limits.article_bytes)), is_markdown=True)
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")


def prose(text: str) -> Prose:
    """Read the prose of a text; what is too long to be judged is left as it is.

    >>> prose("# Head\\n\\nThe **d**am, he [said](http://a.example).").text
    '\\n\\nThe dam, he said.'
    """
    if len(text) > MOST_CHARACTERS:
        return Prose(text, np.arange(len(text) + 1, dtype=np.int32))
    kept = [character if character in _KEPT_BLANKS else "" for character in text]
    place = _places(text)
    for start, end, said in _stretches(text):
        first, last = place(start), place(end)
        if len(said) > last - first:  # an entity that stands for more: left as it is written
            said = text[first:last]
        kept[first : first + len(said)] = said
    _keep_apart(kept)
    origin = [i for i, character in enumerate(kept) if character]
    return Prose("".join(kept), np.array([*origin, len(text)], np.int32))


def _keep_apart(kept: list[str]) -> None:
    """Put a second blank where something left out stood between a blank and a stop: one alone is a slip of the pen."""
    before = ""
    gap: int | None = None
    for i, character in enumerate(kept):
        if not character:
            gap = i if gap is None else gap
            continue
        if gap is not None and before == " " and character in _STOPS:
            kept[gap] = " "
        before, gap = character, None


def _stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of prose: bytes [start, end) of the text in UTF-8, and what they say there."""
    from pyromark import Options, events_with_range  # not needed for plain text

    options = (
        Options.ENABLE_TABLES
        | Options.ENABLE_FOOTNOTES
        | Options.ENABLE_STRIKETHROUGH
        | Options.ENABLE_TASKLISTS
        | Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options.ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
    )
    depth = 0  # of elements without prose
    for event, place in events_with_range(text, options=options):
        if isinstance(event, str):  # the end of a line, or a rule
            continue
        tagged: Mapping[str, Any] = event
        if "Start" in tagged or "End" in tagged:
            if _has_no_prose(tagged.get("Start") or tagged["End"]):
                depth += 1 if "Start" in tagged else -1
        elif "Text" in tagged and not depth:
            yield place["start"], place["end"], tagged["Text"]
        elif not depth and _LINE_BREAK.match(tagged.get("InlineHtml", "")):
            yield place["start"], place["end"], " "


def _has_no_prose(tag: str | Mapping[str, Any]) -> bool:
    """Of an element, by the tag that begins or ends it."""
    return (tag if isinstance(tag, str) else next(iter(tag))) in NO_PROSE


def _places(text: str) -> Callable[[int], int]:
    """What turns offsets into UTF-8 into offsets into the text."""
    if text.isascii():
        return lambda offset: offset
    data = np.frombuffer(text.encode(), np.uint8)
    before = np.concatenate([[0], np.cumsum((data & 0xC0) != 0x80)])
    return lambda offset: int(before[offset])
