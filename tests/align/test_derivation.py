"""Shares of a text that come from another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detector.align import Linker, compare
from detector.align.derivation import covered_within
from detector.comparison import Comparison
from detector.resources import Resources
from detector.segment import segment

Compared = Callable[[str, str], Comparison]

FIRST = "Police closed the old bridge in Melnik on Friday after a storm."
SECOND = "The central bank in Lisbon kept its key rate unchanged this month."
THIRD = "Bakers across the northern province sold out of bread by noon."


def test_shares_are_of_words(compared: Compared) -> None:
    suspect = f"{FIRST} {SECOND.replace('unchanged', 'steady')} Nobody expected any of it."
    derivation = compared(suspect, f"{FIRST} {SECOND} {THIRD}").derivation
    assert derivation.verbatim == pytest.approx(23 / 29)
    assert derivation.reworded == pytest.approx(1 / 29)
    assert derivation.added == pytest.approx(5 / 29)
    assert derivation.coverage == pytest.approx(derivation.verbatim + derivation.reworded)
    assert derivation.dropped == pytest.approx(11 / 35)
    assert derivation.order == 1


def test_order_is_a_rank_correlation(compared: Compared) -> None:
    # Ranks 1 2 3 against 3 1 2: Spearman's formula gives 1 - 6 * (4 + 1 + 1) / (3 * 8).
    derivation = compared(f"{THIRD} {FIRST} {SECOND}", f"{FIRST} {SECOND} {THIRD}").derivation
    assert derivation.order == pytest.approx(-0.5)
    assert derivation.verbatim == 1


def test_a_short_sentence_goes_with_its_neighbours(compared: Compared) -> None:
    quotation = '"We had no warning at all," he said.'
    pairs = compared(f"{FIRST} {quotation}", f"{FIRST} {quotation}").alignment.pairs
    assert [pair.derived for pair in pairs] == [True, True]


def test_a_list_of_quotations_is_measured_by_what_they_say(compared: Compared) -> None:
    quotations = f"“{FIRST}”\n“{SECOND}”\n“{THIRD}”"
    assert compared(quotations, quotations).derivation.verbatim == 1
    assert compared(quotations, f"{THIRD} He told them.").derivation.coverage < 0.5


def test_what_is_covered_of_some_sentences_is_no_matter_of_the_others(news: Resources, linker: Linker) -> None:
    suspect = segment(
        f"{FIRST} {SECOND.replace('this month', 'in the end')} Nobody expected any of it.", news.vocabulary
    )
    alignment = compare(suspect, segment(f"{FIRST} {SECOND}", news.vocabulary), news, linker).alignment
    covered = [covered_within(alignment, suspect, np.arange(3) == sentence) for sentence in range(3)]
    assert covered[0] == 1
    assert 10 / 13 <= covered[1] <= 1
    assert covered[2] == 0
    assert covered_within(alignment, suspect, np.ones(3, bool)) < covered[1]
    assert covered_within(alignment, suspect, np.zeros(3, bool)) == 0
