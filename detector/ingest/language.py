"""Which language a text is in, and whether it is prose: a cheap gate for English first, py3langid only in doubt."""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import NamedTuple

from detector.findings import Refusal
from detector.text import Article

MIN_WORDS = 120  # outside clutter; with fewer a verdict would be a guess
MIN_WORDS_TO_IDENTIFY = 20  # with fewer the identifier guesses; guess
LOOKED_AT = 5_000  # characters
MOST_BLANKS = 100  # in a row: guess; more stand where the front matter, a table or code of Markdown was blanked out
MOST_BLANK = 0.4  # share of characters; running text has a fifth: guess
CLEARLY_ENGLISH = 0.2  # share of function words that settles it; between 99% and 99.9% of clean articles have more
LEAST_SMALL = 0.15  # share of function words in sentences; none of 3,459 clean articles has less, menus and fixtures do
MAX_CAPITALISED = 0.6  # share of capitalised words in prose other than headlines and capitals throughout; guess
MAX_NUMERIC = 0.25  # share of words with a digit; guess
MAX_IN_CAPITALS = 0.5  # share of words; none of 3,577 clean articles has 0.14, and in capitals 63 of 305 were flagged
SMALL_E = 0.05  # share of characters above which no words are counted: news has 0.09, and half of it in half capitals
MAX_OPEN_LINES = 0.6  # share of words on lines that no sentence ends; guess
UNSURE = 0.5  # probability of the likeliest language below which none is named; guess
UNDETERMINED = "und"  # ISO 639-2

# Common in English and rare elsewhere, so neither "a", "I", "in", "was", "no", "he" nor "an".
_COMMON = """
the of and to that is for it with as his on be at by this had not are but from or have they which one you were her she
there would their we him been has when who will more if out so said what its about into than them can only other could
also two after first because over while where
"""
FUNCTION_WORDS = frozenset(_COMMON.split())
_WORD = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*+")  # possessive: nothing of it is ever taken back
_NUMERIC = re.compile(r"\d\S*")
_EMPTY_STRETCH = re.compile(rf"\s{{{MOST_BLANKS},}}")
_CLOSES_SENTENCE = re.compile(r"[.!?…](?=[\s\"'”’»)\]]|\Z)|[。！？؟।]")


class Language(NamedTuple):
    """ISO 639-1 code, or "und"; the probability is the identifier's own, 1 where the gate for English decided."""

    code: str
    probability: float


def english_share(text: str) -> float:
    """Share of common English function words among the words at the beginning of `text`; 0 for no words.

    >>> english_share("The cat sat on the mat.")
    0.5
    """
    words = text[:LOOKED_AT].lower().split()
    return sum(map(FUNCTION_WORDS.__contains__, words)) / len(words) if words else 0.0


def language(text: str) -> Language:
    """Tell the language of `text` by its first characters; too few words that are not clearly English give "und"."""
    if english_share(text) >= CLEARLY_ENGLISH:
        return Language("en", 1.0)
    beginning = text[:LOOKED_AT]
    letters = sum(map(str.isalpha, beginning))
    if letters < 5 * MIN_WORDS_TO_IDENTIFY and len(_WORD.findall(beginning)) < MIN_WORDS_TO_IDENTIFY:
        return Language(UNDETERMINED, 0.0)
    return _identify(beginning)


def refuse(article: Article) -> tuple[str, Refusal | None]:
    """Give the language, and why there can be no verdict, or None.

    Codes: "not-prose", "not-english", "too-short", "in-capitals". Lists of names are looked for first, as identifiers
    of languages misjudge them.
    """
    story = _outside(article)
    if _is_blank(story[:LOOKED_AT]):
        story = _EMPTY_STRETCH.sub("\n\n", story)  # else what is looked at may be nothing but blanks
    is_long = _has_words(story, MIN_WORDS)
    given = language(story)
    clearly_english = given == Language("en", 1.0)
    if given.code == UNDETERMINED or (clearly_english and not is_long):
        n_words = count_words(article)
        masked = len(_WORD.findall(article.text)) - n_words
        if masked < MIN_WORDS:
            return given.code, _too_short(n_words)
        # What was masked is a long menu or list: the text is one, and short because of it.
        return given.code, Refusal("not-prose", _not_prose(f"{masked} words of lists, menus or captions"))
    reason = _shape(story, clearly_english) if is_long or _has_words(story, MIN_WORDS_TO_IDENTIFY) else None
    if reason is not None:
        return given.code, Refusal("not-prose", _not_prose(reason))
    if given.code != "en":
        return given.code, Refusal("not-english", _not_english(given))
    if not is_long:
        return given.code, _too_short(count_words(article))
    return given.code, _in_capitals(story) or (None if clearly_english else _in_notes(story))


