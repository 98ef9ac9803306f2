"""Means of several fits, which are one network or one forest."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.training.fit import Standard, fit_network, fit_trees, mean_network, mean_trees

NAMES = ("a", "b", "c")


def material() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Three columns, of which the first two decide the label."""
    rows = np.random.default_rng(1).normal(size=(400, 3)).astype(np.float32)
    return rows, rows[:, 0] * rows[:, 1] > 0.1


@pytest.mark.parametrize("hidden", [(5,), (6, 4), (5, 4, 3)])
def test_the_mean_of_networks_is_a_network(hidden: tuple[int, ...]) -> None:
    rows, labels = material()
    standard = Standard.of(rows)
    networks = [
        fit_network(NAMES, rows[k::2], labels[k::2], hidden=hidden, prior=0.3, seed=k, standard=standard)
        for k in range(2)
    ]
    one, other = (network.log_odds(rows) for network in networks)
    assert not np.allclose(one, other, atol=0.01)
    mean = mean_network([*networks, networks[0]])
    assert mean.log_odds(rows) == pytest.approx((2 * one + other) / 3, abs=1e-4)
    assert mean_network(networks[:1]).log_odds(rows) == pytest.approx(one, abs=1e-9)


def test_the_mean_of_forests_is_a_forest() -> None:
    rows, labels = material()
    forests = [fit_trees(NAMES, rows[k::3], labels[k::3], np.ones(len(rows[k::3])), seed=k) for k in range(3)]
    each = np.stack([forest.log_odds(rows) for forest in forests])
    assert each.std(axis=0).max() > 0.1
    assert mean_trees(forests).log_odds(rows) == pytest.approx(each.mean(axis=0), abs=1e-8)
    assert mean_trees(forests[:1]).log_odds(rows).tolist() == each[0].tolist()


def test_a_network_is_shifted_to_its_prior() -> None:
    rows, labels = material()
    often, seldom = (
        fit_network(NAMES, rows, labels, hidden=(4,), prior=prior, seed=1).log_odds(rows) for prior in (0.5, 0.1)
    )
    assert often - seldom == pytest.approx(np.log(9), abs=1e-4)


def test_a_constant_column_and_an_outlier() -> None:
    rows = np.array([[1, 0], [1, 2], [1, 4], [1, 1e9]], np.float32)
    values = Standard.of(rows).applied(rows)
    assert values[:, 0].tolist() == [0, 0, 0, 0]
    assert np.abs(values).max() <= 6


def test_trees_tell_what_decides() -> None:
    """Trees that fit Newton's steps part what one column alone does not, and leave equal rows at the prior."""
    rows, labels = material()
    found = fit_trees(NAMES, rows, labels, np.ones(len(rows)), seed=1).log_odds(rows)
    assert ((found > 0) == labels).mean() > 0.95
    alike = fit_trees(NAMES, rows * 0, labels, np.ones(len(rows)), seed=1).log_odds(rows * 0)
    assert alike == pytest.approx(np.log(labels.mean() / (1 - labels.mean())), abs=1e-6)


def test_trees_weigh_articles() -> None:
    """Twice the weight is the article twice: where all rows are alike, the log-odds of the weighted share."""
    rows, labels = np.zeros((8, 1), np.float32), np.arange(8) < 2
    weighted = fit_trees(("a",), rows, labels, np.where(labels, 3.0, 1.0), seed=1).log_odds(rows)
    assert weighted == pytest.approx(0, abs=1e-9)
