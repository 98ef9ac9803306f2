"""Open a file to read, unpacked where its name ends in .gz or .zst; a damaged one raises OSError or EOFError."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO, cast

from detector.errors import InputError
from detector.ingest.streams import BLOCK_BYTES


def open_packed(path: str) -> BinaryIO:
    """Open `path`, which is unpacked as it is read, in blocks; raises OSError, and InputError without zstandard."""
    if not path.endswith((".gz", ".zst")):
        return open(path, "rb")
    file = open(path, "rb")  # noqa: SIM115  # closed by the wrapper, whose closing is the caller's
    if path.endswith(".gz"):
        return cast(BinaryIO, io.BufferedReader(_Sound(cast(BinaryIO, gzip.GzipFile(fileobj=file)), file), BLOCK_BYTES))
    try:
        import zstandard
    except ImportError as error:
        file.close()
        needed = f"{path} is packed by zstd, which needs zstandard: pip install 'unspin[archive]', or unpack it"
        raise InputError("needs-zstandard", needed) from error
    reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return cast(BinaryIO, io.BufferedReader(_Sound(cast(BinaryIO, reader), file, zstandard.ZstdError), BLOCK_BYTES))


class _Sound(io.RawIOBase):
    """An unpacking stream whose own errors become OSError; it closes the file below as well."""

    def __init__(self, reader: BinaryIO, file: BinaryIO, *errors: type[Exception]) -> None:
        self._reader, self._file = reader, file
        self._errors: tuple[type[Exception], ...] = (zlib.error, *errors)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._reader.read(len(buffer))
        except self._errors as error:
            raise OSError(f"a damaged file: {error}") from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
