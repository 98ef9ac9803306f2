"""Sums over windows are the sums of the windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.windows import window_sums


@given(n=st.integers(1, 60), width=st.integers(1, 60), columns=st.integers(1, 3), seed=st.integers(0, 1000))
def test_each_window_is_summed(n: int, width: int, columns: int, seed: int) -> None:
    width = min(width, n)
    rows = np.random.default_rng(seed).integers(-100, 100, (n, columns)).astype(np.float32)
    expected = [rows[i : i + width].sum(axis=0).tolist() for i in range(n - width + 1)]
    assert window_sums(rows, width).tolist() == expected  # whole numbers: exact in any order


def test_what_stands_outside_leaves_no_rounding() -> None:
    quiet = np.array([0.1, 0.2, 0.3], np.float32)
    beside = np.concatenate([np.full(5, 1e9, np.float32), quiet, np.full(5, -1e9, np.float32)])
    assert window_sums(beside, 3)[5] == window_sums(quiet, 3)[0] == pytest.approx(0.6)
