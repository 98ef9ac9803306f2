"""Text -> Document: tokens and sentences with exact offsets into the text as given.

One regular expression finds the tokens; a sentence ends at a full stop that is no abbreviation, or where a paragraph
ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.folding import fold
from detector.language_model import Vocabulary
from detector.text import BOUNDARY, Document, Flag, Span

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S., a.m.
    r"|\d(?:[\w.,]*\w)?"  # 1,200  3.5m  10th  1990s
    r"|[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*"  # words; don't, O'Neill
    r"|'s\b|-+|\.{2,}|[^\w\s]"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev hon gen lt col maj capt cmdr sgt sen rep gov pres st jr sr inc corp co ltd plc bros vs no"
    " fig al etc jan feb mar apr jun jul aug sep sept oct nov dec mt ft u.s u.k ala ariz ark calif colo conn del fla ga"
    " ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo".split()
)
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion"
    " dozen lakh crore first second third half percent".split()
)
_WRAPPED_WIDTH = 100  # characters: text whose lines are all shorter was wrapped by hand or by an old wire machine
_BREAK = re.compile(r"\n\s*")


def segment(text: str, vocabulary: Vocabulary, clutter: Sequence[Span] = ()) -> Document:
    """Cut `text` into tokens; stretches in `clutter` give none, and end a sentence.

    Empty text gives a document of one boundary.
    """
    folded = fold(text)
    matches = list(_TOKEN.finditer(folded.text))
    start = np.array([match.start() for match in matches], np.int32)
    end = np.array([match.end() for match in matches], np.int32)
    words = [match.group() for match in matches]
    initial = np.frombuffer(folded.text.encode("utf-32-le", "surrogatepass"), np.uint32)[start]
    hard = _hard_breaks(folded.text)
    if folded.origin is not None:  # a token ends where its last character ends, not where the next one starts
        start, end = folded.origin[start], folded.origin[end - 1] + 1
        hard = folded.origin[hard]
    keep = ~_covered(start, clutter)
    if not keep.all():
        words = [word for word, kept in zip(words, keep, strict=True) if kept]
        start, end, initial = start[keep], end[keep], initial[keep]
        hard = np.union1d(hard, [span.start for span in clutter]).astype(np.int32)
    return _columns(text, words, initial, start, end, hard, folded.hidden, vocabulary)


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, folded, without offsets or clutter: what a vocabulary is counted on."""
    return _TOKEN.findall(fold(text).text)


def _columns(
    text: str,
    words: list[str],
    initial: NDArray[np.uint32],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    hard: NDArray[np.int32],
    hidden: NDArray[np.int32],
    vocabulary: Vocabulary,
) -> Document:
    paragraph = np.searchsorted(hard, start, side="right")
    first = _sentence_starts(words, start, end, paragraph)
    lower = [word.lower() for word in words]
    ids, spelling = vocabulary.encode(lower)
    flags = _flags(words, lower, initial, ids, first, paragraph, vocabulary)
    if len(hidden):
        touched = np.searchsorted(hidden, end) > np.searchsorted(hidden, start)
        flags[touched] |= np.uint8(Flag.FOLDED)
    sentence = np.cumsum(first) - 1
    # A zero-width boundary before each sentence and one after the last.
    at = np.append(np.flatnonzero(first), len(words))
    edge = np.append(start[at[:-1]], end[-1] if len(end) else 0)
    return Document(
        text=text,
        start=np.insert(start, at, edge).astype(np.int32),
        end=np.insert(end, at, edge).astype(np.int32),
        ids=np.insert(ids, at, BOUNDARY).astype(np.int32),
        spelling=np.insert(spelling, at, 0).astype(np.float32),
        flags=np.insert(flags, at, 0).astype(np.uint8),
        sentence=np.insert(sentence, at, np.append(np.arange(len(at) - 1), max(len(at) - 2, 0))).astype(np.int32),
    )


def _hard_breaks(text: str) -> NDArray[np.int32]:
    """Offsets where a paragraph starts. In wrapped text only an empty line, or a stop before the line's end, breaks."""
    lines = text.split("\n")
    wrapped = len(lines) > 5 and max(map(len, lines)) <= _WRAPPED_WIDTH
    starts = []
    for match in _BREAK.finditer(text):
        before = text[max(match.start() - 2, 0) : match.start()].rstrip()[-1:]  # a line may end in a blank
        after = text[match.end() : match.end() + 1]
        if match.group().count("\n") > 1 or not (after.islower() or (wrapped and before not in ".!?\"'")):
            starts.append(match.end())
    return np.array(starts, np.int32)


