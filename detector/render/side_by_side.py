"""A suspect beside its source as HTML: sentence by sentence, each swap with one number on both sides and in the table.

What is highlighted are the swaps of the ledger, no more and no fewer. Kinds are told by a word in the title, by the
line under them and by colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from detector.findings import FactChange, Phrase, Source, Swap, Wording
from detector.render.neutral import neutral

Numbered = Sequence[tuple[int, Swap]]


class _Sides(NamedTuple):
    """The text of each side that a sentence pair covers: (start, end), or None where it has none."""

    suspect: tuple[int, int] | None
    reference: tuple[int, int] | None


def side_by_side(source: Source, text: str, anchor: str) -> Iterator[str]:
    """The rows; `text` is the suspect's, and `anchor` begins the names of all places, which links need."""
    ranges = _ranges(source.comparison.alignment.phrases, len(source.comparison.alignment.pairs))
    by_pair: dict[int, list[tuple[int, Swap]]] = {}
    for number, swap in enumerate(source.comparison.swaps, start=1):
        by_pair.setdefault(swap.pair, []).append((number, swap))
    for i, (pair, sides) in enumerate(zip(source.comparison.alignment.pairs, ranges, strict=True)):
        swaps = by_pair.get(i, [])
        ours = _cell(text, sides.suspect, [(n, swap, swap.suspect) for n, swap in swaps], f"{anchor}s", f"{anchor}r")
        theirs = _cell(
            source.text, sides.reference, [(n, swap, swap.reference) for n, swap in swaps], f"{anchor}r", f"{anchor}s"
        )
        kind, note = _kind(sides, pair.derived, pair.moved)
        label = f'<p class="note">{note}</p>' if note else ""
        yield f'<div class="pair {kind}"><div>{ours or label}</div><div>{theirs or label}</div></div>'


def swap_rows(source: Source, anchor: str) -> Iterator[str]:
    """The swaps as table rows, in the order of their numbers."""
    for number, swap in enumerate(source.comparison.swaps, start=1):
        odds = "" if swap.odds is None else f"{swap.odds:+.1f} bits"
        severity = "a fact" if swap.severity == "fact" else "wording"
        yield (
            f'<tr id="{anchor}t{number}"><td><a href="#{anchor}s{number}">{number}</a></td>'
            f"<td>{shown(swap.suspect.text) or '(nothing)'}</td><td>{shown(swap.reference.text) or '(nothing)'}</td>"
            f"<td>{swap.operation}</td><td>{severity}</td><td>{odds}</td></tr>"
        )


def fact_rows(facts: Iterable[FactChange]) -> Iterator[str]:
    """What the suspect states otherwise, as table rows."""
    for fact in facts:
        yield f"<tr><td>{fact.type}</td><td>{_side(fact.suspect)}</td><td>{_side(fact.reference)}</td></tr>"


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


def _hull(spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None


def _kind(sides: _Sides, derived: bool, moved: bool) -> tuple[str, str]:
    """The class of a row, and what is written on the side that is empty or, where both are full, nowhere."""
    if sides.reference is None:
        return "added", "not in the source"
    if sides.suspect is None:
        return "dropped", "left out"
    return ("derived moved" if moved else "derived") if derived else "alike", ""


def _cell(
    text: str, within: tuple[int, int] | None, swaps: Sequence[tuple[int, Swap, Wording]], here: str, there: str
) -> str:
    """The stretch `within` with its swaps highlighted; each links to its counterpart."""
    if within is None:
        return ""
    parts, done = [], within[0]
    for number, swap, own in sorted(swaps, key=lambda one: (one[2].start, one[2].end, one[0])):
        start, end = max(own.start, done), max(own.end, done)
        kind = f"{swap.operation}{' fact' if swap.severity == 'fact' else ''}"
        inside = shown(text[start:end]) if end > start else "&#8203;"
        parts += [
            shown(text[done:start]),
            f'<a class="swap {kind}" id="{here}{number}" href="#{there}{number}" title="{number}: {kind}">'
            f"{inside}<sup>{number}</sup></a>",
        ]
        done = end
    return f"<p>{''.join(parts)}{shown(text[done : within[1]])}</p>"
