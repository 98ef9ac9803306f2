"""What a LanguageTool client sends: a form with `text`, or with `data` that says what is markup.

What is wrong with it is answered 400, as LanguageTool does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs

from detector.service.bodies import json_object
from detector.service.languagetool import LANGUAGES, Piece, Sent, Wanted, units
from detector.service.refusals import RequestError

USUAL_CODE = "en-US"
MOST_PIECES = 50_000
MOST_FIELDS = 50


def read_form(body: bytes) -> Sent:
    """Read the fields of a form; raises RequestError with LanguageTool's status for such, 400."""
    try:
        found = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # of both codings, and of too many fields
        raise _wrong("expected a form of a few fields in UTF-8, percent-encoded") from None
    form = {name: values[-1] for name, values in found.items()}
    given = [name for name in ("text", "data") if name in form]
    if len(given) != 1:
        raise _wrong("expected one of the fields 'text' and 'data'")
    language = _language(form.get("language"))
    off = _names(form, "disabledRules", "disabledCategories")
    only = _names(form, "enabledRules", "enabledCategories") if form.get("enabledOnly") == "true" else None
    pieces = (_piece(form["text"]),) if given == ["text"] else tuple(_pieces(form["data"]))
    return Sent(pieces, Wanted(language, off, only))


def _piece(text: str) -> Piece:
    return Piece(text, units(text))


def _pieces(data: str) -> Iterator[Piece]:
    """Of {"annotation": [{"text"}, {"markup", "interpretAs"}]}."""
    try:
        annotation = json_object(data.encode()).get("annotation")
    except RequestError as error:
        raise _wrong(f"'data': {error}") from None
    if not isinstance(annotation, list) or len(annotation) > MOST_PIECES:
        raise _wrong(f"'data': expected an object with a list 'annotation' of at most {MOST_PIECES:,} parts")
    for part in annotation:
        given = part if isinstance(part, dict) else {}
        text, markup, read = given.get("text"), given.get("markup"), given.get("interpretAs", "")
        if isinstance(text, str) and markup is None:
            yield _piece(text)
        elif isinstance(markup, str) and text is None and isinstance(read, str):
            yield Piece(read, units(markup), markup=True)
        else:
            raise _wrong("'data': expected parts with a 'text', or a 'markup' and what to 'interpretAs'")


def _names(form: Mapping[str, str], *fields: str) -> frozenset[str]:
    return frozenset(name.strip() for field in fields for name in form.get(field, "").split(",") if name.strip())


def _language(code: str | None) -> str:
    """The language that is meant; English alone is known, by any case, as LanguageTool takes it."""
    if code is None:
        raise _wrong("Missing 'language' parameter, e.g. 'language=en-US' or 'language=auto'")
    known = {name.lower(): name for name in LANGUAGES} | {"auto": USUAL_CODE}
    if code.lower() not in known:
        raise _wrong(
            f"not a language code known to this server. Supported language codes are: {', '.join(LANGUAGES)}, auto"
        )
    return known[code.lower()]


def _wrong(message: str) -> RequestError:
    return RequestError(400, "wrong-form", message)
