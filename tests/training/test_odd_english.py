"""The odd English that training learns to leave alone, and its reader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from detector.errors import CorpusError
from detector.training.odd_english import odd_english
from detector.training.texts import judgeable

CASES = Path(__file__).parents[1] / "cases"
RUN = 7  # words in a row that two texts of one author may share by chance no more; "left with egg on his face" is six


def test_every_article_can_be_judged_and_stands_once() -> None:
    articles = odd_english()
    texts = [article.text for article in articles]
    assert len(texts) == len(set(texts)) >= 90
    assert all(judgeable(text) for text in texts)
    assert len({article.id for article in articles}) == len(articles)


def test_no_case_of_the_tests_is_learnt() -> None:
    """The cases of tests/cases say something only as long as training never saw them."""
    learnt = {run for article in odd_english() for run in runs(article.text)}
    cases = [case["text"] for path in CASES.glob("*.json") for case in json.loads(path.read_text("utf-8"))["cases"]]
    assert len(cases) > 300
    shared = {run for text in cases for run in runs(text)} & learnt
    assert not shared


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return {tuple(words[k : k + RUN]) for k in range(len(words) - RUN + 1)}


def test_runs_are_found() -> None:
    assert runs("A b, c d. e f g h") == {tuple("abcdefg"), tuple("bcdefgh")}


@pytest.mark.parametrize("row", ['{"id": "x"}', '{"text": "No id."}', '{"text": 5}', "[]", "no JSON"])
def test_a_line_that_is_no_article_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text('{"id": "one", "text": "Some text."}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"odd\.jsonl:2: expected"):
        odd_english(path)
