"""A set phrase with one of its words put out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.fixed_phrases import FixedPhrases
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    ("text", "word", "original", "phrase"),
    [
        ("Troops began a lightning blitz in the port.", "blitz", "offensive", "lightning offensive"),
        ("Troops began a strong offensive in the port.", "strong", "lightning", "lightning offensive"),
        ("He said, according at the police, that", "at", "to", "according to the"),
        ("He said, ACCORDING at the police, that", "at", "to", "ACCORDING to the"),
    ],
)
def test_another_word_in_a_set_phrase(
    make_document: MakeDocument, resources: Resources, text: str, word: str, original: str, phrase: str
) -> None:
    document = make_document(text)
    (mark,) = [mark for mark in explain(FixedPhrases(), document, resources) if mark.text == word]
    assert mark.suggestions[0].text == original
    assert phrase in mark.reason
    assert mark.strength >= 4


@pytest.mark.parametrize(
    "text",
    [
        "Troops began a lightning offensive in the disputed region.",
        "Troops began. A lightning. Blitz in it.",
        "began a lightning 14 in it",
        "zzyzx blitz qwxz patch zzyzx",
        "Local officials said",
        "a lightning",
    ],
    ids=["the phrase itself", "two sentences", "a figure", "unknown neighbours", "free places", "too short"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(FixedPhrases(), document, resources))


def test_the_word_that_belongs_there_has_no_bits(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("Troops began a lightning offensive. Troops began a lightning blitz.")
    measures = FixedPhrases().measure(Batch.join((document,), resources.language_model), resources)
    words = [document.quote(i, i) for i in range(len(document.ids))]
    assert measures.tokens["fixed_other"][words.index("offensive")] == 0
    assert measures.tokens["fixed_other"][words.index("blitz")] > 4


def test_clean_stories_have_no_marks(
    make_document: MakeDocument, resources: Resources, wire_texts: tuple[str, ...]
) -> None:
    for text in wire_texts[::4]:
        document = make_document(text)
        assert_evidence(document, explain(FixedPhrases(), document, resources))
