"""A service whose scoring processes break when a draft says so, and that waits for nobody long.

It is `unspin serve` with a function in the place of the one that answers: no request and no setting can do that.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from detector.service import process
from detector.service.asks import Answer, Ask

CRASH, HANG, SPEND = "this one crashes", "this one hangs", "this one takes all memory"
UNSPIN = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import breaking; breaking.main()",
)
HEAD_SECONDS = 2.0

_answer = process.answer


def answer(ask: Ask) -> Answer:
    """Answer, or break as a draft could make it happen: in the midst of the work."""
    said = str(ask.item.content)
    if ask.lost is None and any(word in said for word in (CRASH, HANG, SPEND)):
        process._begun[0].value = 1
        if CRASH in said:
            os.kill(os.getpid(), signal.SIGKILL)
        if SPEND in said:
            bytearray(1 << 40)
        time.sleep(600)
    return _answer(ask)


def main() -> None:
    """Serve."""
    from detector.cli import main as unspin
    from detector.service import connection

    connection.HEAD_SECONDS = HEAD_SECONDS
    process.answer = answer
    unspin()
