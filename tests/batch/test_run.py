"""Runs to a file: whatever stops one, it goes on to the same bytes; what changed meanwhile is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from detector.batch import shards as shard_module
from detector.batch.rows import Row
from detector.batch.run import run, share_of
from detector.batch.shards import folder_of
from detector.batch.worker import Settings
from detector.cli import main
from detector.errors import InputError
from detector.findings import ModelInfo
from detector.text import Failure, Record

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SETTINGS = Settings(None, None, ModelInfo("news-en", "1", "0"), 0.01, "flagged")
Item = Record | Failure


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_module, "SHARD_ITEMS", 10)


def articles(n: int) -> list[Item]:
    return [Record(str(i), f"Story {i}.") for i in range(n)]


def rows(items: Iterable[Item]) -> Iterator[Row]:
    for item in items:
        status = "error" if item.id.endswith("7") else "ok"
        line = json.dumps({"id": item.id, "status": status}).encode() + b"\n"
        yield Row(line, status, None if status == "error" else "no_signs", False, "bad" if status == "error" else None)


def stopped(items: Iterable[Item], after: int) -> Iterator[Row]:
    yield from islice(rows(items), after)
    raise KeyboardInterrupt


def begin(output: Path, n: int, after: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(articles(n), lambda items: stopped(items, after), SETTINGS, output)


@pytest.mark.parametrize("n", [0, 1, 9, 10, 11, 20, 95])
@pytest.mark.parametrize("after", [0, 1, 10, 15, 60])
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(tmp_path: Path, n: int, after: int) -> None:
    whole, stopped_one = tmp_path / "whole.jsonl", tmp_path / "stopped.jsonl"
    counts = run(articles(n), rows, SETTINGS, whole)
    if after <= n:
        begin(stopped_one, n, after)
    scored: list[str] = []

    def watched(items: Iterable[Item]) -> Iterator[Row]:
        for item, row in _paired(items):
            scored.append(item.id)
            yield row

    again = run(articles(n), watched, SETTINGS, stopped_one, resume=True)
    assert stopped_one.read_bytes() == whole.read_bytes()
    assert again == counts
    assert len(scored) == (n - after // 10 * 10 if after <= n else n)  # nothing is scored twice
    assert sorted(os.listdir(tmp_path)) == ["stopped.jsonl", "whole.jsonl"]


def _paired(items: Iterable[Item]) -> Iterator[tuple[Item, Row]]:
    for item in items:
        yield item, next(rows([item]))


@pytest.mark.parametrize("at", [".jsonl", ".json"])
def test_an_interrupt_while_a_shard_is_finished_does_not_lose_it(
    tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(part: Path, path: Path) -> None:
        os.rename(part, path)
        if path.name == f"0000000{at}":
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(shard_module.os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            run(articles(40), rows, SETTINGS, tmp_path / "out.jsonl")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert n_scored_again(tmp_path / "out.jsonl", 40) == 30


def test_who_stops_at_the_last_row_of_a_shard_has_it_finished(tmp_path: Path) -> None:
    def watch(coming: Iterable[Row], counts: object) -> Iterator[Row]:
        yield from islice(coming, 10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(articles(40), rows, SETTINGS, tmp_path / "out.jsonl", watch=watch)
    assert n_scored_again(tmp_path / "out.jsonl", 40) == 30


def n_scored_again(output: Path, n: int) -> int:
    scored: list[Item] = []

    def watched(items: Iterable[Item]) -> Iterator[Row]:
        for item in items:
            scored.append(item)
            yield from rows([item])

    run(articles(n), watched, SETTINGS, output, resume=True)
    assert [json.loads(line)["id"] for line in output.read_bytes().splitlines()] == [str(i) for i in range(n)]
    return len(scored)


def test_counts_are_of_all_articles(tmp_path: Path) -> None:
    begin(tmp_path / "out.jsonl", 40, 25)
    counts = run(articles(40), rows, SETTINGS, tmp_path / "out.jsonl", resume=True)
    assert counts == {"ok": 36, "error": 4, "verdict no_signs": 36, "error bad": 4}


@pytest.mark.parametrize("changed", [0, 9, 19])
def test_a_changed_input_is_refused(tmp_path: Path, changed: int) -> None:
    begin(tmp_path / "out.jsonl", 40, 25)
    others = articles(40)
    others[changed] = Record(str(changed), "Another story.")
    with pytest.raises(InputError, match="are not those that the run began with") as raised:
        run(others, rows, SETTINGS, tmp_path / "out.jsonl", resume=True)
    assert raised.value.code == "changed-input"
    with pytest.raises(InputError, match="articles 11 to 20"):
        run(articles(12), rows, SETTINGS, tmp_path / "out.jsonl", resume=True)


def test_other_options_are_refused_and_named(tmp_path: Path) -> None:
    begin(tmp_path / "out.jsonl", 40, 25)
    other = Settings(None, None, ModelInfo("news-en", "2", "0"), 0.001, "flagged")
    with pytest.raises(InputError, match=r"model was .*options was") as raised:
        run(articles(40), rows, other, tmp_path / "out.jsonl", resume=True)
    assert raised.value.code == "changed-run"


def test_without_resume_a_run_begins_anew(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    begin(out, 40, 25)
    assert out.read_text() == "old\n"
    run(articles(15), rows, SETTINGS, out)
    assert len(out.read_bytes().splitlines()) == 15
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_damaged_shard_is_scored_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    begin(out, 40, 35)
    (folder_of(out) / "0000001.jsonl").write_bytes(b"{}\n")
    run(articles(40), rows, SETTINGS, out, resume=True)
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == [str(i) for i in range(40)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_plan_that_cannot_be_read_is_said(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "out.jsonl"
    begin(out, 40, 25)
    (folder_of(out) / "plan.json").write_bytes(content)
    with pytest.raises(InputError, match="run again without --resume"):
        run(articles(40), rows, SETTINGS, out, resume=True)


def test_two_runs_to_one_file_are_refused(tmp_path: Path) -> None:
    def second(items: Iterable[Item]) -> Iterator[Row]:
        with pytest.raises(InputError, match="another process is writing"):
            run(articles(5), rows, SETTINGS, tmp_path / "out.jsonl")
        yield from rows(items)

    assert run(articles(5), second, SETTINGS, tmp_path / "out.jsonl")["ok"] == 5


def test_shares_are_whole(tmp_path: Path) -> None:
    items = articles(4_500)
    shares = [list(share_of(items, number, 3)) for number in (1, 2, 3)]
    assert sorted(int(item.id) for share in shares for item in share) == list(range(4_500))
    assert [len(share) for share in shares] == [2_000, 1_500, 1_000]


def test_a_process_that_is_killed_again_and_again_ends_with_the_same_bytes(tmp_path: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*/*.txt"))]
    source = tmp_path / "in.jsonl"
    lines = [json.dumps({"id": str(i), "text": texts[i % len(texts)]}) for i in range(600)]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    small = ["-c", "import detector.batch.shards as s; s.SHARD_ITEMS = 64; from detector.cli import main; main()"]
    command = [sys.executable, *small, "score", str(source), "--workers", "2", "--evidence", "none"]
    subprocess.run([*command, "-o", tmp_path / "whole.jsonl"], check=True, capture_output=True)
    rng = Random(1)
    for _ in range(3):
        with subprocess.Popen(
            [*command, "-o", tmp_path / "out.jsonl", "--resume"], stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            time.sleep(1.0 + 2 * rng.random())
            os.killpg(process.pid, signal.SIGKILL)
    subprocess.run([*command, "-o", tmp_path / "out.jsonl", "--resume"], check=True, capture_output=True)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_summary_tells_why_and_where(tmp_path: Path) -> None:
    story = (SAMPLE / "spun" / "karsania-dezhar-offensive.txt").read_text(encoding="utf-8")
    rows = [
        {"id": "1", "text": story, "url": "https://www.spin.example/a"},
        {"id": "2", "text": story, "url": "https://spin.example/b"},
        {"id": "3", "text": "Too short.", "outlet": "Coast News"},
        {"id": "4"},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = CliRunner().invoke(
        main, ["score", f"{tmp_path}/in.jsonl", "-o", f"{tmp_path}/out.csv", "--summary", f"{tmp_path}/summary.json"]
    )
    assert result.exit_code == 4
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["status"] == {"ok": 2, "abstained": 1, "error": 1}
    assert (summary["articles"], summary["flagged"], summary["verdicts"]) == (4, 2, {"spun": 2})
    assert summary["errors"] == {"missing-field": 1}
    assert summary["sites"] == {
        "spin.example": {"articles": 2, "flagged": 2},
        "coast news": {"articles": 1, "flagged": 0},
    }


@pytest.mark.parametrize("name", ["out.tsv", "out.xlsx", "out.jsonl.bz2", "out.csv.gz", "out.parquet.zst", "OUT.HTML"])
def test_an_output_that_would_not_be_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "Too short."}\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["score", f"{tmp_path}/in.jsonl", "-o", f"{tmp_path}/{name}"])
    assert result.exit_code == 2
    assert (
        f"expected an output that ends in .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet, got {tmp_path}/{name}"
        in (result.stderr)
    )
    assert os.listdir(tmp_path) == ["in.jsonl"]


def test_a_column_that_no_result_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "Too short.", "desk_no": 7}\n', encoding="utf-8")
    command = ["score", f"{tmp_path}/in.jsonl", "--columns"]
    wrong = CliRunner().invoke(main, [*command, "id,verdikt"])
    assert wrong.exit_code == 2
    assert "got 'verdikt'; there are id, status" in wrong.stderr
    assert wrong.stdout == ""
    right = CliRunner().invoke(main, [*command, "id,input.desk_no,classes.spun.probability"])
    assert json.loads(right.stdout) == {"id": "1", "input.desk_no": 7, "classes.spun.probability": None}
