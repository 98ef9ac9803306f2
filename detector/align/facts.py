"""Names, numbers, dates, quotations and attributions that a suspect states otherwise than its reference.

Only sentences that derive from each other are compared: two reports of one event may differ in what they know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from detector.align.house_style import plain, printed
from detector.align.tokens import Text, tokens_in
from detector.comparison import Alignment, Change, FactChange, FactType, Phrase, Wording
from detector.names import listed_spellings, plain_letters, sound_of
from detector.text import Document, Flag, Span

_MONTHS = frozenset("january february march april may june july august september october november december".split())
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight".split())
_DATES = _MONTHS | _DAYS
_MONEY = frozenset("$ £ € ¥ ₹ dollar dollars pound pounds euro euros yen yuan rupee rupees rouble roubles".split())
_SPEECH = frozenset(
    "said says say told tells added adds stated states announced announces claimed claims wrote writes according"
    " insisted insists warned warns argued argues explained explains noted notes remarked declared testified".split()
)
_VAGUE = frozenset("the a an this that these those he she it they him her them his its their who which".split())
_ARTICLE = (plain("one"),)  # alone it often says no more than "a" does
_TITLES = frozenset("mister mrs ms miss doctor professor sir lord lady dame".split())
_NO_SPEAKER = frozenset("in at on of from near by with for after before he she it they we i who".split())
_NAME, _NUMBER, _CAPITAL, _QUOTED = Flag.NAME, Flag.NUMBER, Flag.CAPITAL, Flag.QUOTED
_TOLD = Flag.WORD | Flag.NUMBER
NEAR_SPEECH = 4  # words between a speaker and the word for speaking


class _Place(NamedTuple):
    """A phrase that differs, and its tokens on both sides."""

    phrase: Phrase
    ours: range
    theirs: range


class Fact(NamedTuple):
    """One fact as written: tokens [first, last) and the values under which spellings of it are one."""

    type: FactType
    values: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Text:
    """One document with the words, lower case and folded, and the flags of its tokens, for one by one."""

    document: Document
    words: list[str]
    flags: list[int]

    @classmethod
    def of(cls, text: Text) -> _Text:
        return cls(text.document, text.words, text.document.flags.tolist())

    def wording(self, first: int, last: int) -> Wording:
        start, end = int(self.document.start[first]), int(self.document.end[last - 1])
        return Wording(start, end, self.document.text[start:end])

    def facts(self, tokens: range) -> list[Fact]:
        """The names, numbers and dates among the tokens, neighbours of one type together."""
        found: list[Fact] = []
        for i in tokens:
            if (type_ := self._type(i)) is None:
                continue
            value = _name(self.words[i]) if type_ == "name" else plain(self.words[i])
            last = found[-1] if found else None
            if last and last.last == i and last.type == type_:
                found[-1] = Fact(type_, (*last.values, value), last.first, i + 1)
            else:
                found.append(Fact(type_, (value,), i, i + 1))
        return found

    def _type(self, i: int) -> FactType | None:
        """What sort of fact a token is part of."""
        word, flags = self.words[i], self.flags[i]
        value = plain(word) if word else ""
        if value in _DATES and (flags & _CAPITAL or value not in ("may", "march")):
            return "date"
        if len(value) == 4 and value.isdecimal() and value[:2] in ("19", "20"):
            return "date"
        if value[:1].isdigit() or flags & _NUMBER or word in _MONEY:
            near = {plain(self.words[k]) for k in (i - 1, i + 1) if 0 <= k < len(self.words) and self.words[k]}
            return "date" if near & _MONTHS and value.rstrip("stndrh").isdecimal() else "number"
        if flags & _NAME and value not in _TITLES:
            return "name"
        return None

    def speaks(self, fact: Fact) -> bool:
        """Whether a word for speaking stands near, and between them no other name and nothing that tells of a place, a
        time or another speaker."""
        for step in (-1, 1):
            place = fact.first - 1 if step < 0 else fact.last
            for i in range(place, place + step * NEAR_SPEECH, step):
                if not 0 <= i < len(self.words) or self._type(i) == "name" or self.words[i] in _NO_SPEAKER:
                    break
                if self.words[i] in _SPEECH:
                    return True
        return False

    def quoted(self, tokens: Iterable[int]) -> list[int]:
        """The words among the tokens that stand inside quotation marks."""
        return [i for i in tokens if self.flags[i] & _QUOTED and self.flags[i] & _TOLD]

    def quotation(self, inside: int) -> tuple[int, int]:
        """The tokens of the quotation in this sentence that token `inside` belongs to."""
        own = self.document.sentence[inside]
        start, end = (int(self.document.sentence.searchsorted(own, side)) for side in ("left", "right"))
        first = last = inside
        while first > start and self.flags[first - 1] & _QUOTED:
            first -= 1
        while last + 1 < end and self.flags[last + 1] & _QUOTED:
            last += 1
        return first, last + 1


_LISTED = listed_spellings()


def _name(word: str) -> str:
    """What all spellings of a name share."""
    bare = word.removesuffix("'s").rstrip(".")
    return sound_of(_LISTED.get(plain_letters(bare), bare)) or bare


def fact_changes(alignment: Alignment, suspect: Text, reference: Text) -> tuple[FactChange, ...]:
    """Every change in sentences that derive from each other, in the suspect's reading order."""
    ours, theirs = _Text.of(suspect), _Text.of(reference)
    differing = [
        phrase
        for phrase in alignment.phrases
        if alignment.pairs[phrase.pair].derived and phrase.operation not in ("same", "moved")
    ]
    here = tokens_in(suspect.document, [phrase.suspect for phrase in differing])
    there = tokens_in(reference.document, [phrase.reference for phrase in differing])
    by_pair: dict[int, list[_Place]] = {}
    for place in map(_Place, differing, here, there):
        by_pair.setdefault(place.phrase.pair, []).append(place)
    found: list[FactChange] = []
    stated = _Stated(ours, theirs)
    for places in by_pair.values():
        found += _changed_facts(places, ours, theirs, stated)
        found += _changed_quotations(places, ours, theirs)
    return tuple(found)


