"""What may have stood in a marked place: every wording that is proposed for it, and the figures that tell which did.

Extractors propose what their tables hold. For a single word the candidates of its candidates are proposed as well: what
an unknown spinner's list joins, ours often joins in two steps. A network of the calibration reads the figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.evidence import REPLACED, Found, proposed
from detector.extractors import EXTRACTORS
from detector.extractors.base import cased
from detector.keys import among, distinct
from detector.language_model import Vocabulary
from detector.lexicon import MOST_WORDS, Candidates
from detector.measures import Batch
from detector.places import fit_as_read, fit_of
from detector.resources import Resources
from detector.text import UNKNOWN

FURTHER = 16  # candidates of candidates that are proposed for a word: guess
ALONE = 30.0  # by so much a place's only wording is ahead: more than any other
LEAST_SHARE = 1e-3  # that an extractor gives
SILENT = math.log(LEAST_SHARE) - math.log1p(-LEAST_SHARE)  # natural log-odds by one that says nothing

_SPEAKERS = {name: k for k, name in enumerate(one.name for one in EXTRACTORS if not one.certain)}
NAMES = (
    *(f"share_{name}" for name in _SPEAKERS),
    *("fit", "next_fit", "after_next_fit"),  # log2 p of the wording in its place, and of the two words behind it
    *("ahead", "best_gain"),  # bits by which all three are ahead of the next wording; of the best ahead of what is read
    *("share_ahead", "best_share"),  # the same of the largest share, in natural log-odds
    *("belief", "belief_before", "belief_behind"),  # that the place was swapped, and the words beside it
)


class Wordings(NamedTuple):
    """Proposals for some places, which ascend.

    Attributes:
        place: the number of its place, shape (n_wordings,).
        phrases: ids of what may have stood there, padded with 0, shape (n_wordings, MOST_WORDS).
        texts: the same as an extractor spelled it; None where none proposed it, and it is a single word.
        rows: figures by NAMES, float32, shape (n_wordings, len(NAMES)).
    """

    place: NDArray[np.intp]
    phrases: NDArray[np.int32]
    texts: list[str | None]
    rows: NDArray[np.float32]

    def text(self, number: int, like: str, vocabulary: Vocabulary) -> str:
        """A wording, with a capital where the text `like`, which stands in its place, has one."""
        text = self.texts[number]
        return cased(vocabulary.words[self.phrases[number, 0]], like) if text is None else text


def is_reworded(same: Sequence[Found]) -> bool:
    """Whether some mark of a place says that other words stood there, and not that a rule is broken."""
    return any(one.mark.kind in REPLACED for one in same)


def wordings(
    places: Sequence[Sequence[Found]], batch: Batch, believed: NDArray[np.float64], resources: Resources
) -> Wordings:
    """What is proposed for the reworded of some places (each the marks of one place) of the only document of `batch`.

    `believed` is the belief in each token, shape (n_tokens,).
    """
    (document,) = batch.documents
    start, behind = document.token_ranges([(one.mark.start, one.mark.end) for one, *_ in places])
    reworded = np.array([is_reworded(same) for same in places], bool) & (behind > start)
    single = np.flatnonzero(reworded & (behind == start + 1))
    single = single[batch.ids.take(start[single]) > UNKNOWN]
    number, far = _two_steps(batch.ids.take(start[single]), resources.candidates)
    own = _proposed(places, np.flatnonzero(reworded).tolist(), resources.vocabulary)
    place, phrases, texts, shares = _joined(own, single[number], far)
    rows = np.zeros((len(place), len(NAMES)), np.float32)
    if len(place):
        begins, n_words = start[place], (behind - start)[place]
        fits = fit_of(phrases, batch, begins, n_words, resources.language_model)
        gains = fits.sum(axis=1) - fit_as_read(batch, begins, n_words)
        columns = [*shares.T, *fits.T, *_ahead(gains, place), *_ahead(shares.max(axis=1), place)]
        inside = np.array([same[0].belief for same in places])[place]
        columns += [inside, believed[begins - 1], believed[np.minimum(begins + n_words, len(believed) - 1)]]
        rows[:] = np.stack(columns, axis=1)
    return Wordings(place, phrases, texts, rows)


class _Proposed(NamedTuple):
    """Wordings without their figures: see Wordings. `shares` are natural log-odds, shape (n_proposed, n_extractors)."""

    place: NDArray[np.intp]
    phrases: NDArray[np.int32]
    texts: list[str | None]
    shares: NDArray[np.float64]


def _proposed(places: Sequence[Sequence[Found]], asked: Sequence[int], vocabulary: Vocabulary) -> _Proposed:
    """What extractors propose for the places `asked` for."""
    place: list[int] = []
    texts: list[str] = []
    shares: list[tuple[int, int, float]] = []
    for number in asked:
        for text, own in proposed(places[number]).items():
            shares += [(len(texts), _SPEAKERS[name], share) for name, share in own.items()]
            place.append(number)
            texts.append(text)
    table = np.full((len(texts), len(_SPEAKERS)), SILENT)
    if shares:
        row, column, share = zip(*shares, strict=True)
        bounded = np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE)
        table[row, column] = np.log(bounded) - np.log1p(-bounded)
    return _Proposed(np.array(place, np.intp), _ids(texts, vocabulary), [*texts], table)


def _joined(own: _Proposed, place: NDArray[np.intp], words: NDArray[np.int32]) -> _Proposed:
    """The same with more `words` of some places that no extractor proposes there, by place."""
    alone = np.where(own.phrases[:, 1] == 0, own.phrases[:, 0], 0)
    new = ~among(_keys(place, words), _keys(own.place, alone))
    phrases = np.zeros((np.count_nonzero(new), MOST_WORDS), np.int32)
    phrases[:, 0] = words[new]
    places = np.concatenate([own.place, place[new]])
    order = np.argsort(places, kind="stable")
    texts = [*own.texts, *[None] * len(phrases)]
    silent = np.full((len(phrases), own.shares.shape[1]), SILENT)
    return _Proposed(
        place=places[order],
        phrases=np.concatenate([own.phrases, phrases])[order],
        texts=[texts[k] for k in order.tolist()],
        shares=np.concatenate([own.shares, silent])[order],
    )


def _keys(place: NDArray[np.intp], word: NDArray[np.integer]) -> NDArray[np.uint64]:
    """One exact key of a place and a word."""
    return (place.astype(np.uint64) << np.uint64(32)) | word.astype(np.uint64)


def _two_steps(words: NDArray[np.int32], candidates: Candidates) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """FURTHER of the candidates of the candidates of each word at most, by the weights of the ways there, and none that
    is its own candidate: the number of the word, ascending, and the candidate, the likeliest first."""
    row, near, weights = candidates.neighbours(words)
    step, far, more = candidates.neighbours(near)
    keys = _keys(row[step], far)
    kept = (far != words[row[step]]) & ~among(keys, _keys(row, near))
    every = keys[kept]
    keys = distinct(every)
    total = np.bincount(np.searchsorted(keys, every), (weights[step] * more)[kept], len(keys))
    number = (keys >> np.uint64(32)).view(np.int64)
    order = np.lexsort((-total, number))
    chosen = order[np.arange(len(order)) - np.searchsorted(number, number[order]) < FURTHER]
    return number[chosen], (keys[chosen] & np.uint64(0xFFFFFFFF)).astype(np.int32)


def _ids(texts: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Ids padded with 0, shape (len(texts), MOST_WORDS): the way back from Phrases.original."""
    ids = np.zeros((len(texts), MOST_WORDS), np.int32)
    for row, text in enumerate(texts):
        word = vocabulary.id_of.get(text.lower())
        if word is not None:
            ids[row, 0] = word
        else:
            words = text.lower().replace("'s", " 's").replace("-", " - ").split()[:MOST_WORDS]
            ids[row, : len(words)] = vocabulary.encode(words)[0]
    return ids


def _ahead(values: NDArray[np.float64], place: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By how much each of `values` is ahead of the best other of its place, and the best of the place; `place`
    ascends."""
    order = np.lexsort((-values, place))
    first, behind = np.searchsorted(place, place), np.searchsorted(place, place, side="right")
    best = values[order[first]]
    second = np.where(behind > first + 1, values[order[np.minimum(first + 1, len(place) - 1)]], best - ALONE)
    is_best = np.zeros(len(place), bool)
    is_best[order[distinct(first)]] = True
    return values - np.where(is_best, second, best), best
