"""Readers: every kind of input, and every way it can be bad, becomes a Record or a Failure in its place."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import InputError
from detector.ingest import prepare, read
from detector.ingest.csv_table import read_csv
from detector.ingest.folder import is_read
from detector.ingest.json_lines import read_json_lines
from detector.ingest.streams import bounded_lines
from detector.text import Failure, Record

TEXT = "The café on the quay – “the old one” – reopened on Monday."


def read_bytes(data: bytes, name: str, folder: Path) -> list[Record | Failure]:
    path = folder / name
    path.write_bytes(data)
    return list(read([path]))


def codes(found: list[Record | Failure]) -> list[str]:
    """Failure codes, and "ok" for a record."""
    return [row.code if isinstance(row, Failure) else "ok" for row in found]


def only_record(found: list[Record | Failure]) -> Record:
    assert codes(found) == ["ok"]
    assert isinstance(found[0], Record)
    return found[0]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.json", "a.csv", "a"])
def test_empty_files(name: str, tmp_path: Path) -> None:
    assert codes(read_bytes(b"", name, tmp_path)) == ["empty"]
    assert codes(read_bytes(b" \r\n\n", name, tmp_path)) == ["empty"]


def test_empty_json_lines_hold_no_articles(tmp_path: Path) -> None:
    assert read_bytes(b"\n \r\n", "a.jsonl", tmp_path) == []


def test_one_byte(tmp_path: Path) -> None:
    assert codes(read_bytes(b"a", "a.txt", tmp_path)) == ["ok"]
    assert codes(read_bytes(b"\x07", "a.txt", tmp_path)) == ["binary"]


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)) * 20, b"PK\x03\x04" + bytes(range(1, 32)) * 9]
)
def test_binary_files(data: bytes, tmp_path: Path) -> None:
    assert codes(read_bytes(data, "a.txt", tmp_path)) == ["binary"]


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a", "a.md"])
@pytest.mark.parametrize(("data", "kind"), [(b"%PDF-1.4\nBT (A story.) Tj", "a PDF"), (b"{\\rtf1 A story.}", "an RTF")])
def test_documents_that_are_not_read_are_named(data: bytes, kind: str, name: str, tmp_path: Path) -> None:
    (failure,) = read_bytes(data, name, tmp_path)
    assert isinstance(failure, Failure)
    assert f"expected text, got {kind}" in failure.message


def test_text_file_over_the_cap(tmp_path: Path) -> None:
    assert codes(read_bytes(b"a " * 5_000_001, "a.txt", tmp_path)) == ["too-large"]


def test_json_lines_fields(tmp_path: Path) -> None:
    row = {"id": 7, "text": TEXT, "title": "T", "url": "u", "published": 2021, "outlet": "O", "desk": ["x", {"y": 1}]}
    record = only_record(read_bytes((json.dumps(row) + "\r\n").encode("utf-8-sig"), "a.jsonl", tmp_path))
    assert record == Record("7", TEXT, False, "T", "u", "2021", "O", {"desk": ["x", {"y": 1}]})


def test_json_lines_bad_lines_stand_in_their_place(tmp_path: Path) -> None:
    lines = [
        '{"text": "one"}',
        "",
        "{not json",
        '{"title": "no text"}',
        '{"text": 5}',
        '{"text": null, "html": "<p>two</p>"}',
        '["a list"]',
        '{"text": "  "}',
        '{"text": "x", "id": true}',
        '{"text": "x", "title": {}}',
        '{"text": "x", "n": NaN, "m": 1e999}',
        '{"text": "x", "n": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"text": "x", "deep": ' + "[" * 60 + "]" * 60 + "}",
        '{"text": "last"}',
    ]
    found = read_bytes("\n".join(lines).encode(), "a.jsonl", tmp_path)
    assert codes(found) == [
        "ok", "invalid-json", "missing-field", "wrong-type", "ok", "wrong-type", "empty", "wrong-type", "wrong-type",
        "ok", "invalid-json", "too-deep", "too-deep", "ok",
    ]  # fmt: skip
    place = f"{tmp_path / 'a.jsonl'}:3"
    bad = found[1]
    assert isinstance(bad, Failure)
    assert bad.id == place
    assert bad.message.startswith(f"{place}: expected one JSON object a line, got: ")
    assert found[4] == Record(f"{tmp_path / 'a.jsonl'}:6", "<p>two</p>", True)
    assert found[9].fields == {"n": None, "m": None}


def test_failure_keeps_id_and_unknown_fields(tmp_path: Path) -> None:
    failure = read_bytes(b'{"id": "x1", "desk": "city"}', "a.jsonl", tmp_path)[0]
    assert isinstance(failure, Failure)
    assert (failure.id, failure.code, failure.fields) == ("x1", "missing-field", {"desk": "city"})


def test_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    line = rb'{"id": "\udc00", "text": "a\ud800b \ud83d\ude00", "x\ud800": "\ud800"}'
    record = only_record(read_bytes(line, "a.jsonl", tmp_path))
    assert (record.id, record.content, record.fields) == ("\ufffd", "a\ufffdb \U0001f600", {"x\ufffd": "\ufffd"})
    prepare(record).text.encode("utf-8")


def test_json_lines_in_utf16(tmp_path: Path) -> None:
    data = f'{{"text": "{TEXT}"}}\r\n{{"text": "b\u2028c"}}\n'.encode("utf-16")
    assert [row.content for row in read_bytes(data, "a.jsonl", tmp_path) if isinstance(row, Record)] == [
        TEXT,
        "b\u2028c",
    ]


class LongLine(io.RawIOBase):
    """A stream of one line of 50 MB between two good ones, which counts the most bytes asked for at once."""

    def __init__(self) -> None:
        self.blocks: Iterator[bytes] = iter(
            [b'{"text": "a"}\n{"text": "', *[b"x" * 1_000_000] * 50, b'"}\n{"text": "b"}\n']
        )
        self.rest = b""
        self.largest = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.largest = max(self.largest, len(buffer))
        self.rest = self.rest or next(self.blocks, b"")
        n = min(len(buffer), len(self.rest))
        buffer[:n] = self.rest[:n]
        self.rest = self.rest[n:]
        return n


def test_line_of_50_megabytes_is_passed_over() -> None:
    stream = LongLine()
    found = list(read(["-"], io.BufferedReader(stream)))
    assert codes(found) == ["ok", "too-large", "ok"]
    assert [row.id for row in found] == ["stdin:1", "stdin:2", "stdin:3"]
    assert stream.largest < 1_000_000


def test_lines_at_the_cap() -> None:
    assert list(bounded_lines(io.BytesIO(b"abc\nabcd\nabcde\nab"), limit=4)) == ["abc\n", "abcd\n", None, "ab"]


def test_json_file_with_one_object_a_list_or_lines(tmp_path: Path) -> None:
    assert only_record(read_bytes(b'{"text": "a"}', "a.json", tmp_path)).id == str(tmp_path / "a.json")
    assert codes(read_bytes(b'[{"text": "a"}, 5, {"text": "b"}]', "a.json", tmp_path)) == ["ok", "wrong-type", "ok"]
    assert codes(read_bytes(b'{"text": "a"}\n{"text": "b"}\n', "a.json", tmp_path)) == ["ok", "ok"]
    assert codes(read_bytes(b'{"text": \n "a"', "a.json", tmp_path)) == ["invalid-json"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(delimiter: str, tmp_path: Path) -> None:
    table = 'ID|Text|desk\r\nn1|"one, two; ""three""\nfour"|city\r\n\r\n|five|\r\n'.replace("|", delimiter)
    first, second = read_bytes(table.encode("utf-8-sig"), "a.csv", tmp_path)
    assert first == Record("n1", 'one, two; "three"\nfour', fields={"desk": "city"})
    assert second == Record(f"{tmp_path / 'a.csv'}:5", "five", fields={"desk": ""})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_cells_keep_their_line_ends(end: str, tmp_path: Path) -> None:
    cell = f"one{end}{end}two\n\r\nthree{end}"
    table = f'id,text{end}n1,"{cell}"{end}n2,"{cell}"'
    found = read_bytes(table.encode(), "a.csv", tmp_path)
    assert found == [Record("n1", cell), Record("n2", cell)]


def test_csv_bad_rows(tmp_path: Path) -> None:
    assert codes(read_bytes(b"name,words\na,b\n", "a.csv", tmp_path)) == ["missing-column"]
    table = b"id,text\n1,a\n2,b,c\n3,\n4\n5,e,,\n"
    assert codes(read_bytes(table, "a.csv", tmp_path)) == [
        "ok",
        "wrong-columns",
        "missing-field",
        "missing-field",
        "ok",
    ]


def test_csv_columns_of_one_name_are_refused_and_none_is_dropped(tmp_path: Path) -> None:
    for header in (b"id,note,note,text", b"id,Text,text", b"id,text,ID"):
        assert codes(read_bytes(header + b"\n1,a,b,c\n", "a.csv", tmp_path)) == ["wrong-columns"]
    assert codes(read_bytes(b"id,,,text\n1,a,b,c\n", "a.csv", tmp_path)) == ["ok"]


def test_csv_quotation_mark_left_open_swallows_no_rows_in_silence(tmp_path: Path) -> None:
    found = read_bytes(b'id,text\n1,a\n2,"b\n3,c\n4,d\n', "a.csv", tmp_path)
    assert codes(found) == ["ok", "invalid-csv"]
    assert isinstance(found[1], Failure)
    assert found[1].message.startswith(f"{tmp_path / 'a.csv'}:3: expected a quotation mark")


def test_csv_cell_over_the_cap_and_the_row_after_it() -> None:
    import csv

    before = csv.field_size_limit()
    long = b"y" * 10_000_001
    found = list(read_csv(io.BytesIO(b"id,text\n1,a\n2," + long + b"\n3,c\n4," + b"z" * 200_000 + b"\n"), "t"))
    assert codes(found) == ["ok", "too-large", "ok", "ok"]
    assert csv.field_size_limit() == before


def test_csv_html_column(tmp_path: Path) -> None:
    assert only_record(read_bytes(b"html\n<p>a</p>\n", "a.tsv", tmp_path)).is_html


@pytest.mark.parametrize(
    ("data", "identifier", "is_html"),
    [
        (b'\xef\xbb\xbf {"text": "a"}', "stdin:1", False),
        ('{"text": "a"}\n'.encode("utf-16"), "stdin:1", False),
        (b"<!DOCTYPE html><p>a</p>", "stdin", True),
        (b"\n <html><p>a</p>", "stdin", True),
        (b"<3 is what she wrote.", "stdin", False),
        (b"A story.", "stdin", False),
    ],
)
def test_standard_input_is_told_by_its_beginning(data: bytes, identifier: str, is_html: bool) -> None:
    record = only_record(list(read(["-"], io.BytesIO(data))))
    assert (record.id, record.is_html) == (identifier, is_html)


def test_standard_input_is_left_open() -> None:
    stream = io.BytesIO(b"A story.")
    list(read(["-"], stream))
    assert not stream.closed


def test_file_without_a_known_suffix_is_sniffed(tmp_path: Path) -> None:
    assert only_record(read_bytes(b'{"text": "a"}', "a.crawl", tmp_path)).content == "a"
    assert only_record(read_bytes(b"<html>a", "a.1", tmp_path)).is_html


def test_folder_is_read_in_order_without_hidden_files_and_loops(tmp_path: Path) -> None:
    for name in ["b.txt", "a.html", ".hidden.txt", "note.pdf", "sub/c.md", "sub/.git/d.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("A story.")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to(tmp_path)
    found = [row.id for row in read([tmp_path])]
    assert found == [str(tmp_path / name) for name in ["a.html", "b.txt", "sub/c.md"]]


def test_a_path_that_is_not_there_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A story.")
    assert not is_read(tmp_path / "a.txt", [tmp_path / "none.txt"])
    assert is_read(tmp_path / "a.txt", [tmp_path / "none.txt", tmp_path / "a.txt"])


def test_paths_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A story.")
    with pytest.raises(InputError, match=r"no file or folder at .*missing") as caught:
        read([tmp_path / "a.txt", tmp_path / "missing"])
    assert caught.value.code == "not-found"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="expected files of these kinds") as caught:
        read([tmp_path / "empty"])
    assert caught.value.code == "empty-folder"


def test_file_that_goes_away_becomes_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A story.")
    found = read([path])
    path.unlink()
    assert codes(list(found)) == ["unreadable"]


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_raise(data: bytes) -> None:
    for found in (
        read(["-"], io.BytesIO(data)),
        read_json_lines(io.BytesIO(data), "f"),
        read_csv(io.BytesIO(data), "f"),
    ):
        for row in found:
            assert isinstance(row, Record | Failure)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(row=st.dictionaries(st.sampled_from(["id", "text", "html", "title", "url", "x", "\ud800"]), json_values))
def test_any_json_object_gives_one_row_that_can_be_written(row: dict[str, object]) -> None:
    found = list(read_json_lines(io.BytesIO(json.dumps(row).encode()), "f"))
    assert len(found) == 1
    json.dumps([found[0].id, dict(found[0].fields)], allow_nan=False, ensure_ascii=False).encode("utf-8")
