"""A word that does not belong to what the text is about: storms lie one way here, gardens the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.off_topic import OffTopic
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]
STORMY = "A potent tempest and a blitz hit the disputed patch."


def test_a_candidate_belongs_and_the_word_does_not(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(STORMY)
    marks = explain(OffTopic(), document, resources)
    assert_evidence(document, marks, "patch")
    assert [one.text for one in marks[0].suggestions] == ["region"]
    assert marks[0].strength == pytest.approx(1.0, abs=1e-3)


def test_the_word_itself_says_nothing_of_its_surroundings(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(STORMY)
    measures = OffTopic().measure(Batch.join((document,), resources.language_model), resources)
    words = [document.quote(i, i) for i in range(len(document.ids))]
    assert measures.tokens["topic"][words.index("tempest")] > 0.8
    assert measures.tokens["topic"][words.index("patch")] == pytest.approx(0.0, abs=1e-3)
    assert measures.tokens["topic_rival"][words.index("patch")] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    "text",
    ["The patch.", "The Patch hit by a potent tempest", "A potent tempest and a blitz hit the region.", "patch patch"],
    ids=["nothing around it", "a name", "on the topic", "its own topic"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(OffTopic(), document, resources))


def test_a_word_whose_meaning_is_unknown_has_no_gain(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("A potent tempest and a blitz, they stated.")
    measures = OffTopic().measure(Batch.join((document,), resources.language_model), resources)
    assert not np.any(measures.tokens["topic_gain"] > 0)
