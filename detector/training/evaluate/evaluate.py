"""Everything by which the owner of a model decides whether to trust it: evaluation.json, and the page made of it.

The steps in order: read the work folder, spin the test part, judge every test text once, count, fit again, attack.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from detector.errors import CorpusError
from detector.pipeline import Detector
from detector.sealed_folder import MANIFEST
from detector.training.corpus import CorpusArticle
from detector.training.current import refuse_half_corpus, refuse_model_before
from detector.training.evaluate.attack import attack
from detector.training.evaluate.count import Tested, baselines, counted
from detector.training.evaluate.measure import judge
from detector.training.evaluate.page import page
from detector.training.evaluate.slices import RATES
from detector.training.evaluate.studies import Sizes, make_bench, studies
from detector.training.evaluate.work import Item, clean_items, read_work
from detector.training.examples import spin, withhold
from detector.training.gather import read_given
from detector.training.layout import Layout
from detector.training.progress import say, show
from detector.training.spinning import all_spinners, own_tables, spinner_files
from detector.training.steps import Step, opened, written_whole
from detector.training.swaps import Spinner

SCHEMA = "unspin.evaluation/1"
DIGITS = 6  # of every number of the JSON
ATTACKED = 60  # texts
ATTACKED_SHARE = (0.1, 0.2)  # of their words swapped


def evaluate_work(work: Path, prevalence: float, most: int, seed: int, workers: int) -> None:
    """Evaluate the model in the work folder, unless that is done already."""
    with opened(work) as steps:
        layout = Layout(work)
        refuse_half_corpus(steps, layout)
        refuse_model_before(steps, layout)
        corpora = [layout.corpus(name) for name in ("fit", "test", "translations")]
        spinners = spinner_files(own_tables(read_given(layout)))
        step = Step(
            name="evaluate",
            version=1,
            inputs=[layout.model / MANIFEST, *(path for path in corpora if path.exists()), *spinners],
            outputs=[work / "evaluation" / name for name in ("evaluation.json", "evaluation.html")],
            parameters={"prevalence": prevalence, "articles": most, "seed": seed, "sizes": asdict(Sizes())},
        )

        def make() -> None:
            evaluate(work, prevalence, most, seed, workers)

        steps.do(step, make)


def evaluate(
    work: Path, prevalence: float, most: int, seed: int, workers: int, sizes: Sizes | None = None
) -> dict[str, Any]:
    """Evaluate the model in the work folder; write evaluation/evaluation.json and evaluation.html there, and give what
    the JSON holds.

    Raises CorpusError where the folder lacks a part, and ModelError where its model cannot be opened.
    """
    sizes = sizes or Sizes()
    with _step("reading"):
        model = Detector.load(work / "model")
        read = read_work(work, most, lambda articles: _shuffled(articles, seed))
        if not read.test:
            raise CorpusError(
                f"no article of 120 words or more in {work / 'corpus' / 'test.jsonl.zst'}: give more text"
            )
        spinners = all_spinners(model.resources, own_tables(read_given(Layout(work))))
    with _step("spinning the test part"):
        spun = spun_items(read.test, spinners, seed)
    with _step("judging"):
        own = (clean_items(read.test), clean_items(read.test_people), clean_items(read.test_machine), spun)
        tested = Tested(*(judge(items, work / "model", workers) for items in own))
    with _step("counting"):
        result = counted(model, tested, prevalence)
        result |= {"schema": SCHEMA, "model": asdict(model.info)}
        result["conditions"] |= {"seed": seed}
        result["conditions"]["abstained"] = sum(map(len, own)) - sum(
            len(getattr(tested, part)) for part in Tested.__slots__
        )
    with _step("baselines"):
        result["baselines"] = baselines(model, read.fit, tested, spinners, seed)
    with _step("attack"):
        low, high = ATTACKED_SHARE
        some = [one.item for one in tested.spun if low <= one.item.share < high][:ATTACKED]
        result["attack"] = attack(model, some, spinners, seed)
    with _step("fitting again"):
        known = withhold(model.resources, seed)
        hard = _first(spun, len(spun), seed)
        bench = make_bench(read.fit, read.fit_people, read.test, hard, spinners, known, sizes, workers)
        result["studies"] = studies(bench, sizes, workers) if bench else []
        result["conditions"]["studies"] = {"seeds": sizes.seeds, "least": sizes.least, "most": sizes.fit}
    return _written(work / "evaluation", plain(result))


def spun_items(test: Sequence[CorpusArticle], spinners: Mapping[str, Spinner], seed: int) -> list[Item]:
    """The articles spun throughout by one family each, and by the next at the next of the rates."""
    items = []
    for k, shares in enumerate(RATES):
        turned = [test[(i + k) % len(test)] for i in range(len(test))]
        examples = spin([article.text for article in turned], spinners, seed + k, shares, partly=0.0)
        items += [Item(example, article) for example, article in zip(examples, turned, strict=True) if example.swaps]
    return items


def _shuffled(articles: list[CorpusArticle], seed: int) -> list[CorpusArticle]:
    return [articles[i] for i in np.random.default_rng(seed).permutation(len(articles))]


def _first(items: Sequence[Item], most: int, seed: int) -> list[Item]:
    """Some of the items, in random order."""
    return [items[i] for i in np.random.default_rng(seed).permutation(len(items))[:most]]


def plain(value: Any) -> Any:
    """The same as JSON holds it: rounded to DIGITS, and null for what is no number."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), DIGITS) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _written(folder: Path, result: dict[str, Any]) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"
    for name, content in (("evaluation.json", text), ("evaluation.html", page(result))):
        with written_whole(folder / name) as partial:
            partial.write_text(content, encoding="utf-8", newline="\n")
    return result


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Say what is done, and then how long it took."""
    started = time.perf_counter()
    show(f"{name} ...")
    yield
    say(f"{name}: {time.perf_counter() - started:.0f} s")
