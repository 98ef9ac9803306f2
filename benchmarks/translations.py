"""Machine translations against what people wrote: translations of the same documents, and native English.

People's translations differ from news in source, topic and layout; only those of the very same documents say whether
the machine is told from the translator. Intervals draw whole source documents, which several systems translated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import shared as data
from benchmarks.tables import rate
from detector.training.corpus import CorpusArticle
from detector.training.evaluate.translations import (
    Key,
    Scored,
    area_by_document,
    by_people,
    document_key,
    same_documents,
)

TRANSLATED = "machine_translated"
MAYBE_TRANSLATED = "world_newswire"  # its publishers translated some of it: no native English


def translations(shared: Path, model: Path | None, workers: int) -> dict[str, float]:
    """Print what is flagged and the AUC of the translated class, by system and by language pair.

    Gives the share of people's translations that is called spun, by name.
    """
    scored = _scored(data.translation_dev(shared), model, workers)
    outlets = [articles for name, articles in data.clean_dev(shared).items() if name != MAYBE_TRANSLATED]
    clean = [one.score for one in _scored([article for some in outlets for article in some], model, workers)]
    by_key = by_people(scored)
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
            key = document_key(article)
            found.append(Scored(key, article.kind or "", article.system or "", report.verdict or "", score.probability))
    return found


def _row(title: str, machine: Sequence[Scored], people: dict[Key, list[Scored]], clean: Sequence[float]) -> None:
    same, written = same_documents(machine, people)
    sets = {one.key[0] for one in machine}
    native = [one for key, own in people.items() if key[0] in sets for one in own if one.kind == "original_english"]
    everyone = [Scored(("", "", str(i)), "", "", "", score) for i, score in enumerate(clean)]
    pairs = ((same, written), (machine, native), (machine, everyone))
    against = "".join(f"  {_interval(own, other):>27}" for own, other in pairs)
    print(f"    {title:26}{len(machine):5}  {_rates(machine)}  {len(same):5}{against}")


def _rates(own: Sequence[Scored]) -> str:
    return "  ".join(rate([one.verdict == verdict for one in own]) for verdict in ("spun", TRANSLATED))


def _interval(positive: Sequence[Scored], negative: Sequence[Scored]) -> str:
    area = area_by_document(positive, negative)
    return "-" if area is None else f"{area.area:.3f} ({area.low:.3f} to {area.high:.3f})"
