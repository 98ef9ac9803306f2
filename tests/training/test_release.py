"""Each reason to refuse a release, the cards, and the note on how scores move."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from benchmarks.gate import gate_json
from detector.classifier import Classifier, wilson
from detector.cli import main
from detector.errors import CorpusError, ReleaseError
from detector.findings import ModelInfo
from detector.model_store import load_model, save_model
from detector.resources import Resources
from detector.sealed_folder import MANIFEST
from detector.training.memorisation import Memorisation
from detector.training.release import checks, release
from detector.training.release.data_card import data_card
from detector.training.release.migration import Scored, compared
from detector.training.release.release import Release, publish, try_release, write_cards
from detector.training.release.work import read_evaluation, read_work

ABOUT = {
    "name": "untitled",
    "version": "2",
    "demonstration": False,
    "seed": 1,
    "families": ["pairs"],
    "articles": {"language": 48, "test": 24},
}
FLOORS = {"pairs_found": {"at_least": 0.7}, "clean_flagged": {"at_most": 0.015}}
FIGURES = {"pairs_found": 0.8, "clean_flagged": 0.01}
SLICES = {
    "found/pairs/10": {"share": 0.8, "n": 200, "interval": [0.74, 0.85]},
    "found/pairs/25": {"share": 0.95, "n": 200, "interval": [0.91, 0.97]},
    "flagged/outlet/The Harbour Post": {"share": 0.01, "n": 400, "interval": [0.004, 0.025]},
    "flagged/year/2026": {"share": 0.0, "n": 5, "interval": [0.0, 0.43]},
}
HOSTILE = "Post | x\n# head <script>alert(1)</script> [a](b) \u202e`"
NOTHING, ONE = wilson(0, 100), wilson(1, 100)
FORGETFUL = Memorisation(NOTHING, NOTHING, ONE, ONE, NOTHING, NOTHING, ())


def write_json(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    write_json(path, data)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    import zstandard

    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))


def article_rows(texts: Sequence[str], copies: int = 1) -> list[dict[str, Any]]:
    return [{"id": f"{i} {k}", "source": "wire", "text": text} for i, text in enumerate(texts) for k in range(copies)]


def part(articles: int) -> dict[str, Any]:
    return {
        "articles": articles,
        "words": 150 * articles,
        "years": {"2019": articles // 2, "2026": articles // 2},
        "outlets": {"The Harbour Post": articles - 1, HOSTILE: 1},
        "varieties": {"US": articles},
    }


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
    resources: Resources,
    classifier: Classifier,
    wire_texts: tuple[str, ...],
    spun_texts: tuple[str, ...],
) -> Path:
    """A work folder whose model passes every check."""
    work = tmp_path_factory.mktemp("release") / "work"
    save_model(work / "model", resources, classifier, ABOUT)
    info = load_model(work / "model").info
    model = {"name": info.name, "version": info.version, "digest": info.digest}
    write_json(
        work / "evaluation" / "evaluation.json", {"schema": "unspin.evaluation/1", "model": model, "slices": SLICES}
    )
    (work / "gate.json").write_text(gate_json(FIGURES, info), encoding="utf-8")
    source = {"repository": "our/own", "taken": "all of it", "licence": "Apache-2.0 | text of nobody"}
    files = [{"file": "wire.jsonl", "rows": 24, "words": 3600, "sha256": "ab" * 32, "source": source}]
    rejected = {"too short": 3, "near duplicates": 2}
    report = {"files": files, "rejected": rejected, "parts": {"language": part(48), "test": part(24)}}
    write_json(work / "corpus" / "report.json", report)
    write_rows(work / "corpus" / "language.jsonl.zst", article_rows(wire_texts, copies=2))
    write_rows(work / "corpus" / "test.jsonl.zst", article_rows(wire_texts[:5]))
    spun = [{"text": text, "swaps": [], "family": "pairs", "id": str(i)} for i, text in enumerate(spun_texts[:5])]
    write_rows(work / "spun" / "test.jsonl.zst", spun)
    write_json(work.parent / "floors.json", FLOORS)
    return work


@pytest.fixture
def work(made: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copyfile(made.parent / "floors.json", tmp_path / "floors.json")
    return Path(shutil.copytree(made, tmp_path / "work"))


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack on the tables, which has tests of its own, finds nothing."""
    monkeypatch.setattr(release, "memorisation", lambda *_: FORGETFUL)


def tried(work: Path, name: str = "harbour") -> Release:
    return try_release(work, name, work.parent / "models", work.parent / "floors.json")


