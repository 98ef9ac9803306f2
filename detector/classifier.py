"""Rows -> scores -> calibrated probabilities -> thresholds for a false-positive rate.

Two stages: a small network scores each token (was it swapped?), and a forest or a network a class scores the article
from the pooled rows. A network of the calibration weighs what may have stood in a marked place. Fitting is training's
affair (detector/training/fit.py); here weights are only applied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError

CLASSES = ("spun", "machine_translated")
STRONG_RATE = 0.001  # above the threshold for this rate a flag is "strong", below it "worth_a_look"
MAX_RATE = 0.01  # nobody should be accused at more
LEAST_RATE = 1e-9  # more than all the news there is would be needed; the smallest numbers have no reciprocal
MIN_EXPECTED = 3.0  # untouched articles a rate must expect to flag: zero of 3/rate bounds the rate at 95% (Hanley 1983)


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network with tanh layers, its inputs standardised and clipped; without a layer, a logistic
    regression.

    Attributes:
        names: of the input columns.
        centre, scale: of each column, shape (n_columns,).
        weights, biases: of each layer; the last has one output, the log-odds.
    """

    names: tuple[str, ...]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: tuple[NDArray[np.float64], ...]
    biases: tuple[NDArray[np.float64], ...]

    CLIP = 6.0  # standard deviations: an outlier says no more than "very much"
    BLOCK = 512  # rows at a time, so that they stay in the cache

    def log_odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Natural log-odds, shape (n_rows,)."""
        log_odds = np.zeros(len(rows))
        for first in range(0, len(rows), self.BLOCK):
            some = slice(first, first + self.BLOCK)
            log_odds[some] = self._outputs(rows[some])
        # Products differ in the last bits with the number of rows: cut them off, so that neighbours do not matter.
        return np.round(log_odds, 9)

    def _outputs(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        # In single precision what is done number by number, which is faster; sums keep the double, as they depend on
        # how many rows there are.
        standard = rows - self.centre.astype(np.float32)
        standard /= self.scale.astype(np.float32)
        values = np.clip(standard, -self.CLIP, self.CLIP, out=standard).astype(np.float64)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = values @ weight
            values += bias
            values = np.tanh(values.astype(np.float32)).astype(np.float64)
        return (values @ self.weights[-1] + self.biases[-1])[:, 0]


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted regression trees as arrays; a leaf points to itself.

    Attributes:
        names: of the input columns.
        roots: the first node of each tree.
        column, cut: a row goes left at a node where its column is at most the cut.
        left, right: the nodes below.
        value: what a leaf adds to the log-odds.
        intercept: log-odds before the first tree.
        depth: steps from any root to its deepest leaf.
    """

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    column: NDArray[np.int32]
    cut: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    intercept: float
    depth: int

    def log_odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Natural log-odds, shape (n_rows,)."""
        values, first = rows.reshape(-1), np.arange(len(rows))[:, None] * rows.shape[1]
        below = np.stack([self.left, self.right], axis=1).reshape(-1)
        node = np.repeat(self.roots[None, :], len(rows), axis=0).astype(np.intp)
        for _ in range(self.depth):
            goes_left = values.take(first + self.column.take(node)) <= self.cut.take(node)
            node = below.take(2 * node + ~goes_left)
        return np.round(self.intercept + self.value.take(node).sum(axis=1), 9)


Stage = Network | Trees


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of natural log-odds, kept off 0 and 1 by 1e-6."""
    bounded = np.minimum(np.maximum(log_odds, -40), 40)  # what np.clip does, in half the time where there are few
    return np.minimum(np.maximum(1 / (1 + np.exp(-bounded)), 1e-6), 1 - 1e-6)


class Rate(NamedTuple):
    """A share with its sample size and 95% interval."""

    share: float
    n: int
    interval: tuple[float, float]


def wilson(hits: int, n: int, z: float = 1.96) -> Rate:
    """Wilson score interval of hits / n (Wilson 1927).

    >>> wilson(0, 598).interval[1] < 0.0065
    True
    """
    if n == 0:
        return Rate(0.0, 0, (0.0, 1.0))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = float(centre - half), float(centre + half)
    return Rate(share, n, (max(0.0, low) if hits else 0.0, min(1.0, high) if hits < n else 1.0))


