"""Tables of Markdown; what comes from elsewhere, such as an outlet's name, can neither end its cell nor be markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detector.render.neutral import neutral

MOST_CHARACTERS = 200  # of a cell
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#|~&!])")


def cell(value: str | int) -> str:
    """A count, or a text made harmless.

    >>> cell("a|b\\n<img src=x>")
    'a\\\\|b \\\\<img src=x\\\\>'
    """
    return f"{value:,}" if isinstance(value, int) else _MARKUP.sub(r"\\\1", neutral(value)[:MOST_CHARACTERS])


def table(heads: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    """The lines of a table, and an empty one after it."""
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    yield from (f"| {' | '.join(map(cell, row))} |" for row in rows)
    yield ""
