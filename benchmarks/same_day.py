"""Whether another outlet's report of the same event is taken for a source, and whether copy that two outlets share is.

    python -m benchmarks.same_day --shared ../shared

`same_day_pairs.tsv` holds pairs of AllSides articles of two outlets and of one day or two days in a row: two ids, the
earlier first, a decision, and why. The decisions were made by reading, before anything was measured; no cut was chosen
on them but those of detector/align/names_held.py. What it counts by is the reporters' own running text: speech, tweets,
statements and court documents that both quote, names, titles and fixed formulas are no shared text.

independent  one event or one turn of it, each in its own words: no own sentence of one, or 20 words of it, in the other
copied       one republishes or rewrites the other, or both carry one agency's copy: about a third or more of the
             shorter article's words stand in the other, word for word in runs of six or more
passage      the same of less: some paragraphs are copied, or the whole is retold with clauses kept
unclear      retells what the other brought to light, in its own words; or less in common than that, by one agency
other        not one event: the next day's turn, a background; or two articles of one newsroom. Not asked

The pairs are the 150 most alike of 2018-2019, which is development data, and the 150 of 2012-2018, which is training
data and has those more alike: by the cosine of tf-idf weights of words (scikit-learn's English stop words, logarithm of
counts). Read were up to 420 words of each article of the later years and 170 of the earlier ones, 50 where long runs
decide, the credits of agencies, and what both have in runs of six words or more. An article is in up to six pairs: the
articles, and the events that the pairs hold together, are printed beside their number.

The archive holds the development articles that are in no pair, and one article of the pair that is asked. The later
one is the suspect; of one day each is, in turn, and a pair is named or called paraphrased where either is.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits  # scikit-learn brings it

from benchmarks.archive import build
from benchmarks.floors import SOURCE_FLOORS, missed
from benchmarks.shared import clean_dev
from benchmarks.tables import rate
from detector.archive import Reference, open_writer
from detector.comparison import Source
from detector.errors import CorpusError
from detector.ingest.clutter import find_clutter
from detector.model_store import default_model_path, load_model
from detector.resources import Resources
from detector.segment import segment
from detector.tracing.paraphrase import is_paraphrase
from detector.tracing.sources import SourceFinder
from detector.training.corpus import CorpusArticle, read_corpus

PAIRS = Path(__file__).with_name("same_day_pairs.tsv")
EARLIER = Path("corpora", "clean", "train", "allsides_2012_2018.jsonl.zst")
APART = ("independent", "unclear")
ASKED = (*APART, "passage", "copied")


class Pair(NamedTuple):
    """Two ids, the earlier article's first."""

    one: str
    other: str
    decision: str
    reason: str


class Answer(NamedTuple):
    """What was said of a pair, either way round: any source, the other of the pair, and the verdict."""

    named: bool
    right: bool
    paraphrased: bool


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def same_day(shared: Path) -> None:
    """Ask of every pair, and compare with the floor."""
    threadpool_limits(limits=1)  # as `unspin` runs
    pairs = read_pairs(PAIRS)
    paired = {id_ for pair in pairs for id_ in (pair.one, pair.other)}
    rest = [one for part in clean_dev(shared).values() for one in part]
    articles = {one.id: one for one in (*rest, *read_corpus(shared / EARLIER)) if one.id in paired}
    if unknown := paired - articles.keys():
        raise CorpusError(f"{PAIRS.name}: {len(unknown)} ids are in neither part of {shared}, such as {min(unknown)}")
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "wire"
        build(archive, [one for one in rest if one.id not in paired])
        resources = load_model(default_model_path()).resources
        for decision in ASKED:
            own = [pair for pair in pairs if pair.decision == decision]
            answers = [_ask(archive, resources, articles[pair.one], articles[pair.other]) for pair in own]
            figures |= dict(_told(decision, own, answers))
    sys.exit(1 if missed(figures, SOURCE_FLOORS, "same_day") else 0)


def read_pairs(path: Path) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Pair(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _ask(archive: Path, resources: Resources, one: CorpusArticle, other: CorpusArticle) -> Answer:
    ways = [(other, one)] + ([(one, other)] if one.date == other.date else [])
    found = [(suspect, _sources(archive, resources, suspect, reference)) for suspect, reference in ways]
    return Answer(
        any(sources for _, sources in found),
        any(source.id in (one.id, other.id) for _, sources in found for source in sources),
        any(is_paraphrase(sources, suspect.outlet) for suspect, sources in found),
    )


def _sources(
    archive: Path, resources: Resources, suspect: CorpusArticle, reference: CorpusArticle
) -> tuple[Source, ...]:
    """The suspect's sources in the archive, with this reference there for as long."""
    with open_writer(archive) as writer:
        writer.add([Reference(reference.id, reference.text, reference.title, reference.outlet, reference.date)])
    document = segment(suspect.text, resources.vocabulary, find_clutter(suspect.text).spans)
    found = SourceFinder.open(archive, resources).find(document, suspect.date)
    with open_writer(archive) as writer:
        writer.remove([reference.id])
    return found


def _told(decision: str, pairs: Sequence[Pair], answers: Sequence[Answer]) -> Iterator[tuple[str, float]]:
    print(f"{decision}: {len(pairs)} pairs of {_articles(pairs)} articles, {_events(pairs)} events")
    for what, said in zip(Answer._fields, zip(*answers, strict=True), strict=True):
        print(f"  {what:12}{rate(said)}, {sum(said)} of {len(pairs)}", flush=True)
        yield f"{decision}_{what}", float(np.mean(said))
    for pair, answer in zip(pairs, answers, strict=True):
        if answer.right if decision in APART else decision == "copied" and not answer.right:
            print(f"    {'named' if answer.right else 'not named'}: {pair.one}, {pair.other} ({pair.reason})")


def _articles(pairs: Iterable[Pair]) -> int:
    return len({id_ for pair in pairs for id_ in (pair.one, pair.other)})


def _events(pairs: Sequence[Pair]) -> int:
    """How many groups of articles the pairs hold together."""
    place = {id_: i for i, id_ in enumerate({id_ for p in pairs for id_ in (p.one, p.other)})}
    ends = [place[pair.one] for pair in pairs], [place[pair.other] for pair in pairs]
    joined = coo_array((np.ones(len(pairs)), ends), shape=(len(place), len(place)))
    return int(connected_components(joined, directed=False, return_labels=False))


if __name__ == "__main__":
    same_day()
