"""What all spinner families share: which words may go, which do go, and that each is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.training.swaps import Spun, Swap

CONSISTENT = 0.8  # share of articles in which a word is swapped the same way throughout; guess
KEEP_QUOTATIONS = 0.5  # share of articles whose quotations are left alone: guess
REPAIR_ARTICLES = 0.5  # share of articles in which "a" and "an" follow the swapped-in word: guess

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?:[.!?:;…]['\"”’)\]]*\s+|\n\s*|^\s*)[\"“‘'(\[–—-]*\s*$")
_QUOTATION = re.compile(r"“[^”\n]{0,2000}(?:”|$)|\"[^\"\n]{0,2000}(?:\"|$)", re.MULTILINE)
_VOWEL_SOUND = re.compile(r"(?!uni|use|usu|eu|one|once)[aeiou]|hour|honest|honou?r|heir")

Entries = Callable[[str, str], bool]  # (original, spun), lower case: whether a family may use the pair


class Replacement(NamedTuple):
    """What is to stand instead of the original's [start, end)."""

    start: int
    end: int
    spun: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text. A word is `free` when a spinner may swap it: no name, number or kept quotation."""

    text: str
    start: Sequence[int]
    end: Sequence[int]
    lower: Sequence[str]
    free: Sequence[bool]


def read_words(text: str, keep_quotations: bool) -> Words:
    """Find the words of `text` and which of them may be swapped."""
    matches = list(_WORD.finditer(text))
    kept = quoted(text) if keep_quotations else np.zeros(len(text) + 1, dtype=bool)
    words = [match.group() for match in matches]
    start, end = [match.start() for match in matches], [match.end() for match in matches]
    opens = [word[0].isupper() and _opens_sentence(text, place) for word, place in zip(words, start, strict=True)]
    inside = [word for word, opening in zip(words, opens, strict=True) if not opening]
    names = {word for word in inside if word[0].isupper()} - {word.capitalize() for word in inside if word[0].islower()}
    free = [
        (word[0].islower() or (opening and word not in names and word[1:].islower())) and not kept[place]
        for word, opening, place in zip(words, opens, start, strict=True)
    ]
    return Words(text, start, end, [word.lower() for word in words], free)


def quoted(text: str) -> NDArray[np.bool_]:
    """Which characters of `text` stand in quotation marks, shape (len(text) + 1,)."""
    inside = np.zeros(len(text) + 1, dtype=bool)
    for match in _QUOTATION.finditer(text):
        inside[match.start() : match.end()] = True
    return inside


def _opens_sentence(text: str, place: int) -> bool:
    return _SENTENCE_END.search(text[max(0, place - 12) : place]) is not None if place > 0 else True


def replace(text: str, replacements: Iterable[Replacement], repair_articles: bool) -> Spun:
    """Apply replacements that do not overlap; a capital at the start of the original is kept."""
    done: list[tuple[Replacement, bool]] = []
    for replacement in sorted(replacements):
        start, end, spun = replacement
        if text[start].isupper():
            spun = spun[0].upper() + spun[1:]
        if spun == text[start:end]:
            continue
        article = _article_before(text, start, done[-1][0].end if done else 0) if repair_articles else None
        if article is not None:
            fitting = "an" if _VOWEL_SOUND.match(spun.lower()) else "a"
            if text[article:start].strip().lower() != fitting:
                fitting = fitting.capitalize() if text[article].isupper() else fitting
                done.append((Replacement(article, start - 1, fitting), True))
        done.append((Replacement(start, end, spun), False))
    return _record(text, done)


def put(text: str, replacements: Iterable[Replacement]) -> Spun:
    """Apply replacements that do not overlap as they are, capitals and articles included."""
    return _record(text, [(one, False) for one in sorted(replacements) if one.spun != text[one.start : one.end]])


def _record(text: str, done: Iterable[tuple[Replacement, bool]]) -> Spun:
    """The text with the replacements made, in order; each with whether it is a repair."""
    parts: list[str] = []
    swaps: list[Swap] = []
    repairs: list[Swap] = []
    position = length = 0
    for (start, end, spun), is_repair in done:
        parts += [text[position:start], spun]
        length += start - position
        (repairs if is_repair else swaps).append(Swap(text[start:end], spun, length))
        length += len(spun)
        position = end
    return Spun("".join([*parts, text[position:]]), tuple(swaps), tuple(repairs))


def _article_before(text: str, start: int, floor: int) -> int | None:
    """Where "a" or "an" stands directly before `start`, if it does and nothing before `floor` is touched."""
    match = re.search(r"(?<!\w)(?:an?|An?) $", text[max(floor, start - 4) : start])
    return None if match is None else max(floor, start - 4) + match.start()


Options = Callable[[str], Sequence[Sequence[str]]]  # lower-case original -> what may stand for it, a list a sense


def spin_by_table(
    text: str,
    share: float,
    rng: np.random.Generator,
    options: Options,
    most_words: int = 1,
    consistent: float = CONSISTENT,
) -> Spun:
    """Spin by a table of originals of up to `most_words` words; the longest original wins.

    Whole originals are drawn, with all their places, until `share` of the words is swapped; in articles that are not
    consistent, single places, each with its own replacement.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"expected a share of words in [0, 1], got {share}")
    is_consistent = rng.random() < consistent
    words = read_words(text, keep_quotations=rng.random() < KEEP_QUOTATIONS)
    repair = rng.random() < REPAIR_ARTICLES
    left = round(share * len(words.lower))
    found = _matches(words, options, most_words)
    order: list[NDArray[np.intp]] = []
    if is_consistent:
        keys: dict[str, list[int]] = {}
        for i, (_, _, original) in enumerate(found):
            keys.setdefault(original, []).append(i)
        groups = list(keys.values())
        order = [np.array(groups[i]) for i in rng.permutation(len(groups))]
    else:
        order = [np.array([i]) for i in rng.permutation(len(found))]
    replacements = []
    for group in order:
        spun = None
        for i in group:
            first, n_words, original = found[i]
            if n_words > left:
                continue
            spun = spun if spun is not None else _choose(options(original), rng)
            replacements.append(Replacement(words.start[first], words.end[first + n_words - 1], spun))
            left -= n_words
        if left <= 0:
            break
    return replace(text, replacements, repair)


def _choose(senses: Sequence[Sequence[str]], rng: np.random.Generator) -> str:
    """Any sense, then any word of it."""
    sense = senses[int(rng.random() * len(senses))]
    return sense[int(rng.random() * len(sense))]


def _matches(words: Words, options: Options, most_words: int) -> list[tuple[int, int, str]]:
    """Where the table has an original: first word, number of words, original. No overlap, the longest from the left."""
    found = []
    place, n_words = 0, len(words.lower)
    gaps = [
        words.start[i + 1] - words.end[i] == 1 and words.text[words.end[i]] == " " and words.free[i + 1]
        for i in range(n_words - 1)
    ]
    while place < n_words:
        taken = 1
        if words.free[place]:
            longest = 1
            while longest < most_words and place + longest < n_words and gaps[place + longest - 1]:
                longest += 1
            for length in range(longest, 0, -1):
                original = " ".join(words.lower[place : place + length])
                if options(original):
                    found.append((place, length, original))
                    taken = length
                    break
        place += taken
    return found
