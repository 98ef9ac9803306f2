"""Candidates have the word's own form, come from the sources, and are gathered for many words at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zstandard

from detector.errors import CorpusError
from detector.lexicon import Candidates
from detector.training.candidates import build_candidates

WORDS = """the <s> of said attack strike because since attacks raid raids attacked raided strong strikes struck two
powerful mighty potent stronger mightier smith london assault weapon sword club big large bigger larger"""
VOCABULARY = WORDS.split()

PPDB = """attack\traid\r
attack\tattacks\r
raided\tstruck\r
smith\tlondon
powerful\tpotent
the\tof
strong\tpowerful
"""

# The format of WordNet's database; the synsets are our own.
DATA = {
    "noun": [
        "00000100 04 n 02 attack 0 strike 0 001 ~ 00000200 n 0000 | our own gloss",
        "00000200 04 n 02 raid 0 air_raid 0 001 @ 00000100 n 0000 | our own gloss",
        "00000300 04 n 01 assault 0 001 @ 00000100 n 0000 | our own gloss",
        "00000400 04 n 01 weapon 0 002 ~ 00000500 n 0000 ~ 00000600 n 0000 | our own gloss",
        "00000500 04 n 01 sword 0 001 @ 00000400 n 0000 | our own gloss",
        "00000600 04 n 02 club 0 Smith 0 001 @ 00000400 n 0000 | our own gloss",
    ],
    "verb": [
        "00000100 30 v 02 attack 0 strike 0 000 01 + 02 00 | our own gloss",
        "00000200 30 v 01 raid 0 001 @ 00000100 v 0000 | x",
    ],
    "adj": [
        "00000100 00 a 01 strong 0 001 & 00000200 a 0000 | our own gloss",
        "00000200 00 s 02 mighty 0 powerful(p) 0 001 & 00000100 a 0000 | our own gloss",
        "00000300 00 a 02 big 0 large 0 000 | our own gloss",
    ],
    "adv": [],
}
LICENCE = "  1 lines that begin with two blanks are the licence  \n"


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    for name, lines in DATA.items():
        (tmp_path / f"data.{name}").write_text(LICENCE + "".join(f"{line}  \n" for line in lines))
        senses: dict[str, list[str]] = {}
        for line in lines:
            values = line.split()
            for word in values[4 : 4 + 2 * int(values[3], 16) : 2]:
                senses.setdefault(word.lower().partition("(")[0], []).append(values[0])
        index = (f"{w} x {len(keys)} 0 {len(keys)} 0 {' '.join(keys)}  \n" for w, keys in senses.items())
        (tmp_path / f"index.{name}").write_text(LICENCE + "".join(index))
    (tmp_path / "verb.exc").write_text("struck strike\nstricken strike\n")
    return tmp_path


@pytest.fixture
def ppdb(tmp_path: Path) -> Path:
    path = tmp_path / "ppdb.tsv"
    path.write_text(PPDB, newline="")
    return path


def _of(candidates: Candidates, word: str) -> list[str]:
    _, ids, _ = candidates.neighbours(np.array([VOCABULARY.index(word)], dtype=np.int32))
    return [VOCABULARY[i] for i in ids]


def test_candidates_have_the_form_of_the_word(ppdb: Path, wordnet: Path) -> None:
    found = build_candidates(VOCABULARY, ppdb, wordnet)
    assert _of(found, "attack")[:2] == ["raid", "strike"]  # PPDB and a near relative; one synonym
    assert set(_of(found, "attacks")) == {"strikes", "raids"}
    assert _of(found, "attacked")[0] in ("struck", "raided")
    assert set(_of(found, "attacked")) == {"struck", "raided"}
    assert _of(found, "stronger") == ["mightier"]
    assert _of(found, "bigger") == ["larger"]


def test_both_sources_weigh_more_than_one(ppdb: Path, wordnet: Path) -> None:
    assert _of(build_candidates(VOCABULARY, ppdb, wordnet), "powerful")[0] == "strong"
    assert "potent" not in _of(build_candidates(VOCABULARY, None, wordnet), "powerful")


def test_a_short_list_is_filled_up_with_sisters(wordnet: Path) -> None:
    assert _of(build_candidates(VOCABULARY, None, wordnet), "sword") == ["weapon", "club"]


def test_names_numbers_and_grammar_have_none_but_extra(ppdb: Path, wordnet: Path) -> None:
    found = build_candidates(VOCABULARY, ppdb, wordnet)
    assert [_of(found, word) for word in ("smith", "london", "two", "the", "of", "<s>")] == [[]] * 6
    assert _of(found, "because") == ["since"]
    assert _of(found, "since") == ["because"]
    assert _of(build_candidates(VOCABULARY, ppdb, wordnet, extra=()), "because") == []
    directed = build_candidates(VOCABULARY, ppdb, wordnet, extra=[("strike", "since")])
    assert _of(directed, "strike")[0] == "since"
    assert _of(directed, "since") == []


def test_lists_are_capped_and_sorted(ppdb: Path, wordnet: Path) -> None:
    found = build_candidates(VOCABULARY, ppdb, wordnet, most=1)
    assert np.diff(found.offsets).max() == 1
    full = build_candidates(VOCABULARY, ppdb, wordnet)
    assert full.weights.max() == 1.0
    for first, last in zip(full.offsets, full.offsets[1:], strict=False):
        assert (np.diff(full.weights[first:last]) <= 0).all()
    with pytest.raises(ValueError, match="most=0"):
        build_candidates(VOCABULARY, ppdb, wordnet, most=0)


def test_neighbours_are_a_ragged_gather() -> None:
    found = Candidates(
        offsets=np.array([0, 2, 2, 3], dtype=np.int32),
        ids=np.array([1, 2, 0], dtype=np.int32),
        weights=np.array([1.0, 0.5, 0.25], dtype=np.float32),
    )
    rows, ids, weights = found.neighbours(np.array([2, 1, 0, 0], dtype=np.int32))
    assert rows.tolist() == [0, 2, 2, 3, 3]
    assert ids.tolist() == [0, 1, 2, 1, 2]
    assert weights.tolist() == [0.25, 1.0, 0.5, 1.0, 0.5]
    assert [len(column) for column in found.neighbours(np.zeros(0, np.int32))] == [0, 0, 0]


def test_missing_or_broken_sources_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="apt install wordnet-base"):
        build_candidates(VOCABULARY, None, tmp_path)
    with pytest.raises(CorpusError, match="no PPDB table at"):
        build_candidates(VOCABULARY, tmp_path / "none.tsv", None)
    (tmp_path / "bad.tsv").write_text("attack\traid\nattack raid\n")
    with pytest.raises(CorpusError, match=r"bad\.tsv, line 2: expected two words with a tab between"):
        build_candidates(VOCABULARY, tmp_path / "bad.tsv", None)


def test_a_packed_table_is_read_whole_or_refused(ppdb: Path, wordnet: Path) -> None:
    packed, whole = ppdb.with_name("ppdb.tsv.zst"), zstandard.compress(PPDB.encode())
    packed.write_bytes(whole)
    assert (
        build_candidates(VOCABULARY, packed, wordnet).ids.tolist()
        == build_candidates(VOCABULARY, ppdb, wordnet).ids.tolist()
    )
    for damaged in (whole[:-3], b"no zstandard", zstandard.compress(b"caf\xe9\tx\n")):
        packed.write_bytes(damaged)
        with pytest.raises(CorpusError, match=r"ppdb\.tsv\.zst: expected a whole PPDB table in UTF-8: copy it again"):
            build_candidates(VOCABULARY, packed, wordnet)
