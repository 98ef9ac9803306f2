"""Damage to names, titles, figures and dates, as translation and blind substitution leave it.

Half-translated names ("Joined Nations"), re-spelled ones ("Villiams"), titles swapped, figures grouped the wrong way,
numbers changed, units, currencies and dates out of their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.training.spinners.base import KEEP_QUOTATIONS, Replacement, put, quoted
from detector.training.spinners.tables import Row
from detector.training.swaps import Spun

CONSISTENT_FACTS = 0.7  # share of articles in which the same fact is damaged the same way throughout: guess

Damage = Callable[[re.Match[str]], Sequence[str]]  # what may stand for a match; nothing: it is left alone

NUMBERS = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Oct|Nov|Dec"
)
DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
UNITS = "km|kilomet(?:re|er)s|miles|met(?:re|er)s|feet|kg|tonnes|tons|barrels"
CURRENCIES = {"$": ("dollars", "USD"), "£": ("pounds", "GBP"), "€": ("euros", "EUR"), "¥": ("yen", "JPY")}
RESPELLINGS = (  # letters of a name as other languages, and those who write by ear, put them
    *(("sh", "ch"), ("ch", "tch"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("kh", "h"), ("zh", "j"), ("gh", "g")),
    *(("ee", "i"), ("oo", "u"), ("ou", "u"), ("ei", "ey"), ("ai", "ay"), ("ay", "ai"), ("ie", "i"), ("au", "ao")),
    *(("ll", "l"), ("nn", "n"), ("tt", "t"), ("ss", "s"), ("rr", "r"), ("mm", "m"), ("pp", "p"), ("ff", "v")),
    *(("w", "v"), ("v", "w"), ("j", "dj"), ("y", "i"), ("x", "ks"), ("q", "k"), ("z", "s"), ("c", "k"), ("k", "c")),
)


def _dates_us(match: re.Match[str]) -> Sequence[str]:
    month, day, year = match.groups()
    if year:
        return f"{day} of {month} of {year}", f"{year} {month} {day}", f"the {day} {month}, {year}"
    return f"{day} of {month}", f"the {day} {month}", f"{month}, {day}"


def _dates_uk(match: re.Match[str]) -> Sequence[str]:
    day, month, year = match.groups()
    if year:
        return f"{day} of {month} of {year}", f"{month} {year}, {day}", f"{month} the {day}, {year}"
    return f"{day} of {month}", f"{month}, {day}", f"{month} {day} day"


def _money(match: re.Match[str]) -> Sequence[str]:
    sign, figure, scale = match[1], match[2], match[3] or ""
    word, code = CURRENCIES[sign]
    plural = f"{scale}s" if scale else ""
    return f"{figure}{scale} {sign}", f"{figure}{plural} {word}", f"{code} {figure}{scale}", f"{sign} {figure}{plural}"


def _grouped(match: re.Match[str]) -> Sequence[str]:
    return [match[0].replace(",", mark) for mark in (".", "", " ", "'")]


def _decimals(match: re.Match[str]) -> Sequence[str]:
    whole, places = match.groups()
    return f"{whole},{places}", f"{whole}. {places}", f"{whole} point {places}"


def _percent(match: re.Match[str]) -> Sequence[str]:
    figure = match[1]
    return f"{figure} %", f"{figure} percents", f"{figure} for each penny", f"{figure} by hundred", f"% {figure}"


def _scales(match: re.Match[str]) -> Sequence[str]:
    figure, scale = match.groups()
    other = {"thousand": "1000", "million": "thousand thousand", "billion": "thousand million", "trillion": "billion"}
    return f"{figure} {scale}s", f"{figure} {other[scale]}", f"{figure} {scale}s of"


def _units(match: re.Match[str]) -> Sequence[str]:
    figure, unit = match.groups()
    return f"{figure} {unit.removesuffix('s')}", f"{unit} {figure}", f"{figure} of {unit}"


def _spelled(match: re.Match[str]) -> Sequence[str]:
    place = NUMBERS.index(match[0])
    return (
        str(place + 2),
        NUMBERS[max(0, place - 1)],
        NUMBERS[min(len(NUMBERS) - 1, place + 1)],
        f"{place + 2} ({match[0]})",
    )


def _respelled(match: re.Match[str]) -> Sequence[str]:
    name = match[0]
    if name in DAYS or re.fullmatch(MONTHS, name):
        return ()
    inside = (name[0] + name[1:].replace(letters, others, 1) for letters, others in RESPELLINGS)
    return sorted({*inside, name.replace("W", "V"), name.replace("J", "Y"), name.replace("C", "K")} - {name})


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a table has for the words that are matched."""

    table: Mapping[str, Sequence[str]]

    def __call__(self, match: re.Match[str]) -> Sequence[str]:
        return self.table[match[0]]


