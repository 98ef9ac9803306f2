"""Phrases, dates, figures and words that another language left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.extractors.base import cased
from detector.findings import Evidence, Suggestion
from detector.language_model import Vocabulary
from detector.measures import Batch, Column, Mask, Measures
from detector.resources import Resources
from detector.text import BOUNDARY, UNKNOWN, Document, Flag

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:19|20)\d\d"
# Every pattern begins with one character of a set or a fixed word, which makes the search fast; nothing repeats but
# single characters, a few times: linear on any text.
_FIRST_DIGIT = r"[0-9](?<![\w.,/$€£-][0-9])"  # of a figure
_DATE = re.compile(
    rf"{_FIRST_DIGIT}(?:"
    rf"(?:(?<=\bthe [0-9])|(?<=\bon [0-9]))[0-9]? of {_MONTH}\b"  # the 3 of May
    rf"|[0-9]?\. {_MONTH} {_YEAR}\b"  # 3. May 2018
    rf"|[0-9]?\.(?:0[1-9]|1[0-2])\.{_YEAR}(?![\w/-])"  # 03.05.2018
    r"|[0-9]? ?h ?[0-5][0-9](?! min)(?![\w.,:-])"  # 15 h 30
    r")"
)
_IN_YEAR = re.compile(rf"in (?<=\bin )(?:the year of {_YEAR}|year {_YEAR}|{_YEAR} year)\b(?!-)")
_NUMBER = re.compile(
    rf"{_FIRST_DIGIT}[0-9]{{0,2}}(?:"
    r"[.,]?[0-9]{0,3} (?:milliards?|mlrd|mrd|mio)\b"  # 2 milliards
    r")"
)
# Letters of running text in other languages; macrons (of Maori and of transliterations) are left out.
_LETTERS = "ßðþąćčďđęěğıłńňőřśşšťůűźżžțș"
_FOREIGN_LETTER = re.compile(f"[{_LETTERS}]")
_LETTERED_WORD = re.compile(
    rf"(?<![\w'’.@/-])(?=[^\W\d_A-Z]{{3}})[^\W\d_A-Z{_LETTERS}]*[{_LETTERS}][^\W\d_A-Z]*(?![\w'’@/-])"
)
_SCRIPTS = "\u0400-\u052f\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_FUNCTION_WORD = (
    "und|oder|nicht|auf|ist|sind|wird|dass|auch|dans|avec|pour|mais|aux|sont|para|pero|como|sobre|muy|porque"
    "|sono|nel|anche|della|delle|degli|jest|oraz|och|ikke|aber|wir|ein|eine|einen|durch|leur|cette|est|les|des|une|que"
)
_FUNCTION_WORDS = re.compile(rf" ((?:{_FUNCTION_WORD}) (?:{_FUNCTION_WORD}))(?![\w'’@/-])")


_ON = re.compile(r"\b(?:on|from|of|until|since|to|by) $")  # "on 3. May 2018" is a date, "lost by 2. May 2018 was" none


@cache
def _other_script() -> re.Pattern[str]:
    """Words of other scripts; made where it is first needed, as few texts ask for it and it takes 10 ms to make."""
    return re.compile(rf"[{_SCRIPTS}](?<![\w@#/][{_SCRIPTS}])[{_SCRIPTS}]+(?!\w)")


class _Hit(NamedTuple):
    """A stretch of whole tokens, both ends included, that is not English."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True)
