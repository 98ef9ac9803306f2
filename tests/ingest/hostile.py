"""Files made to harm whoever reads them, one a function or a line of a table: each must become one row, and quickly.

Nothing is kept on disk; all are generated, and each is small: what it costs is in what it unpacks or grows to.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import brotli
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

Hostile = dict[str, Callable[[], bytes]]

STORY = "The council said on Monday that the old bridge would stay closed until the spring. " * 3
PAGE = f"<html><head><title>Bridge</title></head><body><article><p>{STORY}</p></article></body></html>"
PICKLE = b"\x80\x04cos\nsystem\n(S'false'\ntR."
LINE = json.dumps({"text": STORY}).encode() + b"\n"


def warc_record(
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = "text/html",
    headers: str = "",
    length: object = None,
    record_type: str = "response",
    url: str = "https://news.example/a",
    warc_headers: str = "",
) -> bytes:
    """One record as crawlers write it; `length` lies about its size."""
    block = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body
    return (
        f"WARC/1.0\r\nWARC-Type: {record_type}\r\nWARC-Record-ID: <urn:uuid:{len(block)}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n{warc_headers}"
        f"Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    ).encode() + block + b"\r\n\r\n"  # fmt: skip


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


@cache
def gzip_bomb() -> bytes:
    """A hundred megabytes of blanks as one line, without having them in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()


@cache
def zstd_bomb() -> bytes:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()


def endless_blocks() -> bytes:
    """A zstd frame of blocks that each repeat one byte 128 thousand times, 4 bytes a block: 30,000 times its size."""
    block = ((131_071 << 3) | 2).to_bytes(3, "little") + b" "
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * 20_000 + b"\x01\x00\x00"


def wide_window() -> bytes:
    """A zstd frame that asks for a window of two gigabytes."""
    return b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00"


def before_frames(dictionary: bytes, size: int | None = None) -> bytes:
    """A .warc.zst of one page with these bytes in its frame of the dictionary, which says that they are `size`."""
    size = len(dictionary) if size is None else size
    frame = zstandard.compress(warc_record(PAGE.encode()))
    return b"\x5d\x2a\x4d\x18" + size.to_bytes(4, "little") + dictionary + frame


@cache
def dictionary() -> zstandard.ZstdCompressionDict:
    """Trained on pages, as crawlers do it."""
    noise = Random(0)
    pages = [warc_record(PAGE.replace("</p>", f" {noise.randbytes(40).hex()}</p>").encode()) for _ in range(200)]
    return zstandard.train_dictionary(4_000, pages)


@cache
def dictionary_bomb(says_size: bool) -> bytes:
    """A dictionary of a hundred megabytes, packed into some kilobytes."""
    data = dictionary().as_bytes() + bytes(100_000_000)
    packer = zstandard.ZstdCompressor(write_content_size=says_size).compressobj(len(data) if says_size else -1)
    return before_frames(packer.compress(data) + packer.flush())


def many_empty_members() -> bytes:
    return gzip.compress(b"") * 5_000 + gzip.compress(LINE)


def wrong_checksum() -> bytes:
    data = bytearray(gzip.compress(PAGE.encode()))
    data[-8] ^= 0xFF
    return bytes(data)


def repeated_string() -> bytes:
    """A table in which one long text stands in every row, and in the file once."""
    return parquet({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), [STORY * 400])})


def lying_page() -> bytes:
    """A table whose only page says that it unpacks to two gigabytes."""
    data = parquet({"text": [STORY]}, use_dictionary=False, compression="gzip", write_statistics=False)
    # A page header begins with 15 00 15 and a number of bytes: the type, then the size when unpacked.
    place = data.index(b"\x15\x00\x15") + 3
    end = place
    while data[end] & 0x80:
        end += 1
    return data[:place] + b"\xfe\xff\xff\xff\x0f" + data[end + 1 :]


