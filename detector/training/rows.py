"""Rows of a work folder: JSON Lines compressed by zstandard, written whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.errors import CorpusError
from detector.training.corpus import FIELDS, CorpusArticle, json_objects
from detector.training.examples import Example
from detector.training.steps import written_whole
from detector.training.swaps import Swap

LEVEL = 9  # of zstandard: 100 MB for 60 million words


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows, streamed; the same rows give the same bytes."""
    import zstandard  # training only: no core dependency

    packer = zstandard.ZstdCompressor(level=LEVEL)
    with (
        written_whole(path) as partial,
        partial.open("wb") as raw,
        packer.stream_writer(raw) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as lines,
    ):
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows that `write_rows` wrote, streamed."""
    for number, row in json_objects(path):
        if isinstance(row, str):
            raise CorpusError(f"{path}:{number}: {row}; remove the file, and run its step again")
        yield row


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """The texts of a file of articles, read anew each time that they are gone through."""

    path: Path

    def __iter__(self) -> Iterator[str]:
        return (row["text"] for row in read_rows(self.path))


def article_row(article: CorpusArticle, **more: object) -> dict[str, Any]:
    """The fields of an article that are set, and `more`."""
    given = {name: getattr(article, name) for name in FIELDS}
    return {**{name: value for name, value in given.items() if value is not None}, **more}


def read_articles(path: Path, **wanted: str) -> Iterator[CorpusArticle]:
    """Read articles, streamed: those whose row has the `wanted` values, such as `part="fit"`."""
    for row in read_rows(path):
        if all(row.get(name) == value for name, value in wanted.items()):
            yield _article(row)


def _article(row: dict[str, Any]) -> CorpusArticle:
    values: dict[str, Any] = {name: row.get(name) for name in FIELDS}
    return CorpusArticle(**values)


def example_row(example: Example, article: CorpusArticle) -> dict[str, Any]:
    """A spun text, or an untouched one, with the article that it was made from."""
    swaps = [list(swap) for swap in example.swaps]
    return {"text": example.text, "swaps": swaps, "family": example.family, "id": article.id, "source": article.source}


def read_examples(path: Path) -> list[Example]:
    """Read what `example_row` gave."""
    return [Example(row["text"], tuple(Swap(*swap) for swap in row["swaps"]), row["family"]) for row in read_rows(path)]
