"""Folding: what is made plain, what is hidden, and the way back to the text as given."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.folding import fold

TRICKY = "aZé ñ1.'\"`\r\n\u00ad\u200b\u200d\u202e\u2060\ufeff\u2019\u2014\u00a0\u2028\u0430\u0441\u0416\u03bf\u03c0"
TRICKY += "ａ１ﬁ𝐛中😀\ud800"
TEXTS = st.text(st.characters() | st.sampled_from(TRICKY), max_size=60)


def hidden(text: str) -> list[str]:
    """The hidden characters of `text`, by quotation."""
    return [text[i] for i in fold(text).hidden]


def origin_of(text: str) -> list[int]:
    folded = fold(text)
    return list(range(len(text) + 1)) if folded.origin is None else folded.origin.tolist()


@given(TEXTS)
def test_every_character_finds_its_way_back(text: str) -> None:
    folded = fold(text)
    origin = origin_of(text)
    assert len(origin) == len(folded.text) + 1
    assert origin == sorted(set(origin))
    assert origin[-1] == len(text)
    for character, place in zip(folded.text, origin, strict=False):
        if text[place].isascii() and text[place] not in "`\r\x0b\x0c":
            assert character == text[place]


@given(TEXTS)
def test_folding_never_lengthens_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) <= len(text)
    again = fold(folded.text)
    assert again.origin is None
    assert again.text == folded.text


@given(TEXTS)
def test_hidden_characters_lie_inside_the_text(text: str) -> None:
    places = fold(text).hidden
    assert places.dtype == np.int32
    assert (np.diff(places) > 0).all()
    assert all(0 <= place < len(text) and not text[place].isascii() for place in places)


@given(st.text(st.characters(max_codepoint=127, exclude_characters="`\r\x0b\x0c")))
def test_ascii_comes_back_as_it_is(text: str) -> None:
    folded = fold(text)
    assert folded.text == text
    assert folded.origin is None
    assert len(folded.hidden) == 0


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\r\nb\r\n\r\nc", "a \nb \n \nc"),
        ("a\rb\u2028c\u2029d\x85e", "a\nb\nc\nd\ne"),
        ("`so'\x0cthen", "'so'\nthen"),
        ("\u201cwe\u2019re\u201d \u00abso\u00bb \u201elow\u201c", '"we\'re" "so" "low"'),
        ("1999\u20132004 \u2014 a ten\u2010year wait \u2212 5", "1999-2004 - a ten-year wait - 5"),
        ("5\u00a0km\u202fand\u2009more", "5 km and more"),
    ],
    ids=["CRLF", "ends of lines", "backticks and form feeds", "quotation marks", "dashes", "spaces"],
)
def test_typography_is_folded_and_no_sign(text: str, plain: str) -> None:
    assert fold(text).text == plain
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("text", "plain", "quoted"),
    [
        ("the p\u0430tch", "the patch", ["\u0430"]),
        ("\u041dospital \u03bfffer", "Hospital offer", ["\u041d", "\u03bf"]),
        ("a \u0441\u043e\u0440 t\u0430lks", "a cop talks", ["\u0441", "\u043e", "\u0440", "\u0430"]),
        ("\u0430 p\u0430tch", "a patch", ["\u0430", "\u0430"]),
        ("\uff30olice", "Police", ["\uff30"]),
        ("𝐏olice", "Police", ["𝐏"]),
        ("pat\u200bch", "patch", ["\u200b"]),
        ("pat\u200b\u200dch", "patch", ["\u200b", "\u200d"]),
        ("pat\u00ad\u200bch", "patch", ["\u200b"]),
        ("pat\u202ech", "patch", ["\u202e"]),
        ("p\u0430\u200btch", "patch", ["\u0430", "\u200b"]),
    ],
)
def test_what_only_a_machine_can_see_is_hidden(text: str, plain: str, quoted: list[str]) -> None:
    assert fold(text).text == plain
    assert hidden(text) == quoted


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zo\u00eb\u2019s caf\u00e9, \u0141\u00f3d\u017a", "Zo\u00eb's caf\u00e9, \u0141\u00f3d\u017a"),
        ("Мир и хлеб", "Мир и хлеб"),
        ("слова «как он сказал в Москве» said", 'слова "как он сказал в Москве" said'),
        ("η Ελλάδα και ο Νίκος", "η Ελλάδα και ο Νίκος"),
        ("TNF-\u03b1 and \u03bd", "TNF-\u03b1 and \u03bd"),
        ("ko\u00adope\u00adration", "kooperation"),
        ("\ufeffThe \u200ecity\u200f \u200b said", "The city  said"),
        ("a heart \u2764\ufe0f", "a heart \u2764"),
        ("می\u200cخواهم", "میخواهم"),
        ("北京，２０２４年", "北京,2024年"),
        ("3 \u00b5m", "3 \u00b5m"),
        ("the o\ufb03ce", "the o\ufb03ce"),
        ("the agency ТАСС said рост", "the agency ТАСС said рост"),
    ],
    ids=[
        "accents",
        "Russian",
        "Russian with words that could be Latin",
        "Greek with words that could be Latin",
        "a Greek letter by itself",
        "soft hyphens",
        "marks outside words",
        "emoji style",
        "a joiner where the script needs it",
        "full-width figures and stops",
        "micro",
        "a ligature",
        "Russian words of letters that could all be Latin",
    ],
)
def test_what_people_write_is_not_hidden(text: str, plain: str) -> None:
    assert fold(text).text == plain
    assert hidden(text) == []


def test_offsets_point_past_what_is_left_out() -> None:
    text = "a\u200bb \u202ec"
    assert fold(text).text == "ab c"
    assert origin_of(text) == [0, 2, 3, 5, 6]


@pytest.mark.parametrize(
    "stretch",
    ["a" * 60_000, "п" * 60_000, "п a " * 15_000, "п" + " " * 60_000, "\u200b" * 60_000],
    ids=["Latin", "Russian", "mixed", "blanks", "zero-width"],
)
def test_long_stretches_take_no_longer_than_their_length(stretch: str) -> None:
    started = time.process_time()
    fold(stretch + "é")
    assert time.process_time() - started < 1
