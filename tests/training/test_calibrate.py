"""What suggestions and passages promise, on made-up figures."""

from __future__ import annotations

import numpy as np
import pytest

from detector.training.calibrate import blank_calibration, line
from detector.training.calibrate_notes import SUGGESTION_PRECISION, Proposal, _threshold, suggestion_lines


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


def proposed() -> list[Proposal]:
    """At each place a good extractor suggests one text and a bad one another; at every fourth both the same."""
    found = []
    for place in range(400):
        agree = place % 4 == 0
        found.append(Proposal(place, {"good": 0.8, **({"bad": 0.5} if agree else {})}, place % 5 != 0))
        if not agree:
            found.append(Proposal(place, {"bad": 0.5}, place % 5 == 0 and place % 3 == 0))
    return found


def test_extractors_speak_by_how_often_they_are_right() -> None:
    calibration = suggestion_lines(blank_calibration(), proposed())
    good, bad, both = (
        calibration.suggestion(shares) for shares in ({"good": 0.8}, {"bad": 0.5}, {"good": 0.8, "bad": 0.5})
    )
    assert good == pytest.approx(0.8, abs=0.05)
    assert bad < 0.2
    assert both == pytest.approx(0.8, abs=0.05)
    assert calibration.suggestion_threshold <= good  # four in five of the best are right


def test_without_a_right_suggestion_none_is_shown() -> None:
    wrong = [one._replace(right=False) for one in proposed()]
    assert suggestion_lines(blank_calibration(), wrong).suggestion_threshold == 1.0
    assert suggestion_lines(blank_calibration(), []).suggestion_threshold == 1.0
