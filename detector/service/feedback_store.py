"""What editors say of marks, kept in one SQLite file: recorded for good before it is answered, deleted for good.

The listening process writes; the scoring processes and `unspin feedback` read, or write, at the same time. What was
accepted is kept as fingerprints (detector/desk), from which no text can be read back.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from detector.errors import InputError

APPLICATION = 0x756E7370  # "unsp"
VERSION = 1
BUSY_SECONDS = 10.0  # to wait for another who writes
SCHEMA = """
CREATE TABLE texts (sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE judgements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    client TEXT,
    article TEXT,
    sha256 TEXT NOT NULL REFERENCES texts,
    judgement TEXT NOT NULL CHECK (judgement IN ('fine', 'wrong')),
    first INTEGER,
    last INTEGER,
    note TEXT
);
CREATE INDEX judgements_by_text ON judgements (sha256);
CREATE TABLE accepted (
    judgement INTEGER NOT NULL REFERENCES judgements ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (judgement, fingerprint)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said of a phrase, [start, end) in code points, or without them of the whole article.

    Attributes:
        id: of the article, if it has one.
        client: by the token; None where none was asked for.
    """

    text: str
    judgement: Literal["fine", "wrong"]
    start: int | None = None
    end: int | None = None
    id: str | None = None
    note: str | None = None
    client: str | None = None

    @property
    def phrase(self) -> str | None:
        return None if self.start is None else self.text[self.start : self.end]


class Kept(NamedTuple):
    """A judgement with its number, and when it was given, in UTC."""

    number: int
    at: str
    said: Judgement


class FeedbackStore:
    """One file of judgements, opened by one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record(self, said: Judgement, fingerprints: Sequence[str], now: datetime) -> int:
        """Keep a judgement, and what it accepts; on return it is on disk, and its number is given."""
        digest = hashlib.sha256(said.text.encode()).hexdigest()
        row = (_moment(now), said.client, said.id, digest, said.judgement, said.start, said.end, said.note)
        with self._changing() as change:
            change.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (digest, said.text))
            number = change.execute(
                "INSERT INTO judgements (at, client, article, sha256, judgement, first, last, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            assert number is not None
            change.executemany("INSERT OR IGNORE INTO accepted VALUES (?, ?)", ((number, one) for one in fingerprints))
        return number

    def all(self) -> Iterator[Kept]:
        """Every judgement, oldest first."""
        rows = self._connection.execute(
            "SELECT judgements.id, at, text, judgement, first, last, article, note, client "
            "FROM judgements JOIN texts USING (sha256) ORDER BY judgements.id"
        )
        return (Kept(number, at, Judgement(*said)) for number, at, *said in rows)

    def accepted(self) -> frozenset[str]:
        """Fingerprints of what may stay."""
        return frozenset(one for (one,) in self._connection.execute("SELECT DISTINCT fingerprint FROM accepted"))

    def version(self) -> int:
        """Another number after another connection has changed the file."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def delete(self, *, number: int | None = None, before: datetime | None = None) -> int:
        """Delete one judgement, or all before a time, and texts that none is left of; gives how many they were.

        Nothing of them stays in the file, nor in the log beside it unless somebody is reading there just now.
        """
        if number is not None:
            return self._delete("id = ?", (number,))
        assert before is not None
        return self._delete("at < ?", (_moment(before),))

    def take_back(self, number: int, client: str | None) -> int:
        """Delete one judgement where that client gave it, None for one of no name; gives how many that were."""
        return self._delete("id = ? AND client IS ?", (number, client))

    def delete_older(self, days: int, now: datetime) -> int:
        """Delete what is older than so many days."""
        return self.delete(before=now - timedelta(days=days))

    def close(self) -> None:
        self._connection.close()

    def _delete(self, which: str, values: Sequence[object]) -> int:
        with self._changing() as change:
            gone = change.execute(f"DELETE FROM judgements WHERE {which}", values).rowcount
            change.execute("DELETE FROM texts WHERE sha256 NOT IN (SELECT sha256 FROM judgements)")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def open_store(file: Path, *, make: bool = False) -> FeedbackStore:
    """Open the file, which `make` makes for its owner's eyes only where there is none; raises InputError."""
    if not make and not (file.exists() and (file.is_dir() or file.stat().st_size)):
        raise InputError(
            "no-feedback", f"no feedback at {file}: name the file that `unspin serve --feedback` was given"
        )
    try:
        if make:
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, file)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError("unreadable", f"{file}: expected an SQLite file of feedback, got: {why}") from None
    return FeedbackStore(connection)


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    """Make what is missing in a file of feedback; what is none is refused before anything of it is changed."""
    _check(connection, file)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _check(connection, file):  # again, as another may have made it meanwhile
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:  # of a half-made file nobody could tell any more that it is ours
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, file: Path) -> bool:
    """Whether nothing is in the file yet; raises InputError where it is another database."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        return True
    found = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if found != (APPLICATION, VERSION):
        raise InputError("unreadable", f"{file}: expected a file of feedback, version {VERSION}, got another database")
    return False


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
