"""What is remembered of words: no more memory than words of a usual length take."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from detector.align.house_style import plain, printed
from detector.align.tokens import kinds_of, stem
from detector.names import plain_letters, skeleton_of, sound_of
from detector.short_keys import LONGEST_KEPT, remembered


@pytest.mark.parametrize("function", [plain, stem, kinds_of, plain_letters, sound_of, skeleton_of])
def test_long_words_are_not_kept(function: Callable[[str], object]) -> None:
    tracemalloc.start()
    for number in range(30):
        function("x" * 100_000 + str(number))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000


def test_long_phrases_are_not_kept() -> None:
    tracemalloc.start()
    for number in range(30):
        printed((str(number), *("ox" for _ in range(10_000))))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000


def test_what_is_short_is_found_once_and_what_is_long_each_time() -> None:
    asked = []

    @remembered(8)
    def last(word: str) -> str:
        asked.append(len(word))
        return word[-1:]

    words = ["", "boat", "b" * LONGEST_KEPT, "b" * (LONGEST_KEPT + 1)]
    assert [last(word) for word in words + words] == ["", "t", "b", "b"] * 2
    assert asked == [0, 4, LONGEST_KEPT, LONGEST_KEPT + 1, LONGEST_KEPT + 1]


def test_no_more_are_kept_than_were_asked_for() -> None:
    @remembered(8)
    def length(word: str) -> int:
        return len(word)

    assert [length("b" * n) for n in range(30)] == list(range(30))
    assert len(length) <= 8
