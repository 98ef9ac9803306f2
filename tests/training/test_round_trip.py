"""Round trips: with a stand-in for Apertium everywhere, with the real one where it is installed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from system import needs

from detector.errors import CorpusError
from detector.training.examples import translate
from detector.training.spinners import RoundTrip, round_trip, round_trips

INSTALLED = round_trips()
NEEDS_APERTIUM = needs(bool(INSTALLED), "Apertium with a pair of English")
TEXT = """Officials said on Monday that  the army had left the region.\tIt was quiet.

“We will *not* go back,” a [local] man @home told reporters for $5.

"""
STAND_IN = """#!/bin/sh
if [ "$1" = -l ]; then printf '  there-x\\n  x-there\\n'; exit; fi
sed -e 's/the army/*the #militia/; s/on Monday/On monday/; s/a \\(local\\|  *local\\)/one/; s/ told/  told @/'
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RoundTrip:
    """A program that exchanges a few words and leaves marks."""
    program = tmp_path / "apertium"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    monkeypatch.setattr(round_trip, "COMMAND", str(program))
    return RoundTrip(("there-x", "x-there"))


def test_marks_blanks_and_odd_capitals_are_removed(stand_in: RoundTrip) -> None:
    spun = stand_in.spin(TEXT, 1.0, np.random.default_rng(1))
    assert spun.original() == TEXT
    assert "said on monday that  the militia had" in spun.text  # blanks of the original stay
    assert "told reporters for $5" in spun.text
    assert not set("*#@") & set(spun.text)
    assert spun.text.count("\n") == TEXT.count("\n")
    assert all(swap.original and swap.spun for swap in spun.swaps)


def test_a_share_is_a_share_of_lines(stand_in: RoundTrip) -> None:
    text = "\n".join(["Then the army left."] * 20)
    counts = [len(stand_in.spin(text, share, np.random.default_rng(1)).swaps) for share in (0.0, 0.1, 0.5, 1.0)]
    assert counts == [0, 2, 10, 20]


def test_many_texts_go_in_one_call_and_come_back_each_in_its_place(stand_in: RoundTrip) -> None:
    texts = [TEXT, "", "Then the army left.", "\n\n", "Nothing."]
    spun = stand_in.spin_all(texts, 1.0, np.random.default_rng(1))
    assert [one.original() for one in spun] == texts
    assert [one.text for one in spun[1:]] == ["", "Then the militia left.", "\n\n", "Nothing."]


def test_only_what_is_installed_whole_is_offered(stand_in: RoundTrip, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = round_trips([("there-x", "x-there"), ("there-x", "x-y", "y-there")])
    assert list(offered) == ["round-trip-there-x-there"]
    monkeypatch.setattr(round_trip, "COMMAND", "/nowhere/apertium")
    assert round_trips() == {}
    with pytest.raises(CorpusError, match="apt install apertium"):
        stand_in.translate(["A line."])


@pytest.mark.parametrize(
    ("script", "message"),
    [("exit 3", "ended with code 3"), ("echo one; echo; echo two", "expected 1 paragraphs back, got 2")],
)
def test_a_failing_translator_is_told(stand_in: RoundTrip, tmp_path: Path, script: str, message: str) -> None:
    (tmp_path / "apertium").write_text(f"#!/bin/sh\n{script}\n")
    with pytest.raises(CorpusError, match=message):
        stand_in.translate(["A line."])


def test_a_hanging_translator_is_ended_with_all_that_it_started(stand_in: RoundTrip, tmp_path: Path) -> None:
    (tmp_path / "apertium").write_text("#!/bin/sh\nsleep 60 | cat\n")
    started = time.monotonic()
    with pytest.raises(CorpusError, match=r"took longer than 0\.2 s"):
        RoundTrip(stand_in.chain, timeout_seconds=0.2).translate(["A line."])
    assert time.monotonic() - started < 10


@given(
    old=st.lists(st.sampled_from("abc"), max_size=12), new=st.lists(st.sampled_from("abcd"), min_size=1, max_size=12)
)
@settings(max_examples=60)
def test_any_change_of_words_is_recorded(old: list[str], new: list[str]) -> None:
    text = "  ".join(old)
    changes = list(round_trip._changes(text, 0, len(text), " ".join(new))) if old else []
    spun = round_trip.put(text, changes)
    assert spun.original() == text
    assert spun.text.split() == (new if old else [])
    assert all(swap.original and swap.spun for swap in spun.swaps)


def test_training_gets_whole_texts_each_by_one_trip(stand_in: RoundTrip) -> None:
    texts = ["Then the army left.\n\nThe army came."] * 3

    class Louder:
        def translate(self, lines: list[str]) -> list[str]:
            return [line.upper() for line in lines]

    assert translate(texts, {"a": Louder(), "b": stand_in}) == [
        texts[0].upper(),
        "Then the militia left.\n\nThe army came.",
        texts[2].upper(),
    ]
    assert translate(texts, {}) == texts


@NEEDS_APERTIUM
def test_the_real_apertium_rewords_and_the_record_restores() -> None:
    trip = min(INSTALLED.values(), key=lambda trip: len(trip.chain))
    (spun,) = trip.spin_all([TEXT * 3], 1.0, np.random.default_rng(1))
    assert spun.original() == TEXT * 3
    assert spun.swaps
    assert not set("*#@") & set(spun.text)
