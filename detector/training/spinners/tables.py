"""Read the tables of recorded swaps that two families share: original, spun, voice, tab-separated, with a header."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from detector.errors import CorpusError
from detector.training.spinners.base import Entries

HEADER = ("original", "spun", "voice")

Table = dict[str, tuple[tuple[str, ...], ...]]  # lower-case original -> one sense of all its replacements


class Row(NamedTuple):
    """One entry: a phrase, what a spinner put for it, and which spinner (its voice)."""

    original: str
    spun: str
    voice: str


def read_rows(path: Path) -> list[Row]:
    """Read one table; a row that does not have three fields is a CorpusError with its line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise CorpusError(f"no table of swaps at {path}: {error}") from error
    if tuple(lines[0].rstrip("\r").split("\t")) != HEADER:
        raise CorpusError(f"{path}, line 1: expected the header {', '.join(HEADER)}, got {lines[0][:60]!r}")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != len(HEADER) or not all(fields):
            raise CorpusError(f"{path}, line {number}: expected original, spun and voice, got {line[:60]!r}")
        rows.append(Row(*fields))
    return rows


def table_of(rows: Iterable[Row], entries: Entries | None) -> Table:
    """The replacements of each original that `entries` allows."""
    table: dict[str, list[str]] = {}
    for row in rows:
        original = row.original.lower()
        if original != row.spun.lower() and (entries is None or entries(original, row.spun.lower())):
            table.setdefault(original, []).append(row.spun)
    return {original: (tuple(dict.fromkeys(spun)),) for original, spun in table.items()}
