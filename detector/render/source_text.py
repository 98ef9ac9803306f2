"""The sources of an article for a person at a terminal: which they are, how much of it they hold, and what differs."""

from __future__ import annotations

from collections.abc import Iterator

from detector.findings import FactChange, Report, Source, Wording
from detector.render.neutral import neutral
from detector.render.wrapped import item, wrap

MOST_SWAPS = 10  # of one source
LONGEST = 120  # characters of a phrase that are shown


def source_blocks(report: Report, width: int) -> Iterator[str]:
    """One block a source; one line where an archive was asked and none was found."""
    if report.archive is not None and not report.sources:
        yield wrap(f"No source found in the archive {neutral(report.archive)}.", width)
    for source in report.sources:
        yield "\n".join(_lines(source, width))


def _lines(source: Source, width: int) -> Iterator[str]:
    told = [source.outlet or "no outlet", source.published or "no date", source.id]
    yield wrap(f"Source: {neutral(source.title or '(no title)')} ({neutral(' · '.join(told))})", width, "  ")
    shares = source.comparison.derivation
    yield item(
        f"{shares.coverage:.0%} of this article's words outside of quotations have their counterpart there: "
        f"{shares.verbatim:.0%} word for word, {shares.reworded:.0%} in other words",
        width,
    )
    swaps = source.comparison.swaps
    for swap in swaps[:MOST_SWAPS]:
        yield item(f"{_quoted(swap.suspect)} where the source has {_quoted(swap.reference)}", width)
    if len(swaps) > MOST_SWAPS:
        yield item(f"and {len(swaps) - MOST_SWAPS:,} more phrases in other words", width)
    if source.comparison.facts:
        yield wrap("What it states otherwise than the source:", width)
        yield from (item(_fact(fact), width) for fact in source.comparison.facts)


def _fact(fact: FactChange) -> str:
    if fact.suspect is None:
        return f"{fact.type}: the source has {_quoted(fact.reference)}, this article does not"
    if fact.reference is None:
        return f"{fact.type}: {_quoted(fact.suspect)} is not in the source"
    return f"{fact.type}: {_quoted(fact.suspect)}, in the source {_quoted(fact.reference)}"


def _quoted(wording: Wording | None) -> str:
    text = "" if wording is None else wording.text
    return f'"{neutral(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")}"'
