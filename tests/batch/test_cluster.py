"""A real Dask cluster of separate processes: the same bytes, whichever of them is killed; the rest is said in words."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from wild_work import wild_work

from benchmarks.local_cluster import LocalCluster, local_cluster
from detector.batch import cluster_place, worker
from detector.batch.chunks import CHUNK_ITEMS
from detector.batch.cluster import CHUNKS_PER_THREAD, Cluster
from detector.batch.cluster_place import Place, connected
from detector.batch.pool import Item
from detector.batch.shards import folder_of
from detector.batch.stream import Scorer
from detector.errors import ClusterError
from detector.findings import Refusal
from detector.ingest import read
from detector.text import Failure, Record

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
SPUN = SAMPLE / "spun" / "kenya-rate-cut.txt"
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}
UNSPIN = [
    sys.executable,
    "-c",
    "import detector.batch.shards as s; s.SHARD_ITEMS = 32; from detector.cli import main; main()",
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with local_cluster(workers=2, environment=ENVIRONMENT) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster: LocalCluster) -> Iterator[distributed.Client]:
    with connected(Place(cluster.address)) as client:
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.open(None, None, max_fpr=0.01, evidence="flagged")


@pytest.fixture(scope="module")
def settings(scorer: Scorer) -> worker.Settings:
    return scorer.settings


def articles(n: int) -> list[Item]:
    """Beginnings of untouched stories, and a whole one that has marks to explain."""
    spun, *clean = [path.read_text("utf-8") for path in (SPUN, *sorted(SAMPLE.glob("clean/*.txt")))]
    return [Record(str(i), spun if i == 70 else clean[i % len(clean)][:900]) for i in range(n)]


def lost(item: Item, refusal: Refusal) -> str:
    return f"{item.id} {refusal.code}"


def test_a_cluster_gives_the_same_bytes_also_when_a_worker_is_killed(
    cluster: LocalCluster, client: distributed.Client, scorer: Scorer
) -> None:
    items = articles(4 * CHUNK_ITEMS)
    items[5] = Failure("bad", "invalid-json", "line 6: expected an object")
    rows = scorer.rows_on(client, items)
    there = [next(rows)]
    os.kill(cluster.worker_processes()[0], signal.SIGKILL)
    there += rows
    assert there == list(scorer.rows_here(items))


def test_articles_that_hang_or_end_a_process_cost_themselves(
    client: distributed.Client, settings: worker.Settings
) -> None:
    contents = [["a", "hang", "b", "die"], ["c", "end the worker", "d"], ["e"]]
    chunks = [[Record(f"{c}.{i}", content) for i, content in enumerate(row)] for c, row in enumerate(contents)]
    results = list(Cluster(client, settings, wild_work, lost, 0.5).run(chunks))
    assert results[0] == ["0.0", "0.1 timeout", "0.2", "0.3 crashed"]
    assert results[1] == ["1.0", "1.1 crashed", "1.2"]
    assert results[2] == ["2.0"]


def test_no_more_is_read_than_can_be_in_work(client: distributed.Client, settings: worker.Settings) -> None:
    read = 0

    def endless() -> Iterator[list[Item]]:
        nonlocal read
        while True:
            read += 1
            yield [Failure("x", "y", "z")]

    results = Cluster(client, settings, wild_work, lost, 60).run(endless())
    assert next(results) == ["x"]
    assert read <= CHUNKS_PER_THREAD * 2
    results.close()


def test_what_differs_on_a_worker_is_said(
    client: distributed.Client, settings: worker.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(settings: worker.Settings, message: str) -> None:
        with pytest.raises(
            ClusterError, match=rf"on the Dask worker at tcp://127\.0\.0\.1:\d+: {message}.*need the same"
        ):
            Cluster(client, settings, wild_work, lost, 60)

    refused(replace(settings, model=Path("not/there")), f"no fitted model at {Path.cwd()}/not/there")
    refused(replace(settings, info=replace(settings.info, digest="0")), "expected a model with the manifest digest 0")
    monkeypatch.setattr("detector.batch.cluster.__version__", "0.0")
    refused(settings, "expected Unspin 0.0, got ")


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C cannot be sent to one process")
def test_a_run_that_is_interrupted_goes_on_without_the_cluster(
    cluster: LocalCluster, client: distributed.Client, scorer: Scorer, tmp_path: Path
) -> None:
    items = articles(4 * CHUNK_ITEMS)
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        "".join(json.dumps({"id": i.id, "text": i.content}) + "\n" for i in items if isinstance(i, Record))
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*UNSPIN, "score", str(source), "-o", str(out)]
    with subprocess.Popen([*command, "--cluster", cluster.address], stderr=subprocess.PIPE, env=environment) as run:
        assert run.stderr is not None
        while not (folder_of(out) / "0000001.json").exists() and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()
    assert run.returncode == 130
    assert "with --resume goes on" in said
    assert "Traceback" not in said
    assert len(client.nthreads()) == 2
    subprocess.run([*command, "--resume", "--workers", "1"], check=True, capture_output=True, env=environment)
    assert out.read_bytes() == b"".join(row.line for row in scorer.rows_here(read([source])))


def test_nothing_is_told_of_what_an_interrupt_met_half_way(
    client: distributed.Client, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()
    client.loop.add_callback(lambda: 1 / 0)
    client.loop.add_callback(done.set)
    assert done.wait(10)
    assert not caplog.records


@pytest.fixture
def tls(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key."""
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    try:
        subprocess.run(
            [*make, "-subj", "/CN=unspin-test", "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not installed, or too old to make a certificate")
    return certificate, key


def test_tls_and_a_scheduler_that_goes_away(
    tls: tuple[Path, Path], scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = tls
    options = ["--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]
    with local_cluster(workers=1, tls=options, environment=ENVIRONMENT) as cluster:
        with connected(Place(cluster.address, certificate, certificate, key)) as client:
            items = articles(3 * CHUNK_ITEMS)
            rows = scorer.rows_on(client, items)
            there = [next(rows) for _ in range(CHUNK_ITEMS)]
            assert there == list(scorer.rows_here(items[:CHUNK_ITEMS]))
            cluster.scheduler.kill()
            with pytest.raises(ClusterError, match="the scheduler"):
                list(rows)
        monkeypatch.setattr(cluster_place, "CONNECT_SECONDS", 0.5)
        refused(Place(cluster.address, certificate, certificate, key), "no Dask scheduler answers")


def refused(place: Place, message: str) -> None:
    started = time.monotonic()
    with pytest.raises(ClusterError, match=message), connected(place):
        pass
    assert time.monotonic() - started < 10


def test_a_cluster_without_workers_and_a_place_without_scheduler_are_said(
    settings: worker.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_place, "WORKER_SECONDS", 0.5)
    monkeypatch.setattr("detector.batch.cluster.WORKER_SECONDS", 0.5)
    with local_cluster(workers=0, environment=ENVIRONMENT) as cluster:
        refused(Place(cluster.address), r"no worker joined .* \(dask worker tcp://127")
        with distributed.Client(cluster.address) as client:  # as where all of them left since
            rows = Cluster(client, settings, wild_work, lost, 60).run([[Failure("x", "y", "z")]])
            with pytest.raises(ClusterError, match=r"all workers left, and none came back within 0.5 seconds"):
                next(rows)
    monkeypatch.setattr(cluster_place, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused(Place(f"tcp://127.0.0.1:{silent.getsockname()[1]}"), "no Dask scheduler answers")
    refused(Place("tcp://127.0.0.1:1"), "no Dask scheduler answers .* within 0.5 seconds")


def test_other_versions_are_refused() -> None:
    def packages(**changes: str) -> dict[str, dict[str, str]]:
        versions = {"python": "3.11.7.final.0", "dask": "2026.8.0", "distributed": "2026.8.0", "numpy": "2.4"}
        return {"packages": versions | changes}

    def check(scheduler: dict[str, dict[str, str]], here: dict[str, dict[str, str]]) -> None:
        cluster_place._check_versions({"client": packages(), "scheduler": scheduler, "workers": {"tcp://a:1": here}})

    check(packages(numpy="None"), packages(python="3.11.9.final.0", lz4="4"))
    with pytest.raises(ClusterError, match=r"expected distributed 2026.8.0 as here, got 2024.1.0 on tcp://a:1"):
        check(packages(), packages(distributed="2024.1.0"))
    with pytest.raises(ClusterError, match=r"expected python 3.11 as here, got 3.12 on the scheduler"):
        check(packages(python="3.12.1.final.0"), packages())


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (Place("8786"), "expected an address"),
        (Place("http://a:8786"), "expected an address"),
        (Place("tcp://a"), "expected an address"),
        (Place("tcp://a:1/x"), "expected an address"),
        (Place("tcp://a:8786", Path("x")), "expected tls://"),
        (Place("tls://a:8786"), "expected three files"),
        (Place("tls://a:8786", Path("x"), Path("x")), "expected three files"),
        (Place("tls://[::1]:8786", Path("x"), Path("x"), Path("x")), "no file for TLS at x"),
    ],
)
def test_wrong_places(place: Place, message: str) -> None:
    with pytest.raises(ClusterError, match=message):
        place.check()


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused(Place("tcp://127.0.0.1:1"), r"pip install 'unspin\[cluster\]'")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cluster", "tcp://a:1", "--workers", "2"], "--workers or --cluster, got both"),
        (["--cluster-ca", "x"], "expected --cluster ADDRESS"),
        (["--cluster", "nonsense"], "expected an address"),
    ],
)
def test_options_that_do_not_go_together(options: list[str], message: str) -> None:
    from click.testing import CliRunner

    from detector.cli import main

    done = CliRunner().invoke(main, ["score", str(SAMPLE / "clean"), *options])
    assert done.exit_code == 2
    assert message in done.stderr
