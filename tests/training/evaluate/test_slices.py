"""Rates in groups: names, sizes, and what so few texts cannot say."""

from __future__ import annotations

import numpy as np
import pytest

from detector.classifier import wilson
from detector.training.corpus import CorpusArticle
from detector.training.evaluate.count import expected, misfires
from detector.training.evaluate.measure import Judged
from detector.training.evaluate.slices import OTHERS, all_slices, found, grouped, outlet_of, rate_name, worst, year_of
from detector.training.evaluate.work import Item
from detector.training.examples import Example
from detector.training.swaps import Swap


def judged(
    flagged: bool | None, outlet: str = "Daily", date: str | None = "2011-03-01", n_swaps: int = 0, words: str = ""
) -> Judged:
    text = " ".join(["word"] * 100)
    swaps = tuple(Swap("term", "word", 5 * i) for i in range(n_swaps))
    article = CorpusArticle("id", "wire", outlet, date, None, "US", text)
    item = Item(Example(text, swaps, "pairs" if n_swaps else "clean"), article)
    over = None if flagged is None else np.array([flagged, False])
    marked = tuple(("off-topic", word) for word in words.split())
    return Judged(item, np.zeros(2), np.full(2, 0.1), 100, over, marked, None)


def test_rates_have_n_and_a_wilson_interval() -> None:
    clean = [judged(i < 3) for i in range(300)]
    one = all_slices(clean, [], [], [])["flagged/all/news"]
    assert one == {"share": 0.01, "n": 300, "interval": list(wilson(3, 300).interval), "reachable": True}
    assert not all_slices(clean[1:], [], [], [])["flagged/all/news"]["reachable"]  # 3 / 299 is more than 1%


def test_what_is_found_is_told_of_thirty_texts_and_more() -> None:
    assert found([judged(True, n_swaps=7)] * 30)["reachable"]
    assert not found([judged(True, n_swaps=7)] * 29)["reachable"]


def test_without_thresholds_there_is_no_share() -> None:
    assert found([judged(None, n_swaps=7)] * 40) == {"share": None, "n": 40, "interval": None, "reachable": False}


def test_spun_texts_go_by_family_and_share_of_words() -> None:
    slices = all_slices([], [], [judged(True, n_swaps=7)] * 2 + [judged(False, n_swaps=12)], [])
    assert {name: one["n"] for name, one in slices.items() if name.startswith(("found/all", "found/pairs"))} == {
        "found/all/5-10%": 2,
        "found/all/10-20%": 1,
        "found/pairs/5-10%": 2,
        "found/pairs/10-20%": 1,
    }
    assert [rate_name(share) for share in (0.02, 0.03, 0.05, 0.59, 0.6)] == ["", "3-5%", "5-10%", "40-60%", ""]


def test_small_groups_are_counted_together_and_names_are_made_harmless() -> None:
    many = [judged(False, f"paper {i}") for i in range(30)] + [judged(False, "a/b\x1b[2J\u202e")] * 2
    groups = grouped(many, outlet_of)
    assert next(iter(groups)) == "a-b<U+001B>[2J<U+202E>"
    assert list(groups)[-1] == OTHERS
    assert len(groups[OTHERS]) == 6  # 31 outlets, of which 25 are told apart


@pytest.mark.parametrize(
    ("date", "year"), [("2011-03-01", "2011"), ("2004/2005", "2004"), (None, "(unknown)"), ("12345", "(unknown)")]
)
def test_the_year_of_an_article(date: str | None, year: str) -> None:
    assert year_of(judged(False, date=date)) == year


def test_the_worst_are_certain_false_alarms_then_what_is_missed() -> None:
    def one(hits: int, n: int) -> dict[str, object]:
        rate = wilson(hits, n)
        return {"share": rate.share, "n": n, "interval": list(rate.interval), "reachable": True}

    slices = {
        "flagged/outlet/good": one(3, 400),
        "flagged/outlet/bad": one(40, 400),
        "flagged/outlet/few": {**one(9, 10), "reachable": False},
        "found/pairs/10-20%": one(50, 100),
        "found/light/3-5%": one(1, 100),  # nobody is promised much there
        "found/thesaurus/20-40%": one(400, 400),
    }
    assert worst(slices) == ["flagged/outlet/bad", "found/pairs/10-20%"]


def test_expected_precision_and_accusations() -> None:
    clean, spun = [judged(i < 4) for i in range(400)], [judged(i < 32, n_swaps=7) for i in range(40)]
    table = expected(all_slices(clean, [], spun, []), prevalence=0.05)
    (row,) = [row for row in table["rows"] if row["prevalence"] == 0.05]
    # 0.05 * 0.8 / (0.05 * 0.8 + 0.95 * 0.01), and 9.5 of 1,000 articles
    assert row["precision"]["5-10%"]["share"] == pytest.approx(0.04 / 0.0495)
    assert row["precision"]["5-10%"]["worst"] < row["precision"]["5-10%"]["share"]
    assert row["accused"][0] == pytest.approx(9.5)
    assert expected(all_slices(clean[:200], [], spun, []), 0.05)["rows"] == []  # too few to know the rate


def test_misfires_are_ranked_and_are_words_only() -> None:
    rows = misfires([judged(False, words="blue blue moon"), judged(False)])
    assert rows[0] == {"extractor": "off-topic", "per_500_words": 7.5, "words": [("blue", 2), ("moon", 1)]}
    assert all(row["per_500_words"] == 0 for row in rows[1:])
