"""Siblings of a crawl: which are found, whether what they agree on is right, and what it costs by the crawl's size.

    python -m benchmarks.siblings CORPORA [--articles 200 --articles 1000 --articles 2000] [--mostly-spun]

CORPORA holds *.jsonl.zst of clean articles. Half of a crawl are families of five: an article; a copy that was cut; one
with words of another article behind it; two that training's spinners spun, 20% of all words each. The other half are
articles by themselves. With --mostly-spun a family is an article, three copies of one spun text with other words behind
them, as sites take from each other, and one that another spinner spun: most agree on what a spinner wrote. All are put
into one order by chance, and `unspin siblings` is run on them with one process. A
pair is an article and one that is named as its sibling, so a family holds twenty. Times are the processor's, memory is
the peak of the process, the mapped model included.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from benchmarks.archive import articles_in
from benchmarks.speed import CHECK_PEAK
from benchmarks.tables import rate
from detector.training.corpus import CorpusArticle
from detector.training.spinners import families
from detector.training.swaps import Spinner, Spun
from detector.training.tables import LEXICONS

SIZES = (200, 1_000, 2_000)
FAMILY = 5
WORDS = range(200, 1_000)  # of an article
SHARE = 0.2  # of all words, swapped
SPINNERS = ("pairs", "phrase-table")
SAME_TEXT = 0.2  # of the shingles of either from which two articles that nobody put together share a text
SHINGLE = 5  # words


class Made(NamedTuple):
    """An article of the crawl; `family` is None for one by itself, `spun` the record of a spinner."""

    id: str
    family: int | None
    text: str
    spun: Spun | None = None


Family = Callable[[int, str, str, Sequence[Spinner], np.random.Generator], Iterator[Made]]


@dataclass
class Score:
    """What came of one crawl, as lists of right and wrong."""

    found: list[bool] = field(default_factory=list)  # pairs that were named: of one family, or of one text
    due: list[bool] = field(default_factory=list)  # pairs of a family: named
    other_versions: int = 0  # of those found, pairs that the corpus itself holds twice
    wordings: list[bool] = field(default_factory=list)  # agreed on against a spun article
    against_clean: list[bool] = field(default_factory=list)  # articles that nobody spun: something is agreed against it
    swaps: list[bool] = field(default_factory=list)  # of spun articles: a right wording is told in its place


@click.command()
@click.argument("corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--articles", "sizes", type=click.IntRange(min=20), multiple=True, default=SIZES, show_default=True)
@click.option("--mostly-spun", is_flag=True, help="Families of which three of five are copies of one spun text.")
@click.option("--seed", default=1, show_default=True)
def siblings(corpora: Path, sizes: Sequence[int], mostly_spun: bool, seed: int) -> None:
    """Make crawls, find the siblings of each, and print."""
    articles = [one for one in articles_in(corpora) if len(one.text.split()) in WORDS]
    random.Random(seed).shuffle(articles)
    for size in sizes:
        crawl = _crawl(articles, size, _mostly_spun if mostly_spun else _mostly_untouched, seed)
        rows, seconds, megabytes = _run(crawl)
        print(f"{len(crawl):,} articles: {seconds:.1f} s, {1000 * seconds / len(crawl):.0f} ms an article, ", end="")
        print(f"{megabytes:,.0f} MB; {len(rows):,} with siblings", flush=True)
        _tell(_judged({one.id: one for one in crawl}, rows))


def _crawl(articles: Sequence[CorpusArticle], size: int, family: Family, seed: int) -> list[Made]:
    n_families = size // (2 * FAMILY)
    n_alone = size - FAMILY * n_families
    if len(articles) < n_families + n_alone:
        raise click.ClickException(f"expected {n_families + n_alone:,} articles of {WORDS}, got {len(articles):,}")
    own, alone = articles[:n_families], articles[n_families : n_families + n_alone]
    rng = np.random.default_rng(seed)
    known = families(LEXICONS, mythes=None, wordnet=None)
    spinners = [known[name] for name in SPINNERS]
    made = [one for k, article in enumerate(own) for one in family(k, article.text, alone[k].text, spinners, rng)]
    made += [Made(f"alone-{k}", None, article.text) for k, article in enumerate(alone)]
    random.Random(seed).shuffle(made)
    return made


def _mostly_untouched(
    number: int, text: str, other: str, spinners: Sequence[Spinner], rng: np.random.Generator
) -> Iterator[Made]:
    """An article, a copy that was cut, one with something added, and two that were spun."""
    cut = text[: text.rfind(". ", 0, len(text) * 4 // 5) + 1] or text
    for name, copy in (("", text), ("-cut", cut), ("-longer", f"{text}\n\n{other[:400]}")):
        yield Made(f"{number}{name}", number, copy)
    for spinner in spinners:
        spun = spinner.spin(text, SHARE, rng)
        yield Made(f"{number}-{spinner.name}", number, spun.text, spun)


def _mostly_spun(
    number: int, text: str, other: str, spinners: Sequence[Spinner], rng: np.random.Generator
) -> Iterator[Made]:
    """An article, three copies of one spun text, each with something added, and one that another spinner spun."""
    yield Made(str(number), number, text)
    first, second = (spinner.spin(text, SHARE, rng) for spinner in spinners)
    for copy in (1, 2, 3):
        yield Made(f"{number}-{copy}", number, f"{first.text}\n\n{other[: 150 * copy]}", first)
    yield Made(f"{number}-{spinners[1].name}", number, second.text, second)


def _run(crawl: Sequence[Made]) -> tuple[dict[str, Any], float, float]:
    """The lines of `unspin siblings` by the article's id, its seconds and its megabytes."""
    with tempfile.TemporaryDirectory(prefix="unspin-siblings-") as folder:
        source, out = Path(folder) / "crawl.jsonl", Path(folder) / "out.jsonl"
        source.write_text("".join(json.dumps({"id": one.id, "text": one.text}) + "\n" for one in crawl))
        command = [sys.executable, "-c", CHECK_PEAK, "siblings", str(source), "-o", str(out), "--workers", "1"]
        before = os.times()
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
        after = os.times()
        rows = [json.loads(line) for line in out.read_text().splitlines()]
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert peak is not None
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return {row["id"]: row for row in rows}, seconds, int(peak[1]) * 1024 / 1e6


