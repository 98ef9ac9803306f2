"""Columns of tokens -> rows of numbers for the two stages of the classifier.

`token_rows` sets each word's own columns beside those of its neighbourhood; `article_rows` pools them over the article.
Both are made of the extractors' named columns, so a new extractor enters without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.language_model import Vocabulary
from detector.measures import Batch, Measures
from detector.text import BOUNDARY, UNKNOWN, Flag

Rows = NDArray[np.float32]

NEIGHBOURHOOD = 8  # tokens on either side: about a clause
SHARES = (0.03, 0.06, 0.12, 0.25, 0.45)  # of words swapped, for which an article's likelihood is asked
QUANTILES = (0.5, 0.75, 0.9, 0.96)
CUTS = (0.3, 0.6, 0.85, 0.95)  # token probabilities that are counted
FUNCTION_WORDS = tuple(
    "the a an of to in for on with at by from as that this these those which who whom whose it its they their them he"
    " his him she her we our us you your i my is are was were be been being has have had do does did will would can"
    " could may might must should shall not no and or but if than then so because while when where after before during"
    " until since although though however also only just even still already again very more most much many some any all"
    " each other such own same there here what how about into over under between through against without within out up"
    " down off per both either neither , . : ; - ( ) \" ' 's n't said says".split()
)  # their rates are the profile of a text, whatever it is about (Mosteller & Wallace 1963; Volansky et al. 2015)
PROFILE = "profile_"  # how the profile's columns begin
PRIOR = 0.15  # share of swapped words that the token stage is trained to assume


def token_rows(batch: Batch, measures: Sequence[Measures]) -> tuple[list[str], NDArray[np.intp], Rows]:
    """Names of the columns, which tokens are scored (n_scored,), and their rows, shape (n_scored, n_columns)."""
    scored = np.flatnonzero(batch.wording)
    columns = _own_columns(batch, measures)
    for name in [name for measured in measures for name in measured.tokens]:
        columns[f"near_{name}"] = _near(columns[name], batch)
        columns[f"beside_{name}"] = np.maximum(_shifted(columns[name], 1), _shifted(columns[name], -1))
    rows = np.stack([column[scored] for column in columns.values()], axis=1)
    return list(columns), scored, rows.astype(np.float32)


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
    edges = np.searchsorted(scored, batch.offsets)
    document = np.repeat(np.arange(len(batch.documents)), np.diff(edges))
    columns: dict[str, NDArray[np.float64]] = dict(_likelihoods(probability, document, len(batch.documents)))
    for cut in CUTS:
        columns[f"marked_{cut}"] = _mean(probability >= cut, document, len(batch.documents))
    columns["marked_sentences"] = _marked_sentences(batch, scored, probability, document)
    for name, column in _own_columns(batch, measures).items():
        values = column[scored]
        columns[f"{name}_mean"] = _mean(values, document, len(batch.documents))
        for quantile, pooled in zip(QUANTILES, _quantiles(values, document, edges), strict=True):
            columns[f"{name}_q{quantile}"] = pooled
    for measured in measures:
        columns.update({name: column.astype(np.float64) for name, column in measured.documents.items()})
    columns.update(_profile(batch, vocabulary))
    return list(columns), np.stack(list(columns.values()), axis=1).astype(np.float32)


def _profile(batch: Batch, vocabulary: Vocabulary) -> Mapping[str, NDArray[np.float64]]:
    """Rate of each of FUNCTION_WORDS per token, and the length of sentences, of every document."""
    n = len(batch.documents)
    place = np.full(len(vocabulary), len(FUNCTION_WORDS))
    for i, word in enumerate(FUNCTION_WORDS):
        place[vocabulary.id_of.get(word, UNKNOWN)] = i
    place[UNKNOWN] = len(FUNCTION_WORDS)
    document = np.repeat(np.arange(n), np.diff(batch.offsets))
    width = len(FUNCTION_WORDS) + 1
    counts = np.bincount(document * width + place[batch.ids], minlength=n * width).reshape(n, width)
    n_tokens = np.maximum(counts.sum(axis=1), 1)
    columns = {f"{PROFILE}{word}": counts[:, i] / n_tokens for i, word in enumerate(FUNCTION_WORDS)}
    boundaries = np.bincount(document, batch.ids == BOUNDARY, n)
    columns[f"{PROFILE}sentence_length"] = np.minimum(n_tokens / np.maximum(boundaries - 1, 1), 60.0)
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
        columns.update(measured.tokens)
    return columns


def _shifted(column: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """The column of the neighbour `by` places to the right (negative: left); 0 past the end."""
    shifted = np.zeros_like(column)
    if by > 0:
        shifted[:-by] = column[by:]
    else:
        shifted[-by:] = column[:by]
    return shifted


def _near(column: NDArray[np.float32], batch: Batch) -> NDArray[np.float32]:
    """Mean of the neighbours within NEIGHBOURHOOD tokens of the same document, without the token itself."""
    total = np.concatenate([[0.0], np.cumsum(column, dtype=np.float64)])
    here = np.arange(len(column))
    document = np.repeat(np.arange(len(batch.documents)), np.diff(batch.offsets))
    low = np.maximum(here - NEIGHBOURHOOD, batch.offsets[document])
    high = np.minimum(here + NEIGHBOURHOOD + 1, batch.offsets[document + 1])
    # Sums by differences of a running total carry the total's rounding: cut it off, so that neighbours do not matter.
    near = (total[high] - total[low] - column) / np.maximum(high - low - 1, 1)
    return np.round(near, 4).astype(np.float32)


def beliefs(probability: NDArray[np.float64], document: NDArray[np.intp], n_documents: int) -> NDArray[np.float64]:
    """The token stage's `probability`, with the likeliest share of swapped words of the token's article as its prior.

    Where a spinner went through the text, an odd word is its work; in a text that it left alone, an author's.
    """
    share = np.array(SHARES)[np.argmax(_ratios(probability, document, n_documents), axis=0)]
    prior = (share / (1 - share) * (1 - PRIOR) / PRIOR)[document]
    odds = probability / (1 - probability) * prior
    return odds / (1 + odds)


def _ratios(
    probability: NDArray[np.float64], document: NDArray[np.intp], n_documents: int
) -> list[NDArray[np.float64]]:
    """Log-likelihood ratio of each of SHARES against none, one a document."""
    odds = probability / (1 - probability) * (1 - PRIOR) / PRIOR
    gains = (np.log(1 + share * (odds - 1)) for share in SHARES)
    return [np.bincount(document, gain, n_documents).astype(np.float64) for gain in gains]


def _likelihoods(
    probability: NDArray[np.float64], document: NDArray[np.intp], n_documents: int
) -> Mapping[str, NDArray[np.float64]]:
    """Per document: log-likelihood ratio, a word, of "this share was swapped" against "none was", for each of SHARES,
    and the best of them over the whole article (a two-component mixture; Donoho & Jin 2004 discuss when it can be
    told)."""
    ratios = _ratios(probability, document, n_documents)
    n_words = np.maximum(np.bincount(document, minlength=n_documents), 1)
    columns = {f"likelihood_{share}": ratio / n_words for share, ratio in zip(SHARES, ratios, strict=True)}
    best = np.maximum(np.max(ratios, axis=0), 0)
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
    sentence = np.concatenate([d.sentence for d in batch.documents])[scored]
    marked = probability >= 0.5
    n = len(batch.documents)
    pairs = np.unique(np.stack([document[marked], sentence[marked]]), axis=1)
    sentences = np.array([d.sentence[-1] + 1 for d in batch.documents])
    return np.bincount(pairs[0], minlength=n) / sentences


def _ordered(values: Rows, document: NDArray[np.intp]) -> Rows:
    """`values` ascending within each document.

    Sorted as whole numbers, the document above the bits of the value, which is several times as fast as sorting places.
    The bits of negative floats descend, so all but their sign are turned round.
    """
    bits = values.view(np.int32)
    keys = (document.astype(np.int64) << 32) + (bits ^ ((bits >> 31) & 0x7FFFFFFF)) + 2**31
    bits = ((np.sort(keys) & 0xFFFFFFFF) - 2**31).astype(np.int32)
    return (bits ^ ((bits >> 31) & 0x7FFFFFFF)).view(np.float32)


def _quantiles(values: Rows, document: NDArray[np.intp], edges: NDArray[np.intp]) -> list[NDArray[np.float64]]:
    """QUANTILES of `values` in each document, the lower of two neighbours."""
    ordered = np.append(_ordered(values, document), np.float32(0))
    counts = np.diff(edges)
    empty = counts == 0
    picks: list[NDArray[np.float64]] = []
    for quantile in QUANTILES:
        place = edges[:-1] + np.floor(quantile * np.maximum(counts - 1, 0)).astype(np.intp)
        picks.append(np.where(empty, 0.0, ordered[np.minimum(place, len(values))]).astype(np.float64))
    return picks
