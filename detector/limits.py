"""What an input may ask of a reader: sizes, ratios and depths, each with an option of the command that raises it.

Imports nothing: the service tells its scoring processes of them, and listens without what they need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading; what passes one becomes an error row that names the option.

    Attributes:
        article_bytes: of one article as a file, a page, a cell or a body.
        line_bytes: of one line, one JSON file or one WARC record.
        unpacked_bytes: of all that a packed file holds.
        ratio: of the bytes that a packed file gives to those it has.
        group_bytes: of the unpacked columns of a row group of Parquet that are read.
        header_bytes: of what a server said before a page in a WARC.
        tags: of a page, closing ones included.
        tag_characters: of one tag of a page.
        attributes: of one tag of a page.
        parts: of a Word document.
        levels: of lists and objects in a field that is handed through.
    """

    article_bytes: int = 10_000_000  # guess
    line_bytes: int = 20_000_000  # HTML included; the longest line seen in crawls is a tenth of it; guess
    unpacked_bytes: int = 100_000_000_000  # a hundred times a usual crawl file; guess
    # Measured: news 2-7, results 11-16, 400 pages of one site 16 (gzip) to 108 (zstd -19), the same page again 1,800.
    ratio: int = 200
    group_bytes: int = 1_000_000_000  # writers make groups of 128 MB, some of 512 MB
    header_bytes: int = 100_000  # servers stop at 8-64 kB
    # News pages have 1,000-10,000. So many open paragraphs took 4 s to extract with 13 words each and 6 s with 49,
    # measured on one core of a shared machine; time grows faster than their number.
    tags: int = 30_000
    tag_characters: int = 1_000_000  # an image in its address is shorter; a tag of 9 million took 95 s to extract
    # libxml2 compares each name with all before it, and 100,000 take minutes; written pages have some dozens.
    attributes: int = 500
    parts: int = 5_000  # a document with 1,000 pictures has half of it; guess
    levels: int = 50  # guess


USUAL = Limits()

KILOBYTE, MEGABYTE = 1_000, 1_000_000
MOST = 1_000_000_000  # that an option takes, in its own unit


class Option(NamedTuple):
    """The option that sets a field of Limits: how much of the field one of its unit is, and what it bounds."""

    field: str
    unit: int
    bounds: str

    @property
    def usual(self) -> int:
        """Its default, in its own unit."""
        value: int = getattr(USUAL, self.field)
        return value // self.unit


OPTIONS = {
    "--max-article": Option("article_bytes", MEGABYTE, "MB of one article: a file, a page, a cell."),
    "--max-line": Option("line_bytes", MEGABYTE, "MB of one line, JSON file or WARC record."),
    "--max-unpacked": Option("unpacked_bytes", MEGABYTE, "MB of what a packed file holds."),
    "--max-ratio": Option("ratio", 1, "Times its own size that a packed file may hold."),
    "--max-group": Option("group_bytes", MEGABYTE, "MB of one row group of Parquet, unpacked."),
    "--max-headers": Option("header_bytes", KILOBYTE, "kB of a server's headers before a page in a WARC."),
    "--max-tags": Option("tags", 1, "Tags of one page."),
    "--max-tag-length": Option("tag_characters", KILOBYTE, "Thousand characters of one tag."),
    "--max-attributes": Option("attributes", 1, "Attributes of one tag."),
    "--max-parts": Option("parts", 1, "Parts of one Word document."),
    "--max-levels": Option("levels", 1, "Levels of lists and objects in a field that is handed through."),
}
OF_RESULTS = ("--max-line", "--max-unpacked", "--max-ratio")  # what reading results back can meet