def _judged(crawl: dict[str, Made], rows: dict[str, Any]) -> Score:
    score = Score()
    members = _members(crawl.values())
    for one in crawl.values():
        row = rows.get(one.id, {"siblings": [], "consensus": []})
        named = {sibling["id"] for sibling in row["siblings"]}
        family = members.get(one.family, set()) - {one.id}
        score.due += [identifier in named for identifier in family]
        for identifier in named:
            is_version = identifier not in family and _share_text(one.text, crawl[identifier].text)
            score.other_versions += is_version
            score.found.append(identifier in family or is_version)
        if one.spun is None:
            score.against_clean.append(bool(row["consensus"]))
        else:
            _judge_wordings(one.spun, row["consensus"], score)
    return score


def _members(crawl: Iterable[Made]) -> dict[int | None, set[str]]:
    members: dict[int | None, set[str]] = {}
    for one in crawl:
        if one.family is not None:
            members.setdefault(one.family, set()).add(one.id)
    return members


def _share_text(one: str, other: str) -> bool:
    """Whether many words of two articles, SHINGLE in a row, are the same: told by other means than `siblings`."""
    words = [text.lower().split() for text in (one, other)]
    first, second = ({tuple(own[i : i + SHINGLE]) for i in range(len(own) - SHINGLE + 1)} for own in words)
    return len(first & second) >= SAME_TEXT * min(len(first), len(second))


def _judge_wordings(spun: Spun, consensus: Sequence[dict[str, Any]], score: Score) -> None:
    mended: set[int] = set()
    for one in consensus:
        swaps = touched(spun, one["here"])
        gives_back = bool(swaps) and is_right(spun, swaps, one["here"], one["likely"])
        score.wordings.append(gives_back)
        mended |= {start for start, *_ in swaps} if gives_back else set()
    score.swaps += [swap.start in mended for swap in spun.swaps]


def touched(spun: Spun, here: dict[str, Any]) -> list[tuple[int, int, str]]:
    """The swaps that overlap a place: start, end and what stood there."""
    swaps = sorted((swap.start, swap.start + len(swap.spun), swap.original) for swap in (*spun.swaps, *spun.repairs))
    return [swap for swap in swaps if swap[0] < here["end"] and here["start"] < swap[1]]


def is_right(spun: Spun, swaps: Sequence[tuple[int, int, str]], here: dict[str, Any], likely: str) -> bool:
    """Whether `likely` in the place gives what stood there, where its swaps begin to where they end."""
    start, end = min(swaps[0][0], here["start"]), max(swaps[-1][1], here["end"])
    parts, at = [], start
    for begin, stop, original in swaps:
        parts += [spun.text[at:begin], original]
        at = stop
    original = "".join([*parts, spun.text[at:end]])
    told = spun.text[start : here["start"]] + likely + spun.text[here["end"] : end]
    return told.lower().split() == original.lower().split()


def _tell(score: Score) -> None:
    for name, hits in (
        ("pairs named that share a text", score.found),
        ("pairs of a family that are named", score.due),
        ("wordings agreed on that are right", score.wordings),
        ("swaps that a right wording tells of", score.swaps),
        ("untouched articles with a wording against them", score.against_clean),
    ):
        print(f"  {name:48}{rate(hits) if hits else '-':>24}  n = {len(hits):,}")
    print(f"  pairs of other articles that share a text in the corpus itself: {score.other_versions:,}", flush=True)


if __name__ == "__main__":
    siblings()
