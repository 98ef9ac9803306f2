"""Packed files, gzip and zstd: unpacked as they are read, with bounds on what comes out.

Told by their first bytes, whatever the file is called. A file may be many members (gzip) or frames (zstd) in a row, as
crawlers write a WARC: one for each record; in front of frames may stand a dictionary by which all are unpacked. Who
reads on after a "damaged-gzip", "damaged-zstd" or "zstd-dictionary" gets what the members behind hold. These are known
by their mark alone, so a page with a packed file in it may be taken for some of them.
"""

from __future__ import annotations

import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.extras import imported
from detector.ingest.streams import BLOCK_BYTES, read_some
from detector.ingest.zstd_dictionary import MARK as DICTIONARY
from detector.ingest.zstd_dictionary import read_dictionary
from detector.limits import Limits

SUFFIXES = {".gz": "gzip", ".zst": "zstd"}
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", DICTIONARY: "zstd"}
MEMBER = b"\x1f\x8b\x08"  # gzip's mark, and its only method of packing
FRAME = b"\x28\xb5\x2f\xfd"  # zstd's mark
MAGIC_BYTES = max(map(len, MAGIC))
FREE_BYTES = 16_000_000  # come out whatever the ratio, as a few hundred bytes may well hold a page of blanks; guess
GZIP_STEP = 16_384  # bytes that go in at a time; what is left is copied at each member's end
ZSTD_STEP = 1_024  # the same: at 128 kB a block of 4 bytes, 32 MB come out of so many at the most
ZSTD_OUT = 16_384
ZSTD_BACK = 1 << 18  # bytes before damage is seen in which it may lie: a block of 128 kB that lies is read whole first
ZSTD_MOST_LOST = 1_000  # beginnings of frames in a file that turn out to be none; each costs up to ZSTD_BACK again
ZSTD_WINDOW = 1 << 27  # bytes of memory: what zstd itself takes unless it is told otherwise
KEPT_MEMBERS = 100_000  # of which the beginning is remembered
ENDS = "it ends in the middle"


