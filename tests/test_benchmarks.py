"""The arithmetic behind the figures that `make gate` prints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.alignment import f1_interval
from benchmarks.passages import half_spun
from benchmarks.same_day import ASKED, PAIRS, read_pairs
from benchmarks.shared import example
from benchmarks.siblings import is_right, touched
from detector.findings import Evidence, Suggestion
from detector.text import Span
from detector.training.evaluate.figures import auc
from detector.training.evaluate.marks import MarkFigures, precision_at_recall, restored
from detector.training.swaps import Spun, Swap

ROW = {
    "text": "Boxers seized the patch, then the boxers left the area.",
    "swaps": [
        ["Fighters", "Boxers", 0],
        ["region", "patch", 18],
        ["fighters", "boxers", 34],
        ["region", "area", 50],
    ],
}


def test_precision_at_half_of_the_swaps() -> None:
    believed = [(0.9, True), (0.8, False), (0.7, True), (0.6, True), (0.1, False)]
    # Two of four swaps are touched at .7 and above: three phrases, two of them right.
    assert precision_at_recall(0.5, [figures(believed, [0.9, 0.7, 0.6], 4)]) == pytest.approx(2 / 3)
    assert math.isnan(precision_at_recall(0.5, [figures(believed, [0.9], 4)]))
    assert math.isnan(precision_at_recall(0.5, []))


def figures(believed: list[tuple[float, bool]], found: list[float], n_swaps: int) -> MarkFigures:
    return MarkFigures(believed, found, n_swaps, [], [], [], [])


def test_a_mark_is_restored_by_what_stood_in_its_place() -> None:
    mark = Evidence(
        18, 23, "patch", "x", "y", 1.0, "Z.", suggestions=(Suggestion("area", 0.6), Suggestion("Region", 0.3))
    )
    assert restored(Span(18, 23), mark, example(ROW)) == [False, True]
    assert restored(Span(14, 23), mark, example(ROW)) == [False, False]  # "the region" stood there


def test_the_second_half_is_put_back_as_it_was() -> None:
    text, swaps = half_spun(ROW)
    assert text == "Boxers seized the patch, then the fighters left the region."
    assert [text[swap.start : swap.end] for swap in swaps] == ["Boxers", "patch"]


def test_an_interval_of_f1_is_that_of_the_pairs_drawn_anew() -> None:
    right, wrong = {"P": 100.0, "R": 100.0}, {"P": 0.0, "R": 0.0}
    # A share of 100 drawn by halves: 50 less and more 1.96 times a standard error of 5.
    assert f1_interval([right, wrong] * 50) == pytest.approx((40.2, 59.8), abs=1.5)
    assert f1_interval([{"P": 100.0, "R": 50.0}] * 9) == pytest.approx((200 / 3, 200 / 3))


def test_area_under_the_curve_counts_ties_half() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([0.0, 1.0])) == 0.875  # of four pairs three are won, one is tied


def test_pairs_of_one_day_are_decided_once_and_with_a_reason() -> None:
    pairs = read_pairs(PAIRS)
    assert len({frozenset((pair.one, pair.other)) for pair in pairs}) == len(pairs)
    assert {pair.decision for pair in pairs} == {*ASKED, "other"}
    assert all(pair.one != pair.other and pair.reason for pair in pairs)
    assert sum(pair.decision == "independent" for pair in pairs) >= 50  # fewer would show nothing


@pytest.mark.parametrize(
    ("here", "likely", "right"),
    [
        ((18, 23), "region", True),
        ((14, 23), "the Region", True),  # a word more on both sides
        ((18, 23), "area", False),
        ((0, 6), "region", False),
        ((25, 29), "then", False),  # nobody changed it
        ((18, 29), "region, then", True),
        ((7, 23), "took the region", False),
    ],
)
def test_a_wording_is_right_that_gives_back_what_stood_there(here: tuple[int, int], likely: str, right: bool) -> None:
    spun = Spun(ROW["text"], tuple(Swap(*swap) for swap in ROW["swaps"]))
    place = {"start": here[0], "end": here[1]}
    swaps = touched(spun, place)
    assert (bool(swaps) and is_right(spun, swaps, place, likely)) is right
