"""The record of a spun text: what was replaced, where, and the way back. The spinners themselves are in spinners/.

Offsets of a swap are code points of the spun text. Neither side of a swap is empty: a word that was dropped or put in
is recorded with a neighbour, so that there is a token to label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np


class Swap(NamedTuple):
    """One replacement as made: the stretch of the original, and what stands for it in the spun text from `start` on."""

    original: str
    spun: str
    start: int


class Spun(NamedTuple):
    """A spun text with its record, in reading order. `repairs` are the a/an that were changed to suit a swap."""

    text: str
    swaps: tuple[Swap, ...]
    repairs: tuple[Swap, ...] = ()

    def original(self) -> str:
        """The text before it was spun."""
        parts, end = [], 0
        for swap in sorted(self.swaps + self.repairs, key=lambda swap: swap.start):
            parts += [self.text[end : swap.start], swap.original]
            end = swap.start + len(swap.spun)
        return "".join([*parts, self.text[end:]])

    def careless(self) -> Spun:
        """The same without its repairs, as a spinner leaves it that looks at nothing but its words."""
        parts: list[str] = []
        swaps: list[Swap] = []
        end = length = 0
        for one in sorted(self.swaps + self.repairs, key=lambda swap: swap.start):
            kept = one.original if one in self.repairs else one.spun
            parts += [self.text[end : one.start], kept]
            length += one.start - end
            if one not in self.repairs:
                swaps.append(one._replace(start=length))
            length += len(kept)
            end = one.start + len(one.spun)
        return Spun("".join([*parts, self.text[end:]]), tuple(swaps))

    def then(self, later: Spun) -> Spun:
        """Compose: what `later` made of this text, recorded against the text before both.

        Swaps of the two that overlap become one; what `later` put back as it was is no swap at all.
        """
        if later.original() != self.text:
            raise ValueError("expected a later spin of this very text, got one of another text")
        swaps: list[Swap] = []
        repairs: list[Swap] = []
        moved = 0
        for group in _overlapping(sorted([*_edits(self), *_edits(later, undone=True)])):
            start, end = group[0].start, max(edit.end for edit in group)
            original = _patched(self.text, start, end, [edit for edit in group if not edit.is_later])
            spun = _patched(self.text, start, end, [edit for edit in group if edit.is_later])
            if original != spun:
                kind = repairs if all(edit.is_repair for edit in group) else swaps
                kind.append(Swap(original, spun, start + moved))
            moved += len(spun) - (end - start)
        return Spun(later.text, tuple(swaps), tuple(repairs))


class _Edit(NamedTuple):
    """A swap seen from the text between two spins: [start, end) there, and what the other side has for it."""

    start: int
    end: int
    text: str
    is_later: bool
    is_repair: bool


def _edits(spun: Spun, undone: bool = False) -> Iterator[_Edit]:
    """The swaps and repairs of `spun` by their places in its text, or, `undone`, in its original."""
    repairs = set(spun.repairs)
    moved = 0
    for swap in sorted(spun.swaps + spun.repairs, key=lambda swap: swap.start):
        here, there = (swap.original, swap.spun) if undone else (swap.spun, swap.original)
        start = swap.start + (moved if undone else 0)
        yield _Edit(start, start + len(here), there, undone, swap in repairs)
        moved += len(swap.original) - len(swap.spun)


def _overlapping(edits: Iterable[_Edit]) -> Iterator[list[_Edit]]:
    """Sorted edits in groups that share no character with each other."""
    group: list[_Edit] = []
    end = 0
    for edit in edits:
        if group and edit.start >= end:
            yield group
            group = []
        group.append(edit)
        end = max(end, edit.end)
    if group:
        yield group


def _patched(text: str, start: int, end: int, edits: Iterable[_Edit]) -> str:
    """The stretch [start, end) of `text` with each edit's place filled by its text."""
    parts = []
    for edit in edits:
        parts += [text[start : edit.start], edit.text]
        start = edit.end
    return "".join([*parts, text[start:end]])


def original_of(text: str, swaps: Iterable[Swap], start: int, end: int) -> str | None:
    """What stood in [start, end) of a spun `text`; None where a swap reaches beyond it.

    >>> original_of("a lights blitz", [Swap("lightning", "lights", 2), Swap("offensive", "blitz", 9)], 2, 14)
    'lightning offensive'
    """
    parts, done = [], start
    for swap in sorted(swaps, key=lambda swap: swap.start):
        first, last = swap.start, swap.start + len(swap.spun)
        if first < end and start < last:
            if first < done or last > end:
                return None
            parts += [text[done:first], swap.original]
            done = last
    return "".join([*parts, text[done:end]])


class Spinner(Protocol):
    """A spinner family."""

    @property
    def name(self) -> str:
        """The family's name, as figures are reported by it."""

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`, or as many as the family can."""
