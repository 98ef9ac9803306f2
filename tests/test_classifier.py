"""Scores, intervals and thresholds."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.classifier import CLASSES, MAX_RATE, Calibration, Classifier, Network, Trees, sigmoid, wilson
from detector.classifier_json import network_from_json, network_json
from detector.errors import ModelError


# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (score, no correction);
# the last two are exact in closed form: z^2 / (n + z^2), and 1/2 -+ z / 2 / sqrt(n + z^2).
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_wilson_against_published_values(hits: int, n: int, low: float, high: float) -> None:
    rate = wilson(hits, n)
    assert rate.share == hits / n
    assert rate.n == n
    assert rate.interval == pytest.approx((low, high), abs=6e-5)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(hits: int, n: int) -> None:
    rate = wilson(min(hits, n), n)
    low, high = rate.interval
    assert 0 <= low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= high <= 1
    mirrored = wilson(n - min(hits, n), n).interval
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_no_sample_tells_nothing() -> None:
    assert wilson(0, 0).interval == (0.0, 1.0)


def with_untouched(classifier: Classifier, untouched: np.ndarray, **changes: object) -> Calibration:
    groups = np.zeros(len(untouched), np.int8)
    return dataclasses.replace(
        classifier.calibration,
        **{"untouched": untouched, "visible": np.ones(len(untouched), bool), "groups": groups, **changes},  # type: ignore[arg-type]
    )


def test_no_group_is_flagged_oftener_than_asked(classifier: Classifier) -> None:
    news = np.stack([np.linspace(-6, -1, 4000)] * 2, axis=1)
    people = np.stack([np.linspace(-3, 1, 500)] * 2, axis=1)
    groups = np.repeat(np.array([0, 1], np.int8), [4000, 500])
    calibration = with_untouched(classifier, np.concatenate([news, people]), groups=groups)
    thresholds = calibration.thresholds(0.01)
    by_group = calibration.measured_by_group(thresholds)
    assert list(by_group) == list(calibration.group_names)
    assert by_group["news articles"].share == 0
    assert 0 < by_group["news translated by people"].share <= 0.01
    pooled = with_untouched(classifier, np.concatenate([news, people])).thresholds(0.01)
    assert (pooled < thresholds).all()


@settings(max_examples=60)
@given(st.data())
def test_thresholds_flag_at_most_the_asked_share(classifier: Classifier, data: st.DataObject) -> None:
    n = data.draw(st.integers(300, 900))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    untouched = rng.normal(size=(n, len(CLASSES))).round(data.draw(st.integers(0, 3)))  # ties, many or few
    untouched[:, 1] += data.draw(st.sampled_from([0.0, 1.0])) * untouched[:, 0]
    untouched[rng.random(n) < data.draw(st.sampled_from([0.0, 0.02, 0.9])), 0] = -np.inf
    share = data.draw(st.floats(0, 1))
    calibration = with_untouched(classifier, untouched, shares=np.array([share, 1 - share]))
    rate = data.draw(st.floats(calibration.min_rate, MAX_RATE))
    thresholds = calibration.thresholds(rate)
    flagged = (untouched >= thresholds).any(axis=1).sum()
    assert flagged <= rate * n
    assert calibration.measured(thresholds).share == flagged / n
    # A lower rate never flags what a higher one does not.
    assert (calibration.thresholds(max(rate / 2, calibration.min_rate)) >= thresholds).all()


def test_thresholds_stand_where_the_rate_is_used_up(classifier: Classifier) -> None:
    """Of 1,000 untouched articles with scores 0 to 999 a rate of .01 at shares .8 and .2 may flag 8 and 2."""
    scores = np.arange(1000.0)
    calibration = with_untouched(classifier, np.stack([scores, scores], axis=1), shares=np.array([0.8, 0.2]))
    thresholds = calibration.thresholds(0.01)
    assert (calibration.untouched >= thresholds).sum(axis=0).tolist() == [8, 2]
    assert (np.array([992, 998]) >= thresholds).all()
    assert not (np.array([991, 997]) >= thresholds).any()
    assert calibration.as_high(np.array([990.0, 1000.0])).tolist() == [10, 0]


def test_marks_that_nobody_sees_only_take_flags_away(classifier: Classifier) -> None:
    """Half of the articles that reach the threshold show no marks: fewer are flagged, and none instead of them."""
    scores = np.arange(1000.0)
    untouched = np.stack([scores, np.zeros(1000)], axis=1)
    seen, unseen = (
        with_untouched(classifier, untouched, shares=np.array([1.0, 0.0]), visible=visible)
        for visible in (np.ones(1000, bool), scores % 2 == 0)
    )
    assert seen.thresholds(0.01).tolist() == unseen.thresholds(0.01).tolist()
    assert seen.measured(seen.thresholds(0.01)).share == 0.01
    assert unseen.measured(unseen.thresholds(0.01)).share == 0.005


def test_misses_are_counted_below_the_threshold(classifier: Classifier) -> None:
    calibration = dataclasses.replace(
        classifier.calibration, artifacts=(np.array([1.0, 2.0, 2.0, 3.0]), np.array([-1.0, 5.0]))
    )
    first, second = calibration.missed(np.array([2.0, 6.0]))
    assert (first.share, first.n) == (0.25, 4)
    assert (second.share, second.n) == (1.0, 2)
    assert first.interval == wilson(1, 4).interval


@pytest.mark.parametrize("rate", [0.0, -0.01, 0.0101, 1.0, float("nan"), float("inf")])
def test_rates_out_of_range_are_refused(classifier: Classifier, rate: float) -> None:
    with pytest.raises(ValueError, match=r"expected a false-positive rate in \(0, 0\.01\], got "):
        classifier.calibration.thresholds(rate)


def test_a_rate_that_the_sample_does_not_support_is_refused_with_what_it_does(classifier: Classifier) -> None:
    assert classifier.calibration.n == 400
    assert classifier.calibration.min_rate == pytest.approx(0.0075)
    with pytest.raises(ValueError, match=r"of 0\.001 needs at least 3,000 untouched articles") as raised:
        classifier.calibration.thresholds(0.001)
    assert "this model has 400: ask for 0.0075 or more" in str(raised.value)
    classifier.calibration.thresholds(classifier.calibration.min_rate)
    with pytest.raises(ValueError, match="needs at least 3,000,000,000 untouched articles"):
        classifier.calibration.thresholds(5e-324)  # whose reciprocal is infinite


@given(st.floats(allow_nan=False))
def test_probabilities_are_never_certain(score: float) -> None:
    probability = float(sigmoid(np.array([score]))[0])
    assert 1e-6 <= probability <= 1 - 1e-6


def test_probabilities_follow_slope_and_intercept(classifier: Classifier) -> None:
    """Slopes 1 and .5, intercepts -1 and 0: scores 1 and 0 are even odds."""
    assert classifier.calibration.probabilities(np.array([1.0, 0.0])) == pytest.approx([0.5, 0.5])
    assert classifier.calibration.probabilities(np.array([1.0, 2.0]))[1] == pytest.approx(np.e / (1 + np.e))


def test_with_fewer_spun_articles_about_a_score_means_less(classifier: Classifier) -> None:
    """At a prior of a tenth a probability of a half is odds of nine; of one in a hundred it leaves 9 to 99."""
    even = np.array([1.0, 0.0])
    assert classifier.calibration.priors.tolist() == [0.1, 0.1]
    assert classifier.calibration.probabilities(even, 0.01) == pytest.approx([1 / 12, 1 / 12])
    assert classifier.calibration.probabilities(even, 0.1) == pytest.approx([0.5, 0.5])


def test_a_network_worked_by_hand() -> None:
    """Inputs (3, 100) are (1, 6) once standardised and clipped: tanh(.5) and tanh(-1), then 2 x .462117 + .761594."""
    network = Network(
        names=("a", "b"),
        centre=np.array([1.0, 0.0]),
        scale=np.array([2.0, 1.0]),
        weights=(np.array([[0.5, -1.0], [0.0, 0.0]]), np.array([[2.0], [-1.0]])),
        biases=(np.zeros(2), np.array([0.25])),
    )
    assert network.log_odds(np.array([[3.0, 100.0]], np.float32)) == pytest.approx([0.25 + 0.924234 + 0.761594])
    logistic = dataclasses.replace(network, weights=(np.array([[2.0], [1.0]]),), biases=(np.array([-1.0]),))
    assert logistic.log_odds(np.array([[3.0, 100.0], [1.0, -100.0]], np.float32)).tolist() == [7.0, -7.0]


SOUND = {"names": ["a", "b"], "centre": [1, 0], "scale": [2, 1], "weights": [[[0.5], [1]], [[2]]], "biases": [[0], [1]]}


def test_a_network_comes_back_as_it_was_written() -> None:
    network = network_from_json(SOUND)
    assert network_from_json(network_json(network)).log_odds(np.ones((1, 2), np.float32)) == pytest.approx(
        network.log_odds(np.ones((1, 2), np.float32))
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": [], "biases": []},
        {"weights": [[[0.5, 1], [1, 1]]], "biases": [[0, 1]]},  # two numbers a row
        {"weights": [[[], []]], "biases": [[]]},  # none
        {"weights": [[[0.5]], [[2]]]},  # for one column
        {"centre": [[1, 0]]},
        {"scale": [2]},
        {"scale": [2, 0]},
        {"scale": [2, float("nan")]},
        {"biases": [[0], [float("inf")]]},
        {"weights": [[["much"], [1]], [[2]]]},
        {"names": 5},
    ],
)
def test_a_network_that_cannot_score_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        network_from_json({**SOUND, **wrong})


@given(st.integers(1, 70), st.integers(0, 1000))
def test_a_row_scores_the_same_in_any_company(n_rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = Network(
        names=tuple(map(str, range(40))),
        centre=rng.normal(size=40),
        scale=rng.uniform(0.5, 2, 40),
        weights=(rng.normal(size=(40, 17)), rng.normal(size=(17, 1))),
        biases=(rng.normal(size=17), rng.normal(size=1)),
    )
    rows = rng.normal(size=(n_rows, 40)).astype(np.float32)
    together = network.log_odds(rows)
    assert [network.log_odds(rows[i : i + 1])[0] for i in range(n_rows)] == together.tolist()
    assert network.log_odds(rows[::-1]).tolist() == together[::-1].tolist()


def test_blocks_of_rows_and_a_tanh_that_is_one() -> None:
    """tanh(1000) is 1: where the exponential overflows nothing is said of it. One row, and three blocks of rows."""
    network = Network(
        names=("a",),
        centre=np.zeros(1),
        scale=np.ones(1),
        weights=(np.array([[1000.0]]), np.array([[2.0]])),
        biases=(np.zeros(1), np.zeros(1)),
    )
    rows = np.resize(np.array([[1.0], [-1.0], [0.0]], np.float32), (2 * Network.BLOCK + 1, 1))
    expected = np.resize([2.0, -2.0, 0.0], len(rows)).tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert network.log_odds(rows).tolist() == expected
        assert network.log_odds(rows[:0]).shape == (0,)


def test_passages_follow_the_root_of_their_likelihood(classifier: Classifier) -> None:
    calibration = dataclasses.replace(classifier.calibration, passages=(2.0, -4.0))
    expected = [1 / (1 + np.exp(4)), 0.5, 1 / (1 + np.exp(-2))]
    assert calibration.passage(np.array([0.0, 4.0, 9.0])) == pytest.approx(expected)


def test_trees_worked_by_hand(classifier: Classifier) -> None:
    """The fixture's: from -2; sentences up to 60 take 1 off, longer add 1; "of" up to .22 takes .5, more adds .5."""
    trees = classifier.articles["machine_translated"]
    assert isinstance(trees, Trees)
    rows = np.array([[0.0, 10.0], [0.23, 10.0], [0.0, 60.0], [0.23, 61.0]], np.float32)
    assert trees.log_odds(rows).tolist() == [-3.5, -2.5, -3.5, -0.5]
    assert trees.log_odds(rows[:0]).shape == (0,)


