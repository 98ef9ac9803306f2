"""Whole texts beside each other: sentences dropped, merged and moved, and what holds for any two texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.align import Linker, align, match
from detector.align.tokens import Text
from detector.comparison import Comparison
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document, Span

Compared = Callable[[str, str], Comparison]

STORY = (
    "Troops began a lightning offensive in the disputed region of Dezhar on Tuesday.",
    "The defence ministry in Ostrava said 14 tanks had crossed the river before dawn.",
    "Residents of the border town of Melnik fled with what they could carry.",
    "The European envoy, Anna Lindqvist, called for an immediate ceasefire.",
    "Oil prices rose by 3 percent after the news.",
)


def test_one_sentence_dropped(compared: Compared) -> None:
    pairs = compared(" ".join(STORY[:2] + STORY[3:]), " ".join(STORY)).alignment.pairs
    assert [(pair.suspect, pair.reference) for pair in pairs] == [
        ((0,), (0,)), ((1,), (1,)), ((), (2,)), ((2,), (3,)), ((3,), (4,)),
    ]  # fmt: skip


def test_two_sentences_merged(compared: Compared) -> None:
    merged = STORY[2][:-1] + ", and the European envoy, Anna Lindqvist, called for an immediate ceasefire."
    pairs = compared(" ".join((*STORY[:2], merged, STORY[4])), " ".join(STORY)).alignment.pairs
    assert ((2,), (2, 3)) in [(pair.suspect, pair.reference) for pair in pairs]
    pairs = compared(" ".join(STORY), " ".join((*STORY[:2], merged, STORY[4]))).alignment.pairs
    assert ((2, 3), (2,)) in [(pair.suspect, pair.reference) for pair in pairs]


def test_a_moved_sentence(compared: Compared) -> None:
    moved = " ".join((STORY[4], *STORY[:4]))
    comparison = compared(moved, " ".join(STORY))
    assert [(pair.suspect, pair.reference, pair.moved) for pair in comparison.alignment.pairs if pair.moved] == [
        ((0,), (4,), True)
    ]
    assert comparison.derivation.verbatim == 1
    assert comparison.derivation.order < 1


@pytest.mark.parametrize(
    "suspect",
    [
        " ".join(STORY),
        " ".join(STORY[::-1]),
        " ".join(STORY).replace("region", "patch").replace("ceasefire", "truce").replace("fled", "ran"),
        STORY[2] + ' "We left," she said. ' + STORY[4] + " Nobody knows why.",
        "The choir sang two carols on Tuesday. " + STORY[1],
        "",
    ],
)
def test_what_derives_may_be_seen_unread(suspect: str, news: Resources, linker: Linker) -> None:
    """Whichever text is longer; sentences with another matter are seen to be none."""
    for other in (" ".join(STORY), "Bakers in the village sold out of bread on Tuesday. " + " ".join(STORY)):
        ours, theirs = (Text.of(segment(text, news.vocabulary)) for text in (suspect, other))
        matched = match(ours, theirs, news)
        derived = {i for pair in matched.read(news, linker).pairs if pair.derived for i in pair.suspect}
        assert derived <= set(matched.may_derive())
        assert bool(derived) == bool(suspect)


def test_a_sentence_that_shares_a_name_or_two_is_seen_not_to_derive(news: Resources) -> None:
    other = "Residents of Melnik bought coal, lamps, candles, woollen coats, tinned fish, rice, flour, soap and sugar."
    matched = match(*(Text.of(segment(text, news.vocabulary)) for text in (other, STORY[2])), news)
    assert [(one.one, one.two) for one in matched.matches] == [((0,), (0,))]
    assert matched.may_derive() == []


def test_strangers_are_not_aligned(compared: Compared) -> None:
    other = "The choir sang two carols. Bakers in the village sold out of rye bread by noon."
    comparison = compared(other, " ".join(STORY))
    assert not any(pair.derived for pair in comparison.alignment.pairs)
    assert comparison.swaps == comparison.facts == ()
    assert comparison.derivation.coverage == 0


WORD = st.sampled_from(
    "the a of police storm said on Monday roads Anna Melnik 14 3.5 percent near fled \" , ' - étude 中".split()
)
SENTENCE = st.lists(WORD, max_size=9).map(lambda words: " ".join(words) + ". ")
TEXT = st.lists(st.one_of(SENTENCE, st.sampled_from([line + " " for line in STORY])), max_size=6).map("".join)


@settings(max_examples=40)
@given(text=TEXT)
def test_a_text_beside_itself_is_the_same(news: Resources, linker: Linker, text: str) -> None:
    document = segment(text, news.vocabulary)
    alignment = align(Text.of(document), Text.of(document), news, linker)
    assert {phrase.operation for phrase in alignment.phrases} <= {"same"}
    assert all(phrase.suspect == phrase.reference for phrase in alignment.phrases)


@settings(max_examples=40)
@given(one=TEXT, two=TEXT)
def test_sides_may_be_swapped(news: Resources, linker: Linker, one: str, two: str) -> None:
    texts = [Text.of(segment(text, news.vocabulary)) for text in (one, two)]
    flipped = {"inserted": "deleted", "deleted": "inserted"}
    forth, back = align(*texts, news, linker), align(*reversed(texts), news, linker)
    assert sorted((p.operation, p.suspect, p.reference) for p in forth.phrases) == sorted(
        (flipped.get(p.operation, p.operation), p.reference, p.suspect) for p in back.phrases
    )
    assert sorted((p.suspect, p.reference, p.moved, p.derived) for p in forth.pairs) == sorted(
        (p.reference, p.suspect, p.moved, p.derived) for p in back.pairs
    )


@settings(max_examples=40)
@given(one=TEXT, two=TEXT)
def test_phrases_tile_the_tokens_of_both_texts(news: Resources, linker: Linker, one: str, two: str) -> None:
    documents = segment(one, news.vocabulary), segment(two, news.vocabulary)
    alignment = align(*map(Text.of, documents), news, linker)
    assert_tiles(documents[0], [phrase.suspect for phrase in alignment.phrases])
    assert_tiles(documents[1], [phrase.reference for phrase in alignment.phrases])
    filled = [phrase.suspect for phrase in alignment.phrases if phrase.suspect.start < phrase.suspect.end]
    assert filled == sorted(filled)
    for phrase in alignment.phrases:
        assert 0 <= phrase.pair < len(alignment.pairs)


def assert_tiles(document: Document, spans: list[Span]) -> None:
    """Every token stands in one span, and spans begin and end where tokens do."""
    words = document.start < document.end
    owners = np.zeros(len(document.start), int)
    for start, end in spans:
        inside = (document.start >= start) & (document.end <= end) & words
        owners += inside
        assert start <= end <= len(document.text)
        assert start == end or (start in document.start[words] and end in document.end[words])
    assert (owners[words] == 1).all()


@pytest.mark.parametrize("hostile", ["word " * 3000, "a. " * 2000, '"' * 500, "", "\u200b", "x" * 20_000])
def test_hostile_texts_come_to_an_end(compared: Compared, hostile: str) -> None:
    comparison = compared(hostile, " ".join(STORY))
    assert comparison.derivation.coverage == 0
    assert compared(hostile, hostile + " .").derivation.order == 1
