"""How often the source of a reworded article is named, and how often one is named for an article that has none there.

    python -m benchmarks.sources --shared SHARED [--corpora FOLDER] [--most 3000] [--suspects 150] [--strangers 300]

FOLDER holds *.jsonl.zst of clean articles, by default the development part of SHARED. Suspects are articles of the
archive, each word swapped for any other with chance x but for names and the commonest words; strangers are left out of
it, with all that tells the same story (by shared shingles). Recorded spinners and rewritten articles are asked of the
development part, with what FOLDER holds beside it where one is given. Times are the processor's.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.archive import articles_in, build, swap
from benchmarks.floors import SOURCE_FLOORS, missed
from benchmarks.shared import FAMILIES, RATES, clean_dev, rewrites, spun_dev
from benchmarks.tables import rate
from detector.comparison import Source
from detector.ingest.clutter import find_clutter
from detector.model_store import default_model_path, load_model
from detector.resources import Resources
from detector.segment import segment
from detector.tracing.paraphrase import is_paraphrase
from detector.tracing.sources import SourceFinder
from detector.training.corpus import CorpusArticle
from detector.training.stories import story_clusters

GROUPS = {"V1": ("V1",), "V2": ("V2",), "V3": ("V3",), "V4": ("V4",), "paraphrases": ("A", "B", "C", "D")}
SHARES = (0.0, 0.3, 0.6, 0.8)  # of the words that may be swapped
MOST_SHORT = 200  # articles that are cut, of either sort
MERGED_SHARES = (0.0, 0.6)
MOST_PADDED = 300  # articles, each with ...
PADDED_BY = (130, 200)  # ... so many words of a stranger behind it
CUT_TO = (25, 50, 80, 115)  # words: texts that get no verdict for their length


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--corpora", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: clean/dev.")
@click.option("--most", type=click.IntRange(min=100), default=3000, show_default=True, help="Articles archived.")
@click.option("--suspects", type=click.IntRange(min=1), default=150, show_default=True, help="Of each share.")
@click.option("--strangers", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(shared: Path, corpora: Path | None, most: int, suspects: int, strangers: int, seed: int) -> None:
    """Measure it on archives in a temporary folder, and compare with the floors."""
    threadpool_limits(limits=1)  # as `unspin` runs
    rng = random.Random(seed)
    articles = articles_in(corpora or shared / "corpora" / "clean" / "dev")
    rng.shuffle(articles)
    story = story_clusters([one.text for one in articles])
    out = articles[:strangers]
    kept = [articles[i] for i in np.flatnonzero(~np.isin(story, story[:strangers]))[:most]]
    resources = load_model(default_model_path()).resources
    figures: dict[str, float] = {}
    with _finder(kept, resources) as finder:
        figures |= dict(_strangers(finder, resources, out))
        _short(finder, resources, out[:MOST_SHORT], kept[:MOST_SHORT])
        words = sorted({word for one in kept for word in re.findall(r"[^\W\d_]+", one.text) if word.islower()})
        for share in SHARES:
            texts = [swap(one.text, share, words, rng) for one in kept[:suspects]]
            ids = [one.id for one in kept[:suspects]]
            figures |= dict(_named(f"swapped_{100 * share:.0f}", texts, ids, finder, resources))
        firsts, others = kept[:suspects], kept[suspects : 2 * suspects]
        for share in MERGED_SHARES:
            told = [[(one.id, swap(one.text, share, words, rng)) for one in some] for some in (firsts, others)]
            figures |= dict(_merged(f"merged_{100 * share:.0f}", list(zip(*told, strict=False)), finder, resources))
        for n_words in PADDED_BY:
            figures |= dict(_padded(n_words, kept[:MOST_PADDED], out, finder, resources))
    among = kept if corpora else []
    figures |= dict(_recorded(shared, resources, suspects, among))
    figures |= dict(_rewritten(shared, resources, among))
    sys.exit(1 if missed(figures, SOURCE_FLOORS, "sources") else 0)


@contextmanager
def _finder(articles: Sequence[CorpusArticle], resources: Resources) -> Iterator[SourceFinder]:
    """Of an archive that holds these, for as long as it is asked."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "wire", articles)
        yield SourceFinder.open(Path(folder) / "wire", resources)


def _find_all(
    finder: SourceFinder, resources: Resources, texts: Sequence[tuple[str, str | None]]
) -> list[tuple[Source, ...]]:
    """The sources of texts, each with its date; says how long one took."""
    found, spent = [], []
    for text, published in texts:
        document = segment(text, resources.vocabulary, find_clutter(text).spans)
        started = time.process_time()
        found.append(finder.find(document, published))
        spent.append(1e3 * (time.process_time() - started))
    low, middle, high = np.quantile(spent, (0.1, 0.5, 0.9))
    print(f"find: {middle:.0f} ms median of {len(texts)} (a tenth below {low:.0f}, a tenth above {high:.0f})")
    return found


