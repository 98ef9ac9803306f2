"""Detector: the one place where the steps are joined.

prepare -> refuse -> segment -> measure -> token stage -> article stage -> thresholds -> evidence -> Report
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector import marking
from detector.as_given import as_given
from detector.calibration_store import load_calibration
from detector.classifier import CLASSES, Classifier
from detector.desk import Desk
from detector.errors import InputError
from detector.evidence import Found
from detector.findings import ClassScore, Evidence, ModelInfo, Passage, Refusal, Report, Withheld
from detector.ingest import USUAL, Limits, count_words, prepare, refuse
from detector.licensees import Licensees
from detector.measuring import Measured, batches, measure_batch
from detector.model_store import default_model_path, load_model
from detector.resources import Resources
from detector.segment import segment_all
from detector.text import Article, Document, Failure, Record
from detector.tracing.trace import lay_given, open_finder, traced
from detector.verdict import Thresholds, can_be_seen, verdict_of
from detector.wordings import Wordings

if TYPE_CHECKING:  # both load an aligner, which few runs need
    from detector.tracing.given import GivenReferences
    from detector.tracing.sources import SourceFinder

EvidenceFor = Literal["flagged", "all", "none"]

MAX_CHARACTERS = 200_000  # of one article, some 30,000 words: no news story is longer, and measuring is bounded
SHOWN_STEP = 1e-5  # of a probability: results show six digits, and what is not flagged must stand below its threshold


class _Told(NamedTuple):
    """What a person is told of one article.

    Attributes:
        over: which of CLASSES it is flagged for, shape (len(CLASSES),).
        marks: to show, the strongest first, then what the desk's dictionary adds.
        withheld: by the desk, where there is one.
    """

    over: NDArray[np.bool_]
    marks: tuple[Evidence, ...]
    withheld: Withheld | None


class Detector:
    """Score articles with one fitted model."""

    def __init__(
        self,
        info: ModelInfo,
        resources: Resources,
        classifier: Classifier,
        finder: SourceFinder | None = None,
        licensees: Licensees | None = None,
        given: GivenReferences | None = None,
        limits: Limits = USUAL,
        desk: Desk | None = None,
    ) -> None:
        self.info = info
        self.resources = resources
        self.classifier = classifier
        self.finder = finder
        self.licensees = licensees
        self.given = given
        self.limits = limits
        self.desk = desk
        self._thresholds = lru_cache(maxsize=8)(
            partial(Thresholds.of, self.classifier.calibration)
        )  # the same for every chunk of a run

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
    ) -> Detector:
        """Open the model in a folder, the shipped one by default; raises ModelError, and ArchiveError.

        `calibration` is the folder of another calibration than the model's own, `archive` one to find sources in;
        `licensees` may reword what it holds; `references` are laid beside every article instead; `limits` are those of
        an article; `desk` is what is never, always or no longer marked. ValueError where both an archive and references
        are asked for.
        """
        if archive is not None and references:
            raise ValueError("expected an archive or references, got both: put the references into the archive")
        loaded = load_model(model or default_model_path())
        finder = None if archive is None else open_finder(archive, loaded.resources)
        given = lay_given(references, loaded.resources) if references else None
        if calibration is None:
            return cls(loaded.info, loaded.resources, loaded.classifier, finder, licensees, given, limits, desk)
        own = load_calibration(calibration, loaded.info)
        classifier = replace(loaded.classifier, calibration=own.calibration)
        info = replace(loaded.info, calibration=own.info)
        return cls(info, loaded.resources, classifier, finder, licensees, given, limits, desk)

    def score(
        self,
        items: Sequence[Record | Failure],
        *,
        max_fpr: float = 0.01,
        evidence: EvidenceFor = "flagged",
        begun: Callable[[int], None] = lambda step: None,
    ) -> list[Report]:
        """One report an item, in order. A report does not depend on the other items.

        `begun` hears of each step before it is done: reading item i is step i, judging what was read are later steps.
        Raises ValueError where `max_fpr` is outside of what the calibration supports.
        """
        thresholds = self._thresholds(max_fpr)
        try:
            return self._score(items, thresholds, evidence, begun)
        except Exception as error:  # a mistake of ours, or no memory left: it costs one article, not the night's run
            if len(items) > 1:
                one_by_one = (
                    self.score([item], max_fpr=max_fpr, evidence=evidence, begun=partial(_at, begun, i))
                    for i, item in enumerate(items)
                )
                return [report for reports in one_by_one for report in reports]
            return [lost(self.info, items[0], _mistake(error))]

    def _score(
        self,
        items: Sequence[Record | Failure],
        thresholds: Thresholds,
        evidence: EvidenceFor,
        begun: Callable[[int], None],
    ) -> list[Report]:
        reports: dict[int, Report] = {}
        judged: list[tuple[int, Article, str]] = []
        for i, item in enumerate(items):
            begun(i)
            outcome = self._read(item, evidence)
            if isinstance(outcome, Report):
                reports[i] = outcome
            else:
                judged.append((i, *outcome))
        begun(len(items))
        # Step by step, not article by article: the tables of a step stay in the cache.
        documents = segment_all(
            [(article.text, article.clutter) for _, article, _ in judged], self.resources.vocabulary
        )
        for (i, article, language), one in zip(judged, self.measure(documents), strict=True):
            begun(len(items) + i)
            report = self._judge(article, one, language, thresholds, evidence)
            reports[i] = self._traced(report, article, one.document)
        return [reports[i] for i in range(len(items))]

    def measure(self, documents: Sequence[Document]) -> Iterator[Measured]:
        """Measure documents in batches, in order."""
        for batch in batches(documents):
            yield from measure_batch(batch, self.resources, self.classifier)

    def marks(self, one: Measured) -> list[Evidence]:
        """What to show of a document: see `marking.marks`."""
        return marking.marks(one, self.classifier, self.resources)

    def found(self, one: Measured, least: float = 0.0) -> list[Found]:
        """Every phrase of a document that an extractor explains: see `marking.found`."""
        return marking.found(one, self.classifier, self.resources, least)

    def wordings(self, one: Measured, places: Sequence[Sequence[Found]]) -> Wordings:
        """What may have stood in some places of a document: see `marking.proposals`."""
        return marking.proposals(one, self.classifier, self.resources, places)

    def passages(self, one: Measured) -> list[Passage]:
        """The article's passages, each with the share of its words that were swapped and the chance that some were."""
        document, (edges, words, shares, likelihoods) = one.document, one.passages
        columns = (
            document.start.take(edges[:-1]).tolist(),
            document.end.take(edges[1:] - 1).tolist(),
            words.tolist(),
            np.where(likelihoods > 0, shares, 0.0).tolist(),
            self.classifier.calibration.passage(likelihoods).tolist(),
        )
        return [Passage(*column) for column in zip(*columns, strict=True)]

    def _read(self, item: Record | Failure, evidence: EvidenceFor) -> Report | tuple[Article, str]:
        if isinstance(item, Failure):
            return lost(self.info, item, Refusal(item.code, item.message))
        try:
            article = prepare(item, self.limits)
        except InputError as error:
            return lost(self.info, item, Refusal(error.code, str(error)))
        language, refusal = refuse(article)
        if refusal is None and len(article.text) > MAX_CHARACTERS:
            message = (
                f"expected one article of at most {MAX_CHARACTERS:,} characters, got {len(article.text):,}: split it"
            )
            refusal = Refusal("too-long", message)
        if refusal is not None:
            added: list[Evidence] = []
            withheld = None
            if self.desk is not None and len(article.text) <= MAX_CHARACTERS:
                _, added, withheld = self.desk.decide((), article)
            report = Report(
                article.id,
                "abstained",
                self.info,
                text=article.text,
                text_sha256=_digest(article.as_given),
                language=language,
                words=count_words(article),
                published=article.published,
                outlet=article.outlet,
                url=article.url,
                notices=article.notices,
                credits=article.credits,
                abstention=refusal,
                input=article.fields,
                provenance=article.provenance,
                evidence=tuple(added) if evidence != "none" else (),
                desk=withheld,
            )
            return self._traced(report, article)
        return article, language

    def _traced(self, report: Report, article: Article, document: Document | None = None) -> Report:
        report = traced(
            report,
            article,
            document,
            self.resources,
            finder=self.finder,
            given=self.given,
            licensees=self.licensees,
        )
        report = report if self.desk is None else self.desk.without_paraphrase(report)
        return report if article.given is None else as_given(report, article)

    def _told(
        self, article: Article, digest: str, one: Measured, thresholds: Thresholds, evidence: EvidenceFor
    ) -> _Told:
        """Which classes a person is told of, and which marks: what the desk withholds is out before flags are counted,
        what it adds is no reason for one."""
        over = one.scores >= thresholds.flag
        marks = self.marks(one) if evidence == "all" or over[0] or (over.any() and evidence == "flagged") else []
        over &= can_be_seen(marks, one.document, over)
        added: list[Evidence] = []
        withheld = None
        if self.desk is not None:
            marks, added, withheld = self.desk.decide(marks, article)
            left = over & can_be_seen(marks, one.document, over)
            left &= [not self.desk.accepts(name, digest) for name in CLASSES]
            as_high = self.classifier.calibration.as_high(one.scores)
            before, after = (verdict_of(one.scores, told, as_high, thresholds)[0] for told in (over, left))
            over, withheld = left, replace(withheld, withdrawn=before if before != after else None)
        shown = marks if evidence == "all" or (evidence == "flagged" and over.any()) else []
        return _Told(over, (*shown, *added) if evidence != "none" else (), withheld)

    def _judge(
        self, article: Article, one: Measured, language: str, thresholds: Thresholds, evidence: EvidenceFor
    ) -> Report:
        calibration = self.classifier.calibration
        scores, digest = one.scores.copy(), _digest(article.as_given)
        over, marks, withheld = self._told(article, digest, one, thresholds, evidence)
        probabilities, cuts = calibration.probabilities(scores), thresholds.cuts
        silent = (scores >= thresholds.flag) & ~over
        scores[silent] = np.nextafter(thresholds.flag[silent], -np.inf)
        probabilities[silent] = np.maximum(cuts[silent] - SHOWN_STEP, 0.0)
        as_high = calibration.as_high(scores)
        verdict, level = verdict_of(scores, over, as_high, thresholds)
        classes: dict[str, ClassScore | None] = {
            name: ClassScore(
                probability=float(probabilities[k]),
                threshold=float(cuts[k]),
                prior=float(calibration.priors[k]),
                untouched_as_high=int(as_high[k]),
                missed=thresholds.missed[k],
            )
            for k, name in enumerate(CLASSES)
        }
        classes["paraphrased"] = None  # said only of a text whose reference is found
        return Report(
            id=article.id,
            status="ok",
            model=self.info,
            text=article.text,
            text_sha256=digest,
            language=language,
            words=one.document.n_words,
            unknown_words=one.document.n_unknown,
            published=article.published,
            outlet=article.outlet,
            url=article.url,
            verdict=verdict,
            level=level,
            flagged=bool(over.any()),
            classes=classes,
            probability=float(probabilities[over].max() if over.any() else probabilities.max()),
            false_positive_rate=thresholds.rate,
            evidence=marks,
            passages=tuple(self.passages(one)),
            notices=article.notices,
            credits=article.credits,
            input=article.fields,
            provenance=article.provenance,
            clutter=article.clutter,
            scores=tuple(one.scores.tolist()),
            desk=withheld,
        )


def lost(info: ModelInfo, item: Record | Failure, refusal: Refusal) -> Report:
    """What is said of an article that could not be read or scored."""
    return Report(item.id, "error", info, error=refusal, input=item.fields, provenance=item.provenance)


def _at(begun: Callable[[int], None], place: int, step: int) -> None:
    """Say which article a step of scoring it alone belongs to."""
    begun(place)


def _mistake(error: Exception) -> Refusal:
    if isinstance(error, MemoryError):
        return Refusal(
            "out-of-memory", "this article asked for more memory than it may have: leave it out, or allow more"
        )
    message = f"this article could not be scored ({type(error).__name__}), and that is a mistake of Unspin's"
    return Refusal("internal", message)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
