"""Tables with a header: an article a row, in the column `text` or `html`; comma, semicolon or tab between columns.

A cell is taken as it stands, line ends inside quotation marks included. A row without an id is called after its place,
"<file>:<line>", where line is the first of the row, counted from 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from detector.ingest.fields import CONTENT, KNOWN, NO_COLUMN, record_from
from detector.ingest.streams import is_exact, placed_lines, with_head
from detector.limits import USUAL, Limits
from detector.text import Failure, Provenance, Record

DELIMITERS = ",;\t"
OPEN_QUOTE = "look for a quotation mark that is never closed"


def read_csv(stream: BinaryIO, name: str, limits: Limits = USUAL) -> Iterator[Record | Failure]:
    """Read an article a row; a bad row becomes a Failure and the next is read. Empty rows are passed over."""
    _, stream = with_head(stream)
    exact = is_exact(stream)
    lines = placed_lines(stream, limits.line_bytes)
    _, header_line = next(lines, (0, ""))
    if not header_line or not header_line.strip():
        yield Failure(
            name, "empty", f"{name}: expected a header line with a column 'text' or 'html', got an empty line"
        )
        return
    try:
        delimiter, header = _header(header_line)
    except csv.Error as error:
        yield Failure(name, "invalid-csv", f"{name}: expected a header line that ends in a line feed, got: {error}")
        return
    if not set(CONTENT) & set(header):
        got = ", ".join(repr(column[:40]) for column in header[:10])
        message = f"{name}: expected a column 'text' or 'html' in the first line, got {got}: rename a column"
        yield Failure(name, NO_COLUMN, message)
        return
    named = [column for column in header if column]
    if len(set(named)) < len(named):
        message = f"{name}: expected every column once, got some of the same name: rename them"
        yield Failure(name, "wrong-columns", message)
        return
    for number, offset, cells in _rows(lines, delimiter, limits):
        place = f"{name}:{number}"
        if isinstance(cells, Failure):
            row: Record | Failure = Failure(place, cells.code, f"{place}: {cells.message}")
        elif any(cell.strip() for cell in cells):
            row = _record(header, cells, place, limits)
        else:
            continue
        yield replace(row, provenance=Provenance(offset=offset)) if exact else row


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter that gives a column `text` or `html`, else the most columns; and the names, lower case if known."""

    def split(delimiter: str) -> list[str]:
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
        return [name.lower() if name.lower() in KNOWN else name for name in names]

    choices = [(delimiter, split(delimiter)) for delimiter in DELIMITERS]
    return max(choices, key=lambda choice: (bool(set(CONTENT) & set(choice[1])), len(choice[1])))


def _rows(
    lines: Iterator[tuple[int, str | None]], delimiter: str, limits: Limits
) -> Iterator[tuple[int, int | None, list[str] | Failure]]:
    """Give each row with the number of its first line, and the byte at which that begins."""
    line_number = 1  # the header
    offset: int | None = None
    is_at_end = False

    def physical_lines() -> Iterator[str]:
        nonlocal line_number, offset, is_at_end
        for begin, line in lines:
            line_number += 1
            offset = begin if offset is None else offset
            # A line over the cap stands for itself as one that is too long for the cell cap as well.
            yield "\0" * (limits.article_bytes + 1) if line is None else line
        is_at_end = True

    reader = csv.reader(physical_lines(), delimiter=delimiter)
    while True:
        first, offset = line_number + 1, None
        # The cap on a cell is a setting of the whole process: it is ours only while one row is read.
        limit = csv.field_size_limit(limits.article_bytes)
        try:
            row: list[str] | Failure = next(reader)
            if is_at_end:  # the reader asked for more within a row, and takes all that came for one cell
                ask = "a quotation mark at the end of the last cell"
                row = Failure("", "invalid-csv", f"expected {ask}, got the end of the file: {OPEN_QUOTE}")
        except StopIteration:
            return
        except csv.Error as error:
            too_large = "limit" in str(error)
            ask = "a row of comma-separated values"
            if too_large:
                ask = f"a cell of at most {limits.article_bytes:,} characters (--max-article raises it)"
            message = f"expected {ask}, got: {error}; {OPEN_QUOTE}"
            row = Failure("", "too-large" if too_large else "invalid-csv", message)
        finally:
            csv.field_size_limit(limit)
        yield first, offset, row


def _record(header: list[str], cells: list[str], place: str, limits: Limits) -> Record | Failure:
    if any(cell.strip() for cell in cells[len(header) :]):
        message = (
            f"{place}: expected {len(header)} columns as in the header, got {len(cells)}: quote cells with delimiters"
        )
        return Failure(place, "wrong-columns", message)
    # An empty cell says nothing, so it counts as a field that is not there.
    row = {name: cell for name, cell in zip(header, cells, strict=False) if name and (cell or name not in KNOWN)}
    return record_from(row, place, place, limits)
