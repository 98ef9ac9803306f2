"""A word whose original the spinner left standing elsewhere in the article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.keys import among
from detector.measures import Batch, Column, Mask, Measures
from detector.resources import Resources
from detector.text import UNKNOWN, Flag

ELSEWHERE = "In the same place this article says “{}” elsewhere."
BOTH = "Beside the same name this article has another word elsewhere; both may stand for “{}”."
COMMON = -10.0  # log2: a commoner word stands beside too many others to make a place


class _Rivals(NamedTuple):
    """Candidates of measured tokens, each column of shape (n_rivals,)."""

    token: NDArray[np.intp]
    ids: NDArray[np.int32]
    weight: Column
    elsewhere: NDArray[np.bool_]  # it stands elsewhere in the article
    same_place: NDArray[np.bool_]  # beside the same word
    shared: NDArray[np.bool_]  # another word in the same place has this candidate as well


@dataclass(frozen=True)
class RestoredWording:
    """One slot that the article fills with different words.

    What it finds: a word of whose near-synonyms one stands elsewhere in the article beside the same neighbour; and two
        different words beside one name that may both stand for the same third.
    Why it marks spun text: a spinner swaps a share of the words, each time anew: the original is left standing in one
        sentence and swapped in the next, or swapped for one word here and for another there.
    Not evidence: elegant variation, which writers practise too, beside words that are no names.
    Example: "the Karabakh patch" where the article also says "the Karabakh region".
    Source: one sense a collocation, Yarowsky 1993; repetition in news, Hoey 1991.
    """

    name: ClassVar[str] = "restored-wording"
    unit: ClassVar[str] = "weight"
    certain: ClassVar[bool] = False

    most_suggestions: int = 2

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token, the best weight of a candidate that stands elsewhere in the article, of one that stands beside the
        same neighbour, and of one that another word beside the same name has as well."""
        rivals = _rivals(batch, resources)
        elsewhere, same, shared = np.zeros((3, len(batch.ids)), np.float32)
        for column, which in ((elsewhere, rivals.elsewhere), (same, rivals.same_place), (shared, rivals.shared)):
            np.maximum.at(column, rivals.token[which], rivals.weight[which])
        return Measures({"elsewhere": elsewhere}, rare={"same_place": same, "shared_place": shared})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a word: the original beside the same neighbour, else what all words beside the same name share."""
        (document,) = batch.documents
        marked = np.flatnonzero(((measures.rare["same_place"] > 0) | (measures.rare["shared_place"] > 0)) & asked)
        if not len(marked):
            return
        rivals = _rivals(batch, resources)
        for i in marked.tolist():
            own = np.arange(*np.searchsorted(rivals.token, [i, i + 1]))  # tokens ascend
            same = own[rivals.same_place[own]]
            here, reason = (same, ELSEWHERE) if len(same) else (own[rivals.shared[own]], BOTH)
            best = here[np.argsort(-rivals.weight[here], kind="stable")[: self.most_suggestions]]
            text = document.quote(i, i)
            words = [resources.vocabulary.words[rivals.ids[k]] for k in best]
            shares = rivals.weight[best] / (rivals.weight[best].sum() + 0.1)
            yield Evidence(
                start=int(document.start[i]),
                end=int(document.end[i]),
                text=text,
                extractor=self.name,
                kind="restored-wording",
                strength=float(rivals.weight[best[0]]),
                reason=reason.format(words[0]),
                suggestions=tuple(
                    Suggestion(cased(word, text), float(share)) for word, share in zip(words, shares, strict=True)
                ),
            )


def _rivals(batch: Batch, resources: Resources) -> _Rivals:
    """Candidates that the rest of the article holds, or that two words in one place share."""
    ids, n_words = batch.ids.astype(np.uint64), len(resources.vocabulary)
    document = np.repeat(np.arange(len(batch.documents)), np.diff(batch.offsets))
    held = np.zeros(len(batch.documents) * n_words, bool)
    held[document * n_words + batch.ids] = True
    measured = np.flatnonzero(batch.wording & (batch.ids != UNKNOWN))
    rows, candidates, weights = resources.candidates.neighbours(batch.ids[measured])
    token = measured.take(rows)
    elsewhere = held.take(document.take(token) * n_words + candidates)
    same, shared = np.zeros((2, len(token)), bool)
    article, telling, name = document.astype(np.uint64), _telling(batch), (batch.flags & Flag.NAME) > 0
    for step in (-1, 1):
        at = np.clip(np.arange(len(ids)) + step, 0, len(ids) - 1)
        beside, tells = ids.take(at), telling.take(at)
        asked = np.flatnonzero(elsewhere & tells.take(token))
        places = _key(article, beside, ids)[tells]
        same[asked] |= among(_place(article, beside, token[asked], candidates[asked]), places)
        named = np.flatnonzero((tells & name.take(at)).take(token))
        shared[named] |= _in_two_words(_place(article, beside, token[named], candidates[named]), ids[token[named]])
    kept = elsewhere | shared
    return _Rivals(token[kept], candidates[kept], weights[kept], elsewhere[kept], same[kept], shared[kept])


def _place(
    document: NDArray[np.uint64], beside: NDArray[np.uint64], token: NDArray[np.intp], candidates: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """The key of candidates beside the neighbours of the tokens that they may stand for."""
    return _key(document[token], beside[token], candidates.astype(np.uint64))


def _telling(batch: Batch) -> NDArray[np.bool_]:
    """Neighbours that make a place: names, and words that are not common everywhere."""
    known = ((batch.flags & Flag.WORD) > 0) & (batch.ids != UNKNOWN)
    return known & ((batch.rarity < COMMON) | ((batch.flags & Flag.NAME) > 0))


def _key(document: NDArray[np.uint64], *ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One exact key of a document and up to two words; a batch holds fewer than 2 ** 32 documents."""
    key = document
    for own in ids:
        key = (key << np.uint64(16)) | own
    return key


def _in_two_words(keys: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys belong to at least two different words."""
    order = np.lexsort((words, keys))
    keys, words = keys[order], words[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (words[1:] != words[:-1])
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.intp)
    counts = np.add.reduceat(fresh.astype(np.int64), starts) if len(keys) else np.zeros(0, np.int64)
    several = np.zeros(len(keys), bool)
    several[order] = np.repeat(counts > 1, np.diff(np.append(starts, len(keys))))
    return several
