"""Places that one word fills, counted on streams that are small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detector.lexicon import FixedPhrases, pattern_keys
from detector.training.fixed_phrases import MIN_COUNT, UNSEEN, build_fixed_phrases

WORDS = ("<s>", "<unk>", "all", "of", "a", "sudden", "quick", "the", "14")
ID = {word: i for i, word in enumerate(WORDS)}


def stream(*sentences: str) -> np.ndarray:
    ids = [0]
    for sentence in sentences:
        ids += [*(ID.get(word, 1) for word in sentence.split()), 0]
    return np.array(ids, np.uint16)


def fillers(found: FixedPhrases, text: str, slot: int) -> list[str]:
    ids = stream(text)[1:-1]
    rows = found.find(pattern_keys(ids, np.array([slot]), slot, len(ids)))[1]
    return [WORDS[found.fillers[row]] for row in rows]


def test_the_word_that_fills_a_place() -> None:
    found = build_fixed_phrases(stream(*["all of a sudden"] * MIN_COUNT[4]), WORDS)
    assert fillers(found, "all of a quick", 3) == ["sudden"]
    assert fillers(found, "all the a sudden", 1) == ["of"]
    row = found.find(pattern_keys(stream("all of a quick")[1:-1], np.array([3]), 3, 4))[1]
    assert found.certainty[row] == pytest.approx(-np.log2(UNSEEN / (MIN_COUNT[4] + 1)))
    assert found.keys.tolist() == sorted(found.keys.tolist())


@pytest.mark.parametrize(
    "sentences",
    [
        ["all of a sudden"] * (MIN_COUNT[4] - 1),
        ["all of a sudden"] * MIN_COUNT[4] + ["all of a quick"] * MIN_COUNT[4],
        ["all of a sudden"] * MIN_COUNT[4] + ["all of a zzyzx"] * MIN_COUNT[4],
        ["all of a 14"] * 30,
        ["all of a", "sudden"] * 30,
    ],
    ids=["too seldom", "another word as often", "unknown words count as others", "a figure", "two sentences"],
)
def test_no_place_of_one_word(sentences: list[str]) -> None:
    assert fillers(build_fixed_phrases(stream(*sentences), WORDS), "all of a quick", 3) == []


def test_keys_stop_at_edges_and_strangers() -> None:
    ids = stream("all of zzyzx", "a sudden")
    every = np.arange(len(ids))
    assert pattern_keys(ids, every, 0, 3)[[0, 2, 3, 4, 5]].tolist() == [0, 0, 0, 0, 0]
    inside = pattern_keys(ids, np.array([3]), 2, 3)[0]  # "all of ___", which the unknown word fills
    assert [int(inside) >> shift & 0xFFFF for shift in (48, 32, 16, 0)] == [ID["all"], ID["of"], 0, 1]


def test_an_empty_table_finds_nothing() -> None:
    empty = FixedPhrases(np.zeros(0, np.uint64), np.zeros(0, np.uint16), np.zeros(0, np.float32))
    assert empty.find(np.array([5], np.uint64))[0].tolist() == []
