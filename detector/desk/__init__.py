"""What a newsroom's desk has decided for itself: phrases never or always to mark, and findings accepted before."""

from detector.desk.baseline import Baseline, Finding, baseline_bytes, read_baseline
from detector.desk.desk import Desk, findings_of
from detector.desk.dictionary import Dictionary, read_dictionary
from detector.desk.fingerprint import fingerprint, fingerprints, whole_fingerprint

__all__ = [
    "Baseline",
    "Desk",
    "Dictionary",
    "Finding",
    "baseline_bytes",
    "findings_of",
    "fingerprint",
    "fingerprints",
    "read_baseline",
    "read_dictionary",
    "whole_fingerprint",
]
