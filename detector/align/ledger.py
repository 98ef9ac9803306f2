"""The swap ledger: what the suspect words differently, with the odds that an editor would have left it as it was."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.align.house_style import plain, printed
from detector.align.tokens import CLOSED, Kind, Text, kinds_of, tokens_in
from detector.comparison import Alignment, FactChange, Operation, Swap, Wording
from detector.language_model import LanguageModel
from detector.lexicon import MOST_WORDS, Phrases, phrase_keys
from detector.resources import Resources
from detector.text import BOUNDARY, UNKNOWN, Document, Flag

MAX_WORDS = 8  # of a phrase whose odds are told: longer ones were written afresh
MAX_ALONE = 3  # words put in or left out that are a swap; more are an addition or an omission
ARTICLES = frozenset({"a", "an"})  # one becomes the other with the word behind it

NOTHING = range(0)


class _Found(NamedTuple):
    """A swap by its tokens on both sides."""

    operation: Operation
    ours: range
    theirs: range
    pair: int


def swaps(
    alignment: Alignment,
    suspect: Text,
    reference: Text,
    resources: Resources,
    facts: Sequence[FactChange],
) -> tuple[Swap, ...]:
    """Every rewording in a derived sentence, but for spelling variants, house style and punctuation; in the suspect's
    reading order. A few words that were put in or left out stand with a neighbour, so that neither side is empty."""
    sides = _Side.of(suspect), _Side.of(reference)
    found = list(_found(alignment, *sides))
    odds = _odds(found, *sides, resources)
    changed = sorted((fact.suspect.start, fact.suspect.end) for fact in facts if fact.suspect)
    starts, ends = [start for start, _ in changed], [0, *accumulate((end for _, end in changed), max)]
    ledger = []
    for one, odd in zip(found, odds, strict=True):
        here, there = sides[0].wording(one.ours), sides[1].wording(one.theirs)
        fact = here.start < ends[bisect_left(starts, here.end)]
        ledger.append(Swap(here, there, one.operation, "fact" if fact else "wording", odd, one.pair))
    return tuple(ledger)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two documents, asked about its tokens."""

    document: Document
    all_words: list[str]  # of every token
    told: list[bool]  # which tokens are words or figures

    @classmethod
    def of(cls, text: Text) -> _Side:
        return cls(text.document, text.words, ((text.document.flags & (Flag.WORD | Flag.NUMBER)) > 0).tolist())

    def trimmed(self, tokens: range) -> range:
        """The tokens without the punctuation at both ends."""
        told = [i for i in tokens if self.told[i]]
        return range(told[0], told[-1] + 1) if told else NOTHING

    def words(self, tokens: range) -> tuple[str, ...]:
        """Lower case and folded, boundaries left out."""
        return tuple(self.all_words[i] for i in tokens if self.all_words[i])

    def word(self, token: int) -> str:
        """The plain spelling of a word; empty for punctuation, a boundary, and past the ends."""
        return plain(self.all_words[token]) if 0 <= token < len(self.told) and self.told[token] else ""

    def wording(self, tokens: range) -> Wording:
        start, end = int(self.document.start[tokens.start]), int(self.document.end[tokens.stop - 1])
        return Wording(start, end, self.document.text[start:end])


def _found(alignment: Alignment, ours: _Side, theirs: _Side) -> Iterator[_Found]:
    spans = [phrase.suspect for phrase in alignment.phrases], [phrase.reference for phrase in alignment.phrases]
    places = zip(tokens_in(ours.document, spans[0]), tokens_in(theirs.document, spans[1]), strict=True)
    for phrase, (here, there) in zip(alignment.phrases, places, strict=True):
        if not alignment.pairs[phrase.pair].derived:
            continue
        if phrase.operation == "substituted":
            here, there = ours.trimmed(here), theirs.trimmed(there)
            if here and there and not _house_style(ours.words(here), theirs.words(there)):
                yield _Found("substituted", here, there, phrase.pair)
        elif phrase.operation == "inserted":
            behind = int(np.searchsorted(theirs.document.start, phrase.reference.end))
            if both := _with_neighbour(ours, here, theirs, behind, phrase.belongs):
                yield _Found("inserted", *both, phrase.pair)
        elif phrase.operation == "deleted":
            behind = int(np.searchsorted(ours.document.start, phrase.suspect.end))
            if both := _with_neighbour(theirs, there, ours, behind, phrase.belongs):
                yield _Found("deleted", both[1], both[0], phrase.pair)


