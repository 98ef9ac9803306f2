"""From files, folders and standard input to articles whose story is told from its clutter.

`read` finds the records, `prepare` extracts HTML and marks clutter, `refuse` says why a text gets no verdict.
"""

from __future__ import annotations

from detector.errors import InputError
from detector.ingest.clutter import find_clutter
from detector.ingest.decoding import check_text
from detector.ingest.extent import Extent
from detector.ingest.fields import NO_COLUMN
from detector.ingest.folder import read, read_each
from detector.ingest.html import Page, extract
from detector.ingest.language import Language, count_words, english_share, language, refuse
from detector.ingest.markdown import prose
from detector.limits import USUAL, Limits
from detector.text import Article, Record

__all__ = [
    "NO_COLUMN",
    "USUAL",
    "Extent",
    "Language",
    "Limits",
    "check_length",
    "count_words",
    "english_share",
    "language",
    "prepare",
    "read",
    "read_each",
    "refuse",
]


def prepare(record: Record, limits: Limits = USUAL) -> Article:
    """Extract the text of a page and mark what is clutter; raise InputError where there is no text to judge.

    What the record says of itself goes before what its page says. The text of a text record is left as it is.
    """
    given = origin = None
    if record.is_html:
        page = extract(record.content, record.url, limits)
    else:
        check_length(record.content, limits)
        text = check_text(record.content)
        if record.is_markdown:
            given = text
            text, origin = prose(given)
        page = Page(text, None, None, None)
    title = record.title or page.title
    clutter = find_clutter(page.text, title)
    return Article(
        id=record.id,
        text=page.text,
        clutter=clutter.spans,
        notices=clutter.notices,
        credits=clutter.credits,
        title=title,
        url=record.url,
        published=record.published or page.published,
        outlet=record.outlet or page.outlet,
        fields=record.fields,
        provenance=record.provenance,
        given=given,
        origin=origin,
    )


def check_length(text: str, limits: Limits = USUAL) -> None:
    """Raise InputError "too-large" for a text that is too long for one article."""
    if len(text) > limits.article_bytes:
        raise InputError(
            "too-large",
            f"expected one article of at most {limits.article_bytes:,} characters, got {len(text):,}: split it, or "
            "raise --max-article",
        )
