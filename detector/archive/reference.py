"""One article of an archive, as it is given and as it is kept."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

MAX_CHARACTERS = 20_000_000  # of one text; what the readers let through is shorter

_DAY = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Reference:
    """An article of the wire.

    Attributes:
        id: whatever the source calls it; the same id with another text is a further version of its story.
        published, updated: dates as the source wrote them; look-up knows those that begin as ISO 8601 dates do.
        version_of: id of an article that this one carries on.
        language: BCP 47 tag; only English is ever proposed as a source.
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    published: str | None = None
    updated: str | None = None
    version_of: str | None = None
    url: str | None = None
    language: str = "en"

    @property
    def is_english(self) -> bool:
        return re.split("[-_]", self.language, maxsplit=1)[0].lower() in ("en", "eng")

    @property
    def day(self) -> int | None:
        """The day of `published`, or else of `updated`."""
        day = day_of(self.published)
        return day_of(self.updated) if day is None else day


@dataclass(frozen=True, slots=True)
class Stored:
    """A reference as an archive keeps it.

    Attributes:
        number: its place in the archive; a later one was added later, and none is used twice.
        digest: SHA-256 of the text in UTF-8, in hexadecimal.
        story: id that all versions of one story share.
    """

    number: int
    digest: str
    story: str
    reference: Reference


def day_of(date: str | None) -> int | None:
    """The day that an ISO 8601 date or time begins with, counted from the year 1; None for all else.

    >>> day_of("2026-03-03T04:40:00Z") == day_of("20260303"), day_of("3 March 2026"), day_of("2026-02-30")
    (True, None, None)
    """
    match = _DAY.match(date or "")
    if match is None:
        return None
    try:
        return datetime.date(*map(int, match.groups())).toordinal()
    except ValueError:
        return None
