"""What a Dask worker keeps between chunks: its scoring processes, a bounded number of them, for a bounded time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from detector import __version__
from detector.archive import create
from detector.batch import cluster_task
from detector.batch.cluster_task import Task, score_on_worker
from detector.batch.pool import Item
from detector.batch.stream import Scorer
from detector.batch.worker import Settings, chunk_rows
from detector.errors import ClusterError
from detector.findings import Refusal
from detector.text import Failure

CHUNK = [Failure("x", "y", "z")]


@pytest.fixture
def settings(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    here = SimpleNamespace(address="tcp://here:1", state=SimpleNamespace(nthreads=1))
    monkeypatch.setattr(cluster_task, "_dask_worker", lambda: here)
    monkeypatch.setattr(cluster_task, "_keep_watch", lambda: None)
    yield Scorer.open(model_folder, None, max_fpr=0.01, evidence="flagged").settings
    cluster_task.end_idle(0)


def process(chunk: Sequence[Item]) -> list[int]:
    return [os.getpid() for _ in chunk]


def lost(item: Item, refusal: Refusal) -> int:
    return 0


def test_a_process_is_kept_for_the_same_settings(settings: Settings) -> None:
    def process_at(seconds: float) -> int:
        return score_on_worker(Task(__version__, settings, process, seconds, lost), CHUNK)[0]

    first = process_at(60)
    assert process_at(60) == first
    others = {process_at(61), process_at(62)}
    assert len(cluster_task._idle) == 2
    assert process_at(60) not in {first, *others}  # it was the longest idle, and had to go


def test_an_archive_of_another_size_is_refused(settings: Settings, tmp_path: Path) -> None:
    create(tmp_path / "wire")
    same = replace(settings, archive=tmp_path / "wire", texts=0)
    assert score_on_worker(Task(__version__, same, chunk_rows, 60, lost), CHUNK)
    with pytest.raises(ClusterError, match=r"on the Dask worker at tcp://here:1: expected 5 texts in .*wire, got 0"):
        score_on_worker(Task(__version__, replace(same, texts=5), chunk_rows, 60, lost), CHUNK)
    assert [kept.task.settings for kept in cluster_task._idle] == [same]


def test_a_process_that_nobody_asks_ends(settings: Settings) -> None:
    (there,) = score_on_worker(Task(__version__, settings, process, 60, lost), CHUNK)
    cluster_task.end_idle(60)
    os.kill(there, 0)
    cluster_task.end_idle(0)
    assert not cluster_task._idle
    with pytest.raises(ProcessLookupError):
        os.kill(there, 0)