def missed(work: Path) -> dict[str, str]:
    """What is missed, by name of the check; and nothing may be published where something is."""
    found = tried(work)
    before = sorted((work.parent / "models").rglob("*"))
    with pytest.raises(ReleaseError, match="may not be released as harbour") as refused:
        publish(found)
    assert sorted((work.parent / "models").rglob("*")) == before
    assert all(check.name in str(refused.value) and check.missed in str(refused.value) for check in found.missed)
    return {check.name: check.missed for check in found.missed}


def release_before(work: Path) -> Path:
    """Release the model as it is, so that there is one to compare with."""
    publish(tried(work))
    return work.parent / "models" / "harbour"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def arguments(work: Path) -> tuple[object, ...]:
    return (
        "--work",
        work,
        "--name",
        "harbour",
        "--models",
        work.parent / "models",
        "--floors",
        work.parent / "floors.json",
    )


def test_a_good_model_is_released_whole(work: Path) -> None:
    shown = run("release", *arguments(work))
    assert (shown.exit_code, shown.stderr) == (0, "")
    target = work.parent / "models" / "harbour"
    assert shown.stdout == f"{target}\n"
    model = load_model(target)
    assert (model.info.name, model.info.version) == ("harbour", "2")
    manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    beside = {"MODEL_CARD.md", "DATA_CARD.md", "RELEASE.md", "evaluation.json", "gate.json", "checks.json"}
    assert beside <= set(manifest["files"])
    assert manifest["measured_digest"] == read_work(work).digest
    assert "nothing to compare with" in (target / "RELEASE.md").read_text(encoding="utf-8")
    assert [path.name for path in target.parent.iterdir()] == ["harbour"]
    (target / "evaluation.json").write_text("{}", encoding="utf-8")
    assert run("check", "--model", target, "-").exit_code == 2


def test_a_release_is_the_same_to_the_byte(work: Path, forgetful: None) -> None:
    target = release_before(work)
    publish(tried(work))
    once = {path.name: path.read_bytes() for path in target.iterdir()}
    shutil.rmtree(target)
    release_before(work)
    publish(tried(work))
    assert {path.name: path.read_bytes() for path in target.iterdir()} == once


def test_a_dry_run_tells_and_changes_nothing(work: Path, forgetful: None) -> None:
    shown = run("release", *arguments(work), "--dry-run")
    assert shown.exit_code == 0
    assert "pairs_found" in shown.stdout
    assert "MISSED" not in shown.stdout
    edit(work / "gate.json", lambda data: data["figures"].update(pairs_found=0.55))
    shown = run("release", *arguments(work), "--dry-run")
    assert shown.exit_code == 2
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("MISSED")]
    assert line.split() == "MISSED pairs_found 0.5500 at least 0.7 missed by 0.1500".split()
    assert not (work.parent / "models").exists()


def test_a_missed_floor_is_told_with_its_distance(work: Path, forgetful: None) -> None:
    edit(work / "gate.json", lambda data: data["figures"].update(clean_flagged=0.02))
    assert missed(work) == {"clean_flagged": "missed by 0.0050"}
    shown = run("release", *arguments(work))
    assert shown.exit_code == 2
    assert "clean_flagged: 0.0200, at most 0.015 asked, missed by 0.0050; nothing was changed" in shown.stderr


@pytest.mark.parametrize("figure", [None, "0.9", True, float("nan")])
def test_a_figure_that_was_not_measured_is_no_pass(work: Path, forgetful: None, figure: object) -> None:
    edit(work / "gate.json", lambda data: data["figures"].update(pairs_found=figure))
    assert "was not measured" in missed(work)["pairs_found"]
    edit(work / "gate.json", lambda data: data["figures"].pop("pairs_found"))
    assert "was not measured" in missed(work)["pairs_found"]


@pytest.mark.parametrize(("name", "path"), [("gate", "gate.json"), ("evaluation", "evaluation/evaluation.json")])
def test_figures_of_another_model_or_none_are_refused(work: Path, forgetful: None, name: str, path: str) -> None:
    edit(work / path, lambda data: data["model"].update(digest="0" * 64))
    assert "another model" in missed(work)[name]
    (work / path).unlink()
    assert "there is none: run" in missed(work)[name]


def test_a_slice_may_not_fall(work: Path, forgetful: None) -> None:
    release_before(work)
    path = work / "evaluation" / "evaluation.json"
    edit(path, lambda data: data["slices"]["found/pairs/10"].update(share=0.731, interval=[0.67, 0.79]))
    edit(path, lambda data: data["slices"]["flagged/year/2026"].update(share=0.4))
    assert tried(work).missed == []  # within a point of the old interval
    edit(path, lambda data: data["slices"]["found/pairs/10"].update(share=0.71, interval=[0.64, 0.77]))
    edit(path, lambda data: data["slices"]["flagged/outlet/The Harbour Post"].update(share=0.04, interval=[0.02, 0.06]))
    assert missed(work) == {
        "found/pairs/10": "falls by 2.00% more than that",
        "flagged/outlet/The Harbour Post": "falls by 0.50% more than that",
    }


