"""A Report as one self-contained page for people: the article beside its sources first, the figures after it.

It asks for nothing from outside, has no scripts, prints, and is read on dark, on light and on a telephone. All text of
articles is shown as text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from detector.findings import Derivation, Evidence, Report, Source
from detector.render.html_page import html_page, table
from detector.render.marked_text import marked_stretches
from detector.render.side_by_side import fact_rows, shown, side_by_side, swap_rows
from detector.render.source_text import CALLED, LICENSED, remarks
from detector.render.terminal import figures, headline

LIMITS = (
    "It does not tell who changed a text, or why, or which of two texts came first unless their times say so.",
    "Agencies allow their customers to shorten and edit: who was allowed to is known only from a list of licensees.",
    "Where no signs are found, nothing is proven: reworded articles are missed too, at the rate given above.",
)
BESIDE = "compare both texts in the columns above, which are complete; "
DISPUTE = (
    "check the digests against your own copies; and run the same model and calibration on the same text. The result is"
    " the same to the byte."
)


def to_html(report: Report, made: str) -> str:
    """The whole page; `made` is when, in words, and is shown as such."""
    return html_page(report.id, ["report.css"], (part for part in _body(report, made) if part))


def _body(report: Report, made: str) -> Iterator[str]:
    yield f"<h1>{shown(report.id)}</h1>"
    rate = next((line for line in figures(report) if line.startswith("false alarms")), "")
    yield f'<section class="verdict"><p><strong>{shown(headline(report))}</strong></p><p>{shown(rate)}</p></section>'
    if report.archive is not None and not report.sources:
        yield f"<p>No source was found in the archive {shown(report.archive)}.</p>"
    if report.licensed and report.sources:
        yield f"<p>{LICENSED}</p>"
    for i, source in enumerate(report.sources, start=1):
        yield from _source(source, report.text or "", i)
    if report.status == "ok":
        yield from _marks(report)
        yield f"<h2>Figures</h2><ul>{''.join(f'<li>{shown(line)}</li>' for line in figures(report))}</ul>"
    yield from _record(report, made)
    yield f"<h2>What this does not tell</h2><ul>{''.join(f'<li>{line}</li>' for line in LIMITS)}</ul>"
    yield f"<p>To dispute it: {BESIDE if report.sources else ''}{DISPUTE}</p>"


def _source(source: Source, text: str, number: int) -> Iterator[str]:
    anchor, other = f"x{number}", CALLED[source.direction]
    told = " · ".join(shown(part) for part in (source.outlet, source.published, source.id) if part)
    swaps, facts = source.comparison.swaps, source.comparison.facts
    yield f"<h2>Beside {shown(source.title or other)}</h2><p>{told}</p>"
    yield from (f"<p>{shown(said)}</p>" for said in remarks(source))
    yield _shares(source.comparison.derivation, other)
    yield (
        f'<p class="key">{len(swaps):,} swapped phrase{"" if len(swaps) == 1 else "s"}, numbered on both sides: '
        '<span class="swap substituted">other words</span> <span class="swap inserted">only here</span> '
        '<span class="swap deleted">only there</span> <span class="swap fact">a fact changed</span>. '
        f"{len(facts):,} changed fact{'' if len(facts) == 1 else 's'}: "
        '<span class="fact">underlined twice</span><sup>F</sup></p>'
    )
    yield f'<div class="pair head" aria-hidden="true"><div>This article</div><div>{other.capitalize()}</div></div>'
    yield from side_by_side(source, text, anchor)
    if facts:
        columns = ("", "what", "this article", other)
        yield table("What it states otherwise", columns, list(fact_rows(facts, anchor)))
    if swaps:
        head = ("", "this article", other, "how", "touches", f"an editor would rather write {other}'s by")
        yield table("Swapped phrases", head, list(swap_rows(source, anchor)))


def _shares(shares: Derivation, other: str) -> str:
    parts = (
        ("word for word", shares.verbatim, "same"),
        ("in other words", shares.reworded, "reworded"),
        (f"not in {other}", shares.added, "own"),
    )
    bar = "".join(f'<span class="{kind}" style="flex-grow:{share:.4f}"></span>' for _, share, kind in parts)
    said = ", ".join(f"{share:.0%} {words}" for words, share, _ in parts)
    return (
        f'<div class="shares" role="img" aria-label="{said}">{bar}</div><p>Of its words outside of quotations: {said}. '
        f"Of {other}'s, {shares.dropped:.0%} are not here.</p>"
    )


def _marks(report: Report) -> Iterator[str]:
    if report.text is None:
        return
    yield "<h2>Marked in the text alone</h2>"
    if not report.evidence:
        yield "<p>No phrase is marked.</p>"
        return
    yield f'<div class="text">{_marked(report.text, report.evidence)}</div>'
    rows = [
        f"<tr><td>{number}</td><td>{shown(mark.text)}</td><td>{shown(mark.reason)}</td><td>{_suggested(mark)}</td></tr>"
        for number, mark in enumerate(report.evidence, start=1)
    ]
    yield table("Reasons", ("", "phrase", "reason", "may have been (probability)"), rows)
    if not report.sources:
        yield "<h3>A restored reading (a suggestion, not a source)</h3>"
        yield f'<div class="text">{_restored(report.text, report.evidence)}</div>'


def _suggested(mark: Evidence) -> str:
    return ", ".join(f"{shown(one.text)} ({one.probability:.2f})" for one in mark.suggestions)


def _marked(text: str, evidence: Sequence[Evidence]) -> str:
    parts, done = [], 0
    for start, end, numbers in marked_stretches(evidence):
        label = ",".join(map(str, numbers))
        parts += [_prose(text[done:start]), f"<mark>{shown(text[start:end])}<sup>{label}</sup></mark>"]
        done = end
    return "".join([*parts, _prose(text[done:])])


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


def _record(report: Report, made: str) -> Iterator[str]:
    """Everything that identifies what was compared, and by what: with it the report can be made again."""
    yield "<h2>Record</h2>"
    own = report.model.calibration
    rows = [
        ("made", made),
        ("article", report.id),
        ("article published", report.published or "not said"),
        ("article SHA-256", report.text_sha256 or "none"),
        ("model", f"{report.model.name} {report.model.version}, {report.model.digest}"),
        ("calibration", "the model's own" if own is None else f"{own.name} of {own.date}, {own.digest}"),
    ]
    for source in report.sources:
        rows.append((f"reference {source.id}", f"{source.outlet or 'no outlet'}, {source.published or 'no date'}"))
        rows.append((f"reference {source.id} SHA-256", _digest(source.text)))
    cells = "".join(f"<tr><th>{shown(name)}</th><td>{shown(value)}</td></tr>" for name, value in rows)
    yield f'<table class="record">{cells}<tr><th>reviewed by</th><td class="blank"></td></tr>'
    yield '<tr><th>on</th><td class="blank"></td></tr></table>'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
