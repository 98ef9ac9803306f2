"""Fit the networks of detector/classifier.py with scikit-learn, and carry their weights over."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeRegressor

from detector.classifier import Network, Trees

EPOCHS = 12  # passes over the rows: guess
LOGISTIC_PENALTY = 0.3  # by leaving out sets and pairs of translations; 0.1 to 1 are as good
N_TREES, TREE_DEPTH = 250, 4
TREE_LEAF = 80  # articles that a leaf holds at least
TREE_COLUMNS = 0.15  # share of the columns that a split is sought in
LEARNING_RATE, LONGEST_STEP = 0.1, 4.0  # of a tree; in log-odds, the bound that the source of `fit_trees` advises
LEAST_TELLING = 1e-6  # weight of an article whose label tells nothing any more


class Standard(NamedTuple):
    """What a network takes off each column and divides it by, each of shape (n_columns,)."""

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Standard:
        """Median and spread of each column; a constant column has spread 1."""
        spread = np.std(rows, axis=0).astype(np.float64)
        return cls(np.median(rows, axis=0).astype(np.float64), np.where(spread > 1e-9, spread, 1.0))

    def applied(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Rows as the network sees them, outliers clipped."""
        return np.clip((rows - self.centre) / self.scale, -Network.CLIP, Network.CLIP)


def fit_network(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    *,
    hidden: tuple[int, ...],
    prior: float,
    seed: int,
    standard: Standard | None = None,
) -> Network:
    """Fit log-odds of `labels` with tanh layers of the widths `hidden`; without `standard` by that of the rows.

    The share of positives is shifted from that of the rows to `prior`.
    """
    standard = standard or Standard.of(rows)
    values = standard.applied(rows).astype(np.float32)
    model = MLPClassifier(
        hidden,
        activation="tanh",
        batch_size=min(512, len(rows)),
        learning_rate_init=2e-3,
        max_iter=EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped after EPOCHS on purpose
        model.fit(values, labels)
    weights = [np.asarray(weight, np.float64) for weight in model.coefs_]
    biases = [np.asarray(bias, np.float64) for bias in model.intercepts_]
    biases[-1] = biases[-1] + _log_odds(prior) - _log_odds(float(labels.mean()))
    return Network(tuple(names), *standard, tuple(weights), tuple(biases))


def mean_network(networks: Sequence[Network]) -> Network:
    """One network that gives the mean of the log-odds of others, which have the same columns, standard and layers, two
    or more of them."""
    one = networks[0]
    first, *between, last = zip(*(own.weights for own in networks), strict=True)
    *inner, outer = zip(*(own.biases for own in networks), strict=True)
    return Network(
        names=one.names,
        centre=one.centre,
        scale=one.scale,
        weights=(
            np.concatenate(first, axis=1),
            *(block_diag(*own) for own in between),
            np.concatenate(last) / len(networks),
        ),
        biases=(*(np.concatenate(own) for own in inner), np.mean(outer, axis=0)),
    )


def fit_logistic(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    seed: int,
) -> Network:
    """A logistic regression of `labels`: a network without a hidden layer."""
    standard = Standard.of(rows)
    model = LogisticRegression(C=1 / (LOGISTIC_PENALTY * len(rows)), max_iter=2000, random_state=seed)
    model.fit(standard.applied(rows), labels, sample_weight=weights)
    coefficients, intercept = model.coef_.T.astype(np.float64), model.intercept_.astype(np.float64)
    return Network(tuple(names), *standard, (coefficients,), (intercept,))


def fit_trees(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    seed: int,
) -> Trees:
    """Additive logistic regression of `labels` by trees (LogitBoost; Friedman, Hastie & Tibshirani 2000, algorithm 3).

    Every tree fits a step of Newton's method by least squares, an article weighing what its label still tells, so that
    late trees part the articles that are in doubt.
    """
    rows, random = np.ascontiguousarray(rows, np.float32), np.random.RandomState(seed)
    start = _log_odds(float(np.average(labels, weights=weights)))
    log_odds, offset, parts = np.full(len(rows), start), 0, []
    for _ in range(N_TREES):
        probability = expit(log_odds)
        telling = np.maximum(probability * (1 - probability), LEAST_TELLING)
        regression = DecisionTreeRegressor(
            max_depth=TREE_DEPTH,
            max_features=TREE_COLUMNS,
            min_samples_leaf=min(TREE_LEAF, max(1, len(rows) // 50)),
            random_state=random,
        )
        tree = regression.fit(rows, (labels - probability) / telling, sample_weight=weights * telling).tree_
        parts.append(_laid_out(tree, offset))
        log_odds += parts[-1].value[tree.apply(rows)]
        offset += tree.node_count
    roots = np.cumsum([0, *(len(part.value) for part in parts[:-1])])
    column, cut, left, right, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Trees(
        names=tuple(names),
        roots=roots.astype(np.int32),
        column=column.astype(np.int32),
        cut=cut.astype(np.float64),
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        value=value.astype(np.float64),
        intercept=start,
        depth=TREE_DEPTH,
    )


def mean_trees(forests: Sequence[Trees]) -> Trees:
    """One forest that gives the mean of the log-odds of others, which have the same columns: the trees end to end."""
    offsets = np.cumsum([0, *(len(own.column) for own in forests[:-1])]).astype(np.int32)
    one, behind = forests[0], list(zip(forests, offsets, strict=True))
    return Trees(
        names=one.names,
        roots=np.concatenate([own.roots + offset for own, offset in behind]),
        column=np.concatenate([own.column for own in forests]),
        cut=np.concatenate([own.cut for own in forests]),
        left=np.concatenate([own.left + offset for own, offset in behind]),
        right=np.concatenate([own.right + offset for own, offset in behind]),
        value=np.concatenate([own.value for own in forests]) / len(forests),
        intercept=float(np.mean([own.intercept for own in forests])),
        depth=max(own.depth for own in forests),
    )


class _Nodes(NamedTuple):
    """The nodes of a tree; a leaf points to itself, only leaves have a value."""

    column: NDArray[np.intp]
    cut: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]


def _laid_out(tree: Any, offset: int) -> _Nodes:
    """The nodes of scikit-learn's `tree`, the first of them at `offset`, with the share of a step that is gone."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left < 0
    left, right = np.where(leaf, here, tree.children_left), np.where(leaf, here, tree.children_right)
    value = np.where(leaf, LEARNING_RATE * np.clip(tree.value[:, 0, 0], -LONGEST_STEP, LONGEST_STEP), 0.0)
    return _Nodes(np.where(leaf, 0, tree.feature), tree.threshold, left + offset, right + offset, value)


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
