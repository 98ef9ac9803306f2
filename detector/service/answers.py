"""Inside a scoring process: articles as they came -> the bytes that go out.

Each is read as `unspin check -` reads its standard input, so that a result is the same to the byte.
"""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from detector.calibration_store import find_calibration
from detector.classifier import MAX_RATE
from detector.desk import findings_of, fingerprints
from detector.errors import InputError
from detector.findings import Refusal, Report
from detector.ingest.decoding import decode, decode_line
from detector.ingest.docx import read_docx
from detector.ingest.fields import record_from
from detector.ingest.json_lines import record_of_line
from detector.ingest.markdown import read_markdown
from detector.ingest.ninjs import ninjs_record
from detector.licensees import read_licensees
from detector.limits import Limits
from detector.model_store import default_model_path
from detector.pipeline import Detector
from detector.render import to_json_line
from detector.render.json_result import DIGITS, model_json
from detector.render.written import MADE, written
from detector.service.asks import About, Answer, Ask, Item, Lost, Start
from detector.service.languagetool import encoded
from detector.service.own_desk import OwnDesk
from detector.service.process import TOGETHER
from detector.text import Failure, Provenance, Record

READERS = {"markdown": read_markdown, "docx": read_docx}
HAVE_OFFSET = ("draft", "ninjs", "line")  # of JSON, as `unspin check -` tells it
NAME = "stdin"  # what `unspin check -` calls what it reads
WARM_UP = "The ferry company said on Monday that its ships would sail again once the storm had passed. " * 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that this process has open, and what is said of it."""

    detector: Detector
    desk: OwnDesk
    start: Start
    about: About


def opened(start: Start) -> Opened:
    """Open all that `start` names; raises DetectorError, or ValueError for a rate that the calibration lacks."""
    calibration = None
    if start.calibration is not None:
        calibration = find_calibration(start.calibration, start.model or default_model_path())
    licensees = None if start.licensees is None else read_licensees(start.licensees)
    detector = Detector.load(start.model, calibration, start.archive, licensees, limits=start.limits)
    detector.score([Record("warm-up", WARM_UP)], max_fpr=start.max_fpr, evidence="all")
    desk = OwnDesk(start)
    gc.freeze()  # the tables stay: no collection need look at them again
    return Opened(detector, desk, start, _about(detector, start.max_fpr))


def _about(detector: Detector, max_fpr: float) -> About:
    calibration = detector.classifier.calibration
    rate = calibration.measured(calibration.thresholds(max_fpr))
    return About(
        model=model_json(detector.info),
        false_positive_rate={
            "asked": max_fpr,
            "measured": round(rate.share, DIGITS),
            "n": rate.n,
            "interval": [round(bound, DIGITS) for bound in rate.interval],
            "measured_on": calibration.measured_on,
        },
        rates=(calibration.min_rate, MAX_RATE),
        archive=_archive(detector),
    )


def _archive(detector: Detector) -> dict[str, Any] | None:
    if detector.finder is None:
        return None
    archive = detector.finder.archive
    return {"name": archive.folder.name, "texts": archive.index.count()}


def answer(opened: Opened, asks: Sequence[Ask], at: Callable[[int], None] = lambda number: None) -> list[Answer]:
    """Give what answers each of `asks`, in order; they have the same rate, and show evidence of the same articles.

    `at` hears before each step which of them it is for, or TOGETHER. Raises ValueError for a rate that the calibration
    does not know.
    """
    opened.detector.desk = opened.desk.now()
    limits = opened.start.limits
    items: list[Record | Failure] = []
    for number, ask in enumerate(asks):
        at(number)
        row = _named(ask, limits) if ask.lost else _read(ask.item, limits)
        items.append(_placed(row, ask.item))
    options = asks[0].options
    reports = opened.detector.score(
        items,
        max_fpr=options.max_fpr or opened.start.max_fpr,
        evidence=options.evidence,
        begun=lambda step: at(step if step < len(asks) else TOGETHER),
    )
    return list(_answers(asks, reports, at))


def _answers(asks: Sequence[Ask], reports: Sequence[Report], at: Callable[[int], None]) -> Iterator[Answer]:
    for number, (ask, report) in enumerate(zip(asks, reports, strict=True)):
        at(number)
        yield Answer(_shown(report, ask), None if report.error is None else _without_place(report.error, ask.item))


def _without_place(error: Refusal, item: Item) -> Lost:
    """The error as it is told to who sent one article alone, and knows which."""
    return Lost(error.code, error.message.removeprefix(f"{NAME}:{item.line}: ").removeprefix(f"{NAME}: "))


def _shown(report: Report, ask: Ask) -> bytes:
    if ask.form == "result":
        return to_json_line(report, with_text=ask.options.with_text).encode() + b"\n"
    if ask.form == "languagetool":
        assert ask.sent is not None
        return encoded(report, ask.sent)
    if report.error is not None:
        return b""
    if ask.form == "fingerprints":
        return json.dumps(list(_fingerprints(report, ask.place))).encode()
    if ask.form == "page":
        from detector.service.marked_draft import marked_draft

        return marked_draft(report).encode("utf-8", "replace")
    form = ask.form.removeprefix("report-")
    return written(report, form, datetime.now(UTC).strftime(MADE))


def _fingerprints(report: Report, place: tuple[int, int] | None) -> Iterator[str]:
    """Of all that is found, or of the marks that a phrase of the text touches."""
    if place is None:
        yield from (finding.fingerprint for finding in findings_of(report))
        return
    start, end = place
    for mark in report.evidence:
        yield from (known for at, known in fingerprints(mark, report.text or "") if at.start < end and start < at.end)


def _placed(row: Record | Failure, item: Item) -> Record | Failure:
    known = row.provenance or Provenance()
    url = row.url if isinstance(row, Record) else known.url
    offset = item.offset if item.kind in HAVE_OFFSET else None
    return replace(row, provenance=Provenance(NAME, item.record, offset, url))


def _named(ask: Ask, limits: Limits) -> Failure:
    """An article that is lost by its id alone, as far as that is found without reading its text."""
    assert ask.lost is not None
    row = _read(ask.item, limits) if ask.item.kind in ("draft", "line") else Failure(NAME, "", "")
    return Failure(row.id, *ask.lost, fields=row.fields)


def _read(item: Item, limits: Limits) -> Record | Failure:
    place = f"{NAME}:{item.line}"
    content: Any = item.content
    try:
        if item.kind == "draft":
            return record_from(content, place, place, limits)
        if item.kind == "ninjs":
            return ninjs_record(json.loads(content), place, limits)
        if item.kind == "line":
            return record_of_line(decode_line(content), place, limits)
        if item.kind in READERS:
            return next(iter(READERS[item.kind](io.BytesIO(content), NAME, limits)))
        is_html = item.kind == "html"
        return Record(NAME, decode(content, is_html=is_html, charset=item.charset), is_html)
    except InputError as error:
        return Failure(NAME, error.code, f"{NAME}: {error}")
    except RecursionError:
        return Failure(
            place, "too-deep", f"{place}: expected fewer levels of lists and objects, got more: flatten them"
        )
