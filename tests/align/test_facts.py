"""A changed name, number, date, quotation or speaker is told; a reworded sentence is not a changed fact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.comparison import Comparison

Compared = Callable[[str, str], Comparison]

REFERENCE = (
    "The central bank raised its key rate to 4.5 percent on Tuesday, the highest since 2009. "
    'Governor Mira Tanaka said the board was divided. "We had a long and honest debate about wages," she told '
    "reporters in Lisbon. The bank sold bonds worth $12 million in March."
)


@pytest.mark.parametrize(
    ("was", "became", "type_", "quotes"),
    [
        ("4.5", "4.8", "number", ("4.8", "4.5")),
        ("Tuesday", "Thursday", "date", ("Thursday", "Tuesday")),
        ("2009", "2006", "date", ("2006", "2009")),
        ("March", "April", "date", ("April", "March")),
        ("$12", "£12", "number", ("£", "$")),
        ("million", "billion", "number", ("billion", "million")),
        ("Lisbon", "Madrid", "name", ("Madrid", "Lisbon")),
        ("Tanaka", "Okafor", "attribution", ("Okafor", "Tanaka")),
        (
            "honest", "bitter", "quotation",
            ("We had a long and bitter debate about wages,", "We had a long and honest debate about wages,"),
        ),
    ],
)  # fmt: skip
def test_one_change(compared: Compared, was: str, became: str, type_: str, quotes: tuple[str, str]) -> None:
    (fact,) = compared(REFERENCE.replace(was, became), REFERENCE).facts
    assert fact.suspect
    assert fact.reference
    assert (fact.type, fact.change, fact.suspect.text, fact.reference.text) == (type_, "changed", *quotes)


def test_a_swap_that_changes_a_fact_is_severe(compared: Compared) -> None:
    (swap,) = compared(REFERENCE.replace("Lisbon", "Madrid"), REFERENCE).swaps
    assert swap.severity == "fact"


def test_rewording_changes_no_fact(compared: Compared) -> None:
    suspect = REFERENCE.replace("raised", "lifted").replace("divided", "split").replace("worth", "valued at")
    comparison = compared(suspect, REFERENCE)
    assert comparison.facts == ()
    assert {swap.severity for swap in comparison.swaps} == {"wording"}


def test_spellings_of_one_name_are_no_change(compared: Compared) -> None:
    reference = "President Volodymyr Zelensky met the mayors of four towns near Kiev on Monday morning."
    assert compared(reference.replace("Zelensky", "Zelenskyy").replace("Kiev", "Kyiv"), reference).facts == ()


def test_numbers_in_another_order_are_no_change(compared: Compared) -> None:
    reference = "On Monday 14 tanks crossed the river near the town of Melnik, witnesses said."
    assert (
        compared("Witnesses said 14 tanks crossed the river near the town of Melnik on Monday.", reference).facts == ()
    )


def test_a_number_that_was_put_in(compared: Compared) -> None:
    suspect = REFERENCE.replace("sold bonds", "sold 300 bonds")
    (fact,) = compared(suspect, REFERENCE).facts
    assert fact.suspect
    assert (fact.type, fact.change, fact.suspect.text, fact.reference) == ("number", "added", "300", None)


def test_a_currency_without_a_figure_states_nothing(compared: Compared) -> None:
    added = REFERENCE.replace("sold bonds worth", "sold dollar bonds worth")
    assert compared(added, REFERENCE).facts == ()
    assert compared(REFERENCE, added).facts == ()


def test_what_stands_in_another_sentence_is_not_changed(compared: Compared) -> None:
    reference = (
        "Graham Pellow, 67, wrote himself 311 cheques while he was treasurer of the harbour trust, a court heard."
    )
    suspect = (
        "A man of 67 was jailed. Over eleven long years Graham Pellow wrote himself 311 cheques as he was treasurer of "
        "the harbour trust, a court heard."
    )
    assert [(fact.type, fact.change) for fact in compared(suspect, reference).facts if fact.reference] == []


def test_one_figure_in_the_place_of_another_is_changed_wherever_both_stand(compared: Compared) -> None:
    reference = f"{REFERENCE} Two years ago the rate was 3.5 percent, and 4.8 percent was forecast."
    (fact,) = compared(reference.replace("to 4.5", "to 4.8").replace("and 4.8", "and 4.5"), reference).facts[:1]
    assert fact.suspect
    assert fact.reference
    assert (fact.suspect.text, fact.reference.text) == ("4.8", "4.5")
