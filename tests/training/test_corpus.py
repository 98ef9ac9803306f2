"""Corpus files are read as they are or refused by file and line; one story has one label and lies in one part."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import zstandard

from detector.errors import CorpusError
from detector.training import corpus
from detector.training.corpus import CorpusArticle, read_corpus, split_parts, story_clusters

ROWS: list[dict[str, str | None]] = [
    {
        "id": "a:1",
        "source": "a",
        "outlet": None,
        "date": "2020-01-02",
        "title": "Té",
        "variety": "UK",
        "text": "One.\nTwo.",
    },
    {"id": "a:2", "source": "a", "text": "“Three”", "domain": "news"},
    {"id": "t:1", "set": "wmt", "pair": "de-en", "kind": "mt", "system": "S", "doc_id": "d", "text": "Four."},
]
ARTICLES = [
    CorpusArticle("a:1", "a", None, "2020-01-02", "Té", "UK", "One.\nTwo."),
    CorpusArticle("a:2", "a", None, None, None, None, "“Three”"),
    CorpusArticle("t:1", "wmt", None, None, None, None, "Four.", "mt", "S", "de-en", "d", "wmt"),
]


def _lines(rows: list[dict[str, str | None]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize(
    ("name", "pack"),
    [("c.jsonl", bytes), ("c.jsonl.gz", gzip.compress), ("c.jsonl.zst", zstandard.ZstdCompressor().compress)],
)
def test_reads_all_formats(tmp_path: Path, name: str, pack: object) -> None:
    (tmp_path / name).write_bytes(pack(_lines(ROWS)))  # type: ignore[operator]
    assert list(read_corpus(tmp_path / name)) == ARTICLES


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.jsonl", b'{"id": "a", "source": "s", "text": "t"}\n{"id": 1', "c.jsonl, line 2: expected a JSON object"),
        ("c.jsonl", b"[1]", "line 1: expected a JSON object, got list"),
        ("c.jsonl", b'{"id": "a", "source": "s"}', "expected text in field 'text', got NoneType"),
        ("c.jsonl", b'{"id": "a", "source": "s", "text": "t", "title": 7}', "expected text in field 'title', got int"),
        ("c.jsonl", b"[" * 100_000, "line 1: expected a JSON object"),
        ("c.jsonl", b"x" * 300, "expected a line of at most 200 bytes"),
        ("c.jsonl.gz", b"no gzip", "cannot be read"),
        ("c.jsonl.gz", gzip.compress(_lines(ROWS))[:-12], "cannot be read"),
        ("c.jsonl.zst", b"no zstandard", "damaged zstd file"),
        ("c.txt", b"", "expected a name that ends in .jsonl"),
    ],
)
def test_refuses_what_is_no_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, message: str
) -> None:
    if "200 bytes" in message:
        monkeypatch.setattr(corpus, "MAX_LINE_BYTES", 200)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        list(read_corpus(tmp_path / name))
    assert message in str(caught.value)


def test_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no corpus at .*none\.jsonl: give the folder"):
        list(read_corpus(tmp_path / "none.jsonl"))


def _story(seed: int, n_words: int = 300) -> list[str]:
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 5000, n_words)]


def test_write_throughs_share_a_label() -> None:
    first = _story(1)
    later = [*_story(2, 60), *first[:200], *_story(3, 40)]
    quoted = " ".join(first).upper().replace(" ", " ” ")  # marks and case make no difference
    labels = story_clusters([" ".join(_story(4)), " ".join(first), " ".join(_story(5)), " ".join(later), quoted])
    assert labels.tolist() == [0, 1, 2, 1, 1]


def test_boilerplate_joins_nothing() -> None:
    boilerplate = _story(6, 100)
    labels = story_clusters([" ".join(_story(seed) + boilerplate) for seed in range(10, 40)])
    assert len(set(labels)) == 30


def test_a_large_component_is_linked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stories = [_story(seed, 400) for seed in range(50, 60)]
    chain = [story + after[:60] for story, after in pairwise(stories)]
    texts = [" ".join(words) for words in [*chain, chain[0]]]
    assert len(set(story_clusters(texts))) == 1
    monkeypatch.setattr(corpus, "LARGE_STORY", 5)
    labels = story_clusters(texts)
    assert len(set(labels)) > 1
    assert labels[-1] == labels[0]


@pytest.mark.parametrize(("texts", "labels"), [([], []), ([""], [0]), (["", "two words", ""], [0, 1, 2])])
def test_short_texts_stand_alone(texts: list[str], labels: list[int]) -> None:
    assert story_clusters(texts).tolist() == labels


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(_story(seed % 7)) for seed in range(20)]
    whole = story_clusters(texts)
    monkeypatch.setattr(corpus, "CHUNK_BYTES", 1)
    assert story_clusters(texts).tolist() == whole.tolist() == [seed % 7 for seed in range(20)]


def test_parts_hold_whole_stories_in_the_shares_asked() -> None:
    labels = np.repeat(np.arange(0, 20_000, 2), 2)
    parts = split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=4)
    assert (parts[::2] == parts[1::2]).all()
    assert [round(float((parts == name).mean()), 1) for name in ("model", "fit", "test")] == [0.6, 0.3, 0.1]
    assert (split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=4) == parts).all()
    assert (split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=5) != parts).any()


@pytest.mark.parametrize("shares", [{}, {"a": -1.0, "b": 2.0}, {"a": 0.0}])
def test_shares_must_make_sense(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected shares"):
        split_parts(np.zeros(1, np.int64), shares, seed=1)
