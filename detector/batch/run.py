"""A run from articles to an output file: rows in order, by worker processes or a cluster, safe to kill at any point."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detector import __version__
from detector.batch.outputs import writer_for
from detector.batch.rows import Row
from detector.batch.shards import SHARD_ITEMS, Shards, open_shards
from detector.batch.worker import Settings
from detector.errors import InputError
from detector.text import Failure, Record

Item = Record | Failure
Score = Callable[[Iterable[Item]], Iterator[Row]]
BLOCK = 1_000  # articles in a row that go to one of the machines that share an input


def run(
    items: Iterable[Item],
    score: Score,
    settings: Settings,
    output: Path,
    *,
    columns: Sequence[str] | None = None,
    about: Mapping[str, Any] | None = None,
    resume: bool = False,
    watch: Callable[[Iterable[Row], Counter[str]], Iterable[Row]] = lambda rows, counts: rows,
) -> Counter[str]:
    """Score what is left of `items`, put all rows into `output`, and give what was counted over all of them.

    `about` is what rows depend on beside the articles and the settings: a run that is resumed must have the same.
    `watch` is handed the rows as they are written, and what was counted of those before them. Raises InputError.
    """
    output = output.resolve()  # a link stays a link: what it points to is replaced
    with open_shards(output, {**_plan(settings, columns), **(about or {})}, resume=resume) as shards:
        for _ in watch(shards.add(score(shards.left(items))), shards.counts):
            pass
        _finish(shards, output, columns)
        return shards.counts


def _plan(settings: Settings, columns: Sequence[str] | None) -> dict[str, Any]:
    """What rows depend on beside the articles, and how they are kept."""
    options = {name: getattr(settings, name) for name in ("max_fpr", "evidence", "with_text")}
    options["limits"] = asdict(settings.limits)
    return {
        "schema": "unspin.run/1",
        "unspin": __version__,
        "model": asdict(settings.info),
        "options": options,
        "licensees": None if settings.licensees is None else settings.licensees.digest,
        "desk": None if settings.desk is None else settings.desk.digest,
        "columns": None if columns is None else list(columns),
        "shard_items": SHARD_ITEMS,
    }


def share_of(items: Iterable[Item], number: int, of: int) -> Iterator[Item]:
    """The share `number` (from 1) `of` so many: blocks of articles in turn."""
    for i, item in enumerate(items):
        if i // BLOCK % of == number - 1:
            yield item


def _finish(shards: Shards, output: Path, columns: Sequence[str] | None) -> None:
    """Put all rows into the output, which is replaced whole or not at all."""
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as file:
            writer_for(output)(shards.lines(), file, columns)
            file.flush()
            os.fsync(file.fileno())
        if output.exists():
            shutil.copymode(output, part)
        os.replace(part, output)
    except OSError as error:
        raise InputError(
            "unwritable-output",
            f"{output} could not be written ({error}): make room, then go on with --resume; nothing is scored twice",
        ) from error
    finally:
        part.unlink(missing_ok=True)
