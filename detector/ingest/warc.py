"""WARC, as crawlers write it: the pages and texts that were fetched, one record an article.

Of the records these are articles: responses with status 200 and the content type of a page or a text; `resource` and
`conversion` records (the texts of WET files) of these types. Others (requests, metadata, revisits, redirects, images)
are passed over; a file with none to read is one error row that counts what there was. An article is called after its
WARC-Record-ID, and `fetched`, the date of the crawl, is handed through: it is no date of publication. So is
`truncated`, what the crawler says of a page that it cut, or "unspecified" where the last chunk of a page is missing; a
page that is shorter than it says itself, with nothing said of that, is an error row.
fastwarc finds the records; it is given unpacked bytes alone, so that the bounds of unpacking hold. Damage is one error
row, and reading goes on at the next record that is found behind it: the next member of gzip, the next frame of zstd, or
the next line that begins as a record does.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO, NamedTuple

from detector.errors import InputError
from detector.ingest.decoding import decode, without_surrogates
from detector.ingest.extras import imported
from detector.ingest.packed import packed_offset
from detector.ingest.streams import read_some
from detector.limits import USUAL, Limits
from detector.text import Failure, Provenance, Record

LOOKS_LIKE = b"WARC/"
PAGES, TEXTS = ("text/html", "application/xhtml+xml"), ("text/plain",)
NEXT = b"\nWARC/1."
RECENT = 1 << 18  # bytes that are looked at again for the next record: a header and what is read ahead; guess
MOST_DAMAGES = 100  # places of a file; then it is given up
READ_ON = frozenset({"damaged-warc", "damaged-gzip", "damaged-zstd", "zstd-dictionary"})

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?\s+(\d{3})\b")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"\s{0,4}([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?(?:\r?\n|\Z)")


class _PassedOverError(Exception):
    """A record that is no article, and why."""


class _CutError(InputError):
    """A page that ends before its end; `rest` is what there is of it."""

    def __init__(self, expected: str, got: str, rest: bytes) -> None:
        super().__init__("truncated", f"expected {expected}, got {got}: fetch the page again")
        self.rest = rest


class _Page(NamedTuple):
    """The page or text of a record.

    Attributes:
        charset: that it is said to have.
        ends_open: whether its server said neither how long it is nor that this is its end.
    """

    is_html: bool
    charset: str | None
    data: bytes
    ends_open: bool = False


class _Told:
    """A stream that says where it is, which is all that fastwarc asks of one that it cannot move in.

    It ends where the packing is damaged, and `go_on` begins it anew at the next record.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._position = 0
        self._recent = self._pending = b""  # given last, and to be given again
        self.damage: InputError | None = None

    def read(self, size: int = 1 << 16) -> bytes:
        if self.damage is not None:
            return b""
        if self._pending:
            block, self._pending = self._pending[:size], self._pending[size:]
        else:
            try:
                block = read_some(self._stream, size)
            except InputError as error:
                self.damage = error
                raise
        self._position += len(block)
        self._recent = self._recent[-RECENT:] + block
        return block

    def go_on(self, after: int) -> bool:
        """Find the next record that begins behind byte `after`; False where there is none."""
        if self.damage is None:
            try:
                return self._find(after)
            except InputError as error:  # what is searched may be what a damaged member gave
                if error.code not in READ_ON:
                    raise
        # The packing begins anew with a member, and a member with a record.
        self.damage, self._recent = None, b""
        return True

    def _find(self, after: int) -> bool:
        """The same by how a record begins."""
        data = self._recent + self._pending
        start = self._position - len(self._recent)
        data, start = data[max(0, after - start) :], max(after, start)
        self._recent = self._pending = b""
        while (at := data.find(NEXT)) < 0:
            self._position = start + len(data)
            if not (more := read_some(self._stream, 1 << 16)):
                return False
            kept = data[-len(NEXT) + 1 :]
            start += len(data) - len(kept)
            data = kept + more
        self._pending, self._position = data[at + 1 :], start + at + 1
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._position

    def close(self) -> None:
        pass


