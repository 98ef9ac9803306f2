"""A .warc.zst with a dictionary in front of its frames: read as any, and one row where it is of no use."""

from __future__ import annotations

import io
import time
import tracemalloc
from pathlib import Path
from random import Random

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.hostile import DICTIONARIES, PAGE, dictionary, warc_record

from detector.ingest import read
from detector.ingest.zstd_dictionary import MOST_BYTES
from detector.text import Failure, Record

FORMS = {
    "as it is": lambda: dictionary().as_bytes(),
    "packed": lambda: zstandard.compress(dictionary().as_bytes()),
    "packed without its size": lambda: zstandard.ZstdCompressor(write_content_size=False).compress(
        dictionary().as_bytes()
    ),
}


def before(frames: list[bytes], packed: bytes) -> bytes:
    """A file of these frames, with a dictionary in front."""
    return b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed + b"".join(frames)


def framed(number: int, own: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """A page of its own as one frame."""
    noise = Random(number).randbytes(60).hex()
    record = warc_record(PAGE.replace("</p>", f" {noise}</p>").encode(), url=f"https://news.example/{number}")
    packer = zstandard.ZstdCompressor(dict_data=own or dictionary(), write_checksum=True)
    return packer.compress(record)


def other() -> zstandard.ZstdCompressionDict:
    noise = Random(5)
    return zstandard.train_dictionary(2_000, [b"a %d " % noise.randrange(99) * 50 for _ in range(99)])


def rows_of(data: bytes, folder: Path, name: str = "a.warc.zst") -> list[Record | Failure]:
    (folder / name).write_bytes(data)
    return list(read([folder / name]))


def told(rows: list[Record | Failure]) -> list[str]:
    """The page's number for an article, the code for an error."""
    return [row.code if isinstance(row, Failure) else str(row.url).rpartition("/")[2] for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_pages_are_unpacked_by_it(form: str, tmp_path: Path) -> None:
    frames, packed = [framed(i) for i in range(40)], FORMS[form]()
    data = before(frames, packed)
    rows = rows_of(data, tmp_path)
    assert told(rows) == [str(i) for i in range(40)]
    for number, row in enumerate(rows):
        assert isinstance(row, Record)
        assert Random(number).randbytes(60).hex() in str(row.content)
        assert row.provenance is not None
        assert row.provenance.offset == len(before(frames[:number], packed))


@pytest.mark.parametrize("name", ["a.warc", "a"])
def test_it_is_known_by_its_beginning(name: str, tmp_path: Path) -> None:
    data = before([framed(0)], FORMS["packed"]())
    assert told(rows_of(data, tmp_path, name)) == ["0"]
    assert told(list(read(["-"], io.BytesIO(data)))) == ["0"]


def test_frames_that_need_none_and_extensions_between_are_read(tmp_path: Path) -> None:
    plain = zstandard.compress(warc_record(PAGE.encode(), url="https://news.example/plain"))
    extension = b"\x5a\x2a\x4d\x18" + (70_000).to_bytes(4, "little") + bytes(70_000)
    frames = [framed(0), zstandard.compress(b""), extension, plain, extension, framed(1)]
    assert told(rows_of(before(frames, FORMS["as it is"]()), tmp_path)) == ["0", "plain", "1"]


def test_behind_a_damaged_frame_the_next_is_found(tmp_path: Path) -> None:
    frames = [framed(i) for i in range(5)]
    frames[2] = frames[2][:20] + b"\x5a\x5a\x5a" + frames[2][23:]
    assert told(rows_of(before(frames, FORMS["packed"]()), tmp_path)) == ["0", "1", "damaged-zstd", "3", "4"]


@pytest.mark.parametrize("n", [1, 1_500])
def test_another_dictionary_is_one_row_that_says_so(n: int, tmp_path: Path) -> None:
    frame = framed(0)
    for data, got in ((frame * n, "got none"), (before([frame] * n, other().as_bytes()), "got another")):
        (row,) = rows_of(data, tmp_path)
        assert isinstance(row, Failure)
        assert row.code == "zstd-dictionary"
        assert got in row.message
        assert "zstd -d -D" in row.message


def test_a_frame_of_another_dictionary_costs_itself_alone(tmp_path: Path) -> None:
    frames = [framed(0), framed(1, other()), framed(2)]
    assert told(rows_of(before(frames, FORMS["packed"]()), tmp_path)) == ["0", "zstd-dictionary", "2"]


def test_a_dictionary_alone_is_an_empty_file(tmp_path: Path) -> None:
    assert told(rows_of(before([], FORMS["packed"]()), tmp_path)) == ["empty"]


def test_the_largest_that_may_be_is_taken(tmp_path: Path) -> None:
    data = dictionary().as_bytes()
    largest = Random(0).randbytes(MOST_BYTES - len(data))
    own = zstandard.ZstdCompressionDict(data[:-100] + largest + data[-100:], dict_type=zstandard.DICT_TYPE_FULLDICT)
    assert told(rows_of(before([framed(0, own)], own.as_bytes()), tmp_path)) == ["0"]


@pytest.mark.parametrize("name", DICTIONARIES)
def test_what_is_of_no_use_is_named(name: str, tmp_path: Path) -> None:
    data, started = DICTIONARIES[name](), time.process_time()
    tracemalloc.start()
    (row,) = rows_of(data, tmp_path, name)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(row, Failure)
    assert row.code == ("damaged-zstd" if name.startswith("cut-behind") else "zstd-dictionary")
    assert "fetch the" in row.message or "unpack the file" in row.message
    assert most < 40_000_000
    assert time.process_time() - started < 5


BASE = before([framed(i) for i in range(3)], zstandard.compress(dictionary().as_bytes()))


@settings(max_examples=150, derandomize=True)
@given(
    edits=st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=6), st.integers(0, 20)), max_size=3),
    later=st.lists(st.tuples(st.integers(0, len(BASE)), st.binary(max_size=6), st.integers(0, 20)), max_size=3),
    cut=st.integers(0, len(BASE)),
)
def test_no_damage_raises(
    edits: list[tuple[int, bytes, int]], later: list[tuple[int, bytes, int]], cut: int, tmp_path: Path
) -> None:
    data = bytearray(BASE)
    for place, new, length in edits + later:
        data[place : place + length] = new
    rows = rows_of(bytes(data[: len(data) - cut // 2]), tmp_path)
    assert 1 <= len(rows) <= 6
    for row in rows:
        assert isinstance(row, Record | Failure)
