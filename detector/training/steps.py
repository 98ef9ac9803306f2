"""The steps of a training run over one work folder: each does nothing where what it was made from is as it was.

A step's stamp, `stamps/NAME.json`, is written last: version and parameters of the step, sha256 of its inputs and
outputs. A step that was killed has no stamp that fits, and is done again; those that it builds on are not.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import detector
from detector.errors import CorpusError
from detector.training.progress import say, show

LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, by all that decides what comes out of it.

    Attributes:
        name: unique in a work folder.
        version: raised whenever the code makes something else of the same inputs; a new release counts as such.
        inputs: files that are read.
        outputs: files that are written, each whole or not at all.
        parameters: anything else, as JSON holds it.
    """

    name: str
    version: int
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Steps:
    """The steps of one run over `folder`, which is locked meanwhile: see `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: dict[tuple[Path, int, int], str] = {}

    def do(self, step: Step, make: Callable[[], None]) -> None:
        """Do a step unless it is done: `make` writes its outputs."""
        wanted = self._wanted(step)
        stamp = self.folder / "stamps" / f"{step.name}.json"
        if self._is_done(step, wanted, stamp):
            say(f"{step.name}: nothing has changed")
            return
        started = time.perf_counter()
        show(f"{step.name} ...")
        for path in (*step.outputs, stamp):
            path.parent.mkdir(parents=True, exist_ok=True)
        make()
        wanted["outputs"] = [[path.name, self.digest(path)] for path in step.outputs]
        with written_whole(stamp) as partial:
            partial.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
        say(f"{step.name}: {time.perf_counter() - started:.0f} s")

    def _wanted(self, step: Step) -> dict[str, Any]:
        """What the stamp must say, but for the outputs. Folders may move: a file goes by its name and content."""
        inputs = [[path.name, self.digest(path)] for path in step.inputs]
        parameters = json.loads(json.dumps(dict(step.parameters)))
        return {"step": step.version, "unspin": detector.__version__, "inputs": inputs, "parameters": parameters}

    def _is_done(self, step: Step, wanted: dict[str, Any], stamp: Path) -> bool:
        try:
            found = json.loads(stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        if not all(path.is_file() for path in step.outputs):
            return False
        return bool(found == {**wanted, "outputs": [[path.name, self.digest(path)] for path in step.outputs]})

    def refuse_changed(self, name: str, run: str, inputs: Sequence[Path] = (), outputs: Sequence[Path] = ()) -> None:
        """Raise CorpusError where a file is another than when the step of that name read or wrote it: `run` mends it.

        Without a stamp nothing is known: a folder may be put together by hand.
        """
        try:
            stamp = json.loads((self.folder / "stamps" / f"{name}.json").read_text(encoding="utf-8"))
            read, written = dict(stamp["inputs"]), dict(stamp["outputs"])
        except (OSError, ValueError, TypeError, KeyError):
            return
        for paths, known in ((inputs, read), (outputs, written)):
            for path in paths:
                if known.get(path.name, self.digest(path)) != self.digest(path):
                    raise CorpusError(f"{path} is another than it was for the step {name}: run `{run}` first")

    def digest(self, path: Path) -> str:
        """The sha256 of a file, read once as long as it is not written."""
        try:
            status = path.stat()
            key = (path, status.st_mtime_ns, status.st_size)
            if key not in self._digests:
                with path.open("rb") as file:
                    self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            mend = "run the step that makes it" if path.is_relative_to(self.folder) else "put it back, or name another"
            raise CorpusError(f"{path} is missing or cannot be read: {mend}: {error}") from error
        return self._digests[key]


@contextmanager
def opened(folder: Path) -> Iterator[Steps]:
    """Hold the work folder for one run; a second one at the same time is a CorpusError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CorpusError(
                f"another run is at work in {folder}: wait until it ends, or give another --work"
            ) from error
        yield Steps(folder)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put what was written in the place of `path` only when all went well."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
