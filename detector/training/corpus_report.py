"""What is known of a corpus: report.json for the steps that follow, report.md for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detector.training.card import parted
from detector.training.corpus import CorpusArticle
from detector.training.markdown import cell, table
from detector.training.prepare import FileRead, Prepared
from detector.training.sources import Source

LISTED = 50  # bad rows told one by one
SHOWN = 12  # rows of a table for people; the others are summed
UNKNOWN = "unknown"
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")


def corpus_report(
    prepared: Prepared,
    pairs: Path | None,
    digest: Callable[[Path], str],
    sources: Sequence[Source],
    demonstration: bool,
    seed: int,
) -> dict[str, Any]:
    """Everything about the corpus, ready for JSON; `digest` gives a file's sha256."""
    clean = [placed.article for own in prepared.parts.values() for placed in own]
    days = [article.date for article in clean if article.date and _DAY.fullmatch(article.date)]
    read = [*prepared.files, *([FileRead(pairs, 0, 0, 0)] if pairs else [])]
    stripped = prepared.stripped
    return {
        "demonstration": demonstration,
        "seed": seed,
        "newest": max(days, default=None),
        "files": [_file(one, digest(one.path), sources) for one in read],
        "bad_rows": {
            "count": len(prepared.bad),
            "first": [f"{row.place}: {row.message}" for row in prepared.bad[:LISTED]],
        },
        "rejected": dict(prepared.rejected.most_common()),
        "boilerplate": {
            source: {"paragraphs": n, "places": stripped.places[source]}
            for source, n in stripped.paragraphs.most_common()
            if n
        },
        "parts": {name: _part([one.article for one in own]) for name, own in prepared.parts.items()},
        "translations": _counts(f"{part} {article.kind}" for article, part in prepared.translations),
        "feedback": _counts(verdict.label for verdict in prepared.feedback),
    }


def _file(read: FileRead, digest: str, sources: Sequence[Source]) -> dict[str, Any]:
    """A file, with its entry in data/sources.toml where the digest is the same."""
    known = next((source for source in sources if source.sha256 == digest), None)
    return {
        "file": known.file if known else read.path.name,
        "rows": read.rows,
        "bad": read.bad,
        "words": read.words,
        "sha256": digest,
        "source": asdict(known) if known else None,
        "differs": known is None and any(Path(source.file).name == read.path.name for source in sources),
    }


def _part(articles: Sequence[CorpusArticle]) -> dict[str, Any]:
    return {
        "articles": len(articles),
        "words": sum(len(article.text.split()) for article in articles),
        "years": dict(sorted(_counts(_year(article) for article in articles).items())),
        "outlets": _counts(article.outlet or article.source for article in articles),
        "varieties": _counts(article.variety or UNKNOWN for article in articles),
        "sources": _counts(article.source for article in articles),
    }


def _year(article: CorpusArticle) -> str:
    return found.group() if (found := re.match(r"(?:19|20)\d\d(?!\d)", article.date or "")) else UNKNOWN


def _counts(values: Iterator[str]) -> dict[str, int]:
    """How often each value comes, the commonest first."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def corpus_page(report: Mapping[str, Any]) -> str:
    """The report for people, in Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    yield "# The corpus"
    yield ""
    newest = report["newest"] or UNKNOWN
    yield f"Newest article: {newest}. Seed {report['seed']}. {parted(report['demonstration'])}"
    parts = report["parts"]
    yield from _table(
        "Parts", ("part", "articles", "words"), [(n, p["articles"], p["words"]) for n, p in parts.items()]
    )
    for what in ("years", "outlets", "varieties", "sources"):
        yield from _crossed(what, {name: part[what] for name, part in parts.items()})
    yield from _table("Translations, by part and kind", ("", "texts"), list(report["translations"].items()))
    yield from _table("Feedback", ("verdict", "texts"), list(report["feedback"].items()))
    yield from _table("Left out", ("articles that are", "how many"), list(report["rejected"].items()))
    repeated = [(source, one["paragraphs"], one["places"]) for source, one in report["boilerplate"].items()]
    yield from _table("Paragraphs that sources repeat", ("source", "paragraphs", "places"), repeated)
    files = [(one["file"], one["rows"], one["bad"], one["words"], _standing(one)) for one in report["files"]]
    yield from _table("Files", ("file", "rows", "bad rows", "words", "in data/sources.toml"), files)
    if report["bad_rows"]["count"]:
        yield from ("", f"## Bad rows: {report['bad_rows']['count']:,}", "")
        yield from (f"- {cell(line)}" for line in report["bad_rows"]["first"])


def _standing(file: Mapping[str, Any]) -> str:
    return "yes" if file["source"] else "in another version" if file["differs"] else "no"


def _crossed(what: str, counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """A table of values by part: the SHOWN commonest, and the others together."""
    total: Counter[str] = Counter()
    for own in counts.values():
        total.update(own)
    shown = [value for value, _ in sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]]
    rows: list[tuple[str | int, ...]] = [(v, *(own.get(v, 0) for own in counts.values())) for v in shown]
    if len(total) > len(shown):
        others = [sum(n for value, n in own.items() if value not in shown) for own in counts.values()]
        rows.append((f"{len(total) - len(shown):,} others", *others))
    yield from _table(what.capitalize(), (what, *counts), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    if rows:
        yield from ("", f"## {title}", "")
        yield from table(heads, rows)
