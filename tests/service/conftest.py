"""A real service, in processes of its own, on the tiny language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.service.running import Service, running_service

PATIENT = ("--rate", "1000000")  # tests ask faster than any editor


@pytest.fixture(scope="session")
def service(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Open to this machine without a token, and keeping feedback."""
    database = tmp_path_factory.mktemp("feedback") / "feedback.sqlite"
    with running_service("--model", str(model_folder), *PATIENT, "--feedback", str(database)) as service:
        yield service
