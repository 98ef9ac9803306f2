"""What `unspin corpus` refuses, and what it says, before any other step spends its time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from detector.errors import CorpusError
from detector.training.gather import corpus_work
from detector.training.layout import Layout

COMMON = "the of and to that is for it with as his on be at by this had not are but from or have they which one".split()


def story(seed: int) -> str:
    """Words by chance, a half of them such as every English text has."""
    rng = np.random.default_rng(seed)
    return " ".join(
        f"{COMMON[i]} w{n}" for i, n in zip(rng.integers(0, 26, 100), rng.integers(0, 5000, 100), strict=True)
    )


def corpora(folder: Path, n_articles: int, n_translations: int) -> Path:
    own = {"clean": n_articles, "translation": n_translations}
    for kind, count in own.items():
        path = folder / "corpora" / kind / "train" / "own.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = {} if kind == "clean" else {"kind": "mt", "set": "s"}
        rows = [{"id": f"{i}", "doc_id": f"{i}", "text": story(i + 1000 * len(kind)), **more} for i in range(count)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_too_few_articles_are_refused_with_what_each_part_has(tmp_path: Path) -> None:
    folder = corpora(tmp_path / "own", 6, 20)
    with pytest.raises(CorpusError, match=r"at least 5 articles in each part, got language \d, .*: give more clean"):
        corpus_work(tmp_path / "work", corpora=[folder])
    assert not Layout(tmp_path / "work").report.exists()


def test_without_a_machine_translation_there_is_nothing_to_fit_on(tmp_path: Path) -> None:
    folder = corpora(tmp_path / "own", 100, 0)
    (folder / "corpora" / "translation" / "train" / "own.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="no machine translation to fit on"):
        corpus_work(tmp_path / "work", corpora=[folder])


def test_what_is_taken_of_the_verdicts_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, path = corpora(tmp_path / "own", 100, 20), tmp_path / "verdicts.jsonl"
    rows = [{"id": "v", "text": story(7), "label": label} for label in ("Spun", "unclear")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    corpus_work(tmp_path / "work", corpora=[folder], feedback=[path])
    shown = capsys.readouterr().err
    assert "2 bad rows were passed over" in shown
    assert "verdicts of reviewers: none that can be used" in shown
    corpus_work(tmp_path / "work", corpora=[folder])
    assert "the verdicts of the last time are not read" in capsys.readouterr().err
    corpus_work(tmp_path / "work")
    assert "are not read" not in capsys.readouterr().err
