"""A desk's own table: any file may come, and what is wrong with it is told by its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector.errors import CorpusError
from detector.training.spinners import families, own_table
from detector.training.spinners.own_table import NO_VOICE, family_name, read_own
from detector.training.spinners.tables import Row


@pytest.mark.parametrize("header", ["", "original\tspun\n", "original\tspun\tvoice\n", "﻿original\tspun\r\n"])
def test_pairs_are_read_with_and_without_a_header(tmp_path: Path, header: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(
        header + "# a remark\n\nthe region\tthe patch\r\nsaid\tmouthed\tloud\n", encoding="utf-8", newline=""
    )
    assert read_own(path) == [Row("the region", "the patch", NO_VOICE), Row("said", "mouthed", "loud")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found none"),
        (b"# only remarks\n", "found none"),
        (b"region\tarea\nregion\n", "line 2: expected original and spun phrase, tab-separated"),
        (b"region\t\n", "line 1: expected original and spun"),
        (b"a\tb\tc\td\n", "line 1: expected original and spun"),
        (b"region\tarea\nr\xe9gion\tarea\n", "line 2: expected UTF-8"),
        (b"\xff\xfer\x00e\x00", "line 1: expected UTF-8"),
        (b"re\x00gion\tarea\n", "line 1: expected text without control characters"),
        (b"region\tar\x1b[31mea\n", "line 1: expected text without control characters"),
        (b"region 5\tarea\n", "line 1: expected words with one blank between them"),
        (b"two  blanks\tone\n", "line 1: expected words with one blank between them"),
        (b"region\t" + b"x" * 300 + b"\n", "line 1: expected at most 8 words, 200 characters"),
        (b"a b c d e f g h i\tx\n", "line 1: expected at most 8 words"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=message) as caught:
        read_own(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 260


def test_sizes_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("region\tarea\n" * 10)
    monkeypatch.setattr(own_table, "MAX_ROWS", 5)
    with pytest.raises(CorpusError, match="at most 5 lines"):
        read_own(path)
    monkeypatch.setattr(own_table, "MAX_BYTES", 50)
    with pytest.raises(CorpusError, match="at most 50 bytes"):
        read_own(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(CorpusError, match="no table of swaps at"):
            read_own(path)


def test_the_file_names_the_family(tmp_path: Path) -> None:
    assert family_name(Path("a/Cheap_Spinner 2.tsv")) == "cheap-spinner-2"
    with pytest.raises(CorpusError, match="to name the family by"):
        family_name(Path("---.tsv"))


def test_it_becomes_a_family_of_its_own(tmp_path: Path) -> None:
    for name in ("spinner_pairs", "spinner_phrases", "register_lift", "broken_phrases", "damaged_names"):
        (tmp_path / f"{name}.tsv").write_text("original\tspun\tvoice\nregion\tarea\tone\n")
    path = tmp_path / "Rival desk.tsv"
    path.write_text("the region\tthe patch\nsaid\tmouthed\n")
    found = families(tmp_path, None, None, own=[path])
    spun = found["rival-desk"].spin("They said the region is calm.", 1.0, np.random.default_rng(1))
    assert spun.text == "They mouthed the patch is calm."
    assert spun.original() == "They said the region is calm."
    (tmp_path / "pairs.tsv").write_text("region\tpatch\n")
    with pytest.raises(CorpusError, match="a name of its own for each family"):
        families(tmp_path, None, None, own=[tmp_path / "pairs.tsv"])
