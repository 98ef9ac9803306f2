"""The one writer of an archive: adds and removes in batches, each of which is seen as a whole or not at all.

The index is committed before the texts, and a text is there once it is in the texts: a writer that is killed in between
leaves numbers in the index that no text has, which readers pass over and the next writer deletes. Removing goes the
other way round, and the numbers are noted until the index has forgotten them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from detector.archive.archive import INDEX, TEXTS, check
from detector.archive.index import Index, replace_index, staged_index
from detector.archive.reference import Reference
from detector.archive.texts import DamagedTextError, Texts
from detector.errors import ArchiveError
from detector.one_writer import only_writer

LOCK = "writer.lock"
BATCH_TEXTS = 10_000  # committed together: each batch costs a segment of the index
BATCH_CHARACTERS = 50_000_000  # bounds memory


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles that were given.

    Attributes:
        new: stories that were not there.
        versions: further versions of stories that were.
        same: articles that were there already, under that id with that text.
        not_english, undated: how many of the new and the versions are so.
    """

    new: int
    versions: int
    same: int
    not_english: int
    undated: int


class Writer:
    """Holds the archive for writing, as `open_writer` gives it; every method may raise ArchiveError."""

    def __init__(self, texts: Texts, index: Index) -> None:
        self._texts = texts
        self._index = index

    def add(self, references: Iterable[Reference]) -> Added:
        """Add articles; those that are there already are passed over."""
        counts: Counter[str] = Counter()
        self.mend()
        for batch in _batches(references):
            self._texts.begin()
            try:
                self._texts.train([reference.text for reference in batch])
                for reference in batch:
                    counts.update(self._add(reference))
                self._index.commit()
                self._texts.commit()
            except BaseException:
                self._texts.rollback()
                with suppress(ArchiveError):  # what went wrong first is told
                    self._index.rollback()  # its numbers will be given to others
                raise
        return Added(**{name: counts[name] for name in ("new", "versions", "same", "not_english", "undated")})

    def remove(self, identifiers: Iterable[str]) -> tuple[int, list[str]]:
        """Remove all texts of these ids; gives how many there were, and the ids that have none."""
        removed: list[int] = []
        unknown = []
        self._texts.begin()
        try:
            for identifier in identifiers:
                numbers = self._texts.remove(identifier)
                removed += numbers
                if not numbers:
                    unknown.append(identifier)
            self._texts.commit()
        except BaseException:
            self._texts.rollback()
            raise
        self.mend()
        return len(removed), unknown

    def mend(self) -> None:
        """Delete from the index what no text has: left by a writer that was killed or that failed, or just removed."""
        removed = self._texts.removed()
        self._index.delete(removed)
        if self._index.delete_above(self._texts.last_number()) or removed:
            self._index.commit()
            self._texts.forget_removed()

    def _add(self, reference: Reference) -> Iterator[str]:
        """Add one article to the batch, and say what it counts as."""
        digest = hashlib.sha256(reference.text.encode()).digest()
        if self._texts.has(reference.id, digest):
            yield "same"
            return
        known = self._texts.story_of(reference.id)
        before = reference.version_of if reference.version_of != reference.id else None
        story = known or reference.id
        if before is not None:
            into = self._texts.story_of(before) or before
            if into != story:
                self._texts.join_story(story, into)
            story = into
        yield "versions" if self._texts.versions(story) else "new"
        number = self._texts.add(reference, digest, story)
        day = reference.day
        if day is None:
            yield "undated"
        if not reference.is_english:
            yield "not_english"
            return
        self._index.add(number, _indexed(reference), day, reference.outlet)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(only_writer(folder / LOCK))
        except BlockingIOError:
            raise ArchiveError(f"another process is writing to {folder}: wait for it to end, or end it") from None
        except OSError as error:
            raise ArchiveError(
                f"{folder} cannot be written to ({error}): check its rights and the room on the disk"
            ) from error
        yield


@contextmanager
def open_writer(folder: Path) -> Iterator[Writer]:
    """Open an archive for writing; raises ArchiveError where there is none, or another process writes to it."""
    check(folder)
    with _locked(folder):
        texts = Texts(folder / TEXTS)
        try:
            index = Index(folder / INDEX)
            with index.writing():
                yield Writer(texts, index)
        finally:
            texts.close()


def rebuild(folder: Path) -> int:
    """Make the index again from the texts; gives how many it holds. Texts that are damaged are left out."""
    check(folder)
    with _locked(folder):
        texts = Texts(folder / TEXTS)
        try:
            count = _fill(staged_index(folder / INDEX), texts)
            replace_index(folder / INDEX)
            texts.forget_removed()
        finally:
            texts.close()
    return count


def _fill(index: Index, texts: Texts) -> int:
    with index.writing():
        for number in texts.indexed():
            try:
                reference = texts.get(number).reference
            except DamagedTextError:
                continue
            index.add(number, _indexed(reference), reference.day, reference.outlet)
        index.commit()
    return index.count()


def _indexed(reference: Reference) -> str:
    return f"{reference.title or ''}\n{reference.text}"


def _batches(references: Iterable[Reference]) -> Iterator[Sequence[Reference]]:
    batch: list[Reference] = []
    characters = 0
    for reference in references:
        batch.append(reference)
        characters += len(reference.text)
        if len(batch) == BATCH_TEXTS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
