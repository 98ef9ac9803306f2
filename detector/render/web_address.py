"""Addresses from strangers: only what leads to a page of the web becomes a link, written so that it is nothing else."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from detector.render.neutral import neutral

LONGEST = 2_000  # characters; what browsers and mail programs are sure to take
SHOWN = 80  # characters of an address that stand in the text
_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?", re.IGNORECASE)  # names in other letters only as xn--
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # RFC 3986, section 2.2; the rest is percent-encoded


def web_address(url: str | None) -> str | None:
    """The address, percent-encoded, or None where it is no plain one of a web page.

    One that names a user is none: "https://agency.example@elsewhere.example/" does not lead where it seems to.

    >>> web_address("https://coast.example/pier?day=4"), web_address("javascript:alert(1)")
    ('https://coast.example/pier?day=4', None)
    """
    if url is None or len(url) > LONGEST or " " in url or neutral(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "\\" in url or not _HOST.fullmatch(host):
        return None
    return quote(url, safe=_KEPT)


def shortened(address: str) -> str:
    """An address for the eye: its beginning says where it leads."""
    return address if len(address) <= SHOWN else address[: SHOWN - 1] + "…"
