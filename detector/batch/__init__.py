"""Streams of articles in, one Report out for each, in the same order; and what else takes a model and many articles."""

from __future__ import annotations

from detector.batch.stream import map_with_detector, score_stream

__all__ = ["map_with_detector", "score_stream"]
