"""From columns of tokens to rows of numbers: each pooled figure worked by hand, and none that a neighbour changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.extractors import EXTRACTORS, Batch, Measures
from detector.features import NEIGHBOURHOOD, PRIOR, SHARES, WINDOW, article_rows, beliefs, likeliest_shares, token_rows
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document

MakeDocument = Callable[[str], Document]

# Two sentences, nine tokens and three boundaries: | troops left . | the army closed roads today . |
TEXT = "Troops left. The army closed roads today."
COLUMN = (0.0, 1.0, 5.0, 0.0, 0.0, 2.0, 0.0, 3.0, 4.0, 6.0, 0.0, 0.0)
SCORED = [1, 2, 5, 6, 7, 8, 9]  # the words: neither names nor figures


def measured(resources: Resources, *documents: Document) -> tuple[Batch, list[Measures]]:
    """A batch, and a column named x that repeats COLUMN for each document of TEXT."""
    batch = Batch.join(documents, resources.language_model)
    column = np.concatenate([np.resize(np.array(COLUMN, np.float32), len(d.ids)) for d in documents])
    return batch, [Measures({"x": column}, documents={"y": np.arange(1, len(documents) + 1, dtype=np.float32)})]


def token_columns(resources: Resources, document: Document) -> dict[str, list[float]]:
    names, scored, rows = token_rows(*measured(resources, document))
    assert scored.tolist() == SCORED
    assert rows.shape == (len(SCORED), len(names))
    return {name: rows[:, i].tolist() for i, name in enumerate(names)}


def article_columns(resources: Resources, probability: Sequence[float], *documents: Document) -> list[dict[str, float]]:
    batch, measures = measured(resources, *documents)
    _, scored, own = token_rows(batch, measures)
    names, rows = article_rows(batch, measures, scored, own, np.array(probability), resources.vocabulary)
    assert rows.shape == (len(documents), len(names))
    assert len(set(names)) == len(names)
    return [dict(zip(names, row, strict=True)) for row in rows.tolist()]


def test_a_word_beside_its_neighbours(make_document: MakeDocument, resources: Resources) -> None:
    columns = token_columns(resources, make_document(TEXT))
    assert columns["x"] == [1, 5, 2, 0, 3, 4, 6]
    assert columns["beside_x"] == [5, 1, 0, 3, 4, 6, 4]  # the larger of the left and the right
    # Eight tokens on either side, as far as the document goes, without the word itself; in all 21.
    assert NEIGHBOURHOOD == 8
    #   troops: tokens 0 to 9, 21 - 1 = 20 over 9; left: 0 to 10, 16 over 10; today: 1 to 11, 21 - 6 = 15 over 10
    assert columns["near_x"] == pytest.approx([20 / 9, 16 / 10, 19 / 11, 21 / 11, 18 / 11, 17 / 11, 15 / 10], abs=1e-4)


def test_what_is_known_of_a_word_by_itself(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(TEXT)
    columns = token_columns(resources, document)
    reading = resources.language_model.read(document.ids)
    assert columns["surprisal"] == pytest.approx((-reading.trigram[SCORED]).tolist())
    assert columns["next_surprisal"] == pytest.approx((-reading.trigram[np.array(SCORED) + 1]).tolist())
    assert columns["unknown"] == [0, 1, 0, 0, 0, 0, 1]
    assert columns["first"] == [1, 0, 1, 0, 0, 0, 0]
    assert set(columns["quoted"]) == {0}


def test_pooling_worked_by_hand(make_document: MakeDocument, resources: Resources) -> None:
    probability = [0.9, 0.5, 0.1, 0.1, 0.7, 0.1, 0.1]
    (row,) = article_columns(resources, probability, make_document(TEXT))
    assert row["x_mean"] == pytest.approx(21 / 7)
    # In order 0 1 2 3 4 5 6; the quantile q is at place floor(6 q): 3, 4.5 -> 4, 5.4 -> 5, 5.76 -> 5.
    assert [row[f"x_q{quantile}"] for quantile in (0.5, 0.75, 0.9, 0.96)] == [3, 4, 5, 5]
    assert row["y"] == 1
    assert row["marked_0.3"] == pytest.approx(3 / 7)
    assert row["marked_0.6"] == pytest.approx(2 / 7)
    assert row["marked_0.85"] == pytest.approx(1 / 7)
    assert row["marked_0.95"] == 0
    assert row["marked_sentences"] == 1  # each of the two has a word of even odds


def test_marked_sentences_are_counted_once(make_document: MakeDocument, resources: Resources) -> None:
    (row,) = article_columns(resources, [0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1], make_document(TEXT))
    assert row["marked_sentences"] == 0.5


def test_likelihoods_worked_by_hand(make_document: MakeDocument, resources: Resources) -> None:
    """A word of probability p was trained at the prior .15: its likelihood ratio is p / (1 - p) x .85 / .15.

    p = .15 gives 1, which speaks for neither; p = .6 gives 8.5. Of a share s of swapped words each word is then
    log(1 + s (ratio - 1)) likelier: log(1 + .45 x 7.5) = 1.4759 for one word in seven.
    """
    assert PRIOR == 0.15
    assert max(SHARES) == 0.45
    (row,) = article_columns(resources, [0.6, *[0.15] * 6], make_document(TEXT))
    assert row["likelihood_0.45"] == pytest.approx(1.475907 / 7, abs=1e-5)
    assert row["likelihood_0.03"] == pytest.approx(np.log(1.225) / 7, abs=1e-5)
    assert row["likelihood_per_word"] == pytest.approx(1.475907 / 7, abs=1e-5)
    assert row["likelihood"] == pytest.approx(1.475907**0.5, abs=1e-5)
    (clean,) = article_columns(resources, [0.001] * 7, make_document(TEXT))
    assert clean["likelihood_0.45"] < 0
    assert clean["likelihood"] == clean["likelihood_per_word"] == 0  # the best share is none


def test_a_rare_column_is_pooled_by_its_mean_alone(make_document: MakeDocument, resources: Resources) -> None:
    batch, (measures,) = measured(resources, make_document(TEXT))
    rare = Measures(rare={"z": measures.tokens["x"]})
    names, scored, rows = token_rows(batch, [rare])
    assert rows[:, names.index("z")].tolist() == [1, 5, 2, 0, 3, 4, 6]
    assert not {"near_z", "beside_z"} & set(names)
    columns, pooled = article_rows(batch, [rare], scored, rows, np.full(7, 0.1), resources.vocabulary)
    assert pooled[0, columns.index("z_mean")] == pytest.approx(21 / 7)
    assert "z_q0.5" not in columns


def test_what_tells_a_spinner_from_an_author(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("Troops stated “storm” and storm.")
    batch = Batch.join((document,), resources.language_model)
    _, scored, own = token_rows(batch, [])
    probability = np.where(document.ids[scored] == resources.vocabulary.id_of["storm"], 0.9, 0.1)
    columns, rows = article_rows(batch, [], scored, own, probability, resources.vocabulary)
    row = dict(zip(columns, rows[0].tolist(), strict=True))
    assert row["marked_types"] == 0.5  # one word, twice
    assert row["marked_quoted"] == 0.5
    assert row["marked_rarity"] == pytest.approx(
        -float(resources.language_model.unigrams[document.ids[3 + 1]]), abs=1e-4
    )


def test_the_best_window_of_a_text_spun_in_part(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document(" ".join(["officials said storm closed"] * WINDOW))
    n = 4 * WINDOW
    spun, even = np.full(n, 0.02), np.full(n, 0.02)
    spun[n // 2 : n // 2 + WINDOW : 6] = 0.97
    even[:: 4 * 6] = 0.97  # as many, everywhere
    rows = [article_columns_of(resources, document, probability) for probability in (spun, even, np.full(n, 0.02))]
    in_part, everywhere, clean = (row["window"] for row in rows)
    assert in_part > 2 * everywhere > 0
    assert clean == 0


def article_columns_of(resources: Resources, document: Document, probability: np.ndarray) -> dict[str, float]:
    batch = Batch.join((document,), resources.language_model)
    _, scored, own = token_rows(batch, [])
    columns, rows = article_rows(batch, [], scored, own, probability, resources.vocabulary)
    return dict(zip(columns, rows[0].tolist(), strict=True))


def test_shares_and_likelihoods_by_group() -> None:
    probability = np.array([0.6, *[0.15] * 6, *[0.001] * 3])
    group = np.repeat([0, 1], [7, 3])
    shares, likelihoods = likeliest_shares(probability, group, 3)
    assert shares[0] == 0.45
    assert likelihoods == pytest.approx([1.475907, 0, 0], abs=1e-5)


def test_belief_follows_the_article() -> None:
    probability = np.array([0.9, 0.5, *[0.1] * 30])
    author, unsure, spinner = (beliefs(probability, spun) for spun in (0.0, 0.5, 1.0))
    assert np.all(author < unsure)
    assert np.all(unsure < spinner)
    assert np.all(author < 0.15)
    # Of a share of .12, p = .9 is odds of 9 x .85/.15 x .12/.88 = 6.9545.
    assert likeliest_shares(probability, np.zeros(32, np.intp), 1)[0] == [0.12]
    assert spinner[0] == pytest.approx(6.9545 / 7.9545, abs=1e-4)


@pytest.mark.parametrize("text", ["", "14 1999.", "Monday, Friday."])
def test_a_document_without_scored_words_gives_zeros(
    make_document: MakeDocument, resources: Resources, text: str
) -> None:
    row, other = article_columns(resources, [0.9] * 7, make_document(text), make_document(TEXT))
    of_words = ("x_", "marked", "likelihood", "surprisal", "rarity", "context_fit")
    assert {value for name, value in row.items() if name.startswith(of_words)} == {0}
    assert all(np.isfinite(list(row.values())))
    (alone,) = article_columns(resources, [], make_document(text))
    assert alone == row
    assert other == article_columns(resources, [0.9] * 7, make_document(TEXT))[0] | {"y": 2}


WORDS: tuple[str, ...] = (
    "the",
    "said",
    "officials",
    "patch",
    "potent",
    "tempest",
    "in keeping with",
    "lights blitz",
    "of",
    "troops",
)
WORDS += ("Homes", "qwxz", "2", ".", ". The", "“", "”", "re\u200bgion", ".\n\nThe")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), min_size=1, max_size=4)


def all_rows(texts: Sequence[str], resources: Resources) -> tuple[list[bytes], list[bytes]]:
    """Rows of every document, to the byte, as both stages see them."""
    documents = tuple(segment(text, resources.vocabulary) for text in texts)
    batch = Batch.join(documents, resources.language_model)
    measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
    names, scored, rows = token_rows(batch, measures)
    gain: NDArray[np.float64] = rows[:, names.index("gain")].astype(np.float64)
    probability = np.clip(np.round(1 / (1 + np.exp(-gain)), 6), 0.01, 0.99)
    _, pooled = article_rows(batch, measures, scored, rows, probability, resources.vocabulary)
    edges = np.searchsorted(scored, batch.offsets)
    return [rows[a:b].tobytes() for a, b in pairwise(edges)], [row.tobytes() for row in pooled]


@settings(max_examples=40)
@given(texts=TEXTS)
def test_neighbours_change_nothing(resources: Resources, texts: list[str]) -> None:
    token, article = all_rows(texts, resources)
    for i, text in enumerate(texts):
        own_token, own_article = all_rows([text], resources)
        assert own_token == [token[i]]
        assert own_article == [article[i]]


def test_whole_stories_change_nothing_either(resources: Resources, spun_texts: tuple[str, ...]) -> None:
    token, article = all_rows(spun_texts, resources)
    for order in (np.arange(len(spun_texts))[::-1], np.random.default_rng(0).permutation(len(spun_texts))):
        again = all_rows([spun_texts[i] for i in order], resources)
        assert again[0] == [token[i] for i in order]
        assert again[1] == [article[i] for i in order]