def _house_style(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return printed(ours) == printed(theirs) or (len(ours) == len(theirs) == 1 and {*ours, *theirs} == ARTICLES)


def _with_neighbour(side: _Side, alone: range, other: _Side, behind: int, belongs: int) -> tuple[range, range] | None:
    """Words of one side alone with the word before or behind them, and that word on the other side, where it stands
    before or at the token `behind`.

    Where it is not known to which one they belong, small words go with what comes before ("said that"), articles,
    auxiliaries ("has said") and other words with what follows.
    """
    words = side.words(alone)
    if not 0 < len(words) <= MAX_ALONE or not all(side.word(i) for i in alone):
        return None
    kinds = kinds_of(words[0])
    goes_before = belongs < 0 or (not belongs and kinds & CLOSED and not kinds & (Kind.ARTICLE | Kind.AUXILIARY))
    for is_before in (True, False) if goes_before else (False, True):
        own, its = (alone.start - 1, behind - 1) if is_before else (alone.stop, behind)
        if side.word(own) and side.word(own) == other.word(its):
            return range(min(own, alone.start), max(own + 1, alone.stop)), range(its, its + 1)
    return None


def _odds(found: Sequence[_Found], ours: _Side, theirs: _Side, resources: Resources) -> list[float | None]:
    """log2 of how much likelier the reference's wording is in the suspect's place, and how much oftener the suspect's
    stands in spun text where the table of phrases has the pair."""
    places = [k for k, one in enumerate(found) if max(len(one.ours), len(one.theirs)) <= MAX_WORDS]
    short = [found[k] for k in places]
    if not short:
        return [None] * len(found)
    suspect, reference = ours.document, theirs.document
    here = [suspect.ids[one.ours.start : one.ours.stop] for one in short]
    there = [reference.ids[one.theirs.start : one.theirs.stop] for one in short]
    around = [one.ours for one in short]
    fits = _fit([*there, *here], [*around, *around], suspect, resources.language_model)
    odds = fits[: len(short)] - fits[len(short) :]
    odds += _spelling(reference, [one.theirs for one in short]) - _spelling(suspect, around)
    odds += _listed(here, there, resources.phrases)
    told = dict(zip(places, odds.tolist(), strict=True))
    return [told.get(k) for k in range(len(found))]


def _fit(
    phrases: Sequence[NDArray[np.int32]], around: Sequence[range], document: Document, model: LanguageModel
) -> NDArray[np.float64]:
    """log2 p of each phrase between the neighbours that the document has around that place."""
    ids = [BOUNDARY, *document.ids.tolist(), BOUNDARY, BOUNDARY]  # token i of the document is i + 1 here
    rows = []
    for phrase, place in zip(phrases, around, strict=True):
        left2, left = ids[place.start - 1 : place.start + 1]
        row = [BOUNDARY if left == BOUNDARY else left2, left, *phrase.tolist(), *ids[place.stop + 1 : place.stop + 3]]
        rows.append(row + [BOUNDARY] * (2 + MAX_WORDS + 2 - len(row)))
    lengths = np.array([len(phrase) for phrase in phrases], np.intp)
    return model.phrases(np.array(rows, np.int32), lengths).sum(axis=1)


def _spelling(document: Document, places: Sequence[range]) -> NDArray[np.float64]:
    """What the spelling of unknown words adds."""
    total = np.concatenate([[0], np.cumsum(document.spelling, dtype=np.float64)])
    return total[[place.stop for place in places]] - total[[place.start for place in places]]


def _listed(
    ours: Sequence[NDArray[np.int32]], theirs: Sequence[NDArray[np.int32]], phrases: Phrases
) -> NDArray[np.float64]:
    """The odds of the table for these very pairs, 0 where it has none."""
    found = np.zeros(len(ours))
    rows = [[_padded(phrase.tolist()) for phrase in side] for side in (ours, theirs)]
    padded = np.array(rows, np.uint16).reshape(2, len(ours), MOST_WORDS)
    keys = phrase_keys(padded[0])
    first, last = (np.searchsorted(phrases.keys, keys, side) for side in ("left", "right"))
    for k in np.flatnonzero((last > first) & (keys > 0) & (padded[1, :, 0] > 0)).tolist():
        same = np.flatnonzero((phrases.originals[first[k] : last[k]] == padded[1, k]).all(axis=1))
        found[k] = phrases.odds[first[k] + same[0]] if len(same) else 0
    return found


def _padded(ids: list[int]) -> list[int]:
    """A phrase as the table has it; nothing where it has too many words or unknown ones."""
    if len(ids) > MOST_WORDS or min(ids) <= UNKNOWN:
        return [0] * MOST_WORDS
    return ids + [0] * (MOST_WORDS - len(ids))
