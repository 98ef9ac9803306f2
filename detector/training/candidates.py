"""Build the substitution candidates: for each word as found in a text, the originals that a spinner may have replaced.

Two sources are joined at the level of lemmas and inflected back, so that a candidate has the same form as the word:
PPDB 1.0's lexical pairs (Ganitkevitch et al. 2013) and WordNet 3.0 (Fellbaum 1998).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.errors import CorpusError
from detector.lexicon import Candidates
from detector.training.grammar import GRAMMAR, GRAMMAR_PAIRS, MIN_LETTERS
from detector.training.inflection import Analysis, Inflections
from detector.training.wordnet import WordNet, read_wordnet

SHORT_LIST = 6  # candidates; a shorter list is filled up with hypernyms, then sisters
RELATIONS = {"synonym": 1.0, "similar": 0.6, "broader": 0.4, "sister": 0.2}  # guesses
PPDB_PAIR = 1.0  # a pair of PPDB counts as much as a synonym of the first sense: guess
BOTH_SOURCES = 0.8  # guess
EXTRA = 2.5  # a pair given by hand is sure: guess
RARER_SENSE = 0.5  # each sense further down WordNet's list is so much less likely meant: guess
OTHER_FORM = 0.7  # a pair of PPDB that was seen in another form only: guess

Relatives = Callable[[str, str], Iterator[tuple[str, int, str]]]  # see WordNet
Graph = dict[str, dict[str, set[tuple[str, str]]]]  # lemma -> its neighbours in PPDB -> the pairs of words seen


def build_candidates(
    vocabulary: Sequence[str],
    ppdb: Path | None,
    wordnet: Path | None,
    extra: Iterable[tuple[str, str]] = GRAMMAR_PAIRS,
    most: int = 16,
    without: Container[str] = frozenset(),
) -> Candidates:
    """List for each word of `vocabulary` (lower case, by falling frequency) at most `most` candidates of it.

    `extra` are directed pairs of the word as found and what may have stood there. Words of `without` get none.

    Weight, in (0, 1]: the evidence of the sources (the sense's rank in WordNet, PPDB, a bonus for both, and how many
    neighbours in PPDB the two share), times how common the candidate is, scaled to its largest.
    """
    if most < 1:
        raise ValueError(f"expected at least one candidate a word, got most={most}")
    index = {word: place for place, word in enumerate(vocabulary)}
    net = read_wordnet(wordnet) if wordnet else WordNet({}, {}, {}, {})
    lemmas = net.senses or {(word, part): () for word in vocabulary if word.isalpha() for part in "nva"}
    inflections = Inflections.build(lemmas, net.exceptions)
    pairs = list(ppdb_pairs(ppdb, index)) if ppdb else []
    live = {(reading.lemma, reading.part) for word in index for reading in inflections.analyses.get(word, ())}
    sources = _Sources(index, net, inflections, _lemma_graph(pairs, inflections), live)
    rows: list[dict[int, float]] = [{} for _ in vocabulary]
    for word, place in index.items():
        if _is_content(word) and word not in without:
            rows[place] = sources.row(word)
    for word, other in extra:
        if word in index and other in index and word != other:
            row = rows[index[word]]
            row[index[other]] = max(row.get(index[other], 0.0), EXTRA * _commonness(index[other], len(vocabulary)))
    return _ragged(rows, most)


def _is_content(word: str) -> bool:
    return len(word) >= MIN_LETTERS and word.replace("-", "").isalpha() and word not in GRAMMAR


def ppdb_pairs(path: Path, index: Container[str]) -> Iterator[tuple[str, str]]:
    """The pairs of PPDB whose words both are content words of the vocabulary."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"no PPDB table at {path}: {error}") from error
    try:
        text = (_unpacked(data) if path.suffix == ".zst" else data).decode("utf-8")
    except ValueError as error:
        raise CorpusError(f"{path}: expected a whole PPDB table in UTF-8: copy it again: {error}") from error
    for number, line in enumerate(text.rstrip().replace("\r", "").split("\n"), start=1):
        left, tab, right = line.partition("\t")
        if not tab:
            raise CorpusError(f"{path}, line {number}: expected two words with a tab between, got {line[:40]!r}")
        if left in index and right in index and _is_content(left) and _is_content(right):
            yield left, right


def _unpacked(data: bytes) -> bytes:
    """What a zstd frame holds; ValueError where it is damaged or cut off."""
    import zstandard  # training only: no core dependency

    frame = zstandard.ZstdDecompressor().decompressobj()
    try:
        unpacked = frame.decompress(data)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    if not frame.eof:
        raise ValueError("it is cut off")
    return unpacked


