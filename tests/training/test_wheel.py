"""An installed copy has no spinners, and says so; all that judges an article works without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
WITHOUT = """
import sys
sys.modules["detector.training.spinners"] = None  # as if it were not there
import detector.training.calibrate, detector.training.calibrate_notes, detector.training.examples
from detector.cli import main
main(["spin", "--work", "nowhere"])
"""


def test_the_wheel_holds_the_model_and_no_spinners() -> None:
    inside = {str(file.distribution_path) for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert "detector/models/news-en/manifest.json" in inside
    assert "detector/training/swaps.py" in inside
    assert not any("spinners" in path or path.endswith(".tsv") for path in inside)


def test_training_without_them_says_what_to_do() -> None:
    ended = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2
    assert ended.stderr == "Error: no spinner families to train against here: train from a checkout, which holds them\n"
