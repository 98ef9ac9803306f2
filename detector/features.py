"""Columns of tokens -> rows of numbers for the two stages of the classifier.

`token_rows` sets each word's own columns beside those of its neighbourhood; `article_rows` pools them over the article.
Both are made of the extractors' named columns, so a new extractor enters without a line here.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.keys import distinct
from detector.language_model import Vocabulary
from detector.measures import Batch, Measures
from detector.profile import profile_columns
from detector.text import BOUNDARY, UNKNOWN, Flag
from detector.windows import window_sums

Rows = NDArray[np.float32]

OWN = ("surprisal", "next_surprisal", "context_fit", "rarity", "unknown", "quoted", "first")  # besides what is measured
NEIGHBOURHOOD = 8  # tokens on either side: about a clause
SHARES = (0.03, 0.06, 0.12, 0.25, 0.45)  # of words swapped, for which an article's likelihood is asked
QUANTILES = (0.5, 0.75, 0.9, 0.96)
CUTS = (0.3, 0.6, 0.85, 0.95)  # token probabilities that are counted
STRAY = 0.0002  # of the words of a text that no spinner touched look swapped beyond doubt: by trying it
WINDOW_SHARES = (0.12, 0.25)  # of words swapped in such a part
WINDOW = 60  # scored tokens in a row, about 120 words: a text may be spun in part
PRIOR = 0.15  # share of swapped words that the token stage is trained to assume


def token_rows(batch: Batch, measures: Sequence[Measures]) -> tuple[list[str], NDArray[np.intp], Rows]:
    """Names of the columns, which tokens are scored (n_scored,), and their rows, shape (n_scored, n_columns).

    The first columns are the tokens' own (`_own_names`); those of their neighbourhood follow.
    """
    scored = np.flatnonzero(batch.wording)
    names, columns = _own_names(measures), _own_columns(batch, measures)
    frequent = [name for measured in measures for name in measured.tokens]  # of rare ones there are no neighbours
    with_neighbours, n_own = [names.index(name) for name in frequent], len(names)
    # Column by column in memory, as they come: to interleave them takes as long as to measure them.
    rows = np.empty((n_own + 2 * len(frequent), len(scored)), np.float32)
    edges = np.searchsorted(scored, batch.offsets).tolist()
    for d, (first, last) in enumerate(itertools.pairwise(batch.offsets.tolist())):  # so that it stays in the cache
        some = slice(edges[d], edges[d + 1])
        at, own = scored[some] - first, columns[:, first:last]
        values = own[with_neighbours]
        rows[:n_own, some] = own.take(at, axis=1)
        rows[n_own::2, some] = _near(values, at)
        beside = np.maximum(values[:, :-2], values[:, 2:])  # no document begins or ends with a word
        rows[n_own + 1 :: 2, some] = beside.take(at - 1, axis=1)
    return names + [f"{where}_{name}" for name in frequent for where in ("near", "beside")], scored, rows.T


def article_rows(
    batch: Batch,
    measures: Sequence[Measures],
    scored: NDArray[np.intp],
    rows: Rows,
    probability: NDArray[np.float64],
    vocabulary: Vocabulary,
) -> tuple[list[str], Rows]:
    """Names and values, shape (n_documents, n_columns), pooled over the scored tokens of each document.

    `rows` are those of `token_rows`, `probability` is the token stage's, of shape (n_scored,). A document without
    scored tokens gives zeros.
    """
    columns = {
        **belief_columns(batch, scored, probability),
        **standing_columns(batch, measures, scored, rows, vocabulary),
    }
    return list(columns), np.array(list(columns.values())).T.astype(np.float32, order="C")


def belief_columns(
    batch: Batch, scored: NDArray[np.intp], probability: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Of the article's columns those that the token stage's `probability` decides, each of shape (n_documents,)."""
    document, edges = _owners(batch, scored)
    gains = _gains(probability)
    columns: dict[str, NDArray[np.float64]] = dict(_likelihoods(gains, document, len(batch.documents)))
    for cut in CUTS:
        columns[f"marked_{cut}"] = _mean(probability >= cut, document, len(batch.documents))
    columns["marked_sentences"] = _marked_sentences(batch, scored, probability, document)
    columns["window"] = _best_window(gains[[SHARES.index(share) for share in WINDOW_SHARES]], edges)
    columns.update(_habits(batch, scored, probability, document))
    return columns


