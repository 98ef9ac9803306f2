"""Strip what a source repeats: paragraphs that stand in many of its articles, such as calls to subscribe."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from detector.training.corpus import CorpusArticle

MANY = 20  # articles of one source in which a paragraph stands: later versions of one story are fewer; guess
MANY_SHARE = 0.01  # of a small source's articles that are as many: guess
FEW = 5  # articles, however small the source


class Stripped(NamedTuple):
    """Articles without boilerplate; `places` is how many paragraphs went, of `paragraphs` different ones, by source."""

    articles: list[CorpusArticle]
    paragraphs: Counter[str]
    places: Counter[str]


def strip_boilerplate(articles: Sequence[CorpusArticle]) -> Stripped:
    """Leave out each paragraph that stands in MANY articles of its source, or in MANY_SHARE of them.

    Paragraphs are compared by a hash of their words; an article of boilerplate alone is left empty.
    """
    counts: defaultdict[str, Counter[bytes]] = defaultdict(Counter)
    n_articles = Counter(article.source for article in articles)
    for article in articles:
        counts[article.source].update({key for _, key in _paragraphs(article.text)})
    repeated = {
        source: {key for key, count in own.items() if count >= _many(n_articles[source])}
        for source, own in counts.items()
    }
    places: Counter[str] = Counter()
    kept = []
    for article in articles:
        own = repeated[article.source]
        lines = list(_paragraphs(article.text))
        left = [line for line, key in lines if key not in own]
        places[article.source] += len(lines) - len(left)
        kept.append(article if len(left) == len(lines) else replace(article, text="\n".join(left)))
    return Stripped(kept, Counter({source: len(own) for source, own in repeated.items()}), places)


def _many(n_articles: int) -> int:
    return min(MANY, max(FEW, round(MANY_SHARE * n_articles)))


def _paragraphs(text: str) -> Iterator[tuple[str, bytes]]:
    """Each line that holds words, and the hash of these."""
    for line in text.split("\n"):
        words = line.split()
        if words:
            yield line, hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
