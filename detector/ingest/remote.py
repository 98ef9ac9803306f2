"""Paths on object stores and the web (`s3://...`, `https://...`), through fsspec, of the extra "remote".

Only what a user names is opened here, and what a store lists below a folder that he names; never a path or an address
that stands inside of an input.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.extras import imported
from detector.ingest.streams import BLOCK_BYTES

_REMOTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+://")


def is_remote(path: str) -> bool:
    """Whether a path names its protocol.

    >>> is_remote("s3://news/today.warc.gz"), is_remote("C:/news"), is_remote("news/today.warc.gz")
    (True, False, False)
    """
    return _REMOTE.match(path) is not None


class Store:
    """The place that a remote path leads to; what goes wrong there is raised as OSError."""

    def __init__(self, path: str) -> None:
        fsspec = imported("fsspec.core", f"{path.partition('://')[0]}://")
        if "::" in path:
            raise InputError("unreadable", f"{path}: expected one protocol, got a chain of them: name the file itself")
        try:
            self._system, self._root = fsspec.url_to_fs(path)
        except ImportError as error:  # each protocol has libraries of its own
            raise InputError("missing-extra", f"{path}: {error}: pip install what it names") from error
        except Exception as error:  # a protocol that is not known
            raise InputError("unreadable", f"{path}: {error}") from error
        self._prefix = path[: path.index("://") + 3]

    def kind(self) -> str | None:
        """Say "file" or "folder", or None where nothing is there."""
        with _told():
            if self._system.isfile(self._root):
                return "file"
            listed = not self._prefix.startswith("http")  # a web page lists whatever its writer likes
            return "folder" if listed and self._system.isdir(self._root) else None

    def files(self) -> Iterator[str]:
        """Every path below, sorted by name; no hidden ones."""
        with _told():
            found = sorted(self._system.find(self._root))
        root = self._root.rstrip("/")
        for path in found:
            below = path.removeprefix(root).lstrip("/")
            if not any(part.startswith(".") for part in below.split("/")):
                yield path

    def name(self, path: str) -> str:
        """The path with its protocol, as a user would write it."""
        return path if is_remote(path) else self._prefix + path.lstrip("/")

    def open(self, path: str | None = None) -> BinaryIO:
        """Open a path that was listed, or the one that was named, for reading in blocks."""
        with _told():
            file = self._system.open(self._root if path is None else path, "rb")
        return io.BufferedReader(_File(file), BLOCK_BYTES)


class _File(io.RawIOBase):
    """A file of a store, whose errors are of many libraries, as one whose errors are OSError."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _told():
            block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _told():
            return int(self._file.seek(offset, whence))

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def _told() -> Iterator[None]:
    """Raise as OSError what a store raises; who knows OSError need not know every store's library."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
