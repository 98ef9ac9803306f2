"""Text -> Document: tokens and sentences with exact offsets into the text as given.

One regular expression finds the tokens; a sentence ends at a full stop that is no abbreviation, or where a paragraph
ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, compress, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.folding import fold
from detector.language_model import Vocabulary
from detector.text import BOUNDARY, Document, Flag, Span

_TOKEN = re.compile(  # in one group, so that `split` gives what stands between tokens and tokens by turns
    r"([A-Za-z]{2,}+[^\W\d_]*+(?:'(?!s\b)[^\W\d_]++)*+"  # most words: tried first, which is faster
    r"|[A-Za-z]\.(?:[A-Za-z]\.)+"  # U.S., a.m.
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


class _Tokens(NamedTuple):
    """The tokens of some texts, one text behind the other, before they are looked up; columns of shape (n_tokens,).

    Attributes:
        words, lower: as folded, and in lower case.
        text: number of the text that a token stands in, ascending.
        start, end: code-point offsets into all texts as given, each text one character behind the one before.
        initial, final: first and last character.
        opens: whether a paragraph begins with it.
        folded: whether a look-alike or zero-width character stood in it.
        offsets: where each text begins, shape (n_texts + 1,).
    """

    words: list[str]
    lower: list[str]
    text: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    initial: NDArray[np.uint32]
    final: NDArray[np.uint32]
    opens: NDArray[np.bool_]
    folded: NDArray[np.bool_]
    offsets: NDArray[np.int64]


def segment(text: str, vocabulary: Vocabulary, clutter: Sequence[Span] = ()) -> Document:
    """Cut `text` into tokens; stretches in `clutter` give none, and end a sentence.

    Empty text gives a document of one boundary.
    """
    (document,) = segment_all([(text, clutter)], vocabulary)
    return document


def segment_all(texts: Sequence[tuple[str, Sequence[Span]]], vocabulary: Vocabulary) -> list[Document]:
    """Do as `segment` does with each text and its clutter; all of them in the same columns, which is faster."""
    if not texts:
        return []
    tokens = _cut([text for text, _ in texts], [clutter for _, clutter in texts])
    return _documents([text for text, _ in texts], tokens, vocabulary)


def _cut(texts: Sequence[str], clutter: Sequence[Sequence[Span]]) -> _Tokens:
    offsets = np.cumsum([0, *(len(text) + 1 for text in texts)])
    folded = [fold(text) for text in texts]
    pieces = [_TOKEN.split(one.text) for one in folded]
    words = list(chain.from_iterable(some[1::2] for some in pieces))
    counts = np.array([len(some) // 2 for some in pieces])
    text, start, end = _places(pieces, counts)
    begins = np.cumsum([0, *(len(one.text) for one in folded)]).take(text)
    characters = np.frombuffer("".join(one.text for one in folded).encode("utf-32-le", "surrogatepass"), np.uint32)
    initial, final = characters.take(begins + start), characters.take(begins + end - 1)
    hard = [_hard_breaks(one.text) for one in folded]
    for i, one in enumerate(folded):
        if one.origin is not None:  # a token ends where its last character ends, not where the next one starts
            own = slice(*np.searchsorted(text, [i, i + 1]))
            start[own], end[own] = one.origin[start[own]], one.origin[end[own] - 1] + 1
            hard[i] = one.origin[hard[i]]
    start += offsets.take(text)
    end += offsets.take(text)
    breaks = _shifted([*hard, *([span.start for span in spans] for spans in clutter)], [*offsets[:-1], *offsets[:-1]])
    keep = ~_covered(start, clutter, offsets)
    if not keep.all():
        words = list(compress(words, keep.tolist()))
        text, start, end, initial, final = text[keep], start[keep], end[keep], initial[keep], final[keep]
    hidden = _shifted([one.hidden for one in folded], offsets[:-1])
    touched = np.zeros(len(words), bool)
    if len(hidden):
        touched = np.searchsorted(hidden, end) > np.searchsorted(hidden, start)
    lower = "\n".join(words).lower().split("\n") if words else []  # together: no token holds the end of a line
    opens = _paragraph_starts(start, np.concatenate([breaks, offsets[:-1]]))
    return _Tokens(words, lower, text, start, end, initial, final, opens, touched, offsets)


def _places(
    pieces: Sequence[Sequence[str]], counts: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Of each token the number of its text, and its offsets in it; `pieces` of a text are what stands between tokens
    and tokens by turns."""
    lengths = np.fromiter(map(len, chain.from_iterable(some[:-1] for some in pieces)), np.int64, 2 * int(counts.sum()))
    edges = np.cumsum(lengths)
    text = np.repeat(np.arange(len(pieces)), counts)
    before = np.append(0, edges).take(2 * (np.cumsum(counts) - counts)).take(text)
    return text, edges[::2] - before, edges[1::2] - before