def articles_needed(rate: float) -> int:
    """How few untouched articles support a false-positive rate; for one below LEAST_RATE that many are too few.

    >>> articles_needed(0.001)
    3000
    """
    return math.ceil(round(MIN_EXPECTED / max(rate, LEAST_RATE), 6))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What untouched articles scored, and how a score becomes a probability.

    Attributes:
        untouched: scores of the calibration articles, shape (n_articles, len(CLASSES)).
        visible: whether a person could see why an article of such a score is called spun, shape (n_articles,); without
            marks to see none ever is, whatever it scores.
        groups: the kind of each calibration article, a row of `group_names`, shape (n_articles,).
        group_names: kinds of untouched articles, in words; no kind is flagged oftener than asked.
        artifacts: for each class, scores of texts of its own, ascending, -inf where a flag is ruled out; the share
            below a threshold is missed.
        slopes, intercepts: a class's probability is sigmoid(slope * score + intercept), at the stated prior.
        priors: share of each class that the probabilities assume.
        shares: how the asked rate is shared out among the classes.
        mark_threshold: belief from which a phrase is shown.
        suggestions: log-odds that a wording stood in a marked place, by the figures of detector/wordings.py.
        suggestion_threshold: probability from which the best suggestion is shown.
        passages: slope and intercept of the log-odds that a passage was spun, by the root of its likelihood ratio.
        measured_on: which untouched articles these were, in words.
        missed_of: which texts `artifacts` scored, in words, one a class.
    """

    untouched: NDArray[np.float64]
    visible: NDArray[np.bool_]
    groups: NDArray[np.int8]
    group_names: tuple[str, ...]
    artifacts: tuple[NDArray[np.float64], ...]
    slopes: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    priors: NDArray[np.float64]
    shares: NDArray[np.float64]
    mark_threshold: float
    suggestions: Network
    suggestion_threshold: float
    passages: tuple[float, float]
    measured_on: str
    missed_of: tuple[str, ...]

    @property
    def n(self) -> int:
        """Untouched articles measured."""
        return len(self.untouched)

    @property
    def min_rate(self) -> float:
        """The lowest rate that so many articles support."""
        return MIN_EXPECTED / self.n

    def thresholds(self, rate: float) -> NDArray[np.float64]:
        """Score thresholds, one a class, that together at most `rate` of the untouched articles reach.

        So it is for each group as well; of a group too small for the rate, one article a class may reach them. They are
        set by the scores alone: that a flag must be seen as well (`visible`) only ever takes one away.

        Raises ValueError where `rate` is above MAX_RATE or below what n supports.
        """
        if not 0 < rate <= MAX_RATE:
            raise ValueError(f"expected a false-positive rate in (0, {MAX_RATE}], got {rate:g}")
        if rate < self.min_rate:
            needed = articles_needed(rate)
            mend = "it cannot judge" if self.min_rate > MAX_RATE else f"ask for {self.min_rate:.2g} or more"
            raise ValueError(
                f"a false-positive rate of {rate:g} needs at least {needed:,} untouched articles to calibrate on,"
                f" this model has {self.n:,}: {mend}"
            )
        scores = self.untouched
        ceilings = [_ceiling(scores, rate * self.shares * self.n)]
        for group in range(len(self.group_names)):
            own = scores[self.groups == group]
            if len(own):
                ceilings.append(_ceiling(own, np.maximum(rate * self.shares * len(own), 1)))
        return np.nextafter(np.max(ceilings, axis=0), np.inf)

    def _flaggable(self) -> NDArray[np.float64]:
        """`untouched`, with -inf where a flag is ruled out."""
        scores = self.untouched.copy()
        scores[~self.visible, CLASSES.index("spun")] = -np.inf
        return scores

    def measured_by_group(self, thresholds: NDArray[np.float64]) -> dict[str, Rate]:
        """`measured`, of each kind of untouched article."""
        flagged: NDArray[np.bool_] = np.any(self._flaggable() >= thresholds, axis=1)
        kinds = {name: flagged[self.groups == group] for group, name in enumerate(self.group_names)}
        return {name: wilson(int(own.sum()), len(own)) for name, own in kinds.items()}

    def measured(self, thresholds: NDArray[np.float64]) -> Rate:
        """Share of the untouched articles that `thresholds` flag."""
        return wilson(int((self._flaggable() >= thresholds).any(axis=1).sum()), self.n)

    def as_high(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many untouched articles scored at least as high, one a class; `scores` has shape (len(CLASSES),)."""
        return np.array(
            [np.count_nonzero(column >= score) for column, score in zip(self.untouched.T, scores, strict=True)]
        )

    def missed(self, thresholds: NDArray[np.float64]) -> list[Rate]:
        """For each class, the share of its own texts below its threshold."""
        pairs = zip(self.artifacts, thresholds, strict=True)
        return [wilson(int(np.searchsorted(scores, threshold)), len(scores)) for scores, threshold in pairs]

    def probabilities(self, scores: NDArray[np.float64], prior: float | None = None) -> NDArray[np.float64]:
        """Calibrated probabilities; `scores` has the classes last. With `prior` what they would be if that were the
        share of either class instead of `priors`."""
        shift = np.zeros(len(CLASSES)) if prior is None else _log_odds(prior) - _log_odds(self.priors)
        return sigmoid(self.slopes * scores + self.intercepts + shift)

    def suggestion(self, names: Sequence[str], rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability that wordings of such figures, the columns `names`, stood in their places, shape (n_rows,)."""
        return sigmoid(self.suggestions.log_odds(_pick(rows, names, self.suggestions)))

    def passage(self, likelihoods: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that passages of such log-likelihood ratios were spun."""
        slope, intercept = self.passages
        return sigmoid(slope * np.sqrt(likelihoods) + intercept)


def _log_odds(share: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(share) - np.log1p(-np.asarray(share)))


def _ceiling(scores: NDArray[np.float64], allowed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest score of each class that must not be flagged, where so many may; a flag needs strictly more."""
    ordered = -np.sort(-scores, axis=0)
    return ordered[np.minimum(allowed.astype(int), len(scores) - 1), np.arange(len(CLASSES))]


@dataclass(frozen=True, slots=True)
class Classifier:
    """The fitted stages and their calibration."""

    tokens: Network
    articles: Mapping[str, Stage]
    calibration: Calibration

    def swapped(self, names: Sequence[str], rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each token to have been swapped, shape (n_tokens,)."""
        return sigmoid(self.tokens.log_odds(_pick(rows, names, self.tokens)))

    def scores(self, names: Sequence[str], rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log-odds of every class, shape (n_articles, len(CLASSES))."""
        networks = [self.articles[name] for name in CLASSES]
        return np.stack([network.log_odds(_pick(rows, names, network)) for network in networks], axis=1)


def _pick(rows: NDArray[np.float32], names: Sequence[str], network: Stage) -> NDArray[np.float32]:
    """The columns that a network was fitted on, in its order."""
    if tuple(names) == network.names:
        return rows
    place = {name: i for i, name in enumerate(names)}
    missing = [name for name in network.names if name not in place]
    if missing:
        raise ModelError(
            f"this version does not measure the column {missing[0]!r} that the model asks for: train it again"
        )
    return rows[:, [place[name] for name in network.names]]
