"""Read training articles, find which of them tell one story, and part them so that no story is on two sides.

A corpus file holds one JSON object a line: .jsonl, .jsonl.zst or .jsonl.gz, UTF-8.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detector.errors import CorpusError

MAX_LINE_BYTES = 16_000_000  # the longest article of the first corpora has 0.3 MB; a guess with ample room
SHINGLE_WORDS = 8  # long enough that two reports of one event, written apart, share none
SAMPLE = 8  # one shingle in so many is kept, by its hash
MAX_SHINGLE_DOCUMENTS = 20  # a shingle of more documents is boilerplate
MIN_SHARED = 2  # sampled shingles that two documents of one story share: about 16 shingles, 24 words in a row
LARGE_STORY = 400  # articles; a larger component hangs together by boilerplate, and is linked again with more shared
CHUNK_BYTES = 4_000_000  # text hashed at a time; bounds memory at about 40 times as much


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """One article of a training corpus. The fields after `text` are set in translation corpora only.

    Attributes:
        variety: the regional English ("US", "UK", "AU", ...).
        kind: who translated: "mt", "human_translation", "original_english".
        set, pair, doc_id: together they name the source that several systems translated.
        suspect_post_edit: the system whose output a "human" translation seems to copy.
    """

    id: str
    source: str
    outlet: str | None
    date: str | None
    title: str | None
    variety: str | None
    text: str
    kind: str | None = None
    system: str | None = None
    pair: str | None = None
    doc_id: str | None = None
    set: str | None = None
    orig_lang: str | None = None
    suspect_post_edit: str | None = None


FIELDS = tuple(field.name for field in fields(CorpusArticle))


def read_corpus(path: Path) -> Iterator[CorpusArticle]:
    """Yield the articles of one corpus file, in order, streamed; unknown fields are left out.

    A translation corpus names no `source`: there it is the `set`.

    Raises CorpusError with file and line where a line is not an article.
    """
    try:
        with path.open("rb") as raw:
            stream = _decompressed(raw, path)
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise CorpusError(f"{path}, line {number}: expected a line of at most {MAX_LINE_BYTES:,} bytes")
                if line.strip():
                    yield _article(line, f"{path}, line {number}")
    except FileNotFoundError as error:
        raise CorpusError(f"no corpus at {path}: give the folder of corpora with CORPORA=") from error
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error


def _decompressed(raw: BinaryIO, path: Path) -> BinaryIO:
    if path.name.endswith(".jsonl"):
        return raw
    if path.name.endswith(".jsonl.gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if path.name.endswith(".jsonl.zst"):
        try:
            import zstandard  # training only: no core dependency
        except ModuleNotFoundError as error:
            raise CorpusError(f"{path} is compressed with zstd: install unspin[train], or unpack it") from error

        try:
            reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        except zstandard.ZstdError as error:
            raise CorpusError(f"{path}: not a zstd file: {error}") from error
        return cast(BinaryIO, io.BufferedReader(_ZstdErrors(reader, path), 1 << 20))
    raise CorpusError(f"{path}: expected a name that ends in .jsonl, .jsonl.zst or .jsonl.gz")


class _ZstdErrors(io.RawIOBase):
    """A zstd stream whose errors name the file."""

    def __init__(self, reader: BinaryIO, path: Path) -> None:
        self._reader, self._path = reader, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        import zstandard

        try:
            data = self._reader.read(len(buffer))
        except zstandard.ZstdError as error:
            raise CorpusError(f"{self._path}: damaged zstd file: {error}") from error
        buffer[: len(data)] = data
        return len(data)


def _article(line: bytes, place: str) -> CorpusArticle:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{place}: expected a JSON object, got {line[:40]!r}: {error}") from error
    if not isinstance(row, dict):
        raise CorpusError(f"{place}: expected a JSON object, got {type(row).__name__}")
    return corpus_article(row, place)


def corpus_article(row: Mapping[str, Any], place: str) -> CorpusArticle:
    """The article of one row, which stands in `place`; raises CorpusError where a field is missing or is no text."""
    values: dict[str, Any] = {name: row.get(name) for name in FIELDS}
    if values["source"] is None:
        values["source"] = values["set"]
    for name, value in values.items():
        if value is None and name not in ("id", "source", "text"):
            continue
        if name == "suspect_post_edit" and not isinstance(value, str):
            values[name] = json.dumps(value)
        elif not isinstance(value, str):
            raise CorpusError(f"{place}: expected text in field '{name}', got {type(value).__name__}")
    return CorpusArticle(**values)


def story_clusters(texts: Sequence[str]) -> NDArray[np.int64]:
    """Label the story of each article: near duplicates and write-throughs of one story share a label.

    Shape (n_texts,); a label is the index of the story's first article. Articles are linked when they share at least
    MIN_SHARED sampled shingles that are not boilerplate; a story is what hangs together by links. A component larger
    than LARGE_STORY is linked again with one more shared, until it falls apart (Broder 1997, "On the resemblance and
    containment of documents", for shingles sampled by their hash).
    """
    left, right, shared = _links(*_sampled_shingles(texts))
    labels = _components(len(texts), left, right)
    minimum = MIN_SHARED
    while True:
        sizes = np.bincount(labels, minlength=len(texts))
        large = sizes[labels[left]] > LARGE_STORY
        if not large.any():
            return labels
        minimum += 1
        keep = ~large | (shared >= minimum)
        left, right, shared = left[keep], right[keep], shared[keep]
        labels = _components(len(texts), left, right)


def split_parts(labels: NDArray[np.int64], shares: Mapping[str, float], seed: int) -> NDArray[np.str_]:
    """Name the part of each article, shape (n_articles,), so that a story lies in one part only.

    The part is a hash of the seed and the label, cut at the cumulated shares (which are scaled to sum to 1).
    """
    if not shares or min(shares.values()) < 0 or sum(shares.values()) <= 0:
        raise ValueError(f"expected shares of at least 0 that sum to more, got {dict(shares)}")
    start = _mix(np.array([seed % 2**64], dtype=np.uint64))
    uniform = _mix(labels.astype(np.uint64) ^ start).astype(np.float64) / 2.0**64
    edges = np.cumsum(list(shares.values())) / sum(shares.values())
    part = np.searchsorted(edges[:-1], uniform, side="right")
    return np.array(list(shares), dtype=np.str_)[part]


def _sampled_shingles(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Hash and document of every sampled shingle, each once a document, sorted by hash and document."""
    hashes, documents = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    first = 0
    while first < len(texts):
        last, size = first, 0
        while last < len(texts) and (size < CHUNK_BYTES or last == first):
            size += len(texts[last])
            last += 1
        chunk, owner = _shingles([text.lower().encode("ascii", "replace") for text in texts[first:last]])
        sampled = chunk % np.uint64(SAMPLE) == 0
        hashes.append(chunk[sampled])
        documents.append((owner[sampled] + first).astype(np.int32))
        first = last
    hash_, document = np.concatenate(hashes), np.concatenate(documents)
    order = np.lexsort((document, hash_))
    hash_, document = hash_[order], document[order]
    new = np.ones(len(hash_), dtype=bool)
    new[1:] = (hash_[1:] != hash_[:-1]) | (document[1:] != document[:-1])
    return hash_[new], document[new]


def _shingles(texts: list[bytes]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash and index of the text of every shingle; words are runs of a-z and 0-9, whatever quotes stand around them.

    A word's hash is its polynomial over bytes: a difference of prefix sums, brought to a common power by the inverse of
    the odd multiplier modulo 2**64.
    """
    lengths = np.array([len(text) + 1 for text in texts])
    data = np.frombuffer(b" ".join(texts) + b" ", dtype=np.uint8)
    in_word = np.zeros(256, dtype=bool)
    in_word[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
    edges = np.flatnonzero(np.diff(in_word[data], prepend=False, append=False))
    start, end = edges[::2], edges[1::2]
    base = 0x9E3779B97F4A7C15
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(data * _powers(base, len(data)), out=sums[1:])
    words = _mix((sums[end] - sums[start]) * _powers(pow(base, -1, 2**64), len(data) + 1)[start])
    owner = np.searchsorted(np.cumsum(lengths), start, side="right")
    n_shingles = len(words) - SHINGLE_WORDS + 1
    if n_shingles <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    shingles = np.zeros(n_shingles, dtype=np.uint64)
    for place in range(SHINGLE_WORDS):
        shingles = shingles * np.uint64(base) + words[place : place + n_shingles]
    whole = owner[:n_shingles] == owner[SHINGLE_WORDS - 1 :]
    return _mix(shingles[whole]), owner[:n_shingles][whole]


def _powers(base: int, n: int) -> NDArray[np.uint64]:
    powers = np.full(n, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits of 64-bit values (the finaliser of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _links(
    hashes: NDArray[np.uint64], documents: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of documents, left < right, and how many sampled shingles they share (at least MIN_SHARED)."""
    first = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    sizes = np.diff(np.append(first, len(hashes)))
    pairs = [np.zeros(0, np.uint64)]
    for size in range(2, MAX_SHINGLE_DOCUMENTS + 1):
        members = documents[first[sizes == size][:, None] + np.arange(size)].astype(np.uint64)
        left, right = np.triu_indices(size, 1)
        pairs.append((members[:, left] << np.uint64(32) | members[:, right]).ravel())
    unique, shared = np.unique(np.concatenate(pairs), return_counts=True)
    unique, shared = unique[shared >= MIN_SHARED], shared[shared >= MIN_SHARED]
    return (unique >> np.uint64(32)).astype(np.int64), (unique & np.uint64(2**32 - 1)).astype(np.int64), shared


def _components(n: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the first member of the component of each of `n` nodes."""
    if n == 0:
        return np.zeros(0, np.int64)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    story: NDArray[np.int64] = first[labels].astype(np.int64)
    return story
