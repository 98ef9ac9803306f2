"""Links between words -> phrases that a person would name: same, substituted, inserted, deleted, moved.

Words are told by their places in the two sentences. The phrases of a sentence pair tile both sentences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.align.house_style import plain, printed
from detector.align.tokens import CLOSED, Kind, Types
from detector.comparison import Operation

MAX_GAP = 3  # words between two words of one phrase
MAX_ABSORBED = 3  # small words beside a substitution that belong to it
MAX_JOINED = 3  # words of either side up to which two substitutions side by side are one phrase


class Block(NamedTuple):
    """Words [a, b) of the first sentence and [c, d) of the second; one side may be empty, and `belongs` tells then
    whether the words belong to the one before them (-1) or behind them (1), where links tell it."""

    operation: Operation
    a: int
    b: int
    c: int
    d: int
    belongs: int = 0


class _Hull(NamedTuple):
    a: int
    b: int
    c: int
    d: int

    def joined(self, other: _Hull) -> _Hull:
        return _Hull(min(self.a, other.a), max(self.b, other.b), min(self.c, other.c), max(self.d, other.d))

    def meets(self, other: _Hull) -> bool:
        return (self.a < other.b and other.a < self.b) or (self.c < other.d and other.c < self.d)

    def apart(self, other: _Hull) -> int:
        """Words between both on one side where they meet on the other; 0 where they do not."""
        return max(other.c - self.d, self.c - other.d, other.a - self.b, self.a - other.b) if self.meets(other) else 0


class _Sentences:
    """Two sentences by the types of their words, with what is asked of a stretch of them."""

    def __init__(self, one: NDArray[np.int32], two: NDArray[np.int32], types: Types) -> None:
        self.n, self.m = len(one), len(two)
        self._words = tuple(tuple(types.words[t] for t in side.tolist()) for side in (one, two))
        self._plain = tuple(types.plain[side].tolist() for side in (one, two))
        self._kinds = tuple(types.kinds[side].tolist() for side in (one, two))

    def equal(self, i: int, j: int) -> bool:
        return self._plain[0][i] == self._plain[1][j]

    def same(self, hull: _Hull) -> bool:
        """Whether both sides are printed alike, but for house style."""
        if hull.b - hull.a == hull.d - hull.c and self._plain[0][hull.a : hull.b] == self._plain[1][hull.c : hull.d]:
            return True
        return printed(self._words[0][hull.a : hull.b]) == printed(self._words[1][hull.c : hull.d])

    def small(self, side: int, first: int, last: int) -> bool:
        """Whether a stretch holds nothing but words of closed classes."""
        return all(kinds & int(CLOSED) for kinds in self._kinds[side][first:last])

    def without_small(self, side: int, word: int, others: Sequence[int]) -> Sequence[int]:
        """The words that a word of one side is linked with, without small ones if one of them equals it."""
        equal = {other for other in others if self.equal(*_pair(side, word, other))}
        return [k for k in others if k in equal or not self.small(1 - side, k, k + 1)] if equal else others

    def told(self, side: int, first: int, last: int) -> bool:
        """Whether a stretch holds a word, or a sign that is read as one ("$")."""
        words, kinds = self._words[side][first:last], self._kinds[side][first:last]
        read = (
            not kind & int(Kind.PUNCTUATION) or plain(word).isalpha() for word, kind in zip(words, kinds, strict=True)
        )
        return any(read)

    def slight(self, hull: _Hull) -> bool:
        """Whether nothing but punctuation and small words stands on both sides."""
        both = self._kinds[0][hull.a : hull.b] + self._kinds[1][hull.c : hull.d]
        return all(kinds & int(CLOSED | Kind.PUNCTUATION) for kinds in both)

    def article(self, side: int, place: int) -> bool:
        return bool(self._kinds[side][place] & int(Kind.ARTICLE))


def phrases_of(links: NDArray[np.int32], one: NDArray[np.int32], two: NDArray[np.int32], types: Types) -> list[Block]:
    """The blocks of a sentence pair by their place in the first sentence, then in the second."""
    both = _Sentences(one, two, types)
    places = [(i, j) for i, j in links.tolist()]
    hulls = _in_runs(places, both)
    if hulls is None:
        hulls = _apart(_not_astride(_hulls(_pruned(places, both)), both))
    thread = _thread(hulls)
    hulls = [hull for run in _runs(hulls) if run[0] in thread or not all(map(both.slight, run)) for hull in run]
    blocks: list[Block] = []
    for hull in hulls:
        if hull.b - hull.a == hull.d - hull.c:
            blocks.append(Block(_operation(hull, hull in thread, both), *hull))
        else:
            blocks += _split(hull, hull in thread, both)
    blocks += _between(hulls, sorted(thread), both)
    return _joined(_absorbed(sorted(blocks, key=_place), both), both)


def _in_runs(links: Sequence[tuple[int, int]], both: _Sentences) -> list[_Hull] | None:
    """The stretches of links that follow each other on both sides, neighbours with equal words as one; None where links
    cross or share a word."""
    hulls: list[_Hull] = []
    last_i, last_j, was_equal = -1, -1, False
    for i, j in links:
        if i <= last_i or j <= last_j:
            return None
        is_equal = both.equal(i, j)
        if is_equal and was_equal and i == last_i + 1 and j == last_j + 1:
            hulls[-1] = _Hull(hulls[-1].a, i + 1, hulls[-1].c, j + 1)
        else:
            hulls.append(_Hull(i, i + 1, j, j + 1))
        last_i, last_j, was_equal = i, j, is_equal
    return hulls


def _place(block: Block) -> tuple[int, int, int, int]:
    return block.a, block.b, block.c, block.d


def _split(hull: _Hull, in_thread: bool, both: _Sentences) -> list[Block]:
    """A hull of unlike lengths as a block; where one side is the other with words before or behind it, these by
    themselves."""
    a, b, c, d = hull
    few = min(b - a, d - c)
    front, back = _Hull(a, a + few, c, c + few), _Hull(b - few, b, d - few, d)
    if both.same(hull) or not (both.same(front) or both.same(back)):
        return [Block(_operation(hull, in_thread, both), *hull)]
    is_front = both.same(front)
    kept = front if is_front else back
    rest = _Hull(kept.b, b, kept.d, d) if is_front else _Hull(a, kept.a, c, kept.c)
    operation: Operation = "inserted" if rest.b > rest.a else "deleted"
    blocks = [Block(_operation(kept, in_thread, both), *kept), Block(operation, *rest, -1 if is_front else 1)]
    return blocks if is_front else blocks[::-1]


def _operation(hull: _Hull, in_thread: bool, both: _Sentences) -> Operation:
    if not both.same(hull):
        return "substituted"
    return "same" if in_thread else "moved"


def _pruned(links: Sequence[tuple[int, int]], both: _Sentences) -> list[tuple[int, int]]:
    """The links without those that would tear a phrase apart: of each word's links the one cluster of near neighbours
    that holds an equal word, or else most words; of small words those that stand beside an equal one are left to what
    is said of words that one side alone has."""
    for side in (0, 1):
        counts = Counter(link[side] for link in links)
        kept = [link for link in links if counts[link[side]] == 1]
        if len(kept) == len(links):
            continue
        for word in (word for word, count in counts.items() if count > 1):
            others = sorted(link[1 - side] for link in links if link[side] == word)
            clusters = _clusters(both.without_small(side, word, others))
            best = max(
                clusters,
                key=lambda cluster: (any(both.equal(*_pair(side, word, other)) for other in cluster), len(cluster)),
            )
            kept += [_pair(side, word, other) for other in best]
        links = sorted(kept)
    return list(links)


def _one_to_one(links: Sequence[tuple[int, int]]) -> bool:
    return len(links) == len({i for i, _ in links}) == len({j for _, j in links})


def _pair(side: int, word: int, other: int) -> tuple[int, int]:
    return (other, word) if side else (word, other)


def _clusters(places: Sequence[int]) -> list[list[int]]:
    """Ascending places in runs without a gap of more than MAX_GAP."""
    runs = [[places[0]]]
    for before, place in pairwise(places):
        if place - before > MAX_GAP:
            runs.append([])
        runs[-1].append(place)
    return runs


def _hulls(links: Sequence[tuple[int, int]]) -> list[_Hull]:
    """The stretches of the words that hang together by links."""
    if _one_to_one(links):
        return [_Hull(i, i + 1, j, j + 1) for i, j in links]
    of_one: dict[int, int] = {}
    of_two: dict[int, int] = {}
    hulls: dict[int, _Hull] = {}
    for number, (i, j) in enumerate(links):
        hull = _Hull(i, i + 1, j, j + 1)
        for known in {of_one.get(i), of_two.get(j)} - {None}:
            hull = hull.joined(hulls.pop(known))  # type: ignore[arg-type]
        hulls[number] = hull
        for place, group in ((of_one, range(hull.a, hull.b)), (of_two, range(hull.c, hull.d))):
            for word in group:
                if place.get(word) is None or place[word] not in hulls:
                    place[word] = number
    return list(hulls.values())


def _not_astride(hulls: Sequence[_Hull], both: _Sentences) -> Sequence[_Hull]:
    """The stretches without those of other words that lie astride equal ones far away on the other side: with these
    they would become one phrase, and swallow all between. Their words face each other all the same, or stand alone."""
    same = [hull for hull in hulls if both.same(hull)]
    if len(same) == len(hulls):
        return hulls
    held = set(same)
    return [hull for hull in hulls if hull in held or max(map(hull.apart, same), default=0) <= MAX_GAP]


def _apart(hulls: Sequence[_Hull]) -> list[_Hull]:
    """Stretches that meet become one, until none do; in the order of the first sentence."""
    hulls = sorted(hulls)
    if _in_order(hulls):
        return hulls
    done: list[_Hull] = []
    for hull in hulls:
        while meeting := [other for other in done if hull.meets(other)]:
            for other in meeting:
                hull = hull.joined(other)
                done.remove(other)
        done.append(hull)
    return sorted(done)


def _in_order(hulls: Sequence[_Hull]) -> bool:
    """Whether hulls, sorted by the first sentence, follow each other on both sides."""
    return all(hull.b <= after.a and hull.d <= after.c for hull, after in pairwise(hulls))


def _thread(hulls: Sequence[_Hull]) -> set[_Hull]:
    """The heaviest hulls that stand in the same order on both sides; of equally heavy ones those that come first."""
    if _in_order(hulls):
        return set(hulls)
    best: list[tuple[int, int]] = []  # weight of the heaviest chain that ends here, and the one before
    for k, hull in enumerate(hulls):
        before = max(
            ((best[p][0], -p) for p in range(k) if hulls[p].d <= hull.c), default=(0, 1)
        )  # the places of the first sentence ascend
        best.append((before[0] + hull.b - hull.a + hull.d - hull.c, -before[1]))
    chain = set()
    k = max(range(len(best)), key=lambda p: best[p][0], default=-1)
    while k >= 0:
        chain.add(hulls[k])
        k = best[k][1]
    return chain


def _runs(hulls: Sequence[_Hull]) -> list[list[_Hull]]:
    """Hulls that follow each other on both sides without a word between."""
    runs: list[list[_Hull]] = []
    for hull in hulls:
        if runs and runs[-1][-1].b == hull.a and runs[-1][-1].d == hull.c:
            runs[-1].append(hull)
        else:
            runs.append([hull])
    return runs


def _between(hulls: Sequence[_Hull], thread: Sequence[_Hull], both: _Sentences) -> Iterator[Block]:
    """What no link covers: between two neighbours of the thread, stretches that face each other are substituted."""
    ends = [_Hull(0, 0, 0, 0), *thread, _Hull(both.n, both.n, both.m, both.m)]
    taken = [sorted((hull.a, hull.b) for hull in hulls), sorted((hull.c, hull.d) for hull in hulls)]
    for before, after in pairwise(ends):
        if before.b == after.a and before.d == after.c:
            continue
        ones = _free(before.b, after.a, taken[0])
        twos = _free(before.d, after.c, taken[1])
        facing = len(ones) == len(twos)
        if facing and all(both.told(0, *a) and both.told(1, *b) for a, b in zip(ones, twos, strict=True)):
            yield from (Block("substituted", *a, *b) for a, b in zip(ones, twos, strict=True))
        else:
            yield from (Block("inserted", *a, before.d, before.d) for a in ones)
            yield from (Block("deleted", before.b, before.b, *b) for b in twos)


def _free(first: int, last: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches of [first, last) that no hull has."""
    found = []
    for a, b in taken[max(bisect_left(taken, (first, first)) - 1, 0) :]:
        if a >= last:
            break
        if b > first:
            if a > first:
                found.append((first, a))
            first = max(first, b)
    return [*found, (first, last)] if first < last else found