def standing_columns(
    batch: Batch, measures: Sequence[Measures], scored: NDArray[np.intp], rows: Rows, vocabulary: Vocabulary
) -> dict[str, NDArray[np.float64]]:
    """The article's columns that stand whatever the token stage says, each of shape (n_documents,)."""
    columns = dict(_pooled(measures, rows, np.searchsorted(scored, batch.offsets)))
    for measured in measures:
        columns.update({name: column.astype(np.float64) for name, column in measured.documents.items()})
    columns.update(profile_columns(batch, vocabulary))
    return columns


def _owners(batch: Batch, scored: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The document of each scored token, and where in `scored` each document begins and ends."""
    edges = np.searchsorted(scored, batch.offsets)
    return np.repeat(np.arange(len(batch.documents)), np.diff(edges)), edges


def _pooled(measures: Sequence[Measures], rows: Rows, edges: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
    """Mean of each of the tokens' own columns over each document, and QUANTILES but of the rare ones; document d owns
    `rows` [edges[d], edges[d + 1])."""
    names, counts = _own_names(measures), np.diff(edges)
    values = np.zeros((len(names), len(rows) + 1))  # a document may own no row, and begin past the last
    values[:, :-1] = rows.T[: len(names)]
    means = np.where(counts > 0, np.add.reduceat(values, edges, axis=1)[:, :-1], 0.0) / np.maximum(counts, 1)
    rare = {name for measured in measures for name in measured.rare}
    frequent = [i for i, name in enumerate(names) if name not in rare]
    quantiles = dict(zip(frequent, _quantiles(values[frequent].astype(np.float32), edges), strict=True))
    columns: dict[str, NDArray[np.float64]] = {}
    for i, name in enumerate(names):
        columns[f"{name}_mean"] = means[i]
        for quantile, picked in zip(QUANTILES, quantiles.get(i, ()), strict=False):
            columns[f"{name}_q{quantile}"] = picked
    return columns


def _own_names(measures: Sequence[Measures]) -> list[str]:
    """What is known of each token by itself, in words."""
    return [*OWN, *(name for measured in measures for name in measured.all_tokens)]


def _own_columns(batch: Batch, measures: Sequence[Measures]) -> Rows:
    """What is known of each token by itself, a row for each of `_own_names`, shape (n_names, n_tokens)."""
    reading = batch.reading
    columns = [
        -reading.trigram,
        np.append(-reading.trigram[1:], np.float32(0)),
        reading.trigram - reading.bigram,
        -batch.rarity,
        batch.ids == UNKNOWN,
        (batch.flags & Flag.QUOTED) > 0,
        reading.left == BOUNDARY,
        *(column for measured in measures for column in measured.all_tokens.values()),
    ]
    return np.stack(columns, dtype=np.float32)


def _near(values: Rows, at: NDArray[np.intp]) -> Rows:
    """Mean of each row of `values`, of one document's tokens, over those within NEIGHBOURHOOD of each of the tokens
    `at`, without the token itself; shape (n_rows, n_at)."""
    n = values.shape[1]
    padded = np.zeros((len(values), n + 2 * NEIGHBOURHOOD), np.float32)
    padded[:, NEIGHBOURHOOD : NEIGHBOURHOOD + n] = values
    sums = window_sums(padded.T, NEIGHBOURHOOD).T
    near: Rows = sums.take(at, axis=1) + sums.take(at + NEIGHBOURHOOD + 1, axis=1)
    near /= (np.minimum(at, NEIGHBOURHOOD) + np.minimum(n - 1 - at, NEIGHBOURHOOD)).astype(np.float32)
    return near


def beliefs(probability: NDArray[np.float64], spun: float) -> NDArray[np.float64]:
    """The token stage's `probability` for one article, its prior the likeliest share of swapped words.

    `spun` is the probability that the article was spun: where a spinner went through the text an odd word is its work,
    in a text that it left alone an author's. Shape (n_scored,).
    """
    (share,), _ = likeliest_shares(probability, np.zeros(len(probability), np.intp), 1)
    share = spun * share + (1 - spun) * STRAY
    odds = probability / (1 - probability) * (1 - PRIOR) / PRIOR * share / (1 - share)
    return odds / (1 + odds)


def likeliest_shares(
    probability: NDArray[np.float64], group: NDArray[np.intp], n_groups: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of SHARES the one that explains each group of tokens best, and its log-likelihood ratio (nats) to none.

    Both of shape (n_groups,); where no share explains a group better than none, the ratio is 0.
    """
    ratios = _ratios(_gains(probability), group, n_groups)
    return np.array(SHARES)[np.argmax(ratios, axis=0)], np.maximum(ratios.max(axis=0), 0)


def _gains(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood ratio (nats) of each token for "so many were swapped" against "none was", a row for each of
    SHARES."""
    odds = probability / (1 - probability) * (1 - PRIOR) / PRIOR
    return np.log(1 + np.outer(SHARES, odds - 1))


def _ratios(gains: NDArray[np.float64], document: NDArray[np.intp], n_documents: int) -> NDArray[np.float64]:
    """Log-likelihood ratio of each of SHARES against none, shape (len(SHARES), n_documents)."""
    place = np.arange(len(gains))[:, None] * n_documents + document
    sums = np.bincount(place.ravel(), gains.ravel(), len(gains) * n_documents).astype(np.float64, copy=False)
    return sums.reshape(len(gains), n_documents)


def _likelihoods(
    gains: NDArray[np.float64], document: NDArray[np.intp], n_documents: int
) -> Mapping[str, NDArray[np.float64]]:
    """Per document: log-likelihood ratio, a word, of "this share was swapped" against "none was", for each of SHARES,
    and the best of them over the whole article (a two-component mixture; Donoho & Jin 2004 discuss when it can be
    told)."""
    ratios = _ratios(gains, document, n_documents)
    n_words = np.maximum(np.bincount(document, minlength=n_documents), 1)
    columns = {f"likelihood_{share}": ratio / n_words for share, ratio in zip(SHARES, ratios, strict=True)}
    best = np.maximum(ratios.max(axis=0), 0)
    columns["likelihood"] = np.sqrt(best)
    columns["likelihood_per_word"] = best / n_words
    return columns


def _mean(values: NDArray[np.generic], document: NDArray[np.intp], n_documents: int) -> NDArray[np.float64]:
    counts = np.maximum(np.bincount(document, minlength=n_documents), 1)
    return np.bincount(document, values.astype(np.float64), n_documents) / counts


def _marked_sentences(
    batch: Batch, scored: NDArray[np.intp], probability: NDArray[np.float64], document: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Share of sentences with a token of at least even odds."""
    sentence = np.concatenate([d.sentence for d in batch.documents])
    marked = probability >= 0.5
    pairs = distinct((document[marked] << 32) + sentence[scored[marked]])
    sentences = np.array([d.sentence[-1] + 1 for d in batch.documents])
    return np.bincount(pairs >> 32, minlength=len(batch.documents)) / sentences


def _best_window(gains: NDArray[np.float64], edges: NDArray[np.intp]) -> NDArray[np.float64]:
    """Square root of the best log-likelihood ratio that WINDOW scored tokens in a row reach, one a document."""
    best = np.zeros(len(edges) - 1)
    for d, (first, last) in enumerate(itertools.pairwise(edges.tolist())):
        n = last - first
        width = min(WINDOW, n)
        total = np.zeros((len(gains), n + 1))
        np.cumsum(gains[:, first:last], axis=1, out=total[:, 1:])
        best[d] = max(0.0, float((total[:, width:] - total[:, : n + 1 - width]).max()))
    return np.sqrt(best)


def _habits(
    batch: Batch, scored: NDArray[np.intp], probability: NDArray[np.float64], document: NDArray[np.intp]
) -> Mapping[str, NDArray[np.float64]]:
    """What tells a spinner from an author, of the tokens with even odds: how many are different words, stand in
    quotations, and how rare they are. An author's odd word is of the topic and comes again, or somebody said it."""
    n = len(batch.documents)
    marked = probability >= 0.5
    own, token = document[marked], scored[marked]
    counts = np.bincount(own, minlength=n)
    different = distinct(own * (1 << 17) + batch.ids[token]) >> 17
    quoted = (batch.flags[token] & Flag.QUOTED) > 0
    some = np.maximum(counts, 1)
    return {
        "marked_types": np.bincount(different, minlength=n) / some,
        "marked_quoted": np.bincount(own, quoted, n) / some,
        "marked_rarity": np.bincount(own, -batch.rarity[token].astype(np.float64), n) / some,
    }


def _quantiles(values: Rows, edges: NDArray[np.intp]) -> NDArray[np.float64]:
    """QUANTILES of each row of `values` in each document, the lower of two neighbours; `values` are put in order.

    Of shape (n_rows, len(QUANTILES), n_documents).
    """
    for first, last in itertools.pairwise(edges.tolist()):
        values[:, first:last].sort(axis=1)
    counts = np.diff(edges)
    place = edges[:-1] + np.floor(np.outer(QUANTILES, np.maximum(counts - 1, 0))).astype(np.intp)
    return np.where(counts == 0, 0.0, values[:, place].astype(np.float64))
