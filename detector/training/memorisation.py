"""Try to read the training texts back from a model's tables; a release is refused where that succeeds.

The attack: somebody knows the first GIVEN tokens of a sentence's stretch of RUN, and lets the tables write on, by the
likeliest word (greedy) or by the WIDTH likeliest continuations (beam search). What the tables offer is all that they
hold of running text: trigrams, the bigrams they back off to, and fixed phrases. Every other table holds single words,
pieces of words, or phrases of at most four words that are no article's. Runs are drawn from the articles that the
tables were counted on, and, as a control, from articles that they were not: phrases that everybody writes are written
on in both alike. Only a run that stands in one training article and nowhere else is memory.

Carlini et al. 2021, "Extracting training data from large language models", for the definition by prefix and by the
number of documents that hold the text.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Rate, wilson
from detector.errors import CorpusError
from detector.folding import fold
from detector.ingest.clutter import find_clutter
from detector.language_model import Ids, Vocabulary, pair_keys
from detector.lexicon import pattern_keys
from detector.resources import Resources
from detector.segment import segment
from detector.text import UNKNOWN
from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.vocabulary import RESERVED

RUN = 12  # tokens in a row, all of one sentence, none a figure or unknown: what may not be read back
GIVEN = 3  # of them known to the reader: as many as the widest table looks back
MIN_LETTERED = 10  # of them words: rows of dots and dashes are nobody's text
WIDTH = 5  # continuations kept in a beam search
MOST_RUNS = 4_000  # one an article: bounds the time to about a minute and the share by 0.1%
MAX_CHARACTERS = 200_000  # of an article that is looked into: as when it is scored

Run = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Memorisation:
    """How many runs the tables wrote on as they stood.

    Attributes:
        greedy, beam: share of the runs of training articles.
        control_greedy, control_beam: share of the runs of articles that the tables were not counted on.
        held_by: of each training run that was read back, the articles of the training part that hold it (their ids).
    """

    greedy: Rate
    beam: Rate
    control_greedy: Rate
    control_beam: Rate
    held_by: tuple[tuple[str, ...], ...]

    @property
    def from_one_article(self) -> tuple[str, ...]:
        """Ids of the articles of which a run was read back that no other article holds: there may be none."""
        return tuple(ids[0] for ids in self.held_by if len(ids) == 1)


class Reader:
    """Writes on from three tokens by the tables alone; figures, unknown words and sentence ends are never written."""

    def __init__(self, resources: Resources, width: int = WIDTH) -> None:
        self.width = width
        self._model = resources.language_model
        self._fixed = resources.fixed
        self._words = _plain(resources.vocabulary).astype(np.int32)
        commonest = np.argsort(-self._model.unigrams[self._words], kind="stable")[:width]
        self._commonest = self._words[commonest]
        self._after: dict[int, tuple[Ids, NDArray[np.float32]]] = {}
        self._next: dict[Run, list[tuple[float, int]]] = {}

    def reads_back(self, run: Run, width: int) -> bool:
        """Whether the run is among the `width` likeliest continuations of its first GIVEN tokens, at every length."""
        beam = [(0.0, run[:GIVEN])]
        for length in range(GIVEN + 1, len(run) + 1):
            grown = [
                (bits + more, (*words, word))
                for bits, words in beam
                for more, word in self._following(words[-GIVEN:])[:width]
            ]
            beam = heapq.nsmallest(width, grown)
            if all(words != run[:length] for _, words in beam):
                return False
        return True

    def _following(self, context: Run) -> list[tuple[float, int]]:
        """The likeliest words after three tokens, with their surprisal in bits, the likeliest first."""
        if context not in self._next:
            ids, bits = self._bits(*context[1:])
            best = np.argpartition(bits, min(self.width, len(bits)) - 1)[: self.width]
            likeliest = dict(zip(ids[best].tolist(), bits[best].tolist(), strict=True))
            for word, said in self._fixed_phrases(context):
                likeliest[word] = min(said, likeliest.get(word, said))
            self._next[context] = sorted((said, word) for word, said in likeliest.items())[: self.width]
        return self._next[context]

    def _bits(self, left: int, last: int) -> tuple[Ids, NDArray[np.float32]]:
        """Surprisal of every word that the table holds after `last`, given `left` as well."""
        ids, pair = self._successors(last)
        a, b = np.full(len(ids), left, np.int32), np.full(len(ids), last, np.int32)
        backoff = self._model.pair(a[:1], b[:1])[1]
        return ids, -self._model.triple(a, b, ids, pair + backoff, np.ones(len(ids), bool))

    def _successors(self, last: int) -> tuple[Ids, NDArray[np.float32]]:
        """The words that the table of bigrams holds after `last`, and the commonest of all; log2 p of each."""
        if last not in self._after:
            rows, _ = self._model.bigrams.find(pair_keys(np.full(len(self._words), last, np.int32), self._words))
            ids = np.union1d(self._words[rows], self._commonest).astype(np.int32)
            self._after[last] = ids, self._model.pair(np.full(len(ids), last, np.int32), ids)[0]
        return self._after[last]

    def _fixed_phrases(self, context: Run) -> Iterator[tuple[int, float]]:
        """What fixed phrases of three and of four words say of the place, and its surprisal in bits."""
        stream, place = np.array([*context, UNKNOWN]), np.array([GIVEN])
        keys = np.concatenate([pattern_keys(stream, place, n - 1, n) for n in (3, 4)])
        for row in self._fixed.find(keys)[1].tolist():
            others = min(2.0 ** -float(self._fixed.certainty[row]), 0.99)
            yield int(self._fixed.fillers[row]), float(-np.log2(1 - others))


def memorisation(resources: Resources, language: Path, test: Path, most_runs: int = MOST_RUNS) -> Memorisation:
    """Attack the tables with runs of `language`, the articles that they were counted on, and of `test`, which they
    were not.

    Both are corpus files. Deterministic. Raises CorpusError where one of them has no run to try.
    """
    reader = Reader(resources)
    runs, others = (sample_runs(read_corpus(path), resources, most_runs) for path in (language, test))
    for path, found in ((language, runs), (test, others)):
        if not found:
            raise CorpusError(f"{path}: expected an article with {RUN} known words in a row, found none")
    wide, control = ([run for run in some if reader.reads_back(run, WIDTH)] for some in (runs, others))
    narrow, control_narrow = ([run for run in some if reader.reads_back(run, 1)] for some in (runs, others))
    read_back = sorted({*wide, *narrow})
    return Memorisation(
        wilson(len(narrow), len(runs)),
        wilson(len(wide), len(runs)),
        wilson(len(control_narrow), len(others)),
        wilson(len(control), len(others)),
        tuple(holders(read_back, read_corpus(language), resources.vocabulary)) if read_back else (),
    )


def sample_runs(articles: Iterable[CorpusArticle], resources: Resources, most: int) -> list[Run]:
    """Of each of at most `most` articles, chosen by the digest of their text, the run that the tables find likeliest.

    It is the one most easily read back, given its first tokens: a run chosen at random hides the worst case.
    """
    vocabulary, model = resources.vocabulary, resources.language_model
    plain = np.zeros(len(vocabulary), bool)
    plain[_plain(vocabulary)] = True
    lettered = np.array([any(map(str.isalpha, word)) for word in vocabulary.words]) & plain
    runs = []
    for text in _chosen(articles, most):
        ids = _ids(text, vocabulary)
        starts = np.flatnonzero((_sums(plain[ids], RUN) == RUN) & (_sums(lettered[ids], RUN) >= MIN_LETTERED))
        if len(starts):
            likely = _sums(model.read(ids).trigram, RUN - GIVEN)[starts + GIVEN]
            start = starts[np.argmax(likely)]
            runs.append(tuple(ids[start : start + RUN].tolist()))
    return runs


def holders(
    runs: Sequence[Run], articles: Iterable[CorpusArticle], vocabulary: Vocabulary
) -> Iterator[tuple[str, ...]]:
    """For each run the ids of the articles that hold it, in their order."""
    found: list[list[str]] = [[] for _ in runs]
    # A cheap test first, the rarest words before the others: cutting every article into tokens takes minutes.
    spelled = [[vocabulary.words[i] for i in sorted(run, reverse=True)] for run in runs]
    for article in articles:
        folded = fold(article.text).text.lower()
        likely = [k for k, words in enumerate(spelled) if all(word in folded for word in words)]
        if likely:
            windows = _windows(_ids(article.text, vocabulary))
            for k in likely:
                if (windows == runs[k]).all(axis=1).any():
                    found[k].append(article.id)
    return map(tuple, found)


def _chosen(articles: Iterable[CorpusArticle], most: int) -> list[str]:
    """The texts of the lowest digests: a sample that does not hang on the order of the file, in bounded memory."""
    kept: list[tuple[int, str]] = []  # a heap, the highest digest first
    seen: set[int] = set()
    for article in articles:
        text = article.text[:MAX_CHARACTERS]
        digest = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])
        if digest in seen:
            continue
        if len(kept) < most:
            heapq.heappush(kept, (-digest, text))
            seen.add(digest)
        elif digest < -kept[0][0]:
            seen.discard(-heapq.heapreplace(kept, (-digest, text))[0])
            seen.add(digest)
    return [text for _, text in sorted(kept, reverse=True)]


def _plain(vocabulary: Vocabulary) -> NDArray[np.intp]:
    """Ids of what can be read back: every word and mark but the boundary, the unknown, and what stands for figures."""
    return np.flatnonzero([word not in RESERVED for word in vocabulary.words])


def _ids(text: str, vocabulary: Vocabulary) -> Ids:
    """The tokens of a text as they were counted: without its clutter."""
    text = text[:MAX_CHARACTERS]
    return segment(text, vocabulary, find_clutter(text).spans).ids


def _windows(ids: Ids) -> NDArray[np.int32]:
    """Every RUN tokens in a row, shape (n_windows, RUN)."""
    if len(ids) < RUN:
        return np.zeros((0, RUN), np.int32)
    return np.lib.stride_tricks.sliding_window_view(ids, RUN)


def _sums(values: NDArray[Any], width: int) -> NDArray[np.float64]:
    """Sum of every `width` values in a row, shape (n_values - width + 1,), or none."""
    totals = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return totals[width:] - totals[:-width]
