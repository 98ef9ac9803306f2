"""Reports and a Detector made by hand, for tests of what stands above the pipeline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from detector.desk import Desk
from detector.errors import ModelError
from detector.findings import (
    ClassScore,
    Evidence,
    FalsePositiveRate,
    Missed,
    ModelInfo,
    Passage,
    Refusal,
    Report,
    Suggestion,
)
from detector.ingest import USUAL, Limits
from detector.licensees import Licensees
from detector.text import Article, Failure, Note, Record, Span

MODEL = ModelInfo("news-en", "1", "sha256:0")
RATE = FalsePositiveRate(0.01, 0.0083, 2995, (0.0057, 0.0122), "untouched wire copy")


def find_all(text: str, phrase: str) -> list[Span]:
    """Every place of `phrase`."""
    return [Span(*match.span()) for match in re.finditer(re.escape(phrase), text)]


def make_evidence(text: str, phrase: str, nth: int = 0, **changes: Any) -> Evidence:
    """Mark a place of `phrase` in `text`, the first by default."""
    start, end = find_all(text, phrase)[nth]
    values: dict[str, Any] = {
        "extractor": "broken-collocation",
        "kind": "broken-collocation",
        "strength": 7.5,
        "reason": "These two words never stand together in edited news.",
        "suggestions": (Suggestion("lightning offensive", 0.62),),
    }
    return Evidence(start=start, end=end, text=phrase, **values | changes)


def make_passages(text: str, *probabilities: float) -> tuple[Passage, ...]:
    """Cut `text` into stretches of like length, of 100 words each as they say, with these probabilities."""
    edges = [len(text) * i // max(len(probabilities), 1) for i in range(len(probabilities) + 1)]
    return tuple(
        Passage(start, end, 100, 0.2, probability)
        for (start, end), probability in zip(pairwise(edges), probabilities, strict=True)
    )


def make_score(probability: float, threshold: float, untouched_as_high: int) -> ClassScore:
    """Make the score of a class that a tenth of the articles are of, and of whose texts a fifth are missed."""
    return ClassScore(probability, threshold, 0.1, untouched_as_high, Missed(0.2, 500, (0.167, 0.237), "spun articles"))


def make_report(text: str = "A lights blitz.", phrases: Sequence[str] = (), **changes: Any) -> Report:
    """Make a report with a verdict, flagged where there are `phrases`."""
    flagged = bool(phrases)
    values: dict[str, Any] = {
        "id": "story.txt",
        "status": "ok",
        "text_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "language": "en",
        "words": len(text.split()),
        "unknown_words": 1,
        "verdict": "spun" if flagged else "no_signs",
        "level": "worth_a_look" if flagged else "none",
        "flagged": flagged,
        "classes": {
            "spun": make_score(0.9123456789 if flagged else 0.1, 0.62, 12 if flagged else 1800),
            "machine_translated": make_score(0.05, 0.8, 2100),
            "paraphrased": None,
        },
        "probability": 0.9123456789 if flagged else 0.1,
        "false_positive_rate": RATE,
        "evidence": tuple(make_evidence(text, phrase) for phrase in phrases),
        "notices": (Note(0, 1, "translation-notice", text[:1]),),
    }
    return Report(model=MODEL, text=text, **values | changes)


def make_refused(status: str, code: str = "too-short", message: str = "83 words; at least 120 are needed") -> Report:
    """Make a report without a verdict."""
    refusal = Refusal(code, message)
    if status == "error":
        return Report("broken.txt", "error", MODEL, error=refusal)
    return Report("short.txt", "abstained", MODEL, text="Too short.", language="en", words=83, abstention=refusal)


class FakeDetector:
    """Flags articles that say "lights blitz", abstains on those that say "short", and fails where it is told to."""

    chunk_sizes: list[int]
    finder = None

    def __init__(self) -> None:
        self.chunk_sizes = []

    @classmethod
    def load(
        cls,
        model: Path | None = None,
        calibration: Path | None = None,
        archive: Path | None = None,
        licensees: Licensees | None = None,
        references: Sequence[Article] = (),
        limits: Limits = USUAL,
        desk: Desk | None = None,
    ) -> FakeDetector:
        if model is not None and model.name == "missing":
            raise ModelError(f"no fitted model at {model}: name the folder of one, or train one with `make train`")
        return cls()

    @property
    def info(self) -> ModelInfo:
        return MODEL

    def score(
        self, items: Sequence[Record | Failure], *, max_fpr: float = 0.01, evidence: str = "flagged"
    ) -> list[Report]:
        if max_fpr < 0.001:
            raise ValueError(f"expected max_fpr of 0.001 or more, which the calibration supports; got {max_fpr}")
        self.chunk_sizes += [len(items)] if items else []
        return [self._score(item, evidence) for item in items]

    def _score(self, item: Record | Failure, evidence: str) -> Report:
        if isinstance(item, Failure):
            refusal = Refusal(item.code, item.message)
            return Report(item.id, "error", MODEL, error=refusal, input=item.fields)
        if "interrupt" in item.content:
            raise KeyboardInterrupt
        if "crash" in item.content:
            raise ModelError("the model's tables are damaged")
        if "short" in item.content:
            refusal = Refusal("too-short", "3 words; at least 120 are needed")
            return Report(item.id, "abstained", MODEL, text=item.content, words=3, abstention=refusal)
        phrases = ["lights blitz"] if "lights blitz" in item.content and evidence != "none" else []
        report = make_report(item.content, phrases, id=item.id, input=item.fields)
        return report
