"""What an attacker does with marks."""

from __future__ import annotations

import pytest

from detector.findings import Evidence, Suggestion
from detector.text import Span
from detector.training.evaluate.attack import differing, taken


def mark(text: str, start: int, *suggestions: str, also: tuple[Span, ...] = ()) -> Evidence:
    given = tuple(Suggestion(one, 0.9 - 0.1 * i) for i, one in enumerate(suggestions))
    return Evidence(start, start + len(text), text, "x", "y", 1.0, "Z.", suggestions=given, also=also)


def test_every_suggestion_is_taken_in_all_its_places() -> None:
    text = "Tempest shuts the patch; a tempest and a lights blitz."
    marks = [
        mark("Tempest", 0, "storm", "gale", also=(Span(27, 34),)),
        mark("patch", 18),  # nothing is suggested: it stays
        mark("lights blitz", 41, "lightning offensive"),
        mark("blitz", 48, "raid"),  # lies in what is replaced already
    ]
    assert taken(text, marks) == "Storm shuts the patch; a storm and a lightning offensive."
    assert taken(text, []) == text


@pytest.mark.parametrize(
    ("text", "original", "share"),
    [
        ("a storm hit the coast", "A storm hit the coast", 0.0),
        ("a tempest hit the shore", "a storm hit the coast", 0.4),
        ("", "one two", 1.0),
        ("one", "", 1.0),
    ],
)
def test_how_far_a_text_is_from_its_original(text: str, original: str, share: float) -> None:
    assert differing(text, original) == pytest.approx(share)
