"""Read the articles of a training corpus: one JSON object a line, .jsonl, .jsonl.zst or .jsonl.gz, UTF-8.

Only `id` and `text` are required; a row that is no article is told with its line, and the next is read.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from detector.errors import CorpusError

MAX_LINE_BYTES = 16_000_000  # the longest article of the first corpora has 0.3 MB; a guess with ample room
MAX_FIELD = 2_000  # characters of any field but the text; the longest title of the first corpora has 300: guess
BLOCK_BYTES = 1 << 16
PACKED_BYTES = 1 << 10  # unpacked at a time: 33 MB at most, whatever they hold


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """One article of a training corpus. The fields after `text` are set in translation corpora only.

    Attributes:
        variety: the regional English ("US", "UK", "AU", ...).
        kind: who translated: "mt", "human_translation", "original_english".
        set, pair, doc_id: together they name the source that several systems translated.
        suspect_post_edit: the system whose output a "human" translation seems to copy.
    """

    id: str
    source: str
    outlet: str | None
    date: str | None
    title: str | None
    variety: str | None
    text: str
    kind: str | None = None
    system: str | None = None
    pair: str | None = None
    doc_id: str | None = None
    set: str | None = None
    orig_lang: str | None = None
    suspect_post_edit: str | None = None


FIELDS = tuple(field.name for field in fields(CorpusArticle))


class BadRow(NamedTuple):
    """A row that was passed over: its place, "file:line", and why."""

    place: str
    message: str


def read_corpus(path: Path) -> Iterator[CorpusArticle]:
    """Yield the articles of one corpus file, in order, streamed; raises CorpusError where a line is not an article."""
    for row in corpus_rows(path):
        if isinstance(row, BadRow):
            raise CorpusError(f"{row.place}: {row.message}")
        yield row


def corpus_rows(path: Path) -> Iterator[CorpusArticle | BadRow]:
    """Yield what each line of one corpus file holds, in order, streamed; unknown fields are left out.

    An article that names no `source` has that of its `set`, or the file's name. Raises CorpusError where the file
    itself cannot be read.
    """
    for number, value in json_objects(path):
        place = f"{path}:{number}"
        try:
            yield _article(value, path.name.split(".jsonl")[0])
        except ValueError as error:
            yield BadRow(place, str(error))


def json_objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each line, from 1, and the object that it holds, or what is wrong with it."""
    try:
        with path.open("rb") as raw:
            stream = _decompressed(raw, path)
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    _skip_line(stream, line)
                    yield number, f"expected a line of at most {MAX_LINE_BYTES:,} bytes, got more: split the article"
                elif line.strip():
                    yield number, _object(line)
    except FileNotFoundError as error:
        raise CorpusError(f"no corpus at {path}: give the folder of corpora with CORPORA=") from error
    except (OSError, EOFError, zlib.error) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(BLOCK_BYTES)


def _object(line: bytes) -> dict[str, Any] | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"expected a JSON object: {type(error).__name__}"
    return value if isinstance(value, dict) else f"expected a JSON object, got {type(value).__name__}"


def _decompressed(raw: BinaryIO, path: Path) -> BinaryIO:
    if path.name.endswith(".jsonl"):
        return raw
    if path.name.endswith(".jsonl.gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if path.name.endswith(".jsonl.zst"):
        try:
            import zstandard  # noqa: F401  # training only: no core dependency
        except ModuleNotFoundError as error:
            raise CorpusError(f"{path} is compressed with zstd: install unspin[train], or unpack it") from error

        return cast(BinaryIO, io.BufferedReader(_ZstdFrames(raw, path), 1 << 20))
    raise CorpusError(f"{path}: expected a name that ends in .jsonl, .jsonl.zst or .jsonl.gz")


class _ZstdFrames(io.RawIOBase):
    """What the frames of a zstd file hold, end to end; a file that was cut short is an error, and no shorter corpus."""

    def __init__(self, raw: BinaryIO, path: Path) -> None:
        self._raw, self._path = raw, path
        self._frame: Any = None  # that is being read
        self._packed = b""
        self._data = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._data:
            self._packed = self._packed or self._raw.read(PACKED_BYTES)
            if not self._packed:
                if self._frame is not None:
                    raise CorpusError(
                        f"{self._path}: expected a whole zstd file, got one that is cut off: copy it again"
                    )
                return 0
            self._unpack()
        n = min(len(buffer), len(self._data))
        buffer[:n], self._data = self._data[:n], self._data[n:]
        return n

    def _unpack(self) -> None:
        import zstandard

        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            self._data = memoryview(self._frame.decompress(self._packed))
        except zstandard.ZstdError as error:
            raise CorpusError(f"{self._path}: damaged zstd file: {error}") from error
        self._packed = self._frame.unused_data
        if self._frame.eof:
            self._frame = None


def _article(row: dict[str, Any] | str, name: str) -> CorpusArticle:
    """The article of a row; raises ValueError where it is none. `name` is the file's, for a row without a source."""
    if isinstance(row, str):
        raise ValueError(row)
    values: dict[str, Any] = {field: row.get(field) for field in FIELDS}
    values["source"] = values["source"] or values["set"] or name
    if type(values["id"]) is int:
        values["id"] = str(values["id"])
    if values["suspect_post_edit"] is not None and not isinstance(values["suspect_post_edit"], str):
        values["suspect_post_edit"] = json.dumps(values["suspect_post_edit"])
    for field, value in values.items():
        if value is not None or field in ("id", "text"):
            checked(field, value)
    return CorpusArticle(**values)


def checked(field: str, value: object) -> str:
    """Give `value` as the text of a field, or raise ValueError where it is none, too long or not in Unicode."""
    if not isinstance(value, str):
        raise ValueError(f"expected text in field '{field}', got {type(value).__name__}")
    if field != "text" and len(value) > MAX_FIELD:
        raise ValueError(
            f"expected at most {MAX_FIELD:,} characters in field '{field}', got {len(value):,}: shorten it"
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"expected Unicode text in field '{field}', got half of a surrogate pair") from error
    return value
