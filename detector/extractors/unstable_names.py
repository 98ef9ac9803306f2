"""One name in two spellings, and names out of their usual form."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from detector.findings import Evidence, Suggestion
from detector.language_model import Vocabulary
from detector.measures import Batch, Mask, Measures
from detector.names import TWO_NAMES, listed_spellings, plain_letters, skeleton_of, sound_of, taken_apart, vowels_alike
from detector.resources import Resources
from detector.text import Document, Flag

_TAKEN_APART = taken_apart()
_LISTED = listed_spellings()
_TITLES = frozenset(  # what stands beside a name and is no name
    "president chairman chairwoman minister secretary chancellor premier mayor governor senator judge justice king"
    " queen prince princess pope bishop archbishop general colonel major captain lieutenant sergeant doctor professor"
    " mr mrs ms dr sir lady lord director chief leader coach ambassador spokesman spokeswoman"
    " monday tuesday wednesday thursday friday saturday sunday"
    " january february march april may june july august september october november december".split()
)
_PARTICLES = frozenset("- al el bin ibn ul von van de der den di da dos".split())
_STRANGER = 1 << 30
_ENOUGH = 20  # mentions of a name, to know the names beside it
_REASONS = {
    "unstable-name": "The same name is spelled “{}” elsewhere in this article.",
    "institution-name": "News writes “{}”: a word of the name may have been replaced.",
}


class _Finding(NamedTuple):
    """Tokens `first` to `last` name what `other` names elsewhere."""

    first: int
    last: int
    kind: str
    other: str
    usual: str | None  # what should stand there, where that is sure
    n_other: int


class _Company(NamedTuple):
    """The names that stand before and after the mentions of a name, folded."""

    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True)
class UnstableNames:
    """One person, place or institution under two names.

    What it finds: two spellings of one name in one article, as different romanisations give them; names of world news
        with a word swapped.
    Why it marks spun text: a machine translates and rewords names sentence by sentence and word by word; a desk keeps
        one spelling and knows the institutions.
    Not evidence: close names of two people or places, told by the names beside them or because both are well known;
        accents, apostrophes, hyphens, plurals, demonyms, nicknames, words in capitals.
    Example: "Zelensky" and "Zelenskyy"; "the World Wellbeing Organization".
    Source: a folding of romanised spellings in the manner of Metaphone, Philips 1990; tables of our own.
    """

    name: ClassVar[str] = "unstable-names"
    unit: ClassVar[str] = "mentions under the other name"
    certain: ClassVar[bool] = True

    min_letters: int = 5  # shorter names are too often neighbours: Lee and Li
    most_letters: int = 40
    well_known: int = 25_000  # guess: of two names that stand higher in the vocabulary, each is its own
    most_names: int = 400  # different names that are compared, the first of an article
    most_mentions: int = 4_000  # capitalised words that are read, the first of an article
    most_spellings: int = 8  # that are compared with each other
    most_per_hundred: float = 10.0

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token whether it stands in a name that is marked; per document different names marked, in 100 names."""
        unstable = np.zeros(len(batch.ids), np.float32)
        share = np.zeros(len(batch.documents), np.float32)
        for d, document in enumerate(batch.documents):
            findings = self._findings(document, resources.vocabulary)
            for finding in findings:
                unstable[batch.offsets[d] + finding.first : batch.offsets[d] + finding.last + 1] = 1
            if findings:
                different = {document.quote(finding.first, finding.last) for finding in findings}
                names = max(int(np.count_nonzero(document.flags & Flag.NAME)), 1)
                share[d] = min(100 * len(different) / names, self.most_per_hundred)
        return Measures(rare={"name_unstable": unstable}, documents={"names_unstable": share})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a mention of the rarer form."""
        if not measures.rare["name_unstable"].any():
            return
        (document,) = batch.documents
        for finding in self._findings(document, resources.vocabulary):
            yield Evidence(
                start=int(document.start[finding.first]),
                end=int(document.end[finding.last]),
                text=document.quote(finding.first, finding.last),
                extractor=self.name,
                kind=finding.kind,
                strength=float(finding.n_other),
                severity="fact",
                reason=_REASONS[finding.kind].format(finding.other),
                suggestions=(Suggestion(finding.usual, 0.9),) if finding.usual else (),
            )

    def _findings(self, document: Document, vocabulary: Vocabulary) -> list[_Finding]:
        """All findings in reading order, none over another."""
        capitals = np.flatnonzero(document.flags & Flag.CAPITAL)[: self.most_mentions]
        spans = zip(document.start[capitals].tolist(), document.end[capitals].tolist(), strict=True)
        mentions: dict[str, list[int]] = {}
        for i, (start, end) in zip(capitals.tolist(), spans, strict=True):
            mentions.setdefault(document.text[start:end], []).append(i)
        found: list[_Finding] = []
        for first in mentions.keys() & _TAKEN_APART.keys():
            found += _out_of_form(document, first, mentions[first])
        found += self._two_spellings(document, mentions, vocabulary)
        kept: list[_Finding] = []
        for finding in sorted(found, key=lambda finding: (finding.first, -finding.last)):
            if not kept or finding.first > kept[-1].last:
                kept.append(finding)
        return kept

    def _two_spellings(
        self, document: Document, mentions: Mapping[str, list[int]], vocabulary: Vocabulary
    ) -> Iterator[_Finding]:
        """Mentions of the rarer spellings of one name."""
        for words in self._alike(mentions, vocabulary):
            words.sort(key=lambda word: (-len(mentions[word]), _rank(word, vocabulary)))
            for word, other in _pairs(words[: self.most_spellings]):
                n, n_other = len(mentions[word]), len(mentions[other])
                sure = n_other > n or _rank(other, vocabulary) < _STRANGER == _rank(word, vocabulary)
                for i in self._same_name(document, mentions[word], mentions[other], vocabulary):
                    yield _Finding(i, i, "unstable-name", other, other if sure else None, n_other)

    def _alike(self, mentions: Mapping[str, list[int]], vocabulary: Vocabulary) -> list[list[str]]:
        """Groups of words that may be spellings of one name."""
        alike: dict[str, list[str]] = {}
        for word in itertools.islice(mentions, self.most_names):
            if len(word) > self.most_letters or word.isupper():
                continue
            if (listed := _LISTED.get(plain_letters(word))) is not None:
                alike.setdefault(listed, []).append(word)
            elif len(word) >= self.min_letters and _may_be_name(word, vocabulary):
                alike.setdefault(skeleton_of(word), []).append(word)
        return [words for words in alike.values() if len(words) > 1]

    def _same_name(self, document: Document, own: list[int], others: list[int], vocabulary: Vocabulary) -> list[int]:
        """Of the mentions `own` of a word those that name what `others` name."""
        word, other = document.quote(own[0], own[0]), document.quote(others[0], others[0])
        one, two = sound_of(word), sound_of(other)
        if plain_letters(word) == plain_letters(other) or {word.lower(), other.lower()} <= TWO_NAMES:
            return []
        if _LISTED.get(plain_letters(word)) and (alone := _alone(document, own)) and _alone(document, others):
            return alone  # beside a name it may be part of another: "Kyiv Post"
        if one != two and not vowels_alike(one, two):
            return []
        company, theirs = _company(document, own, vocabulary), _company(document, others, vocabulary)
        if company.before & theirs.before or company.after & theirs.after:
            return own
        if one != two or company.after or theirs.after or (company.before and theirs.before):
            return []
        # A short name has close neighbours in English too: one of the two must be a stranger then (Smith and Smyth).
        known = self.well_known if min(len(word), len(other)) > self.min_letters else _STRANGER - 1
        return own if max(_rank(word, vocabulary), _rank(other, vocabulary)) > known else []


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each word with each commoner one, the commonest first."""
    for k, word in enumerate(words):
        for other in words[:k]:
            yield word, other