def _is_blank(text: str) -> bool:
    """Whether much of it is blanks and ends of lines; told in a tenth of the time that their stretches take to find."""
    return text.count(" ") + text.count("\n") > MOST_BLANK * len(text)


def count_words(article: Article) -> int:
    """The number of words outside clutter."""
    return len(_WORD.findall(_outside(article)))


def _has_words(text: str, n: int) -> bool:
    """Whether there are at least `n`: a long text need not be read to its end."""
    if sum(map(str.isalpha, text.split(None, 2 * n)[: 2 * n])) >= n:  # as in most prose, and quick to see
        return True
    return next(islice(_WORD.finditer(text), n - 1, None), None) is not None


def _identify(text: str) -> Language:
    """Ask py3langid; its scores are turned into probabilities at a temperature of sqrt(bytes), as it does itself."""
    import py3langid  # 0.7 s and 130 MB with the first call, and rarely needed

    ranked = py3langid.rank(text)
    temperature = math.sqrt(len(text.encode("utf-8", "replace")))
    best = float(ranked[0][1])
    total = sum(math.exp((float(score) - best) / temperature) for _, score in ranked)
    return Language(str(ranked[0][0]), 1.0 / total)


def _outside(article: Article) -> str:
    """The text of `article` outside its clutter."""
    pieces, position = [], 0
    for span in article.clutter:
        pieces.append(article.text[position : span.start])
        position = span.end
    pieces.append(article.text[position:])
    return "".join(pieces)


def _shape(text: str, clearly_english: bool) -> str | None:
    """Say what shows that `text` is a table or a list and not sentences, or None."""
    words = text[:LOOKED_AT].split()
    numeric = len(_NUMERIC.findall(text[:LOOKED_AT])) / len(words)
    if numeric > MAX_NUMERIC:
        return f"{numeric:.0%} of the words with digits"
    lines = list(filter(None, map(str.strip, text[:LOOKED_AT].split("\n"))))
    # A line is open where no sentence ends in it and the next does not go on with a small letter, as wrapped ones do.
    open_words = sum(
        len(line.split())
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if not _CLOSES_SENTENCE.search(line) and not following[:1].islower()
    )
    if len(lines) > 1 and open_words > MAX_OPEN_LINES * len(words):
        return f"{open_words} of {len(words)} words on lines without a full stop"
    if clearly_english:
        return None
    capitalised = sum(word[:1].isupper() and not word.isupper() for word in words) / len(words)
    if capitalised > MAX_CAPITALISED:
        return f"{capitalised:.0%} of the words with a capital"
    return None


def _not_english(given: Language) -> str:
    if given.probability < UNSURE:
        return (
            "expected English, got text that looks like no language in particular: give the running text of the article"
        )
    message = f"expected English, got text that looks like {given.code!r} (probability {given.probability:.2f})"
    return f"{message}: check the original text with a tool for that language"


def _too_short(n_words: int) -> Refusal:
    return Refusal("too-short", f"expected at least {MIN_WORDS} words, got {n_words}: give the whole article")


def _in_capitals(text: str) -> Refusal | None:
    looked_at = text[:LOOKED_AT]
    if looked_at.count("e") > SMALL_E * len(looked_at):
        return None
    words = looked_at.split()
    share = sum(map(str.isupper, words)) / len(words)
    if share <= MAX_IN_CAPITALS:
        return None
    message = f"expected capitals and small letters, got {share:.0%} of the words in capitals: give the text as written"
    return Refusal("in-capitals", message)


def _in_notes(text: str) -> Refusal | None:
    """Whether English text is of notes and not of sentences, by how few small words it has."""
    share = english_share(text)
    if share >= LEAST_SMALL:
        return None
    few = f"notes, in which {share:.0%} of the words are such as “the” and “of”, where sentences have 30%"
    return Refusal("not-prose", _not_prose(few))


def _not_prose(got: str) -> str:
    return f"expected sentences, got {got}: give the running text of the article, without tables and lists"
