"""Articles of one crawl that share a text, and where several agree on a wording that one of them lacks.

What they agree on is consensus, not source: all may have been changed alike, and the one that differs may be the
original. So only those are heard that read better than it. The crawl itself is the archive that is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detector.align import Linker, compare
from detector.align.house_style import printed
from detector.archive import Archive, Reference, Stored, find
from detector.comparison import Comparison, Wording
from detector.ingest.clutter import find_clutter
from detector.language_model import Vocabulary
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document

MOST_SIBLINGS = 6  # of one article: each is laid beside it
PROPOSED = 8  # candidates that are looked at
LEAST_SIMILARITY = 0.2  # of the look-up, as in sources.py
LEAST_SHARED = (
    0.4  # of the words of either, outside of quotations, that the other has: two reports of one event have less
)
LEAST_AGREEING = 2  # siblings with one wording, and more of them than have the article's own
# Of the places where an untouched text and a spun one differ the first has the likelier wording in 78% and more, for 99
# of 100 pairs, and the second in 22% and less; for two that were spun it is anything (docs/experiments.md).
LEAST_BETTER = 0.75
MOST_CHARACTERS = 60_000  # of a text that is laid beside another
BETWEEN = "\t"  # in the id of a text in the crawl: its number, then its own id, as ids may repeat


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another article of the crawl that shares the text; `shared` is how much of the article's words it has."""

    id: str
    outlet: str | None
    url: str | None
    published: str | None
    shared: float


@dataclass(frozen=True, slots=True)
class Consensus:
    """A place where siblings agree on a wording that the article lacks.

    Attributes:
        here: what the article says.
        likely: what `agreeing` of the siblings say in its place.
        siding: siblings that say what the article says.
    """

    here: Wording
    likely: str
    agreeing: int
    siding: int


@dataclass(frozen=True, slots=True)
class Siblings:
    """What the crawl has beside one article; both are empty where it stands alone."""

    siblings: tuple[Sibling, ...]
    consensus: tuple[Consensus, ...]


def in_crawl(references: Iterable[Reference]) -> Iterator[Reference]:
    """The articles of a crawl as its archive keeps them: no two are versions of one, whatever their ids."""
    for number, one in enumerate(references):
        yield replace(one, id=f"{number}{BETWEEN}{one.id}", version_of=None)


class SiblingFinder:
    """Find the siblings of articles of a crawl whose archive holds what `in_crawl` gives."""

    def __init__(self, archive: Archive, resources: Resources, linker: Linker) -> None:
        self._archive = archive
        self._resources = resources
        self._linker = linker

    @property
    def vocabulary(self) -> Vocabulary:
        """By which articles are cut into words."""
        return self._resources.vocabulary

    def find(self, identifier: str, suspect: Document, published: str | None = None) -> Siblings:
        """The siblings of one article of the crawl, those that share most first, and what they agree on against it."""
        if not 0 < len(suspect.text) <= MOST_CHARACTERS:
            return Siblings((), ())
        beside: list[tuple[Sibling, Comparison]] = []
        for stored in self._others(identifier, suspect, published):
            about = stored.reference
            clutter = find_clutter(about.text, about.title).spans
            document = segment(about.text, self._resources.vocabulary, clutter)
            comparison = compare(suspect, document, self._resources, self._linker)
            derivation = comparison.derivation
            if max(derivation.coverage, 1 - derivation.dropped) >= LEAST_SHARED:
                own_id = about.id.partition(BETWEEN)[2]
                sibling = Sibling(own_id, about.outlet, about.url, about.published, derivation.coverage)
                beside.append((sibling, comparison))
        beside.sort(key=lambda one: -one[0].shared)
        return Siblings(
            tuple(sibling for sibling, _ in beside), tuple(_agreed([comparison for _, comparison in beside]))
        )

    def _others(self, identifier: str, suspect: Document, published: str | None) -> list[Stored]:
        """At most MOST_SIBLINGS texts that may share the suspect's; itself left out once."""
        found = find(self._archive, suspect, published=published, limit=PROPOSED)
        likely = [one for one in found.candidates if one.similarity >= LEAST_SIMILARITY]
        ids = [name for one in likely for name in (one.stored.reference.id, *one.copies)]
        own = next((name for name in ids if self._is_itself(name, identifier, suspect.text)), None)
        others = [name for name in ids if name != own][:MOST_SIBLINGS]
        stored = [self._archive.versions(name)[-1] for name in others]
        return [one for one in stored if len(one.reference.text) <= MOST_CHARACTERS]

    def _is_itself(self, name: str, identifier: str, text: str) -> bool:
        same_id = name.partition(BETWEEN)[2] == identifier
        return same_id and self._archive.versions(name)[-1].reference.text == text


def _agreed(comparisons: Sequence[Comparison]) -> Iterator[Consensus]:
    """What siblings have in place of the suspect's words, in its reading order, where enough of them have the same.

    Only siblings that read better have a vote: copies of one spun text agree, too, on what the spinner wrote.
    """
    votes: defaultdict[Wording, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for comparison in filter(_reads_better, comparisons):
        for swap in comparison.swaps:
            if swap.operation == "substituted":
                votes[swap.suspect][printed(tuple(swap.reference.text.lower().split()))].append(swap.reference.text)
    for here in sorted(votes):
        wordings = max(votes[here].values(), key=len)
        siding = sum(_is_kept(here, comparison) for comparison in comparisons)
        if len(wordings) >= LEAST_AGREEING and len(wordings) > siding:
            yield Consensus(here, max(wordings, key=wordings.count), len(wordings), siding)


def _reads_better(comparison: Comparison) -> bool:
    """Whether the sibling has the likelier wording in nearly all places where the two differ and that can be told."""
    told = [one.odds > 0 for one in comparison.swaps if one.operation == "substituted" and one.odds is not None]
    return sum(told) >= LEAST_BETTER * len(told)


def _is_kept(here: Wording, comparison: Comparison) -> bool:
    """Whether the sibling says the same in that place."""
    return any(
        phrase.operation in ("same", "moved") and phrase.suspect.start <= here.start and here.end <= phrase.suspect.end
        for phrase in comparison.alignment.phrases
    )
