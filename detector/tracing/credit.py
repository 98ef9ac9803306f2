"""Credits to an agency over text that is not as the agency wrote it: "(Reuters)" before sentences that it never sent.

Customers may cut, and print in a style of their own: what is left out counts for nothing, nor do spellings. What counts
are words put for others, words and sentences put in, and facts that changed. It is told; no verdict follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.agencies import agencies_in, agency_of
from detector.comparison import Comparison, Credit, FactChange, Source, Wording
from detector.ingest.clutter import find_clutter
from detector.text import Document, Flag, Note, Span

# What is told. Chosen on 60 articles, then measured on 150 by `python -m benchmarks.credit CLEAN --seed 2` (95% Wilson
# intervals): of copies that are verbatim, cut, in another house style or lightly edited none of 150 each (0 to 2.5%);
# with 2 / 4 / 10% of all words swapped 67 / 95 / 99% of 150, with two facts changed 87%, with two sentences put in 41%.
# One in house style was told before figures with a short unit were left out of the facts, which was done after a look.
LEAST_REWORDED, LEAST_PHRASES = 0.02, 4  # of the words in sentences that are the agency's; and as many phrases
LEAST_FOREIGN, LEAST_SENTENCES = 0.1, 2  # of all words; and as many sentences: one may be the outlet's note on itself
LEAST_FACTS = 2
RELATIVE_DAYS = frozenset("yesterday today tomorrow tonight".split())  # papers put them for the day's name

_FIGURES = re.compile(r"\d+")
# "With inputs from Reuters" says that others wrote along.
_SHARED = re.compile(r"\b(?:with|inputs?|agencies|wires?|contributed|compiled)\b", re.IGNORECASE)


class Altered(NamedTuple):
    """What a suspect has that an agency's own texts do not; what it leaves out is not counted.

    Attributes:
        phrases: put for others, or put in, within sentences that are the agency's.
        reworded: of the words of these sentences, those of the phrases, 0 to 1.
        sentences: that are not the agency's.
        foreign: of all words, those of these sentences, 0 to 1.
        facts: names, numbers, dates, quotations and attributions stated otherwise in these phrases.
    """

    phrases: int
    reworded: float
    sentences: int
    foreign: float
    facts: int

    @property
    def is_told(self) -> bool:
        """Whether it is more than cutting, house style and a note on the outlet itself leave behind."""
        return (
            (self.phrases >= LEAST_PHRASES and self.reworded >= LEAST_REWORDED)
            or (self.sentences >= LEAST_SENTENCES and self.foreign >= LEAST_FOREIGN)
            or self.facts >= LEAST_FACTS
        )


def with_credits(
    sources: Sequence[Source], credits: Sequence[Note], outlet: str | None, suspect: Document
) -> tuple[Source, ...]:
    """The sources, the first that is the credited agency's own with the credit, where the suspect is not as it wrote.

    An agency's own outlet may rewrite its own story, and where it was published after the suspect the differences may
    be the agency's.
    """
    printed = agency_credit(credits)
    if printed is None or agency_of(outlet) == printed.agency:
        return tuple(sources)
    told = [source for source in sources if source.direction != "suspect-earlier"]
    own = [source for source in told if _agency(source) == printed.agency]
    altered = altered_in(suspect, own)
    if not own or not altered.is_told:
        return tuple(sources)
    its = _printed(own[0])
    reference = its.wording if its is not None and its.agency == printed.agency else None
    credit = Credit(printed.agency, printed.wording, reference, altered.phrases, altered.sentences)
    return tuple(replace(source, credit=credit) if source.id == own[0].id else source for source in sources)


class _Place(NamedTuple):
    """A phrase that is not the agency's: how many words it has, and the facts that it touches."""

    words: int
    facts: frozenset[FactChange]


class Printed(NamedTuple):
    """An agency, and the credit that names it."""

    agency: str
    wording: Wording


def agency_credit(credits: Sequence[Note]) -> Printed | None:
    """The one agency that the credits name, with the first that names it; None where others wrote along."""
    named = [(note, agencies) for note in credits if (agencies := agencies_in(note.text))]
    agencies = frozenset().union(*(own for _, own in named))
    if len(agencies) != 1 or any(_SHARED.search(note.text) for note in credits):
        return None
    note = named[0][0]
    return Printed(next(iter(agencies)), Wording(note.start, note.end, note.text))


def _agency(source: Source) -> str | None:
    """Whose text the reference is, by its outlet, or else by its own credit."""
    printed = None if agency_of(source.outlet) else _printed(source)
    return agency_of(source.outlet) if printed is None else printed.agency


def _printed(source: Source) -> Printed | None:
    return agency_credit(find_clutter(source.text, source.title).credits)


def altered_in(suspect: Document, sources: Sequence[Source]) -> Altered:
    """What none of the sources has; a sentence that derives from several is held against the one most like it."""
    counted = np.concatenate([[0], np.cumsum((suspect.flags & (Flag.WORD | Flag.NUMBER)) > 0)])
    words = np.bincount(suspect.sentence, weights=np.diff(counted), minlength=1)
    nearest: dict[int, list[_Place]] = {}
    for source in sources:
        for sentence, places in _altered_places(source.comparison, suspect, counted).items():
            if sentence not in nearest or _total(places) < _total(nearest[sentence]):
                nearest[sentence] = places
    places = [place for own in nearest.values() for place in own]
    foreign = words > 0
    foreign[list(nearest)] = False
    own, others = float(words[~foreign].sum()), float(words[foreign].sum())
    return Altered(
        phrases=len(places),
        reworded=min(_total(places) / max(own, 1), 1.0),
        sentences=int(foreign.sum()),
        foreign=others / max(own + others, 1),
        facts=len({fact for place in places for fact in place.facts}),
    )


def _altered_places(comparison: Comparison, suspect: Document, counted: NDArray[np.int64]) -> dict[int, list[_Place]]:
    """By sentence that both share: where words stand for others, but for house style, or were put in."""
    pairs = comparison.alignment.pairs
    found: dict[int, list[_Place]] = {i: [] for pair in pairs if pair.derived for i in pair.suspect}
    spans = {Span(*swap.suspect[:2]) for swap in comparison.swaps if swap.operation == "substituted"}
    spans |= {
        phrase.suspect
        for phrase in comparison.alignment.phrases
        if phrase.operation == "inserted" and pairs[phrase.pair].derived
    }
    facts = [fact for fact in comparison.facts if _is_changed(fact)]
    for span in sorted(spans):
        tokens = suspect.tokens(*span)
        if words := int(counted[tokens.stop] - counted[tokens.start]):
            touched = frozenset(fact for fact in facts if fact.suspect and _overlap(fact.suspect, span))
            found[int(suspect.sentence[tokens.start])].append(_Place(words, touched))
    return found


def _is_changed(fact: FactChange) -> bool:
    """Whether it is no day told from the day of printing, and no figure whose unit is written short ("11m")."""
    if fact.suspect is None or fact.suspect.text.casefold() in RELATIVE_DAYS:
        return False
    figures = _FIGURES.findall(fact.suspect.text)
    is_one = fact.type == "number" and fact.reference is not None and figures == _FIGURES.findall(fact.reference.text)
    return not figures or not is_one


def _overlap(one: Wording, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _total(places: Sequence[_Place]) -> int:
    return sum(place.words for place in places)
