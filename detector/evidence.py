"""What the extractors found -> the notes of a sub-editor: one mark a phrase, one entry a habit, the strongest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import partial, reduce
from operator import or_
from typing import NamedTuple

import numpy as np

from detector.findings import Evidence, Suggestion
from detector.keys import distinct
from detector.text import Document, Flag

MOST_SUGGESTIONS = 5
LEAST_SUGGESTION = 0.02  # probability beside a better one: guess; less reads as noise
MOST_PLACES = 100  # of a habit, besides the first
MOST_WORDS = 4  # of a phrase put together from several marks

# Kinds of marks on words that another word replaced. Neighbours of them are one phrase, and its reason is this one.
MERGED = {
    "swapped-word": "Edited news would hardly write these words here; others are far likelier.",
    "spinner-phrase": "Word spinners write these words in place of others.",
    "off-topic": "These words do not belong to what the text around them is about.",
    "register": "News seldom says these words, which are far more common elsewhere.",
}
# In a quotation these change what somebody said, at a figure they may change how much.
REPLACED = frozenset({*MERGED, "fixed-phrase", "restored-wording"})
OF_THE_PLACE = frozenset(
    {"fixed-phrase", "restored-wording", "grammar"}
)  # their reasons tell of one place, not of a habit
QUOTED_REASON = "It stands inside a quotation."

_JOINT = re.compile(r"\s+|[-\u2010\u2011]")


class Found(NamedTuple):
    """A mark of one place, as an extractor gives it.

    Attributes:
        belief: of the classifier, that the phrase was swapped, 0 to 1; 1 where the extractor is certain.
        rank: the extractor's place in the report order.
    """

    belief: float
    rank: int
    mark: Evidence


Suggestions = tuple[Suggestion, ...]
Weigh = Callable[[Sequence[Sequence[Found]]], Iterable[Suggestions]]


def suggested(same: Iterable[Found]) -> Suggestions:
    """What the extractors themselves suggest for the place of all these marks."""
    return pooled(suggestion for one in same for suggestion in one.mark.suggestions)


def as_suggested(places: Sequence[Sequence[Found]]) -> Iterable[Suggestions]:
    """The same of several places."""
    return map(suggested, places)


def select(found: Sequence[Found], document: Document, weigh: Weigh = as_suggested) -> list[Evidence]:
    """The marks to show, the strongest first: no two overlap, neighbours are joined, a habit is told once.

    `weigh` gives the suggestions for each place by all the marks there.
    """
    places = apart(found, len(document.text))
    heirs = [
        first._replace(mark=first.mark.suggesting(own)) for (first, *_), own in zip(places, weigh(places), strict=True)
    ]
    return _habits(one.mark for one in sorted(_judged(_joined(heirs, document), document), key=_order))


def proposed(same: Iterable[Found]) -> dict[str, dict[str, float]]:
    """Every text that may have stood where all of these marks are, with the share that each extractor gives it."""
    texts: dict[str, dict[str, float]] = {}
    for one in same:
        for suggestion in one.mark.suggestions:
            texts.setdefault(suggestion.text, {})[one.mark.extractor] = suggestion.probability
    return texts


def clear_of(found: Iterable[Found], marks: Iterable[Evidence], n_characters: int) -> list[Found]:
    """Of `found` what none of `marks` touches."""
    taken = bytearray(n_characters)
    for mark in marks:
        for place in mark.places:
            taken[place.start : place.end] = b"\1" * (place.end - place.start)
    return [one for one in found if taken.find(1, one.mark.start, one.mark.end) < 0]


def shown(suggestions: Suggestions, at_least: float) -> Suggestions:
    """Suggestions worth reading: if the best is probable enough all but the improbable, otherwise none."""
    if not any(one.probability >= at_least for one in suggestions):
        return ()
    return tuple(one for one in suggestions if one.probability >= LEAST_SUGGESTION)


def _order(one: Found) -> tuple[float, int, float, int]:
    return -one.belief, one.rank, -one.mark.strength, one.mark.start


def apart(found: Sequence[Found], n_characters: int) -> list[list[Found]]:
    """Of marks that overlap the best, each followed by those of the very same place."""
    mended = {(one.mark.start, one.mark.end) for one in found if one.mark.suggestions}
    taken = bytearray(n_characters)  # quicker to ask about a few places than an array
    kept: dict[tuple[int, int], list[Found]] = {}
    for one in sorted(found, key=partial(_claim, mended)):
        place = start, end = one.mark.start, one.mark.end
        if place in kept:
            kept[place].append(one)
        elif taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            kept[place] = [one]
    return list(kept.values())


def _claim(mended: Set[tuple[int, int]], one: Found) -> tuple[float, int, int, float, int]:
    """Smallest for the mark that is kept: the best believed, the longest that says what stood there."""
    start, end = one.mark.start, one.mark.end
    length = end - start if (start, end) in mended else 0
    return -round(one.belief, 2), -length, one.rank, -one.mark.strength, start


def pooled(suggestions: Iterable[Suggestion]) -> Suggestions:
    """Each text once with its higher probability, the most probable first; together they are no more than certain."""
    best: dict[str, Suggestion] = {}
    left = 1.0
    for one in sorted(suggestions, key=lambda one: -one.probability):
        if one.text not in best and left > 0 and len(best) < MOST_SUGGESTIONS:
            best[one.text] = one if one.probability <= left else Suggestion(one.text, left)
            left -= best[one.text].probability
    return tuple(best.values())


def _joined(found: Iterable[Found], document: Document) -> list[Found]:
    """Make one mark of neighbours that replaced words touch, and of which nobody can say what stood there."""
    phrases: list[Found] = []
    for one in sorted(found, key=lambda one: one.mark.start):
        if phrases and _belong(phrases[-1].mark, one.mark, document):
            one = _phrase(phrases.pop(), one, document)
        phrases.append(one)
    return phrases


def _belong(left: Evidence, right: Evidence, document: Document) -> bool:
    """Whether two marks, in reading order, belong to one phrase; what suggests something stands by itself."""
    if not (left.kind in MERGED and right.kind in MERGED and left.severity == right.severity == "wording"):
        return False
    if left.suggestions or right.suggestions or not _JOINT.fullmatch(document.text, left.end, right.start):
        return False
    inside = document.tokens(left.start, right.end)
    words = np.count_nonzero(document.flags[inside] & (Flag.WORD | Flag.NUMBER))
    return bool(words <= MOST_WORDS and len(distinct(document.sentence[inside])) == 1)


def _phrase(left: Found, right: Found, document: Document) -> Found:
    """The mark of both: the stronger one speaks."""
    stronger = min(left, right, key=_order)
    mark = replace(
        stronger.mark,
        start=left.mark.start,
        end=right.mark.end,
        text=document.text[left.mark.start : right.mark.end],
        reason=MERGED[stronger.mark.kind],
    )
    return stronger._replace(mark=mark)


def _judged(phrases: Sequence[Found], document: Document) -> Iterator[Found]:
    """A word replaced in a quotation or at a figure touches a fact; of other marks their extractors judge."""
    first, behind = document.token_ranges([(one.mark.start, one.mark.end) for one in phrases])
    flags = document.flags.tobytes()  # quicker to look at a few of them than an array
    for one, a, b in zip(phrases, first.tolist(), behind.tolist(), strict=True):
        mark, touched = one.mark, reduce(or_, flags[a:b], 0)
        if mark.kind in REPLACED and touched & Flag.QUOTED:
            mark = replace(mark, severity="fact", reason=f"{mark.reason} {QUOTED_REASON}")
        elif mark.kind in REPLACED and touched & Flag.NUMBER:
            mark = replace(mark, severity="fact")
        yield one if mark is one.mark else one._replace(mark=mark)


def _habits(marks: Iterable[Evidence]) -> list[Evidence]:
    """Give the places of one habit to its strongest mark; what is a fact in one place only is told by itself."""
    habits: dict[tuple[str, ...], list[Evidence]] = {}
    for mark in marks:
        text = " ".join(mark.text.casefold().split())
        habits.setdefault((text, mark.extractor, mark.kind, mark.severity, _says(mark)), []).append(mark)
    return [_habit(first, others) for first, *others in habits.values()]


def _says(mark: Evidence) -> str:
    """What a mark says of its own place: marks that say different things are different habits."""
    if mark.kind in OF_THE_PLACE:
        return mark.reason
    return mark.suggestions[0].text.casefold() if mark.suggestions else ""


def _habit(first: Evidence, others: Sequence[Evidence]) -> Evidence:
    if not others:
        return first
    also = sorted((*first.also, *(place for other in others for place in other.places)))
    return replace(first, also=tuple(also[:MOST_PLACES]))
