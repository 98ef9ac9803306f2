"""Gold alignments are read with care, and what is fitted on them links what people link."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from detector.align.meaning import Meanings
from detector.errors import CorpusError
from detector.resources import Resources
from detector.training.aligner import Cells, GoldPair, count_lexicon, fit, read_gold

SYNONYMS = (("storm", "tempest"), ("powerful", "potent"), ("region", "patch"), ("said", "stated"))


def gold() -> list[GoldPair]:
    """Sixty pairs of seven words in which the synonyms stand for each other, in an order that turns."""
    pairs = []
    for k in range(60):
        one = ["the", SYNONYMS[k % 4][0], "closed", "roads", "in", SYNONYMS[(k + 1) % 4][0], "today"]
        two = [dict(SYNONYMS).get(word, word) for word in one]
        turn = k % 7
        links = frozenset((i, (i + turn) % 7) for i in range(7))
        pairs.append(GoldPair(str(k), tuple(one), tuple(two[-turn:] + two[:-turn] if turn else two), links))
    return pairs


def test_synonyms_are_learned(resources: Resources) -> None:
    pairs = gold()
    cells = Cells.of(pairs, resources)
    fitted = fit(cells, resources, Meanings(np.array([b"storm"]), np.array([[127, 0]], np.int8)))
    right = [pair.links == links for pair, links in zip(pairs, cells.links(fitted.unseen >= 0.5), strict=True)]
    assert np.mean(right) > 0.8
    assert len(fitted.linker.lexicon.keys) == len(SYNONYMS)


def test_links_come_back_in_the_order_of_their_sentences(resources: Resources) -> None:
    pairs = [
        GoldPair("long", ("the", "storm", "closed", "roads"), ("storm", "roads"), frozenset({(1, 0), (3, 1)})),
        GoldPair("short", ("roads",), ("the", "roads"), frozenset({(0, 1)})),
    ]
    cells = Cells.of(pairs, resources)
    assert cells.links(cells.linked) == [set(pair.links) for pair in pairs]


def test_both_ways_hold_each_pair_and_its_mirror(resources: Resources) -> None:
    pairs = [
        GoldPair("long", ("the", "storm", "closed", "roads"), ("storm", "roads"), frozenset({(1, 0), (3, 1)})),
        GoldPair("short", ("roads",), ("the", "roads"), frozenset({(0, 1)})),
    ]
    once = Cells.of(pairs, resources)
    both = once.both_ways()
    assert both.links(both.linked) == [set(pair.links) for pair in pairs] * 2
    assert np.bincount(both.fold).tolist() == (2 * np.bincount(once.fold)).tolist()
    words = [(both.types.words[a], both.types.words[b]) for a, b in zip(both.grid.one, both.grid.two, strict=True)]
    half = len(once.linked)
    assert {(b, a) for a, b in words[:half]} == set(words[half:])
    assert all(a == b for (a, b), linked in zip(words, both.linked, strict=True) if linked)


def test_the_lexicon_counts_only_what_it_is_shown(resources: Resources) -> None:
    cells = Cells.of(gold(), resources)
    assert len(count_lexicon(cells, cells.fold == 0).keys) <= len(SYNONYMS)
    assert (count_lexicon(cells, np.ones(len(cells.linked), bool)).odds > 0).all()


def test_both_formats_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("7\tThe storm\tN/A\tA storm\tN/A\t1\t1\t1-1\t0-0\n", encoding="utf-8")
    row = {"id": 7, "source": "The storm", "target": "A storm", "sureAlign": "1-1", "possibleAlign": "0-0"}
    (tmp_path / "a.json").write_text(json.dumps([row]), encoding="utf-8")
    expected = [GoldPair("7", ("the", "storm"), ("a", "storm"), frozenset({(0, 0), (1, 1)}))]
    assert read_gold(tmp_path / "a.tsv") == read_gold(tmp_path / "a.json") == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "7\tThe storm\n"),
        ("a.tsv", "7\tThe storm\tN/A\tA storm\tN/A\t1\t1\t1-9\n"),
        ("a.tsv", "7\tThe storm\tN/A\tA storm\tN/A\t1\t1\tx-y\n"),
        ("a.json", '[{"id": 1}]'),
        ("a.json", "{"),
        ("a.json", '["text"]'),
    ],
)
def test_a_row_of_another_form_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match="expected two sentences and their links"):
        read_gold(tmp_path / name)
