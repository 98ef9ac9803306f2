"""Machine translations against what people wrote: translations of the same documents, and native English.

People's translations differ from news in source, topic and layout; only those of the very same documents say whether
the machine is told from the translator. Intervals draw whole source documents, which several systems translated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import shared as data
from benchmarks.tables import rate
from detector.training.corpus import CorpusArticle

TRANSLATED = "machine_translated"
ROUND_TRIP, ORIGINAL = "en-de-en", "en-xx"  # pairs: into another language and back, and what that began from
MAYBE_TRANSLATED = "world_newswire"  # its publishers translated some of it: no native English
RESAMPLES, SEED = 200, 1

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


def translations(shared: Path, model: Path | None, workers: int) -> dict[str, float]:
    """Print what is flagged and the AUC of the translated class, by system and by language pair.

    Gives the share of people's translations that is called spun, by name.
    """
    scored = _scored(data.translation_dev(shared), model, workers)
    outlets = [articles for name, articles in data.clean_dev(shared).items() if name != MAYBE_TRANSLATED]
    clean = [one.score for one in _scored([article for some in outlets for article in some], model, workers)]
    by_key: dict[Key, list[Scored]] = defaultdict(list)
    for one in scored:
        if one.kind != "mt":
            by_key[one.key].append(one)
    machine = [one for one in scored if one.kind == "mt"]
    groupings: tuple[tuple[str, Callable[[Scored], str]], ...] = (
        ("by system", lambda one: one.system),
        ("by set and pair", lambda one: " ".join(one.key[:2])),
    )
    print("Machine translations: flagged as shipped, and AUC of the translated class (95% by source document)")
    against = ("people, same documents", "native English, same sets", "native English, all clean")
    print(f"{'':30}{'n':>5}  {'spun':>22}  {'translated':>22}  {'n':>5}" + "".join(f"  {name:>27}" for name in against))
    for title, group_of in groupings:
        print(f"  {title}")
        for group in sorted({group_of(one) for one in machine}):
            _row(group, [one for one in machine if group_of(one) == group], by_key, clean)
    for kind, title in (("human_translation", "people's translations"), ("original_english", "English originals")):
        own = [one for one in scored if one.kind == kind]
        print(f"  {title:28}{len(own):5}  {_rates(own)}")
    print()
    return {"by_people_spun": float(np.mean([one.verdict == "spun" for one in scored if one.kind != "mt"]))}


def _scored(articles: Sequence[CorpusArticle], model: Path | None, workers: int) -> list[Scored]:
    """The articles with a verdict; a translation that seems to copy a system is nobody's, and left out."""
    own = [article for article in articles if article.kind == "mt" or not article.suspect_post_edit]
    reports = data.score([article.text for article in own], model, workers)
    found = []
    for article, report in zip(own, reports, strict=True):
        score = report.classes[TRANSLATED] if report.classes else None
        if report.status == "ok" and score:
            key = (article.set or "", article.pair or "", article.doc_id or article.id)
            found.append(Scored(key, article.kind or "", article.system or "", report.verdict or "", score.probability))
    return found


def _row(title: str, machine: Sequence[Scored], people: dict[Key, list[Scored]], clean: Sequence[float]) -> None:
    same = [one for one in machine if _source(one.key) in people]
    keys = {_source(one.key) for one in same}
    written = [person for key in keys for person in people[key]]
    sets = {one.key[0] for one in machine}
    native = [one for key, own in people.items() if key[0] in sets for one in own if one.kind == "original_english"]
    everyone = [Scored(("", "", str(i)), "", "", "", score) for i, score in enumerate(clean)]
    pairs = ((same, written), (machine, native), (machine, everyone))
    against = "".join(f"  {_interval(own, other):>27}" for own, other in pairs)
    print(f"    {title:26}{len(machine):5}  {_rates(machine)}  {len(same):5}{against}")


def _source(key: Key) -> Key:
    """The document that people wrote: of a round trip the original, else the translation of the same."""
    return (key[0], ORIGINAL, key[2]) if key[1] == ROUND_TRIP else key


def _rates(own: Sequence[Scored]) -> str:
    return "  ".join(rate([one.verdict == verdict for one in own]) for verdict in ("spun", TRANSLATED))


def _interval(positive: Sequence[Scored], negative: Sequence[Scored]) -> str:
    """AUC with its interval by cluster bootstrap: source documents are drawn, each with all its texts."""
    if not positive or not negative:
        return "-"
    keys = sorted({_source(one.key) for one in (*positive, *negative)})
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
    drawn = [times for times in drawn if times[of_low].any() and times[of_high].any()]
    low_end, high_end = np.quantile([area(times) for times in drawn], (0.025, 0.975))
    return f"{area(np.ones(len(keys))):.3f} ({low_end:.3f} to {high_end:.3f})"


def _columns(own: Iterable[Scored], place: dict[Key, int]) -> tuple[Scores, NDArray[np.intp]]:
    scores, keys = zip(*((one.score, place[_source(one.key)]) for one in own), strict=True)
    return np.array(scores), np.array(keys, np.intp)
