"""A Report as one object of the schema `unspin.result/1` (result.schema.json, beside this file).

Floating-point numbers have six digits after the point; keys always come in the same order; what a caller handed in
(`input`) goes through unrounded.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from detector.comparison import Derivation, Source, Swap, Wording
from detector.findings import SCHEMA, ClassScore, Evidence, FalsePositiveRate, ModelInfo, Passage, Refusal, Report
from detector.text import Note, Provenance

CLASSES = ("spun", "machine_translated", "paraphrased")  # in the order of the result
DIGITS = 6  # after the point, fixed by the schema

# Legal in JSON, yet they end a line, act on a terminal or cannot be encoded: written as \uXXXX.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(report: Report, *, with_text: bool = False) -> dict[str, Any]:
    """Give the result object of `report`; the fields of a verdict are None unless its status is "ok"."""
    laid = (*report.sources, *report.others)
    result: dict[str, Any] = {
        "id": report.id,
        "status": report.status,
        "schema": SCHEMA,
        "model": model_json(report.model),
        "language": report.language,
        "words": report.words,
        "unknown_words": report.unknown_words,
        "published": report.published,
        "outlet": report.outlet,
        "url": report.url,
        "text_sha256": report.text_sha256,
        "offsets": "codepoint",
        **_verdict(report),
        "evidence": [_evidence(evidence) for evidence in report.evidence],
        "passages": [_passage(passage) for passage in report.passages],
        "notices": _notes(report.notices),
        "credits": _notes(report.credits),
        "licensed": report.licensed if report.status == "ok" else None,
        "desk": None if report.desk is None else asdict(report.desk),
        "references": [_reference(source) for source in laid],
        "swaps": [_swap(source, swap) for source in laid for swap in source.comparison.swaps],
        "facts": [fact for source in laid for fact in _facts(source)],
        "abstention": _refusal(report.abstention),
        "error": _refusal(report.error),
        "provenance": (report.provenance or Provenance())._asdict(),
        "input": dict(report.input),
    }
    if with_text:
        result["text"] = report.text
    return result


def to_json_line(report: Report, *, with_text: bool = False) -> str:
    """Give the result object of `report` as one line of JSON, without the line's end."""
    result = to_json(report, with_text=with_text)
    try:
        line = _dumps(result)
    except ValueError:  # the input held NaN or Infinity, which JSON lacks
        line = _dumps(_finite(result))
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def result_schema() -> dict[str, Any]:
    """Give the JSON Schema of a result object."""
    text = files("detector.render").joinpath("result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def model_json(model: ModelInfo) -> dict[str, Any]:
    """Give what a result says of its model."""
    own = model.calibration
    calibration = None if own is None else {"name": own.name, "date": own.date, "digest": own.digest}
    return {"name": model.name, "version": model.version, "digest": model.digest, "calibration": calibration}


def _verdict(report: Report) -> dict[str, Any]:
    said = report.status == "ok"
    return {
        "verdict": report.verdict if said else None,
        "level": report.level if said else None,
        "flagged": report.flagged if said else None,
        "basis": _basis(report) if said else None,
        "classes": _classes(report) if said else None,
        "probability": _rounded(report.probability) if said else None,
        "false_positive_rate": _rate(report.false_positive_rate) if said else None,
    }


def _basis(report: Report) -> str:
    return "reference" if report.verdict == "paraphrased" else "text"


def _classes(report: Report) -> dict[str, Any]:
    scores = report.classes or {}
    return {name: _class_score(scores.get(name)) for name in CLASSES}


def _class_score(score: ClassScore | None) -> dict[str, Any] | None:
    if score is None:
        return None
    return {
        "probability": _rounded(score.probability),
        "threshold": _rounded(score.threshold),
        "prior": _rounded(score.prior),
        "untouched_as_high": score.untouched_as_high,
        "missed": {
            "share": _rounded(score.missed.share),
            "n": score.missed.n,
            "interval": [_rounded(bound) for bound in score.missed.interval],
            "of": score.missed.of,
        },
    }


def _rate(rate: FalsePositiveRate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {
        "asked": _rounded(rate.asked),
        "measured": _rounded(rate.measured),
        "n": rate.n,
        "interval": [_rounded(bound) for bound in rate.interval],
        "measured_on": rate.measured_on,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "extractor": evidence.extractor,
        "kind": evidence.kind,
        "strength": _rounded(evidence.strength),
        "severity": evidence.severity,
        "reason": evidence.reason,
        "suggestions": [
            {"text": suggestion.text, "probability": _rounded(suggestion.probability)}
            for suggestion in evidence.suggestions
        ],
        "also": [{"start": place.start, "end": place.end} for place in evidence.also],
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "start": passage.start,
        "end": passage.end,
        "words": passage.words,
        "swapped_share": _rounded(passage.swapped_share),
        "probability": _rounded(passage.probability),
    }


def _reference(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "outlet": source.outlet,
        "published": source.published,
        "direction": source.direction,
        "similarity": _rounded(source.similarity),
        "derivation": _derivation(source.comparison.derivation),
    }


def _derivation(derivation: Derivation) -> dict[str, Any]:
    shares = asdict(derivation)
    names = shares.pop("names")
    return {
        **{name: _rounded(share) for name, share in shares.items()},
        "names": {name: _rounded(value) if isinstance(value, float) else value for name, value in names.items()},
    }


def _swap(source: Source, swap: Swap) -> dict[str, Any]:
    return {
        "reference_id": source.id,
        "suspect": swap.suspect._asdict(),
        "reference": swap.reference._asdict(),
        "operation": swap.operation,
        "severity": swap.severity,
        "odds": _rounded(swap.odds),
    }


def _facts(source: Source) -> Iterator[dict[str, Any]]:
    if source.credit is not None:
        yield _fact(source, "credit", source.credit.suspect, source.credit.reference, "changed")
    for fact in source.comparison.facts:
        yield _fact(source, fact.type, fact.suspect, fact.reference, fact.change)


def _fact(
    source: Source, type_: str, suspect: Wording | None, reference: Wording | None, change: str
) -> dict[str, Any]:
    return {
        "type": type_,
        "reference_id": source.id,
        "suspect": None if suspect is None else suspect._asdict(),
        "reference": None if reference is None else reference._asdict(),
        "change": change,
    }


def _notes(notes: Iterable[Note]) -> list[dict[str, Any]]:
    return [{"start": note.start, "end": note.end, "kind": note.kind, "text": note.text} for note in notes]


def _refusal(refusal: Refusal | None) -> dict[str, Any] | None:
    return None if refusal is None else {"code": refusal.code, "message": refusal.message}


def _rounded(number: float | None) -> float | None:
    if number is None or not math.isfinite(number):  # an infinite threshold: the class is never flagged at this rate
        return None
    return round(float(number), DIGITS) + 0.0  # + 0.0 turns -0.0 into 0.0


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
