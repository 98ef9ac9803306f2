"""A Report for a person at a terminal: what was found and how sure that is, the marked text, the notes on its
marks.

The words accuse nobody. Everything that comes from the article or its file is neutralised before it is shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from detector.findings import FalsePositiveRate, ModelInfo, Passage, Report
from detector.render.mark_list import as_numbered, grouped, listed
from detector.render.marked_text import marked_paragraphs
from detector.render.neutral import neutral
from detector.render.report_words import withheld
from detector.render.source_text import source_blocks
from detector.render.wrapped import WIDEST, fitting, item, percent, wrap
from detector.text import Note
from detector.tracing.strangers import MEASURED, OF_SHORT

SIGNS, NO_SIGN = 0.5, 0.2  # probability of a passage from which it shows signs, and below which it shows none
BAR = 8  # columns of a full bar

CLASS_WORDS = {
    "spun": "word substitution",
    "machine_translated": "machine translation",
    "paraphrased": "a paraphrase",
}
NO_SIGNS = "No signs found. That proves nothing: reworded articles are missed too"


def to_terminal(report: Report, width: int = 80, *, colour: bool = False) -> str:
    """Show `report` in lines of at most `width` columns (from 32 up), each ended by a line feed."""
    width = fitting(width)
    blocks = [wrap(neutral(report.id), width), wrap(headline(report), width)]
    if report.status == "ok":
        blocks += [
            "\n".join(item(line, width) for line in figures(report)),
            *_notes(report, width),
            *_passages(report, width),
        ]
    else:
        blocks += ["\n".join(item(line, width) for line in false_alarms(report))]
    blocks += [*marks(report, width, colour), wrap(withheld(report), width), *source_blocks(report, width)]
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
        return NO_SIGNS + misses(report)
    signs = CLASS_WORDS[report.verdict]
    if report.verdict == "paraphrased":
        is_later = bool(report.sources) and report.sources[0].direction == "suspect-later"
        signs += " of the source below" if is_later else ", by this article or by the one below"
    return f"Strong signs of {signs}" if report.level == "strong" else f"Signs of {signs}: worth a look"


def misses(report: Report) -> str:
    """How many reworded articles are missed, as the end of a sentence."""
    scores = [score for score in (report.classes or {}).values() if score is not None]
    said = [f"{percent(score.missed.share)} of {score.missed.n:,} {neutral(score.missed.of)}" for score in scores]
    return f", here {', and '.join(said)}." if said else "."


def figures(report: Report) -> Iterator[str]:
    """The numbers behind a verdict, a sentence each."""
    rate = report.false_positive_rate
    for name, score in (report.classes or {}).items():
        if score is None:
            continue
        side = "above" if score.probability >= score.threshold else "below"
        line = (
            f"{CLASS_WORDS[name]}: probability {_never_certain(score.probability)} "
            f"({side} the cut, {score.threshold:.2f}) if {percent(score.prior)} of articles are so"
        )
        if rate is not None:
            line += f"; {score.untouched_as_high:,} of {rate.n:,} untouched articles scored this high"
        yield line
    yield from false_alarms(report)
    if report.verdict == "spun" and _everywhere(report.passages):
        yield f"each of its {len(report.passages)} passages shows signs"
    yield f"{report.words or 0:,} words; {model_words(report.model)}"


def _never_certain(probability: float) -> str:
    """Two digits, of which neither 0.00 nor 1.00 are any."""
    if 0.01 <= probability <= 0.99:
        return f"{probability:.2f}"
    return "under 0.01" if probability < 0.5 else "over 0.99"


def model_words(model: ModelInfo) -> str:
    """Which model and which calibration spoke."""
    said = f"model {neutral(model.name)} {neutral(model.version)}"
    own = model.calibration
    return said if own is None else f"{said}, calibration {neutral(own.name)} of {neutral(own.date)}"


def _everywhere(passages: Sequence[Passage]) -> bool:
    return len(passages) > 1 and all(passage.probability >= SIGNS for passage in passages)


def false_alarms(report: Report) -> Iterator[str]:
    """How often untouched articles look the same: by the text alone, and, where a source is named, by that as well."""
    if report.false_positive_rate is not None:
        is_all = report.archive is None and not report.sources and not report.others
        yield _rate_words(report.false_positive_rate, "false alarms" if is_all else "false alarms by the text alone")
    if report.sources:
        yield _stranger_words(is_judged=report.status == "ok")


def _rate_words(rate: FalsePositiveRate, what: str) -> str:
    return (
        f"{what}: at most {percent(rate.asked)} of untouched articles asked for, {percent(rate.measured)} "
        f"measured ({_interval(rate.interval)}) on {neutral(rate.measured_on)}"
    )


def _stranger_words(is_judged: bool) -> str:
    """The rate that stands behind naming a source, and so behind the verdict "paraphrased", which needs one; that of
    short articles for one that is not judged."""
    said = (
        f"{percent(one.rate.share)} of {one.n:,} ({_interval(one.rate.interval)}) beside {one.archived:,} others"
        for one in (MEASURED if is_judged else OF_SHORT)
    )
    what = "articles" if is_judged else "articles cut to 115 words"
    return f"false alarms by sources: one was named for {what} whose source was not archived, {', and for '.join(said)}"


def _interval(bounds: tuple[float, float]) -> str:
    low, high = map(percent, bounds)
    return f"95% interval {low} to {high}"


def _notes(report: Report, width: int) -> Iterator[str]:
    yield from notices(report, width)
    yield _note_list("Credits and datelines:", report.credits, width)


def notices(report: Report, width: int) -> Iterator[str]:
    """What is printed with the story and accuses nobody, such as that it is a translation."""
    yield _note_list("Printed with the story, told and not judged:", report.notices, width)


def _note_list(title: str, notes: tuple[Note, ...], width: int) -> str:
    if not notes:
        return ""
    items = [item(f"{note.kind.replace('-', ' ')}: {neutral(note.text)}", width) for note in notes]
    return "\n".join([wrap(title, width), *items])


def _passages(report: Report, width: int) -> Iterator[str]:
    """Where in the article the signs are, if they are not everywhere."""
    probabilities = [passage.probability for passage in report.passages]
    if report.verdict == "spun" and probabilities and min(probabilities) < NO_SIGN and max(probabilities) >= SIGNS:
        lines = _bars(_runs(report.passages), report.text or "", width)
        yield "\n".join([wrap("By passage, with the probability of word substitution:", width), *lines])


def _runs(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Passages, with neighbours that show no sign taken together."""
    for quiet, run in groupby(passages, key=lambda passage: passage.probability < NO_SIGN):
        if quiet:
            first, *others = run
            words = first.words + sum(passage.words for passage in others)
            highest = max(passage.probability for passage in (first, *others))
            yield replace(first, end=(first, *others)[-1].end, words=words, probability=highest)
        else:
            yield from run


def _bars(passages: Iterable[Passage], text: str, width: int) -> Iterator[str]:
    last = 0
    for passage in passages:
        first, last = last + 1, last + passage.words
        full = round(BAR * passage.probability)
        line = f"{'█' * full:░<{BAR}} {passage.probability:.2f}  words {f'{first}-{last}':9}"
        yield f"{line}  {_opening(text, passage, width - len(line) - 2)}".rstrip()


def _opening(text: str, passage: Passage, room: int) -> str:
    """The first words of a passage, where there is room for some."""
    opening = neutral(text[passage.start : passage.start + 3 * WIDEST])
    return textwrap.shorten(opening, min(room, 40), placeholder=" …") if room >= 20 else ""


def marks(report: Report, width: int, colour: bool) -> Iterator[str]:
    """The marked text, then the notes on its marks."""
    numbered = as_numbered(report.evidence)
    if report.text is not None and numbered:
        yield from marked_paragraphs(report.text, numbered, width, colour=colour)
    yield from listed(grouped(report.evidence), width)
