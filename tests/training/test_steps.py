"""A step is done once, done again when what it was made from has changed, and never half done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.errors import CorpusError
from detector.training.steps import Step, opened, written_whole

Made = list[str]


def run(folder: Path, made: Made, version: int = 1, crash: str | None = None, **parameters: object) -> None:
    """A chain of two steps over source.txt: upper.txt, then twice.txt; `crash` fails in the middle of the second."""

    def step(name: str, source: Path, text: Callable[[str], str]) -> None:
        out = folder / f"{name}.txt"

        def make() -> None:
            with written_whole(out) as partial:
                partial.write_text(text(source.read_text()))
                if name == crash:
                    raise KeyboardInterrupt
            made.append(name)

        steps.do(Step(name, version, [source], [out], parameters), make)

    with opened(folder) as steps:
        step("upper", folder / "source.txt", str.upper)
        step("twice", folder / "upper.txt", lambda text: 2 * text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "source.txt").write_text("one ")
    return tmp_path


def test_a_step_that_is_done_says_so_and_does_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made: Made = []
    run(folder, made)
    capsys.readouterr()
    run(folder, made)
    assert made == ["upper", "twice"]
    shown = capsys.readouterr()
    assert shown.err.splitlines() == ["upper: nothing has changed", "twice: nothing has changed"]
    assert shown.out == ""
    assert (folder / "twice.txt").read_text() == "ONE ONE "


def test_a_changed_input_is_worked_through(folder: Path) -> None:
    made: Made = []
    run(folder, made)
    (folder / "source.txt").write_text("two ")
    run(folder, made)
    assert made == ["upper", "twice"] * 2
    assert (folder / "twice.txt").read_text() == "TWO TWO "


def test_work_ends_where_nothing_new_comes_out(folder: Path) -> None:
    made: Made = []
    run(folder, made)
    (folder / "source.txt").write_text("ONE ")
    run(folder, made)
    assert made == ["upper", "twice", "upper"]


@pytest.mark.parametrize("change", [{"version": 2}, {"seed": 5}])
def test_a_new_version_or_parameter_is_worked_through(folder: Path, change: dict[str, int]) -> None:
    made: Made = []
    run(folder, made)
    run(folder, made, **change)  # type: ignore[arg-type]
    assert made == ["upper", "twice"] * 2


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("damaged")])
def test_an_output_that_is_gone_or_damaged_is_made_again(folder: Path, damage: Callable[[Path], object]) -> None:
    made: Made = []
    run(folder, made)
    damage(folder / "upper.txt")
    run(folder, made)
    assert made == ["upper", "twice", "upper"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"step": 1}'])
def test_a_damaged_stamp_counts_for_nothing(folder: Path, content: str) -> None:
    made: Made = []
    run(folder, made)
    (folder / "stamps" / "twice.json").write_text(content)
    run(folder, made)
    assert made == ["upper", "twice", "twice"]


def test_an_interrupted_run_goes_on_where_it_was(folder: Path) -> None:
    made: Made = []
    with pytest.raises(KeyboardInterrupt):
        run(folder, made, crash="twice")
    assert not list(folder.rglob("*.partial"))
    assert not (folder / "twice.txt").exists()
    run(folder, made)
    assert made == ["upper", "twice"]


def test_a_failed_step_leaves_what_was_there(folder: Path) -> None:
    made: Made = []
    run(folder, made)
    (folder / "source.txt").write_text("two ")
    with pytest.raises(KeyboardInterrupt):
        run(folder, made, crash="twice")
    assert (folder / "twice.txt").read_text() == "ONE ONE "
    run(folder, made)
    assert (folder / "twice.txt").read_text() == "TWO TWO "


def test_a_folder_may_move(folder: Path) -> None:
    made: Made = []
    run(folder, made)
    run(folder.rename(folder.with_name("moved")), made)
    assert made == ["upper", "twice"]


def test_a_missing_input_is_named(folder: Path) -> None:
    (folder / "source.txt").unlink()
    with pytest.raises(CorpusError, match=r"source\.txt is missing"):
        run(folder, [])


def test_of_a_missing_file_of_ones_own_it_is_not_said_to_run_a_step(folder: Path, tmp_path: Path) -> None:
    with opened(folder / "work") as steps, pytest.raises(CorpusError, match="missing or cannot be read: put it back"):
        steps.digest(tmp_path / "gone.jsonl")


def test_a_second_run_is_refused(folder: Path) -> None:
    with opened(folder), pytest.raises(CorpusError, match="another run is at work in"):
        run(folder, [])
    made: Made = []
    run(folder, made)
    assert made == ["upper", "twice"]
