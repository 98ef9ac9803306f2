"""What the listening process and the scoring processes say to each other: Start, then Asks and their Answers.

Imports nothing heavy: the listening process has no use for numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from detector.limits import USUAL as USUAL_LIMITS
from detector.limits import Limits
from detector.service.languagetool import Sent

Form = Literal[
    "result", "report-html", "report-json", "report-md", "report-text", "languagetool", "page", "fingerprints"
]
Kind = Literal["draft", "ninjs", "line", "text", "markdown", "html", "docx"]
EvidenceFor = Literal["flagged", "all", "none"]

MAX_RATE = 0.01  # that of detector/classifier.py, which would bring numpy into the listening process


@dataclass(frozen=True, slots=True)
class Start:
    """What a scoring process opens once.

    Attributes:
        model, calibration, archive: as `unspin check` takes them; None for the shipped model, the model's own, none.
        licensees: a file of who may reword the archive's copy.
        dictionary, baseline: files of what the desk decided for itself.
        feedback: the SQLite file of what was called fine since.
        max_fpr: what a draft is judged by that asks for nothing else.
        megabytes: of memory that its articles may take beside the shared tables.
        limits: of reading an article.
    """

    model: Path | None = None
    calibration: str | None = None
    archive: Path | None = None
    licensees: Path | None = None
    dictionary: Path | None = None
    baseline: Path | None = None
    feedback: Path | None = None
    max_fpr: float = 0.01
    megabytes: int = 1_000
    limits: Limits = USUAL_LIMITS


@dataclass(frozen=True, slots=True)
class Options:
    """How one article is judged and shown; `max_fpr` None is that of the service."""

    max_fpr: float | None = None
    evidence: EvidenceFor = "flagged"
    with_text: bool = False


USUAL = Options()


@dataclass(frozen=True, slots=True)
class Item:
    """One article as it came.

    Attributes:
        kind: what `content` is: named fields, a ninjs object, a line of JSON Lines, or the bytes of a document.
        charset: what the sender called the bytes.
        line, record, offset: where it stands among several: its line and its number, both from 1, and its first byte.
    """

    kind: Kind
    content: Mapping[str, Any] | bytes
    charset: str | None = None
    line: int = 1
    record: int = 1
    offset: int = 0

    @property
    def size(self) -> int:
        """Characters or bytes of it, about."""
        if isinstance(self.content, bytes):
            return len(self.content)
        return sum(len(value) for value in self.content.values() if isinstance(value, str))


class Lost(NamedTuple):
    """Why an article could not be finished by the process that had it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One article to be answered in a form; where `lost` says why it has no result, that is the answer.

    `place` is the phrase, [start, end) in code points, whose fingerprints are asked for; None for the whole article's.
    `sent` is how a LanguageTool client sent the text.
    """

    form: Form
    item: Item
    options: Options = USUAL
    place: tuple[int, int] | None = None
    sent: Sent | None = None
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out, and the error row's code and message where there is no result to show."""

    body: bytes
    error: Lost | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Which model answers, as GET /v1/model gives it.

    Attributes:
        model: {"name", "version", "digest", "calibration"}, as in every result.
        false_positive_rate: {"asked", "measured", "n", "interval", "measured_on"} at the rate of the service.
        rates: lowest and highest `max_fpr` that a draft may ask for.
        archive: {"name", "texts"}, None where none is asked.
    """

    model: Mapping[str, Any]
    false_positive_rate: Mapping[str, Any]
    rates: tuple[float, float]
    archive: Mapping[str, Any] | None = None
