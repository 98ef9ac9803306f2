"""Text -> Document: tokens and sentences with exact offsets into the text as given.

One regular expression finds the tokens; a sentence ends at a full stop that is no abbreviation, or where a paragraph
ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.folding import fold
from detector.language_model import Vocabulary
from detector.text import BOUNDARY, Document, Flag, Span

_TOKEN = re.compile(  # in one group, so that `split` gives what stands between tokens and tokens by turns
    r"([A-Za-z]\.(?:[A-Za-z]\.)+"  # U.S., a.m.
    r"|\d(?:[\w.,]*\w)?"  # 1,200  3.5m  10th  1990s
    r"|[^\W\d_]++(?:'(?!s\b)[^\W\d_]++)*+"  # words; don't, O'Neill; possessive, as nothing is ever taken back
    r"|'s\b|-+|\.{2,}|[^\w\s])"
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
    pieces = _TOKEN.split(folded.text)
    words = pieces[1::2]
    edges = np.cumsum(np.fromiter(map(len, pieces), np.int32, len(pieces)), dtype=np.int32)
    start, end = edges[:-1:2], edges[1::2]
    characters = np.frombuffer(folded.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    initial, final = characters[start], characters[end - 1]
    hard = _hard_breaks(folded.text)
    if folded.origin is not None:  # a token ends where its last character ends, not where the next one starts
        start, end = folded.origin[start], folded.origin[end - 1] + 1
        hard = folded.origin[hard]
    keep = ~_covered(start, clutter)
    if not keep.all():
        words = list(compress(words, keep.tolist()))
        start, end, initial, final = start[keep], end[keep], initial[keep], final[keep]
        hard = np.sort(np.append(hard, np.array([span.start for span in clutter], np.int32)))
    opens = _paragraph_starts(start, hard)
    first = _sentence_starts(words, final, start, end, opens)
    lower = [word.lower() for word in words]
    ids, spelling = vocabulary.encode(lower)
    flags = _flags(words, lower, initial, ids, first, opens, vocabulary)
    if len(folded.hidden):
        touched = np.searchsorted(folded.hidden, end) > np.searchsorted(folded.hidden, start)
        flags[touched] |= np.uint8(Flag.FOLDED)
    return _document(text, start, end, ids, spelling, flags, first)


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, folded, without offsets or clutter: what a vocabulary is counted on."""
    return _TOKEN.findall(fold(text).text)


def _document(
    text: str,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    ids: NDArray[np.int32],
    spelling: NDArray[np.float32],
    flags: NDArray[np.uint8],
    first: NDArray[np.bool_],
) -> Document:
    """Set a zero-width boundary before each sentence and one after the last; `first` tells which tokens begin one."""
    n_sentences = int(np.count_nonzero(first))
    sentence = np.cumsum(first) - 1
    inside = np.arange(len(first)) + sentence + 1  # where the tokens go, and where the boundaries
    before = np.append(np.flatnonzero(first), len(first)) + np.arange(n_sentences + 1)
    edge = np.append(start[first], end[-1] if len(end) else 0)
    number = np.append(np.arange(n_sentences), max(n_sentences - 1, 0))

    def spread(column: NDArray[Any], at_boundaries: NDArray[Any] | int) -> NDArray[Any]:
        whole = np.empty(len(column) + n_sentences + 1, column.dtype)
        whole[inside], whole[before] = column, at_boundaries
        return whole

    return Document(
        text=text,
        start=spread(start, edge),
        end=spread(end, edge),
        ids=spread(ids, BOUNDARY),
        spelling=spread(spelling, 0),
        flags=spread(flags, 0),
        sentence=spread(sentence.astype(np.int32), number),
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


def _paragraph_starts(start: NDArray[np.int32], hard: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which tokens begin a paragraph: the first of all, and the first behind each break."""
    opens = np.zeros(len(start) + 1, bool)  # no token may stand behind the last break
    opens[np.searchsorted(start, hard)] = True
    opens[0] = True
    return opens[:-1]


def _sentence_starts(
    words: list[str],
    final: NDArray[np.uint32],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    opens: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which tokens begin a sentence; `final` is the last character of each token, `opens` those of paragraphs."""
    n = len(words)
    first = opens.copy()
    stops = (final == ord(".")) | (final == ord("!")) | (final == ord("?"))
    for i in np.flatnonzero(stops).tolist():
        if len(words[i]) == 1 or words[i] == "...":
            after = i + 1
            while after < n and words[after] in ('"', "'", ")") and start[after] == end[after - 1]:
                after += 1
            if after < n and start[after] > end[after - 1] and _opens(words[after]) and not _abbreviates(words, i):
                first[after] = True
        elif len(words[i]) > 2 and i + 1 < n and words[i + 1] in _AFTER_INITIALS:
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
    opens: NDArray[np.bool_],
    vocabulary: Vocabulary,
) -> NDArray[np.uint8]:
    flags = _kinds(words, initial)
    flags |= np.fromiter(map(_NUMBER_WORDS.__contains__, lower), np.uint8, len(lower)) * np.uint8(Flag.NUMBER)
    quote = initial == ord('"')
    opening = np.zeros(len(words), bool)  # the first word of a sentence, past quotation marks and brackets
    letters = np.flatnonzero(flags & (Flag.WORD | Flag.NUMBER))
    if len(letters):
        starts = np.searchsorted(letters, np.flatnonzero(first))
        opening[letters[starts[starts < len(letters)]]] = True
        opening[1:] |= quote[:-1] | (initial[:-1] == ord(":"))
    capitalised = (flags & (Flag.WORD | Flag.CAPITAL)) == Flag.WORD | Flag.CAPITAL
    name = capitalised & (~opening | vocabulary.names.take(ids))
    for i in np.flatnonzero(name & (initial == ord("I"))).tolist():
        name[i] = words[i][:2] not in ("I", "I'")
    flags |= name * np.uint8(Flag.NAME)
    flags |= _quoted(quote, opens) * np.uint8(Flag.QUOTED)
    return flags


def _kinds(words: list[str], initial: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Flags of each token's first character: letter, capital, digit; what is not ASCII is asked of Python."""
    flags: NDArray[np.uint8] = _ASCII_KINDS.take(np.minimum(initial, 127))  # which stands for no character of a text
    for i in np.flatnonzero(initial > 127).tolist():
        flags[i] = _kind(words[i][0])
    return flags


def _kind(character: str) -> int:
    return character.isalpha() * Flag.WORD | character.isupper() * Flag.CAPITAL | character.isdigit() * Flag.NUMBER


_ASCII_KINDS = np.array([_kind(chr(i)) for i in range(128)], np.uint8)


def _quoted(quote: NDArray[np.bool_], opens: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tokens inside double quotation marks; a mark left open holds to the end of its paragraph, as news prints it."""
    if not quote.any():
        return np.zeros(len(quote), bool)
    opened = np.cumsum(quote)
    begins = np.flatnonzero(opens)
    before: NDArray[np.intp] = opened[begins] - quote[begins]
    return ((opened - np.repeat(before, np.diff(np.append(begins, len(quote))))) % 2 == 1) & ~quote
