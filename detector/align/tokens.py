"""The words of two texts in columns: each different word once, with what is known of its spelling and use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from detector.align.house_style import plain
from detector.folding import fold
from detector.resources import Resources
from detector.short_keys import remembered
from detector.text import Document, Span

LETTERS = 12  # compared at either end of a word
MOST_RARITY = 20.0  # bits
_SUFFIXES = frozenset("ations ation ingly ments edly ment ness ings ers ies ing ion ed er es ly al s y e".split())
_LONGEST_SUFFIX = max(map(len, _SUFFIXES))
_MIN_STEM = 3  # letters


class Kind(IntFlag):
    """What sort of word it is; closed classes are the ones that repeat in every sentence."""

    PUNCTUATION = 1
    NUMBER = 2
    ARTICLE = 4
    PREPOSITION = 8
    PRONOUN = 16
    AUXILIARY = 32
    CONJUNCTION = 64
    NEGATION = 128


CLOSED = Kind.ARTICLE | Kind.PREPOSITION | Kind.PRONOUN | Kind.AUXILIARY | Kind.CONJUNCTION | Kind.NEGATION
_CLASSES = {
    Kind.ARTICLE: "a an the this that these those some any each every all both no",
    Kind.PREPOSITION: "of in to for on at by with from into over under about after before between through during"
    " against without within upon toward towards among across behind along around near off out up down as than per via"
    " despite",
    Kind.PRONOUN: "i you he she it we they me him her us them his its our their my your who whom which what whose"
    " himself herself itself themselves there here one",
    Kind.AUXILIARY: "be am is are was were been being have has had having do does did will would shall should can could"
    " may might must 's 're 've 'll",
    Kind.CONJUNCTION: "and or but nor if because while when where that whether although though since until so yet",
    Kind.NEGATION: "not no never n't nor neither without none",
}
_KINDS: dict[str, int] = {}
for _kind, _words in _CLASSES.items():
    for _word in _words.split():
        _KINDS[_word] = _KINDS.get(_word, 0) | int(_kind)


@dataclass(frozen=True, slots=True)
class Types:
    """The different words of two texts; every column has shape (n_types, ...).

    Attributes:
        words: lower case, folded.
        plain, stem: number of the spelling under house style, and of its stem, int32.
        ids: vocabulary ids, int32.
        names: CRC-32 of what the vocabulary calls the word, uint32: the same in every model's, unlike the ids.
        rarity: -log2 p of the word by itself, float32, at most MOST_RARITY.
        kinds: Kind bits, uint8.
        forms: grammatical forms (lexicon.Form), uint16.
        heads, tails: code points of the first and of the last letters, backwards, uint32, padded with 0.
        lengths: letters, float32.
        bigrams: hashed pairs of letters, two words of 64 bits, uint64.
    """

    words: tuple[str, ...]
    plain: NDArray[np.int32]
    stem: NDArray[np.int32]
    ids: NDArray[np.int32]
    names: NDArray[np.uint32]
    rarity: NDArray[np.float32]
    kinds: NDArray[np.uint8]
    forms: NDArray[np.uint16]
    heads: NDArray[np.uint32]
    tails: NDArray[np.uint32]
    lengths: NDArray[np.float32]
    bigrams: NDArray[np.uint64]

    @property
    def weights(self) -> NDArray[np.float32]:
        """What it tells to share the word, in bits: nothing for closed classes and punctuation, more for numbers."""
        told = np.maximum(self.rarity - 4, 0)  # 4 bits: as common as "the"
        told[(self.kinds & (Kind.PUNCTUATION | CLOSED)) != 0] = 0
        return told.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Text:
    """A document and its tokens, lower case and folded; a boundary is empty."""

    document: Document
    words: list[str]

    @classmethod
    def of(cls, document: Document) -> Text:
        return cls(document, _words_of(document))


def _words_of(document: Document) -> list[str]:
    places = zip(document.start.tolist(), document.end.tolist(), strict=True)
    folded = fold(document.text)
    text = folded.text.lower()
    if folded.origin is None and len(text) == len(document.text):
        return [text[a:b] for a, b in places]
    words = (document.text[a:b] for a, b in places)
    return [word.lower() if word.isascii() else fold(word).text.lower() or word for word in words]


def tokens_in(document: Document, spans: Sequence[Span]) -> list[range]:
    """The tokens that the characters of each span touch, as Document.tokens has them; none in an empty span."""
    first, last = token_ends(document, spans)
    return [range(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def token_ends(document: Document, spans: Sequence[Span]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The same as the first token of each span and the one behind its last."""
    ends = np.fromiter(chain.from_iterable(spans), np.int32, 2 * len(spans)).reshape(-1, 2)
    first = np.searchsorted(document.end, ends[:, 0], side="right")
    return first, np.maximum(np.searchsorted(document.start, ends[:, 1], side="left"), first)


