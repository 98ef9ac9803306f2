"""What another language leaves in English: phrases, dates, figures, words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from assertions import assert_evidence, explain
from hypothesis import given
from hypothesis import strategies as st

from detector.extractors import Batch
from detector.extractors.translation_marks import TranslationMarks
from detector.lexicon import MOST_WORDS
from detector.resources import Resources
from detector.segment import segment, tokenize
from detector.text import Document, Span
from detector.training.phrases import read_entries

MakeDocument = Callable[[str], Document]
EXTRACTOR = TranslationMarks(min_odds=0.5)  # the little language has few sentences
LEXICON = Path(__file__).parents[2] / "data" / "lexicons" / "calques.tsv"


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The army said at the day that prices rose.", ["said at the day"]),
        ("Negotiations over the theme would resume.", ["Negotiations over the theme"]),
        ("“Negotiations over the theme,” they said at the day.", ["said at the day"]),
    ],
)
def test_calques(make_document: MakeDocument, resources: Resources, text: str, quotes: list[str]) -> None:
    document = make_document(text)
    marks = explain(EXTRACTOR, document, resources)
    assert_evidence(document, marks, *quotes)
    assert {mark.kind for mark in marks} == {"calque"}


def test_a_calque_names_what_english_says(make_document: MakeDocument, resources: Resources) -> None:
    (mark,) = explain(EXTRACTOR, make_document("Negotiations over the theme would resume."), resources)
    (suggestion,) = mark.suggestions
    assert suggestion.text == "Talks about"
    assert suggestion.probability == pytest.approx(1 - 2**-mark.strength)
    assert mark.reason == "Word for word from another language: English news says “Talks about”."
    row = int(resources.calques.matches(make_document("negotiations over the theme").ids)[2][0])
    assert mark.strength == pytest.approx(float(resources.calques.odds[row]))


def test_weak_calques_and_names_are_left_alone(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("The army said at the day that prices rose.")
    assert not explain(TranslationMarks(min_odds=30), document, resources)
    document = make_document("The army read Negotiations Over The Theme.")
    assert_evidence(document, explain(EXTRACTOR, document, resources))


@pytest.mark.parametrize(
    ("text", "quote", "kind"),
    [
        ("He came on the 3 of May.", "3 of May", "foreign-date"),
        ("He came on 15 of March of 2019.", "15 of March", "foreign-date"),
        ("It was signed on 01.05.2018 in Rome.", "01.05.2018", "foreign-date"),
        ("It was signed on 3. May 2018 in Rome.", "3. May 2018", "foreign-date"),
        ("It began at 15 h 30 in Rome.", "15 h 30", "foreign-date"),
        ("It began in the year of 2015.", "in the year of 2015", "foreign-date"),
        ("It began in 2015 year.", "in 2015 year", "foreign-date"),
        ("It cost 2 milliards.", "2 milliards", "foreign-number"),
        ("The storm брошенный closed roads.", "брошенный", "untranslated-word"),
        ("The storm nešališkai closed roads.", "nešališkai", "untranslated-word"),
        ("The police dans une said it.", "dans une", "untranslated-word"),
    ],
)
def test_foreign_forms(make_document: MakeDocument, resources: Resources, text: str, quote: str, kind: str) -> None:
    document = make_document(text)
    marks = explain(EXTRACTOR, document, resources)
    assert_evidence(document, marks, quote)
    assert marks[0].kind == kind
    columns = EXTRACTOR.measure(Batch.join((document,), resources.language_model), resources)
    marked = np.flatnonzero(columns.rare["foreign"])
    assert document.quote(int(marked[0]), int(marked[-1])) == quote
    column = "foreign_words" if kind == "untranslated-word" else "foreign_figures"
    assert columns.documents[column][0] > 0


@pytest.mark.parametrize(
    "text",
    [
        "He came on 3 May 2018, on the 3rd of May and on May 3, 2018.",
        "Version 1.2 of the rules, 1,200 euros, 2.5 million people, 10,000 dollars.",
        "It began at 15.30 and at 3.30pm in the year 2015 in a 2015 year-end review.",
        "Tens of thousands of people and 5 million euros",
        "the café's façade, a naïve cliché, piñata and jalapeño",
        "The storm (брошенный) closed roads, “nešališkai” and Škoda homes.",
        "He said “dans une” and read Dans Une and wrote in The Les Des said.",
        "Łódź and Kraków said the police",
        "the police of Ōtautahi and their whānau said",
        "les",
    ],
    ids=["dates", "figures", "hours", "millions", "loanwords", "aside", "titles", "names", "macrons", "one word"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(EXTRACTOR, document, resources))


def test_clean_stories_have_no_marks(
    make_document: MakeDocument, resources: Resources, wire_texts: tuple[str, ...]
) -> None:
    for text in wire_texts[::4]:
        document = make_document(text)
        assert_evidence(document, explain(EXTRACTOR, document, resources))


def test_clutter_has_no_marks(resources: Resources) -> None:
    text = "It was signed on 01.05.2018 in Rome. The army said."
    document = segment(text, resources.vocabulary, (Span(0, text.index("The")),))
    assert_evidence(document, explain(EXTRACTOR, document, resources))


def test_columns_hold_the_odds_and_their_rate(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("The army said at the day that prices rose.")
    (mark,) = explain(EXTRACTOR, document, resources)
    columns = EXTRACTOR.measure(Batch.join((document,), resources.language_model), resources)
    assert columns.rare["calque"][3:7] == pytest.approx([mark.strength] * 4)
    assert np.count_nonzero(columns.rare["calque"]) == 4
    assert columns.documents["calques"][0] == pytest.approx(min(100 * mark.strength / 9, EXTRACTOR.max_bits))


@pytest.mark.parametrize("text", ["1" * 3000, "1.1." * 3000, "in " * 3000, "š" * 3000, "б " * 3000, " les des" * 2000])
def test_any_text_is_read(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    columns = EXTRACTOR.measure(Batch.join((document,), resources.language_model), resources).documents
    assert all(column[0] <= EXTRACTOR.max_rate for name, column in columns.items() if name != "calques")


def test_the_lexicon_is_well_formed() -> None:
    entries = read_entries(LEXICON)
    assert len(entries) > 1000
    assert len({entry[:2] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.original != entry.spun
        assert entry.voice
        for side in entry[:2]:
            assert side == side.lower().strip()
            assert 0 < len(tokenize(side)) <= MOST_WORDS


@given(
    texts=st.lists(
        st.lists(
            st.sampled_from(
                ("und", "nicht", "les", "des", "Des", "qwxz", "Zoë", "troops", "said", "the", ".", "“", "”")
            ),
            max_size=12,
        ).map(" ".join),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_counted_is_what_is_shown(resources: Resources, texts: list[str]) -> None:
    documents = tuple(segment(text, resources.vocabulary) for text in texts)
    measures = EXTRACTOR.measure(Batch.join(documents, resources.language_model), resources)
    shown = [
        any(mark.kind == "untranslated-word" for mark in explain(EXTRACTOR, document, resources))
        for document in documents
    ]
    assert (measures.documents["foreign_words"] > 0).tolist() == shown
