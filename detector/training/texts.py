"""What becomes of the training texts: shares and sizes of the parts, and what is worth fitting on.

Four parts of the clean articles: `language` (vocabulary, n-grams, odds), `fit` (both stages of the classifier),
`calibrate` (thresholds) and `test`, which training never reads.
"""

from __future__ import annotations

PARTS = {"language": 0.70, "fit": 0.12, "calibrate": 0.14, "test": 0.04}
TRANSLATION_PARTS = {"fit": 0.60, "calibrate": 0.34, "test": 0.06}  # of translated documents
PER_SOURCE = {"fit": 3_000, "calibrate": 1_500}  # articles: no outlet's style may stand for clean news
MIN_WORDS, MAX_WORDS = 120, 3000  # of an article to fit or calibrate on: what is scored, without the longest
HUMAN = ("human_translation", "original_english")  # kinds of clean text among translations
MACHINE = "mt"


def judgeable(text: str) -> bool:
    """Whether an article is of a length to fit, calibrate or test on."""
    return MIN_WORDS <= len(text.split()) <= MAX_WORDS
