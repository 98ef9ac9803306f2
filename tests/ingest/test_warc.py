"""WARC: which records are articles, how their pages are made out, and where they were found."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.hostile import PAGE, warc_record

from detector.ingest import Limits, read
from detector.ingest.warc import MOST_DAMAGES
from detector.limits import USUAL
from detector.text import Failure, Record

CAFE = "<html><body><p>The café on the quay reopened – at last.</p></body></html>"


def read_bytes(data: bytes, folder: Path, name: str = "a.warc", limits: Limits = USUAL) -> list[Record | Failure]:
    path = folder / name
    path.write_bytes(data)
    return list(read([path], limits=limits))


def only(rows: list[Record | Failure]) -> Record:
    (row,) = rows
    assert isinstance(row, Record), row
    return row


def test_a_page(tmp_path: Path) -> None:
    data = warc_record(PAGE.encode(), url="https://news.example/bridge")
    record = only(read_bytes(data, tmp_path))
    assert (record.content, record.is_html, record.url) == (PAGE, True, "https://news.example/bridge")
    assert record.id.startswith("urn:uuid:")
    assert record.fields == {"fetched": "2026-01-02T03:04:05Z"}
    assert record.published is None  # when a crawler came by says nothing of that


def test_what_is_no_article_is_passed_over(tmp_path: Path) -> None:
    data = b"".join(
        [
            warc_record(b"", record_type="warcinfo"),
            warc_record(b"GET / HTTP/1.1", record_type="request"),
            warc_record(b"", status="301 Moved Permanently"),
            warc_record(b"\x89PNG" * 9_000_000, kind="image/png"),  # over the bound of a record, yet no article
            warc_record(PAGE.encode()),
            warc_record(PAGE.encode(), status="404 Not Found"),
            warc_record(b"", record_type="revisit"),
        ]
    )
    (row,) = read_bytes(data, tmp_path)
    assert isinstance(row, Record)
    assert row.provenance is not None
    assert row.provenance.record == 1
    assert data[row.provenance.offset :].startswith(warc_record(PAGE.encode()))


def test_a_file_without_articles_says_what_it_has(tmp_path: Path) -> None:
    (row,) = read_bytes(warc_record(b"", status="404 Not Found") * 3 + warc_record(b"", kind="image/png"), tmp_path)
    assert isinstance(row, Failure)
    assert row.code == "no-article"
    assert "3 responses with status 404, 1 records of the type image/png" in row.message


def test_texts_of_wet_files(tmp_path: Path) -> None:
    text = "The café reopened."
    record = (
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://news.example/a\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}\r\n\r\n"
    )
    found = only(read_bytes(record.encode(), tmp_path, "a.warc.wet"))
    assert (found.id, found.content, found.is_html) == ("https://news.example/a", text, False)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_offsets_lead_back_to_the_record(suffix: str, tmp_path: Path) -> None:
    records = [warc_record(f"<p>{i} {PAGE}".encode()) for i in range(300)]
    records[7] = warc_record(b"", status="500 Oops")
    packed = [gzip.compress(record) if suffix else record for record in records]
    rows = read_bytes(b"".join(packed), tmp_path, f"a.warc{suffix}")
    assert [row.provenance.record for row in rows if row.provenance] == list(range(1, 300))
    for row, i in zip(rows, [i for i in range(300) if i != 7], strict=True):
        assert row.provenance is not None
        assert row.provenance.offset == sum(map(len, packed[:i]))


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(CAFE.encode())),
        ("x-gzip", gzip.compress(CAFE.encode())),
        ("deflate", zlib.compress(CAFE.encode())),
        ("deflate", zlib.compress(CAFE.encode(), wbits=-15)),
        ("br", brotli.compress(CAFE.encode())),
        ("gzip", CAFE.encode()),  # unpacked by the crawler, which left the header
        ("deflate", CAFE.encode()),
        ("br", CAFE.encode()),
        ("identity", CAFE.encode()),
    ],
)
def test_pages_are_unpacked(encoding: str, body: bytes, tmp_path: Path) -> None:
    record = only(read_bytes(warc_record(body, headers=f"Content-Encoding: {encoding}\r\n"), tmp_path))
    assert record.content == CAFE


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\n<p>ab\r\n3;name=value\r\nc d\r\n0\r\n\r\n",
        b"00008\n<p>abc d\n0\n\n",
        b"8\r\n<p>abc d\r\n0",  # without the blank line behind the last
        b"<p>abc d",  # put together by the crawler, which left the header
    ],
)
def test_chunks_are_put_together(body: bytes, tmp_path: Path) -> None:
    record = only(read_bytes(warc_record(body, headers="Transfer-Encoding: chunked\r\n"), tmp_path))
    assert record.content == "<p>abc d"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=utf-8", CAFE.encode()),
        ("text/html; charset=iso-8859-1", CAFE.encode("cp1252")),
        ('text/html; charset="windows-1252"', CAFE.encode("cp1252")),
        ("text/html; charset=iso-8859-1", CAFE.encode()),  # a server's default, and wrong
        ("text/html", b'<meta charset="cp1252">' + CAFE.encode("cp1252")),
        ("text/html; charset=bogus", CAFE.encode()),
        ("TEXT/HTML;CHARSET=UTF-8", CAFE.encode()),
        ("application/xhtml+xml", CAFE.encode()),
    ],
)
def test_charsets(kind: str, body: bytes, tmp_path: Path) -> None:
    assert only(read_bytes(warc_record(body, kind=kind), tmp_path)).content.endswith(CAFE)


def test_the_header_is_believed_before_the_page(tmp_path: Path) -> None:
    body = '<meta charset="cp1252"><p>Привет, мир</p>'.encode("koi8-r")
    assert "Привет, мир" in only(read_bytes(warc_record(body, kind="text/html; charset=koi8-r"), tmp_path)).content


def test_a_bad_record_costs_itself_alone(tmp_path: Path) -> None:
    data = [
        warc_record(PAGE.encode()),
        warc_record(b"x" * 5_000),
        warc_record(PAGE.encode(), status="OK"),
        warc_record(b"\0" * 300),
        warc_record(PAGE.encode()),
    ]
    rows = read_bytes(b"".join(data), tmp_path, limits=Limits(line_bytes=3_000))
    codes = [row.code if isinstance(row, Failure) else "ok" for row in rows]
    assert codes == ["ok", "too-large", "invalid-http", "binary", "ok"]
    assert rows[1].provenance is not None
    assert (rows[1].provenance.offset, rows[1].provenance.url) == (len(data[0]), "https://news.example/a")


def test_a_page_cut_short_by_the_crawler_says_so(tmp_path: Path) -> None:
    record = only(read_bytes(warc_record(PAGE.encode(), warc_headers="WARC-Truncated: length\r\n"), tmp_path))
    assert record.fields["truncated"] == "length"


@pytest.mark.parametrize(
    ("body", "headers", "got"),
    [
        (b"5\r\n<p>ab\r\n20\r\nc d", "Transfer-Encoding: chunked\r\n", "expected a chunk of 32 bytes, got 3"),
        (b"5\r\n<p>", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "expected a chunk of 5 bytes, got 3"),
        (b"<p>abc d", "Content-Length: 4000\r\n", "expected a page of 4,000 bytes, as its server says, got 8"),
    ],
)
def test_a_page_that_ends_before_its_end_is_not_taken_as_whole(
    body: bytes, headers: str, got: str, tmp_path: Path
) -> None:
    row, whole = read_bytes(warc_record(body, headers=headers) + warc_record(PAGE.encode()), tmp_path)
    assert isinstance(row, Failure)
    assert (row.code, got in row.message) == ("truncated", True)
    assert isinstance(whole, Record)
    said = only(read_bytes(warc_record(body, headers=headers, warc_headers="WARC-Truncated: time\r\n"), tmp_path))
    assert (said.content[:3], said.fields["truncated"]) == ("<p>", "time")


@pytest.mark.parametrize("body", [b"5\r\n<p>ab\r\n3\r\nc d", b"8\r\n<p>abc d\r\n", b"8\r\n<p>abc d\r\n<p>no chunk"])
def test_a_page_without_its_last_chunk_says_so(body: bytes, tmp_path: Path) -> None:
    record = only(read_bytes(warc_record(body, headers="Transfer-Encoding: chunked\r\n"), tmp_path))
    assert (record.content, record.fields["truncated"]) == ("<p>abc d", "unspecified")


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 8\r\n",
        "Content-Length: 5\r\n",  # of what was packed; the crawler left it
        "Content-Length: 9\r\nContent-Encoding: br\r\n",  # the same of a page that is shorter than packed
        "Content-Length: 4000\r\nTransfer-Encoding: chunked\r\n",  # does not count beside chunks
        "Content-Length: none\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "",
    ],
)
def test_a_page_is_whole_as_far_as_is_known(headers: str, tmp_path: Path) -> None:
    record = only(read_bytes(warc_record(b"<p>abc d", headers=headers), tmp_path))
    assert (record.content, "truncated" in record.fields) == ("<p>abc d", False)


def test_headers_with_bare_line_feeds(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>abc"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    assert only(read_bytes(head.encode() + block + b"\r\n\r\n", tmp_path)).content == "<p>abc"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack: type[bytes]) -> None:
    assert only(list(read(["-"], io.BytesIO(pack(warc_record(PAGE.encode())))))).content == PAGE


BASE = warc_record(PAGE.encode()) + warc_record(gzip.compress(CAFE.encode()), headers="Content-Encoding: gzip\r\n") * 2


@settings(max_examples=150, derandomize=True)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(BASE) - 1), st.binary(max_size=12), st.integers(0, 40)), max_size=5),
    cut=st.integers(0, len(BASE)),
)
def test_no_damage_raises(edits: list[tuple[int, bytes, int]], cut: int, tmp_path: Path) -> None:
    data = bytearray(BASE)
    for place, new, length in edits:
        data[place : place + length] = new
    rows = read_bytes(bytes(data[: len(data) - cut]), tmp_path)
    assert 1 <= len(rows) <= 5
    for row in rows:
        assert isinstance(row, Record | Failure)
        repr(row).encode("utf-8")


def records(n: int, **of_the_third: object) -> list[bytes]:
    """Pages that gzip cannot make small, each larger than what is unpacked at a time."""
    noise = Random(0)
    pages = [PAGE.replace("</body>", f"<!--{noise.randbytes(60_000).hex()}--></body>") for _ in range(n)]
    return [
        warc_record(page.encode(), url=f"https://news.example/{i}", **(of_the_third if i == 2 else {}))  # type: ignore[arg-type]
        for i, page in enumerate(pages)
    ]


def told(rows: list[Record | Failure]) -> list[str]:
    """The page's number for an article, the code for an error."""
    return [row.code if isinstance(row, Failure) else str(row.url)[-1] for row in rows]


