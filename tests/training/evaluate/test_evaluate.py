"""The whole evaluation on the tiny language: its work folder, its JSON and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner

from detector.classifier import Classifier
from detector.cli import main
from detector.model_store import save_model
from detector.resources import Resources
from detector.training import fit, spinning
from detector.training.evaluate import evaluate as evaluation
from detector.training.evaluate.evaluate import evaluate, plain
from detector.training.evaluate.page import page
from detector.training.evaluate.studies import Sizes

SIZES = Sizes(fit=20, people=4, judged=8, seeds=1, least=4, learning=(0.5, 1.0))
HOSTILE = '<script>alert("x")</script> & $\\frac$'
VOID = ("meta", "input", "br")


def write(path: Path, rows: Sequence[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_bytes(zstandard.compress("\n".join(lines).encode()))


def article(i: int, text: str, **more: str) -> dict[str, str]:
    outlet, date = (HOSTILE, "2009-05-01") if i % 2 else ("Daily", "2015")
    return {"id": f"a{i}", "source": "wire", "outlet": outlet, "date": date, "variety": "US", "text": text, **more}


@pytest.fixture(scope="module")
def work(
    wire_texts: tuple[str, ...],
    resources: Resources,
    classifier: Classifier,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("work")
    save_model(folder / "model", resources, classifier, {"name": f"tiny {HOSTILE}", "version": "1"})
    write(folder / "corpus" / "fit.jsonl.zst", [article(i, text) for i, text in enumerate(wire_texts[:16])])
    write(folder / "corpus" / "test.jsonl.zst", [article(i, text) for i, text in enumerate(wire_texts[16:])])
    kinds = ("mt", "human_translation")
    translations = [
        article(i, text, part="test", kind=kinds[i % 2], set="s", pair="de-en", doc_id=str(i // 2), system="sys")
        for i, text in enumerate(wire_texts[:6])
    ]
    write(folder / "corpus" / "translations.jsonl.zst", translations)
    table = folder / "weekly.tsv"
    table.write_text("the\tthe very\nand\tand likewise\n", encoding="utf-8")
    (folder / "given.json").write_text(json.dumps({"families": [str(table)]}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def result(work: Path) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:  # as on a machine without Debian's thesauri
        patch.setattr(spinning, "WORDNET", Path("/nowhere/wordnet"))
        patch.setattr(spinning, "MYTHES", Path("/nowhere/mythes"))
        patch.setattr(fit, "N_TREES", 10)
        return evaluate(work, prevalence=0.2, most=16, seed=1, workers=1, sizes=SIZES)


def test_so_few_articles_say_nothing_of_rates(result: dict[str, Any]) -> None:
    assert result["schema"] == "unspin.evaluation/1"
    texts = result["conditions"]["texts"]
    assert (texts["clean"], texts["people"], texts["machine"]) == (8, 3, 3)
    assert 8 <= texts["spun"] <= 40  # each article five times, but where a family knows no word of it
    assert not any(one["reachable"] for name, one in result["slices"].items() if name.startswith("flagged/"))
    assert result["expected"]["rows"] == []
    assert result["look_at"] == []


def test_a_desks_own_family_is_measured_like_the_others(result: dict[str, Any]) -> None:
    assert {"weekly", "pairs"} <= set(result["conditions"]["families"])
    assert any(name.startswith("found/weekly/") for name in result["slices"])


def test_every_study_has_its_rows(result: dict[str, Any]) -> None:
    studies = {row["study"] for row in result["studies"]}
    assert {"spinner family left out", "extractor left out", "fewer articles"} <= studies
    whole = next(row for row in result["studies"] if row["name"].startswith("100"))
    assert whole["figures"]["AUC"]["change"] == 0
    assert whole["figures"]["AUC"]["error"] is None  # one fit has no spread


@pytest.mark.parametrize(("fits", "change", "bold"), [(2, 0.05, False), (2, 0.2, True), (20, 0.05, True)])
def test_a_change_is_in_bold_beyond_what_so_few_fits_differ_by_chance(
    result: dict[str, Any], fits: int, change: float, bold: bool
) -> None:
    figures = {"AUC": {"before": 0.9, "change": -change, "error": 0.01}}  # Student's t: 12.7 errors of 2, 2.1 of 20
    row = {"study": "extractor left out", "name": "peak", "n": [9, 9], "figures": figures}
    conditions = {**result["conditions"], "studies": {"seeds": fits, "least": 4, "most": 20}}
    html = page({**result, "conditions": conditions, "studies": [row]})
    assert (f"<b>-{change:.3f} ± 0.010</b>" in html) == bold


def test_an_attacker_goes_five_rounds(result: dict[str, Any]) -> None:
    steps = [(row["round"], row["step"]) for row in result["attack"]]
    assert steps[0] == (0, "spun")
    assert steps[1:3] == [(1, "suggestions taken"), (1, "spun again")]
    assert len(steps) == 11


def test_the_json_is_sorted_rounded_and_the_same_from_a_seed(work: Path, result: dict[str, Any]) -> None:
    text = (work / "evaluation" / "evaluation.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(result))
    assert not re.search(r"\d\.\d{7}|NaN|Infinity", text)
    html = (work / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    assert page(json.loads(text)) == html


def test_the_page_shows_names_as_text_and_asks_for_nothing(work: Path, result: dict[str, Any]) -> None:
    html = (work / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    assert html.count("<script>") == 1
    assert "alert(&quot;x&quot;)" in html
    assert not re.search(r'(?:src|href)="(?!#)|@import|url\((?!#)', html)
    assert "not reachable" in html
    for figure in re.findall(r"<figure[^>]*>", html):
        assert 'role="img" aria-label="' in figure


def test_every_element_of_the_page_is_closed(work: Path, result: dict[str, Any]) -> None:
    open_elements: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in VOID:
                open_elements.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert open_elements.pop() == tag

    Checker().feed((work / "evaluation" / "evaluation.html").read_text(encoding="utf-8"))
    assert open_elements == []


def test_a_model_that_cannot_judge_is_said_not_to(result: dict[str, Any]) -> None:
    without = {**result, "conditions": {**result["conditions"], "has_thresholds": False, "calibrated_on": 12}}
    assert "It cannot judge: it was calibrated on 12 untouched articles, and a rate of 1% needs 300." in page(without)


def test_numbers_as_json_has_them() -> None:
    assert plain({"b": float("nan"), "a": [1 / 3, (True, None)]}) == {"a": [0.333333, [True, None]], "b": None}


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["evaluate", "--work", str(tmp_path)])
    assert refused.exit_code == 2
    assert "manifest.json is missing or cannot be read: run the step that makes it" in refused.stderr


def test_what_is_done_is_not_done_again(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def stand_in(folder: Path, _prevalence: float, most: int, _seed: int, _workers: int) -> None:
        asked.append(most)
        for name in ("evaluation.json", "evaluation.html"):
            (folder / "evaluation" / name).write_text(f"{most}", encoding="utf-8")

    monkeypatch.setattr(evaluation, "evaluate", stand_in)
    for most in (3, 3, 4):
        evaluation.evaluate_work(work, 0.05, most, 1, 1)
    assert asked == [3, 4]
    with (work / "weekly.tsv").open("a", encoding="utf-8") as file:
        file.write("a\ta certain\n")
    evaluation.evaluate_work(work, 0.05, 4, 1, 1)
    assert asked == [3, 4, 4]
