"""Two documents -> Alignment: match the sentences, link the words of each pair, make phrases of the links.

Which text is the suspect makes no difference to what is found: the texts are always read in one order and the result
is turned round.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from detector.align.derivation import judged, may_be_derived, unquoted
from detector.align.phrases import Block, phrases_of
from detector.align.sentences import Match, Side, match_sentences
from detector.align.tokens import Text, Types, types_of
from detector.align.words import Linker, link
from detector.comparison import Alignment, Operation, Phrase, SentencePair
from detector.resources import Resources
from detector.text import Document, Flag, Span

MAX_WORDS = 250  # of a sentence that is read word by word; a longer one is the same or substituted as a whole
MAX_CELLS = 400_000  # of all sentence pairs together, for the same reason; news has about 15,000

TURNED: dict[Operation, Operation] = {"inserted": "deleted", "deleted": "inserted"}


@dataclass(frozen=True, slots=True)
class Matched:
    """Two texts whose sentences were matched, and no word read yet: a third of the whole work.

    Attributes:
        one, two: the texts in the order in which they are read; `is_turned` where the suspect is the second.
        types: of the words of both.
        sides: their tokens, boundaries left out.
        matches: all sentences of both, in the order of the first text's.
    """

    one: Text
    two: Text
    is_turned: bool
    types: Types
    sides: tuple[Side, Side]
    matches: tuple[Match, ...]

    def may_derive(self) -> list[int]:
        """The suspect's sentences that may turn out to derive from the reference: so many of the words on both sides
        stand on the other one too. Words that are spelled alike only together ("per cent") do not count."""
        texts = self.one, self.two
        plain = [self.types.plain[side.types].tolist() for side in self.sides]
        told = [unquoted(one.document)[one.document.start < one.document.end].tolist() for one in texts]
        found: list[int] = []
        for match in self.matches:
            if match.one and match.two:
                places = _words_in(match.one, self.sides[0]), _words_in(match.two, self.sides[1])
                words = [list(compress(own[at], of[at])) for own, of, at in zip(plain, told, places, strict=True)]
                others = set(plain[1][places[1]]), set(plain[0][places[0]])
                shared = sum(word in other for own, other in zip(words, others, strict=True) for word in own)
                if may_be_derived(len(words[0]), len(words[1]), shared):
                    found += match.two if self.is_turned else match.one
        return found

    def read(self, resources: Resources, linker: Linker) -> Alignment:
        """Read the matched sentences word by word."""
        alignment = _read(self, resources, linker)
        if self.is_turned:
            return judged(_turned(alignment), self.two.document, self.one.document)
        return judged(alignment, self.one.document, self.two.document)


def align(suspect: Text, reference: Text, resources: Resources, linker: Linker) -> Alignment:
    """Align two documents. An empty one leaves every sentence of the other dropped or added."""
    return match(suspect, reference, resources).read(resources, linker)


def match(suspect: Text, reference: Text, resources: Resources) -> Matched:
    """Match the sentences of two documents."""
    ours, theirs = suspect.document.text, reference.document.text
    is_turned = (len(ours), ours) > (len(theirs), theirs)
    one, two = (reference, suspect) if is_turned else (suspect, reference)
    at = [np.flatnonzero(text.document.start < text.document.end) for text in (one, two)]
    words = [[text.words[i] for i in some.tolist()] for text, some in zip((one, two), at, strict=True)]
    types, numbers = types_of([*words[0], *words[1]], resources)
    sides = _side(one.document, at[0], numbers[: len(words[0])]), _side(two.document, at[1], numbers[len(words[0]) :])
    matches = _in_order(match_sentences(*sides, types), *(side.n_sentences for side in sides))
    return Matched(one, two, is_turned, types, sides, tuple(matches))


def _read(matched: Matched, resources: Resources, linker: Linker) -> Alignment:
    sides, types = matched.sides, matched.types
    places = [(_words_in(one.one, sides[0]), _words_in(one.two, sides[1])) for one in matched.matches]
    pairs = [(sides[0].types[a], sides[1].types[b]) for a, b in places]
    places_of = _Places.of(matched.one.document), _Places.of(matched.two.document)
    phrases = [
        Phrase(
            block.operation,
            places_of[0].span(a, block.a, block.b),
            places_of[1].span(b, block.c, block.d),
            k,
            block.belongs,
        )
        for k, ((a, b), blocks) in enumerate(zip(places, _blocks(pairs, types, resources, linker), strict=True))
        for block in blocks
    ]
    told = (SentencePair(one.one, one.two, one.similarity, one.moved, False) for one in matched.matches)
    return Alignment(tuple(told), tuple(phrases))


def _side(document: Document, at: NDArray[np.intp], types: NDArray[np.int32]) -> Side:
    return Side(types, document.sentence[at], (document.flags[at] & Flag.NAME) > 0)


def _in_order(matches: Sequence[Match], n_one: int, n_two: int) -> list[Match]:
    """All sentences of both texts in the order of the first; one of the second alone follows the one before it."""
    in_one = {i for match in matches for i in match.one}
    ends = {j: match.two[-1] for match in matches for j in match.two}
    follow: dict[int, list[Match]] = {}  # by the last matched sentence of the second text before them
    last = -1
    for j in range(n_two):
        last = ends.get(j, last)
        if j not in ends:
            follow.setdefault(last, []).append(Match((), (j,), 0.0))
    alone = (Match((i,), (), 0.0) for i in range(n_one) if i not in in_one)
    ordered = follow.get(-1, [])
    for match in sorted([*matches, *alone], key=lambda match: match.one):
        ordered.append(match)
        if match.two:
            ordered += follow.get(match.two[-1], [])
    return ordered


def _words_in(sentences: tuple[int, ...], side: Side) -> slice:
    """The tokens of neighbouring sentences."""
    if not sentences:
        return slice(0, 0)
    first, last = np.searchsorted(side.sentence, [sentences[0], sentences[-1] + 1])
    return slice(int(first), int(last))


def _blocks(
    pairs: Sequence[tuple[NDArray[np.int32], NDArray[np.int32]]], types: Types, resources: Resources, linker: Linker
) -> Iterator[list[Block]]:
    """The phrases of each sentence pair; pairs that are the same, or one-sided, need no reading."""
    read: list[int] = []
    cells = 0
    for k, (one, two) in enumerate(pairs):
        if _plainly(one, two, types) is None and cells + len(one) * len(two) <= MAX_CELLS:
            read.append(k)
            cells += len(one) * len(two)
    links = dict(zip(read, link([pairs[k] for k in read], types, resources, linker), strict=True))
    for k, (one, two) in enumerate(pairs):
        if k in links:
            yield phrases_of(links[k], one, two, types)
        else:
            yield [Block(_plainly(one, two, types) or "substituted", 0, len(one), 0, len(two))]


def _plainly(one: NDArray[np.int32], two: NDArray[np.int32], types: Types) -> Operation | None:
    """What a sentence pair is as a whole; None where its words are to be read."""
    if not len(one) or not len(two):
        return "inserted" if len(one) else "deleted"
    if np.array_equal(types.plain[one], types.plain[two]):
        return "same"
    return "substituted" if max(len(one), len(two)) > MAX_WORDS else None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the words of a document stand."""

    start: list[int]
    end: list[int]

    @classmethod
    def of(cls, document: Document) -> _Places:
        at = document.start < document.end
        return cls(document.start[at].tolist(), document.end[at].tolist())

    def span(self, words: slice, first: int, last: int) -> Span:
        """Words [first, last) of a stretch; an empty span stands behind the word before."""
        first, last = words.start + first, words.start + last
        if first < last:
            return Span(self.start[first], self.end[last - 1])
        behind = self.end[first - 1] if first and self.end else 0
        return Span(behind, behind)


def _turned(alignment: Alignment) -> Alignment:
    """The same with suspect and reference in each other's place."""
    turned = [
        SentencePair(pair.reference, pair.suspect, pair.similarity, pair.moved, pair.derived)
        for pair in alignment.pairs
    ]
    both = sorted((pair.reference, pair.suspect[0]) for pair in turned if pair.suspect and pair.reference)

    def place(number: int) -> tuple[int, tuple[int, ...]]:
        """Behind which sentence of the suspect the pair belongs."""
        pair = turned[number]
        if pair.suspect:
            return pair.suspect[0], ()
        before = bisect_left(both, (pair.reference, -1)) - 1
        return (both[before][1] if before >= 0 else -1), pair.reference

    order = sorted(range(len(turned)), key=place)
    number = {old: new for new, old in enumerate(order)}
    phrases = [
        Phrase(TURNED.get(one.operation, one.operation), one.reference, one.suspect, number[one.pair], one.belongs)
        for one in alignment.phrases
    ]
    phrases.sort(key=lambda one: (one.pair, one.suspect, one.reference))
    return Alignment(tuple(turned[old] for old in order), tuple(phrases))
