"""Phrases that stand for each other in translations of one source, as a linker links their lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from detector.align.tokens import Text
from detector.align.words import Linker
from detector.resources import Resources
from detector.segment import segment
from detector.training.aligner import Cells, GoldPair
from detector.training.corpus import CorpusArticle
from detector.training.progress import show

Words = tuple[str, ...]
Paraphrase = tuple[Words, Words]

ORIGINAL = "original_english"  # kind of what nobody translated
LEAST_WORDS, MOST_WORDS = 5, 60  # of a line
# Share of words that both lines have: with fewer they are hardly translations of one line, with more nothing differs.
LEAST_ALIKE, MOST_ALIKE = 0.4, 0.99
PAIRS_OF_A_LINE = 3
BELIEVED = 0.5  # of a link
MOST_PHRASE = 6  # words of either side
CHUNK = 1000  # pairs of lines linked together


def translated_phrases(
    articles: Iterable[CorpusArticle], resources: Resources, linker: Linker, seed: int = 1
) -> Counter[Paraphrase]:
    """Pairs of different phrases that several translations of one source have for each other, and how often."""
    lines = list(_pairs_of_lines(articles, resources, np.random.default_rng(seed)))
    found: Counter[Paraphrase] = Counter()
    for start in range(0, len(lines), CHUNK):
        pairs = [GoldPair("", one, two, frozenset()) for one, two in lines[start : start + CHUNK]]
        cells = Cells.of(pairs, resources)
        chosen = linker.probabilities(cells.grid, cells.types, resources) >= BELIEVED
        for pair, links in zip(pairs, cells.links(chosen), strict=True):
            found.update(_different(pair, links))
        show(f"{start + len(pairs):,} of {len(lines):,} pairs of lines linked, {len(found):,} pairs of phrases")
    return found


def _pairs_of_lines(
    articles: Iterable[CorpusArticle], resources: Resources, rng: np.random.Generator
) -> Iterator[tuple[Words, Words]]:
    """Of each line of a source some pairs of its translations, of which neither is too far from the other."""
    texts: defaultdict[tuple[str | None, ...], list[list[str]]] = defaultdict(list)
    for article in articles:
        if article.kind != ORIGINAL:
            texts[article.set, article.pair, article.doc_id].append(article.text.split("\n"))
    for source in sorted(texts, key=str):
        usual = Counter(map(len, texts[source])).most_common(1)[0][0]
        for lines in zip(*(lines for lines in texts[source] if len(lines) == usual), strict=True):
            different = sorted({_words(line, resources) for line in lines})
            pairs = list(combinations([words for words in different if LEAST_WORDS <= len(words) <= MOST_WORDS], 2))
            likely = [pairs[k] for k in rng.permutation(len(pairs)) if LEAST_ALIKE <= _alike(*pairs[k]) < MOST_ALIKE]
            yield from likely[:PAIRS_OF_A_LINE]


def _words(line: str, resources: Resources) -> Words:
    return tuple(filter(None, Text.of(segment(line, resources.vocabulary)).words))


def _alike(one: Words, two: Words) -> float:
    """Share of the words of both that they have in common (Dice 1945)."""
    return 2 * (Counter(one) & Counter(two)).total() / (len(one) + len(two))


def _different(pair: GoldPair, links: set[tuple[int, int]]) -> Iterator[Paraphrase]:
    """The groups of words that are linked with each other and with nothing else, without a gap, and are not the same;
    of both sides the lesser one first."""
    for rows, columns in linked_groups(links):
        if all(len(side) <= MOST_PHRASE and side[-1] - side[0] == len(side) - 1 for side in (rows, columns)):
            one, two = pair.one[rows[0] : rows[-1] + 1], pair.two[columns[0] : columns[-1] + 1]
            if one != two:
                yield min(one, two), max(one, two)


def linked_groups(links: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """The words of either side that links join, directly or by others, ascending.

    >>> linked_groups({(0, 0), (1, 0), (2, 3)})
    [([0, 1], [0]), ([2], [3])]
    """
    columns_of: defaultdict[int, set[int]] = defaultdict(set)
    rows_of: defaultdict[int, set[int]] = defaultdict(set)
    for row, column in links:
        columns_of[row].add(column)
        rows_of[column].add(row)
    found, left = [], set(columns_of)
    while left:
        rows, columns = {min(left)}, set[int]()
        while not all(columns_of[row] <= columns for row in rows):
            columns |= set[int]().union(*(columns_of[row] for row in rows))
            rows |= set[int]().union(*(rows_of[column] for column in columns))
        left -= rows
        found.append((sorted(rows), sorted(columns)))
    return found
