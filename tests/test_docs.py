"""The documents say what the code does: each command has help, each extractor speaks for itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from click.testing import CliRunner

from detector.cli import COMMANDS, main
from detector.cli.explain import markdown_page
from detector.extractors import EXTRACTORS

ROOT = Path(__file__).parents[1]


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_a_place_in_the_readme(name: str) -> None:
    assert command(name).help
    assert f"unspin {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_has_help(name: str) -> None:
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_the_readme_begins_with_what_it_is_for() -> None:
    assert "English news" in (ROOT / "README.md").read_text(encoding="utf-8").lstrip("# ").partition("\n\n")[0]


def test_the_readme_shows_what_a_check_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = block_of("```\n$ unspin check ")
    command, _, expected = shown.partition("\n")
    checked = CliRunner().invoke(main, ["check", *command.split()])
    begins, ends = expected.split("\n...\n")
    assert checked.stdout.startswith(begins)
    assert checked.stdout.endswith(ends)


def test_the_readme_shows_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = roughly(block_of("```json\n"))
    result = roughly(CliRunner().invoke(main, ["check", "--json", shown["id"]]).stdout)
    assert list(shown) == list(result)
    for shortened in ("evidence", "passages"):
        result[shortened] = result[shortened][:1]
    assert shown == result


def roughly(text: str) -> Any:
    """JSON without the last digits of its figures, in which machines may differ."""
    return json.loads(text, parse_float=lambda figure: round(float(figure), 3))


def block_of(begins: str) -> str:
    """The first block of the README that begins so, without that."""
    return (ROOT / "README.md").read_text(encoding="utf-8").partition(begins)[2].partition("```")[0]


def test_the_page_of_artifacts_is_made_of_the_docstrings_and_the_ablation() -> None:
    page, ablation = ((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("artifacts", "ablation"))
    assert page == markdown_page(EXTRACTORS) + ablation
    assert all(f"| without {extractor.name} |" in ablation for extractor in EXTRACTORS)


def test_explain_prints_the_docstring() -> None:
    extractor = EXTRACTORS[0]
    shown = CliRunner().invoke(main, ["explain", extractor.name])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"{extractor.name} (strength: {extractor.unit})")
    assert "Not evidence:" in shown.stdout


def test_explain_lists_and_refuses() -> None:
    listed = CliRunner().invoke(main, ["explain"]).stdout
    assert all(extractor.name in listed for extractor in EXTRACTORS)
    refused = CliRunner().invoke(main, ["explain", "colocation"])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: unknown extractor 'colocation'; available: ")


def test_a_docstring_becomes_a_section() -> None:
    @dataclass(frozen=True)
    class Example:
        """Two words that never meet.

        What it finds: pairs
            that chance joined.
        Not evidence: names: they pair freely.
        """

        name: ClassVar[str] = "example"
        unit: ClassVar[str] = "bits"

    extractors: Any = (Example(),)
    page = markdown_page(extractors)
    assert "## example\n\nStrength is given in: bits.\n\nTwo words that never meet.\n" in page
    assert "\n**What it finds:** pairs\nthat chance joined.\n\n**Not evidence:** names: they pair freely.\n" in page
