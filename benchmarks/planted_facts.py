"""Fact changes planted in untouched articles, to see which are found and what is reported beside them.

Every plant changes one thing in place: a number, a date, a name, a word inside a quotation, or the speaker of a
sentence. The words that are put in were made up for this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from detector.comparison import FactType
from detector.text import BOUNDARY, Document, Flag

NAMES = "Marlow Okafor Lindqvist Barrientos Tanaka Whitcombe Dragomir Achterberg Fontaine Kowalczyk".split()
QUOTED = "promises machines winter neighbours laughter bridges harvest silence candles mountains".split()
MONTHS = "January February March April June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
SPELLED = "two three four five six seven eight nine ten eleven twelve".split()
SPEAKS = frozenset("said says added told".split())
MIN_LETTERS = 5  # of a word in a quotation that is changed


class Plant(NamedTuple):
    """One change: characters [start, end) of the article become `text`."""

    type: FactType
    start: int
    end: int
    text: str


Change = Callable[[Document, int, np.random.Generator], str | None]


def plant(document: Document, wanted: Sequence[FactType], rng: np.random.Generator) -> list[Plant]:
    """One change of each wanted type where the article has a place for it, in reading order, each in a sentence of its
    own."""
    taken: set[int] = set()
    found: list[Plant] = []
    for type_ in wanted:
        options = [
            (i, text)
            for i in rng.permutation(len(document.ids)).tolist()
            if document.sentence[i] not in taken and (text := CHANGES[type_](document, i, rng)) is not None
        ][:1]
        for i, text in options:
            taken.add(int(document.sentence[i]))
            found.append(Plant(type_, int(document.start[i]), int(document.end[i]), text))
    return sorted(found, key=lambda one: one.start)


def planted(text: str, plants: Sequence[Plant]) -> tuple[str, list[tuple[int, int]]]:
    """The text with its changes, and where they stand in it."""
    parts, places, end, length = [], [], 0, 0
    for one in plants:
        parts += [text[end : one.start], one.text]
        length += one.start - end
        places.append((length, length + len(one.text)))
        length += len(one.text)
        end = one.end
    return "".join([*parts, text[end:]]), places


def _word(document: Document, i: int) -> str:
    return document.text[document.start[i] : document.end[i]]


def _is_name(document: Document, i: int) -> bool:
    """Whether the token is a name in the middle of a sentence, and no month or day."""
    word = _word(document, i)
    inside = document.ids[i - 1] != BOUNDARY if i else False
    known = word in MONTHS or word in DAYS or word == "May" or word in NAMES
    return inside and bool(document.flags[i] & Flag.NAME) and len(word) > 2 and word.isalpha() and not known


def _number(document: Document, i: int, rng: np.random.Generator) -> str | None:
    word = _word(document, i)
    if word in SPELLED:
        return str(rng.choice([other for other in SPELLED if other != word]))
    beside = {_word(document, k) for k in _around(document, i, 1)}
    if not re.fullmatch(r"\d[\d,.]*", word) or re.fullmatch(r"(19|20)\d\d", word) or beside & {*MONTHS}:
        return None  # no figure, or part of a date
    return word[:-1] + str((int(word[-1]) + int(rng.integers(1, 10))) % 10) if word[-1].isdigit() else None


def _date(document: Document, i: int, rng: np.random.Generator) -> str | None:
    word = _word(document, i)
    for names in (MONTHS, DAYS):
        if word in names:
            return str(rng.choice([other for other in names if other != word]))
    return str(int(word) + int(rng.integers(1, 9))) if re.fullmatch(r"(19|20)\d\d", word) else None


def _name(document: Document, i: int, rng: np.random.Generator) -> str | None:
    if not _is_name(document, i) or any(_word(document, k) in SPEAKS for k in _around(document, i, 5)):
        return None
    return str(rng.choice(NAMES))


def _attribution(document: Document, i: int, rng: np.random.Generator) -> str | None:
    """The last name of whoever "said", straight before the word or straight behind it."""
    beside = [_word(document, k) for k in (i - 1, i + 1) if 0 <= k < len(document.ids)]
    return str(rng.choice(NAMES)) if _is_name(document, i) and SPEAKS & set(beside) else None


def _quotation(document: Document, i: int, rng: np.random.Generator) -> str | None:
    word = _word(document, i)
    plain = word.isalpha() and word.islower() and len(word) >= MIN_LETTERS
    counted = document.flags[i] & (Flag.NAME | Flag.NUMBER)
    return str(rng.choice(QUOTED)) if plain and document.flags[i] & Flag.QUOTED and not counted else None


def _around(document: Document, i: int, reach: int) -> Iterator[int]:
    return (k for k in range(max(i - reach, 0), min(i + reach + 1, len(document.ids))))


CHANGES: dict[FactType, Change] = {
    "number": _number,
    "date": _date,
    "name": _name,
    "quotation": _quotation,
    "attribution": _attribution,
}
