"""The dictionary in front of a .warc.zst: a skippable frame at the file's beginning, by which all others are unpacked.

As "Zstandard Compression for WARC Files 1.0" has it (iipc.github.io/warc-specifications): four bytes of MARK, four of
the size, little endian, then a dictionary of zstd's own form, as it is or packed as one frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detector.errors import InputError

MARK = b"\x5d\x2a\x4d\x18"
MOST_BYTES = 1 << 23  # packed and unpacked: what the specification asks of readers
_HEAD_BYTES = 8
_OWN_MARK, _FRAME = b"\x37\xa4\x30\xec", b"\x28\xb5\x2f\xfd"


def read_dictionary(read: Callable[[int], bytes], zstandard: Any) -> Any:
    """Read the frame that begins with MARK, and give its dictionary; raises InputError where it is none.

    `read` gives up to as many bytes as it is asked for, and none at the end; nothing behind the frame is asked for.
    """
    size = int.from_bytes(_all(read, _HEAD_BYTES)[len(MARK) :], "little")
    if size > MOST_BYTES:
        raise _too_large(size)
    data = _all(read, size)
    try:
        if data.startswith(_FRAME):
            data = _unpacked(data, zstandard)
        if not data.startswith(_OWN_MARK):
            raise _unusable("something else" if data else "nothing")
        dictionary = zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_FULLDICT)
        zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj()  # looks at its tables
    except zstandard.ZstdError as error:
        raise _unusable(f"damage ({error})") from None
    return dictionary


def _all(read: Callable[[int], bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not (block := read(size - len(data))):
            raise _unusable("an end in its middle")
        data += block
    return bytes(data)


def _unpacked(data: bytes, zstandard: Any) -> bytes:
    """The one frame that `data` is; what it says of its own size bounds what comes out."""
    size = zstandard.get_frame_parameters(data).content_size
    if size != zstandard.CONTENTSIZE_UNKNOWN and size > MOST_BYTES:
        raise _too_large(size)
    unpacker = zstandard.ZstdDecompressor()
    unpacked: bytes = unpacker.decompress(data, max_output_size=MOST_BYTES, allow_extra_data=False)
    return unpacked


def _too_large(size: int) -> InputError:
    return InputError(
        "zstd-dictionary",
        f"expected a dictionary of {MOST_BYTES:,} bytes or fewer in front of the frames, all that the format asks of "
        f"readers, got one of {size:,}: unpack the file with the program that made it",
    )


def _unusable(got: str) -> InputError:
    return InputError(
        "zstd-dictionary",
        f"expected a dictionary of zstd in front of the frames, got {got}: nothing behind it can be unpacked; "
        "fetch the file again",
    )
