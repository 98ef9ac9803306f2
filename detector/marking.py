"""Which phrases of a measured document are marked, how far each is believed, and what may have stood there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detector.classifier import CLASSES, Classifier
from detector.evidence import LEAST_SUGGESTION, Found, Suggestions, clear_of, pooled, select, shown, suggested
from detector.extractors import EXTRACTORS
from detector.features import beliefs
from detector.findings import Evidence, Suggestion
from detector.measuring import Measured
from detector.resources import Resources
from detector.verdict import CERTAIN, visible
from detector.wordings import NAMES, Wordings, is_reworded, wordings

MAX_MARKS = 200  # of one article: nobody reads on
MAX_FOUND = 2_000  # places from which these are chosen: bounds the time that a hostile text takes
MARKED_PRIOR = 0.02  # share of spun articles that a belief in a mark assumes: by trying it (docs/experiments.md)
BELIEF_DIGITS = 6  # to which beliefs are rounded
BELIEF_STEP = 10**-BELIEF_DIGITS


def marks(one: Measured, classifier: Classifier, resources: Resources) -> list[Evidence]:
    """What to show, at most MAX_MARKS of either sort, the strongest first and without overlap: the reworded phrases
    that the classifier believes in, then what is there whatever it believes.

    A few reworded phrases are their author's: fewer than a flag asks for are not shown at all.
    """
    calibration = classifier.calibration
    every = sorted(found(one, classifier, resources, calibration.mark_threshold), key=lambda entry: -entry.belief)
    believed = [entry for entry in every if entry.mark.extractor not in CERTAIN]
    weigh = partial(_worth_reading, one, classifier, resources)
    reworded = select(believed[:MAX_FOUND], one.document, weigh)[:MAX_MARKS]
    reworded = reworded if visible(reworded, one.document) else []
    certain = [entry for entry in every if entry.mark.extractor in CERTAIN][:MAX_FOUND]
    others = select(clear_of(certain, reworded, len(one.document.text)), one.document)[:MAX_MARKS]
    at_least = calibration.suggestion_threshold
    return [*reworded, *(mark.suggesting(shown(mark.suggestions, at_least)) for mark in others)]


def found(one: Measured, classifier: Classifier, resources: Resources, least: float = 0.0) -> list[Found]:
    """Every phrase that an extractor explains and that is believed by at least `least`, with that belief; suggestions
    as the extractors weigh them."""
    believed = _believed(one, classifier)
    alone, asked = one.batch.alone(one.row), believed >= least - BELIEF_STEP
    entries: list[Found] = []
    for rank, (extractor, measures) in enumerate(zip(EXTRACTORS, one.measures, strict=True)):
        explained = list(extractor.explain(alone, measures, resources, asked))
        first, last = one.document.token_ranges([(mark.start, mark.end) for mark in explained])
        for mark, a, b in zip(explained, first.tolist(), last.tolist(), strict=True):
            inside = max(believed[a:b].tolist(), default=0.0)
            belief = 1.0 if extractor.certain else round(inside, BELIEF_DIGITS)
            if belief >= least:
                entries.append(Found(belief, rank, mark))
    return entries


def proposals(
    one: Measured, classifier: Classifier, resources: Resources, places: Sequence[Sequence[Found]]
) -> Wordings:
    """What may have stood in each of some places, each the marks of one."""
    return wordings(places, one.batch.alone(one.row), _believed(one, classifier), resources)


def _believed(one: Measured, classifier: Classifier) -> NDArray[np.float64]:
    """The belief in each token where MARKED_PRIOR of all articles are spun, shape (n_tokens,)."""
    spun = float(classifier.calibration.probabilities(one.scores, MARKED_PRIOR)[CLASSES.index("spun")])
    believed = np.zeros(len(one.document.ids))
    believed[one.scored] = beliefs(one.swapped, spun)
    return believed


def _worth_reading(
    one: Measured, classifier: Classifier, resources: Resources, places: Sequence[Sequence[Found]]
) -> list[Suggestions]:
    """For each place the wordings that may have stood there, by their probability; none where none is probable.

    What only a rule mends ("an" for "a") keeps the probability that the rule gives it.
    """
    calibration, proposed = classifier.calibration, proposals(one, classifier, resources, places)
    probability = calibration.suggestion(NAMES, proposed.rows)
    own: list[list[Suggestion]] = [[] for _ in places]
    for number in np.flatnonzero(probability >= LEAST_SUGGESTION).tolist():
        place = int(proposed.place[number])
        text = proposed.text(number, places[place][0].mark.text, resources.vocabulary)
        own[place].append(Suggestion(text, float(probability[number])))
    suggestions = [
        pooled(some) if is_reworded(same) else suggested(same) for some, same in zip(own, places, strict=True)
    ]
    return [shown(some, calibration.suggestion_threshold) for some in suggestions]
