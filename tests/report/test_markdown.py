"""The report as Markdown: the page's figures, and text from strangers that stays text."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from reports import make_evidence, make_refused, make_report

from detector.comparison import Source
from detector.findings import DESK, Report
from detector.render import report_markdown
from detector.render.markdown import inline, link
from detector.render.report_markdown import to_markdown
from detector.render.report_page import to_html
from detector.render.report_words import LIMITS
from detector.render.web_address import LONGEST, web_address
from detector.text import Span

HOSTILE = (
    "![x](http://evil.example/a.png) [a](javascript:alert(1)) <script>alert(1)</script> `c` ``d` **b** __c__ ~~d~~ |e| "
    "www.evil.example me@evil.example @desk #12 !3 &lt;b&gt; \u202e \\ [^1] $x$ <!-- c -->\n\n# h\n- i\n---\n| a | b |"
)
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*([`*_{}\[\]<>#|~!$^])")


def rows(markdown: str, heading: str) -> list[list[str]]:
    """The cells of the table under each `heading`."""
    found = []
    for part in re.split(r"(?m)^#+ ", markdown):
        if re.match(rf"[\d,]+ {heading}", part):
            lines = [line for line in part.split("\n") if line.startswith("| ")][1:]
            found += [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return found


def test_it_has_the_rows_that_the_page_highlights(laid: Report) -> None:
    markdown, page = to_markdown(laid, "today"), to_html(laid, "today")
    sources = [*laid.sources, *laid.others]
    swaps = [swap for source in sources for swap in source.comparison.swaps]
    facts = [fact for source in sources for fact in source.comparison.facts]
    told = rows(markdown, "swapped phrase")
    assert [row[1] for row in told] == [inline(swap.suspect.text) or "(nothing)" for swap in swaps]
    assert [row[2] for row in told] == [inline(swap.reference.text) or "(nothing)" for swap in swaps]
    assert len(told) == len(re.findall(r'<tr id="x\dt\d+"', page)) == page.count('class="swap') // 2 - 2 * len(sources)
    assert len(rows(markdown, "changed fact")) == len(facts) > 0
    for source in sources:
        assert f"### {len(source.comparison.swaps)} swapped phrase" in markdown
        assert f"### {len(source.comparison.facts)} changed fact" in markdown


def test_it_says_what_the_page_says(laid: Report) -> None:
    markdown = to_markdown(laid, "by hand").replace("\\", "")
    assert "# suspect" in markdown
    assert "Not made from it by what was measured" in markdown
    assert "false alarms by the text alone" in markdown
    assert "false alarms by sources" in markdown
    assert "word for word" in markdown
    assert str(laid.text_sha256) in markdown
    assert "| made | by hand |" in markdown
    for line in LIMITS:
        assert line in markdown
    assert "(<https://coast.example/1?a=1&amp;b=(2)>)" in to_markdown(laid, "by hand")


def test_marks_stand_with_their_reasons_and_suggestions() -> None:
    text = "A lights blitz of a powerful patch, and the lights blitz again."
    report = make_report(text, ["lights blitz", "patch"])
    marks = (
        replace(report.evidence[0], also=(Span(*re.search("lights blitz again", text).span()),)),
        report.evidence[1],
    )  # type: ignore[union-attr]
    told = rows(to_markdown(replace(report, evidence=marks), "today"), "marked phrase")
    assert [row[:2] for row in told] == [["1", "lights blitz (2 places)"], ["2", "patch"]]
    assert all("lightning offensive (62%)" in row[3] and row[2] for row in told)
    assert "### 0 marked phrases" in to_markdown(make_report(text), "today")


def test_what_the_desk_asks_for_is_said_to_be_its_own_and_has_no_probability() -> None:
    mark = make_evidence("A lights blitz.", "lights blitz", extractor=DESK, kind=DESK)
    report = replace(make_report("A lights blitz."), evidence=(mark,))
    (told,) = rows(to_markdown(report, "today"), "marked phrase")
    assert told[3] == "lightning offensive (the desk's)"
    assert "<td>lightning offensive (the desk&#x27;s)</td>" in to_html(report, "today").replace("'", "&#x27;")


def test_without_a_verdict_it_is_short_and_whole() -> None:
    for status in ("abstained", "error"):
        markdown = to_markdown(make_refused(status), "today")
        assert "## Figures" not in markdown
        assert "## Record" in markdown
        assert "83 words" in markdown


def test_text_from_strangers_is_text_on_its_line(laid: Report) -> None:
    source = replace(laid.sources[0], title=HOSTILE, id=HOSTILE, outlet=HOSTILE, published=HOSTILE, url=HOSTILE)
    swaps = tuple(replace(swap, suspect=swap.suspect._replace(text=HOSTILE)) for swap in source.comparison.swaps)
    source = replace(source, comparison=replace(source.comparison, swaps=swaps))
    marks = (make_evidence(str(laid.text), "said", reason=HOSTILE),)
    markdown = to_markdown(replace(laid, id=HOSTILE, sources=(source,), evidence=marks, archive=HOSTILE), HOSTILE)
    assert "\u202e" not in markdown
    for line in markdown.split("\n"):
        own = re.sub(r"^(#+ |- |\|---.*|> )|^\*\*|\*\*$|\[https?[^]]*\]\(<[^>]*>\)|&#8203;", "", line)
        if line.startswith("| "):
            own = re.sub(r"(?:^\| ?| \| | \|$)", " ", own)
        assert not UNESCAPED.search(own), line
        assert "://" not in own
        assert "@d" not in line


def test_every_text_can_be_read_back() -> None:
    rng = random.Random(3)
    pieces = [*"\\`*_{}[]()<>#|~&!$^=+-.:/@w ab1;\"'", "http", "www.", ".com", "://", "](", "&#", "<a"]
    for _ in range(2000):
        text = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 30)))
        shown = inline(text)
        assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown.replace("&#8203;", "")) == text
        assert not UNESCAPED.search(shown.replace("&#8203;", ""))
        assert not re.search(r"@\w|www\.|://|\.[a-z]|(?<!\\)//", re.sub(r"\\[./:]", "·", shown))


def test_a_long_table_says_what_it_leaves_out(laid: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_markdown, "MOST_ROWS", 3)
    markdown = to_markdown(laid, "today")
    n_swaps = len(laid.sources[0].comparison.swaps)
    assert f"### {n_swaps} swapped phrases" in markdown
    assert f"and {n_swaps - 3} more, which the page has" in markdown


def test_a_long_phrase_is_cut(laid: Report) -> None:
    source: Source = laid.sources[0]
    first = source.comparison.swaps[0]
    long = replace(first, suspect=first.suspect._replace(text="word " * 500))
    source = replace(source, comparison=replace(source.comparison, swaps=(long,)))
    assert max(map(len, to_markdown(replace(laid, sources=(source,)), "today").split("\n"))) < 1000


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//evil.example/a",
        "/a",
        "http://",
        "http:///a",
        "https://user@evil.example/",
        "https://agency.example@evil.example/",
        "https://evil.example:port/",
        "https://[::1/",
        "https://evil.example\\@agency.example/",
        "https://аgency.example/",  # the first letter is Cyrillic
        "https://agency.example/a b",
        "https://agency.example/\u202ea",
        "https://agency.example/\n",
        "\thttps://agency.example/",
        "https://agency.example/" + "a" * LONGEST,
        "",
    ],
)
def test_only_plain_addresses_of_the_web_become_links(url: str) -> None:
    assert web_address(url) is None


def test_an_address_can_end_neither_an_attribute_nor_a_link() -> None:
    address = web_address("https://agency.example/\"'><script>`|é?a=1&copy;=2#(x)")
    assert address is not None
    assert not set('"<>`| ') & set(address)
    assert "%C3%A9" in address
    assert "&amp;copy" in link("x", address)
    assert web_address(None) is None
    assert web_address("HTTPS://Agency.example:8080/a") == "HTTPS://Agency.example:8080/a"
