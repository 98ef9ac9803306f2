"""Neighbours that edited news never puts together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, explain

from detector.extractors import Batch
from detector.extractors.broken_collocation import BrokenCollocation
from detector.resources import Resources
from detector.text import Document

MakeDocument = Callable[[str], Document]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The army said officials left.", ["said officials"]),
        ("The army said\nofficials left.", ["said\nofficials"]),
        ("Local officials that said on Monday", ["officials that", "that said"]),
    ],
)
def test_common_words_that_never_meet(
    make_document: MakeDocument, resources: Resources, text: str, quotes: list[str]
) -> None:
    document = make_document(text)
    marks = explain(BrokenCollocation(), document, resources)
    assert_evidence(document, marks, *quotes)
    assert all("times in the training text" in mark.reason for mark in marks)


@pytest.mark.parametrize(
    "text",
    [
        "Local officials said on Monday that prices rose.",
        "It was said. Officials left.",
        "as he said, officials left",
        "he said “officials left”",
        "he said Officials left",
        "two said 14 officials",
        "the storm officials zzyzx said",
        "lights blitz patch potent",
    ],
    ids=["clean", "two sentences", "a comma", "a quotation's edge", "a name", "figures", "unknown words", "rare words"],
)
def test_not_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(BrokenCollocation(), document, resources))


def test_clean_stories_have_no_marks(
    make_document: MakeDocument, resources: Resources, wire_texts: tuple[str, ...]
) -> None:
    for text in wire_texts[::4]:
        document = make_document(text)
        assert_evidence(document, explain(BrokenCollocation(min_expected=0.1), document, resources))


def test_the_expected_count_is_that_of_chance(
    make_document: MakeDocument, resources: Resources, stream: np.ndarray
) -> None:
    """Two words side by side are expected count x count / tokens times."""
    document = make_document("said officials")
    counts = np.bincount(stream)[document.ids[1:3]]
    (mark,) = explain(BrokenCollocation(), document, resources)
    assert 2**mark.strength == pytest.approx(counts[0] * counts[1] / len(stream), rel=1e-3)
    assert f"{counts[0] * counts[1] / len(stream):.0f} times" in mark.reason


def test_columns_of_the_left_and_of_the_right(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("The army said officials left.")
    columns = BrokenCollocation().measure(Batch.join((document,), resources.language_model), resources).tokens
    assert np.flatnonzero(columns["left_missing"]).tolist() == [4]
    assert np.flatnonzero(columns["right_missing"]).tolist() == [3]
    seen = make_document("local officials said")
    fit = BrokenCollocation().measure(Batch.join((seen,), resources.language_model), resources).tokens["left_fit"]
    assert fit[3] > 2  # "officials said" is a habit of this little language
