"""Machine translations held against what people wrote of the same documents.

People's translations differ from news in source, topic and layout; only those of the very same documents say whether
the machine is told from the translator. Intervals draw whole source documents, which several systems translated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.training.corpus import CorpusArticle
from detector.training.evaluate.figures import auc

ROUND_TRIP, ORIGINAL = "en-de-en", "en-xx"  # pairs: into another language and back, and what that began from
RESAMPLES, SEED = 200, 1
MIN_DOCUMENTS = 10  # of which an interval is drawn; it says nothing of fewer

Key = tuple[str, str, str]  # (set, pair, doc_id): one source document
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """One judged text: its source document, who wrote it, what was said of it, and the translated class's score."""

    key: Key
    kind: str
    system: str
    verdict: str
    score: float


class Area(NamedTuple):
    """An area under the ROC curve with its 95% interval."""

    area: float
    low: float
    high: float


def document_key(article: CorpusArticle) -> Key:
    """The source document of a translation; of other articles one of their own."""
    return (article.set or "", article.pair or "", article.doc_id or article.id)


def written_key(key: Key) -> Key:
    """The document that people wrote: of a round trip the original, else the translation of the same."""
    return (key[0], ORIGINAL, key[2]) if key[1] == ROUND_TRIP else key


def by_people(scored: Iterable[Scored]) -> dict[Key, list[Scored]]:
    """What people wrote, by source document."""
    found: dict[Key, list[Scored]] = defaultdict(list)
    for one in scored:
        if one.kind != "mt":
            found[one.key].append(one)
    return found


def same_documents(machine: Sequence[Scored], people: dict[Key, list[Scored]]) -> tuple[list[Scored], list[Scored]]:
    """Of machine translations those of documents that people translated, too, and these people's."""
    same = [one for one in machine if written_key(one.key) in people]
    keys = sorted({written_key(one.key) for one in same})
    return same, [person for key in keys for person in people[key]]


def area_by_document(positive: Sequence[Scored], negative: Sequence[Scored]) -> Area | None:
    """AUC with its interval by cluster bootstrap: source documents are drawn, each with all its texts.

    None where one side is missing, or both are of fewer than MIN_DOCUMENTS.
    """
    keys = sorted({written_key(one.key) for one in (*positive, *negative)})
    if not positive or not negative or len(keys) < MIN_DOCUMENTS:
        return None
    place = {key: i for i, key in enumerate(keys)}
    (high, of_high), (low, of_low) = (_columns(own, place) for own in (positive, negative))
    order = np.argsort(low)
    low, of_low = low[order], of_low[order]
    below, up_to = np.searchsorted(low, high, side="left"), np.searchsorted(low, high, side="right")

    def area(times: Scores) -> float:
        """AUC with each source document counted so many times; ties half."""
        running = np.append(0.0, np.cumsum(times[of_low]))
        weights = times[of_high]
        won = weights @ (running[below] + running[up_to]) / 2
        return float(won / max(weights.sum() * running[-1], 1.0))

    rng = np.random.default_rng(SEED)
    drawn = [rng.multinomial(len(keys), np.full(len(keys), 1 / len(keys))).astype(float) for _ in range(RESAMPLES)]
    areas = [area(times) for times in drawn if times[of_low].any() and times[of_high].any()]
    low_end, high_end = np.quantile(areas, (0.025, 0.975)) if areas else (0.0, 1.0)
    return Area(auc(high, low), float(low_end), float(high_end))


def _columns(own: Iterable[Scored], place: dict[Key, int]) -> tuple[Scores, NDArray[np.intp]]:
    scores, keys = zip(*((one.score, place[written_key(one.key)]) for one in own), strict=True)
    return np.array(scores), np.array(keys, np.intp)
