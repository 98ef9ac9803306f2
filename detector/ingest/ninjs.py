"""ninjs, the IPTC's news in JSON, of the generations 1 (`body_text`, `headline`) and 2 and 3 (`bodies`, `headlines`).

https://www.iptc.org/std/ninjs/userguide/. What look-up needs besides the fields of every record is handed through as
`language`, `updated` and `version_of`; `evolvedfrom` is an addition of Superdesk, which many agencies write with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detector.errors import InputError
from detector.ingest.body_markup import html_text
from detector.ingest.fields import record_from
from detector.limits import USUAL, Limits
from detector.text import Failure, Record

OF_NINJS = frozenset({"bodies", "headline", "headlines", "versioncreated"})
PLAIN, MARKED_UP = ("body_text",), ("body_html", "body_xhtml", "body_html5")
UNUSABLE = frozenset({"canceled", "cancelled", "withheld"})


def is_ninjs(value: Mapping[str, object]) -> bool:
    """Whether a JSON object is a ninjs item, and not one with a `text` or `html` of its own."""
    if "uri" not in value or "text" in value or "html" in value:
        return False
    return not OF_NINJS.isdisjoint(value) or any(name.startswith("body_") for name in value)


def ninjs_record(item: Mapping[str, object], place: str, limits: Limits = USUAL) -> Record | Failure:
    """Make a Record of one item; one that was withdrawn, or has no text, becomes a Failure."""
    identifier = _string(item.get("uri")) or place
    try:
        refuse_unusable(_string(item.get("pubstatus")))
        return record_from(_row(item, identifier, limits), identifier, place, limits)
    except InputError as error:
        return Failure(identifier, error.code, f"{place}: {error}")


def refuse_unusable(status: str | None) -> None:
    """Raise InputError for the status of an item that its agency does not want used."""
    said = (status or "").rpartition(":")[2].lower()
    if said in UNUSABLE:
        raise InputError(
            "withdrawn", f"expected a usable item, got one that is {said}: leave it out, and remove what it cancels"
        )


def _row(item: Mapping[str, object], identifier: str, limits: Limits) -> dict[str, object]:
    text = _body(item, limits)
    if not text.strip():
        raise InputError("missing-field", "expected a text in 'body_text', 'body_html' or 'bodies', got none")
    updated = _string(item.get("versioncreated"))
    row = {
        "id": identifier,
        "text": text,
        "title": _string(item.get("headline")) or _main(item.get("headlines"), "value"),
        "url": identifier if identifier.startswith(("http://", "https://")) else None,
        "published": _string(item.get("firstcreated")) or _string(item.get("contentcreated")) or updated,
        "outlet": _outlet(item),
        "updated": updated,
        "version_of": _string(item.get("evolvedfrom")),
        "language": _string(item.get("language")),
    }
    return {name: value for name, value in row.items() if value is not None}


def _body(item: Mapping[str, object], limits: Limits) -> str:
    """Plain text, if there is one that is not empty, else that of the markup."""
    bodies = list(_bodies(item))
    for is_plain in (True, False):
        for text, plain in bodies:
            if plain is is_plain and text.strip():
                return text if plain else html_text(text, limits)
    return ""


def _bodies(item: Mapping[str, object]) -> Iterator[tuple[str, bool]]:
    """Each body with whether it is plain text; of generation 2 the main one first."""
    for names, plain in ((PLAIN, True), (MARKED_UP, False)):
        yield from ((text, plain) for name in names if (text := _string(item.get(name))))
    for body in sorted(_objects(item.get("bodies")), key=lambda body: body.get("role") != "main"):
        if text := _string(body.get("value")):
            kind = (_string(body.get("contenttype")) or "").lower()
            yield text, kind == "text/plain" or (not kind and not text.lstrip().startswith("<"))


def _outlet(item: Mapping[str, object]) -> str | None:
    sources = _main(item.get("infosources"), "name") or _main(item.get("infosource"), "name")
    return sources or _string(item.get("source")) or _string(item.get("copyrightholder"))


def _main(value: object, name: str) -> str | None:
    """That field of the object whose role is "main", or else of the first."""
    objects = sorted(_objects(value), key=lambda one: one.get("role") != "main")
    return next((text for one in objects if (text := _string(one.get(name)))), None)


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
