"""Text of one article that the tables hold is read back and counted; what everybody writes is no memory."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from detector.errors import CorpusError
from detector.language_model import Vocabulary
from detector.resources import Resources
from detector.segment import segment
from detector.training.corpus import CorpusArticle
from detector.training.fixed_phrases import build_fixed_phrases
from detector.training.memorisation import RUN, Reader, holders, memorisation, sample_runs
from detector.training.ngrams import estimate
from detector.training.vocabulary import RESERVED

SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
WORDS = [one + other for one in SYLLABLES for other in SYLLABLES][:1500]
COMMON = "Officials declined to comment on whether talks about their old border would soon resume.\n"


def babble(seed: int, n_sentences: int = 20) -> str:
    """Sentences in which hardly any two words meet twice."""
    rng = np.random.default_rng(seed)
    return "".join(" ".join(rng.choice(WORDS, 14)).capitalize() + ".\n" for _ in range(n_sentences))


SECRET = babble(1000, 1)


def tables(texts: Sequence[str], resources: Resources) -> Resources:
    """Tables counted on `texts`, as training counts them."""
    words = sorted({*WORDS, *f"{SECRET} {COMMON}".lower().replace(".", "").split()})
    names = np.zeros(len(RESERVED) + 1 + len(words), bool)
    vocabulary = Vocabulary([*RESERVED, ".", *words], names, resources.vocabulary.pieces)
    stream = np.concatenate([segment(text, vocabulary).ids for text in texts]).astype(np.uint16)
    return dataclasses.replace(
        resources,
        vocabulary=vocabulary,
        language_model=estimate(stream, len(vocabulary), 100_000, 100_000),
        fixed=build_fixed_phrases(stream, vocabulary.words),
    )


def articles(texts: Sequence[str]) -> list[CorpusArticle]:
    return [CorpusArticle(f"no {i}", "test", None, None, None, None, text) for i, text in enumerate(texts)]


def corpus(path: Path, texts: Sequence[str]) -> Path:
    rows = [{"id": article.id, "source": "test", "text": article.text} for article in articles(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


UNSEEN = [babble(seed) for seed in range(100, 112)]
PLAIN = [babble(seed) for seed in range(16)]


def attacked(tmp_path: Path, resources: Resources, texts: list[str], unseen: list[str]) -> tuple[int, int, list[str]]:
    """How many runs of training and of unseen articles are read back, and the ids of single holders."""
    language, test = corpus(tmp_path / "language.jsonl", texts), corpus(tmp_path / "test.jsonl", unseen)
    found = memorisation(tables(texts, resources), language, test)
    assert found.greedy.share <= found.beam.share
    assert found.beam.n <= len(texts)
    counts = [round(rate.share * rate.n) for rate in (found.beam, found.control_beam)]
    return counts[0], counts[1], list(found.memory)


def test_text_that_one_article_repeats_is_read_back(tmp_path: Path, resources: Resources) -> None:
    texts = [*PLAIN, babble(99) + SECRET + babble(98) + SECRET]
    assert attacked(tmp_path, resources, texts, UNSEEN) == (1, 0, ["no 16"])


def test_text_that_stands_once_is_not(tmp_path: Path, resources: Resources) -> None:
    assert attacked(tmp_path, resources, [*PLAIN, babble(99) + SECRET], UNSEEN) == (0, 0, [])


def test_what_many_articles_say_is_read_back_on_either_side_and_is_no_memory(
    tmp_path: Path, resources: Resources
) -> None:
    texts = [*PLAIN, *(babble(seed) + COMMON for seed in range(50, 60))]
    unseen = [*UNSEEN, babble(200) + COMMON]
    assert attacked(tmp_path, resources, texts, unseen) == (10, 1, [])


def test_fixed_phrases_alone_are_read_back(resources: Resources) -> None:
    plain, repeated = tables(PLAIN, resources), tables([*PLAIN, SECRET * 12], resources)
    run = sample_runs(articles([SECRET]), plain, 1)[0]
    assert len(repeated.fixed.keys)
    assert not Reader(plain).reads_back(run, 3)
    assert Reader(dataclasses.replace(plain, fixed=repeated.fixed)).reads_back(run, 3)


def test_a_run_is_of_known_words_of_one_sentence(resources: Resources) -> None:
    own = tables(PLAIN, resources)
    ten = " ".join(WORDS[:10])
    for text in (
        f"{ten}. {ten.capitalize()}.",
        f"{ten} unknownword {ten}",
        f"{ten} 1,200 {ten}",
        ". " * 20,
        "",
    ):
        assert sample_runs(articles([text]), own, 5) == []
    (run,) = sample_runs(articles([" ".join(WORDS[:12])]), own, 5)
    assert [own.vocabulary.words[i] for i in run] == WORDS[:12]


def test_the_sample_does_not_hang_on_the_order_and_takes_each_text_once(resources: Resources) -> None:
    own, some = tables(PLAIN, resources), articles(PLAIN)
    runs = sample_runs(some, own, 7)
    assert len(runs) == 7
    assert runs == sample_runs([*reversed(some), *some], own, 7)
    assert all(len(run) == RUN for run in runs)


def test_holders_hold_the_run_and_not_its_words(resources: Resources) -> None:
    own = tables([SECRET], resources)
    (run,) = sample_runs(articles([SECRET]), own, 1)
    shuffled = " ".join(sorted(SECRET.lower().rstrip(".\n").split()))
    some = articles([babble(1), SECRET, shuffled, babble(2) + SECRET.upper(), SECRET[:30]])
    assert holders([run, run[:2]], some[:3], own.vocabulary)[run] == ("no 1",)
    assert holders([run], some, own.vocabulary) == {run: ("no 1", "no 3")}
    assert holders([], some, own.vocabulary) == {}


def test_a_part_without_a_run_is_told(tmp_path: Path, resources: Resources) -> None:
    language, test = corpus(tmp_path / "language.jsonl", PLAIN), corpus(tmp_path / "test.jsonl", ["too short"])
    with pytest.raises(CorpusError, match=r"test\.jsonl: expected an article with 12 known words in a row, found none"):
        memorisation(tables(PLAIN, resources), language, test)
