"""The ledger quotes what a spinner did, and leaves what an editor does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.comparison import Comparison

Compared = Callable[[str, str], Comparison]

REFERENCE = (
    "Troops began a lightning offensive in the disputed Karabakh region on Tuesday. "
    "Police closed the street where the bomb went off and said they would never negotiate with the gunmen. "
    "Officials control the flow of goods across the border."
)
SUSPECT = (
    "Troops began a lights blitz in the disputed Karabakh patch on Tuesday. "
    "Police closed the street the place the bomb went off and said they would by no means negotiate with the gunmen. "
    "Officials keep an eye on the flow of goods across the border."
)


def ledger(comparison: Comparison) -> list[tuple[str, str]]:
    return [(swap.suspect.text, swap.reference.text) for swap in comparison.swaps]


def test_what_a_spinner_did(compared: Compared) -> None:
    comparison = compared(SUSPECT, REFERENCE)
    assert ledger(comparison) == [
        ("lights blitz", "lightning offensive"),
        ("patch", "region"),
        ("the place", "where"),
        ("by no means", "never"),
        ("keep an eye on", "control"),
    ]
    for swap in comparison.swaps:
        assert SUSPECT[swap.suspect.start : swap.suspect.end] == swap.suspect.text
        assert REFERENCE[swap.reference.start : swap.reference.end] == swap.reference.text
        assert (swap.operation, swap.severity) == ("substituted", "wording")


def test_odds_favour_the_wording_of_the_wire(compared: Compared) -> None:
    forth = {swap.suspect.text: swap.odds for swap in compared(SUSPECT, REFERENCE).swaps}
    back = {swap.reference.text: swap.odds for swap in compared(REFERENCE, SUSPECT).swaps}
    for phrase in ("lights blitz", "the place"):
        assert forth[phrase] is not None
        assert forth[phrase] > 3 > 0 > -3 > back[phrase]


@pytest.mark.parametrize(
    ("suspect", "reference"),
    [
        ("The defense ministry", "The defence ministry"),
        ("Output fell 3 percent at the ministry", "Output fell 3 per cent at the ministry"),
        ("Seven officials of the ministry", "7 officials of the ministry"),
        ("Mr Ahmed of the ministry", "Mr. Ahmed of the ministry"),
        ("On Oct. 3 the ministry", "On October 3 the ministry"),
        ("The “old” ministry", 'The "old" ministry'),
        ("The U.S. ministry", "The US ministry"),
    ],
)
def test_house_style_is_no_swap(compared: Compared, suspect: str, reference: str) -> None:
    rest = " recognised that the programme would close next week."
    comparison = compared(suspect + rest.replace("ised", "ized"), reference + rest)
    assert ledger(comparison) == []
    assert comparison.facts == ()


def test_an_article_that_follows_its_word_is_no_swap(compared: Compared) -> None:
    reference = "Police in Melnik spoke of a strong earthquake near the coast on Friday night."
    assert ledger(compared(reference.replace("a strong", "an intense"), reference)) == [("intense", "strong")]


def test_no_ledger_of_texts_that_share_a_quotation(compared: Compared) -> None:
    quotation = '"We will rebuild every house in this valley before the winter comes," '
    comparison = compared(
        "Speaking to villagers after mass, the president made a pledge. " + quotation + "he said.",
        "The head of state toured the flooded districts by helicopter. " + quotation + "she added.",
    )
    assert comparison.swaps == ()
    assert comparison.derivation.coverage == 0


def test_a_word_put_in_or_left_out_stands_with_a_neighbour(compared: Compared) -> None:
    reference = "Police in Melnik said on Friday that the old bridge over the river would stay closed."
    suspect = reference.replace("old bridge", "bridge").replace("closed", "completely closed")
    assert [
        (swap.operation, swap.suspect.text, swap.reference.text) for swap in compared(suspect, reference).swaps
    ] == [
        ("deleted", "bridge", "old bridge"),
        ("inserted", "completely closed", "closed"),
    ]


def test_an_auxiliary_put_in_stands_with_its_verb(compared: Compared) -> None:
    reference = "The company said the mine in Melnik ended its strike on Friday after eleven weeks of talks."
    suspect = reference.replace("ended", "has ended")
    (swap,) = compared(suspect, reference).swaps
    assert (swap.operation, swap.suspect.text, swap.reference.text) == ("inserted", "has ended", "ended")
