"""What a report says alike as a page and as Markdown. Nothing here is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from detector.comparison import Credit, Derivation, Direction, NamesHeld, Source
from detector.findings import DESK, Evidence, Report
from detector.render.mark_list import chance

THE_OTHER = "the other text"  # how one is called that the article was not made from
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
SWAP_HEADS = ("no.", "this article", "{}", "how", "touches", "that an editor would write {}'s is")
FACT_HEADS = ("no.", "what", "this article", "{}")
THE_DESKS = "the desk's"
MARK_HEADS = ("no.", "phrase", "reason", "may have been (probability)")


def likelier(odds: float | None) -> str:
    """How likely it is, in words, that an editor would write one wording and not the other; nothing where that is not
    known.

    >>> likelier(10.5), likelier(3.0), likelier(-0.4), likelier(-5.0)
    ('over 1,000 times likelier', '8 times likelier', 'about as likely', 'less likely')
    """
    if odds is None:
        return ""
    if abs(odds) < 1:
        return "about as likely"
    if odds < 0:
        return "less likely"
    return f"{2**odds:.0f} times likelier" if 2 ** min(odds, 10) < 1000 else "over 1,000 times likelier"


def suggested(mark: Evidence, shown: Callable[[str], str]) -> str:
    """What may have stood there, as it is shown, each with its probability: what a desk asks for has none."""
    says = (THE_DESKS if mark.kind == DESK else chance(one.probability) for one in mark.suggestions)
    return ", ".join(f"{shown(one.text)} ({said})" for one, said in zip(mark.suggestions, says, strict=True))


class Laid(NamedTuple):
    """A text beside the article, how it is called, and whether it is one of its sources by what was measured."""

    source: Source
    called: str
    is_named: bool


def laid_beside(report: Report) -> list[Laid]:
    """Every text that stands beside the article, its sources first."""
    named = [Laid(source, CALLED[source.direction], True) for source in report.sources]
    return [*named, *(Laid(source, THE_OTHER, False) for source in report.others)]


def heads(names: Sequence[str], called: str) -> list[str]:
    """The heads of a table for a text that is called so."""
    return [name.format(called) for name in names]


def none_found(report: Report) -> str:
    """Why nothing stands beside the article, where something was asked for; empty otherwise."""
    if report.not_compared is not None:
        return f"Laid beside no other text: {report.not_compared}."
    if report.archive is not None and not report.sources:
        return f"No source was found in the archive {report.archive}."
    return ""


def withheld(report: Report) -> str:
    """What the desk's own lists kept from being told; empty where they kept nothing."""
    desk = report.desk
    if desk is None:
        return ""
    said = []
    if desk.accepted:
        said.append(f"{_places(desk.accepted)} accepted before")
    if desk.never:
        said.append(f"{_places(desk.never)} that the desk's dictionary never marks")
    shown = f"Not shown: {', and '.join(said)}." if said else ""
    if desk.withdrawn is None:
        return shown
    would = f"Without what the desk accepted the verdict would have been {desk.withdrawn.replace('_', ' ')}."
    return f"{shown} {would}".lstrip()


def _places(n: int) -> str:
    return f"{n:,} marked place{'' if n == 1 else 's'}"


def title_of(laid: Laid) -> str:
    """The heading over one text beside the article; what has no title goes by its id."""
    return f"Beside {laid.source.title or laid.source.id}"


def told_of(source: Source) -> list[str]:
    """Outlet, time and id, as far as known."""
    return [part for part in (source.outlet, source.published, source.id) if part]


def not_made_from(laid: Laid) -> str:
    """What is said of a text that a person named and that the article was not made from; empty for a source."""
    if laid.is_named:
        return ""
    covered = laid.source.comparison.derivation.coverage
    return (
        f"Not made from it by what was measured: {covered:.0%} of this article's words outside of quotations have "
        "their counterpart there, too few to call it a source."
    )


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


def shares_of(shares: Derivation, called: str) -> list[tuple[str, float]]:
    """The parts of the article's words outside of quotations; they sum to 1."""
    return [
        ("word for word", shares.verbatim),
        ("in other words", shares.reworded),
        (f"not in {called}", shares.added),
    ]


def said_of(parts: Sequence[tuple[str, float]]) -> str:
    """Shares in one line."""
    return ", ".join(f"{share:.0%} {words}" for words, share in parts)


def shares_words(shares: Derivation, called: str) -> str:
    """How much of the article is in the other text, and how much of that is left out."""
    said = said_of(shares_of(shares, called))
    return (
        f"Of its words outside of quotations: {said}. Of {called}'s, {shares.dropped:.0%} are not here. "
        f"{names_words(shares.names, called)}."
    )


def names_words(names: NamesHeld, called: str) -> str:
    """Which names and numbers both texts have, as a sentence without its stop."""
    if not names.n:
        return "It has no names and no numbers"
    return (
        f"Of its names and numbers {names.there:.0%} stand in {called}, {names.in_place:.0%} of their mentions in the "
        f"matching sentence; of {called}'s, {names.kept:.0%} stand here"
    )


def record_rows(report: Report, made: str) -> list[tuple[str, str]]:
    """Everything that identifies what was compared, and by what: with it the report can be made again."""
    own = report.model.calibration
    rows = [
        ("made", made),
        ("article", report.id),
        ("article published", report.published or "not said"),
        ("article SHA-256", report.text_sha256 or "none"),
        ("model", f"{report.model.name} {report.model.version}, {report.model.digest}"),
        ("calibration", "the model's own" if own is None else f"{own.name} of {own.date}, {own.digest}"),
    ]
    for source, called, _ in laid_beside(report):
        name = f"{called.removeprefix('the ')} {source.id}"
        rows.append((name, f"{source.outlet or 'no outlet'}, {source.published or 'no date'}"))
        rows.append((f"{name} SHA-256", hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()))
    return rows


def dispute(in_columns: bool) -> str:
    """What somebody can do who holds the report to be wrong; `in_columns` where both texts stand above."""
    return f"To dispute it: {BESIDE if in_columns else ''}{DISPUTE}"
