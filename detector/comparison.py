"""What an article has of another text: both aligned, what was swapped, what changed, and the Source that holds it.

The words are those of the result schema `unspin.result/1` (detector/render/result.schema.json).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from detector.text import Severity, Span

Operation = Literal["same", "substituted", "inserted", "deleted", "moved"]
FactType = Literal["name", "number", "date", "quotation", "attribution"]
Change = Literal["changed", "added", "dropped"]
Direction = Literal["suspect-later", "suspect-earlier", "unknown"]


class Wording(NamedTuple):
    """What a text says in the code points [start, end)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SentencePair:
    """Sentences that say the same, by their numbers; one side is empty where a sentence was added or dropped.

    Attributes:
        suspect, reference: one sentence or two neighbours, in reading order.
        similarity: of the weight of the words of both sides, the share that they have in common, 0 to 1.
        moved: out of the order of the other pairs.
        derived: whether one side is taken from the other, by what stands outside of quotation marks.
    """

    suspect: tuple[int, ...]
    reference: tuple[int, ...]
    similarity: float
    moved: bool
    derived: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the suspect and what the reference has for it.

    Attributes:
        operation: "moved" is for the same words in another place; what was reworded as well is "substituted".
        suspect, reference: where it stands; an inserted or deleted phrase has an empty span where it would stand.
        pair: which of the alignment's pairs it belongs to.
        belongs: of words that one side alone has, whether they belong to the word before (-1) or behind (1), if known.
    """

    operation: Operation
    suspect: Span
    reference: Span
    pair: int
    belongs: int = 0


@dataclass(frozen=True, slots=True)
class Alignment:
    """A suspect laid beside a reference. Each token of either text stands in exactly one phrase.

    Attributes:
        pairs: in the suspect's reading order; a dropped sentence follows the pair that holds the one before it.
        phrases: the pairs' phrases in the suspect's reading order.
    """

    pairs: tuple[SentencePair, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Swap:
    """A phrase of the reference that the suspect words differently.

    Attributes:
        pair: which of the alignment's pairs it belongs to.
        severity: "fact" where a name, number, date, quotation or attribution changed with it.
        odds: log2 of how much likelier an editor would write the reference's wording in the suspect's place; None
            where the phrases are too long to tell.
    """

    suspect: Wording
    reference: Wording
    operation: Operation
    severity: Severity
    odds: float | None
    pair: int


@dataclass(frozen=True, slots=True)
class FactChange:
    """Something the suspect states otherwise than the reference; the side that lacks it is None."""

    type: FactType
    suspect: Wording | None
    reference: Wording | None
    change: Change


@dataclass(frozen=True, slots=True)
class NamesHeld:
    """The names and numbers that a suspect shares with its reference; shares are 0 to 1.

    Attributes:
        n: different names and numbers of the suspect.
        there: of them, those that stand in the reference.
        kept: of the reference's different ones, those that stand in the suspect.
        in_place: of the suspect's, each as often as it is written, those in the sentence beside theirs.
    """

    n: int
    there: float
    kept: float
    in_place: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """How much of the suspect comes from the reference, in shares of words outside of quotation marks, 0 to 1.

    Attributes:
        coverage: of the suspect's words, those that are verbatim or reworded.
        verbatim, reworded, added: of the suspect's words; they sum to 1.
        dropped: of the reference's words, those that nothing in the suspect stands for.
        order: rank correlation of the derived sentences' places in both texts, -1 to 1; 1 for fewer than two.
        names: which names and numbers both have.
    """

    coverage: float
    verbatim: float
    reworded: float
    added: float
    dropped: float
    order: float
    names: NamesHeld


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that laying a suspect beside a reference shows."""

    alignment: Alignment
    swaps: tuple[Swap, ...]
    facts: tuple[FactChange, ...]
    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit to an agency over text that differs from the agency's own by more than cuts and house style.

    Attributes:
        agency: by the name shown.
        suspect: the credit as printed.
        reference: the agency's own credit or dateline; None where it prints none.
        phrases: put for others, or put in, within sentences that are the agency's.
        sentences: that are not the agency's.
    """

    agency: str
    suspect: Wording
    reference: Wording | None
    phrases: int
    sentences: int


@dataclass(frozen=True, slots=True)
class Source:
    """A reference that shares the suspect's text, and everything that laying them side by side shows.

    Attributes:
        direction: how the suspect stands to it in time; only where the suspect is later is it surely a source.
        credit: the suspect's credit to this reference's agency, where the text is not as the agency wrote it.
    """

    id: str
    text: str
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    similarity: float  # 0 to 1, of the look-up
    comparison: Comparison
    direction: Direction = "unknown"
    credit: Credit | None = None
