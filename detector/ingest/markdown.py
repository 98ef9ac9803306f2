"""Markdown read so that offsets stay those of the file: what is no prose is blanked out, character by character.

Marks inside a word or beside a stop become soft hyphens, which are folded away wherever a text is measured; all else
becomes blanks. Headings, tables, code, pictures, notes, what is struck out and raw HTML are no prose. pyromark (Rust's
pulldown-cmark) says where the prose is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from detector.errors import InputError
from detector.ingest.decoding import decode
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

MOST_CHARACTERS = 250_000  # no article of more is judged: there is nothing to read out of it
NO_PROSE = frozenset(
    {"Heading", "Table", "CodeBlock", "HtmlBlock", "MetadataBlock", "FootnoteDefinition", "Image", "Strikethrough"}
)
SOFT_HYPHEN = "\u00ad"

_KEPT_BLANKS = frozenset("\n\r\t\x0b\x0c\u2028\u2029\x85")


def read_markdown(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the one article in `stream`; `name` becomes its id. Reading the marks waits for `prepare`."""
    try:
        yield Record(id=name, content=decode(read_whole(stream, limits.article_bytes)), is_markdown=True)
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")


def prose(text: str) -> str:
    """The text with all that is no prose blanked out: of the same length, its lines where they were.

    >>> prose("# Head\\n\\nThe **dam**, he [said](http://a.example).").replace(SOFT_HYPHEN, "~")
    '      \\n\\nThe   dam~~, he  said~~~~~~~~~~~~~~~~~~~.'
    """
    if len(text) > MOST_CHARACTERS:
        return text
    kept = list(_blank(text))
    place = _places(text)
    for start, end, said in _stretches(text):
        first, last = place(start), place(end)
        if len(said) > last - first:  # an entity that stands for more: left as it is written
            said = text[first:last]
        kept[first:last] = [*said, *_blank(text[first + len(said) : last])]
    return "".join(_soft(kept))[: len(text)]


def _blank(text: str) -> Iterator[str]:
    """Soft hyphens for all but the ends of lines."""
    return (character if character in _KEPT_BLANKS else SOFT_HYPHEN for character in text)


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


def _soft(kept: list[str]) -> Iterator[str]:
    """The characters; a run of soft hyphens that a blank or the end of a line touches becomes blanks."""
    run = 0
    before_blank = True
    for character in [*kept, "\n"]:
        if character == SOFT_HYPHEN:
            run += 1
            continue
        is_blank = character.isspace()
        if run:
            yield from (" " if is_blank or before_blank else SOFT_HYPHEN) * run
            run = 0
        before_blank = is_blank
        yield character
