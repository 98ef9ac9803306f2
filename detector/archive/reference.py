"""One article of an archive, as it is given and as it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detector.dates import day_of

MAX_CHARACTERS = 20_000_000  # of one text; what the readers let through is shorter


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
