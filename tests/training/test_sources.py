"""The list of public corpora is whole, and files are known by their bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detector.errors import CorpusError
from detector.training.sources import read_sources


def test_the_list_of_public_corpora_is_whole() -> None:
    sources = read_sources()
    assert len({source.file for source in sources}) == len(sources) > 10
    for source in sources:
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256), source.file
        assert re.fullmatch(r"(corpora/(clean|translation)/train|lexicons)/\w+\.(jsonl|tsv)\.zst", source.file)
        assert source.documents > 0, source.file
        assert source.words > source.documents, source.file
        assert source.repository, source.file
        assert source.licence, source.file


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file = [", r"expected a list"),
        ("[[corpus]]", r"expected a list"),
        ('[[file]]\nfile = "a"', r"expected file, repository, .* in entry 1, got file"),
        (
            '[[file]]\nfile="a"\nrepository="b"\ntaken="c"\nlicence="d"\ndocuments="9"\nwords=9\nsha256="e"',
            "in entry 1",
        ),
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_sources(path)
