"""Which words of a text are asked for: many, as any of them may have been swapped, and the names first."""

from __future__ import annotations

from detector.archive.index import Index, Term
from detector.archive.words import names_and_numbers, words_of

MOST_TERMS = 60  # 80% of words swapped, 92,362 texts: first for 100 of 100, 4 ms; 120 took twice as long at 20,000
MOST_NAMES = 40  # of these, names and numbers, which spinners leave alone; guess
NAME_WEIGHT = 2.0  # they count double
MAX_SHARE = 0.2  # words that more of the texts hold tell little and cost most ...
FEW = 2_000  # ... unless these are few, as the words are of a story that an archive holds a thousand times; guess
LOOKED_AT = 50_000  # characters of a text; the longest news stories have fewer


def query_terms(text: str, index: Index) -> list[Term]:
    """The words to look up for `text`, in reading order, names and numbers before the others.

    Not the rarest: a word that was swapped in is often rarer than all that stood there.
    """
    text = text[:LOOKED_AT]
    names = names_and_numbers(text)
    words = list(dict.fromkeys(words_of(text)))
    most = max(MAX_SHARE * index.count(), FEW)
    terms: list[Term] = []
    for wanted, weight, room in ((True, NAME_WEIGHT, MOST_NAMES), (False, 1.0, MOST_TERMS)):
        for word in words:
            if len(terms) == room:
                break
            if (word in names) is wanted and 0 < index.holders(word) <= most:
                terms.append(Term(word, weight))
    return terms
