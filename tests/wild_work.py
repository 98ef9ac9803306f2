"""Work for processes that does what a hostile page makes a parser do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from detector.batch import worker
from detector.batch.pool import Item
from detector.text import Record


def wild_work(chunk: Sequence[Item]) -> list[str]:
    """The id of each article; what its content says is done on the way, and "together" once all are read."""
    ready = worker._made_ready()
    for i, item in enumerate(chunk):
        ready.at(i)
        if isinstance(item, Record):
            _do(item.content)
    ready.at(len(chunk))
    if len(chunk) > 1 and any(isinstance(item, Record) and item.content == "together" for item in chunk):
        os._exit(9)
    return [item.id for item in chunk]


def _do(what: str) -> None:
    if what == "hang":
        time.sleep(600)
    elif what == "die":
        os._exit(9)
    elif what == "end the worker":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)
    elif what == "eat":
        bytes(1_000_000_000)
