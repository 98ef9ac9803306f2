"""What `check` prints: a line for a draft that shows nothing, all of it for one that does, and what a run comes to.

What holds of every draft alike, as how many reworded articles are missed, is said once, at the end.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from detector.findings import Level, Report
from detector.render.neutral import neutral
from detector.render.report_words import none_found, withheld
from detector.render.terminal import headline, marks, misses, model_words, notices, to_terminal
from detector.render.wrapped import fitting, percent, wrap

LEVELS: tuple[Level, ...] = ("none", "worth_a_look", "strong")
WHAT = ("flagged", "without signs", "without a verdict", "not readable")


def fails(report: Report, least: Level) -> bool:
    """Whether a draft is flagged at this level or above; at "none", whether any phrase of it is marked."""
    if least == "none" and report.evidence:
        return True
    return bool(report.flagged) and LEVELS.index(report.level or "none") >= LEVELS.index(least)


@dataclass(slots=True)
class Checked:
    """The text of a run, draft by draft.

    Attributes:
        width: columns that lines may have.
        least: the level from which a draft is shown in full.
        counts: of drafts so far, by WHAT.
        clean: one of those without signs that a line tells of; in full they say themselves what is missed.
    """

    width: int
    colour: bool
    least: Level
    counts: Counter[str] = field(default_factory=Counter)
    clean: Report | None = None
    _blank_line: bool = False

    def shown(self, report: Report) -> str:
        """What to print of the next draft: several blocks stand between blank lines, single lines do not."""
        full = self._in_full(report)
        text = full or "\n\n".join(self._in_short(report)) + "\n"
        is_long = "\n\n" in text
        gap = "\n" if self.counts and (is_long or self._blank_line) else ""
        self._blank_line = is_long
        self.counts[_what(report)] += 1
        if report.status == "ok" and not report.flagged and not full:
            self.clean = report
        return gap + text

    def closing(self) -> str:
        """What all of it comes to."""
        lines = []
        if (n := self.counts.total()) > 1:
            told = [what for what in WHAT if self.counts[what] or what == WHAT[0]]
            lines.append(f"{n:,} drafts: {', '.join(f'{self.counts[what]:,} {what}' for what in told)}.")
        if self.clean is not None:
            lines.append(_proves_nothing(self.clean))
        return "".join(f"\n{wrap(line, fitting(self.width))}\n" for line in lines)

    def _in_full(self, report: Report) -> str:
        """All of it, for what is shown so; else nothing."""
        is_shown = self.least == "none" or fails(report, self.least) or report.sources or report.others
        return to_terminal(report, self.width, colour=self.colour) if report.status == "ok" and is_shown else ""

    def _in_short(self, report: Report) -> Iterator[str]:
        width = fitting(self.width)
        said = [f"{neutral(report.id)}: {_in_a_line(report)}", neutral(none_found(report)), withheld(report)]
        line = ". ".join(part.removesuffix(".") for part in said if part)
        # A path stays whole, so that it can be copied.
        yield textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        yield from filter(None, notices(report, width))
        if not report.flagged:  # what is left are those of the desk's own dictionary
            yield from marks(report, width, self.colour)


def _what(report: Report) -> str:
    if report.status != "ok":
        return WHAT[2] if report.status == "abstained" else WHAT[3]
    return WHAT[0] if report.flagged else WHAT[1]


def _in_a_line(report: Report) -> str:
    if report.error is not None:
        return f"could not be read: {neutral(report.error.message.removeprefix(f'{report.id}: '))}"
    if report.abstention is not None:
        return f"no verdict: {neutral(report.abstention.message)}"
    if report.flagged:
        return f"{headline(report)} (below the level asked for)"
    is_withdrawn = report.desk is not None and report.desk.withdrawn is not None
    return f"no {'other ' if is_withdrawn else ''}signs in {report.words or 0:,} words"


def _proves_nothing(report: Report) -> str:
    """What stands behind "no signs": what is missed, what is flagged wrongly, and which model says so."""
    rate = report.false_positive_rate
    alarms = "" if rate is None else f" Of {rate.n:,} untouched articles {percent(rate.measured)} were flagged."
    said = f"No signs prove nothing: reworded articles are missed too{misses(report)}{alarms}"
    return f"{said} By {model_words(report.model)}."
