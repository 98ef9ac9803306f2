"""Count the tables of the language part, each in a step of its own, and keep them in a work folder.

A file of tables is an .npz of plain arrays; the words of the vocabulary and its pieces are bytes in it.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import CorpusError
from detector.ingest.clutter import find_clutter
from detector.language_model import LanguageModel, NgramTable, Vocabulary
from detector.lexicon import Candidates, FixedPhrases, Phrases, Words
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.candidates import build_candidates
from detector.training.fixed_phrases import build_fixed_phrases
from detector.training.grammar import GRAMMAR_PAIRS
from detector.training.layout import Layout
from detector.training.ngrams import estimate
from detector.training.parallel import blocks, in_order
from detector.training.phrases import Entry, build_phrases, is_variety, read_entries, words_of
from detector.training.progress import show
from detector.training.rows import StoredTexts, read_articles
from detector.training.steps import Step, Steps, written_whole
from detector.training.vocabulary import train_vocabulary
from detector.training.wordnet import WORDNET
from detector.training.words import build_words, read_regional

LEXICONS = Path(__file__).parents[2] / "data" / "lexicons"
MOST_BIGRAMS, MOST_TRIGRAMS = 3_000_000, 4_200_000  # n-grams that are kept: what the shipped model was counted with
BLOCK = 2_000  # articles cut into tokens at a time: bounds memory
TABLES = ("vocabulary", "ngrams", "fixed", "words", "candidates", "phrases")

Arrays = Mapping[str, NDArray[Any]]


def count_tables(steps: Steps, layout: Layout, workers: int, seed: int) -> None:
    """Count what is not counted yet."""
    spinner_lexicons, calques = sorted(LEXICONS.glob("spinner_*.tsv")), LEXICONS / "calques.tsv"
    if not spinner_lexicons:
        raise CorpusError(f"no spinner lexicons in {LEXICONS}: train from a checkout, where data/lexicons holds them")
    lexicons = [*spinner_lexicons, calques, LEXICONS / "regional.txt"]
    language = layout.corpus("language")

    vocabulary, tokens = layout.table("vocabulary"), layout.table("tokens")
    wordnet = _wordnet_files()

    def do(name: str, make: Callable[[], Arrays], *inputs: Path, **parameters: object) -> None:
        path = layout.table(name)
        steps.do(Step(f"tables-{name}", 1, inputs, [path], parameters), lambda: save_arrays(path, make()))

    do("vocabulary", lambda: _vocabulary(language, lexicons), language, *lexicons)
    do("tokens", lambda: _tokens(language, layout, workers), language, vocabulary)
    do("ngrams", lambda: _ngrams(layout), vocabulary, tokens)
    do("fixed", lambda: _fixed(layout), vocabulary, tokens)
    words = language, vocabulary, tokens, lexicons[-1], *wordnet
    do("words", lambda: _words(layout, seed), *words, seed=seed, wordfreq=_version("wordfreq"))
    do("candidates", lambda: _candidates(layout), vocabulary, layout.pairs, *lexicons, *wordnet)
    do("phrases", lambda: _phrases(layout), vocabulary, tokens, *lexicons)


def table_files(layout: Layout) -> list[Path]:
    """All that `load_tables` reads."""
    return [layout.table(name) for name in TABLES]


def load_tables(layout: Layout) -> Resources:
    """Open the tables that were counted."""
    ngrams, phrases = load_arrays(layout.table("ngrams")), load_arrays(layout.table("phrases"))
    return Resources(
        vocabulary=load_vocabulary(layout),
        language_model=LanguageModel(
            unigrams=ngrams["unigrams"],
            unigram_backoffs=ngrams["unigram_backoffs"],
            frequencies=ngrams["frequencies"],
            n_tokens=int(ngrams["n_tokens"]),
            bigrams=NgramTable(ngrams["bigrams"], ngrams["bigram_backoffs"]),
            trigrams=NgramTable(ngrams["trigrams"]),
        ),
        candidates=Candidates(**load_arrays(layout.table("candidates"))),
        phrases=Phrases(phrases["keys"], phrases["originals"], phrases["odds"]),
        calques=Phrases(phrases["calque_keys"], phrases["calque_originals"], phrases["calque_odds"]),
        fixed=FixedPhrases(**load_arrays(layout.table("fixed"))),
        words=Words(**load_arrays(layout.table("words"))),
    )


def load_vocabulary(layout: Layout) -> Vocabulary:
    """Open the vocabulary alone."""
    arrays = load_arrays(layout.table("vocabulary"))
    words = arrays["words"].tobytes().decode("utf-8").split("\n")
    return Vocabulary(words, arrays["names"], arrays["pieces"].tobytes())


def save_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays by their names; the same arrays give the same bytes."""
    with written_whole(path) as partial, partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read what `save_arrays` wrote."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} cannot be read: remove it, and run its step again: {error}") from error


