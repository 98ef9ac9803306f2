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
from detector.limits import USUAL

HEAD_BYTES = 1024  # enough to tell JSON, markup and text apart
BLOCK_BYTES = 1 << 16


class _Source(io.RawIOBase):
    """A stream put together again after its beginning was read; leaves closing to the owner of `inner`.

    `exact` says whether its bytes are those of the file, one for one.
    """

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace") if marked else None
        self.inner = stream
        self.exact = not marked and is_exact(stream)
        self._pending = memoryview(self._to_utf8(head))
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending and not self._ended:
            block = read_some(self.inner, BLOCK_BYTES)
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


def is_exact(stream: BinaryIO) -> bool:
    """Whether offsets in `stream` are those in its file: not so for UTF-16."""
    return bool(getattr(getattr(stream, "raw", None), "exact", True))


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


def read_whole(stream: BinaryIO, limit: int, option: str = "--max-article") -> bytes:
    """Read one article, or raise InputError "too-large" once it has more than `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise InputError(
            "too-large", f"expected at most {limit:,} bytes, got more: split it, use JSON Lines, or raise {option}"
        )
    return data


def bounded_lines(stream: BinaryIO, limit: int = USUAL.line_bytes) -> Iterator[str | None]:
    """Give each line with its own line end, or None for a line of more than `limit` bytes, which is passed over.

    A byte order mark before the first line is dropped. At most `limit` bytes are held.
    """
    return (line for _, line in placed_lines(stream, limit))


def placed_lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, str | None]]:
    """The same with the number of bytes before each line."""
    offset = 0
    while line := stream.readline(limit + 1):
        begin, offset = offset, offset + len(line)
        if len(line) > limit and not line.endswith(b"\n"):
            while rest := stream.readline(BLOCK_BYTES):
                offset += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield begin, None
        else:
            yield begin, decode_line(line if begin else line.removeprefix(codecs.BOM_UTF8))
