"""Examples to fit on: spun as a whole or in part, and labelled token by token."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detector.text import Document
from detector.training.examples import PART, covered, spin
from detector.training.swaps import Spun, Swap


class Shout:
    """A family that puts every "storm" into capitals."""

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        starts = [i for i in range(len(text)) if text.startswith("storm", i)]
        return Spun(text.replace("storm", "STORM"), tuple(Swap("storm", "STORM", start) for start in starts))


TEXT = "\n\n".join(["A storm closed the port, officials said. Another storm came."] * 8)


def test_every_swap_stands_where_it_is_recorded() -> None:
    for example in spin([TEXT] * 20, {"shout": Shout()}, seed=1, partly=0.5):
        assert example.family == "shout"
        assert all(example.text[swap.start : swap.start + 5] == "STORM" for swap in example.swaps)
        assert len(example.swaps) == example.text.count("STORM")
        assert example.text.casefold() == TEXT.casefold()


def test_part_of_a_text_is_spun() -> None:
    whole = TEXT.count("storm")
    counts = [len(example.swaps) for example in spin([TEXT] * 40, {"shout": Shout()}, seed=1, partly=1.0)]
    assert len(set(counts)) > 3
    in_part = [count for count in counts if count < whole]
    assert len(in_part) > 20
    assert all(PART[0] - 0.1 <= count / whole <= PART[1] + 0.1 for count in in_part)
    assert {len(example.swaps) for example in spin([TEXT] * 9, {"shout": Shout()}, seed=1, partly=0.0)} == {whole}


def test_a_seed_gives_the_same_examples() -> None:
    assert spin([TEXT] * 5, {"shout": Shout()}, seed=3) == spin([TEXT] * 5, {"shout": Shout()}, seed=3)


@pytest.mark.parametrize("text", ["", "storm", "One line without an end"])
def test_a_text_without_parts_is_spun_whole(text: str) -> None:
    (example,) = spin([text], {"shout": Shout()}, seed=1, partly=1.0)
    assert len(example.swaps) == text.count("storm")


def test_tokens_that_a_swap_covers(make_document: Callable[[str], Document]) -> None:
    document = make_document("Troops began a lights blitz in the region.")
    marked = covered(document, [Swap("lightning offensive", "lights blitz", 15)])
    assert [document.quote(i, i) for i in np.flatnonzero(marked)] == ["lights", "blitz"]
