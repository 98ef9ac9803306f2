"""Choose the words of the language model, find which are names, and train the pieces that spell the rest."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np
import sentencepiece

from detector.language_model import NUMBER, ORDINAL, YEAR, Vocabulary
from detector.segment import tokenize

RESERVED = ("<s>", "<unk>", YEAR, NUMBER, ORDINAL)
MOST_WORDS = 65_536  # an id takes 16 bits in the keys of the n-gram tables
MOST_SENTENCES = 150_000  # for the pieces: more changes nothing but the time


def train_vocabulary(
    texts: Iterable[str], always: Collection[str] = (), n_words: int = MOST_WORDS, n_pieces: int = 8_000
) -> Vocabulary:
    """Count `texts` and keep the `n_words` commonest words that occur at least three times (all words of a small
    sample).

    The words of `always`, those of the lexicons, are kept however rare they are. `texts` are gone through twice.
    """
    counts: Counter[str] = Counter()
    n_texts = 0
    for n_texts, text in enumerate(texts, start=1):  # noqa: B007
        counts.update(tokenize(text))
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for word, count in counts.items():
        if word[0].isdigit():
            continue
        lower[word.lower()] += count
        if word[0].isupper():
            capital[word.lower()] += count
    at_least = 3 if n_texts > 1000 else 1
    common = [word for word, count in lower.most_common() if count >= at_least and word != "-"]
    extra = sorted(set(always) - set(common[: n_words // 2]) - {"-"})
    room = n_words - len(RESERVED) - 1 - len(extra)
    rare = set(extra)
    words = [*RESERVED, "-", *[word for word in common if word not in rare][:room], *extra]
    # A word that opens sentences is capital there; two in three capitals is more than any common word shows.
    names = np.array([capital[word] > 0.66 * lower[word] if lower[word] else False for word in words])
    return Vocabulary(words, names, train_pieces(_sentences(texts), n_pieces))


def train_pieces(sentences: Iterable[str], n_pieces: int) -> bytes:
    """A sentencepiece unigram model of lower-cased text (Kudo 2018)."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        vocab_size=n_pieces,
        model_type="unigram",
        character_coverage=0.9999,
        hard_vocab_limit=False,
        num_threads=1,  # deterministic
        minloglevel=2,
    )
    return model.getvalue()


def _sentences(texts: Iterable[str]) -> Iterable[str]:
    lines = (line.lower()[:2000] for text in texts for line in text.split("\n") if line.strip())
    for _, line in zip(range(MOST_SENTENCES), lines, strict=False):
        yield line
