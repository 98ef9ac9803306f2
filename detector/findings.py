"""What Unspin says of an article: Evidence, the figures behind a verdict, and the Report that holds them.

What an article has of other texts is in detector/comparison.py. The words of both are those of the result schema
`unspin.result/1` (detector/render/result.schema.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from detector.comparison import Source
from detector.text import Note, Provenance, Severity, Span

SCHEMA = "unspin.result/1"
DESK = "desk-dictionary"  # extractor and kind of the marks that somebody's own dictionary asks for

Status = Literal["ok", "abstained", "error"]
Verdict = Literal["no_signs", "spun", "machine_translated", "paraphrased"]
Level = Literal["none", "worth_a_look", "strong"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the clean phrase may have been, and how probable that is (0 to 1)."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One marked phrase and why it is marked.

    Attributes:
        start, end: code-point offsets into the article's text.
        text: the marked phrase itself.
        extractor: name of the extractor that found it.
        kind: kebab-case word for the artifact.
        strength: raw, in the extractor's own unit.
        severity: "fact" where what is said may have changed, else "wording".
        reason: one sentence a sub-editor understands.
        suggestions: most probable first.
        also: further places of the same habit, in reading order, at most 100.
    """

    start: int
    end: int
    text: str
    extractor: str
    kind: str
    strength: float
    reason: str
    severity: Severity = "wording"
    suggestions: tuple[Suggestion, ...] = ()
    also: tuple[Span, ...] = ()

    @property
    def places(self) -> tuple[Span, ...]:
        """Where the phrase stands: the marked place first, then the others."""
        return (Span(self.start, self.end), *self.also)

    def suggesting(self, suggestions: tuple[Suggestion, ...]) -> Evidence:
        """The same mark with other suggestions: `dataclasses.replace` takes three times as long."""
        return Evidence(
            self.start,
            self.end,
            self.text,
            self.extractor,
            self.kind,
            self.strength,
            self.reason,
            self.severity,
            suggestions,
            self.also,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole paragraphs, of about 60 words or more.

    Attributes:
        start, end: code-point offsets into the article's text.
        words: how many words it has.
        swapped_share: share of these words that were swapped, by the likeliest mixture.
        probability: calibrated, that the passage was spun.
    """

    start: int
    end: int
    words: int
    swapped_share: float
    probability: float


@dataclass(frozen=True, slots=True)
class Missed:
    """Share of a class's own texts that stay below its threshold, measured on `n` of them; `of` says which they
    were."""

    share: float
    n: int
    interval: tuple[float, float]
    of: str


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One artifact class.

    Attributes:
        probability: calibrated, at the prior stated.
        threshold: the cut at the asked rate, in the same unit.
        prior: share of articles of this class that `probability` assumes.
        untouched_as_high: of the untouched calibration articles, those that scored at least as high.
        missed: how many texts of this class the threshold misses.
    """

    probability: float
    threshold: float
    prior: float
    untouched_as_high: int
    missed: Missed


@dataclass(frozen=True, slots=True)
class FalsePositiveRate:
    """What the thresholds promise and what was measured.

    Attributes:
        asked: share of untouched articles that may be flagged.
        measured: share that was flagged at these thresholds, of `n` articles.
        interval: 95% Wilson interval of `measured`.
        measured_on: which articles these were.
    """

    asked: float
    measured: float
    n: int
    interval: tuple[float, float]
    measured_on: str


@dataclass(frozen=True, slots=True)
class CalibrationInfo:
    """Which calibration on somebody's own articles the thresholds come from; `date` is ISO 8601."""

    name: str
    date: str
    digest: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model spoke, and by which calibration: None for the one it came with."""

    name: str
    version: str
    digest: str
    calibration: CalibrationInfo | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no verdict: a code for programs, a message for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """What the desk's own lists kept from being told.

    Attributes:
        dictionary: digest of the desk's dictionary; None where there is none.
        accepted: marked places that were accepted before.
        never: marked places that the dictionary says never to mark.
        withdrawn: the verdict that would have been given otherwise; None where it is the same.
    """

    dictionary: str | None = None
    accepted: int = 0
    never: int = 0
    withdrawn: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything said of one article. The fields of a verdict are None unless `status` is "ok".

    `evidence` is ordered strongest first, `passages` in reading order; `published` and `outlet` are what the article
    says of itself, `url` is where it was found. `text` is kept for rendering, and with `clutter`, which is masked in
    it, and `scores`, log-odds of each class before calibration, for calibrating: none of these is part of a result.
    """

    id: str
    status: Status
    model: ModelInfo
    text: str | None = None
    text_sha256: str | None = None
    language: str | None = None
    words: int | None = None
    unknown_words: int | None = None
    published: str | None = None
    outlet: str | None = None
    url: str | None = None
    verdict: Verdict | None = None
    level: Level | None = None
    flagged: bool | None = None
    classes: Mapping[str, ClassScore | None] | None = None
    probability: float | None = None
    false_positive_rate: FalsePositiveRate | None = None
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[Passage, ...] = ()
    notices: tuple[Note, ...] = ()
    credits: tuple[Note, ...] = ()
    abstention: Refusal | None = None
    error: Refusal | None = None
    input: Mapping[str, object] = field(default_factory=dict)
    provenance: Provenance | None = field(default=None, compare=False)
    clutter: tuple[Span, ...] = ()
    scores: tuple[float, ...] | None = None
    sources: tuple[Source, ...] = ()  # best first; empty where none was found or no archive was given
    archive: str | None = None  # name of the archive that was asked, None where none was
    licensed: bool | None = None  # whether a list of licensees names the article, None where no list was given
    others: tuple[Source, ...] = ()  # laid beside it because a person named them; not its sources by what was measured
    not_compared: str | None = None  # why it was laid beside nothing, where sources were asked for
    desk: Withheld | None = None  # None where there is no desk, and for an article that could not be read
