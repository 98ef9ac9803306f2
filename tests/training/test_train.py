"""The whole of training on the sample stories: small, and every step of the shipped model's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.errors import CorpusError
from detector.pipeline import Detector
from detector.sealed_folder import MANIFEST
from detector.text import Record
from detector.training import spinners
from detector.training import train as training
from detector.training.texts import read_sample

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "demonstration"
    with pytest.MonkeyPatch.context() as patch:  # as on a machine without Debian's thesauri
        patch.setattr(training, "WORDNET", Path("/nowhere/wordnet"))
        patch.setattr(training, "MYTHES", Path("/nowhere/mythes"))
        training.train(corpora=None, sample=SAMPLE, out=out, seed=1, workers=1)
    return out


def test_the_sample_gives_a_model_marked_as_a_demonstration(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["demonstration"] is True
    assert manifest["name"] == "demonstration"
    assert manifest["families"] == ["careless-inflection", "light", "mixed", "pairs", "phrase-table", "register-lift"]
    assert "it cannot judge" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_demonstration_refuses_a_rate_that_its_few_articles_cannot_support(folder: Path) -> None:
    detector = Detector.load(folder)
    with pytest.raises(ValueError, match=r"needs at least 300 untouched articles"):
        detector.score([Record("story", "x")])


def test_a_demonstration_never_overwrites_a_model_that_can_judge(folder: Path, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"demonstration": False}), encoding="utf-8")
    with pytest.raises(CorpusError, match="holds a model that can judge"):
        training.train(corpora=None, sample=SAMPLE, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_parts_of_the_sample_share_no_text_but_with_the_language_part() -> None:
    texts = read_sample(SAMPLE)
    assert not set(texts.fit) & set(texts.calibrate)
    assert not set(texts.fit_translated) & set(texts.calibrate_translated)


def test_missing_corpora_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"clean.train, found none"):
        training.train(corpora=tmp_path, sample=None, out=tmp_path / "out")


def test_the_families_keep_their_names() -> None:
    assert {"Light", "Pairs", "PhraseTable", "Thesaurus"} <= set(spinners.__all__)
