"""All steps of training on the sample stories: small, and every step of the shipped model's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pytest

from detector.cli.train import VersionDate
from detector.errors import CorpusError
from detector.pipeline import Detector
from detector.sealed_folder import MANIFEST
from detector.text import Record
from detector.training import fit, gather, spinning, tables
from detector.training import train as training
from detector.training.calibrate_work import calibrate_work
from detector.training.evaluate.evaluate import evaluate_work
from detector.training.feedback import Verdict
from detector.training.gather import corpus_work
from detector.training.layout import Layout
from detector.training.release.release import write_cards
from detector.training.rows import read_articles, read_rows, write_rows
from detector.training.spinning import spin_work
from detector.training.train import FEEDBACK_WEIGHT, judged_tokens, train_work

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module", autouse=True)
def _small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As on a machine without Debian's thesauri, with short lexicons and few trees: the steps are what is tested."""
    lexicons = tmp_path_factory.mktemp("lexicons")
    for path in tables.LEXICONS.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (lexicons / path.name).write_text("".join(lines[:300]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for module in (tables, spinning):
            patch.setattr(module, "WORDNET", Path("/nowhere/wordnet"))
            patch.setattr(module, "LEXICONS", lexicons)
        patch.setattr(spinning, "MYTHES", Path("/nowhere/mythes"))
        patch.setattr(fit, "N_TREES", 10)
        yield


def build(folder: Path, *feedback: Path) -> Path:
    corpus_work(folder, sample=SAMPLE, feedback=feedback)
    spin_work(folder)
    train_work(folder)
    calibrate_work(folder)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("work") / "demonstration")


@pytest.fixture
def work(built: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(built, tmp_path / "work")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def done(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The steps that were done since the last call."""
    lines = capsys.readouterr().err.splitlines()
    return [line.partition(":")[0] for line in lines if line.endswith(" s") and ": " in line]


def test_the_sample_gives_a_model_marked_as_a_demonstration(built: Path) -> None:
    manifest = json.loads((built / "model" / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["demonstration"] is True
    assert (manifest["name"], manifest["version"]) == ("demonstration", "2025.10.02")
    assert {"light", "pairs", "phrase-table"} <= set(manifest["families"])
    assert "it cannot judge" in (built / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_a_demonstration_refuses_a_rate_that_its_few_articles_cannot_support(built: Path) -> None:
    detector = Detector.load(built / "model")
    with pytest.raises(ValueError, match=r"needs at least 300 untouched articles"):
        detector.score([Record("story", "x")])


def test_two_builds_are_equal_to_the_byte(built: Path, tmp_path: Path) -> None:
    assert files(build(tmp_path / "again")) == files(built)


def test_what_is_done_is_not_done_again(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(work)
    capsys.readouterr()
    corpus_work(work)
    spin_work(work)
    train_work(work)
    calibrate_work(work)
    assert done(capsys) == []
    assert files(work) == before


def test_a_stopped_run_goes_on_where_it_was(
    work: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    shutil.rmtree(work / "fitted")
    with monkeypatch.context() as patch:
        patch.setattr(training, "fit_logistic", stopped)
        with pytest.raises(KeyboardInterrupt):
            train_work(work)
    assert done(capsys) == ["fit-tokens"]
    train_work(work)
    assert done(capsys) == ["fit-articles"]
    assert files(work) == files(built)


def test_a_run_that_was_stopped_goes_on_with_what_it_was_given(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    table = tmp_path / "weekly.tsv"
    table.write_text("said\taverred\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(spinning, "write_rows", stopped)
        with pytest.raises(KeyboardInterrupt):
            spin_work(work, own=[table])
    spin_work(work)
    assert "weekly" in {row["family"] for row in read_rows(Layout(work).spun("articles"))}
    with monkeypatch.context() as patch:
        patch.setattr(training, "fit_trees", stopped)
        with pytest.raises(KeyboardInterrupt):
            train_work(work, version="2026.01.31")
    train_work(work)
    assert json.loads((work / "model" / MANIFEST).read_text(encoding="utf-8"))["version"] == "2026.01.31"


def test_a_bad_table_is_told_before_anything_is_counted_and_not_remembered(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "weekly.tsv"
    table.write_text("said\taverred\nno tab\n", encoding="utf-8")
    (work / "tables" / "words.npz").unlink()
    capsys.readouterr()
    with pytest.raises(CorpusError, match=r"weekly\.tsv, line 2: expected original and spun phrase"):
        spin_work(work, own=[table])
    assert done(capsys) == []
    spin_work(work)
    assert done(capsys) == ["tables-words"]


def test_nothing_is_fitted_or_measured_on_texts_of_another_corpus(work: Path, tmp_path: Path) -> None:
    another = shutil.copytree(SAMPLE, tmp_path / "sample")
    for path in another.glob("clean/*.txt"):
        path.write_text(path.read_text(encoding="utf-8").replace("said", "says"), encoding="utf-8")
    corpus_work(work, sample=another)
    for step in (train_work, calibrate_work):
        with pytest.raises(CorpusError, match=r"corpus/\w+\.jsonl\.zst is another than .*: run `unspin spin --work"):
            step(work)
    with pytest.raises(CorpusError, match=r"corpus/\w+\.jsonl\.zst is another than .*: run `unspin train --work"):
        evaluate_work(work, 0.05, 10, 1, 1)
    with pytest.raises(CorpusError, match=r"corpus/\w+\.jsonl\.zst is another than .*: run `unspin train --work"):
        write_cards(work)
    spin_work(work)
    with pytest.raises(CorpusError, match=r"is another than .*: run `unspin train --work"):
        calibrate_work(work)
    train_work(work)
    calibrate_work(work)
    write_cards(work)


def test_a_corpus_that_is_half_written_is_not_worked_on(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: Path, rows: object) -> None:
        if path.name.startswith("calibrate"):
            raise KeyboardInterrupt
        write_rows(path, list(rows)[1:])  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(gather, "write_rows", stopped)
        with pytest.raises(KeyboardInterrupt):
            corpus_work(work, seed=2)
    for step in (spin_work, train_work, calibrate_work):
        with pytest.raises(CorpusError, match="run `unspin corpus --work"):
            step(work)
    corpus_work(work, seed=2)
    spin_work(work)


def test_the_model_is_called_after_the_day_that_is_given(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train_work(work, version="2026.01.31")
    assert done(capsys) == ["model"]
    calibrate_work(work)
    assert done(capsys) == ["calibrate"]
    assert json.loads((work / "model" / MANIFEST).read_text(encoding="utf-8"))["version"] == "2026.01.31"
    corpus_work(work)
    train_work(work)
    assert done(capsys) == []


def test_feedback_is_fitted_on_and_counted_nowhere(
    work: Path, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "The alderman averred that the wayside would be mended anon, and nobody in the chamber gainsaid it. " * 9
    rows = [
        {"id": "1", "text": text, "label": "spun", "phrases": ["averred", "gainsaid"]},
        {"id": "2", "text": text.replace("alderman", "mayor"), "label": "clean"},
        {"id": "3", "text": text.replace("alderman", "clerk"), "label": "machine_translated"},
    ]
    path = tmp_path / "verdicts.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    corpus_work(work, feedback=[path])
    spin_work(work)
    train_work(work)
    assert done(capsys) == ["corpus", "fit-tokens", "fit-articles", "model"]
    for name, content in files(built / "tables").items():
        assert (work / "tables" / name).read_bytes() == content, name
    kept = [row["text"] for row in read_rows(Layout(work).corpus("feedback"))]
    assert kept == [row["text"] for row in rows]
    elsewhere = [path for folder in ("corpus", "spun") for path in (work / folder).glob("*.jsonl.zst")]
    others = {row["text"] for path in elsewhere if path.name != "feedback.jsonl.zst" for row in read_rows(path)}
    assert not set(kept) & others
    capsys.readouterr()
    corpus_work(work)  # what is not given is as it was the last time
    assert done(capsys) == []


@pytest.mark.parametrize(("label", "phrases", "share"), [("clean", (), 0.0), ("spun", ("tram depot",), 1.0)])
def test_a_verdict_counts_as_several_articles(built: Path, label: str, phrases: tuple[str, ...], share: float) -> None:
    verdict = Verdict("1", "Officials said the new tram depot would open. " * 20, label, phrases)
    told = judged_tokens([verdict], tables.load_tables(Layout(built)))
    _, counts = np.unique(told.rows, axis=0, return_counts=True)
    assert all(counts % FEEDBACK_WEIGHT == 0)
    assert told.swapped.mean() == share


def test_parts_of_the_sample_share_no_text_but_with_the_language_part(built: Path) -> None:
    layout = Layout(built)
    texts = {part: {a.text for a in read_articles(layout.corpus(part))} for part in ("fit", "calibrate", "test")}
    translated = {p: {a.text for a in read_articles(layout.corpus("translations"), part=p)} for p in texts}
    for part in texts:
        others = set(texts) - {part}
        assert not (texts[part] | translated[part]) & set().union(*(texts[o] | translated[o] for o in others))


def test_a_desks_own_table_is_a_family(work: Path, tmp_path: Path) -> None:
    table = tmp_path / "weekly.tsv"
    table.write_text("original\tspun\tvoice\nsaid\taverred\tweekly\n", encoding="utf-8")
    spin_work(work, own=[table])
    examples = [row for row in read_rows(Layout(work).spun("articles")) if row["family"] == "weekly"]
    assert {swap[1].lower() for row in examples for swap in row["swaps"]} == {"averred"}


def test_a_sample_never_takes_the_place_of_real_corpora(tmp_path: Path) -> None:
    (tmp_path / "given.json").write_text(json.dumps({"corpora": ["/archive"]}), encoding="utf-8")
    with pytest.raises(CorpusError, match="made from real corpora"):
        corpus_work(tmp_path, sample=SAMPLE)


@pytest.mark.parametrize("step", [spin_work, train_work, calibrate_work])
def test_a_step_says_which_comes_before_it(tmp_path: Path, step: object) -> None:
    with pytest.raises(CorpusError, match="run `unspin corpus --work"):
        step(tmp_path)  # type: ignore[operator]


def test_a_folder_that_was_never_given_a_corpus_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="name the folder of corpora with --corpora"):
        corpus_work(tmp_path)
    with pytest.raises(CorpusError, match=r"found none"):
        corpus_work(tmp_path, corpora=[tmp_path])


@pytest.mark.parametrize(("day", "version"), [("2026-01-31", "2026.01.31"), ("2026-01-31.2", "2026.01.31.2")])
def test_a_model_is_called_after_a_day(day: str, version: str) -> None:
    assert VersionDate().convert(day, None, None) == version


@pytest.mark.parametrize("day", ["2026-02-31", "2026-1-31", "2026-01-31.0", "2026-01-31.", "20260131", "", "next"])
def test_no_model_is_called_after_what_is_no_day(day: str) -> None:
    with pytest.raises(click.BadParameter, match=r"expected a day such as 2026-01-31, or 2026-01-31\.2, got"):
        VersionDate().convert(day, None, None)


def test_a_text_weighs_the_same_however_often_it_is_measured() -> None:
    """Two rows of a text measured twice share its weight; a stage that takes it once gives it the whole."""
    names, rows = ["a"], np.arange(3, dtype=np.float32)[:, None]
    few = training._Pooled(names, rows, np.full(3, 6.0), np.array([2, 2, 1]), np.array([True, False, True]))
    found, labels, weights = training._parted({"spun": few, "clean": few.once()}, ["spun", "round_trips"], ["clean"])
    assert found[:, 0].tolist() == [0, 1, 2, 0, 2]
    assert labels.tolist() == [True, True, True, False, False]
    assert weights.tolist() == [3, 3, 6, 6, 6]
