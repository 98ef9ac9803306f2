"""The commands: exit codes, what goes where, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from reports import FakeDetector

from detector.cli import COMMANDS, main
from detector.render import result_schema

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
UNSPIN = [sys.executable, "-c", "from detector.cli import main; main()"]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.batch.stream.Detector", FakeDetector)
    monkeypatch.setattr("detector.batch.stream.few", lambda items: (list(items), True))  # other processes have no fakes


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def unspin(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)


def json_lines(*texts: str) -> str:
    return "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text("Karsanian troops began a lights blitz.", encoding="utf-8")
    return path


@pytest.fixture
def clean_story(tmp_path: Path) -> Path:
    path = tmp_path / "clean.txt"
    path.write_text("Karsanian troops began a lightning offensive.", encoding="utf-8")
    return path


@pytest.fixture
def short_story(tmp_path: Path) -> Path:
    path = tmp_path / "short.txt"
    path.write_text("A short one.", encoding="utf-8")
    return path


@pytest.fixture
def unreadable(tmp_path: Path) -> Path:
    path = tmp_path / "unreadable.jsonl"
    path.write_text("{not json\n", encoding="utf-8")
    return path


pytestmark = pytest.mark.usefixtures("fake")


def test_score_writes_one_result_a_line_in_order() -> None:
    texts = [f"Story {i} of a lights blitz." for i in range(150)]
    done = unspin("score", "-", stdin=json_lines(*texts))
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [result["id"] for result in results] == [str(i) for i in range(150)]
    for result in results:
        Draft202012Validator(result_schema()).validate(result)
    assert done.stderr == "150 articles: 150 flagged, 0 without a verdict, 0 errors\n"


def test_score_makes_error_rows_and_goes_on() -> None:
    done = unspin("score", "-", stdin=json_lines("One lights blitz.") + "{not json\n" + json_lines("A short one."))
    assert done.exit_code == 4
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["ok", "error", "abstained"]
    assert done.stderr == "3 articles: 1 flagged, 1 without a verdict, 1 error\n"


def test_score_hands_its_options_on(story: Path) -> None:
    with_marks = json.loads(unspin("score", story, "--with-text").stdout)
    without = json.loads(unspin("score", story, "--evidence", "none").stdout)
    assert [mark["text"] for mark in with_marks["evidence"]] == ["lights blitz"]
    assert with_marks["text"] == story.read_text(encoding="utf-8")
    assert without["evidence"] == []
    assert "text" not in without


def test_an_output_is_replaced_whole(tmp_path: Path, story: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n", encoding="utf-8")
    out.chmod(0o640)
    done = unspin("score", story, "-o", out)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert json.loads(out.read_text(encoding="utf-8"))["flagged"] is True
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["out.jsonl", "story.txt"]


@pytest.mark.parametrize(("text", "exit_code"), [("interrupt", 130), ("crash", 2)])
def test_an_output_stays_when_the_run_fails(tmp_path: Path, text: str, exit_code: int) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n", encoding="utf-8")
    done = unspin("score", "-", "-o", out, stdin=json_lines("fine", *["more"] * 100, text))
    assert done.exit_code == exit_code
    assert out.read_text(encoding="utf-8") == "old\n"
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path, story: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "target.jsonl")
    assert unspin("score", story, "-o", tmp_path / "link.jsonl").exit_code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "target.jsonl").read_text(encoding="utf-8").startswith("{")
    assert unspin("score", story, "-o", "/dev/null").exit_code == 0
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize(
    ("given", "output"),
    [
        ("in.jsonl", "in.jsonl"),
        ("in.jsonl", "folder/../in.jsonl"),
        ("in.jsonl", "link.txt"),
        ("link.txt", "in.jsonl"),
        ("folder", "folder/in.jsonl"),
        ("folder", "folder/new.jsonl"),
        ("folder", "folder/sub/new.CSV"),
        ("folder", "folder/link.txt"),
        ("-", "in.jsonl"),
    ],
)
def test_an_output_that_is_an_input_is_refused(tmp_path: Path, given: str, output: str) -> None:
    (tmp_path / "folder" / "sub").mkdir(parents=True)
    for path in (tmp_path / "in.jsonl", tmp_path / "folder" / "in.jsonl"):
        path.write_text(json_lines("A short one."), encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "in.jsonl")
    (tmp_path / "folder" / "link.txt").symlink_to(tmp_path / "in.jsonl")
    with (tmp_path / "in.jsonl").open("rb") as stdin:
        args = [*UNSPIN, "score", given, "-o", output]
        done = subprocess.run(args, stdin=stdin, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert f"expected an output that is no input, got {Path(output)}" in done.stderr
    for path in (tmp_path / "in.jsonl", tmp_path / "folder" / "in.jsonl"):
        assert path.read_text(encoding="utf-8") == json_lines("A short one.")
    assert not (tmp_path / "folder" / "new.jsonl").exists()


@pytest.mark.parametrize("name", ["new.out", ".new.jsonl", ".hidden/new.jsonl"])
def test_an_output_may_lie_in_an_input_folder_where_it_is_not_read(tmp_path: Path, story: Path, name: str) -> None:
    (tmp_path / ".hidden").mkdir()
    assert unspin("score", tmp_path, "-o", tmp_path / name).exit_code == 0
    assert len((tmp_path / name).read_text(encoding="utf-8").splitlines()) == 1


def test_an_output_that_cannot_be_written_is_said(tmp_path: Path, story: Path) -> None:
    done = unspin("score", story, "-o", tmp_path / "none" / "out.jsonl")
    assert done.exit_code == 2
    assert f"no folder to write to at {tmp_path / 'none'}" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["no-such-file.txt"], "no-such-file.txt"),
        (["{story}", "--model", "missing"], "no fitted model at missing"),
        (["{story}", "--max-fpr", "0.0001"], "expected max_fpr of 0.001 or more"),
        (["{story}", "--max-fpr", "0.05"], "0.05 is not in the range"),
        (["{story}", "--max-fpr", "0"], "is not in the range"),
        ([], "Missing argument"),
    ],
)
@pytest.mark.parametrize("command", ["score", "check"])
def test_wrong_use_is_exit_code_2(story: Path, command: str, args: list[str], message: str) -> None:
    done = unspin(command, *[arg.format(story=story) for arg in args])
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["score", "check"])
def test_a_bug_is_no_wrong_use_and_no_flag(monkeypatch: pytest.MonkeyPatch, story: Path, command: str) -> None:
    def broken(items: object) -> None:
        raise ValueError("operands could not\nbe broadcast")

    monkeypatch.setattr("detector.batch.stream.chunks", broken)
    done = unspin(command, story)
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "Error: internal error: ValueError: operands could not be broadcast (test_cli.py, line "
    )
    assert done.stderr.endswith("); please report it\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["score", "check", "explain"])
@pytest.mark.parametrize(("closed", "name"), [("<&-", "input"), (">&-", "output"), ("<&- >&-", "input")])
def test_closed_streams_are_said(story: Path, command: str, closed: str, name: str) -> None:
    args = [command] if command == "explain" else [command, str(story)]
    done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *UNSPIN, *args], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: expected an open standard {name}, got a closed one")
    assert done.stderr.count("\n") == 1


def test_without_standard_error_messages_go_nowhere() -> None:
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *UNSPIN, "score", "missing.txt"], capture_output=True)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_row_that_cannot_be_judged_is_shown_with_its_id(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({"id": "a7", "text": "A lights blitz."}) + "\n" + '{"text": " "}\n', encoding="utf-8")
    shown = "".join(unspin("check", path).stdout.split())  # a long path does not fit into a line
    rows = [json.loads(line) for line in unspin("score", path).stdout.splitlines()]
    for row, identifier in zip(rows, ["a7", f"{path}:2"], strict=True):
        assert row["id"] == identifier
        assert identifier in shown


def test_a_message_carries_no_escape_sequences() -> None:
    done = unspin("check", "no\x1b[2Jfile.txt")
    assert done.exit_code == 2
    assert "\x1b" not in done.stderr


def test_check_answers_with_its_exit_code(story: Path, clean_story: Path, short_story: Path, unreadable: Path) -> None:
    assert unspin("check", clean_story).exit_code == 0
    assert unspin("check", story).exit_code == 1
    assert unspin("check", unreadable).exit_code == 2
    assert unspin("check", short_story).exit_code == 3
    assert unspin("check", clean_story, short_story).exit_code == 3
    assert unspin("check", short_story, story, clean_story).exit_code == 1
    assert unspin("check", story, unreadable, short_story).exit_code == 2


def test_check_prints_for_a_person(story: Path, clean_story: Path) -> None:
    shown = unspin("check", story, clean_story).stdout
    assert "Signs of word substitution: worth a look" in shown
    assert "began a [1 lights blitz]." in shown
    assert shown.index("story.txt") < shown.index("clean.txt")
    assert "\x1b" not in shown


def test_check_and_score_agree_to_the_byte(story: Path, short_story: Path) -> None:
    checked = unspin("check", "--json", story, short_story).stdout_bytes
    assert checked == unspin("score", story, short_story).stdout_bytes


def test_help_imports_no_command() -> None:
    code = (
        "import sys; from detector.cli import main; main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert "numpy" not in done.stdout.rpartition("[")[2]


def test_corpus_wants_one_source_at_most(tmp_path: Path) -> None:
    done = unspin("corpus", "--work", tmp_path / "work", "--corpora", tmp_path, "--sample", tmp_path)
    assert done.exit_code == 2
    assert "expected --corpora DIR or --sample DIR, got both" in done.stderr


def test_training_steps_say_what_is_missing(tmp_path: Path) -> None:
    for step in ("spin", "train", "calibrate"):
        done = unspin(step, "--work", tmp_path / "work")
        assert done.exit_code == 2
        assert "no corpus in" in done.stderr
        assert done.stdout == ""


def test_commands_are_lazy_but_complete() -> None:
    assert main.list_commands(click.Context(main)) == list(COMMANDS)
    assert unspin("no-such-command").exit_code == 2


def test_scoring_imports_nothing_of_training(story: Path) -> None:
    code = (
        "import sys; from detector.cli import main; "
        f"main(['score', {str(story)!r}], standalone_mode=False); "
        "print([name for name in sys.modules if name.startswith(('sklearn', 'detector.training'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert json.loads(done.stdout)["id"]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text(json_lines(*["One more."] * 2000), encoding="utf-8")
    with subprocess.Popen([*UNSPIN, "score", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("args", ["--help", "check --help", "check no-such-file.txt", "score in.txt --shard x"])
def test_a_reader_that_was_never_there_is_no_flag(args: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*UNSPIN, *args.split()], stdout=writer, stderr=writer)
    os.close(writer)
    assert done.returncode == 141


@pytest.mark.parametrize("summary", ["in.jsonl", "folder/in.jsonl", "out.jsonl", "none/summary.json"])
def test_a_summary_destroys_nothing_and_is_tried_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, summary: str
) -> None:
    (tmp_path / "folder").mkdir()
    for path in ("in.jsonl", "folder/in.jsonl"):
        (tmp_path / path).write_text(json_lines("A short one."), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = unspin("score", "in.jsonl", "folder", "-o", "out.jsonl", "--summary", summary)
    assert done.exit_code == 2
    assert "name another" in done.stderr
    for path in ("in.jsonl", "folder/in.jsonl"):
        assert (tmp_path / path).read_text(encoding="utf-8") == json_lines("A short one.")
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is Linux's")
def test_a_full_disk_is_said_in_words(story: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*UNSPIN, "score", story], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "Error: no space is left to write to: make room, or write elsewhere" in done.stderr
    assert "Errno" not in done.stderr


def test_a_folder_that_may_not_be_written_to_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: Path
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as for a user who may not; root may write anywhere
    done = unspin("report", story, "-o", tmp_path / "report.html")
    assert done.exit_code == 2
    assert f"{tmp_path}, which cannot be written to (no permission)" in done.stderr


@pytest.mark.parametrize(("workers", "seconds"), [("1", 0), ("2", 0), ("2", 0.3)])
def test_ctrl_c_leaves_the_old_output(tmp_path: Path, workers: str, seconds: float) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n", encoding="utf-8")
    args = [*UNSPIN, "score", "-", "-o", str(out), "--workers", workers]
    with subprocess.Popen(
        args, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(json_lines(*["One more."] * 200))
        process.stdin.flush()
        wait_until((tmp_path / ".out.jsonl.parts" / "plan.json").exists)
        time.sleep(seconds)  # 0.3: while the workers start
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group hears Ctrl-C
        assert process.wait(timeout=20) == 130
        assert process.stderr.read() == "unspin: interrupted\n"  # and ends here: so has every worker
    assert os.listdir(tmp_path) == ["out.jsonl"]
    assert out.read_text(encoding="utf-8") == "old\n"


@pytest.mark.parametrize(("set_by_user", "threads"), [(None, "1"), ("3", "3")])
def test_scoring_starts_no_threads_that_nobody_asked_for(set_by_user: str | None, threads: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    if set_by_user is not None:
        environment["OPENBLAS_NUM_THREADS"] = set_by_user
    program = "import click, os; from detector.cli import main; main.get_command(click.Context(main), 'check');"
    shown = "print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run([sys.executable, "-c", f"{program} {shown}"], env=environment, capture_output=True, text=True)
    assert done.stdout == f"{threads}\n"
