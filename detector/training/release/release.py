"""Write the cards of a work folder; check its model, and release it whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.errors import ReleaseError
from detector.model_store import load_model, release_model
from detector.training.current import refuse_model_before
from detector.training.layout import Layout
from detector.training.memorisation import Memorisation, memorisation
from detector.training.release.checks import Check, Floors, checks
from detector.training.release.data_card import data_card
from detector.training.release.migration import first_note, migration_note
from detector.training.release.model_card import model_card
from detector.training.release.work import Work, read_evaluation, read_json, read_work
from detector.training.steps import Steps

CARDS = ("MODEL_CARD.md", "DATA_CARD.md")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Release:
    """A model, where it goes, and what was checked of it."""

    name: str
    work: Work
    target: Path
    checks: tuple[Check, ...]

    @property
    def missed(self) -> list[Check]:
        """The checks that it failed."""
        return [check for check in self.checks if check.missed]


def write_cards(folder: Path) -> list[Path]:
    """Write MODEL_CARD.md and DATA_CARD.md into a work folder, and give their paths."""
    work = _current(folder)
    paths = [folder / name for name in CARDS]
    for path, text in zip(paths, cards(work), strict=True):
        path.write_text(text, encoding="utf-8", newline="\n")
    return paths


def _current(folder: Path) -> Work:
    """Read a work folder whose model is of the corpus that lies beside it."""
    work = read_work(folder)
    if work.report is not None:
        refuse_model_before(Steps(folder), Layout(folder))
    return work


def cards(work: Work) -> tuple[str, str]:
    """The texts of both cards, in the order of CARDS."""
    return model_card(work, load_model(work.model).classifier.calibration), data_card(work)


def try_release(folder: Path, name: str, models: Path, floors: Path) -> Release:
    """Run every check of the model in a work folder, against the model of that name in `models`, if there is one.

    Raises ValueError where `name` cannot be a folder, CorpusError or ModelError where a file cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"expected a name of letters, digits, _ and -, got {name!r}")
    work, target = _current(folder), models / name
    old = read_evaluation(target / "evaluation.json")
    asked = read_floors(floors)
    return Release(name, work, target, tuple(checks(work, asked, old, _attack(work))))


def read_floors(path: Path) -> Floors:
    """Floors by the figure they bound; raises ReleaseError where one bounds nothing, or there is none."""
    data = read_json(path)
    if not data:
        raise ReleaseError(f"{path}: expected floors, found none: give --floors")
    for name, floor in data.items():
        if not isinstance(floor, dict) or not any(
            isinstance(floor.get(kind), int | float) for kind in ("at_least", "at_most")
        ):
            raise ReleaseError(f'{path}: expected {{"at_least": x}} or {{"at_most": x}} of {name!r}, got {floor!r}')
    return data


def _attack(work: Work) -> Memorisation | None:
    """Try to read back what the tables were counted on; a demonstration is refused without."""
    if work.demonstration:
        return None
    return memorisation(load_model(work.model).resources, work.part("language"), work.part("test"))


def publish(release: Release) -> None:
    """Write the released model with its evaluation, its gate figures, its cards and the note for its users.

    Raises ReleaseError, with every check that was missed, and leaves what stood there.
    """
    if release.missed:
        raise ReleaseError(
            f"{release.work.model} may not be released as {release.name}: {_said(release.missed)}; nothing was changed"
        )
    work = release.work
    version = str(work.manifest["version"])
    is_first = not (release.target / "manifest.json").is_file()
    note = first_note(release.name, version) if is_first else migration_note(release.name, work, release.target)
    texts = {
        **dict(zip(CARDS, cards(work), strict=True)),
        "RELEASE.md": note,
        "evaluation.json": (work.folder / "evaluation" / "evaluation.json").read_text(encoding="utf-8"),
        "gate.json": (work.folder / "gate.json").read_text(encoding="utf-8"),
        "checks.json": json.dumps([check._asdict() for check in release.checks], indent=1, ensure_ascii=False) + "\n",
    }
    release_model(release.target, work.model, {"name": release.name, "measured_digest": work.digest}, texts)


def _said(missed: Sequence[Check]) -> str:
    return "; ".join(f"{check.name}: {check.figure}, {check.asked} asked, {check.missed}" for check in missed)
