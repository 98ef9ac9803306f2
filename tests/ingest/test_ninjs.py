"""ninjs of both generations, and what may be wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detector.ingest import read
from detector.text import Failure, Record

TEXT = "VELIN (Meridian) - Troops retook two towns.\nThe army said so."
MARKUP = "<p>VELIN (Meridian) - Troops <b>retook</b> two&nbsp;towns.</p><script>x()</script><p>The army said so.</p>"
FIRST: dict[str, Any] = {
    "uri": "https://meridian.example/1",
    "pubstatus": "usable",
    "firstcreated": "2026-03-03T04:40:00Z",
    "versioncreated": "2026-03-03T05:10:00Z",
    "language": "en-GB",
    "headline": "Army retakes towns",
    "copyrightholder": "Meridian",
    "evolvedfrom": "https://meridian.example/0",
    "body_text": TEXT,
}
SECOND: dict[str, Any] = {
    "uri": "urn:meridian:2",
    "versioncreated": "2026-03-03T05:10:00Z",
    "headlines": [{"role": "short", "value": "Army"}, {"role": "main", "value": "Army retakes towns"}],
    "infosources": [{"name": "Northern Wire"}],
    "bodies": [
        {"role": "lead", "contenttype": "text/html", "value": "<p>Short.</p>"},
        {"role": "main", "contenttype": "text/html", "value": MARKUP},
    ],
}
UPDATED = {"updated": "2026-03-03T05:10:00Z"}


def read_item(item: object, folder: Path) -> Record | Failure:
    path = folder / "a.json"
    path.write_text(json.dumps(item), encoding="utf-8")
    [found] = read([path])
    return found


def test_generation_1(tmp_path: Path) -> None:
    uri, fields = FIRST["uri"], {**UPDATED, "version_of": FIRST["evolvedfrom"], "language": "en-GB"}
    expected = Record(uri, TEXT, False, "Army retakes towns", uri, "2026-03-03T04:40:00Z", "Meridian", fields)
    assert read_item(FIRST, tmp_path) == expected


def test_generation_2(tmp_path: Path) -> None:
    about = ("Army retakes towns", None, "2026-03-03T05:10:00Z", "Northern Wire")
    assert read_item(SECOND, tmp_path) == Record("urn:meridian:2", TEXT, False, *about, UPDATED)


@pytest.mark.parametrize(
    "body", [{"body_html": MARKUP}, {"body_xhtml": MARKUP}, {"body_text": " ", "body_html": MARKUP}]
)
def test_markup_is_read_where_there_is_no_plain_text(body: dict[str, str], tmp_path: Path) -> None:
    assert read_item({"uri": "1", **body}, tmp_path) == Record("1", TEXT)


def test_items_as_lines_and_a_record_of_our_own_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, [FIRST, SECOND, {"uri": "3", "headline": "H", "text": "T"}])))
    found = list(read([path]))
    assert [row.id for row in found] == [FIRST["uri"], SECOND["uri"], f"{path}:3"]
    assert found[2].fields == {"uri": "3", "headline": "H"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body_text": None}, "missing-field"),
        ({"body_text": 7}, "missing-field"),
        ({"body_text": None, "bodies": "x"}, "missing-field"),
        ({"body_text": None, "bodies": [1, {"value": 2}, {}]}, "missing-field"),
        ({"body_text": None, "body_html": "<!-- -->"}, "missing-field"),
        ({"body_text": None, "body_html": "a" * 10_000_001}, "too-large"),
        ({"body_text": "\u0007" * 100}, "binary"),
        ({"pubstatus": "canceled"}, "withdrawn"),
        ({"pubstatus": "stat:withheld"}, "withdrawn"),
    ],
)
def test_items_that_give_no_text(change: dict[str, Any], code: str, tmp_path: Path) -> None:
    found = read_item({**FIRST, **change}, tmp_path)
    assert isinstance(found, Failure)
    assert (found.code, found.id) == (code, FIRST["uri"])


@pytest.mark.parametrize("odd", [7, [], {}, None, True, [[]], "\ud800", "x" * 100_000])
def test_odd_values_in_every_field(odd: object, tmp_path: Path) -> None:
    for name in {*FIRST, *SECOND} - {"body_text", "uri"}:
        found = read_item({**SECOND, **FIRST, name: odd}, tmp_path)
        assert isinstance(found, Record), name
        assert found.content == TEXT


def test_deep_markup_ends_soon(tmp_path: Path) -> None:
    assert isinstance(read_item({"uri": "1", "body_html": "<div>" * 200_000 + "deep"}, tmp_path), Record | Failure)
