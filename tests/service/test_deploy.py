"""What is given to copy: the settings in the documents, the systemd unit, the container's commands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from system import needs

from detector.cli import main
from detector.service.openapi import ANYWHERE, OF_BODIES
from detector.service.settings import ServiceSettings, known_settings

ROOT = Path(__file__).parents[2]
DEPLOY, DOCS = ROOT / "deploy", (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
UNIT = (DEPLOY / "unspin.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", known_settings())
def test_each_setting_stands_in_the_documents_with_its_default(name: str) -> None:
    default = ServiceSettings.__dataclass_fields__[name].default
    shown = "" if default in (None, ()) else f"`{json.dumps(default)}`"
    assert f"| `{name}` | {shown} | {known_settings()[name][1].about} |" in DOCS


def test_each_status_stands_in_the_documents() -> None:
    table = DOCS[DOCS.index("| status |") : DOCS.index("## LanguageTool")]
    assert {*ANYWHERE, *OF_BODIES, 404, 405} == {int(code) for code in re.findall(r"\b4\d\d\b|\b5\d\d\b", table)}


@needs(shutil.which("systemd-analyze") is not None, "systemd-analyze")
def test_the_unit_is_one(tmp_path: Path) -> None:
    program = tmp_path / "unspin"  # systemd looks whether it is there
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "unspin.service"
    unit.write_text(UNIT.replace("/opt/unspin/bin/unspin", str(program)))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_unit_waits_longer_than_the_service() -> None:
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert seconds is not None
    assert int(seconds[1]) > ServiceSettings().stop_seconds


def test_the_commands_are_those_of_the_documents() -> None:
    unit = re.search(r"^ExecStart=/opt/unspin/bin/(.+)$", UNIT, re.MULTILINE)
    container = re.search(r"^CMD (\[.+\])$", CONTAINER, re.MULTILINE)
    assert unit is not None
    assert container is not None
    for command in (shlex.split(unit[1]), json.loads(container[1])):
        assert command[:2] == ["unspin", "serve"]
        context = main.get_command(None, "serve").make_context("serve", [*command[2:]])  # type: ignore[union-attr, arg-type]
        assert context.params
        assert all(flag in DOCS for flag in command if flag.startswith("--"))
    extras = re.search(r"pip install --no-cache-dir '/source\[(.+)\]'", CONTAINER)
    assert extras is not None
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f"\n{extra} = [" in project for extra in extras[1].split(","))
    for document in (DOCS, (ROOT / "README.md").read_text(encoding="utf-8")):
        assert "pip install 'unspin[serve]'\nunspin serve" in document
