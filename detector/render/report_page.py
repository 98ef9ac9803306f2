"""A Report as one self-contained page for people: the article beside its sources first, the figures after it.

It asks for nothing from outside, has no scripts, prints, and is read on dark, on light and on a telephone. All text of
articles is shown as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from detector.findings import Derivation, Evidence, Report
from detector.render.html_page import html_page, table
from detector.render.marked_text import marked_stretches
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
    none_found,
    not_made_from,
    record_rows,
    remarks,
    said_of,
    shares_of,
    shares_words,
    title_of,
    told_of,
    withheld,
)
from detector.render.side_by_side import fact_rows, shown, side_by_side, swap_rows
from detector.render.terminal import false_alarms, figures, headline
from detector.render.web_address import shortened, web_address


def to_html(report: Report, made: str) -> str:
    """The whole page; `made` is when, in words, and is shown as such."""
    return html_page(report.id, ["report.css"], (part for part in _body(report, made) if part))


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
        yield from _beside(one, report.text or "", i)
    if _has_marks(report):
        yield from _marks(report)
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


def _beside(laid: Laid, text: str, number: int) -> Iterator[str]:
    source, called, anchor = laid.source, laid.called, f"x{number}"
    swaps, facts = source.comparison.swaps, source.comparison.facts
    yield f'<h2 id="{anchor}">{shown(title_of(laid))}</h2>'
    yield f"<p>{' · '.join([*map(shown, told_of(source)), *_link(source.url)])}</p>"
    if said := not_made_from(laid):
        yield f"<p><strong>{shown(said)}</strong></p>"
    yield from (f"<p>{shown(said)}</p>" for said in remarks(source))
    yield _shares(source.comparison.derivation, called)
    yield (
        f"<p>{len(swaps):,} swapped phrase{'' if len(swaps) == 1 else 's'}, numbered on both sides: "
        '<span class="swap substituted">other words</span> <span class="swap inserted">only here</span> '
        '<span class="swap deleted">only there</span> <span class="swap fact">a fact changed</span>. '
        f"{len(facts):,} changed fact{'' if len(facts) == 1 else 's'}: "
        '<span class="fact">underlined twice</span><sup>F</sup></p>'
    )
    column = f"{called[0].upper()}{called[1:]}"
    yield f'<div class="pair head" aria-hidden="true"><div>This article</div><div>{column}</div></div>'
    yield from side_by_side(source, text, anchor, called)
    if facts:
        rows = list(fact_rows(facts, anchor))
        yield table(
            "What it states otherwise", heads(FACT_HEADS, called), rows, f"What it states otherwise, text {number}"
        )
    if swaps:
        rows = list(swap_rows(source, anchor))
        yield table("Swapped phrases", heads(SWAP_HEADS, called), rows, f"Swapped phrases, text {number}")


def _link(url: str | None) -> list[str]:
    """A link to where the text was published; an address that may lead elsewhere stays text."""
    address = web_address(url)
    if address is None:
        return [shown(url)] if url else []
    return [f'<a href="{escape(address)}" rel="noreferrer noopener nofollow">{shown(shortened(address))}</a>']


def _shares(shares: Derivation, called: str) -> str:
    parts = shares_of(shares, called)
    bar = "".join(
        f'<span class="{kind}" style="flex-grow:{share:.4f}"></span>'
        for kind, (_, share) in zip(("same", "reworded", "own"), parts, strict=True)
    )
    return (
        f'<div class="shares" role="img" aria-label="{said_of(parts)}">{bar}</div>'
        f"<p>{shown(shares_words(shares, called))}</p>"
    )


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
    yield f'<div class="text">{_marked(report.text, report.evidence)}</div>'
    yield table("Reasons", MARK_HEADS, [_reason(n, mark) for n, mark in enumerate(report.evidence, start=1)])
    if not report.sources:
        yield "<h3>A restored reading (a suggestion, not a source)</h3>"
        yield f'<div class="text">{_restored(report.text, report.evidence)}</div>'


def _reason(number: int, mark: Evidence) -> str:
    places = f" ({len(mark.places):,} places)" if mark.also else ""
    suggested = ", ".join(f"{shown(one.text)} ({one.probability:.2f})" for one in mark.suggestions)
    return (
        f'<tr id="r{number}"><td><a href="#m{number}" title="to the text">{number}</a></td>'
        f"<td>{shown(mark.text)}{places}</td><td>{shown(mark.reason)}</td><td>{suggested}</td></tr>"
    )


def _marked(text: str, evidence: Sequence[Evidence]) -> str:
    """The text with its marks, each linked to its reason; a reason links to the first place of its mark."""
    parts, done, seen = [], 0, set[int]()
    for start, end, numbers in marked_stretches(evidence):
        links = [_to_reason(n, "" if n in seen else f' id="m{n}"', evidence[n - 1].reason) for n in numbers]
        seen.update(numbers)
        first = f"{links[0]}{shown(text[start:end])}<sup>{numbers[0]}</sup></a>"
        others = "".join(f"<sup>,{link}{n}</a></sup>" for link, n in zip(links[1:], numbers[1:], strict=True))
        parts += [_prose(text[done:start]), f"<mark>{first}{others}</mark>"]
        done = end
    return "".join([*parts, _prose(text[done:])])


def _to_reason(number: int, name: str, reason: str) -> str:
    return f'<a{name} href="#r{number}" title="{number}: {shown(reason)}">'


def _restored(text: str, evidence: Sequence[Evidence]) -> str:
    """The text with each mark's first suggestion in its place; what has none stays as it is."""
    parts, done = [], 0
    for start, end, numbers in marked_stretches(evidence):
        best = evidence[numbers[0] - 1].suggestions[:1]
        inside = f"<ins>{shown(best[0].text)}</ins>" if best else _prose(text[start:end])
        parts += [_prose(text[done:start]), inside]
        done = end
    return "".join([*parts, _prose(text[done:])])


def _prose(text: str) -> str:
    return "<br>\n".join(shown(line) for line in text.split("\n"))


def _record(report: Report, made: str) -> str:
    """What identifies what was compared, and room for who looked at it."""
    rows = [(shown(name), f"<td>{shown(value)}</td>") for name, value in record_rows(report, made)]
    rows += [(name, '<td class="blank"></td>') for name in ("reviewed by", "on")]
    cells = "".join(f'<tr><th scope="row">{name}</th>{cell}</tr>' for name, cell in rows)
    return f'<h2 id="record">Record</h2><table class="record">{cells}</table>'
