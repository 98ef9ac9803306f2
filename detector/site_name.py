"""What the site of an article is called: the host of its address, or else its outlet."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST_NAME = 253  # characters: of a host name, RFC 1035


def site_name(value: object) -> str | None:
    """The host of an address without "www.", or else the name as it is, in lower case.

    >>> site_name("https://user@www.News.example:8080/a?b"), site_name(" The  Daily Spin "), site_name("http://[")
    ('news.example', 'the daily spin', None)
    """
    if not isinstance(value, str):
        return None
    name = " ".join(value.casefold().split())
    if name.startswith(("http://", "https://", "//")):
        try:
            name = (urlsplit(name).hostname or "").rstrip(".").removeprefix("www.")
        except ValueError:
            return None
    return name[:LONGEST_NAME] or None
