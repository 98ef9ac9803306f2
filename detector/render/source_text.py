"""The sources of an article for a person at a terminal: which they are, how much of it they hold, and what differs.

A reference is called a source only where the article came later; else the words leave open which was made from which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from detector.align.tokens import CLOSED, kinds_of
from detector.comparison import FactChange, Swap, Wording
from detector.findings import Report
from detector.render.neutral import neutral
from detector.render.report_words import LICENSED, Laid, laid_beside, names_words, none_found, not_made_from, remarks
from detector.render.wrapped import item, wrap

MOST_SWAPS = 10  # of one source
LONGEST = 120  # characters of a phrase that are shown


def source_blocks(report: Report, width: int) -> Iterator[str]:
    """One block for each text beside the article; one line where something was asked for and nothing stands there."""
    if said := none_found(report):
        yield wrap(neutral(said), width)
    if report.licensed and report.sources:
        yield wrap(LICENSED, width)
    for laid in laid_beside(report):
        yield "\n".join(_lines(laid, width))


def _lines(laid: Laid, width: int) -> Iterator[str]:
    source, called, is_named = laid
    told = [source.outlet or "no outlet", source.published or "no date", *([source.id] if source.title else [])]
    head = "Beside" if not is_named else "Source" if source.direction == "suspect-later" else "Shares its text with"
    yield wrap(f"{head}: {neutral(source.title or source.id)} ({neutral(' · '.join(told))})", width, "  ")
    if said := not_made_from(laid):
        yield item(said, width)
    yield from (item(neutral(said), width) for said in remarks(source))
    shares = source.comparison.derivation
    yield item(
        f"{shares.coverage:.0%} of this article's words outside of quotations have their counterpart there: "
        f"{shares.verbatim:.0%} word for word, {shares.reworded:.0%} in other words",
        width,
    )
    yield item(names_words(shares.names, called), width)
    swaps = source.comparison.swaps
    shown = [swap for swap in swaps if _tells(swap)][:MOST_SWAPS]
    for swap in shown:
        yield item(f"{_quoted(swap.suspect)} where {called} has {_quoted(swap.reference)}", width)
    if rest := len(swaps) - len(shown):
        yield item(f"{f'and {rest:,} more' if shown else f'{rest:,}'} phrase{'s' * (rest > 1)} in other words", width)
    if source.comparison.facts:
        yield wrap(f"What it states otherwise than {called}:", width)
        stated = Counter(_fact(fact, called) for fact in source.comparison.facts)
        yield from (item(said if n == 1 else f"{said} ({n} places)", width) for said, n in stated.items())


def _tells(swap: Swap) -> bool:
    """Whether both sides have words of their own, and more than small ones: "a" for "and a" shows a person nothing."""
    ours, theirs = (set(side.text.lower().split()) for side in (swap.suspect, swap.reference))
    return all(any(not kinds_of(word) & CLOSED for word in own) for own in (ours - theirs, theirs - ours))


def _fact(fact: FactChange, called: str) -> str:
    if fact.suspect is None:
        return f"{fact.type}: {called} has {_quoted(fact.reference)}, this article does not"
    if fact.reference is None:
        return f"{fact.type}: {_quoted(fact.suspect)} is not in {called}"
    return f"{fact.type}: {_quoted(fact.suspect)}, in {called} {_quoted(fact.reference)}"


def _quoted(wording: Wording | None) -> str:
    text = "" if wording is None else wording.text
    return f'"{neutral(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")}"'
