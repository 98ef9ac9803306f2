"""What was found for a word or a phrase, remembered for the next time it is asked for, unless it is long.

A cache that counts its entries alone would keep whatever articles hold: 30,000 "words" of 200,000 letters each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, TypeVar

LONGEST_KEPT = 100  # characters of a word, or of all words of a phrase; few phrases that are swapped have half of it

K = TypeVar("K", str, tuple[str, ...])
R = TypeVar("R")


class Remembered(dict[K, R]):
    """A function of a word or a phrase that gives the same each time; what is short is found once.

    A table that fills itself, as looking up costs as much as in `lru_cache`, where a function around that costs half
    as much again; when it is full it begins anew.
    """

    def __init__(self, function: Callable[[K], R], most: int) -> None:
        super().__init__()
        self._find: Callable[[K], R] = function
        self._most = most
        update_wrapper(self, function)

    if TYPE_CHECKING:

        def __call__(self, key: K) -> R: ...

    else:
        __call__ = dict.__getitem__

    def __missing__(self, key: K) -> R:
        found = self._find(key)
        if (len(key) if isinstance(key, str) else sum(map(len, key))) <= LONGEST_KEPT:
            if len(self) >= self._most:
                self.clear()
            self[key] = found
        return found


def remembered(most: int) -> Callable[[Callable[[K], R]], Remembered[K, R]]:
    """Remember up to `most` short words or phrases that the function was asked for."""

    def remember(function: Callable[[K], R]) -> Remembered[K, R]:
        return Remembered(function, most)

    return remember
