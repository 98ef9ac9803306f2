"""How often the source of an article is named, and how often a stranger.

    python -m benchmarks.sources --corpus work/news-en/corpus/test.jsonl.zst [--references 4000] [--suspects 100]

An archive of the corpus's articles is made in a temporary folder, without every second suspect. A suspect is an article
of it in which a share of the words, names and figures aside, is put out by others at random; or one that the archive
lacks; or every other sentence of two articles. Prints the rates with n and 95% intervals.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from benchmarks.tables import rate
from detector.align import load_linker
from detector.archive import Reference, create, open_archive, open_writer
from detector.pipeline import Detector
from detector.resources import Resources
from detector.segment import segment
from detector.sources import SourceFinder
from detector.text import Document
from detector.training.rows import read_articles
from detector.training.texts import MIN_WORDS

SHARES = (0.0, 0.3, 0.6, 0.8)
SEED = 1
MIN_LETTERS = 4  # of a word that is put out


@click.command()
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--references", type=click.IntRange(min=10), default=4000, show_default=True)
@click.option("--suspects", type=click.IntRange(min=2), default=100, show_default=True, help="Of each kind.")
def sources(corpus: Path, references: int, suspects: int) -> None:
    """Print what is named, by kind of suspect."""
    resources = Detector.load().resources
    articles = [one for one in read_articles(corpus) if len(one.text.split()) >= MIN_WORDS][: references + suspects]
    strangers, stored = articles[:suspects], articles[suspects:]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive"
        create(archive)
        with open_writer(archive) as writer:
            writer.add(Reference(str(i), one.text, outlet=one.outlet) for i, one in enumerate(stored))
        with open_archive(archive) as opened:
            finder = SourceFinder(opened, resources, load_linker())
            texts = [one.text for one in stored]
            _print(finder, resources, [one.text for one in strangers], texts[:suspects], texts[suspects : 3 * suspects])


def _print(
    finder: SourceFinder, resources: Resources, strangers: Sequence[str], own: Sequence[str], merged: Sequence[str]
) -> None:
    rng = np.random.default_rng(SEED)
    print(f"{'':34}{'source named':>26}{'another named':>26}{'ms':>8}")
    for share in SHARES:
        texts = [swapped(_cut(text, resources), share, resources, rng) for text in own]
        found, seconds = _found(finder, texts, resources)
        right = [str(i) in one for i, one in enumerate(found)]
        wrong = [bool(one - {str(i)}) for i, one in enumerate(found)]
        print(f"{f'{share:.0%} of the words swapped':34}{rate(right):>26}{rate(wrong):>26}{1000 * seconds:8.0f}")
    found, seconds = _found(finder, strangers, resources)
    print(f"{'not in the archive':34}{'-':>26}{rate([bool(one) for one in found]):>26}{1000 * seconds:8.0f}")
    n = len(own)
    pairs = list(zip(merged[:n], merged[n:], strict=False))
    found, seconds = _found(finder, [_merge(a, b) for a, b in pairs], resources)
    both = [{str(n + i), str(2 * n + i)} <= one for i, one in enumerate(found)]
    print(f"{'two merged, both named':34}{rate(both):>26}{'-':>26}{1000 * seconds:8.0f}")


def _found(finder: SourceFinder, texts: Sequence[str], resources: Resources) -> tuple[list[set[str]], float]:
    """Ids named for each text, and the median of the seconds that each took."""
    found, seconds = [], []
    for text in texts:
        start = time.perf_counter()
        found.append({source.id for source in finder.find(_cut(text, resources))})
        seconds.append(time.perf_counter() - start)
    return found, float(np.median(seconds))


def _cut(text: str, resources: Resources) -> Document:
    return segment(text, resources.vocabulary)


def swapped(document: Document, share: float, resources: Resources, rng: np.random.Generator) -> str:
    """The text with a share of its words, names and figures aside, put out by words of the vocabulary at random."""
    words, text, parts, end = resources.vocabulary.words, document.text, [], 0
    spans = list(zip(document.start.tolist(), document.end.tolist(), strict=True))
    plain = np.flatnonzero([text[a:b].isalpha() and text[a:b].islower() and b - a >= MIN_LETTERS for a, b in spans])
    chosen = set(rng.permutation(plain)[: round(share * len(plain))].tolist())
    for i, (a, b) in enumerate(spans):
        if i in chosen:
            parts += [text[end:a], words[int(rng.integers(100, len(words) // 4))]]
            end = b
    return "".join([*parts, text[end:]])


def _merge(one: str, other: str) -> str:
    """The first half of the one, then the first half of the other, by paragraphs or sentences."""
    halves = [". ".join(text.split(". ")[: max(len(text.split(". ")) // 2, 1)]) for text in (one, other)]
    return ".\n\n".join(halves) + "."


if __name__ == "__main__":
    sources()
