"""What may stand in a request's body: read strictly, and never repeated in what is said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detector.service.asks import MAX_RATE, USUAL, Item, Options
from detector.service.feedback_store import Judgement
from detector.service.refusals import RequestError

Body = TypeVar("Body", bound=BaseModel)


CONTENT = ("text", "html", "ninjs")


class Asked(BaseModel):
    """How an article is to be judged and shown."""

    model_config = ConfigDict(extra="forbid")

    max_fpr: float | None = Field(
        None, gt=0, le=MAX_RATE, description="Share of untouched articles that may be flagged."
    )
    evidence: Literal["flagged", "all", "none"] = Field("flagged", description="Of which articles marks are shown.")
    with_text: bool = Field(False, description="Add the article's text to the result.")

    @property
    def options(self) -> Options:
        return Options(self.max_fpr, self.evidence, self.with_text)


class Draft(Asked):
    """One article to check: exactly one of `text`, `html` and `ninjs`, and what is known of it."""

    ROW: ClassVar = frozenset({"text", "html", "id", "title", "url", "published", "outlet"})  # as in an input file
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"oneOf": [{"required": [name]} for name in CONTENT]},
    )

    text: str = Field("", description="Plain text.")
    html: str = Field("", description="A page; the article is taken out of it.")
    ninjs: dict[str, Any] = Field({}, description="A ninjs item (https://iptc.org/std/ninjs/).")
    id: str | None = Field(None, description="Comes back as the result's id.")
    title: str | None = None
    url: str | None = None
    published: str | None = None
    outlet: str | None = None

    @property
    def item(self) -> Item:
        if "ninjs" in self.model_fields_set:
            return Item("ninjs", _encoded(self.ninjs))
        return Item("draft", self.model_dump(include=set(self.ROW), exclude_none=True, exclude_unset=True))


class Said(BaseModel):
    """What an editor says of a marked phrase, or without `start` and `end` of the whole article."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"dependentRequired": {"start": ["end"], "end": ["start"]}},
    )

    text: str = Field(description="The whole article, as it was checked.")
    judgement: Literal["fine", "wrong"] = Field(
        description="fine: it may stay, and is not marked there again. wrong: the mark is right."
    )
    start: int = Field(0, ge=0, description="First code point of the phrase.")
    end: int = Field(0, gt=0, description="The code point after its last.")
    id: str | None = Field(None, max_length=1_000)
    note: str | None = Field(None, max_length=1_000)


def judgement_of(body: bytes, client: str | None) -> Judgement:
    """Read a Said; raises RequestError."""
    said = _validated(Said, json_object(body))
    if not said.text.strip():
        raise RequestError(422, "empty", "expected the whole article in 'text', got nothing but blanks")
    given = said.model_fields_set.intersection({"start", "end"})
    if len(given) == 1:
        raise RequestError(
            422, "missing-field", "expected 'start' and 'end', or neither for the whole article; got one"
        )
    if given and (said.end > len(said.text) or not said.text[said.start : said.end].strip()):
        raise RequestError(
            422, "wrong-place", "expected 'start' and 'end' around a phrase of 'text', got another place"
        )
    return Judgement(**said.model_dump(exclude_unset=True), client=client)


def draft_of(body: bytes, query: Mapping[str, str]) -> tuple[Item, Options]:
    """Read a Draft, and how it is to be judged, by what it says or by the query string; raises RequestError."""
    draft = _validated(Draft, json_object(body))
    given = draft.model_fields_set.intersection(CONTENT)
    if len(given) != 1:
        raise RequestError(
            422, "missing-field", f"expected one of 'text', 'html' and 'ninjs', got {len(given)} of them"
        )
    return draft.item, options_of(query, draft.options)


def options_of(query: Mapping[str, str], otherwise: Options = USUAL) -> Options:
    """Read how an article is to be judged from a query string; what it lacks is as in `otherwise`."""
    asked = _validated(Asked, {name: value for name, value in query.items() if name != "format"})
    return replace(otherwise, **{name: getattr(asked, name) for name in asked.model_fields_set})


def json_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object, strictly: UTF-8, names that differ, numbers that JSON has; raises RequestError."""
    try:
        value = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise RequestError(422, "invalid-json", "expected JSON in UTF-8, got other bytes") from None
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise RequestError(422, "invalid-json", f"expected one JSON object, got: {error}") from None
    except ValueError:  # of more than 4,300 digits
        raise RequestError(
            422, "invalid-json", "expected JSON with numbers of a usual size, got a longer one"
        ) from None
    if not isinstance(value, dict):
        raise RequestError(422, "wrong-type", "expected one JSON object, got another value")
    if b"\\ud" in body.lower():
        _refuse_half_characters(value)
    return value


def _refuse_half_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise _too_deep() from None
    except UnicodeEncodeError:
        raise RequestError(422, "invalid-json", "expected whole characters, got half of one (a lone \\ud...)") from None


def _encoded(value: dict[str, Any]) -> bytes:
    """As JSON: what is nested deep can be written so, but not handed to another process."""
    try:
        return json.dumps(value).encode()
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> RequestError:
    return RequestError(422, "too-deep", "expected JSON of a few levels, got more: flatten it")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise RequestError(422, "invalid-json", "expected a JSON object whose names differ, got one name twice")
    return value


def _no_number(name: str) -> NoReturn:
    raise RequestError(422, "invalid-json", "expected JSON, got NaN or Infinity, which it lacks: send null")


def _validated(model: type[Body], value: Mapping[str, Any]) -> Body:
    if not value.keys() <= model.model_fields.keys():  # first: pydantic takes a second to object to 150,000 of them
        known = ", ".join(model.model_fields)
        raise RequestError(422, "unknown-field", f"expected only these fields: {known}; got another")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise RequestError(422, "wrong-type", f"field '{first['loc'][0]}': {first['msg']}") from None