class TranslationMarks:
    """A phrase put into English word by word, and dates, figures and words that kept their foreign form.

    What it finds: entries of a table of calques; dates and figures as other languages write them; words of another
        script or alphabet, and foreign function words side by side, in the middle of English.
    Why it marks spun text: a translator that works phrase by phrase keeps the source's preposition, its verb ("made a
        photo") and its commas in figures, and passes through what it does not know.
    Not evidence: quotations, brackets and names in another language, loanwords with accents (café, façade), and a
        phrase that edited news now and then writes. A mark says that a text was carried over from another language or
        written by somebody at home in one; people do so too.
    Example: "in the frame of" where English says "as part of".
    Source: Gellerstam 1986, "Translationese in Swedish novels translated from English"; log-odds as for spinner
        phrases.
    """

    name: ClassVar[str] = "translation-marks"
    unit: ClassVar[str] = "bits"
    certain: ClassVar[bool] = True

    min_odds: float = 3.0  # bits; the lexicon was measured at this cut
    foreign_bits: float = 6.0  # guess: strength of a foreign date, figure or word
    max_rate: float = 10.0  # per 100 words: a text in another language is no stronger a sign than this
    max_bits: float = 50.0  # per 100 words, of calques
    most_suggestions: int = 2

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token the odds of its calque and whether it is foreign; per document the rates in 100 words."""
        calque = np.zeros(len(batch.ids), np.float32)
        bits = np.zeros(len(batch.ids), np.float32)
        start, n_words, _, odds = self._calques(batch, resources)
        for k in range(4):
            longer = n_words > k
            np.maximum.at(calque, start[longer] + k, odds[longer])
        np.maximum.at(bits, start, odds)
        foreign = np.zeros(len(batch.ids), np.float32)
        counts = np.zeros((len(batch.documents), 2), np.float32)
        may_hold = _may_hold_function_words(batch, resources.vocabulary)
        for d, document in enumerate(batch.documents):
            for hit in _foreign(document, bool(may_hold[d])):
                at = int(batch.offsets[d])
                foreign[at + hit.first : at + hit.last + 1] = 1
                counts[d, int(hit.kind != "untranslated-word")] += 1
        first = batch.offsets[:-1]
        words = np.maximum(np.add.reduceat((batch.flags & Flag.WORD) > 0, first, dtype=np.float32), 1)
        return Measures(
            rare={"calque": calque, "foreign": foreign},
            documents={
                "calques": _rate(np.add.reduceat(bits, first), words, self.max_bits),
                "foreign_words": _rate(counts[:, 0], words, self.max_rate),
                "foreign_figures": _rate(counts[:, 1], words, self.max_rate),
            },
        )

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a place; where they overlap, the longest."""
        if not (measures.rare["calque"].any() or measures.rare["foreign"].any()):
            return
        (document,) = batch.documents
        marks = [self._foreign_mark(document, hit) for hit in _foreign(document)]
        start, n_words, rows, odds = self._calques(batch, resources)
        places: dict[tuple[int, int], list[int]] = {}  # the entries of one phrase in one place
        for i in np.lexsort((rows, -odds)).tolist():
            places.setdefault((int(start[i]), int(start[i] + n_words[i] - 1)), []).append(i)
        for (first, last), same in places.items():
            marks.append(self._calque_mark(document, first, last, rows[same], float(odds[same[0]]), resources))
        end = -1
        for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
            if mark.start >= end:
                end = mark.end
                yield mark

    def _calques(
        self, batch: Batch, resources: Resources
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Column]:
        """Where calques start, of how many words, their rows and odds; a name or what is quoted is none."""
        start, n_words, rows = resources.calques.matches(batch.ids)
        names, quoted = (
            np.concatenate([[0], np.cumsum((batch.flags & flag) > 0)]) for flag in (Flag.NAME, Flag.QUOTED)
        )
        kept = (names[start + n_words] - names[start] <= 1) & (quoted[start + n_words] == quoted[start])
        kept &= resources.calques.odds[rows] >= self.min_odds
        return start[kept], n_words[kept], rows[kept], resources.calques.odds[rows[kept]]

    def _calque_mark(
        self,
        document: Document,
        first: int,
        last: int,
        rows: NDArray[np.intp],
        odds: float,
        resources: Resources,
    ) -> Evidence:
        phrase = document.quote(first, last)
        words = resources.vocabulary.words
        originals = [
            cased(resources.calques.original(int(row), words), phrase) for row in rows[: self.most_suggestions]
        ]
        share = (1 - 2.0**-odds) / len(originals)
        return Evidence(
            start=int(document.start[first]),
            end=int(document.end[last]),
            text=phrase,
            extractor=self.name,
            kind="calque",
            strength=odds,
            reason=f"Word for word from another language: English news says “{originals[0]}”.",
            suggestions=tuple(Suggestion(original, share) for original in originals),
        )

    def _foreign_mark(self, document: Document, hit: _Hit) -> Evidence:
        return Evidence(
            start=int(document.start[hit.first]),
            end=int(document.end[hit.last]),
            text=document.quote(hit.first, hit.last),
            extractor=self.name,
            kind=hit.kind,
            strength=self.foreign_bits,
            reason=_REASONS[hit.kind],
        )


