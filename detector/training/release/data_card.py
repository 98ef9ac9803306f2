"""DATA_CARD.md: what a model was trained, calibrated and tested on, and what was left out."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from detector.errors import CorpusError
from detector.training.card import TABLES, parted
from detector.training.markdown import cell, table
from detector.training.release.work import Work
from detector.training.rows import read_rows

SHOWN = 15  # rows of a table by part; the others are summed
SOURCES = Path(__file__).parents[3] / "data" / "sources.toml"
NOT_TOLD = "not told"


def data_card(work: Work, sources: Path = SOURCES) -> str:
    """The text of the card; `sources` lists the public corpora, and need not exist."""
    return "\n".join(_lines(work, _known(sources))).rstrip() + "\n"


def _lines(work: Work, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    report = work.report or {}
    name, version = (cell(str(work.manifest.get(key, "unnamed"))) for key in ("name", "version"))
    yield f"# Data card: {name} {version}\n"
    yield "The texts belong to their publishers. None of them is in the model or beside it.\n"
    if work.report is None:
        yield "There is no report on the corpus: make the corpus again, and this card after it.\n"
    yield from _sources(report, known)
    parts = _table_of(report, "parts")
    if parts:
        yield "## Parts\n"
        apart = "" if work.demonstration else " Nothing that training or calibration reads is in `test`."
        yield f"{parted(work.demonstration)}{apart}\n"
        yield from table(
            ("part", "articles", "words"), [(n, _count(p, "articles"), _count(p, "words")) for n, p in parts.items()]
        )
        for what in ("years", "outlets", "varieties"):
            yield from _crossed(what, {name: _table_of(part, what) for name, part in parts.items()})
    for title, key, heads in (
        ("Translations, by part and kind", "translations", ("", "texts")),
        ("Left out", "rejected", ("articles that are", "how many")),
    ):
        rows = [(name, _count(_table_of(report, key), name)) for name in _table_of(report, key)]
        if rows:
            yield f"## {title}\n"
            yield from table(heads, rows)
    yield from _spun(work)
    if odd := _count(_table_of(work.manifest, "articles"), "odd English"):
        yield "## Written for training\n"
        yield (
            f"{odd} articles of good but odd English (old wire, courts, verse, trades, many countries), as they were"
            " written and spun: what news corpora hold little of, and a classifier fitted on them alone takes for"
            " swapped words."
        )
        yield (
            "They are our own, stand in data/odd_english.jsonl, and share no seven words in a row with the cases of"
            " tests/cases.\n"
        )
    if not work.demonstration:
        yield "## Tables that are not counted on articles"
        yield f"{TABLES}\n"


def _known(sources: Path) -> dict[str, Mapping[str, Any]]:
    """Entries of the list of public corpora by their sha256."""
    if not sources.is_file():
        return {}
    try:
        lists = tomllib.loads(sources.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{sources}: expected TOML: {error}") from error
    entries = [entry for own in lists.values() if isinstance(own, list) for entry in own if isinstance(entry, dict)]
    return {str(entry["sha256"]): entry for entry in entries if "sha256" in entry}


def _sources(report: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    files = report.get("files")
    if not isinstance(files, list) or not files:
        return
    yield "## Sources\n"
    yield "Licences are told as they are stated where the text was found.\n"
    heads = ("file", "rows", "words", "from", "taken", "licence as stated", "sha256")
    rows: list[tuple[str | int, ...]] = []
    for file in (file for file in files if isinstance(file, dict)):
        digest = str(file.get("sha256", ""))
        of = known.get(digest) or file.get("source")
        told = [
            str(of.get(key, NOT_TOLD)) if isinstance(of, dict) else NOT_TOLD
            for key in ("repository", "taken", "licence")
        ]
        rows.append((str(file.get("file", "")), _count(file, "rows"), _count(file, "words"), *told, digest[:12]))
    yield from table(heads, rows)


def _crossed(what: str, counts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Values by part: the SHOWN commonest (years in their order), the others together."""
    total: Counter[str] = Counter()
    for own in counts.values():
        total.update({value: _count(own, value) for value in own})
    if not total:
        return
    order = sorted(total) if what == "years" else sorted(total, key=lambda value: (-total[value], value))
    shown = order if what == "years" else order[:SHOWN]
    rows: list[tuple[str | int, ...]] = [(value, *(_count(own, value) for own in counts.values())) for value in shown]
    if others := order[len(shown) :]:
        rows.append(
            (f"{len(others):,} others", *(sum(_count(own, value) for value in others) for own in counts.values()))
        )
    yield f"### {what.capitalize()}\n"
    yield from table((what, *map(cell, counts)), rows)


def _spun(work: Work) -> Iterator[str]:
    """Spun texts by spinner family and use."""
    counts = {
        path.name.partition(".")[0]: Counter(row["family"] for row in read_rows(path))
        for path in sorted((work.folder / "spun").glob("*.jsonl.zst"))
    }
    families = sorted({family for own in counts.values() for family in own})
    if families:
        yield "## Spun articles, by spinner family and use\n"
        yield 'Made of the articles above; "clean" are left as they were.\n'
        yield from table(("family", *map(cell, counts)), [(f, *(own[f] for own in counts.values())) for f in families])


def _table_of(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _count(data: Any, name: str) -> int:
    value = data.get(name, 0) if isinstance(data, dict) else 0
    return value if isinstance(value, int) else 0
