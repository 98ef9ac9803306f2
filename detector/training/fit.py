"""Fit the networks of detector/classifier.py with scikit-learn, and carry their weights over."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from detector.classifier import Network, Trees

TOKEN_EPOCHS = 12  # passes over the rows: guess
LOGISTIC_PENALTY = 0.3  # by leaving out sets and pairs of translations; 0.1 to 1 are as good
N_TREES, TREE_DEPTH = 400, 4
FORESTS = 3  # fits whose mean is taken: single ones differ by several points at low rates


def fit_network(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    *,
    hidden: tuple[int, ...],
    prior: float,
    seed: int,
) -> Network:
    """Fit log-odds of `labels` with tanh layers of the widths `hidden`.

    The share of positives is shifted from that of the rows to `prior`.
    """
    centre, scale = _standard(rows)
    values = np.clip((rows - centre) / scale, -Network.CLIP, Network.CLIP).astype(np.float32)
    model = MLPClassifier(
        hidden,
        activation="tanh",
        batch_size=min(512, len(rows)),
        learning_rate_init=2e-3,
        max_iter=TOKEN_EPOCHS,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped after TOKEN_EPOCHS on purpose
        model.fit(values, labels)
    weights = [np.asarray(weight, np.float64) for weight in model.coefs_]
    biases = [np.asarray(bias, np.float64) for bias in model.intercepts_]
    biases[-1] = biases[-1] + _log_odds(prior) - _log_odds(float(labels.mean()))
    return Network(tuple(names), centre, scale, tuple(weights), tuple(biases))


def fit_logistic(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    seed: int,
) -> Network:
    """A logistic regression of `labels`: a network without a hidden layer."""
    centre, scale = _standard(rows)
    values = np.clip((rows - centre) / scale, -Network.CLIP, Network.CLIP)
    model = LogisticRegression(C=1 / (LOGISTIC_PENALTY * len(rows)), max_iter=2000, random_state=seed)
    model.fit(values, labels, sample_weight=weights)
    return Network(
        tuple(names), centre, scale, (model.coef_.T.astype(np.float64),), (model.intercept_.astype(np.float64),)
    )


def fit_trees(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    seed: int,
    forests: int = FORESTS,
) -> Trees:
    """Stochastic gradient boosting (Friedman 2002) of `labels`, the mean of several fits; the trees end to end."""
    parts: list[tuple[NDArray[np.generic], ...]] = []
    roots: list[int] = []
    offset = 0
    for forest in range(forests):
        model = GradientBoostingClassifier(
            n_estimators=N_TREES,
            learning_rate=0.06,
            max_depth=TREE_DEPTH,
            subsample=0.5,
            max_features=0.15,
            min_samples_leaf=min(20, max(1, len(rows) // 50)),
            random_state=seed + forest,
        )
        model.fit(rows, labels, sample_weight=weights)
        for (regressor,) in model.estimators_:
            parts.append(_laid_out(regressor.tree_, model.learning_rate / forests, offset))
            roots.append(offset)
            offset += regressor.tree_.node_count
    column, cut, left, right, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    share = float(np.average(labels, weights=weights))  # scikit-learn starts from the weighted prior
    return Trees(
        names=tuple(names),
        roots=np.array(roots, np.int32),
        column=column.astype(np.int32),
        cut=cut.astype(np.float64),
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        value=value.astype(np.float64),
        intercept=_log_odds(share),
        depth=TREE_DEPTH,
    )


def _laid_out(tree: Any, rate: float, offset: int) -> tuple[NDArray[np.generic], ...]:
    """Column, cut, left, right and value of a tree's nodes, the first of them at `offset`; a leaf points to itself."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left < 0
    left, right = np.where(leaf, here, tree.children_left), np.where(leaf, here, tree.children_right)
    value = np.where(leaf, tree.value[:, 0, 0] * rate, 0.0)
    return np.where(leaf, 0, tree.feature), tree.threshold, left + offset, right + offset, value


def _standard(rows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and spread of each column; a constant column has spread 1."""
    spread = np.std(rows, axis=0).astype(np.float64)
    return np.median(rows, axis=0).astype(np.float64), np.where(spread > 1e-9, spread, 1.0)


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
