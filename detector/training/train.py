"""The step `unspin train`: fit both stages of the classifier, and put the model together, its calibration blank."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray

import detector
from detector.classifier import Classifier, Network, Stage, Trees
from detector.classifier_json import network_from_json, network_json, stage_from_json, stage_json
from detector.extractors import EXTRACTORS
from detector.features import PRIOR
from detector.model_store import save_model
from detector.profile import is_of_one_word
from detector.resources import Resources
from detector.training.calibrate import blank_calibration
from detector.training.card import model_card
from detector.training.current import refuse_half_corpus, refuse_spun_before
from detector.training.examples import (
    Example,
    TokenTable,
    article_table,
    clean_examples,
    forget,
    is_strange,
    token_table,
    withhold,
)
from detector.training.feedback import Verdict, stored_feedback
from detector.training.fit import Standard, fit_logistic, fit_network, fit_trees, mean_network, mean_trees
from detector.training.gather import read_given, read_report, write_given
from detector.training.layout import Layout
from detector.training.parallel import in_order, in_pieces
from detector.training.rows import read_articles, read_examples, read_rows
from detector.training.spinning import for_fitting
from detector.training.steps import Step, Steps, opened, written_whole
from detector.training.tables import count_tables, load_tables, table_files
from detector.training.texts import MACHINE

HUMAN_WEIGHT = 6.0  # of a translation by people, which are few and come nearest to a false alarm: guess
FEEDBACK_WEIGHT = 6  # of a text that a reviewer judged: what was got wrong before; guess
FEW_TIMES = 3  # how often the article stage measures a translation by people, and odd English
ODD_TOKENS, ODD_WEIGHT = 2, 2.0  # of odd English: how often the token stage sees a word, the weight of an article
TOKEN_ROWS = 1_400_000
HIDDEN = (48, 16)  # units of the layers of the token stage
# Fits whose mean is taken: single ones differ by several points at low rates. Each network is fitted on words measured
# without another half of the tables; forests all on the same rows, to which only the few texts gain by more halves.
NETWORKS, FORESTS = 4, 6
T = TypeVar("T")


def train_work(folder: Path, version: str | None = None, workers: int = 1) -> None:
    """Fit the model of a work folder; its version is the last one given, or the newest article's day, or Unspin's."""
    with opened(folder) as steps:
        layout = Layout(folder)
        report = read_report(layout)
        seed = int(report["seed"])
        refuse_half_corpus(steps, layout)
        refuse_spun_before(steps, layout, "fit")
        given = read_given(layout)
        given = replace(given, version=version or given.version)
        write_given(layout, given)  # before the work: a run that is stopped goes on to the same version
        count_tables(steps, layout, workers, seed)
        _fit_tokens(steps, layout, seed, workers)
        _fit_articles(steps, layout, seed, workers)
        newest = str(report["newest"] or detector.__version__)
        _put_together(steps, layout, given.version or newest.replace("-", "."))


def _fit_tokens(steps: Steps, layout: Layout, seed: int, workers: int) -> None:
    inputs = [*table_files(layout), layout.spun("tokens"), layout.spun("odd"), layout.corpus("feedback")]
    step = Step("fit-tokens", 3, inputs, [layout.fitted("tokens")], {"seed": seed, **_columns()})

    def make() -> None:
        networks: list[Network] = []
        for fit in range(NETWORKS):
            table = _token_rows(layout, seed + fit, workers)
            standard = Standard(networks[0].centre, networks[0].scale) if networks else None
            networks.append(
                fit_network(
                    table.names,
                    table.rows,
                    table.swapped,
                    hidden=HIDDEN,
                    prior=PRIOR,
                    seed=seed + fit,
                    standard=standard,
                )
            )
        _write_json(layout.fitted("tokens"), network_json(mean_network(networks)))

    steps.do(step, make)


def _token_rows(layout: Layout, seed: int, workers: int) -> TokenTable:
    """What one network is fitted on, measured without the half of the tables that `seed` withholds."""
    known = withhold(load_tables(layout), seed)
    table = _joined_tokens(_tables(token_table, read_examples(layout.spun("tokens")), workers, known, seed))
    some = np.sort(np.random.default_rng(seed).permutation(len(table.rows))[:TOKEN_ROWS])
    judged = [stored_feedback(layout.corpus("feedback"), label) for label in ("spun", "clean")]
    told = [judged_tokens(verdicts, known) for verdicts in judged if verdicts]
    told += ODD_TOKENS * _tables(token_table, read_examples(layout.spun("odd")), workers, known, seed)
    return _joined_tokens([TokenTable(table.names, table.rows[some], table.swapped[some]), *told])


def _columns() -> dict[str, Any]:
    """What decides which numbers a row holds."""
    return {
        "extractors": [extractor.name for extractor in EXTRACTORS],
        "weights": [HUMAN_WEIGHT, FEEDBACK_WEIGHT, ODD_TOKENS],
    }


def _joined_tokens(tables: Sequence[TokenTable]) -> TokenTable:
    rows, swapped = (np.concatenate([getattr(table, name) for table in tables]) for name in ("rows", "swapped"))
    return TokenTable(tables[0].names, rows, swapped)


def judged_tokens(verdicts: Sequence[Verdict], known: Resources) -> TokenTable:
    """Rows of the tokens that reviewers marked, and of all tokens of what they found clean, FEEDBACK_WEIGHT times each.

    What else a spun text holds is not known: reviewers seldom mark every swap.
    """
    table = token_table([verdict.example() for verdict in verdicts], known)
    told = np.repeat(np.flatnonzero(table.swapped | (verdicts[0].label == "clean")), FEEDBACK_WEIGHT)
    return TokenTable(table.names, table.rows[told], table.swapped[told])


class _Group(NamedTuple):
    """Texts of one kind, how much each of them weighs, and how often it is measured: each time without another half of
    the tables, so that few texts teach more than what they happen to look like."""

    examples: list[Example]
    weight: float
    times: int = 1


def _fit_articles(steps: Steps, layout: Layout, seed: int, workers: int) -> None:
    corpora = [layout.corpus(name) for name in ("fit", "translations", "feedback")]
    inputs = [
        *table_files(layout),
        layout.fitted("tokens"),
        layout.spun("articles"),
        layout.spun("odd"),
        layout.spun("round_trips"),
        *corpora,
    ]
    step = Step(
        "fit-articles",
        4,
        inputs,
        [layout.fitted("articles")],
        {"seed": seed, "odd": [ODD_WEIGHT, FEW_TIMES], **_columns()},
    )

    def make() -> None:
        tokens = network_from_json(json.loads(layout.fitted("tokens").read_text(encoding="utf-8")))
        groups = _groups(layout, seed)
        pooled = _pooled(layout, groups, tokens, seed, workers)
        forests = in_order(_spun_stage, range(seed, seed + FORESTS), workers, pooled)
        translated = _translated_stage(pooled, seed)
        stages: dict[str, Stage] = {"spun": mean_trees(list(forests)), "machine_translated": translated}
        _write_json(layout.fitted("articles"), {name: stage_json(stage) for name, stage in stages.items()})

    steps.do(step, make)


def _groups(layout: Layout, seed: int) -> dict[str, list[_Group]]:
    """What each stage must find, and what neither may: "spun", "machine_translated" and "round_trips", "clean"."""

    def judged(label: str) -> _Group:
        verdicts = stored_feedback(layout.corpus("feedback"), label)
        return _Group(clean_examples([verdict.text for verdict in verdicts]), FEEDBACK_WEIGHT)

    _, articles = for_fitting(layout, seed)
    odd = read_examples(layout.spun("odd"))
    machine = read_articles(layout.corpus("translations"), part="fit", kind=MACHINE)
    return {
        "spun": [
            _Group([one for one in read_examples(layout.spun("articles")) if one.swaps], 1.0),
            _Group([one for one in odd if one.swaps], ODD_WEIGHT, FEW_TIMES),
            judged("spun"),
        ],
        "machine_translated": [
            _Group(clean_examples([one.text for one in machine]), 1.0),
            judged("machine_translated"),
        ],
        "round_trips": [_Group(read_examples(layout.spun("round_trips")), 1.0)],  # none where no translator is at hand
        "clean": [
            _Group(clean_examples([one.text for one in articles if not one.kind]), 1.0),
            _Group(clean_examples([one.text for one in articles if one.kind]), HUMAN_WEIGHT, FEW_TIMES),
            _Group([one for one in odd if one.family == "clean"], ODD_WEIGHT, FEW_TIMES),
            judged("clean"),
        ],
    }


def _tables(
    function: Callable[..., T], examples: Sequence[Example], workers: int, known: Resources, seed: int, *more: object
) -> list[T]:
    """Measure examples in pieces, strange ones with a language model that has forgotten some of what it knew."""
    parts: dict[bool, list[Example]] = {False: [], True: []}
    for example in examples:
        parts[is_strange(example.text)].append(example)
    tables = in_pieces(function, parts[False], workers, known, *more) if parts[False] else []
    return tables + (in_pieces(function, parts[True], workers, forget(known, seed), *more) if parts[True] else [])


class _Pooled(NamedTuple):
    """Pooled rows of one class's texts.

    Attributes:
        names: of the columns.
        rows: shape (n_rows, n_columns).
        weights: of the text that each row measures, shape (n_rows,).
        times: how often that text was measured, shape (n_rows,).
        first: whether it is the first time, shape (n_rows,).
    """

    names: list[str]
    rows: NDArray[np.float32]
    weights: NDArray[np.float64]
    times: NDArray[np.intp]
    first: NDArray[np.bool_]

    def once(self) -> _Pooled:
        """The rows of each text's first time alone, for a stage that gains nothing by more."""
        rows, weights = self.rows[self.first], self.weights[self.first]
        return _Pooled(self.names, rows, weights, np.ones(len(rows), np.intp), np.ones(len(rows), bool))


