"""Which texts are named as the sources of a suspect: how much of it they must explain, alone and together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.align.derivation import covered_within
from detector.align.names_held import retells
from detector.comparison import Alignment, Derivation, Source
from detector.text import Document, Flag

# Articles that the archive lacks share up to half of their words with older reports by the same desk, which repeat what
# came before; articles with four words of five put out keep seven tenths (benchmarks/sources.py). A single source is
# named as well where half of both texts agree, as a follow-up leaves most of the older report out, and where the
# suspect retells it name by name.
LEAST_COVERED = 0.6  # of the suspect's words, by the sources named together, for any to be named
LEAST_OF_BOTH = 0.5  # of the words of both texts
LEAST_COVERED_OF_MERGE = 0.5  # where each part passes by itself: 16 merges of fluent paraphrases had 0.52 to 0.6
# Short texts are often a sentence or two that many reports have. Of 200 articles that an archive of 3,000 lacks, cut to
# 25 / 50 / 80 / 115 words, 18 / 8 / 3 / 2 would get a source by the cuts above, and 0 / 3 / 1 / 2 where 0.8 must be
# covered, which was chosen on the same articles (benchmarks/sources.py). It matters below 80 words, and falls from
# there on, so that no sentence more or less decides.
FEWEST_WORDS = 50  # of a suspect that gets a source
SHORT = 120  # words below which nothing but coverage names a source
LEAST_COVERED_OF_SHORT = 0.8
FALLING = 80, 160  # words between which what must be covered falls from this to LEAST_COVERED
LEAST_SHARE = 0.15  # of them, in sentences that a source explains and none before it does ...
# ... or so many words, beside a first source, as a merge may hold little of one story. That part must be covered as a
# text of its length must, and keep its names: a paragraph of somebody else's shares a sentence or two with some report.
LEAST_ADDED = 60


def are_enough(
    named: Sequence[Source], parts: Sequence[NDArray[np.bool_]], words: NDArray[np.int64], each_sure: bool
) -> bool:
    """Whether these are surely the sources.

    `parts` are the sentences that each was named for, `words` how many words each of the suspect's sentences has, both
    of shape (n_sentences,); `each_sure` tells, of several, that each part by itself is surely taken from its source.
    """
    n_words = int(words.sum())
    if not named or n_words < FEWEST_WORDS:
        return False
    covered = sum(source.comparison.derivation.coverage for source in named)
    if _is_covered(covered, n_words):
        return True
    if len(named) == 1:
        return n_words >= SHORT and _is_source(named[0].comparison.derivation, float(words[parts[0]].sum() / n_words))
    return n_words >= SHORT and each_sure and covered >= LEAST_COVERED_OF_MERGE and _stand_apart(parts)


def least_words(n_words: float, beside_another: bool) -> float:
    """How many of a text's words a source must explain, that none before it does."""
    return min(LEAST_SHARE * n_words, LEAST_ADDED) if beside_another else LEAST_SHARE * n_words


def is_surely_from(alignment: Alignment, suspect: Document, part: NDArray[np.bool_], words: NDArray[np.int64]) -> bool:
    """Whether a part of the suspect is covered by the reference as a text of its length must be, by its words outside
    of quotation marks; masks and `words` as in `are_enough`."""
    return _is_covered(covered_within(alignment, suspect, part), int(words[part].sum()))


def _is_covered(share: float, n_words: int) -> bool:
    """Whether a text of so many words, of which a source has this share, is surely taken from it."""
    return share >= float(np.interp(n_words, FALLING, (LEAST_COVERED_OF_SHORT, LEAST_COVERED)))


def _is_source(derivation: Derivation, explained: float) -> bool:
    """Whether one text alone is surely the source, though less of the suspect's words comes from it."""
    if retells(derivation.names):
        return explained >= LEAST_SHARE
    return min(explained, 1 - derivation.dropped) >= LEAST_OF_BOTH


def _stand_apart(parts: Sequence[NDArray[np.bool_]]) -> bool:
    """Whether sentences, each part from another source, stand one part behind the other, as in a merge of stories.

    A follow-up has sentences of older reports here and there.
    """
    places = [np.flatnonzero(part).tolist() for part in parts]
    if len(places) < 2 or min(map(len, places)) < 2:
        return False
    ends = sorted((part[0], part[-1]) for part in places)
    return all(before[1] < behind[0] for before, behind in itertools.pairwise(ends))


def sentence_words(document: Document) -> NDArray[np.int64]:
    """How many words each sentence has, shape (n_sentences,)."""
    counted = document.sentence[(document.flags & (Flag.WORD | Flag.NUMBER)) > 0]
    return np.bincount(counted, minlength=int(document.sentence.max(initial=-1)) + 1)


def explained_sentences(alignment: Alignment, n_sentences: int) -> NDArray[np.bool_]:
    """Which of the suspect's sentences come from the reference."""
    explained = np.zeros(n_sentences, bool)
    explained[[sentence for pair in alignment.pairs if pair.derived for sentence in pair.suspect]] = True
    return explained
