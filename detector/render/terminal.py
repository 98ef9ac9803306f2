"""A Report for a person at a terminal: what was found and how sure that is, the marked text, a reason for each mark.

The words accuse nobody. Everything that comes from the article or its file is neutralised before it is shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from detector.findings import Evidence, FalsePositiveRate, Report
from detector.render.marked_text import marked_paragraphs
from detector.render.neutral import neutral
from detector.text import Note

NARROWEST = 32  # columns; a narrower terminal gets lines of this width
WIDEST = 100  # columns; longer lines are hard to read

CLASS_WORDS = {
    "spun": "word substitution",
    "machine_translated": "machine translation",
    "paraphrased": "machine paraphrase",
}
NO_SIGNS = "No signs found. That proves nothing: reworded articles are missed too"


def to_terminal(report: Report, width: int = 80, *, colour: bool = False) -> str:
    """Show `report` in lines of at most `width` columns (from 32 up), each ended by a line feed."""
    width = min(max(width, NARROWEST), WIDEST)
    blocks = [_wrap(neutral(report.id), width), _wrap(headline(report), width)]
    if report.status == "ok":
        blocks += ["\n".join(_figures(report, width)), *_notes(report, width), *_marks(report, width, colour)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def headline(report: Report) -> str:
    """Say the verdict and its level in one sentence.

    A level of "strong" means above the threshold for 0.1% of untouched articles, "worth a look" above the asked one.
    """
    if report.error is not None:
        return f"Could not be read: {neutral(report.error.message)}"
    if report.abstention is not None:
        return f"No verdict: {neutral(report.abstention.message)}"
    if not report.flagged or report.verdict is None:
        return NO_SIGNS + _miss_words(report)
    signs = CLASS_WORDS[report.verdict]
    return f"Strong signs of {signs}" if report.level == "strong" else f"Signs of {signs}: worth a look"


def _miss_words(report: Report) -> str:
    scores = [score for score in (report.classes or {}).values() if score is not None]
    misses = [f"{_percent(score.missed.share)} of {score.missed.n:,} {neutral(score.missed.of)}" for score in scores]
    return f", here {', and '.join(misses)}." if misses else "."


def _figures(report: Report, width: int) -> Iterator[str]:
    rate = report.false_positive_rate
    for name, score in (report.classes or {}).items():
        if score is None:
            continue
        line = f"{CLASS_WORDS[name]}: probability {score.probability:.2f} if {_percent(score.prior)} of articles are so"
        if rate is not None:
            line += f"; {score.untouched_as_high:,} of {rate.n:,} untouched articles scored this high"
        yield _item(line, width)
    if rate is not None:
        yield _item(_rate_words(rate), width)
    model = report.model
    yield _item(f"{report.words or 0:,} words; model {neutral(model.name)} {neutral(model.version)}", width)


def _rate_words(rate: FalsePositiveRate) -> str:
    low, high = map(_percent, rate.interval)
    return (
        f"false alarms: at most {_percent(rate.asked)} of untouched articles asked for, {_percent(rate.measured)} "
        f"measured (95% interval {low} to {high}) on {neutral(rate.measured_on)}"
    )


def _notes(report: Report, width: int) -> Iterator[str]:
    yield _note_list("Printed with the story, told and not judged:", report.notices, width)
    yield _note_list("Credits and datelines:", report.credits, width)


def _note_list(title: str, notes: tuple[Note, ...], width: int) -> str:
    if not notes:
        return ""
    items = [_item(f"{note.kind.replace('-', ' ')}: {neutral(note.text)}", width) for note in notes]
    return "\n".join([_wrap(title, width), *items])


def _marks(report: Report, width: int, colour: bool) -> Iterator[str]:
    if not report.evidence:
        return
    if report.text is not None:
        yield from marked_paragraphs(report.text, report.evidence, width, colour=colour)
    yield "Marks, strongest first"
    for rank, evidence in enumerate(report.evidence, start=1):
        yield "\n".join(_mark(rank, evidence, width))


def _mark(rank: int, evidence: Evidence, width: int) -> Iterator[str]:
    label = f"{rank:2} "
    indent = " " * len(label)
    phrase = f'{label}"{neutral(evidence.text)}"'
    if evidence.severity == "fact":
        phrase += " (what is said may have changed)"
    yield _wrap(phrase, width, indent)
    yield _wrap(indent + neutral(evidence.reason), width, indent)
    if evidence.suggestions:
        perhaps = ", ".join(
            f'"{neutral(suggestion.text)}" {_chance(suggestion.probability)}' for suggestion in evidence.suggestions
        )
        yield _wrap(f"{indent}perhaps it was: {perhaps}", width, indent)


def _item(line: str, width: int) -> str:
    return _wrap(f"- {line}", width, "  ")


def _wrap(line: str, width: int, indent: str = "") -> str:
    return textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)


def _percent(share: float) -> str:
    """Three significant digits: 0.971%, 12.5%, 100%."""
    return f"{100 * share:.3g}%"


def _chance(probability: float) -> str:
    """Whole per cent, and never a certainty."""
    return "over 99%" if probability > 0.99 else f"{100 * probability:.0f}%"
