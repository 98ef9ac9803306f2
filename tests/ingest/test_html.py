"""HTML: the article's text and nothing else, and pages made to break a parser."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import pytest

from benchmarks.made_pages import made_pages
from detector.errors import InputError
from detector.ingest import prepare, read, refuse
from detector.ingest.html import OPTIONS, extract
from detector.text import Article, Record

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
PARAGRAPHS = [
    "The harbour board will vote next week on a plan to dredge the northern channel, which has silted up.",
    "Two of the three ferries now turn back at low tide, and the company that runs them wants its dues lowered.",
    "“We have waited since the storms of last winter,” said the harbour master, who has sailed the channel for years.",
    "The work would cost nine million crowns and close the channel for a month, according to a report to the board.",
]
PAGE = (
    "<html><head><title>Board to vote on dredging</title></head><body><nav><a>Home</a></nav><article>"
    f"<h1>Board to vote on dredging</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article></body></html>"
)


def code_of(html: str) -> str:
    with pytest.raises(InputError, match="expected") as caught:
        extract(html)
    return caught.value.code


def test_paragraphs_stand_on_lines_of_their_own() -> None:
    page = extract(PAGE)
    assert [line for line in page.text.split("\n") if line in PARAGRAPHS] == PARAGRAPHS
    assert page.title == "Board to vote on dredging"


def test_what_the_record_says_goes_before_what_the_page_says() -> None:
    article = prepare(Record("x", PAGE, is_html=True, title="Its own title", outlet="Harbour News", fields={"a": 1}))
    assert (article.id, article.title, article.outlet, article.fields) == (
        "x",
        "Its own title",
        "Harbour News",
        {"a": 1},
    )


def test_extraction_is_repeatable() -> None:
    assert extract(PAGE) == extract(PAGE)


def test_what_is_not_asked_for_changes_nothing_else() -> None:
    """The head is told an author and a tag, so that the library does not look for them: all else is as without."""
    from trafilatura import bare_extraction

    pages = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("pages/*.html"))] + made_pages(2, 6)
    assert len(pages) > 10
    for html in [*pages, PAGE, PAGE.replace("<head>", "").replace("</head>", "")]:
        found = bare_extraction(html, **OPTIONS)
        assert found is not None
        assert extract(html) == (found.text.strip(), found.title, found.sitename, found.date)


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><nav><a>Home</a></nav></body></html>", "x", "<" * 9])
def test_page_without_an_article(page: str) -> None:
    assert code_of(page) == "no-article"


@pytest.mark.parametrize("tag", ["div", "span", "b", "blockquote", "x-y"])
def test_100_000_nested_tags(tag: str) -> None:
    assert code_of(f"<{tag}>" * 100_000 + "x") == "too-deep"
    assert code_of("<html><body>" + f"<{tag}>" * 100_000 + PAGE + f"</{tag}>" * 100_000) == "too-deep"


@pytest.mark.parametrize(
    "before", ["<svg>", "<textarea>", "<!-->", "<!--->", "<!-- --!>", "<script-x>", "<style></style>"]
)
def test_nested_tags_are_not_hidden(before: str) -> None:
    assert code_of(f"<html><body>{before}{'<div>' * 5_000}x") == "too-deep"


@pytest.mark.parametrize("before", ["<!--", "<script>", "<STYLE media=all>"])
def test_what_only_looks_like_tags_is_not_counted(before: str) -> None:
    closing = {"<!--": "-->", "<script>": "</script>"}.get(before, "</style>")
    assert PARAGRAPHS[0] in extract(PAGE.replace("<nav>", f"{before}{'<div>' * 5_000}{closing}<nav>")).text


@pytest.mark.parametrize("before", ['<a title="<script>">', '<a title="<!--">'])
def test_tags_are_counted_wherever_they_stand(before: str) -> None:
    assert code_of(f"<html><body>{before}{'<p>' * 30_001}") == "too-large"


@pytest.mark.parametrize("tag", ["div", "span", "b", "x-y"])
def test_nesting_just_below_the_cap_is_read(tag: str) -> None:
    nested = f"<{tag}>" * 200 + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + f"</{tag}>" * 200
    assert PARAGRAPHS[0] in extract(f"<html><body>{nested}</body></html>").text


def test_too_many_tags_and_too_many_characters() -> None:
    assert code_of("<ul>" + "<li>" * 30_001) == "too-large"
    assert code_of("<p>" + "a " * 5_000_001) == "too-large"


@pytest.mark.parametrize(
    "page",
    ["<" * 300_000, "<a " * 100_000, "<!--" * 100_000, "<script>" * 50_000, "<p " + 'a="b" ' * 100_000, "&amp;" * 9**5],
)
def test_broken_markup_ends_soon(page: str) -> None:
    start = time.process_time()
    assert code_of(page) in {"no-article", "too-deep", "too-large"}
    assert time.process_time() - start < 3


def test_extraction_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        code_of("<html></html>")
    assert not [record for record in caplog.records if record.name.startswith(("trafilatura", "htmldate", "courlan"))]


def test_text_records_keep_their_text_and_empty_ones_are_refused() -> None:
    text = "\ufeffA story.\r\n\r\nIts end. "
    assert prepare(Record("x", text)).text == text
    for content, code in [(" \n", "empty"), ("\0" * 50, "binary")]:
        with pytest.raises(InputError, match="expected") as caught:
            prepare(Record("x", content))
        assert caught.value.code == code


def story_of(article: Article) -> str:
    """The unmasked words, with the quotation marks, dashes and spaces of a site made plain."""
    pieces, position = [], 0
    for span in article.clutter:
        pieces.append(article.text[position : span.start])
        position = span.end
    pieces.append(article.text[position:])
    return plain("".join(pieces))


def plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def sample(kind: str) -> list[str]:
    index = [json.loads(line) for line in (SAMPLE / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    return sorted(row["path"] for row in index if row["path"].startswith(kind))


@pytest.mark.parametrize("path", sample("pages/"))
def test_sample_pages(path: str) -> None:
    (record,) = read([SAMPLE / path])
    assert isinstance(record, Record)
    article = prepare(record)
    assert refuse(article) == ("en", None)
    story = story_of(article)
    sources = [SAMPLE / kind / f"{Path(path).stem}.txt" for kind in ("clean", "spun")]
    shares = [share_found(source, story) for source in sources]
    assert max(shares) == 1.0, "every paragraph of the story, and nothing of it masked"
    for clutter in (
        "readalso",
        "alsoread",
        "whatsappchannel",
        "cookies",
        "downloadourapp",
        "leaveacomment",
        "relatedtopics",
    ):
        assert clutter not in story


def sentences_of(source: Path) -> list[str]:
    """The headline and the paragraphs of a sample text; a line with the score of a match is not one."""
    headline, *paragraphs = source.read_text(encoding="utf-8").strip().split("\n\n")
    return [headline, *(paragraph for paragraph in paragraphs if "." in paragraph or "?" in paragraph)]


def share_found(source: Path, story: str) -> float:
    """Share of the paragraphs of a sample text that stand in `story`; headline and dateline left out."""
    _, *paragraphs = sentences_of(source)
    endings = [plain(paragraph)[-60:] for paragraph in paragraphs]
    return sum(ending in story for ending in endings) / len(endings)


@pytest.mark.parametrize("path", sample("clean/"))
def test_clean_sample_keeps_its_story(path: str) -> None:
    (record,) = read([SAMPLE / path])
    assert isinstance(record, Record)
    article = prepare(record)
    headline, *paragraphs = sentences_of(SAMPLE / path)
    story = story_of(article)
    assert plain(headline) not in story
    assert all(plain(paragraph)[-60:] in story for paragraph in paragraphs)
    assert refuse(article) == ("en", None)