def _pooled(
    layout: Layout, groups: dict[str, list[_Group]], tokens: Network, seed: int, workers: int
) -> dict[str, _Pooled]:
    """The rows of each class's articles, measured without the halves of the tables that `seed` withholds; no class
    without articles."""
    tables = load_tables(layout)
    halves = [withhold(tables, seed + time) for time in range(max(g.times for own in groups.values() for g in own))]

    def measured(group: _Group) -> Iterator[_Pooled]:
        for time, known in enumerate(halves[: group.times]):
            for table in _tables(article_table, group.examples, workers, known, seed + time, tokens):
                shared = (group.weight, group.times, time == 0)  # by all rows
                yield _Pooled(table.names, table.rows, *(np.full(len(table.rows), one) for one in shared))

    classes = {name: [part for group in own for part in measured(group)] for name, own in groups.items()}
    return {
        name: _Pooled(parts[0].names, *(np.concatenate(columns) for columns in list(zip(*parts, strict=True))[1:]))
        for name, parts in classes.items()
        if parts
    }


def _spun_stage(seed: int, pooled: dict[str, _Pooled]) -> Trees:
    """Spinning is told by what is not of one word only, from machine translations too: they are odd, and nobody spun
    them."""
    names = pooled["clean"].names
    wording = [i for i, name in enumerate(names) if not is_of_one_word(name)]
    rows, labels, weights = _parted(pooled, ["spun"], ["machine_translated", "clean"])
    return fit_trees([names[i] for i in wording], rows[:, wording], labels, weights, seed=seed)


