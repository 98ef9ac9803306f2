"""Whether an archive is what was written: every text by its digest, both files by their checksums."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detector.archive.archive import INDEX, TEXTS, check
from detector.archive.index import Index, damaged_files
from detector.archive.texts import DamagedTextError, Texts
from detector.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with an archive, in words for people; nothing, if all of it is empty.

    Attributes:
        checked: texts that were read.
        texts: texts that are not what was stored; all others can be read.
        file: what is wrong with the file that holds them.
        index: what is wrong with the index, which can be made again.
    """

    checked: int
    texts: tuple[str, ...]
    file: tuple[str, ...]
    index: tuple[str, ...]

    @property
    def found(self) -> bool:
        return bool(self.texts or self.file or self.index)


def verify(folder: Path) -> Damage:
    """Read all of an archive; raises ArchiveError where there is none or it cannot even be opened."""
    check(folder)
    texts = Texts(folder / TEXTS)
    try:
        file = texts.faults()
        numbers = texts.numbers()
        damaged = []
        for number in numbers:
            try:
                texts.get(number)
            except DamagedTextError as error:
                damaged.append(str(error))
        index = _index_faults(folder / INDEX, len(texts.indexed()))
    finally:
        texts.close()
    return Damage(len(numbers), tuple(damaged), tuple(file), tuple(index))


def _index_faults(folder: Path, expected: int) -> list[str]:
    faults = [f"{name} is not what was written" for name in damaged_files(folder)]
    if faults:
        return faults
    try:
        found = Index(folder).count()
    except ArchiveError as error:
        return [str(error)]
    # It may hold more, which readers pass over and the next writer deletes.
    return [f"it holds {found:,} texts of {expected:,}"] if found < expected else []