def _strangers(
    finder: SourceFinder, resources: Resources, articles: Sequence[CorpusArticle]
) -> Iterator[tuple[str, float]]:
    found = _find_all(finder, resources, [(one.text, one.date) for one in articles])
    named, said = [bool(sources) for sources in found], [is_paraphrase(sources, None) for sources in found]
    print(f"strangers: named {rate(named)}, called paraphrased {rate(said)} of {len(found)}", flush=True)
    for one, sources in zip(articles, found, strict=True):
        for source in sources[:1]:
            shares = source.comparison.derivation
            print(f"  {one.id} from {source.id}: {shares.coverage:.2f}, {shares.verbatim:.2f} verbatim", flush=True)
    yield "strangers_named", float(np.mean(named))


def _short(
    finder: SourceFinder, resources: Resources, strangers: Sequence[CorpusArticle], kept: Sequence[CorpusArticle]
) -> None:
    """Of articles cut short, how many strangers get a source, and how many of the archive's own."""
    for n_words in CUT_TO:
        ours, theirs = (
            [bool(found) for found in _find_all(finder, resources, [(_cut(a.text, n_words), a.date) for a in articles])]
            for articles in (kept, strangers)
        )
        print(f"cut to {n_words} words: strangers {rate(theirs)} of {len(theirs)}, own {rate(ours)} of {len(ours)}")


def _cut(text: str, n_words: int) -> str:
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    return text[: ends[min(n_words, len(ends)) - 1]] if ends else ""


def _named(
    name: str, texts: Sequence[str], ids: Sequence[str], finder: SourceFinder, resources: Resources
) -> Iterator[tuple[str, float]]:
    """Each text's source is the article of that id."""
    found = _find_all(finder, resources, [(text, None) for text in texts])
    right = [bool(sources) and sources[0].id == id_ for sources, id_ in zip(found, ids, strict=True)]
    said = [is_paraphrase(sources, None) and hit for sources, hit in zip(found, right, strict=True)]
    print(f"{name}: first source right {rate(right)}, and paraphrased {rate(said)} of {len(found)}", flush=True)
    yield f"{name}_right", float(np.mean(right))
    yield f"{name}_paraphrased", float(np.mean(said))


def _merged(
    name: str,
    pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]],
    finder: SourceFinder,
    resources: Resources,
) -> Iterator[tuple[str, float]]:
    """The first half of one text before the first half of another, each with the id of its source."""
    merged = [f"{_half(one)}\n\n{_half(other)}" for (_, one), (_, other) in pairs]
    found = _find_all(finder, resources, [(text, None) for text in merged])
    named = [{source.id for source in sources} for sources in found]
    both = [{one, other} <= ids for ((one, _), (other, _)), ids in zip(pairs, named, strict=True)]
    print(f"{name}: both named {rate(both)} of {len(both)}", flush=True)
    yield f"{name}_both", float(np.mean(both))


def _padded(
    n_words: int,
    articles: Sequence[CorpusArticle],
    strangers: Sequence[CorpusArticle],
    finder: SourceFinder,
    resources: Resources,
) -> Iterator[tuple[str, float]]:
    """Articles with the beginning of a stranger behind them: no second source is there."""
    texts = [f"{one.text}\n\n{_cut(other.text, n_words)}" for one, other in zip(articles, strangers, strict=False)]
    found = _find_all(finder, resources, [(text, None) for text in texts])
    more, none = [len(sources) > 1 for sources in found], sum(not sources for sources in found)
    print(
        f"with {n_words} words of a stranger: more than one named {rate(more)} of {len(more)}, none for {none}",
        flush=True,
    )
    yield f"padded_{n_words}_named", float(np.mean(more))


def _half(text: str) -> str:
    sentences = text.split(". ")
    return ". ".join(sentences[: max(len(sentences) // 2, 1)]) + "."


def _recorded(
    shared: Path, resources: Resources, most: int, among: Sequence[CorpusArticle]
) -> Iterator[tuple[str, float]]:
    """The recorded spinners, against an archive that holds their originals among others, and `among` too."""
    with _finder([*_untouched(shared), *among], resources) as finder:
        for family in FAMILIES:
            for percent in RATES:
                rows = spun_dev(shared, family, percent)[:most]
                texts, ids = [row["text"] for row in rows], [row["source_id"] for row in rows]
                yield from _named(f"{family}_{percent}", texts, ids, finder, resources)


def _rewritten(shared: Path, resources: Resources, among: Sequence[CorpusArticle]) -> Iterator[tuple[str, float]]:
    """Whole articles rewritten, A to D paraphrased, V1 to V4 spun, their originals among others in the archive."""
    rows = rewrites(shared)
    originals = [CorpusArticle(row["id"], "rewrites", None, None, None, None, row["original"]) for row in rows]
    with _finder([*originals, *_untouched(shared), *among], resources) as finder:
        for name, groups in GROUPS.items():
            own = [row for row in rows if row["group"] in groups]
            texts, ids = [row["text"] for row in own], [row["id"] for row in own]
            yield from _named(name, texts, ids, finder, resources)
        yield from _merged("merged_paraphrases", list(_neighbours(rows)), finder, resources)


def _neighbours(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Each paraphrase with the next two of its style, ids and texts."""
    for group in GROUPS["paraphrases"]:
        own = [(row["id"], row["text"]) for row in rows if row["group"] == group]
        for step in (1, 2):
            yield from zip(own, own[step:] + own[:step], strict=True)


def _untouched(shared: Path) -> list[CorpusArticle]:
    return [one for own in clean_dev(shared).values() for one in own]


if __name__ == "__main__":
    main()
