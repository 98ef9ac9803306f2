"""Readers of the development data, which is not part of the project: a folder that holds

corpora/clean/dev/*.jsonl.zst           untouched articles: id, source, outlet, text
corpora/clean/train, corpora/translation/train   what the model was trained on, for the baselines
corpora/translation/dev/*.jsonl.zst     machine and human translations: kind, set, pair, doc_id, text
spun_dev/FAMILY_RATE.jsonl.zst          articles spun by families that training never saw: text, swaps
rewrites/spun.jsonl, paraphrased.jsonl  whole articles rewritten by a language model: voice or style, original, text
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detector.batch import score_stream
from detector.findings import Report
from detector.pipeline import EvidenceFor
from detector.text import Record, Span
from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.examples import Example
from detector.training.swaps import Swap

FAMILIES = ("phrase_table", "thesaurus")
RATES = (5, 10, 15, 25)  # per cent of words swapped


def clean_dev(shared: Path) -> dict[str, list[CorpusArticle]]:
    """Untouched articles by corpus."""
    folder = shared / "corpora" / "clean" / "dev"
    return {path.name.split(".")[0]: list(read_corpus(path)) for path in sorted(folder.glob("*.jsonl.zst"))}


def spun_dev(shared: Path, family: str, rate: int) -> list[dict[str, Any]]:
    """Spun articles of one family and rate; `swaps` are [original, spun, start]."""
    import zstandard

    path = shared / "spun_dev" / f"{family}_{rate:02d}.jsonl.zst"
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        return [json.loads(line) for line in io.TextIOWrapper(stream, encoding="utf-8")]


def rewrites(shared: Path) -> list[dict[str, Any]]:
    """Whole rewritten articles: `group` is voice V1 to V4 (spun) or style A to D (paraphrased)."""
    rows = []
    for name, key in (("spun", "voice"), ("paraphrased", "style")):
        with (shared / "rewrites" / f"{name}.jsonl").open(encoding="utf-8") as file:
            rows += [{**row, "group": row[key]} for row in map(json.loads, file)]
    return rows


def translation_dev(shared: Path) -> list[CorpusArticle]:
    """Machine and human translations of the same news, and English originals."""
    folder = shared / "corpora" / "translation" / "dev"
    return [article for path in sorted(folder.glob("*.jsonl.zst")) for article in read_corpus(path)]


def example(row: dict[str, Any]) -> Example:
    """A spun_dev article as training has them."""
    return Example(row["text"], tuple(Swap(*swap) for swap in row["swaps"]), row.get("family", "spun"))


def swapped_spans(row: dict[str, Any]) -> list[Span]:
    """Where the swaps of a spun_dev article stand in its text."""
    return [Span(start, start + len(spun)) for _, spun, start in row["swaps"]]


def score(texts: Sequence[str], model: Path | None, workers: int, evidence: EvidenceFor = "flagged") -> list[Report]:
    """Score texts as `unspin score` does, at the default rate."""

    def records() -> Iterator[Record]:
        for i, text in enumerate(texts):
            yield Record(str(i), text)

    return list(score_stream(records(), model=model, evidence=evidence, workers=workers))
