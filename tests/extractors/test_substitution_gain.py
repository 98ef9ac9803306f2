"""A word against its alternatives in the same place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.substitution_gain import SubstitutionGain
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    ("text", "quotes", "suggested"),
    [
        ("Troops began a lightning offensive in the disputed patch.", ["patch"], ["region"]),
        ("Roads closed as a potent storm hit the coast.", ["potent"], ["powerful"]),
        ("The police said that a powerful tempest closed roads.", ["tempest"], ["storm"]),
        ("Tempest closed roads.", ["Tempest"], ["Storm"]),
        ("Troops in the disputed pat\u200bch", ["pat\u200bch"], ["region"]),
        ("A potent storm ended. A powerful tempest closed roads.", ["potent", "tempest"], ["powerful", "storm"]),
    ],
)
def test_a_word_that_another_would_fit_better(
    make_document: MakeDocument, resources: Resources, text: str, quotes: list[str], suggested: list[str]
) -> None:
    document = make_document(text)
    marks = explain(SubstitutionGain(), document, resources)
    assert_evidence(document, marks, *quotes)
    assert [mark.suggestions[0].text for mark in marks] == suggested
    for mark in marks:
        assert "times likelier" in mark.reason
        assert mark.strength >= SubstitutionGain().min_gain


@pytest.mark.parametrize(
    "text",
    [
        "Troops began a lightning offensive in the disputed region.",
        "A powerful storm closed roads and schools in the north.",
        "The union said on Friday that talks about a ceasefire would resume next week.",
        "The firm Potent and the Patch in Karsania",
        "The 2 zzyzx are 14 qwxz in 1999.",
        "The homes were damaged.",  # its one alternative is no better
    ],
    ids=["clean", "clean, strong words", "clean, speech", "names", "figures and unknown words", "no better"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(SubstitutionGain(), document, resources))


def test_clean_stories_have_no_marks(
    make_document: MakeDocument, resources: Resources, wire_texts: tuple[str, ...]
) -> None:
    for text in wire_texts[::4]:
        document = make_document(text)
        assert_evidence(document, explain(SubstitutionGain(), document, resources))


def test_the_gain_is_the_ratio_of_the_two_readings(make_document: MakeDocument, resources: Resources) -> None:
    """log2 p of the sentence with "region" less that with "patch": no factor stands outside of both words' reach."""
    text = "The army said that troops began a lightning offensive in the disputed {} on Monday."
    odd, plain = make_document(text.format("patch")), make_document(text.format("region"))
    batch = Batch.join((odd,), resources.language_model)
    columns = SubstitutionGain().measure(batch, resources).tokens
    at = int(np.flatnonzero(odd.ids != plain.ids)[0])
    difference = resources.language_model.read(plain.ids).trigram.sum() - batch.reading.trigram.sum()
    assert columns["gain"][at] == pytest.approx(difference, abs=1e-3)
    frequency = resources.language_model.unigrams[plain.ids[at]] - resources.language_model.unigrams[odd.ids[at]]
    assert columns["fit_gain"][at] == pytest.approx(difference - frequency, abs=1e-3)
    assert columns["n_rivals"][at] == 1
    assert columns["share"][at] == 1
