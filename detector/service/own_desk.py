"""What the desk decided for itself, as it stands now: its dictionary, its baseline, and what was called fine since."""

from __future__ import annotations

from detector.desk import Desk, read_baseline, read_dictionary
from detector.service.asks import Start
from detector.service.feedback_store import open_store


class OwnDesk:
    """The Desk of one scoring process, which hears of every judgement that was recorded before it is asked."""

    def __init__(self, start: Start) -> None:
        """Read what `start` names; raises InputError."""
        self._dictionary = read_dictionary(start.dictionary) if start.dictionary else None
        self._baseline = read_baseline(start.baseline).accepted if start.baseline else frozenset[str]()
        self._store = open_store(start.feedback) if start.feedback else None
        self._version = -1
        self._desk = self._made(frozenset())

    def now(self) -> Desk | None:
        """The desk; None where it decided nothing, as without it."""
        if self._store is not None and (version := self._store.version()) != self._version:
            self._version = version  # read before what it is of: a change in between is heard of the next time
            self._desk = self._made(self._store.accepted())
        return self._desk

    def _made(self, accepted: frozenset[str]) -> Desk | None:
        accepted |= self._baseline
        return Desk(self._dictionary, accepted) if self._dictionary or accepted else None
