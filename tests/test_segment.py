"""Segmentation: exact offsets whatever the text, sentences, and what is known of a token before it is measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from assertions import sentences, tokens
from hypothesis import example, given
from hypothesis import strategies as st

from detector.language_model import Vocabulary
from detector.segment import segment, segment_all, tokenize
from detector.text import BOUNDARY, UNKNOWN, Document, Flag, Span

MakeDocument = Callable[[str], Document]
PROSE = st.text(
    st.characters() | st.sampled_from("aaabcTHEI.,!?'\"“”’ \n\r-_5²½№٣Ⅷ\u00ad\u200b\u202e\u0301а中😀\ud800"),
    max_size=80,
)


def check_columns(document: Document) -> None:
    """What must hold of every document."""
    start, end, ids = document.start, document.end, document.ids
    kinds = {"start": np.int32, "end": np.int32, "ids": np.int32, "spelling": np.float32, "flags": np.uint8}
    for name, kind in {**kinds, "sentence": np.int32}.items():
        column = getattr(document, name)
        assert column.shape == start.shape, name
        assert column.dtype == kind, name
    boundary = ids == BOUNDARY
    assert boundary[0]
    assert boundary[-1]
    assert not (boundary[1:] & boundary[:-1]).any()
    assert ((start == end) == boundary).all()
    assert (start[1:] >= end[:-1]).all()
    assert start[0] >= 0
    assert end[-1] <= len(document.text)
    assert (document.flags[boundary] == 0).all()
    assert (np.isin(np.diff(document.sentence), (0, 1))).all()
    assert int(document.sentence[-1]) + 1 == max(np.count_nonzero(boundary) - 1, 1)
    assert ((document.spelling < 0) <= (ids == UNKNOWN)).all()


@given(PROSE)
@example("")
@example("\n\n \u200b")
@example("_")
def test_offsets_are_exact_in_any_text(vocabulary: Vocabulary, text: str) -> None:
    document = segment(text, vocabulary)
    check_columns(document)
    words = [word for word in tokens(document) if word]
    assert all(not word.isspace() for word in words)
    if text.isascii() and "`" not in text:  # nothing is folded
        assert words == tokenize(text)
    else:
        assert len(words) == len(tokenize(text))


@given(PROSE, st.lists(st.integers(0, 80), max_size=6))
def test_clutter_gives_no_tokens(vocabulary: Vocabulary, text: str, edges: list[int]) -> None:
    edges = sorted({min(edge, len(text)) for edge in edges})
    clutter = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    document = segment(text, vocabulary, clutter)
    check_columns(document)
    starts = document.start[document.ids != BOUNDARY]
    assert not any(span.start <= start < span.end for span in clutter for start in starts.tolist())


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 9)), max_size=4))
def test_texts_cut_together_are_those_cut_alone(vocabulary: Vocabulary, texts: list[tuple[str, int]]) -> None:
    cluttered = [(text, [Span(0, min(masked, len(text)))]) for text, masked in texts]
    for (text, clutter), together in zip(cluttered, segment_all(cluttered, vocabulary), strict=True):
        alone = segment(text, vocabulary, clutter)
        for field in dataclasses.fields(Document):
            assert np.array_equal(getattr(together, field.name), getattr(alone, field.name)), field.name


def test_empty_text_is_one_boundary(make_document: MakeDocument) -> None:
    for text in ("", " \n", "\u200b"):
        document = make_document(text)
        assert tokens(document) == [""]
        assert document.n_words == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two men don't know.", "Two men don't know ."),
        ("The U.S.-led force left at 5 a.m. today", "The U.S. - led force left at 5 a.m. today"),
        ("Iran's workers' union", "Iran 's workers ' union"),
        ("the bank’s “offer”", 'the bank \'s " offer "'),
        ("$1,200.50, up 3.5%", "$ 1,200.50 , up 3.5 %"),
        ("the 10th man in the 1990s, 3.5m", "the 10th man in the 1990s , 3.5m"),
        ("well... no -- yes", "well ... no -- yes"),
        ("first–second—third", "first - second - third"),
        ("a_b", "a b"),
        ("O'Neill’s ’90s", "O'Neill 's ' 90s"),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert tokenize(text) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "It rained.| Roads closed.",
        "Did it rain?| It did!| Roads closed.",
        "Mr. Hale met Dr. Osei and Mrs. Lund in St. Ives.| They left.",
        "It began on Jan. 5 and ended on Sept. 9.| Few came.",
        "The U.S. Army left.| It was late.",
        "He lives in the U.S.| The army does not.",
        "George W. Hale and J. P. Osei spoke.| Nobody heard.",
        "Prices rose 3.5 per cent.| In May they fell.",
        "The firm, Lund Inc., grew.| Its rival did not.",
        '"It rained."| Roads closed.',
        '"It rained," he said.| "Roads closed."| Nobody came.',
        "“It rained.”| “Roads closed.”",
        "(It rained.)| Roads closed.",
        "It rained...| Roads closed.",
        "The site example.com closed.| It was slow.",
        "She came at 5 p.m. and left.| He stayed.",
        "“Is it I?”| “It is I.”| Nobody came.",
        "He asked: who? the army, or the police?| Nobody knew.",
        "It rained.\n|Roads closed",
        "A headline without a stop\n|It rained.",
        "A paragraph\n\n|another one",
        "No break where\na line goes on in small letters.",
    ],
)
def test_sentences(make_document: MakeDocument, text: str) -> None:
    document = make_document(text.replace("|", ""))
    assert sentences(document) == [part.strip() for part in text.split("|")]


def test_every_sentence_is_set_apart(make_document: MakeDocument) -> None:
    assert tokens(make_document("It rained. Roads closed!")) == [
        "",
        "It",
        "rained",
        ".",
        "",
        "Roads",
        "closed",
        "!",
        "",
    ]


WRAPPED = """The government said on Monday that
troops began an offensive in the
disputed region. Local officials in
Karsania said that the storm had
closed roads.
On Friday the union said that talks
would resume next week.

