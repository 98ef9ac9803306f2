"""The look-up tables against looking everything up one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.lexicon import MOST_WORDS, Candidates, FixedPhrases, Phrases, phrase_keys
from detector.text import BOUNDARY, UNKNOWN

WORDS = st.integers(2, 5) | st.just(65_535)  # the largest id there may be
ENTRIES = st.lists(st.lists(WORDS, min_size=1, max_size=MOST_WORDS).map(tuple), max_size=12)
STREAMS = st.lists(WORDS | st.sampled_from((BOUNDARY, UNKNOWN)), max_size=24)


def table_of(entries: list[tuple[int, ...]]) -> tuple[Phrases, list[tuple[int, ...]]]:
    """A table of spun phrases, and its rows in order."""
    padded = np.array([(*entry, *[0] * (MOST_WORDS - len(entry))) for entry in entries], np.uint16)
    keys = phrase_keys(padded.reshape(-1, MOST_WORDS))
    order = np.argsort(keys, kind="stable")
    n = len(entries)
    originals, odds = np.zeros((n, MOST_WORDS), np.uint16), np.zeros(n, np.float32)
    return Phrases(keys[order], originals, odds), [entries[i] for i in order]


@given(ENTRIES, STREAMS)
def test_matches_are_those_of_looking_everywhere(entries: list[tuple[int, ...]], stream: list[int]) -> None:
    table, rows = table_of(entries)
    found = zip(*(column.tolist() for column in table.matches(np.array(stream, np.int32))), strict=True)
    expected = [
        (start, len(entry), row)
        for start in range(len(stream))
        for row, entry in enumerate(rows)
        if tuple(stream[start : start + len(entry)]) == entry
    ]
    assert sorted(found) == expected


@given(ENTRIES)
def test_keys_are_exact_and_sort_by_words(entries: list[tuple[int, ...]]) -> None:
    table, rows = table_of(entries)
    assert rows == sorted(entries)
    assert len(np.unique(table.keys)) == len(set(entries))


def test_phrases_do_not_reach_across_sentences() -> None:
    table, _ = table_of([(2, 3)])
    for stream in ([2, BOUNDARY, 3], [2, UNKNOWN, 3], [3, 2], [2]):
        assert len(table.matches(np.array(stream, np.int32))[0]) == 0
    starts, lengths, rows = table.matches(np.array([BOUNDARY, 2, 3, BOUNDARY, 2, 3], np.int32))
    assert (starts.tolist(), lengths.tolist(), rows.tolist()) == ([1, 4], [2, 2], [0, 0])


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 8)), max_size=4), min_size=1, max_size=6), st.data()
)
def test_neighbours_are_those_of_each_word(lists: list[list[tuple[int, int]]], data: st.DataObject) -> None:
    flat = [pair for row in lists for pair in row]
    table = Candidates(
        offsets=np.cumsum([0, *map(len, lists)]).astype(np.int32),
        ids=np.array([word for word, _ in flat], np.int32),
        weights=np.array([weight / 8 for _, weight in flat], np.float32),
    )
    asked = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=12))
    columns = table.neighbours(np.array(asked, np.int32))
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    assert found == [(place, word, weight / 8) for place, own in enumerate(asked) for word, weight in lists[own]]


KEYS = st.integers(0, 20) | st.just(2**64 - 1)


@given(st.sets(KEYS), st.lists(KEYS))
def test_patterns_are_those_of_looking_one_by_one(held: set[int], asked: list[int]) -> None:
    keys = sorted(held)
    nothing = np.zeros(len(keys))
    table = FixedPhrases(np.array(keys, np.uint64), nothing.astype(np.uint16), nothing.astype(np.float32))
    found, rows = table.find(np.array(asked, np.uint64))
    expected = [(i, keys.index(key)) for i, key in enumerate(asked) if key in held]
    assert sorted(zip(found.tolist(), rows.tolist(), strict=True)) == expected
