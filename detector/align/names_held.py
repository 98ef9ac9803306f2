"""Which names and numbers two texts share, and whether they stand in sentences that belong together.

Who rewords a text in full, by machine or by hand, keeps who and how many, each in its place; another report of the same
event names others, and elsewhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from detector.comparison import Alignment, NamesHeld
from detector.text import Document, Flag

# Of 196 pairs of two outlets' own reports of one event (benchmarks/same_day.py), whole and both cut to their first 300,
# 200 and 120 words, none, 1, 1 and 1 share so much; of 40 whole paraphrases all do. Chosen on these.
LEAST_THERE = 0.8  # of either text's different names and numbers, in the other
LEAST_IN_PLACE = 0.6  # of the suspect's, in the sentence beside theirs
FEWEST = 10  # different names and numbers; fewer are soon shared: guess


def retells(names: NamesHeld) -> bool:
    """Whether one text tells what the other tells, name by name, in whatever words."""
    return names.n >= FEWEST and min(names.there, names.kept) >= LEAST_THERE and names.in_place >= LEAST_IN_PLACE


def names_held(alignment: Alignment, suspect: Document, reference: Document) -> NamesHeld:
    """Count them, word by word, in lower case; shares of nothing are 0."""
    ours, theirs = _by_sentence(suspect), _by_sentence(reference)
    here, there = (set().union(*found.values()) for found in (ours, theirs))
    both = len(here & there)
    beside = {
        sentence: set().union(*(theirs[other] for other in pair.reference))
        for pair in alignment.pairs
        for sentence in pair.suspect
    }
    counted = [(name in beside.get(sentence, ()), n) for sentence, own in ours.items() for name, n in own.items()]
    return NamesHeld(
        n=len(here),
        there=both / max(len(here), 1),
        kept=both / max(len(there), 1),
        in_place=sum(n for stands, n in counted if stands) / max(sum(n for _, n in counted), 1),
    )


def _by_sentence(document: Document) -> defaultdict[int, Counter[str]]:
    """How often each name or number is written in each sentence."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    tokens = np.flatnonzero((document.flags & (Flag.NAME | Flag.NUMBER)) > 0)
    columns = (document.sentence, document.start, document.end)
    for sentence, start, end in zip(*(column[tokens].tolist() for column in columns), strict=True):
        found[sentence][document.text[start:end].lower()] += 1
    return found
