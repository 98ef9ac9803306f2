"""Passages tile a document, hold enough words, and end where paragraphs do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from assertions import tokens
from hypothesis import given
from hypothesis import strategies as st

from detector.features import likeliest_shares
from detector.language_model import Vocabulary
from detector.measures import Batch
from detector.passages import Passages, passages
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document, Flag, Span

MakeDocument = Callable[[str], Document]
WORDS = ["troops", "the", "patch", '"', "two", "lights-blitz", ".", "12", ",", "\n", "Said", "\u200b", "tempest", "Zoë"]
SENTENCE = "said the man to them all today."  # seven words
Ranges = Callable[..., list[tuple[int, int]]]


def cut(resources: Resources, *documents: Document, min_words: int) -> list[Passages]:
    batch = Batch.join(documents, resources.language_model)
    none = np.zeros(0, np.intp)
    return list(passages(batch, none, none.astype(np.float64), min_words))


@pytest.fixture
def ranges(resources: Resources) -> Ranges:
    """Tokens [first, last) of the passages of a document, of at least so many words."""
    return lambda document, min_words: cut(resources, document, min_words=min_words)[0].ranges


def n_words(document: Document, first: int, last: int) -> int:
    return int(np.count_nonzero(document.flags[first:last] & Flag.WORD))


def openings(document: Document, ranges: list[tuple[int, int]]) -> list[str]:
    """The first word of each passage."""
    return [next(word for word in tokens(document)[first:last] if word) for first, last in ranges]


def test_passages_are_paragraphs_taken_together(make_document: MakeDocument, ranges: Ranges) -> None:
    paragraphs = [f"{name} {SENTENCE} {SENTENCE}" for name in ("Aa", "Bb", "Cc", "Dd", "Ee")]  # 15 words each
    document = make_document("\n\n".join(paragraphs))
    assert openings(document, ranges(document, 15)) == ["Aa", "Bb", "Cc", "Dd", "Ee"]
    assert openings(document, ranges(document, 16)) == ["Aa", "Cc"]  # 30, and 45 with the rest
    assert openings(document, ranges(document, 70)) == ["Aa"]


def test_a_long_paragraph_is_cut_between_sentences(make_document: MakeDocument, ranges: Ranges) -> None:
    line = " ".join(f"{name} {SENTENCE}" for name in ("Aa", "Bb", "Cc", "Dd", "Ee"))  # 8 words each
    document = make_document(line)
    assert openings(document, ranges(document, 15)) == ["Aa", "Cc"]
    assert openings(document, ranges(document, 21)) == ["Aa"]  # less than twice as long
    document = make_document(f"Title words\n{line}")
    assert openings(document, ranges(document, 15)) == ["Title", "Cc"]  # 18, and 24 with the rest


def test_a_line_end_inside_a_sentence_ends_no_passage(make_document: MakeDocument, ranges: Ranges) -> None:
    document = make_document("Aa said the man to\nthem all today\nand left at once.")
    assert ranges(document, 2) == [(0, len(document.ids))]


def test_an_empty_document_is_one_passage(make_document: MakeDocument, ranges: Ranges) -> None:
    assert ranges(make_document(""), 60) == [(0, 1)]


@given(
    text=st.lists(st.sampled_from([*WORDS, SENTENCE, SENTENCE.capitalize(), "\n\n"]), max_size=60).map(" ".join),
    min_words=st.integers(1, 30),
    clutter=st.tuples(st.integers(0, 40), st.integers(1, 40)),
)
def test_passages_tile_the_document(
    vocabulary: Vocabulary, resources: Resources, text: str, min_words: int, clutter: tuple[int, int]
) -> None:
    document = segment(text, vocabulary, (Span(clutter[0], sum(clutter)),))
    ((edges, words, *_),) = own = cut(resources, document, min_words=min_words)
    ranges = own[0].ranges
    assert words.tolist() == [n_words(document, *one) for one in ranges]
    assert edges.tolist() == [*(first for first, _ in ranges), len(document.ids)]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(document.ids)
    assert all(left[1] == right[0] for left, right in pairwise(ranges))
    assert all(first < last for first, last in ranges)
    if n_words(document, 0, len(document.ids)) >= min_words:
        assert all(n_words(document, first, last) >= min_words for first, last in ranges)


@given(
    texts=st.lists(
        st.lists(st.sampled_from([*WORDS, SENTENCE, SENTENCE.capitalize(), "\n\n"]), max_size=40).map(" ".join),
        min_size=1,
        max_size=4,
    ),
    min_words=st.integers(1, 30),
    seed=st.integers(0, 1000),
)
def test_neighbours_change_nothing(resources: Resources, texts: list[str], min_words: int, seed: int) -> None:
    documents = tuple(segment(text, resources.vocabulary) for text in texts)
    batch = Batch.join(documents, resources.language_model)
    scored = np.flatnonzero(batch.wording)
    probability = np.random.default_rng(seed).uniform(0.01, 0.99, len(scored))
    for d, together in enumerate(passages(batch, scored, probability, min_words)):
        first, last = batch.offsets[d : d + 2]
        own = (scored >= first) & (scored < last)
        (alone,) = passages(batch.alone(d), scored[own] - first, probability[own], min_words)
        assert [column.tolist() for column in together] == [column.tolist() for column in alone]


def test_a_passage_is_told_by_its_own_words(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(f"Aa {SENTENCE}\n\nBb {SENTENCE}")
    batch = Batch.join((document,), resources.language_model)
    scored = np.flatnonzero(batch.wording)
    probability = np.where(scored < len(document.ids) // 2, 0.02, 0.9)
    (found,) = passages(batch, scored, probability, 4)
    shares, likelihoods = zip(
        *(
            (share[0], likelihood[0])
            for share, likelihood in (
                likeliest_shares(probability[own], np.zeros(np.count_nonzero(own), np.intp), 1)
                for own in ((scored >= first) & (scored < last) for first, last in found.ranges)
            )
        ),
        strict=True,
    )
    assert len(found.ranges) == 2
    assert found.shares.tolist() == list(shares)
    assert found.likelihoods.tolist() == list(likelihoods)
    assert found.likelihoods[0] == 0 < found.likelihoods[1]
