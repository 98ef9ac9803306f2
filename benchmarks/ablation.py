"""What each extractor is worth: everything is fitted again without it.

    python -m benchmarks.ablation --shared ../shared

Writes the table of docs/ablation.md. Both stages are fitted on samples of the training texts, one a seed, with half of
the tables withheld; with and without an extractor on the very same sample, so that differences are paired. What marks
and suggestions would lose is counted with the shipped classifier: swaps that only this extractor explains, and
originals that only it suggests.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks import shared as data
from detector.extractors import EXTRACTORS
from detector.ingest.clutter import find_clutter
from detector.pipeline import Detector
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.evaluate.figures import Values, auc, average_precision, paired, precision_at
from detector.training.evaluate.pool import Pool, measure_pool
from detector.training.evaluate.refit import Fit, Material, drawn, fit_material, refit
from detector.training.evaluate.studies import DRAWN, calibrated_loss
from detector.training.examples import clean_examples, withhold
from detector.training.prepare import find_files, prepare
from detector.training.spinning import all_spinners
from detector.training.texts import HUMAN, MACHINE

SEEDS = tuple(range(10, 110, 10))
FITS = 4  # networks, and forests, whose mean is taken, as training takes four and three: single ones differ by far more
ARTICLES, TRANSLATED = 3000, 1000  # to draw from
LOW, HIGH = 5, 10  # per cent of words swapped: above, everything is found with or without
RECALL = 0.5  # of the swapped words, at which precision is told
MARKED_RATE = 15
CLEAN_PER_OUTLET = 400
PAGE = Path("docs/ablation.md")
COLUMNS = {  # of the table: what, and how many of its unit make the figure
    "found at 5%": 100,
    "found at 10%": 100,
    "precision": 100,
    "AUC translated": 100,
    "AUC at 5%": 100,
    "average precision": 100,
    "log loss at 5%": 1000,
}
MATERIAL: list[Material] = []  # filled once, and shared with worker processes by fork; as are the tests
TESTS: dict[str, Pool] = {}


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=PAGE, show_default=True)
@click.option("--workers", type=int, default=2, show_default=True)
def ablation(shared: Path, out: Path, workers: int) -> None:
    """Print the table, and write it to docs/ablation.md."""
    detector = Detector.load()
    _prepare(shared, detector.resources, workers)
    alone = _alone(shared, detector)
    choices = (None, *range(len(EXTRACTORS)))
    figures: dict[int | None, list[list[float]]] = {without: [] for without in choices}
    with Parallel(n_jobs=workers, backend="multiprocessing") as jobs:
        for seed in SEEDS:
            for without, found in zip(choices, jobs(delayed(_run)(without, seed) for without in choices), strict=True):
                figures[without].append(found)
            if seed > SEEDS[0]:  # what is there already, for who cannot wait
                page = "\n".join(_page({without: np.array(own) for without, own in figures.items()}, alone))
                out.write_text(page, encoding="utf-8")
    click.echo(page, nl=False)


def _prepare(shared: Path, resources: Resources, workers: int) -> None:
    texts = prepare(find_files([shared]))
    known = withhold(resources, 1)
    some, translated = texts.texts("fit")[:ARTICLES], texts.translated("fit", (MACHINE,))[:TRANSLATED]
    people = texts.translated("fit", HUMAN)
    MATERIAL.append(fit_material(some, people, translated, all_spinners(resources), known, workers))
    translations = data.translation_dev(shared)
    testing = {
        f"{family} {rate}": [data.example(row) for row in data.spun_dev(shared, family, rate)]
        for family in data.FAMILIES
        for rate in (LOW, HIGH)
    }
    testing["untouched"] = clean_examples(
        [a.text for own in data.clean_dev(shared).values() for a in own[:CLEAN_PER_OUTLET]]
    )
    testing["by people"] = clean_examples([a.text for a in translations if a.kind == "human_translation"])
    testing["by machine"] = clean_examples([a.text for a in translations if a.kind == "mt"][::3])
    TESTS.update({name: measure_pool(examples, resources, workers) for name, examples in testing.items()})


def _run(without: int | None, seed: int) -> list[float]:
    """COLUMNS of a fit on the articles that `seed` draws, without one extractor."""
    started = time.perf_counter()
    with threadpool_limits(limits=1):  # a process for each core already
        figures = _figures(refit(MATERIAL[0], drawn(MATERIAL[0], DRAWN, seed), seed, without, FITS))
    name = "all" if without is None else f"without {EXTRACTORS[without].name}"
    print(f"seed {seed}, {name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return figures


def _figures(fit: Fit) -> list[float]:
    untouched = fit.spun_log_odds(TESTS["untouched"])
    cut = np.quantile(untouched, 0.99)
    by_family = [_of_family(fit, family, untouched, float(cut)) for family in data.FAMILIES]
    found_low, found_high, precision, area, average, loss = np.mean(by_family, axis=0).tolist()
    assert fit.translated is not None
    by_machine, by_people = (fit.translated.log_odds(fit.articles(TESTS[p])[1]) for p in ("by machine", "by people"))
    return [found_low, found_high, precision, auc(by_machine, by_people), area, average, loss]


def _of_family(fit: Fit, family: str, untouched: Values, cut: float) -> list[float]:
    low, high = TESTS[f"{family} {LOW}"], TESTS[f"{family} {HIGH}"]
    tokens = fit.token_log_odds(high)
    spun_low, spun_high = fit.spun_log_odds(low), fit.spun_log_odds(high, tokens)
    return [
        float(np.mean(spun_low > cut)),
        float(np.mean(spun_high > cut)),
        precision_at(RECALL, tokens, high.swapped),
        auc(spun_low, untouched),
        average_precision(tokens, high.swapped),
        calibrated_loss(spun_low, untouched),
    ]


@dataclass(frozen=True, slots=True)
class Alone:
    """What one extractor does by itself, with the shipped classifier.

    Attributes:
        explained: share of the marked swaps that no other explains.
        suggested: share of the marked swaps whose original no other suggests.
        untouched, translated: marks in 500 words of untouched and of machine-translated articles.
    """

    explained: float
    suggested: float
    untouched: float
    translated: float


def _alone(shared: Path, detector: Detector) -> list[Alone]:
    explained: Counter[int] = Counter()
    suggested: Counter[int] = Counter()
    n_marked = 0
    for family in data.FAMILIES:
        rows = data.spun_dev(shared, family, MARKED_RATE)[:200]
        for row, one in zip(rows, detector.measure(_segmented([row["text"] for row in rows], detector)), strict=True):
            entries = detector.found(one, detector.classifier.calibration.mark_threshold)
            for original, spun, start in row["swaps"]:
                on = [e for e in entries if e.mark.start < start + len(spun) and start < e.mark.end]
                n_marked += bool(on)
                _count_single(explained, {e.rank for e in on})
                right = {e.rank for e in on for s in e.mark.suggestions if s.text.casefold() == original.casefold()}
                _count_single(suggested, right)
    clean = [a.text for own in data.clean_dev(shared).values() for a in own[:200]]
    machine = [a.text for a in data.translation_dev(shared) if a.kind == "mt"][::2]
    untouched, translated = (_marks_per_500(texts, detector) for texts in (clean, machine))
    return [
        Alone(explained[i] / n_marked, suggested[i] / n_marked, untouched[extractor.name], translated[extractor.name])
        for i, extractor in enumerate(EXTRACTORS)
    ]


def _count_single(counts: Counter[int], extractors: set[int]) -> None:
    if len(extractors) == 1:
        counts.update(extractors)


def _segmented(texts: Sequence[str], detector: Detector) -> list[Document]:
    return [segment(text, detector.resources.vocabulary, find_clutter(text).spans) for text in texts]


def _marks_per_500(texts: Sequence[str], detector: Detector) -> dict[str, float]:
    """Places marked in 500 words by each extractor."""
    documents = _segmented(texts, detector)
    counts: Counter[str] = Counter()
    for one in detector.measure(documents):
        for mark in detector.marks(one):
            counts[mark.extractor] += len(mark.places)
    n_words = sum(document.n_words for document in documents)
    return {extractor.name: 500 * counts[extractor.name] / n_words for extractor in EXTRACTORS}


def _page(figures: Mapping[int | None, Values], alone: Sequence[Alone]) -> Iterator[str]:
    """`figures` are of shape (n_seeds, len(COLUMNS)), with all extractors (None) and without each."""
    whole, scale = figures[None], np.array(list(COLUMNS.values()))
    n, wide = len(whole), len(COLUMNS)
    yield "## What each is worth\n"
    yield (
        f"Found of two spinners that training never saw, at the score that 1% of untouched articles exceed, with"
        f" {LOW}% and {HIGH}% of words swapped; precision of the token stage at half of the swaps; AUC of machine"
        f" against people's translations; then three figures that vary less from fit to fit: AUC of the spun class at"
        f" {LOW}%, average precision of the token stage, and log loss of the spun class at {LOW}% (thousandths of"
        f" a bit an article, both kinds weighed alike, after the best calibration; less is better)."
    )
    yield (
        f"With all extractors the mean of {n} fits, each of {FITS} networks and {FITS} forests on another sample of the"
        f" training texts (in brackets the standard deviation); then what changes without each: the mean of {n}"
        f" differences between fits on the same sample, ± its standard error. In bold what exceeds two"
        f" standard errors; with so many figures some would by chance alone. The standard errors are over fits"
        f" and not over other test articles."
    )
    yield (
        "The last four columns are of the shipped model: marked swaps that only this extractor explains, those whose"
        " original only it suggests, and its marks in 500 words of untouched and of machine-translated articles.\n"
    )
    yield f"| | {' | '.join([*COLUMNS, 'explains alone', 'suggests alone', 'untouched', 'translated'])} |"
    yield "|---" * (wide + 5) + "|"
    middle, spread = (scale * of(whole, axis=0) for of in (np.mean, lambda x, axis: np.std(x, axis=axis, ddof=1)))
    cells = [f"{value:.1f} ({sd:.1f})" for value, sd in zip(middle, spread, strict=True)]
    yield f"| all | {' | '.join(cells)} | | | | |"
    certain: list[str] = []
    for i, extractor in enumerate(EXTRACTORS):
        changes = [paired(a, b) for a, b in zip((scale * whole).T, (scale * figures[i]).T, strict=True)]
        cells = [_cell(f"{one.mean:+.1f} ± {one.error:.1f}", one.is_certain) for one in changes]
        worse = [
            name for name, one in zip(COLUMNS, changes, strict=True) if one.is_certain and _is_loss(name, one.mean)
        ]
        certain += [f"{extractor.name} ({', '.join(worse)})"] if worse else []
        own = alone[i]
        marks = [
            f"{100 * own.explained:.1f}%",
            f"{100 * own.suggested:.1f}%",
            f"{own.untouched:.3f}",
            f"{own.translated:.3f}",
        ]
        yield f"| without {extractor.name} | {' | '.join([*cells, *marks])} |"
    yield f"\nWhat is lost beyond two standard errors: {'; '.join(certain) or 'nothing'}."
    yield ""


def _cell(text: str, is_certain: bool) -> str:
    return f"**{text}**" if is_certain else text


def _is_loss(column: str, change: float) -> bool:
    return change > 0 if column.startswith("log loss") else change < 0


if __name__ == "__main__":
    ablation()
