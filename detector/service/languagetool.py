"""Marks as LanguageTool tells them (https://languagetool.org/http-api/), so that its editor plug-ins can connect.

Offsets count UTF-16 code units, as LanguageTool's Java does and its clients expect: a character outside of the basic
plane counts two.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from detector import __version__

if TYPE_CHECKING:
    from detector.findings import Evidence, Report

LANGUAGES = {  # code -> name
    "en": "English",
    "en-AU": "English (Australia)",
    "en-CA": "English (Canada)",
    "en-GB": "English (GB)",
    "en-NZ": "English (New Zealand)",
    "en-US": "English (US)",
    "en-ZA": "English (South Africa)",
}
CATEGORY, CATEGORY_NAME = "UNSPIN", "Rewording"
VERDICT = "UNSPIN_VERDICT"  # the rule of what is said of the whole text
MOST_REPLACEMENTS = 5
CONTEXT = 40  # code points shown on either side of a mark
MOST_SENTENCE = 500  # code points

_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s|\n")


class Piece(NamedTuple):
    """A stretch of what was sent: what is read of it, its length in UTF-16 units, and whether that is markup."""

    read: str
    units: int
    markup: bool = False


class Wanted(NamedTuple):
    """Which rules and categories a client wants to hear of; `only` those, or all but those that are off."""

    language: str
    off: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def holds(self, rule: str) -> bool:
        named = {rule, CATEGORY}
        return self.off.isdisjoint(named) if self.only is None else not self.only.isdisjoint(named)


class Sent(NamedTuple):
    """A request to check, as it was sent."""

    pieces: tuple[Piece, ...]
    wanted: Wanted

    @property
    def text(self) -> str:
        return "".join(piece.read for piece in self.pieces)


def languages() -> list[dict[str, str]]:
    """What GET /v2/languages gives."""
    return [{"name": name, "code": "en", "longCode": code} for code, name in LANGUAGES.items()]


def answer_json(report: Report, sent: Sent) -> dict[str, Any]:
    """What POST /v2/check gives."""
    places, text = _Places(sent.pieces), report.text or ""
    matches = [_match(text, places, *told) for told in sorted(_told(report, text), key=lambda told: told[0])]
    named = {"name": LANGUAGES[sent.wanted.language], "code": sent.wanted.language}
    return {
        "software": {
            "name": "Unspin",
            "version": __version__,
            "buildDate": "",
            "apiVersion": 1,
            "premium": False,
            "premiumHint": "",
            "status": "",
        },
        "warnings": {"incompleteResults": report.status == "error" and bool(text)},
        "language": {**named, "detectedLanguage": {**named, "confidence": 1.0, "source": "unspin"}},
        "matches": [match for match in matches if sent.wanted.holds(match["rule"]["id"])],
    }


def _told(report: Report, text: str) -> Iterator[tuple[int, int, str, str, str, Sequence[str]]]:
    """Each match: its place, rule, what the rule is, message, replacements; what is said of the whole text first."""
    if report.flagged:
        from detector.render.terminal import headline

        start = len(text) - len(text.lstrip())
        end = _sentence(text, start, start + 1)[1]
        yield start, end, VERDICT, "What is said of the whole text", f"{headline(report)}.", ()
    for mark in report.evidence:
        rule = "UNSPIN_" + mark.extractor.upper().replace("-", "_")
        kind = mark.kind.replace("-", " ")
        for start, end in mark.places:
            yield start, end, rule, kind[0].upper() + kind[1:], mark.reason, _replacements(mark)


def _replacements(mark: Evidence) -> list[str]:
    return [suggestion.text for suggestion in mark.suggestions[:MOST_REPLACEMENTS]]


def _match(
    text: str, places: _Places, start: int, end: int, rule: str, kind: str, message: str, replacements: Sequence[str]
) -> dict[str, Any]:
    offset, first, last = places.at(start), max(start - CONTEXT, 0), min(end + CONTEXT, len(text))
    before, after = "..." if first else "", "..." if last < len(text) else ""
    sentence = slice(*_sentence(text, start, end))
    return {
        "message": message,
        "shortMessage": kind,
        "replacements": [{"value": value} for value in replacements],
        "offset": offset,
        "length": places.after(end) - offset,
        "context": {
            "text": before + re.sub(r"\s", " ", text[first:last]) + after,
            "offset": len(before) + units(text[first:start]),
            "length": units(text[start:end]),
        },
        "sentence": text[sentence].strip(),
        "type": {"typeName": "Other"},
        "rule": {
            "id": rule,
            "description": kind,
            "issueType": "style",
            "category": {"id": CATEGORY, "name": CATEGORY_NAME},
        },
        "ignoreForIncompleteSentence": False,
        "contextForSureMatch": -1,
    }


class _Places:
    """Code points of the text that was read -> UTF-16 units of what was sent."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._read = [0, *accumulate(len(piece.read) for piece in pieces)]
        self._sent = [0, *accumulate(piece.units for piece in pieces)]

    def at(self, place: int) -> int:
        """Where the code point at `place` begins; what markup is read as begins with the markup."""
        number = min(bisect_right(self._read, place), len(self._pieces)) - 1
        piece = self._pieces[number]
        inside = 0 if piece.markup else units(piece.read[: place - self._read[number]])
        return self._sent[number] + inside

    def after(self, end: int) -> int:
        """Where the code point before `end` ends; what markup is read as ends with the markup."""
        number = min(bisect_right(self._read, end - 1), len(self._pieces)) - 1
        piece = self._pieces[number]
        return self._sent[number] + (piece.units if piece.markup else units(piece.read[: end - self._read[number]]))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """About the sentence that holds a mark, of a bounded length."""
    first, last = max(start - MOST_SENTENCE, 0), min(end + MOST_SENTENCE, len(text))
    begin = max((match.end() for match in _SENTENCE_END.finditer(text, first, start)), default=first)
    stop = _SENTENCE_END.search(text, max(end - 1, 0), last)
    return begin, last if stop is None else max(stop.end() - 1, end)


def units(text: str) -> int:
    """Its length in UTF-16 code units.

    >>> units("a😀b")
    4
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def encoded(report: Report, sent: Sent) -> bytes:
    """The answer as JSON."""
    return json.dumps(answer_json(report, sent), ensure_ascii=False).encode("utf-8", "replace")