@pytest.mark.parametrize("length", [500, 300_000, "many"])
def test_behind_a_wrong_length_the_next_record_is_found(length: object, tmp_path: Path) -> None:
    rows = told(read_bytes(b"".join(records(7, length=length)), tmp_path))
    assert rows.count("damaged-warc") == 1
    assert rows[:2] == ["0", "1"]
    assert rows[-2:] == ["5", "6"]


def framed(data: bytes) -> bytes:
    """With the checksum that the command `zstd` writes, too."""
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


@pytest.mark.parametrize(("suffix", "pack"), [("gz", partial(gzip.compress, mtime=0)), ("zst", framed)])
@pytest.mark.parametrize("place", [0.0, 0.001, 0.3, 0.9, 0.9999])
def test_behind_a_damaged_member_the_next_is_found(
    place: float, suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    members = [pack(record) for record in records(6)]
    damaged = bytearray(members[2])
    at = int(place * (len(damaged) - 1))
    damaged[at : at + 3] = bytes(byte ^ 0x5A for byte in damaged[at : at + 3])
    data = b"".join([*members[:2], damaged, *members[3:]])
    rows = read_bytes(data, tmp_path, f"a.warc.{suffix}")
    error = {"gz": "damaged-gzip", "zst": "damaged-zstd"}[suffix]
    assert told(rows) in (["0", "1", error, "3", "4", "5"], ["0", "1", "2", error, "3", "4", "5"])
    for row in rows:
        if isinstance(row, Record):
            assert row.provenance is not None
            assert data[row.provenance.offset :].startswith(members[int(str(row.url)[-1])])


def small_frames(n: int) -> list[bytes]:
    """Frames of a kilobyte, each a page: a block that lies about its size swallows all that are left."""
    noise = Random(0)
    pages = [PAGE.replace("</body>", f"<!--{noise.randbytes(500).hex()}--></body>").encode() for _ in range(n)]
    return [framed(warc_record(page, url=f"https://news.example/{i}")) for i, page in enumerate(pages)]


@pytest.mark.parametrize("kind", [0, 1, 2])
@pytest.mark.parametrize("size", [40_000, 1 << 17])
def test_what_a_lying_frame_swallowed_is_found_again(kind: int, size: int, tmp_path: Path) -> None:
    """A block of one of zstd's three kinds that says it is so long; it swallows the rest, or up to its middle."""
    for n in (9, 200):
        frames = small_frames(n)
        header = size << 3 | kind << 1
        lying = b"\x28\xb5\x2f\xfd\x00\x58" + header.to_bytes(3, "little")
        rows = told(read_bytes(b"".join([*frames[:2], lying, *frames[2:]]), tmp_path, "a.warc.zst"))
        assert sum(row.startswith("damaged") for row in rows) == 1
        assert [row for row in rows if not row.startswith("damaged")] == [str(i)[-1] for i in range(n)]


def test_a_stretch_of_marks_is_one_error(tmp_path: Path) -> None:
    """Marks of frames that are none, in front of a frame and across what is read at a time, tell nobody anything."""
    noise = Random(1)
    stretch = b"".join(b"\x28\xb5\x2f\xfd\xff" + noise.randbytes(noise.randrange(900)) for _ in range(300))
    frames = small_frames(4)
    rows = read_bytes(b"".join([frames[0], frames[1][:300], stretch, *frames[2:]]), tmp_path, "a.warc.zst")
    assert told(rows) == ["0", "damaged-zstd", "2", "3"]
    assert "byte " in str(rows[1])
    assert [row.provenance.offset for row in rows[2:] if row.provenance] == [
        len(frames[0]) + 300 + len(stretch),
        len(frames[0]) + 300 + len(stretch) + len(frames[2]),
    ]


def test_a_mark_inside_of_a_page_is_none(tmp_path: Path) -> None:
    body = b"<p>" + framed(warc_record(b"<p>forged", url="https://news.example/9")) + b"\x28\xb5\x2f\xfd" * 9
    pages = [warc_record(body, url=f"https://news.example/{i}") for i in range(3)]
    assert len(read_bytes(b"".join(map(framed, pages)), tmp_path, "a.warc.zst")) == 3


def test_a_million_marks_end(tmp_path: Path) -> None:
    """However they are followed, no more of them are tried than may be, and that the rest was given up is told."""
    frame = small_frames(1)[0]
    longest = b"\x28\xb5\x2f\xfd\x00\x58" + (1 << 20).to_bytes(3, "little")  # a block of 128 kB as it is
    repeated = b"\x28\xb5\x2f\xfd\x00\x58" + (1 << 20 | 2).to_bytes(3, "little") + b" "  # the same of one byte
    for mark in (b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfd\xff", longest, longest + b"\0" * 1_000, repeated):
        started, data = time.process_time(), frame + mark * (4_000_000 // len(mark)) + frame
        tracemalloc.start()
        read_rows = read_bytes(data, tmp_path, "a.warc.zst")
        rows = told(read_rows)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows[0] == "0"
        assert rows[-1] in ("damaged-zstd", "damaged-warc", "ratio")
        assert len(rows) <= 2 * MOST_DAMAGES + 1
        if mark in (b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfd\xff"):
            assert rows == ["0", "damaged-zstd", "damaged-zstd"]
            assert "1,000 beginnings of frames that are none" in str(read_rows[-1])
        assert most < 40_000_000
        assert time.process_time() - started < 5


def test_damage_everywhere_ends(tmp_path: Path) -> None:
    started = time.process_time()
    for name, data in (
        ("a.warc", (warc_record(PAGE.encode(), length=9)) * 5_000),
        ("b.warc.gz", gzip.compress(warc_record(PAGE.encode())) + b"\x1f\x8b\x08\xff" * 200_000),
        ("d.warc.zst", framed(warc_record(PAGE.encode())) + framed(b"rubbish")[:-1] * 5_000),
        ("c.warc", warc_record(PAGE.encode()) + b"\nWARC/1." * 500_000),
    ):
        rows = read_bytes(data, tmp_path, name)
        assert 1 < len(rows) <= 2 * MOST_DAMAGES + 1
        assert told(rows)[-1].startswith(("damaged", "truncated"))
    assert time.process_time() - started < 5
