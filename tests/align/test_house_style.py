"""Spelling variants and agency style are one; different words stay two."""

from __future__ import annotations

import pytest

from detector.align.house_style import printed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("defence", "defense"),
        ("per cent", "percent"),
        ("organisation", "organization"),
        ("analysed", "analyzed"),
        ("colours", "colors"),
        ("travelling", "traveling"),
        ("theatre", "theater"),
        ("seven", "7"),
        ("mr .", "mr"),
        ("oct .", "october"),
        ("u.s.", "us"),
        ("1,200", "1200"),
        ("2.5m", "2.5 million"),
        ("co - operate", "cooperate"),
        ("policy - makers", "policymakers"),
        ("whilst", "while"),
    ],
)
def test_variants_are_printed_alike(one: str, other: str) -> None:
    assert printed(tuple(one.split())) == printed(tuple(other.split()))


@pytest.mark.parametrize(
    ("one", "other"),
    [("filled", "filed"), ("four", "for"), ("2.5", "25"), ("defence", "offence"), ("7", "70"), ("may", "might")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert printed((one,)) != printed((other,))


@pytest.mark.parametrize("hostile", ["", "-", "....", "a" * 10_000, "\ud800", "٣٤", "1" * 500 + ",000", "ß"])
def test_any_token_has_a_key(hostile: str) -> None:
    assert isinstance(printed((hostile,)), str)
