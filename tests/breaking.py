"""A service whose scoring processes break when a draft says so, and that waits for nobody long.

It is `unspin serve` with functions in the place of some that read, measure and show: no request and no setting can do
that.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detector.findings import Report
from detector.measuring import Measured
from detector.pipeline import Detector
from detector.service import answers, process
from detector.service.asks import Answer, Ask
from detector.text import Document, Record

CRASH, HANG, SPEND = "this one crashes", "this one hangs", "this one takes all memory"
LATER = "but not while it is read"  # else it crashes or hangs then
WAIT = "this one takes a while"
WAIT_SECONDS = 1.0
UNSPIN = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import breaking; breaking.main()",
)
HEAD_SECONDS = 2.0

_answer, _read, _measure, _shown = process.answer, Detector._read, Detector.measure, answers._shown


def answer(asks: Sequence[Ask]) -> list[Answer]:
    """Answer, or break as a draft could make it happen: in the midst of the work."""
    Detector._read, Detector.measure, answers._shown = read, measure, shown  # type: ignore[method-assign, assignment]
    return _answer(asks)


def read(detector: Detector, item: Any, evidence: Any) -> Any:
    """The article's own step: here it is known who is to blame."""
    if isinstance(item, Record) and LATER not in item.content:
        _break(item.content)
    return _read(detector, item, evidence)


def measure(detector: Detector, documents: Sequence[Document]) -> Iterator[Measured]:
    """The step of all together."""
    for document in documents:
        _break(document.text)
    return _measure(detector, documents)


def shown(report: Report, ask: Ask) -> bytes:
    if SPEND in (report.text or ""):
        bytearray(1 << 40)
    return _shown(report, ask)


def _break(said: str) -> None:
    if CRASH in said:
        os.kill(os.getpid(), signal.SIGKILL)
    if HANG in said:
        time.sleep(600)
    if WAIT in said:
        time.sleep(WAIT_SECONDS)


def main() -> None:
    """Serve."""
    from detector.cli import main as unspin
    from detector.service import connection

    connection.HEAD_SECONDS = HEAD_SECONDS
    process.answer = answer
    unspin()
