"""From a suspect to its sources: candidates of the archive are laid beside it, and named where both share their text.

Look-up alone cannot tell a source from another report of the same event: both share names and figures with the suspect.
Laid side by side, sentence by sentence, they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector.align import Linker, Matched, Text, explain, load_linker, match
from detector.comparison import Alignment, Source
from detector.dates import direction
from detector.ingest.clutter import find_clutter
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.tracing.naming import are_enough, explained_sentences, is_surely_from, least_words, sentence_words

if TYPE_CHECKING:  # the archive needs an extra, and what else stands here does not
    from detector.archive import Archive, Candidate, Found

MOST_SOURCES = 4  # of one article
PROPOSED = 8  # candidates that are looked at in search of each source ...
COMPARED = 4  # ... and laid beside the suspect
LEAST_SIMILARITY = 0.2  # of a candidate that is laid beside; sources have more with four words of five put out
# Reports of one kind (monthly figures, a market's day) share sentences, but not names and numbers. These stay when
# words are swapped or a text is rewritten: each of 80 whole rewrites keeps 0.87 of them, of 200 texts with up to four
# words of five put out 0.90. Chosen on these and 600 strangers.
LEAST_HELD = 0.45  # of the suspect's words, in sentences whose names stand in a candidate: else none is laid beside ...
ALIKE = 0.5  # ... but one as similar as no stranger's is
LEAST_OWN = 0.1  # of them, in sentences whose names stand in one that is
LEAST_NAMES = 0.8  # of the names and numbers, by rarity, in what the sources explain, that stand in them
LEAST_NAMES_OF_PART = 0.85  # ... in the part of each source beside another: merges of paraphrases keep 0.9 of them
FEW_NAMES = 5  # fewer tell nothing
COPY = 0.65  # of the suspect's words: so many of no stranger (0.54 at most), but of a fixed form ...
LEAST_NAMES_OF_COPY = 0.5  # ... where changed names and numbers are changed facts rather
ENOUGH = 0.8  # of what is asked for: where a candidate explains so much, no other is tried
MOST_CHARACTERS = 60_000  # of a text that is laid beside another: the time grows with the square


@dataclass(slots=True, eq=False)
class _Laid:
    """A candidate beside the suspect: its sentences are matched, its words are read where it may still be the best."""

    candidate: Candidate
    text: Text
    matched: Matched
    read: Alignment | None = None

    @property
    def id(self) -> str:
        return self.candidate.stored.reference.id

    def alignment(self, resources: Resources, linker: Linker) -> Alignment:
        """What takes most of the time, once."""
        self.read = self.read or self.matched.read(resources, linker)
        return self.read


class SourceFinder:
    """Find the sources of articles in one archive."""

    def __init__(self, archive: Archive, resources: Resources, linker: Linker) -> None:
        self.archive = archive
        self._resources = resources
        self.linker = linker

    @classmethod
    def open(cls, folder: Path, resources: Resources) -> SourceFinder:
        """Open the archive in a folder, until the process ends; raises ArchiveError or ModelError.

        ImportError where the extra "archive" is not installed.
        """
        from detector.archive import load_archive

        return cls(load_archive(folder), resources, load_linker())

    @property
    def name(self) -> str:
        """The archive's folder, without the path to it."""
        return self.archive.folder.resolve().name

    def find(self, suspect: Document, published: str | None = None) -> tuple[Source, ...]:
        """The articles that the suspect was made from, in the order of how much they explain; none where they do not
        explain most of it.

        `published` is the suspect's ISO date: references of the same week are looked for first. After each source the
        rest of the suspect is looked up, so that all stories of a merged article are found.
        """
        if len(suspect.text) > MOST_CHARACTERS:
            return ()
        text = Text.of(suspect)
        search = _Search(self.archive, self._resources, self.linker, text, published)
        named = [self._source(text, laid, published) for laid in search.named()]
        each_sure = len(named) > 1 and search.first_is_sure()  # of the others it is asked before they are named
        for n in range(len(named), 0, -1):  # a further source is no reason against the first
            if are_enough(named[:n], search.parts[:n], search.words, each_sure) and search.names_stand(named[:n]):
                return tuple(named[:n])
        return ()

    def _source(self, suspect: Text, laid: _Laid, published: str | None) -> Source:
        reference, alignment = laid.candidate.stored.reference, laid.alignment(self._resources, self.linker)
        return Source(
            id=reference.id,
            text=reference.text,
            title=reference.title,
            outlet=reference.outlet,
            published=reference.published,
            url=reference.url,
            similarity=min(max(laid.candidate.similarity, 0.0), 1.0),
            comparison=explain(alignment, suspect, laid.text, self._resources),
            direction=direction(published, reference.published, reference.updated),
        )


