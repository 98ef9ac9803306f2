"""The extractors, in report order. A new one is a file beside this one, a line here, and a test."""

from detector.extractors.agreement import Agreement
from detector.extractors.base import Extractor
from detector.extractors.broken_collocation import BrokenCollocation
from detector.extractors.broken_typography import BrokenTypography
from detector.extractors.fixed_phrases import FixedPhrases
from detector.extractors.hidden_characters import HiddenCharacters
from detector.extractors.off_topic import OffTopic
from detector.extractors.register import Register
from detector.extractors.restored_wording import RestoredWording
from detector.extractors.spinner_phrases import SpinnerPhrases
from detector.extractors.substitution_gain import SubstitutionGain
from detector.extractors.translation_marks import TranslationMarks
from detector.extractors.unstable_names import UnstableNames
from detector.measures import Batch, Measures

__all__ = ["EXTRACTORS", "Batch", "Extractor", "Measures"]

EXTRACTORS: tuple[Extractor, ...] = (
    SpinnerPhrases(),
    SubstitutionGain(),
    FixedPhrases(),
    RestoredWording(),
    OffTopic(),
    Register(),
    BrokenCollocation(),
    Agreement(),
    UnstableNames(),
    TranslationMarks(),
    BrokenTypography(),
    HiddenCharacters(),
)