_REASONS = {
    "foreign-date": "Other languages write dates and hours like this, English news does not.",
    "foreign-number": "Other languages write figures like this, English news does not.",
    "untranslated-word": "A word of another language stands in the middle of English.",
}


def _may_hold_function_words(batch: Batch, vocabulary: Vocabulary) -> Mask:
    """Which documents may have foreign function words side by side: to ask the tokens is quicker than to search."""
    small = (batch.flags & (Flag.WORD | Flag.CAPITAL)) == Flag.WORD
    foreign = _function_words(vocabulary).take(batch.ids) & small
    pairs = np.append(foreign[:-1] & foreign[1:], False)
    return np.logical_or.reduceat(pairs, batch.offsets[:-1])


@lru_cache(maxsize=4)
def _function_words(vocabulary: Vocabulary) -> Mask:
    """Which words of a vocabulary are foreign function words; the unknown one may be any that it lacks."""
    mask = np.zeros(len(vocabulary), bool)
    mask[[UNKNOWN, *(vocabulary.id_of.get(word, UNKNOWN) for word in _FUNCTION_WORD.split("|"))]] = True
    return mask


def _foreign(document: Document, may_hold_function_words: bool = True) -> list[_Hit]:
    """Dates, figures and words of other languages, in no special order."""
    text, hits = document.text, []
    for kind, pattern in (("foreign-date", _DATE), ("foreign-date", _IN_YEAR), ("foreign-number", _NUMBER)):
        hits += [_hit(document, match, kind) for match in pattern.finditer(text)]
    words = [_FUNCTION_WORDS] if may_hold_function_words else []
    if not text.isascii():
        words += [_other_script()] + ([_LETTERED_WORD] if _FOREIGN_LETTER.search(text) else [])
    for pattern in words:
        found = (_hit(document, match, "untranslated-word") for match in pattern.finditer(text))
        hits += [hit for hit in found if hit and _runs_on(document, hit)]
    return [hit for hit in hits if hit]


def _hit(document: Document, match: re.Match[str], kind: str) -> _Hit | None:
    """The tokens of a match, or None where it does not begin and end as tokens do (clutter has none)."""
    # A boundary starts where the token behind it does: look from the right.
    start, end = match.span(match.lastindex or 0)
    first = int(document.start.searchsorted(np.int32(start), side="right")) - 1
    last = int(document.end.searchsorted(np.int32(end), side="left"))
    if first < 0 or last >= len(document.ids) or first > last:
        return None
    stands = document.start[first] == start and document.end[last] == end
    inside = bool((document.ids[first : last + 1] != BOUNDARY).all()) or _ON.search(
        document.text, max(start - 8, 0), start
    )
    quoted = bool((document.flags[first : last + 1] & Flag.QUOTED).any())
    return _Hit(first, last, kind) if stands and inside and not quoted else None


def _runs_on(document: Document, hit: _Hit) -> bool:
    """Whether English runs on around a foreign word: no quotation, bracket or name, no look-alike letters."""
    flags = document.flags[max(hit.first - 1, 0) : hit.last + 2]
    start, end = int(document.start[hit.first]), int(document.end[hit.last])
    before, after = document.text[max(start - 1, 0) : start], document.text[end : end + 1]
    own = document.ids[[hit.first - 1, hit.last + 1]]
    aside = (flags & (Flag.QUOTED | Flag.FOLDED | Flag.CAPITAL)) > 0
    beside_english = bool((own > UNKNOWN).any())
    return not aside.any() and before not in _ASIDE and after not in _ASIDE and beside_english


_ASIDE = tuple("([{<*_\"'“”‘’«»„)]}>")


def _rate(counts: NDArray[np.floating], words: Column, most: float) -> Column:
    """Counts in 100 words, capped."""
    rate: Column = np.minimum(100 * counts / words, most).astype(np.float32)
    return rate
