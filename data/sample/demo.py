"""The whole sample scored, right and wrong, and one story beside its source: what `make demo` shows.

The stories are few and were written for this project; they show how Unspin speaks, not how well it does.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from detector.archive import create, open_writer
from detector.batch.wire_copy import wire_copy
from detector.findings import Evidence, Report
from detector.ingest import read
from detector.pipeline import Detector
from detector.render import to_terminal
from detector.render.report_page import to_html
from detector.render.source_text import source_blocks
from detector.text import Failure, Record

SAMPLE = Path(__file__).parent
SHOWN = "spun/karsania-dezhar-offensive"  # the story that is shown in full
PAGE = Path("work/demo/report.html")

Entry = dict[str, Any]  # one line of index.jsonl


def main() -> None:
    """Print one story as `unspin check` shows it, a line for each story, the sums, and what an archive tells of it."""
    entries = [json.loads(line) for line in (SAMPLE / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    reports = Detector.load().score(list(_articles(entries)))
    shown = next(report for report in reports if report.id == SHOWN)
    print(to_terminal(shown, shutil.get_terminal_size().columns, colour=sys.stdout.isatty()))
    print("\n".join(_table(entries, reports)), end="\n\n")
    print("\n".join(_sums(entries, reports)), end="\n\n")
    print("\n".join(_beside_source(entries)))


def _beside_source(entries: Sequence[Entry]) -> Iterator[str]:
    """Put the clean stories into an archive, find the sources of the others, and write the page on one."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive"
        create(archive)
        with open_writer(archive) as writer:
            clean = _articles(entry for entry in entries if entry["kind"] == "clean" and entry["format"] == "text")
            writer.add(wire_copy(clean, lambda failure: None))
        others = [entry for entry in entries if entry["kind"] in ("spun", "paraphrased", "merged")]
        reports = Detector.load(archive=archive).score(list(_articles(others)))
    found = sum(bool(report.sources) for report in reports)
    yield f"With the clean stories in an archive: sources named for {found} of {len(reports)} made from them."
    shown = next(report for report in reports if report.id == SHOWN)
    yield from source_blocks(shown, shutil.get_terminal_size().columns)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(to_html(shown, "by make demo"), encoding="utf-8")
    yield f"The page to look at, both texts side by side: {PAGE}"


def outcome(kind: str, report: Report) -> str:
    """Say how a verdict compares with how the story was made.

    Spun and translated copy is taken as found when flagged at all, and the other label is said. Nothing that Unspin
    can say without a source is due on paraphrased and merged copy.
    """
    if report.status != "ok":
        return "no verdict"
    if kind in ("clean", "merged"):
        return "WRONG" if report.flagged else "right"
    if not report.flagged:
        return "missed"
    return "found" if report.verdict == kind else f"found, as {str(report.verdict).replace('_', ' ')}"


def _articles(entries: Iterable[Entry]) -> Iterator[Record | Failure]:
    for entry in entries:
        for item in read([SAMPLE / entry["path"]]):
            yield replace(item, id=entry["id"])


def _table(entries: Sequence[Entry], reports: Sequence[Report]) -> Iterator[str]:
    row = "{:<19} {:<38} {:<19} {:<13} {:>6} {:>6}  {}"
    yield row.format("made as", "story", "verdict", "level", "prob.", "marks", "outcome")
    for entry, report in zip(entries, reports, strict=True):
        yield row.format(
            entry["kind"].replace("_", " "),
            entry["id"],
            (report.verdict or report.status).replace("_", " "),
            (report.level or "-").replace("_", " "),
            "-" if report.probability is None else f"{report.probability:.2f}",
            len(report.evidence),
            outcome(entry["kind"], report),
        )


def _sums(entries: Sequence[Entry], reports: Sequence[Report]) -> Iterator[str]:
    counts: dict[str, Counter[str]] = {}
    for entry, report in zip(entries, reports, strict=True):
        counts.setdefault(entry["kind"], Counter())[outcome(entry["kind"], report)] += 1
    yield "Sums"
    for kind, found in counts.items():
        listed = ", ".join(f"{count} {what}" for what, count in found.most_common())
        yield f"  {kind.replace('_', ' ') + ':':<20} {listed}, of {found.total()}"
    marks, on_swaps, suggested = _marks_on_swaps(entries, reports)
    yield f"  marks on spun texts: {on_swaps} of {marks} lie on a recorded swap, {suggested} suggest the original"
    yield ""
    yield "Paraphrase cannot be told without its source, and a merge is no offence against wording: neither is claimed."
    yield "These stories are few and our own. Rates with their n and interval come from `make gate`."


def _marks_on_swaps(entries: Sequence[Entry], reports: Sequence[Report]) -> tuple[int, int, int]:
    marks = on_swaps = suggested = 0
    for entry, report in zip(entries, reports, strict=True):
        if entry["kind"] != "spun" or entry["format"] != "text":  # swaps are recorded by offset into the text file
            continue
        swaps = _swaps(SAMPLE / entry["swaps"])
        for evidence in report.evidence:
            originals = [original for start, end, original in swaps if start < evidence.end and evidence.start < end]
            marks += 1
            on_swaps += bool(originals)
            suggested += _suggests(evidence, originals)
    return marks, on_swaps, suggested


def _swaps(path: Path) -> list[tuple[int, int, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(int(row["start"]), int(row["start"]) + len(row["spun"]), row["original"]) for row in rows]


def _suggests(evidence: Evidence, originals: Iterable[str]) -> bool:
    wanted = {original.casefold() for original in originals}
    return any(suggestion.text.casefold() in wanted for suggestion in evidence.suggestions)


if __name__ == "__main__":
    main()
