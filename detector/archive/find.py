"""From a suspect to the articles that it may have been made from, likeliest first.

A cheap query of many words gives some dozens, those of the same week before all others; these are ranked by the words
that they share with the suspect sentence by sentence, and copies and versions of one story are told once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from detector.archive.archive import Archive
from detector.archive.index import Hit
from detector.archive.overlap import Shared, Sought, are_copies, shingles
from detector.archive.query import name_weights, query_terms
from detector.archive.reference import Stored
from detector.archive.texts import DamagedTextError, Head
from detector.archive.words import sentences_of
from detector.dates import day_of
from detector.text import Document

LIMIT = 10
POOL = 20  # hits that are ranked by sentences; by words alone the source is first already (benchmarks/archive.py)
MOST_POOL = 800  # hits that are opened where copies of one story fill the pool; guess
# Of the score of the first hit, what the next may have at most for the first to stand alone. In an archive of 89,856 it
# does for 332 of 370 texts made of one article there, by putting out up to four words of five, by spinners' tables and
# by rewriting, always with the right one first, and for 4 of 80 strangers. Chosen on these.
ALONE = 2 / 3
WINDOW = 7  # days before and after: a spun article follows its source within hours or days
# Similarity from which a source is named. Of 500 articles without their source in an archive of 92,362 it names one for
# 7, all of Reuters, and each of these shares a fifth or more of its four words in a row with the one named: other
# versions. From 0.5 on it would be 20, of whom 5 share less. Chosen on these same articles. What it costs: of sources
# with 0 / 30 / 60 / 80% of words swapped 100 / 100 / 24 / 0% are named (100 each), though all of them come first.
SOURCE_FROM = 0.6
LEAST_NAMES = 2  # of a sentence, to tell where it comes from
EQUAL_DIGITS = 2  # candidates whose similarity is the same to so many digits are ordered by their dates


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reference that the suspect may have been made from.

    Attributes:
        stored: the best of its versions.
        similarity: share of the suspect's words, the commonest aside, that stand in the best sentence for theirs.
        days: between the two dates, None where either is not known.
        copies: ids of other texts of the same story, or almost the same text, best first.
        held: the suspect's sentences, by number, most of whose names and numbers stand in one of the reference's.
    """

    stored: Stored
    similarity: float
    days: int | None
    copies: tuple[str, ...] = ()
    held: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What look-up found.

    Attributes:
        candidates: likeliest first.
        damaged: what is said of texts that could not be read, and so were not compared.
        words: how many words each of the suspect's sentences with several names or numbers has, by number.
    """

    candidates: tuple[Candidate, ...]
    damaged: tuple[str, ...] = ()
    words: Mapping[int, int] = field(default_factory=dict)

    def held(self, candidates: Iterable[Candidate]) -> float:
        """Share of these words in sentences that one of the candidates holds, 0 to 1; 1 where there are none."""
        sentences = frozenset().union(*(one.held for one in candidates))
        return sum(self.words[one] for one in sentences) / sum(self.words.values()) if self.words else 1.0

    @property
    def source(self) -> Candidate | None:
        """The first candidate, if it is alike enough for no stranger; None means that no source was found."""
        first = self.candidates[0] if self.candidates else None
        return first if first is not None and first.similarity >= SOURCE_FROM else None


def find(
    archive: Archive,
    suspect: str | Document,
    *,
    published: str | None = None,
    outlets: Sequence[str] | None = None,
    limit: int = LIMIT,
) -> Found:
    """Find at most `limit` candidates for the suspect; only English articles are proposed.

    `published` is the suspect's ISO date: references of the same week are then looked for first, and before others that
    are as similar; one that is missing or malformed changes nothing. `outlets` are the names of those to look in.
    """
    return LookUp(archive, suspect, published=published, outlets=outlets).found(limit)


class LookUp:
    """One suspect's look-up; what it has compared once is not compared again when it looks further."""

    def __init__(
        self,
        archive: Archive,
        suspect: str | Document,
        *,
        published: str | None = None,
        outlets: Sequence[str] | None = None,
    ) -> None:
        text = suspect if isinstance(suspect, str) else suspect.text
        self._archive = archive
        self._terms = query_terms(text, archive.index)
        self._sentences = sentences_of(text)
        self._names = _names(self._sentences, text, archive)
        self._sought = Sought(self._sentences, self._names)
        self._day = day_of(published)
        self._outlets = outlets
        self._searched: dict[int, list[Hit]] = {}  # by how many were asked for
        self._compared: dict[int, _Compared] = {}
        self._damaged: dict[int, str] = {}

    def alone(self) -> Found:
        """The first hit by itself, where the next holds so much less of what is asked for that no ranking is needed;
        else nothing."""
        hits = self._search(POOL)
        is_alone = len(hits) == 1 or (len(hits) > 1 and hits[1].score <= ALONE * hits[0].score)
        return self._told(list(self._compare([hits[0].number]) if is_alone else ()))

    def found(self, limit: int = LIMIT) -> Found:
        """At most `limit` candidates."""
        if limit < 1:
            raise ValueError(f"limit: expected 1 or more, got {limit}")
        size = max(POOL, 2 * limit)
        while True:
            numbers = self._hits(size)
            ranked = sorted(self._compare(numbers), key=_Compared.order)
            kept = _told_once(ranked, limit)
            if len(kept) == limit or len(numbers) < size or size >= MOST_POOL:
                return self._told(kept)
            size *= 4

    def _told(self, compared: Sequence[_Compared]) -> Found:
        words = {number: len(self._sentences[number]) for number in self._names}
        return Found(tuple(one.candidate() for one in compared), tuple(self._damaged.values()), words)

    def _search(self, size: int) -> list[Hit]:
        """Hits of whatever date."""
        if size not in self._searched:
            self._searched[size] = self._archive.index.search(self._terms, size, None, self._outlets)
        return self._searched[size]

    def _hits(self, size: int) -> list[int]:
        """Numbers of the texts that hold most of what is asked for: half as many of the same week, then all."""
        hits: list[Hit] = []
        if self._day is not None:
            week = self._day - WINDOW, self._day + WINDOW
            hits = self._archive.index.search(self._terms, size // 2, week, self._outlets)
        return list(dict.fromkeys(hit.number for hit in (*hits, *self._search(size))))

    def _compare(self, numbers: Sequence[int]) -> Iterator[_Compared]:
        """One for each text that is there and can be read; of equal texts the nearest in time stands for all."""
        equal: defaultdict[bytes, list[Head]] = defaultdict(list)
        for head in self._archive.texts.heads(numbers):
            equal[head.digest].append(head)
        for heads in equal.values():
            heads.sort(key=lambda head: _far_last(self._days(head)))
            number = heads[0].number
            if number not in self._compared and number not in self._damaged:
                try:
                    stored = self._archive.texts.get(number)
                except DamagedTextError as error:
                    self._damaged[number] = str(error)
                    continue
                shared = self._sought.compare(stored.reference.text)
                self._compared[number] = _Compared(stored, shared, self._days(heads[0]))
            if number in self._compared:
                self._compared[number].copies = [head.id for head in heads[1:]]
                yield self._compared[number]

    def _days(self, head: Head) -> int | None:
        day = day_of(head.published)
        day = day_of(head.updated) if day is None else day
        return None if day is None or self._day is None else abs(day - self._day)


@dataclass(slots=True)
class _Compared:
    """A text that was compared with the suspect, and the ids of those that it stands for."""

    stored: Stored
    shared: Shared
    days: int | None
    copies: list[str] = field(default_factory=list)

    def order(self) -> tuple[float, float, int]:
        """Most alike first, among equals the nearest in time, then what was added first."""
        return -round(self.shared.similarity, EQUAL_DIGITS), _far_last(self.days), self.stored.number

    def candidate(self) -> Candidate:
        return Candidate(self.stored, self.shared.similarity, self.days, tuple(self.copies), self.shared.held)


def _names(sentences: Sequence[frozenset[str]], text: str, archive: Archive) -> dict[int, dict[str, float]]:
    """The names and numbers of each sentence that has several, by how rare they are in the archive."""
    weights = name_weights(text, archive.index)
    own = {number: {word: weights[word] for word in words & weights.keys()} for number, words in enumerate(sentences)}
    return {number: some for number, some in own.items() if len(some) >= LEAST_NAMES}


def _told_once(ranked: Sequence[_Compared], limit: int) -> list[_Compared]:
    """The first `limit` stories; further versions of them, by their own word or by their text, become copies."""
    kept: list[tuple[_Compared, frozenset[int]]] = []
    for one in ranked:
        own = shingles(one.shared.words)
        for other, theirs in kept:
            if one.stored.story == other.stored.story or are_copies(own, theirs):
                other.copies += [one.stored.reference.id, *one.copies]
                break
        else:
            if len(kept) == limit:
                break
            kept.append((one, own))
    return [one for one, _ in kept]


def _far_last(days: int | None) -> float:
    return math.inf if days is None else days
