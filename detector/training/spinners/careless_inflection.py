"""Spinning by wrong forms: the word or a synonym, inflected as no speaker would ("was hold", "childs")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from detector.training.grammar import GRAMMAR, MIN_LETTERS
from detector.training.inflection import (
    DEGREES,
    PLURALS,
    VERBS,
    Analysis,
    Inflections,
    form_names,
    regular_form,
)
from detector.training.spinners.base import Entries, spin_by_table
from detector.training.swaps import Spun
from detector.training.wordnet import WordNet

SENSES = 2  # the commonest of a word; further ones would be wrong words, which other families write
FORMS = {part: ("base", *form_names(part)) for part in "nva"}  # of adverbs there are too few
IRREGULAR = (*((verb, "v") for verb in VERBS), *((noun, "n") for noun in PLURALS), *((word, "a") for word in DEGREES))


@dataclass(frozen=True)
class CarelessInflection:
    """The right word in the wrong form, or a synonym of its commonest senses in the wrong form.

    A word that is not inflected itself ("region", "to hold") goes by a synonym only: its own other forms ("regions",
    "to held") would often be good English. An adjective goes where it is compared.

    Attributes:
        wordnet: where lemmas, synonyms and irregular spellings are from; without it the family knows the irregular
            verbs, plurals and degrees of inflection.py alone, and no synonyms.
        entries: which pairs (of words as they stand in the text) may be used.
    """

    wordnet: WordNet | None = field(default=None, repr=False)
    entries: Entries | None = None
    name: str = "careless-inflection"
    _inflections: Inflections = field(init=False, repr=False)
    _options: dict[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lemmas = [*IRREGULAR, *(self.wordnet.senses if self.wordnet else ())]
        exceptions = self.wordnet.exceptions if self.wordnet else None
        object.__setattr__(self, "_inflections", Inflections.build(lemmas, exceptions))
        object.__setattr__(self, "_options", {})

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Swap about `share` of all words of `text`."""
        return spin_by_table(text, share, rng, self._senses_of)

    def _senses_of(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Wrong forms that may stand for `word`, a tuple a lemma; looked up once a word."""
        found = self._options.get(word)
        if found is None:
            may_go = len(word) >= MIN_LETTERS and word not in GRAMMAR
            found = self._options[word] = tuple(self._spelled(word)) if may_go else ()
        return found

    def _spelled(self, word: str) -> Iterator[tuple[str, ...]]:
        for reading in self._inflections.analyses.get(word, ()):
            if reading.part not in FORMS or (reading.part == "a" and reading.form == "base"):
                continue
            own = [reading.lemma] if reading.form != "base" else []
            for lemmas in (own, self._synonyms(reading)):
                spelled = (form for lemma in lemmas for form in self._wrong_forms(lemma, reading))
                wrong = tuple(form for form in dict.fromkeys(spelled) if self._allows(word, form))
                if wrong:
                    yield wrong

    def _synonyms(self, reading: Analysis) -> list[str]:
        if self.wordnet is None:
            return []
        near = self.wordnet.relatives(reading.lemma, reading.part)
        return list(dict.fromkeys(lemma for lemma, rank, kind in near if kind == "synonym" and rank < SENSES))

    def _wrong_forms(self, lemma: str, wanted: Analysis) -> Iterator[str]:
        """The forms of `lemma` but the wanted one, and the wanted one by the rule where the word has its own way."""
        _, part, form = wanted
        forms = self._inflections.forms
        right = forms.get((lemma, part, form), ())
        spelled = [forms.get((lemma, part, other), ())[:1] for other in FORMS[part] if other != form]
        if right and form != "base":
            spelled.append((regular_form(lemma, form),))
        if form == "plural" and lemma in PLURALS:
            spelled.append((regular_form(PLURALS[lemma], form),))  # "childrens"
        yield from (wrong for words in spelled for wrong in words if wrong not in right)

    def _allows(self, word: str, spun: str) -> bool:
        return spun != word and (self.entries is None or self.entries(word, spun))