def _absorbed(blocks: Sequence[Block], both: _Sentences) -> list[Block]:
    """Small words that one side alone has beside a substitution become part of it: an article of what follows, others
    of what comes before, if either is a substitution."""
    blocks = list(blocks)
    for k, block in enumerate(blocks):
        if block.operation not in ("inserted", "deleted"):
            continue
        side, first, last = (0, block.a, block.b) if block.operation == "inserted" else (1, block.c, block.d)
        if last - first > MAX_ABSORBED or not both.small(side, first, last):
            continue
        near = [p for p, other in enumerate(blocks) if other.operation == "substituted" and _beside(block, other, side)]
        if near:
            after = [p for p in near if (blocks[p].a, blocks[p].c)[side] >= last]
            chosen = after[0] if after and both.article(side, last - 1) else near[0]
            blocks[chosen] = Block("substituted", *_sides(blocks[chosen]).joined(_placed(block, blocks[chosen], side)))
            blocks[k] = Block("same", 0, 0, 0, 0)
    return sorted((block for block in blocks if block.b > block.a or block.d > block.c), key=_place)


def _beside(block: Block, other: Block, side: int) -> bool:
    own, its = ((block.a, block.b), (other.a, other.b)) if side == 0 else ((block.c, block.d), (other.c, other.d))
    return own[0] == its[1] or own[1] == its[0]


def _sides(block: Block) -> _Hull:
    return _Hull(block.a, block.b, block.c, block.d)


def _placed(block: Block, other: Block, side: int) -> _Hull:
    """The one side of `block` that has words, at the place of `other` on the side that has none."""
    if side == 0:
        return _Hull(block.a, block.b, other.c, other.d)
    return _Hull(other.a, other.b, block.c, block.d)


def _joined(blocks: Sequence[Block], both: _Sentences) -> list[Block]:
    """Neighbours on both sides become one where both are same or moved, or short substitutions that no link parts."""
    done: list[Block] = []
    for block in blocks:
        last = done[-1] if done else None
        if last is not None and last.b == block.a and last.d == block.c and _belong(last, block):
            block = Block(block.operation, last.a, block.b, last.c, block.d)
            done.pop()
        done.append(block)
    return done


def _belong(last: Block, block: Block) -> bool:
    if last.operation != block.operation:
        return False
    if block.operation == "substituted":
        return max(block.b - last.a, block.d - last.c) <= MAX_JOINED and 1 in (block.b - last.a, block.d - last.c)
    return block.operation in ("same", "moved")
