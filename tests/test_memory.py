"""A process that was asked to keeps its freed memory, and one of another C library is left alone."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from detector.memory import keep_freed_memory

ROUNDS = 50
COUNT = f"""
import resource
import numpy as np
from detector.memory import keep_freed_memory
keep_freed_memory()
for round in range({ROUNDS + 5}):
    if round == 5:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    columns = [np.ones(1 << 18) for _ in range(8)]  # of 2 MB each
    del columns
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_the_next_arrays_take_what_the_last_gave_back() -> None:
    """Each round touches 4,096 pages of 4 kB; cleared anew, they are as many faults (or 8, where pages are huge)."""
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    assert int(done.stdout) < ROUNDS


def test_nothing_is_asked_of_a_library_that_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())  # musl has no mallopt
    keep_freed_memory()
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    keep_freed_memory()
