"""Try to read the training texts back from a model's tables; a release is refused where that succeeds.

The attack: somebody knows the first GIVEN tokens of a run of RUN, and lets the tables write on, by the likeliest word
(greedy) or by the WIDTH likeliest continuations (beam search). What the tables offer is all that they hold of running
text: trigrams, the bigrams they back off to, and fixed phrases. Every other table holds single words, pieces of words,
or phrases of at most four words that are no article's.

Of each article the run is tried that the tables find likeliest, of articles that the tables were counted on and, as a
control, of articles that they were not. Phrases that everybody writes are read back from either. A run that one
training article alone holds may still be chance, put together from what many wrote; it is that article's memory where
some step on the way was learnt from that article alone: where no other holds the n-gram that the reader went by.

Carlini et al. 2021, "Extracting training data from large language models", for the definition by prefix and by the
number of documents that hold the text; Zhang et al. 2021, "Counterfactual memorization in neural language models", for
asking what the model would say without the article.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Rate, wilson
from detector.errors import CorpusError
from detector.folding import fold
from detector.ingest.clutter import find_clutter
from detector.language_model import Ids, NgramTable, Vocabulary, pair_keys, place, triple_keys
from detector.lexicon import PADDING, SLOT
from detector.resources import Resources
from detector.segment import segment
from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.vocabulary import RESERVED

RUN = 12  # tokens in a row, all of one sentence, none a figure or unknown: what may not be read back
GIVEN = 3  # of them known to the reader: as many as the widest table looks back
MIN_LETTERED = 10  # of them words: rows of dots and dashes are nobody's text
WIDTH = 3  # continuations kept in a beam search
MOST_RUNS = 1_500  # one an article, of each side: three minutes of one core with 65,000 articles to read
MAX_CHARACTERS = 200_000  # of an article that is looked into: as when it is scored

Run = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Memorisation:
    """How many runs the tables wrote on as they stood, of articles that they were counted on and of others.

    Attributes:
        greedy, control_greedy: share that the likeliest words give.
        beam, control_beam: share among the WIDTH likeliest continuations.
        alone: share that is read back so and that one training article alone holds.
        control_alone: share of the control that is read back so and that no training article holds: such is chance.
        memory: ids of the articles of which a run is read back by steps that no other article taught.
    """

    greedy: Rate
    control_greedy: Rate
    beam: Rate
    control_beam: Rate
    alone: Rate
    control_alone: Rate
    memory: tuple[str, ...]

    @property
    def above_chance(self) -> bool:
        """Whether more runs of single articles are read back than chance gives: the intervals lie apart."""
        return self.alone.interval[0] > self.control_alone.interval[1]


class Reader:
    """Writes on from three tokens by the tables alone; figures, unknown words and sentence ends are never written."""

    def __init__(self, resources: Resources, width: int = WIDTH) -> None:
        self.width = width
        self._model = resources.language_model
        self._fixed = resources.fixed
        self._bigrams, self._trigrams = _Sieve(self._model.bigrams), _Sieve(self._model.trigrams)
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

    def steps(self, run: Run) -> Iterator[Run]:
        """The n-gram by which each token after the first GIVEN is found: the longest of it that the tables hold."""
        for end in range(GIVEN + 1, len(run) + 1):
            before, left, last, word = run[end - GIVEN - 1 : end]
            a, b, c = (np.array([one], np.int32) for one in (left, last, word))
            if any(filler == word for filler, _ in self._fixed_phrases((before, left, last))):
                yield before, left, last, word
            elif len(self._model.trigrams.find(triple_keys(a, b, c))[0]):
                yield left, last, word
            else:
                yield last, word

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
        return ids, -self._model.triple(a, b, ids, pair + backoff, self._trigrams.may_hold(triple_keys(a, b, ids)))

    def _successors(self, last: int) -> tuple[Ids, NDArray[np.float32]]:
        """The words that the table of bigrams holds after `last`, and the commonest of all; log2 p of each."""
        if last not in self._after:
            keys = pair_keys(np.full(len(self._words), last, np.int32), self._words)
            some = np.flatnonzero(self._bigrams.may_hold(keys))
            rows, _ = self._model.bigrams.find(keys[some])
            ids = np.union1d(self._words[some[rows]], self._commonest).astype(np.int32)
            self._after[last] = ids, self._model.pair(np.full(len(ids), last, np.int32), ids)[0]
        return self._after[last]

    def _fixed_phrases(self, context: Run) -> Iterator[tuple[int, float]]:
        """What fixed phrases of three and of four words say of the place, and its surprisal in bits."""
        before, left, last = context
        keys = [
            (left << 48) | (last << 32) | (SLOT << 16) | PADDING,
            (before << 48) | (left << 32) | (last << 16) | SLOT,
        ]
        for row in self._fixed.find(np.array(keys, np.uint64))[1].tolist():
            others = min(2.0 ** -float(self._fixed.certainty[row]), 0.99)
            yield int(self._fixed.fillers[row]), float(-np.log2(1 - others))


class _Sieve:
    """Which fingerprints a table holds anywhere: most of what it lacks is told without a look at its buckets."""

    def __init__(self, table: NgramTable) -> None:
        self._n_buckets = len(table.slots)
        self._prints = np.zeros(1 << 24, bool)
        self._prints[table.slots >> np.uint32(8)] = True

    def may_hold(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """False only for what the table lacks."""
        held: NDArray[np.bool_] = self._prints[place(keys, self._n_buckets)[2]]
        return held


def memorisation(resources: Resources, language: Path, test: Path, most_runs: int = MOST_RUNS) -> Memorisation:
    """Attack the tables with runs of `language`, the articles that they were counted on, and of `test`, which they
    were not.

    Both are corpus files. Deterministic. Raises CorpusError where one of them has no run to try.
    """
    reader = Reader(resources)
    runs, others = (_runs(path, resources, most_runs) for path in (language, test))
    greedy, control_greedy = (sum(reader.reads_back(run, 1) for run in some) for some in (runs, others))
    beam, control_beam = ([run for run in some if reader.reads_back(run, WIDTH)] for some in (runs, others))
    held = holders({*beam, *control_beam}, read_corpus(language), resources.vocabulary)
    alone = [run for run in beam if len(held[run]) == 1]
    steps = {run: set(reader.steps(run)) for run in alone}
    taught = holders(set().union(*steps.values()), read_corpus(language), resources.vocabulary)
    memory = {held[run][0] for run in alone if any(len(taught[step]) == 1 for step in steps[run])}
    return Memorisation(
        wilson(greedy, len(runs)),
        wilson(control_greedy, len(others)),
        wilson(len(beam), len(runs)),
        wilson(len(control_beam), len(others)),
        wilson(len(alone), len(runs)),
        wilson(sum(not held[run] for run in control_beam), len(others)),
        tuple(sorted(memory)),
    )


def _runs(path: Path, resources: Resources, most: int) -> list[Run]:
    runs = sample_runs(read_corpus(path), resources, most)
    if not runs:
        raise CorpusError(f"{path}: expected an article with {RUN} known words in a row, found none")
    return runs


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
    ngrams: Collection[Run], articles: Iterable[CorpusArticle], vocabulary: Vocabulary
) -> dict[Run, tuple[str, ...]]:
    """For each n-gram the ids of the first two articles that hold it: none, one alone, or more than one."""
    found: dict[Run, list[str]] = {ngram: [] for ngram in ngrams}
    # A cheap test first, the rarest words before the others: cutting every article into tokens takes minutes.
    wanted = {ngram: [vocabulary.words[i] for i in sorted(ngram, reverse=True)] for ngram in ngrams}
    for article in articles if wanted else ():
        folded = fold(article.text).text.lower()
        likely = [ngram for ngram, words in wanted.items() if all(word in folded for word in words)]
        ids = _ids(article.text, vocabulary) if likely else np.zeros(0, np.int32)
        for ngram in likely:
            if (_windows(ids, len(ngram)) == ngram).all(axis=1).any():
                found[ngram].append(article.id)
                if len(found[ngram]) == 2:
                    del wanted[ngram]
    return {ngram: tuple(ids) for ngram, ids in found.items()}


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


def _windows(ids: Ids, width: int) -> NDArray[np.int32]:
    """Every `width` tokens in a row, shape (n_windows, width)."""
    if len(ids) < width:
        return np.zeros((0, width), np.int32)
    return np.lib.stride_tricks.sliding_window_view(ids, width)


def _sums(values: NDArray[Any], width: int) -> NDArray[np.float64]:
    """Sum of every `width` values in a row, shape (n_values - width + 1,), or none."""
    totals = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return totals[width:] - totals[:-width]
