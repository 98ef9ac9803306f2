"""The results of a long run on disk, shard by shard, so that a run that was stopped at any point goes on where it was.

A shard is the rows of some articles in a row. It is written under another name, forced to the disk, renamed, and then
has a marker with its counts and digests; what has no marker never was. When all are there they become the output, which
is replaced whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from detector.batch.rows import Row
from detector.errors import InputError
from detector.one_writer import only_writer
from detector.text import Failure, Record
from detector.unwritable import unwritable

SCHEMA = "unspin.run/1"
SHARD_ITEMS = 2_000  # articles: some seconds of work, which is all that a kill costs
MAX_JSON_BYTES = 20_000_000  # of a plan or a marker: 2,000 sites with the longest names, each letter escaped
AGAIN = "run again without --resume to begin anew"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a finished shard holds: how many articles, digests of what was read and of what was written, and counts."""

    items: int
    read: str
    written: str
    counts: Mapping[str, int]


class Shards:
    """The folder of one run, as `open_shards` gives it: the finished shards first, then what is added to them."""

    def __init__(self, folder: Path, markers: list[Marker]) -> None:
        self._folder = folder
        self._markers = markers
        self._read: list[str] = []  # digests of what went in, by shard, from the first unfinished one on

    @property
    def counts(self) -> Counter[str]:
        """What was counted so far."""
        total: Counter[str] = Counter()
        for marker in self._markers:
            total.update(marker.counts)
        return total

    def left(self, items: Iterable[Record | Failure]) -> Iterator[Record | Failure]:
        """What of the input is still to be scored; raises InputError where its beginning is not what it was."""
        items = iter(items)
        done = 0
        for marker in self._markers:
            digest = _Digest()
            for item in islice(items, marker.items):
                digest.add(item)
            if digest.hex() != marker.read:
                message = f"articles {done + 1:,} to {done + marker.items:,} are not those that the run began with"
                raise InputError("changed-input", f"{message}: {AGAIN}")
            done += marker.items
        yield from self._noted(items)

    def _noted(self, items: Iterator[Record | Failure]) -> Iterator[Record | Failure]:
        """The same items, with a digest noted of each shard of them."""
        digest, n = _Digest(), 0
        for item in items:
            digest.add(item)
            n += 1
            if n == SHARD_ITEMS:
                self._read.append(digest.hex())
                digest, n = _Digest(), 0
            yield item
        if n:
            self._read.append(digest.hex())

    def add(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Write the rows of what is left, handing them through; whoever stops early loses the shard in work.

        Each row is handed on when the next is there, and the last of a shard when that is finished: so nothing that
        happens to who takes the rows costs a shard that has all of its own.
        """
        rows = iter(rows)
        for row in rows:
            part = self._path(len(self._markers)).with_suffix(".part")
            written, counts, n = hashlib.blake2b(), Counter[str](), 0
            with part.open("wb") as file:
                for following in chain([row], islice(rows, SHARD_ITEMS - 1)):
                    if n:
                        yield row
                    row = following
                    file.write(row.line)
                    written.update(row.line)
                    counts.update(row.counted())
                    n += 1
            with _uninterrupted():
                self._finish(part, Marker(n, self._read.pop(0), written.hexdigest(), dict(counts)))
            yield row

    def _finish(self, part: Path, marker: Marker) -> None:
        path = self._path(len(self._markers))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
        _write_json(path.with_suffix(".json"), asdict(marker))
        self._markers.append(marker)

    def lines(self) -> Iterator[bytes]:
        """Every row that was written, in order."""
        for number in range(len(self._markers)):
            with self._path(number).open("rb") as file:
                yield from file

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:07}.jsonl"


class _Digest:
    """Of articles as they were read."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b()

    def add(self, item: Record | Failure) -> None:
        self._hash.update(repr(item).encode("utf-8", "surrogatepass"))

    def hex(self) -> str:
        return self._hash.hexdigest()


def folder_of(output: Path) -> Path:
    """Where the shards of a run to `output` lie: hidden, as a folder of articles is read without what is."""
    return output.with_name(f".{output.name}.parts")


@contextmanager
def open_shards(output: Path, plan: Mapping[str, Any], *, resume: bool) -> Iterator[Shards]:
    """Hold the shards of a run to `output` for one process, and remove them when all went well.

    `plan` is what the rows depend on beside the articles. With `resume` what is there is taken up, where it is of the
    same plan; otherwise it is removed. Raises InputError.
    """
    folder = folder_of(output)
    with ExitStack() as stack:
        try:
            folder.mkdir(exist_ok=True)
            stack.enter_context(only_writer(folder / "lock"))
        except BlockingIOError:
            raise InputError("busy-output", f"another process is writing to {output}: wait for it to end") from None
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError("unwritable-output", unwritable(output.parent, why)) from error
        stack.callback(_remove_empty, folder)
        path = folder / "plan.json"
        if resume and path.exists():
            _same_plan(_read_json(path), plan)
        else:
            _clear(folder)
            _write_json(path, plan)
        yield Shards(folder, list(_finished(folder)))
        _clear(folder)


def _remove_empty(folder: Path) -> None:
    """Remove the folder where no shard is finished: there is nothing to go on with."""
    if not (folder / "0000000.json").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _same_plan(there: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    plan = json.loads(json.dumps(plan))
    differing = sorted(name for name in {*there, *plan} if there.get(name) != plan.get(name))
    if differing:
        words = ", ".join(f"{name} was {there.get(name)!r} and is {plan.get(name)!r}" for name in differing)
        raise InputError("changed-run", f"the run that was stopped was another one ({words}): {AGAIN}")


def _finished(folder: Path) -> Iterator[Marker]:
    """The markers of the shards from the first on, up to one that is missing or was damaged."""
    number = 0
    while (path := folder / f"{number:07}.jsonl").exists() and path.with_suffix(".json").exists():
        try:
            marker = Marker(**_read_json(path.with_suffix(".json")))
        except (InputError, TypeError):
            return
        with path.open("rb") as file:
            if hashlib.file_digest(file, "blake2b").hexdigest() != marker.written:
                return
        yield marker
        number += 1


def _clear(folder: Path) -> None:
    """Remove what another run left, its plan first."""
    for path in [folder / "plan.json", *folder.glob("*.json"), *folder.glob("*.jsonl"), *folder.glob("*.part")]:
        path.unlink(missing_ok=True)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(MAX_JSON_BYTES))
    except (ValueError, OSError, RecursionError) as error:
        raise InputError("damaged-run", f"{path} cannot be read ({error}): {AGAIN}") from error
    if not isinstance(data, dict):
        raise InputError("damaged-run", f"{path}: expected an object: {AGAIN}")
    return data


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    part = path.with_suffix(".json.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(data, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    _force_folder(path.parent)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hear Ctrl-C only afterwards. Only the main thread is ever interrupted by it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        for number in heard[:1]:
            signal.raise_signal(number)


def _force_folder(folder: Path) -> None:
    """Have the names in a folder on the disk too, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
