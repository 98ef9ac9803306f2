"""Memory of a long run, over time: `unspin score` fed through a pipe, its processes looked at as it goes.

    python -m benchmarks.memory [--articles 1000000] [--workers 2]

The articles are made of the sentences of data/sample, hardly longer than the shortest that get a verdict, and repeated
under other ids. Unique memory is what a process shares with no other: the model's tables are mapped, and so not in it.
Linux only. What else the machine does makes it slower, and changes no figure of memory.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import click

from benchmarks.kills import MADE_AT_A_TIME, UNSPIN, WORDS
from benchmarks.speed import made_articles

LOOKS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)  # rows written
LOOK_EVERY = 0.2  # seconds between two looks at how many there are
MB = 1e6


class Look(NamedTuple):
    """Unique memory in bytes, of the main process and of the largest worker, after so many seconds."""

    rows: int
    seconds: float
    main: int
    worker: int


@click.command()
@click.option("--articles", type=click.IntRange(min=LOOKS[0]), default=LOOKS[-1], show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
def main(articles: int, workers: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="unspin-memory-") as folder:
        out = Path(folder) / "out.jsonl"
        command = [*UNSPIN, "score", "-", "--workers", str(workers)]
        with out.open("wb") as written, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=written) as run:
            assert run.stdin is not None
            print(f"{'articles':>10}{'seconds':>10}{'main process, MB':>18}{'a worker, MB':>14}   (unique memory)")
            for look in _looks(run.pid, out, _fed(run.stdin, articles)):
                print(f"{look.rows:10,}{look.seconds:10,.0f}{look.main / MB:18.0f}{look.worker / MB:14.0f}", flush=True)
    sys.exit(run.returncode)


def _fed(stdin: IO[bytes], n: int) -> Iterator[int]:
    """Write articles until the pipe is full, again and again; give how many were written so far."""
    texts = [one.content for one in made_articles(min(n, MADE_AT_A_TIME), words=WORDS)]
    for i in range(n):
        stdin.write(json.dumps({"id": str(i), "text": texts[i % len(texts)]}).encode() + b"\n")
        yield i + 1
    stdin.close()


def _looks(pid: int, out: Path, fed: Iterator[int]) -> Iterator[Look]:
    """One for each of LOOKS that is reached, soon after it is."""
    started = looked = time.monotonic()
    coming, rows, at = list(LOOKS), 0, 0
    with out.open("rb") as results:
        for _ in fed:
            if coming and (now := time.monotonic()) - looked >= LOOK_EVERY:
                looked = now
                while block := results.read(1 << 20):
                    rows += block.count(b"\n")
                while coming and rows >= coming[0]:
                    at = coming.pop(0)
                    yield Look(rows, now - started, _unique(pid), max(map(_unique, _children(pid)), default=0))
        if rows > at:
            yield Look(rows, time.monotonic() - started, _unique(pid), max(map(_unique, _children(pid)), default=0))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _unique(pid: int) -> int:
    said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+:\s+(\d+) kB", said, re.MULTILINE))


if __name__ == "__main__":
    main()
