"""Phrases of translations, and vectors moved until both sides of a paraphrase are alike; texts are ours."""

from __future__ import annotations

import numpy as np

from detector.align import Linker
from detector.resources import Resources
from detector.training.corpus import CorpusArticle
from detector.training.meanings import fit_meanings
from detector.training.paraphrases import Paraphrase, linked_groups, translated_phrases


def translation(text: str, kind: str = "mt", source: str = "1") -> CorpusArticle:
    return CorpusArticle("x", "ours", None, None, None, None, text, kind=kind, set="ours", pair="de-en", doc_id=source)


def test_links_join_words_into_groups() -> None:
    assert linked_groups([]) == []
    assert linked_groups({(3, 1), (0, 0)}) == [([0], [0]), ([3], [1])]
    assert linked_groups({(0, 0), (1, 1), (1, 0), (4, 1), (2, 5)}) == [([0, 1, 4], [0, 1]), ([2], [5])]


def test_phrases_are_what_translations_of_one_line_differ_in(news: Resources, linker: Linker) -> None:
    one = "the mayor said the meeting would be postponed until spring .\nrain fell on the harbour town all day ."
    two = "the mayor said the meeting would be put off until spring .\nrain fell on the harbour town all day ."
    phrases = translated_phrases([translation(one), translation(two)], news, linker)
    assert phrases == {(("postponed",), ("put", "off")): 1}
    elsewhere = [translation(one), translation(two, source="2"), translation(two, kind="original_english")]
    assert not translated_phrases(elsewhere, news, linker)
    shorter = [translation(one), translation(two.split("\n")[0]), translation(one)]
    assert not translated_phrases(shorter, news, linker), "texts of another number of lines are left out"


def test_vectors_of_paraphrases_move_together_and_others_stay(news: Resources) -> None:
    words = ["quit", "resigned", "left", "harbour", "storm", "gale", "town", "spring"]
    ids, _ = news.vocabulary.encode(words)
    rng = np.random.default_rng(3)
    counted = np.zeros((len(news.vocabulary), 16), np.int8)
    counted[ids] = np.round(127 * _unit(rng.normal(size=(len(words), 16)))).astype(np.int8)
    pairs: dict[Paraphrase, int] = {
        (("quit",), ("resigned",)): 30,
        (("gale",), ("storm", "zzzz")): 1,
        (("qq",), ("left",)): 9,
    }
    meanings = fit_meanings(counted, news, pairs)
    assert meanings.words.tolist() == sorted(word.encode() for word in words)
    before, after = (_unit(counted[ids].astype(np.float32)), meanings.of(words))
    nearer = after @ after.T - before @ before.T
    assert min(nearer[0, 1], nearer[4, 5]) > 0.05
    still = [2, 3, 6, 7]
    assert np.allclose(after[still], before[still], atol=0.01)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
