"""Parquet: columns by name, a row an article, and nothing done that a file asks for."""

from __future__ import annotations

import datetime
import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.hostile import parquet

from detector.errors import InputError
from detector.ingest import Limits, read
from detector.ingest.parquet_pages import page_sizes
from detector.limits import USUAL
from detector.text import Failure, Record


def read_bytes(data: bytes, folder: Path, limits: Limits = USUAL) -> list[Record | Failure]:
    path = folder / "a.parquet"
    path.write_bytes(data)
    return list(read([path], limits=limits))


def test_columns_by_name(tmp_path: Path) -> None:
    data = parquet(
        {
            "ID": [7, None],
            "Text": ["one", "two"],
            "title": ["T", ""],
            "url": [None, "u"],
            "published": pa.array([datetime.date(2026, 1, 2), None]),
            "score": [0.5, float("nan")],
            "kept": [True, None],
            "desk": ["city", ""],
            "nested": [{"a": 1}, None],
            "many": [[1], []],
        }
    )
    first, second = read_bytes(data, tmp_path)
    fields = {"score": 0.5, "kept": True, "desk": "city"}
    assert first == Record("7", "one", title="T", published="2026-01-02", fields=fields)
    fields = {"score": None, "kept": None, "desk": ""}
    assert second == Record(f"{tmp_path / 'a.parquet'}:2", "two", url="u", fields=fields)
    assert second.provenance is not None
    assert (second.provenance.record, second.provenance.url) == (2, "u")


@pytest.mark.parametrize(
    ("kind", "compression", "version"),
    [
        (pa.string(), "none", "1.0"),
        (pa.large_string(), "snappy", "2.0"),
        (pa.binary(), "gzip", "1.0"),
        (pa.dictionary(pa.int32(), pa.string()), "zstd", "2.0"),
        (pa.string(), "brotli", "1.0"),
        (pa.string(), "lz4", "2.0"),
    ],
)
def test_ways_to_write_a_text(kind: pa.DataType, compression: str, version: str, tmp_path: Path) -> None:
    texts = [f"Story {i // 2} of the day." for i in range(300)]
    columns = {"text": pa.array(texts).cast(kind), "title": pa.array(texts).cast(kind)}
    data = parquet(
        columns,
        compression=compression,
        data_page_version=version,
        use_dictionary=["title"],
        row_group_size=70,
        data_page_size=500,
    )
    rows = read_bytes(data, tmp_path)
    assert [(row.content, row.title) for row in rows if isinstance(row, Record)] == list(zip(texts, texts, strict=True))


def test_a_row_over_the_bound_costs_itself_alone(tmp_path: Path) -> None:
    rows = read_bytes(parquet({"text": ["one", "word " * 900, "two"]}), tmp_path, Limits(line_bytes=4_000))
    assert [row.code if isinstance(row, Failure) else row.content for row in rows] == ["one", "too-large", "two"]


def test_packed_and_from_standard_input(tmp_path: Path) -> None:
    data = parquet({"text": ["one", "two"]})
    assert len(list(read(["-"], io.BytesIO(data)))) == 2
    assert len(list(read(["-"], io.BytesIO(gzip.compress(data))))) == 2
    (failure,) = read(["-"], io.BytesIO(data), Limits(unpacked_bytes=100))
    assert isinstance(failure, Failure)
    assert failure.code == "too-large"


def test_a_row_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    rows = read_bytes(parquet({"text": ["one", None, "", "two"], "html": [None, "<p>a", None, None]}), tmp_path)
    assert [row.code if isinstance(row, Failure) else row.content for row in rows] == [
        "one",
        "<p>a",
        "missing-field",
        "two",
    ]


def test_a_row_group_over_the_bound(tmp_path: Path) -> None:
    data = parquet({"text": ["word " * 1_000] * 10 + ["a " * 90_000]}, row_group_size=10, use_dictionary=False)
    rows = read_bytes(data, tmp_path, Limits(group_bytes=100_000))
    assert [isinstance(row, Record) for row in rows] == [True] * 10 + [False]
    assert "--max-group" in str(rows[-1])


def test_other_columns_are_not_weighed(tmp_path: Path) -> None:
    data = parquet({"text": ["one"], "images": [[b"x" * 200_000]]})
    assert len(read_bytes(data, tmp_path, Limits(group_bytes=100_000))) == 1


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_pages_are_weighed_by_their_own_headers(compression: str) -> None:
    """The sum of the pages and their headers is what the writer says of the column."""
    texts = [f"Story {i}: " + "word " * (i % 50) for i in range(50_000)]
    file = io.BytesIO(parquet({"text": texts}, compression=compression, data_page_size=2_000))
    column = pq.ParquetFile(file).metadata.row_group(0).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    pages = list(page_sizes(file, start, column.total_compressed_size))
    assert len(pages) > 10
    headers = column.total_compressed_size - sum(page.packed for page in pages)
    assert sum(page.unpacked for page in pages) + headers == column.total_uncompressed_size


DATA = parquet({"text": ["one story", "another story"] * 9, "id": list(range(18))}, compression="gzip")


@settings(max_examples=8, derandomize=True)  # each starts a process
@given(flips=st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_no_damage_raises(flips: list[tuple[int, int]], tmp_path: Path) -> None:
    data = bytearray(DATA)
    for place, flip in flips:
        data[place] ^= flip
    rows = read_bytes(bytes(data), tmp_path)
    assert len(rows) <= 19
    for row in rows:
        assert isinstance(row, Record | Failure)
        repr(row).encode("utf-8")


@settings(max_examples=300, derandomize=True)
@given(data=st.binary(max_size=200), length=st.integers(0, 300))
def test_any_page_headers_give_sizes_or_an_error(data: bytes, length: int) -> None:
    for file in (io.BytesIO(data), io.BytesIO(b"\x15\x00" + data)):
        try:
            pages = list(page_sizes(file, 0, length))
        except InputError:
            continue
        assert all(page.packed >= 0 and page.unpacked >= 0 for page in pages)
