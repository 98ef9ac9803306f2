"""Sets of whole numbers: what NumPy's own functions give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.keys import among, distinct

KEYS = st.lists(st.integers(0, 9) | st.integers(0, 2**64 - 1), max_size=30)


@given(KEYS)
def test_distinct_keys_ascend(keys: list[int]) -> None:
    assert distinct(np.array(keys, np.uint64)).tolist() == sorted(set(keys))


@given(KEYS, KEYS)
def test_keys_are_told_apart(keys: list[int], held: list[int]) -> None:
    found = among(np.array(keys, np.uint64), np.array(held, np.uint64))
    assert found.tolist() == [key in held for key in keys]
