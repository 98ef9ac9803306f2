"""Spinning by a thesaurus, sense-blind: any sense of the word, any word of the sense, with careless inflection.

The file is MyThes' `th_en_US_v2.dat` (Debian: mythes-en-us): a word and its number of senses, joined by a bar, then a
line a sense: part of speech and synonyms, joined by bars, with remarks in round brackets behind a synonym.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from detector.errors import CorpusError
from detector.training.grammar import GRAMMAR, MIN_LETTERS
from detector.training.inflection import MAX_COMPARED, Inflections, regular_form
from detector.training.spinners.base import Entries, spin_by_table
from detector.training.swaps import Spun

PARTS = {"(noun)": "n", "(verb)": "v", "(adj)": "a", "(adv)": "r"}
MOST_WORDS = 3  # words of a synonym; longer ones are explanations
UNINFLECTED = 0.1  # share of forms that are left as the thesaurus prints them: guess
OVERREGULAR = 0.1  # share of forms that follow the rule where the word does not: guess
DEGREE_WORDS = {"comparative": "more", "superlative": "most"}

Sense = tuple[str, tuple[str, ...]]  # part of speech, synonyms


def read_mythes(path: Path) -> dict[str, tuple[Sense, ...]]:
    """Read the senses of all words in lower case; antonyms, names and words with digits are left out."""
    if not path.is_file():
        raise CorpusError(f"no thesaurus at {path}: install MyThes' English one (Debian: apt install mythes-en-us)")
    senses: dict[str, tuple[Sense, ...]] = {}
    with path.open(encoding="utf-8") as file:
        next(file, None)  # the encoding
        for line in file:
            word, _, count = line.rstrip("\n").partition("|")
            if not count.isdigit():
                raise CorpusError(f"{path}: expected a word and its number of senses, got {line[:40]!r}")
            rows = [next(file, "").rstrip("\n").split("|") for _ in range(int(count))]
            if word.isalpha() and word.islower():
                read = ((PARTS.get(row[0], ""), _synonyms(row[1:], word)) for row in rows)
                senses[word] = tuple((part, words) for part, words in read if part and words)
    return senses


def _synonyms(values: Iterable[str], word: str) -> tuple[str, ...]:
    """The synonyms proper and similar terms; broader terms only where there is nothing else."""
    near: list[str] = []
    broad: list[str] = []
    for value in values:
        synonym, _, remark = value.partition(" (")
        is_phrase = synonym.replace(" ", "").isalpha() and synonym.islower() and synonym.count(" ") < MOST_WORDS
        if is_phrase and synonym != word and "antonym" not in remark:
            (broad if "generic" in remark or "related" in remark else near).append(synonym)
    return tuple(near or broad)


@dataclass(frozen=True)
class Thesaurus:
    """Sense-blind synonyms.

    Attributes:
        senses: of each word in lower case, as read_mythes gives them.
        entries: which pairs (of words as they stand in the text) may be used.
    """

    senses: Mapping[str, Sequence[Sense]] = field(repr=False)
    entries: Entries | None = None
    name: str = "thesaurus"
    _inflections: Inflections = field(init=False, repr=False)
    _options: dict[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lemmas = [(word, part) for word, senses in self.senses.items() for part, _ in senses]
        object.__setattr__(self, "_inflections", Inflections.build(lemmas))
        object.__setattr__(self, "_options", {})

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`."""
        return spin_by_table(text, share, rng, self._senses_of)

    def _senses_of(self, word: str) -> tuple[tuple[str, ...], ...]:
        """The synonyms of `word` in its own form, a tuple a sense; looked up once a word."""
        found = self._options.get(word)
        if found is None:
            found = self._options[word] = tuple(self._spelled(word)) if _may_go(word) else ()
        return found

    def _spelled(self, word: str) -> Iterator[tuple[str, ...]]:
        for lemma, part, form in self._inflections.analyses.get(word, ()):
            for sense_part, synonyms in self.senses.get(lemma, ()):
                if sense_part == part:
                    forms = (_carelessly(synonym, part, form, self._inflections) for synonym in synonyms)
                    allowed = tuple(
                        spun for spun in forms if spun != word and (self.entries is None or self.entries(word, spun))
                    )
                    if allowed:
                        yield allowed


def _may_go(word: str) -> bool:
    return len(word) >= MIN_LETTERS and word not in GRAMMAR


def _carelessly(synonym: str, part: str, form: str, inflections: Inflections) -> str:
    """Inflect the head of a synonym: a noun's last word, the first of others. Some come out wrong, always the same."""
    if form == "base":
        return synonym
    luck = zlib.crc32(f"{synonym} {form}".encode()) / 2**32
    if luck < UNINFLECTED:
        return synonym
    if form in DEGREE_WORDS and len(synonym) > MAX_COMPARED:
        return f"{DEGREE_WORDS[form]} {synonym}"
    words = synonym.split(" ")
    head = len(words) - 1 if part == "n" else 0
    right = inflections.forms.get((words[head], part, form), ())
    words[head] = right[0] if right and luck >= UNINFLECTED + OVERREGULAR else regular_form(words[head], form)
    return " ".join(words)
