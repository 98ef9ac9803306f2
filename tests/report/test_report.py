"""The report for people: what is highlighted is what is counted, and text from strangers stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from wire_stories import story_text, swapped

from detector.align import compare, load_linker
from detector.cli import main
from detector.comparison import Source
from detector.findings import Report
from detector.pipeline import Detector
from detector.render import result_schema
from detector.render.html_page import POLICY
from detector.render.report_page import to_html
from detector.render.side_by_side import AROUND
from detector.segment import segment
from detector.text import Record, Span

HOSTILE = '<script>alert("x")</script> \u202e & <img src=//evil.example onerror=alert(1)>'
SOURCE = (
    "VELMAR - The harbour council agreed on Monday to rebuild the eastern pier, which a storm broke in two. "
    "Engineers will begin the work in April and expect to finish before the herring boats return in the autumn. "
    '"We need the pier," Mayor Tilda Osk told traders. The council will borrow 14 million crowns and repay them over '
    "twelve years. Ferries to the outer islands will leave from the southern quay. The old timber goes to schools."
)
SUSPECT = (
    "The harbour council consented on Monday to rebuild the eastern pier, which a storm smashed in two. "
    "Engineers will begin the labour in April and expect to conclude before the herring boats return in the autumn. "
    '"We want the pier," Mayor Tilda Osk told traders. The council will borrow 19 million crowns and repay them over '
    "twelve years. Ferries to the outer islands will leave from the southern quay. Nobody was hurt, said the police."
)


@pytest.fixture(scope="module")
def beside() -> Callable[..., Report]:
    """A report on a suspect beside a reference."""
    detector = Detector.load()
    news = detector.resources

    def make(
        suspect: str,
        reference: str,
        title: str | None = "Pier",
        clutter: Sequence[Span] = (),
        there: Sequence[Span] = (),
    ) -> Report:
        comparison = compare(
            segment(suspect, news.vocabulary, clutter), segment(reference, news.vocabulary, there), news, load_linker()
        )
        source = Source("wire-1", reference, title, "Coast News", "2026-03-04", None, 0.9, comparison)
        report = detector.score([Record("suspect", suspect)])[0]
        return replace(report, text=suspect, sources=(source,), archive="wire")

    return make


class _Page(HTMLParser):
    """What a page has: tags, attributes, and the text of each swap by its anchor, numbers left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.swaps: dict[str, str] = {}
        self._open: str | None = None
        self._is_number = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        own = dict(attrs)
        if tag == "a" and "swap" in (own.get("class") or ""):
            self._open = own["id"]
            self.swaps[str(own["id"])] = ""
        elif tag == "sup":
            self._is_number = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup":
            self._is_number = False
        elif tag == "a":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and not self._is_number:
            self.swaps[self._open] += data


def test_every_swap_is_highlighted_once_on_both_sides_and_stands_in_the_table(beside: Callable[..., Report]) -> None:
    report = beside(SUSPECT, SOURCE)
    page = to_html(report, "today")
    swaps = report.sources[0].comparison.swaps
    found = _Page(page).swaps
    assert len(swaps) >= 5
    assert found.keys() == {f"x1{side}{n}" for side in "sr" for n in range(1, len(swaps) + 1)}
    for n, swap in enumerate(swaps, start=1):
        assert found[f"x1s{n}"].strip("\u200b") == swap.suspect.text
        assert found[f"x1r{n}"].strip("\u200b") == swap.reference.text
    assert f"{len(swaps)} swapped phrases" in page
    assert len(re.findall(r'<tr id="x1t\d+"', page)) == len(swaps)


