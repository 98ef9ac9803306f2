"""Links of words, and the file of the aligner."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from detector.align import Linker, load_linker
from detector.align.cells import Lexicon, pair_key, settled
from detector.align.grid import MARGIN, Grid
from detector.align.tokens import types_of
from detector.align.words import PATH, READINGS, link, save_linker
from detector.errors import ModelError
from detector.resources import Resources


def linked(one: str, two: str, news: Resources, linker: Linker) -> set[tuple[str, str]]:
    words = one.split(), two.split()
    types, numbers = types_of([*words[0], *words[1]], news)
    (links,) = link([(numbers[: len(words[0])], numbers[len(words[0]) :])], types, news, linker)
    return {(words[0][i], words[1][j]) for i, j in links.tolist()}


def test_synonyms_and_forms_are_linked(news: Resources, linker: Linker) -> None:
    links = linked(
        "police arrested two men near the harbour on friday",
        "on friday officers detained two men close to the harbour",
        news,
        linker,
    )
    assert {("arrested", "detained"), ("police", "officers"), ("friday", "friday"), ("harbour", "harbour")} <= links


def test_every_word_of_a_phrase_is_linked_with_its_counterpart(news: Resources, linker: Linker) -> None:
    links = linked(
        "the mayor said the plan would be put off until spring",
        "the mayor said the plan would be postponed until spring",
        news,
        linker,
    )
    assert {("put", "postponed"), ("off", "postponed")} <= links


def test_links_are_those_that_hold_a_phrase_together(news: Resources) -> None:
    """What is likelier than the threshold, and of a word that has nothing such the likeliest, unless it is unlikely."""

    class Believed:
        threshold = 0.5

        def __init__(self, *belief: float) -> None:
            self.belief = np.array(belief, np.float32)

        def probabilities(self, *_: object) -> np.ndarray:
            return self.belief

    types, numbers = types_of(["lights", "blitz", "lightning", "offensive"], news)
    two, one = (numbers[:2], numbers[2:]), (numbers[:1], numbers[1:])
    assert link([two], types, news, Believed(0.9, 0.6, 0.7, 0.8))[0].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert link([two], types, news, Believed(0.9, 0.4, 0.4, 0.8))[0].tolist() == [[0, 0], [1, 1]]
    assert link([two], types, news, Believed(0.9, 0.1, 0.1, 0.1))[0].tolist() == [[0, 0]]
    assert link([one], types, news, Believed(0.9, 0.6, 0.7))[0].tolist() == [[0, 0], [0, 1], [0, 2]]
    assert link([one], types, news, Believed(0.9, 0.3, 0.1))[0].tolist() == [[0, 0], [0, 1]]


def test_the_other_sentence_pairs_make_no_difference(news: Resources, linker: Linker) -> None:
    texts = [
        ("the storm closed many schools in the north", "schools in the north were shut by a storm"),
        ("he gave up the post in march", "in march he quit"),
        ("rain", "the heavy rain that fell over the whole of the weekend"),
    ]
    words = [[side.split() for side in pair] for pair in texts]
    types, numbers = types_of([word for pair in words for side in pair for word in side], news)
    sides = iter(np.split(numbers, np.cumsum([len(side) for pair in words for side in pair])[:-1]))
    pairs = list(zip(sides, sides, strict=True))
    together = link(pairs, types, news, linker)
    alone = [link([pair], types, news, linker)[0] for pair in pairs]
    assert [links.tolist() for links in together] == [links.tolist() for links in alone]


def test_the_order_of_the_sentences_makes_no_difference(news: Resources, linker: Linker) -> None:
    one, two = "the storm closed many schools in the north", "schools in the north were shut by a storm"
    assert linked(one, two, news, linker) == {(b, a) for a, b in linked(two, one, news, linker)}


def test_a_long_run_of_equal_words_is_settled(news: Resources) -> None:
    words = "the bank raised its rate today".split()
    types, numbers = types_of(words, news)
    links, left = settled(Grid.of([(numbers, numbers)]), types)
    assert np.array_equal(links.reshape(6, 6), np.eye(6, dtype=bool))
    assert not left.any()


def test_the_end_of_a_run_is_open_to_what_stands_beside_it(news: Resources) -> None:
    one = "police said the traditional fine arts fair opens".split()
    two = "officers hope traditional fine arts fair opens".split()
    types, numbers = types_of([*one, *two], news)
    links, left = settled(Grid.of([(numbers[:8], numbers[8:])]), types)
    assert np.argwhere(links.reshape(8, 7)).tolist() == [[4, 3], [5, 4], [6, 5], [7, 6]]
    before = set(product(range(3), range(2)))
    beside = {(3, 2), (3, 1), (3, 0), (2, 2), (1, 2), (0, 2)}
    assert set(map(tuple, np.argwhere(left.reshape(8, 7)).tolist())) == before | beside


def test_a_text_that_repeats_itself_is_settled_from_its_beginning(news: Resources) -> None:
    words = "snow rain and wind and rain and wind and rain and".split()
    types, numbers = types_of(words, news)
    begun, otherwise = (numbers[1:9], numbers[1:]), (numbers[:4], numbers[1:8])
    links, left = settled(Grid.of([begun, otherwise]), types)
    assert np.argwhere(links[:80].reshape(8, 10)).tolist() == [[k, k] for k in range(7)]
    assert np.argwhere(left[:80].reshape(8, 10)).tolist() == [[7, 7], [7, 8], [7, 9]], (
        "what follows may belong to its end"
    )
    assert left[80:].all(), "nothing is settled of two that do not begin alike"


def test_neighbours_do_not_reach_into_the_next_pair() -> None:
    grid = Grid.of([(np.arange(2, dtype=np.int32), np.arange(3, dtype=np.int32))] * 2)
    values = np.arange(12, dtype=np.float32)
    assert grid.around(values).shifted(1, 1).tolist() == [4, 5, 0, 0, 0, 0, 10, 11, 0, 0, 0, 0]
    rows, columns = grid.best_others(values, np.arange(len(values)))
    assert rows.tolist() == [2, 2, 1, 5, 5, 4, 8, 8, 7, 11, 11, 10]
    assert columns.tolist() == [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]


def test_no_step_leads_into_another_pair() -> None:
    """Wide pairs beside narrow ones, each step as far as any goes, against the matrices themselves."""
    shapes = ((2, 3), (1, 11), (5, 1), (3, 9), (1, 1))
    grid = Grid.of([(np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)) for n, m in shapes])
    values = np.arange(1, len(grid.i) + 1, dtype=np.float32)
    matrices = [part.reshape(shape) for part, shape in zip(np.split(values, grid.offsets[1:-1]), shapes, strict=True)]
    around = grid.around(values)
    for down, right in product(range(-MARGIN, MARGIN + 1), repeat=2):
        wide = [np.pad(matrix, MARGIN) for matrix in matrices]
        moved = [np.roll(matrix, (-down, -right), (0, 1))[MARGIN:-MARGIN, MARGIN:-MARGIN] for matrix in wide]
        assert np.array_equal(around.shifted(down, right), np.concatenate([matrix.ravel() for matrix in moved]))


def test_the_lexicon_knows_a_pair_in_either_order() -> None:
    key = pair_key(np.array([7], np.uint32), np.array([3], np.uint32))
    lexicon = Lexicon(key, np.array([1.5], np.float32))
    asked = pair_key(np.array([3, 7, 3], np.uint32), np.array([7, 3, 4], np.uint32))
    assert lexicon.find(asked).tolist() == [1.5, 1.5, 0]


def test_words_that_two_models_know_have_one_name(resources: Resources, news: Resources) -> None:
    words = ["ceasefire", "offensive", "warehouse"]
    small, large = (types_of(words, model)[0] for model in (resources, news))
    assert not np.array_equal(small.ids, large.ids)
    assert np.array_equal(small.names, large.names)
    assert len(set(small.names.tolist())) == len(words)


def test_the_file_is_small_and_says_where_it_comes_from() -> None:
    assert PATH.stat().st_size < 8_000_000
    with np.load(PATH, allow_pickle=False) as file:
        assert all(source in str(file["about"]) for source in ("Edinburgh", "PPDB"))


def test_a_linker_comes_back_as_it_was_saved(linker: Linker, tmp_path: Path) -> None:
    save_linker(tmp_path / "again.npz", linker, "test")
    again = load_linker(tmp_path / "again.npz")
    for name in READINGS:
        before, after = getattr(linker, name), getattr(again, name)
        rows = np.random.default_rng(0).normal(size=(5, len(before.centre))).astype(np.float32)
        assert np.array_equal(after.probability(rows), before.probability(rows))
    assert again.threshold == linker.threshold
    assert np.array_equal(again.meanings.of(["storm", "gale"]), linker.meanings.of(["storm", "gale"]))


def test_a_missing_or_damaged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no word aligner at"):
        load_linker(tmp_path / "none.npz")
    (tmp_path / "short.npz").write_bytes(PATH.read_bytes()[:1000])
    (tmp_path / "pickled.npy").write_bytes(b"\x80\x04N.")
    with np.load(PATH, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(tmp_path / "future.npz", **{**arrays, "schema": np.array("unspin.aligner/9")})
    np.savez(tmp_path / "torn.npz", **{**arrays, "last_0_biases_0": arrays["last_0_biases_0"][:-1]})
    np.savez(tmp_path / "unread.npz", **{name: array for name, array in arrays.items() if "groups" not in name})
    np.savez(tmp_path / "turned.npz", **{**arrays, "words": arrays["words"][::-1]})
    np.savez(tmp_path / "wordless.npz", **{**arrays, "words": arrays["words"][1:]})
    np.savez(tmp_path / "objects.npz", **{**arrays, "keys": np.array([{}], object)})
    for name in (
        "short.npz",
        "pickled.npy",
        "future.npz",
        "torn.npz",
        "unread.npz",
        "turned.npz",
        "wordless.npz",
        "objects.npz",
    ):
        with pytest.raises(ModelError, match="is damaged"):
            load_linker(tmp_path / name)
