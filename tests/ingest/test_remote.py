"""Paths of stores: read as local ones are, and only where a user names them."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from ingest.hostile import PAGE, parquet, warc_record

from detector.errors import InputError
from detector.ingest import read
from detector.ingest.folder import is_read
from detector.text import Failure, Record


@pytest.fixture
def store() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    yield system
    for name in system.find("/"):
        system.rm(name)


def test_a_file(store: fsspec.AbstractFileSystem) -> None:
    store.pipe("/news/a.jsonl.gz", gzip.compress(b'{"text": "one"}\n{"text": "two"}\n'))
    rows = list(read(["memory://news/a.jsonl.gz"]))
    assert [row.id for row in rows] == ["memory://news/a.jsonl.gz:1", "memory://news/a.jsonl.gz:2"]
    assert [row.provenance.file for row in rows if row.provenance] == ["memory://news/a.jsonl.gz"] * 2


def test_a_folder(store: fsspec.AbstractFileSystem) -> None:
    store.pipe(
        {
            "/news/b.txt": b"A story.",
            "/news/a/c.warc.gz": gzip.compress(warc_record(PAGE.encode())),
            "/news/d.parquet": parquet({"text": ["one"]}),
            "/news/.git/e.txt": b"hidden",
            "/news/photo.png": b"\x89PNG",
        }
    )
    rows = list(read(["memory://news"]))
    assert all(isinstance(row, Record) for row in rows)
    files = [row.provenance.file for row in rows if row.provenance]
    assert files == ["memory://news/a/c.warc.gz", "memory://news/b.txt", "memory://news/d.parquet"]


def test_paths_are_checked_before_anything_is_read(store: fsspec.AbstractFileSystem) -> None:
    for path, code in [
        ("memory://nothing/there.txt", "not-found"),
        ("nosuchprotocol://a/b.txt", "unreadable"),
        ("zip://a.txt::memory://a.zip", "unreadable"),
    ]:
        with pytest.raises(InputError) as caught:
            read([path])
        assert caught.value.code == code, path
    store.pipe("/news/photo.png", b"\x89PNG")
    with pytest.raises(InputError, match="expected files of these kinds"):
        read(["memory://news"])


def test_a_store_that_fails_is_a_failure(store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its errors are of its own library; the run goes on."""
    store.pipe({"/news/a.txt": b"A story.", "/news/b.txt": b"Another."})
    whole = type(store)._open

    def fails(self: object, path: str, *args: object, **options: object) -> object:
        if path.endswith("a.txt"):
            raise RuntimeError("the bucket is on fire")
        return whole(self, path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store), "_open", fails)
    failure, record = read(["memory://news"])
    assert isinstance(failure, Failure)
    assert (failure.code, failure.id) == ("unreadable", "memory://news/a.txt")
    assert "on fire" in failure.message
    assert isinstance(record, Record)


def test_an_output_is_never_an_input_of_a_store(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("")
    assert not is_read(tmp_path / "out.jsonl", ["memory://news"])


def test_without_the_extra_local_paths_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    (tmp_path / "a.txt").write_text("A story.")
    assert len(list(read([tmp_path]))) == 1
    with pytest.raises(InputError, match=r"pip install 'unspin\[remote\]'"):
        read(["s3://news/a.txt"])


@pytest.mark.parametrize(
    "inside", [b"memory://news/a.txt", b'{"text": "memory://news/a.txt"}', b'{"url": "/etc/passwd"}']
)
def test_paths_inside_inputs_are_only_text(inside: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    for row in read(["-"], io.BytesIO(inside)):
        assert isinstance(row, Failure) or "memory" in row.content