_FIGURE = r"\d+(?:[.,]\d+)*"
FIGURES: tuple[tuple[re.Pattern[str], Damage], ...] = (  # the first that matches a place has it
    (re.compile(rf"\b({MONTHS}) (\d{{1,2}})(?:, (\d{{4}}))?\b(?![.,]?\d)"), _dates_us),
    (re.compile(rf"(?<![\d.,])\b(\d{{1,2}}) ({MONTHS})(?: (\d{{4}}))?\b"), _dates_uk),
    (re.compile(rf"([$£€¥])({_FIGURE})( (?:thousand|million|billion|trillion))?\b"), _money),
    (re.compile(rf"(?<![\d.,])({_FIGURE}) ?(?:%|per ?cent\b)"), _percent),
    (re.compile(rf"(?<![\d.,$£€¥])({_FIGURE}) (thousand|million|billion|trillion)\b"), _scales),
    (re.compile(rf"(?<![\d.,])({_FIGURE}) ?({UNITS})\b"), _units),
    (re.compile(r"(?<![\d.,$£€¥])\d{1,3}(?:,\d{3})+(?![\d,.]*\d)\b"), _grouped),
    (re.compile(r"(?<![\d.,$£€¥])(\d+)\.(\d+)\b(?![.,]\d)"), _decimals),
    (re.compile(rf"(?<![\w-])(?:{'|'.join(NUMBERS)})(?![\w-])"), _spelled),
)  # fmt: skip
NAMES = (re.compile(r"(?<=[a-z,] )[A-Z][a-z]{4,24}\b"), _respelled)  # inside a sentence: no other capital


@dataclass(frozen=True)
class DamagedFacts:
    """Names, titles, figures and dates, damaged.

    These are no swaps of free words, and the record is the same: it restores the original, and token labels are made of
    it as of any other, so that they cover damaged names and figures too. The token stage scores words of the text only,
    neither names nor numbers, and so passes over most of these labels; what reaches it are titles, spelled-out numbers
    and units, and the words around. An article with nothing else done to it is a poor example of spun wording: in
    training the family goes on top of others (`Mixed`).

    Attributes:
        rows: titles, and words of names ("name"), with what is put for them; they go where a name follows.
    """

    rows: Iterable[Row] = field(repr=False)
    name: str = "damaged-facts"
    _damages: tuple[tuple[re.Pattern[str], Damage], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words: dict[str, list[str]] = {}
        for row in self.rows:
            words.setdefault(row.original, []).append(row.spun)
        any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
        listed = re.compile(rf"\b(?:{any_word})(?=\.? [A-Z][a-z])")
        object.__setattr__(self, "_damages", (*FIGURES, (listed, _Listed(words)), NAMES))

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Damage facts that make up about `share` of all words of `text`, or all there are."""
        if not 0 <= share <= 1:
            raise ValueError(f"expected a share of words in [0, 1], got {share}")
        is_consistent = rng.random() < CONSISTENT_FACTS
        found = self._places(text, keep_quotations=rng.random() < KEEP_QUOTATIONS)
        groups: dict[object, list[tuple[re.Match[str], Sequence[str]]]] = {}
        for i, (match, options) in enumerate(found):
            groups.setdefault(match[0] if is_consistent else i, []).append((match, options))
        order = list(groups.values())
        left = round(share * len(text.split()))
        replacements = []
        for group in (order[i] for i in rng.permutation(len(order))):
            luck = rng.random()
            for match, options in group:
                n_words = match[0].count(" ") + 1
                if n_words <= left:
                    left -= n_words
                    replacements.append(Replacement(match.start(), match.end(), options[int(luck * len(options))]))
        return put(text, replacements)

    def _places(self, text: str, keep_quotations: bool) -> list[tuple[re.Match[str], Sequence[str]]]:
        """What can be damaged, in reading order, and by what; no two overlap."""
        taken = quoted(text) if keep_quotations else np.zeros(len(text) + 1, dtype=bool)
        found = []
        for pattern, damage in self._damages:
            for match in pattern.finditer(text):
                options = [option for option in damage(match) if option != match[0]]
                if options and not taken[match.start() : match.end()].any():
                    taken[match.start() : match.end()] = True
                    found.append((match, options))
        return sorted(found, key=lambda place: place[0].start())
