"""Fit the networks of detector/classifier.py with scikit-learn, and carry their weights over."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from detector.classifier import Network, Trees

EPOCHS = 12  # passes over the rows: guess
LOGISTIC_PENALTY = 0.3  # by leaving out sets and pairs of translations; 0.1 to 1 are as good
N_TREES, TREE_DEPTH = 400, 4


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
    """Stochastic gradient boosting (Friedman 2002) of `labels`."""
    model = GradientBoostingClassifier(
        n_estimators=N_TREES,
        learning_rate=0.06,
        max_depth=TREE_DEPTH,
        subsample=0.5,
        max_features=0.15,
        min_samples_leaf=min(20, max(1, len(rows) // 50)),
        random_state=seed,
    )
    model.fit(rows, labels, sample_weight=weights)
    trees = [regressor.tree_ for (regressor,) in model.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    parts = [_laid_out(tree, model.learning_rate, root) for tree, root in zip(trees, roots.tolist(), strict=True)]
    column, cut, left, right, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    share = float(np.average(labels, weights=weights))  # scikit-learn starts from the weighted prior
    return Trees(
        names=tuple(names),
        roots=roots.astype(np.int32),
        column=column.astype(np.int32),
        cut=cut.astype(np.float64),
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        value=value.astype(np.float64),
        intercept=_log_odds(share),
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


def _laid_out(tree: Any, rate: float, offset: int) -> tuple[NDArray[np.generic], ...]:
    """Column, cut, left, right and value of a tree's nodes, the first of them at `offset`; a leaf points to itself."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left < 0
    left, right = np.where(leaf, here, tree.children_left), np.where(leaf, here, tree.children_right)
    value = np.where(leaf, tree.value[:, 0, 0] * rate, 0.0)
    return np.where(leaf, 0, tree.feature), tree.threshold, left + offset, right + offset, value


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
