"""One writer at a time: a lock that the system takes back from a process that was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.errors import ArchiveError

LOCK = "writer.lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the archive in `folder` for writing; raises ArchiveError where another process does.

    An empty SQLite file under an exclusive lock, as SQLite's locks work alike on every system.
    """
    try:
        connection = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise ArchiveError(f"another process is writing to {folder}: wait for it to end, or end it") from None
        raise ArchiveError(
            f"{folder} cannot be written to ({error}): check its rights and the room on the disk"
        ) from error
    try:
        yield
    finally:
        connection.close()
