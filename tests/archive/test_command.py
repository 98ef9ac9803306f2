"""The command: what goes where, exit codes, and nothing of a stranger's text that acts on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from wire_stories import story_text, swapped

from detector.cli import main
from detector.cli.archive import command
from detector.text import Record

HARMFUL = "\x1b[2J\u202e\u200b<script>&amp;"


def unspin(*args: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["archive", *map(str, args)], input=stdin, env={"COLUMNS": "80"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert unspin("create", tmp_path / "wire").exit_code == 0
    rows = [{"id": f"story-{i}", "text": story_text(i), "title": f"Title {i}"} for i in range(5)]
    rows += [{"id": f"bad{HARMFUL}", "text": f"{story_text(9)}{HARMFUL}", "title": HARMFUL, "outlet": HARMFUL}]
    added = unspin("add", tmp_path / "wire", "-", stdin="\n".join(map(json.dumps, rows)))
    assert (added.exit_code, added.stdout.split(",")[0]) == (0, "6 new stories")
    return tmp_path / "wire"


def test_each_command_has_help_and_takes_the_archive_first() -> None:
    assert isinstance(command, click.Group)
    for name, one in command.commands.items():
        assert one.help, name
        assert one.params[0].name == "archive", name
        assert all(option.help for option in one.params if isinstance(option, click.Option)), name


def test_what_cannot_be_read_is_told_and_the_rest_is_added(folder: Path) -> None:
    lines = "\n".join(["{broken", json.dumps({"id": "7", "text": story_text(7)}), json.dumps({"id": HARMFUL})])
    added = unspin("add", folder, "-", stdin=lines)
    assert added.exit_code == 4
    assert "1 new story" in added.stdout
    assert added.stderr.count("Left out: stdin:") == 2


def test_who_interrupts_it_is_told_how_to_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Iterator[Record]:
        yield Record("story-50", story_text(50))
        raise KeyboardInterrupt

    monkeypatch.setattr("detector.ingest.read", interrupted)
    added = unspin("add", folder, "-")
    assert added.exit_code == 130
    assert "the same command adds the rest" in added.stderr
    assert "6 texts of 6 stories" in unspin("info", folder).stdout


def test_search_names_the_source_or_none(folder: Path) -> None:
    found = unspin("search", folder, "-", stdin=swapped(story_text(3), 0.1))
    assert "Source found: Title 3" in found.stdout
    row = json.loads(unspin("search", folder, "-", "--json", "--limit", "2", stdin=swapped(story_text(3), 0.1)).stdout)
    assert (row["schema"], row["source"], row["candidates"][0]["id"]) == ("unspin.source/1", "story-3", "story-3")
    none = unspin("search", folder, "-", stdin=story_text(77))
    assert (none.exit_code, "No source is named" in none.stdout) == (0, True)
    assert "`unspin check --archive`" in " ".join(none.stdout.split())
    assert unspin("search", folder, "-", "--published", "tomorrow", stdin="x").exit_code == 2


def test_search_goes_on_behind_what_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "suspect.txt").write_text(swapped(story_text(3), 0.1))
    missing, picture, suspect = (tmp_path / name for name in ("missing.txt", "picture.txt", "suspect.txt"))
    done = unspin("search", folder, missing, picture, suspect, "--json")
    assert (done.exit_code, json.loads(done.stdout)["source"]) == (4, "story-3")
    told = done.stderr.splitlines()
    assert [line.startswith("Left out: ") for line in told] == [True, True]
    assert "missing.txt" in told[0]
    assert "picture.txt" in told[1]
    assert unspin("search", folder, missing).exit_code == 2


def test_what_has_no_title_goes_by_its_id_and_articles_stand_apart(folder: Path) -> None:
    bare = json.dumps({"id": "bare-81", "text": story_text(81)}) + "\n"
    assert unspin("add", folder, "-", stdin=bare).exit_code == 0
    said = unspin("search", folder, "-", stdin=bare + json.dumps({"id": "second", "text": story_text(77)})).stdout
    assert "  bare-81\n         no date · no outlet\n" in said
    assert "\n\nsecond\n\nNo source is named" in said


def test_markup_and_controls_are_shown_and_do_not_act(folder: Path) -> None:
    shown = [unspin("show", folder, f"bad{HARMFUL}"), unspin("search", folder, "-", stdin=story_text(9))]
    shown += [unspin("info", folder), unspin("show", folder, f"no{HARMFUL}"), unspin("remove", folder, f"no{HARMFUL}")]
    for one in shown:
        assert not {"\x1b", "\u202e", "\u200b"} & set(one.stdout + one.stderr)
        assert "<U+202E>" in one.stdout + one.stderr or "\\u202e" in one.stderr
        assert max(map(len, one.stdout.split("\n"))) <= 80


def test_json_gives_the_text_as_it_is(folder: Path) -> None:
    row = json.loads(unspin("show", folder, f"bad{HARMFUL}", "--json").stdout)
    assert row["text"] == f"{story_text(9)}{HARMFUL}"
    assert json.loads(unspin("info", folder, "--json").stdout)["texts"] == 6


def test_remove_and_verify(folder: Path) -> None:
    assert unspin("remove", folder, "story-1").exit_code == 0
    gone = unspin("remove", folder, "story-1", "story-2")
    assert (gone.exit_code, gone.stdout) == (2, "1 text removed\n")
    assert unspin("verify", folder).exit_code == 0
    damaged = next((folder / "index").glob("*.idx"))
    damaged.unlink()  # cut short where it lies it would take this process along, which may still have it mapped
    damaged.write_bytes(b"x")
    assert unspin("verify", folder).exit_code == 1
    assert unspin("verify", folder, "--rebuild").exit_code == 0


def test_wrong_use(folder: Path, tmp_path: Path) -> None:
    assert unspin("create", folder).exit_code == 2
    assert unspin("add", tmp_path / "none", "-", stdin="x").exit_code == 2
    assert unspin("show", folder, "story-1", "--version", "2").exit_code == 2
