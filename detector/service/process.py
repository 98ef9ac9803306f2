"""What a scoring process runs.

The listening process imports this too, so what is heavy is imported in the functions.
"""

from __future__ import annotations

import os
import signal
import threading
from ctypes import c_byte
from typing import TYPE_CHECKING

from detector.errors import DetectorError
from detector.service.asks import About, Answer, Ask, Start

if TYPE_CHECKING:
    from detector.service.answers import Opened

# Of this process: filled by `begin`, one entry; an error waits there for `about`, as no more than "a process ended" is
# heard of an initializer that fails.
_opened: list[Opened | str] = []
_begun: list[c_byte] = []


def begin(start: Start, begun: c_byte, parent: int) -> None:
    """Make this process ready; it ends soon after its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # of a whole process group: the listening process ends this one
    from detector.threads import ONE_THREAD

    os.environ.update(ONE_THREAD)
    from detector.batch.worker import bound_memory, end_with
    from detector.service.answers import opened

    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    _begun[:] = [begun]
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


def answer(ask: Ask) -> Answer:
    """Answer in a process that `about` spoke for."""
    from detector.service import answers

    opened = _opened[0]
    assert not isinstance(opened, str)
    _begun[0].value = 1
    return answers.answer(opened, ask)
