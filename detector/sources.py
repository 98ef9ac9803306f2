"""From a suspect to the references that it was made from: look-up proposes, alignment decides.

A candidate is named only where sentence after sentence derives from it; two reports of one event share their names and
figures, and hardly a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detector.align import Linker, compare, load_linker
from detector.archive import Archive, Candidate, find, load_archive
from detector.findings import Comparison, Source
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document

CANDIDATES = 8  # laid beside the suspect; guess
LEAST_ALIKE = 0.1  # similarity below which a candidate is not laid beside it: those are on other matters; guess
MOST_CHARACTERS = 100_000  # of a reference that is aligned: bounds the time; a wire story has some thousands
LEAST_COVERAGE = 0.3  # by one source
# Coverage by all sources together, from which they are named. Of 200 articles without their source in an archive of
# 2,500 (seed 1 of benchmarks/sources.py) 6 have a candidate of 0.3 and more: 0.33, 0.44, 0.45, 0.51, 0.53 and 0.81.
NAMED_FROM = 0.55
LEAST_SENTENCES = 3  # of the suspect that derive, or all of a shorter text: one may be a stock sentence; guess
LEAST_NEW = 0.15  # of the suspect's sentences, that a further source alone explains; guess


class SourceFinder:
    """Find the sources of suspects in one archive."""

    def __init__(self, archive: Archive, resources: Resources, linker: Linker) -> None:
        self.archive = archive
        self._resources = resources
        self._linker = linker

    @classmethod
    def open(cls, folder: Path, resources: Resources) -> SourceFinder:
        """Open the archive in a folder, until the process ends; raises ArchiveError or ModelError."""
        return cls(load_archive(folder), resources, load_linker())

    @property
    def name(self) -> str:
        """The archive's folder, without the path to it."""
        return self.archive.folder.resolve().name

    def find(self, suspect: Document, published: str | None = None) -> tuple[Source, ...]:
        """The sources, the one that explains most first; each further one explains sentences that none before it does.

        `published` is the suspect's ISO date. Versions of one story are one source.
        """
        found = find(self.archive, suspect, published=published, limit=CANDIDATES)
        laid = [self._laid(suspect, one) for one in found.candidates if _is_promising(one)]
        named = _explaining([one for one in laid if derives(one.comparison)])
        return named if sum(one.comparison.derivation.coverage for one in named) >= NAMED_FROM else ()

    def _laid(self, suspect: Document, candidate: Candidate) -> Source:
        about = candidate.stored.reference
        comparison = compare(suspect, segment(about.text, self._resources.vocabulary), self._resources, self._linker)
        return Source(
            about.id,
            about.text,
            about.title,
            about.outlet,
            about.published,
            about.url,
            min(max(candidate.similarity, 0.0), 1.0),
            comparison,
        )


def derives(comparison: Comparison) -> bool:
    """Whether enough of the suspect derives from the reference for it to be one of its sources."""
    enough = min(LEAST_SENTENCES, len(_sentences(comparison, derived_only=False)))
    derived = len(_sentences(comparison, derived_only=True))
    return comparison.derivation.coverage >= LEAST_COVERAGE and derived >= max(enough, 1)


def _is_promising(candidate: Candidate) -> bool:
    return candidate.similarity >= LEAST_ALIKE and len(candidate.stored.reference.text) <= MOST_CHARACTERS


def _explaining(laid: Sequence[Source]) -> tuple[Source, ...]:
    """Take the source that explains most, then, as long as it is enough, whichever explains most of the rest."""
    named: list[Source] = []
    explained: set[int] = set()
    left = sorted(laid, key=lambda one: (-round(one.comparison.derivation.coverage, 6), -one.similarity))
    while left:
        news = [len(_sentences(one.comparison, derived_only=True) - explained) for one in left]
        best = 0 if not named else news.index(max(news))
        if named and news[best] < LEAST_NEW * len(_sentences(left[best].comparison, derived_only=False)):
            break
        chosen = left.pop(best)
        explained |= _sentences(chosen.comparison, derived_only=True)
        named.append(chosen)
    return tuple(named)


def _sentences(comparison: Comparison, *, derived_only: bool) -> set[int]:
    """Numbers of the suspect's sentences: all, or those that derive from the reference."""
    pairs = comparison.alignment.pairs
    return {number for pair in pairs if pair.derived or not derived_only for number in pair.suspect}
