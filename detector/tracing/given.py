"""References that a person named: laid beside every article, whatever they share with it, without an archive.

Which of them an article was made from is told by the rules by which an archive's are named (naming.py), but that names
and numbers are not weighed: how rare they are an archive tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from detector.align import Linker, compare
from detector.comparison import Source
from detector.dates import direction
from detector.errors import InputError
from detector.ingest import USUAL, Limits, prepare, read, refuse
from detector.ingest.folder import STANDARD_INPUT, is_read
from detector.resources import Resources
from detector.segment import segment
from detector.text import Article, Document, Failure
from detector.tracing.naming import are_enough, explained_sentences, is_surely_from, least_words, sentence_words
from detector.tracing.sources import MOST_CHARACTERS

MOST_GIVEN = 4  # references: each is read word by word beside each article


class GivenReferences:
    """Lay the same references beside one article after another."""

    def __init__(self, references: Sequence[Article], resources: Resources, linker: Linker) -> None:
        self._references = [(one, segment(one.text, resources.vocabulary, one.clutter)) for one in references]
        self._resources = resources
        self._linker = linker

    def lay(self, suspect: Document, published: str | None = None) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
        """The references that the suspect was made from, in the order of how much they explain, and the others."""
        laid = [self._beside(suspect, published, article, document) for article, document in self._references]
        named = _named(laid, suspect)
        return tuple(laid[i] for i in named), tuple(laid[i] for i in range(len(laid)) if i not in named)

    def _beside(self, suspect: Document, published: str | None, article: Article, document: Document) -> Source:
        comparison = compare(suspect, document, self._resources, self._linker)
        return Source(
            id=article.id,
            text=article.text,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
            similarity=comparison.derivation.coverage,  # nothing was looked up
            comparison=comparison,
            direction=direction(published, article.published),
        )


def _named(laid: Sequence[Source], suspect: Document) -> list[int]:
    """Which of `laid` are sources.

    First those that together explain the suspect, as look-up finds them; then those that would be named if they were
    alone: versions of one story explain the same sentences.
    """
    words = sentence_words(suspect)
    explained = [explained_sentences(source.comparison.alignment, len(words)) for source in laid]
    together, each_sure = _together(laid, explained, words, suspect)
    enough = are_enough([laid[i] for i in together], list(together.values()), words, each_sure)
    named = list(together) if enough else []
    most_first = np.argsort([-int(words[own].sum()) for own in explained]).tolist()
    alone = [i for i in most_first if i not in named and are_enough([laid[i]], [explained[i]], words, each_sure=False)]
    return named + alone


def _together(
    laid: Sequence[Source], explained: Sequence[NDArray[np.bool_]], words: NDArray[np.int64], suspect: Document
) -> tuple[dict[int, NDArray[np.bool_]], bool]:
    """Of `laid` those that each explain enough that none before it does, and these sentences; whether each is surely
    the source of its own."""
    left, parts, first_sure = np.ones(len(words), bool), dict[int, NDArray[np.bool_]](), True

    def surely(i: int) -> bool:
        return is_surely_from(laid[i].comparison.alignment, suspect, left & explained[i], words)

    while (least := least_words(float(words.sum()), beside_another=bool(parts))) > 0:
        gains = [int(words[left & own].sum()) for own in explained]
        fit = [i for i, gain in enumerate(gains) if gain >= least and (not parts or surely(i))]
        if not fit:
            break
        best = max(fit, key=gains.__getitem__)
        first_sure = first_sure if parts else surely(best)
        parts[best] = left & explained[best]
        left &= ~parts[best]
    return parts, first_sure


def read_references(
    files: Sequence[str], stdin: BinaryIO | None = None, beside: Sequence[str] = (), limits: Limits = USUAL
) -> tuple[Article, ...]:
    """One English article a file, in any form that is read; `beside` is where the articles come from that they are
    laid beside. Raises InputError."""
    if len(files) > MOST_GIVEN:
        raise InputError(
            "too-many", f"expected at most {MOST_GIVEN} references, got {len(files)}: put them into an archive instead"
        )
    articles: list[Article] = []
    for file in files:
        if file in beside or (file != STANDARD_INPUT and is_read(Path(file), beside)):
            raise InputError(
                "same-file", f"expected a reference that is not the article itself, got {file} for both: name another"
            )
        article = _reference(file, stdin, limits)
        if article.id in {one.id for one in articles}:
            raise InputError(
                "same-id", f"expected references with ids of their own, got {article.id} twice: leave one out"
            )
        articles.append(article)
    return tuple(articles)


def _reference(file: str, stdin: BinaryIO | None, limits: Limits) -> Article:
    items = list(islice(read([file], stdin, limits), 2))
    if len(items) != 1:
        raise InputError(
            "not-one-article", f"expected one article in the reference {file}, got {'several' if items else 'none'}"
        )
    if isinstance(items[0], Failure):
        raise InputError(items[0].code, f"the reference {file} cannot be read: {items[0].message}")
    try:
        article = prepare(items[0], limits)
    except InputError as error:
        raise InputError(error.code, f"the reference {file} cannot be read: {error}") from error
    if len(article.text) > MOST_CHARACTERS:
        raise InputError(
            "too-long",
            f"expected a reference of at most {MOST_CHARACTERS:,} characters, got {len(article.text):,} in {file}: "
            "give the article alone",
        )
    language = refuse(article)[0]
    if language != "en":
        got = "too few words to tell" if language == "und" else f"text that looks like {language!r}"
        raise InputError("not-english", f"expected an English reference, got {got} in {file}: only English is compared")
    return article