def segmented(texts: Sequence[str], vocabulary: Vocabulary) -> list[Document]:
    """The texts cut into tokens, their clutter masked, as they are when they are scored."""
    return [segment(text, vocabulary, find_clutter(text).spans) for text in texts]


def _entries() -> tuple[list[Entry], list[Entry]]:
    """What spinners write, and what translators do."""
    spun = [entry for path in sorted(LEXICONS.glob("spinner_*.tsv")) for entry in read_entries(path)]
    return spun, read_entries(LEXICONS / "calques.tsv")


def _vocabulary(language: Path, lexicons: Sequence[Path]) -> Arrays:
    always = words_of(entry for path in lexicons if path.suffix == ".tsv" for entry in read_entries(path))
    vocabulary = train_vocabulary(StoredTexts(language), always)
    words = "\n".join(vocabulary.words).encode("utf-8")
    pieces = np.frombuffer(vocabulary.pieces, np.uint8)
    return {"words": np.frombuffer(words, np.uint8), "names": vocabulary.names, "pieces": pieces}


def _tokens(language: Path, layout: Layout, workers: int) -> Arrays:
    found = [np.zeros(0, np.uint16)]
    for ids in in_order(_encode, blocks(StoredTexts(language), BLOCK), workers, load_vocabulary(layout)):
        found.append(ids)
        show(f"{len(found) - 1:,} blocks of {BLOCK:,} articles cut into tokens")
    return {"ids": np.concatenate(found)}


def _encode(texts: Sequence[str], vocabulary: Vocabulary) -> NDArray[np.uint16]:
    return np.concatenate([document.ids for document in segmented(texts, vocabulary)]).astype(np.uint16)


def _stream(layout: Layout) -> NDArray[np.uint16]:
    return load_arrays(layout.table("tokens"))["ids"]


def _ngrams(layout: Layout) -> Arrays:
    model = estimate(_stream(layout), len(load_vocabulary(layout)), MOST_BIGRAMS, MOST_TRIGRAMS)
    assert model.bigrams.backoffs is not None
    return {
        "unigrams": model.unigrams,
        "unigram_backoffs": model.unigram_backoffs,
        "frequencies": model.frequencies,
        "n_tokens": np.array(model.n_tokens),
        "bigrams": model.bigrams.slots,
        "bigram_backoffs": model.bigrams.backoffs,
        "trigrams": model.trigrams.slots,
    }


def _fixed(layout: Layout) -> Arrays:
    return _columns(build_fixed_phrases(_stream(layout), load_vocabulary(layout).words))


def _words(layout: Layout, seed: int) -> Arrays:
    vocabulary, regional = load_vocabulary(layout), read_regional(LEXICONS / "regional.txt")
    texts: dict[str, list[str]] = {}
    for article in read_articles(layout.corpus("language")):
        if article.variety:
            texts.setdefault(article.variety, []).append(article.text)
    others = sorted(texts, key=lambda name: (-len(texts[name]), name))[1:]  # the commonest is the whole's
    streams = {name: _encode(texts[name], vocabulary) for name in others}
    return _columns(build_words(vocabulary, _stream(layout), streams, frozenset(regional), _wordnet(), seed))


def _candidates(layout: Layout) -> Arrays:
    regional = frozenset(read_regional(LEXICONS / "regional.txt"))
    pairs = layout.pairs if layout.pairs.stat().st_size else None
    directed = _directed([entry for entry in _entries()[0] if not is_variety(entry, regional)])
    return _columns(build_candidates(load_vocabulary(layout).words, pairs, _wordnet(), directed, without=regional))


def _directed(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Pairs of a word as found and what may have stood there, from the lexicons and from grammar."""
    single = [(entry.spun, entry.original) for entry in entries if " " not in entry.spun and " " not in entry.original]
    return [*single, *GRAMMAR_PAIRS]


def _phrases(layout: Layout) -> Arrays:
    vocabulary, stream = load_vocabulary(layout), _stream(layout)
    regional = frozenset(read_regional(LEXICONS / "regional.txt"))
    spun, calques = _entries()
    phrases = build_phrases([entry for entry in spun if not is_variety(entry, regional)], vocabulary, stream)
    foreign = build_phrases(calques, vocabulary, stream)
    return {**_columns(phrases), **{f"calque_{name}": column for name, column in _columns(foreign).items()}}


def _columns(table: Candidates | Phrases | FixedPhrases | Words) -> dict[str, NDArray[Any]]:
    """The columns of a table by name."""
    return {column.name: getattr(table, column.name) for column in fields(table) if column.init}


def _wordnet() -> Path | None:
    return WORDNET if WORDNET.exists() else None


def _wordnet_files() -> list[Path]:
    """The files of WordNet that are read: its data, lists of senses and exceptions."""
    return sorted(path for kind in ("data.*", "index.*", "*.exc") for path in WORDNET.glob(kind) if path.is_file())


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
