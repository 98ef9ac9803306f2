"""Records of two spins become one record."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.training.spinners.base import Replacement, put
from detector.training.swaps import Spun, Swap


def _random_spin(text: str, seed: int) -> Spun:
    """Stretches of up to four characters replaced by other letters, not overlapping."""
    rng = np.random.default_rng(seed)
    made, place = [], 0
    while place < len(text):
        end = min(len(text), place + int(rng.integers(1, 5)))
        if rng.random() < 0.4:
            made.append(Replacement(place, end, "xyzq"[: int(rng.integers(1, 5))]))
        place = end
    return put(text, made)


@given(text=st.text(alphabet="abcx ", max_size=40), seeds=st.tuples(st.integers(0, 999), st.integers(0, 999)))
def test_a_composed_record_restores_the_original(text: str, seeds: tuple[int, int]) -> None:
    first = _random_spin(text, seeds[0])
    second = _random_spin(first.text, seeds[1])
    both = first.then(second)
    assert both.text == second.text
    assert both.original() == text
    for swap in both.swaps:
        assert both.text[swap.start : swap.start + len(swap.spun)] == swap.spun
        assert swap.original != swap.spun


def test_apart_they_stay_apart_and_together_they_are_one() -> None:
    first = Spun("a lights blitz on the patch", (Swap("lightning", "lights", 2), Swap("region", "patch", 22)))
    later = Spun("a lights raid on that patch", (Swap("blitz", "raid", 9), Swap("the", "that", 17)))
    assert first.then(later).swaps == (
        Swap("lightning", "lights", 2),
        Swap("blitz", "raid", 9),
        Swap("the", "that", 17),
        Swap("region", "patch", 22),
    )
    joined = Spun("a beacon on the patch", (Swap("lights blitz", "beacon", 2),))
    assert first.then(joined).swaps == (Swap("lightning blitz", "beacon", 2), Swap("region", "patch", 16))


def test_what_is_put_back_is_no_swap() -> None:
    there = Spun("the patch", (Swap("region", "patch", 4),))
    back = Spun("the region", (Swap("patch", "region", 4),))
    assert there.then(back) == Spun("the region", ())


def test_repairs_stay_repairs_until_they_are_swapped() -> None:
    first = Spun("an area", (Swap("region", "area", 3),), (Swap("a", "an", 0),))
    assert first.then(Spun("an zone", (Swap("area", "zone", 3),))).repairs == (Swap("a", "an", 0),)
    swapped = first.then(Spun("one area", (Swap("an", "one", 0),)))
    assert swapped.repairs == ()
    assert swapped.swaps == (Swap("a", "one", 0), Swap("region", "area", 4))


def test_a_spin_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="of another text"):
        Spun("one", ()).then(Spun("other", ()))
