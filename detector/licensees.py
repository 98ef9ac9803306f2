"""Who may reword the archive's copy: outlets and web addresses in a file, `outlet<TAB>url pattern` a line.

Either may be left empty; blank lines and lines that begin with # are passed over. A pattern is a glob (*, ?, [abc]) on
host and path, such as `*.example.com/news/*`: its stars do not reach from the host into the path, so that no stranger's
path can look like a licensee's host. Capitals, "www." and the scheme make no difference; a host alone stands for all of
its pages.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from detector.own_list import OwnList

MAX_STARS = 8  # of a pattern: what one match takes grows with them
MAX_URL = 2_000  # characters of an article's address that are looked at

_LIST = OwnList(
    code="licensees",
    called="a file of licensees",
    entry="outlet<TAB>url pattern, either of them empty",
    cells=(2,),
    shorter="use * for many pages of a host",
)
_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SCHEME_WWW = re.compile(r"(?:(?:https?:)?//)?(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Licensees:
    """Outlets, case-folded, and patterns of host and path."""

    outlets: frozenset[str]
    pages: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]

    @property
    def digest(self) -> str:
        """The same for the same list, in every process."""
        pages = [f"{host.pattern}\t{path.pattern}" for host, path in self.pages]
        return hashlib.sha256("\n".join([*sorted(self.outlets), "", *pages]).encode("utf-8", "replace")).hexdigest()

    def include(self, outlet: str | None, url: str | None) -> bool:
        """Whether an article of this outlet, or at this address, is a licensee's."""
        if outlet is not None and _folded(outlet) in self.outlets:
            return True
        place = _host_and_path(url) if url and self.pages else None
        if place is None:
            return False
        return any(host.match(place[0]) and path.match(place[1]) for host, path in self.pages)


def read_licensees(path: Path) -> Licensees:
    """Read the file; raise InputError, with the number of the line, where it is not as described above."""
    rows = list(_rows(path))
    if not rows:
        raise _LIST.wrong(
            f"expected outlets or url patterns in {path}, got none: write outlet<TAB>url pattern, one a line"
        )
    outlets = frozenset(_folded(outlet) for outlet, _ in rows if outlet)
    return Licensees(outlets, tuple(_page(pattern) for _, pattern in rows if pattern))


def read_each(path: Path) -> Iterator[tuple[str, Licensees]]:
    """Each line of the file, with a list of it alone."""
    for outlet, pattern in _rows(path):
        line = "\t".join((outlet, pattern)).strip()
        yield line, Licensees(frozenset([_folded(outlet)] if outlet else []), (_page(pattern),) if pattern else ())


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    """Outlet and pattern of each line that has any."""
    for at, (outlet, pattern) in _LIST.rows(path):
        if pattern:
            _check_pattern(pattern, at)
        yield outlet, pattern


def _check_pattern(pattern: str, at: str) -> None:
    host, _, path = _bare(pattern).partition("/")
    if not host or any(map(str.isspace, pattern)) or re.search(r"[@:?#]", host):
        raise _LIST.wrong(f"{at}: expected a pattern such as *.example.com/news/*, got {pattern[:60]!r}")
    if not host.strip("*?.[]!-"):
        raise _LIST.wrong(
            f"{at}: expected a host, got one that fits every page of the web ({pattern[:60]!r}): name the host"
        )
    if (stars := host.count("*") + path.count("*")) > MAX_STARS:
        raise _LIST.wrong(
            f"{at}: expected at most {MAX_STARS} stars in a pattern, got {stars}: one star stands for any characters"
        )


def _page(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    host, slash, path = _bare(pattern).casefold().partition("/")
    return re.compile(fnmatch.translate(host)), re.compile(fnmatch.translate(path if slash else "*"))


def _bare(pattern: str) -> str:
    return _SCHEME_WWW.sub("", pattern, count=1)


def _host_and_path(url: str) -> tuple[str, str] | None:
    """Both of an article's address as patterns see them; None for what is no address of the web."""
    address = url[:MAX_URL].strip()
    try:
        parts = urlsplit(address if _SCHEME.match(address) else f"//{address}")
        host = (parts.hostname or "").casefold().rstrip(".").removeprefix("www.")
    except ValueError:
        return None
    if not host or "\\" in parts.netloc:  # browsers end the host there, urlsplit does not
        return None
    return host, parts.path.casefold().removeprefix("/")


def _folded(outlet: str) -> str:
    return " ".join(outlet.split()).casefold()
