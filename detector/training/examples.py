"""Articles for fitting: clean ones, and such that a spinner family spun, with every swapped token labelled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Network, sigmoid
from detector.extractors import EXTRACTORS, Batch
from detector.features import article_rows, token_rows
from detector.ingest.clutter import find_clutter
from detector.language_model import NgramTable
from detector.lexicon import Candidates, Phrases
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document, Span
from detector.training.swaps import Spinner, Swap

TRAINING_SHARES = (0.03, 0.6)  # of words, asked for: log-uniform; most families run out of words at 13% to 40%
PARTLY = 0.25  # of the training articles are spun in some of their paragraphs only
CARELESS = 0.4  # of the spun articles keep "a" before what should have "an"
PART = (0.25, 0.75)  # of such an article's characters
WITHHELD = 0.5  # of candidates and phrases while fitting: an unknown spinner's list is half unknown to us
# News of other regions and years is stranger to the language model than what it is fitted on: some articles are read by
# one that has forgotten part of what it knew. By trying it: more than this costs detection (docs/experiments.md).
STRANGE = 0.3  # of the articles
FORGOTTEN = 0.25  # of the n-grams


class Translator(Protocol):
    """A machine that translates lines of text there and back, one for each."""

    def translate(self, lines: Sequence[str]) -> list[str]:
        """Translate in as few calls as may be."""


class Example(NamedTuple):
    """One text, where it was swapped, and by which family ("clean" for none)."""

    text: str
    swaps: tuple[Swap, ...]
    family: str


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Rows of the token stage with their labels; `names` are the columns."""

    names: list[str]
    rows: NDArray[np.float32]
    swapped: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ArticleTable:
    """Pooled rows of articles, shape (n_articles, n_columns); `names` are the columns."""

    names: list[str]
    rows: NDArray[np.float32]


def clean_examples(texts: Sequence[str]) -> list[Example]:
    """Texts as they are."""
    return [Example(text, (), "clean") for text in texts]


def spin(
    texts: Sequence[str],
    spinners: Mapping[str, Spinner],
    seed: int,
    shares: tuple[float, float] = TRAINING_SHARES,
    partly: float = PARTLY,
) -> list[Example]:
    """Spin each text by one family, in turn, with a share of words drawn between `shares`.

    Of `partly` of the texts a part is spun only. Deterministic by the seed.
    """
    names = sorted(spinners)
    examples = []
    for i, text in enumerate(texts):
        rng = np.random.default_rng([seed, i, *hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4]])
        family = names[i % len(names)]
        share = float(np.exp(rng.uniform(*np.log(shares))))
        part = _part(text, rng) if rng.random() < partly else Span(0, len(text))
        spun = spinners[family].spin(text[part.start : part.end], share, rng)
        if rng.random() < CARELESS:
            spun = spun.careless()
        swaps = tuple(swap._replace(start=part.start + swap.start) for swap in spun.swaps)
        examples.append(Example(text[: part.start] + spun.text + text[part.end :], swaps, family))
    return examples


def translate(texts: Sequence[str], trips: Mapping[str, Translator]) -> list[str]:
    """Send each text through one of the round trips, in turn, line by line: examples of machine translation."""
    result = list(texts)
    for turn, name in enumerate(sorted(trips)):
        own = range(turn, len(texts), len(trips))
        lines = iter(trips[name].translate([line for i in own for line in texts[i].split("\n")]))
        for i in own:
            result[i] = "\n".join(next(lines) for _ in texts[i].split("\n"))
    return result


def _part(text: str, rng: np.random.Generator) -> Span:
    """Some paragraphs, or sentences where there are none, that make up a PART of the text; all where none do."""
    edges = [0, *(match.end() for match in re.finditer(r"\n\s*|(?<=[.!?]) (?=[A-Z])", text)), len(text)]
    least, most = (share * len(text) for share in PART)
    first = int(rng.integers(len(edges)))
    last = [edge for edge in edges if least <= edge - edges[first] <= most]
    return Span(edges[first], last[int(rng.integers(len(last)))]) if last else Span(0, len(text))


def withhold(resources: Resources, seed: int) -> Resources:
    """The same tables without WITHHELD of their entries, chosen by hash: what fitting may know of the families it
    learns."""
    candidates, phrases = resources.candidates, resources.phrases
    counts = np.diff(candidates.offsets)
    rows = np.repeat(np.arange(len(counts)), counts)
    kept = _kept(rows.astype(np.uint64) * np.uint64(65536) + candidates.ids.astype(np.uint64), seed)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=len(counts)))]).astype(np.int32)
    known = _kept(phrases.keys, seed)  # a spun phrase is withheld with all its originals
    return replace(
        resources,
        candidates=Candidates(offsets, candidates.ids[kept], candidates.weights[kept]),
        phrases=Phrases(phrases.keys[known], phrases.originals[known], phrases.odds[known]),
    )


def forget(resources: Resources, seed: int) -> Resources:
    """The same with a language model that has lost FORGOTTEN of its n-grams."""
    model, rng = resources.language_model, np.random.default_rng([seed, 1])

    def some_of(table: NgramTable) -> NgramTable:
        slots = np.array(table.slots)
        slots[rng.random(slots.shape) < FORGOTTEN] = 0
        return NgramTable(slots, table.backoffs)

    return replace(
        resources, language_model=replace(model, bigrams=some_of(model.bigrams), trigrams=some_of(model.trigrams))
    )


def is_strange(text: str) -> bool:
    """Whether a text is one of the STRANGE, by its hash."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[4] < 256 * STRANGE


def _kept(keys: NDArray[np.uint64], seed: int) -> NDArray[np.bool_]:
    mixed = (keys + np.uint64(seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 >= WITHHELD


def token_table(examples: Sequence[Example], resources: Resources) -> TokenTable:
    """Measure the examples and label each scored token by whether a swap covers it."""
    names: list[str] = []
    rows, labels = [], []
    for some in _chunks(examples):
        batch = _batch(some, resources)
        measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
        names, scored, own = token_rows(batch, measures)
        rows.append(own)
        labels.append(np.concatenate([covered(d, e.swaps) for d, e in zip(batch.documents, some, strict=True)])[scored])
    return TokenTable(names, np.concatenate(rows), np.concatenate(labels))


def article_table(examples: Sequence[Example], resources: Resources, tokens: Network) -> ArticleTable:
    """Measure the examples and pool them."""
    names: list[str] = []
    rows = []
    for some in _chunks(examples):
        batch = _batch(some, resources)
        measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
        _, scored, own = token_rows(batch, measures)
        probability = sigmoid(tokens.log_odds(own))
        names, pooled = article_rows(batch, measures, scored, own, probability, resources.vocabulary)
        rows.append(pooled)
    return ArticleTable(names, np.concatenate(rows))


def _batch(examples: Sequence[Example], resources: Resources) -> Batch:
    documents = [segment(e.text, resources.vocabulary, find_clutter(e.text).spans) for e in examples]
    return Batch.join(tuple(documents), resources.language_model)


def _chunks(examples: Sequence[Example], size: int = 40) -> list[Sequence[Example]]:
    return [examples[i : i + size] for i in range(0, len(examples), size)]


def covered(document: Document, swaps: Sequence[Swap]) -> NDArray[np.bool_]:
    """Tokens that overlap a swap."""
    covered = np.zeros(len(document.ids), bool)
    for swap in swaps:
        covered[document.tokens(swap.start, swap.start + len(swap.spun))] = True
    return covered
