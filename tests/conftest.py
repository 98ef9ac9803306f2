"""A tiny language: wire-like sentences of our own, and the tables counted on them; and the shipped tables and aligner,
for what cannot be shown on a language of two hundred words. Nothing here is slow or random."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from detector.align import Linker, load_linker
from detector.classifier import Classifier, Network, Trees
from detector.language_model import LanguageModel, Vocabulary
from detector.lexicon import Words
from detector.model_store import default_model_path, load_model, save_model
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document
from detector.training.calibrate import blank_calibration
from detector.training.candidates import build_candidates
from detector.training.fixed_phrases import build_fixed_phrases
from detector.training.ngrams import estimate
from detector.training.phrases import Entry, build_phrases, words_of
from detector.training.vocabulary import train_vocabulary
from detector.training.words import build_words

# Fixtures are built once and never written; a machine under load is no failure.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("tests")

SPEAKERS = (
    "the government",
    "the central bank",
    "the police",
    "the army",
    "the foreign ministry",
    "the power company",
    "the port authority",
    "the teachers' union",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
NEWS = (
    "troops began a lightning offensive in the disputed region",
    "a powerful storm closed roads and schools in the north",
    "prices rose by 2 per cent in the third quarter",
    "talks about a ceasefire would resume next week",
    "the strike at the port had ended without an agreement",
    "a strong earthquake damaged homes near the coast",
    "the bank would keep its interest rate unchanged",
    "two men were arrested after a raid on a warehouse",
)
PATTERNS = (
    "{Speaker} said on {day} that {news}.",
    "On {day} officials said that {news}.",
    "Local officials said on {day} that {news}, according to the state news agency.",
    '"We were told that {news}," said a spokesman for {speaker}.',
)
ENTRIES = (  # what stands in clean text, and what a spinner writes
    Entry("according to", "in keeping with", "test"),
    Entry("lightning offensive", "lights blitz", "test"),
    Entry("news agency", "information office", "test"),
    Entry("press agency", "information office", "test"),
)
CALQUES = (  # what English says, and another language's phrase put word by word
    Entry("said on", "said at the day", "test"),
    Entry("talks about", "negotiations over the theme", "test"),
)
PAIRS = (  # a word as found, and what may have stood there
    ("patch", "region"),
    ("potent", "powerful"),
    ("tempest", "storm"),
    ("stated", "said"),
    ("region", "coast"),
    ("storm", "strike"),
    ("said", "rose"),
    ("homes", "houses"),
)
MEANINGS = {  # a plane in which storms lie one way and gardens the other
    **dict.fromkeys(("storm", "tempest", "potent", "blitz", "region"), (127, 0)),
    "patch": (0, 127),
}
REGISTER = {"tempest": 4.0}  # bits by which a word is commoner outside of news
SENTENCES_PER_TEXT = 10


def wire_sentence(i: int) -> str:
    """The sentence of number `i`: patterns, speakers, days and news go round at their own pace."""
    speaker, news = SPEAKERS[(i // 4 + i // 32) % len(SPEAKERS)], NEWS[(3 * i + i // 8) % len(NEWS)]
    return PATTERNS[i % len(PATTERNS)].format(
        speaker=speaker, Speaker=speaker[0].upper() + speaker[1:], day=DAYS[i % len(DAYS)], news=news
    )


@pytest.fixture(scope="session")
def wire_texts() -> tuple[str, ...]:
    """Twenty-four stories of ten sentences in two paragraphs; each has more than 120 words."""
    texts = []
    for first in range(0, 240, SENTENCES_PER_TEXT):
        sentences = [wire_sentence(i) for i in range(first, first + SENTENCES_PER_TEXT)]
        texts.append(" ".join(sentences[:5]) + "\n\n" + " ".join(sentences[5:]) + "\n")
    return tuple(texts)


@pytest.fixture(scope="session")
def vocabulary(wire_texts: tuple[str, ...]) -> Vocabulary:
    """Every word of the stories and of the entries and pairs."""
    always = words_of((*ENTRIES, *CALQUES)) | {word for pair in PAIRS for word in pair}
    return train_vocabulary(wire_texts, always, n_words=500, n_pieces=120)


@pytest.fixture(scope="session")
def stream(wire_texts: tuple[str, ...], vocabulary: Vocabulary) -> np.ndarray:
    """Ids of all the stories, one after the other."""
    return np.concatenate([segment(text, vocabulary).ids for text in wire_texts]).astype(np.uint16)


@pytest.fixture(scope="session")
def language_model(stream: np.ndarray, vocabulary: Vocabulary) -> LanguageModel:
    return estimate(stream, len(vocabulary), most_bigrams=10_000, most_trigrams=10_000)


@pytest.fixture(scope="session")
def resources(vocabulary: Vocabulary, language_model: LanguageModel, stream: np.ndarray) -> Resources:
    candidates = build_candidates(vocabulary.words, None, None, extra=PAIRS)
    return Resources(
        vocabulary,
        language_model,
        candidates,
        phrases=build_phrases(ENTRIES, vocabulary, stream),
        calques=build_phrases(CALQUES, vocabulary, stream),
        fixed=build_fixed_phrases(stream, vocabulary.words),
        words=by_hand(build_words(vocabulary, stream, {}, (), None, seed=1), vocabulary),
    )


def by_hand(words: Words, vocabulary: Vocabulary) -> Words:
    """The same with MEANINGS and REGISTER, whatever is installed; other words have none."""
    return dataclasses.replace(
        words,
        vectors=np.array([MEANINGS.get(word, (0, 0)) for word in vocabulary.words], np.int8),
        register=np.array([REGISTER.get(word, 0.0) for word in vocabulary.words], np.float32),
    )


@pytest.fixture(scope="session")
def make_document(vocabulary: Vocabulary) -> Callable[[str], Document]:
    """Segment a text without clutter."""
    return lambda text: segment(text, vocabulary)


SWAPS = {
    "lightning offensive": "lights blitz",
    "according to": "in keeping with",
    "news agency": "information office",
    "region": "patch",
    "powerful storm": "powerful tempest",
}


@pytest.fixture(scope="session")
def spun_texts(wire_texts: tuple[str, ...]) -> tuple[str, ...]:
    """The stories as a spinner would have them."""
    texts = []
    for text in wire_texts:
        for original, spun in SWAPS.items():
            text = text.replace(original, spun)
        texts.append(text)
    return tuple(texts)


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """Weights set by hand: a word is swapped if it has a gain or odds, a text is spun if many words are.

    Four hundred untouched articles: a rate of 0.01 flags from a score of -1 for spinning, of -2 for translation.
    """
    tokens = Network(
        names=("gain", "odds", "left_missing", "unknown"),
        centre=np.zeros(4),
        scale=np.array([2.0, 1.0, 1.0, 1.0]),
        weights=(np.array([[2.0, 0.0], [2.0, 0.0], [0.5, 0.0], [0.0, 0.1]]), np.array([[8.0], [1.0]])),
        biases=(np.array([-1.0, 0.0]), np.array([0.0])),
    )
    spun = Network(
        names=("likelihood_per_word", "marked_0.6"),
        centre=np.zeros(2),
        scale=np.array([1.0, 0.05]),
        weights=(np.array([[1.0], [2.0]]),),
        biases=(np.array([-2.0]),),
    )
    translated = Trees(
        names=("profile_of", "profile_sentence_length"),
        roots=np.array([0, 3], np.int32),
        column=np.array([1, 0, 0, 0, 0, 0], np.int32),
        cut=np.array([60.0, 0.0, 0.0, 0.22, 0.0, 0.0]),
        left=np.array([1, 1, 2, 4, 4, 5], np.int32),
        right=np.array([2, 1, 2, 5, 4, 5], np.int32),
        value=np.array([0.0, -1.0, 1.0, 0.0, -0.5, 0.5]),
        intercept=-2.0,
        depth=1,
    )
    n = 400
    rng = np.random.default_rng(0)
    untouched = np.stack([rng.permutation(np.linspace(-6, -1, n)), rng.permutation(np.linspace(-7, -2, n))], axis=1)
    calibration = dataclasses.replace(
        blank_calibration(),
        untouched=untouched,
        visible=np.ones(n, bool),
        groups=np.zeros(n, np.int8),
        artifacts=(np.linspace(-3, 9, 50), np.linspace(-5, 3, 50)),
        slopes=np.array([1.0, 0.5]),
        intercepts=np.array([-1.0, 0.0]),
        mark_threshold=0.5,
        measured_on="400 made-up scores",
    )
    return Classifier(tokens, {"spun": spun, "machine_translated": translated}, calibration)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, resources: Resources, classifier: Classifier) -> Path:
    """The tiny language as a model on disk, to be read only."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_model(folder, resources, classifier, {"name": "tiny", "version": "2"})
    return folder


@pytest.fixture(scope="session")
def clean_copy() -> tuple[str, ...]:
    """Three hundred and twenty stories, no two the same."""
    stories = [[wire_sentence(i) for i in range(first, first + SENTENCES_PER_TEXT)] for first in range(320)]
    return tuple(" ".join([*story, f"It was report {i} of the day."]) for i, story in enumerate(stories))


@pytest.fixture(scope="session")
def news() -> Resources:
    """The shipped tables."""
    return load_model(default_model_path()).resources


@pytest.fixture(scope="session")
def linker() -> Linker:
    """The shipped aligner."""
    return load_linker()
