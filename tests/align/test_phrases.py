"""Phrases made of links drawn by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.align.phrases import phrases_of
from detector.align.tokens import types_of
from detector.resources import Resources

Shown = list[tuple[str, str, str]]
Show = Callable[[str, str, str], Shown]


@pytest.fixture
def show(resources: Resources) -> Show:
    """Operation and words of the phrases of two sentences; links are written "0-0 1-2"."""

    def shown(one: str, two: str, links: str) -> Shown:
        words = one.split(), two.split()
        types, numbers = types_of([*words[0], *words[1]], resources)
        drawn = np.array([[int(end) for end in link.split("-")] for link in links.split()], np.int32).reshape(-1, 2)
        blocks = phrases_of(drawn, numbers[: len(words[0])], numbers[len(words[0]) :], types)
        return [(op, " ".join(words[0][a:b]), " ".join(words[1][c:d])) for op, a, b, c, d, _ in blocks]

    return shown


def test_one_word_for_four(show: Show) -> None:
    links = "0-0 1-1 3-1 5-3 6-4"
    assert show("they keep an eye on the port", "they control the port", links.replace("5-3 6-4", "5-2 6-3")) == [
        ("same", "they", "they"),
        ("substituted", "keep an eye on", "control"),
        ("same", "the port", "the port"),
    ]


def test_what_no_link_covers_is_substituted_where_it_faces_something(show: Show) -> None:
    assert show("police saw the place he fell", "police saw where he fell", "0-0 1-1 4-3 5-4") == [
        ("same", "police saw", "police saw"),
        ("substituted", "the place", "where"),
        ("same", "he fell", "he fell"),
    ]


def test_what_faces_nothing_is_inserted_or_deleted(show: Show) -> None:
    assert show("police late fell", "police fell today", "0-0 2-1") == [
        ("same", "police", "police"),
        ("inserted", "late", ""),
        ("same", "fell", "fell"),
        ("deleted", "", "today"),
    ]


def test_a_phrase_out_of_order_is_moved(show: Show) -> None:
    assert show("on monday police closed roads", "police closed roads on monday", "0-3 1-4 2-0 3-1 4-2") == [
        ("moved", "on monday", "on monday"),
        ("same", "police closed roads", "police closed roads"),
    ]


def test_a_stray_link_does_not_tear_a_sentence_apart(show: Show) -> None:
    one, two = "storm hit the old port and the new school", "storm struck the old port and the new school"
    links = " ".join(f"{k}-{k}" for k in range(9))
    assert ("substituted", "hit", "struck") in show(one, two, links + " 1-8")


def test_a_word_put_in_belongs_to_the_equal_word_that_it_is_linked_with_unless_it_is_a_small_one(show: Show) -> None:
    assert show("an office open air today", "an office open today", "0-0 1-1 2-2 3-2 4-3") == [
        ("same", "an office open", "an office open"),
        ("inserted", "air", ""),
        ("same", "today", "today"),
    ]
    assert show("police closed the roads", "police closed roads", "0-0 1-1 2-2 3-2") == [
        ("same", "police closed", "police closed"),
        ("inserted", "the", ""),
        ("same", "roads", "roads"),
    ]


def test_a_phrase_astride_words_that_moved_far_does_not_swallow_what_is_between(show: Show) -> None:
    one = "hsn was the parent of silver king and its stations"
    two = "the deal reunites silver king and its stations with the old parent"
    links = "1-2 2-2 4-2 3-11 5-3 6-4 7-5 8-6 9-7"
    shown = show(one, two, links)
    assert ("moved", "parent", "parent") in shown
    assert ("same", "silver king and its stations", "silver king and its stations") in shown


def test_house_style_is_the_same(show: Show) -> None:
    assert show("2 percent", "2 per cent", "0-0 1-1 1-2") == [("same", "2 percent", "2 per cent")]


@given(
    n=st.integers(1, 12),
    m=st.integers(1, 12),
    data=st.data(),
)
def test_phrases_tile_both_sentences(resources: Resources, n: int, m: int, data: st.DataObject) -> None:
    word = st.sampled_from("the a of police storm port said on , . monday roads".split())
    one = data.draw(st.lists(word, min_size=n, max_size=n))
    two = data.draw(st.lists(word, min_size=m, max_size=m))
    links = sorted(data.draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, m - 1)), max_size=20)))
    types, numbers = types_of([*one, *two], resources)
    blocks = phrases_of(np.array(links, np.int32).reshape(-1, 2), numbers[:n], numbers[n:], types)
    for first, last, length in (("a", "b", n), ("c", "d", m)):
        places = sorted(k for block in blocks for k in range(getattr(block, first), getattr(block, last)))
        assert places == list(range(length))
    for operation, a, b, c, d, _ in blocks:
        assert (operation == "inserted") == (c == d)
        assert (operation == "deleted") == (a == b)
