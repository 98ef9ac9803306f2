"""A suspect beside a reference as HTML: sentence by sentence, each swap with one number on both sides and in the table.

What is highlighted are the swaps of the ledger and, with an F before their number, the facts that changed, no more and
no fewer. Kinds are told by a word in the title, by the line under them and by colour. Both texts are there whole: what
was printed around the story stands in rows of its own, headline beside headline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from detector.comparison import FactChange, Phrase, Source, Swap, Wording
from detector.render.neutral import neutral
from detector.render.report_words import likelier

AROUND = "printed around the story, not compared"
BEGINNING, END = (-2, -2), (-1, -1)  # stand for those of a text where a stretch is asked for

Numbered = tuple[int, Wording]  # a fact as one side words it


class _Sides(NamedTuple):
    """The text of each side that a sentence pair covers: (start, end), or None where it has none."""

    suspect: tuple[int, int] | None
    reference: tuple[int, int] | None


class _Column(NamedTuple):
    """One side: its text, the facts that it words otherwise, and how the names of places begin here and there.

    `last` is the number of the last swap that has a link to the next one, 0 for none.
    """

    text: str
    facts: Sequence[Numbered]
    here: str
    there: str
    last: int = 0


def side_by_side(source: Source, text: str, anchor: str, called: str) -> Iterator[str]:
    """The rows; `text` is the suspect's, `anchor` begins the names of all places, which links need, and `called` is
    what the reference is called."""
    ranges = _ranges(source.comparison.alignment.phrases, len(source.comparison.alignment.pairs))
    facts = list(enumerate(source.comparison.facts, start=1))
    ours = _Column(
        text,
        [(n, fact.suspect) for n, fact in facts if fact.suspect],
        f"{anchor}s",
        f"{anchor}r",
        len(source.comparison.swaps),
    )
    theirs = _Column(
        source.text, [(n, fact.reference) for n, fact in facts if fact.reference], f"{anchor}r", f"{anchor}s"
    )
    around = _around(text, [sides.suspect for sides in ranges]), _around(source.text, [s.reference for s in ranges])
    by_pair: dict[int, list[tuple[int, Swap]]] = {}
    for number, swap in enumerate(source.comparison.swaps, start=1):
        by_pair.setdefault(swap.pair, []).append((number, swap))
    yield from _around_row(around[0].get(BEGINNING, ""), around[1].get(BEGINNING, ""), called)
    for i, (pair, sides) in enumerate(zip(source.comparison.alignment.pairs, ranges, strict=True)):
        swaps = by_pair.get(i, [])
        yield from _around_row(around[0].get(sides.suspect, ""), around[1].get(sides.reference, ""), called)
        here = _cell(ours, sides.suspect, [(n, swap, swap.suspect) for n, swap in swaps])
        there = _cell(theirs, sides.reference, [(n, swap, swap.reference) for n, swap in swaps])
        kind, note = _kind(sides, pair.derived, pair.moved, called)
        label = f'<p class="note">{note}</p>' if note else ""
        if here and there:
            here = label + here
        yield _row(kind, here or label, there or label, called)
    yield from _around_row(around[0].get(END, ""), around[1].get(END, ""), called)


def _row(kind: str, here: str, there: str, called: str) -> str:
    """Two cells, each named for those who do not see where it stands."""
    return (
        f'<div class="pair {kind}"><div role="group" aria-label="this article">{here}</div>'
        f'<div role="group" aria-label="{called}">{there}</div></div>'
    )


def swap_rows(source: Source, anchor: str) -> Iterator[str]:
    """The swaps as table rows, in the order of their numbers."""
    for number, swap in enumerate(source.comparison.swaps, start=1):
        severity = "a fact" if swap.severity == "fact" else "wording"
        yield (
            f'<tr id="{anchor}t{number}"><td><a href="#{anchor}s{number}">{number}</a></td>'
            f"<td>{shown(swap.suspect.text) or '(nothing)'}</td><td>{shown(swap.reference.text) or '(nothing)'}</td>"
            f"<td>{swap.operation}</td><td>{severity}</td><td>{likelier(swap.odds)}</td></tr>"
        )


def fact_rows(facts: Iterable[FactChange], anchor: str) -> Iterator[str]:
    """What the suspect states otherwise, as table rows, in the order of their numbers."""
    for number, fact in enumerate(facts, start=1):
        side = "s" if fact.suspect else "r"
        yield (
            f'<tr><td><a href="#{anchor}{side}f{number}">F{number}</a></td>'
            f"<td>{fact.type}</td><td>{_side(fact.suspect)}</td><td>{_side(fact.reference)}</td></tr>"
        )


def shown(text: str) -> str:
    """Text from strangers as HTML that shows it and does nothing else."""
    return escape(neutral(text))


def _side(wording: Wording | None) -> str:
    return "(not there)" if wording is None else shown(wording.text)


def _ranges(phrases: Iterable[Phrase], n_pairs: int) -> list[_Sides]:
    """What each pair covers of both texts; its phrases hold every token of it."""
    starts: list[list[list[tuple[int, int]]]] = [[[], []] for _ in range(n_pairs)]
    for phrase in phrases:
        for side, span in enumerate((phrase.suspect, phrase.reference)):
            if span.end > span.start:
                starts[phrase.pair][side].append((span.start, span.end))
    return [_Sides(*(_hull(spans) for spans in sides)) for sides in starts]


def _around(text: str, ranges: Iterable[tuple[int, int] | None]) -> dict[tuple[int, int] | None, str]:
    """What no range covers, by the range behind it, but by BEGINNING what the first has before it; by END the rest."""
    found: dict[tuple[int, int] | None, str] = {}
    done = 0
    for start, end in sorted(one for one in ranges if one is not None):
        found[(start, end) if found else BEGINNING] = text[done:start].strip()
        done = max(done, end)
    return {**found, END: text[done:].strip()}


def _around_row(ours: str, theirs: str, called: str) -> Iterator[str]:
    """What stands between two sentences, on either side; in small print, for nothing was measured of it."""
    if ours or theirs:
        yield _row("around", _in_small_print(ours), _in_small_print(theirs), called)


def _in_small_print(text: str) -> str:
    lines = "".join(f"<p>{shown(line)}</p>" for line in text.splitlines() if line.strip())
    return f'<p class="note">{AROUND}</p>{lines}' if lines else ""


def _hull(spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None


def _kind(sides: _Sides, derived: bool, moved: bool, called: str) -> tuple[str, str]:
    """The class of a row, and what is written on the side that is empty or, where both are full, on the first."""
    if sides.reference is None:
        return "added", f"not in {called}"
    if sides.suspect is None:
        return "dropped", "not in this article"
    if not derived:
        return "alike", "alike, not counted as shared"
    return ("derived moved", f"stands in another place in {called}") if moved else ("derived", "")


def _cell(column: _Column, within: tuple[int, int] | None, swaps: Sequence[tuple[int, Swap, Wording]]) -> str:
    """The stretch `within` with its swaps and facts highlighted; each swap links to its counterpart."""
    if within is None:
        return ""
    parts, done = [], within[0]
    for number, swap, own in sorted(swaps, key=lambda one: (one[2].start, one[2].end, one[0])):
        start, end = max(own.start, done), max(own.end, done)
        kind = f"{swap.operation}{' fact' if swap.severity == 'fact' else ''}"
        inside = _with_facts(column, start, end) if end > start else "&#8203;"
        parts += [
            _with_facts(column, done, start),
            f'<a class="swap {kind}" id="{column.here}{number}" href="#{column.there}{number}"'
            f' title="{number}: {kind}">{inside}<sup>{number}</sup></a>',
            _to_next(column, number),
        ]
        done = end
    return f"<p>{''.join(parts)}{_with_facts(column, done, within[1])}</p>"


def _to_next(column: _Column, number: int) -> str:
    """A link to the swap after this one, which shows where a link has led here; its words are in the style sheet."""
    if number >= column.last:
        return ""
    return f'<a class="next" href="#{column.here}{number + 1}" aria-label="to swap {number + 1}"></a>'


def _with_facts(column: _Column, start: int, end: int) -> str:
    """The text [start, end) with what it has of facts underlined: each fact is named where it begins and numbered where
    it ends, so that one that runs through several swaps counts once."""
    own = [(n, fact) for n, fact in column.facts if fact.start < end and start < fact.end]
    edges = {start, end, *(edge for _, fact in own for edge in fact[:2] if start < edge < end)}
    parts = []
    for first, last in pairwise(sorted(edges)):
        inside = [(n, fact) for n, fact in own if fact.start <= first and last <= fact.end]
        names = "".join(f'<span id="{column.here}f{n}"></span>' for n, fact in inside if fact.start == first)
        numbers = ",".join(f"F{n}" for n, fact in inside if fact.end == last)
        piece = shown(column.text[first:last])
        if inside:
            piece = f'{names}<span class="fact">{piece}</span>{f"<sup>{numbers} </sup>" if numbers else ""}'
        parts.append(piece)
    return "".join(parts)
