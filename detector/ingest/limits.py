"""What an input may ask of a reader: sizes, ratios and depths, each with an option of the command that raises it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading; what passes one becomes an error row that names the option.

    Attributes:
        article_bytes: of one article as a file, a page, a cell or a body (--max-article).
        line_bytes: of one line, one JSON file or one WARC record (--max-line).
        unpacked_bytes: of all that a packed file holds (--max-unpacked).
        ratio: of the bytes that a packed file gives to those it has (--max-ratio).
        group_bytes: of the unpacked columns of a row group of Parquet that are read (--max-group).
        tags: of a page, closing ones included (--max-tags).
        levels: of lists and objects in a field that is handed through (--max-levels).
    """

    article_bytes: int = 10_000_000  # guess
    line_bytes: int = 20_000_000  # HTML included; the longest line seen in crawls is a tenth of it; guess
    unpacked_bytes: int = 100_000_000_000  # a hundred times a usual crawl file; guess
    ratio: int = 200  # text gives 3 to 10, the same page over and over some 100; gzip can reach 1,030, zstd 30,000
    group_bytes: int = 1_000_000_000  # writers make groups of 128 MB, some of 512 MB
    # News pages have 1,000-10,000. So many open paragraphs took 4 s to extract with 13 words each and 6 s with 49,
    # measured on one core of a shared machine; time grows faster than their number.
    tags: int = 30_000
    levels: int = 50  # guess


USUAL = Limits()
