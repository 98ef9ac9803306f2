"""How much of an input was read: by bytes on the disk, and not at all where no size is known."""

from __future__ import annotations

import gzip
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from detector.cli.progress import time_left
from detector.ingest import Extent, Limits, read

LINES = "".join(
    json.dumps({"id": str(i), "text": "The ferry to Orsk was late again. " * 40}) + "\n" for i in range(400)
)


def test_share_grows_to_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINES, encoding="utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(LINES.encode()))
    extent = Extent()
    shares = [extent.share for _ in read([tmp_path], limits=Limits(ratio=10_000), extent=extent)]
    known = [share for share in shares if share is not None]
    assert len(known) == 800
    assert known == sorted(known)
    assert 0 < known[0] < 0.6 < known[400]
    assert extent.share == 1.0


@pytest.mark.parametrize("first", [True, False])
def test_standard_input_has_no_share(tmp_path: Path, first: bool) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Nothing much.", encoding="utf-8")
    extent = Extent()
    paths: list[str | Path] = ["-", file] if first else [file, "-"]
    assert len(list(read(paths, io.BytesIO(b"A word."), extent=extent))) == 2
    assert extent.share is None


def test_named_pipe_has_no_share(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    extent = Extent()
    rows = read([pipe], extent=extent)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(pipe.write_text, "A word.")
        assert len(list(rows)) == 1
    assert extent.share is None


def test_file_that_goes_away_was_not_read(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("A word.", encoding="utf-8")
    extent = Extent()
    rows = read([tmp_path], extent=extent)
    (tmp_path / "a.txt").unlink()
    assert len(list(rows)) == 1
    assert extent.share == 0.5


@pytest.mark.parametrize(
    ("spent", "before", "now", "left"),
    [
        (10.0, 0.0, 0.25, 30),
        (10.0, 0.5, 0.75, 10),  # the first half was done by a run that was stopped
        (10.0, 0.5, 0.5, None),  # nothing read yet
        (10.0, None, None, None),
        (10.0, 0.0, 1.0, 0),
    ],
)
def test_time_left(spent: float, before: float | None, now: float | None, left: int | None) -> None:
    assert time_left(spent, before, now) == left
