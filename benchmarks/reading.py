"""How fast each reader reads, beside fastwarc alone and beside the extraction of pages: reading is not the bottleneck.

    python -m benchmarks.reading [--pages N]

All input is generated: pages of data/sample with a number in each, over and over, in every format; zstd packs such
repetition so well that the bound on the ratio is raised. Readers are timed to their last record, without `prepare`.
Figures are processor time on one thread, of child processes too, best of three runs, as other work on a machine only
adds to it. MB are millions of bytes of the pages as HTML, whatever the file has.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from detector.ingest import Limits, prepare, read
from detector.text import Record

SAMPLE = Path(__file__).parents[1] / "data" / "sample" / "pages"
EXTRACTED = 50  # pages: extraction is so slow that more only take longer
RUNS = 3


@click.command()
@click.option("--pages", type=click.IntRange(min=100), default=20_000, show_default=True, help="Pages in each file.")
def reading(pages: int) -> None:
    """Write files of all formats, read them, and print records and megabytes a second."""
    with tempfile.TemporaryDirectory(prefix="unspin-") as folder:
        n_bytes = sum(len(page.encode()) for page in made_pages(pages))
        print(f"{pages:,} pages, {n_bytes / 1e6:.0f} MB of HTML; a second of processor time:")
        print(f"  {'':36}{'records':>10}{'MB':>8}{'on disk':>10}")
        for name, write in WRITERS.items():
            path = Path(folder) / name
            with path.open("wb") as file:
                write(file, pages)
            _show(name, lambda path=path: _n_read(path), pages, n_bytes, path)  # type: ignore[misc]
            if ".warc" in name:
                _show(f"{name}, fastwarc alone", lambda path=path: _n_records(path), pages, n_bytes, path)  # type: ignore[misc]
            path.unlink()
    records = [Record(str(i), page, is_html=True) for i, page in enumerate(made_pages(EXTRACTED))]
    own_bytes = sum(len(record.content.encode()) for record in records)
    prepare(records[0])  # imports trafilatura
    _show("extraction alone", lambda: sum(bool(prepare(record).text) for record in records), EXTRACTED, own_bytes)


def made_pages(n: int) -> Iterator[str]:
    """Pages of the sample in turn, each with a number of its own, so that no two are the same."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*.html"))]
    return (f"{pages[i % len(pages)]}<!-- {i} -->" for i in range(n))


def _write_lines(file: Any, n: int) -> None:
    for i, page in enumerate(made_pages(n)):
        file.write(json.dumps({"id": str(i), "html": page}).encode() + b"\n")


def _write_csv(file: Any, n: int) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    table = csv.writer(text)
    table.writerow(["id", "html"])
    table.writerows((i, page) for i, page in enumerate(made_pages(n)))
    text.detach()


def _write_parquet(file: Any, n: int) -> None:
    import pyarrow
    from pyarrow import parquet

    pages = made_pages(n)
    schema = pyarrow.schema([("html", pyarrow.string())])
    with parquet.ParquetWriter(file, schema, compression="zstd") as table:
        while group := list(islice(pages, 2_000)):
            table.write_table(pyarrow.table({"html": group}, schema=schema))


def warc_record(number: int, page: str) -> bytes:
    """A page as a crawler writes it, with the answer that it came in."""
    body = page.encode()
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
        f"WARC-Target-URI: https://news.example/{number}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block) + len(body)}\r\n\r\n"
    )
    return head.encode() + block + body + b"\r\n\r\n"


def _write_warc(file: Any, n: int) -> None:
    file.writelines(warc_record(i, page) for i, page in enumerate(made_pages(n)))


def _write_packed_warc(file: Any, n: int) -> None:
    """A member a record, as crawlers do."""
    file.writelines(gzip.compress(warc_record(i, page), 6) for i, page in enumerate(made_pages(n)))


def _packed(write: Callable[[Any, int], None], suffix: str) -> Callable[[Any, int], None]:
    def packed(file: Any, n: int) -> None:
        import zstandard

        opened = gzip.GzipFile("", "wb", 6, file) if suffix == ".gz" else zstandard.open(file, "wb", closefd=False)
        with opened as inside:
            write(inside, n)

    return packed


WRITERS: dict[str, Callable[[Any, int], None]] = {
    "pages.jsonl": _write_lines,
    "pages.jsonl.gz": _packed(_write_lines, ".gz"),
    "pages.jsonl.zst": _packed(_write_lines, ".zst"),
    "pages.csv": _write_csv,
    "pages.parquet": _write_parquet,
    "pages.warc": _write_warc,
    "pages.warc.gz": _write_packed_warc,
}


def _n_read(path: Path) -> int:
    return sum(isinstance(row, Record) for row in read([path], limits=Limits(ratio=10_000)))


def _n_records(path: Path) -> int:
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as file:
        return sum(bool(record.reader.read()) for record in ArchiveIterator(file, parse_http=True))


def _show(name: str, work: Callable[[], int], n: int, n_bytes: int, path: Path | None = None) -> None:
    seconds = min(_seconds(work, n) for _ in range(RUNS))
    size = "" if path is None else f"{path.stat().st_size / 1e6:7.0f} MB"
    print(f"  {name:36}{n / seconds:10,.0f}{n_bytes / 1e6 / seconds:8.1f}{size:>10}", flush=True)


def _seconds(work: Callable[[], int], n: int) -> float:
    started = os.times()
    found = work()
    ended = os.times()
    if found != n:
        raise click.ClickException(f"expected {n:,} records, got {found:,}")
    return sum(ended[:4]) - sum(started[:4])


if __name__ == "__main__":
    reading()
