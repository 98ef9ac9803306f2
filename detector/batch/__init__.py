"""Streams of articles in, one Report out for each, in the same order."""

from __future__ import annotations

from detector.batch.stream import score_stream

__all__ = ["score_stream"]
