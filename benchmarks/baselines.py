"""Two baselines on the same splits: TF-IDF n-grams with logistic regression, and the perplexity of the language
model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from benchmarks import shared as data
from detector.classifier import wilson
from detector.extractors import Batch
from detector.pipeline import Detector
from detector.segment import segment
from detector.training.examples import spin
from detector.training.prepare import find_files, prepare
from detector.training.spinning import all_spinners

N_FIT = 1500  # articles of the fit part, each clean and spun
FAMILIES_AND_RATES = [(family, rate) for family in data.FAMILIES for rate in (15, 25)]


def baselines(shared: Path, workers: int) -> None:
    """Print what the baselines find where they flag 1% of the untouched articles."""
    detector = Detector.load()
    clean = [article.text for articles in data.clean_dev(shared).values() for article in articles]
    fit = prepare(find_files([shared])).texts("fit")[:N_FIT]
    spun = [example.text for example in spin(fit, all_spinners(detector.resources), seed=7)]
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), max_features=200_000, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), max_features=200_000, sublinear_tf=True),
    )
    model = make_pipeline(features, LogisticRegression(C=10, max_iter=1000))
    model.fit(fit + spun, np.arange(2 * len(fit)) >= len(fit))

    def tfidf(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.asarray(model.decision_function(list(texts)), np.float64)

    def perplexity(texts: Sequence[str]) -> NDArray[np.float64]:
        documents = [segment(text, detector.resources.vocabulary) for text in texts]
        readings = [Batch.join((document,), detector.resources.language_model).reading for document in documents]
        return np.array([-float(reading.trigram.mean()) for reading in readings])

    print("Baselines on the same articles, found at 1% of the untouched ones flagged")
    for name, scorer in (("TF-IDF words and characters", tfidf), ("perplexity alone", perplexity)):
        cut = np.sort(scorer(clean))[::-1][len(clean) // 100]
        for family, rate in FAMILIES_AND_RATES:
            scores = scorer([row["text"] for row in data.spun_dev(shared, family, rate)])
            share, n, (low, high) = wilson(int((scores > cut).sum()), len(scores))
            print(f"  {name:28} {family} {rate}%: {100 * share:5.1f}% ({100 * low:.1f} to {100 * high:.1f}), n = {n}")
    print()
