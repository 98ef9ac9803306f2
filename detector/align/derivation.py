"""How much of a text comes from another, by what stands outside of quotation marks: two reports of one speech share
its words and are no copies of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detector.align.tokens import tokens_in
from detector.findings import Alignment, Derivation, Operation, SentencePair
from detector.text import Document, Flag

LEAST_KEPT = 0.35  # of both sides' words outside of quotation marks, for a sentence to be derived: guess
LEAST_UNQUOTED = 0.1  # of a text's words, for these alone to be counted: guess
LEAST_WORDS = 4  # outside of quotation marks, that tell by themselves; "he said" goes with its neighbours

VERBATIM: tuple[Operation, ...] = ("same", "moved")

Counts = dict[Operation, int]


def judged(alignment: Alignment, suspect: Document, reference: Document) -> Alignment:
    """The alignment with each pair's `derived` told; a pair of few words outside of quotation marks goes with the
    nearest one of more on either side."""
    ours, theirs = _counts(alignment, suspect, 0), _counts(alignment, reference, 1)
    told = [min(sum(a.values()), sum(b.values())) >= LEAST_WORDS for a, b in zip(ours, theirs, strict=True)]
    sure = [_derived(*counts) if tells else None for tells, *counts in zip(told, ours, theirs, strict=True)]
    before, after = _carried(sure), _carried(sure[::-1])[::-1]
    pairs = []
    for pair, own, left, right in zip(alignment.pairs, sure, before, after, strict=True):
        derived = own if own is not None else left or right
        pairs.append(replace(pair, derived=derived and bool(pair.suspect and pair.reference)))
    return replace(alignment, pairs=tuple(pairs))


def _carried(told: Sequence[bool | None]) -> list[bool]:
    """What was last told up to each place."""
    found: list[bool] = []
    for one in told:
        found.append(one if one is not None else bool(found and found[-1]))
    return found


def _derived(ours: Counts, theirs: Counts) -> bool:
    total = sum(ours.values()) + sum(theirs.values())
    kept = sum(counts[operation] for counts in (ours, theirs) for operation in VERBATIM)
    return kept >= LEAST_KEPT * total


def derivation(alignment: Alignment, suspect: Document, reference: Document) -> Derivation:
    """What the suspect took, in shares; all of a text without words is added."""
    ours, theirs = _counts(alignment, suspect, 0), _counts(alignment, reference, 1)
    derived = [pair.derived for pair in alignment.pairs]
    words, all_theirs = _total(ours), _total(theirs)
    verbatim, reworded = _sum(ours, derived, VERBATIM), _sum(ours, derived, ("substituted",))
    kept = _sum(theirs, derived, (*VERBATIM, "substituted"))
    return Derivation(
        coverage=(verbatim + reworded) / max(words, 1),
        verbatim=verbatim / max(words, 1),
        reworded=reworded / max(words, 1),
        added=1 - (verbatim + reworded) / max(words, 1),
        dropped=1 - kept / all_theirs if all_theirs else 0.0,
        order=_order([pair for pair in alignment.pairs if pair.derived]),
    )


def _total(counts: Sequence[Counts]) -> int:
    return sum(sum(one.values()) for one in counts)


def _sum(counts: Sequence[Counts], derived: Sequence[bool], operations: Sequence[Operation]) -> int:
    """Words of the derived pairs to which one of these was done."""
    return sum(one[operation] for one, own in zip(counts, derived, strict=True) if own for operation in operations)


def _counts(alignment: Alignment, document: Document, side: int) -> list[Counts]:
    """Words of the document outside of quotation marks, by pair and operation."""
    counted = [0, *np.cumsum(_unquoted(document)).tolist()]
    found: list[Counts] = [dict.fromkeys(get_args(Operation), 0) for _ in alignment.pairs]
    spans = [phrase.reference if side else phrase.suspect for phrase in alignment.phrases]
    for phrase, tokens in zip(alignment.phrases, tokens_in(document, spans), strict=True):
        found[phrase.pair][phrase.operation] += counted[tokens.stop] - counted[tokens.start]
    return found


def _unquoted(document: Document) -> NDArray[np.bool_]:
    """The words outside of quotation marks; all words of a text that has hardly any, as a list of quotations."""
    words = document.flags & (Flag.WORD | Flag.NUMBER) > 0
    unquoted = words & (document.flags & Flag.QUOTED == 0)
    return unquoted if unquoted.sum() >= LEAST_UNQUOTED * words.sum() else words


def _order(pairs: Sequence[SentencePair]) -> float:
    """Rank correlation (Spearman 1904) of the places of the sentences; no sentence is in two pairs, so none tie."""
    n = len(pairs)
    if n < 2:
        return 1.0
    firsts = [(pair.suspect[0], pair.reference[0]) for pair in pairs]
    ours, theirs = (np.argsort(np.argsort(side)) for side in zip(*firsts, strict=True))
    return float(1 - 6 * ((ours - theirs) ** 2).sum() / (n * (n**2 - 1)))
