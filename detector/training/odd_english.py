"""Good but odd English, written for this project: what no spinner touched, and news corpora hold little of.

Old wire, courts, verse, trades, the English of many countries, two passages an article. What a classifier fitted on
plain news takes for swapped words, it learns here to leave alone. tests/cases holds other texts of such kinds.
"""

from __future__ import annotations

from pathlib import Path

from detector.errors import CorpusError
from detector.training.corpus import json_objects
from detector.training.examples import Example, clean_examples

ODD_ENGLISH = Path(__file__).parents[2] / "data" / "odd_english.jsonl"


def odd_english(path: Path = ODD_ENGLISH) -> list[Example]:
    """The articles, untouched; raises CorpusError where a line is none."""
    texts: list[str] = []
    for number, row in json_objects(path):
        text = row if isinstance(row, str) else row.get("text")
        if isinstance(row, str) or not isinstance(text, str):
            raise CorpusError(f'{path}:{number}: expected {{"id", "text"}}, got another row: take the file again')
        texts.append(text)
    return clean_examples(texts)
