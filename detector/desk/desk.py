"""What a desk withholds from an article's marks, and what it adds: its dictionary and its accepted findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from detector.desk.baseline import MAX_PHRASE, Finding
from detector.desk.dictionary import Dictionary
from detector.desk.fingerprint import fingerprints, of_place, whole_fingerprint
from detector.desk.phrases import Cover, folded, words_in
from detector.findings import DESK, Evidence, Report, Withheld
from detector.text import Article, Span

# Of marks that the dictionary does not withhold: its own, and letters that only look like those of its phrases.
OWN_KINDS = frozenset({DESK, "hidden-character"})


class Decided(NamedTuple):
    """The marks that stay, those that the dictionary adds, and what is told of both."""

    marks: list[Evidence]
    added: list[Evidence]
    withheld: Withheld


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's dictionary, and fingerprints of what was accepted; either may be left out."""

    dictionary: Dictionary | None = None
    accepted: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """The same for the same dictionary and findings, in every process."""
        parts = [self.dictionary.digest if self.dictionary else "", *sorted(self.accepted)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def decide(self, marks: Sequence[Evidence], article: Article) -> Decided:
        """Take out the places that were accepted or are never to be marked, and add what is always to be."""
        dictionary, text = self.dictionary, article.text
        if dictionary is None:
            kept, accepted, never = self._kept(marks, article, Cover(()))
            return Decided(kept, [], Withheld(None, accepted, never))
        words = words_in(text)
        kept, accepted, never = self._kept(marks, article, Cover(dictionary.never.all_in(words)))
        added, more, _ = self._kept(dictionary.marks(text, words, article.clutter), article, Cover(()))
        return Decided(kept, added, Withheld(dictionary.digest, accepted + more, never))

    def accepts(self, verdict: str, text_sha256: str) -> bool:
        """Whether this verdict on this very text was accepted."""
        return whole_fingerprint(verdict, text_sha256) in self.accepted

    def without_paraphrase(self, report: Report) -> Report:
        """The report, without the verdict that a text is a paraphrase where that was accepted."""
        digest = report.text_sha256
        if report.verdict != "paraphrased" or digest is None or not self.accepts(report.verdict, digest):
            return report
        withheld = replace(report.desk or Withheld(), withdrawn=report.verdict)
        return replace(report, verdict="no_signs", level="none", flagged=False, desk=withheld)

    def _kept(self, marks: Sequence[Evidence], article: Article, never: Cover) -> tuple[list[Evidence], int, int]:
        """The marks that have a place left, and how many places were accepted, or are never to be marked."""
        text = article.text
        kept: list[Evidence] = []
        n_accepted = n_never = 0
        for mark in marks:
            left: list[Span] = []
            for place in mark.places:
                if self._accepted(mark.kind, article.placed(*place), article.as_given):
                    n_accepted += 1
                elif mark.kind not in OWN_KINDS and (never.holds(*place) or self._never(text[place.start : place.end])):
                    n_never += 1
                else:
                    left.append(place)
            kept.extend(_at(mark, left, text))
        return kept, n_accepted, n_never

    def _accepted(self, kind: str, place: Span, text: str) -> bool:
        return bool(self.accepted) and of_place(kind, place, text) in self.accepted

    def _never(self, phrase: str) -> bool:
        return self.dictionary is not None and folded(phrase) in self.dictionary.never.phrases


def _at(mark: Evidence, places: Sequence[Span], text: str) -> Iterator[Evidence]:
    """The mark at these of its places, if any are left."""
    if len(places) == len(mark.places):
        yield mark
    elif places:
        (start, end), *others = places
        yield replace(mark, start=start, end=end, text=text[start:end], also=tuple(others))


def findings_of(report: Report) -> Iterator[Finding]:
    """All that is to be accepted for the same article to show nothing: its marks, and its verdict on the whole text."""
    for mark in report.evidence:
        for (start, end), known in fingerprints(mark, report.text or ""):
            yield Finding(mark.kind, " ".join((report.text or "")[start:end].split())[:MAX_PHRASE], known)
    if report.flagged and report.text_sha256 is not None:
        for verdict in _whole_verdicts(report):
            yield Finding(verdict, report.id[:MAX_PHRASE], whole_fingerprint(verdict, report.text_sha256))


def _whole_verdicts(report: Report) -> Iterator[str]:
    """The verdicts that no marks stand for: the one that is given, and one that it hides."""
    translated = (report.classes or {}).get("machine_translated")
    if translated is not None and translated.probability >= translated.threshold:
        yield "machine_translated"
    if report.verdict == "paraphrased":
        yield "paraphrased"
