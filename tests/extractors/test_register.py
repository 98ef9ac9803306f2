"""Words that news does not use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors.register import Register
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]
BITS = {"tempest": 4.0, "potent": 2.4, "said": -3.0}


@pytest.fixture
def known(resources: Resources) -> Resources:
    register = np.array([BITS.get(word, 0.0) for word in resources.vocabulary.words], np.float32)
    return dataclasses.replace(resources, words=dataclasses.replace(resources.words, register=register))


def test_a_word_of_other_writing(make_document: MakeDocument, known: Resources) -> None:
    document = make_document("A potent tempest closed the port, officials said.")
    marks = explain(Register(), document, known)
    assert_evidence(document, marks, "tempest")
    assert "16 times as common" in marks[0].reason
    assert marks[0].strength == 4.0


@pytest.mark.parametrize(
    "text",
    ["A storm closed roads.", "It was potent, they said.", "The Tempest closed in the north.", "tempests 14 qwxz"],
    ids=["news", "too little", "a name", "unknown words and figures"],
)
def test_not_evidence(make_document: MakeDocument, known: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(Register(), document, known))
