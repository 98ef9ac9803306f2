"""A folder of plain arrays and JSON, sealed by a manifest of digests: what a model and a calibration are on disk.

Every file's digest is checked before it is opened. Nothing executable is ever loaded: arrays are mapped, which objects
cannot be, and a folder that holds a pickle is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError

MANIFEST = "manifest.json"
EXECUTABLE = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth")
MAX_FILE_BYTES = 200_000_000  # of one table: four times what a shipped model may hold
MAX_MANIFEST_BYTES = 1_000_000  # a shipped model's has 8,000


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of folder it is.

    Attributes:
        schema: as its manifest has it.
        noun: as people are told of it.
        make: what to do where there is none.
        make_again: what to do where it is too new or does not hold what it must.
    """

    schema: str
    noun: str
    make: str
    make_again: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A folder whose files are those that its manifest names; `digest` is the SHA-256 of the manifest."""

    folder: Path
    manifest: Mapping[str, Any]
    digest: str

    def path(self, name: str) -> Path:
        """Where a file lies; ValueError where the manifest lacks it."""
        if name not in self.manifest["files"]:
            raise ValueError(f"{name} is not in the manifest")
        return self.folder / name

    def text(self, name: str) -> str:
        return self.path(name).read_bytes().decode("utf-8")  # as it was written: nothing to fold at the ends of lines

    def json(self, name: str) -> Any:
        return json.loads(self.text(name))

    def array(self, name: str, kind: type[np.generic], dimensions: int = 1) -> NDArray[Any]:
        """The array in the file `name`.npy, mapped into memory; ValueError where it is of another kind."""
        path = self.path(f"{name}.npy")
        try:
            # Reads neither pickles nor archives; the plain array on the same memory is quicker to index.
            loaded = np.asarray(np.lib.format.open_memmap(path, mode="r"))
        except (ValueError, OSError) as error:
            raise ValueError(f"{name}.npy is no plain array ({error})") from error
        if loaded.dtype != kind or loaded.ndim != dimensions:
            raise ValueError(f"{name}.npy: expected {np.dtype(kind)} of {dimensions} dimensions, got {loaded.dtype}")
        return loaded


def is_named(folder: Path) -> bool:
    """Whether a path ends in a name, after which what is made beside the folder is called: "." and ".." do not."""
    return folder.name not in ("", "..")


def staged(folder: Path) -> Path:
    """A new, empty folder beside `folder`, for its files to be written to before they are sealed."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def seal(folder: Path, partial: Path, kind: Kind, about: Mapping[str, Any]) -> None:
    """Put the manifest to the files in `partial`, and it where `folder` is; what stood there is replaced.

    The old files may be mapped into somebody's memory, so they are not written to.
    """
    files = {path.name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for path in sorted(partial.iterdir())}
    write_json(partial / MANIFEST, {"schema": kind.schema, **about, "files": files})
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def open_sealed(folder: Path, kind: Kind) -> Sealed:
    """Check every file in `folder`; raises ModelError where one is missing, changed, unnamed or executable."""
    sealed = read_manifest(folder, kind)
    _check_files(sealed, kind)
    return sealed


def read_manifest(folder: Path, kind: Kind) -> Sealed:
    """Read the manifest in `folder` alone: good for telling what lies there, not for opening it."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"no fitted {kind.noun} at {folder}: {kind.make}")
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise ValueError(f"more than {MAX_MANIFEST_BYTES:,} bytes")
        content = path.read_bytes()
        manifest = json.loads(content)
        schema, files = manifest["schema"], manifest["files"]
        if not isinstance(files, dict) or not all(
            isinstance(entry, dict) and {"bytes", "sha256"} <= set(entry) for entry in files.values()
        ):
            raise TypeError("files is no table of digests")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path} is no {kind.noun} manifest ({error}): take the folder from its source again"
        ) from error
    if schema != kind.schema:
        raise ModelError(
            f"{path} has schema {schema!r}, this version reads {kind.schema!r}: upgrade Unspin, or {kind.make_again}"
        )
    return Sealed(folder, manifest, hashlib.sha256(content).hexdigest())


def _check_files(sealed: Sealed, kind: Kind) -> None:
    """Refuse what is executable, then what is missing, strange or changed."""
    files = sealed.manifest["files"]
    for path in sorted(sealed.folder.iterdir()):
        if path.name.lower().endswith(EXECUTABLE) or _looks_pickled(path):
            raise ModelError(f"{path} is of a kind that can run code when it is loaded: it is never opened; remove it")
        if path.name not in files and path.name != MANIFEST:
            raise ModelError(f"{path} is not in the manifest: remove it, or take the {kind.noun} from its source again")
    for name, entry in files.items():
        path = sealed.folder / name
        if Path(name).name != name:
            raise ModelError(f"{sealed.folder / MANIFEST} names a file outside its folder: {name!r}")
        if not path.is_file():
            raise ModelError(f"{path} is missing: take the {kind.noun} from its source again")
        if path.stat().st_size != entry["bytes"] or entry["bytes"] > MAX_FILE_BYTES or _digest(path) != entry["sha256"]:
            raise ModelError(
                f"{path} is not the file the manifest names (its digest differs): take the {kind.noun} again"
            )


def _looks_pickled(path: Path) -> bool:
    """A pickle of protocol 2 or later opens with 0x80 and its protocol number."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(2)
    return len(head) == 2 and head[0] == 0x80 and 2 <= head[1] <= 5


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
