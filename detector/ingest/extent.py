"""How much of an input has been read, so that a long run can say how long it will still take."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

MOST_FILES = 20_000  # whose sizes are asked for: takes a fifth of a second


class Extent:
    """Bytes on the disk, packed ones as packed. What no size is known of, such as standard input, has no share."""

    def __init__(self) -> None:
        self._total: int | None = None
        self._done = 0
        self._open: BinaryIO | None = None

    def measure(self, files: Iterable[str | None]) -> None:
        """Add up what is to be read; None is a file of unknown size."""
        known = list(islice(files, MOST_FILES + 1))
        if len(known) <= MOST_FILES and None not in known:
            self._total = sum(_size(file) for file in known if file is not None)

    @contextmanager
    def reading(self, stream: BinaryIO) -> Iterator[None]:
        """Follow a file while it is read; no more than that where the whole is not known."""
        if self._total is None:
            yield
            return
        self._open = stream
        try:
            yield
        finally:
            self._done += os.fstat(stream.fileno()).st_size
            self._open = None

    @property
    def share(self) -> float | None:
        """Of all bytes, those that were read, 0 to 1; None where that is not known."""
        if not self._total:
            return None
        at = 0 if self._open is None else os.lseek(self._open.fileno(), 0, os.SEEK_CUR)
        return min((self._done + at) / self._total, 1.0)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:  # becomes an error row when its turn comes
        return 0