def read_warc(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the articles of one file, in order; raises InputError where it is damaged."""
    passed_over: Counter[str] = Counter()
    n_articles = 0
    for number, record in enumerate(_records(stream), 1):
        if isinstance(record, InputError):
            n_articles += 1
            yield Failure(f"{name}:{number}", record.code, f"{name}:{number}: {record}")
            continue
        identifier = _identifier(record) or f"{name}:{number}"
        place = Provenance(offset=packed_offset(stream, record.stream_pos), url=_header(record, "WARC-Target-URI"))
        try:
            row: Record | Failure = _article(record, identifier, place, limits)
        except _PassedOverError as reason:
            passed_over[str(reason)] += 1
            continue
        except InputError as error:
            row = Failure(identifier, error.code, f"{name}:{number}: {error}", provenance=place)
        n_articles += 1
        yield row
    if not n_articles:
        got = ", ".join(f"{n:,} {reason}" for reason, n in passed_over.most_common(5)) or "no record"
        code = "no-article" if passed_over else "empty"
        raise InputError(code, f"expected records of pages or texts that were fetched with status 200, got {got}")


def _records(stream: BinaryIO) -> Iterator[Any]:
    """The records, and an InputError in the place of damage that no record told of; raises the last of these."""
    source = _Told(stream)
    after = 0  # where the last record began, or later
    for n_damages in count(1):
        untold: InputError | None = None
        try:
            for record in _read(source):
                yield record
                after = max(after, record.stream_pos + record.content_length)
        except InputError as error:
            untold = error
        damage = untold or source.damage
        if damage is None:
            return
        goes_on = n_damages < MOST_DAMAGES and damage.code in READ_ON and source.go_on(after)
        if untold is not None and not goes_on:
            raise untold
        if not goes_on:
            return
        if untold is not None:
            yield untold
        after = source.tell() + 1


def _read(source: _Told) -> Iterator[Any]:
    fastwarc = imported("fastwarc.warc", "WARC")
    try:
        yield from fastwarc.ArchiveIterator(source, parse_http=False, stream_detect=False)
    except OSError as error:
        if error.errno is not None:  # of the disk, not of fastwarc
            raise
        raise InputError(
            "damaged-warc",
            f"expected a WARC record, got something else ({error}), as behind a wrong Content-Length: what came before "
            "it was read; fetch the file again",
        ) from None


def _article(record: Any, identifier: str, place: Provenance, limits: Limits) -> Record:
    kind = str(record.record_type)
    if kind not in ("response", "resource", "conversion"):
        raise _PassedOverError(f"{kind} records")
    content_type = _header(record, "Content-Type") or ""
    if kind == "response" and content_type.lower().startswith("application/http"):
        page = _page(record, limits)
    else:
        is_html, charset = _kind(content_type)
        page = _Page(is_html, charset, _rest(record, b"", limits))
    truncated = _header(record, "WARC-Truncated") or ("unspecified" if page.ends_open else None)
    fields = {"fetched": _header(record, "WARC-Date"), "truncated": truncated}
    return Record(
        id=identifier,
        content=decode(page.data, is_html=page.is_html, charset=page.charset),
        is_html=page.is_html,
        url=place.url,
        fields={name: value for name, value in fields.items() if value is not None},
        provenance=place,
    )


def _page(record: Any, limits: Limits) -> _Page:
    """The page of a response; what is passed over is not read to its end."""
    beginning = record.reader.read(min(record.content_length, limits.header_bytes))
    status, headers, body = _http(beginning, limits)
    if status != 200:
        raise _PassedOverError(f"responses with status {status}")
    is_html, charset = _kind(headers.get("content-type", ""))
    data = beginning[body:] + _rest(record, beginning, limits)
    ends_open = False
    try:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            data, ends_open = _without_chunks(data)
        else:
            _check_whole(headers, data)
    except _CutError as cut:
        if _header(record, "WARC-Truncated") is None:  # else the crawler says so, and the row does
            raise
        data = cut.rest
    return _Page(is_html, charset, _unpacked(headers, data, limits), ends_open)


def _kind(content_type: str) -> tuple[bool, str | None]:
    """Whether it is a page and not a text, and the charset that it is said to have; what is neither is passed over."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (*PAGES, *TEXTS):
        raise _PassedOverError(f"records of the type {kind[:40] or 'unknown'}")
    charset = _CHARSET.search(content_type)
    return kind in PAGES, charset.group(1) if charset else None


def _rest(record: Any, beginning: bytes, limits: Limits) -> bytes:
    """All that a record still holds, if it is not too much and all there."""
    expected: int = record.content_length
    if expected > limits.line_bytes:
        raise InputError(
            "too-large",
            f"expected a record of at most {limits.line_bytes:,} bytes, got one of {expected:,}: raise --max-line",
        )
    rest: bytes = record.reader.read(expected - len(beginning))
    got = len(beginning) + len(rest)
    if got < expected or not expected:
        raise InputError("truncated", f"expected a record of {expected:,} bytes, got {got:,}: fetch the file again")
    return rest


def _http(beginning: bytes, limits: Limits) -> tuple[int, dict[str, str], int]:
    """The status, the headers by their names in lower case, and where the body begins."""
    end = _END_OF_HEADERS.search(beginning)
    if end is None:
        raise InputError(
            "invalid-http",
            f"expected HTTP headers of at most {limits.header_bytes:,} bytes, got no end of them: raise --max-headers "
            "if they are longer",
        )
    first, *lines = beginning[: end.start()].decode("latin-1").split("\n")
    status = _STATUS.match(first)
    if status is None:
        raise InputError("invalid-http", "expected a response that begins with HTTP/ and a status, got something else")
    headers = [line.partition(":") for line in reversed(lines)]  # the first of a name counts
    return int(status.group(1)), {name.strip().lower(): value.strip() for name, _, value in headers}, end.end()


def _check_whole(headers: dict[str, str], body: bytes) -> None:
    """Raise where a server said that its page is longer; of a packed page crawlers may have kept the unpacked one."""
    length = headers.get("content-length", "")
    if headers.get("content-encoding", "identity").lower() != "identity" or not _LENGTH.fullmatch(length):
        return
    if len(body) < int(length):
        raise _CutError(f"a page of {int(length):,} bytes, as its server says", f"{len(body):,}", body)


def _without_chunks(body: bytes) -> tuple[bytes, bool]:
    """What the chunks hold, and whether the last one is missing; the body itself where the crawler has put them
    together and left the header. Raises where a chunk is longer than what there is of it."""
    parts = []
    at = 0
    while (chunk := _CHUNK.match(body, at)) is not None and (size := int(chunk.group(1), 16)) > 0:
        parts.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        if at > len(body):
            raise _CutError(f"a chunk of {size:,} bytes", f"{len(parts[-1]):,}", b"".join(parts))
    return (b"".join(parts), chunk is None) if parts else (body, False)


def _unpacked(headers: dict[str, str], body: bytes, limits: Limits) -> bytes:
    """The page as its server meant it, where unpacking was left to the reader."""
    encoding = headers.get("content-encoding", "").strip().lower()
    body = UNPACKERS[encoding](body, limits.article_bytes) if encoding in UNPACKERS else body
    if len(body) > limits.article_bytes:
        raise InputError(
            "too-large", f"expected a page of at most {limits.article_bytes:,} bytes, got more: raise --max-article"
        )
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    """Unpack gzip, or zlib with or without its header; the body itself where it is neither, but only called so."""
    wbits = 31 if body[:2] == b"\x1f\x8b" else 15 if body[:1] == b"\x78" else -15
    unpacker = zlib.decompressobj(wbits)
    try:
        data = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        if wbits == 31:
            raise InputError("damaged-gzip", f"expected a page packed by gzip, got damage ({error})") from None
        return body
    if not unpacker.eof and len(data) <= limit:
        if wbits == -15:
            return body
        raise InputError("damaged-gzip", "expected a page packed by gzip, got one that ends in the middle")
    return data


def _unbrotlied(body: bytes, limit: int) -> bytes:
    """Unpack brotli; the body itself where it is none: brotli has no mark to be known by."""
    brotli = imported("brotli", "a page packed by brotli")
    unpacker = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        while not unpacker.is_finished() and size <= limit:
            block = unpacker.process(b"" if parts else body, output_buffer_limit=1 << 16)
            if not block:
                break
            parts.append(block)
            size += len(block)
    except brotli.error:
        return body
    if size <= limit and not unpacker.is_finished():
        raise InputError("damaged-brotli", "expected a page packed by brotli, got one that ends in the middle")
    return b"".join(parts)


UNPACKERS = {"gzip": _inflated, "x-gzip": _inflated, "deflate": _inflated, "br": _unbrotlied}


def _identifier(record: Any) -> str | None:
    identifier = _header(record, "WARC-Record-ID")
    return identifier.strip("<>") if identifier else _header(record, "WARC-Target-URI")


def _header(record: Any, name: str) -> str | None:
    value = record.headers.get(name)
    return without_surrogates(value.strip().strip("<>")) or None if value else None
