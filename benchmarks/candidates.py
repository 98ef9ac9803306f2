"""Where originals could come from: the share of recorded swaps whose original each source lists.

    python -m benchmarks.candidates --shared ../shared

Besides the tables of the model two sources are tried that it does not have, words of a like meaning by their vectors
and words of the same stem; docs/measurements.md says why not.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click
import numpy as np

from benchmarks import shared as data
from benchmarks.tables import rate as share
from detector.lexicon import Form
from detector.pipeline import Detector
from detector.resources import Resources

RATE = 15  # per cent of words swapped
ALIKE = (8, 60)  # nearest words by meaning that are tried
STEM_LETTERS, MOST_OF_STEM = 5, 3
CHUNK = 2000  # words compared with all others at a time
SOUNDS = np.uint16(Form.VOWEL | Form.CONSONANT)

Lists = dict[int, list[int]]  # word -> the words that may have stood there, the likeliest first


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def candidates(shared: Path) -> None:
    """Print, for both unseen spinners, what is listed and what more would be."""
    resources = Detector.load().resources
    listed, near, stem = _listed(resources), _alike(resources), _of_one_stem(resources)
    for family in data.FAMILIES:
        swaps = [swap for row in data.spun_dev(shared, family, RATE) for swap in row["swaps"]]
        ids = [tuple(resources.vocabulary.id_of.get(word.lower(), -1) for word in swap[:2]) for swap in swaps]
        ours = np.array([original in listed.get(spun, ()) for original, spun in ids])
        print(f"{family}, {len(ids):,} swaps at {RATE}%: original among the candidates {share(ours)}")
        for most in ALIKE:
            more = np.array([original in near.get(spun, [])[:most] for original, spun in ids]) & ~ours
            print(f"  {f'more by the {most} nearest in meaning':36}{share(more)}")
        more = np.array([original in stem.get(spun, []) for original, spun in ids]) & ~ours
        print(f"  {'more by the same stem':36}{share(more)}")


def _listed(resources: Resources) -> Lists:
    offsets, ids = resources.candidates.offsets.tolist(), resources.candidates.ids.tolist()
    lists = {word: ids[offsets[word] : offsets[word + 1]] for word in range(len(offsets) - 1)}
    phrases = resources.phrases
    single = ((phrases.keys & np.uint64(0xFFFFFFFFFFFF)) == 0) & (phrases.originals[:, 1] == 0)
    for key, original in zip(
        (phrases.keys[single] >> np.uint64(48)).tolist(), phrases.originals[single, 0].tolist(), strict=True
    ):
        lists[key] = [*lists[key], original]
    return lists


def _alike(resources: Resources) -> Lists:
    """The nearest words by meaning that may be the same form."""
    words = resources.words
    forms = words.forms & ~SOUNDS
    places = np.flatnonzero((forms > 0) & words.vectors.any(axis=1))
    vectors = words.vectors[places].astype(np.float32)
    found: Lists = {}
    for start in range(0, len(places), CHUNK):
        likeness = vectors[start : start + CHUNK] @ vectors.T
        likeness[(forms[places[start : start + CHUNK], None] & forms[None, places]) == 0] = -np.inf
        likeness[np.arange(len(likeness)), start + np.arange(len(likeness))] = -np.inf
        nearest = np.argpartition(-likeness, max(ALIKE), axis=1)[:, : max(ALIKE)]
        order = np.argsort(-np.take_along_axis(likeness, nearest, axis=1), axis=1)
        nearest = np.take_along_axis(nearest, order, axis=1)
        found.update(zip(places[start : start + CHUNK].tolist(), places[nearest].tolist(), strict=True))
    return found


def _of_one_stem(resources: Resources) -> Lists:
    """The commonest words that begin as a word does."""
    stems: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(resources.vocabulary.words):
        if len(word) >= STEM_LETTERS and resources.words.forms[place] & ~SOUNDS:
            stems[word[:STEM_LETTERS]].append(place)
    return {place: [other for other in own if other != place][:MOST_OF_STEM] for own in stems.values() for place in own}


if __name__ == "__main__":
    candidates()
