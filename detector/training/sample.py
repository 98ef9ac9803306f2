"""The sample stories as training texts: far too few to judge by, enough to show every step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from detector.errors import CorpusError
from detector.training.corpus import CorpusArticle
from detector.training.feedback import read_feedback
from detector.training.prepare import FileRead, Placed, Prepared
from detector.training.texts import MACHINE

TURNS = ("fit", "calibrate", "fit", "test")  # the part of each story, in turn


def prepare_sample(folder: Path, feedback: Sequence[Path] = ()) -> Prepared:
    """Part the stories that `folder`/index.jsonl lists.

    So few cannot be parted in four: the language part is all of them, and some stand in for English originals.
    """
    verdicts, bad = read_feedback(feedback)
    clean = [Placed(article, i) for i, article in enumerate(read_sample(folder, "clean"))]
    translated = read_sample(folder, "machine_translated")
    if len(clean) < len(TURNS) or len(translated) < 2:
        raise CorpusError(f"expected {len(TURNS)} clean stories and two translated ones or more in {folder}")
    parts = {name: [one for one in clean if TURNS[one.story % len(TURNS)] == name] for name in TURNS}
    originals = [(_as(one.article, "original_english"), name) for name, own in parts.items() for one in own[::2]]
    machine = [(_as(article, MACHINE), ("fit", "calibrate")[i % 2]) for i, article in enumerate(translated)]
    words = sum(len(one.article.text.split()) for one in clean)
    files = [FileRead(folder / "index.jsonl", len(clean) + len(translated), 0, words)]
    return Prepared({"language": clean, **parts}, [*originals, *machine], verdicts, files, bad, Counter())


def sample_files(folder: Path) -> list[Path]:
    """The files that the sample consists of."""
    return [folder / "index.jsonl", *sorted(folder.glob("clean/*.txt")), *sorted(folder.glob("translated/*.txt"))]


def read_sample(folder: Path, kind: str) -> list[CorpusArticle]:
    """The stories of one kind that are plain text, by their names."""
    try:
        lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
        entries = [entry for entry in map(json.loads, lines) if entry["kind"] == kind and entry["format"] == "text"]
        return [
            CorpusArticle(
                id=entry["id"],
                source="sample",
                outlet=entry["outlet"],
                date=entry["published"],
                title=entry["title"],
                variety=entry["variety"],
                text=(folder / entry["path"]).read_text(encoding="utf-8"),
            )
            for entry in sorted(entries, key=lambda entry: str(entry["id"]))
        ]
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"expected the sample stories and their index.jsonl in {folder}: {error}") from error


def _as(article: CorpusArticle, kind: str) -> CorpusArticle:
    return replace(article, kind=kind, set="sample", doc_id=article.id)
