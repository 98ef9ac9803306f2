"""How many names and numbers a paraphrase keeps, and how many another outlet's report of the same event has.

    python -m benchmarks.names_held --shared ../shared [--unread 4000]

Behind the cuts of detector/align/names_held.py: the independent pairs of same_day_pairs.tsv, whole and both texts cut
to their first words, and the whole rewrites beside their originals. Then the `--unread` most alike pairs of two outlets
and of one day or two days in a row, in the AllSides articles of all years, that nobody decided: those that share enough
are listed, to be read. About 25 ms of a processor a pair.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.same_day import EARLIER, PAIRS, read_pairs
from benchmarks.shared import clean_dev, rewrites
from benchmarks.tables import rate
from detector.align import Linker, compare, load_linker
from detector.align.names_held import retells
from detector.comparison import Derivation, NamesHeld
from detector.ingest.clutter import find_clutter
from detector.model_store import default_model_path, load_model
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.corpus import CorpusArticle, read_corpus

CUT_TO = (300, 200, 120)  # words
LEAST_WORDS = 120  # of an article in an unread pair
LEAST_ALIKE = 0.3  # cosine, for a pair to be listed at all
LOOKED_AT = 6_000  # characters of an article, for how alike two are


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--unread", type=click.IntRange(min=0), default=1000, show_default=True, help="Undecided pairs tried.")
def main(shared: Path, unread: int) -> None:
    """Measure and print."""
    threadpool_limits(limits=1)  # as `unspin` runs
    beside = _Beside(load_model(default_model_path()).resources, load_linker())
    articles = {one.id: one for part in clean_dev(shared).values() for one in part}
    articles |= {one.id: one for one in read_corpus(shared / EARLIER)}
    independent = [pair for pair in read_pairs(PAIRS) if pair.decision == "independent"]
    texts = [(articles[pair.other].text, articles[pair.one].text) for pair in independent]
    _told("two outlets' own reports", [beside.laid(*both).names for both in texts])
    for n_words in CUT_TO:
        cut = [(_first(one, n_words), _first(other, n_words)) for one, other in texts]
        _told(f"cut to {n_words} words", [beside.laid(*both).names for both in cut])
    rows = rewrites(shared)
    for groups, name in (("ABCD", "whole paraphrases"), (("V1", "V2", "V3", "V4"), "whole spun rewrites")):
        own = [row for row in rows if row["group"] in groups]
        _told(name, [beside.laid(row["text"], row["original"]).names for row in own])
    decided = {frozenset((pair.one, pair.other)) for pair in read_pairs(PAIRS)}
    pairs = [pair for pair in most_alike(list(articles.values())) if frozenset(one.id for one in pair) not in decided]
    found = [(pair, beside.laid(pair[1].text, pair[0].text)) for pair in pairs[:unread]]
    _told(f"undecided pairs, of {len(pairs):,}", [shares.names for _, shares in found])
    for (one, other), shares in found:
        if retells(shares.names):
            print(f"  {one.id}, {other.id}: {shares.coverage:.2f} covered, {shares.verbatim:.2f} verbatim")


class _Beside:
    """Lays texts beside each other."""

    def __init__(self, resources: Resources, linker: Linker) -> None:
        self._resources = resources
        self._linker = linker

    def laid(self, suspect: str, reference: str) -> Derivation:
        ours, theirs = self._document(suspect), self._document(reference)
        return compare(ours, theirs, self._resources, self._linker).derivation

    def _document(self, text: str) -> Document:
        return segment(text, self._resources.vocabulary, find_clutter(text).spans)


def most_alike(articles: Sequence[CorpusArticle]) -> Iterator[tuple[CorpusArticle, CorpusArticle]]:
    """Pairs of two outlets and of one day or two in a row, the most alike first: by the cosine of tf-idf weights."""
    own = [one for one in articles if one.outlet and _day(one) and len(one.text.split()) >= LEAST_WORDS]
    weigher = TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=2)
    weights = weigher.fit_transform([one.text[:LOOKED_AT] for one in own]).tocsr()
    by_day: defaultdict[datetime.date | None, list[int]] = defaultdict(list)
    for i, one in enumerate(own):
        by_day[_day(one)].append(i)
    pairs: list[tuple[float, int, int]] = []
    for day, here in list(by_day.items()):
        near = here + by_day.get(day + datetime.timedelta(1), []) if day else []
        alike = (weights[here] @ weights[near].T).toarray()
        for row, column in zip(*np.nonzero(alike > LEAST_ALIKE), strict=True):
            i, j = here[row], near[column]
            if own[i].outlet != own[j].outlet and (i < j or _day(own[i]) != _day(own[j])):
                pairs.append((float(alike[row, column]), i, j))
    return ((own[i], own[j]) for _, i, j in sorted(pairs, reverse=True))


def _day(article: CorpusArticle) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((article.date or "")[:10])
    except ValueError:
        return None


def _first(text: str, n_words: int) -> str:
    return " ".join(text.split()[:n_words])


def _told(what: str, names: Iterable[NamesHeld]) -> None:
    names = list(names)
    both, in_place = ([min(one.there, one.kept) for one in names], [one.in_place for one in names])
    print(f"{what}: {len(names)}, of which retell the other {rate([retells(one) for one in names])}")
    for title, shares in (("in the other, both ways", both), ("in place", in_place)):
        low, middle, high = np.quantile(shares, (0.0, 0.5, 1.0)) if shares else (0.0, 0.0, 0.0)
        print(f"  {title:24} least {low:.2f}, median {middle:.2f}, most {high:.2f}", flush=True)


if __name__ == "__main__":
    main()
