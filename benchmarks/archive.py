"""How large and how fast an archive is, how often it finds the source of a spun article, and whom it names for none.

    python -m benchmarks.archive CORPORA [--strangers FOLDER] [--most 20000] [--pairs TABLE]

CORPORA and FOLDER hold *.jsonl.zst of clean articles. An article is spun by swapping each word for any other word with
chance x, but for names and the commonest words, or by a table of pairs. Strangers are suspects whose source is not in
the archive: articles of FOLDER, and articles of CORPORA that are left out. Times are those of the processor.
"""

from __future__ import annotations

import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from detector.archive import Archive, create, find, open_archive, open_writer
from detector.archive.find import POOL, SOURCE_FROM
from detector.archive.query import query_terms
from detector.archive.words import COMMON, names_and_numbers
from detector.batch.wire_copy import wire_copy
from detector.classifier import wilson
from detector.text import Record
from detector.training.corpus import CorpusArticle, read_corpus
from detector.training.spinners.pairs import Pairs
from detector.training.spinners.tables import read_rows

SHARES = (0.0, 0.3, 0.6, 0.8)  # of the words that may be swapped
PAIR_SHARES = (0.05, 0.15, 0.25)  # of all words
_WORD = re.compile(r"\b[^\W\d_]+\b")

Spin = Callable[[str], str]


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--strangers", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Articles of others.")
@click.option("--most", type=click.IntRange(min=100), default=20_000, show_default=True, help="Articles archived.")
@click.option("--queries", type=click.IntRange(min=1), default=200, show_default=True, help="Suspects of each kind.")
@click.option(
    "--left-out", type=click.IntRange(min=0), default=200, show_default=True, help="Of CORPORA, as strangers."
)
@click.option("--pairs", type=click.Path(exists=True, path_type=Path), help="Table of swaps: original, spun, voice.")
@click.option("--seed", default=1, show_default=True)
def archive(
    corpora: Path, strangers: Path | None, most: int, queries: int, left_out: int, pairs: Path | None, seed: int
) -> None:
    """Measure all of it on an archive in a temporary folder."""
    threadpool_limits(limits=1)  # as `unspin` runs
    rng = random.Random(seed)
    articles = articles_in(corpora)
    rng.shuffle(articles)
    kept, out = articles[left_out : left_out + most], articles[:left_out]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "archive"
        build(folder, kept)
        with open_archive(folder) as opened:
            suspects = rng.sample(kept, min(queries, len(kept)))
            for name, spin in _spinners(kept, pairs, seed):
                _sources(opened, suspects, name, spin)
            _strangers(opened, out, "of the same outlets and years, left out")
            if strangers is not None:
                others = articles_in(strangers)
                _strangers(opened, rng.sample(others, min(5 * queries, len(others))), f"of {strangers.name}")


def articles_in(folder: Path) -> list[CorpusArticle]:
    """The articles of its files; a folder without any is an error, and no empty benchmark."""
    paths = sorted(folder.glob("*.jsonl.zst"))
    if not paths:
        raise click.UsageError(f"{folder} holds no *.jsonl.zst: name the folder that holds the articles themselves")
    return [article for path in paths for article in read_corpus(path)]


def _records(articles: Sequence[CorpusArticle]) -> Iterator[Record]:
    for article in articles:
        yield Record(article.id, article.text, title=article.title, published=article.date, outlet=article.outlet)


def build(folder: Path, articles: Sequence[CorpusArticle]) -> None:
    clock, started = time.perf_counter(), time.process_time()
    create(folder)
    with open_writer(folder) as writer:
        added = writer.add(wire_copy(_records(articles)))
    spent = time.process_time() - started
    megabytes = sum(len(article.text.encode()) for article in articles) / 1e6
    with open_archive(folder) as opened:
        print(f"{added} of {megabytes:,.0f} MB: {spent:.1f} s, {time.perf_counter() - clock:.0f} by the clock")
        print(f"on disk: {opened.info().bytes / 1e6:,.0f} MB")


def _spinners(articles: Sequence[CorpusArticle], pairs: Path | None, seed: int) -> Iterator[tuple[str, Spin]]:
    words = sorted({word for article in articles[:3000] for word in _WORD.findall(article.text) if word.islower()})
    for share in SHARES:
        yield f"{share:.0%} of words for any other", partial(swap, share=share, words=words, rng=random.Random(seed))
    if pairs is not None:
        family = Pairs(read_rows(pairs), most_words=4)
        for share in PAIR_SHARES:
            yield f"{share:.0%} of words by the table", partial(_spun, family, share, np.random.default_rng(seed))


def _spun(family: Pairs, share: float, rng: np.random.Generator, text: str) -> str:
    return family.spin(text, share, rng).text


def swap(text: str, share: float, words: Sequence[str], rng: random.Random) -> str:
    names = names_and_numbers(text)

    def swapped(match: re.Match[str]) -> str:
        word = match.group()
        is_kept = word.lower() in names or word.lower() in COMMON or rng.random() >= share
        return word if is_kept else rng.choice(words)

    return _WORD.sub(swapped, text)


def _sources(archive: Archive, articles: Sequence[CorpusArticle], name: str, spin: Spin) -> None:
    """Say how often the source is first in the list, first and named, and first by the cheap query alone."""
    counts: Counter[str] = Counter()
    cheap, whole, alike = [], [], []
    for article in articles:
        text = spin(article.text)
        started = time.process_time()
        hits = archive.index.search(query_terms(text, archive.index), POOL)
        asked = time.process_time()
        found = find(archive, text)
        cheap.append(asked - started)
        whole.append(time.process_time() - asked)
        first = found.candidates[0] if found.candidates else None
        ids = () if first is None else (first.stored.reference.id, *first.copies)
        alike.append(0.0 if first is None else first.similarity)
        right = article.id in ids
        counts["first"] += right
        counts["named"] += right and found.source is not None
        counts["cheap"] += bool(hits) and archive.texts.get(hits[0].number).reference.id in ids
    shares = ", ".join(f"{what} {rate_of(counts[what], len(articles))}" for what in ("cheap", "first", "named"))
    print(f"{name}: {shares}; similarity {_quantiles(alike)}")
    times = ", ".join(
        f"{what} {1e3 * statistics.median(spent):.1f} ms" for what, spent in (("query", cheap), ("find", whole))
    )
    print(f"  medians of {len(articles)}: {times}")


def _strangers(archive: Archive, articles: Sequence[CorpusArticle], name: str) -> None:
    """Say how often somebody is named for an article whose source is not there, and how alike the first is."""
    alike = []
    for article in articles:
        found = find(archive, article.text, published=article.date)
        alike.append(found.candidates[0].similarity if found.candidates else 0.0)
    named = sum(similarity >= SOURCE_FROM for similarity in alike)
    if alike:
        print(
            f"strangers {name}: named {rate_of(named, len(alike))} from {SOURCE_FROM}; similarity {_quantiles(alike)}"
        )
        print("  highest:", " ".join(f"{similarity:.2f}" for similarity in sorted(alike)[-40:]))


def rate_of(hits: int, n: int) -> str:
    share, _, (low, high) = wilson(hits, n)
    return f"{share:.1%} of {n} ({low:.1%} to {high:.1%})"


def _quantiles(values: Sequence[float]) -> str:
    shares = (0.01, 0.05, 0.5, 0.95, 0.99)
    return " ".join(
        f"{share:.0%} {value:.2f}" for share, value in zip(shares, np.quantile(values, shares), strict=True)
    )


if __name__ == "__main__":
    archive()
