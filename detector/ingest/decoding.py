"""Bytes to text: byte order marks, UTF-8, a declared charset, then the best guess; what is no text is refused.

Lone surrogates never leave this package: they become U+FFFD, one for one, so that offsets stay.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from detector.errors import InputError

REPLACEMENT = "\ufffd"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
RTF = b"{\\rtf"
DOCUMENTS = {b"%PDF-": "a PDF", RTF: "an RTF document"}  # by how they begin; both may be all letters
TEXT_CHARSETS = re.compile(
    r"(utf-?8|us-ascii|latin|iso-?8859|windows-|cp\d|koi8|mac|gb|big5|euc|shift|tis-)", re.IGNORECASE
)
DECLARED_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
DECLARED_WITHIN = 4096  # bytes; browsers look at 1024 (HTML standard, "encoding sniffing"), real pages put it later
GUESS_WITHIN = 50_000  # bytes shown to charset-normalizer, which is slow; guess
CHECKED_CHARACTERS = 100_000  # beginning of a text in which control characters are counted; guess
FEW_ODD = 3  # so many are forgiven in a short text; guess
MAX_ODD_SHARE = 0.02  # of control and replacement characters; guess, seen: clean news has none, JPEG and ZIP 15-50%
MAX_WESTERN_HIGH_SHARE = 0.15  # bytes over 0x7f in Western European prose in cp1252 stay below; guess

_ODD = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def decode(data: bytes, *, is_html: bool = False, charset: str | None = None) -> str:
    """Give the text that `data` holds, or raise InputError "empty" or "binary". Line ends are left as they are.

    `charset` is what its sender called it: believed where it is one of text and fits, and UTF-8 does not.
    """
    if not data.strip():
        raise InputError("empty", "expected the text of an article, got nothing but blanks: leave this input out")
    for beginning, kind in DOCUMENTS.items():
        if data.startswith(beginning):
            raise InputError("binary", f"expected text, got {kind}: save it as text, HTML or .docx")
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return check_text(data[len(mark) :].decode(encoding, "replace"))
    if b"\0" in data:
        raise InputError(
            "binary",
            "expected text, got NUL bytes: unpack or convert the file first (UTF-16 needs its byte order mark)",
        )
    return check_text(_decode_unmarked(data, is_html, charset))


def check_text(text: str) -> str:
    """Give `text` without lone surrogates, or raise InputError "empty" or "binary"."""
    if not text.strip():
        raise InputError("empty", "expected the text of an article, got nothing but blanks: leave this input out")
    beginning = text[:CHECKED_CHARACTERS]
    odd = len(_ODD.findall(beginning))
    if 2 * odd > len(beginning) or odd > max(FEW_ODD, MAX_ODD_SHARE * len(beginning)):
        raise InputError(
            "binary",
            f"expected text, got {odd} control or undecodable characters in the first {len(beginning)}: "
            "unpack or convert the file to UTF-8 first",
        )
    return without_surrogates(text)


def without_surrogates(text: str) -> str:
    """Replace each lone surrogate, which no encoding can write, by U+FFFD.

    >>> without_surrogates("a\\ud800b") == "a\\ufffdb"
    True
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub(REPLACEMENT, text)
    return text


def decode_line(line: bytes) -> str:
    """Decode one line of a JSON Lines or CSV stream: UTF-8, else cp1252, which never fails here."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _decode_unmarked(data: bytes, is_html: bool, charset: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    # Damaged UTF-8 (cut in the middle of a character) has far more whole characters than broken ones.
    whole = len(_HIGH_BYTE.findall(data)) - text.count(REPLACEMENT)
    if text.count(REPLACEMENT) * 10 <= whole:
        return text
    for encoding in _likely(data, is_html, charset):
        if encoding is not None:
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
    return data.decode("cp1252", "replace")


def _likely(data: bytes, is_html: bool, charset: str | None) -> Iterator[str | None]:
    yield _known(charset)
    if is_html:
        yield _declared(data)
    yield _guess(data)


def _declared(data: bytes) -> str | None:
    """The charset that a page names."""
    match = DECLARED_CHARSET.search(data[:DECLARED_WITHIN])
    return None if match is None else _known(match.group(1).decode("ascii"))


def _known(name: str | None) -> str | None:
    """The encoding of that name, if it is one that text comes in; Latin-1 means cp1252, as in browsers."""
    if name is None or not TEXT_CHARSETS.match(name):
        return None
    return "cp1252" if name.lower() in {"iso-8859-1", "latin-1", "latin1", "us-ascii"} else name


def _guess(data: bytes) -> str | None:
    """The likeliest encoding of bytes that are not UTF-8; few high bytes, as in English, mean cp1252."""
    high = len(_HIGH_BYTE.findall(data))
    if high < MAX_WESTERN_HIGH_SHARE * len(data) and not _UNDEFINED_IN_CP1252.search(data):
        return "cp1252"
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    best = from_bytes(data[:GUESS_WITHIN]).best()
    return None if best is None else best.encoding
