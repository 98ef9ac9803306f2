"""The step `unspin spin`: spin articles of every part but the language part, each use with a seed of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import CorpusError
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.calibrate import MISSES_AT
from detector.training.corpus import CorpusArticle
from detector.training.current import refuse_half_corpus
from detector.training.examples import PARTLY, TRAINING_SHARES, Example, Translator, clean_examples, spin, translate
from detector.training.gather import Given, read_given, read_report, write_given
from detector.training.layout import Layout
from detector.training.odd_english import ODD_ENGLISH, odd_english
from detector.training.parallel import in_pieces
from detector.training.progress import say
from detector.training.rows import example_row, read_articles, write_rows
from detector.training.steps import Step, Steps, opened
from detector.training.swaps import Spinner
from detector.training.tables import LEXICONS, count_tables, load_tables, table_files
from detector.training.texts import HUMAN

try:
    from detector.training.spinners import MYTHES, ON_TOP, WORDNET, Light, families, round_trips
except ModuleNotFoundError as error:  # an installed copy: the wheel leaves them out
    raise CorpusError("no spinner families to train against here: train from a checkout, which holds them") from error

MISSED = 2_000  # articles, about, by which the share of misses is told
NOTED = 1_000  # spun articles, and untouched ones, on which suggestions and passages are calibrated
ROUND_TRIPS = 300  # articles sent through Apertium and back, which takes about a second for ten of them
TESTED = 2_000  # articles, at most, to evaluate on

Made = tuple[Example, CorpusArticle]  # a spun text, or an untouched one, and the article it was made from


def spin_work(folder: Path, own: Sequence[Path] = (), workers: int = 1) -> None:
    """Spin the training texts of a work folder; `own` are tables of desks' own families, as the last time if none.

    Counts the tables first, as one family spins by a language model.
    """
    with opened(folder) as steps:
        layout = Layout(folder)
        seed = int(read_report(layout)["seed"])
        refuse_half_corpus(steps, layout)
        given = read_given(layout)
        if own:
            given = replace(given, families=[str(path.resolve()) for path in own])
        tables = own_tables(given)
        families(LEXICONS, mythes=None, wordnet=None, own=tables)  # a bad row is told before anything is counted
        write_given(layout, given)  # before the work: a run that is stopped goes on with the same families
        count_tables(steps, layout, workers, seed)
        _spin_parts(steps, layout, tables, seed, workers)


def own_tables(given: Given) -> list[Path]:
    """The tables of desks' own families."""
    return [Path(path) for path in given.families]


def spinner_files(own: Sequence[Path]) -> list[Path]:
    """The files that the families are made of, but for the tables that are counted."""
    thesauri = [path for path in (MYTHES, *sorted(WORDNET.glob("data.*"))) if path.is_file()]
    return [*sorted(LEXICONS.glob("*.tsv")), *thesauri, *own]


def all_spinners(resources: Resources, own: Sequence[Path] = ()) -> dict[str, Spinner]:
    """Every family that spins an article alone, and those of the tables `own`; what is not installed is left out, and
    said so. Those ON_TOP come in through Mixed: an article with three of their swaps is no example of a spun one.
    """
    for path in (MYTHES, WORDNET):
        if not path.exists():
            say(f"no {path}: the family that draws on it is left out")
    mythes, wordnet = (path if path.exists() else None for path in (MYTHES, WORDNET))
    found = families(LEXICONS, mythes, wordnet, own=own)
    light = Light(resources.candidates, resources.vocabulary.words, _Reader(resources), _Fit(resources))
    return {**{name: spinner for name, spinner in found.items() if name not in ON_TOP}, "light": light}


@dataclass(frozen=True)
class _Reader:
    resources: Resources

    def __call__(self, text: str) -> Document:
        return segment(text, self.resources.vocabulary)


@dataclass(frozen=True)
class _Fit:
    resources: Resources

    def __call__(self, ids: NDArray[np.int32], at: NDArray[np.intp], words: NDArray[np.int32]) -> NDArray[np.float32]:
        model = self.resources.language_model
        own, after, after2 = model.slots(model.read(ids), at, words)
        return own + after + after2


def for_fitting(layout: Layout, seed: int) -> tuple[list[CorpusArticle], list[CorpusArticle]]:
    """The articles of the token stage and those of the article stage; what people translated has a `kind`.

    Two fifths go to the token stage: it has hundreds of rows an article.
    """
    articles = _clean(layout, "fit")
    mixed = [articles[i] for i in np.random.default_rng(seed).permutation(len(articles))]
    cut = len(mixed) * 2 // 5
    return mixed[:cut], mixed[cut:]


