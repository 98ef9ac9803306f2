"""Read the training texts and part them, so that no story is on two sides.

Four parts of the clean articles: `language` (vocabulary, n-grams, odds), `fit` (both stages of the classifier),
`calibrate` (thresholds) and `test`, which training never reads.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.errors import CorpusError
from detector.training.corpus import CorpusArticle, read_corpus, split_parts, story_clusters

PARTS = {"language": 0.70, "fit": 0.12, "calibrate": 0.14, "test": 0.04}
MIN_WORDS, MAX_WORDS = 120, 3000  # of an article to fit or calibrate on: what is scored, without the longest
HUMAN = ("human_translation", "original_english")  # kinds of clean text among translations
TRANSLATIONS_FOR_FIT = 0.6  # share of translated documents; the others calibrate
FIT_PER_SOURCE, CALIBRATE_PER_SOURCE = 2_200, 1_500  # articles: no outlet's style may stand for clean news


@dataclass(frozen=True, slots=True)
class Texts:
    """The training texts by their use. `human` are translations by people, and English originals: clean.

    `regional` are those of `language` in a regional English other than the commonest, by its name.
    """

    language: list[str]
    regional: dict[str, list[str]]
    fit: list[str]
    fit_human: list[str]
    fit_translated: list[str]
    calibrate: list[str]
    calibrate_human: list[str]
    calibrate_translated: list[str]


def read_texts(corpora: Path, seed: int) -> Texts:
    """Read the corpora of `corpora` and part them by story; translations go by the document that was translated."""
    clean = _read_all(corpora / "corpora" / "clean" / "train")
    parts = split_parts(story_clusters([article.text for article in clean]), PARTS, seed)
    order = np.random.default_rng(seed).permutation(len(clean))

    def part(name: str, per_source: int) -> list[str]:
        """Articles of a part in random order, of each source at most so many."""
        taken: Counter[str] = Counter()
        texts = []
        for i in order:
            article = clean[i]
            if parts[i] == name and taken[article.source] < per_source and _judgeable(article.text):
                taken[article.source] += 1
                texts.append(article.text)
        return texts

    translations = [a for a in _read_all(corpora / "corpora" / "translation" / "train") if _judgeable(a.text)]
    human = [a for a in translations if a.kind in HUMAN and not a.suspect_post_edit]
    machine = [a for a in translations if a.kind == "mt"]
    return Texts(
        language=[clean[i].text for i in order if parts[i] == "language"],
        regional=_regional([clean[i] for i in order if parts[i] == "language"]),
        fit=part("fit", FIT_PER_SOURCE),
        fit_human=[a.text for a in human if _for_fit(a, seed)],
        fit_translated=[a.text for a in machine if _for_fit(a, seed)],
        calibrate=part("calibrate", CALIBRATE_PER_SOURCE),
        calibrate_human=[a.text for a in human if not _for_fit(a, seed)],
        calibrate_translated=[a.text for a in machine if not _for_fit(a, seed)],
    )


def _regional(articles: list[CorpusArticle]) -> dict[str, list[str]]:
    varieties = Counter(article.variety for article in articles if article.variety)
    others = [name for name, _ in varieties.most_common()[1:]]
    return {name: [article.text for article in articles if article.variety == name] for name in others}


def _for_fit(article: CorpusArticle, seed: int) -> bool:
    """Whether a translated document is fitted on; all its translations go the same way."""
    key = f"{seed} {article.set} {article.doc_id}".encode()
    return hashlib.sha256(key).digest()[0] < 256 * TRANSLATIONS_FOR_FIT


def read_sample(folder: Path) -> Texts:
    """The sample stories: far too few to judge by, enough to show every step."""
    clean = [path.read_text(encoding="utf-8") for path in sorted((folder / "clean").glob("*.txt"))]
    translated = [path.read_text(encoding="utf-8") for path in sorted((folder / "translated").glob("*.txt"))]
    if len(clean) < 4 or len(translated) < 2:
        raise CorpusError(f"expected four clean/*.txt and two translated/*.txt or more in {folder}")
    return Texts(clean, {}, clean[::2], clean[::4], translated[::2], clean[1::2], clean[1::4], translated[1::2])


def _read_all(folder: Path) -> list[CorpusArticle]:
    paths = sorted(path for path in folder.glob("*.jsonl*") if path.is_file())
    if not paths:
        raise CorpusError(f"expected .jsonl, .jsonl.gz or .jsonl.zst files in {folder}, found none")
    return [article for path in paths for article in read_corpus(path)]


def _judgeable(text: str) -> bool:
    return MIN_WORDS <= len(text.split()) <= MAX_WORDS
