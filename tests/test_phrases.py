"""The lexicon of spinner phrases: what is read, what is kept, and its odds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.errors import CorpusError
from detector.language_model import Vocabulary
from detector.lexicon import Phrases, phrase_keys
from detector.training.phrases import PLAIN, Entry, build_phrases, count_phrases, is_variety, read_entries, words_of
from detector.training.vocabulary import RESERVED

WORDS = (*RESERVED, "-", "according", "to", "in", "keeping", "with", "police", "'s", "news", "said", "storm", "tempest")


@pytest.fixture
def small(vocabulary: Vocabulary) -> Vocabulary:
    """A vocabulary of the words above; the pieces are of no account."""
    return Vocabulary(WORDS, np.zeros(len(WORDS), bool), vocabulary.pieces)


def stream_of(*phrases: str, times: int = 1) -> NDArray[np.uint16]:
    """Sentences, so many times over, as ids with boundaries."""
    ids = [i for phrase in phrases for i in (0, *map(WORDS.index, phrase.split()))]
    return np.array([*ids * times, 0], np.uint16)


def rows(phrases: Phrases) -> dict[tuple[str, str], float]:
    """Log-odds by (spun, original)."""

    def spell(ids: list[int]) -> str:
        return " ".join(WORDS[i] for i in ids if i)

    return {
        (spell([key >> shift & 65535 for shift in (48, 32, 16, 0)]), spell(original)): odds
        for key, original, odds in zip(
            phrases.keys.tolist(), phrases.originals.tolist(), phrases.odds.tolist(), strict=True
        )
    }


def test_odds_worked_by_hand(small: Vocabulary) -> None:
    """"according to" stands 30 times, "in keeping with" twice.

    A spinner swaps 0.2 x 30 = 6 of them, and both sides get two more: log2((6 + 2 + 2) / (2 + 2)) = log2 2.5.
    """  # fmt: skip
    clean = np.concatenate(
        [stream_of("police said according to news", times=30), stream_of("in keeping with news", times=2)]
    )
    found = build_phrases([Entry("according to", "in keeping with", "test")], small, clean)
    assert rows(found) == {("in keeping with", "according to"): pytest.approx(np.log2(2.5))}


def test_several_substitutes_share_an_original_and_several_originals_add_up(small: Vocabulary) -> None:
    """"said" stands 40 times, "storm" 10, "tempest" never.

    said -> police or tempest: 0.2 x 40 / 2 = 4 swaps each; storm -> tempest: 0.2 x 10 = 2.
    tempest: log2((4 + 2 + 0 + 2) / (0 + 2)) = log2 4, for both of its originals.
    police: 4 swaps against 40 of its own: log2((4 + 40 + 2) / (40 + 2)) = log2(46 / 42).
    """  # fmt: skip
    clean = np.concatenate([stream_of("police said to", times=40), stream_of("storm to", times=10)])
    entries = [Entry("said", "police", ""), Entry("said", "tempest", ""), Entry("storm", "tempest", "")]
    assert rows(build_phrases(entries, small, clean)) == {
        ("tempest", "said"): pytest.approx(2),
        ("tempest", "storm"): pytest.approx(2),
        ("police", "said"): pytest.approx(np.log2(46 / 42), abs=1e-5),
    }


def test_what_says_nothing_is_left_out(small: Vocabulary) -> None:
    clean = stream_of("police said according to news", times=30)
    entries = [
        Entry("storm", "tempest", "the original never stands"),
        Entry("said", "said", "no change"),
        Entry("said", "reported", "an unknown word"),
        Entry("said", "in keeping with police 's", "five words"),
        Entry("", "tempest", "empty"),
    ]
    found = build_phrases(entries, small, clean)
    assert rows(found) == {}
    assert found.originals.shape == (0, 4)


def test_plain_english_is_left_out(small: Vocabulary) -> None:
    """An original that stands ten times gives two swaps, which is next to nothing beside `times` of its own."""

    def kept(times: int) -> bool:
        clean = np.concatenate([stream_of("said to", times=10), stream_of("police to", times=times)])
        return bool(rows(build_phrases([Entry("said", "police", "")], small, clean)))

    assert kept(PLAIN - 1)  # log2((2 + 49 + 2) / (49 + 2)) = 0.06 bits, but seldom
    assert not kept(PLAIN)


@pytest.mark.parametrize(
    ("original", "spun", "variety"),
    [
        ("percent", "per cent", True),
        ("cease-fire", "ceasefire", True),
        ("truck", "lorry", True),
        ("a truck", "the Lorry driver", True),
        ("lorry", "motortruck", False),
        ("said", "stated", False),
    ],
)
def test_regions_and_house_styles_are_no_substitutions(original: str, spun: str, variety: bool) -> None:
    assert is_variety(Entry(original, spun, ""), {"lorry"}) == variety


def test_an_entry_is_cut_into_tokens_as_text_is(small: Vocabulary) -> None:
    clean = stream_of("police 's", times=30)
    found = build_phrases([Entry("Police’s", "In Keeping", "test")], small, clean)
    assert list(rows(found)) == [("in keeping", "police 's")]


def test_keys_ascend(resources_phrases: Phrases) -> None:
    assert (np.diff(resources_phrases.keys.astype(np.int64)) >= 0).all()
    assert (resources_phrases.odds > 0).all()


@pytest.fixture
def resources_phrases(small: Vocabulary) -> Phrases:
    entries = [Entry("said", spun, "") for spun in ("tempest", "in keeping with", "keeping", "in keeping", "according")]
    return build_phrases(entries, small, stream_of("said", times=99))


def test_a_phrase_that_ends_a_sentence_is_counted_once() -> None:
    in_keeping = phrase_keys(np.array([[8, 9, 0, 0], [8, 0, 0, 0]], np.uint16))
    keys = np.sort(in_keeping)
    counts = count_phrases(keys, stream_of("in keeping with", "police in", "keeping", "in keeping"))
    assert [counts[int(key)] for key in in_keeping] == [2, 3]


def test_lexicons_are_read_by_their_header(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text('original\tspun\tvoice\naccording to\tin keeping with\tV1\n"said"\tstated\tV2\n', encoding="utf-8")
    entries = read_entries(path)
    assert entries == [Entry("according to", "in keeping with", "V1"), Entry('"said"', "stated", "V2")]
    assert words_of(entries) == {"according", "to", "in", "keeping", "with", '"', "said", "stated"}
    path.write_text("spun\toriginal\tvoice\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"lexicon\.tsv: expected the header original, spun, voice"):
        read_entries(path)
