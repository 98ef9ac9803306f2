"""Figures, stops, blanks and quotation marks set as no English news desk sets them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from detector.findings import Evidence, Suggestion
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources
from detector.text import Document, Severity

MOST_CHARACTERS = 80  # of a mark: longer, it is no typography that a reader can look at

_B = "[ \u00a0\u2009\u202f]"  # a blank inside a line
_STOPS = ",. \u00a0\u2009\u202f"
_COUNTED = (
    "people|persons|men|women|children|soldiers|troops|refugees|residents|students|workers|employees|jobs|homes|houses"
    "|families|tons|tonnes|hectares"
)
_MEASURED = (
    "percent|per cent|percentage|million|billion|trillion|euros?|dollars?|degrees|points|met(?:er|re)s"
    "|kilomet(?:er|re)s|km|kg|tons|tonnes|hours|times"
)
# Read at the places that are marked, not counted in the columns, which a model was fitted on.
_ALSO_COUNTED = (
    "inhabitants|citizens|voters|civilians|fighters|prisoners|detainees|passengers|spectators|viewers|visitors|tourists"
    "|fans|protesters|demonstrators|migrants|pupils|patients|officers|policemen|members|supporters|volunteers|farmers"
    "|teachers|nurses|doctors|customers|subscribers|users|victims|deaths|companies|firms|households|apartments"
    "|buildings|vehicles|cars|copies|tickets|signatures|votes|seats|trees|animals|sheep"
)
_NO_SHARE = rf"(?!{_B}(?:(?:for|to){_B})?(?:per|an?|each|every)\b)"  # 1.234 deaths per 1,000, 2.345 cars a household
# A figure that none goes before or after, and that is no part of a date, a score, a version or a telephone number. What
# is asked of the left stands behind the first figure: a search that begins with a figure is several times as fast.
_FIRST = rf"[1-9](?<![\w.,:/+-].)(?<![\d)]{_B}.)"
_LAST = rf"(?!\w|[.,:/-]\d|{_B}\d|\){_B}?\d)"
_ADDRESS = re.compile(r"[1-9]\d{0,2}\.(?:(?:1\d\d|2[0-5]\d)\.){2}(?:1\d\d|2[0-5]\d)")
_MEAN_OR_NAME = re.compile(
    rf"\b(?:average|mean|median|rate|ratio)\b|\b(?:[Nn]os?\.|[Nn]umber|[Vv]ersion|[Ss]ection|[Pp]aragraph){_B}$"
)

# What is no word at a sentence's end, and no word at a sentence's start.
_SENTENCE_END = re.compile(
    r"(?!(?:etc|approx|est|dept|max|min|tel|cf|ext|incl|avg|hrs?|mins?|secs?|lbs?|pct|mph|vol|ibid|misc|govt|figs?|mtg|www"
    r"|vs|inc|corp|nos?|inst|ult|prox|viz|retd|esq|asst|cert|bros|regt|batt|cwt|doz|yds?|gals?|qtrs?|wks?|yrs?)$)[a-z]{3,}"
)
_SENTENCE_START = re.compile(
    r"(?!(?:de|del|della|da|di|dos|du|la|le|van|von|der|den|ter|bin|bint|ibn|ben|al|el|com|org|net|gov|edu|uk)$)[a-z]+"
)
# What is marked nowhere, though the columns count it: they hold what a model was fitted on.
_SHORTENED = re.compile(  # "per cent. black", "twenty thou., ties": a short word that need not end a sentence
    r"(?!(?:ago|all|area|away|back|bank|body|case|city|days|day|dead|deal|down|fire|fund|game|goal|good|her|here|him|home"
    r"|hour|hurt|it|last|law|left|life|made|men|more|next|now|off|old|one|open|out|over|own|part|plan|race|rain|rate|road"
    r"|said|says|seat|side|so|talk|tax|team|than|that|them|then|this|time|too|town|two|up|us|vote|war|way|week|well|win"
    r"|work|year)\b)[a-z]{1,4}\."
)
_AMOUNT = re.compile(rf"\b(?:about|around|from|nearly|of|over|some|than|to){_B}$", re.IGNORECASE)  # "rose to 12 300"
_OF_THINGS = re.compile(
    rf"{_B}(?:[a-z]+{_B}){{0,2}}(?:[a-z]{{3,}}s|people|men|women|children)\b"
)  # "10 000 more homes"


class _Rule(NamedTuple):
    """One way to set type wrongly.

    Attributes:
        kind, reason, severity: of its Evidence.
        column: of the documents' columns, without "typography_".
        pattern: finds it. The mark is widened to whole tokens; a match that begins with a stop or a blank takes in the
            word before.
        mend: the marked text as English news sets it; None where that cannot be told.
        holds: whether a match counts where it stands.
        beside: the rule counts only in a text that holds this too.
        fewest: places in one text before it is more than a slip.
        shown: whether its places are marked, or only counted.
    """

    kind: str
    column: str
    pattern: re.Pattern[str]
    reason: str
    mend: Callable[[str], str | None] = lambda quote: None
    severity: Severity = "wording"
    holds: Callable[[re.Match[str]], bool] = lambda match: True
    beside: re.Pattern[str] | None = None
    fewest: int = 1
    shown: bool = True


class _Hit(NamedTuple):
    """A place where a document breaks a rule: tokens `first` to `last`, both included."""

    first: int
    last: int
    rule: _Rule


def _with_commas(quote: str) -> str:
    return re.sub(rf"{_B}|\.", ",", quote)


def _with_point(quote: str) -> str:
    return re.sub(rf"{_B}%", "%", quote.replace(",", "."))


def _sign_first(quote: str) -> str:
    figure = quote[:-1].rstrip()
    return quote[-1] + re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", figure)


def _without_blank(quote: str) -> str:
    return re.sub(_B, "", quote)


def _in_figures(quote: str) -> str:
    figures = [figure.zfill(3) for figure in re.findall(r"\d+", quote)]
    return ",".join(figures).lstrip("0") + (",000" if "illion" in quote else "")


def _one_stop(quote: str) -> str | None:
    """Nobody can tell which of a comma and a full stop was meant."""
    return None if "," in quote and "." in quote else re.sub(rf"([,.]){_B}?[,.]", r"\1", quote)


def _word_before(match: re.Match[str]) -> str:
    return re.split(r"[\s\"'“‘(-]", match.string[max(match.start() - 30, 0) : match.start()])[-1]


def _after_word(match: re.Match[str]) -> bool:
    """Whether a plain word stands before the match; behind a name, a blank is left over from a link or bold type."""
    return bool(_SENTENCE_END.fullmatch(_word_before(match)))


def _is_no_average(match: re.Match[str]) -> bool:
    """Whether nothing before says that it is a mean, which may be 1.125 passengers, or the number of a thing."""
    return not _MEAN_OR_NAME.search(match.string[max(match.start() - 40, 0) : match.start()])


def _starts_sentence(match: re.Match[str]) -> bool:
    """Whether two plain words stand around the stop, neither an abbreviation nor a name that is written small."""
    after = re.split(r"\s|,\s", match.string[match.end() - 1 : match.end() + 30], maxsplit=1)[0]
    return _after_word(match) and bool(_SENTENCE_START.fullmatch(after))


_FIGURE_RULES = (
    _Rule(
        kind="grouped-figures",
        column="figures",
        pattern=re.compile(
            rf"{_FIRST}\d{{0,2}}(?:(?:\.\d{{3}}){{2,3}}|(?:{_B}\d{{3}}){{2,3}}|\.\d{{3}}(?={_B}(?:{_COUNTED})\b)){_LAST}"
        ),
        reason="English news groups the figures of a large number with commas.",
        mend=_with_commas,
        severity="fact",
    ),
    _Rule(  # "10 000" alone is the style of South African news and of science: no desk mixes it with another
        kind="grouped-figures",
        column="figures",
        pattern=re.compile(rf"{_FIRST}\d{{0,2}}{_B}\d{{3}}{_LAST}"),
        reason="Large numbers in this text are grouped now with blanks, now otherwise; English news uses commas.",
        mend=_with_commas,
        severity="fact",
        beside=re.compile(rf"\d,\d{{3}}(?!\d)|\d,\d{{1,2}}{_B}?(?:%|[mb]illion|percent|per cent)"),
    ),
    _Rule(
        kind="decimal-comma",
        column="figures",
        pattern=re.compile(rf"\d(?<![\w.,:/-].)\d{{0,2}},\d{{1,2}}(?:{_B}?%|{_B}(?:{_MEASURED})\b)"),
        reason="English news writes decimals with a point; behind a comma they can be read as another number.",
        mend=_with_point,
        severity="fact",
    ),
    _Rule(
        kind="half-spelled-figures",
        column="figures",
        pattern=re.compile(
            rf"{_FIRST}(?<!illion .)\d{{0,2}}{_B}(?:thousand{_B}\d{{3}}|million{_B}\d{{1,3}}{_B}thousand){_LAST}"
        ),
        reason="English news does not break a number up into figures and words.",
        mend=_in_figures,
        severity="fact",
    ),
    _Rule(
        kind="plural-million",
        column="figures",
        pattern=re.compile(rf"\d{_B}[mb]illions\b"),
        reason="After a figure English says million and billion, without an s.",
        mend=lambda quote: quote.removesuffix("s"),
    ),
    _Rule(
        kind="currency-after",
        column="figures",
        pattern=re.compile(rf"\d{_B}?[$€£](?!{_B}?\d|\w)"),
        reason="English news sets the sign of a currency before the figure.",
        mend=_sign_first,
    ),
    _Rule(
        kind="stray-blank",
        column="blanks",
        pattern=re.compile(rf"[\d$€£]{_B}[\d%](?:(?<=\d.%)|(?<=[$€£].\d))"),
        reason="English news sets no blank between a figure and its sign.",
        mend=_without_blank,
    ),
    _Rule(  # translators into English write it too
        kind="figures-and-thousand",
        column="thousands",
        pattern=re.compile(rf"\d{_B}thousand\b"),
        reason="English news writes thousands in figures.",
        shown=False,
    ),
)
_ODD_FIGURE = re.compile(  # stands in every text that breaks a rule of figures, and in few others: one search for many
    rf"[0-9$€£](?:{_B}(?:\d{{3}}(?!\d)|%|thousand\b|[mb]illions\b|million{_B}\d|(?<=[$€£].)\d)"
    rf"|\.\d{{3}}|,\d{{1,2}}(?!\d)|{_B}?[$€£])"
)
_STOP_RULES = (
    _Rule(
        kind="stray-blank",
        column="blanks",
        pattern=re.compile(rf"{_B}(?:,(?={_B}[a-z])|\.(?={_B}[A-Z]))"),
        reason="English news sets no blank before a comma or a full stop.",
        mend=_without_blank,
        holds=_after_word,
        fewest=2,
    ),
    _Rule(
        kind="missing-blank",
        column="blanks",
        pattern=re.compile(r",[a-z]{3}"),
        reason="English news sets a blank after a comma.",
        mend=lambda quote: quote.replace(",", ", "),
        holds=_after_word,
    ),
    _Rule(
        kind="doubled-stops",
        column="blanks",
        pattern=re.compile(rf"(?:,{_B}?,|,\.|\.,|\.{_B}\.(?!{_B}\.))(?=\s|$)"),
        reason="Two stops stand where one belongs.",
        mend=_one_stop,
        holds=_after_word,
    ),
    _Rule(
        kind="small-letter",
        column="case",
        pattern=re.compile(r"\. [a-z]"),
        reason="A sentence begins with a small letter.",
        holds=_starts_sentence,
    ),
    _Rule(
        kind="foreign-quotes",
        column="quotes",
        pattern=re.compile(r"„(?=[^„“”\n]{1,300}[“”\"])\w|«(?=[^«»\n]{1,300}»)\w|»(?=[^«»\n]{1,300}«)\w"),
        reason="These are quotation marks of another language.",
        mend=lambda quote: "“" + quote[1:],
    ),
)
_MEASURED_RULES = _FIGURE_RULES + _STOP_RULES
_RULES = (
    *_MEASURED_RULES,
    _Rule(  # what cannot be a decimal: nobody counts a thousandth of an inhabitant or pays a tenth of a cent
        kind="grouped-figures",
        column="figures",
        pattern=re.compile(
            rf"{_FIRST}(?:\d{{0,2}}\.\d{{3}}(?={_B}(?:{_ALSO_COUNTED})\b{_NO_SHARE})"
            rf"|\d{{1,2}}\.000(?={_B}(?:euros?|dollars|pounds)\b{_NO_SHARE}))"
        ),
        reason="English news groups the figures of a large number with commas.",
        mend=_with_commas,
        severity="fact",
        holds=_is_no_average,
    ),
)
_LAYOUTS = ("blanks", "case")  # columns whose places come by the hundred where a text was tokenised or made small
_COLUMNS = tuple(dict.fromkeys(rule.column for rule in _MEASURED_RULES))


@dataclass(frozen=True)
class BrokenTypography:
    """Typography that no English news desk prints.

    What it finds: large numbers grouped with blanks or dots, decimal commas, currency signs after their figure,
        numbers half in words, blanks before stops or none behind a comma, doubled stops, sentences that begin small,
        quotation marks of other languages.
    Why it marks spun text: machine translation carries the typography of the other language over, careless spinning
        tears words from their stops, and an editor would have mended both.
    Not evidence: straight or curly quotes, single or double; one blank before a stop, or a paragraph's blank that was
        lost ("said.The"), which are slips of pages taken apart; "10 000" in a text that groups every number so; blanks
        and small letters everywhere in a text, which are its layout; web addresses, initials, abbreviations, and so
        stops behind a short word that is not among the commonest; numbers with a blank that count nothing ("tram
        37 718").
    Example: "3,5 percent" -> "3.5 percent".
    Source: The Economist Style Guide, figures; The Chicago Manual of Style, 17th edition, sections 6 and 9.
    """

    name: ClassVar[str] = "broken-typography"
    unit: ClassVar[str] = "places of the kind in the article"
    certain: ClassVar[bool] = True

    most_marks: int = 5  # of one kind: a reader has understood
    habit: float = 2.0  # guess: places in 100 tokens above which it is the layout; tokenised text has about 5
    fewest_habit: int = 6  # guess: places before anything is a habit
    most_rate: float = 20.0  # guess: of a column, so that one odd layout is no louder than many errors

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Per token: whether it stands in such a place; per document: places in 1,000 tokens, a column a family."""
        touched = np.zeros(len(batch.ids), np.float32)
        rates = np.zeros((len(batch.documents), len(_COLUMNS)), np.float32)
        for d, document in enumerate(batch.documents):
            for hit in self._hits(document, _MEASURED_RULES):
                rates[d, _COLUMNS.index(hit.rule.column)] += 1000 / len(document.ids)
                if hit.rule.shown:
                    touched[batch.offsets[d] + hit.first : batch.offsets[d] + hit.last + 1] = 1
        rates = np.minimum(rates, np.float32(self.most_rate))
        by_kind = {f"typography_{name}": rates[:, i] for i, name in enumerate(_COLUMNS)}
        return Measures(rare={"typography": touched}, documents=by_kind)

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """One mark a place, the first `most_marks` of each kind."""
        (document,) = batch.documents
        if not measures.rare["typography"].any() and not _ODD_FIGURE.search(document.text):
            return
        hits = [hit for hit in self._hits(document, _RULES) if hit.rule.shown and not _may_be_right(document, hit)]
        places = Counter(hit.rule.kind for hit in hits)
        told: Counter[str] = Counter()
        for first, last, rule in hits:
            told[rule.kind] += 1
            if told[rule.kind] <= self.most_marks:
                quote = document.quote(first, last)
                mended = rule.mend(quote)
                yield Evidence(
                    start=int(document.start[first]),
                    end=int(document.end[last]),
                    text=quote,
                    extractor=self.name,
                    kind=rule.kind,
                    strength=float(places[rule.kind]),
                    reason=rule.reason,
                    severity=rule.severity,
                    suggestions=(Suggestion(mended, 1.0),) if mended else (),
                )

    def _hits(self, document: Document, rules: Sequence[_Rule]) -> list[_Hit]:
        """All places, in reading order, without overlaps; of two rules that meet in one place the first counts."""
        if not _ODD_FIGURE.search(document.text):
            rules = _STOP_RULES
        hits = [hit for rule in rules for hit in _found(rule, document)]
        if not hits:
            return hits
        columns = Counter(hit.rule.column for hit in hits if hit.rule.column in _LAYOUTS)
        most = max(self.habit * len(document.ids) / 100, self.fewest_habit)
        taken = np.zeros(len(document.ids), bool)
        kept: list[_Hit] = []
        for hit in hits:
            if columns[hit.rule.column] <= most and not taken[hit.first : hit.last + 1].any():
                taken[hit.first : hit.last + 1] = True
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.first)


