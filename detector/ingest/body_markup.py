"""The text of marked-up wire copy: an article's own body as HTML, XHTML or NITF, without a page around it.

There is nothing to find out as in a page, so nothing is guessed: every block is a line, in the order of the body.
"""

from __future__ import annotations

from typing import Any

from detector.errors import InputError
from detector.limits import USUAL, Limits

BLOCKS = frozenset(
    """
    address article blockquote body br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre
    section table tbody td tfoot th thead tr ul
    bq block body.content fn hl1 hl2 nitf note
    """.split()
)
SKIPPED = frozenset(
    """
    aside audio button canvas figcaption form head iframe media noscript object picture script style svg template title
    video
    body.end body.head caption docdata toolbar
    """.split()
)


def html_text(markup: str, limits: Limits = USUAL) -> str:
    """The text of an HTML fragment; empty where it has none. Raises InputError where it is too large."""
    if len(markup) > limits.article_bytes:
        raise InputError(
            "too-large",
            f"expected a body of at most {limits.article_bytes:,} characters, got {len(markup):,}: raise --max-article",
        )
    from lxml import etree, html  # 60 ms, and not needed for plain text

    # libxml2 itself stops at 256 nested elements and reads no file and no address.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but blanks and comments
        return ""
    return text_of(root)


def text_of(root: Any) -> str:
    """The text of an lxml element, a block a line."""
    from lxml import etree

    lines: list[str] = []
    current: list[str] = []

    def end_line() -> None:
        line = " ".join("".join(current).split())
        if line:
            lines.append(line)
        current.clear()

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = _local_name(element)
        if event == "start":
            if name in SKIPPED:
                walk.skip_subtree()
                continue
            if name in BLOCKS:
                end_line()
            current.append(element.text or "")
            continue
        if name in BLOCKS:
            end_line()
        if element is not root:
            current.append(element.tail or "")
    end_line()
    return "\n".join(lines)


def _local_name(element: Any) -> str:
    """Its name without a namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()
