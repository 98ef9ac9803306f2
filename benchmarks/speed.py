"""How fast and how large: articles a second and where the time goes, cold start, memory, size of the model.

    python -m benchmarks.speed [--model DIR]

Every speed is the median of several runs, with the lowest and the highest beside it, on one thread; alternatives are
run by turns, so that what else the machine does weighs on all of them alike. What one process
does is timed by the processor time it takes, so that other work on the machine counts as little as it can; several
processes, and one from its start to its exit, are timed by the clock. The articles are made of the sentences of
data/sample, the model's files are in the page cache, one MB is a million bytes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from detector.batch import score_stream, worker
from detector.batch.chunks import chunks
from detector.errors import DetectorError
from detector.extractors import EXTRACTORS, Batch, Extractor, Measures
from detector.features import article_rows, token_rows
from detector.ingest import prepare, read, refuse
from detector.measuring import BATCH_TOKENS
from detector.memory import keep_freed_memory
from detector.model_store import default_model_path
from detector.pipeline import Detector, EvidenceFor
from detector.segment import segment, segment_all
from detector.text import Record

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
CHECKED = SAMPLE / "spun" / "karsania-dezhar-offensive.txt"  # marks are explained too: the slower case
STATUS = Path("/proc/self/status")
SMAPS = Path("/proc/self/smaps_rollup")

N_WORDS = 400  # of an article: what the target of the speed is stated for
N_ARTICLES, N_STREAMED, N_WARM, N_MEMORY = 512, 2000, 256, 500
PAGE_ROUNDS = 10  # of the sample's pages
BATCH = 64  # articles handed over together
COLD_STARTS = 7

UNSPIN = "from detector.cli import main; main()"
# A child's ru_maxrss counts the memory of its parent, which it shares until it starts its program: VmHWM does not.
CHECK_PEAK = f"import atexit, sys; atexit.register(lambda: sys.stderr.write(open({str(STATUS)!r}).read())); {UNSPIN}"


class Row(NamedTuple):
    """One measured thing: what each run gave, and in what unit."""

    name: str
    values: Sequence[float]
    unit: str

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    def __str__(self) -> str:
        figures = (f"{value:>10,.0f}" if value >= 100 else f"{value:>10.2f}" for value in self._shown())
        return f"  {self.name:44}{''.join(figures):30}  {self.unit}"

    def _shown(self) -> tuple[float, ...]:
        return (self.middle, min(self.values), max(self.values)) if len(self.values) > 1 else (self.middle,)


class Target(NamedTuple):
    """What was promised, and whether it was kept."""

    claim: str
    measured: str
    kept: bool


@click.command()
@click.option(
    "--model", type=click.Path(file_okay=False, path_type=Path), default=None, help="Default: the shipped one."
)
@click.option("--runs", type=click.IntRange(min=5), default=5, show_default=True)
def speed(model: Path | None, runs: int) -> None:
    """Measure and print, and say which targets are kept."""
    keep_freed_memory()  # as the command and its workers do
    try:
        detector = Detector.load(model)
    except DetectorError as error:
        raise click.ClickException(str(error)) from error
    records = made_articles(N_ARTICLES)
    targets = []
    with threadpool_limits(limits=1):
        targets += _texts(detector, records, runs)
        _steps(detector, records, runs)
        _pages(detector, runs)
        _two_workers(model, runs)
    targets += _cold_check(model)
    targets += _worker_memory(model, records[:N_MEMORY])
    targets += _size(model or default_model_path())
    print("Targets")
    for target in targets:
        print(f"  {'ok' if target.kept else 'missed':8}{target.claim:52}{target.measured}")


def made_articles(n: int, seed: int = 0, words: int = N_WORDS, kind: str = "clean") -> list[Record]:
    """Articles of so many words and up to a sentence more: headline and opening of a story, then sentences of all.

    `kind` is a folder of the sample.
    """
    rng = np.random.default_rng(seed)
    paths = sorted((SAMPLE / kind).glob("*.txt"))
    stories = [path.read_text(encoding="utf-8").strip().split("\n\n") for path in paths]
    later = [sentence for story in stories for paragraph in story[2:] for sentence in _sentences(paragraph)]
    records = []
    for i in range(n):
        headline, opening = stories[i % len(stories)][:2]
        paragraphs = [headline, opening]
        n_words = len(headline.split()) + len(opening.split())
        for place, sentence in enumerate(later[k] for k in rng.permutation(len(later))):
            if n_words >= words:
                break
            if place % 2:
                paragraphs[-1] += f" {sentence}"
            else:
                paragraphs.append(sentence)
            n_words += len(sentence.split())
        records.append(Record(str(i), "\n\n".join(paragraphs)))
    return records


def _sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z\"“])", paragraph)


def _texts(detector: Detector, records: Sequence[Record], runs: int) -> list[Target]:
    n_words = np.mean([len(record.content.split()) for record in records])
    _title(
        f"Scoring extracted text: {len(records)} articles of {n_words:.0f} words, in batches of {BATCH}, one thread,"
        " processor time"
    )
    rows = _speeds(
        {
            "scored, evidence of the flagged": lambda: _score(detector, records),
            "scored, evidence of all": lambda: _score(detector, records, evidence="all"),
        },
        len(records),
        "articles a second and core",
        runs,
    )
    n_flagged = sum(bool(report.flagged) for report in detector.score(records))
    print(f"  ({n_flagged} of them were flagged, and their marks explained)\n")
    return [Target("200 articles of 400 words a second and core", f"{rows[0].middle:.0f}", rows[0].middle >= 200)]


def _steps(detector: Detector, records: Sequence[Record], runs: int) -> None:
    resources, classifier = detector.resources, detector.classifier
    articles = [prepare(record) for record in records]
    texts = [(article.text, article.clutter) for article in articles]
    documents = segment_all(texts, resources.vocabulary)
    together = BATCH_TOKENS // max(len(document.ids) for document in documents)
    _title(f"Where the processor time goes, of one such article, {together} measured together as the pipeline does")
    parts = [tuple(documents[i : i + together]) for i in range(0, len(documents), together)]
    batches = [Batch.join(part, resources.language_model) for part in parts]
    measures = [[extractor.measure(batch, resources) for extractor in EXTRACTORS] for batch in batches]
    tokens = [token_rows(*both) for both in zip(batches, measures, strict=True)]
    swapped = [classifier.swapped(names, rows) for names, _, rows in tokens]
    pooled = [
        article_rows(batch, own, scored, rows, probability, resources.vocabulary)
        for batch, own, (_, scored, rows), probability in zip(batches, measures, tokens, swapped, strict=True)
    ]

    def measure(extractor: Extractor) -> None:
        for batch in batches:
            extractor.measure(batch, resources)

    def pool() -> None:
        for batch, own, (_, scored, rows), probability in zip(batches, measures, tokens, swapped, strict=True):
            article_rows(batch, own, scored, rows, probability, resources.vocabulary)

    steps: dict[str, Callable[[], object]] = {
        "prepare: clutter": lambda: [prepare(record) for record in records],
        "language gate": lambda: [refuse(article) for article in articles],
        "segment": lambda: [
            segment_all(texts[i : i + BATCH], resources.vocabulary) for i in range(0, len(texts), BATCH)
        ],
        "language model reading": lambda: [Batch.join(part, resources.language_model) for part in parts],
        **{extractor.name: partial(measure, extractor) for extractor in EXTRACTORS},
        "token rows": lambda: [token_rows(*both) for both in zip(batches, measures, strict=True)],
        "token stage": lambda: [classifier.swapped(names, rows) for names, _, rows in tokens],
        "article rows": pool,
        "article stage": lambda: [classifier.scores(names, rows) for names, rows in pooled],
    }
    rows = [_show(_microseconds(name, work, len(records), runs)) for name, work in steps.items()]
    whole = _microseconds("the whole, by Detector.score", lambda: _score(detector, records), len(records), runs)
    _show(Row("the sum of the above", [sum(row.middle for row in rows)], whole.unit))
    _show(whole)
    _explain(detector, runs)


def _explain(detector: Detector, runs: int) -> None:
    """Marks of the sample's spun stories, one at a time, whether flagged or not; then what all that an extractor finds,
    believed or not, costs to explain."""
    items = [item for item in read([SAMPLE / "spun"]) if isinstance(item, Record)]
    resources = detector.resources
    documents = [segment(item.content, resources.vocabulary) for item in items]
    measured = list(detector.measure(documents))
    name = f"explain: marks of one of {len(items)} spun stories"
    _show(_microseconds(name, lambda: [detector.marks(one) for one in measured], len(items), runs))
    batches = [Batch.join((document,), resources.language_model) for document in documents]

    def explain(extractor: Extractor, measures: Sequence[Measures]) -> None:
        for batch, own in zip(batches, measures, strict=True):
            for _ in extractor.explain(batch, own, resources, np.ones(len(batch.ids), bool)):
                pass

    for extractor in EXTRACTORS:
        work = partial(explain, extractor, [extractor.measure(batch, resources) for batch in batches])
        _show(_microseconds(f"  every mark by {extractor.name}", work, len(items), runs))
    print()


def _pages(detector: Detector, runs: int) -> None:
    pages = [item for item in read([SAMPLE / "pages"]) if isinstance(item, Record)] * PAGE_ROUNDS
    kilobytes = np.mean([len(page.content.encode()) / 1000 for page in pages])
    texts = [Record(page.id, prepare(page).text) for page in pages]
    n_words = np.mean([len(text.content.split()) for text in texts])
    _title(
        f"Web pages: the sample's, of {kilobytes:.1f} kB and {n_words:.0f} words extracted; pages of crawls are longer"
    )
    works: dict[str, Callable[[], object]] = {
        "extracted and scored": lambda: _score(detector, pages),
        "extraction alone": lambda: [prepare(page) for page in pages],
        "scoring alone, of the extracted texts": lambda: _score(detector, texts),
    }
    _speeds(works, len(pages), "pages a second and core", runs)
    print()


def _two_workers(model: Path | None, runs: int) -> None:
    _title(
        f"Worker processes: {N_STREAMED:,} articles, timed after the first {N_WARM}, so loading the model is left out"
    )
    records = made_articles(N_WARM + N_STREAMED, seed=1)
    speeds = [[_streamed(records, model, workers) for workers in (1, 2)] for _ in range(runs)]
    names = ("one process", "two workers")
    rows = [_show(Row(*row, "articles a second")) for row in zip(names, zip(*speeds, strict=True), strict=True)]
    low, high = min(rows[1].values) / max(rows[0].values), max(rows[1].values) / min(rows[0].values)
    print(f"  two workers are {rows[1].middle / rows[0].middle:.2f} times as fast as one ({low:.2f} to {high:.2f})\n")


def _streamed(records: Sequence[Record], model: Path | None, workers: int) -> float:
    """Articles a second of one run."""
    reports = score_stream(iter(records), model=model, workers=workers)
    for _ in islice(reports, N_WARM):
        pass
    started = time.perf_counter()
    n_reports = sum(1 for _ in reports)
    return n_reports / (time.perf_counter() - started)


def _cold_check(model: Path | None) -> list[Target]:
    n_words = len(CHECKED.read_text(encoding="utf-8").split())
    _title(f"unspin check, a new process each time, on one text file of {n_words} words")
    arguments = ["check", str(CHECKED), *(["--model", str(model)] if model else [])]
    with tempfile.TemporaryDirectory(prefix="unspin-") as compiled:
        _check(UNSPIN, arguments, compiled)
        starts = [_check(UNSPIN, arguments, compiled) for _ in range(COLD_STARTS)]
        peak = _check(CHECK_PEAK, arguments, compiled).said if STATUS.exists() else ""
    row = _show(Row("from start to exit", [start.seconds for start in starts], "seconds"))
    _show(Row("processor time of it", [start.processor_seconds for start in starts], "seconds"))
    if kilobytes := re.search(r"^VmHWM:\s+(\d+) kB", peak, re.MULTILINE):
        _show(Row("peak resident memory", [int(kilobytes[1]) * 1024 / 1e6], "MB"))
    else:
        print(f"  peak resident memory: skipped, this system has no {STATUS}")
    print()
    return [Target("unspin check of one text file under 1 s, cold", f"{row.middle:.2f} s", row.middle < 1)]


class _Start(NamedTuple):
    """One process from its start to its exit, and what it wrote to standard error."""

    seconds: float
    processor_seconds: float
    said: str


def _check(program: str, arguments: Sequence[str], compiled: str) -> _Start:
    """Start a process, and wait for its end."""
    command = [sys.executable, "-c", program, *arguments]
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=with_bytecode(compiled))
    after = os.times()
    if done.returncode not in (0, 1):
        raise click.ClickException(f"unspin check ended with {done.returncode}: {done.stderr.strip()}")
    processor = after.children_user - before.children_user + after.children_system - before.children_system
    return _Start(after.elapsed - before.elapsed, processor, done.stderr)


def with_bytecode(folder: str) -> dict[str, str]:
    """The environment of a process that keeps its bytecode in a folder, as an installed copy has its own beside it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder}


