"""Drift: made-up rows against a calibration, and what a stranger may put into a file of rows."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from reports import make_refused, make_report
from scipy import stats

from detector.classifier import Calibration, Classifier
from detector.cli import main
from detector.drift import Figures, Reference, Sample, compare, read_rows
from detector.drift.two_samples import shift
from detector.errors import InputError
from detector.findings import CalibrationInfo, ModelInfo
from detector.model_store import load_model
from detector.render import to_json

RNG = np.random.default_rng(7)
OWN = CalibrationInfo("wire", "2026-11-25", "c" * 64)


@pytest.mark.parametrize(("n", "m", "moved"), [(100, 400, 0.0), (150, 3000, 0.2), (500, 500, 0.05), (1000, 5000, 0.5)])
def test_distance_and_p_against_scipy(n: int, m: int, moved: float) -> None:
    sample, reference = RNG.normal(moved, 1, n), RNG.normal(0, 1, m)
    ours, theirs = shift(sample, reference), stats.ks_2samp(sample, reference, method="exact")
    assert ours.distance == pytest.approx(theirs.statistic)
    assert ours.p == pytest.approx(theirs.pvalue, rel=0.15, abs=0.01)
    assert ours.higher == (theirs.statistic_sign < 0)


def test_a_sample_of_the_reference_has_not_moved() -> None:
    values = RNG.normal(size=300)
    assert shift(values, values)[:2] == (0.0, 1.0)
    assert shift(np.zeros(200), np.ones(200)) == (1.0, pytest.approx(0, abs=1e-12), False)


@pytest.fixture
def calibration(classifier: Classifier) -> Calibration:
    scores = np.random.default_rng(3).normal(-3, 1, (4000, 2))
    return dataclasses.replace(
        classifier.calibration, untouched=scores, visible=np.ones(4000, bool), groups=np.zeros(4000, np.int8)
    )


def figures(calibration: Calibration, n: int, seed: int = 1, moved: float = 0.0, **changes: Any) -> Figures:
    """Articles that score as the calibration's do, or `moved` higher."""
    scores = np.random.default_rng(seed).normal(-3 + moved, 1, (n, 2))
    spun, translated = calibration.probabilities(scores).T.tolist()
    unknown = np.random.default_rng(seed).beta(2, 50, n).tolist()
    return Figures(spun, translated, **{"unknown": unknown, "abstained": n // 20, **changes})


def verdicts(calibration: Calibration, *periods: Figures, sample: Sample | None = None) -> list[str]:
    reference = Reference.of(calibration, 0.01, sample)
    months = {f"2026-{i:02}": one for i, one in enumerate(periods, 1)}
    return [one.verdict for one in compare(months, reference, 0.01)]


def test_what_did_not_change_is_as_calibrated(calibration: Calibration) -> None:
    assert verdicts(calibration, *(figures(calibration, 400, seed) for seed in range(12))) == ["as_calibrated"] * 12


def test_higher_and_lower_scores_are_told(calibration: Calibration) -> None:
    periods = figures(calibration, 400, moved=1.0), figures(calibration, 400), figures(calibration, 400, moved=-1.0)
    assert verdicts(calibration, *periods) == ["higher", "as_calibrated", "lower"]


@pytest.mark.parametrize(("flagged", "verdict"), [(4, "as_calibrated"), (9, "as_calibrated"), (14, "higher")])
def test_flags_above_the_asked_rate_must_be_sure(calibration: Calibration, flagged: int, verdict: str) -> None:
    """Of 400 articles 4 are asked for; the three-sigma Wilson interval of 9 still holds 1%, that of 14 does not."""
    assert verdicts(calibration, figures(calibration, 400, flagged=flagged)) == [verdict]


def test_few_articles_tell_nothing(calibration: Calibration) -> None:
    assert (
        verdicts(calibration, figures(calibration, 99, moved=3.0, flagged=50), Figures(abstained=3)) == ["too_few"] * 2
    )


def test_drift_that_repeats_asks_for_retraining(calibration: Calibration) -> None:
    moved = figures(calibration, 300, moved=1.0)
    assert verdicts(calibration, moved, moved, figures(calibration, 20), moved, figures(calibration, 300)) == [
        "higher",
        "higher",
        "too_few",
        "retrain",
        "as_calibrated",
    ]


def test_unknown_words_and_abstentions_ask_for_retraining(calibration: Calibration) -> None:
    first = figures(calibration, 400)
    unknown = figures(calibration, 400, unknown=[0.3] * 400)
    abstained = figures(calibration, 400, abstained=100)
    expected = ["as_calibrated", "retrain", "retrain"]
    assert verdicts(calibration, first, unknown, abstained) == expected
    known = Sample(np.array(first.unknown), 20, 420)
    assert verdicts(calibration, unknown, abstained, first, sample=known) == ["retrain", "retrain", "as_calibrated"]


def test_untouched_articles_without_visible_marks_are_shown_below_the_threshold(calibration: Calibration) -> None:
    unseen = dataclasses.replace(calibration, visible=np.zeros(4000, bool) | (calibration.untouched[:, 0] < -1))
    reference = Reference.of(unseen, 0.01, None)
    flag = unseen.thresholds(0.01)
    over = ~unseen.visible & (unseen.untouched[:, 0] >= flag[0])
    assert over.any()
    assert (reference.spun[over] < unseen.probabilities(flag)[0]).all()


def row(date: str | None = "2026-03-04", model: ModelInfo | None = None, **changes: Any) -> dict[str, Any]:
    report = make_report("Three words here.", published=date, **changes)
    return to_json(dataclasses.replace(report, model=model) if model else report)


def read(*rows: object, by: str = "month", date_field: str | None = None) -> Any:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    return read_rows(["-"], io.BytesIO("\n".join(lines).encode()), by, date_field)


def test_rows_are_sorted_into_periods() -> None:
    refused = to_json(dataclasses.replace(make_refused("abstained"), published="2025-12-31"))
    rows = read(row("2026-03-04T10:00:00Z"), row("2026-02"), row("2026-03-31"), refused, row("last week"), row(None))
    assert list(rows.periods) == ["2025-12", "2026-02", "2026-03"]
    assert [len(one.spun) for one in rows.periods.values()] == [0, 1, 2]
    assert (rows.periods["2025-12"].abstained, rows.undated, rows.left_out, rows.asked) == (1, 2, 0, 0.01)
    assert rows.periods["2026-02"].unknown == [pytest.approx(1 / 3)]


@pytest.mark.parametrize(("by", "period"), [("month", "2026-11"), ("quarter", "2026-Q4"), ("year", "2026")])
def test_periods(by: str, period: str) -> None:
    assert list(read(row("2026-11-25"), by=by).periods) == [period]


def test_dates_come_from_published_or_date_or_a_named_field() -> None:
    fields = {"date": "2025-01-05", "seen": "2024-06-01"}
    assert list(read(row("2026-03-04", input=fields)).periods) == ["2026-03"]
    assert list(read(row(None, input=fields)).periods) == ["2025-01"]
    assert list(read(row("2026-03-04", input=fields), date_field="seen").periods) == ["2024-06"]
    with pytest.raises(InputError, match="expected an ISO date in the field 'day' of some rows, got none in 1"):
        read(row(), date_field="day")


def test_rows_of_two_models_or_calibrations_or_rates_are_not_mixed() -> None:
    model = ModelInfo("news-en", "1", "m" * 64)
    with pytest.raises(InputError, match="stdin:2: expected rows of one model and one calibration, got the model mmmm"):
        read(row(model=model), row(model=ModelInfo("news-en", "1", "n" * 64)))
    with pytest.raises(InputError, match=r"with its own calibration before and .* the calibration cccccccccccc here"):
        read(row(model=model), row(model=dataclasses.replace(model, calibration=OWN)))
    other = row()
    other["false_positive_rate"]["asked"] = 0.001
    with pytest.raises(InputError, match=r"stdin:2: expected rows of one asked rate, got 0\.01 before and 0\.001 here"):
        read(row(), other)


def hostile() -> Iterator[object]:
    yield from ("", "{", "[]", "null", '"text"', "[" * 100_000, "\x00", '{"schema": "unspin.result/2"}', "9" * 5000)
    for changes in (
        {"status": "fine"},
        {"flagged": None},
        {"flagged": 1},
        {"words": -1},
        {"words": True},
        {"words": 0},
        {"unknown_words": 10**400},
        {"classes": None},
        {"classes": {"spun": {"probability": "0.5"}}},
        {"classes": {"spun": {"probability": 1e400}, "machine_translated": {"probability": 0}}},
        {"classes": {"spun": {"probability": -0.1}, "machine_translated": {"probability": 0}}},
        {"classes": {"spun": {"probability": True}, "machine_translated": {"probability": 0}}},
        {"false_positive_rate": {}},
        {"model": None},
        {"model": {"digest": 7, "calibration": None}},
        {"model": {"digest": "d" * 10_000, "calibration": None}},
        {"model": {"digest": "d", "calibration": "c"}},
    ):
        yield row() | changes


@pytest.mark.parametrize("line", [line for line in hostile() if line != ""], ids=lambda line: str(line)[:40])
def test_a_line_that_is_no_row_is_left_out_and_told(line: object) -> None:
    rows = read(row(), line)
    assert (rows.left_out, len(rows.told)) == (1, 1)
    assert rows.told[0].startswith("stdin:2: ")
    assert len(rows.told[0]) < 200
    assert len(rows.periods["2026-03"].spun) == 1


@pytest.mark.parametrize(
    "fields", [None, [], "2026-01-01", {"date": 5}, {"date": ["2026-01-01"]}, {"date": "9" * 10**6}]
)
def test_strange_fields_hold_no_date(fields: object) -> None:
    assert read(row(), row(None) | {"input": fields}).undated == 1


def test_without_a_row_there_is_nothing_to_compare() -> None:
    with pytest.raises(InputError, match=r"wrote, got none; the first line .* stdin:1:"):
        read("{}")
    with pytest.raises(InputError, match=r"expected rows that `unspin score` wrote, got none$"):
        read("")


@pytest.fixture
def results(tmp_path: Path, model_folder: Path) -> Path:
    """A month of 120 articles that score as the calibration's, another that scores higher, and a hostile line."""
    model = load_model(model_folder)
    calibration, rng = model.classifier.calibration, np.random.default_rng(5)
    lines = []
    for month, moved in (("2026-01", 0.0), ("2026-02", 2.0)):
        for scores in calibration.untouched[rng.permutation(400)[:120]] + moved:
            one = row(f"{month}-03", model=model.info)
            spun, translated = calibration.probabilities(scores).tolist()
            one["classes"]["spun"]["probability"], one["classes"]["machine_translated"]["probability"] = (
                spun,
                translated,
            )
            lines.append(json.dumps(one))
    path = tmp_path / "a\x1b[2J.jsonl"
    path.write_text("\n".join([*lines, '{"text": "SECRET"}']), encoding="utf-8")
    return path


def unspin(*args: str | Path, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, [str(arg) for arg in args])


@pytest.mark.parametrize("columns", [40, 80])
def test_drift_is_shown(results: Path, model_folder: Path, columns: int) -> None:
    done = unspin("drift", results, "--model", model_folder, columns=columns)
    assert done.exit_code == 1
    assert max(map(len, done.stdout.splitlines())) <= columns
    shown = " ".join(done.stdout.split())
    assert "→ as calibrated" in shown
    assert "→ higher than calibrated: calibrate again; scores for spun moved by" in shown
    assert "Left out: 1 lines that are no results" in shown
    assert "\x1b" not in done.stdout
    assert "SECRET" not in done.stdout


def test_drift_as_json(results: Path, model_folder: Path) -> None:
    done = unspin("drift", results, "--model", model_folder, "--json")
    said = json.loads(done.stdout)
    assert (done.exit_code, said["schema"], said["drifted"]) == (1, "unspin.drift/1", True)
    assert [(one["period"], one["judged"], one["verdict"]) for one in said["periods"]] == [
        ("2026-01", 120, "as_calibrated"),
        ("2026-02", 120, "higher"),
    ]
    assert said["left_out"]["lines"] == 1
    assert "SECRET" not in done.stdout


def test_drift_without_any_is_exit_code_0(results: Path, model_folder: Path) -> None:
    steady = results.with_name("steady.jsonl")
    steady.write_text("\n".join(results.read_text(encoding="utf-8").splitlines()[:120]), encoding="utf-8")
    assert unspin("drift", steady, "--model", model_folder).exit_code == 0


def test_results_of_another_model_are_refused(results: Path) -> None:
    done = unspin("drift", results)
    assert done.exit_code == 2
    assert "expected results of the model" in done.stderr
    assert "give --model" in done.stderr
    assert unspin("drift", "no-such-file.jsonl").exit_code == 2
