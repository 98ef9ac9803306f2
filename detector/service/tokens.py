"""Who may ask: a file of name<TAB>token a line, looked up in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

from detector.errors import InputError

MIN_TOKEN = 16  # characters; 16 random ones of base64 are 96 bits
MOST_TOKENS = 1_000


class Tokens:
    """Client names by the digests of their tokens."""

    def __init__(self, names: Mapping[bytes, str]) -> None:
        self._names = names

    def name_of(self, token: str) -> str | None:
        """Whose token it is; every one is compared, whichever fits, so that time tells nothing."""
        asked = _digest(token)
        found = None
        for digest, name in self._names.items():
            if hmac.compare_digest(digest, asked):
                found = name
        return found


def read_tokens(file: Path) -> Tokens:
    """Read a file that only its owner may read; raises InputError with the line, and never repeats a token."""
    mode = file.stat().st_mode
    if mode & 0o077:
        raise InputError(
            "open-tokens",
            f"{file}: expected a file that only its owner may read, got mode {mode & 0o777:03o}: chmod 600",
        )
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InputError("wrong-token", f"{file}: expected UTF-8, got other bytes: save it as UTF-8") from None
    names: dict[bytes, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, token = (part.strip() for part in line.partition("\t"))
        if not name or len(token) < MIN_TOKEN or not name.isprintable() or not token.isascii():
            raise InputError(
                "wrong-token",
                f"{file}:{number}: expected name<TAB>token, the token of {MIN_TOKEN} ASCII characters or more",
            )
        if name in names.values() or _digest(token) in names:
            raise InputError("wrong-token", f"{file}:{number}: expected names and tokens that differ, got one twice")
        names[_digest(token)] = name
    if not 0 < len(names) <= MOST_TOKENS:
        raise InputError("wrong-token", f"{file}: expected 1 to {MOST_TOKENS:,} tokens, got {len(names):,}")
    return Tokens(names)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
