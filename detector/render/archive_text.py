"""What an archive holds and what was found in it: lines for people, or JSON for programs, one object a line.

Everything that comes from an article is neutralised before it is shown; JSON escapes it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from detector.archive import Added, Candidate, Damage, Found, Info, Stored
from detector.archive.find import SOURCE_FROM
from detector.render.neutral import neutral
from detector.render.wrapped import fitting, item, wrap

SCHEMA = "unspin.source/1"
MOST_OUTLETS = 10
MOST_COPIES = 5
MOST_DAMAGED = 20


def added_text(added: Added, refused: int, width: int = 80) -> str:
    """What became of the articles that were given."""
    width = fitting(width)
    lines = [f"{_count(added.new, 'new story', 'new stories')}, {_count(added.versions, 'further version')}"]
    if added.same:
        lines.append(f"{_count(added.same, 'article')} there already: nothing done")
    if added.not_english:
        lines.append(f"{_count(added.not_english, 'text')} not English, or too short to tell: kept, never proposed")
    if added.undated:
        lines.append(f"{_count(added.undated, 'text')} without an ISO date: found without regard to the week")
    if refused:
        lines.append(f"{_count(refused, 'article')} left out")
    return _joined([wrap(lines[0], width), *(item(line, width) for line in lines[1:])])


def found_text(name: str, found: Found, width: int = 80) -> str:
    """The source, if one is named, then all candidates."""
    width = fitting(width)
    lines = [wrap(neutral(name), width), "", wrap(_verdict(found), width), ""]
    for number, candidate in enumerate(found.candidates, 1):
        lines += _candidate(number, candidate, width)
    lines += [item(f"not compared: {neutral(said)}", width) for said in found.damaged[:MOST_DAMAGED]]
    return _joined(lines)


def _verdict(found: Found) -> str:
    if found.source is not None:
        about = found.source.stored.reference
        return f"Source found: {neutral(about.title or about.id)} ({_alike(found.source)})"
    if not found.candidates:
        return "No source found: no article has words in common with this one"
    return (
        f"No source is named: the likeliest has {_alike(found.candidates[0])}, and by words alone one is named from "
        f"{SOURCE_FROM:.0%} on. `unspin check --archive` lays the texts side by side, and finds reworded ones too"
    )


def _alike(candidate: Candidate) -> str:
    return f"{candidate.similarity:.0%} of its words"


def _candidate(number: int, candidate: Candidate, width: int) -> Iterator[str]:
    about = candidate.stored.reference
    facts = [about.published or "no date", about.outlet or "no outlet", *([about.id] if about.title else [])]
    indent = " " * 9
    yield wrap(f"{number:>2} {candidate.similarity:>4.0%}  {neutral(about.title or about.id)}", width, indent)
    yield wrap(f"{indent}{neutral(' · '.join(facts))}", width, indent)
    if candidate.copies:
        told = ", ".join(map(neutral, candidate.copies[:MOST_COPIES]))
        more = len(candidate.copies) - MOST_COPIES
        yield wrap(f"{indent}also as {told}{f' and {more:,} more' if more > 0 else ''}", width, indent)


def stored_text(versions: Sequence[Stored], number: int, width: int = 80) -> str:
    """One of the versions of a story, counted from 1, and a list of all if there are several."""
    width = fitting(width)
    stored = versions[number - 1]
    facts = {**asdict(stored.reference), "sha256": stored.digest}
    text = facts.pop("text")
    lines = [wrap(f"{name}: {neutral(str(value))}", width, "  ") for name, value in facts.items() if value is not None]
    if not stored.reference.is_english:
        lines.append(wrap("Not English, or too short to tell: kept, never proposed as a source.", width))
    if len(versions) > 1:
        lines += ["", f"Version {number} of {len(versions)}:"]
        lines += [item(f"{i}: {_named(one)}", width) for i, one in enumerate(versions, 1)]
    return _joined([*lines, "", *(wrap(neutral(line), width) for line in text.split("\n"))])


def _named(stored: Stored) -> str:
    about = stored.reference
    return neutral(" · ".join([about.id, about.updated or about.published or "no date", about.title or "(no title)"]))


def damage_text(damage: Damage, width: int = 80) -> str:
    """What is damaged, and what to do."""
    width = fitting(width)
    if not damage.found:
        return f"{_count(damage.checked, 'text')} checked: nothing is damaged\n"
    sound = damage.checked - len(damage.texts)
    lines = [wrap(f"Damaged; {sound:,} of {_count(damage.checked, 'text')} can be read.", width)]
    lines += [item(neutral(said), width) for said in (*damage.file, *damage.texts)[:MOST_DAMAGED]]
    if len(damage.file) + len(damage.texts) > MOST_DAMAGED:
        lines.append(item(f"and {len(damage.file) + len(damage.texts) - MOST_DAMAGED:,} more", width))
    lines += [item(f"the index: {neutral(said)}", width) for said in damage.index]
    if damage.index:
        lines.append(wrap("The index is made again from the texts by `unspin archive verify --rebuild`.", width))
    if damage.file:
        lines.append(wrap("A damaged file of texts is best taken from a copy of the archive.", width))
    return _joined(lines)


def info_text(info: Info, width: int = 80) -> str:
    """What an archive holds."""
    width = fitting(width)
    period = "" if info.first is None or info.last is None else f", {_date(info.first)} to {_date(info.last)}"
    holds = f"{_count(info.texts, 'text')} of {_count(info.stories, 'story', 'stories')}"
    lines = [f"{holds}{period}; {info.bytes / 1e6:,.1f} MB"]
    if info.not_english:
        lines.append(f"{info.not_english:,} not English, or too short to tell: kept, never proposed as a source")
    if info.undated:
        lines.append(f"{info.undated:,} without an ISO date")
    shown = [f"{neutral(name or 'no outlet')} {count:,}" for name, count in info.outlets[:MOST_OUTLETS]]
    more = len(info.outlets) - MOST_OUTLETS
    lines.append(f"outlets: {', '.join(shown) or 'none'}{f' and {more:,} more' if more > 0 else ''}")
    return _joined([wrap(lines[0], width), *(item(line, width) for line in lines[1:])])


def found_json(name: str, found: Found) -> str:
    """The schema `unspin.source/1`: `source` is an id or null, `named_from` the similarity from which one is named."""
    source = None if found.source is None else found.source.stored.reference.id
    candidates = [_candidate_json(candidate) for candidate in found.candidates]
    return _line(
        {
            "schema": SCHEMA,
            "id": name,
            "source": source,
            "named_from": SOURCE_FROM,
            "candidates": candidates,
            "damaged": list(found.damaged),
        }
    )


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    about = asdict(candidate.stored.reference)
    del about["text"]
    similarity = round(candidate.similarity, 6)
    return {**about, "similarity": similarity, "days": candidate.days, "copies": list(candidate.copies)}


def stored_json(stored: Stored) -> str:
    """All that is kept of one text."""
    return _line({**asdict(stored.reference), "story": stored.story, "sha256": stored.digest})


def info_json(info: Info) -> str:
    """Days as ISO dates."""
    days = {name: None if day is None else _date(day) for name, day in (("first", info.first), ("last", info.last))}
    return _line({**asdict(info), **days, "outlets": [{"name": name, "texts": n} for name, n in info.outlets]})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n"


def _date(day: int) -> str:
    return datetime.date.fromordinal(day).isoformat()


def _count(n: int, one: str, several: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else several or f'{one}s'}"


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
