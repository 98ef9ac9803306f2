"""How well texts are laid beside each other: words, swaps, planted fact changes, and the time it takes.

    python -m benchmarks.alignment --shared ../shared

Words are scored by shared/alignment/score_alignment.py, which says what its figures mean: all links, sure and possible
ones, of all words and of words that differ. A swap counts as found where an entry of the ledger overlaps it on both
sides. The aligner is fitted on the training parts of the alignments; on those themselves it is cross-validated, which
takes minutes (--cross-validate). Beside it stand difflib and, where it is installed, eflomal (benchmarks/eflomal.py),
which learns from the same parts, on one of these from the others. Times are the processor's, a pair of sentences, and
eflomal's hold what it learns from, which it goes through each time.
"""

from __future__ import annotations

import difflib
import gc
import resource
import runpy
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks import eflomal
from benchmarks import shared as data
from benchmarks.floors import SOURCE_FLOORS, missed
from benchmarks.planted_facts import CHANGES, plant, planted
from benchmarks.tables import rate as share
from detector.align import Linker, compare, load_linker
from detector.align.house_style import plain
from detector.align.meaning import Meanings
from detector.align.tokens import stem
from detector.comparison import Comparison, FactChange, FactType, Swap
from detector.pipeline import Detector
from detector.resources import Resources
from detector.segment import segment
from detector.training.aligner import SETS, Cells, GoldPair, fit, read_gold
from detector.training.swaps import Spun
from detector.training.swaps import Swap as Recorded

GOLD = ("mtref_dev.tsv", "wiki_dev.tsv")
N_PLANTED = 500
WORDS = 500  # of the article that is timed
RUNS = 31
DRAWS = 2000  # of the pairs, for an interval

Links = set[tuple[int, int]]


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--articles", default=400, help="At most so many of each spun set.", show_default=True)
@click.option("--cross-validate", is_flag=True, help="Fit again, to score the training parts of the alignments.")
@click.option("--seed", default=1, show_default=True)
def alignment(shared: Path, articles: int, cross_validate: bool, seed: int) -> None:
    """Print the tables, and compare with the floors."""
    threadpool_limits(limits=1)  # as `unspin` runs
    resources, linker = Detector.load().resources, load_linker()
    figures = dict(_words(shared / "alignment", resources, linker, cross_validate))
    figures |= dict(_ledger(shared, articles, resources, linker))
    figures |= dict(_facts(shared, seed, resources, linker))
    _speed(shared, resources, linker)
    sys.exit(1 if missed(figures, SOURCE_FLOORS, "alignment") else 0)


def _words(folder: Path, resources: Resources, linker: Linker, cross_validate: bool) -> Iterator[tuple[str, float]]:
    score = runpy.run_path(str(folder / "score_alignment.py"))
    print(f"{'':46}{'P':>7}{'R':>7}{'F1':>7}{'95% interval':>16}{'F1 of words that differ':>26}{'ms a pair':>11}")
    if not eflomal.is_there():
        print("(eflomal is not installed, and left out: `pip install eflomal`, which needs a C compiler, adds it)")
    sets: list[tuple[str, Path, list[Links] | None]] = [(name, folder / name, None) for name in GOLD]
    if cross_validate:
        sets.extend(_cross_validated(folder, resources, linker.meanings))
    for name, path, unseen in sets:
        gold = score["load"](str(path))
        for method, link in _methods(path, unseen, resources, linker):
            started = _spent()
            links = link()
            spent = f"{1000 * (_spent() - started) / len(gold):11.2f}" if unseen is None else ""
            figures = score["score"](gold, links, False)
            row = "".join(f"{figures[key]:7.1f}" for key in ("P", "R", "F1"))
            low, high = f1_interval(
                [score["score"]([pair], [guess], False) for pair, guess in zip(gold, links, strict=True)]
            )
            row += f"{low:9.1f} to {high:.1f}"
            print(f"{name.split('.')[0]:16}{method:30}{row}{figures['nonid_F1']:26.1f}{spent}", flush=True)
        yield f"{name.split('.')[0]}_F1", figures["F1"]  # of the last method, this aligner
        yield f"{name.split('.')[0]}_differing_F1", figures["nonid_F1"]


