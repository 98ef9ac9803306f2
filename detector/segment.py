"""Text -> Document: tokens and sentences with exact offsets into the text as given.

One regular expression finds the tokens; a sentence ends at a full stop that is no abbreviation, or where a paragraph
ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, compress
from typing import Any, NamedTuple

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


class _Tokens(NamedTuple):
    """The tokens of one text before they are looked up, each column of shape (n_tokens,).

    Attributes:
        words, lower: as folded, and in lower case.
        start, end: code-point offsets into the text as given.
        initial, final: first and last character.
        opens: whether a paragraph begins with it.
        folded: whether a look-alike or zero-width character stood in it.
    """

    words: list[str]
    lower: list[str]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    initial: NDArray[np.uint32]
    final: NDArray[np.uint32]
    opens: NDArray[np.bool_]
    folded: NDArray[np.bool_]


def segment(text: str, vocabulary: Vocabulary, clutter: Sequence[Span] = ()) -> Document:
    """Cut `text` into tokens; stretches in `clutter` give none, and end a sentence.

    Empty text gives a document of one boundary.
    """
    (document,) = segment_all([(text, clutter)], vocabulary)
    return document


def segment_all(texts: Sequence[tuple[str, Sequence[Span]]], vocabulary: Vocabulary) -> list[Document]:
    """Do as `segment` does with each text and its clutter; the words of all are looked up together, which is faster."""
    cut = [_cut(text, clutter) for text, clutter in texts]
    ids, spelling = vocabulary.encode(list(chain.from_iterable(tokens.lower for tokens in cut)))
    ends = np.cumsum([len(tokens.words) for tokens in cut]).tolist()
    documents = []
    for (text, _), tokens, first, last in zip(texts, cut, [0, *ends], ends, strict=False):
        documents.append(_document(text, tokens, ids[first:last], spelling[first:last], vocabulary))
    return documents


def _cut(text: str, clutter: Sequence[Span]) -> _Tokens:
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
    hidden = np.zeros(len(words), bool)
    if len(folded.hidden):
        hidden = np.searchsorted(folded.hidden, end) > np.searchsorted(folded.hidden, start)
    lower = "\n".join(words).lower().split("\n") if words else []  # together: no token holds the end of a line
    return _Tokens(words, lower, start, end, initial, final, _paragraph_starts(start, hard), hidden)


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, folded, without offsets or clutter: what a vocabulary is counted on."""
    return _TOKEN.findall(fold(text).text)


def _document(
    text: str, tokens: _Tokens, ids: NDArray[np.int32], spelling: NDArray[np.float32], vocabulary: Vocabulary
) -> Document:
    """Set a zero-width boundary before each sentence and one after the last."""
    start, end, first = tokens.start, tokens.end, _sentence_starts(tokens)
    n_sentences = int(np.count_nonzero(first))
    sentence = np.cumsum(first, dtype=np.int32) - 1
    inside = np.arange(1, len(first) + 1) + sentence  # where the tokens go, and where the boundaries
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
        flags=spread(_flags(tokens, ids, first, vocabulary), 0),
        sentence=spread(sentence, number),
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


def _sentence_starts(tokens: _Tokens) -> NDArray[np.bool_]:
    """Which tokens begin a sentence."""
    words, final, start, end = tokens.words, tokens.final, tokens.start, tokens.end
    n = len(words)
    first = tokens.opens.copy()
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
