"""What each extractor is worth: everything is fitted again without it.

    python -m benchmarks.ablation --shared ../shared

Writes the table of docs/ablation.md. Both stages are fitted on a sample of the training texts, with half of the tables
withheld, for each of SEEDS; detection is at the score that 1% of the untouched development articles exceed. What marks
and suggestions would lose is counted with the shipped classifier: swaps that only this extractor explains, and
originals that only it suggests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from benchmarks import shared as data
from benchmarks.marks import precision_at_recall
from benchmarks.tables import auc
from detector.classifier import sigmoid
from detector.extractors import EXTRACTORS, Batch, Measures
from detector.features import PRIOR, article_rows, token_rows
from detector.ingest.clutter import find_clutter
from detector.language_model import Vocabulary
from detector.pipeline import Detector
from detector.profile import is_of_one_word
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.examples import Example, clean_examples, covered, spin, withhold
from detector.training.fit import fit_logistic, fit_network, fit_trees
from detector.training.prepare import find_files, prepare
from detector.training.spinning import all_spinners
from detector.training.swaps import Swap
from detector.training.texts import HUMAN, MACHINE
from detector.training.train import HUMAN_WEIGHT

SEEDS = (1, 2)
FOR_TOKENS, FOR_ARTICLES, TRANSLATED = 600, 1200, 1000  # articles to fit on
TOKEN_ROWS = 200_000
RATES = (5, 10)  # per cent of words swapped: above, everything is found with or without
MARKED_RATE = 15
CLEAN_PER_OUTLET = 400
PAGE = Path("docs/ablation.md")


@dataclass(frozen=True, slots=True)
class Part:
    """Texts measured together: batches, what every extractor measured of them, and which tokens were swapped."""

    batches: list[Batch]
    measures: list[list[Measures]]
    swapped: list[NDArray[np.bool_]]

    def without(self, left_out: int | None) -> Iterator[tuple[Batch, list[Measures], NDArray[np.bool_]]]:
        """The batches without what one extractor measured."""
        for batch, measures, swapped in zip(self.batches, self.measures, self.swapped, strict=True):
            yield batch, [m for i, m in enumerate(measures) if i != left_out], swapped


Parts = dict[str, Part]
PARTS: Parts = {}  # filled once, and shared with worker processes by fork; as is the vocabulary
VOCABULARY: list[Vocabulary] = []


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--workers", type=int, default=2, show_default=True)
def ablation(shared: Path, workers: int) -> None:
    """Print the table, and write it to docs/ablation.md."""
    detector = Detector.load()
    VOCABULARY.append(detector.resources.vocabulary)
    _prepare(shared, detector.resources, workers)
    runs = [(left_out, seed) for left_out in (None, *range(len(EXTRACTORS))) for seed in SEEDS]
    found = Parallel(n_jobs=workers, backend="multiprocessing")(delayed(_refit)(*run) for run in runs)
    figures = {
        left_out: np.mean([f for run, f in zip(runs, found, strict=True) if run[0] == left_out], axis=0)
        for left_out in (None, *range(len(EXTRACTORS)))
    }
    spread = np.std([f for run, f in zip(runs, found, strict=True) if run[0] is None], axis=0, ddof=1)
    page = "\n".join(_page(figures, spread, _alone(shared, detector)))
    PAGE.write_text(page, encoding="utf-8")
    click.echo(page, nl=False)


def _prepare(shared: Path, resources: Resources, workers: int) -> None:
    texts = prepare(find_files([shared]))
    spinners = all_spinners(resources)
    known = withhold(resources, 1)
    people = texts.translated("fit", HUMAN)
    news = texts.texts("fit")[: 2 * (FOR_TOKENS + FOR_ARTICLES)]
    for_tokens, for_articles = news[:FOR_TOKENS], news[FOR_TOKENS : FOR_TOKENS + FOR_ARTICLES]
    untouched = news[FOR_TOKENS + FOR_ARTICLES :]
    fitting = {
        "tokens": [*spin(for_tokens, spinners, 1), *clean_examples(people[::3])],
        "spun": spin(for_articles, spinners, 2),
        "clean": clean_examples(untouched),
        "people": clean_examples([text for i, text in enumerate(people) if i % 3]),
        "translated": clean_examples(texts.translated("fit", (MACHINE,))[:TRANSLATED]),
    }
    testing = {f"{family} {rate}": _recorded(shared, family, rate) for family in data.FAMILIES for rate in RATES}
    clean = [a.text for own in data.clean_dev(shared).values() for a in own[:CLEAN_PER_OUTLET]]
    translations = data.translation_dev(shared)
    testing["untouched"] = clean_examples(clean)
    testing["by people"] = clean_examples([a.text for a in translations if a.kind == "human_translation"])
    testing["by machine"] = clean_examples([a.text for a in translations if a.kind == "mt"][::3])
    for some, tables in ((fitting, known), (testing, resources)):
        for name, examples in some.items():
            PARTS[name] = _measured(examples, tables, workers)


def _recorded(shared: Path, family: str, rate: int) -> list[Example]:
    rows = data.spun_dev(shared, family, rate)
    return [Example(row["text"], tuple(Swap(*swap) for swap in row["swaps"]), family) for row in rows]


def _measured(examples: Sequence[Example], resources: Resources, workers: int) -> Part:
    chunks = [examples[i : i + 40] for i in range(0, len(examples), 40)]
    done = Parallel(n_jobs=workers, backend="multiprocessing")(delayed(_measure)(chunk, resources) for chunk in chunks)
    batches, measures, swapped = zip(*done, strict=True)
    return Part(list(batches), list(measures), list(swapped))


def _measure(examples: Sequence[Example], resources: Resources) -> tuple[Batch, list[Measures], NDArray[np.bool_]]:
    documents = [segment(e.text, resources.vocabulary, find_clutter(e.text).spans) for e in examples]
    batch = Batch.join(tuple(documents), resources.language_model)
    swapped = [covered(document, e.swaps) for document, e in zip(documents, examples, strict=True)]
    return batch, [extractor.measure(batch, resources) for extractor in EXTRACTORS], np.concatenate(swapped)


def _refit(left_out: int | None, seed: int) -> NDArray[np.float64]:
    """Fit without one extractor: found at each rate (mean of the families), precision at half recall, AUC of
    translations."""
    names, rows, swapped = _tokens("tokens", left_out)
    some = np.random.default_rng(seed).permutation(len(rows))[:TOKEN_ROWS]
    network = fit_network(names, rows[some], swapped[some], hidden=(48, 16), prior=PRIOR, seed=seed)

    def pooled(part: str) -> tuple[list[str], NDArray[np.float32]]:
        """Pooled rows of a part, by the columns' names."""
        columns: list[str] = []
        parts = []
        for batch, measures, _ in PARTS[part].without(left_out):
            _, scored, own = token_rows(batch, measures)
            columns, values = article_rows(batch, measures, scored, sigmoid(network.log_odds(own)), VOCABULARY[0])
            parts.append(values)
        return columns, np.concatenate(parts)

    columns, spun = pooled("spun")
    clean, people, translated = (pooled(part)[1] for part in ("clean", "people", "translated"))
    wording = [i for i, name in enumerate(columns) if not is_of_one_word(name)]
    fits = []
    for positive in (spun, translated):
        x = np.concatenate([positive, clean, people])
        weights = np.repeat([1.0, 1.0, HUMAN_WEIGHT], [len(positive), len(clean), len(people)])
        fits.append((x, np.arange(len(x)) < len(positive), weights))
    x, labels, weights = fits[0]
    trees = fit_trees([columns[i] for i in wording], x[:, wording], labels, weights, seed=seed, forests=1)
    logistic = fit_logistic(columns, *fits[1], seed=seed)
    cut = np.quantile(trees.log_odds(pooled("untouched")[1][:, wording]), 0.99)
    figures = []
    for rate in RATES:
        shares = [np.mean(trees.log_odds(pooled(f"{family} {rate}")[1][:, wording]) > cut) for family in data.FAMILIES]
        figures.append(float(np.mean(shares)))
    precision = []
    for family in data.FAMILIES:
        _, rows, swapped = _tokens(f"{family} {RATES[-1]}", left_out)
        belief = network.log_odds(rows)
        hits = list(zip(belief.tolist(), swapped.tolist(), strict=True))
        precision.append(precision_at_recall(hits, belief[swapped].tolist(), int(swapped.sum())))
    by_machine, by_people = (logistic.log_odds(pooled(part)[1]) for part in ("by machine", "by people"))
    return np.array([*figures, np.mean(precision), auc(by_machine, by_people)])


