"""What suggestions and passages promise, on made-up figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detector.training.calibrate import blank_calibration, line
from detector.training.calibrate_notes import SUGGESTION_PRECISION, Proposals, _threshold, calibrate_suggestions
from detector.wordings import NAMES


def test_suggestions_are_shown_from_where_enough_are_right() -> None:
    assert 2 / 3 < SUGGESTION_PRECISION < 3 / 4  # what the shares below lie on either side of
    probability = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    right = np.array([True, True, False, True, False, False])
    assert _threshold(probability, right) == 0.6  # 3 of 4
    assert _threshold(probability, ~right) == 1.0  # never so good: none is shown
    assert _threshold(np.zeros(0), np.zeros(0, bool)) == 1.0
    ties = np.array([0.9, 0.5, 0.5, 0.5, 0.5, 0.5])
    assert _threshold(ties, np.array([True, True, True, False, False, False])) == 0.9  # at 0.5 half of them are wrong


def test_a_line_of_log_odds_and_its_prior() -> None:
    values = np.repeat([-1.0, 1.0], 100)
    hits = np.array([i % 10 == 0 for i in range(100)] + [i % 10 != 0 for i in range(100)])  # 10% and 90%
    assert line(values, hits) == pytest.approx((np.log(9), 0), abs=0.01)
    assert line(values, hits, prior=0.1) == pytest.approx((np.log(9), -np.log(9)), abs=0.01)
    assert line(values, np.ones(200, bool)) == (1.0, 0.0)


def proposed(n_places: int = 600) -> Proposals:
    """At each place a good extractor suggests one text, right in four of five, and a bad one another, right in one of
    twenty; every tenth place is hardly believed in."""
    rng = np.random.default_rng(1)
    place = np.repeat(np.arange(n_places), 2)
    rows = np.zeros((2 * n_places, len(NAMES)), np.float32)
    rows[:, [i for i, name in enumerate(NAMES) if name.startswith("share_")]] = -6.9
    rows[::2, NAMES.index("share_substitution-gain")] = 2.0
    rows[1::2, NAMES.index("share_off-topic")] = 2.0
    right = np.empty(2 * n_places, bool)
    right[::2], right[1::2] = rng.random(n_places) < 0.8, rng.random(n_places) < 0.05
    return Proposals(place, np.where(place % 10 == 0, 0.3, 0.9), rows, right)


def test_extractors_speak_by_how_often_they_are_right() -> None:
    found = proposed()
    calibration = calibrate_suggestions(replace(blank_calibration(), mark_threshold=0.7), found, seed=1)
    good, bad = calibration.suggestion(NAMES, found.rows[:2])
    assert good == pytest.approx(0.8, abs=0.05)
    assert bad == pytest.approx(0.05, abs=0.06)
    assert bad < calibration.suggestion_threshold <= good + 0.02  # four in five of the best are right


def test_the_threshold_counts_places_that_are_marked_only() -> None:
    found = proposed()
    doubtful = found._replace(right=found.right & (found.belief > 0.5))  # all of the hardly believed are wrong
    blank = replace(blank_calibration(), mark_threshold=0.7)
    assert calibrate_suggestions(blank, doubtful, seed=1).suggestion_threshold < 1
    nowhere = replace(blank, mark_threshold=0.95)
    assert calibrate_suggestions(nowhere, doubtful, seed=1).suggestion_threshold == 1.0


def test_without_a_right_suggestion_none_is_shown() -> None:
    found = proposed()
    for right in (np.zeros(len(found.right), bool), np.ones(len(found.right), bool)):
        assert (
            calibrate_suggestions(blank_calibration(), found._replace(right=right), seed=1).suggestion_threshold == 1.0
        )
    nothing = Proposals(*(column[:0] for column in found))
    assert calibrate_suggestions(blank_calibration(), nothing, seed=1).suggestion_threshold == 1.0
    one_half = found._replace(right=found.right & (found.place % 2 == 0))
    assert calibrate_suggestions(blank_calibration(), one_half, seed=1).suggestion_threshold == 1.0


def test_before_calibration_extractors_are_taken_at_their_word() -> None:
    found = proposed(1)
    assert blank_calibration().suggestion(NAMES, found.rows) == pytest.approx(1 / (1 + np.exp(-2.0)), abs=0.01)
