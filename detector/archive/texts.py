"""The texts of an archive: one SQLite file, each text compressed by itself and sealed with its digest.

They are compressed by Zstandard with a dictionary that is trained on the first of them, as a short text by itself has
little to go by. The dictionary is kept twice: without it no text could be read.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from detector.archive.reference import Reference, Stored
from detector.errors import ArchiveError

LEVEL = 3  # of Zstandard; 6 saves another 5% for three times the work
DICTIONARY_BYTES = 112_640  # what the reference implementation of Zstandard proposes
DICTIONARY_TEXTS = (200, 800)  # it is trained on at least and at most so many; guess
MAX_TEXT_BYTES = 80_000_000  # of one text, unpacked: four bytes for each character that a reader lets through
BUSY_SECONDS = 30  # another process holds the file for moments only

_SCHEMA = """
CREATE TABLE texts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL, story TEXT NOT NULL, id TEXT NOT NULL,
    title TEXT, outlet TEXT, published TEXT, updated TEXT, version_of TEXT, url TEXT, language TEXT NOT NULL,
    indexed INTEGER NOT NULL, packed BLOB NOT NULL
);
CREATE UNIQUE INDEX versions ON texts (id, digest);
CREATE INDEX stories ON texts (story) WHERE story <> id;
CREATE TABLE removed (number INTEGER PRIMARY KEY);
CREATE TABLE dictionary (copy INTEGER PRIMARY KEY, digest BLOB NOT NULL, content BLOB NOT NULL);
"""
_ABOUT = ("title", "outlet", "published", "updated", "version_of", "url", "language")
_OF_STORY = (
    "(id = ?1 OR (story = ?1 AND story <> id))"  # each half by an index of its own; holds an old id's others too
)


class DamagedTextError(ArchiveError):
    """A text that is not what was stored; the others can be read."""


class Head(NamedTuple):
    """What is known of a text without opening it."""

    number: int
    digest: bytes
    id: str
    published: str | None
    updated: str | None


class Counts(NamedTuple):
    """How many texts there are, of how many stories, and how many are not English."""

    texts: int
    stories: int
    not_english: int


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say what SQLite means."""
    try:
        yield
    except sqlite3.Error as error:
        raise ArchiveError(_words(path, str(error))) from error


def _words(path: Path, said: str) -> str:
    if "full" in said or "disk I/O" in said:
        return f"{path} could not be written ({said}): make room on the disk; what was committed before is kept"
    if "locked" in said:
        return f"{path} is being written by another process ({said}): wait for it to end"
    if "readonly" in said or "unable to open" in said:
        return f"{path} cannot be opened ({said}): check that it and its folder may be read and written"
    return f"{path} is damaged ({said}): see what `unspin archive verify` finds, or take the archive from its copy"


