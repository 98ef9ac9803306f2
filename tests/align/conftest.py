"""The shipped tables and aligner: what links words cannot be shown on a language of two hundred words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.align import Linker, compare, load_linker
from detector.comparison import Comparison
from detector.model_store import default_model_path, load_model
from detector.resources import Resources
from detector.segment import segment


@pytest.fixture(scope="session")
def news() -> Resources:
    return load_model(default_model_path()).resources


@pytest.fixture(scope="session")
def linker() -> Linker:
    return load_linker()


@pytest.fixture(scope="session")
def compared(news: Resources, linker: Linker) -> Callable[[str, str], Comparison]:
    """Lay a suspect beside a reference."""
    return lambda suspect, reference: compare(
        segment(suspect, news.vocabulary), segment(reference, news.vocabulary), news, linker
    )
