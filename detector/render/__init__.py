"""A Report as others read it: one JSON object for programs, text for a person at a terminal."""

from __future__ import annotations

from detector.render.json_result import result_schema, to_json, to_json_line
from detector.render.neutral import neutral
from detector.render.terminal import to_terminal

__all__ = ["neutral", "result_schema", "to_json", "to_json_line", "to_terminal"]
