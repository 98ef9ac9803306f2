"""One person, place or institution under two names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.unstable_names import UnstableNames
from detector.names import skeleton_of, sound_of
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.ngrams import estimate
from detector.training.vocabulary import train_vocabulary

MakeDocument = Callable[[str], Document]

# Names that every desk knows: in a vocabulary of these words none of them is a stranger.
KNOWN = (
    "the envoy met Smith and Smyth, Meyer and Meier, Katherine and Catherine, Philip and Phillip, then saw Sergei and"
    " Sergey, Mohammed and Muhammad, Hassan and Hussein, Maria and Marie and Mario, Iran and Iraq and said hello. "
)


@pytest.fixture(scope="module")
def well_known(resources: Resources) -> Resources:
    """Resources whose vocabulary holds KNOWN."""
    vocabulary = train_vocabulary([KNOWN] * 4, n_words=200, n_pieces=60)
    stream = segment(KNOWN * 4, vocabulary).ids.astype(np.uint16)
    model = estimate(stream, len(vocabulary), most_bigrams=1000, most_trigrams=1000)
    return replace(resources, vocabulary=vocabulary, language_model=model)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("On Monday Zelensky spoke. Later Zelensky left. In Paris Zelenskyy was met.", ["Zelenskyy"]),
        ("On Monday Lukashenka spoke. Later Lukashenko left with Lukashenko's men.", ["Lukashenka"]),
        ("Shells fell on Kharkiv. In Kharkov two died. The mayor of Kharkiv said so.", ["Kharkov"]),
        ("They left Kyiv and came to Kiev on Friday; in Kyiv it rained.", ["Kiev"]),
        ("Muammar Gaddafi fled. He said Gaddafi was well. Then Qaddafi spoke.", ["Qaddafi"]),
        ("The aide saw Alexei Petrov. He said Alexey Petrov and Alexei Petrov agreed.", ["Alexey"]),
        ("It was Mohammed al-Sayed who met Mohammed al-Sayed and Muhammad al-Sayyid.", ["Muhammad", "Sayyid"]),
        ("It was Yevgeny Evkurov, said Yevkurov. He and Yevkurov left.", ["Evkurov"]),
        ("They live in Munich, and München is far from Munich.", ["München"]),
    ],
)
def test_two_spellings_of_a_name(
    make_document: MakeDocument, resources: Resources, text: str, quotes: list[str]
) -> None:
    document = make_document(text)
    marks = explain(UnstableNames(), document, resources)
    assert_evidence(document, marks, *quotes)
    assert {mark.kind for mark in marks} == {"unstable-name"}
    assert {mark.severity for mark in marks} == {"fact"}


def test_the_mark_names_the_commoner_form(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("On Monday Zelensky spoke. Later Zelensky left. In Paris Zelenskyy was met.")
    (mark,) = explain(UnstableNames(), document, resources)
    assert mark.reason == "The same name is spelled “Zelensky” elsewhere in this article."
    assert [suggestion.text for suggestion in mark.suggestions] == ["Zelensky"]
    assert mark.strength == 2


def test_nothing_is_suggested_where_neither_form_is_commoner(make_document: MakeDocument, resources: Resources) -> None:
    (mark,) = explain(UnstableNames(), make_document("He saw Zelensky. He saw Zelenskyy."), resources)
    assert mark.suggestions == ()


@pytest.mark.parametrize(
    "text",
    [
        "He went from Iran to Iraq, from Austria to Australia, from Niger to Nigeria, Guyana to Guiana.",
        "He met Johnson, Johnston and Johansson; Clinton and Clifton; Martin and Martinez; Dominic of Dominica.",
        "The Chinese left China, a Palestinian left Palestine, a Nigerian left Nigeria, a Somali left Somalia.",
        "He told Georgia that George and Michael and Mike and Robert Roberts had left for the Roberts farm.",
        "He watched Al Jazeera and Al-Jazeera with O'Connell and O’Connell in São Paulo and Sao Paulo.",
        "He saw Erdoğan. He saw Erdogan. He saw Müller and Mueller and Muller.",
        "ZELENSKYY SPEAKS\n\nOn Monday Zelensky spoke.",
        "He saw Maria Lopez and Mario Lopez, Marie Curtis and Maria Curtis, Hassan Karimi and Hussein Karimi.",
        "He saw Igor Bondarev. With Oleg Bondariev he left.",
        "He saw the sons, Chen Xiaotong and Chen Xitong.",
        "The Kyiv Post wrote from Kiev, where Dynamo Kyiv plays.",
        "He praised the Yankees and a Yankee, Kenyans and a Kenyan.",
    ],
    ids=[
        "countries",
        "surnames",
        "demonyms",
        "nicknames",
        "hyphens and accents",
        "umlauts",
        "capitals",
        "vowels",
        "given names",
        "brothers",
        "part of another name",
        "plurals",
    ],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(UnstableNames(), document, resources))


@pytest.mark.parametrize(
    "text",
    [
        "the envoy met Smith and then saw Smyth",
        "the envoy met Meyer and then saw Meier",
        "the envoy met Philip and then saw Phillip",
        "the envoy met Mohammed and then saw Muhammad",
    ],
)
def test_two_names_that_are_well_known_are_two_names(well_known: Resources, text: str) -> None:
    document = segment(text, well_known.vocabulary)
    assert_evidence(document, explain(UnstableNames(), document, well_known))


def test_the_name_beside_them_tells_that_they_are_one(well_known: Resources) -> None:
    text = "the envoy met Sergei Ivanov and Sergei Ivanov and then saw Sergey Ivanov"
    document = segment(text, well_known.vocabulary)
    assert_evidence(document, explain(UnstableNames(), document, well_known), "Sergey")


@pytest.mark.parametrize(
    ("text", "quote", "usual"),
    [
        ("It asked the Unified Nations for help.", "Unified Nations", "United Nations"),
        ("He moved to the Joined together States.", "Joined together States", "United States"),
        ("the World Wellbeing Organisation said", "World Wellbeing Organisation", "World Health Organisation"),
        ("the World Well-being Organization said", "World Well-being Organization", "World Health Organization"),
        ("A White Home spokesman said so.", "White Home", "White House"),
        ("The Preeminent Court agreed.", "Preeminent Court", "Supreme Court"),
        ("Rates at the Central Save Bank rose.", "Central Save Bank", "Federal Reserve Bank"),
        ("She won the Nobel Peace Price.", "Nobel Peace Price", "Nobel Peace Prize"),
        ("He was Remote Minister.", "Remote Minister", "Foreign Minister"),
    ],
)
def test_institutions_out_of_form(
    make_document: MakeDocument, resources: Resources, text: str, quote: str, usual: str
) -> None:
    document = make_document(text)
    marks = explain(UnstableNames(), document, resources)
    assert_evidence(document, marks, quote)
    assert marks[0].kind == "institution-name"
    assert marks[0].reason == f"News writes “{usual}”: a word of the name may have been replaced."
    assert [suggestion.text for suggestion in marks[0].suggestions] == [usual]


@pytest.mark.parametrize(
    "text",
    [
        "The United Nations, the World Health Organization and the World Health Organisation met at the White House.",
        "The unified nations of the north met in a white home, in dark seas.",
        "The National Safety Council and the House of Delegates saw the Statue of Freedom.",
        "The Unified, Nations said.",
        "It was a unified\n\nNations League.",
    ],
    ids=["usual", "no names", "names of their own", "a comma", "two paragraphs"],
)
def test_institutions_that_are_in_form(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(UnstableNames(), document, resources))


def test_columns(make_document: MakeDocument, resources: Resources) -> None:
    """Two different names of ten are marked, at three tokens: 20 in a hundred, capped at 10."""
    text = "he saw Zelensky, Zelensky, Zelenskyy; he saw Unified Nations; he saw Rome, Paris, Oslo, Bern, Lima"
    documents = (make_document(text), make_document("he saw Rome and Paris"))
    measures = UnstableNames().measure(Batch.join(documents, resources.language_model), resources)
    document = documents[0]
    marked = np.flatnonzero(measures.rare["name_unstable"]).tolist()
    assert [document.quote(i, i) for i in marked] == ["Zelenskyy", "Unified", "Nations"]
    assert measures.documents["names_unstable"].tolist() == [10.0, 0.0]


def test_a_share_of_the_names(make_document: MakeDocument, resources: Resources) -> None:
    """One of forty names."""
    document = make_document("he saw Zelensky and Zelenskyy" + " and Rome" * 38)
    measures = UnstableNames().measure(Batch.join((document,), resources.language_model), resources)
    assert measures.documents["names_unstable"].tolist() == [2.5]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yanukovych", "Yanukovich"),
        ("Khrushchev", "Khruschev"),
        ("Tchaikovsky", "Chaikovsky"),
        ("Rachmaninoff", "Rachmaninov"),
        ("Alexander", "Aleksander"),
        ("Wladimir", "Vladimir"),
        ("Houthi", "Huthi"),
        ("Kadhafi", "Gaddafi"),
    ],
)
def test_romanisations_sound_alike(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Johnson", "Johnston"), ("Martin", "Martinez"), ("Clinton", "Clifton"), ("Austria", "Australia")],
)
def test_names_of_other_bones_are_never_compared(one: str, other: str) -> None:
    assert skeleton_of(one) != skeleton_of(other)


def test_any_text_is_read(make_document: MakeDocument, resources: Resources) -> None:
    """Long texts of names alike: what is compared is bounded."""
    spellings = " ".join(f"Zelens{'k' * (i % 30)}y" for i in range(5000))
    for text in (spellings, "Joined " * 10_000, "A" * 200_000, "President Xi, Chairman Xi. " * 2000):
        document = make_document(text)
        for mark in explain(UnstableNames(), document, resources):
            assert mark.text == text[mark.start : mark.end]