class Texts:
    """The open file; every method may raise ArchiveError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise ArchiveError(f"{path} is missing: take the archive from its copy")
        with told(path):
            # A service may look up from several threads, one after the other.
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA secure_delete = ON")  # what is removed is gone from the disk
            self._connection.execute("SELECT number FROM texts LIMIT 1").fetchone()
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        self._decompressors: dict[bool, zstandard.ZstdDecompressor] = {}  # by whether they have the dictionary
        self._compressor: zstandard.ZstdCompressor | None = None

    @staticmethod
    def create(path: Path) -> None:
        with told(path):
            connection = sqlite3.connect(path)
            connection.execute("PRAGMA page_size = 16384")  # most texts fit into a page with others
            connection.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for each other
            connection.executescript(_SCHEMA)
            connection.close()

    def close(self) -> None:
        self._connection.close()

    def begin(self) -> None:
        """Begin what `commit` makes visible as a whole."""
        self._all("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._all("COMMIT")

    def rollback(self) -> None:
        """Undo what was done since `begin`, a dictionary that was trained meanwhile included."""
        if self._connection.in_transaction:
            self._all("ROLLBACK")
        self._dictionary = self._compressor = None
        self._decompressors.clear()

    def add(self, reference: Reference, digest: bytes, story: str) -> int:
        """Insert a text that is not there yet, and give its number."""
        if self._compressor is None:
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=self._trained())
        packed = self._compressor.compress(reference.text.encode())
        about = [getattr(reference, name) for name in _ABOUT]
        columns = ("digest", "story", "id", *_ABOUT, "indexed", "packed")
        query = f"INSERT INTO texts ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) RETURNING number"
        row = self._all(query, digest, story, reference.id, *about, reference.is_english, packed)[0]
        return int(row[0])

    def join_story(self, story: str, into: str) -> None:
        """Make all versions of one story versions of another."""
        self._all(f"UPDATE texts SET story = ?2 WHERE {_OF_STORY} AND story = ?1", story, into)

    def remove(self, identifier: str) -> list[int]:
        """Delete all texts of that id, and note their numbers until the index has forgotten them too."""
        rows = self._all("DELETE FROM texts WHERE id = ? RETURNING number", identifier)
        for row in rows:
            self._all("INSERT INTO removed VALUES (?)", *row)
        return [number for (number,) in rows]

    def removed(self) -> list[int]:
        return self._numbers("SELECT number FROM removed")

    def forget_removed(self) -> None:
        self._all("DELETE FROM removed")

    def train(self, texts: Sequence[str]) -> None:
        """Train the dictionary on `texts`, unless there is one or they are too few."""
        least, most = DICTIONARY_TEXTS
        if len(texts) < least or self._trained() is not None:
            return
        try:
            dictionary = zstandard.train_dictionary(DICTIONARY_BYTES, [text.encode() for text in texts[:most]])
        except zstandard.ZstdError:  # texts that are too short or too much alike to learn from
            return
        content = dictionary.as_bytes()
        for copy in (1, 2):
            self._all("INSERT INTO dictionary VALUES (?, ?, ?)", copy, hashlib.sha256(content).digest(), content)
        self._compressor = None

    def last_number(self) -> int:
        """The highest number that was ever given."""
        rows = self._all("SELECT seq FROM sqlite_sequence WHERE name = 'texts'")
        return int(rows[0][0]) if rows else 0

    def numbers(self) -> list[int]:
        """Of all texts, ascending."""
        return self._numbers("SELECT number FROM texts ORDER BY number")

    def indexed(self) -> list[int]:
        """Of those that are English, ascending."""
        return self._numbers("SELECT number FROM texts WHERE indexed ORDER BY number")

    def has(self, identifier: str, digest: bytes) -> bool:
        return bool(self._all("SELECT 1 FROM texts WHERE id = ? AND digest = ?", identifier, digest))

    def story_of(self, identifier: str) -> str | None:
        """The story that the texts of that id are versions of; None where there are none."""
        rows = self._all("SELECT story FROM texts WHERE id = ? LIMIT 1", identifier)
        return str(rows[0][0]) if rows else None

    def versions(self, story: str) -> list[int]:
        """All versions of a story, in the order in which they were added."""
        return self._numbers(f"SELECT number FROM texts WHERE {_OF_STORY} AND story = ?1 ORDER BY number", story)

    def heads(self, numbers: Sequence[int]) -> list[Head]:
        """In the order of `numbers`; those that are not there are left out."""
        wanted = ", ".join(str(int(number)) for number in numbers)
        rows = self._all(f"SELECT number, digest, id, published, updated FROM texts WHERE number IN ({wanted})")
        found = {row[0]: Head(*row) for row in rows}
        return [found[number] for number in numbers if number in found]

    def get(self, number: int) -> Stored:
        """Give one text; raises DamagedTextError where it is not the one that was stored."""
        try:
            rows = self._all(
                f"SELECT digest, story, id, packed, {', '.join(_ABOUT)} FROM texts WHERE number = ?", number
            )
        except ArchiveError as error:
            raise DamagedTextError(f"text {number}: {error}") from error
        if not rows:
            raise ArchiveError(f"no text {number} in {self.path}: it was removed meanwhile")
        digest, story, identifier, packed, *about = rows[0]
        text = self._unpacked(identifier, digest, packed)
        return Stored(number, digest.hex(), story, Reference(identifier, text, **dict(zip(_ABOUT, about, strict=True))))

    def counts(self) -> Counts:
        row = self._all("SELECT count(*), count(DISTINCT story), coalesce(sum(NOT indexed), 0) FROM texts")[0]
        return Counts(*row)

    def outlets(self) -> list[tuple[str | None, int]]:
        """Outlets with their number of texts, the largest first."""
        rows = self._all("SELECT outlet, count(*) FROM texts GROUP BY outlet ORDER BY 2 DESC, 1")
        return [(outlet, count) for outlet, count in rows]

    def dates(self) -> list[tuple[str | None, str | None]]:
        """`published` and `updated` of every text."""
        return [(published, updated) for published, updated in self._all("SELECT published, updated FROM texts")]

    def faults(self) -> list[str]:
        """What SQLite finds wrong with the file, in its own words, and what is wrong with the dictionary."""
        try:
            said = [str(line) for (line,) in self._all("PRAGMA quick_check(20)")]
            copies = self._all("SELECT digest, content FROM dictionary")
        except ArchiveError as error:
            return [str(error)]
        sound = sum(hashlib.sha256(content).digest() == digest for digest, content in copies)
        faults = [] if said == ["ok"] else said
        return faults + (
            [f"of {len(copies)} copies of the dictionary {sound} are sound"] if sound < len(copies) else []
        )

    def _trained(self) -> zstandard.ZstdCompressionDict | None:
        if self._dictionary is None:
            copies = self._all("SELECT digest, content FROM dictionary")
            sound = [content for digest, content in copies if hashlib.sha256(content).digest() == digest]
            if copies and not sound:
                raise ArchiveError(f"both copies of the dictionary in {self.path} are damaged: take it from its copy")
            self._dictionary = zstandard.ZstdCompressionDict(sound[0]) if sound else None
        return self._dictionary

    def _decompressor(self, has_dictionary: bool) -> zstandard.ZstdDecompressor:
        if has_dictionary not in self._decompressors:
            dictionary = self._trained() if has_dictionary else None
            self._decompressors[has_dictionary] = zstandard.ZstdDecompressor(dict_data=dictionary)
        return self._decompressors[has_dictionary]

    def _unpacked(self, identifier: str, digest: bytes, packed: bytes) -> str:
        try:
            parameters = zstandard.get_frame_parameters(packed)
            if parameters.content_size > MAX_TEXT_BYTES:
                raise ValueError(f"{parameters.content_size:,} bytes")
            data = self._decompressor(parameters.dict_id > 0).decompress(packed)
            said = "its digest differs"
            if hashlib.sha256(data).digest() == digest:
                return data.decode()
        except (zstandard.ZstdError, ValueError) as error:
            said = str(error)
        raise DamagedTextError(
            f"the text of {identifier!r} is damaged ({said}): remove it, and add it from its source again"
        )

    def _numbers(self, query: str, *values: object) -> list[int]:
        return [number for (number,) in self._all(query, *values)]

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with told(self.path):
            return self._connection.execute(query, values).fetchall()
