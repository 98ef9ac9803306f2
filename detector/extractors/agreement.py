"""Neighbours that break a rule of grammar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from detector.findings import Evidence, Suggestion
from detector.language_model import Vocabulary
from detector.lexicon import Form
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import BOUNDARY, Document, Flag

MODALS = "can could will would shall should may might must cannot".split()
FINITE = Form.THIRD | Form.PAST  # what never follows a modal verb
SINGLE = "a an another each every".split()
SEVERAL = "these those many several few both".split()
NEVER_TWICE = "the a an of to in for on with at by from and or but is was were are be as its their his this".split()
DETERMINERS = "the a an this these those its their his our my your".split()
REASONS = {  # what a rule says, in the order in which the rules are tried: the first that is broken is told
    "article": "The article does not fit the sound of the next word.",
    "doubled": "The same little word stands here twice.",
    "determiners": "Two articles or determiners stand side by side.",
    "modal": "This form of the verb does not follow a modal verb.",
    "perfect": "This form of the verb does not make a perfect tense.",
    "number": "Determiner and noun do not agree in number.",
    "person": "Subject and verb do not agree.",
    "degree": "The adjective is compared twice.",
}
RULES = tuple(REASONS)


@dataclass(frozen=True)
class Agreement:
    """Two neighbours that no grammar joins.

    What it finds: a for an, doubled and piled-up articles, finite verbs after modals, broken perfects, determiners and
        subjects that do not agree with noun or verb, and double comparison.
    Why it marks spun text: a spinner puts another word in and leaves its surroundings as they were.
    Not evidence: pairs that edited news writes all the same, of which the language model knows, of a and an only those
        that it writes oftener than by chance; quotations and names.
    Example: "a opposition leader" where "a rival leader" stood; "will commenced".
    Source: the rules of any school grammar, each tried only where every reading of the word breaks it.
    """

    name: ClassVar[str] = "agreement"
    unit: ClassVar[str] = "rules broken"
    certain: ClassVar[bool] = False

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: whether it and its left neighbour break a rule, and whether it and its right neighbour do."""
        broken = np.append(_broken(batch, resources).any(axis=0), False).astype(np.float32)
        return Measures(rare={"disagrees": broken[:-1], "disagrees_next": broken[1:]})

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a pair."""
        (document,) = batch.documents
        marked = np.flatnonzero((measures.rare["disagrees"] > 0) & (asked | np.append(False, asked[:-1])))
        if not len(marked):
            return
        broken = _broken(batch, resources)
        for i in marked.tolist():
            rule = RULES[int(np.argmax(broken[:, i]))]
            yield Evidence(
                start=int(document.start[i - 1]),
                end=int(document.end[i]),
                text=document.quote(i - 1, i),
                extractor=self.name,
                kind="grammar",
                strength=float(broken[:, i].sum()),
                reason=REASONS[rule],
                suggestions=_mended(rule, document, i),
            )


def _broken(batch: Batch, resources: Resources) -> NDArray[np.bool_]:
    """Which rule each token breaks with its left neighbour, shape (len(RULES), n_tokens)."""
    ids, left = batch.ids, batch.reading.left
    forms = resources.words.forms[ids]
    one_of = _Lists(resources.vocabulary)
    plain = (batch.flags & (Flag.WORD | Flag.NAME | Flag.NUMBER | Flag.QUOTED)) == Flag.WORD
    unseen = plain & ~batch.reading.seen & (left != BOUNDARY)
    by_chance = plain & (batch.reading.bigram < batch.rarity)  # a slip that some newspaper printed
    starts = batch.reading.left2 == BOUNDARY
    tried = {
        "article": (one_of(left, ["a"]) & _has(forms, Form.VOWEL))
        | (one_of(left, ["an"]) & _has(forms, Form.CONSONANT)),
        "doubled": (ids == left) & one_of(ids, NEVER_TWICE),
        "determiners": one_of(left, DETERMINERS) & one_of(ids, DETERMINERS) & (ids != left),
        "modal": one_of(left, MODALS) & _only(forms, FINITE | Form.PARTICIPLE) & _has(forms, FINITE),
        "perfect": one_of(left, ["has", "have", "had"]) & _only(forms, Form.BASE | Form.THIRD | Form.PAST),
        "number": (one_of(left, SINGLE) & _only(forms, Form.PLURAL))
        | (one_of(left, SEVERAL) & _only(forms, Form.SINGULAR)),
        "person": starts
        & (
            (one_of(left, ["he", "she", "it"]) & _only(forms, Form.BASE))
            | (one_of(left, ["they", "we"]) & _only(forms, Form.THIRD))
        ),
        "degree": (one_of(left, ["more"]) & _only(forms, Form.COMPARATIVE))
        | (one_of(left, ["most"]) & _only(forms, Form.SUPERLATIVE)),
    }
    return np.stack([tried[rule] & (unseen | by_chance if rule == "article" else unseen) for rule in RULES])


class _Lists:
    """Membership in a list of words, by table."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __call__(self, ids: NDArray[np.int32], words: list[str]) -> NDArray[np.bool_]:
        member = np.zeros(len(self.vocabulary), bool)
        member[[self.vocabulary.id_of[word] for word in words if word in self.vocabulary.id_of]] = True
        return member[ids]


def _has(forms: NDArray[np.uint16], bits: Form) -> NDArray[np.bool_]:
    return (forms & np.uint16(bits)) > 0


def _only(forms: NDArray[np.uint16], bits: Form) -> NDArray[np.bool_]:
    """Whether some of `bits` is set and no other form is."""
    sounds = np.uint16(Form.VOWEL | Form.CONSONANT)
    forms = forms & ~sounds
    return (forms > 0) & ((forms & ~np.uint16(bits)) == 0)


def _mended(rule: str, document: Document, i: int) -> tuple[Suggestion, ...]:
    first, second = document.quote(i - 1, i - 1), document.quote(i, i)
    if rule == "article":
        article = {"a": "an", "an": "a", "A": "An", "An": "A"}.get(first)
        return (Suggestion(f"{article} {second}", 0.99),) if article else ()
    return (Suggestion(first, 0.95),) if rule == "doubled" else ()
