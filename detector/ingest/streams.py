"""Byte streams with bounds: look at the beginning, read a whole file up to a cap, read lines up to a cap.

UTF-16 with a byte order mark is turned into UTF-8 on the way, so that lines can be found by their line feed.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from detector.errors import InputError
from detector.ingest.decoding import decode_line

MAX_LINE_BYTES = 20_000_000  # one article as JSON, HTML included; the longest seen in crawls is a tenth of it; guess
MAX_FILE_BYTES = 10_000_000  # one article as a text or HTML file; guess
HEAD_BYTES = 1024  # enough to tell JSON, markup and text apart
BLOCK_BYTES = 1 << 16


class _Source(io.RawIOBase):
    """A stream put together again after its beginning was read; leaves closing to the owner of `stream`."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace") if marked else None
        self._stream = stream
        self._pending = memoryview(self._to_utf8(head))
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending and not self._ended:
            block = read_some(self._stream, BLOCK_BYTES)
            self._ended = not block
            self._pending = memoryview(self._to_utf8(block))
        n = min(len(buffer), len(self._pending))
        buffer[:n] = self._pending[:n]
        self._pending = self._pending[n:]
        return n

    def _to_utf8(self, block: bytes) -> bytes:
        if self._decoder is None:
            return block
        return self._decoder.decode(block, final=not block).encode("utf-8", "replace")


def read_some(stream: BinaryIO, n: int) -> bytes:
    """Read up to `n` bytes without waiting for all of them, where the stream can do so."""
    read1 = getattr(stream, "read1", None)
    block: bytes = stream.read(n) if read1 is None else read1(n)
    return block


def with_head(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Give the beginning of `stream` and a stream that still begins with it.

    Reads no more than it must: where the first byte that is not blank is a brace, JSON Lines may come slowly.
    """
    head = b""
    while len(head) < HEAD_BYTES:
        block = read_some(stream, HEAD_BYTES)
        head += block
        if not block or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            break
    return head, io.BufferedReader(_Source(head, stream), BLOCK_BYTES)


def read_whole(stream: BinaryIO, limit: int = MAX_FILE_BYTES) -> bytes:
    """Read one article, or raise InputError "too-large" once it has more than `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise InputError(
            "too-large", f"expected one article of at most {limit:,} bytes, got more: split it, or use JSON Lines"
        )
    return data


def bounded_lines(stream: BinaryIO, limit: int = MAX_LINE_BYTES) -> Iterator[str | None]:
    """Give each line with its own line end, or None for a line of more than `limit` bytes, which is passed over.

    A byte order mark before the first line is dropped. At most `limit` bytes are held.
    """
    first = True
    while line := stream.readline(limit + 1):
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := stream.readline(BLOCK_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield decode_line(line.removeprefix(codecs.BOM_UTF8) if first else line)
        first = False
