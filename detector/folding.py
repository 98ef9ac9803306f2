"""Fold look-alike letters, zero-width characters, quotes, dashes and spaces, with the map back to the text as given.

Folding never makes text longer: a character is replaced by one character or left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Typography that editors and content systems vary freely: folded, and no sign of anything.
_TYPOGRAPHY = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(
        map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"), " "
    ),
    **dict.fromkeys(map(ord, "\u2028\u2029\u0085\r\x0b\x0c"), "\n"),
}
_PRINTED = re.compile(f"[{''.join(map(re.escape, map(chr, _TYPOGRAPHY)))}]")
_ASCII_TYPOGRAPHY = re.compile("[`\r\x0b\x0c]")

# Letters of other scripts that a reader takes for Latin ones (Unicode confusables, TR 39, the letters of running text).
_CYRILLIC = dict(zip("авеіјкмнорѕстухԁԛԝһАВЕЅІЈКМНОРСТУХЗ", "abeijkmhopsctyxdqwhABESIJKMHOPCTYX3", strict=True))
_GREEK = dict(zip("αεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeikvoptuxABEZHIKMNOPTYX", strict=True))
_LOOK_ALIKES = {**_CYRILLIC, **_GREEK}

_ZERO_WIDTH = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063"
    "\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)
_HARMLESS_ZERO_WIDTH = "\u00ad\ufe0e\ufe0f"  # soft hyphens and emoji style: content systems write them

_NEEDS_MAP = re.compile(f"[{_ZERO_WIDTH}]")
_ZERO_WIDTHS = re.compile(f"[{_ZERO_WIDTH}]+")
_FULL_WIDTH = re.compile("[\uff01-\uff5e\ufb00-\ufb06\U0001d400-\U0001d7ff]")
_FOREIGN = re.compile("[Ͱ-ӿԀ-ԯ]")
_FOREIGN_WORD = re.compile(rf"(?<![^\W\d_])[^\W\d_]*{_FOREIGN.pattern}[^\W\d_]*")
_FOREIGN_WORDS = re.compile(rf"{_FOREIGN_WORD.pattern}(?:[\W\d_]+{_FOREIGN_WORD.pattern})*")


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
    """Fold `text`; ASCII text comes back as it is, but for backticks and ends of lines; "\\r\\n" is one end of a line.

    >>> fold("the \u201cp\u0430tch\u201d").text
    'the "patch"'
    """
    folded = text.replace("\r\n", " \n")
    if not folded.isascii() or _ASCII_TYPOGRAPHY.search(folded):
        folded = _PRINTED.sub(lambda match: _TYPOGRAPHY[ord(match.group())], folded)
    if folded.isascii():
        return Folded(folded, None, np.zeros(0, np.int32))
    hidden: list[int] = []
    folded = _FULL_WIDTH.sub(lambda match: _one_character(match, hidden), folded)
    # Words that are not mixed are honest Greek or Russian; to look for a letter first is many times as fast.
    if _FOREIGN.search(folded) and any(map(_is_mixed, _FOREIGN_WORD.findall(folded))):
        folded = _FOREIGN_WORDS.sub(lambda match: _latin(match, hidden), folded)
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
    if plain.isalpha():  # full-width figures and stops are East Asian typing habits
        hidden.append(match.start())
    return plain


def _latin(match: re.Match[str], hidden: list[int]) -> str:
    """Fold what passes for Latin in neighbouring words with Greek or Cyrillic letters.

    A word that mixes Latin with look-alikes is folded, and in a text with such words one made of look-alikes alone,
    unless it stands beside honest Greek or Russian.
    """
    words = list(_FOREIGN_WORD.finditer(match.group()))
    passing = [_passes(word.group()) for word in words]
    folded = list(match.group())
    for word, passes in zip(words, passing, strict=True):
        if passes and (all(passing) or any(map(_is_latin, word.group()))):
            for i in range(word.start(), word.end()):
                if folded[i] in _LOOK_ALIKES:
                    hidden.append(match.start() + i)
                    folded[i] = _LOOK_ALIKES[folded[i]]
    return "".join(folded)


def _passes(word: str) -> bool:
    """Whether a reader may take `word` for a Latin one; a Greek letter by itself is a symbol ("TNF-α")."""
    return word not in _GREEK and all(character in _LOOK_ALIKES or _is_latin(character) for character in word)


def _is_mixed(word: str) -> bool:
    return _passes(word) and any(map(_is_latin, word)) and any(character in _LOOK_ALIKES for character in word)


def _is_latin(character: str) -> bool:
    return "A" <= character <= "ɏ" and character.isalpha()


def _inside_words(text: str) -> Iterator[int]:
    """Offsets of the zero-width characters with a Latin letter on both sides; other scripts join letters with them."""
    for match in _ZERO_WIDTHS.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if before and after and _is_latin(before) and _is_latin(after):
            yield from (i for i in range(*match.span()) if text[i] not in _HARMLESS_ZERO_WIDTH)
