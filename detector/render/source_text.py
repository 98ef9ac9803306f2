"""The sources of an article for a person at a terminal: which they are, how much of it they hold, and what differs.

A reference is called a source only where the article came later; else the words leave open which was made from which.
"""

from __future__ import annotations

from collections.abc import Iterator

from detector.findings import Credit, Direction, FactChange, Report, Source, Wording
from detector.render.neutral import neutral
from detector.render.wrapped import item, wrap

MOST_SWAPS = 10  # of one source
LONGEST = 120  # characters of a phrase that are shown

CALLED: dict[Direction, str] = {  # what a reference is to the article
    "suspect-later": "the source",
    "suspect-earlier": "the later article",
    "unknown": "the other article",
}
_STANDS: dict[Direction, str] = {
    "suspect-later": "",
    "suspect-earlier": "The article was published before it.",
    "unknown": "Which of the two was published first is not known.",
}
LICENSED = "A licensee's, by the list given: may reword what it derives from, so it is not called a paraphrase."


def source_blocks(report: Report, width: int) -> Iterator[str]:
    """One block a source; one line where an archive was asked and none was found."""
    if report.archive is not None and not report.sources:
        yield wrap(f"No source found in the archive {neutral(report.archive)}.", width)
    if report.licensed and report.sources:
        yield wrap(LICENSED, width)
    for source in report.sources:
        yield "\n".join(_lines(source, width))


def _lines(source: Source, width: int) -> Iterator[str]:
    told = [source.outlet or "no outlet", source.published or "no date", source.id]
    head = "Source" if source.direction == "suspect-later" else "Shares its text with"
    yield wrap(f"{head}: {neutral(source.title or '(no title)')} ({neutral(' · '.join(told))})", width, "  ")
    yield from (item(said, width) for said in remarks(source))
    other, shares = CALLED[source.direction], source.comparison.derivation
    yield item(
        f"{shares.coverage:.0%} of this article's words outside of quotations have their counterpart there: "
        f"{shares.verbatim:.0%} word for word, {shares.reworded:.0%} in other words",
        width,
    )
    swaps = source.comparison.swaps
    for swap in swaps[:MOST_SWAPS]:
        yield item(f"{_quoted(swap.suspect)} where {other} has {_quoted(swap.reference)}", width)
    if len(swaps) > MOST_SWAPS:
        yield item(f"and {len(swaps) - MOST_SWAPS:,} more phrases in other words", width)
    if source.comparison.facts:
        yield wrap(f"What it states otherwise than {other}:", width)
        yield from (item(_fact(fact, other), width) for fact in source.comparison.facts)


def remarks(source: Source) -> Iterator[str]:
    """What is to be known before both texts are compared, a sentence each."""
    if _STANDS[source.direction]:
        yield _STANDS[source.direction]
    if source.credit is not None:
        yield _credited(source.credit)


def _credited(credit: Credit) -> str:
    """In words that accuse nobody: the text may have been altered by others, or be another version of the agency's."""
    wrote = f"what {credit.agency} wrote"
    differs = []
    if credit.phrases:
        differs.append(f"{credit.phrases:,} phrase{' differs' if credit.phrases == 1 else 's differ'} from {wrote}")
    if credit.sentences:
        differs.append(f"{credit.sentences:,} sentence{' is' if credit.sentences == 1 else 's are'} not in {wrote}")
    return f"Credited to {credit.agency}, but {' and '.join(differs)}."


def _fact(fact: FactChange, other: str) -> str:
    if fact.suspect is None:
        return f"{fact.type}: {other} has {_quoted(fact.reference)}, this article does not"
    if fact.reference is None:
        return f"{fact.type}: {_quoted(fact.suspect)} is not in {other}"
    return f"{fact.type}: {_quoted(fact.suspect)}, in {other} {_quoted(fact.reference)}"


def _quoted(wording: Wording | None) -> str:
    text = "" if wording is None else wording.text
    return f'"{neutral(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")}"'
