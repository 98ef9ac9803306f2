"""The page for those who read it by keyboard, by ear, on dark or in print: links, names, order and contrast."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise, product

import pytest
from reports import make_evidence, make_refused, make_report

from detector.findings import Report
from detector.render import to_terminal
from detector.render.html_page import STYLES
from detector.render.report_markdown import to_markdown
from detector.render.report_page import to_html
from detector.text import Span

CSS = "".join(files("detector.render").joinpath(name).read_text(encoding="utf-8") for name in STYLES)
READABLE = 4.5  # WCAG 2.2, criterion 1.4.3: contrast of text
VISIBLE = 3.0  # criterion 1.4.11: of what must be seen


class _Page(HTMLParser):
    """Its tags in order, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def pages(laid: Report) -> list[_Page]:
    """With sources and without, with marks and without a verdict."""
    marked = make_report("A lights blitz of a powerful patch.", ["lights blitz", "patch"])
    return [_Page(to_html(one, "today")) for one in (laid, marked, make_refused("abstained"), make_refused("error"))]


def test_every_link_leads_somewhere_and_every_place_is_one(laid: Report) -> None:
    for page in pages(laid):
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        inside = [str(link["href"])[1:] for link in page.all("a") if str(link["href"]).startswith("#")]
        assert set(inside) <= set(ids)


def test_marks_link_to_their_reasons_and_back() -> None:
    text = "A lights blitz of a powerful patch, and the lights blitz again."
    report = make_report(text, ["lights blitz", "powerful patch", "patch"])
    again = Span(text.rindex("lights"), text.rindex(" again"))
    report = replace(report, evidence=(replace(report.evidence[0], also=(again,)), *report.evidence[1:]))
    page = to_html(report, "today")
    for number in (1, 2, 3):
        assert page.count(f'id="m{number}" href="#r{number}"') == 1
        assert page.count(f'<tr id="r{number}"><td><a href="#m{number}"') == 1
    assert page.count('href="#r1"') == 2  # each place of a habit
    assert "(2 places)" in page


def test_a_swap_leads_to_the_next_one_and_the_last_to_none(laid: Report) -> None:
    page = to_html(laid, "today")
    swaps = laid.sources[0].comparison.swaps
    assert re.findall(r'class="next" href="#x1s(\d+)"', page) == [str(n) for n in range(2, len(swaps) + 1)]


def test_links_to_the_outside_take_nothing_along(laid: Report) -> None:
    (link,) = [link for link in pages(laid)[0].all("a") if link["href"] == "https://coast.example/1?a=1&b=(2)"]
    assert link["rel"] == "noreferrer noopener nofollow"
    source = replace(laid.sources[0], url="javascript:alert(1)")
    page = to_html(replace(laid, sources=(source,)), "today")
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_headings_are_in_order_and_the_language_is_said(laid: Report) -> None:
    for page in pages(laid):
        assert page.all("html") == [{"lang": "en"}]
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_name_their_heads_and_what_scrolls_is_reached_by_keyboard(laid: Report) -> None:
    for page in pages(laid):
        assert {head.get("scope") for head in page.all("th")} <= {"col", "row"}
        scrolled = [attributes for attributes in page.all("div") if attributes.get("class") == "wide"]
        assert all(attributes["tabindex"] == "0" for attributes in scrolled)
        labels = [attributes["aria-label"] for attributes in scrolled]
        assert len(labels) == len(set(labels))


def test_the_columns_are_named_for_those_who_do_not_see_them(laid: Report) -> None:
    groups = [cell["aria-label"] for cell in pages(laid)[0].all("div") if cell.get("role") == "group"]
    assert set(groups) == {"this article", "the other article", "the other text"}


def test_focus_is_seen() -> None:
    assert "a:focus-visible" in CSS
    assert "outline: none" not in CSS


@pytest.mark.parametrize("theme", [0, 1])
def test_all_text_can_be_read_on_what_it_stands_on(theme: int) -> None:
    colours = {**themes()[0], **themes()[theme]}
    on = ("paper", "shade", "put", "in", "out")
    for text, ground in [*product(("ink", "soft"), on), ("link", "paper"), ("link", "shade")]:
        assert contrast(colours[text], colours[ground]) >= READABLE, (text, ground)
    for line, ground in product(("ink", "fact"), on):
        assert contrast(colours[line], colours[ground]) >= VISIBLE, (line, ground)


def test_there_are_two_themes_and_print_has_the_light_one() -> None:
    light, dark = themes()
    assert light.keys() == dark.keys()
    assert "@media screen and (prefers-color-scheme: dark)" in CSS


def test_kinds_are_told_without_colour() -> None:
    styles = {
        kind: re.search(rf"\.swap\.{kind} {{[^}}]*text-decoration-style: (\w+)", CSS)
        for kind in ("inserted", "deleted")
    }
    assert {kind: found and found.group(1) for kind, found in styles.items()} == {
        "inserted": "dashed",
        "deleted": "dotted",
    }
    assert re.search(r"\.swap, mark a {[^}]*text-decoration: underline", CSS)


def themes() -> list[dict[str, str]]:
    """The light colours, then the dark ones, by their names."""
    return [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root {([^}]*)}", CSS)]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, definition of contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, definition of relative luminance, 0 to 1."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_counted_as_the_standard_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)  # the best-known grey that is just too light


def test_a_mark_has_one_number_wherever_it_is_told_of() -> None:
    """What touches a fact is read first, though it is the weaker mark."""
    text = "A lights blitz hit 14 newshounds of the region."
    evidence = (make_evidence(text, "lights blitz"), make_evidence(text, "newshounds", severity="fact", strength=1.0))
    report = make_report(text, ["lights blitz"], evidence=evidence)
    assert "[1 newshounds]" in to_terminal(report)
    assert '<tr id="r1"><td><a href="#m1" title="to the text">1</a></td><td>newshounds</td>' in to_html(report, "today")
    assert "| 1 | newshounds |" in to_markdown(report, "today")