def _worker_memory(model: Path | None, records: Sequence[Record]) -> list[Target]:
    """What one worker process holds for itself, after texts and after pages."""
    claim = "a worker's unique memory under 300 MB"
    _title("Unique memory of one worker process; the mapped tables it shares with the process that feeds it")
    if not SMAPS.exists():
        print(f"  skipped: this system has no {SMAPS}\n")
        return [Target(claim, "not measured", False)]
    pages = [item for item in read([SAMPLE / "pages"]) if isinstance(item, Record)]
    settings = worker.Settings(model, None, Detector.load(model).info, max_fpr=0.01, evidence="flagged")
    executor = worker.executor(settings)
    rows = []
    for name, items in ((f"after {len(records)} articles", records), (f"after {len(pages)} web pages more", pages)):
        for chunk in chunks(items):
            executor.submit(worker.score_chunk, chunk).result()
        rows.append(_show(Row(name, [executor.submit(_unique_bytes, SMAPS).result() / 1e6], "MB")))
    executor.shutdown(wait=True, kill_workers=True)
    print()
    most = max(row.middle for row in rows)
    return [Target(claim, f"{most:.0f} MB", most < 300)]


def _unique_bytes(smaps: Path) -> int:
    """Bytes of memory that this process shares with no other."""
    return 1024 * sum(
        int(kilobytes) for kilobytes in re.findall(r"^Private_\w+:\s+(\d+) kB", smaps.read_text(), re.MULTILINE)
    )