def _shifted(
    places: Sequence[Sequence[int] | NDArray[np.int32]], by: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.int64]:
    """All the places of several texts, each text's moved by so much."""
    moved = [np.array(own, np.int64) + offset for own, offset in zip(places, by, strict=True) if len(own)]
    return np.concatenate(moved) if moved else np.zeros(0, np.int64)


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, folded, without offsets or clutter: what a vocabulary is counted on."""
    return _TOKEN.findall(fold(text).text)


def _documents(texts: Sequence[str], tokens: _Tokens, vocabulary: Vocabulary) -> list[Document]:
    """Set a zero-width boundary before each sentence and one after the last of each text."""
    ids, spelling = vocabulary.encode(tokens.lower)
    first = _sentence_starts(tokens)
    opening, text, number = np.flatnonzero(first), tokens.text, np.arange(len(texts))
    rank = np.cumsum(first)  # of a token's sentence among those of all texts, from 1
    behind = np.searchsorted(text, number, side="right")  # past the last token of each text
    closed = np.append(0, rank).take(behind)  # sentences up to the end of each text
    before = np.append(0, closed).take(number)
    inside = np.arange(len(first)) + rank + text  # where the tokens go, and where the boundaries
    at_starts = opening + np.arange(len(opening)) + text.take(opening)
    at_ends = behind + closed + number

    def spread(column: NDArray[Any], starts: NDArray[Any] | int, ends: NDArray[Any] | int) -> NDArray[Any]:
        whole = np.empty(len(column) + len(opening) + len(texts), column.dtype)
        whole[inside], whole[at_starts], whole[at_ends] = column, starts, ends
        return whole

    start, end = ((column - tokens.offsets.take(text)).astype(np.int32) for column in (tokens.start, tokens.end))
    last = np.where(closed > before, np.append(end, 0).take(behind - 1), 0)
    sentence = (rank - 1 - before.take(text)).astype(np.int32)
    columns = (
        spread(start, start.take(opening), last),
        spread(end, start.take(opening), last),
        spread(ids, BOUNDARY, BOUNDARY),
        spread(spelling, 0, 0),
        spread(_flags(tokens, ids, first, vocabulary), 0, 0),
        spread(sentence, sentence.take(opening), np.maximum(closed - before - 1, 0)),
    )
    edges = pairwise([0, *(at_ends + 1).tolist()])
    return [Document(own, *(column[a:b] for column in columns)) for own, (a, b) in zip(texts, edges, strict=True)]


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


def _covered(
    start: NDArray[np.int64], clutter: Sequence[Sequence[Span]], offsets: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which tokens begin inside a stretch of clutter."""
    if not any(clutter):
        return np.zeros(len(start), bool)
    begins = _shifted([[span.start for span in spans] for spans in clutter], offsets[:-1])
    ends = _shifted([[span.end for span in spans] for spans in clutter], offsets[:-1])
    row = np.searchsorted(begins, start, side="right") - 1
    return (row >= 0) & (start < ends.take(row))


def _paragraph_starts(start: NDArray[np.int64], breaks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens begin a paragraph: the first behind each break."""
    opens = np.zeros(len(start) + 1, bool)  # no token may stand behind the last break
    opens[np.searchsorted(start, breaks)] = True
    return opens[:-1]


def _sentence_starts(tokens: _Tokens) -> NDArray[np.bool_]:
    """Which tokens begin a sentence."""
    words, final = tokens.words, tokens.final
    n = len(words)
    apart = b"\0" + (tokens.start[1:] > tokens.end[:-1]).tobytes()  # from the token before; quicker than an array
    first = tokens.opens.copy()
    stops = (final == ord(".")) | (final == ord("!")) | (final == ord("?"))
    for i in np.flatnonzero(stops).tolist():
        if len(words[i]) == 1 or words[i] == "...":
            after = i + 1
            while after < n and words[after] in ('"', "'", ")") and not apart[after]:
                after += 1
            if after < n and apart[after] and _opens(words[after]) and not _abbreviates(tokens, i):
                first[after] = True
        elif len(words[i]) > 2 and i + 1 < n and words[i + 1] in _AFTER_INITIALS:
            first[i + 1] = True  # "... in the U.S. The ..."
    return first


_AFTER_INITIALS = frozenset("The A An It He She But In On They This That These His Her We I As At For There".split())


def _opens(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word in ('"', "'", "(", "-", "[")


def _abbreviates(tokens: _Tokens, i: int) -> bool:
    before = tokens.words[i - 1] if tokens.words[i] == "." and i and tokens.text[i - 1] == tokens.text[i] else ""
    return before.lower() in _ABBREVIATIONS or (len(before) == 1 and before.isupper() and before != "I")


_NUMBER, _NAME, _QUOTED, _FOLDED, _WORD_OR_NUMBER, _CAPITALISED = np.array(  # uint8, as what they multiply shall be
    [Flag.NUMBER, Flag.NAME, Flag.QUOTED, Flag.FOLDED, Flag.WORD | Flag.NUMBER, Flag.WORD | Flag.CAPITAL], np.uint8
)


def _flags(
    tokens: _Tokens, ids: NDArray[np.int32], first: NDArray[np.bool_], vocabulary: Vocabulary
) -> NDArray[np.uint8]:
    words, initial = tokens.words, tokens.initial
    flags = _kinds(words, initial)
    number = np.fromiter(map(_NUMBER_WORDS.__contains__, tokens.lower), np.uint8, len(words))
    flags |= number * _NUMBER
    flags |= tokens.folded * _FOLDED
    quote = initial == ord('"')
    opening = np.zeros(len(words), bool)  # the first word of a sentence, past quotation marks and brackets
    letters = np.flatnonzero(flags & _WORD_OR_NUMBER)
    if len(letters):
        starts = np.searchsorted(letters, np.flatnonzero(first))
        opening[letters[starts[starts < len(letters)]]] = True
        opening[1:] |= quote[:-1] | (initial[:-1] == ord(":"))
    name = ((flags & _CAPITALISED) == _CAPITALISED) & (~opening | vocabulary.names.take(ids))
    for i in np.flatnonzero(name & (initial == ord("I"))).tolist():
        name[i] = words[i][:2] not in ("I", "I'")
    flags |= name * _NAME
    flags |= _quoted(quote, tokens.opens) * _QUOTED
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
    inside: NDArray[np.intp] = opened - np.repeat(before, np.diff(np.append(begins, len(quote))))
    return ((inside & 1) == 1) & ~quote
