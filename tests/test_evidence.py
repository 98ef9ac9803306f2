"""From what the extractors found to what an editor reads: no overlaps, whole phrases, habits once, facts told apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import find_all, make_evidence

from detector.evidence import MERGED, MOST_SUGGESTIONS, MOST_WORDS, Found, select, shown
from detector.findings import Evidence, Suggestion
from detector.text import Document, Severity

MakeDocument = Callable[[str], Document]
TEXT = "Troops clutched the lights blitz in a small patch of the region on Monday."


def swapped(text: str, phrase: str, *suggestions: tuple[str, float], belief: float = 0.9, **changes: Any) -> Found:
    """A swapped word, marked where `phrase` first stands (or at its place `nth`)."""
    values: dict[str, Any] = {
        "extractor": "substitution-gain",
        "kind": "swapped-word",
        "reason": "News would not.",
    } | changes
    mark = make_evidence(text, phrase, suggestions=tuple(Suggestion(*one) for one in suggestions), **values)
    return Found(belief, 1, mark)


def phrase(text: str, quote: str, *suggestions: tuple[str, float], belief: float = 0.9, **changes: Any) -> Found:
    """A spinner's phrase, marked where `quote` first stands."""
    values: dict[str, Any] = {
        "extractor": "spinner-phrases",
        "kind": "spinner-phrase",
        "reason": "Spinners do.",
    } | changes
    return swapped(text, quote, *suggestions, belief=belief, **values)._replace(rank=0)


def quoted(marks: list[Evidence]) -> list[str]:
    return [mark.text for mark in marks]


def said(mark: Evidence) -> list[tuple[str, float]]:
    return [(one.text, round(one.probability, 6)) for one in mark.suggestions]


def test_nothing_found_gives_nothing(make_document: MakeDocument) -> None:
    assert select([], make_document(TEXT)) == []
    assert select([], make_document("")) == []


def test_the_strongest_stands_first(make_document: MakeDocument) -> None:
    found = [
        swapped(TEXT, "patch", belief=0.8, strength=3.0),
        swapped(TEXT, "region", belief=0.8, strength=9.0),
        phrase(TEXT, "clutched", belief=0.8, strength=1.0),
        swapped(TEXT, "blitz", belief=0.9, strength=1.0),
    ]
    assert quoted(select(found, make_document(TEXT))) == ["blitz", "clutched", "region", "patch"]


def test_of_overlapping_marks_the_better_believed_is_kept(make_document: MakeDocument) -> None:
    found = [
        swapped(TEXT, "lights blitz", ("lightning offensive", 0.9), belief=0.80),
        swapped(TEXT, "blitz", ("offensive", 0.9), belief=0.90),
    ]
    assert quoted(select(found, make_document(TEXT))) == ["blitz"]


def test_of_marks_believed_alike_the_longer_that_suggests_is_kept(make_document: MakeDocument) -> None:
    word = swapped(TEXT, "blitz", ("offensive", 0.9), belief=0.904)
    suggests = phrase(TEXT, "lights blitz", ("lightning offensive", 0.9), belief=0.901)
    silent = phrase(TEXT, "lights blitz", belief=0.901, kind="broken-collocation")
    assert quoted(select([word, suggests], make_document(TEXT))) == ["lights blitz"]
    assert quoted(select([word, silent], make_document(TEXT))) == ["blitz"]
    assert quoted(select([silent, word._replace(mark=silent.mark)], make_document(TEXT))) == ["lights blitz"]


def test_a_mark_of_the_same_place_hands_its_suggestions_over(make_document: MakeDocument) -> None:
    found = [
        phrase(TEXT, "patch", ("region", 0.5), ("area", 0.2)),
        swapped(TEXT, "patch", ("area", 0.3), ("zone", 0.1), belief=0.6),
    ]
    (mark,) = select(found, make_document(TEXT))
    assert (mark.kind, said(mark)) == ("spinner-phrase", [("region", 0.5), ("area", 0.3), ("zone", 0.1)])


def test_suggestions_are_few_and_no_more_than_certain(make_document: MakeDocument) -> None:
    (mark,) = select(
        [phrase(TEXT, "patch", ("region", 0.7)), swapped(TEXT, "patch", ("area", 0.6), ("zone", 0.2), belief=0.6)],
        make_document(TEXT),
    )
    assert said(mark) == [("region", 0.7), ("area", 0.3)]
    many = [(f"word{i}", 0.1) for i in range(4)]
    more = [(f"term{i}", 0.1) for i in range(4)]
    (mark,) = select([phrase(TEXT, "patch", *many), swapped(TEXT, "patch", *more)], make_document(TEXT))
    assert len(mark.suggestions) == MOST_SUGGESTIONS == 5


