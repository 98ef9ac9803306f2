"""The arithmetic of the evaluation, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detector.training.evaluate.curves import found_at, roc
from detector.training.evaluate.figures import (
    auc,
    average_precision,
    expected_precision,
    log_loss,
    paired,
    precision_at,
)


def test_average_precision_is_the_mean_precision_at_each_hit() -> None:
    scores, hits = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    assert average_precision(scores, hits) == pytest.approx((1 / 1 + 2 / 3) / 2)
    # Of equal scores all are taken together: one hit of two at the top, both hits of three below.
    assert average_precision(np.array([1.0, 1.0, 0.0]), np.array([True, False, True])) == pytest.approx(
        (1 / 2 + 2 / 3) / 2
    )
    assert math.isnan(average_precision(scores, ~hits & hits))


def test_precision_from_the_score_at_which_half_of_the_hits_are_reached() -> None:
    scores, hits = np.array([0.9, 0.8, 0.7, 0.6, 0.1]), np.array([False, True, True, True, True])
    assert precision_at(0.5, scores, hits) == pytest.approx(2 / 3)
    assert precision_at(1.0, scores, hits) == pytest.approx(4 / 5)


def test_log_loss_of_a_coin_is_one_bit() -> None:
    assert log_loss(np.zeros(3), np.zeros(7)) == pytest.approx(1.0)
    # Log-odds of ln 3 are three in four: -log2(3/4) for the positive; right with certainty costs nothing.
    assert log_loss(np.array([np.log(3)]), np.array([-50.0])) == pytest.approx(-np.log2(0.75) / 2)


@pytest.mark.parametrize(
    ("prevalence", "found", "alarms", "precision"),
    [(0.05, 0.8, 0.01, 0.04 / 0.0495), (0.5, 0.5, 0.5, 0.5), (0.1, 0.9, 0.0, 1.0)],
)
def test_expected_precision(prevalence: float, found: float, alarms: float, precision: float) -> None:
    assert expected_precision(prevalence, found, alarms) == pytest.approx(precision)


def test_nothing_flagged_has_no_precision() -> None:
    assert math.isnan(expected_precision(0.1, 0.0, 0.0))


def test_differences_are_taken_pair_by_pair() -> None:
    # The fits differ by 10 from seed to seed, and by 1, 2 and 3 within a pair: sd 1, so the error is 1 / sqrt(3).
    change = paired([0.0, 10.0, 20.0], [-1.0, 8.0, 17.0])
    assert change == pytest.approx((-2.0, 1 / np.sqrt(3)))
    assert change.is_certain
    assert not paired([0.0, 0.0], [-1.0, 1.5]).is_certain
    assert math.isnan(paired([1.0], [2.0]).error)
    assert not paired([1.0], [2.0]).is_certain


def test_what_so_few_untouched_articles_cannot_say_is_not_said() -> None:
    clean, spun = np.arange(299.0), np.array([298.5, 0.0])
    assert found_at(0.01, spun, clean) is None
    assert found_at(0.01, spun, np.arange(300.0)) == 0.5  # three of 300 may be flagged: above 296
    assert found_at(0.01, spun[:0], np.arange(300.0)) is None


def test_a_roc_curve_begins_with_one_untouched_article() -> None:
    curve = roc(np.array([3.0, 1.0]), np.array([2.0, 0.0]))
    assert curve["points"] == [[0.5, 0.5], [1.0, 1.0]]
    assert curve["area"] == auc(np.array([3.0, 1.0]), np.array([2.0, 0.0])) == 0.75
    assert curve["lowest"] == 1.5
    assert roc(np.zeros(0), np.zeros(3))["points"] == []
