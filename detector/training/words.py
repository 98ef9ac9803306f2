"""What is known of each word of the vocabulary: its grammatical forms, its register, its meaning."""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.extractors.register import MOST
from detector.language_model import Vocabulary
from detector.lexicon import Form, Words
from detector.training.grammar import GRAMMAR
from detector.training.inflection import Inflections
from detector.training.vectors import build_vectors
from detector.training.wordnet import WordNet, read_wordnet

FORM_OF = {
    ("n", "base"): Form.SINGULAR,
    ("n", "plural"): Form.PLURAL,
    ("v", "base"): Form.BASE,
    ("v", "third"): Form.THIRD,
    ("v", "past"): Form.PAST,
    ("v", "participle"): Form.PARTICIPLE,
    ("v", "ing"): Form.GERUND,
    ("a", "base"): Form.ADJECTIVE,
    ("a", "comparative"): Form.COMPARATIVE,
    ("a", "superlative"): Form.SUPERLATIVE,
    ("r", "base"): Form.ADVERB,
}
MIN_ARTICLES, ARTICLE_SHARE = 4, 0.95  # of the places with "a" or "an" before a word, for it to be known which: guess
NEVER = 1e-7  # share added to both sides: a word that news has not had in ten million is not infinitely odd
MIN_REGIONAL = 3  # occurrences in a region's news, below which its share says nothing
MOST_REGISTER = float(np.log2(MOST))  # bits


def build_words(
    vocabulary: Vocabulary,
    stream: NDArray[np.uint16],
    regional: Mapping[str, NDArray[np.uint16]],
    regional_words: Container[str],
    wordnet: Path | None,
    seed: int,
) -> Words:
    """Count on the `stream` of ids, and on the smaller streams of `regional` news.

    `regional_words` are right where they are written: they are never of another register.
    """
    net = read_wordnet(wordnet) if wordnet else WordNet({}, {}, {}, {})
    return Words(
        forms=_forms(vocabulary, Inflections.build(net.senses, net.exceptions), stream),
        register=_register(vocabulary.words, [stream, *regional.values()], regional_words),
        vectors=build_vectors(stream, len(vocabulary), seed),
    )


def read_regional(path: Path) -> list[str]:
    """One word a line; lines that begin with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _forms(vocabulary: Vocabulary, inflections: Inflections, stream: NDArray[np.uint16]) -> NDArray[np.uint16]:
    forms = np.zeros(len(vocabulary), np.uint16)
    for word, place in vocabulary.id_of.items():
        if word not in GRAMMAR:
            for analysis in inflections.analyses.get(word, ()):
                forms[place] |= np.uint16(FORM_OF.get((analysis.part, analysis.form), 0))
    after_a, after_an = (_after(vocabulary.id_of.get(article, -1), stream, len(vocabulary)) for article in ("a", "an"))
    both = after_a + after_an
    known = both >= MIN_ARTICLES
    forms[known & (after_an >= ARTICLE_SHARE * both)] |= np.uint16(Form.VOWEL)
    forms[known & (after_a >= ARTICLE_SHARE * both)] |= np.uint16(Form.CONSONANT)
    return forms


def _after(word: int, stream: NDArray[np.uint16], n_words: int) -> NDArray[np.int64]:
    """How often each word follows `word`."""
    return np.bincount(stream[1:][stream[:-1] == word], minlength=n_words).astype(np.int64)


def _register(
    words: Sequence[str], streams: Sequence[NDArray[np.uint16]], regional: Container[str]
) -> NDArray[np.float32]:
    """log2 of frequency elsewhere over that in news (the first of `streams`, and regions); 0 without wordfreq.

    Elsewhere is the mixture of books, subtitles, encyclopaedias, fora and news that wordfreq counted (Speer 2022).
    """
    try:
        from wordfreq import get_frequency_dict  # training only: no core dependency
    except ImportError:
        print("no wordfreq (extra `train`): the register of words is left out", file=sys.stderr)
        return np.zeros(len(words), np.float32)
    elsewhere = get_frequency_dict("en", wordlist="large")
    news = np.zeros(len(words))
    for i, stream in enumerate(streams):
        counts = np.bincount(stream, minlength=len(words))
        news = np.maximum(news, np.where(counts >= (MIN_REGIONAL if i else 0), counts / len(stream), 0.0))
    known = np.array([word.isalpha() and word in elsewhere for word in words])
    other = np.array([elsewhere.get(word, 0.0) for word in words])
    register = np.where(known, np.log2((other + NEVER) / (news + NEVER)), 0.0)
    here = np.array([word in regional for word in words])
    register[here] = np.minimum(register[here], 0.0)
    return np.clip(register, -MOST_REGISTER, MOST_REGISTER).astype(np.float32)