def f1_interval(pairs: Sequence[dict[str, float]]) -> tuple[float, float]:
    """Where F1 lies in 95 of 100 cases if as many pairs are drawn from these anew (bootstrap, Efron 1979)."""
    precision, recall = (np.array([pair[name] for pair in pairs]) for name in ("P", "R"))
    drawn = np.random.default_rng(1).integers(len(pairs), size=(DRAWS, len(pairs)))
    p, r = precision[drawn].mean(axis=1), recall[drawn].mean(axis=1)
    low, high = np.percentile(2 * p * r / (p + r), (2.5, 97.5))
    return float(low), float(high)


def _methods(
    path: Path, unseen: list[Links] | None, resources: Resources, linker: Linker
) -> Iterator[tuple[str, Callable[[], list[Links]]]]:
    """Each method's name, and what gives its links of one set; ours is the last."""
    pairs = read_gold(path)
    yield "difflib with replace blocks", lambda: [_difflib(pair.one, pair.two) for pair in pairs]
    yield "exact, stem and gaps", lambda: [_stems(pair.one, pair.two) for pair in pairs]
    if eflomal.is_there():
        learnt = [pair for name in SETS if name != path.name for pair in read_gold(path.with_name(name))]
        yield "eflomal", lambda: eflomal.aligned(pairs, learnt)
    if unseen is None:
        yield "this aligner", lambda: _linked(pairs, resources, linker)
    else:
        yield "this aligner, cross-validated", lambda: unseen


def _spent() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _linked(pairs: Sequence[GoldPair], resources: Resources, linker: Linker) -> list[Links]:
    cells = Cells.of(pairs, resources)
    return cells.links(linker.probabilities(cells.grid, cells.types, resources) >= linker.threshold)


def _cross_validated(folder: Path, resources: Resources, meanings: Meanings) -> list[tuple[str, Path, list[Links]]]:
    """Links of the training parts by linkers that did not see them."""
    parts = [read_gold(folder / name) for name in SETS]
    cells = Cells.of([pair for part in parts for pair in part], resources)
    fitted = fit(cells, resources, meanings)
    links = cells.links(fitted.unseen >= fitted.linker.threshold)
    ends = np.cumsum([len(part) for part in parts]).tolist()
    return [
        (name, folder / name, links[end - len(part) : end]) for name, part, end in zip(SETS, parts, ends, strict=True)
    ]


def _difflib(one: Sequence[str], two: Sequence[str]) -> Links:
    """Equal blocks, and all words of a replaced block with all of its replacement."""
    links: Links = set()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag == "equal":
            links |= set(zip(range(a, b), range(c, d), strict=True))
        elif tag == "replace":
            links |= _diagonal(a, b, c, d)
    return links


def _diagonal(a: int, b: int, c: int, d: int) -> Links:
    """The words of two blocks in order, the last of the shorter with what the longer has left."""
    return {(min(a + k, b - 1), min(c + k, d - 1)) for k in range(max(b - a, d - c))}


def _stems(one: Sequence[str], two: Sequence[str]) -> Links:
    """The same over stems and plain spellings, and gaps filled only where they are as long on both sides."""
    a_stems, b_stems = ([stem(plain(word)) for word in side] for side in (one, two))
    links: Links = set()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, a_stems, b_stems, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            links |= set(zip(range(a, b), range(c, d), strict=True))
    return links


def _ledger(shared: Path, articles: int, resources: Resources, linker: Linker) -> Iterator[tuple[str, float]]:
    print("\nSwaps of the ledger that were made, and swaps made that it has")
    for family in data.FAMILIES:
        for percent in data.RATES:
            rows = data.spun_dev(shared, family, percent)[:articles]
            spun = [Spun(row["text"], tuple(Recorded(*swap) for swap in row["swaps"])) for row in rows]
            yield from _held_against(f"{family}_{percent}", spun, resources, linker)
    by_voice: dict[str, list[Spun]] = {}
    for row in data.rewrites(shared):
        if "swaps" in row:
            by_voice.setdefault(row["group"], []).append(_placed(row))
    for voice, spun in sorted(by_voice.items()):
        yield from _held_against(f"rewrites_{voice}", spun, resources, linker)


def _held_against(name: str, spun: Sequence[Spun], resources: Resources, linker: Linker) -> Iterator[tuple[str, float]]:
    right: list[bool] = []
    found: list[bool] = []
    for one in spun:
        ledger = _compare(one.text, one.original(), resources, linker).swaps
        made = _both_sides(one)
        right += [any(_overlaps(swap, place) for place in made) for swap in ledger]
        found += [any(_overlaps(swap, place) for swap in ledger) for place in made]
    print(f"  {name:24} precision {share(right)}   recall {share(found)}   n {len(found):,}", flush=True)
    yield f"{name}_precision", float(np.mean(right))
    yield f"{name}_recall", float(np.mean(found))


