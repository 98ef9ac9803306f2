"""The extractors, in report order. A new one is a file beside this one, a line here, and a test."""

from detector.extractors.base import Extractor
from detector.extractors.broken_collocation import BrokenCollocation
from detector.extractors.hidden_characters import HiddenCharacters
from detector.extractors.spinner_phrases import SpinnerPhrases
from detector.extractors.substitution_gain import SubstitutionGain
from detector.measures import Batch, Measures

__all__ = ["EXTRACTORS", "Batch", "Extractor", "Measures"]

EXTRACTORS: tuple[Extractor, ...] = (
    SpinnerPhrases(),
    SubstitutionGain(),
    BrokenCollocation(),
    HiddenCharacters(),
)