def test_neighbours_become_one_phrase(make_document: MakeDocument) -> None:
    found = [swapped(TEXT, "lights", belief=0.7), swapped(TEXT, "blitz", belief=0.9)]
    (mark,) = select(found, make_document(TEXT))
    assert (mark.text, said(mark)) == ("lights blitz", [])
    assert mark.reason == "Edited news would hardly write these words here; others are far likelier."


def test_neighbours_that_say_what_stood_there_stay_apart(make_document: MakeDocument) -> None:
    found = [
        swapped(TEXT, "lights", ("lightning", 0.8), ("light", 0.1), belief=0.7),
        swapped(TEXT, "blitz", ("offensive", 0.5), ("attack", 0.4), belief=0.9),
    ]
    marks = select(found, make_document(TEXT))
    assert {mark.text: said(mark) for mark in marks} == {
        "lights": [("lightning", 0.8), ("light", 0.1)],
        "blitz": [("offensive", 0.5), ("attack", 0.4)],
    }


def test_the_stronger_part_speaks_for_the_phrase(make_document: MakeDocument) -> None:
    weak, strong = swapped(TEXT, "lights", belief=0.6), phrase(TEXT, "blitz", belief=0.9)
    (mark,) = select([weak, strong], make_document(TEXT))
    assert (mark.kind, mark.extractor, mark.suggestions) == ("spinner-phrase", "spinner-phrases", ())
    assert mark.reason == "Word spinners write these words in place of others."


def test_no_suggestion_is_lost_to_a_neighbour_without(make_document: MakeDocument) -> None:
    found = [swapped(TEXT, "lights", kind="register"), swapped(TEXT, "blitz", ("offensive", 0.5))]
    marks = select(found, make_document(TEXT))
    assert {mark.text: said(mark) for mark in marks} == {"lights": [], "blitz": [("offensive", 0.5)]}


def test_a_hyphen_joins(make_document: MakeDocument) -> None:
    text = "They sent a tall-positioned man\nof renown there."
    found = [swapped(text, word) for word in ("tall", "positioned", "man", "of")]
    (mark,) = select(found, make_document(text))
    assert mark.text == "tall-positioned man\nof"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("The lights, blitz began.", {}),
        ("The lights and blitz began.", {}),
        ("He saw lights. Blitz began.", {}),
        ("He saw “lights” blitz.", {}),
        ("The lights blitz began.", {"kind": "hidden-character"}),
        ("The lights blitz began.", {"severity": "fact"}),
    ],
)
def test_what_is_no_phrase_is_not_joined(text: str, changes: dict[str, Any], make_document: MakeDocument) -> None:
    blitz = "Blitz" if "Blitz" in text else "blitz"
    found = [swapped(text, "lights", belief=0.9), swapped(text, blitz, belief=0.8, **changes)]
    assert quoted(select(found, make_document(text))) == ["lights", blitz]


def test_a_phrase_has_four_words_at_most(make_document: MakeDocument) -> None:
    text = "Officials one day stated severe tempest harm occurred."
    found = [swapped(text, word) for word in "stated severe tempest harm occurred".split()]
    assert quoted(select(found, make_document(text))) == ["stated severe tempest harm", "occurred"]


def test_a_habit_is_told_once(make_document: MakeDocument) -> None:
    text = "A mouthpiece left. Mouthpiece Lee came. The mouthpiece spoke, and the spokesman left."
    found = [
        swapped(text, "mouthpiece", belief=0.7),
        swapped(text, "Mouthpiece", belief=0.9),
        swapped(text, "mouthpiece", nth=1, belief=0.8),
    ]
    (mark,) = select(found, make_document(text))
    assert mark.text == "Mouthpiece"
    assert mark.also == tuple(find_all(text, "mouthpiece"))
    assert mark.places == ((mark.start, mark.end), *mark.also)


@pytest.mark.parametrize("changes", [{"kind": "register"}, {"extractor": "register"}])
def test_habits_are_of_one_kind(changes: dict[str, Any], make_document: MakeDocument) -> None:
    text = "A mouthpiece left. The other mouthpiece came."
    found = [swapped(text, "mouthpiece"), swapped(text, "mouthpiece", nth=1, **changes)]
    assert [mark.also for mark in select(found, make_document(text))] == [(), ()]


def test_a_swapped_word_in_a_quotation_is_a_fact(make_document: MakeDocument) -> None:
    text = "“We clutched it,” he said. They clutched the patch."
    inside, outside = find_all(text, "clutched")
    found = [
        swapped(text, "clutched", belief=0.8),
        swapped(text, "clutched", nth=1, belief=0.9),
        swapped(text, "it", kind="broken-collocation", belief=0.7),
    ]
    marks = select(found, make_document(text))
    assert [(mark.start, mark.severity, mark.also) for mark in marks[:2]] == [
        (outside.start, "wording", ()),
        (inside.start, "fact", ()),
    ]
    assert marks[1].reason == "News would not. It stands inside a quotation."
    assert (marks[2].text, marks[2].severity, marks[2].reason) == ("it", "wording", "News would not.")