def _clean(layout: Layout, part: str) -> list[CorpusArticle]:
    """Untouched articles of a part, and then what people wrote or translated there."""
    translations = read_articles(layout.corpus("translations"), part=part)
    return [*read_articles(layout.corpus(part)), *(article for article in translations if article.kind in HUMAN)]


def _spin_parts(steps: Steps, layout: Layout, own: Sequence[Path], seed: int, workers: int) -> None:
    known = [*table_files(layout), *spinner_files(own)]
    spinners: dict[str, Spinner] = {}

    def do(name: str, make: Callable[[_Spin], list[Made]], part: str, *more: Path) -> None:
        def write() -> None:
            if not spinners:
                spinners.update(all_spinners(load_tables(layout), own))
            write_rows(layout.spun(name), (example_row(*made) for made in make(_Spin(spinners, workers))))

        inputs = [layout.corpus(part), layout.corpus("translations"), *more, *known]
        steps.do(Step(f"spun-{name}", 1, inputs, [layout.spun(name)], {"seed": seed}), write)

    trips = round_trips()
    if not trips:
        say("no Apertium with English pairs (Debian's apertium-en-es and the like): round trips are left out")
    inputs, outputs = [layout.corpus("fit"), layout.corpus("translations")], [layout.spun("round_trips")]
    step = Step("spun-round-trips", 1, inputs, outputs, {"seed": seed, "chains": sorted(trips)})
    steps.do(
        step, lambda: write_rows(outputs[0], (example_row(*made) for made in _for_round_trips(layout, trips, seed)))
    )
    do("tokens", lambda spin_all: _for_tokens(layout, spin_all, seed), "fit")
    do("articles", lambda spin_all: _for_articles(layout, spin_all, seed), "fit")
    do("odd", lambda spin_all: _for_odd(spin_all, seed), "fit", ODD_ENGLISH)
    do("calibrate", lambda spin_all: _for_misses(layout, spin_all, seed), "calibrate")
    do("notes", lambda spin_all: _for_notes(layout, spin_all, seed), "calibrate")
    do("test", lambda spin_all: _for_tests(layout, spin_all, seed), "test")


@dataclass(frozen=True)
class _Spin:
    """`spin` in worker processes, by all families in turn."""

    spinners: Mapping[str, Spinner]
    workers: int

    def __call__(
        self,
        articles: Sequence[CorpusArticle],
        seed: int,
        shares: tuple[float, float] = TRAINING_SHARES,
        partly: float = PARTLY,
    ) -> list[Made]:
        texts = [article.text for article in articles]
        turns = len(self.spinners)  # each piece begins with the first family
        pieces = in_pieces(spin, texts, self.workers, self.spinners, seed, shares, partly, multiple=turns)
        return list(zip((example for piece in pieces for example in piece), articles, strict=True))


def _untouched(articles: Sequence[CorpusArticle]) -> list[Made]:
    return list(zip(clean_examples([article.text for article in articles]), articles, strict=True))


def _for_tokens(layout: Layout, spin_all: _Spin, seed: int) -> list[Made]:
    articles, _ = for_fitting(layout, seed)
    n_clean = len(articles) // 3
    spun = articles[n_clean:]
    return [*spin_all(spun, seed), *_untouched([*articles[:n_clean], *(one for one in spun if one.kind)])]


def _for_articles(layout: Layout, spin_all: _Spin, seed: int) -> list[Made]:
    _, articles = for_fitting(layout, seed)
    return spin_all([*articles, *reversed(articles)], seed + 1)  # twice, by another family the second time


def _for_odd(spin_all: _Spin, seed: int) -> list[Made]:
    articles = odd_english()
    return [*spin_all(articles, seed + 5), *_untouched(articles)]


def _for_round_trips(layout: Layout, trips: Mapping[str, Translator], seed: int) -> list[Made]:
    if not trips:
        return []
    _, articles = for_fitting(layout, seed)
    sent = [article for article in articles if not article.kind][:ROUND_TRIPS]
    texts = translate([article.text for article in sent], trips)
    return [(Example(text, (), "round-trip"), article) for text, article in zip(texts, sent, strict=True)]


def _for_misses(layout: Layout, spin_all: _Spin, seed: int) -> list[Made]:
    every = _clean(layout, "calibrate")
    return spin_all(every[:: max(1, len(every) // MISSED)], seed + 2, MISSES_AT, 0.0)


def _for_notes(layout: Layout, spin_all: _Spin, seed: int) -> list[Made]:
    every = _clean(layout, "calibrate")
    return [*spin_all(every[: 2 * NOTED : 2], seed + 3), *_untouched(every[1 : 2 * NOTED : 2])]


def _for_tests(layout: Layout, spin_all: _Spin, seed: int) -> list[Made]:
    return spin_all(_clean(layout, "test")[:TESTED], seed + 4, TRAINING_SHARES, 0.0)
