"""The public corpora of the shipped model, as data/sources.toml lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from detector.errors import CorpusError

SOURCES = Path(__file__).parents[2] / "data" / "sources.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a public corpus.

    Attributes:
        file: below the folder that CORPORA names.
        repository: where it comes from, on GitHub if nothing else is said.
        taken: what was taken of it.
        licence: as stated there; of most news the text belongs to its publishers.
        documents, words: in the file.
        sha256: of the file.
    """

    file: str
    repository: str
    taken: str
    licence: str
    documents: int
    words: int
    sha256: str


def read_sources(path: Path = SOURCES) -> list[Source]:
    """Read the list; raises CorpusError where an entry lacks a field or has one of another kind."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["file"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise CorpusError(f"{path}: expected a list [[file]] of sources: {error}") from error
    kinds = {field.name: str(field.type) for field in fields(Source)}
    for number, entry in enumerate(entries, start=1):
        if {name: type(value).__name__ for name, value in entry.items()} != kinds:
            raise CorpusError(f"{path}: expected {', '.join(kinds)} in entry {number}, got {', '.join(entry)}")
    return [Source(**entry) for entry in entries]