def _size(model: Path) -> list[Target]:
    _title("The model on disk")
    sizes = {path.name: path.stat().st_size / 1e6 for path in model.iterdir() if path.is_file()}
    largest = max(sizes, key=sizes.__getitem__)
    total = _show(Row(f"{len(sizes)} files", [sum(sizes.values())], "MB")).middle
    biggest = _show(Row(f"the largest: {largest}", [sizes[largest]], "MB")).middle
    print()
    return [
        Target("model under 60 MB", f"{total:.1f} MB", total < 60),
        Target("no file of it over 45 MB", f"{biggest:.1f} MB", biggest <= 45),
    ]


def _score(detector: Detector, records: Sequence[Record], evidence: EvidenceFor = "flagged") -> None:
    for first in range(0, len(records), BATCH):
        detector.score(records[first : first + BATCH], evidence=evidence)


def _speeds(works: Mapping[str, Callable[[], object]], n: int, unit: str, runs: int) -> list[Row]:
    """How many of `n` things a second each of the alternatives does, run by turns."""
    turns = zip(*(_durations(work) for work in works.values()), strict=True)
    seconds = zip(*islice(turns, 1, runs + 1), strict=True)
    return [_show(Row(name, [n / s for s in own], unit)) for name, own in zip(works, seconds, strict=True)]


def _microseconds(name: str, work: Callable[[], object], n: int, runs: int) -> Row:
    return Row(name, [1e6 * s / n for s in _seconds(work, runs)], "microseconds an article")


def _seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Processor time of each of `runs` runs, after one that is not counted."""
    return list(islice(_durations(work), 1, runs + 1))


def _durations(work: Callable[[], object]) -> Iterator[float]:
    while True:
        started = time.process_time()
        work()
        yield time.process_time() - started


def _title(text: str) -> None:
    print(text, flush=True)
    print(f"  {'':44}{'median':>10}{'min':>10}{'max':>10}")


def _show(row: Row) -> Row:
    print(row, flush=True)
    return row


if __name__ == "__main__":
    speed()
