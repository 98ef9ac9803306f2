"""Without the packages of training each of its commands says what to install, and ends as wrong use does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
RUN = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("matplotlib", "scipy", "wordfreq", "zstandard"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from click.testing import CliRunner
from detector.cli import main

work, sample = sys.argv[1:]
for command in ("corpus", "spin", "train", "calibrate", "evaluate", "card", "release"):
    more = {"corpus": ["--sample", sample], "release": ["--name", "x"]}.get(command, [])
    shown = CliRunner().invoke(main, [command, "--work", work, *more])
    print(command, shown.exit_code, shown.stderr.strip())
"""


def test_a_missing_package_is_named_with_what_to_install(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", RUN, tmp_path, SAMPLE], capture_output=True, text=True, check=True, timeout=120
    )
    lines = ran.stdout.splitlines()
    assert len(lines) == 7
    for line in lines:
        command, code, said = line.split(" ", 2)
        assert (code, said) == ("2", "Error: No module named 'scipy': install unspin[train]"), command
