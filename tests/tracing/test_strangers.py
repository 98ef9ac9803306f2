"""The figures that stand behind naming a source are those of README.md, and are told where one is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reports import make_refused, make_report

from detector.comparison import Alignment, Comparison, Derivation, NamesHeld, Source
from detector.findings import Report
from detector.render import to_terminal
from detector.render.report_page import to_html
from detector.tracing.strangers import MEASURED, OF_SHORT, Strangers

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def paraphrased() -> Report:
    names = NamesHeld(n=3, there=1.0, kept=1.0, in_place=1.0)
    shares = Derivation(coverage=0.8, verbatim=0.3, reworded=0.5, added=0.2, dropped=0.1, order=1.0, names=names)
    comparison = Comparison(Alignment((), ()), (), (), shares)
    source = Source("wire-1", "A lightning offensive.", "Pier", None, None, None, 0.8, comparison)
    return replace(
        make_report(), verdict="paraphrased", flagged=True, level="worth_a_look", sources=(source,), archive="wire"
    )


@pytest.mark.parametrize("one", MEASURED)
def test_the_readme_has_the_same(one: Strangers) -> None:
    assert f"archive of {one.archived:,}" in README
    assert f"{100 * one.rate.share:.1f}% of {one.n:,}" in README


def test_both_rates_are_told_apart(paraphrased: Report) -> None:
    for shown in (" ".join(to_terminal(paraphrased, 100).split()), to_html(paraphrased, "today")):
        assert "false alarms by the text alone: at most 1%" in shown
        for one in MEASURED:
            assert f"of {one.n:,} (95% interval" in shown
            assert f"beside {one.archived:,}" in shown
    assert "false alarms by the text alone" in to_html(paraphrased, "today").split("</section>")[0]


def test_a_text_without_a_verdict_has_the_rate_of_short_ones(paraphrased: Report) -> None:
    short = replace(make_refused("abstained"), sources=paraphrased.sources, archive="wire")
    shown = " ".join(to_terminal(short, 100).split())
    (one,) = OF_SHORT
    assert f"cut to 115 words whose source was not archived, {100 * one.rate.share:.1f}% of {one.n}" in shown
    assert f"of {MEASURED[1].n:,}" not in shown
    assert f"cut to 50 / 80 / 115 words, archive of {one.archived:,}" in README
    assert f" / {100 * one.rate.share:.1f}% of {one.n}" in README


def test_where_no_source_was_asked_for_there_is_one_rate(paraphrased: Report) -> None:
    shown = to_terminal(make_report())
    assert "false alarms: at most" in shown
    assert "by sources" not in shown
    none = to_terminal(replace(paraphrased, verdict="no_signs", flagged=False, level="none", sources=()))
    assert "by the text alone" in none
    assert "by sources" not in none
