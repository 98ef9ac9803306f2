"""What is judged, and of which texts the marks are asked, does not hang on how the work is dealt out."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.classifier import Classifier
from detector.model_store import save_model
from detector.resources import Resources
from detector.training.corpus import CorpusArticle
from detector.training.evaluate.measure import MARKED, judge
from detector.training.evaluate.work import Item
from detector.training.examples import Example

ARTICLE = CorpusArticle("a", "wire", None, None, None, None, "")
SHORT = "Too short for a verdict."


@pytest.mark.parametrize("workers", [1, 2])
def test_the_marks_of_the_same_texts_are_asked_whatever_the_number_of_workers(
    workers: int, tmp_path: Path, resources: Resources, classifier: Classifier, spun_texts: tuple[str, ...]
) -> None:
    save_model(tmp_path / "model", resources, classifier, {"name": "tiny", "version": "1"})
    texts = [SHORT, *(spun_texts * 2)[:13]]
    items = [Item(Example(text, (), f"number {i}"), ARTICLE) for i, text in enumerate(texts)]
    judged = judge(items, tmp_path / "model", workers)
    assert [one.item for one in judged] == items[1:]
    asked = [one.item.example.family for one in judged if one.marks is not None]
    assert asked == [f"number {i}" for i in range(MARKED, len(texts), MARKED)]
