"""What a model must pass to be released: one check a promise, each told with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from detector.classifier import Rate
from detector.training.memorisation import RUN, Memorisation
from detector.training.release.work import Evaluation, Work

MOST_BYTES, MOST_FILE_BYTES = 60_000_000, 45_000_000  # of a model, and of one of its files
FALL = 0.01  # how far beyond the old interval a slice may fall: one point
SHOWN_ARTICLES = 5  # ids told where their text was read back

# Kinds of articles, as a test part happens to hold them.
COMING_AND_GOING = ("length", "outlet", "source", "variety", "year")

Floors = Mapping[str, Mapping[str, float]]  # name of a figure -> {"at_least": x} or {"at_most": x}


class Check(NamedTuple):
    """One promise: whether it holds, and by how much or why not.

    Attributes:
        name: of a floor, a slice or a rule.
        figure: what was measured, in words.
        asked: what was asked, in words.
        missed: by how much it is missed, or what to do; empty where it holds.
    """

    name: str
    figure: str
    asked: str
    missed: str = ""


def checks(work: Work, floors: Floors, old: Evaluation | None, memory: Memorisation | None) -> list[Check]:
    """Every check, in the order in which they are told.

    `old` is the evaluation of the model that would be replaced, `memory` the attack on the tables; None where there is
    no such thing.
    """
    return [
        _judges(work),
        *_same_model(work),
        *_floors(work, floors),
        *_slices(work, old),
        *_remembers(memory),
        *sizes(work.model),
    ]


def _judges(work: Work) -> Check:
    mend = "a dozen stories support no rate: train on an archive" if work.demonstration else ""
    return Check(
        "judges", "demonstration" if work.demonstration else "a model that can judge", "no demonstration", mend
    )


def _same_model(work: Work) -> Iterator[Check]:
    """The figures are of this model."""
    for name, of, mend in (
        ("evaluation", work.evaluation, "run `unspin evaluate`"),
        ("gate", work.gate, "run `python -m benchmarks.gate --model WORK/model --out WORK/gate.json`"),
    ):
        asked = f"of the model {work.digest[:12]}"
        if of is None:
            yield Check(name, "none", asked, f"there is none: {mend}")
        else:
            wrong = of.digest != work.digest
            yield Check(name, f"of {of.digest[:12]}", asked, f"it is of another model: {mend} again" if wrong else "")


def _floors(work: Work, floors: Floors) -> Iterator[Check]:
    if work.gate is None or work.gate.digest != work.digest:
        return  # which is a check of its own
    figures = work.gate.figures
    for name, floor in floors.items():
        kind = "at_least" if "at_least" in floor else "at_most"
        figure, asked = figures.get(name), f"{kind.replace('_', ' ')} {floor[kind]:g}"
        if figure is None:
            yield Check(name, "not measured", asked, "it was not measured: run the gate on all its data")
            continue
        short = floor[kind] - figure if kind == "at_least" else figure - floor[kind]
        yield Check(name, f"{figure:.4f}", asked, f"missed by {short:.4f}" if short > 0 else "")


def _slices(work: Work, old: Evaluation | None) -> Iterator[Check]:
    """No slice falls by more than chance and a point; what was found before is still measured."""
    if work.evaluation is None or work.evaluation.digest != work.digest or old is None:
        return
    new = work.evaluation.slices
    for name, before in old.slices.items():
        kind = name.partition("/")[0]
        if kind not in ("found", "flagged"):
            continue
        found = kind == "found"
        limit = before.interval[0] - FALL if found else before.interval[1] + FALL
        asked = f"{'at least' if found else 'at most'} {limit:.2%}, as it was {before.share:.2%} of {before.n:,}"
        now = new.get(name)
        if now is None:
            yield Check(name, "not measured", asked, _mend_of_unmeasured(name) if found else "")
        else:
            short = limit - now.share if found else now.share - limit
            yield Check(name, _share(now), asked, f"falls by {short:.2%} more than that" if short > 0 else "")


def _mend_of_unmeasured(name: str) -> str:
    """What to do where what was found before is not measured: nothing where articles of a kind are no longer there."""
    group = name.split("/")[1]
    if group in COMING_AND_GOING:
        return ""
    what = "give translations of this system" if group == "translated by" else "spin by this family"
    return f"it was measured before: {what} again"


def _share(rate: Rate) -> str:
    return f"{rate.share:.2%} of {rate.n:,}"


def _remembers(memory: Memorisation | None) -> Iterator[Check]:
    """Nothing that stands in one training article alone can be read back from the tables."""
    if memory is None:
        return
    ids = memory.memory
    mend = f"the tables hold text of {', '.join(ids[:SHOWN_ARTICLES])}: leave it out, or strip what it repeats"
    figure = f"{len(ids)} articles of {memory.beam.n:,}"
    yield Check(f"memorisation of {RUN} tokens of one article", figure, "none", mend if ids else "")
    chance = f"no more than chance, {_share(memory.control_alone)}"
    mend = "more of single articles is read back than of unseen ones: keep fewer n-grams"
    figure = _share(memory.alone)
    yield Check("read back, held by one article", figure, chance, mend if memory.above_chance else "")


def sizes(model: Path) -> list[Check]:
    """The model is small enough to be carried by the package."""
    files = {path.name: path.stat().st_size for path in sorted(model.iterdir())}
    total, largest = sum(files.values()), max(files, key=lambda name: files[name])
    return [
        _size("size of all files", total, MOST_BYTES),
        _size(f"size of the largest file, {largest}", files[largest], MOST_FILE_BYTES),
    ]


def _size(name: str, size: int, most: int) -> Check:
    over = f"over by {(size - most) / 1e6:.1f} MB: keep fewer n-grams" if size > most else ""
    return Check(name, f"{size / 1e6:.1f} MB", f"at most {most / 1e6:.0f} MB", over)


def check_table(rows: Sequence[Check]) -> str:
    """The checks as a table for people."""
    heads = ("", "check", "measured", "asked", "")
    cells = [heads, *(("MISSED" if row.missed else "ok", row.name, row.figure, row.asked, row.missed) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    lines = ["  ".join([*(f"{cell:{w}}" for cell, w in zip(row, widths, strict=False)), row[4]]) for row in cells]
    return "\n".join(line.rstrip() for line in lines)
