"""Fit the networks of detector/classifier.py with scikit-learn, and carry their weights over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from detector.classifier import Network


def fit_network(
    names: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.bool_],
    *,
    hidden: tuple[int, ...],
    prior: float,
    seed: int,
    epochs: int = 20,
    penalty: float = 1e-4,
) -> Network:
    """Fit log-odds of `labels`; the share of positives is shifted from that of the rows to `prior`.

    `hidden` are the widths of the tanh layers; none gives a logistic regression.
    """
    centre = np.median(rows, axis=0).astype(np.float64)
    spread = np.std(rows, axis=0).astype(np.float64)
    scale = np.where(spread > 1e-9, spread, 1.0)
    values = np.clip((rows - centre) / scale, -Network.CLIP, Network.CLIP).astype(np.float32)
    if hidden:
        model = MLPClassifier(
            hidden,
            activation="tanh",
            alpha=penalty,
            batch_size=min(512, len(rows)),
            learning_rate_init=2e-3,
            max_iter=epochs,
            early_stopping=len(rows) > 2000,
            n_iter_no_change=4,
            random_state=seed,
        )
        model.fit(values, labels)
        weights = [np.asarray(weight, np.float64) for weight in model.coefs_]
        biases = [np.asarray(bias, np.float64) for bias in model.intercepts_]
    else:
        model = LogisticRegression(C=1 / (penalty * len(rows)), max_iter=2000, random_state=seed)
        model.fit(values, labels)
        weights, biases = [model.coef_.T.astype(np.float64)], [model.intercept_.astype(np.float64)]
    share = float(labels.mean())
    biases[-1] = biases[-1] + np.log(prior / (1 - prior)) - np.log(share / (1 - share))
    return Network(tuple(names), centre, scale, tuple(weights), tuple(biases))
