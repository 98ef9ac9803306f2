"""Text from strangers made harmless to show: no character moves the cursor, turns the line around or hides."""

from __future__ import annotations

import re
import unicodedata

_NOT_PLAIN = re.compile(r"[^ -~]")
_HARMFUL = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # control, format (bidi, zero-width), surrogate, private, unassigned


def neutral(text: str) -> str:
    """Replace white space by plain spaces, and characters that act instead of showing by their code points.

    >>> neutral("pay\\u202elap\\x1b[2J now")
    'pay<U+202E>lap<U+001B>[2J now'
    """
    return _NOT_PLAIN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    if character.isspace():
        return " "
    if unicodedata.category(character) in _HARMFUL:
        return f"<U+{ord(character):04X}>"
    return character
