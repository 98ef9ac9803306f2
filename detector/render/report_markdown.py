"""A Report as Markdown, for a ticket or a mail: what the page says but for the texts themselves.

It is read as it stands, too. Swaps, facts and marks have the numbers that they have on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.comparison import FactChange, Swap, Wording
from detector.findings import Evidence, Report
from detector.render.mark_list import as_numbered
from detector.render.markdown import inline, link, table
from detector.render.report_words import (
    FACT_HEADS,
    LICENSED,
    LIMITS,
    MARK_HEADS,
    SWAP_HEADS,
    Laid,
    dispute,
    heads,
    laid_beside,
    likelier,
    none_found,
    not_made_from,
    record_rows,
    remarks,
    shares_words,
    suggested,
    title_of,
    told_of,
    withheld,
)
from detector.render.terminal import false_alarms, figures, headline
from detector.render.web_address import shortened, web_address

MOST_ROWS = 500  # of one table: tickets have a largest size, and the page has the rest
LONGEST = 200  # characters of a phrase in a table


def to_markdown(report: Report, made: str) -> str:
    """The whole report; `made` is when, in words, and is shown as such."""
    return "\n".join(_lines(report, made)) + "\n"


def _lines(report: Report, made: str) -> Iterator[str]:
    yield from (f"# {inline(report.id)}", "", f"**{inline(headline(report))}**", "")
    yield from _items(false_alarms(report))
    if said := none_found(report):
        yield from (inline(said), "")
    if report.licensed and report.sources:
        yield from (inline(LICENSED), "")
    for laid in laid_beside(report):
        yield from _beside(laid)
    if said := withheld(report):
        yield from (inline(said), "")
    if report.status == "ok" or report.evidence:
        yield from _marks(as_numbered(report.evidence))
    if report.status == "ok":
        yield from ("## Figures", "", *_items(figures(report)))
    yield from (
        "## Record",
        "",
        *table(("what", "which"), [(inline(a), inline(b)) for a, b in record_rows(report, made)]),
    )
    yield from ("## What this does not tell", "", *_items(LIMITS))
    yield inline(dispute(in_columns=False))


def _items(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    items = [f"- {inline(line)}" for line in lines]
    yield from (*items, "") if items else ()


def _beside(laid: Laid) -> Iterator[str]:
    source, called, _ = laid
    told = [*map(inline, told_of(source)), *_link(source.url)]
    yield from (f"## {inline(title_of(laid))}", "", f"From: {' · '.join(told)}", "")
    if said := not_made_from(laid):
        yield from (f"**{inline(said)}**", "")
    yield from _items(remarks(source))
    yield from (inline(shares_words(source.comparison.derivation, called)), "")
    facts = [_fact(number, fact) for number, fact in enumerate(source.comparison.facts, start=1)]
    yield from _table("changed fact", heads(FACT_HEADS, called), facts)
    swaps = [_swap(number, swap) for number, swap in enumerate(source.comparison.swaps, start=1)]
    yield from _table("swapped phrase", heads(SWAP_HEADS, called), swaps)


def _marks(evidence: Sequence[Evidence]) -> Iterator[str]:
    yield from ("## Marked in the text alone", "")
    yield from _table(
        "marked phrase", MARK_HEADS, [_mark(number, mark) for number, mark in enumerate(evidence, start=1)]
    )


def _table(what: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """How many there are, and a row for each, up to MOST_ROWS."""
    yield from (f"### {len(rows):,} {what}{'' if len(rows) == 1 else 's'}", "")
    if rows:
        yield from table(names, rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        yield from (f"and {len(rows) - MOST_ROWS:,} more, which the page has (`--format html`)", "")


def _swap(number: int, swap: Swap) -> Sequence[str]:
    touches = "a fact" if swap.severity == "fact" else "wording"
    return str(number), _phrase(swap.suspect), _phrase(swap.reference), swap.operation, touches, likelier(swap.odds)


def _fact(number: int, fact: FactChange) -> Sequence[str]:
    ours, theirs = (_phrase(side) if side else "(not there)" for side in (fact.suspect, fact.reference))
    return f"F{number}", fact.type, ours, theirs


def _mark(number: int, mark: Evidence) -> Sequence[str]:
    places = f" ({len(mark.places):,} places)" if mark.also else ""
    return str(number), f"{_cut(mark.text)}{places}", inline(mark.reason), suggested(mark, inline)


def _phrase(wording: Wording) -> str:
    return _cut(wording.text) or "(nothing)"


def _cut(text: str) -> str:
    return inline(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _link(url: str | None) -> list[str]:
    address = web_address(url)
    if address is not None:
        return [link(shortened(address), address)]
    return [inline(url)] if url else []
