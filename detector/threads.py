"""How many threads numeric libraries may start: one, as our products are small and processes share the cores."""

from __future__ import annotations

import os

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1")


def keep_to_one_thread() -> None:
    """Ask the numeric libraries that this process will import for one thread; what its environment says stands.

    Two threads that wait for each other over a small product take twice the processor time, and save none.
    """
    for name, threads in ONE_THREAD.items():
        os.environ.setdefault(name, threads)
