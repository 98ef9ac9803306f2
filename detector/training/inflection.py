"""English inflection in both directions: which forms a lemma has, and of which lemmas a word is a form.

Words are lower case. What is irregular comes from two tables: IRREGULAR_VERBS below, which tells past from participle,
and WordNet's exception lists, which do not, but know the doubled consonants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
VOWELS = "aeiou"


class Analysis(NamedTuple):
    """One reading of a word: the lemma, its part of speech (a key of PARTS) and the form."""

    lemma: str
    part: str
    form: str  # base, plural | third, past, participle, ing | comparative, superlative


# Base, past, participle, as in any school grammar; the verbs made of these (over-, under-, re-) are in WordNet's list.
IRREGULAR_VERBS = """
arise arose arisen, awake awoke awoken, bear bore borne, beat beat beaten, become became become, begin began begun,
bend bent bent, bet bet bet, bid bid bid, bind bound bound, bite bit bitten, bleed bled bled, blow blew blown,
break broke broken, breed bred bred, bring brought brought, broadcast broadcast broadcast, build built built,
burst burst burst, buy bought bought, cast cast cast, catch caught caught, choose chose chosen, cling clung clung,
come came come, cost cost cost, creep crept crept, cut cut cut, deal dealt dealt, dig dug dug, do did done,
draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed fed, feel felt felt,
fight fought fought, find found found, flee fled fled, fling flung flung, fly flew flown, forbid forbade forbidden,
forecast forecast forecast, foresee foresaw foreseen, forget forgot forgotten, forgive forgave forgiven,
freeze froze frozen, get got got, give gave given, go went gone, grind ground ground, grow grew grown, hang hung hung,
have had had, hear heard heard, hide hid hidden, hit hit hit, hold held held, hurt hurt hurt, keep kept kept,
know knew known, lay laid laid, lead led led, leave left left, lend lent lent, let let let, lie lay lain,
lose lost lost, make made made, mean meant meant, meet met met, overcome overcame overcome,
overtake overtook overtaken, pay paid paid, put put put, quit quit quit, read read read, ride rode ridden,
ring rang rung, rise rose risen, run ran run, say said said, see saw seen, seek sought sought, sell sold sold,
send sent sent, set set set, shake shook shaken, shed shed shed, shine shone shone, shoot shot shot,
show showed shown, shrink shrank shrunk, shut shut shut, sing sang sung, sink sank sunk, sit sat sat,
sleep slept slept, slide slid slid, speak spoke spoken, spend spent spent, spin spun spun, split split split,
spread spread spread, spring sprang sprung, stand stood stood, steal stole stolen, stick stuck stuck,
sting stung stung, strike struck struck, strive strove striven, swear swore sworn, sweep swept swept, swim swam swum,
swing swung swung, take took taken, teach taught taught, tear tore torn, tell told told, think thought thought,
throw threw thrown, thrust thrust thrust, undergo underwent undergone, understand understood understood,
undertake undertook undertaken, uphold upheld upheld, upset upset upset, wake woke woken, wear wore worn,
weave wove woven, weep wept wept, win won won, wind wound wound, withdraw withdrew withdrawn,
withhold withheld withheld, withstand withstood withstood, write wrote written
"""
VERBS = {base: (past, participle) for base, past, participle in map(str.split, IRREGULAR_VERBS.split(","))}
THIRD = {"have": "has", "do": "does", "go": "goes", "undergo": "undergoes"}
IRREGULAR_PLURALS = """
man men, woman women, child children, foot feet, tooth teeth, goose geese, mouse mice, wife wives, life lives,
knife knives, leaf leaves, half halves, wolf wolves, thief thieves, shelf shelves, loaf loaves, calf calves,
self selves, crisis crises, analysis analyses, basis bases, thesis theses, hypothesis hypotheses, criterion criteria,
hero heroes, phenomenon phenomena, potato potatoes, tomato tomatoes, echo echoes, veto vetoes, cargo cargoes,
embargo embargoes
"""
PLURALS = {pair.split()[0]: pair.split()[1] for pair in IRREGULAR_PLURALS.split(",")}
MAX_COMPARED = 7  # letters; longer adjectives take "more" and "most"
DEGREES = {
    "good": ("better", "best"),
    "well": ("better", "best"),
    "bad": ("worse", "worst"),
    "badly": ("worse", "worst"),
    "far": ("further", "furthest"),
    "little": ("less", "least"),
    "many": ("more", "most"),
    "much": ("more", "most"),
}


def regular_form(lemma: str, form: str) -> str:
    """Inflect as if nothing were irregular; the last consonant of a short word is doubled.

    >>> regular_form("carry", "past"), regular_form("stop", "ing"), regular_form("bus", "plural")
    ('carried', 'stopping', 'buses')
    """
    if form == "base":
        return lemma
    after_consonant = len(lemma) > 1 and lemma[-2] not in VOWELS
    if form in ("plural", "third"):
        if lemma.endswith("y") and after_consonant:
            return lemma[:-1] + "ies"
        return lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh")) else "s")
    ending = {"past": "ed", "participle": "ed", "ing": "ing", "comparative": "er", "superlative": "est"}[form]
    if lemma.endswith("e") and not (form == "ing" and lemma.endswith(("ee", "oe", "ye"))):
        return (lemma[:-2] + "y" if form == "ing" and lemma.endswith("ie") else lemma[:-1]) + ending
    if lemma.endswith("y") and after_consonant and form != "ing":
        return lemma[:-1] + "i" + ending
    return lemma + (lemma[-1] if _doubles(lemma) else "") + ending


def _doubles(lemma: str) -> bool:
    """Whether a word of one syllable ends in one vowel and one consonant."""
    if len(lemma) < 3 or lemma[-1] in VOWELS + "wxy" or lemma[-2] not in VOWELS:
        return False
    before = lemma[:-2].removesuffix("qu") if lemma[:-2].endswith("qu") else lemma[:-2]
    return before[:1] not in tuple(VOWELS) and not any(letter in VOWELS + "y" for letter in before[1:])


def form_names(part: str) -> tuple[str, ...]:
    """The inflected forms of a part of speech."""
    if part == "n":
        return ("plural",)
    return ("third", "past", "participle", "ing") if part == "v" else ("comparative", "superlative")


@dataclass(frozen=True, slots=True)
class Inflections:
    """All forms of a list of lemmas, made once, and the way back.

    Attributes:
        forms: spellings of (lemma, part, form), the likeliest first.
        analyses: the readings of a word, base forms included.
    """

    forms: Mapping[tuple[str, str, str], tuple[str, ...]]
    analyses: Mapping[str, tuple[Analysis, ...]]

    @classmethod
    def build(
        cls, lemmas: Iterable[tuple[str, str]], exceptions: Mapping[tuple[str, str], Iterable[str]] | None = None
    ) -> Inflections:
        """Inflect `lemmas`, pairs of lemma and part; `exceptions` are the irregular spellings of a pair."""
        forms: dict[tuple[str, str, str], tuple[str, ...]] = {}
        analyses: defaultdict[str, list[Analysis]] = defaultdict(list)
        exceptions = exceptions or {}
        for lemma, part in dict.fromkeys(lemmas):
            spellings = {"base": (lemma,)} | _inflected(lemma, part, tuple(exceptions.get((lemma, part), ())))
            for form, words in spellings.items():
                forms[lemma, part, form] = words
                for word in words:
                    analyses[word].append(Analysis(lemma, part, form))
        return cls(forms, {word: tuple(found) for word, found in analyses.items()})

    def lemmas(self, word: str) -> frozenset[str]:
        """Every lemma that `word` may be a form of."""
        return frozenset(analysis.lemma for analysis in self.analyses.get(word, ()))


def _inflected(lemma: str, part: str, irregular: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The spellings of each inflected form: the tables, then WordNet's, then the rule; all of them may be in use."""
    regular = {form: regular_form(lemma, form) for form in form_names(part)}
    if part == "n":
        return {"plural": (PLURALS[lemma],) if lemma in PLURALS else _unique(*irregular, regular["plural"])}
    if part in "ar":
        if lemma in DEGREES:
            return dict(zip(("comparative", "superlative"), ((word,) for word in DEGREES[lemma]), strict=True))
        return {
            form: _unique(
                *(word for word in irregular if word.endswith(ending)),
                *([regular[form]] if len(lemma) <= MAX_COMPARED else []),
            )
            for form, ending in (("comparative", "er"), ("superlative", "est"))
        }
    ing = _unique(*(word for word in irregular if word.endswith("ing")), regular["ing"])
    third = (THIRD.get(lemma, regular["third"]),)
    if lemma in VERBS:
        past, participle = VERBS[lemma]
        return {"third": third, "past": (past,), "participle": (participle,), "ing": ing}
    others = [word for word in irregular if not word.endswith(("ing", "s"))]
    participles = [word for word in others if word.endswith(("n", "ne"))] or others
    pasts = [word for word in others if word not in participles] or others
    return {
        "third": third,
        "past": _unique(*pasts, regular["past"]),
        "participle": _unique(*participles, regular["participle"]),
        "ing": ing,
    }


def _unique(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