def _compare(suspect: str, reference: str, resources: Resources, linker: Linker) -> Comparison:
    ours, theirs = (segment(text, resources.vocabulary) for text in (suspect, reference))
    return compare(ours, theirs, resources, linker)


Both = tuple[int, int, int, int]  # a stretch of the spun text, and of its original


def _both_sides(spun: Spun) -> list[Both]:
    places = []
    moved = 0
    for original, text, start in sorted(spun.swaps, key=lambda swap: swap.start):
        places.append((start, start + len(text), start + moved, start + moved + len(original)))
        moved += len(original) - len(text)
    return places


def _overlaps(swap: Swap, place: Both) -> bool:
    ours = swap.suspect.start < place[1] and place[0] < swap.suspect.end
    return ours and swap.reference.start < place[3] and place[2] < swap.reference.end


def _placed(row: dict[str, Any]) -> Spun:
    """The swaps of a rewritten article with their places: between two of them both texts are the same."""
    original, text = row["original"], row["text"]
    here = there = 0
    swaps = []
    for before, after in row["swaps"]:
        at = text.index(after, here)
        while not original.startswith(before, there + at - here):
            at = text.index(after, at + 1)
        swaps.append(Recorded(before, after, at))
        here, there = at + len(after), there + at - here + len(before)
    return Spun(text, tuple(swaps))


def _facts(shared: Path, seed: int, resources: Resources, linker: Linker) -> Iterator[tuple[str, float]]:
    rng = np.random.default_rng(seed)
    texts = [article.text for part in data.clean_dev(shared).values() for article in part]
    rng.shuffle(texts)
    planted_types: list[str] = []
    found: list[bool] = []
    wrong: list[bool] = []
    for text in texts:
        if len(found) >= N_PLANTED:
            break
        plants = plant(segment(text, resources.vocabulary), list(CHANGES), rng)[: N_PLANTED - len(found)]
        changed, places = planted(text, plants)
        facts = _compare(changed, text, resources, linker).facts
        for one, place in zip(plants, places, strict=True):
            planted_types.append(one.type)
            found.append(any(_says(fact.type, one.type) and _touches(fact, place) for fact in facts))
        wrong += [not any(_touches(fact, place) for place in places) for fact in facts]
    print(
        f"\nPlanted fact changes found {share(found)} of {len(found)}; of {len(wrong)} reported, false {share(wrong)}"
    )
    for type_ in CHANGES:
        own = [hit for hit, kind in zip(found, planted_types, strict=True) if kind == type_]
        print(f"  {type_:12}{share(own)} of {len(own)}")
    yield "planted_found", float(np.mean(found))
    yield "planted_false", float(np.mean(wrong))


def _says(told: FactType, planted: FactType) -> bool:
    """Whether the type is right; a changed name may be told as a changed speaker, and the other way round."""
    return told == planted or {told, planted} == {"name", "attribution"}


def _touches(fact: FactChange, place: tuple[int, int]) -> bool:
    return fact.suspect is not None and fact.suspect.start < place[1] and place[0] < fact.suspect.end


def _speed(shared: Path, resources: Resources, linker: Linker) -> None:
    rows = [row for row in data.spun_dev(shared, "phrase_table", 15) if len(row["text"].split()) >= WORDS]
    spun = Spun(rows[0]["text"], tuple(Recorded(*swap) for swap in rows[0]["swaps"]))
    documents = [segment(_first_words(text), resources.vocabulary) for text in (spun.text, spun.original())]
    clocks: Iterable[tuple[str, Callable[[], float]]] = (("wall", time.perf_counter), ("CPU", time.process_time))
    print(f"\n{WORDS} words against one source, {RUNS} runs")
    compare(documents[0], documents[1], resources, linker)
    gc.freeze()  # what the other benchmarks loaded is no part of the work
    for name, clock in clocks:
        spent = []
        for _ in range(RUNS):
            started = clock()
            compare(documents[0], documents[1], resources, linker)
            spent.append(1000 * (clock() - started))
        print(f"  {name:5} median {np.median(spent):6.1f} ms, least {min(spent):6.1f}", flush=True)


def _first_words(text: str) -> str:
    return " ".join(text.split(" ")[:WORDS])


if __name__ == "__main__":
    alignment()
