"""How much of the unseen spinners' work stands in our own tables, and what is found without it.

    python -m benchmarks.overlap --shared ../shared

Nobody copied these families, but two lists of English synonyms share entries. The second half of each table takes
every recorded swap out of our tables, so that no suggestion and no phrase is the family's own; the classifier stays.
It is the worst case: a spinner that shares no entry with anybody. Only sums are printed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks import shared as data
from detector.classifier import wilson
from detector.lexicon import MOST_WORDS, Candidates, Phrases, phrase_keys
from detector.pipeline import Detector
from detector.resources import Resources
from detector.segment import tokenize
from detector.text import Record
from detector.training.phrases import read_entries
from detector.training.tables import LEXICONS

Key = tuple[int, int]  # of the spun phrase and of the original


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def overlap(shared: Path) -> None:
    """Print the shared share, and what is found with and without it."""
    detector = Detector.load()
    clean = [article.text for articles in data.clean_dev(shared).values() for article in articles]
    written = _written(detector.resources)
    for family in data.FAMILIES:
        spun = {rate: data.spun_dev(shared, family, rate) for rate in data.RATES}
        rows = [row for some in spun.values() for row in some]
        swaps = [_key(spun, original, detector.resources) for row in rows for original, spun, _ in row["swaps"]]
        ours = _entries(detector.resources)
        print(
            f"{family}: of {len(swaps):,} swaps {_share([key in written for key in swaps])} stand in our lexicons,"
            f" {_share([key in ours for key in swaps])} in all our tables"
        )
        blind = Detector(detector.info, without(detector.resources, set(swaps)), detector.classifier)
        for name, judge in (("tables as shipped", detector), ("without these entries", blind)):
            cut = np.sort(_scores(judge, clean)[0])[::-1][len(clean) // 100]
            for rate, some in spun.items():
                scores, flagged = _scores(judge, [row["text"] for row in some])
                at_one = _share((scores > cut).tolist())
                print(
                    f"  {name:22} {rate:3}%  as shipped {_share(flagged)}  at 1% of clean {at_one}  n = {len(scores)}"
                )


def without(resources: Resources, swaps: set[Key]) -> Resources:
    """The same tables, with every entry that is one of `swaps` taken out."""
    candidates, phrases = resources.candidates, resources.phrases
    counts = np.diff(candidates.offsets)
    words = np.repeat(np.arange(len(counts)), counts)
    kept = np.array([key not in swaps for key in _candidate_keys(resources)], bool)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(words[kept], minlength=len(counts)))]).astype(np.int32)
    strange = np.array([key not in swaps for key in _phrase_keys(phrases)], bool)
    return replace(
        resources,
        candidates=Candidates(offsets, candidates.ids[kept], candidates.weights[kept]),
        phrases=Phrases(phrases.keys[strange], phrases.originals[strange], phrases.odds[strange]),
    )


def _entries(resources: Resources) -> set[Key]:
    return {*_candidate_keys(resources), *_phrase_keys(resources.phrases)}


def _candidate_keys(resources: Resources) -> list[Key]:
    counts = np.diff(resources.candidates.offsets)
    words = np.repeat(np.arange(len(counts)), counts)
    spun, original = (_single(ids) for ids in (words, resources.candidates.ids))
    return list(zip(spun, original, strict=True))


def _phrase_keys(phrases: Phrases) -> list[Key]:
    return list(zip(phrases.keys.tolist(), phrase_keys(phrases.originals).tolist(), strict=True))


def _single(ids: NDArray[Any]) -> list[int]:
    rows = np.zeros((len(ids), MOST_WORDS), np.uint16)
    rows[:, 0] = ids
    return phrase_keys(rows).tolist()


def _key(spun: str, original: str, resources: Resources) -> Key:
    """Exact for up to MOST_WORDS known words on each side, as the tables are; what they cannot hold gets 0."""
    keys = []
    for phrase in (spun, original):
        ids = resources.vocabulary.encode(tokenize(phrase.lower()))[0]
        row = np.zeros((1, MOST_WORDS), np.uint16)
        if len(ids) <= MOST_WORDS and (ids > 1).all():
            row[0, : len(ids)] = ids
        keys.append(int(phrase_keys(row)[0]))
    return keys[0], keys[1]


def _written(resources: Resources) -> set[Key]:
    """The entries of data/lexicons."""
    entries = [entry for path in sorted(LEXICONS.glob("spinner_*.tsv")) for entry in read_entries(path)]
    return {_key(entry.spun, entry.original, resources) for entry in entries}


def _scores(detector: Detector, texts: list[str]) -> tuple[NDArray[np.float64], list[bool]]:
    """Probability of having been spun, and whether flagged as shipped, of the texts that get a verdict."""
    records = [Record(str(i), text) for i, text in enumerate(texts)]
    reports = [report for i in range(0, len(records), 64) for report in detector.score(records[i : i + 64])]
    scores = [report.classes["spun"] for report in reports if report.classes]
    return (
        np.array([score.probability for score in scores if score]),
        [bool(report.flagged) for report in reports if report.status == "ok"],
    )


def _share(hits: list[bool]) -> str:
    share, _, (low, high) = wilson(sum(hits), len(hits))
    return f"{100 * share:.1f}% ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    overlap()
