"""A list that somebody keeps in a text file: one entry a line, its cells set apart by tabs.

Blank lines and lines that begin with # are passed over. Sizes are bounded, and what is wrong is told with the number of
its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.errors import InputError

MAX_BYTES = 1_000_000
MAX_LINES = 10_000
MAX_CELL = 300  # characters


@dataclass(frozen=True, slots=True)
class OwnList:
    """What is said of one sort of list.

    Attributes:
        code: of its errors.
        called: what its file is called, "a file of licensees".
        entry: what a line is to look like.
        cells: how many a line may have.
        shorter: what to do about too many lines.
    """

    code: str
    called: str
    entry: str
    cells: tuple[int, ...]
    shorter: str

    def rows(self, path: Path) -> Iterator[tuple[str, list[str]]]:
        """Where it stands ("FILE, line 3"), and its cells, of each line that has any; raises InputError."""
        return self.rows_of(self.content(path), path)

    def rows_of(self, content: bytes, path: Path) -> Iterator[tuple[str, list[str]]]:
        """The same of what a file holds, or is to hold."""
        for number, line in enumerate(self._lines(content, path), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            at = f"{path}, line {number}"
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) not in self.cells:
                raise self.wrong(f"{at}: expected {self.entry}, got {len(cells) - 1} tabs")
            if (longest := max(map(len, cells))) > MAX_CELL:
                raise self.wrong(
                    f"{at}: expected at most {MAX_CELL} characters between tabs, got {longest:,}: shorten the entry"
                )
            yield at, cells

    def wrong(self, message: str) -> InputError:
        """The error that says so."""
        return InputError(self.code, message)

    def content(self, path: Path) -> bytes:
        """What the file holds; raises InputError where it cannot be read."""
        try:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise self.wrong(f"expected {self.called} at {path}, got none to read: {error.strerror}") from error

    def _lines(self, content: bytes, path: Path) -> list[str]:
        if len(content) > MAX_BYTES:
            raise self.wrong(
                f"{path}: expected at most {MAX_BYTES:,} bytes, got more: check that it is the right file; if it is, "
                f"{self.shorter}"
            )
        try:
            lines = content.decode("utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            number = content[: error.start].count(b"\n") + 1
            raise self.wrong(
                f"{path}, line {number}: expected UTF-8, got other bytes: save the file as UTF-8"
            ) from error
        if len(lines) > MAX_LINES + 1:  # the last line feed ends a line
            raise self.wrong(f"{path}: expected at most {MAX_LINES:,} lines, got {len(lines):,}: {self.shorter}")
        return lines
