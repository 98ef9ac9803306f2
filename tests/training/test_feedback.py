"""Reviewers' verdicts are read as they are, or told by line why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.errors import CorpusError
from detector.training import feedback
from detector.training.feedback import Verdict, read_feedback, stored_feedback
from detector.training.rows import write_rows

TEXT = "The mayor said the tram depot would open in May. " * 14
SPUN = f"{TEXT}The city hall leader opined on it."


def _read(tmp_path: Path, *rows: object) -> tuple[list[Verdict], list[str]]:
    path = tmp_path / "verdicts.jsonl"
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines))
    verdicts, bad = read_feedback([path])
    return verdicts, [f"{Path(row.place).name}: {row.message}" for row in bad]


def test_reads_verdicts(tmp_path: Path) -> None:
    rows = (
        {"id": "a", "text": TEXT, "label": "clean"},
        {"id": "b", "text": SPUN, "label": "spun", "phrases": ["opined"]},
    )
    verdicts, bad = _read(tmp_path, *rows)
    assert verdicts == [Verdict("a", TEXT, "clean"), Verdict("b", SPUN, "spun", ("opined",))]
    assert bad == []
    write_rows(tmp_path / "feedback.jsonl.zst", (verdict.row() for verdict in verdicts))
    assert stored_feedback(tmp_path / "feedback.jsonl.zst", "spun") == verdicts[1:]


def test_a_phrase_is_marked_wherever_it_stands_as_whole_words() -> None:
    verdict = Verdict("a", "Patch by patch, a despatch said; a patch.", "spun", ("patch", "Patch by"))
    example = verdict.example()
    marked = [(swap.start, example.text[swap.start : swap.start + len(swap.spun)]) for swap in example.swaps]
    assert marked == [(0, "Patch by"), (9, "patch"), (35, "patch")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b"{", "expected a JSON object"),
        (b"[" * 100_000, "expected a JSON object"),
        ([], "expected a JSON object, got list"),
        ({"text": TEXT, "label": "clean"}, "expected text in field 'id', got NoneType"),
        ({"id": "a", "text": 7, "label": "clean"}, "expected text in field 'text', got int"),
        ({"id": "a", "text": "\ud800" + TEXT, "label": "clean"}, "half of a surrogate pair"),
        (
            {"id": "a", "text": TEXT, "label": "Clean"},
            "expected the label clean, spun or machine_translated, got 'Clean'",
        ),
        ({"id": "a", "text": TEXT, "label": ["spun"]}, "expected text in field 'label', got list"),
        ({"id": "a", "text": "Too short.", "label": "clean"}, "expected 120 to 3,000 words, got 2"),
        ({"id": "a", "text": "word " * 3001, "label": "clean"}, "expected 120 to 3,000 words, got 3,001"),
        ({"id": "a", "text": TEXT, "label": "spun", "phrases": "mayor"}, "expected a list of at most 500 texts"),
        (
            {"id": "a", "text": TEXT, "label": "spun", "phrases": ["mayor"] * 501},
            "expected a list of at most 500 texts",
        ),
        ({"id": "a", "text": TEXT, "label": "spun", "phrases": [3]}, "expected text in field 'phrases', got int"),
        ({"id": "a", "text": TEXT, "label": "spun", "phrases": [" "]}, "got another (number 1)"),
        ({"id": "a", "text": TEXT, "label": "spun", "phrases": ["mayor", "(.*"]}, "got another (number 2)"),
        ({"id": "a" * 2_001, "text": TEXT, "label": "clean"}, "at most 2,000 characters in field 'id'"),
    ],
)
def test_a_bad_row_is_told_and_passed_over(tmp_path: Path, row: object, message: str) -> None:
    verdicts, bad = _read(tmp_path, row, {"id": "good", "text": SPUN, "label": "clean"})
    assert [verdict.id for verdict in verdicts] == ["good"]
    assert len(bad) == 1
    assert bad[0].startswith("verdicts.jsonl:1: ")
    assert message in bad[0]
    assert "tram depot" not in bad[0]


def test_a_text_on_which_verdicts_differ_is_not_taken(tmp_path: Path) -> None:
    other = {"id": "c", "text": SPUN, "label": "spun"}
    same = {"id": "a2", "text": TEXT.upper(), "label": "clean"}
    verdicts, bad = _read(
        tmp_path,
        {"id": "a", "text": TEXT, "label": "clean"},
        other,
        same,
        {"id": "b", "text": f" {TEXT}", "label": "spun"},
    )
    assert [verdict.id for verdict in verdicts] == ["c"]
    assert len(bad) == 1
    assert "verdicts.jsonl:4: expected one verdict on a text, got 'spun' after 'clean'" in bad[0]


def test_too_many_verdicts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_VERDICTS", 1)
    with pytest.raises(CorpusError, match="expected at most 1 verdicts"):
        _read(tmp_path, {"id": "a", "text": TEXT, "label": "clean"}, {"id": "b", "text": SPUN, "label": "spun"})
