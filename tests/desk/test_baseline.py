"""Fingerprints that hold while a draft is edited elsewhere, and the file of those that were accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reports import make_evidence, make_report, make_score

from detector.desk import Baseline, Finding, baseline_bytes, findings_of, fingerprint, read_baseline, whole_fingerprint
from detector.desk.baseline import MAX_BYTES
from detector.errors import InputError

STORY = "Troops began a lights blitz in the north. They took two towns."
WORD = st.sampled_from("army town north river council vote week bank rain".split())
SENTENCE = st.lists(WORD, min_size=1, max_size=9).map(lambda words: f"{' '.join(words)}.")
PARAGRAPHS = st.lists(st.lists(SENTENCE, min_size=1, max_size=3).map(" ".join), max_size=4)


def known(text: str, phrase: str = "lights blitz", nth: int = 0) -> str:
    return fingerprint(make_evidence(text, phrase, nth), text)


def test_it_is_32_hexadecimal_digits_and_stays_the_same_in_every_version() -> None:
    assert known(STORY) == "a272829398ebcca77d7b89163b6d4213"
    assert whole_fingerprint("paraphrased", "0" * 64) == "33761f4e06e2db7cda5c2534f2ad8b1f"


@given(PARAGRAPHS, PARAGRAPHS)
def test_moving_a_paragraph_keeps_it(before: list[str], after: list[str]) -> None:
    moved = "\n\n".join([*before, STORY, *after])
    assert known(moved) == known(STORY)
    assert known("\n\n".join([*after, STORY, *before])) == known(STORY)


@given(SENTENCE, SENTENCE)
def test_sentences_around_it_may_change(before: str, after: str) -> None:
    assert known(f"{before} {STORY} {after}") == known(STORY)


@given(st.text(st.sampled_from("abcdefg "), min_size=1, max_size=12))
def test_changing_the_phrase_changes_it(phrase: str) -> None:
    assume(phrase.strip() and " ".join(phrase.split()) != "lights blitz")
    assert known(STORY.replace("lights blitz", phrase), phrase) != known(STORY)


@pytest.mark.parametrize("nearby", ["Troops began a", "in the north"])
def test_changing_the_words_beside_it_changes_it(nearby: str) -> None:
    assert known(STORY.replace(nearby, "or not")) != known(STORY)


def test_how_it_is_set_makes_no_difference() -> None:
    for text in (STORY.replace(" ", "\n"), STORY.upper(), STORY.replace(" began", "  began,"), f"\ufeff{STORY}"):
        phrase = next(one for one in ("lights blitz", "lights\nblitz", "LIGHTS BLITZ") if one in text)
        assert known(text, phrase) == known(STORY)


def test_the_kind_counts() -> None:
    mark = make_evidence(STORY, "lights blitz")
    assert fingerprint(replace(mark, kind="off-topic"), STORY) != fingerprint(mark, STORY)


def test_places_of_one_phrase_are_told_apart() -> None:
    text = f"{STORY} Later the lights blitz ended."
    assert known(text, nth=0) != known(text, nth=1)


@pytest.mark.parametrize(
    "text", ["x" * 5_000 + " lights blitz " + "y" * 5_000, "lights blitz", " " * 999 + "lights blitz"]
)
def test_odd_surroundings(text: str) -> None:
    assert len(known(text)) == 32


def test_what_is_found_in_a_report() -> None:
    report = make_report(STORY, ["lights blitz"])
    assert [(one.kind, one.phrase) for one in findings_of(report)] == [("broken-collocation", "lights blitz")]
    translated = {"spun": make_score(0.1, 0.6, 9), "machine_translated": make_score(0.9, 0.8, 9), "paraphrased": None}
    report = replace(report, verdict="machine_translated", evidence=(), classes=translated)
    (whole,) = findings_of(report)
    assert (whole.kind, whole.phrase) == ("machine_translated", "story.txt")
    assert whole.fingerprint == whole_fingerprint("machine_translated", report.text_sha256 or "")


def test_a_file_is_sorted_a_finding_a_line_and_comes_back(tmp_path: Path) -> None:
    findings = [Finding("b", "<script>", "0" * 32), Finding("a", "é\u2028x", "1" * 32), Finding("a", "d", "2" * 32)]
    data = baseline_bytes(Baseline.of(findings))
    assert data == baseline_bytes(Baseline.of(reversed(findings)))
    assert [line[:12] for line in data.decode().splitlines()[1:4]] == ['{"kind": "a"', '{"kind": "a"', '{"kind": "b"']
    assert data.isascii()
    path = tmp_path / "baseline.json"
    path.write_bytes(data)
    assert read_baseline(path).accepted == {one.fingerprint for one in findings}
    path.write_bytes(baseline_bytes(Baseline.of([])))
    assert read_baseline(path).accepted == frozenset()


def _file(*findings: object) -> bytes:
    return json.dumps({"schema": "unspin.baseline/1", "findings": findings}).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected JSON"),
        (b"\xff\xfe", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
        (b"[]", "expected a baseline of the schema"),
        (b'{"schema": "unspin.baseline/2", "findings": []}', "expected a baseline of the schema unspin.baseline/1"),
        (b'{"schema": "unspin.baseline/1", "findings": {}}', "expected a baseline of the schema"),
        (_file(1), "finding 1: expected an object"),
        (
            _file({"kind": "a", "phrase": "b", "fingerprint": "0" * 32}, {"kind": "a", "phrase": "b"}),
            "finding 2: expected",
        ),
        (_file({"kind": "a", "phrase": "b", "fingerprint": "0" * 31}), "expected a fingerprint of 32"),
        (_file(*[0] * 200_001), "at most 200,000 findings"),
        (b" " * (MAX_BYTES + 1), "at most 50,000,000 bytes"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_baseline(path)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json"):
        with pytest.raises(InputError, match="expected a baseline at"):
            read_baseline(path)


def test_too_many_are_not_written() -> None:
    with pytest.raises(InputError, match="at most 200,000 findings"):
        baseline_bytes(Baseline(dict.fromkeys(map(str, range(200_001)), Finding("a", "b", "0" * 32))))
