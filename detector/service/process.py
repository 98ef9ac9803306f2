"""What a scoring process runs.

The listening process imports this too, so what is heavy is imported in the functions.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from ctypes import Structure, c_double, c_int
from typing import TYPE_CHECKING

from detector.errors import DetectorError
from detector.service.asks import About, Answer, Ask, Start

if TYPE_CHECKING:
    from detector.service.answers import Opened

NOWHERE = -1  # it has not begun
TOGETHER = -2  # all that it was asked is in work at once


class Place(Structure):
    """Where a process is, which the listening process reads.

    Attributes:
        at: the number, from 0, of what it is at among what it was asked; NOWHERE or TOGETHER.
        since: when it came there, as time.monotonic() tells, whose clock all processes share.
    """

    at: int
    since: float
    _fields_ = (("at", c_int), ("since", c_double))

    def set(self, at: int) -> None:
        """Be there from now on."""
        self.at, self.since = at, time.monotonic()


# Of this process: filled by `begin`, one entry; an error waits there for `about`, as no more than "a process ended" is
# heard of an initializer that fails.
_opened: list[Opened | str] = []
_place: list[Place] = []


def begin(start: Start, place: Place, parent: int) -> None:
    """Make this process ready; it ends soon after its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # of a whole process group: the listening process ends this one
    from detector.threads import ONE_THREAD

    os.environ.update(ONE_THREAD)
    from detector.batch.worker import bound_memory, end_with
    from detector.memory import keep_freed_memory
    from detector.service.answers import opened

    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    keep_freed_memory()
    _place[:] = [place]
    try:
        _opened[:] = [opened(start)]
        bound_memory(start.megabytes)
    except (DetectorError, OSError, ValueError) as error:
        _opened[:] = [str(error)]


def about() -> tuple[int, About]:
    """Give this process's id and which model it has; raises DetectorError with what went wrong when it was opened."""
    opened = _opened[0]
    if isinstance(opened, str):
        raise DetectorError(opened)
    return os.getpid(), opened.about


def answer(asks: Sequence[Ask]) -> list[Answer]:
    """Answer, in order, in a process that `about` spoke for; `asks` are judged alike.

    What is asked alone is at one place from its first step to its last.
    """
    from detector.service import answers

    opened, place = _opened[0], _place[0]
    assert not isinstance(opened, str)
    place.set(0)
    return answers.answer(opened, asks, place.set if len(asks) > 1 else lambda at: None)
