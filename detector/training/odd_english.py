"""Good but odd English, written for this project: what news corpora hold little of.

Old wire, courts, verse, trades, the English of many countries, two or three passages an article. A classifier fitted on
plain news takes what is rare there for swapped words. It learns from these articles to leave that alone, and from the
same articles spun not to take their writer's style for a sign that nobody touched them. tests/cases holds other texts
of such kinds.
"""

from __future__ import annotations

from pathlib import Path

from detector.errors import CorpusError
from detector.training.corpus import CorpusArticle, json_objects

ODD_ENGLISH = Path(__file__).parents[2] / "data" / "odd_english.jsonl"


def odd_english(path: Path = ODD_ENGLISH) -> list[CorpusArticle]:
    """The articles, untouched; raises CorpusError where a line is none."""
    articles: list[CorpusArticle] = []
    for number, row in json_objects(path):
        if isinstance(row, str) or not all(isinstance(row.get(name), str) for name in ("id", "text")):
            raise CorpusError(f'{path}:{number}: expected {{"id", "text"}}, got another row: mend the line')
        articles.append(CorpusArticle(row["id"], "odd-english", None, None, None, None, row["text"]))
    return articles
