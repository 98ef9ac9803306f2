"""One writer at a time: a lock that the system takes back from a process that was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_writer(path: Path, seconds: float = 0) -> Iterator[None]:
    """Hold the lock file at `path`; raises BlockingIOError where another process still does after so many seconds, and
    OSError where it cannot be made.

    An empty SQLite file under an exclusive lock, as SQLite's locks work alike on every system.
    """
    try:
        connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        raise (BlockingIOError if "locked" in str(error) else OSError)(str(error)) from None
    try:
        yield
    finally:
        connection.close()
