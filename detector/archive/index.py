"""The index of an archive: which texts hold a word, by tantivy. It is made from the texts and can be made again.

A document is the number of a text, its words without the commonest, the day it was published and its outlet. The index
may hold numbers that the texts lack, of a writer that was killed or of what was removed a moment ago; never fewer.
"""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import tantivy

from detector.archive.words import COMMON, MAX_LETTERS
from detector.errors import ArchiveError

HEAP_BYTES = 128_000_000  # of the writer: what tantivy proposes, all for one thread
MAX_NUMBER = 2**63 - 1
WORDS_KEPT = 1 << 16  # whose number of texts is remembered: the words of news, less the rarest
REBUILD = "its texts are kept apart from it, so make it again: unspin archive verify --rebuild"

_FOOTER_MAGIC = 1337  # closes each file of an index, after the length of its footer (tantivy, directory/footer.rs)


class Term(NamedTuple):
    """A word to look for, and what it counts."""

    word: str
    weight: float


class Hit(NamedTuple):
    """A text by its number, with the score of BM25."""

    number: int
    score: float


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say what tantivy means, whose errors are ValueErrors."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise ArchiveError(_words(folder, str(error))) from error


def _words(folder: Path, said: str) -> str:
    if "No space left" in said or "File too large" in said or "worker thread" in said or "writer was killed" in said:
        return f"{folder} could not be written ({said}): make room on the disk; what was committed before is kept"
    return f"the index in {folder} cannot be used ({said}): {REBUILD}"


class Index:
    """The open index; every method may raise ArchiveError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "meta.json").is_file():
            raise ArchiveError(f"there is no index in {folder}: {REBUILD}")
        with told(folder):
            self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer("words", _analyser())
            self._searcher = self._index.searcher()
        self.holders = lru_cache(WORDS_KEPT)(self._holders)
        self._writer: tantivy.IndexWriter | None = None

    @staticmethod
    def create(folder: Path) -> None:
        folder.mkdir()
        with told(folder):
            tantivy.Index(_schema(), str(folder))

    def reload(self) -> None:
        """See what was committed meanwhile."""
        with told(self.folder):
            self._index.reload()
            self._searcher = self._index.searcher()
        self.holders.cache_clear()

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def _holders(self, word: str) -> int:
        """How many texts hold `word`."""
        return int(self._searcher.doc_freq("words", word))

    def search(
        self,
        terms: Sequence[Term],
        limit: int,
        days: tuple[int, int] | None = None,
        outlets: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Find texts that hold some of `terms`, best first; `days` both included, and only of `outlets`."""
        if not terms:
            return []
        schema = self._index.schema
        should = [(tantivy.Occur.Should, _term_query(schema, term)) for term in terms]
        query = tantivy.Query.boolean_query(should)
        filters = []
        if days is not None:
            low, high = (max(day, 0) for day in days)
            filters.append(tantivy.Query.range_query(schema, "day", tantivy.FieldType.Unsigned, low, high))
        if outlets is not None:
            filters.append(tantivy.Query.term_set_query(schema, "outlet", list(outlets)))
        if filters:
            must = [(tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0)) for one in filters]
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *must])
        with told(self.folder):
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [Hit(int(number or 0), float(score)) for number, (score, _) in zip(numbers, hits, strict=True)]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be able to add, delete and commit; what was not committed at the end is dropped."""
        with told(self.folder):
            self._writer = self._index.writer(HEAP_BYTES, 1)
        try:
            yield
            writer, self._writer = self._writer, None
            with told(self.folder):
                writer.wait_merging_threads()
        finally:
            self._writer = None

    def add(self, number: int, text: str, day: int | None, outlet: str | None) -> None:
        document = tantivy.Document()
        document.add_unsigned("number", number)
        document.add_text("words", text)
        if day is not None:
            document.add_unsigned("day", day)
        if outlet:
            document.add_text("outlet", outlet)
        with told(self.folder):
            self._open_writer.add_document(document)

    def delete(self, numbers: Sequence[int]) -> None:
        if numbers:
            # By a query: `delete_documents_by_term` finds no term of an unsigned field (tantivy 0.27).
            query = tantivy.Query.term_set_query(self._index.schema, "number", list(numbers))
            with told(self.folder):
                self._open_writer.delete_documents_by_query(query)

    def delete_above(self, number: int) -> bool:
        """Delete what has a higher number, and say whether there was any."""
        schema, kind = self._index.schema, tantivy.FieldType.Unsigned
        query = tantivy.Query.range_query(schema, "number", kind, number + 1, MAX_NUMBER)
        with told(self.folder):
            if not self._searcher.search(query, 1, count=False).hits:
                return False
            self._open_writer.delete_documents_by_query(query)
        return True

    def commit(self) -> None:
        """Make visible, on the disk, all that was added and deleted since the last time."""
        with told(self.folder):
            self._open_writer.commit()
        self.reload()

    def rollback(self) -> None:
        """Drop what was added and deleted since the last commit."""
        with told(self.folder):
            self._open_writer.rollback()

    @property
    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise ValueError("expected to be inside writing()")
        return self._writer


def staged_index(folder: Path) -> Index:
    """A new, empty index beside the one in `folder`, to be filled and put in its place."""
    partial = _beside(folder, "partial")
    shutil.rmtree(partial, ignore_errors=True)
    Index.create(partial)
    return Index(partial)


def replace_index(folder: Path) -> None:
    """Put the staged index where `folder` is; what stood there is deleted, though readers may still hold it open."""
    old = _beside(folder, "old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    _beside(folder, "partial").rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")


def damaged_files(folder: Path) -> list[str]:
    """Files of the index that are missing or are not what tantivy wrote, by the checksum in their footers."""
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        segments = {str(segment["segment_id"]).replace("-", "") for segment in meta["segments"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"meta.json ({error})"]
    files = [path for path in sorted(folder.iterdir()) if path.name.split(".")[0] in segments]
    missing = segments - {path.name.split(".")[0] for path in files if path.suffix == ".idx"}
    return [f"{name}.idx" for name in sorted(missing)] + [path.name for path in files if not _is_sound(path)]


def _is_sound(path: Path) -> bool:
    data = path.read_bytes()
    length, magic = (int.from_bytes(data[at : at + 4], "little") for at in (len(data) - 8, len(data) - 4))
    if len(data) < 8 or magic != _FOOTER_MAGIC or length > len(data) - 8:
        return False
    body, footer = data[: len(data) - 8 - length], data[len(data) - 8 - length : len(data) - 8]
    match = re.search(rb'"crc":(\d+)', footer)
    return match is not None and int(match.group(1)) == zlib.crc32(body)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_unsigned_field("day", indexed=True, fast=True)
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyser() -> tantivy.TextAnalyzer:
    """Words as `words.words_of` gives them."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_LETTERS + 1))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.custom_stopword(sorted(COMMON)))
        .build()
    )


def _term_query(schema: tantivy.Schema, term: Term) -> tantivy.Query:
    query = tantivy.Query.term_query(schema, "words", term.word, "freq")
    return query if term.weight == 1 else tantivy.Query.boost_query(query, term.weight)
