"""A desk's own family: a file of phrase pairs, and no code.

One pair a line, tab-separated: what stands in clean text, what the spinner writes, and, where wanted, a voice. Blank
lines, lines that begin with # and a header (original, spun, voice) are passed over. An article is spun in one voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from detector.errors import CorpusError
from detector.training.spinners.tables import HEADER, Row

MAX_BYTES = 20_000_000  # forty times the largest table here
MAX_ROWS = 400_000
MAX_CHARACTERS = 200  # of one side
MOST_WORDS = 8  # of one side; a longer phrase does not come back
NO_VOICE = "own"

_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def family_name(path: Path) -> str:
    """The family's name: that of its file, in lower case, with hyphens.

    >>> family_name(Path("lists/Cheap Spinner_2.tsv"))
    'cheap-spinner-2'
    """
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    if not name:
        raise CorpusError(f"{path}: expected a file name with letters or digits of ASCII, to name the family by")
    return name


def read_own(path: Path) -> list[Row]:
    """Read the pairs; a file or a row that cannot be used is a CorpusError with its line."""
    rows = list(_rows(path))
    if not rows:
        raise CorpusError(f"{path}: expected lines of original and spun phrase, tab-separated, found none")
    return rows


def _rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(_read(path).split("\n"), start=1):
        fields = [field.strip() for field in line.rstrip("\r").split("\t")]
        if not line.strip() or line.startswith("#"):
            continue
        if number == 1 and tuple(fields) in (HEADER, HEADER[:2]):
            continue
        if number > MAX_ROWS:
            raise CorpusError(f"{path}: expected at most {MAX_ROWS:,} lines; split it into several families")
        yield _row(fields, f"{path}, line {number}")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CorpusError(
            f"no table of swaps at {path}: put it back, or name the tables anew with --family: {error}"
        ) from error
    if len(data) > MAX_BYTES:
        raise CorpusError(f"{path}: expected at most {MAX_BYTES:,} bytes; split it into several families")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"{path}, line {line}: expected UTF-8: save it as UTF-8 ({error.reason})") from error


def _row(fields: list[str], place: str) -> Row:
    if len(fields) not in (2, 3) or not all(fields):
        raise CorpusError(
            f"{place}: expected original and spun phrase, tab-separated, and a voice or none, got {fields!r:.80}"
        )
    for side in fields:
        if len(side) > MAX_CHARACTERS or side.count(" ") >= MOST_WORDS:
            raise CorpusError(
                f"{place}: expected at most {MOST_WORDS} words, {MAX_CHARACTERS} characters, got {side!r:.80}: shorten "
                "the phrase"
            )
        if _CONTROL.search(side):
            raise CorpusError(f"{place}: expected text without control characters, got {side!r:.80}")
    if not _WORDS.fullmatch(fields[0]):
        raise CorpusError(
            f"{place}: expected words with one blank between them, as the original, got {fields[0]!r:.80}"
        )
    return Row(fields[0], fields[1], fields[2] if len(fields) == 3 else NO_VOICE)
