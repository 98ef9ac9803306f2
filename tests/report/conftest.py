"""One article beside its source, and beside a story that it was not made from."""

from __future__ import annotations

import re

import pytest
from wire_stories import story_text, swapped

from detector.align import load_linker
from detector.findings import Report
from detector.ingest import prepare
from detector.pipeline import Detector
from detector.text import Record
from detector.tracing.given import GivenReferences

ADDRESS = "https://coast.example/{}?a=1&b=(2)"


@pytest.fixture(scope="session")
def laid() -> Report:
    """With words swapped and figures changed; both stories have an address."""
    model = Detector.load()
    stories = [Record(f"s{n}", story_text(n), title=f"Story {n}", url=ADDRESS.format(n)) for n in (1, 5)]
    given = GivenReferences([prepare(story) for story in stories], model.resources, load_linker())
    detector = Detector(model.info, model.resources, model.classifier, given=given)
    suspect = re.sub(r"with \d", "with 3", swapped(story_text(1), 0.2))
    report = detector.score([Record("suspect", suspect)], evidence="all")[0]
    assert len(report.sources) == len(report.others) == 1
    assert report.sources[0].comparison.facts
    return report
