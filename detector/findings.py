"""What Unspin says of an article: Evidence, the figures behind a verdict, and the Report that holds them.

The words are those of the result schema `unspin.result/1` (detector/render/result.schema.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from detector.text import Note, Provenance, Span

SCHEMA = "unspin.result/1"
DESK = "desk-dictionary"  # extractor and kind of the marks that somebody's own dictionary asks for

Status = Literal["ok", "abstained", "error"]
Verdict = Literal["no_signs", "spun", "machine_translated", "paraphrased"]
Level = Literal["none", "worth_a_look", "strong"]
Severity = Literal["wording", "fact"]


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


Operation = Literal["same", "substituted", "inserted", "deleted", "moved"]
FactType = Literal["name", "number", "date", "quotation", "attribution"]
Change = Literal["changed", "added", "dropped"]
Direction = Literal["suspect-later", "suspect-earlier", "unknown"]


class Wording(NamedTuple):
    """What a text says in the code points [start, end)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SentencePair:
    """Sentences that say the same, by their numbers; one side is empty where a sentence was added or dropped.

    Attributes:
        suspect, reference: one sentence or two neighbours, in reading order.
        similarity: of the weight of the words of both sides, the share that they have in common, 0 to 1.
        moved: out of the order of the other pairs.
        derived: whether one side is taken from the other, by what stands outside of quotation marks.
    """

    suspect: tuple[int, ...]
    reference: tuple[int, ...]
    similarity: float
    moved: bool
    derived: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the suspect and what the reference has for it.

    Attributes:
        operation: "moved" is for the same words in another place; what was reworded as well is "substituted".
        suspect, reference: where it stands; an inserted or deleted phrase has an empty span where it would stand.
        pair: which of the alignment's pairs it belongs to.
    """

    operation: Operation
    suspect: Span
    reference: Span
    pair: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """A suspect laid beside a reference. Each token of either text stands in exactly one phrase.

    Attributes:
        pairs: in the suspect's reading order; a dropped sentence follows the pair that holds the one before it.
        phrases: the pairs' phrases in the suspect's reading order.
    """

    pairs: tuple[SentencePair, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Swap:
    """A phrase of the reference that the suspect words differently.

    Attributes:
        pair: which of the alignment's pairs it belongs to.
        severity: "fact" where a name, number, date, quotation or attribution changed with it.
        odds: log2 of how much likelier an editor would write the reference's wording in the suspect's place; None
            where the phrases are too long to tell.
    """

    suspect: Wording
    reference: Wording
    operation: Operation
    severity: Severity
    odds: float | None
    pair: int


@dataclass(frozen=True, slots=True)
class FactChange:
    """Something the suspect states otherwise than the reference; the side that lacks it is None."""

    type: FactType
    suspect: Wording | None
    reference: Wording | None
    change: Change


@dataclass(frozen=True, slots=True)
class NamesHeld:
    """The names and numbers that a suspect shares with its reference; shares are 0 to 1.

    Attributes:
        n: different names and numbers of the suspect.
        there: of them, those that stand in the reference.
        kept: of the reference's different ones, those that stand in the suspect.
        in_place: of the suspect's, each as often as it is written, those in the sentence beside theirs.
    """

    n: int
    there: float
    kept: float
    in_place: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """How much of the suspect comes from the reference, in shares of words outside of quotation marks, 0 to 1.

    Attributes:
        coverage: of the suspect's words, those that are verbatim or reworded.
        verbatim, reworded, added: of the suspect's words; they sum to 1.
        dropped: of the reference's words, those that nothing in the suspect stands for.
        order: rank correlation of the derived sentences' places in both texts, -1 to 1; 1 for fewer than two.
        names: which names and numbers both have.
    """

    coverage: float
    verbatim: float
    reworded: float
    added: float
    dropped: float
    order: float
    names: NamesHeld


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that laying a suspect beside a reference shows."""

    alignment: Alignment
    swaps: tuple[Swap, ...]
    facts: tuple[FactChange, ...]
    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit to an agency over text that differs from the agency's own by more than cuts and house style.

    Attributes:
        agency: by the name shown.
        suspect: the credit as printed.
        reference: the agency's own credit or dateline; None where it prints none.
        phrases: put for others, or put in, within sentences that are the agency's.
        sentences: that are not the agency's.
    """

    agency: str
    suspect: Wording
    reference: Wording | None
    phrases: int
    sentences: int


@dataclass(frozen=True, slots=True)
class Source:
    """A reference that shares the suspect's text, and everything that laying them side by side shows.

    Attributes:
        direction: how the suspect stands to it in time; only where the suspect is later is it surely a source.
        credit: the suspect's credit to this reference's agency, where the text is not as the agency wrote it.
    """

    id: str
    text: str
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    similarity: float  # 0 to 1, of the look-up
    comparison: Comparison
    direction: Direction = "unknown"
    credit: Credit | None = None