class Meter:
    """Counts what goes in and comes out, of a file and of its part in work; raises InputError at a bound."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.read = self.given = 0
        self._part = (0, 0)

    def begin(self) -> None:
        """Begin another part, which must keep the ratio by itself."""
        self._part = (self.read, self.given)

    def count(self, read: int, given: int) -> None:
        self.read += read
        self.given += given
        limits = self._limits
        if self.given > limits.unpacked_bytes:
            raise InputError(
                "too-large",
                f"expected at most {limits.unpacked_bytes:,} bytes when unpacked, got more: split the file, or raise "
                "--max-unpacked",
            )
        for was_read, was_given in ((0, 0), self._part):
            if self.given - was_given > FREE_BYTES + limits.ratio * (self.read - was_read):
                raise InputError(
                    "ratio",
                    f"expected a file that gives at most {limits.ratio} times its bytes when unpacked, got more, as of "
                    "a bomb: if you trust it, raise --max-ratio",
                )


class Unpacked(io.RawIOBase):
    """What comes out of a packed stream; leaves closing to the owner of that stream."""

    def __init__(self, stream: BinaryIO, kind: str, limits: Limits) -> None:
        self._meter = Meter(limits)
        self._members: deque[tuple[int, int]] = deque(maxlen=KEPT_MEMBERS)
        self._blocks = UNPACKERS[kind](stream, self._meter, self._begin)
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending:
            block = next(self._blocks, None)
            if block is None:
                return 0
            if isinstance(block, InputError):
                raise block
            self._pending = memoryview(block)
        n = min(len(buffer), len(self._pending))
        buffer[:n] = self._pending[:n]
        self._pending = self._pending[n:]
        return n

    def packed_offset(self, position: int) -> int | None:
        """Where in the packed file the member begins that holds byte `position`; positions must be asked in order."""
        while len(self._members) > 1 and self._members[1][0] <= position:
            self._members.popleft()
        return self._members[0][1] if self._members and self._members[0][0] <= position else None

    def _begin(self, place: int) -> None:
        self._meter.begin()
        if self._members and self._members[-1][0] == self._meter.given:  # the last one was empty
            self._members.pop()
        self._members.append((self._meter.given, place))


def packing(beginning: bytes) -> str | None:
    """How a file is packed that begins so: "gzip", "zstd" or None."""
    return next((kind for magic, kind in MAGIC.items() if beginning.startswith(magic)), None)


def unpacked(stream: BinaryIO, kind: str, limits: Limits) -> BinaryIO:
    """Give a stream of what `stream` holds; reading raises InputError where it is damaged or passes a bound."""
    return io.BufferedReader(Unpacked(stream, kind, limits), BLOCK_BYTES)


def packed_offset(stream: object, position: int) -> int | None:
    """Where in the file the byte `position` of `stream` lies, or of a packed file the member that holds it."""
    while stream is not None:
        if isinstance(stream, Unpacked):
            return stream.packed_offset(position)
        stream = getattr(stream, "raw", None) or getattr(stream, "inner", None)
    return position


def _gzip_blocks(stream: BinaryIO, meter: Meter, begin: Callable[[int], None]) -> Iterator[bytes | InputError]:
    """What the members hold, and an error in the place of one that is damaged: the next is looked for behind it."""
    member = None
    data = b""
    while data or (data := stream.read(GZIP_STEP)):
        if member is None:
            padding = len(data) - len(data.lstrip(b"\0")) if meter.read else 0  # tapes and disk images pad with zeros
            meter.count(padding, 0)
            data = data[padding:]
            if not data:
                continue
            begin(meter.read)
            member = zlib.decompressobj(wbits=31)
        try:
            block = member.decompress(data, BLOCK_BYTES)
        except zlib.error as error:
            yield _damaged("gzip", meter.read, str(error))
            data, member = _next_member(stream, data[1:], meter), None
            continue
        rest = member.unused_data if member.eof else member.unconsumed_tail
        meter.count(len(data) - len(rest), len(block))
        data = rest
        if member.eof:
            member = None
        if block:
            yield block
    if member is not None:
        raise _damaged("gzip", meter.read, ENDS)


def _next_member(stream: BinaryIO, data: bytes, meter: Meter) -> bytes:
    """What is read from the next beginning of a member on, which may be none: three bytes are all that tells it."""
    meter.count(1, 0)
    while (at := data.find(MEMBER)) < 0 and (more := stream.read(GZIP_STEP)):
        kept = data[-len(MEMBER) + 1 :]
        meter.count(len(data) - len(kept), 0)
        data = kept + more
    passed = at if at >= 0 else len(data)
    meter.count(passed, 0)
    return data[passed:]


def _zstd_blocks(stream: BinaryIO, meter: Meter, begin: Callable[[int], None]) -> Iterator[bytes | InputError]:
    """What the frames hold, and one error in the place of all that are damaged before the next that can be read.

    The next is looked for right behind where the damaged one began, as that may have swallowed some on its way. What is
    read again is counted once, so going back pays for nothing.
    """
    zstandard = imported("zstandard", "zstd")
    source = _Reread(stream)
    dictionary = read_dictionary(source.read, zstandard) if source.begins(DICTIONARY) else None
    meter.count(source.place, 0)
    frame, began, n_lost, is_lost = None, 0, 0, False
    while (data := source.read(ZSTD_STEP)) or frame is not None:
        if frame is None:
            began = source.place - len(data)
            begin(began)
            unpacker = zstandard.ZstdDecompressor(dictionary, max_window_size=ZSTD_WINDOW)
            frame = unpacker.decompressobj(write_size=ZSTD_OUT)
        try:
            block, damage = frame.decompress(data), "" if data else ENDS
        except zstandard.ZstdError as error:
            block, damage = b"", str(error)
        if damage:
            n_lost += 1
            if n_lost == ZSTD_MOST_LOST:
                if meter.given:  # else the first error tells of them all
                    yield _damaged("zstd", source.place, f"{n_lost:,} beginnings of frames that are none")
                return
            if not is_lost:
                is_other = "Dictionary mismatch" in damage  # zstd's own words
                yield _other_dictionary(dictionary) if is_other else _damaged("zstd", source.place, damage)
            if not source.find(FRAME, began + 1):
                return
            frame, is_lost = None, True
            continue
        source.place -= len(frame.unused_data) if frame.eof else 0
        meter.count(max(0, source.place - meter.read), len(block))
        if frame.eof or block:
            is_lost = False
        if frame.eof:
            frame = None
        if block:
            yield block


class _Reread:
    """A stream of which the last ZSTD_BACK bytes can be read again, from a `place` that is set back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = bytearray()
        self._start = 0  # of what is held
        self.place = 0

    def begins(self, mark: bytes) -> bool:
        """Whether what comes first is this mark."""
        while len(self._held) < len(mark) and self._more():
            pass
        return self._held.startswith(mark)

    def read(self, size: int) -> bytes:
        at = self.place - self._start
        if at == len(self._held):
            self._more()
            at = self.place - self._start
        data = bytes(self._held[at : at + size])
        self.place += len(data)
        return data

    def find(self, mark: bytes, place: int) -> bool:
        """Go to the next mark that begins at `place` or behind it, if that is still held; False where there is none."""
        place = max(place, self._start)
        while (at := self._held.find(mark, place - self._start)) < 0:
            place = max(place, self._start + len(self._held) - len(mark) + 1)
            if not self._more():
                return False
        self.place = self._start + at
        return True

    def _more(self) -> bool:
        """Hold more, and let go of the oldest once that is as much again as may be asked for."""
        if len(self._held) > 2 * ZSTD_BACK:
            self._start += len(self._held) - ZSTD_BACK
            del self._held[:-ZSTD_BACK]
        more = read_some(self._stream, BLOCK_BYTES)
        self._held += more
        return bool(more)


UNPACKERS = {"gzip": _gzip_blocks, "zstd": _zstd_blocks}


def _damaged(kind: str, place: int, got: str) -> InputError:
    return InputError(
        f"damaged-{kind}",
        f"expected whole {kind}, got damage at about byte {place:,} ({got}): what came before it was read; "
        "fetch the file again",
    )


def _other_dictionary(own: Any) -> InputError:
    """Of a frame that was packed with a dictionary, and not with that of the file."""
    got = "none" if own is None else "another"
    return InputError(
        "zstd-dictionary",
        f"expected at the file's beginning the dictionary that its frames were packed with, got {got}: fetch the whole "
        "file again, or unpack it with its dictionary (zstd -d -D)",
    )
