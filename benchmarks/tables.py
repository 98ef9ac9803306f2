"""How the benchmarks print figures."""

from __future__ import annotations

from typing import Any

import numpy as np

from detector.classifier import wilson


def rate(hits: Any) -> str:
    """A share in per cent with its 95% Wilson interval."""
    share, _, (low, high) = wilson(int(np.sum(hits)), len(hits))
    return f"{100 * share:5.1f}% ({100 * low:4.1f} to {100 * high:4.1f})"
