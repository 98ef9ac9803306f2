"""What a service is told when it starts: each setting is a flag of `unspin serve` and a name in its TOML file."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated as A  # noqa: N817  # one setting a line
from typing import Any, NamedTuple, get_args, get_type_hints

from detector.errors import InputError
from detector.limits import MOST, OPTIONS, Limits
from detector.service.asks import MAX_RATE, Start

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Setting(NamedTuple):
    """The sentence of a setting in the help, and its bounds where it is a number."""

    about: str
    least: float = 0
    most: float = 10**9


def _of_reading(option: str) -> Setting:
    """A bound of reading, as other commands have it: under the same name, in the same unit."""
    return Setting(OPTIONS[option].bounds, 1, MOST)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Each field is described where it stands; None means that it was not set."""

    host: A[str, Setting("Address to listen at; another than this machine's own needs --tokens.")] = "127.0.0.1"
    port: A[int, Setting("Port to listen at; 0 for any free one.", 0, 65_535)] = 8757
    hosts: A[tuple[str, ...], Setting("Name that clients may call the service by, as behind a proxy; repeatable.")] = ()
    tokens: A[Path | None, Setting("File of who may ask, for its owner's eyes only: name<TAB>token a line.")] = None
    workers: A[int | None, Setting("Processes that score; without it one a core.", 1, 64)] = None
    queue: A[int, Setting("Requests that may wait for a process; more are answered 503.", 0, 10_000)] = 32
    rate: A[int, Setting("Requests a minute of one client; more are answered 429.", 1)] = 600
    body_bytes: A[int, Setting("Bytes of a body, or a line of a batch; more are answered 413.", 1_000)] = 2_000_000
    body_seconds: A[float, Setting("Seconds for a body to arrive; more are answered 408.", 0.1, 3_600)] = 10.0
    doc_seconds: A[float, Setting("Seconds at one article; more become an error result.", 0.1, 3_600)] = 20.0
    stop_seconds: A[float, Setting("Seconds for what runs to be answered, once told to stop.", 0, 3_600)] = 30.0
    worker_memory: A[int, Setting("MB that the articles of one process may take.", 100, 100_000)] = 1_000
    max_article: A[int, _of_reading("--max-article")] = OPTIONS["--max-article"].usual
    max_ratio: A[int, _of_reading("--max-ratio")] = OPTIONS["--max-ratio"].usual
    max_tags: A[int, _of_reading("--max-tags")] = OPTIONS["--max-tags"].usual
    max_tag_length: A[int, _of_reading("--max-tag-length")] = OPTIONS["--max-tag-length"].usual
    max_attributes: A[int, _of_reading("--max-attributes")] = OPTIONS["--max-attributes"].usual
    max_parts: A[int, _of_reading("--max-parts")] = OPTIONS["--max-parts"].usual
    max_levels: A[int, _of_reading("--max-levels")] = OPTIONS["--max-levels"].usual
    access_log: A[bool, Setting("A line a request on standard error, without any text.")] = True
    model: A[Path | None, Setting("Folder of a fitted model; without it the one shipped with Unspin.")] = None
    calibration: A[str | None, Setting("Name or folder of a calibration made by `unspin calibrate`.")] = None
    archive: A[Path | None, Setting("Look for what an article was made from in this archive.")] = None
    licensees: A[Path | None, Setting("File of who may reword the archive's copy (see `unspin check`).")] = None
    max_fpr: A[float, Setting("Share of untouched articles that may be flagged.", 1e-9, MAX_RATE)] = 0.01
    dictionary: A[Path | None, Setting("The desk's own phrases, never or always to mark (see `unspin check`).")] = None
    baseline: A[Path | None, Setting("Findings accepted before, by `unspin check --write-baseline`.")] = None
    feedback: A[Path | None, Setting("SQLite file in which to keep what editors say of marks.")] = None
    keep_days: A[int | None, Setting("Days after which feedback is deleted; without it never.", 1, 36_500)] = None

    @property
    def start(self) -> Start:
        """What the scoring processes open."""
        own: dict[str, Any] = {"megabytes": self.worker_memory, "limits": self.limits}
        return Start(**own, **{one.name: getattr(self, one.name) for one in fields(Start) if one.name not in own})

    @property
    def limits(self) -> Limits:
        """What an article may ask of its reader; of bounds that no body can meet it has the usual ones."""
        named = {option.removeprefix("--").replace("-", "_"): one for option, one in OPTIONS.items()}
        return Limits(
            **{one.field: one.unit * getattr(self, name) for name, one in named.items() if hasattr(self, name)}
        )

    @property
    def n_workers(self) -> int:
        if self.workers is not None:
            return self.workers
        affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
        return len(affinity(0)) if affinity else os.cpu_count() or 1

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """Names that a request may call the service by, in lower case; None for any."""
        named = frozenset(name.lower() for name in self.hosts)
        if self.host in LOOPBACK:
            return named | LOOPBACK
        return named or None


def read_settings(file: Path | None, given: Mapping[str, object]) -> ServiceSettings:
    """Take settings from a TOML file, and those `given` before it; raises InputError with the setting's name."""
    values = {**({} if file is None else _from_file(file)), **_checked(given, "unspin serve")}
    settings = ServiceSettings(**values)
    if settings.keep_days is not None and settings.feedback is None:
        raise InputError("no-feedback", "'keep_days': expected a file of feedback beside it (--feedback), got none")
    if settings.host not in LOOPBACK and settings.tokens is None:
        raise InputError(
            "no-tokens",
            f"'host': expected 127.0.0.1, ::1 or localhost without tokens, got {settings.host}: "
            "name a file of tokens as well (--tokens), as others could ask the service too",
        )
    return settings


def _from_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            values = _checked(tomllib.load(stream), str(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("invalid-toml", f"{file}: expected TOML, got: {error}") from None
    return {name: file.parent / value if isinstance(value, Path) else value for name, value in values.items()}


def known_settings() -> dict[str, tuple[Any, Setting]]:
    """The type of each setting, and what is said of it."""
    hints = get_type_hints(ServiceSettings, include_extras=True)
    return {name: get_args(hint) for name, hint in hints.items()}


def _checked(values: Mapping[str, object], place: str) -> dict[str, Any]:
    """The values in the types of their fields."""
    known = known_settings()
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0)[0]
            raise InputError(
                "unknown-setting", f"{place}: expected a setting of `unspin serve`, got {name!r}: is it {near!r}?"
            )
        kind, setting = known[name]
        try:
            checked[name] = _typed(value, kind, setting)
        except ValueError as error:
            raise InputError("wrong-setting", f"{place}: {name!r}: expected {error}, got {value!r}") from None
    return checked


def _typed(value: object, kind: Any, setting: Setting) -> object:
    """Give the value as one of that type; ValueError says what was expected."""
    if kind is bool:
        return _one_of(value, bool, "true or false")
    if kind in (int, int | None, float):
        expected = f"a number from {setting.least:,g} to {setting.most:,g}"
        number = _one_of(value, (int, float) if kind is float else int, expected)
        return _one_of(number if setting.least <= number <= setting.most else None, (int, float), expected)
    if kind == tuple[str, ...]:
        return tuple(_one_of(name, str, "a list of names") for name in _one_of(value, (list, tuple), "a list of names"))
    text = _one_of(value, (str, Path), "a text")
    return Path(text) if kind == Path | None else text


def _one_of(value: object, kinds: Any, expected: str) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise ValueError(expected)
    return value
