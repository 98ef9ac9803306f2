"""The sample stories keep what their README promises."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from detector.ingest import count_words, prepare, read, refuse
from detector.text import Record

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
ENTRIES = [json.loads(line) for line in (SAMPLE / "index.jsonl").read_text(encoding="utf-8").splitlines()]
SPUN = [entry for entry in ENTRIES if entry["kind"] == "spun" and entry["format"] == "text"]


def text_of(path: str) -> str:
    with (SAMPLE / path).open(encoding="utf-8", newline="") as file:
        return file.read()


@pytest.mark.parametrize("entry", SPUN, ids=lambda entry: entry["story"])
def test_taking_the_swaps_back_gives_the_clean_story(entry: dict[str, str]) -> None:
    text = text_of(entry["path"])
    with (SAMPLE / entry["swaps"]).open(encoding="utf-8", newline="") as file:
        swaps = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert swaps
    for swap in reversed(swaps):
        start, end = int(swap["start"]), int(swap["start"]) + len(swap["spun"])
        assert text[start:end] == swap["spun"]
        text = text[:start] + swap["original"] + text[end:]
    assert text == text_of(f"clean/{entry['story']}.txt")


def test_the_index_names_every_story() -> None:
    listed = {entry["path"] for entry in ENTRIES}
    found = {str(path.relative_to(SAMPLE)) for path in SAMPLE.glob("*/*") if path.suffix in (".txt", ".html")}
    assert listed == found
    assert len({entry["story"] for entry in SPUN}) >= 12
    assert {entry["variety"] for entry in ENTRIES} >= {"American", "British", "Indian", "African"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_story_can_be_judged(entry: dict[str, str]) -> None:
    (record,) = read([SAMPLE / entry["path"]])
    assert isinstance(record, Record)
    article = prepare(record)
    assert refuse(article) == ("en", None)
    assert count_words(article) >= 200