The bank said nothing"""


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", " \n", "\r"], ids=repr)
def test_hard_wrapped_text_breaks_where_sentences_do(make_document: MakeDocument, end_of_line: str) -> None:
    document = make_document(WRAPPED.replace("\n", end_of_line))
    check_columns(document)
    assert [" ".join(sentence.split()) for sentence in sentences(document)] == [
        "The government said on Monday that troops began an offensive in the disputed region.",
        "Local officials in Karsania said that the storm had closed roads.",
        "On Friday the union said that talks would resume next week.",
        "The bank said nothing",
    ]
    assert flagged(document, Flag.NAME) == ["Monday", "Local", "Karsania", "Friday"]


def test_ends_of_lines_do_not_matter(make_document: MakeDocument) -> None:
    """Offsets shift by one a line with a carriage return; all else is the same."""
    unix, windows = make_document(WRAPPED), make_document(WRAPPED.replace("\n", "\r\n"))
    assert tokens(unix) == tokens(windows)
    for name in ("ids", "flags", "sentence", "spelling"):
        assert (getattr(unix, name) == getattr(windows, name)).all(), name


def test_clutter_ends_a_sentence_and_its_names_are_not_seen(vocabulary: Vocabulary) -> None:
    text = "The storm closed roads SHARE THIS STORY the strike ended."
    start = text.index("SHARE")
    document = segment(text, vocabulary, [Span(start, start + len("SHARE THIS STORY"))])
    assert sentences(document) == ["The storm closed roads", "the strike ended."]
    assert document.text == text
    whole = segment(text, vocabulary, [Span(0, len(text))])
    assert tokens(whole) == [""]


def flagged(document: Document, flag: int) -> list[str]:
    return [document.quote(int(i), int(i)) for i in np.flatnonzero(document.flags & flag)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The storm hit Karsania and the town of Dezhar on Monday.", ["Karsania", "Dezhar", "Monday"]),
        ("Monday was dry.", ["Monday"]),  # the vocabulary knows it for a name
        ("Troops left.", []),
        ("“Troops left,” he said. “Roads closed.”", []),
        ("He said: Troops left.", []),
        ("(Troops left.)", []),
        ("He says I know, and I’m sure I’ll go.", []),
        ("At the U.N. Iran's envoy left.", ["U.N.", "Iran"]),
        ("What O’Neill said", ["O’Neill"]),
    ],
)
def test_names(make_document: MakeDocument, text: str, names: list[str]) -> None:
    assert flagged(make_document(text), Flag.NAME) == names


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Two men and 14 women left in 2019.", ["Two", "14", "2019"]),
        ("a dozen homes, half of them on the 10th floor, for $3.5m", ["dozen", "half", "10th", "3.5m"]),
        ("someone often attends", []),
    ],
)
def test_numbers(make_document: MakeDocument, text: str, numbers: list[str]) -> None:
    assert flagged(make_document(text), Flag.NUMBER) == numbers


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "roads closed" today.', ["roads", "closed"]),
        ("He said “roads closed” today.", ["roads", "closed"]),
        ("He said “roads\n\n“closed” today.", ["roads", "closed"]),  # each paragraph of a long quotation opens anew
        ("He said “roads closed.\n\nThe storm", ["roads", "closed", "."]),
        ("the strike's end, the teachers' union", []),
    ],
    ids=["straight", "curly", "over two paragraphs", "left open", "apostrophes"],
)
def test_quoted(make_document: MakeDocument, text: str, quoted: list[str]) -> None:
    assert flagged(make_document(text), Flag.QUOTED) == quoted


def test_words_and_capitals(make_document: MakeDocument) -> None:
    document = make_document("The 2 roads, U.S. men’s NATO")
    assert flagged(document, Flag.WORD) == ["The", "roads", "U.S.", "men", "NATO"]
    assert flagged(document, Flag.CAPITAL) == ["The", "U.S.", "NATO"]
    assert document.n_words == 5


@pytest.mark.parametrize(
    ("text", "quoted", "word"),
    [
        ("the disputed re\u200bgion here", "re\u200bgion", "region"),
        ("the disputed r\u0435gion here", "r\u0435gion", "region"),
        ("the disputed \u200bregion\u200b here", None, "region"),
        ("the disputed re\u00adgion here", None, "region"),
        ("\ufeffthe \uff52\uff45\uff47\uff49\uff4f\uff4e", "\uff52\uff45\uff47\uff49\uff4f\uff4e", "region"),
    ],
    ids=["zero-width", "Cyrillic", "zero-width outside", "soft hyphen", "full-width"],
)
def test_folded_words_are_known_and_keep_their_place(
    make_document: MakeDocument, vocabulary: Vocabulary, text: str, quoted: str | None, word: str
) -> None:
    document = make_document(text)
    check_columns(document)
    assert vocabulary.id_of[word] in document.ids
    assert flagged(document, Flag.FOLDED) == ([quoted] if quoted else [])
