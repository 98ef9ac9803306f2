"""The step `unspin calibrate --work`: measure the model of a work folder on articles that no other step saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from detector.classifier import CLASSES, Calibration
from detector.model_store import load_model, save_model
from detector.pipeline import Detector
from detector.sealed_folder import MANIFEST
from detector.text import Document
from detector.training.calibrate import calibrate
from detector.training.calibrate_notes import calibrate_notes
from detector.training.card import model_card
from detector.training.current import refuse_half_corpus, refuse_model_before, refuse_spun_before
from detector.training.examples import withhold
from detector.training.gather import read_report
from detector.training.layout import Layout
from detector.training.parallel import in_pieces
from detector.training.rows import read_articles, read_examples
from detector.training.steps import Step, opened
from detector.training.tables import segmented
from detector.training.texts import HUMAN, MACHINE, MIN_WORDS

FILES = ("calibration.json", "untouched_scores.npy", "untouched_visible.npy", "untouched_groups.npy")


def calibrate_work(folder: Path, workers: int = 1) -> None:
    """Calibrate the model of a work folder, and put it in its place with thresholds and a card."""
    with opened(folder) as steps:
        layout = Layout(folder)
        seed = int(read_report(layout)["seed"])
        refuse_half_corpus(steps, layout)
        refuse_spun_before(steps, layout, "calibrate")
        refuse_model_before(steps, layout)
        model = layout.model
        fitted = [model / name for name in ("classifier.json", "vocabulary.txt", "sentencepiece.model")]
        corpora = [layout.corpus("calibrate"), layout.corpus("translations")]
        step = Step(
            name="calibrate",
            version=3,
            inputs=[*fitted, *corpora, layout.spun("calibrate"), layout.spun("notes")],
            outputs=[model / name for name in (*FILES, *(f"{name}_scores.npy" for name in CLASSES))],
            parameters={"seed": seed},
        )

        def make() -> None:
            calibration = calibration_of(layout, seed, workers)
            own, about = load_model(model), _about(model)
            card = model_card(about, calibration)
            save_model(model, own.resources, replace(own.classifier, calibration=calibration), about, card)

        steps.do(step, make)


def calibration_of(layout: Layout, seed: int, workers: int) -> Calibration:
    """Measure with all the tables, but suggestions and passages with half of them."""
    model = load_model(layout.model)
    detector = Detector(model.info, model.resources, model.classifier)

    def documents(texts: Sequence[str]) -> list[Document]:
        return [one for piece in in_pieces(segmented, texts, workers, model.resources.vocabulary) for one in piece]

    translations = list(read_articles(layout.corpus("translations"), part="calibrate"))
    news = [article.text for article in read_articles(layout.corpus("calibrate"))]
    kinds = news, [article.text for article in translations if article.kind in HUMAN]
    untouched = [[one for one in documents(kind) if one.n_words >= MIN_WORDS] for kind in kinds]
    groups = np.repeat(np.arange(len(kinds), dtype=np.int8), [len(kind) for kind in untouched])
    spun = [example.text for example in read_examples(layout.spun("calibrate"))]
    machine = [article.text for article in translations if article.kind == MACHINE]
    measured_on = f"{len(groups):,} untouched articles that training did not see"
    artifacts = [documents(spun), documents(machine)]
    few = withhold(model.resources, seed)
    notes = read_examples(layout.spun("notes"))

    def noted(calibration: Calibration) -> Calibration:
        own = Detector(model.info, few, replace(model.classifier, calibration=calibration))
        return calibrate_notes(own, notes, documents([example.text for example in notes]), seed)

    return calibrate(detector, [*untouched[0], *untouched[1]], groups, artifacts, measured_on, noted)


def _about(model: Path) -> dict[str, Any]:
    """What the manifest tells of the model's making."""
    manifest: dict[str, Any] = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    return {name: value for name, value in manifest.items() if name not in ("schema", "n_tokens", "files")}
