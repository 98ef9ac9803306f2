"""What may have stood in marked places: proposals of the extractors, those in two steps, and the figures of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from reports import make_evidence

from detector.evidence import Found
from detector.findings import Suggestion
from detector.lexicon import Candidates
from detector.measures import Batch
from detector.places import fit_as_read, fit_of
from detector.resources import Resources
from detector.text import Document
from detector.wordings import ALONE, FURTHER, NAMES, Wordings, _ahead, _ids, _two_steps, wordings

MakeDocument = Callable[[str], Document]
TEXT = "Troops began a lights blitz in the disputed patch, and a tempest closed roads."


def marked(phrase: str, *suggestions: tuple[str, float], belief: float = 0.9, **changes: Any) -> list[Found]:
    """A place with one mark, by substitution-gain where `changes` do not say otherwise."""
    values: dict[str, Any] = {"extractor": "substitution-gain", "kind": "swapped-word"} | changes
    mark = make_evidence(TEXT, phrase, suggestions=tuple(Suggestion(*one) for one in suggestions), **values)
    return [Found(belief, 1, mark)]


def asked(document: Document, resources: Resources, *places: list[Found]) -> Wordings:
    batch = Batch.join((document,), resources.language_model)
    return wordings(places, batch, np.linspace(0, 1, len(document.ids)), resources)


def spelled(found: Wordings, places: Sequence[list[Found]], resources: Resources) -> list[str]:
    numbers = enumerate(found.place.tolist())
    return [found.text(number, places[place][0].mark.text, resources.vocabulary) for number, place in numbers]


def column(found: Wordings, name: str) -> list[float]:
    values: list[float] = found.rows[:, NAMES.index(name)].tolist()
    return values


def test_extractors_propose_and_candidates_of_candidates(make_document: MakeDocument, resources: Resources) -> None:
    places = marked("patch", ("region", 0.8)), marked("tempest", ("storm", 0.7))
    found = asked(make_document(TEXT), resources, *places)
    assert list(zip(found.place.tolist(), spelled(found, places, resources), strict=True)) == [
        (0, "region"),
        (0, "coast"),  # patch, region, coast
        (1, "storm"),
        (1, "strike"),
    ]
    assert column(found, "share_substitution-gain") == pytest.approx([np.log(4), -6.907, np.log(7 / 3), -6.907], 1e-3)
    assert set(column(found, "share_off-topic")) == {column(found, "share_off-topic")[0]}  # silent


def test_of_several_extractors_each_has_its_share(make_document: MakeDocument, resources: Resources) -> None:
    place = [
        *marked("patch", ("region", 0.8)),
        *marked("patch", ("region", 0.5), ("area", 0.5), extractor="off-topic", kind="off-topic"),
    ]
    found = asked(make_document(TEXT), resources, place)
    assert spelled(found, [place], resources) == ["region", "area", "coast"]
    assert column(found, "share_substitution-gain")[:2] == pytest.approx([np.log(4), -6.907], abs=1e-3)
    assert column(found, "share_off-topic")[:2] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_the_figures_are_those_of_the_language_model(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(TEXT)
    found = asked(document, resources, marked("lights blitz", ("lightning offensive", 0.9)))
    assert found.texts == ["lightning offensive"]  # of two words there are no steps
    batch, at = Batch.join((document,), resources.language_model), document.tokens(15, 27)
    ids = resources.vocabulary.id_of
    phrase = np.array([[ids["lightning"], ids["offensive"], 0, 0]], np.int32)
    start, n_words = np.array([at.start]), np.array([2])
    fits = fit_of(phrase, batch, start, n_words, resources.language_model)
    assert found.rows[0, NAMES.index("fit") : NAMES.index("fit") + 3] == pytest.approx(fits[0], rel=1e-6)
    gain = float(fits.sum() - fit_as_read(batch, start, n_words)[0])
    assert gain > 5  # bits: the tables were counted on sentences with the one, not with the other
    assert column(found, "best_gain") == pytest.approx([gain], rel=1e-6)
    assert column(found, "ahead") == [ALONE]


def test_beliefs_are_those_of_the_place_and_its_neighbours(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(TEXT)
    found = asked(document, resources, marked("patch", ("region", 0.8), belief=0.75))
    at, believed = document.tokens(44, 49), np.linspace(0, 1, len(document.ids))
    assert document.quote(at.start, at.start) == "patch"
    assert column(found, "belief")[0] == 0.75
    assert column(found, "belief_before")[0] == pytest.approx(believed[at.start - 1])
    assert column(found, "belief_behind")[0] == pytest.approx(believed[at.stop])


def test_what_only_breaks_a_rule_gets_no_wordings(make_document: MakeDocument, resources: Resources) -> None:
    rule = marked("a", ("an", 0.9), extractor="agreement", kind="grammar")
    document = make_document(TEXT)
    assert asked(document, resources, rule).texts == []
    assert asked(document, resources, rule, marked("patch", ("region", 0.8))).place.tolist() == [1, 1]
    assert asked(document, resources).rows.shape == (0, len(NAMES))


def test_a_word_in_capitals_and_what_is_proposed_twice(make_document: MakeDocument, resources: Resources) -> None:
    text = "Patch by patch they left."
    document = make_document(text)
    mark = make_evidence(text, "Patch", kind="swapped-word", extractor="substitution-gain")
    place = [Found(0.9, 1, mark.suggesting((Suggestion("Region", 0.5), Suggestion("Coast", 0.2))))]
    batch = Batch.join((document,), resources.language_model)
    found = wordings([place], batch, np.zeros(len(document.ids)), resources)
    assert spelled(found, [place], resources) == ["Region", "Coast"]
    silent = [Found(0.9, 1, mark.suggesting(()))]
    found = wordings([silent], batch, np.zeros(len(document.ids)), resources)
    assert spelled(found, [silent], resources) == ["Coast"]


PLACES = (
    marked("patch", ("region", 0.8), ("area", 0.1)),
    marked("tempest", ("storm", 0.7)),
    marked("lights blitz", ("lightning offensive", 0.9)),
    marked("began", belief=0.8),
)


@given(st.lists(st.sampled_from(PLACES), max_size=6))
def test_a_place_does_not_depend_on_the_others(
    make_document: MakeDocument, resources: Resources, places: list[list[Found]]
) -> None:
    document = make_document(TEXT)
    together = asked(document, resources, *places)
    assert (np.diff(together.place) >= 0).all()
    for number, place in enumerate(places):
        alone, own = asked(document, resources, place), together.place == number
        assert [text for text, mine in zip(together.texts, own, strict=True) if mine] == alone.texts
        assert together.rows[own].tolist() == alone.rows.tolist()


def pairs(found: tuple[NDArray[np.integer], NDArray[np.integer]]) -> list[tuple[int, int]]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_two_steps_go_by_the_weights_of_all_ways() -> None:
    #  0 -> 1 (1.0), 2 (0.5);  1 -> 3 (0.5), 0 (1.0);  2 -> 3 (1.0), 4 (0.25), 1 (1.0)
    rows: dict[int, dict[int, float]] = {0: {1: 1.0, 2: 0.5}, 1: {3: 0.5, 0: 1.0}, 2: {3: 1.0, 4: 0.25, 1: 1.0}}
    lists = [rows.get(word, {}) for word in range(5)]
    candidates = Candidates(
        np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int32),
        np.array([word for one in lists for word in one], np.int32),
        np.array([weight for one in lists for weight in one.values()], np.float32),
    )
    # To 3 by 1 and by 2: 0.5 + 0.5; to 4 by 2: 0.125; 1 is listed itself, and 0 is the word.
    assert pairs(_two_steps(np.array([0, 4], np.int32), candidates)) == [(0, 3), (0, 4)]
    assert pairs(_two_steps(np.array([4, 0], np.int32), candidates)) == [(1, 3), (1, 4)]
    assert pairs(_two_steps(np.zeros(0, np.int32), candidates)) == []


def test_two_steps_are_few(resources: Resources) -> None:
    many = 5 * FURTHER
    lists = Candidates(
        np.array([0, 1, 1 + many] + [1 + many] * many, np.int32),
        np.array([1, *range(2, 2 + many)], np.int32),
        np.concatenate([[1.0], np.linspace(1, 0.1, many)]).astype(np.float32),
    )
    assert pairs(_two_steps(np.array([0], np.int32), lists)) == [(0, word) for word in range(2, 2 + FURTHER)]


def test_how_far_ahead_of_the_best_other() -> None:
    values, place = np.array([3.0, 5.0, 1.0, 2.0, 7.0, 7.0]), np.array([0, 0, 0, 1, 2, 2])
    ahead, best = _ahead(values, place)
    assert ahead.tolist() == [-2.0, 2.0, -4.0, ALONE, 0.0, 0.0]
    assert best.tolist() == [5.0, 5.0, 5.0, 2.0, 7.0, 7.0]


def test_the_originals_of_the_table_find_back_to_their_ids(resources: Resources) -> None:
    vocabulary = resources.vocabulary
    words = list(vocabulary.words)
    texts = [resources.phrases.original(row, words) for row in range(len(resources.phrases.keys))]
    assert len(texts) == 4
    assert _ids(texts, vocabulary).tolist() == resources.phrases.originals.tolist()
    ids = vocabulary.id_of
    assert _ids(["the teachers's-news"], vocabulary).tolist() == [
        [ids["the"], ids.get("teachers", 1), ids.get("'s", 1), ids.get("-", 1)]
    ]
