"""The page and what answers a check on it, as HTML: text from strangers stays text, the script has what it needs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from reports import make_evidence, make_refused, make_report

from detector.findings import Missed, Report, Suggestion, Withheld
from detector.render import to_terminal
from detector.service.asks import About
from detector.service.marked_draft import marked_draft
from detector.service.page import ASSETS, asset, page
from detector.service.settings import ServiceSettings
from detector.text import Span

HOSTILE = '<script>alert("x")</script> \u202e & \ud800 <img src=//evil.example onerror=alert(1)> " \x00'
MARKED = "A lights blitz of a powerful patch, and the lights blitz again."
ABOUT = About(
    {"name": "news-en", "version": "1 <b>", "digest": "0", "calibration": None},
    {"asked": 0.01, "measured": 0.00187, "n": 5357, "interval": [0.00101, 0.00343], "measured_on": "5,357 <i>articles"},
    (0.0006, 0.05),
)


class Fragment(HTMLParser):
    """Its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[str | None]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def hostile() -> Report:
    text = f"{HOSTILE} {HOSTILE}"
    mark = replace(
        make_evidence(text, HOSTILE), reason=HOSTILE, severity="fact", suggestions=(Suggestion(HOSTILE, 0.5),)
    )
    report = make_report(text, [])
    classes = dict(report.classes or {})
    assert classes["spun"] is not None
    classes["spun"] = replace(classes["spun"], missed=Missed(0.2, 500, (0.1, 0.3), HOSTILE))
    return replace(report, evidence=(mark,), classes=classes)


@pytest.mark.parametrize("refused", [None, "abstained", "error"])
def test_nothing_of_a_draft_becomes_markup(refused: str | None) -> None:
    report = hostile() if refused is None else make_refused(refused, message=HOSTILE)
    fragment = Fragment(marked_draft(report))
    assert not {"script", "img"} & {tag for tag, _ in fragment.tags}
    assert not {"style", "onerror", "onclick", "src"} & {name for _, own in fragment.tags for name in own}
    assert '<script>alert("x")</script> <U+202E> & <U+D800>' in fragment.text


def test_the_script_gets_the_draft_to_the_character() -> None:
    report = hostile()
    text = Fragment(marked_draft(report)).all("data-text")[0]
    assert text is not None
    assert text.isascii()
    assert json.loads(text) == report.text


def test_every_mark_has_a_reason_with_its_places_in_code_points() -> None:
    report = make_report(f"\U0001f600 {MARKED}", ["lights blitz", "patch"])
    again = Span(report.text.rindex("lights"), report.text.rindex(" again"))  # type: ignore[union-attr]
    first = replace(report.evidence[0], also=(again,))
    fragment = Fragment(marked_draft(replace(report, evidence=(first, *report.evidence[1:]))))
    assert fragment.all("data-places") == ["4-16 46-58", "31-36"]
    links = [link for link in fragment.all("href") if re.fullmatch(r"#r\d+", link or "")]
    assert links == ["#r1", "#r2", "#r1"]
    assert {"r1", "r2"} <= set(fragment.all("id"))
    assert fragment.all("data-text")[1:] == ["lightning offensive", "lightning offensive"]
    assert "in 2 places" in fragment.text


def test_marks_have_the_numbers_that_they_have_on_a_terminal() -> None:
    report = make_report(MARKED, ["lights blitz", "patch"])
    kinds = (("again", "off-topic", "wording"), ("powerful", "off-topic", "fact"), ("and", "swapped-word", "wording"))
    report = replace(
        report,
        evidence=(
            *report.evidence[:1],
            *(make_evidence(MARKED, phrase, kind=kind, severity=severity) for phrase, kind, severity in kinds),
            *report.evidence[1:],
        ),
    )
    on_terminal = dict(re.findall(r"\[(\d+) ([^]]+)]", to_terminal(report, 200)))
    on_page = dict(re.findall(r'id="r\d+p"><b>(\d+)</b> ([^<]+)</p>', marked_draft(report)))
    assert on_page == on_terminal
    assert (on_page["1"], len(on_page)) == ("powerful", 5)


def test_marks_that_overlap_offer_nothing_to_put_in_their_place() -> None:
    report = make_report(MARKED, ["powerful patch", "patch"])
    fragment = Fragment(marked_draft(report))
    assert "lightning offensive" in fragment.text
    assert "Use this" not in fragment.text


def test_the_words_accuse_nobody_and_have_the_rate() -> None:
    flagged = Fragment(marked_draft(make_report(MARKED, ["lights blitz"]))).text
    assert "Signs of word substitution: worth a look" in flagged
    assert "0.83% measured (95% interval 0.57% to 1.22%)" in flagged
    assert "It does not tell who changed the text, or why." in flagged
    assert not re.search(r"(?i)stolen|copied|plagiar|fake|guilty", flagged)


def test_a_clean_draft_hears_what_is_missed_and_that_odd_phrases_are_no_reason_for_doubt() -> None:
    clean = replace(make_report(MARKED), evidence=(make_evidence(MARKED, "lights blitz"),))
    (said,) = Fragment(marked_draft(clean)).all("data-said")
    assert said == (
        "No signs of rewording. 1 phrase is marked: odd where it stands, as good copy may be, and worth a second look."
    )
    text = Fragment(marked_draft(clean)).text
    assert "Looked for: words and phrases put in the place of others" in text
    assert "20% of 500 spun articles" in text


def test_what_the_desk_decided_is_told() -> None:
    own = replace(make_evidence(MARKED, "patch"), kind="desk-dictionary", suggestions=(Suggestion("region", 1.0),))
    report = replace(make_report(MARKED), evidence=(own,), desk=Withheld("0" * 64, accepted=2, withdrawn="spun"))
    text = Fragment(marked_draft(report)).text
    assert "Not shown: 2 marked places accepted before." in text
    assert "Without what the desk accepted the verdict would have been spun." in text
    assert "100%" not in text  # a decision has no probability


def test_the_page_says_its_rate_and_asks_for_nothing_inline_or_outside() -> None:
    html = page(ServiceSettings(), ABOUT)
    text = Fragment(html).text
    assert "At most 1% of untouched drafts are flagged. Measured on 5,357 <i>articles, it was 0.187%" in text
    assert "(95% interval 0.101% to 0.343%)" in text
    names = [name for _, own in Fragment(html).tags for name in own]
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert "<style" not in html
    assert [own for tag, own in Fragment(html).tags if tag == "script"] == [{"src": "static/desk.js", "defer": None}]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert not re.search(r"url\(|@import|https?://", asset("desk.css")[1].decode())


def test_judgements_and_the_archive_are_spoken_of_where_there_are_any() -> None:
    bare = page(ServiceSettings(), ABOUT)
    full = page(ServiceSettings(feedback=Path("verdicts.db")), replace(ABOUT, archive={"name": "wire", "texts": 3}))
    for said in ('id="judge"', "fine or wrong is kept", "archive wire"):
        assert said not in bare
        assert said in full


def test_the_script_never_makes_html_of_text() -> None:
    script = asset("desk.js")[1].decode()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)
    assert set(ASSETS) == {"desk.css", "desk.js"}
