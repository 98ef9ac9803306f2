"""A report told on the text as given, where another text was read in its place (Markdown)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from detector.comparison import Source, Wording
from detector.findings import Evidence, Passage, Report
from detector.text import Article, Note, Span

Quotation = TypeVar("Quotation", Note, Wording)


def as_given(report: Report, article: Article) -> Report:
    """The report of `article`, with each place and each quotation as the text as given has it."""
    return replace(
        report,
        text=article.as_given,
        evidence=tuple(_mark(mark, article) for mark in report.evidence),
        passages=tuple(_passage(passage, article) for passage in report.passages),
        notices=_quoted(report.notices, article),
        credits=_quoted(report.credits, article),
        clutter=_placed(report.clutter, article),
        sources=tuple(_source(source, article) for source in report.sources),
        others=tuple(_source(source, article) for source in report.others),
    )


def quoted(one: Quotation, article: Article) -> Quotation:
    """What stands in the text as given in the place of what was read."""
    start, end = article.placed(one.start, one.end)
    return one._replace(start=start, end=end, text=article.as_given[start:end])


def _mark(mark: Evidence, article: Article) -> Evidence:
    start, end = article.placed(mark.start, mark.end)
    return replace(mark, start=start, end=end, text=article.as_given[start:end], also=_placed(mark.also, article))


def _passage(passage: Passage, article: Article) -> Passage:
    start, end = article.placed(passage.start, passage.end)
    return replace(passage, start=start, end=end)


def _source(source: Source, article: Article) -> Source:
    comparison, credit = source.comparison, source.credit
    phrases = tuple(replace(one, suspect=article.placed(*one.suspect)) for one in comparison.alignment.phrases)
    swaps = tuple(replace(swap, suspect=quoted(swap.suspect, article)) for swap in comparison.swaps)
    facts = tuple(
        fact if fact.suspect is None else replace(fact, suspect=quoted(fact.suspect, article))
        for fact in comparison.facts
    )
    return replace(
        source,
        comparison=replace(
            comparison, alignment=replace(comparison.alignment, phrases=phrases), swaps=swaps, facts=facts
        ),
        credit=None if credit is None else replace(credit, suspect=quoted(credit.suspect, article)),
    )


def _quoted(quotations: Iterable[Quotation], article: Article) -> tuple[Quotation, ...]:
    return tuple(quoted(one, article) for one in quotations)


def _placed(spans: Iterable[Span], article: Article) -> tuple[Span, ...]:
    return tuple(article.placed(*span) for span in spans)
