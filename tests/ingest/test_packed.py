"""Packed files: what they hold is read as if it were not packed, up to where they are damaged or pass a bound."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import InputError
from detector.ingest import Limits, read
from detector.ingest.folder import is_read
from detector.ingest.packed import packing, unpacked
from detector.limits import USUAL
from detector.text import Failure, Provenance, Record

LINES = b'{"id": "a", "text": "one"}\n{"id": "b", "text": "two"}\n'
PACK = {".gz": gzip.compress, ".zst": zstandard.compress}


def contents(rows: list[Record | Failure]) -> list[str]:
    """Contents of records, codes of failures."""
    return [row.code if isinstance(row, Failure) else row.content for row in rows]


def read_bytes(data: bytes, name: str, folder: Path, limits: Limits = USUAL) -> list[Record | Failure]:
    path = folder / name
    path.write_bytes(data)
    return list(read([path], limits=limits))


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.jsonl", LINES, ["one", "two"]),
        ("a.csv", b"id,text\n1,one\n2,two\n", ["one", "two"]),
        ("a.html", b"<p>one", ["<p>one"]),
        ("a.TXT", b"one\r\ntwo", ["one\r\ntwo"]),
        ("a.json", b'[{"text": "one"}]', ["one"]),
        ("a", LINES, ["one", "two"]),
    ],
)
def test_packed_files(suffix: str, name: str, data: bytes, expected: list[str], tmp_path: Path) -> None:
    assert contents(read_bytes(PACK[suffix](data), name + suffix, tmp_path)) == expected
    assert contents(read_bytes(PACK[suffix](data), name, tmp_path)) == expected


@pytest.mark.parametrize("suffix", PACK)
def test_standard_input_is_unpacked_by_its_beginning(suffix: str) -> None:
    stream = io.BytesIO(PACK[suffix](LINES))
    assert contents(list(read(["-"], stream))) == ["one", "two"]
    assert not stream.closed


@pytest.mark.parametrize("suffix", PACK)
def test_members_in_a_row_are_one_file(suffix: str, tmp_path: Path) -> None:
    pack = PACK[suffix]
    data = pack(LINES[:10]) + pack(b"") + pack(LINES[10:]) + pack(LINES)
    rows = read_bytes(data, f"a.jsonl{suffix}", tmp_path)
    assert contents(rows) == ["one", "two", "one", "two"]
    offsets = [row.provenance.offset for row in rows if row.provenance]
    assert offsets == [0, 27, 54, 81]


def test_zeros_behind_a_member_are_padding(tmp_path: Path) -> None:
    assert contents(read_bytes(gzip.compress(LINES) + b"\0" * 100_000, "a.jsonl.gz", tmp_path)) == ["one", "two"]
    rows = read_bytes(gzip.compress(LINES) + b"rubbish", "a.jsonl.gz", tmp_path)
    assert contents(rows) == ["one", "two", "damaged-gzip"]


@pytest.mark.parametrize("suffix", PACK)
def test_what_comes_before_the_damage_counts(suffix: str, tmp_path: Path) -> None:
    pack = PACK[suffix]
    rows = read_bytes(pack(LINES) + pack(LINES)[:-6], f"a.jsonl{suffix}", tmp_path)
    kind = {".gz": "gzip", ".zst": "zstd"}[suffix]
    assert contents(rows)[:2] == ["one", "two"]
    assert contents(rows)[-1] == f"damaged-{kind}"
    failure = rows[-1]
    assert failure.id == str(tmp_path / f"a.jsonl{suffix}")
    assert failure.provenance == Provenance(failure.id, len(rows), None, None)


@pytest.mark.parametrize("suffix", PACK)
def test_bounds_of_unpacking(suffix: str, tmp_path: Path) -> None:
    noise = os.urandom(200_000).hex().encode()
    line = b'{"text": "' + noise + b'"}\n'
    limits = Limits(unpacked_bytes=1_000_000)
    rows = read_bytes(PACK[suffix](line * 9), f"a.jsonl{suffix}", tmp_path, limits)
    assert [row.code for row in rows if isinstance(row, Failure)] == ["too-large"]
    assert len(rows) <= 3
    assert "--max-unpacked" in str(rows[-1])
    blanks = PACK[suffix](b'{"text": "' + b" " * 15_000_000 + b'a"}\n' + b" " * 15_000_000)
    assert contents(read_bytes(blanks, f"b.jsonl{suffix}", tmp_path))[-1] == "ratio"
    generous = Limits(ratio=100_000)
    assert len(read_bytes(blanks, f"b.jsonl{suffix}", tmp_path, generous)) == 1


def test_a_bomb_behind_honest_members_is_found(tmp_path: Path) -> None:
    """The ratio holds for each member, so that the bytes of others do not pay for it."""
    honest = gzip.compress(os.urandom(1_000_000).hex().encode() + b"\n")
    bomb = gzip.compress((b" " * 99_999 + b"\n") * 600)
    assert contents(read_bytes(honest + bomb, "a.jsonl.gz", tmp_path)) == ["invalid-json", "ratio"]


def test_packed_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.log.gz", "c.gz", "d.txt.zst"):
        (tmp_path / name).write_bytes(PACK[Path(name).suffix](LINES))
    assert [Path(str(row.provenance.file)).name for row in read([tmp_path]) if row.provenance] == [
        "a.jsonl.gz",
        "a.jsonl.gz",
        "d.txt.zst",
    ]
    assert is_read(tmp_path / "new.csv.gz", [tmp_path])
    assert not is_read(tmp_path / "new.log.gz", [tmp_path])


def test_what_is_not_needed_is_not_imported() -> None:
    heavy = ("pyarrow", "fastwarc", "fsspec", "zstandard", "brotli")
    program = f"import sys, detector.ingest, detector.cli.score; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "name", "data"),
    [
        ("zstandard", "a.jsonl.zst", zstandard.compress(LINES)),
        ("pyarrow.lib", "a.parquet", b"PAR1"),
        ("fastwarc.warc", "a.warc", b"WARC/1.0\r\n"),
    ],
)
def test_what_is_not_installed_is_named(
    module: str, name: str, data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (failure,) = read_bytes(data, name, tmp_path)
    assert isinstance(failure, Failure)
    assert failure.code == "missing-extra"
    assert "pip install 'unspin[" in failure.message


@settings(max_examples=100, derandomize=True)
@given(
    pack=st.sampled_from(list(PACK.values())),
    data=st.binary(max_size=2_000),
    cut=st.integers(0, 200),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=3),
)
def test_damage_gives_a_beginning_or_an_error(
    pack: object, data: bytes, cut: int, flips: list[tuple[int, int]]
) -> None:
    packed = bytearray(pack(data))  # type: ignore[operator]
    del packed[max(4, len(packed) - cut) :]
    for place, flip in flips:
        packed[place % len(packed)] ^= flip
    if (kind := packing(bytes(packed))) is None:
        return
    try:
        found = unpacked(io.BytesIO(bytes(packed)), kind, USUAL).read()
    except InputError as error:
        code = error.code
    else:
        code = "ok"
        assert flips or found == data
    assert code in ("ok", f"damaged-{kind}", "ratio", "too-large")
