"""An attacker who has the detector: takes every suggestion that it shows, spins again, and so on.

An attacker who takes the suggestions restores the original, which is what the owner of the text wants: so the share of
words that still differ from the original is told beside the share that is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np

from detector.classifier import wilson
from detector.findings import Evidence
from detector.ingest.clutter import find_clutter
from detector.pipeline import Detector
from detector.segment import segment
from detector.training.evaluate.measure import SPUN, flags, thresholds_of
from detector.training.evaluate.work import Item
from detector.training.swaps import Spinner

ROUNDS = 5
MOST_WORDS = 1_000  # of a text that is attacked: comparing words is quadratic at worst


class Seen(NamedTuple):
    """What the attacker sees of a text: whether it is flagged as spun (None: no thresholds), and its marks."""

    found: bool | None
    marks: list[Evidence]


def attack(
    detector: Detector, items: Sequence[Item], spinners: Mapping[str, Spinner], seed: int
) -> list[dict[str, Any]]:
    """Rows: the texts as they were spun, then ROUNDS times with the suggestions taken, and spun again.

    Each row has `step`, `round`, `n`, `share` found with its `interval`, and the mean share of words that `differ` from
    the original's. Texts of families that are not at hand are left out.
    """
    kept = [item for item in items if item.example.family in spinners and len(item.example.text.split()) <= MOST_WORDS]
    originals = [item.article.text for item in kept]
    texts = [item.example.text for item in kept]
    seen = look(detector, texts)
    rows = [_row(0, "spun", seen, texts, originals)]
    for number in range(1, ROUNDS + 1):
        texts = [taken(text, one.marks) for text, one in zip(texts, seen, strict=True)]
        rows.append(_row(number, "suggestions taken", look(detector, texts), texts, originals))
        texts = [
            spinners[item.example.family].spin(text, item.share, np.random.default_rng([seed, number, i])).text
            for i, (item, text) in enumerate(zip(kept, texts, strict=True))
        ]
        seen = look(detector, texts)
        rows.append(_row(number, "spun again", seen, texts, originals))
    return rows


def look(detector: Detector, texts: Sequence[str]) -> list[Seen]:
    """What is shown of each text."""
    documents = [segment(text, detector.resources.vocabulary, find_clutter(text).spans) for text in texts]
    thresholds = thresholds_of(detector.classifier)
    seen = []
    for one in detector.measure(documents):
        marks = detector.marks(one)
        flagged = flags(one, marks, thresholds)
        seen.append(Seen(None if flagged is None else bool(flagged[SPUN]), marks))
    return seen


def taken(text: str, marks: Sequence[Evidence]) -> str:
    """The text with the best suggestion of every mark in all its places; of places that overlap the first."""
    wanted = sorted((place, mark.suggestions[0].text) for mark in marks if mark.suggestions for place in mark.places)
    parts, end = [], 0
    for place, suggestion in wanted:
        if place.start >= end:
            parts += [text[end : place.start], _capital(suggestion, text[place.start : place.end])]
            end = place.end
    return "".join([*parts, text[end:]])


def _capital(suggestion: str, stood: str) -> str:
    return suggestion[:1].upper() + suggestion[1:] if stood[:1].isupper() else suggestion


def differing(text: str, original: str) -> float:
    """Share of the words of `original` that do not stand in `text` in their order, case aside.

    >>> round(differing("Fighters seized the patch", "fighters seized the region"), 2)
    0.25
    """
    here, there = text.casefold().split(), original.casefold().split()
    matched = sum(block.size for block in SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks())
    return 1 - matched / max(len(there), 1)


def _row(
    number: int, step: str, seen: Sequence[Seen], texts: Sequence[str], originals: Sequence[str]
) -> dict[str, Any]:
    differ = [differing(*pair) for pair in zip(texts, originals, strict=True)]
    row: dict[str, Any] = {"round": number, "step": step, "n": len(seen), "share": None, "interval": None}
    row["differ"] = float(np.mean(differ)) if differ else None
    if seen and all(one.found is not None for one in seen):
        rate = wilson(sum(bool(one.found) for one in seen), len(seen))
        row |= {"share": rate.share, "interval": list(rate.interval)}
    return row
