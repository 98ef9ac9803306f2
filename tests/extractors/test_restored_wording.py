"""One slot that the article fills with different words. "patch" may stand for "region", "potent" for "powerful"."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.restored_wording import RestoredWording
from detector.lexicon import Candidates
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    "text",
    ["The Monday patch closed. The Monday region did not.", "It was the Monday region. Then a patch Monday patch."],
)
def test_the_original_stands_elsewhere_in_the_same_place(
    make_document: MakeDocument, resources: Resources, text: str
) -> None:
    document = make_document(text)
    marks = explain(RestoredWording(), document, resources)
    assert {mark.text for mark in marks} == {"patch"}
    assert marks[0].suggestions[0].text == "region"
    assert "“region”" in marks[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "The Monday patch closed. The Tuesday region did not.",
        "The patch closed. The region did not.",
        "The Monday patch closed.",
        "The Monday Patch closed. The Monday region did not.",
        "The qwxz patch closed. The zzyzx region did not.",
    ],
    ids=["another place", "a common neighbour", "no original", "a name", "unknown neighbours"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(RestoredWording(), document, resources))


def test_another_article_is_not_elsewhere(make_document: MakeDocument, resources: Resources) -> None:
    both = tuple(make_document(text) for text in ("The Monday patch closed.", "The Monday region did not."))
    measures = RestoredWording().measure(Batch.join(both, resources.language_model), resources)
    assert not any(column.any() for column in measures.all_tokens.values())


def test_two_words_beside_one_name_share_an_original(make_document: MakeDocument, resources: Resources) -> None:
    rivals = resources.candidates
    patch, strike = (resources.vocabulary.id_of[word] for word in ("patch", "strike"))
    offsets, ids = rivals.offsets.copy(), np.insert(rivals.ids, rivals.offsets[patch], strike)
    offsets[patch + 1 :] += 1  # now both "storm" and "patch" may stand for "strike"
    weights = np.insert(rivals.weights, rivals.offsets[patch], np.float32(0.5))
    both = dataclasses.replace(resources, candidates=Candidates(offsets, ids, weights))
    document = make_document("The Monday storm closed roads. The Monday patch closed schools.")
    marks = explain(RestoredWording(), document, both)
    assert [mark.text for mark in marks] == ["storm", "patch"]
    assert {mark.suggestions[0].text for mark in marks} == {"strike"}
    assert "both may stand for “strike”" in marks[0].reason
    assert explain(RestoredWording(), document, resources) == []
