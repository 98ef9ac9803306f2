"""Good odd English is not marked: every case of tests/cases, inside a plain story, tried on the shipped model.

And an article of nothing but such English, which no desk ever saw, is not flagged: one for each kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from detector.findings import Report
from detector.model_store import default_model_path
from detector.pipeline import Detector
from detector.text import Record, Span
from detector.verdict import MIN_MARKS

FOLDER = Path(__file__).parent / "cases"
KINDS = sorted(path.stem for path in FOLDER.glob("*.json"))
MISFIRES = frozenset((FOLDER / "known_misfires.txt").read_text(encoding="utf-8").split())
STORY = Path(__file__).parents[1] / "data" / "sample" / "clean" / "ohio-solar-siting.txt"
PARAGRAPHS = STORY.read_text(encoding="utf-8").split("\n\n")
BEFORE = 2  # paragraphs of the story before the case

# Texts of our own as they were written, and as a word spinner leaves them: the test must be able to fail.
CLEAN = (
    "The government said on Tuesday that its forces had begun a lightning offensive in the disputed "
    "region. According to the information ministry, troops took control of two villages near the border. "
    "Officials said that talks would begin next week.\n\n"
    "A powerful storm hit the coast on Monday, killing at least five people and leaving thousands without "
    "power. Schools were closed and heavy rain was expected to continue. Residents were told to leave "
    "their homes, the mayor said.\n\n"
    "The company said its profit fell 12 percent in the first quarter because of higher fuel costs. Chief "
    "executive Ann Lorimer said sales growth in Europe was strong. Shares rose 3 percent in early "
    "trading, while the wider market was little changed."
)
SPUN = (
    "The authorities stated on Tuesday that its powers had commenced a lights blitz in the disputed "
    "patch. In keeping with the info service, troops took manage of two villages close to the border. "
    "Officers stated that talks would start subsequent week.\n\n"
    "A potent tempest strike the shore on Monday, slaying as a minimum five humans and leaving hundreds "
    "without strength. Schools were shut and weighty rain was predicted to hold. Citizens were instructed "
    "to depart their houses, the mayor stated.\n\n"
    "The organization stated its earnings tumbled 12 percent in the primary region due to better gas "
    "expenses. Leader government Ann Lorimer said income boom in Europe became robust. Stocks climbed 3 "
    "percentage in early buying and selling, at the same time as the broader bazaar was little altered."
)


@dataclass(frozen=True)
class Case:
    """A text that must not be marked, and the phrases in it that a careless detector would mark."""

    id: str
    text: str
    watch: tuple[str, ...]
    kind: str

    @property
    def name(self) -> str:
        """As it is listed among the known misfires."""
        return f"{self.kind}:{self.id}"


def read_cases(kind: str) -> Iterator[Case]:
    """The cases of one file, in order."""
    for case in json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))["cases"]:
        yield Case(case["id"], case["text"], tuple(case["watch"]), kind)


CASES = [case for kind in KINDS for case in read_cases(kind)]


def tried(name: str, value: object) -> Any:
    """A parameter of a test that is known to fail where `name` is listed."""
    known = [pytest.mark.xfail(strict=True, reason="known misfire")] if name in MISFIRES else []
    return pytest.param(value, id=name, marks=known)


Reports = dict[str, Report]


@pytest.fixture(scope="module")
def reports() -> Reports:
    """What the shipped model says, all marks asked for: of every case in its story, of all cases of a kind as one
    article, and of the spun texts; scored at once."""
    if not default_model_path().exists():
        pytest.skip("models/news-en is missing: train it, or fetch it, and the cases are tried on it")
    texts = {case.name: in_story(case.text)[0] for case in CASES}
    texts.update({kind: "\n\n".join(case.text for case in read_cases(kind)) for kind in KINDS})
    texts.update({"plain": "\n\n".join(PARAGRAPHS), "clean": in_story(CLEAN)[0], "spun": in_story(SPUN)[0]})
    found = Detector.load().score([Record(name, text) for name, text in texts.items()], evidence="all")
    reports = {report.id: report for report in found}
    assert {report.status for report in found if report.id not in KINDS} == {"ok"}
    assert {kind for kind in KINDS if reports[kind].status != "ok"} == {"lists"}  # no sentences, and so no verdict
    return reports


def in_story(text: str) -> tuple[str, Span]:
    """The plain story with `text` among its paragraphs, and where that stands."""
    before = "\n\n".join(PARAGRAPHS[:BEFORE]) + "\n\n"
    after = "\n\n" + "\n\n".join(PARAGRAPHS[BEFORE:])
    return before + text + after, Span(len(before), len(before) + len(text))


def marked(report: Report, text: str) -> list[str]:
    """What is marked in `text` inside the plain story."""
    whole, own = in_story(text)
    places = [place for mark in report.evidence for place in mark.places]
    return [whole[place.start : place.end] for place in places if own.start <= place.start < own.end]


@pytest.mark.parametrize("case", [tried(case.name, case) for case in CASES])
def test_odd_but_good_english_is_not_marked(case: Case, reports: Reports) -> None:
    assert marked(reports[case.name], case.text) == []


@pytest.mark.parametrize("kind", [tried(kind, kind) for kind in KINDS])
def test_an_article_of_nothing_else_is_not_flagged(kind: str, reports: Reports) -> None:
    assert not reports[kind].flagged


def test_the_same_eye_sees_spun_text(reports: Reports) -> None:
    assert reports["plain"].evidence == ()
    assert marked(reports["clean"], CLEAN) == []
    assert len(marked(reports["spun"], SPUN)) >= MIN_MARKS


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_is_well_made(case: Case) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.id)
    assert 35 <= len(case.text.split()) <= 120
    assert case.watch
    for phrase in case.watch:
        assert phrase in case.text


def test_no_case_stands_twice_and_every_known_misfire_is_one() -> None:
    names = {case.name for case in CASES}
    assert len(names) == len({case.text for case in CASES}) == len(CASES)
    assert names.union(KINDS) >= MISFIRES


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_says_what_it_is_about(kind: str) -> None:
    loaded = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    assert list(loaded) == ["about", "cases"]
    assert loaded["about"]
