"""Fold look-alike letters, zero-width characters, quotes, dashes and spaces, with the map back to the text as given.

Folding never makes text longer: a character is replaced by one character or left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Typography that editors and content systems vary freely: folded, and no sign of anything.
_TYPOGRAPHY = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u2028\u2029\u0085\r\x0b\x0c"), "\n"),
}

# Letters of other scripts that a reader takes for Latin ones (Unicode confusables, TR 39, the letters of running text).
_CYRILLIC = dict(zip("авеіјкмнорѕстухԁԛԝһАВЕЅІЈКМНОРСТУХЗ", "abeijkmhopsctyxdqwhABESIJKMHOPCTYX3", strict=True))
_GREEK = dict(zip("αεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeikvoptuxABEZHIKMNOPTYX", strict=True))
_LOOK_ALIKES = {**_CYRILLIC, **_GREEK}

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
_HARMLESS_ZERO_WIDTH = "\u00ad\ufe0e\ufe0f"  # soft hyphens and emoji style: content systems write them

_NEEDS_MAP = re.compile(f"[{_ZERO_WIDTH}]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e\ufb00-\ufb06\U0001d400-\U0001d7ff]")
_FOREIGN_WORD = re.compile(r"[^\W\d_]*[Ͱ-ӿԀ-ԯ][^\W\d_]*")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and the way back.

    Attributes:
        text: what is measured.
        origin: for each character of `text` and its end, the offset in the text as given; None where nothing moved.
        hidden: offsets in the text as given of look-alikes and of zero-width characters inside words, ascending.
    """

    text: str
    origin: NDArray[np.int32] | None
    hidden: NDArray[np.int32]


def fold(text: str) -> Folded:
    """Fold `text`; ASCII text comes back as it is, but for the carriage returns.

    >>> fold("the \u201cp\u0430tch\u201d").text
    'the "patch"'
    """
    folded = text.translate(_TYPOGRAPHY) if not text.isascii() or "\r" in text else text
    if folded.isascii():
        return Folded(folded, None, np.zeros(0, np.int32))
    hidden: list[int] = []
    folded = _FULL_WIDTH.sub(lambda match: _one_character(match, hidden), folded)
    folded = _FOREIGN_WORD.sub(lambda match: _latin(match, hidden), folded)
    origin = None
    if _NEEDS_MAP.search(folded):
        hidden.extend(_inside_words(folded))
        keep = np.array([character not in _ZERO_WIDTH for character in folded])
        origin = np.append(np.flatnonzero(keep), len(folded)).astype(np.int32)
        folded = _NEEDS_MAP.sub("", folded)
    return Folded(folded, origin, np.array(sorted(set(hidden)), np.int32))


def _one_character(match: re.Match[str], hidden: list[int]) -> str:
    plain = unicodedata.normalize("NFKC", match.group())
    if len(plain) != 1:  # a ligature: typography of a printed page, left to the spelling
        return match.group()
    hidden.append(match.start())
    return plain


def _latin(match: re.Match[str], hidden: list[int]) -> str:
    """Fold a word that mixes Latin with look-alikes, or that is made of look-alikes alone; leave honest Greek or Russian."""
    word = match.group()
    if any(character not in _LOOK_ALIKES and not "A" <= character <= "ɏ" for character in word):
        return word
    hidden.extend(match.start() + i for i, character in enumerate(word) if character in _LOOK_ALIKES)
    return "".join(_LOOK_ALIKES.get(character, character) for character in word)


def _inside_words(text: str) -> list[int]:
    """Offsets of the zero-width characters with a letter on both sides."""
    return [
        match.start()
        for match in _NEEDS_MAP.finditer(text)
        if match.group() not in _HARMLESS_ZERO_WIDTH
        and text[max(match.start() - 1, 0) : match.start()].isalpha()
        and text[match.end() : match.end() + 1].isalpha()
    ]
