"""Shares of a text that come from another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.comparison import Comparison

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