def test_links_lead_somewhere(beside: Callable[..., Report]) -> None:
    attributes = _Page(to_html(beside(SUSPECT, SOURCE), "today")).attributes
    ids = [value for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {str(value)[1:] for name, value in attributes if name == "href"} <= set(ids)


def test_what_was_not_compared_is_shown_and_called_so(beside: Callable[..., Report]) -> None:
    before, after = "PIER NEWS TODAY", "Read also: Ten piers to see"
    whole = f"{before}\n{SUSPECT}\n{after}"
    report = beside(whole, SOURCE, clutter=[Span(0, len(before)), Span(len(whole) - len(after), len(whole))])
    page = to_html(report, "today")
    assert before in page
    assert after in page
    assert page.index(before) < page.index("The harbour council") < page.index("Nobody was hurt") < page.index(after)
    assert page.count(AROUND) == 2


def test_what_has_no_title_is_told_apart_by_its_id(beside: Callable[..., Report]) -> None:
    report = beside(SUSPECT, SOURCE, title=None)
    again = replace(report.sources[0], id="<wire-2>")
    page = to_html(replace(report, sources=(*report.sources, again)), "today")
    assert re.findall(r"<h2 id=\"x\d\">(.*?)</h2>", page) == ["Beside wire-1", "Beside &lt;wire-2&gt;"]
    assert '<a href="#x2">Beside &lt;wire-2&gt;</a>' in page


def test_headline_stands_beside_headline(beside: Callable[..., Report]) -> None:
    ours, theirs = "Council nods to pier\nOld timber\n", "Council agrees to pier\n"
    added = "Rain fell all day on the hills."  # so that the first sentence of either is of no pair with the other's
    whole = f"{ours}{added} {SUSPECT}"
    clutter, there = [Span(0, len(ours))], [Span(0, len(theirs))]
    page = to_html(beside(whole, f"{theirs}{SOURCE}", clutter=clutter, there=there), "today")
    row = re.search(r'<div class="pair around">.*', page)
    assert row is not None
    assert re.findall(r"<p>(.*?)</p>", row.group()) == ["Council nods to pier", "Old timber", "Council agrees to pier"]
    assert page.index("Council agrees") < page.index("Rain fell")


def test_all_of_both_texts_is_there(beside: Callable[..., Report]) -> None:
    page = re.sub(r"<sup>.*?</sup>|<[^>]+>|\u200b|&#8203;", "", to_html(beside(SUSPECT, SOURCE), "today"))
    for sentence in ("Nobody was hurt, said the police.", "The old timber goes to schools."):
        assert sentence in page
    assert "19 million crowns" in page
    assert "14 million crowns" in page


def test_a_changed_figure_is_told_as_a_fact(beside: Callable[..., Report]) -> None:
    page = to_html(beside(SUSPECT, SOURCE), "today")
    assert "<td>number</td><td>19</td><td>14</td></tr>" in page


def test_every_changed_fact_is_highlighted_on_the_sides_that_have_it_and_stands_in_the_table(
    beside: Callable[..., Report],
) -> None:
    report = beside(SUSPECT.replace("over twelve years", "later"), SOURCE.replace("in April", "in April 2027"))
    facts = report.sources[0].comparison.facts
    assert {"quotation", "number", "date"} <= {fact.type for fact in facts}
    assert any(fact.suspect is None for fact in facts)
    page = to_html(report, "today")
    ids = [value for name, value in _Page(page).attributes if name == "id" and re.fullmatch(r"x1[sr]f\d+", str(value))]
    ours = [f"x1sf{n}" for n, fact in enumerate(facts, start=1) if fact.suspect]
    theirs = [f"x1rf{n}" for n, fact in enumerate(facts, start=1) if fact.reference]
    assert sorted(map(str, ids)) == sorted([*ours, *theirs])
    assert f"{len(facts)} changed facts" in page
    assert len(re.findall(r'<tr><td><a href="#x1[sr]f\d+">', page)) == len(facts)
    numbers = ",".join(re.findall(r"<sup>(F[\dF,]*\d) </sup>", page)).split(",")
    assert len(numbers) == len(ids)  # each is closed where it ends


def test_text_from_strangers_is_shown_as_text(beside: Callable[..., Report]) -> None:
    report = beside(f"{SUSPECT} {HOSTILE}", f"{SOURCE} {HOSTILE}", HOSTILE)
    report = replace(report, id=HOSTILE, archive=HOSTILE)
    page = to_html(report, "today")
    found = _Page(page)
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "src"]
    assert "\u202e" not in page
    assert POLICY in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_long_text_without_a_source_has_marks_or_says_so(beside: Callable[..., Report]) -> None:
    report = replace(beside(story_text(1), SOURCE), sources=())
    page = to_html(report, "today")
    assert "No source was found in the archive wire" in page
    assert "No phrase is marked" in page
    assert "the columns above" not in page


def test_without_a_verdict_nothing_is_said_of_marks_and_figures(beside: Callable[..., Report]) -> None:
    report = beside(SUSPECT, SOURCE)
    assert report.status == "abstained"
    page = to_html(report, "today")
    assert "No verdict" in page
    assert "Marked in the text" not in page
    assert "Figures" not in page
    assert len(_Page(page).swaps) == 2 * len(report.sources[0].comparison.swaps) > 0


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "wire"
    assert run("archive", "create", str(folder)).exit_code == 0
    stories = tmp_path / "stories.jsonl"
    stories.write_text("".join(json.dumps({"id": f"s{i}", "text": story_text(i)}) + "\n" for i in range(3)))
    assert run("archive", "add", str(folder), str(stories)).exit_code == 0
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_command_writes_each_form(archive: Path, tmp_path: Path) -> None:
    suspect = tmp_path / "suspect.txt"
    suspect.write_text(swapped(story_text(1), 0.2, seed=1), encoding="utf-8")
    page = tmp_path / "page.html"
    assert run("report", str(suspect), "--archive", str(archive), "-o", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    said = run("report", str(suspect), "--archive", str(archive), "--format", "json")
    row = json.loads(said.stdout)
    jsonschema.validate(row, result_schema())
    assert [one["id"] for one in row["references"]] == ["s1"]
    assert f"{len(row['swaps'])} swapped phrase" in page.read_text(encoding="utf-8")
    markdown = run("report", str(suspect), "--archive", str(archive), "--format", "md").stdout
    assert f"### {len(row['swaps'])} swapped phrase" in markdown
    assert "Shares its text with:" in run("report", str(suspect), "--archive", str(archive), "--format", "text").stdout


def test_the_name_of_the_output_says_the_form(tmp_path: Path) -> None:
    suspect = tmp_path / "suspect.txt"
    suspect.write_text(story_text(1), encoding="utf-8")
    begins = {"a.html": "<!doctype html>", "a.md": "# ", "a.json": '{"id": ', "a.txt": str(suspect), "a": "<!doctype"}
    for name, beginning in begins.items():
        assert run("report", str(suspect), "-o", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)
    asked = run("report", str(suspect), "--format", "md", "-o", str(tmp_path / "b.html"))
    assert asked.exit_code == 0
    assert (tmp_path / "b.html").read_text(encoding="utf-8").startswith("# ")
    said = run("report", str(suspect), "-o", str(tmp_path / "a.pdf"))
    assert said.exit_code == 2
    assert f"got {tmp_path / 'a.pdf'}: name it so, or give --format" in said.stderr
    assert not (tmp_path / "a.pdf").exists()


def test_one_article_a_report(archive: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_text("".join(json.dumps({"id": str(i), "text": story_text(i)}) + "\n" for i in range(2)))
    said = run("report", str(both))
    assert said.exit_code == 2
    assert "one article" in said.output


def test_what_cannot_be_read_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("kept")
    assert run("report", str(tmp_path / "missing.txt"), "-o", str(page)).exit_code == 2
    assert page.read_text() == "kept"
