"""Planted fact changes stand where the benchmark says they do."""

from __future__ import annotations

import numpy as np

from benchmarks.planted_facts import CHANGES, plant, planted
from detector.resources import Resources
from detector.segment import segment

TEXT = (
    "The bank hired 240 clerks in Lisbon. Its board meets on Tuesday. "
    '"We need every single window open," an aide added. '
    "Rates will fall, Governor Petrov said. The town of Melnik was quiet."
)


def test_each_type_once_and_in_a_sentence_of_its_own(news: Resources) -> None:
    document = segment(TEXT, news.vocabulary)
    plants = plant(document, list(CHANGES), np.random.default_rng(3))
    changed, places = planted(TEXT, plants)
    assert {one.type for one in plants} == set(CHANGES)
    assert [changed[start:end] for start, end in places] == [one.text for one in plants]
    assert all(TEXT[one.start : one.end] != one.text for one in plants)
    assert len({int(document.sentence[document.tokens(one.start, one.end)][0]) for one in plants}) == len(plants)


def test_a_day_of_the_month_is_no_number(news: Resources) -> None:
    document = segment("The court sat on 12 June and on March 3.", news.vocabulary)
    assert plant(document, ["number"], np.random.default_rng(1)) == []
