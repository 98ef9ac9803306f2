"""An archive on disk: made, opened and asked what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from detector.archive.index import Index
from detector.archive.reference import Stored
from detector.archive.texts import Texts
from detector.dates import day_of
from detector.errors import ArchiveError
from detector.sealed_folder import is_named, staged, write_json

SCHEMA = "unspin.archive/1"
MANIFEST, TEXTS, INDEX = "archive.json", "texts.sqlite", "index"
MAX_MANIFEST_BYTES = 100_000  # it has forty


@dataclass(frozen=True, slots=True)
class Info:
    """What an archive holds.

    Attributes:
        texts, stories: versions of one story are several texts.
        not_english: texts that are kept and never proposed as a source.
        undated: texts whose date is missing or is none that is understood.
        first, last: the earliest and the latest of the days that are understood, counted from the year 1.
        outlets: with their number of texts, the largest first.
        bytes: on disk, texts and index.
    """

    texts: int
    stories: int
    not_english: int
    undated: int
    first: int | None
    last: int | None
    outlets: tuple[tuple[str | None, int], ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive, for reading; a writer may be at work on it meanwhile."""

    folder: Path
    texts: Texts
    index: Index

    def reload(self) -> None:
        """See what was added since it was opened."""
        self.index.reload()

    def versions(self, identifier: str) -> list[Stored]:
        """All versions of the story of that id, in the order in which they were added."""
        story = self.texts.story_of(identifier)
        if story is None:
            raise ArchiveError(f"no article {identifier!r} in {self.folder}: see what `unspin archive search` finds")
        return [self.texts.get(number) for number in self.texts.versions(story)]

    def info(self) -> Info:
        counts = self.texts.counts()
        days = [day_of(published) or day_of(updated) for published, updated in self.texts.dates()]
        known = [day for day in days if day is not None]
        return Info(
            *counts,
            undated=len(days) - len(known),
            first=min(known, default=None),
            last=max(known, default=None),
            outlets=tuple(self.texts.outlets()),
            bytes=sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()),
        )


def create(folder: Path) -> None:
    """Make an empty archive; what is there already is left alone, but for an empty folder."""
    if not is_named(folder):
        raise ArchiveError(f"expected a folder by its name, got {folder}: name it from the folder above")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError(f"expected a new folder, got {folder}, which exists: name another, or add to it")
    try:
        partial = staged(folder)
        Texts.create(partial / TEXTS)
        Index.create(partial / INDEX)
        write_json(partial / MANIFEST, {"schema": SCHEMA})
        partial.rename(folder)
    except OSError as error:
        raise ArchiveError(f"no archive could be made at {folder} ({error}): check the path and its rights") from error


@contextmanager
def open_archive(folder: Path) -> Iterator[Archive]:
    """Open an archive for reading.

    Raises ArchiveError where there is none, it is of another version, or what it needs to be read is damaged.
    """
    archive = load_archive(folder)
    try:
        yield archive
    finally:
        archive.texts.close()


def load_archive(folder: Path) -> Archive:
    """Open an archive for as long as the process lives; raises what `open_archive` does."""
    check(folder)
    texts = Texts(folder / TEXTS)
    try:
        return Archive(folder, texts, Index(folder / INDEX))
    except BaseException:
        texts.close()
        raise


def check(folder: Path) -> None:
    """Raise ArchiveError unless `folder` is an archive of this version."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ArchiveError(f"no archive at {folder}: make one by `unspin archive create {folder}`")
    try:
        with path.open("rb") as file:
            schema = json.loads(file.read(MAX_MANIFEST_BYTES))["schema"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{path} is not what an archive has ({error}): take the archive from its copy") from error
    if schema != SCHEMA:
        raise ArchiveError(
            f"{folder} is an archive of version {schema!r}, this version of Unspin reads {SCHEMA!r}: upgrade Unspin, "
            "or make an archive anew from its sources"
        )
