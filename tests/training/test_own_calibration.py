"""Calibrating on one's own articles: what is counted, what is refused, and what the thresholds become."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from detector.batch import score_stream
from detector.calibration_store import OwnCalibration, load_calibration, save_calibration
from detector.classifier import MAX_RATE
from detector.cli import main
from detector.errors import InputError
from detector.findings import Report
from detector.model_store import load_model
from detector.pipeline import Detector
from detector.render import to_json_line
from detector.render.calibration_text import calibration_text, odd_copy_text
from detector.text import Failure, Record
from detector.training.own_calibration import SCORED_IN_TRAINING, CleanCopy, _Highest, calibrate_own, refuse_few

DATE = "2026-11-25"


def records(texts: Iterable[str]) -> list[Record | Failure]:
    return [Record(f"story {i}", text) for i, text in enumerate(texts)]


def scored(model: Path, items: list[Record | Failure]) -> list[Report]:
    return list(score_stream(items, model=model, max_fpr=MAX_RATE, evidence="none"))


@pytest.fixture(scope="module")
def detector(model_folder: Path) -> Detector:
    return Detector.load(model_folder)


@pytest.fixture(autouse=True, scope="module")
def few_marks_are_counted() -> Iterator[None]:
    """Of forty articles instead of five hundred: it is the slowest step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("detector.training.own_calibration.MARK_ARTICLES", 40)
        yield


@pytest.fixture(scope="module")
def reports(model_folder: Path, clean_copy: tuple[str, ...]) -> list[Report]:
    """Thirty-two stories ten times over, each time with another digest and other scores; and what does not count."""
    items = records(clean_copy[:32])
    *judged, short, bad = scored(
        model_folder, [*items, Record("short", "Too short."), Failure("bad", "empty", "nothing")]
    )
    rng = np.random.default_rng(1)
    articles = [
        replace(
            judged[i % 32],
            id=f"story {i}",
            text_sha256=hashlib.sha256(str(i).encode()).hexdigest(),
            scores=tuple(rng.normal(-4, 1, 2).round(9).tolist()),
            flagged=False,
        )
        for i in range(320)
    ]
    return [*articles, replace(articles[7], id="again"), short, bad]


@pytest.fixture(scope="module")
def copy(reports: list[Report]) -> CleanCopy:
    return CleanCopy.of(reports)


@pytest.fixture(scope="module")
def own(detector: Detector, copy: CleanCopy) -> OwnCalibration:
    return calibrate_own(detector, copy, MAX_RATE, "wire", DATE)