def _may_be_right(document: Document, hit: _Hit) -> bool:
    """Whether it may be the address of a computer (170.149.168.130), an abbreviation, or the number of one thing."""
    quote = document.quote(hit.first, hit.last)
    if hit.rule.kind in ("small-letter", "doubled-stops"):
        return bool(_SHORTENED.match(quote))
    if not re.fullmatch(rf"\d+{_B}\d+", quote):
        return bool(_ADDRESS.fullmatch(quote))
    start, end = int(document.start[hit.first]), int(document.end[hit.last])
    return not (_AMOUNT.search(document.text[max(start - 10, 0) : start]) or _OF_THINGS.match(document.text, end))


def _found(rule: _Rule, document: Document) -> list[_Hit]:
    """Where `document` breaks `rule`, as often as the rule asks for."""
    matches = [match for match in rule.pattern.finditer(document.text) if rule.holds(match)]
    if not matches or (rule.beside and not rule.beside.search(document.text)):
        return []
    start = np.array([match.start() for match in matches], np.int32)
    end = np.array([match.end() for match in matches], np.int32)
    back = np.array([match.group()[0] in _STOPS for match in matches], np.int32)  # to the word before
    first = np.searchsorted(document.end, start - back, side="right")
    last = np.searchsorted(document.start, end, side="left") - 1
    near = np.minimum(first, len(document.end) - 1)
    whole = (first <= last) & (document.start[near] <= start) & (document.end[last] >= end)  # no end of it is clutter
    whole &= document.end[last] - document.start[near] <= MOST_CHARACTERS
    hits = [_Hit(*tokens, rule) for tokens in zip(first[whole].tolist(), last[whole].tolist(), strict=True)]
    return hits if len(hits) >= rule.fewest else []
