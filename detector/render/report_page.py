"""A Report as one self-contained page for people: the article beside its sources first, the figures after it.

It asks for nothing from outside, has no scripts, prints, and is read on dark, on light and on a telephone. All text of
articles is shown as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.findings import Evidence, Report
from detector.render.beside import beside, swap_table
from detector.render.html_page import html_page, table
from detector.render.mark_list import as_numbered
from detector.render.marked_html import marked_html, prose
from detector.render.marked_text import marked_stretches
from detector.render.report_words import (
    LICENSED,
    LIMITS,
    MARK_HEADS,
    dispute,
    laid_beside,
    none_found,
    record_rows,
    suggested,
    title_of,
    withheld,
)
from detector.render.side_by_side import shown
from detector.render.terminal import false_alarms, figures, headline


def to_html(report: Report, made: str) -> str:
    """The whole page; `made` is when, in words, and is shown as such."""
    return html_page(report.id, [], (part for part in _body(report, made) if part))


def _body(report: Report, made: str) -> Iterator[str]:
    laid = laid_beside(report)
    yield f"<h1>{shown(report.id)}</h1>"
    alarms = "".join(f"<p>{shown(line)}</p>" for line in false_alarms(report))
    yield f'<section class="verdict"><p><strong>{shown(headline(report))}</strong></p>{alarms}</section>'
    yield _contents(report)
    if said := none_found(report):
        yield f"<p>{shown(said)}</p>"
    if report.licensed and report.sources:
        yield f"<p>{LICENSED}</p>"
    for i, one in enumerate(laid, start=1):
        yield from beside(one, report.text or "", i)
        yield swap_table(one, i)
    if _has_marks(report):
        yield from _marks(report)
    elif said := withheld(report):  # the dictionary's marks without a verdict, all of them accepted
        yield f"<p>{shown(said)}</p>"
    if report.status == "ok":
        yield f'<h2 id="figures">Figures</h2><ul>{"".join(f"<li>{shown(line)}</li>" for line in figures(report))}</ul>'
    yield _record(report, made)
    yield f'<h2 id="limits">What this does not tell</h2><ul>{"".join(f"<li>{line}</li>" for line in LIMITS)}</ul>'
    yield f"<p>{dispute(in_columns=bool(laid))}</p>"


def _contents(report: Report) -> str:
    """Links to the parts, for those who do not scroll."""
    parts = [(f"x{i}", title_of(laid)) for i, laid in enumerate(laid_beside(report), start=1)]
    if _has_marks(report):
        parts += [("marks", "Marked in the text alone")]
    if report.status == "ok":
        parts += [("figures", "Figures")]
    parts += [("record", "Record"), ("limits", "What this does not tell")]
    links = "".join(f'<li><a href="#{anchor}">{shown(name)}</a></li>' for anchor, name in parts)
    return f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav>'


def _has_marks(report: Report) -> bool:
    """Whether marks are told of: by a verdict, or by the desk's dictionary without one."""
    return report.text is not None and (report.status == "ok" or bool(report.evidence))


def _marks(report: Report) -> Iterator[str]:
    if report.text is None:
        return
    yield '<h2 id="marks">Marked in the text alone</h2>'
    if said := withheld(report):
        yield f"<p>{shown(said)}</p>"
    if not report.evidence:
        yield "<p>No phrase is marked.</p>"
        return
    evidence = as_numbered(report.evidence)
    yield f'<div class="text">{marked_html(report.text, evidence)}</div>'
    yield table("Reasons", MARK_HEADS, [_reason(n, mark) for n, mark in enumerate(evidence, start=1)])
    if not report.sources:
        yield "<h3>A restored reading (a suggestion, not a source)</h3>"
        yield f'<div class="text">{_restored(report.text, evidence)}</div>'


def _reason(number: int, mark: Evidence) -> str:
    places = f" ({len(mark.places):,} places)" if mark.also else ""
    return (
        f'<tr id="r{number}"><td><a href="#m{number}" title="to the text">{number}</a></td>'
        f"<td>{shown(mark.text)}{places}</td><td>{shown(mark.reason)}</td><td>{suggested(mark, shown)}</td></tr>"
    )


def _restored(text: str, evidence: Sequence[Evidence]) -> str:
    """The text with each mark's first suggestion in its place; what has none stays as it is."""
    parts, done = [], 0
    for start, end, numbers in marked_stretches(evidence):
        best = evidence[numbers[0] - 1].suggestions[:1]
        inside = f"<ins>{shown(best[0].text)}</ins>" if best else prose(text[start:end])
        parts += [prose(text[done:start]), inside]
        done = end
    return "".join([*parts, prose(text[done:])])


def _record(report: Report, made: str) -> str:
    """What identifies what was compared, and room for who looked at it."""
    rows = [(shown(name), f"<td>{shown(value)}</td>") for name, value in record_rows(report, made)]
    rows += [(name, '<td class="blank"></td>') for name in ("reviewed by", "on")]
    cells = "".join(f'<tr><th scope="row">{name}</th>{cell}</tr>' for name, cell in rows)
    return f'<h2 id="record">Record</h2><table class="record">{cells}</table>'
