"""Whether runs are safe to kill: kill -9 at random moments, --resume, and the bytes of a run that nobody touched.

    python -m benchmarks.kills [--articles 20000] [--kills 50] [--cluster] [--keep FOLDER]

The whole process group is killed, at a moment between its start and two shards later. A run that gets to its end is
compared, and the next one begins; after the last kill the run in work is brought to its end. With --cluster the runs
are on a Dask cluster of separate processes on this machine, and before each kill of a run one of its workers is killed.
The input is a crawl, a .warc.gz of web pages: articles made of the sentences of data/sample, hardly longer than the
shortest that get a verdict. With --keep it stays in FOLDER, to be scored, watched and killed by hand.
"""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random

import click

from benchmarks.local_cluster import LocalCluster, local_cluster
from benchmarks.reading import warc_record
from benchmarks.speed import made_articles
from detector.batch.shards import SHARD_ITEMS, folder_of

ROOT = Path(__file__).parents[1]
UNSPIN = [sys.executable, "-c", "from detector.cli import main; main()"]
WORDS = 160  # fewer than 120, headline and dateline aside, get no verdict
START_SECONDS = 3.0  # until a run scores; about
MADE_AT_A_TIME = 500  # different articles; they are repeated under other ids


@dataclass
class Kills:
    """What became of the runs that were killed."""

    kills: int = 0
    saved: int = 0
    ends: int = 0
    differing: int = 0


@click.command()
@click.option("--articles", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option("--kills", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--cluster", "on_cluster", is_flag=True, help="On a Dask cluster of separate processes on this machine.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Make the crawl here, and leave it.")
@click.option("--seed", type=int, default=0, show_default=True)
def main(articles: int, kills: int, workers: int, on_cluster: bool, keep: Path | None, seed: int) -> None:
    """Measure and print; exit code 1 where a run differs."""
    with tempfile.TemporaryDirectory(prefix="unspin-kills-") as folder, _cluster(on_cluster, workers) as cluster:
        whole, out = (Path(folder) / name for name in ("whole.jsonl", "out.jsonl"))
        source = (keep or Path(folder)) / "crawl.warc.gz"
        source.parent.mkdir(parents=True, exist_ok=True)
        _write_crawl(source, articles)
        where = ["--workers", str(workers)] if cluster is None else ["--cluster", cluster.address]
        command = [*UNSPIN, "score", str(source), *where, "--resume", "-o"]
        started = time.monotonic()
        _run_to_the_end([*command, str(whole)])
        undisturbed = time.monotonic() - started
        n_shards = -(-articles // SHARD_ITEMS)
        print(f"{articles:,} articles in {n_shards} shards; undisturbed {undisturbed:.0f} s", flush=True)
        rng, total = Random(seed), Kills()
        longest = START_SECONDS + 2 * undisturbed / n_shards
        while total.kills < kills:
            _one_turn([*command, str(out)], out, rng.uniform(0, longest), cluster, total)
            _compare(out, whole, total)
            click.echo(f"{total.kills} kills, {total.saved} shards saved, {total.ends} runs ended", err=True)
        if folder_of(out).exists() or not total.ends:
            _run_to_the_end([*command, str(out)])
            _compare(out, whole, total)
        seconds = time.monotonic() - started
    print(
        f"{total.kills} kills, after which {total.saved} finished shards were there that were not before; "
        f"{total.ends} runs brought to their end, {total.ends - total.differing} of them byte for byte the undisturbed "
        f"one; {seconds:.0f} s in all"
    )
    sys.exit(1 if total.differing else 0)


@contextmanager
def _cluster(wanted: bool, workers: int) -> Iterator[LocalCluster | None]:
    with local_cluster(workers, environment={"PYTHONPATH": str(ROOT)}) if wanted else nullcontext() as cluster:
        yield cluster


def _write_crawl(path: Path, n: int) -> None:
    """A member a record, as crawlers write them."""
    made = [_page(one.content) for one in made_articles(min(n, MADE_AT_A_TIME), words=WORDS)]
    with path.open("wb") as file:
        file.writelines(gzip.compress(warc_record(i, made[i % len(made)]), 6, mtime=0) for i in range(n))


def _page(text: str) -> str:
    title, *paragraphs = (escape(part) for part in text.split("\n\n"))
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>\n{body}</article></body></html>"


def _run_to_the_end(command: list[str]) -> None:
    done = subprocess.run(command, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    if done.returncode:
        raise click.ClickException(f"the run ended with {done.returncode}: {done.stderr.decode()[-1000:]}")


def _one_turn(command: list[str], out: Path, seconds: float, cluster: LocalCluster | None, total: Kills) -> None:
    """Run for so long, then kill it, if it has not ended."""
    before = _n_shards(out)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True) as run:
        if cluster is not None:
            seconds /= 2
            time.sleep(seconds)
            for worker in cluster.worker_processes()[:1]:
                os.kill(worker, signal.SIGKILL)
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            total.kills += 1
    if run.returncode == -signal.SIGKILL:
        total.saved += max(0, _n_shards(out) - before)
    elif run.returncode:
        raise click.ClickException(f"a run that was resumed ended with {run.returncode}")


def _n_shards(out: Path) -> int:
    """How many shards are finished."""
    return len(list(folder_of(out).glob("[0-9]*.json")))


def _compare(out: Path, whole: Path, total: Kills) -> None:
    """Compare a run that got to its end, and remove it for the next one."""
    if out.exists():
        total.ends += 1
        total.differing += out.read_bytes() != whole.read_bytes()
        out.unlink()


if __name__ == "__main__":
    main()
