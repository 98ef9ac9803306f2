"""How an archive grows: time to index, room on the disk, and time to ask, from 10,000 to 1,000,000 articles.

    python -m benchmarks.growth CORPORA [--most 1000000] [--plot docs/archive-growth.svg] [--keep DIR]

CORPORA holds *.jsonl.zst of clean articles. Beyond what it has, articles are repeated with every word that begins with
a capital changed, so that names and places are new and all else is not: that makes the words of the index as many as
they would be, and look-up rather harder. One archive is filled in steps, and asked at each. Times are the processor's.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.archive import articles_in, swap
from detector.archive import Reference, create, find, open_archive, open_writer
from detector.archive.query import query_terms
from detector.model_store import default_model_path, load_model
from detector.segment import segment
from detector.text import Document
from detector.tracing.sources import SourceFinder
from detector.training.corpus import CorpusArticle

STEPS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
ASKED = 60  # articles of the first step, with SHARE of their words put out
SHARE = 0.3
_CAPITAL = re.compile(r"\b[A-Z][a-z]+")


class Step(NamedTuple):
    """What was measured at one size; times are medians in milliseconds."""

    articles: int
    seconds: float  # to index all of them
    megabytes: float
    query: float
    look_up: float
    sources: float
    first: float


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--most", type=click.IntRange(min=STEPS[0]), default=STEPS[-1], show_default=True)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw it here as SVG.")
@click.option("--keep", type=click.Path(path_type=Path), help="Leave the archive here, for other benchmarks.")
@click.option("--seed", default=1, show_default=True)
def growth(corpora: Path, most: int, plot: Path | None, keep: Path | None, seed: int) -> None:
    """Fill one archive, in a temporary folder if it is not to be kept, and ask it at each step."""
    threadpool_limits(limits=1)  # as `unspin` runs
    rng = random.Random(seed)
    articles = articles_in(corpora)
    rng.shuffle(articles)
    resources = load_model(default_model_path()).resources
    words = sorted({word for one in articles[:3000] for word in re.findall(r"[^\W\d_]+", one.text) if word.islower()})
    texts = [swap(one.text, SHARE, words, rng) for one in articles[:ASKED]]
    asked = [(one.id, segment(text, resources.vocabulary)) for one, text in zip(articles, texts, strict=False)]
    steps: list[Step] = []
    print(f"{'articles':>10}{'index, s':>10}{'MB':>8}{'query':>8}{'look-up':>9}{'sources':>9}   first (ms, medians)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary) / "wire"
        create(folder)
        coming, seconds = _repeated(articles), 0.0
        for size in (size for size in STEPS if size <= most):
            new = islice(coming, size - (steps[-1].articles if steps else 0))
            seconds += _added(folder, new)
            finder = SourceFinder.open(folder, resources)
            steps.append(_asked(finder, asked, size, seconds))
            print("{:>10,}{:>10.0f}{:>8,.0f}{:>8.1f}{:>9.0f}{:>9.0f}   {:.0%}".format(*steps[-1]), flush=True)
    if plot is not None:
        _draw(steps, plot)


def _repeated(articles: Sequence[CorpusArticle]) -> Iterator[Reference]:
    """The articles, then again and again with other names."""
    for turn in count():
        ending = "".join(chr(ord("a") + int(digit)) for digit in str(turn))
        for one in articles:
            text = one.text if not turn else _CAPITAL.sub(rf"\g<0>{ending}", one.text)
            yield Reference(f"{one.id}#{turn}" if turn else one.id, text, outlet=one.outlet, published=one.date)


def _added(folder: Path, references: Iterator[Reference]) -> float:
    """Index references; give the seconds it took, without those of making them."""
    spent = 0.0
    with open_writer(folder) as writer:
        while batch := list(islice(references, 10_000)):
            started = time.process_time()
            writer.add(batch)
            spent += time.process_time() - started
        started = time.process_time()
    return spent + time.process_time() - started


def _asked(finder: SourceFinder, asked: Sequence[tuple[str, Document]], size: int, seconds: float) -> Step:
    archive = finder.archive
    query, look_up, sources, first = [], [], [], []
    for identifier, document in asked:
        started = time.process_time()
        archive.index.search(query_terms(document.text, archive.index), 20)
        asked_at = time.process_time()
        found = find(archive, document).candidates
        looked_up = time.process_time()
        finder.find(document)
        query.append(asked_at - started)
        look_up.append(looked_up - asked_at)
        sources.append(time.process_time() - looked_up)
        first.append(bool(found) and found[0].stored.reference.id == identifier)
    with open_archive(archive.folder) as opened:
        megabytes = opened.info().bytes / 1e6
    medians = [1e3 * float(np.median(spent)) for spent in (query, look_up, sources)]
    return Step(size, seconds, megabytes, medians[0], medians[1], medians[2], float(np.mean(first)))


def _draw(steps: Sequence[Step], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "unspin"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    sizes = [step.articles for step in steps]
    panels = (
        ("indexed in, seconds of processor time", {"": [step.seconds for step in steps]}),
        ("on disk with texts, MB", {"": [step.megabytes for step in steps]}),
        (
            "one article asked, ms of processor time",
            {
                "query": [step.query for step in steps],
                "look-up": [step.look_up for step in steps],
                "with alignment": [step.sources for step in steps],
            },
        ),
    )
    for axis, (title, lines) in zip(axes, panels, strict=True):
        for name, values in lines.items():
            axis.loglog(sizes, values, marker="o", label=name)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("articles")
        axis.grid(visible=True, which="both", alpha=0.25)
    axes[-1].legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    growth()
