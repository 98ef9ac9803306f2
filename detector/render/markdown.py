"""Markdown that shows text from strangers and does nothing else: no links, pictures, mentions or HTML come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detector.render.neutral import neutral

# CommonMark, section 2.4: any of them may be escaped so. Stops, colons and slashes only where they are part of an
# address, which many readers make a link of; what matters at the beginning of a line alone is left as it is.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&!$^]|\.(?=[^\W\d])|(?<=www)\.|[:/](?=/)", re.IGNORECASE)
# Names after these are called, and numbers referred to, even where they are escaped; a zero-width space prevents it.
_CALLING = re.compile(r"[@#!%~](?=\w)|@")
_NOTHING = "&#8203;"


def inline(text: str) -> str:
    """The text on one line, as text; words of one's own go before it where a line begins.

    >>> inline("a|b <img src=x>\\n@desk")
    'a\\\\|b \\\\<img src=x\\\\> @&#8203;desk'
    """
    pieces, done = [], 0
    plain = neutral(text)
    for match in _CALLING.finditer(plain):
        pieces += [_escaped(plain[done : match.end()]), _NOTHING]
        done = match.end()
    return "".join([*pieces, _escaped(plain[done:])])


def link(text: str, address: str) -> str:
    """A link to an address that `web_address` let pass."""
    return f"[{inline(text)}](<{address.replace('&', '&amp;')}>)"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table and an empty one after it; cells are Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda match: f"\\{match.group()}", text)
