"""The language model: its tables, its probabilities, and the same figures whichever way they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.extractors import Batch
from detector.language_model import NUMBER, ORDINAL, STEP, YEAR, LanguageModel, Vocabulary
from detector.segment import segment
from detector.text import BOUNDARY, UNKNOWN
from detector.training.ngrams import build_table, estimate

A, B, C = 2, 3, 4  # the words of hand-made streams
N_WORDS = 5
QUANTISED = STEP / 2 + 1e-4  # bits: how far a table's figure may be from the exact one


def make_stream(*articles: Sequence[int]) -> NDArray[np.uint16]:
    return np.concatenate([[BOUNDARY, *article, BOUNDARY] for article in articles]).astype(np.uint16)


def hand_made(*articles: Sequence[int]) -> LanguageModel:
    return estimate(make_stream(*articles), N_WORDS, most_bigrams=1000, most_trigrams=1000)


def conditional(model: LanguageModel, a: int, b: int) -> NDArray[np.float64]:
    """p(w | a, b) of every word w."""
    words = np.arange(len(model.unigrams), dtype=np.int32)
    first, second = np.full_like(words, a), np.full_like(words, b)
    _, backoff, _ = model.pair(first, second)
    bigram, _, _ = model.pair(second, words)
    bits = model.triple(first, second, words, backoff + bigram, np.ones(len(words), bool))
    return np.exp2(bits.astype(np.float64))


def test_a_table_finds_what_it_holds_and_no_stranger() -> None:
    rng = np.random.default_rng(0)
    keys = np.unique(rng.integers(0, 2**48, 120_000).astype(np.uint64))
    held, strangers = keys[::2], keys[1::2]
    probability = np.exp2(-rng.uniform(0, 25, len(held)))
    backoff = np.exp2(rng.uniform(-20, 2, len(held)))
    table = build_table(held, probability, backoff)
    rows, slots = table.find(held)
    order = np.argsort(rows)
    rows, slots = rows[order], slots[order]
    assert (rows == np.arange(len(held))).all()
    assert len(np.unique(slots)) == len(held)
    assert np.abs(table.log2(slots) - np.log2(probability)).max() <= QUANTISED
    assert np.abs(table.backoff(slots) - np.log2(backoff)).max() <= QUANTISED
    assert len(table.find(strangers)[0]) <= 1  # 60,000 look-ups; one in two million is taken for another
    assert len(held) / table.slots.size > 0.9


def test_an_empty_table_finds_nothing() -> None:
    table = build_table(np.zeros(0, np.uint64), np.zeros(0))
    assert len(table.find(np.arange(9, dtype=np.uint64))[0]) == 0


def test_estimates_worked_by_hand() -> None:
    """Three articles: a b, a b, a c. No n-gram was counted four times: 0.5 is taken off each, and 0.75 off words.

    Kinds of left neighbours: boundary after b, c and boundary 3; a 1; b 1; c 1; together 6, of 5 words 4 were seen.
        p(a) = (1 - .75 + .75 x 4/5) / 6 = .85 / 6 = .141667 = p(b) = p(c);  p(unknown) = .6 / 6 = .1
    After a: b once and c once in one context each, together 2.
        p(b | a) = .5/2 + (.5 + .5)/2 x .141667 = .320833 = p(c | a)
        weight after a = (1 - 2 x .320833) / (1 - 2 x .141667) = .5, so p(unknown | a) = .05
    After boundary, a: b twice, c once.
        p(b | boundary a) = 1.5/3 + (.5 + .5)/3 x .320833 = .606944
    Trigrams counted once are not kept, so c backs off:
        weight = (1 - .606944) / (1 - .320833) = .578733;  p(c | boundary a) = .578733 x .320833 = .185677
    After boundary: a 3 times, and the boundary between articles twice.
        p(a | boundary) = 2.5/5 + (.5 + .5)/5 x .141667 = .528333
        p(a | boundary boundary) = 1.5/2 + .5/2 x .528333 = .882083
    """
    model = hand_made((A, B), (A, B), (A, C))
    assert np.exp2(model.unigrams) == pytest.approx([0.475, 0.1, 0.141667, 0.141667, 0.141667], abs=1e-5)
    assert float(model.unigram_backoffs[A]) == pytest.approx(np.log2(0.5), abs=1e-5)
    assert np.log2(conditional(model, BOUNDARY, A)[B]) == pytest.approx(np.log2(0.606944), abs=QUANTISED)
    assert np.log2(conditional(model, BOUNDARY, A)[C]) == pytest.approx(np.log2(0.185677), abs=2 * QUANTISED)
    assert np.log2(conditional(model, BOUNDARY, BOUNDARY)[A]) == pytest.approx(np.log2(0.882083), abs=QUANTISED)
    assert np.log2(conditional(model, C, A)[B]) == pytest.approx(np.log2(0.320833), abs=QUANTISED)
    assert np.log2(conditional(model, C, A)[UNKNOWN]) == pytest.approx(np.log2(0.05), abs=1e-5)
    assert np.exp2(model.frequencies) == pytest.approx([6 / 12, 0.5 / 12, 3 / 12, 2 / 12, 1 / 12], abs=1e-5)
    assert model.n_tokens == 12
    read = model.read(np.array([BOUNDARY, A, B, BOUNDARY], np.int32))
    assert read.trigram[1:3] == pytest.approx(np.log2([0.882083, 0.606944]), abs=QUANTISED)


SENTENCES = st.lists(st.sampled_from((UNKNOWN, A, B, C)), min_size=1, max_size=6)
ARTICLES = st.lists(st.lists(SENTENCES, min_size=1, max_size=3), min_size=2, max_size=5)


@settings(max_examples=40)
@given(ARTICLES)
def test_probabilities_of_a_context_sum_to_one(articles: list[list[list[int]]]) -> None:
    joined = [[word for sentence in article for word in (*sentence, BOUNDARY)][:-1] for article in articles]
    model = hand_made(*joined)
    assert np.exp2(model.unigrams.astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)
    for b in range(N_WORDS):
        for a in range(N_WORDS) if b != BOUNDARY else (BOUNDARY,):
            # Each figure is off by half a step at most, one that was backed off by two halves.
            assert 2**-STEP <= conditional(model, a, b).sum() <= 2**STEP, (a, b)


def test_probabilities_sum_to_one_after_pruning(stream: NDArray[np.uint16], vocabulary: Vocabulary) -> None:
    pruned = estimate(stream, len(vocabulary), most_bigrams=120, most_trigrams=40)
    assert 0 < np.count_nonzero(pruned.bigrams.slots) < 130  # those that tie with the last are kept
    assert 0 < np.count_nonzero(pruned.trigrams.slots) < 50
    for a, b in {*zip(stream[:-1:7].tolist(), stream[1::7].tolist(), strict=False)}:
        if b != BOUNDARY or a == BOUNDARY:
            assert 2**-STEP <= conditional(pruned, a, b).sum() <= 2**STEP


def encode(words: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """A stream of one article: "|" is a boundary."""
    ids = vocabulary.encode(words)[0]
    ids[[word == "|" for word in words]] = BOUNDARY
    return np.concatenate([[BOUNDARY], ids, [BOUNDARY]]).astype(np.int32)


WORDS = "the government said on monday that troops began a lightning offensive in region qwxz unseenword , ."
STREAMS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=9).flatmap(
    lambda words: st.integers(0, len(words) - 1).map(lambda at: [*words[:at], "|", *words[at:]] if at else words)
)


def own_sums(model: LanguageModel, ids: NDArray[np.int32], n_words: int) -> list[float]:
    """For each run of `n_words` words: log2 p of the run and of the two tokens after it that belong to the sentence."""
    trigram = model.read(ids).trigram
    sums = []
    for i in range(1, len(ids) - n_words):
        if (ids[i : i + n_words] == BOUNDARY).any():
            continue
        stop = i + n_words + (1 if ids[i + n_words] == BOUNDARY else 2)
        sums.append(float(trigram[i:stop].sum()))
    return sums


@given(STREAMS)
def test_a_word_in_its_own_place_scores_what_was_read(
    language_model: LanguageModel, vocabulary: Vocabulary, words: list[str]
) -> None:
    ids = encode(words, vocabulary)
    at = np.flatnonzero(ids != BOUNDARY)
    own, after, after2 = language_model.slots(language_model.read(ids), at, ids[at])
    assert own + after + after2 == pytest.approx(own_sums(language_model, ids, 1), abs=1e-4)


@given(STREAMS, st.integers(1, 4))
def test_a_phrase_in_its_own_place_scores_what_was_read(
    language_model: LanguageModel, vocabulary: Vocabulary, words: list[str], n_words: int
) -> None:
    ids = encode(words, vocabulary)
    reading = language_model.read(ids)
    rows = []
    for i in range(1, len(ids) - n_words):
        phrase = ids[i : i + n_words]
        if (phrase != BOUNDARY).all():
            right = [*ids[i + n_words : i + n_words + 2], BOUNDARY][:2]
            rows.append([reading.left2[i], reading.left[i], *phrase, *right, *[0] * (4 - n_words)])
    table = np.array(rows, np.int32).reshape(-1, 8)
    parts = language_model.phrases(table, np.full(len(table), n_words))
    assert parts.sum(axis=1) == pytest.approx(own_sums(language_model, ids, n_words), abs=1e-4)


def test_places_are_the_same_in_blocks(
    language_model: LanguageModel, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = encode(WORDS.split(), vocabulary)
    reading, at = language_model.read(ids), np.arange(1, len(ids) - 1).repeat(2)
    words = np.resize(ids[1:-1], len(at))
    together = language_model.slots(reading, at, words)
    monkeypatch.setattr("detector.language_model.MOST_SLOTS", 3)
    for whole, parts in zip(together, language_model.slots(reading, at, words), strict=True):
        assert whole.tolist() == parts.tolist()


def test_a_word_in_another_place_is_read_there(language_model: LanguageModel, vocabulary: Vocabulary) -> None:
    """Putting a word in a place gives what reading the changed sentence gives."""
    before = encode(["the", "army", "said", "that", "troops", "closed", "roads", "."], vocabulary)
    changed = encode(["the", "army", "said", "that", "prices", "closed", "roads", "."], vocabulary)
    at = 5
    own, after, after2 = language_model.slots(language_model.read(before), np.array([at]), changed[[at]])
    read = language_model.read(changed).trigram[at : at + 3]
    assert [own[0], after[0], after2[0]] == pytest.approx(read.tolist(), abs=1e-4)


@settings(max_examples=50)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join), min_size=1, max_size=4))
def test_neighbours_change_nothing(language_model: LanguageModel, vocabulary: Vocabulary, texts: list[str]) -> None:
    documents = tuple(segment(text, vocabulary) for text in texts)
    alone = [Batch.join((document,), language_model) for document in documents]
    for order in (range(len(documents)), range(len(documents) - 1, -1, -1)):
        batch = Batch.join(tuple(documents[i] for i in order), language_model)
        for place, i in enumerate(order):
            own = batch.alone(place)
            assert own.documents == (documents[i],)
            assert own.offsets.tolist() == alone[i].offsets.tolist()
            for name in ("ids", "left", "left2", "bigram", "backoff", "before", "seen", "trigram"):
                assert getattr(own.reading, name).tobytes() == getattr(alone[i].reading, name).tobytes(), name
            assert own.rarity.tobytes() == alone[i].rarity.tobytes()
            assert own.wording.tobytes() == alone[i].wording.tobytes()


def test_words_have_one_id_in_any_case(vocabulary: Vocabulary) -> None:
    ids = segment("region Region REGION", vocabulary).ids[1:-1]
    assert [vocabulary.words[i] for i in ids] == ["region"] * 3


@pytest.mark.parametrize(
    ("word", "known_as"),
    [
        ("1987", YEAR),
        ("2024", YEAR),
        ("1850", NUMBER),
        ("20240", NUMBER),
        ("3.5m", NUMBER),
        ("1990s", NUMBER),
        ("21st", ORDINAL),
        ("10th", ORDINAL),
        ("--", "-"),
    ],
)
def test_figures_and_dashes_have_words_of_their_own(vocabulary: Vocabulary, word: str, known_as: str) -> None:
    ids, spelling = vocabulary.encode([word])
    assert vocabulary.words[ids[0]] == known_as
    assert spelling[0] == 0


@pytest.mark.parametrize("word", ["zzyzx", "governmental", "x", "中", "😀", "\ud800", "q" * 3000, "…"], ids=ascii)
def test_unknown_words_are_spelled(vocabulary: Vocabulary, word: str) -> None:
    ids, spelling = vocabulary.encode([word])
    assert ids.tolist() == [UNKNOWN]
    assert -np.inf < spelling[0] < 0


def test_a_strange_spelling_is_rarer_than_a_plain_one(vocabulary: Vocabulary) -> None:
    _, spelling = vocabulary.encode(["theing", "xqzjv", "中", "e"])
    assert spelling[0] > spelling[1]
    assert spelling[2] < spelling[3]  # a letter that no piece holds
