"""How a text is written: columns worked by hand, and none that typography, layout or a neighbour changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.measures import Batch
from detector.profile import FUNCTION_WORDS, KINDS, PROFILE, TYPICAL_BITS, profile_columns
from detector.resources import Resources
from detector.segment import segment

# Two sentences of two and five words: | troops left . | the army closed roads today . |
TEXT = "Troops left. The army closed roads today."
STORY = (
    "The army closed the roads on Monday, officials said. The bank would keep its interest rate unchanged.\n\n"
    "A storm closed schools in the north, and the port had closed. Talks would resume next week."
)


def profiles(resources: Resources, *texts: str) -> list[dict[str, float]]:
    """The columns of each text, all measured in one batch, without the prefix of their names."""
    documents = tuple(segment(text, resources.vocabulary) for text in texts)
    columns = profile_columns(Batch.join(documents, resources.language_model), resources.vocabulary)
    assert all(name.startswith(PROFILE) for name in columns)
    assert {(column.shape, column.dtype) for column in columns.values()} == {((len(texts),), np.dtype(np.float64))}
    return [
        {name.removeprefix(PROFILE): float(column[i]) for name, column in columns.items()} for i in range(len(texts))
    ]


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(FUNCTION_WORDS)) == len(FUNCTION_WORDS)
    assert len(set(KINDS)) == len(KINDS)
    assert set(TYPICAL_BITS) <= set(FUNCTION_WORDS)


def test_rates_worked_by_hand(resources: Resources) -> None:
    (row,) = profiles(resources, "The police said on Monday that talks resume in 2 weeks.")
    # Read are the start, eleven words and the end of the sentence, but not its full stop: 13 in all.
    for word in ("the", "said", "on", "that", "in", "any_name", "any_number"):
        assert row[word] == pytest.approx((1 / 13) ** 0.5), word
    assert row["of"] == row[","] == 0


def test_runs_of_names_and_figures_count_once(resources: Resources) -> None:
    once, run = profiles(resources, "the army said Monday in 2.", "the army said Monday Friday in 2 2 2.")
    assert once["any_name"] == run["any_name"] > 0
    assert once["any_number"] == run["any_number"] > 0


def test_words_are_sorted_by_their_endings(resources: Resources) -> None:
    (row,) = profiles(resources, "the army closed roads")
    # The start and four words: the, army (no ending), closed, roads.
    assert row["ending_ed"] == row["ending_s"] == row["ending_none"] == pytest.approx((1 / 5) ** 0.5)
    assert row["ending_ing"] == 0


def test_sentences_worked_by_hand(resources: Resources) -> None:
    text = "The army closed roads. The bank would keep its interest rate unchanged, officials said."
    (row,) = profiles(resources, text)
    # Four words and ten.
    assert row["sentence_length"] == pytest.approx(7)
    assert row["sentence_spread"] == pytest.approx(3)
    assert row["sentence_variation"] == pytest.approx(3 / 7)
    assert row["short_sentences"] == 1  # of ten words at most
    assert row["long_sentences"] == 0
    assert row["clause_length"] == pytest.approx(14 / 3)  # two sentences and a comma


def test_surprise_worked_by_hand(resources: Resources) -> None:
    (row,) = profiles(resources, TEXT)
    document = segment(TEXT, resources.vocabulary)
    bits = -resources.language_model.read(document.ids).trigram
    # Tokens: 0 | 1 troops 2 left 3 . 4 | 5 the 6 army 7 closed 8 roads 9 today 10 . 11 |.
    # The vocabulary of the tests lacks "today".
    assert row["function_surprisal"] == pytest.approx(bits[5], abs=1e-4)
    assert row["content_surprisal"] == pytest.approx(np.mean(bits[[1, 2, 6, 7, 8, 9]]), abs=1e-4)
    assert row["content_after_function"] == pytest.approx(bits[6], abs=1e-4)
    assert row["content_after_content"] == pytest.approx(np.mean(bits[[2, 7, 8, 9]]), abs=1e-4)
    assert row["content_pairs"] == pytest.approx(4 / 6)
    assert row["excess_the"] == pytest.approx((bits[5] - TYPICAL_BITS["the"]) / 7**0.5, abs=1e-4)  # seven words
    assert row["excess_of"] == 0  # it says nothing where it does not stand


def test_different_words_are_counted_in_whole_blocks(resources: Resources) -> None:
    few, same, various = profiles(
        resources, "storm " * 49, "storm " * 99, " ".join(["storm bank army port police"] * 10)
    )
    assert few["different"] == 1  # too short to tell
    assert same["different"] == pytest.approx(1 / 50)
    assert various["different"] == pytest.approx(5 / 50)


@pytest.mark.parametrize(
    "other",
    [
        STORY.replace("\n\n", " "),
        STORY.replace(". ", ".\n"),
        STORY.replace(" ", "  "),
        STORY.replace("Talks would resume next week.", "“Talks would resume next week.”"),
        STORY.replace("officials said", "(officials said)"),
        STORY.replace("closed the roads", "closed – the — roads"),
    ],
    ids=["one line", "a sentence a line", "blanks", "quotes", "brackets", "dashes"],
)
def test_typography_and_layout_are_no_clue(resources: Resources, other: str) -> None:
    own, same = profiles(resources, STORY, other)
    for name in (*KINDS, "sentence_length", "sentence_spread", "clause_length", "content", "different"):
        assert same[name] == pytest.approx(own[name]), name


def test_curly_and_straight_marks_are_the_same(resources: Resources) -> None:
    curly, straight = profiles(resources, "“We don’t know,” they said.", '"We don\'t know," they said.')
    assert curly == straight


def test_a_heading_without_a_full_stop_ends_no_sentence(resources: Resources) -> None:
    (row,) = profiles(resources, "Storm closed roads\n\nThe army closed schools.")
    assert row["sentence_length"] == 7


@pytest.mark.parametrize("text", ["", " \n", "...", "14 1999.", "—", "\U0001f600 \ud800", "Ж" * 500, "." * 5000])
def test_every_text_gives_finite_figures(resources: Resources, text: str) -> None:
    (row,) = profiles(resources, text)
    assert all(np.isfinite(list(row.values())))


WORDS = ("the", "said", "officials", "storm", "of", "troops", "Homes", "qwxz", "2", ".", ". The", "“", ",", ".\n\nThe")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=70).map(" ".join), min_size=1, max_size=4)


@settings(max_examples=40)
@given(texts=TEXTS)
def test_neighbours_change_nothing(resources: Resources, texts: list[str]) -> None:
    together = profiles(resources, *texts)
    assert together == [profiles(resources, text)[0] for text in texts]
