"""Every hostile file becomes one row, by the readers and by the command; nothing crashes, hangs or fills the memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ingest.hostile import MANY, ONE_ROW, TWO_ROWS, Hostile

from detector.errors import InputError
from detector.ingest import prepare, read
from detector.text import Failure, Record

SECONDS = 5  # on a machine with other work; alone the slowest takes a fifth of it
# Peak resident memory of each process of the command, in kilobytes; 226,000 were measured, the mapped model included.
MOST_KILOBYTES = 400_000
SCORE = r"""
import re, resource, sys
from pathlib import Path
from detector.cli import main
try:
    main()
finally:
    own = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())  # ru_maxrss begins with the parent's
    print(own[1], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def outcomes(name: str, made: Hostile, folder: Path) -> list[str]:
    """The code of each row, "ok" for an article."""
    path = folder / name
    path.write_bytes(made[name]())
    return [outcome(row) for row in read([path])]


def outcome(row: Record | Failure) -> str:
    assert row.provenance is not None
    if isinstance(row, Failure):
        assert row.message.startswith(str(row.provenance.file)[:40])
        return row.code
    try:
        prepare(row).text.encode("utf-8")
    except InputError as error:
        return error.code
    return "ok"


def test_there_are_enough_kinds() -> None:
    assert len(ONE_ROW) >= 60


@pytest.mark.parametrize("name", ONE_ROW)
def test_a_hostile_file_is_one_row(name: str, tmp_path: Path) -> None:
    started = time.process_time()
    assert len(outcomes(name, ONE_ROW, tmp_path)) == 1
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("name", TWO_ROWS)
def test_behind_a_wrong_length_there_is_one_row_for_the_rest(name: str, tmp_path: Path) -> None:
    assert outcomes(name, TWO_ROWS, tmp_path)[1:] == ["damaged-warc"]


@pytest.mark.parametrize("name", MANY)
def test_rows_out_of_nothing_end_at_the_ratio(name: str, tmp_path: Path) -> None:
    codes = outcomes(name, MANY, tmp_path)
    assert codes[-1] == "ratio"
    assert "ratio" not in codes[:-1]
    assert len(codes) < 50_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bomb.warc.gz", "ratio"),
        ("bomb.html.zst", "ratio"),
        ("page-bomb.parquet", "ratio"),
        ("lying-page.parquet", "ratio"),
        ("endless-line.jsonl", "too-large"),
        ("gzip-bomb-page.warc", "too-large"),
        ("deflate-bomb-page.warc", "too-large"),
        ("brotli-bomb-page.warc", "too-large"),
        ("checksum.html.gz", "damaged-gzip"),
        ("cut.jsonl.zst", "damaged-zstd"),
        ("long-length.warc", "truncated"),
        ("outside.xml", "document-type"),
    ],
)
def test_what_is_wrong_is_named(name: str, code: str, tmp_path: Path) -> None:
    assert outcomes(name, ONE_ROW, tmp_path) == [code]


def test_the_command_gives_one_row_a_file(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    made = {**ONE_ROW, **TWO_ROWS}
    for name, make in made.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-c", SCORE, "score", str(folder), "-o", str(output), "--doc-timeout", "10"]
    done = subprocess.run([*command, "--workers", "1"], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert max(map(int, done.stderr.splitlines()[-1].split())) < MOST_KILOBYTES
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    files = [Path(row["provenance"]["file"]).name for row in rows]
    assert sorted(files) == sorted([*ONE_ROW, *TWO_ROWS, *TWO_ROWS])
    assert {row["status"] for row in rows} == {"error", "abstained"}
