"""How much of a text comes from another, by what stands outside of quotation marks: two reports of one speech share
its words and are no copies of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detector.align.names_held import names_held
from detector.align.tokens import token_ends
from detector.comparison import Alignment, Derivation, Operation, SentencePair
from detector.text import Document, Flag

LEAST_KEPT = 0.35  # of both sides' words outside of quotation marks, for a sentence to be derived: guess
LEAST_UNQUOTED = 0.1  # of a text's words, for these alone to be counted: guess
LEAST_WORDS = 4  # outside of quotation marks, that tell by themselves; "he said" goes with its neighbours

VERBATIM: tuple[Operation, ...] = ("same", "moved")

_OPERATIONS: tuple[Operation, ...] = get_args(Operation)
_PLACE = {operation: place for place, operation in enumerate(_OPERATIONS)}
_VERBATIM = [_PLACE[operation] for operation in VERBATIM]
_REWORDED = _PLACE["substituted"]


def judged(alignment: Alignment, suspect: Document, reference: Document) -> Alignment:
    """The alignment with each pair's `derived` told; a pair of few words outside of quotation marks goes with the
    nearest one of more on either side."""
    ours, theirs = _counts(alignment, suspect, 0), _counts(alignment, reference, 1)
    tells = np.minimum(ours.sum(axis=1), theirs.sum(axis=1)) >= LEAST_WORDS
    both = ours + theirs
    derived = both[:, _VERBATIM].sum(axis=1) >= LEAST_KEPT * both.sum(axis=1)
    sure = [own if told else None for told, own in zip(tells.tolist(), derived.tolist(), strict=True)]
    before, after = _carried(sure), _carried(sure[::-1])[::-1]
    pairs = []
    for pair, own, left, right in zip(alignment.pairs, sure, before, after, strict=True):
        is_derived = (own if own is not None else left or right) and bool(pair.suspect and pair.reference)
        pairs.append(SentencePair(pair.suspect, pair.reference, pair.similarity, pair.moved, is_derived))
    return Alignment(tuple(pairs), alignment.phrases)


def may_be_derived(n_ours: int, n_theirs: int, shared: int) -> bool:
    """Whether a pair of so many words outside of quotation marks may be judged derived, where so many of them stand on
    both sides."""
    return min(n_ours, n_theirs) < LEAST_WORDS or shared >= LEAST_KEPT * (n_ours + n_theirs)


def _carried(told: Sequence[bool | None]) -> list[bool]:
    """What was last told up to each place."""
    found: list[bool] = []
    for one in told:
        found.append(one if one is not None else bool(found and found[-1]))
    return found


def derivation(alignment: Alignment, suspect: Document, reference: Document) -> Derivation:
    """What the suspect took, in shares; all of a text without words is added."""
    ours, theirs = _counts(alignment, suspect, 0), _counts(alignment, reference, 1)
    derived = np.array([pair.derived for pair in alignment.pairs], bool)
    words, all_theirs = int(ours.sum()), int(theirs.sum())
    verbatim, reworded = (int(ours[derived][:, places].sum()) for places in (_VERBATIM, _REWORDED))
    kept = int(theirs[derived][:, [*_VERBATIM, _REWORDED]].sum())
    return Derivation(
        coverage=(verbatim + reworded) / max(words, 1),
        verbatim=verbatim / max(words, 1),
        reworded=reworded / max(words, 1),
        added=1 - (verbatim + reworded) / max(words, 1),
        dropped=1 - kept / all_theirs if all_theirs else 0.0,
        order=_order([pair for pair in alignment.pairs if pair.derived]),
        names=names_held(alignment, suspect, reference),
    )


def covered_within(alignment: Alignment, suspect: Document, sentences: NDArray[np.bool_]) -> float:
    """Of the suspect's words in the pairs that hold any of these of its sentences, the share that the reference has,
    in these or other words; 0 of none."""
    some = np.array([any(sentences[sentence] for sentence in pair.suspect) for pair in alignment.pairs], bool)
    ours = _counts(alignment, suspect, 0)[some].sum(axis=0)
    return float(ours[[*_VERBATIM, _REWORDED]].sum() / max(ours.sum(), 1))


def _counts(alignment: Alignment, document: Document, side: int) -> NDArray[np.int64]:
    """Words of the document outside of quotation marks, shape (n_pairs, n_operations)."""
    counted = np.append(0, np.cumsum(unquoted(document)))
    spans = [phrase.reference if side else phrase.suspect for phrase in alignment.phrases]
    first, last = token_ends(document, spans)
    found = np.zeros((len(alignment.pairs), len(_OPERATIONS)), np.int64)
    places = [phrase.pair for phrase in alignment.phrases], [_PLACE[phrase.operation] for phrase in alignment.phrases]
    np.add.at(found, places, counted[last] - counted[first])
    return found


def unquoted(document: Document) -> NDArray[np.bool_]:
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
