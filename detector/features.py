"""Columns of tokens -> rows of numbers for the two stages of the classifier.

`token_rows` sets each word's own columns beside those of its neighbourhood; `article_rows` pools them over the article.
Both are made of the extractors' named columns, so a new extractor enters without a line here.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.keys import distinct
from detector.language_model import Vocabulary
from detector.measures import Batch, Measures
from detector.profile import profile_columns
from detector.text import BOUNDARY, UNKNOWN, Flag

Rows = NDArray[np.float32]

NEIGHBOURHOOD = 8  # tokens on either side: about a clause
SHARES = (0.03, 0.06, 0.12, 0.25, 0.45)  # of words swapped, for which an article's likelihood is asked
QUANTILES = (0.5, 0.75, 0.9, 0.96)
CUTS = (0.3, 0.6, 0.85, 0.95)  # token probabilities that are counted
STRAY = 0.002  # of the words of a text that no spinner touched look swapped beyond doubt: guess
WINDOW_SHARES = (0.12, 0.25)  # of words swapped in such a part
WINDOW = 60  # scored tokens in a row, about 120 words: a text may be spun in part
PRIOR = 0.15  # share of swapped words that the token stage is trained to assume


def token_rows(batch: Batch, measures: Sequence[Measures]) -> tuple[list[str], NDArray[np.intp], Rows]:
    """Names of the columns, which tokens are scored (n_scored,), and their rows, shape (n_scored, n_columns)."""
    scored = np.flatnonzero(batch.wording)
    columns = _own_columns(batch, measures)
    rows = {name: column.take(scored) for name, column in columns.items()}
    around = _Neighbourhood.of(batch, scored)
    right, left = scored + 1, scored - 1  # no document begins or ends with a word
    for name in [name for measured in measures for name in measured.tokens]:  # of rare ones there are no neighbours
        rows[f"near_{name}"] = around.mean(columns[name])
        rows[f"beside_{name}"] = np.maximum(columns[name].take(right), columns[name].take(left))
    # Column by column in memory, as they come: to interleave them takes as long as to measure them.
    return list(rows), scored, np.stack(list(rows.values())).astype(np.float32, copy=False).T


def article_rows(
    batch: Batch,
    measures: Sequence[Measures],
    scored: NDArray[np.intp],
    probability: NDArray[np.float64],
    vocabulary: Vocabulary,
) -> tuple[list[str], Rows]:
    """Names and values, shape (n_documents, n_columns), pooled over the scored tokens of each document.

    `probability` is the token stage's, of shape (n_scored,). A document without scored tokens gives zeros.
    """
    columns = {**belief_columns(batch, scored, probability), **standing_columns(batch, measures, scored, vocabulary)}
    return list(columns), np.stack(list(columns.values()), axis=1).astype(np.float32)


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
    batch: Batch, measures: Sequence[Measures], scored: NDArray[np.intp], vocabulary: Vocabulary
) -> dict[str, NDArray[np.float64]]:
    """The article's columns that stand whatever the token stage says, each of shape (n_documents,)."""
    document, edges = _owners(batch, scored)
    columns = dict(_pooled(batch, measures, scored, edges, document))
    for measured in measures:
        columns.update({name: column.astype(np.float64) for name, column in measured.documents.items()})
    columns.update(profile_columns(batch, vocabulary))
    return columns


def _owners(batch: Batch, scored: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The document of each scored token, and where in `scored` each document begins and ends."""
    edges = np.searchsorted(scored, batch.offsets)
    return np.repeat(np.arange(len(batch.documents)), np.diff(edges)), edges


def _pooled(
    batch: Batch,
    measures: Sequence[Measures],
    scored: NDArray[np.intp],
    edges: NDArray[np.intp],
    document: NDArray[np.intp],
) -> Mapping[str, NDArray[np.float64]]:
    """Mean of each token column over each document, and QUANTILES but of the rare ones."""
    values = {name: column.take(scored) for name, column in _own_columns(batch, measures).items()}
    rare = {name for measured in measures for name in measured.rare}
    frequent = [name for name in values if name not in rare]
    quantiles = dict(zip(frequent, _quantiles(np.stack([values[name] for name in frequent]), edges), strict=True))
    n_words = np.maximum(np.diff(edges), 1)
    columns: dict[str, NDArray[np.float64]] = {}
    for name, own in values.items():
        columns[f"{name}_mean"] = np.bincount(document, own, len(n_words)) / n_words
        for quantile, picked in zip(QUANTILES, quantiles.get(name, ()), strict=False):
            columns[f"{name}_q{quantile}"] = picked
    return columns


def _own_columns(batch: Batch, measures: Sequence[Measures]) -> dict[str, NDArray[np.float32]]:
    """What is known of each token by itself."""
    reading = batch.reading
    following = _shifted(reading.trigram, 1)
    columns = {
        "surprisal": -reading.trigram,
        "next_surprisal": -following,
        "context_fit": reading.trigram - reading.bigram,
        "rarity": -batch.rarity,
        "unknown": (batch.ids == UNKNOWN).astype(np.float32),
        "quoted": ((batch.flags & Flag.QUOTED) > 0).astype(np.float32),
        "first": (reading.left == BOUNDARY).astype(np.float32),
    }
    for measured in measures:
        columns.update(measured.all_tokens)
    return columns


def _shifted(column: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """The column of the neighbour `by` places to the right (negative: left); 0 past the end."""
    shifted = np.zeros_like(column)
    if by > 0:
        shifted[:-by] = column[by:]
    else:
        shifted[-by:] = column[:by]
    return shifted


class _Neighbourhood(NamedTuple):
    """The tokens within NEIGHBOURHOOD of each of some tokens `at`, in its document: [low, high)."""

    at: NDArray[np.intp]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    n: NDArray[np.int64]  # without the token itself; 1 at least

    @classmethod
    def of(cls, batch: Batch, at: NDArray[np.intp]) -> _Neighbourhood:
        document = np.searchsorted(batch.offsets, at, side="right") - 1
        low = np.maximum(at - NEIGHBOURHOOD, batch.offsets[document])
        high = np.minimum(at + NEIGHBOURHOOD + 1, batch.offsets[document + 1])
        return cls(at, low, high, np.maximum(high - low - 1, 1))

    def mean(self, column: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean of the neighbours, without the token itself."""
        total = np.zeros(len(column) + 1)
        np.cumsum(column, out=total[1:])
        near = total.take(self.high)
        near -= total.take(self.low)
        near -= column.take(self.at)
        near /= self.n
        # Sums by differences of a running total carry the total's rounding: cut it off, so that neighbours do not
        # matter.
        return np.round(near, 4).astype(np.float32)


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
        width = min(WINDOW, last - first)
        for gain in gains:
            total = np.concatenate([[0.0], np.cumsum(gain[first:last])])
            best[d] = max(best[d], float((total[width:] - total[: len(total) - width]).max()))
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
    """QUANTILES of each row of `values` in each document, the lower of two neighbours.

    Of shape (n_rows, len(QUANTILES), n_documents).
    """
    ordered = np.concatenate([values, np.zeros((len(values), 1), np.float32)], axis=1)
    for first, last in itertools.pairwise(edges.tolist()):
        ordered[:, first:last].sort(axis=1)
    counts = np.diff(edges)
    place = edges[:-1] + np.floor(np.outer(QUANTILES, np.maximum(counts - 1, 0))).astype(np.intp)
    return np.where(counts == 0, 0.0, ordered[:, place].astype(np.float64))