def test_trees_go_down_to_their_leaves() -> None:
    """One tree over one column: cut at 0, its left half again at -1; leaves add 1, 2 and 4."""
    trees = Trees(
        names=("x",),
        roots=np.array([0], np.int32),
        column=np.zeros(5, np.int32),
        cut=np.array([0.0, -1.0, 0.0, 0.0, 0.0]),
        left=np.array([1, 3, 2, 3, 4], np.int32),
        right=np.array([2, 4, 2, 3, 4], np.int32),
        value=np.array([0.0, 0.0, 4.0, 1.0, 2.0]),
        intercept=0.5,
        depth=2,
    )
    rows = np.array([[-2.0], [-1.0], [-0.5], [0.0], [7.0]], np.float32)
    assert trees.log_odds(rows).tolist() == [1.5, 1.5, 2.5, 2.5, 4.5]


def test_columns_are_picked_by_name(classifier: Classifier) -> None:
    names = classifier.tokens.names
    rows = np.random.default_rng(0).normal(size=(5, len(names))).astype(np.float32)
    scores = classifier.swapped(names, rows)
    shuffled = [*names[::-1], "another"]
    wider = np.concatenate([rows[:, ::-1], np.ones((5, 1), np.float32)], axis=1)
    assert classifier.swapped(shuffled, wider).tolist() == scores.tolist()


def test_a_column_that_is_not_measured_is_named(classifier: Classifier) -> None:
    with pytest.raises(ModelError, match=r"odds.*train it again"):
        classifier.swapped(["gain", "left_missing", "unknown"], np.zeros((1, 3), np.float32))


def test_scores_stand_in_the_order_of_the_classes(classifier: Classifier) -> None:
    names = ["likelihood_per_word", "marked_0.6", "profile_of", "profile_sentence_length"]
    scores = classifier.scores(names, np.array([[0.0, 0.05, 0.0, 10.0]], np.float32))
    assert scores.shape == (1, len(CLASSES))
    assert scores[0] == pytest.approx([0.0, -3.5], abs=1e-6)