def _rank(word: str, vocabulary: Vocabulary) -> int:
    """Place of a word in the vocabulary, which is in order of frequency; past all places for a stranger."""
    return vocabulary.id_of.get(word.lower(), _STRANGER)


def _may_be_name(word: str, vocabulary: Vocabulary) -> bool:
    """Whether edited news writes the word with a capital, or not at all."""
    known = vocabulary.id_of.get(word.lower())
    return known is None or bool(vocabulary.names[known])


def _company(document: Document, mentions: list[int], vocabulary: Vocabulary) -> _Company:
    """The names beside the mentions of a name, past particles; titles and days are nobody's name."""
    sides: tuple[set[str], set[str]] = set(), set()
    for i in mentions[:_ENOUGH]:
        for step, names in zip((-1, 1), sides, strict=True):
            j = i + step
            while abs(j - i) <= 3 and 0 < j < len(document.ids) and document.quote(j, j).lower() in _PARTICLES:
                j += step
            word = document.quote(j, j)
            if document.flags[j] & Flag.NAME and word.lower() not in _TITLES and _may_be_name(word, vocabulary):
                names.add(skeleton_of(word))
    return _Company(*map(frozenset, sides))


def _alone(document: Document, mentions: Iterable[int]) -> list[int]:
    """Mentions that no other capitalised word or hyphen touches."""
    return [
        i
        for i in mentions
        if not (document.flags[i - 1] | document.flags[i + 1]) & Flag.CAPITAL
        and document.quote(i - 1, i - 1) != "-" != document.quote(i + 1, i + 1)
    ]


def _out_of_form(document: Document, first: str, mentions: Iterable[int]) -> Iterator[_Finding]:
    """Names out of their usual form that begin with the word `first`, the longest in a place."""
    for i in mentions:
        for words, usual in _TAKEN_APART[first]:
            last = i + len(words) - 1
            if last < len(document.ids) and all(document.quote(i + k, i + k) == words[k] for k in range(1, len(words))):
                yield _Finding(i, last, "institution-name", usual, usual, 1)
                break
