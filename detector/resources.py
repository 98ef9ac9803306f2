"""The read-only tables that measuring needs, loaded once and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from detector.language_model import LanguageModel, Vocabulary
from detector.lexicon import Candidates, FixedPhrases, Phrases, Words


@dataclass(frozen=True, slots=True)
class Resources:
    """Tables of one fitted model; nothing in them is ever written."""

    vocabulary: Vocabulary
    language_model: LanguageModel
    candidates: Candidates
    phrases: Phrases
    calques: Phrases  # phrases of other languages put word by word, and what English says
    fixed: FixedPhrases
    words: Words
