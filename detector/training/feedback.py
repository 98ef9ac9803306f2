"""Read reviewers' verdicts on articles, JSON Lines: {"id", "text", "label", "phrases"}.

`label` is "clean", "spun" or "machine_translated". `phrases`, which may be absent, are the stretches of a spun text
that were swapped, word for word; with another label they say nothing: every word of a clean text counts as untouched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detector.errors import CorpusError
from detector.training.corpus import BadRow, checked, json_objects
from detector.training.examples import Example
from detector.training.rows import read_rows
from detector.training.swaps import Swap
from detector.training.texts import MAX_WORDS, MIN_WORDS, judgeable

LABELS = ("clean", "spun", "machine_translated")
MOST_VERDICTS = 20_000  # more would outweigh the corpus: guess
MOST_PHRASES = 500  # of one text: guess


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer said of one text."""

    id: str
    text: str
    label: str
    phrases: tuple[str, ...] = ()

    def example(self) -> Example:
        """The text with every place of its phrases; what stood there before is not known."""
        places = [Swap("", m.group(), m.start()) for phrase in self.phrases for m in _places(phrase, self.text)]
        return Example(self.text, tuple(sorted(places, key=lambda swap: swap.start)), "feedback")

    def row(self) -> dict[str, Any]:
        """The verdict as a row of a work folder."""
        return {**asdict(self), "phrases": list(self.phrases)}


def read_feedback(paths: Sequence[Path]) -> tuple[list[Verdict], list[BadRow]]:
    """Read verdicts, of one text once, and the rows that are none.

    Of a text on which verdicts differ none is taken. Raises CorpusError for more than MOST_VERDICTS.
    """
    verdicts: dict[str, Verdict] = {}
    places: dict[str, str] = {}
    disputed: set[str] = set()
    bad: list[BadRow] = []
    for place, row in _rows(paths):
        try:
            verdict = _verdict(row)
        except ValueError as error:
            bad.append(BadRow(place, str(error)))
            continue
        key = text_key(verdict.text)
        first = verdicts.setdefault(key, verdict)
        if first.label != verdict.label:
            disputed.add(key)
            message = f"expected one verdict on a text, got '{verdict.label}' after '{first.label}' in {places[key]}"
            bad.append(BadRow(place, f"{message}: neither is taken"))
        places.setdefault(key, place)
        if len(verdicts) > MOST_VERDICTS:
            raise CorpusError(f"{place}: expected at most {MOST_VERDICTS:,} verdicts, got more: leave out the oldest")
    return [verdict for key, verdict in verdicts.items() if key not in disputed], bad


def stored_feedback(path: Path, label: str) -> list[Verdict]:
    """The verdicts of one label in a work folder."""
    rows = (row for row in read_rows(path) if row["label"] == label)
    return [Verdict(row["id"], row["text"], row["label"], tuple(row["phrases"])) for row in rows]


def text_key(text: str) -> str:
    """The same for texts that differ in white space and capitals only."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def _rows(paths: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any] | str]]:
    return ((f"{path}:{number}", row) for path in paths for number, row in json_objects(path))


def _verdict(row: dict[str, Any] | str) -> Verdict:
    if isinstance(row, str):
        raise ValueError(row)
    name, text, label = (checked(field, row.get(field)) for field in ("id", "text", "label"))
    if label not in LABELS:
        raise ValueError(f"expected the label clean, spun or machine_translated, got {label[:40]!r}")
    if not judgeable(text):
        raise ValueError(f"expected {MIN_WORDS} to {MAX_WORDS:,} words, got {len(text.split()):,}: give whole articles")
    phrases = row.get("phrases") or []
    if not isinstance(phrases, list) or len(phrases) > MOST_PHRASES:
        raise ValueError(f"expected a list of at most {MOST_PHRASES} texts in field 'phrases'")
    for number, phrase in enumerate(phrases, start=1):
        if not checked("phrases", phrase).strip() or next(_places(phrase, text), None) is None:
            raise ValueError(f"expected phrases that stand in the text, got another (number {number})")
    return Verdict(name, text, label, tuple(dict.fromkeys(phrases)))


def _places(phrase: str, text: str) -> Iterator[re.Match[str]]:
    """Where a phrase stands in a text, as whole words."""
    return re.finditer(rf"(?<!\w){re.escape(phrase.strip())}(?!\w)", text)