def _lemma_graph(pairs: list[tuple[str, str]], inflections: Inflections) -> Graph:
    """For each (part, lemma) joined by a colon, its neighbours in PPDB and the pairs of words that say so.

    Two words are joined where they are the same form of two lemmas: "raid, attacks" as verbs says nothing.
    """
    graph: defaultdict[str, defaultdict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for left, right in pairs:
        if inflections.lemmas(left) & inflections.lemmas(right):
            continue  # two forms of one word
        for one in inflections.analyses.get(left, ()):
            for other in inflections.analyses.get(right, ()):
                if (one.part, one.form) == (other.part, other.form):
                    a, b = f"{one.part}:{one.lemma}", f"{other.part}:{other.lemma}"
                    graph[a][b].add((left, right))
                    graph[b][a].add((right, left))
    return {node: dict(near) for node, near in graph.items()}


@dataclass(frozen=True, slots=True)
class _Sources:
    """What candidates are drawn from: the vocabulary's index, WordNet, the forms of its lemmas, and PPDB by lemma."""

    index: dict[str, int]
    net: WordNet
    inflections: Inflections
    graph: Graph
    live: Container[tuple[str, str]]  # lemmas, with their part, of which the vocabulary holds a form

    def row(self, word: str) -> dict[int, float]:
        """Candidates of one word with their weight before scaling."""
        near = self.from_wordnet(word, self.net.relatives, ("synonym", "similar"))
        broader = self.from_wordnet(word, self.net.relatives, ("broader",))
        ppdb = self.from_ppdb(word)
        wordnet = near | {other: max(near.get(other, 0.0), broader[other]) for other in broader.keys() & ppdb.keys()}
        if len(wordnet.keys() | ppdb.keys()) < SHORT_LIST:
            wordnet = self.from_wordnet(word, self.net.sisters, ("sister",)) | broader | near
        row = {}
        for other in sorted(wordnet.keys() | ppdb.keys()):
            both = BOTH_SOURCES if other in wordnet and other in ppdb else 0.0
            evidence = wordnet.get(other, 0.0) + ppdb.get(other, 0.0) + both
            row[self.index[other]] = evidence * _commonness(self.index[other], len(self.index))
        return row

    def from_wordnet(self, word: str, relatives: Relatives, relations: Container[str]) -> dict[str, float]:
        """Weights by WordNet of some relatives: less for a distant relation, and for a rarer sense."""
        weights: dict[str, float] = {}
        for analysis in self.inflections.analyses.get(word, ()):
            for lemma, rank, relation in relatives(analysis.lemma, analysis.part):
                if relation in relations and (lemma, analysis.part) in self.live:
                    other = self.spelled(word, analysis._replace(lemma=lemma))
                    if other is not None:
                        weights[other] = max(weights.get(other, 0.0), RELATIONS[relation] / (1 + RARER_SENSE * rank))
        return weights

    def from_ppdb(self, word: str) -> dict[str, float]:
        """Weights by PPDB: the pair itself or one of other forms, and how many neighbours the two lemmas share."""
        weights: dict[str, float] = {}
        for analysis in self.inflections.analyses.get(word, ()):
            node = f"{analysis.part}:{analysis.lemma}"
            for neighbour, seen in self.graph.get(node, {}).items():
                other = self.spelled(word, analysis._replace(lemma=neighbour[2:]))
                if other is not None:
                    pair = PPDB_PAIR * (1.0 if (word, other) in seen else OTHER_FORM)
                    weights[other] = max(weights.get(other, 0.0), pair + _shared(self.graph, node, neighbour))
        return weights

    def spelled(self, word: str, wanted: Analysis) -> str | None:
        """The commonest spelling of a form in the vocabulary, unless it is another form of `word` itself."""
        best = None
        for spelling in self.inflections.forms.get(wanted, ()):
            if spelling in self.index and (best is None or self.index[spelling] < self.index[best]):
                best = spelling
        if best is None or not _is_content(best):
            return None
        return None if self.inflections.lemmas(word) & self.inflections.lemmas(best) else best


def _shared(graph: Graph, left: str, right: str) -> float:
    """Cosine of the neighbours of two lemmas, each its own neighbour."""
    near, far = graph[left], graph[right]
    common = 2 + sum(node in far for node in near)
    return common / math.sqrt((len(near) + 1) * (len(far) + 1))


def _commonness(place: int, n_words: int) -> float:
    """1 for the commonest word, 0.25 for the rarest, even in the logarithm of the rank."""
    return 1.0 - 0.75 * math.log(1 + place) / math.log(1 + n_words)


def _ragged(rows: list[dict[int, float]], most: int) -> Candidates:
    best = [sorted(row.items(), key=lambda item: (-item[1], item[0]))[:most] for row in rows]
    flat = [item for row in best for item in row]
    weights = np.array([weight for _, weight in flat], dtype=np.float32)
    return Candidates(
        offsets=np.concatenate([[0], np.cumsum([len(row) for row in best])]).astype(np.int32),
        ids=np.array([place for place, _ in flat], dtype=np.int32),
        weights=weights / weights.max() if len(weights) else weights,
    )
