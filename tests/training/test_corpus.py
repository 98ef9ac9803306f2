"""Corpus files are read as they are, or refused by file and line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from detector.errors import CorpusError
from detector.training import corpus
from detector.training.corpus import CorpusArticle, read_corpus

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
    [
        ("c.jsonl", bytes),
        ("c.jsonl.gz", gzip.compress),
        ("c.jsonl.zst", zstandard.ZstdCompressor().compress),
        (
            "c.jsonl.zst",
            lambda lines: b"".join(zstandard.compress(lines[i : i + 99]) for i in range(0, len(lines), 99)),
        ),
        ("c.jsonl.zst", lambda lines: zstandard.compress(b"") + zstandard.compress(lines)),
    ],
)
def test_reads_all_formats(tmp_path: Path, name: str, pack: object) -> None:
    (tmp_path / name).write_bytes(pack(_lines(ROWS)))  # type: ignore[operator]
    assert list(read_corpus(tmp_path / name)) == ARTICLES


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.jsonl", b'{"id": "a", "source": "s", "text": "t"}\n{"id": 1', "c.jsonl:2: expected a JSON object"),
        ("c.jsonl", b"[1]", ":1: expected a JSON object, got list"),
        ("c.jsonl", b'{"id": "a", "source": "s"}', "expected text in field 'text', got NoneType"),
        ("c.jsonl", b'{"id": "a", "source": "s", "text": "t", "title": 7}', "expected text in field 'title', got int"),
        ("c.jsonl", b"[" * 100_000, ":1: expected a JSON object"),
        ("c.jsonl", b"x" * 300, "expected a line of at most 200 bytes"),
        ("c.jsonl.gz", b"no gzip", "cannot be read"),
        ("c.jsonl.gz", gzip.compress(_lines(ROWS))[:-12], "cannot be read"),
        ("c.jsonl.zst", b"no zstandard", "damaged zstd file"),
        ("c.jsonl.zst", zstandard.compress(_lines(ROWS)) + b"no zstandard", "damaged zstd file"),
        ("c.jsonl.zst", zstandard.compress(_lines(ROWS))[:-4], "got one that is cut off: copy it again"),
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


def test_a_packed_corpus_that_is_cut_off_between_two_lines_is_no_shorter_corpus(tmp_path: Path) -> None:
    packer = zstandard.ZstdCompressor().compressobj()
    whole = packer.compress(_lines(ROWS)) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    path = tmp_path / "c.jsonl.zst"
    path.write_bytes(whole)
    with pytest.raises(CorpusError, match="cut off"):
        list(read_corpus(path))
    path.write_bytes(whole + packer.flush())
    assert list(read_corpus(path)) == ARTICLES


def test_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no corpus at .*none\.jsonl: give the folder"):
        list(read_corpus(tmp_path / "none.jsonl"))
