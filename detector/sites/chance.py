"""How probable it is by chance alone: a binomial tail, and what is left of it where many were looked at.

All of it in natural logarithms, as what speaks against a busy site is smaller than any floating-point number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def log_tail(hits: int, n: int, rate: float) -> float:
    """log of the probability of `hits` or more in `n` independent draws at `rate`.

    >>> round(math.exp(log_tail(2, 3, 0.1)), 6)  # 3 * 0.1 * 0.1 * 0.9 + 0.1 ** 3
    0.028
    """
    if hits <= 0 or rate >= 1:
        return 0.0
    if hits > n or rate <= 0:
        return -math.inf
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    k = np.arange(hits, n + 1)
    logs = factorials[n] - factorials[k] - factorials[n - k] + k * math.log(rate) + (n - k) * math.log1p(-rate)
    top = float(logs.max())
    return min(0.0, top + math.log(float(np.exp(logs - top).sum())))


def holm(logs: Sequence[float], looked_at: int | None = None) -> list[float]:
    """Each probability as it stands after `looked_at` were looked at, all of `logs` by default (Holm 1979).

    The chance that even one of what falls below a level is there by chance is no more than that level, however they
    depend on each other. `looked_at` may count others that are less surprising than all of `logs`.

    >>> [round(math.exp(log), 3) for log in holm([math.log(p) for p in (0.01, 0.04, 0.03)])]
    [0.03, 0.06, 0.06]
    """
    left = len(logs) if looked_at is None else looked_at
    adjusted = [0.0] * len(logs)
    highest = -math.inf
    for rank, i in enumerate(np.argsort(logs, kind="stable").tolist()):
        highest = max(highest, min(0.0, logs[i] + math.log(left - rank)))
        adjusted[i] = highest
    return adjusted
