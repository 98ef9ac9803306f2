"""The article's text with its marked phrases in numbered brackets, wrapped to a width.

Marks carry the number of their evidence in the list below the text, `[1 lights blitz]`, in every place of a habit.
Brackets and number say everything; colour only repeats it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from detector.findings import Evidence
from detector.render.neutral import neutral

COLOUR_ON = "\x1b[1;33m"  # bold yellow
COLOUR_OFF = "\x1b[0m"

# One private character for each bracket while lines are wrapped; `neutral` lets none through from the article.
_OPEN, _CLOSE = "\ue000", "\ue001"


def marked_paragraphs(text: str, evidence: Sequence[Evidence], width: int, *, colour: bool = False) -> Iterator[str]:
    """Yield the paragraphs that hold marks, wrapped, and one line for each run of paragraphs without."""
    skipped = 0
    for paragraph in _bracketed(text, evidence).split("\n"):
        if _OPEN in paragraph:
            yield from _elision(skipped, width)
            yield _wrapped(paragraph, width, colour)
            skipped = 0
        elif paragraph.strip():
            skipped += 1
    yield from _elision(skipped, width)


def marked_stretches(evidence: Iterable[Evidence]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Join overlapping evidence: (start, end, numbers) in the order of the text; the first evidence is number 1."""
    spans = sorted((*place, number) for number, item in enumerate(evidence, start=1) for place in item.places)
    stretches: list[tuple[int, int, tuple[int, ...]]] = []
    for start, end, number in spans:
        if stretches and start < stretches[-1][1]:
            first, last, numbers = stretches[-1]
            stretches[-1] = (first, max(last, end), tuple(sorted({*numbers, number})))
        else:
            stretches.append((start, end, (number,)))
    return stretches


def _bracketed(text: str, evidence: Sequence[Evidence]) -> str:
    pieces, done = [], 0
    for start, end, numbers in marked_stretches(evidence):
        label = ",".join(map(str, numbers))
        pieces += [_lines(text[done:start]), f"{_OPEN}{label} {neutral(text[start:end])}{_CLOSE}"]
        done = end
    return "".join([*pieces, _lines(text[done:])])


def _lines(text: str) -> str:
    return "\n".join(neutral(line) for line in text.split("\n"))


def _wrapped(paragraph: str, width: int, colour: bool) -> str:
    lines = textwrap.wrap(" ".join(paragraph.split()), width, break_on_hyphens=False)
    if colour:
        lines = list(_coloured(lines))
    return "\n".join(lines).replace(_OPEN, "[").replace(_CLOSE, "]")


def _coloured(lines: Iterable[str]) -> Iterator[str]:
    """Colour the marks; a mark over a line's end is closed there and opened again, as pagers need it."""
    inside = False
    for line in lines:
        start = COLOUR_ON if inside else ""
        inside = line.rfind(_OPEN) > line.rfind(_CLOSE) or (inside and _CLOSE not in line)
        body = line.replace(_OPEN, COLOUR_ON + _OPEN).replace(_CLOSE, _CLOSE + COLOUR_OFF)
        yield start + body + (COLOUR_OFF if inside else "")


def _elision(paragraphs: int, width: int) -> Iterator[str]:
    if paragraphs:
        yield textwrap.fill(f"… {paragraphs:,} paragraph{'s' if paragraphs > 1 else ''} without marks", width)