def types_of(words: Sequence[str], resources: Resources) -> tuple[Types, NDArray[np.int32]]:
    """The different words among `words`, and which one each is, shape (n_words,)."""
    numbers = {word: i for i, word in enumerate(dict.fromkeys(words))}
    return _types(tuple(numbers), resources), np.array([numbers[word] for word in words], np.int32)


def _types(words: tuple[str, ...], resources: Resources) -> Types:
    ids, spelling = resources.vocabulary.encode(words)
    plains = [plain(word) for word in words]
    return Types(
        words=words,
        plain=_numbered(plains),
        stem=_numbered([stem(word) for word in plains]),
        ids=ids,
        names=np.array([crc32(resources.vocabulary.words[i].encode()) for i in ids.tolist()], np.uint32),
        rarity=np.minimum(-resources.language_model.unigrams[ids] - spelling, MOST_RARITY).astype(np.float32),
        kinds=np.array([kinds_of(word) for word in words], np.uint8),
        forms=resources.words.forms[ids],
        heads=_letters(words),
        tails=_letters([word[::-1] for word in words]),
        lengths=np.array([len(word) for word in words], np.float32),
        bigrams=_bigrams(words),
    )


def _numbered(keys: Sequence[str]) -> NDArray[np.int32]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int32)


@remembered(1 << 15)
def stem(word: str) -> str:
    """The word without its ending, rough; most of a word's forms share it.

    >>> stem("stopping") == stem("stops") == "stop"
    True
    """
    for letters in range(min(_LONGEST_SUFFIX, len(word) - _MIN_STEM), 0, -1):
        if word[-letters:] in _SUFFIXES:
            word = word[:-letters]
            break
    if len(word) > _MIN_STEM and word[-1] == word[-2] and word[-1] not in "aeiousl":
        word = word[:-1]
    return word[:-1] if len(word) > _MIN_STEM and word[-1] in "eiy" else word


@remembered(1 << 15)
def kinds_of(word: str) -> int:
    """The Kind bits of a lower-case word."""
    kinds = _KINDS.get(word, 0)
    if not word.isalnum() and not any(map(str.isalnum, word)):
        kinds |= int(Kind.PUNCTUATION)
    if plain(word)[:1].isdigit():
        kinds |= int(Kind.NUMBER)
    return kinds


def _letters(words: Sequence[str]) -> NDArray[np.uint32]:
    return np.array(words, f"<U{LETTERS}").view(np.uint32).reshape(len(words), LETTERS)


def _bigrams(words: Sequence[str]) -> NDArray[np.uint64]:
    """The pairs of letters of each word as a set of 128 bits, the ends of the word counted as letters."""
    padded = _letters([f"^{word}"[: LETTERS - 1] + "$" for word in words]).astype(np.uint64)
    mixed = (padded[:, :-1] * np.uint64(31) + padded[:, 1:] * np.uint64(0x9E3779B1)) % np.uint64(127)
    inside = padded[:, 1:] > 0
    bits = np.zeros((len(words), 2), np.uint64)
    for half in (0, 1):
        here = inside & ((mixed >> np.uint64(6)) == half)
        bit = np.where(here, np.uint64(1) << (mixed & np.uint64(63)), np.uint64(0))
        bits[:, half] = np.bitwise_or.reduce(bit, axis=1)
    return bits