def lying_footer() -> bytes:
    return parquet({"text": [STORY]})[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1"


def damaged_footer() -> bytes:
    data = parquet({"text": [STORY]})
    return data[:-200] + b"\xff" * 192 + data[-8:]


def aborting_footer() -> bytes:
    """A footer with one byte wrong, at which pyarrow 26 ends the whole process."""
    texts = ["one story", "another story"] * 9
    data = bytearray(parquet({"text": texts, "id": list(range(18))}, compression="gzip"))
    data[357] ^= 56
    return bytes(data)


def page_bomb() -> bytes:
    return parquet({"text": [" " * 60_000_000]}, use_dictionary=False, compression="gzip", write_statistics=False)


def empty_rows() -> bytes:
    """Millions of rows without a text in a few hundred bytes."""
    return parquet({"text": pa.nulls(500_000, pa.string())})


def extension_type() -> bytes:
    """A column that asks its reader to make a Python object of a class by name."""
    metadata = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": b"cos\nsystem\n(S'false'\ntR.",
    }
    schema = pa.schema([pa.field("text", pa.binary(), metadata=metadata)])
    file = io.BytesIO()
    pq.write_table(pa.table({"text": [STORY.encode()]}, schema=schema), file)
    return file.getvalue()


def deep_tree(tag: str, n: int) -> bytes:
    return f"<html><body>{f'<{tag}>' * n}{STORY}{f'</{tag}>' * n}</body></html>".encode()


TEXTS: Hostile = {
    "empty.txt": lambda: b"",
    "blanks.txt": lambda: b" \r\n\t" * 100_000,
    "nuls.txt": lambda: b"\0" * 1_000_000,
    "nul-in-text.txt": lambda: STORY.encode() + b"\0" + STORY.encode(),
    "control.txt": lambda: bytes(range(1, 32)) * 1_000,
    "too-long.txt": lambda: b"word " * 2_100_000,
    "one-word.txt": lambda: b"a" * 500_000,
    "endless-line.txt": lambda: STORY.encode() * 3_000,
    "combining.txt": lambda: ("a" + "\u0301" * 100_000).encode(),
    "right-to-left.txt": lambda: ("\u202e" * 100_000 + STORY).encode(),
    "cut-utf8.txt": lambda: ("é" * 100_000).encode()[:-1],
    "utf16-surrogates.txt": lambda: b"\xff\xfe" + b"\x00\xd8" * 10_000,
    "utf16-odd.txt": lambda: b"\xff\xfe" + STORY.encode("utf-16-le")[:-1],
    "utf32.txt": lambda: STORY.encode("utf-32"),
    "png.txt": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1_000,
    "pickle.txt": lambda: PICKLE,
}
PAGES: Hostile = {
    "deep.html": lambda: deep_tree("div", 20_000),
    "deep-inline.html": lambda: deep_tree("b", 5_000),
    "open-paragraphs.html": lambda: b"<html><body>" + b"<p>A few words of it" * 40_000,
    "huge-attribute.html": lambda: (
        b'<html><body><p class="' + b"x" * 9_000_000 + b'">' + STORY.encode() + b"</p></body>"
    ),
    "many-attributes.html": lambda: b"<html><body><p " + b"".join(b"a%d=1 " % i for i in range(100_000)) + b">a</p>",
    "endless-comment.html": lambda: b"<html><body><!--" + b"-" * 100_000,
    "endless-script.html": lambda: b"<html><script>" + b"<script" * 500_000,
    "endless-tag.html": lambda: b"<html><body><" + b"a" * 500_000,
    "open-brackets.html": lambda: b"<html>" + b"<" * 100_000,
    "entities.html": lambda: b"<html><body><p>" + b"&#x110000;&#0;&bogus;&amp" * 2_000 + b"</p>",
    "doctype.html": lambda: b'<!DOCTYPE html [<!ENTITY a "' + b"x" * 1_000 + b'">]><html><body><p>' + b"&a;" * 1_000,
    "lying-charset.html": lambda: b'<html><meta charset="utf-7"><body><p>caf\xe9 ' + STORY.encode() + b"</p></body>",
    "unknown-charset.html": lambda: b'<html><meta charset="bogus"><body><p>caf\xe9 ' + STORY.encode() + b"</p></body>",
    "codec-charset.html": lambda: (
        b'<html><meta charset="zlib_codec"><body><p>caf\xe9 ' + STORY.encode() + b"</p></body>"
    ),
    "nuls.html": lambda: b"<html><body>\0\0\0<p>" + STORY.encode(),
    "no-article.html": lambda: b"<html><body></body></html>",
    "outside.html": lambda: b'<html><body><iframe src="file:///etc/passwd"></iframe><object data="/etc/passwd">',
}
LINES: Hostile = {
    "endless-line.jsonl": lambda: b'{"text": "' + b"x" * 25_000_000,
    "deep.jsonl": lambda: b'{"text": ' + b"[" * 1_000_000,
    "deep-field.jsonl": lambda: b'{"text": "a", "x": ' + b"[" * 500 + b"]" * 500 + b"}",
    "deep-object.jsonl": lambda: b'{"a":' * 100_000,
    "huge-number.jsonl": lambda: b'{"text": "a", "n": ' + b"9" * 1_000_000 + b"}",
    "nan.jsonl": lambda: b'{"text": NaN}',
    "surrogates.jsonl": lambda: b'{"text": "' + rb"\ud800" * 1_000 + b'"}',
    "nuls.jsonl": lambda: b"\0" * 1_000_000,
    "same-key.jsonl": lambda: b"{" + b'"text": "a", ' * 100_000 + b'"text": "b"}',
    "many-keys.jsonl": lambda: b"{" + b", ".join(b'"k%d": 1' % i for i in range(20_000)) + b"}",
    "cut.jsonl": lambda: LINE[:-20],
    "empty-text.jsonl": lambda: b'{"text": ""}',
    "list.jsonl": lambda: b"[]",
    "deep.json": lambda: b"[" * 1_000_000,
    "too-large.json": lambda: b"[" + b" " * 21_000_000 + b"]",
    "bodies.json": lambda: json.dumps({"uri": "a", "bodies": [[]] * 100_000}).encode(),
}
TABLES: Hostile = {
    "open-quote.csv": lambda: b'id,text\n1,"' + b"w" * 10_100_000,
    "endless-header.csv": lambda: b"text," * 5_000_000,
    "nuls.csv": lambda: b"id,text\n\0\0\0\0",
    "only-quotes.csv": lambda: b'text\n"' + b'"' * 1_000_000,
    "many-cells.csv": lambda: b"text\n" + b"a," * 1_000_000,
    "carriage-returns.csv": lambda: b"text\r" + b"a\r" * 100_000,
    "formula.csv": lambda: b"id,text\n=HYPERLINK(1),\n",
    "wide.csv": lambda: b",".join(b"c%d" % i for i in range(100_000)) + b"\n",
}
FEEDS: Hostile = {
    "laughs.xml": lambda: b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><newsItem>&b;</newsItem>',
    "outside.xml": lambda: b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><newsItem>&a;</newsItem>',
    "late-doctype.xml": lambda: b'<?xml version="1.0"?><!-- a --><!DOCTYPE a><newsItem/>',
    "deep.xml": lambda: b"<newsItem>" + b"<a>" * 100_000,
    "huge-attribute.xml": lambda: b'<newsItem a="' + b"x" * 9_900_000 + b'"/>',
    "include.xml": lambda: (
        b'<newsItem xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd"/></newsItem>'
    ),
    "lying-charset.xml": lambda: b'<?xml version="1.0" encoding="utf-16"?><newsItem>\xff\xfe</newsItem>',
    "not-news.xml": lambda: b"<svg/>",
}
PACKED: Hostile = {
    "bomb.jsonl.gz": gzip_bomb,
    "bomb.jsonl.zst": zstd_bomb,
    "bomb.txt.gz": gzip_bomb,
    "bomb.html.zst": zstd_bomb,
    "bomb.warc.gz": gzip_bomb,
    "endless-blocks.csv.zst": endless_blocks,
    "wide-window.jsonl.zst": wide_window,
    "twice.jsonl.gz": lambda: gzip.compress(gzip_bomb()),
    "twice.jsonl.zst": lambda: zstandard.compress(gzip.compress(LINE)),
    "empty-members.jsonl.gz": many_empty_members,
    "cut.jsonl.gz": lambda: gzip.compress(LINE)[:-12],
    "cut-header.jsonl.gz": lambda: gzip.compress(LINE)[:5],
    "cut.jsonl.zst": lambda: zstandard.compress(LINE * 9)[:-6],
    "checksum.html.gz": wrong_checksum,
    "not-packed.jsonl.gz": lambda: b"\0" * 1_000,
    "not-packed.jsonl.zst": lambda: STORY.encode(),
    "empty.jsonl.gz": lambda: b"",
    "named-plain.jsonl": lambda: gzip_bomb(),
    "long-name.txt.gz": lambda: b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"a" * 1_000_000,
    "dictionary.txt.zst": lambda: b"\x28\xb5\x2f\xfd\x27" + b"\1\2\3\4" + b"\0" * 20,
}
DICTIONARIES: Hostile = {
    "no-dictionary.warc.zst": lambda: before_frames(b""),
    "own-mark-alone.warc.zst": lambda: before_frames(b"\x37\xa4\x30\xec"),
    "text-for-dictionary.warc.zst": lambda: before_frames(STORY.encode()),
    "cut-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes()[:60]),
    "damaged-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes()[:8] + b"\xff" * 4_000),
    "cut-packed-dictionary.warc.zst": lambda: before_frames(zstandard.compress(dictionary().as_bytes())[:-9]),
    "packed-twice-dictionary.warc.zst": lambda: before_frames(
        zstandard.compress(zstandard.compress(dictionary().as_bytes()))
    ),
    "two-dictionaries.warc.zst": lambda: before_frames(zstandard.compress(dictionary().as_bytes()) * 2),
    "ends-in-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes(), size=8_000_000),
    "endless-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes(), size=(1 << 32) - 1),
    "ends-in-size.warc.zst": lambda: before_frames(b"")[:6],
    "large-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes() + bytes(9_000_000)),
    "dictionary-bomb.warc.zst": lambda: dictionary_bomb(says_size=True),
    "silent-dictionary-bomb.warc.zst": lambda: dictionary_bomb(says_size=False),
    "lying-dictionary.warc.zst": lambda: before_frames(  # says that it holds 2,048 bytes, and holds 128 kB
        b"\x28\xb5\x2f\xfd\x60\x00\x07" + ((131_071 << 3) | 3).to_bytes(3, "little") + b" "
    ),
    "cut-behind-dictionary.warc.zst": lambda: before_frames(dictionary().as_bytes())[:-9],
}
WARCS: Hostile = {
    "cut.warc": lambda: warc_record(PAGE.encode())[:-60],
    "cut-headers.warc": lambda: warc_record(PAGE.encode())[:90],
    "cut.warc.gz": lambda: gzip.compress(warc_record(PAGE.encode()))[:-20],
    "long-length.warc": lambda: warc_record(PAGE.encode(), length=9_999),
    "huge-length.warc": lambda: warc_record(PAGE.encode(), length=10**18),
    "no-length.warc": lambda: b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
    "endless-headers.warc": lambda: b"WARC/1.0\r\nX: " + b"a" * 10_000_000,
    "many-headers.warc": lambda: b"WARC/1.0\r\n" + b"X: a\r\n" * 1_000_000,
    "endless-http-headers.warc": lambda: warc_record(b"", headers="X: " + "a" * 9_000_000 + "\r\n"),
    "blank-lines.warc": lambda: b"\r\n" * 1_000_000,
    "nuls.warc": lambda: b"\0" * 1_000_000,
    "empty.warc": lambda: b"",
    "other-records.warc": lambda: warc_record(b"GET /", record_type="request") * 1_000,
    "redirects.warc": lambda: warc_record(b"", status="301 Moved", headers="Location: file:///etc/passwd\r\n") * 1_000,
    "no-status.warc": lambda: warc_record(PAGE.encode(), status="OK"),
    "gzip-bomb-page.warc": lambda: warc_record(gzip_bomb(), headers="Content-Encoding: gzip\r\n"),
    "deflate-bomb-page.warc": lambda: warc_record(
        zlib.compress(b" " * 12_000_000), headers="Content-Encoding: deflate\r\n"
    ),
    "brotli-bomb-page.warc": lambda: warc_record(
        brotli.compress(b" " * 12_000_000, quality=1), headers="Content-Encoding: br\r\n"
    ),
    "cut-page.warc": lambda: warc_record(gzip.compress(PAGE.encode())[:-9], headers="Content-Encoding: gzip\r\n"),
    "lying-encoding.warc": lambda: warc_record(PAGE.encode(), headers="Content-Encoding: br\r\n"),
    "endless-chunk.warc": lambda: warc_record(
        b"ffffffff\r\n" + PAGE.encode(), headers="Transfer-Encoding: chunked\r\n"
    ),
    "tiny-chunks.warc": lambda: warc_record(b"1\r\na\r\n" * 50_000, headers="Transfer-Encoding: chunked\r\n"),
    "lying-charset.warc": lambda: warc_record(("é" + PAGE).encode(), kind="text/html; charset=utf-16"),
    "odd-address.warc": lambda: warc_record(PAGE.encode(), url="file:///etc/passwd\x1b[2J"),
}
COLUMNS: Hostile = {
    "cut.parquet": lambda: parquet({"text": [STORY]})[:-100],
    "empty.parquet": lambda: b"",
    "only-mark.parquet": lambda: b"PAR1PAR1",
    "lying-footer.parquet": lying_footer,
    "damaged-footer.parquet": damaged_footer,
    "aborting-footer.parquet": aborting_footer,
    "lying-page.parquet": lying_page,
    "page-bomb.parquet": page_bomb,
    "nested.parquet": lambda: parquet({"text": [[STORY]]}),
    "no-text.parquet": lambda: parquet({"words": [STORY]}),
    "number-as-text.parquet": lambda: parquet({"text": [5]}),
    "null.parquet": lambda: parquet({"text": pa.array([None], pa.string())}),
    "not-utf8.parquet": lambda: parquet({"text": [b"\xff\xfe\x00"]}),
    "extension-type.parquet": extension_type,
    "packed.parquet.gz": lambda: gzip.compress(parquet({"text": [STORY]}))[:-40],
}  # fmt: skip
# What is many articles by its own word: some rows, until a bound is met, and one that says so.
MANY: Hostile = {
    "repeated-string.parquet": repeated_string,
    "empty-rows.parquet": empty_rows,
}
# A record, and what follows it and is none: its own row, and one for the rest of the file.
TWO_ROWS: Hostile = {
    "short-length.warc": lambda: warc_record(PAGE.encode(), length=len(PAGE) // 2),
    "overflowing-length.warc": lambda: warc_record(PAGE.encode(), length=10**30),
    "negative-length.warc": lambda: warc_record(PAGE.encode(), length=-5),
    "length-in-words.warc": lambda: warc_record(PAGE.encode(), length="many"),
    "zero-length.warc": lambda: warc_record(b"", length=0)[:-4],
}
ONE_ROW: Hostile = {**TEXTS, **PAGES, **LINES, **TABLES, **FEEDS, **PACKED, **DICTIONARIES, **WARCS, **COLUMNS}
