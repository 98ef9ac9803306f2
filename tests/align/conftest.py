"""Comparisons by the shipped tables and aligner."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.align import Linker, compare
from detector.comparison import Comparison
from detector.resources import Resources
from detector.segment import segment


@pytest.fixture(scope="session")
def compared(news: Resources, linker: Linker) -> Callable[[str, str], Comparison]:
    """Lay a suspect beside a reference."""
    return lambda suspect, reference: compare(
        segment(suspect, news.vocabulary), segment(reference, news.vocabulary), news, linker
    )
