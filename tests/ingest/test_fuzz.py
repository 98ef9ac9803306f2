"""Pages and wire items put together at random: one row each, in bounded time, and no error but the reader's own.

The other readers have theirs beside their tests. The cases are the same every time.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.hostile import PAGE, STORY

from detector.errors import InputError
from detector.ingest import prepare, read
from detector.text import Failure, Record

SECONDS = 5.0  # of processor time for a few kilobytes; they take some milliseconds
TAGS = "html head body div p a ul li table tr td section article script style svg template noscript br x-y".split()
ATTRIBUTES = [
    'class="comments"', 'id="share"', 'style="display:none"', "hidden", 'rel="author"', 'itemprop="headline"',
    'href="//["', 'class="', "a='<p>'", 'property="og:title" content=""',
    'datetime="9999-99-99"', 'type="application/ld+json"',
]  # fmt: skip
PIECES = [
    STORY, "<!--", "-->", "<!-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE html>",
    "&#x110000;", "&amp", "\0", "\u202e", "\ud800",
    '{"@type": ["NewsArticle", 5], "headline": {}, "author": [null]}', "<", '"',
]  # fmt: skip
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.builds("<{}>".format, st.sampled_from(TAGS)),
        st.builds("</{}>".format, st.sampled_from(TAGS)),
        st.builds("<{} {}>".format, st.sampled_from([*TAGS, "meta"]), st.sampled_from(ATTRIBUTES)),
        st.text(max_size=8),
    ),
    max_size=60,
).map("".join)
NAMES = st.sampled_from(["role", "value", "name", "contenttype"]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from([STORY, "text/plain"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
NINJS_NAMES = """body_text body_html body_xhtml bodies headline headlines versioncreated firstcreated contentcreated
pubstatus language source copyrightholder infosource infosources evolvedfrom uri slugline""".split()
NEWS_ITEM = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:a:1" xml:lang="en"><itemMeta>
<itemClass qcode="ninat:text"/><provider literal="Meridian"/><versionCreated>2026-03-03T05:10:00Z</versionCreated>
<pubStatus qcode="stat:usable"/><link rel="irel:previousVersion" residref="urn:a:0"/></itemMeta><contentMeta>
<headline>Bridge to stay closed</headline></contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{STORY}</p></body></html></inlineXML><inlineData
contenttype="text/html">&lt;p&gt;{STORY}&lt;/p&gt;</inlineData></contentSet></newsItem>"""
XML_PIECES = [
    "<newsItem>", "</newsItem>", "</itemMeta>", "<inlineData contenttype='text/html'>", "</contentSet>", "&a;", "&#0;",
    "<![CDATA[", "]]>", "<!DOCTYPE a [<!ENTITY a 'b'>]>", "<?x?>", "xmlns:q='q'", "<q:p>", "\0", "\ufffe", "<!--",
    "<p>" * 300, "<a" * 99,
]  # fmt: skip
XML = st.sampled_from(XML_PIECES) | st.text(max_size=6)


@settings(max_examples=60, derandomize=True)
@given(before=MARKUP, inside=MARKUP, cut=st.integers(0, len(PAGE)))
def test_pages(before: str, inside: str, cut: int, tmp_path: Path) -> None:
    row = only_row((before + PAGE[:cut] + inside + PAGE[cut:]).encode("utf-8", "surrogatepass"), tmp_path / "a.html")
    if isinstance(row, Record):
        within_bounds(row)


@settings(max_examples=60, derandomize=True)
@given(
    item=st.dictionaries(st.sampled_from(NINJS_NAMES), VALUES, max_size=12),
    body=MARKUP,
    place=st.sampled_from(NINJS_NAMES),
)
def test_ninjs(item: dict[str, object], body: str, place: str, tmp_path: Path) -> None:
    made = {"uri": "urn:a:1", "headline": "Bridge", **item, place: body}
    row = only_row(json.dumps(made).encode(), tmp_path / "a.json")
    if isinstance(row, Record):
        within_bounds(row)


@settings(max_examples=60, derandomize=True)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(NEWS_ITEM) - 1), XML, st.integers(0, 30)), max_size=4),
    cut=st.integers(0, 40),
)
def test_newsml(edits: list[tuple[int, str, int]], cut: int, tmp_path: Path) -> None:
    text = NEWS_ITEM
    for place, new, length in edits:
        text = text[:place] + new + text[place + length :]
    row = only_row(text[: len(text) - cut].encode("utf-8", "surrogatepass"), tmp_path / "a.xml")
    if isinstance(row, Record):
        within_bounds(row)


def only_row(data: bytes, path: Path) -> Record | Failure:
    path.write_bytes(data)
    started = time.process_time()
    (row,) = read([path])
    assert time.process_time() - started < SECONDS
    repr(row).encode("utf-8")  # no lone surrogate
    return row


def within_bounds(record: Record) -> None:
    """Its text comes, or the error that says why not."""
    started = time.process_time()
    with suppress(InputError):
        article = prepare(record)
        assert article.text.strip()
        article.text.encode("utf-8")
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(("data", "name"), [(PAGE, "a.html"), (NEWS_ITEM, "a.xml")])
def test_what_is_changed_here_is_read_when_unchanged(data: str, name: str, tmp_path: Path) -> None:
    row = only_row(data.encode(), tmp_path / name)
    assert isinstance(row, Record), row
    assert prepare(row).text.startswith("The council said")
