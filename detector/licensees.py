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

from detector.errors import InputError

MAX_BYTES = 1_000_000
MAX_LINES = 10_000
MAX_CELL = 300  # characters of an outlet or a pattern
MAX_STARS = 8  # of a pattern: what one match takes grows with them
MAX_URL = 2_000  # characters of an article's address that are looked at

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
        raise _wrong(f"expected outlets or url patterns in {path}, got none: write outlet<TAB>url pattern, one a line")
    outlets = frozenset(_folded(outlet) for outlet, _ in rows if outlet)
    return Licensees(outlets, tuple(_page(pattern) for _, pattern in rows if pattern))


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    """Outlet and pattern of each line that has any."""
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        at = f"{path}, line {number}"
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 2:
            raise _wrong(f"{at}: expected outlet<TAB>url pattern, got {len(cells) - 1} tabs; leave either side empty")
        if (longest := max(map(len, cells))) > MAX_CELL:
            raise _wrong(f"{at}: expected at most {MAX_CELL} characters a side, got {longest:,}")
        if cells[1]:
            _check_pattern(cells[1], at)
        yield cells[0], cells[1]


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _wrong(f"expected a file of licensees at {path}, got none to read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise _wrong(f"{path}: expected at most {MAX_BYTES:,} bytes, got more: is it the right file?")
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise _wrong(f"{path}, line {number}: expected UTF-8, got other bytes: save the file as UTF-8") from error
    if len(lines) > MAX_LINES + 1:  # the last line feed ends a line
        raise _wrong(
            f"{path}: expected at most {MAX_LINES:,} lines, got {len(lines):,}: use * for many pages of a host"
        )
    return lines


def _check_pattern(pattern: str, at: str) -> None:
    host, _, path = _bare(pattern).partition("/")
    if not host or any(map(str.isspace, pattern)) or re.search(r"[@:?#]", host):
        raise _wrong(f"{at}: expected a pattern such as *.example.com/news/*, got {pattern[:60]!r}")
    if not host.strip("*?.[]!-"):
        raise _wrong(
            f"{at}: expected a host, got one that fits every page of the web ({pattern[:60]!r}): name the host"
        )
    if (stars := host.count("*") + path.count("*")) > MAX_STARS:
        raise _wrong(f"{at}: expected at most {MAX_STARS} stars in a pattern, got {stars}")


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


def _wrong(message: str) -> InputError:
    return InputError("licensees", message)