def _translated_stage(pooled: dict[str, _Pooled], seed: int) -> Network:
    once = {name: own.once() for name, own in pooled.items()}
    return fit_logistic(
        once["clean"].names, *_parted(once, ["machine_translated", "round_trips"], ["clean"]), seed=seed
    )


def _parted(
    pooled: dict[str, _Pooled], found: list[str], left: list[str]
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
    """Rows, labels and weights of the classes that a stage must find and of those that it must leave alone."""
    names = [name for name in [*found, *left] if name in pooled]
    own = [pooled[name] for name in names]
    labels = np.repeat([name in found for name in names], [len(one.rows) for one in own])
    weights = np.concatenate([one.weights / one.times for one in own])
    return np.concatenate([one.rows for one in own]), labels, weights


def _put_together(steps: Steps, layout: Layout, version: str) -> None:
    """Save the model with a blank calibration; files that calibrating replaces are no outputs of this step."""
    stages = [layout.fitted("tokens"), layout.fitted("articles")]
    step = Step(
        name="model",
        version=1,
        inputs=[*table_files(layout), *stages, layout.report, layout.spun("articles")],
        outputs=[layout.model / name for name in ("classifier.json", "vocabulary.txt", "sentencepiece.model")],
        parameters={"version": version},
    )

    def make() -> None:
        tokens, articles = (json.loads(path.read_text(encoding="utf-8")) for path in stages)
        fitted = {name: stage_from_json(stage) for name, stage in articles.items()}
        classifier = Classifier(network_from_json(tokens), fitted, blank_calibration())
        about = _about(layout, version)
        save_model(layout.model, load_tables(layout), classifier, about, model_card(about, classifier.calibration))

    steps.do(step, make)


def _about(layout: Layout, version: str) -> dict[str, Any]:
    """What the manifest and the card tell of the model's making."""
    report = read_report(layout)
    spun = {row["family"] for row in read_rows(layout.spun("articles"))}
    odd = sum(row["family"] == "clean" for row in read_rows(layout.spun("odd")))
    parts = {name: part["articles"] for name, part in report["parts"].items()} | {"odd English": odd}
    return {
        "name": "demonstration" if report["demonstration"] else layout.folder.resolve().name,
        "version": version,
        "demonstration": report["demonstration"],
        "language": "en",
        "seed": report["seed"],
        "unspin": detector.__version__,
        "extractors": [extractor.name for extractor in EXTRACTORS],
        "families": sorted(spun),
        "articles": {**parts, **report["translations"], **{f"feedback {k}": n for k, n in report["feedback"].items()}},
        "sources": report["files"],
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "licence": "Apache-2.0; MODEL_CARD.md names the sources of what was counted",
    }


def _write_json(path: Path, value: object) -> None:
    with written_whole(path) as partial:
        partial.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
