"""The pages of a column of Parquet as they announce themselves, so that none is unpacked that is larger than allowed.

The figures in a file's footer are no bound: each page says in its own header what it unpacks to, and that much is what
a reader sets memory aside for. The header is a struct of Thrift's compact protocol
(https://github.com/apache/parquet-format, PageHeader; https://github.com/apache/thrift, thrift-compact-protocol.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from detector.errors import InputError

MAX_HEADER = 100_000  # bytes; they have some 50, and more where statistics hold long strings; guess
MAX_NESTED = 8  # structs in structs; a page header has three
STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(13)


class PageSize(NamedTuple):
    """Bytes of a page in the file, and when unpacked."""

    packed: int
    unpacked: int


def page_sizes(file: BinaryIO, start: int, length: int) -> Iterator[PageSize]:
    """Give the size of each page in the `length` bytes from `start`; raises InputError "invalid-parquet"."""
    end = start + length
    while start < end:
        file.seek(start)
        header = _Header(file.read(min(MAX_HEADER, end - start)))
        size = header.page_size()
        yield size
        start += header.at + size.packed


class _Header:
    """One page header, read from its first byte on; `at` is where the reading stands."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def page_size(self) -> PageSize:
        numbers: dict[int, int] = {}
        field = 0
        while (kind := self._field_kind()) != STOP:
            field += self._delta or self._number()
            if kind == I32:
                numbers[field] = self._number()
            else:
                self._skip(kind, 0)
        unpacked, packed = numbers.get(2, -1), numbers.get(3, -1)
        if min(packed, unpacked) < 0:
            raise _invalid("a page without its size")
        return PageSize(packed, unpacked)

    def _field_kind(self) -> int:
        byte = self._byte()
        self._delta = byte >> 4
        return byte & 15

    def _skip(self, kind: int, depth: int) -> None:
        if depth > MAX_NESTED:
            raise _invalid("a page header that is nested too deep")
        if kind in (I16, I32, I64):
            self._number()
        elif kind in (BYTE, DOUBLE):
            self._pass(1 if kind == BYTE else 8)
        elif kind == BINARY:
            self._pass(self._varint())
        elif kind == STRUCT:
            while (inner := self._field_kind()) != STOP:
                if not self._delta:
                    self._number()
                self._skip(inner, depth + 1)
        elif kind not in (TRUE, FALSE):  # lists and maps: no page header has one
            raise _invalid("a page header of an unknown form")

    def _byte(self) -> int:
        self._pass(1)
        return self._data[self.at - 1]

    def _pass(self, n: int) -> None:
        self.at += n
        if self.at > len(self._data):
            raise _invalid("a page header that ends in the middle, or is too long")

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise _invalid("a number that is too long")

    def _number(self) -> int:
        """A number with its sign in the last bit ("zigzag")."""
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _invalid(got: str) -> InputError:
    return InputError("invalid-parquet", f"expected pages of Parquet, got {got}: write the file again")
