"""Drift: whether clean articles still score as those on which the thresholds were set.

`read_rows` reads what `unspin score` wrote, `open_reference` the calibration it was scored by, and `compare` says of
each period what changed and what to do.
"""

from __future__ import annotations

from detector.drift.compare import Compared, compare
from detector.drift.reference import Opened, Reference, Sample, open_reference
from detector.drift.rows import Figures, Rows, read_rows

__all__ = ["Compared", "Figures", "Opened", "Reference", "Rows", "Sample", "compare", "open_reference", "read_rows"]