def _tokens(part: str, left_out: int | None) -> tuple[list[str], NDArray[np.float32], NDArray[np.bool_]]:
    names: list[str] = []
    rows, labels = [], []
    for batch, measures, swapped in PARTS[part].without(left_out):
        names, scored, own = token_rows(batch, measures)
        rows.append(own)
        labels.append(swapped[scored])
    return names, np.concatenate(rows), np.concatenate(labels)


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
            entries = [e for e in detector.found(one) if e.belief >= detector.classifier.calibration.mark_threshold]
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


def _page(figures: dict[int | None, Any], spread: Any, alone: Sequence[Alone]) -> Iterator[str]:
    whole = figures[None]
    yield "## What each is worth\n"
    yield (
        f"Found of two spinners that training never saw, at the score that 1% of untouched articles exceed, with"
        f" {RATES[0]}% and {RATES[1]}% of words swapped; precision of the token stage at half of the swaps; AUC of"
        f" machine against people's translations. With all extractors, then what is lost without each (mean of"
        f" {len(SEEDS)} fits on a sample of the training texts; in brackets the standard deviation between fits)."
    )
    yield (
        "The last four columns are of the shipped model: marked swaps that only this extractor explains, those whose"
        " original only it suggests, and its marks in 500 words of untouched and of machine-translated articles.\n"
    )
    heads = [f"found at {rate}%" for rate in RATES] + ["precision", "AUC translated"]
    yield f"| | {' | '.join([*heads, 'explains alone', 'suggests alone', 'untouched', 'translated'])} |"
    yield "|---" * 9 + "|"
    cells = [f"{100 * value:.1f} ({100 * sd:.1f})" for value, sd in zip(whole, spread, strict=True)]
    yield f"| all | {' | '.join(cells)} | | | | |"
    for i, extractor in enumerate(EXTRACTORS):
        lost = [f"{100 * value:+.1f}" for value in figures[i] - whole]
        own = alone[i]
        marks = [
            f"{100 * own.explained:.1f}%",
            f"{100 * own.suggested:.1f}%",
            f"{own.untouched:.3f}",
            f"{own.translated:.3f}",
        ]
        yield f"| without {extractor.name} | {' | '.join([*lost, *marks])} |"
    yield ""


if __name__ == "__main__":
    ablation()
