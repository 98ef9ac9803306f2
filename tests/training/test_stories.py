"""One story has one label and lies in one part."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from detector.training import stories as module
from detector.training.stories import split_parts, story_clusters


def _story(seed: int, n_words: int = 300) -> list[str]:
    return [f"w{number}" for number in np.random.default_rng(seed).integers(0, 5000, n_words)]


def test_write_throughs_share_a_label() -> None:
    first = _story(1)
    later = [*_story(2, 60), *first[:200], *_story(3, 40)]
    quoted = " ".join(first).upper().replace(" ", " ” ")  # marks and case make no difference
    labels = story_clusters([" ".join(_story(4)), " ".join(first), " ".join(_story(5)), " ".join(later), quoted])
    assert labels.tolist() == [0, 1, 2, 1, 1]


def test_boilerplate_joins_nothing() -> None:
    boilerplate = _story(6, 100)
    labels = story_clusters([" ".join(_story(seed) + boilerplate) for seed in range(10, 40)])
    assert len(set(labels)) == 30


def test_a_large_component_is_linked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stories = [_story(seed, 400) for seed in range(50, 60)]
    chain = [story + after[:60] for story, after in pairwise(stories)]
    texts = [" ".join(words) for words in [*chain, chain[0]]]
    assert len(set(story_clusters(texts))) == 1
    monkeypatch.setattr(module, "LARGE_STORY", 5)
    labels = story_clusters(texts)
    assert len(set(labels)) > 1
    assert labels[-1] == labels[0]


@pytest.mark.parametrize(("texts", "labels"), [([], []), ([""], [0]), (["", "two words", ""], [0, 1, 2])])
def test_short_texts_stand_alone(texts: list[str], labels: list[int]) -> None:
    assert story_clusters(texts).tolist() == labels


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(_story(seed % 7)) for seed in range(20)]
    whole = story_clusters(texts)
    monkeypatch.setattr(module, "CHUNK_BYTES", 1)
    assert story_clusters(texts).tolist() == whole.tolist() == [seed % 7 for seed in range(20)]


def test_parts_hold_whole_stories_in_the_shares_asked() -> None:
    labels = np.repeat(np.arange(0, 20_000, 2), 2)
    parts = split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=4)
    assert (parts[::2] == parts[1::2]).all()
    assert [round(float((parts == name).mean()), 1) for name in ("model", "fit", "test")] == [0.6, 0.3, 0.1]
    assert (split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=4) == parts).all()
    assert (split_parts(labels, {"model": 6, "fit": 3, "test": 1}, seed=5) != parts).any()


@pytest.mark.parametrize("shares", [{}, {"a": -1.0, "b": 2.0}, {"a": 0.0}])
def test_shares_must_make_sense(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected shares"):
        split_parts(np.zeros(1, np.int64), shares, seed=1)