class _Stated:
    """Which values one whole text states oftener than the other; counted where they are first asked for."""

    def __init__(self, ours: _Text, theirs: _Text) -> None:
        self._texts = ours, theirs

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        ours, theirs = (_values([text.facts(range(len(text.words)))]) for text in self._texts)
        return ours - theirs, theirs - ours

    def oftener(self, facts: Sequence[Fact], side: int) -> list[Fact]:
        """Those with a value that their side, 0 or 1, states oftener: the others stand in another sentence."""
        return [fact for fact in facts if any(value in self._counts[side] for value in fact.values)]


def _changed_facts(places: Sequence[_Place], ours: _Text, theirs: _Text, stated: _Stated) -> Iterator[FactChange]:
    """What differs in the phrases of one sentence pair; a value that both sides have has only moved."""
    mine_all = [ours.facts(place.ours) for place in places]
    its_all = [theirs.facts(place.theirs) for place in places]
    both = _values(mine_all) & _values(its_all)
    for place, here, there in zip(places, mine_all, its_all, strict=True):
        mine, its = _without(here, both), _without(there, both)
        if not (_is_all(mine, place.ours) and _is_all(its, place.theirs)):  # what faces what is less than sure
            mine, its = stated.oftener(mine, 0), stated.oftener(its, 1)
        for a, b in _facing(mine, its):
            yield _change(a, b, ours, theirs)
        if place.phrase.operation == "substituted" and not here and any(fact.type == "name" for fact in its):
            yield from _unnamed(place, its, ours, theirs)


def _is_all(facts: Sequence[Fact], tokens: range) -> bool:
    """Whether one fact is all that stands there."""
    return len(facts) == 1 and (facts[0].first, facts[0].last) == (tokens.start, tokens.stop)


def _values(facts: Iterable[Iterable[Fact]]) -> Counter[str]:
    return Counter(value for some in facts for fact in some for value in fact.values)


def _without(facts: Iterable[Fact], both: Counter[str]) -> list[Fact]:
    """The facts that hold a value which the other side lacks."""
    return [fact for fact in facts if not all(value in both for value in fact.values)]


def _facing(mine: Sequence[Fact], its: Sequence[Fact]) -> Iterator[tuple[Fact | None, Fact | None]]:
    """Facts of one type in order; numbers and dates without a partner are told, names are left out freely."""
    for type_ in ("name", "number", "date"):
        a, b = ([fact for fact in facts if fact.type == type_] for facts in (mine, its))
        yield from zip(a, b, strict=False)
        if type_ != "name":
            yield from ((fact, None) for fact in a[len(b) :] if _tells_alone(fact))
            yield from ((None, fact) for fact in b[len(a) :] if _tells_alone(fact))


def _tells_alone(fact: Fact) -> bool:
    """Whether a fact without a partner states anything: a currency does so with a figure only."""
    return fact.values != _ARTICLE and not _MONEY.issuperset(fact.values)


def _change(mine: Fact | None, its: Fact | None, ours: _Text, theirs: _Text) -> FactChange:
    type_ = (mine or its).type  # type: ignore[union-attr]
    if type_ == "name" and mine and its and ours.speaks(mine) and theirs.speaks(its):
        type_ = "attribution"
    change: Change = "changed" if mine and its else "added" if mine else "dropped"
    return FactChange(
        type_,
        ours.wording(mine.first, mine.last) if mine else None,
        theirs.wording(its.first, its.last) if its else None,
        change,
    )


def _unnamed(place: _Place, its: Sequence[Fact], ours: _Text, theirs: _Text) -> Iterator[FactChange]:
    """A name that became other words, unless they point back to it ("the company")."""
    tokens = place.ours
    words = [ours.words[i] for i in tokens]
    if len(its) == 1 and len(words) == len(place.theirs) and not _VAGUE & set(words):
        yield FactChange(
            "name", ours.wording(tokens[0], tokens[-1] + 1), theirs.wording(its[0].first, its[0].last), "changed"
        )


def _changed_quotations(places: Sequence[_Place], ours: _Text, theirs: _Text) -> Iterator[FactChange]:
    """Quotations whose words differ inside the marks, each told once."""
    told: set[tuple[int, int]] = set()
    for phrase, mine_at, its_at in places:
        here, there = ours.quoted(mine_at), theirs.quoted(its_at)
        if (not here and not there) or _alike(here, there, ours, theirs):
            continue
        mine = ours.quotation(here[0]) if here else _around(ours, phrase.suspect)
        its = theirs.quotation(there[0]) if there else _around(theirs, phrase.reference)
        if mine and its and mine not in told:
            told.add(mine)
            yield FactChange("quotation", ours.wording(*mine), theirs.wording(*its), "changed")


def _alike(here: Sequence[int], there: Sequence[int], ours: _Text, theirs: _Text) -> bool:
    return printed(tuple(ours.words[i] for i in here)) == printed(tuple(theirs.words[i] for i in there))


def _around(text: _Text, span: Span) -> tuple[int, int] | None:
    """The quotation on either side of a place without words, if there is one."""
    after = int(np.searchsorted(text.document.start, span.end, side="left"))
    for i in (after - 1, after):
        if 0 <= i < len(text.words) and text.flags[i] & _QUOTED:
            return text.quotation(i)
    return None
