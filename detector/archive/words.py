"""What look-up takes for a word: letters and digits in a row, in lower case; the commonest words are none.

The list of the commonest is part of the format of an archive: with another one its index must be made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MAX_LETTERS = 39  # longer ones are addresses and the like

COMMON = frozenset(
    """
    a about after again all also am an and any are as at back be because been before being both but by can could did do
    does down during each even first for from get go had has have he her here him his how i if in into is it its just
    last like made make many may me more most much my new no not now of off on one only or other our out over own s said
    same say says she should since so some still such t than that the their them then there these they this those
    through to told two under up us very was way we well were what when where which while who will with would year years
    you your
    """.split()
)
_WORD = re.compile(r"\w+")  # where no underscore is left: twice as fast as [^\W_]+
_BLANKED = bytes(code if chr(code).isalnum() and code < 128 else ord(" ") for code in range(256))
_SENTENCE_END = re.compile(r"[.!?…\n](?:(?<=\n)|[\"'”’)\]]*\s)\s*")  # a set of letters first: twice as fast
_NO_LOWER = re.compile(r"[^\W_a-z]\w*")  # few words begin so; where one ends so, what stands before tells
_BEFORE_A_NAME = frozenset(",;)'’")  # or a letter or digit: no sentence asks for a capital behind them


def words_of(text: str) -> list[str]:
    """In reading order.

    >>> words_of("The U.N. said 1,200 people fled.")
    ['u', 'n', '1', '200', 'people', 'fled']
    """
    return told(_in_a_row(_folded(text)))


def told(words: Iterable[str]) -> list[str]:
    """Those that look-up takes for words."""
    return [word for word in words if word not in COMMON and len(word) <= MAX_LETTERS]


def sentences_of(text: str) -> list[frozenset[str]]:
    """The words of each sentence that has any; cut roughly, after full stops and at ends of lines.

    >>> [sorted(words) for words in sentences_of("Bands retook Mirovka. Both fell.")]
    [['bands', 'mirovka', 'retook'], ['fell']]
    """
    sentences = (frozenset(words) - COMMON for words in all_by_sentence(text))
    return [words for words in sentences if words]


def all_by_sentence(text: str) -> Iterator[list[str]]:
    """The same with the commonest words, repeated ones, and sentences without any."""
    return map(_in_a_row, _SENTENCE_END.split(_folded(text)))


def _in_a_row(text: str) -> list[str]:
    """The words of folded text; most sentences are ASCII, which needs no regular expression."""
    return text.encode().translate(_BLANKED).decode().split() if text.isascii() else _WORD.findall(text)


def _folded(text: str) -> str:
    return text.lower().replace("_", " ")


def names_and_numbers(text: str) -> set[str]:
    """Words with a digit first, and those with a capital inside a sentence: a spinner leaves most of them.

    >>> sorted(names_and_numbers("Bands retook Mirovka on 3 March. Both towns fell."))
    ['3', 'march', 'mirovka']
    """
    found = set()
    text = text.replace("_", " ")
    for match in _NO_LOWER.finditer(text):
        start, word = match.start(), match.group()
        before = text[start - 1] if start else " "
        if before.isalnum():
            continue
        if before.isspace() and start > 1:
            before = text[start - 2]
        if word[0].isdigit() or (word[0].isupper() and (before.isalnum() or before in _BEFORE_A_NAME)):
            found.add(word.lower())
    return found
