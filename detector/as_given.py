"""A report told on the text as given, where another text of the same length was read in its place (Markdown)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from detector.findings import Evidence, Report, Source, Wording
from detector.text import Note

Quotation = TypeVar("Quotation", Evidence, Note, Wording)


def as_given(report: Report, given: str) -> Report:
    """The report, with each of its quotations as `given` has it in that place."""
    return replace(
        report,
        text=given,
        evidence=_quoted(report.evidence, given),
        notices=_quoted(report.notices, given),
        credits=_quoted(report.credits, given),
        sources=tuple(_source(source, given) for source in report.sources),
        others=tuple(_source(source, given) for source in report.others),
    )


def _source(source: Source, given: str) -> Source:
    comparison, credit = source.comparison, source.credit
    swaps = tuple(replace(swap, suspect=_as_in(swap.suspect, given)) for swap in comparison.swaps)
    facts = tuple(
        fact if fact.suspect is None else replace(fact, suspect=_as_in(fact.suspect, given))
        for fact in comparison.facts
    )
    return replace(
        source,
        comparison=replace(comparison, swaps=swaps, facts=facts),
        credit=None if credit is None else replace(credit, suspect=_as_in(credit.suspect, given)),
    )


def _quoted(quotations: Iterable[Quotation], given: str) -> tuple[Quotation, ...]:
    return tuple(_as_in(one, given) for one in quotations)


def _as_in(one: Quotation, given: str) -> Quotation:
    text = given[one.start : one.end]
    return one._replace(text=text) if isinstance(one, tuple) else replace(one, text=text)
