"""Phrases that word spinners write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.spinner_phrases import SpinnerPhrases
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    ("text", "quotes", "suggested"),
    [
        ("Troops began a lights blitz in the disputed region.", ["lights blitz"], ["lightning offensive"]),
        ("Roads closed, in keeping with the state news agency.", ["in keeping with"], ["according to"]),
        ("In keeping with the police, roads closed.", ["In keeping with"], ["According to"]),
        ("Troops began a lights\n blitz in the region.", ["lights\n blitz"], ["lightning offensive"]),
        ("Troops began a li\u200bghts blitz in the region.", ["li\u200bghts blitz"], ["lightning offensive"]),
        (
            "A lights blitz began, in keeping with the state information office.",
            ["lights blitz", "in keeping with", "information office"],
            ["lightning offensive", "according to", "news agency"],
        ),
    ],
)
def test_a_phrase_off_the_list(
    make_document: MakeDocument, resources: Resources, text: str, quotes: list[str], suggested: list[str]
) -> None:
    document = make_document(text)
    marks = explain(SpinnerPhrases(), document, resources)
    assert_evidence(document, marks, *quotes)
    assert [mark.suggestions[0].text for mark in marks] == suggested


@pytest.mark.parametrize(
    "text",
    [
        "Troops began a lightning offensive, according to the state news agency.",
        "The film Lights Blitz opened.",
        "a blitz of lights",
        "the lights. Blitz or not",
        "the lights, blitz",
        "It was in keeping.\n\nWith that they left.",
        "in zzyzx with the 2 lights",
    ],
    ids=["clean", "a name", "other order", "two sentences", "a comma between", "two paragraphs", "unknown words"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(SpinnerPhrases(), document, resources))


def test_an_original_that_fits_no_better_is_not_told(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("lights blitz")
    demanding = SpinnerPhrases(min_strength=1000.0)
    assert_evidence(document, explain(demanding, document, resources))


def test_several_originals_share_the_odds(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("according to the state information office.")
    (mark,) = explain(SpinnerPhrases(min_probability=0.0), document, resources)
    assert [suggestion.text for suggestion in mark.suggestions] == ["news agency", "press agency"]
    (sure,) = explain(SpinnerPhrases(), document, resources)
    assert [suggestion.text for suggestion in sure.suggestions] == ["news agency"]  # the other is not worth reading
    assert sum(suggestion.probability for suggestion in mark.suggestions) < 1
    assert [s.text for s in explain(SpinnerPhrases(most_suggestions=1), document, resources)[0].suggestions] == [
        "news agency"
    ]


def test_columns_cover_the_words_of_a_phrase(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("Roads closed, in keeping with the state news agency.")
    batch = Batch.join((document,), resources.language_model)
    columns = SpinnerPhrases().measure(batch, resources).tokens
    covered = [document.quote(int(i), int(i)) for i in np.flatnonzero(columns["phrase_words"])]
    assert covered == ["in", "keeping", "with"]
    assert set(columns["phrase_words"].tolist()) == {0, 3}
    entry = int(np.flatnonzero(resources.phrases.originals[:, 0] == resources.vocabulary.id_of["according"])[0])
    assert columns["odds"].max() == resources.phrases.odds[entry]
    clean = make_document("Roads closed, according to the state news agency.")
    difference = resources.language_model.read(clean.ids).trigram.sum() - batch.reading.trigram.sum()
    assert columns["phrase_gain"].max() == pytest.approx(difference, abs=1e-3)