def test_a_word_replaced_at_a_figure_is_a_fact(make_document: MakeDocument) -> None:
    text = "It cost some two hundred euros, 15 % of the sum, and a patch."
    found = [
        swapped(text, "some two", belief=0.9),
        swapped(text, "15 %", kind="stray-blank", belief=0.8),
        swapped(text, "patch", belief=0.7),
        swapped(text, "euros", kind="institution-name", severity="fact", belief=0.6),
    ]
    marks = select(found, make_document(text))
    assert [mark.severity for mark in marks] == ["fact", "wording", "wording", "fact"]
    assert {mark.reason for mark in marks} == {"News would not."}


def test_neighbours_in_a_quotation_are_one_fact(make_document: MakeDocument) -> None:
    text = "“The lights blitz began,” he said."
    (mark,) = select([swapped(text, "lights"), swapped(text, "blitz")], make_document(text))
    assert (mark.text, mark.severity) == ("lights blitz", "fact")
    assert mark.reason == MERGED["swapped-word"] + " It stands inside a quotation."


def test_improbable_suggestions_are_not_shown() -> None:
    held, kept = Suggestion("held", 0.4), Suggestion("kept", 0.03)
    assert shown((held, kept), 0.3) == (held, kept)
    assert shown((held, kept), 0.4) == (held, kept)
    assert shown((held, kept), 0.5) == ()
    noise = Suggestion("clasped", 0.01)
    assert shown((held, noise), 0.3) == (held,)
    assert shown((noise,), 0.0) == ()
    assert shown((), 0.0) == ()


WORDS = ["troops", "the", "patch", '"', "two", "lights-blitz", ".", "12", ",", "\n", "Said", "\u200b", "tempest", "Zoë"]


SEVERITIES: tuple[Severity, ...] = ("wording", "fact")
Row = tuple[int, int, float, int, str, Severity, int]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[Row]]:
    """A text, and marks by token numbers: first, length, belief, rank, kind, severity, number of suggestions."""
    text = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=40)))
    kinds = st.sampled_from([*MERGED, "hidden-character", "fixed-phrase"])
    row = st.tuples(
        st.integers(0, 60),
        st.integers(1, 3),
        st.sampled_from([0.5, 0.504, 0.9, 1.0]),
        st.integers(0, 3),
        kinds,
        st.sampled_from(SEVERITIES),
        st.integers(0, 3),
    )
    return text, draw(st.lists(row, max_size=25))


def mark_tokens(document: Document, rows: list[Row]) -> list[Found]:
    """Marks on the words of `document` that the rows of a case name."""
    words = np.flatnonzero(document.start < document.end).tolist()
    found = []
    for first, length, belief, rank, kind, severity, n in rows:
        if first + length <= len(words):
            start, end = int(document.start[words[first]]), int(document.end[words[first + length - 1]])
            mark = Evidence(
                start=start,
                end=end,
                text=document.text[start:end],
                extractor=f"e{rank}",
                kind=kind,
                strength=float(n),
                reason="Why.",
                severity=severity,
                suggestions=tuple(Suggestion(f"word{k}", 0.5 / (k + 1)) for k in range(n)),
            )
            found.append(Found(belief, rank, mark))
    return found


@given(case=cases(), seed=st.integers(0, 9))
def test_every_place_is_exact_and_taken_once(
    make_document: MakeDocument, case: tuple[str, list[Row]], seed: int
) -> None:
    text, rows = case
    document = make_document(text)
    found = mark_tokens(document, rows)
    marks = select(found, document)
    places = sorted(place for mark in marks for place in mark.places)
    assert all(left.end <= right.start for left, right in pairwise(places))
    for mark in marks:
        assert mark.text == text[mark.start : mark.end]
        assert all(
            " ".join(text[a:b].casefold().split()) == " ".join(mark.text.casefold().split()) for a, b in mark.also
        )
        assert list(mark.also) == sorted(mark.also)
        assert sum(one.probability for one in mark.suggestions) <= 1 + 1e-9
        probabilities = [one.probability for one in mark.suggestions]
        assert probabilities == sorted(probabilities, reverse=True)
    covered = {i for place in places for i in range(*place)}
    assert all(covered & set(range(one.mark.start, one.mark.end)) for one in found)  # a mark yields to marks only
    assert all(sum(word.isalnum() for word in mark.text.split()) <= MOST_WORDS for mark in marks)
    shuffled = found.copy()
    random.Random(seed).shuffle(shuffled)
    assert sorted(place for mark in select(shuffled, document) for place in mark.places) == places
