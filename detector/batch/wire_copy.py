"""From what the readers give to what an archive keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from detector.archive import Reference
from detector.errors import InputError
from detector.ingest import USUAL, Limits, check_length, language, prepare
from detector.text import Failure, Record

LANGUAGE_CHARACTERS = 2_000  # of a text are enough to tell its language, at half the cost of what a verdict looks at


def wire_copy(
    items: Iterable[Record | Failure],
    refused: Callable[[Failure], None] = lambda failure: None,
    limits: Limits = USUAL,
) -> Iterator[Reference]:
    """Give a reference for each record, in order; what cannot be read, or has no text, goes to `refused`.

    `language`, `updated` and `version_of` are fields of the record; a language that it does not name is identified.
    """
    for item in items:
        if isinstance(item, Failure):
            refused(item)
            continue
        try:
            yield _reference(item, limits)
        except InputError as error:
            refused(Failure(item.id, error.code, str(error), item.fields))


def _reference(record: Record, limits: Limits) -> Reference:
    text, title, outlet, published = record.content, record.title, record.outlet, record.published
    if record.is_html or record.is_markdown:
        page = prepare(record, limits)
        text, title, outlet, published = page.text, page.title, page.outlet, page.published
    else:
        check_length(text, limits)  # nothing else of `prepare` is needed for text, and finding clutter takes its time
    named = _field(record, "language")
    return Reference(
        id=record.id,
        text=text,
        title=title,
        outlet=outlet,
        published=published,
        updated=_field(record, "updated"),
        version_of=_field(record, "version_of"),
        url=record.url,
        language=named or language(text[:LANGUAGE_CHARACTERS]).code,
    )


def _field(record: Record, name: str) -> str | None:
    value = record.fields.get(name)
    return value if isinstance(value, str) and value.strip() else None
