"""How a finding is known again: by its kind, its phrase and the words beside it, wherever it stands by then.

So what was accepted stays accepted when the draft is edited elsewhere, when its paragraphs move, and when its lines are
set anew; and it is told again where the phrase, or the sentence around it, is another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import takewhile

from detector.desk.phrases import PARAGRAPH, word_list
from detector.findings import Evidence
from detector.folding import fold
from detector.text import Span

BESIDE_WORDS = 3  # on either side, within the sentence
BESIDE_CHARACTERS = 200  # in which these are looked for
DIGITS = 32

_STOPS = frozenset({".", "!", "?", PARAGRAPH})


def fingerprint(mark: Evidence, text: str) -> str:
    """Of a mark, at its first place in `text`: 32 hexadecimal digits."""
    return of_place(mark.kind, Span(mark.start, mark.end), text)


def fingerprints(mark: Evidence, text: str) -> Iterator[tuple[Span, str]]:
    """Of each place of a mark, with the place."""
    for place in mark.places:
        yield place, of_place(mark.kind, place, text)


def whole_fingerprint(verdict: str, text_sha256: str) -> str:
    """Of a verdict on a whole text, which must stay the same to the letter."""
    return _digest("whole-text", verdict, text_sha256)


def of_place(kind: str, place: Span, text: str) -> str:
    """Of a mark of this kind in that place."""
    phrase = " ".join(fold(text[place.start : place.end]).text.casefold().split())
    return _digest(kind, phrase, _before(text, place.start), _after(text, place.end))


def _before(text: str, start: int) -> str:
    pieces = word_list(text[max(start - BESIDE_CHARACTERS, 0) : start])[::-1]
    return " ".join(reversed(_nearest(pieces if start <= BESIDE_CHARACTERS else pieces[:-1])))


def _after(text: str, end: int) -> str:
    pieces = word_list(text[end : end + BESIDE_CHARACTERS])
    return " ".join(_nearest(pieces if end + BESIDE_CHARACTERS >= len(text) else pieces[:-1]))


def _nearest(pieces: Sequence[str]) -> list[str]:
    """The words next to a mark, from there outwards; the piece at the edge of what is looked at may be half a word."""
    sentence = takewhile(lambda piece: piece not in _STOPS, pieces)
    return [piece for piece in sentence if any(map(str.isalnum, piece))][:BESIDE_WORDS]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
