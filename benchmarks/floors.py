"""The least that figures may be: of a model (floors.json), and of sources and alignment (source_floors.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.json")
SOURCE_FLOORS = Path(__file__).with_name("source_floors.json")


def missed(figures: Mapping[str, float], path: Path, section: str | None = None) -> bool:
    """Print each floor of a file, or of one section of it, with its figure; give whether one is missed."""
    floors = json.loads(path.read_text(encoding="utf-8"))
    some_missed = False
    for name, floor in (floors if section is None else floors[section]).items():
        figure = figures[name]  # not a number where nothing was measured: that is missed, too
        bad = not (figure >= floor["at_least"] if "at_least" in floor else figure <= floor["at_most"])
        some_missed |= bad
        print(f"  {'MISSED' if bad else 'ok':8}{name:40}{figures[name]:8.3f}  {floor}")
    return some_missed
