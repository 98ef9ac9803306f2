"""Characters that a reader cannot see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from assertions import assert_evidence, explain

from detector.extractors.hidden_characters import HiddenCharacters
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    ("text", "quotes", "strengths"),
    [
        ("in Kar\u0430b\u0430kh on Monday", ["Kar\u0430b\u0430kh"], [2]),
        ("the pat\u200bch of land", ["pat\u200bch"], [1]),
        ("a \u0441\u043e\u0440 t\u0430lks", ["\u0441\u043e\u0440", "t\u0430lks"], [3, 1]),
        ("the \uff50olice’s men", ["\uff50olice"], [1]),
        ("Zo\u00eb\u200bs caf\u00e9", ["Zo\u00eb\u200bs"], [1]),
        ("pat\u202ech and p\u0430tch", ["pat\u202ech", "p\u0430tch"], [1, 1]),
    ],
    ids=["Cyrillic", "zero-width", "a whole word beside another", "full-width", "accents do not count", "two words"],
)
def test_words_with_hidden_characters(
    make_document: MakeDocument, resources: Resources, text: str, quotes: list[str], strengths: list[int]
) -> None:
    document = make_document(text)
    marks = explain(HiddenCharacters(), document, resources)
    assert_evidence(document, marks, *quotes)
    assert [mark.strength for mark in marks] == strengths
    assert {mark.kind for mark in marks} == {"hidden-character"}


@pytest.mark.parametrize(
    "text",
    [
        "The police said on Monday that roads were closed.",
        "“It’s Zoë’s café” – a naïve Łódź story…",
        "He said “как он сказал в Москве” and “ο Νίκος”.",
        "ko\u00adope\u00adra\u00adtion",
        "\ufeffThe police\u200b said \u200eso\u200f.",
        "5\u00a0km, 3\u202f000 and TNF-α",
        "北京，２０２４年",
        "\u2764\ufe0f",
    ],
    ids=[
        "clean",
        "typography",
        "honest Greek and Russian",
        "soft hyphens",
        "marks outside",
        "spaces",
        "Chinese",
        "emoji",
    ],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(HiddenCharacters(), document, resources))
