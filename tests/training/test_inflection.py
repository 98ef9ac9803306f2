"""Forms of English words, both ways. The tables are from school grammar."""

from __future__ import annotations

import pytest

from detector.training.inflection import Inflections, regular_form

REGULAR = """
region plural regions | box plural boxes | city plural cities | day plural days | church plural churches
raise past raised | carry past carried | play past played | stop past stopped | visit past visited | agree past agreed
raise ing raising | stop ing stopping | die ing dying | agree ing agreeing | carry ing carrying | show ing showing
open past opened | offer ing offering | aim past aimed | quit ing quitting
seek third seeks | push third pushes | deny third denies | read ing reading | fix past fixed
big comparative bigger | large superlative largest | early comparative earlier | quick superlative quickest
"""


@pytest.mark.parametrize("case", REGULAR.replace("\n", "|").split("|"))
def test_rules(case: str) -> None:
    if case.strip():
        lemma, form, expected = case.split()
        assert regular_form(lemma, form) == expected


@pytest.fixture(scope="module")
def inflections() -> Inflections:
    lemmas = [(word, "v") for word in ("take", "say", "run", "commit", "travel", "attack", "set", "go", "win")]
    lemmas += [(word, "n") for word in ("attack", "man", "crisis", "run")] + [
        ("good", "a"),
        ("large", "a"),
        ("powerful", "a"),
    ]
    exceptions = {
        ("commit", "v"): ["committed", "committing"],
        ("travel", "v"): ["travelled", "travelling"],
        ("take", "v"): ["taken", "took"],
    }
    return Inflections.build(lemmas, exceptions)


@pytest.mark.parametrize(
    ("lemma", "part", "form", "expected"),
    [
        ("take", "v", "past", ("took",)),
        ("take", "v", "participle", ("taken",)),
        ("run", "v", "participle", ("run",)),
        ("run", "v", "ing", ("running",)),
        ("go", "v", "third", ("goes",)),
        ("commit", "v", "past", ("committed", "commited")),
        ("travel", "v", "ing", ("travelling", "traveling")),
        ("man", "n", "plural", ("men",)),
        ("good", "a", "comparative", ("better",)),
        ("powerful", "a", "comparative", ()),
    ],
)
def test_forms(inflections: Inflections, lemma: str, part: str, form: str, expected: tuple[str, ...]) -> None:
    assert inflections.forms[lemma, part, form] == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("attacks", {("attack", "v", "third"), ("attack", "n", "plural")}),
        ("said", {("say", "v", "past"), ("say", "v", "participle")}),
        ("set", {("set", "v", "base"), ("set", "v", "past"), ("set", "v", "participle")}),
        ("crises", {("crisis", "n", "plural")}),
        ("best", {("good", "a", "superlative")}),
        ("zebra", set()),
    ],
)
def test_analyses(inflections: Inflections, word: str, expected: set[tuple[str, str, str]]) -> None:
    assert {tuple(analysis) for analysis in inflections.analyses.get(word, ())} == expected


def test_every_form_leads_back(inflections: Inflections) -> None:
    for (lemma, part, form), words in inflections.forms.items():
        for word in words:
            assert (lemma, part, form) in inflections.analyses[word]
            assert lemma in inflections.lemmas(word)