def _covered(start: NDArray[np.int32], clutter: Sequence[Span]) -> NDArray[np.bool_]:
    """Which tokens begin inside a stretch of clutter."""
    if not clutter:
        return np.zeros(len(start), bool)
    begins = np.array([span.start for span in clutter])
    ends = np.array([span.end for span in clutter])
    row = np.searchsorted(begins, start, side="right") - 1
    return (row >= 0) & (start < ends[row])


def _sentence_starts(
    words: list[str], start: NDArray[np.int32], end: NDArray[np.int32], paragraph: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which tokens begin a sentence."""
    n = len(words)
    first = np.zeros(n, bool)
    if not n:
        return first
    first[0] = True
    first[1:] = paragraph[1:] != paragraph[:-1]
    for i, word in enumerate(words):
        if word in (".", "!", "?") or word == "...":
            after = i + 1
            while after < n and words[after] in ('"', "'", ")") and start[after] == end[after - 1]:
                after += 1
            if after < n and start[after] > end[after - 1] and _opens(words[after]) and not _abbreviates(words, i):
                first[after] = True
        elif word[-1] == "." and len(word) > 2 and i + 1 < n and words[i + 1] in _AFTER_INITIALS:
            first[i + 1] = True  # "... in the U.S. The ..."
    return first


_AFTER_INITIALS = frozenset("The A An It He She But In On They This That These His Her We I As At For There".split())


def _opens(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word in ('"', "'", "(", "-", "[")


def _abbreviates(words: list[str], i: int) -> bool:
    before = words[i - 1] if i and words[i] == "." else ""
    return before.lower() in _ABBREVIATIONS or (len(before) == 1 and before.isupper() and before != "I")


def _flags(
    words: list[str],
    lower: list[str],
    initial: NDArray[np.uint32],
    ids: NDArray[np.int32],
    first: NDArray[np.bool_],
    paragraph: NDArray[np.intp],
    vocabulary: Vocabulary,
) -> NDArray[np.uint8]:
    letter, capital, digit = _kinds(words, initial)
    number = digit | np.array([word in _NUMBER_WORDS for word in lower], bool)
    quote = initial == ord('"')
    opening = np.zeros(len(words), bool)  # the first word of a sentence, past quotation marks and brackets
    letters = np.flatnonzero(letter | number)
    if len(letters):
        starts = np.searchsorted(letters, np.flatnonzero(first))
        opening[letters[starts[starts < len(letters)]]] = True
        opening[1:] |= quote[:-1] | (initial[:-1] == ord(":"))
    name = capital & letter & (~opening | vocabulary.names[ids])
    for i in np.flatnonzero(name & (initial == ord("I"))).tolist():
        name[i] = words[i][:2] not in ("I", "I'")
    flags = (
        letter * int(Flag.WORD)
        + number * int(Flag.NUMBER)
        + name * int(Flag.NAME)
        + _quoted(quote, paragraph) * int(Flag.QUOTED)
        + capital * int(Flag.CAPITAL)
    )
    return flags.astype(np.uint8)


def _kinds(
    words: list[str], initial: NDArray[np.uint32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each token begins with a letter, with a capital, with a digit; what is not ASCII is asked of Python."""
    capital = (initial >= ord("A")) & (initial <= ord("Z"))
    letter = capital | ((initial >= ord("a")) & (initial <= ord("z")))
    digit = (initial >= ord("0")) & (initial <= ord("9"))
    for i in np.flatnonzero(initial > 127).tolist():
        character = words[i][0]
        letter[i], capital[i], digit[i] = character.isalpha(), character.isupper(), character.isdigit()
    return letter, capital, digit


def _quoted(quote: NDArray[np.bool_], paragraph: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tokens inside double quotation marks; a mark left open holds to the end of its paragraph, as news prints it."""
    if not quote.any():
        return np.zeros(len(quote), bool)
    opened = np.cumsum(quote)
    begins = np.flatnonzero(np.append(True, paragraph[1:] != paragraph[:-1]))
    before: NDArray[np.intp] = opened[begins] - quote[begins]
    return ((opened - np.repeat(before, np.diff(np.append(begins, len(quote))))) % 2 == 1) & ~quote
