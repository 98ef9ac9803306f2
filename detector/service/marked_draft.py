"""What answers a check on the page: the verdict in words, the draft with its marks, their reasons, and its sources.

An HTML fragment without scripts, styles or handlers, of which desk.js makes a page that answers; all text of the draft
is shown as text. What the script needs stands in attributes: the draft itself as JSON (`data-text`), what is read aloud
(`data-said`), and the places of each mark in code points (`data-places`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from detector.findings import DESK, Evidence, Report
from detector.render.beside import beside, swap_table
from detector.render.mark_list import as_numbered, chance
from detector.render.marked_html import marked_html, prose
from detector.render.marked_text import marked_stretches
from detector.render.report_words import LICENSED, laid_beside, none_found, withheld
from detector.render.side_by_side import shown
from detector.render.terminal import false_alarms, figures, headline
from detector.render.wrapped import percent

LOOKED_FOR = "Looked for: words and phrases put in the place of others, and the habits of machine translation."
LEFT_OPEN = "What that leaves open"
HOW_SURE = "How sure that is"
MISSED = "Reworded drafts are missed too, so this proves nothing. Missed were:"
PARAPHRASE = "every fluent paraphrase whose source is not at hand"
NOT_WHO = "It does not tell who changed the text, or why."


def marked_draft(report: Report) -> str:
    """The fragment, for a report with or without a verdict."""
    text = escape(json.dumps(report.text or ""))
    said = escape(" ".join([title(report), *_marked_words(report)]))
    parts = "\n".join(part for part in (_verdict(report), _reading(report), *_sources(report)) if part)
    return f'<article id="checked" data-text="{text}" data-said="{said}">\n{parts}\n</article>\n'


def title(report: Report) -> str:
    """The verdict in one sentence; of what gets none, that it gets none."""
    if report.status != "ok":
        return "No verdict is possible."
    return f"{headline(report)}." if report.flagged else "No signs of rewording."


def _verdict(report: Report) -> str:
    """On one side what was found, on the other what that is worth."""
    told = "".join(f"<p>{shown(line)}</p>" for line in _told(report))
    return (
        f'<section class="verdict {report.level or "unjudged"}" aria-labelledby="said"><div class="told">'
        f'<h2 id="said" tabindex="-1">{shown(title(report).rstrip("."))}</h2>{told}</div>'
        f'<div class="behind">{"".join(_behind(report))}</div></section>'
    )


def _told(report: Report) -> Iterator[str]:
    """What stands under the verdict, a paragraph each."""
    refusal = report.error or report.abstention
    if refusal is not None:
        yield f"{refusal.message[:1].upper()}{refusal.message[1:]}."
    elif not report.flagged:
        yield LOOKED_FOR
    yield from _marked_words(report)
    if said := withheld(report):
        yield said


def _behind(report: Report) -> Iterator[str]:
    """How far the verdict goes, and the figures."""
    if report.flagged:
        alarms = "".join(f"<p>{shown(line[0].upper())}{shown(line[1:])}.</p>" for line in false_alarms(report))
        yield f"<h3>{HOW_SURE}</h3>{alarms}<p>{NOT_WHO}</p>"
    elif report.status == "ok":
        yield f"<h3>{LEFT_OPEN}</h3><p>{MISSED}</p>{_listed(_missed(report))}"
    numbers = [*(figures(report) if report.status == "ok" else false_alarms(report)), *_notes(report)]
    if numbers:
        yield f"<details><summary>The figures</summary>{_listed(numbers)}</details>"


def _marked_words(report: Report) -> Iterator[str]:
    n, facts = len(report.evidence), sum(mark.severity == "fact" for mark in report.evidence)
    if n:
        marked = f"{n:,} phrase{' is' if n == 1 else 's are'} marked"
        if facts:
            marked += f", {facts:,} of them in what may be a fact" if n > 1 else ", in what may be a fact"
        stand = "it stands" if n == 1 else "they stand"
        quiet = "" if report.flagged else f": odd where {stand}, as good copy may be, and worth a second look"
        yield f"{marked}{quiet}."
    elif report.status == "ok":
        yield "No phrase is marked."


def _missed(report: Report) -> Iterator[str]:
    for score in (report.classes or {}).values():
        if score is not None:
            yield f"{percent(score.missed.share)} of {score.missed.n:,} {score.missed.of}"
    yield PARAPHRASE


def _notes(report: Report) -> Iterator[str]:
    """What is printed with the story, told and not judged."""
    for note in (*report.notices, *report.credits):
        yield f"{note.kind.replace('-', ' ')}: {note.text}"


def _listed(lines: Iterator[str] | list[str]) -> str:
    return f"<ul>{''.join(f'<li>{shown(line)}</li>' for line in lines)}</ul>"


def _reading(report: Report) -> str:
    """The draft with its marks, and after it the reason of each, which the script shows one at a time."""
    if report.text is None:
        return ""
    marks = as_numbered(report.evidence)
    shared = {n for _, _, numbers in marked_stretches(marks) if len(numbers) > 1 for n in numbers}
    reasons = "\n".join(_reason(n, mark, usable=n not in shared) for n, mark in enumerate(marks, start=1))
    inside = marked_html(report.text, marks) if marks else prose(report.text)
    return (
        f'<section class="reading" aria-label="The draft"><div class="text">{inside}</div>'
        f'<div class="reasons">{reasons}</div></section>'
    )


def _reason(number: int, mark: Evidence, *, usable: bool) -> str:
    """Why a phrase is marked and what may have stood there; `usable` where that can be put into its place."""
    places = " ".join(f"{start}-{end}" for start, end in mark.places)
    several = f' <span class="places">in {len(mark.places):,} places</span>' if mark.also else ""
    fact = '<p class="fact-note">This may be a fact: check it.</p>' if mark.severity == "fact" else ""
    return (
        f'<div class="reason" id="r{number}" role="group" aria-labelledby="r{number}p" tabindex="-1" '
        f'data-places="{places}" hidden><p class="phrase" id="r{number}p"><b>{number}</b> {shown(mark.text)}{several}'
        f"</p>{fact}<p>{shown(mark.reason)}</p>{_suggestions(mark, usable)}</div>"
    )


def _suggestions(mark: Evidence, usable: bool) -> str:
    if not mark.suggestions:
        return ""
    is_house = mark.kind == DESK  # somebody's decision has no probability
    items = []
    for one in mark.suggestions:
        likely = "" if is_house else f' <span class="chance">{chance(one.probability)}</span>'
        button = (
            f' <button type="button" class="use" data-text="{escape(one.text)}" '
            f'aria-label="Use this: {shown(one.text)}">Use this</button>'
        )
        items.append(f'<li><span class="wording">{shown(one.text)}</span>{likely}{button if usable else ""}</li>')
    return f'<p class="perhaps">{"Write" if is_house else "May have been"}</p><ul>{"".join(items)}</ul>'


def _sources(report: Report) -> Iterator[str]:
    if said := none_found(report):
        yield f'<p class="not-found">{shown(said)}</p>'
    laid = laid_beside(report)
    if not laid:
        return
    yield '<section class="sources" aria-label="Beside its sources">'
    if report.licensed:
        yield f"<p>{LICENSED}</p>"
    for number, one in enumerate(laid, start=1):
        yield from beside(one, report.text or "", number)
        if swaps := swap_table(one, number):
            yield f"<details><summary>All swapped phrases</summary>{swaps}</details>"
    yield "</section>"
