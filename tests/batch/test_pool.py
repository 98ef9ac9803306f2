"""Worker processes: an article that hangs, or ends its process, costs itself and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from wild_work import wild_work

from detector.batch import worker
from detector.batch.pool import Item, Pool
from detector.batch.stream import Scorer
from detector.errors import DetectorError
from detector.findings import Refusal
from detector.text import Failure, Record

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings() -> worker.Settings:
    return Scorer.open(None, None, max_fpr=0.01, evidence="flagged").settings


def lost(item: Item, refusal: Refusal) -> str:
    return f"{item.id} {refusal.code}"


def results_of(settings: worker.Settings, chunks: list[list[str]], seconds: float = 60) -> list[list[str]]:
    numbered = [
        [Record(f"{c}.{i}", content) for i, content in enumerate(contents)] for c, contents in enumerate(chunks)
    ]
    return list(Pool(settings, 2, wild_work, lost, seconds).run(numbered))


def test_a_page_that_hangs_is_an_error_and_its_neighbours_are_not(settings: worker.Settings) -> None:
    chunks = [["a", "hang", "b"], ["c"], ["d", "e"], ["hang"], ["f"]]
    assert results_of(settings, chunks, seconds=0.5) == [
        ["0.0", "0.1 timeout", "0.2"],
        ["1.0"],
        ["2.0", "2.1"],
        ["3.0 timeout"],
        ["4.0"],
    ]


def test_a_page_that_ends_its_process_is_an_error_and_its_neighbours_are_not(settings: worker.Settings) -> None:
    chunks = [["a", "b", "die"], ["die", "c"], ["d"], ["die", "die"]]
    assert results_of(settings, chunks) == [
        ["0.0", "0.1", "0.2 crashed"],
        ["1.0 crashed", "1.1"],
        ["2.0"],
        ["3.0 crashed", "3.1 crashed"],
    ]


def test_where_nobody_is_to_blame_each_is_tried_alone(settings: worker.Settings) -> None:
    assert results_of(settings, [["a", "together", "b"]]) == [["0.0", "0.1", "0.2"]]


def test_processes_that_never_begin_end_the_run(settings: worker.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.batch.worker.start", os._exit)
    with pytest.raises(DetectorError, match="before it began"):
        results_of(settings, [["a"]])


def test_no_more_is_read_than_can_be_in_work(settings: worker.Settings) -> None:
    read = 0

    def endless() -> Iterator[list[Item]]:
        nonlocal read
        while True:
            read += 1
            yield [Failure("x", "y", "z")]

    results = Pool(settings, 2, wild_work, lost, 60).run(endless())
    assert next(results) == ["x"]
    assert read <= 7
    results.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there processes do not hear of their parent's end")
def test_processes_end_with_a_parent_that_was_killed() -> None:
    command = [sys.executable, "-c", PARENT]
    environment = os.environ | {"PYTHONPATH": "."}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        try:
            parent.communicate(timeout=30)  # whoever lives holds the pipe open
        except subprocess.TimeoutExpired:
            os.kill(child, signal.SIGKILL)
            raise


PARENT = """
from detector.batch.stream import Scorer
from detector.batch import worker
import os, time
executor = worker.executor(Scorer.open(None, None, max_fpr=0.01, evidence="none").settings)
print(executor.submit(os.getpid).result(), flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no bound on what a process has of its own")
def test_memory_is_bounded_for_what_articles_ask(settings: worker.Settings) -> None:
    bounded = replace(settings, megabytes=300)
    assert results_of(bounded, [["eat", "a"]]) == [["0.0 crashed", "0.1"]]
    assert results_of(settings, [["eat", "a"]]) == [["0.0", "0.1"]]
