"""Two baselines that a detector must beat: TF-IDF n-grams with logistic regression, and perplexity alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from detector.extractors import Batch
from detector.resources import Resources
from detector.segment import segment
from detector.training.evaluate.figures import Values

Scorer = Callable[[Sequence[str]], Values]


def tfidf(clean: Sequence[str], spun: Sequence[str]) -> Scorer:
    """Fit a logistic regression on n-grams of words and characters; it scores texts by their log-odds to be spun."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), max_features=200_000, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), max_features=200_000, sublinear_tf=True),
    )
    model = make_pipeline(features, LogisticRegression(C=10, max_iter=1000))
    model.fit([*clean, *spun], np.arange(len(clean) + len(spun)) >= len(clean))
    return lambda texts: np.asarray(model.decision_function(list(texts)), np.float64)


def perplexity(resources: Resources) -> Scorer:
    """Mean surprisal (bits) of a text under the language model."""

    def score(texts: Sequence[str]) -> Values:
        documents = [segment(text, resources.vocabulary) for text in texts]
        readings = [Batch.join((document,), resources.language_model).reading for document in documents]
        return np.array([-float(reading.trigram.mean()) for reading in readings])

    return score
