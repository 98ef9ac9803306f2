"""Neighbours that break a rule of grammar. The forms of words are given by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors.agreement import Agreement
from detector.lexicon import Form
from detector.measures import Batch
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]
FORMS = {
    "offensive": Form.SINGULAR | Form.ADJECTIVE | Form.VOWEL,
    "officials": Form.PLURAL | Form.VOWEL,
    "homes": Form.PLURAL | Form.CONSONANT,
    "schools": Form.PLURAL | Form.THIRD | Form.CONSONANT,
    "warehouse": Form.SINGULAR | Form.CONSONANT,
    "closed": Form.PAST | Form.PARTICIPLE,
    "began": Form.PAST,
    "resume": Form.BASE,
}


@pytest.fixture
def known(resources: Resources) -> Resources:
    forms = np.array([FORMS.get(word, 0) for word in resources.vocabulary.words], np.uint16)
    return dataclasses.replace(resources, words=dataclasses.replace(resources.words, forms=forms))


@pytest.mark.parametrize(
    ("text", "phrase", "mended"),
    [
        ("There was a officials strike.", "a officials", "an officials"),
        ("There was an homes strike.", "an homes", "a homes"),
        ("They closed the the port.", "the the", "the"),
        ("They closed the a port.", "the a", None),
        ("Talks would began next week.", "would began", None),
        ("Talks had began in the port.", "had began", None),
        ("Roads near a homes.", "a homes", None),
    ],
)
def test_a_rule_is_broken(
    make_document: MakeDocument, known: Resources, text: str, phrase: str, mended: str | None
) -> None:
    document = make_document(text)
    marks = [mark for mark in explain(Agreement(), document, known) if mark.text == phrase]
    assert marks
    assert [one.text for one in marks[0].suggestions] == ([mended] if mended else [])


@pytest.mark.parametrize(
    "text",
    [
        "There was a warehouse and an offensive.",
        "Talks would resume next week.",
        "Talks had closed in the port.",
        "They closed a schools meeting.",
        "What it was was closed.",
        "They closed the. The port.",
        "A Officials strike",
        "had had that that",
        "near a 14 homes",
    ],
    ids=[
        "as it should be",
        "a base form",
        "a participle",
        "a word that may be a verb",
        "not a little word",
        "two sentences",
        "a name",
        "English all the same",
        "a figure between",
    ],
)
def test_not_evidence(make_document: MakeDocument, known: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, [mark for mark in explain(Agreement(), document, known) if mark.text != "was was"])


def test_a_pair_that_news_writes_breaks_no_rule(make_document: MakeDocument, known: Resources) -> None:
    forms = known.words.forms.copy()
    forms[known.vocabulary.id_of["lightning"]] = Form.VOWEL  # as if "a lightning", which the stories have, were wrong
    odd = dataclasses.replace(known, words=dataclasses.replace(known.words, forms=forms))
    document = make_document("Troops began a lightning offensive.")
    assert_evidence(document, explain(Agreement(), document, odd))


@pytest.mark.parametrize(("bits", "broken"), [(-0.5, True), (0.5, False)], ids=["by chance", "oftener"])
def test_an_article_that_some_newspaper_once_got_wrong(
    make_document: MakeDocument, known: Resources, bits: float, broken: bool
) -> None:
    """Where the language model knows the pair, but no oftener than chance has it, the rule holds all the same."""
    document = make_document("There was a officials strike.")
    batch = Batch.join((document,), known.language_model)
    known_pairs = dataclasses.replace(
        batch.reading, seen=np.ones(len(batch.ids), bool), bigram=batch.rarity + np.float32(bits)
    )
    measured = Agreement().measure(dataclasses.replace(batch, reading=known_pairs), known)
    assert measured.rare["disagrees"].any() == broken
