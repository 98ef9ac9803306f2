"""One service for all tests of the page, with an archive that holds one story's source; a browser for each file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_page import CHROMIUM, SAMPLE, Opener, browser, service
from click.testing import CliRunner
from playwright.sync_api import Browser
from system import needs

from detector.cli import main

SOURCE = SAMPLE / "clean" / "karsania-dezhar-offensive.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(needs(CHROMIUM is not None, "chromium"))


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives") / "wire"
    for arguments in (["create", str(folder)], ["add", str(folder), str(SOURCE)]):
        done = CliRunner().invoke(main, ["archive", *arguments])
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> Iterator[str]:
    """Of a service that takes feedback."""
    feedback = tmp_path_factory.mktemp("feedback") / "verdicts.db"
    with service("--feedback", str(feedback), "--archive", str(archive), "--rate", "100000") as running:
        yield running


@pytest.fixture(scope="module")  # no longer: its event loop is in the way of tests that run one
def launched() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture
def opener(launched: Browser, address: str) -> Iterator[Opener]:
    """Opens pages, and fails the test where one of them did what none may."""
    one = Opener(launched, address)
    yield one
    one.close()
