"""HTML pages: the article's text, one paragraph a line, and what the page says of itself.

trafilatura does the extraction; it is imported with the first page, and its log is silenced.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from detector.errors import InputError
from detector.ingest.decoding import check_text, decode
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

MAX_DEPTH = 250  # nested elements; libxml2 itself stops at 256, edited pages stay under 60
NO_END_TAG = "area base basefont br col embed frame hr img input link meta param source track wbr"
END_TAG_LEFT_OUT = "p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt html head body"
NEVER_NESTED = frozenset(f"{NO_END_TAG} {END_TAG_LEFT_OUT}".split())
MIN_WORDS = 10  # what is shorter is a button or a menu that was taken for an article; guess
LOGGERS = ("trafilatura", "htmldate", "courlan", "justext")

OPTIONS: dict[str, Any] = {
    "favor_precision": True,
    "include_comments": False,
    "include_tables": False,
    "with_metadata": True,
}
# Who wrote it, and its tags, are not asked for. trafilatura looks for them all over a page that names none in its head,
# which takes up to a third of the time (benchmarks.pages), so the head of every page is made to name some.
NOT_ASKED_FOR = ({"name": "author", "content": "not asked"}, {"property": "article:tag", "content": "not asked"})

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]{0,40}(?=[\s/>])")
_LONG_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(r"""(["']).*?\1""", re.DOTALL)
# What holds no elements, whatever it looks like. `<!-->` is a whole comment, and `--!>` ends one as `-->` does.
_OPAQUE = re.compile(
    r"<!--(?!-?>)(?:[^-]++|-(?!-!?>))*+(?:--!?>)?|<(script|style)(?=[\s/>])(?:[^<]++|<(?!/\1))*+(?:</\1)?",
    re.IGNORECASE,
)


class Page(NamedTuple):
    """What a page gave: text with a line a paragraph, and what it says of itself."""

    text: str
    title: str | None
    outlet: str | None
    published: str | None


def read_html(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the one page in `stream`; `name` becomes its id. Extraction waits for `prepare`."""
    try:
        yield Record(id=name, content=decode(read_whole(stream, limits.article_bytes), is_html=True), is_html=True)
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")


def extract(html: str, url: str | None = None, limits: Limits = USUAL) -> Page:
    """Take the article out of a page, or raise InputError "too-large", "too-deep" or "no-article"."""
    _check_shape(html, limits)
    for logger in LOGGERS:
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
    from trafilatura import bare_extraction  # 0.3 s, and not needed for text

    try:
        found = bare_extraction(_tree(html), url=url, **OPTIONS)
    except RecursionError:
        raise InputError("too-deep", _too_deep("more than can be walked")) from None
    except Exception as error:  # a page must never end a run, whatever a parser makes of it
        raise InputError(
            "no-article", f"the page could not be parsed ({type(error).__name__}): give its text"
        ) from error
    text = "" if found is None or isinstance(found, dict) else found.text or ""
    if found is None or isinstance(found, dict) or len(text.split()) < MIN_WORDS:
        raise InputError(
            "no-article",
            "expected a page with an article, got none (a front page, or text that a script loads): give its text",
        )
    return Page(check_text(text.strip()), found.title, found.sitename, found.date)


def _tree(html: str) -> Any:
    """The page as trafilatura parses it, with a head that names what is not asked for; None for what is no page."""
    from trafilatura import load_html

    tree = load_html(html)
    head = None if tree is None else tree.find("head")
    if head is not None:
        head.extend(head.makeelement("meta", attributes) for attributes in NOT_ASKED_FOR)
    return tree


def _check_shape(html: str, limits: Limits) -> None:
    """Refuse a page that would keep the parser busy for minutes or exhaust the stack."""
    if len(html) > limits.article_bytes:
        raise InputError(
            "too-large",
            f"expected a page of at most {limits.article_bytes:,} characters, got {len(html):,}: raise --max-article",
        )
    if (deepest := _deepest(html)) > MAX_DEPTH:
        raise InputError("too-deep", _too_deep(f"{deepest:,}"))
    for tag in _LONG_TAG.findall(html):
        if len(tag) > min(2 * limits.attributes, limits.tag_characters):  # a name takes a character and one before it
            _check_tag(tag, limits)
    # Counted everywhere, as a quoted "<script>" would hide all that follows; the depth libxml2 bounds by itself.
    if html.count("<") > limits.tags and (n_tags := sum(1 for _ in _TAG.finditer(html))) > limits.tags:
        raise InputError(
            "too-large",
            f"expected a page of at most {limits.tags:,} tags, got {n_tags:,}: give its text, or raise --max-tags",
        )


def _deepest(html: str) -> int:
    """How deep the elements of a page are nested, where their tags are taken at their word."""
    steps = _Steps()
    depth = deepest = 0
    for step in map(steps.__getitem__, _TAG.findall(_OPAQUE.sub(" ", html))):
        depth += step
        if depth > deepest:
            deepest = depth
        elif depth < 0:
            depth = 0
    return deepest


class _Steps(dict[str, int]):
    """How many levels a tag, written as "<div" or "</div", leads down."""

    def __missing__(self, tag: str) -> int:
        closing = tag.startswith("</")
        self[tag] = 0 if tag[1 + closing :].lower() in NEVER_NESTED else -1 if closing else 1
        return self[tag]


def _check_tag(tag: str, limits: Limits) -> None:
    if len(tag) > limits.tag_characters:
        raise InputError(
            "too-large",
            f"expected tags of at most {limits.tag_characters:,} characters, got {len(tag):,}: give the article's "
            "text, or raise --max-tag-length",
        )
    if (n := len(_QUOTED.sub(" ", tag).split())) > limits.attributes:
        raise InputError(
            "too-large",
            f"expected tags of at most {limits.attributes:,} attributes, got {n:,}: give the article's text, or raise "
            "--max-attributes",
        )


def _too_deep(got: str) -> str:
    return (
        f"expected a page of at most {MAX_DEPTH} nested elements, as its parser reads no more, got {got}: give the "
        "article's text instead"
    )