def test_a_spinner_that_is_no_longer_measured_is_told(work: Path, forgetful: None) -> None:
    release_before(work)
    path = work / "evaluation" / "evaluation.json"
    edit(path, lambda data: [data["slices"].pop(name) for name in ("found/pairs/25", "flagged/year/2026")])
    assert list(missed(work)) == ["found/pairs/25"]


def test_an_outlet_that_is_no_longer_there_is_no_reason_to_refuse(work: Path, forgetful: None) -> None:
    path, gone = work / "evaluation" / "evaluation.json", ("found/outlet/Closed Post", "found/year/2019")
    edit(path, lambda data: data["slices"].update(dict.fromkeys(gone, SLICES["found/pairs/10"])))
    edit(path, lambda data: data["slices"].update({"found/translated by/old": SLICES["found/pairs/10"]}))
    release_before(work)
    edit(path, lambda data: [data["slices"].pop(name) for name in (*gone, "found/translated by/old")])
    assert missed(work) == {"found/translated by/old": "it was measured before: give translations of this system again"}
    assert set(gone) <= {check.name for check in tried(work).checks if check.figure == "not measured"}


def test_text_of_one_article_in_the_tables_is_refused(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = dataclasses.replace(FORGETFUL, memory=("article 7",))
    monkeypatch.setattr(release, "memorisation", lambda *_: kept)
    assert "text of article 7" in missed(work)["memorisation of 12 tokens of one article"]
    monkeypatch.setattr(release, "memorisation", lambda *_: dataclasses.replace(FORGETFUL, alone=wilson(20, 100)))
    assert "keep fewer n-grams" in missed(work)["read back, held by one article"]


def test_a_model_that_is_too_large_is_refused(work: Path, forgetful: None, monkeypatch: pytest.MonkeyPatch) -> None:
    total = sum(path.stat().st_size for path in (work / "model").iterdir())
    monkeypatch.setattr(checks, "MOST_BYTES", total - 1)
    assert list(missed(work)) == ["size of all files"]
    monkeypatch.setattr(checks, "MOST_FILE_BYTES", 10)
    assert len(missed(work)) == 2


def test_a_demonstration_is_refused_with_the_reason(work: Path, resources: Resources, classifier: Classifier) -> None:
    save_model(work / "model", resources, classifier, {**ABOUT, "demonstration": True})
    assert "train on an archive" in missed(work)["judges"]
    assert "cannot judge" in write_cards(work)[0].read_text(encoding="utf-8")


def test_what_stood_there_stays_when_writing_fails(
    work: Path, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = release_before(work)
    before = (target / MANIFEST).read_bytes()
    monkeypatch.setattr(shutil, "copyfile", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        publish(tried(work))
    assert (target / MANIFEST).read_bytes() == before
    load_model(target)


@pytest.mark.parametrize("name", ["../news", "a/b", "", ".hidden", "x" * 80, "news\nen"])
def test_a_name_that_is_no_folder_is_wrong_use(work: Path, name: str) -> None:
    shown = run("release", "--work", work, "--name", name, "--floors", work.parent / "floors.json")
    assert shown.exit_code == 2
    assert "expected a name of letters, digits" in shown.stderr


@pytest.mark.parametrize("floors", [{}, {"x": 1}, {"x": {"least": 1}}, {"x": {"at_least": "1"}}, []], ids=str)
def test_floors_that_bound_nothing_are_refused(work: Path, floors: object) -> None:
    write_json(work.parent / "floors.json", floors)
    with pytest.raises((ReleaseError, CorpusError), match="expected"):
        tried(work)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 20_000,
        '{"schema": "x"}',
        '{"schema": "unspin.evaluation/1", "slices": {}}',
        '{"schema": "unspin.evaluation/1", "model": {"digest": "0"}, "slices": {"found/a/1": {"share": 2}}}',
        '{"schema": "unspin.evaluation/1", "model": {"digest": "0"}, "slices": {"found/a/1": {"share": NaN, "n": 1,'
        ' "interval": [0, 1]}}}',
        "\xff",
    ],
    ids=lambda content: content[:40],
)
def test_a_garbled_evaluation_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "evaluation.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(CorpusError, match=r"evaluation\.json"):
        read_evaluation(path)


def test_the_cards_tell_figures_with_their_conditions(work: Path) -> None:
    shown = run("card", "--work", work)
    assert shown.stdout.splitlines() == [str(work / "MODEL_CARD.md"), str(work / "DATA_CARD.md")]
    card = (work / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "On articles of the test part of 2019 to 2026" in card
    assert "| pairs, 10 | 80.0% | 74.0% to 85.0% | 200 |" in card
    assert "| pairs\\_found | 0.8000 |" in card
    found_least = card.split("Found least:")[1]
    assert found_least.index("pairs, 10") < found_least.index("pairs, 25")
    assert "year, 2026" not in card.split("flagged oftenest:")[1]  # five texts say nothing
    assert "must not be used for" in card


def test_a_card_does_not_tell_figures_of_another_model(work: Path) -> None:
    for path in ("gate.json", "evaluation/evaluation.json"):
        edit(work / path, lambda data: data["model"].update(digest="0" * 64))
    card = write_cards(work)[0].read_text(encoding="utf-8")
    assert "80.0%" not in card
    assert "0.8000" not in card
    assert "are of another model" in card


def test_names_from_elsewhere_are_no_markup(work: Path) -> None:
    lines = data_card(read_work(work)).splitlines()
    (line,) = [line for line in lines if "alert" in line]
    assert line == (
        "| Post \\| x \\# head \\<script\\>alert\\(1\\)\\</script\\> \\[a\\]\\(b\\) \\<U+202E\\>\\` | 1 | 1 |"
    )
    assert any("Apache-2.0 \\| text of nobody" in line for line in lines)
    assert "| too short | 3 |" in lines
    assert "| pairs | 5 |" in lines


def test_a_model_without_thresholds_has_cards_that_say_so(work: Path, forgetful: None) -> None:
    nothing = {"share": None, "n": 3, "interval": None, "reachable": False}
    edit(work / "evaluation" / "evaluation.json", lambda data: data.update(slices=dict.fromkeys(SLICES, nothing)))
    assert read_work(work).evaluation is not None
    model, _ = (path.read_text(encoding="utf-8") for path in write_cards(work))
    assert "It has no thresholds for 1%" in model
    assert tried(work).missed == []


def test_the_cards_of_a_demonstration_do_not_promise_that_stories_are_kept_apart(
    work: Path, resources: Resources, classifier: Classifier
) -> None:
    apart = "No story is in two parts"
    assert all(apart in path.read_text(encoding="utf-8") for path in write_cards(work))
    save_model(work / "model", resources, classifier, {**ABOUT, "demonstration": True})
    assert not any(apart in path.read_text(encoding="utf-8") for path in write_cards(work))


def test_a_work_folder_without_reports_has_a_card_that_says_so(work: Path) -> None:
    shutil.rmtree(work / "corpus")
    shutil.rmtree(work / "spun")
    shutil.rmtree(work / "evaluation")
    (work / "gate.json").unlink()
    model, data = (path.read_text(encoding="utf-8") for path in write_cards(work))
    assert "It was not evaluated" in model
    assert "There is no report on the corpus" in data


def test_the_note_tells_how_verdicts_and_probabilities_moved() -> None:
    before = Scored(("no_signs", "spun", "no_signs"), np.array([[0.1, 0.2], [0.9, 0.2], [0.3, 0.2]]))
    after = Scored(("no_signs", "spun", "spun"), np.array([[0.2, 0.2], [0.95, 0.2], [0.8, 0.2]]))
    lines = list(compared(before, after))
    assert lines[0] == "Another verdict: 1 of 3 (33.3%).\n"
    assert "| no\\_signs | spun | 1 | 33.3% |" in lines
    (spun,) = [line for line in lines if line.startswith("| spun |") and "+" in line]
    assert "| +0.1000 |" in spun
    assert spun.endswith("| +0.5000 | 1.0000 |")
    assert any(line.endswith("| none: all alike |") for line in lines)


def test_the_note_compares_both_models_on_the_same_articles(
    work: Path, forgetful: None, resources: Resources, classifier: Classifier
) -> None:
    target = release_before(work)
    calibration = dataclasses.replace(classifier.calibration, untouched=classifier.calibration.untouched + 9)
    save_model(
        work / "model", resources, dataclasses.replace(classifier, calibration=calibration), {**ABOUT, "version": "3"}
    )
    for path in ("gate.json", "evaluation/evaluation.json"):
        edit(work / path, lambda data: data["model"].update(digest=load_model(work / "model").info.digest))
    publish(tried(work))
    note = (target / "RELEASE.md").read_text(encoding="utf-8")
    assert "from 2 (digest" in note
    assert "5 untouched and 5\nspun articles" in note
    assert "| spun | no\\_signs |" in note.split("## Spun articles")[1]
    assert "make them again" in note


def test_the_gate_writes_null_for_what_it_could_not_measure() -> None:
    text = gate_json({"a": np.float64(0.5), "b": float("nan")}, ModelInfo("news", "1", "ab"))
    assert json.loads(text)["figures"] == {"a": 0.5, "b": None}
