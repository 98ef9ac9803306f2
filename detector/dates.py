"""ISO 8601 dates and times as articles carry them, and which of two articles they say came first."""

from __future__ import annotations

import datetime
import re

from detector.comparison import Direction

MAX_CHARACTERS = 64  # of a time; longer ones are no ISO times

_DAY = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)(?!\d)")


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


def direction(suspect: str | None, published: str | None, updated: str | None = None) -> Direction:
    """Whether the suspect came later than a reference of these times, or earlier, as far as they say so.

    Two times with their zones are compared as instants, all else by the day as written: of one day neither is first. A
    suspect between the reference's two times may be older than the text that is kept, or younger.

    >>> direction("2026-03-04T01:00+03:00", "2026-03-03T21:00Z"), direction("2026-03-04", "2026-03-03T21:00Z")
    ('suspect-later', 'suspect-later')
    >>> direction("2026-03-03", "2026-03-03T21:00Z"), direction("2026-03-03", "2026-03-01", "2026-03-05")
    ('unknown', 'unknown')
    """
    told = {_between(suspect, time) for time in (published, updated) if time and time.strip()}
    return told.pop() if len(told) == 1 else "unknown"


def _between(suspect: str | None, reference: str) -> Direction:
    ours, theirs = _instant(suspect), _instant(reference)
    if ours is not None and theirs is not None:
        return _order(ours > theirs, ours < theirs)
    day, its_day = day_of(suspect), day_of(reference)
    if day is None or its_day is None:
        return "unknown"
    return _order(day > its_day, day < its_day)


def _order(is_later: bool, is_earlier: bool) -> Direction:
    return "suspect-later" if is_later else "suspect-earlier" if is_earlier else "unknown"


def _instant(time: str | None) -> datetime.datetime | None:
    """A moment; None where the day, the time or its zone is not told."""
    if day_of(time) is None or time is None or len(time) > MAX_CHARACTERS:
        return None
    try:
        moment = datetime.datetime.fromisoformat(time.strip())
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None else None
