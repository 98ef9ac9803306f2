"""The marks in a list as a sub-editor notes them: what may be a changed fact first, then each kind under one heading.

What a heading says is not said again for every mark; other reasons stand once below the marks that share them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from detector.findings import DESK, Evidence
from detector.render.neutral import neutral

TITLE = "Marks by kind, strongest first; after an arrow, what may have stood there"
COLUMN = 26  # suggestions of a group stand below one another where its phrases are shorter than this ...
ROOMY = 60  # ... and lines have as many columns as this


class Heading(NamedTuple):
    """The line over a group of marks.

    Attributes:
        gives_reason: the line says all that is to be said; otherwise the marks' own reasons stand below them.
    """

    line: str
    gives_reason: bool = False


FACTS = Heading("Facts to check: quotations, figures and names that may have been changed:")
OTHERS = Heading("Other signs:")
_NAMES = Heading("Names and titles that do not stay the same:")
_FOREIGN = Heading("Turns of phrase that translation leaves behind:")
_TYPOGRAPHY = Heading("Typography that English news does not have:")
_TYPOGRAPHIC = (
    "grouped-figures decimal-comma half-spelled-figures plural-million currency-after stray-blank"
    " missing-blank doubled-stops small-letter foreign-quotes figures-and-thousand".split()
)
HEADINGS: Mapping[str, Heading] = {
    DESK: Heading("The desk's dictionary has another phrase for these:", gives_reason=True),
    "spinner-phrase": Heading("Word spinners write these where news writes others:", gives_reason=True),
    "swapped-word": Heading("Edited news would hardly write these here:", gives_reason=True),
    "broken-collocation": Heading("Edited news does not put these words side by side:", gives_reason=True),
    "fixed-phrase": Heading("Set phrases in which a word was changed:", gives_reason=True),
    "restored-wording": Heading("Said in other words elsewhere in this article:", gives_reason=True),
    "hidden-character": Heading(
        "Letters of another alphabet, or invisible characters, stand inside these words:", gives_reason=True
    ),
    "off-topic": Heading("Words that do not belong to what the text around them is about:", gives_reason=True),
    "register": Heading("Words that news seldom uses, and other writing does:", gives_reason=True),
    "grammar": Heading("Grammar that an editor would mend:"),
    **dict.fromkeys(("calque", "foreign-date", "foreign-number", "untranslated-word"), _FOREIGN),
    "institution-name": Heading("Institutions whose name was reworded:"),
    "unstable-name": _NAMES,
    "unstable-title": _NAMES,
    **dict.fromkeys(_TYPOGRAPHIC, _TYPOGRAPHY),
}


def grouped(evidence: Iterable[Evidence]) -> dict[Heading, list[Evidence]]:
    """Put marks under their headings, and inside by their reasons: facts first, then what has the strongest mark."""
    groups: dict[Heading, dict[str, list[Evidence]]] = {FACTS: {}}
    for mark in evidence:
        heading = FACTS if mark.severity == "fact" else HEADINGS.get(mark.kind, OTHERS)
        groups.setdefault(heading, {}).setdefault(_own_reason(mark), []).append(mark)
    return {heading: list(chain(*reasons.values())) for heading, reasons in groups.items() if reasons}


def as_numbered(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Marks in the order of their numbers, which is the same wherever one article is told of."""
    return list(chain(*grouped(evidence).values()))


def listed(groups: Mapping[Heading, Sequence[Evidence]], width: int) -> Iterator[str]:
    """Yield a title and one block of lines a group; marks are numbered through, in this order."""
    if groups:
        yield _wrap(TITLE, width)
    first = 1
    for heading, marks in groups.items():
        yield "\n".join([_wrap(heading.line, width), *_lines(marks, first, width)])
        first += len(marks)


def _lines(marks: Sequence[Evidence], first: int, width: int) -> Iterator[str]:
    phrases = [_phrase(mark) for mark in marks]
    column = max([len(phrase) for phrase in phrases if len(phrase) < COLUMN and width >= ROOMY], default=0)
    numbered = zip(marks, phrases, range(first, first + len(marks)), strict=True)
    for reason, same in groupby(numbered, key=lambda entry: _own_reason(entry[0])):
        for mark, phrase, number in same:
            yield _wrap(f"{number:2} {phrase:{column}}{_perhaps(mark)}".rstrip(), width, "      ")
        if reason:
            yield _wrap(f"   {neutral(reason)}", width, "   ")


def _own_reason(mark: Evidence) -> str:
    """The reason, where the heading of its kind leaves something to say."""
    under = FACTS if mark.severity == "fact" else HEADINGS.get(mark.kind, OTHERS)
    return "" if under.gives_reason else mark.reason


def _phrase(mark: Evidence) -> str:
    places = f" ({len(mark.places)} places)" if mark.also else ""
    return f'"{neutral(mark.text)}"{places}'


def _perhaps(mark: Evidence) -> str:
    """What may have stood there, each with its probability."""
    if mark.kind == DESK:  # somebody's decision has no probability
        return "".join(f" → {neutral(one.text)}" for one in mark.suggestions)
    suggestions = ", ".join(f"{neutral(one.text)} ({chance(one.probability)})" for one in mark.suggestions)
    return f" → {suggestions}" if suggestions else ""


def chance(probability: float) -> str:
    """Whole per cent, and never a certainty."""
    if probability > 0.99:
        return "over 99%"
    return f"{100 * probability:.0f}%" if probability >= 0.01 else "under 1%"


def _wrap(line: str, width: int, indent: str = "") -> str:
    return textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)
