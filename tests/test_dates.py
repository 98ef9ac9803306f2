"""Which of two articles came first is told where their times tell it, and nowhere else."""

from __future__ import annotations

import pytest

from detector.dates import direction

LATER, EARLIER, UNKNOWN = "suspect-later", "suspect-earlier", "unknown"


@pytest.mark.parametrize(
    ("suspect", "published", "expected"),
    [
        ("2026-03-04T10:00:00Z", "2026-03-04T09:59:59Z", LATER),
        ("2026-03-04T10:00+02:00", "2026-03-04T09:00+00:00", EARLIER),
        ("2026-03-05T01:00+09:00", "2026-03-04T20:00Z", EARLIER),  # a day later as written
        ("20260304T100000Z", "2026-03-04T09:00:00.5Z", LATER),
        ("2026-03-04T10:00Z", "2026-03-04T12:00+02:00", UNKNOWN),  # the same moment
        ("2026-03-05", "2026-03-04", LATER),
        ("2026-03-03", "2026-03-04T23:00Z", EARLIER),
        ("2026-03-04", "2026-03-04", UNKNOWN),
        ("2026-03-04", "2026-03-04T06:00Z", UNKNOWN),
        ("2026-03-04T10:00", "2026-03-04T06:00", UNKNOWN),  # of which zones?
        ("2026-03-04T10:00", "2026-03-04T06:00Z", UNKNOWN),
        ("2026-03-05T10:00", "2026-03-04T06:00", LATER),
        ("2026-03-05T99:00Z", "2026-03-04", LATER),  # the day is told, the time is none
        ("2026-02-30", "2026-02-01", UNKNOWN),
        ("5 March 2026", "2026-03-04", UNKNOWN),
        ("2026-03-05", "last week", UNKNOWN),
        ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", LATER),
        ("2026-03-05T00:00:00" + "0" * 10_000 + "Z", "2026-03-05T00:00Z", UNKNOWN),
        ("\u0662\u0660\u0662\u0666-03-05", "2026-03-04", LATER),  # digits of another script
        (None, "2026-03-04", UNKNOWN),
        ("2026-03-05", None, UNKNOWN),
        ("2026-03-05", " ", UNKNOWN),
        ("", "", UNKNOWN),
    ],
)
def test_by_moment_or_by_day(suspect: str | None, published: str | None, expected: str) -> None:
    assert direction(suspect, published) == expected


@pytest.mark.parametrize(
    ("suspect", "updated", "expected"),
    [
        ("2026-03-04T08:00Z", "2026-03-04T07:00Z", LATER),
        ("2026-03-04T06:30Z", "2026-03-04T07:00Z", UNKNOWN),  # the text that is kept may be the later one
        ("2026-03-04T05:00Z", "2026-03-04T07:00Z", EARLIER),
        ("2026-03-04T08:00Z", "some time", UNKNOWN),
    ],
)
def test_an_update_counts(suspect: str, updated: str, expected: str) -> None:
    assert direction(suspect, "2026-03-04T06:00Z", updated) == expected
    assert direction(suspect, updated) == expected or expected == UNKNOWN
