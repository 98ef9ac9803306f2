"""What is known of each word: forms, register and meaning, on streams of our own."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from detector.language_model import Vocabulary
from detector.lexicon import Form
from detector.training import words as module
from detector.training.inflection import Inflections
from detector.training.vectors import build_vectors
from detector.training.words import read_regional

WORDS = ("<s>", "<unk>", "a", "an", "house", "houses", "hour", "went", "old", "storm", "rain", "seed", "soil", "14")
ID = {word: i for i, word in enumerate(WORDS)}


def vocabulary() -> Vocabulary:
    return Vocabulary(WORDS, np.zeros(len(WORDS), bool), b"")


def stream(text: str) -> np.ndarray:
    return np.array([0, *(0 if word == "|" else ID.get(word, 1) for word in text.split()), 0], np.uint16)


def test_forms_by_reading_and_articles_by_count() -> None:
    lemmas = [("house", "n"), ("house", "v"), ("hour", "n"), ("go", "v"), ("old", "a")]
    text = "a house | " * 5 + "an hour | " * 5 + "a old | an old | " * 5 + "a storm"
    forms = module._forms(vocabulary(), Inflections.build(lemmas), stream(text))
    assert Form(int(forms[ID["house"]])) == Form.SINGULAR | Form.BASE | Form.CONSONANT
    assert Form(int(forms[ID["houses"]])) == Form.PLURAL | Form.THIRD
    assert Form(int(forms[ID["hour"]])) == Form.SINGULAR | Form.VOWEL
    assert Form(int(forms[ID["went"]])) == Form.PAST
    assert Form(int(forms[ID["old"]])) == Form.ADJECTIVE  # both articles: nothing is known
    assert forms[ID["storm"]] == 0  # too seldom


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for wordfreq: each word once in a hundred."""
    fake = ModuleType("wordfreq")
    fake.get_frequency_dict = lambda *_, **__: dict.fromkeys(WORDS, 0.01)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wordfreq", fake)


@pytest.mark.usefixtures("elsewhere")
def test_register_is_elsewhere_over_the_news_where_it_is_commonest() -> None:
    news, abroad = stream("storm " * 8 + "rain " * 190), stream("seed " * 100 + "soil soil " + "rain " * 96)
    register = module._register(WORDS, [news, abroad], {"house"})
    assert register[ID["storm"]] == pytest.approx(np.log2(0.01 / 0.04), abs=1e-3)
    assert register[ID["seed"]] == pytest.approx(np.log2(0.01 / 0.5), abs=1e-2)
    assert register[ID["soil"]] == module.MOST_REGISTER  # two occurrences abroad say nothing, and at home there is none
    assert register[ID["house"]] == 0  # a word of a region
    assert register[ID["14"]] == 0


def test_register_needs_wordfreq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    assert not module._register(WORDS, [stream("storm")], set()).any()


def test_words_in_like_company_are_alike() -> None:
    text = "storm old house | rain old house | seed an hour | soil an hour | " * 40
    vectors = build_vectors(stream(text), len(WORDS), seed=1).astype(float)
    norms = np.linalg.norm(vectors, axis=1)
    known = [ID[word] for word in ("storm", "rain", "seed", "soil")]
    assert norms[known] == pytest.approx([127] * 4, abs=4)
    assert norms[ID["went"]] == norms[0] == norms[1] == 0

    def cosine(a: str, b: str) -> float:
        return float(vectors[ID[a]] @ vectors[ID[b]]) / 127**2

    assert cosine("storm", "rain") > 0.9 > 0.3 > cosine("storm", "seed")
    assert build_vectors(stream(text), len(WORDS), seed=1).tobytes() == vectors.astype(np.int8).tobytes()


def test_the_list_of_regional_words(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# of regions\nlorry\n\ncrore\n", encoding="utf-8")
    assert read_regional(path) == ["lorry", "crore"]