@pytest.fixture(scope="module")
def calibrated(detector: Detector, own: OwnCalibration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrations") / "wire"
    save_calibration(folder, own, detector.info, {})
    return folder


def test_workers_give_the_same(detector: Detector, copy: CleanCopy, own: OwnCalibration, model_folder: Path) -> None:
    dealt_out = calibrate_own(detector, copy, MAX_RATE, "wire", DATE, model=model_folder, workers=2)
    assert dealt_out.calibration.mark_threshold == own.calibration.mark_threshold
    assert dealt_out.calibration.visible.tolist() == own.calibration.visible.tolist()


def test_what_does_not_count_is_counted(copy: CleanCopy) -> None:
    counts = copy.counts()
    assert (counts.judged, counts.duplicates, counts.abstained, counts.errors) == (
        320,
        1,
        {"too-short": 1},
        {"empty": 1},
    )
    assert counts.read == 323
    assert 0 < counts.unknown_words < counts.words


@pytest.mark.parametrize(("rate", "needed"), [(0.01, "300"), (0.001, "3,000"), (0.0007, "4,286")])
def test_too_few_are_refused_with_the_number_needed(rate: float, needed: str) -> None:
    n = int(needed.replace(",", ""))
    with pytest.raises(InputError) as raised:
        refuse_few(n - 1, n + 5, rate)
    assert f"expected at least {needed} untouched articles for --max-fpr {rate:g}, got {n - 1:,}" in str(raised.value)
    refuse_few(n, n, rate)


def test_thresholds_come_from_the_own_articles(detector: Detector, copy: CleanCopy, own: OwnCalibration) -> None:
    shipped = detector.classifier.calibration
    assert own.calibration.untouched.tolist() == [list(scores) for scores in copy.scores]
    assert own.calibration.measured_on == "320 untouched articles of wire, calibrated 2026-11-25"
    assert own.calibration.group_names == ("your own articles",)
    assert own.calibration.slopes.tolist() == shipped.slopes.tolist()
    assert own.calibration.missed_of == tuple(of + SCORED_IN_TRAINING for of in shipped.missed_of)
    assert own.calibration.measured(own.calibration.thresholds(MAX_RATE)).share <= MAX_RATE
    assert own.unknown.shape == (320,)


def test_marks_are_looked_for_in_the_highest_alone(own: OwnCalibration) -> None:
    unseen = np.flatnonzero(~own.calibration.visible)
    spun = own.calibration.untouched[:, 0]
    assert len(unseen)
    assert (spun[unseen] >= np.quantile(spun, 0.96)).all()


def test_the_order_of_the_articles_does_not_matter(
    detector: Detector, reports: list[Report], own: OwnCalibration
) -> None:
    turned = calibrate_own(detector, CleanCopy.of(reports[319::-1]), MAX_RATE, "wire", DATE).calibration
    assert turned.mark_threshold == own.calibration.mark_threshold
    assert (turned.thresholds(MAX_RATE) == own.calibration.thresholds(MAX_RATE)).all()
    assert turned.visible[::-1].tolist() == own.calibration.visible.tolist()


def test_a_copy_that_holds_spun_articles_looks_odd(
    model_folder: Path, copy: CleanCopy, reports: list[Report], spun_texts: tuple[str, ...]
) -> None:
    assert not copy.looks_odd(MAX_RATE)
    spun = [replace(report, id="spun") for report in scored(model_folder, records(spun_texts))]
    odd = CleanCopy.of([*reports, *spun])
    assert odd.looks_odd(MAX_RATE)
    suspicious = odd.suspicious_ids()
    assert len(suspicious) == min(odd.flagged, 20)
    assert set(suspicious) == {"spun"}


def test_the_highest_are_kept() -> None:
    highest: _Highest[str] = _Highest(3)
    for order, key in enumerate([1.0, 5.0, 3.0, 5.0, 4.0, 5.0]):
        highest.add(key, order, str(key))
    assert highest.best_first() == [(1, "5.0"), (3, "5.0"), (5, "5.0")]


def test_results_say_by_which_calibration(
    model_folder: Path, calibrated: Path, clean_copy: tuple[str, ...], spun_texts: tuple[str, ...]
) -> None:
    items = records([*clean_copy[:60], *spun_texts[:8], "Too short."])
    alone = [to_json_line(report) for report in score_stream(items, model=model_folder, calibration=calibrated)]
    shared = score_stream(items, model=model_folder, calibration=calibrated, workers=2)
    assert [to_json_line(report) for report in shared] == alone
    own = load_calibration(calibrated, load_model(model_folder).info)
    rows = [json.loads(line) for line in alone]
    said = {"name": "wire", "date": DATE, "digest": own.info.digest}
    assert all(row["model"]["calibration"] == said for row in rows)
    assert rows[0]["false_positive_rate"]["measured_on"] == own.calibration.measured_on
    assert rows[0]["false_positive_rate"]["n"] == 320
    shipped = next(score_stream(items, model=model_folder))
    assert json.loads(to_json_line(shipped))["model"]["calibration"] is None


def unspin(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.mark.parametrize("columns", [40, 80])
def test_what_was_measured_is_told(detector: Detector, copy: CleanCopy, own: OwnCalibration, columns: int) -> None:
    before = copy.flagged_before()
    told = calibration_text(own, detector.info, MAX_RATE, before, columns)
    warned = odd_copy_text(before, MAX_RATE, ["a\x1b[2J"], columns)
    assert max(map(len, [*told.splitlines(), *warned.splitlines()])) <= columns
    assert "323 articles read: 320 measured, 1 with the text of another, 1 without a verdict (too-short 1), 1 that" in (
        " ".join(told.split())
    )
    assert "stays" in told
    assert "- a<U+001B>[2J" in warned


@pytest.fixture
def archive(tmp_path: Path, clean_copy: tuple[str, ...]) -> Path:
    lines = [json.dumps({"id": str(i), "text": text}) for i, text in enumerate(clean_copy)]
    (tmp_path / "archive.jsonl").write_text("\n".join(lines[:305]), encoding="utf-8")
    (tmp_path / "few.jsonl").write_text(lines[0], encoding="utf-8")
    return tmp_path / "archive.jsonl"


def test_calibrate_then_score(archive: Path, model_folder: Path, tmp_path: Path) -> None:
    out, story = tmp_path / "own", archive.with_name("few.jsonl")
    done = unspin("calibrate", "--clean", archive, "--model", model_folder, "--max-fpr", "0.01", "--out", out)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.endswith(f"Use it by: unspin score --calibration {out} --model {model_folder}\n")
    used = ("--model", model_folder, "--calibration", out)
    row = json.loads(unspin("score", story, *used).stdout)
    assert row["model"]["calibration"]["name"] == "archive"
    assert "model tiny 2, calibration archive of 20" in " ".join(unspin("check", story, *used).stdout.split())


def test_too_few_articles_are_exit_code_2(archive: Path, model_folder: Path, tmp_path: Path) -> None:
    few = archive.with_name("few.jsonl")
    done = unspin("calibrate", "--clean", few, "--model", model_folder, "--out", tmp_path / "own")
    assert done.exit_code == 2
    assert "expected at least 3,000 untouched articles for --max-fpr 0.001, got 1 with" in done.stderr
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["{archive}"], "expected --clean and the paths"),
        (["--clean"], "expected --clean and the paths"),
        (["--clean", "{archive}", "--name", "../up"], "expected a --name of letters"),
        (["--clean", "{archive}", "--max-fpr", "0.1"], "not in the range"),
        (["--clean", "no-such-folder"], "no file or folder at no-such-folder"),
    ],
)
def test_wrong_use_is_exit_code_2(archive: Path, model_folder: Path, args: list[str], message: str) -> None:
    done = unspin("calibrate", *[arg.format(archive=archive) for arg in args], "--model", model_folder)
    assert done.exit_code == 2
    assert message in done.stderr


def test_the_list_begins_with_the_models_own(model_folder: Path) -> None:
    done = unspin("calibrate", "--list", "--model", model_folder)
    assert done.stdout == "- the model's own (tiny 2): 400 untouched articles, rates from 0.75%\n"


def test_a_rate_is_not_asked_of_the_model_of_a_work_folder(tmp_path: Path) -> None:
    refused = unspin("calibrate", "--work", tmp_path, "--max-fpr", "0.005")
    assert refused.exit_code == 2
    assert "expected --work alone, or with --workers" in refused.stderr