class _Search:
    """The search for one suspect's sources: what one of them explains is not looked up again.

    Attributes:
        words: how many each sentence of the suspect has, shape (n_sentences,).
        left: which of them no source explains, shape (n_sentences,).
        parts: masks of the sentences that each source was named for, of shape (n_sentences,).
    """

    def __init__(
        self, archive: Archive, resources: Resources, linker: Linker, suspect: Text, published: str | None
    ) -> None:
        self.words = sentence_words(suspect.document)
        self.left = np.ones(len(self.words), bool)
        self._archive, self._resources, self._linker = archive, resources, linker
        self._suspect, self._published = suspect, published
        self._laid: dict[int, _Laid] = {}  # by number: rounds propose the same candidates again
        self._named: list[_Laid] = []
        self.parts: list[NDArray[np.bool_]] = []

    def named(self) -> list[_Laid]:
        """Those that explain most of what is left, one after the other."""
        while len(self._named) < MOST_SOURCES and self._n_left() >= self._least() > 0:
            best = self._best()
            if best is None:
                break
            self.parts.append(self._part(best))
            self._named.append(best)
            self.left &= ~self.parts[-1]
        return self._named

    def first_is_sure(self) -> bool:
        """Whether the first one's part, too, is surely taken from it."""
        return self._is_sure(self._named[0], self.parts[0])

    def names_stand(self, named: Sequence[Source]) -> bool:
        """Whether the names and numbers of what these explain, the first of those found, stand in them."""
        verbatim = sum(source.comparison.derivation.verbatim for source in named)
        explained = np.any(self.parts[: len(named)], axis=0)
        least = LEAST_NAMES_OF_COPY if verbatim >= COPY else LEAST_NAMES
        return self.names_kept(explained, [source.text for source in named]) >= least

    def names_kept(self, sentences: NDArray[np.bool_], sources: Sequence[str]) -> float:
        """Of the names and numbers in these of the suspect's sentences, the share that stands in the sources' texts;
        1 for few."""
        from detector.archive.query import name_weights
        from detector.archive.words import words_of

        suspect = self._suspect.document
        text = suspect.text if sentences.all() else _text_of(suspect, sentences)
        weights = name_weights(text, self._archive.index)
        whole = sum(weights.values())
        if len(weights) < FEW_NAMES or not whole:  # what all texts have, as where there is but one, weighs nothing
            return 1.0
        there = {word for source in sources for word in words_of(source)}
        return sum(weights[word] for word in weights.keys() & there) / whole

    def _least(self) -> float:
        """Words that a source must explain."""
        return least_words(float(self.words.sum()), bool(self._named))

    def _fits(self, one: _Laid) -> bool:
        """Whether it may be named next: beside another only what is surely a source."""
        return not self._named or self._is_sure(one, self._part(one))

    def _is_sure(self, one: _Laid, part: NDArray[np.bool_]) -> bool:
        """Whether these sentences are covered by it as a text of their length must be, and keep their names."""
        alignment = one.alignment(self._resources, self._linker)
        if not is_surely_from(alignment, self._suspect.document, part, self.words):
            return False
        return self.names_kept(part, [one.text.document.text]) >= LEAST_NAMES_OF_PART

    def _best(self) -> _Laid | None:
        """What explains most of what is left, where that is enough.

        What lies beside the suspect already, and what look-up finds alone, is taken unseen of all others where it
        explains almost all.
        """
        from detector.archive import LookUp

        least, enough = self._least(), ENOUGH * self._n_left()
        for one in self._laid.values():
            if one.id not in self._ids() and self._explained(one, enough) >= max(least, enough) and self._fits(one):
                return one
        suspect = self._suspect.document
        text = suspect if self.left.all() else _text_of(suspect, self.left)
        look_up = LookUp(self._archive, text, published=self._published)
        for one in self._likely(look_up.alone()):
            if self._explained(one, enough) >= max(least, enough) and self._fits(one):
                return one
        best, most = None, least
        for one in self._likely(look_up.found(PROPOSED)):
            explained = self._explained(one, min(most, enough))
            if explained >= most and self._fits(one):
                best, most = one, explained
            if most >= enough:
                break
        return best

    def _likely(self, found: Found) -> Iterator[_Laid]:
        """Of what look-up found, what is laid beside the suspect, the likeliest first."""
        most_alike = max((one.similarity for one in found.candidates), default=0.0)
        if not self._named and most_alike < ALIKE and found.held(found.candidates) < LEAST_HELD:
            return
        named = self._ids()
        likely = [
            one
            for one in found.candidates
            if one.similarity >= LEAST_SIMILARITY
            and (one.similarity >= ALIKE or found.held([one]) >= LEAST_OWN)
            and one.stored.reference.id not in named
            and len(one.stored.reference.text) <= MOST_CHARACTERS
        ]
        for candidate in likely[:COMPARED]:
            number = candidate.stored.number
            if number not in self._laid:
                self._laid[number] = self._beside(candidate)
            yield self._laid[number]

    def _beside(self, candidate: Candidate) -> _Laid:
        reference = candidate.stored.reference
        clutter = find_clutter(reference.text, reference.title).spans  # its dateline is no sentence of it
        text = Text.of(segment(reference.text, self._resources.vocabulary, clutter))
        return _Laid(candidate, text, match(self._suspect, text, self._resources))

    def _explained(self, one: _Laid, least: float) -> float:
        """How many words that are left it explains; 0 where it cannot be `least`, which is seen unread."""
        may = np.zeros(len(self.words), bool)
        may[one.matched.may_derive()] = True
        if self.words[self.left & may].sum() < least:
            return 0.0
        return float(self.words[self._part(one)].sum())

    def _part(self, one: _Laid) -> NDArray[np.bool_]:
        """What it alone explains."""
        return self.left & self._explained_by(one)

    def _explained_by(self, one: _Laid) -> NDArray[np.bool_]:
        return explained_sentences(one.alignment(self._resources, self._linker), len(self.words))

    def _ids(self) -> set[str]:
        return {one.id for one in self._named}

    def _n_left(self) -> float:
        return float(self.words[self.left].sum())


def _text_of(document: Document, sentences: NDArray[np.bool_]) -> str:
    parts = []
    for sentence in np.flatnonzero(sentences):
        tokens = np.flatnonzero(document.sentence == sentence)
        if len(tokens):
            parts.append(document.text[document.start[tokens[0]] : document.end[tokens[-1]]])
    return "\n".join(parts)
