"""How often the source of a reworded article is named, and how often one is named for an article that has none there.

    python -m benchmarks.sources CORPORA [--spun SHARED] [--most 3000] [--suspects 150] [--strangers 300]

CORPORA holds *.jsonl.zst of clean articles. Suspects are articles of the archive, each word swapped for any other with
chance x but for names and the commonest words; strangers are left out of it. SHARED has recorded spinners' texts: their
originals are in its clean articles.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks.archive import articles_in, build, rate_of, swap
from benchmarks.shared import FAMILIES, RATES, clean_dev, rewrites, spun_dev
from detector.findings import Source
from detector.model_store import default_model_path, load_model
from detector.paraphrase import is_paraphrase
from detector.resources import Resources
from detector.segment import segment
from detector.sources import SourceFinder
from detector.training.corpus import CorpusArticle

SHARES = (0.0, 0.3, 0.6, 0.8)  # of the words that may be swapped
CUT_TO = (25, 50, 80, 115)  # words: texts that get no verdict for their length


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--spun", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Recorded spinners' texts.")
@click.option("--most", type=click.IntRange(min=100), default=3000, show_default=True, help="Articles archived.")
@click.option("--suspects", type=click.IntRange(min=1), default=150, show_default=True, help="Of each share.")
@click.option("--strangers", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(corpora: Path, spun: Path | None, most: int, suspects: int, strangers: int, seed: int) -> None:
    """Measure it on an archive in a temporary folder."""
    rng = random.Random(seed)
    articles = articles_in(corpora)
    rng.shuffle(articles)
    out, kept = articles[:strangers], articles[strangers : strangers + most]
    resources = load_model(default_model_path()).resources
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "wire", kept)
        finder = SourceFinder.open(Path(folder) / "wire", resources)
        _strangers(finder, resources, out)
        _short(finder, resources, out, kept[:suspects])
        words = sorted({word for one in kept for word in re.findall(r"[^\W\d_]+", one.text) if word.islower()})
        for share in SHARES:
            texts = [swap(one.text, share, words, rng) for one in kept[:suspects]]
            _named(f"{share:.0%} swapped", texts, [one.id for one in kept[:suspects]], finder, resources)
        _merged(kept[:suspects], kept[suspects : 2 * suspects], finder, resources)
    if spun is not None:
        _recorded(spun, resources, suspects)
        _rewritten(spun, resources)


def _find(finder: SourceFinder, resources: Resources, text: str, published: str | None = None) -> tuple[Source, ...]:
    return finder.find(segment(text, resources.vocabulary), published)


def _strangers(finder: SourceFinder, resources: Resources, articles: Sequence[CorpusArticle]) -> None:
    found = [_find(finder, resources, one.text, one.date) for one in articles]
    print(f"strangers: named {rate_of(sum(map(bool, found)), len(found))}", flush=True)
    print(f"  called paraphrased {rate_of(sum(is_paraphrase(one, None) for one in found), len(found))}")
    for one, sources in zip(articles, found, strict=True):
        for source in sources[:1]:
            shares = source.comparison.derivation
            print(f"  {one.id} from {source.id}: {shares.coverage:.2f}, {shares.verbatim:.2f} verbatim", flush=True)


def _short(
    finder: SourceFinder, resources: Resources, strangers: Sequence[CorpusArticle], kept: Sequence[CorpusArticle]
) -> None:
    """Of articles cut short, how many strangers get a source, and how many of the archive's own."""
    for n_words in CUT_TO:
        ours, theirs = (
            sum(bool(_find(finder, resources, _cut(one.text, n_words), one.date)) for one in articles)
            for articles in (kept, strangers)
        )
        print(f"cut to {n_words} words: strangers {rate_of(theirs, len(strangers))}, own {rate_of(ours, len(kept))}")


def _cut(text: str, n_words: int) -> str:
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    return text[: ends[min(n_words, len(ends)) - 1]] if ends else ""


def _named(name: str, texts: Sequence[str], ids: Sequence[str], finder: SourceFinder, resources: Resources) -> None:
    """Each text's source is the article of that id."""
    found = [_find(finder, resources, text) for text in texts]
    right = sum(bool(sources) and sources[0].id == id_ for sources, id_ in zip(found, ids, strict=True))
    said = sum(is_paraphrase(sources, None) for sources in found)
    print(
        f"{name}: first source right {rate_of(right, len(found))}, paraphrased {rate_of(said, len(found))}", flush=True
    )


def _merged(
    firsts: Sequence[CorpusArticle], others: Sequence[CorpusArticle], finder: SourceFinder, resources: Resources
) -> None:
    """The first half of one article before the first half of another: both are sources."""
    pairs = list(zip(firsts, others, strict=False))
    found = [_find(finder, resources, f"{_half(one.text)}\n\n{_half(other.text)}") for one, other in pairs]
    named = [{source.id for source in sources} for sources in found]
    both = sum({one.id, other.id} <= ids for (one, other), ids in zip(pairs, named, strict=True))
    print(f"two merged: both named {rate_of(both, len(pairs))}", flush=True)


def _half(text: str) -> str:
    sentences = text.split(". ")
    return ". ".join(sentences[: max(len(sentences) // 2, 1)]) + "."


def _recorded(shared: Path, resources: Resources, most: int) -> None:
    """The recorded spinners, against an archive that holds their originals among others."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "wire", [one for articles in clean_dev(shared).values() for one in articles])
        finder = SourceFinder.open(Path(folder) / "wire", resources)
        for family in FAMILIES:
            for rate in RATES:
                rows = spun_dev(shared, family, rate)[:most]
                texts, ids = [row["text"] for row in rows], [row["source_id"] for row in rows]
                _named(f"{family} {rate}%", texts, ids, finder, resources)


def _rewritten(shared: Path, resources: Resources) -> None:
    """Whole articles rewritten, A to D paraphrased, V1 to V4 spun, their originals among others in the archive."""
    rows = rewrites(shared)
    originals = [CorpusArticle(row["id"], "rewrites", None, None, None, None, row["original"]) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "wire", [*originals, *(one for own in clean_dev(shared).values() for one in own)])
        finder = SourceFinder.open(Path(folder) / "wire", resources)
        for group in sorted({row["group"] for row in rows}):
            own = [row for row in rows if row["group"] == group]
            _named(f"rewrites {group}", [row["text"] for row in own], [row["id"] for row in own], finder, resources)


if __name__ == "__main__":
    main()
