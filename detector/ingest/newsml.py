"""NewsML-G2, the IPTC's news in XML: the text items of a newsMessage, or one newsItem.

https://iptc.org/std/NewsML-G2/guidelines/. A document type is refused before anything is parsed, as it is where
entities are declared; libxml2 bounds depth by itself. Handed through as for ninjs: `language`, `updated`, `version_of`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from detector.errors import InputError
from detector.ingest.body_markup import html_text, text_of
from detector.ingest.decoding import TEXT_CHARSETS, decode
from detector.ingest.fields import record_from
from detector.ingest.ninjs import refuse_unusable
from detector.ingest.streams import read_whole
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

EARLIER = frozenset({"previousversion", "evolvedfrom"})  # relations to an item that this one carries on
LOOKS_LIKE = re.compile(r"<(?:[\w.-]+:)?news(?:Message|Item)[\s>]")

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})[\"'][^>]{0,100}\?>")
_PROLOG = re.compile(r"\s*(?:(?:<\?(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->)\s*)*", re.DOTALL)
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_newsml(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read the text items of one file, in order; pictures and the like beside them are passed over."""
    try:
        items = _items(_parse(_decode(read_whole(stream, limits.article_bytes))))
    except InputError as error:
        yield Failure(name, error.code, f"{name}: {error}")
        return
    for number, item in enumerate(items, 1):
        place = name if len(items) == 1 else f"{name}:{number}"
        identifier = item.get("guid") or place
        try:
            refuse_unusable(_attribute(item, "itemMeta/pubStatus", "qcode"))
            yield record_from(_row(item, identifier, limits), identifier, place, limits)
        except InputError as error:
            yield Failure(identifier, error.code, f"{place}: {error}")


def _decode(data: bytes) -> str:
    """The document, by a byte order mark, the charset that it declares, or the best guess."""
    match = _DECLARATION.match(data)
    if match is not None and TEXT_CHARSETS.match(declared := match.group(1).decode("ascii")):
        try:
            return data.decode(declared)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _parse(text: str) -> Any:
    from lxml import etree  # not needed for other kinds of files

    prolog = _PROLOG.match(text)
    body = text[prolog.end() if prolog else 0 :]
    if body[:9].upper() == "<!DOCTYPE":
        raise InputError("document-type", "expected XML without a document type, got <!DOCTYPE: remove it")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
        remove_comments=True,  # so that the text behind one belongs to its paragraph
        remove_pis=True,
    )
    try:
        return etree.fromstring(body.encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as error:
        raise InputError("invalid-xml", f"expected well-formed XML, got: {error}") from None


def _items(root: Any) -> list[Any]:
    """The text items; raises InputError where there are none."""
    items = [root] if _local(root) == "newsItem" else root.findall("{*}itemSet/{*}newsItem")
    if _local(root) not in ("newsItem", "newsMessage"):
        raise InputError("not-newsml", f"expected NewsML-G2, a newsMessage or newsItem, got <{_local(root)[:40]}>")
    texts = [item for item in items if _class(item) in ("", "text", "composite")]
    if not texts:
        raise InputError("missing-field", f"expected a newsItem of the class text, got {len(items)} of other classes")
    return texts


def _row(item: Any, identifier: str, limits: Limits) -> dict[str, object]:
    text = _body(item, limits)
    if not text.strip():
        raise InputError("missing-field", "expected a text in inlineXML or inlineData, got none")
    updated = _text(item, "itemMeta/versionCreated")
    language = _attribute(item, "contentMeta/language", "tag") or item.get(_LANGUAGE)
    row = {
        "id": identifier,
        "text": text,
        "title": _text(item, "contentMeta/headline") or _text(item, "itemMeta/title"),
        "url": identifier if identifier.startswith(("http://", "https://")) else None,
        "published": _text(item, "itemMeta/firstCreated") or _text(item, "contentMeta/contentCreated") or updated,
        "outlet": _provider(item),
        "updated": updated,
        "version_of": _earlier(item),
        "language": language,
    }
    return {name: value for name, value in row.items() if value is not None}


def _body(item: Any, limits: Limits) -> str:
    """The first content that has a text."""
    for content in item.iterfind("{*}contentSet/*"):
        text = ""
        if _local(content) == "inlineXML":
            text = text_of(content)
        elif _local(content) == "inlineData":
            text = "".join(content.itertext())
            if "html" in (content.get("contenttype") or ""):
                text = html_text(text, limits)
        if text.strip():
            return text.strip()
    return ""


def _class(item: Any) -> str:
    """Its class without the prefix of its scheme: "text", "picture"; empty where there is none."""
    return (_attribute(item, "itemMeta/itemClass", "qcode") or "").rpartition(":")[2].lower()


def _provider(item: Any) -> str | None:
    name = _text(item, "itemMeta/provider/name") or _attribute(item, "itemMeta/provider", "literal")
    return name or (_attribute(item, "itemMeta/provider", "qcode") or "").rpartition(":")[2] or None


def _earlier(item: Any) -> str | None:
    """The last item that it names as one that it carries on, other than itself."""
    earlier = None
    for link in item.iterfind("{*}itemMeta/{*}link"):
        target = link.get("residref") or link.get("href")
        if (link.get("rel") or "").rpartition(":")[2].lower() in EARLIER and target != item.get("guid"):
            earlier = target or earlier
    return earlier


def _text(item: Any, path: str) -> str | None:
    found = item.find(_any_namespace(path))
    return None if found is None else " ".join("".join(found.itertext()).split()) or None


def _attribute(item: Any, path: str, name: str) -> str | None:
    found = item.find(_any_namespace(path))
    return None if found is None else found.get(name)


def _any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
