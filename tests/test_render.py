"""What programs and people are shown of a Report."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reports import find_all, make_evidence, make_passages, make_refused, make_report, make_score

from detector.findings import Report, Suggestion
from detector.render import neutral, result_schema, to_json, to_json_line, to_terminal
from detector.render.marked_text import marked_stretches

TEXT = "Karsanian troops began a lights blitz.\n\nNothing was said.\n\nThe minister made an earthly noise."
HOSTILE = "pay\u202elap\x1b[2J\x9b31m\u200b\x07\x85\ue000\ud800"
VALIDATOR = Draft202012Validator(result_schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(result_schema())


@pytest.mark.parametrize(
    "report",
    [
        make_report(),
        make_report(TEXT, ["lights blitz", "earthly noise"]),
        make_report(TEXT, ["e"], evidence=(make_evidence(TEXT, "was", also=tuple(find_all(TEXT, "The"))),)),
        make_report(TEXT, ["blitz"], passages=make_passages(TEXT, 0.1, 0.9)),
        make_refused("abstained"),
        make_refused("error", "invalid-json", "line 3: expected an object"),
        make_report(classes={"spun": make_score(0.1, float("inf"), 3), "machine_translated": make_score(0.1, 0.2, 3)}),
    ],
    ids=["no signs", "flagged", "habit", "passages", "abstained", "error", "never flagged at this rate"],
)
@pytest.mark.parametrize("with_text", [False, True])
def test_results_follow_the_schema(report: Report, with_text: bool) -> None:
    line = to_json_line(report, with_text=with_text)
    VALIDATOR.validate(json.loads(line))
    assert ("text" in json.loads(line)) is with_text


@pytest.mark.parametrize(
    "wrong",
    [{"verdict": "guilty"}, {"probability": None}, {"probability": 1.5}, {"extra": 1}, {"error": {"code": "x"}}],
    ids=str,
)
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(to_json(make_report()) | wrong)


def test_without_a_verdict_its_fields_are_null() -> None:
    result = to_json(make_refused("abstained"))
    fields = ("verdict", "level", "flagged", "basis", "classes", "probability", "false_positive_rate")
    assert {result[field] for field in fields} == {None}
    assert (result["evidence"], result["passages"]) == ([], [])
    assert result["abstention"] == {"code": "too-short", "message": "83 words; at least 120 are needed"}


def test_keys_stand_in_the_order_of_the_schema() -> None:
    required = result_schema()["required"]
    assert list(to_json(make_report())) == required
    assert list(to_json(make_refused("error"))) == required


def test_numbers_are_rounded_and_input_is_not() -> None:
    report = make_report(TEXT, ["lights blitz"], input={"weight": 0.123456789})
    result = to_json(report)
    assert result["classes"]["spun"]["probability"] == 0.912346
    assert result["input"] == {"weight": 0.123456789}


def test_a_habit_and_a_passage_say_where_they_are() -> None:
    text = "One said this, two said that."
    evidence = (make_evidence(text, "said", also=tuple(find_all(text, "said")[1:])),)
    result = to_json(make_report(text, ["said"], evidence=evidence, passages=make_passages(text, 0.123456789)))
    assert [(mark["start"], mark["end"], mark["also"]) for mark in result["evidence"]] == [
        (4, 8, [{"start": 19, "end": 23}])
    ]
    assert result["passages"] == [{"start": 0, "end": 29, "words": 100, "swapped_share": 0.2, "probability": 0.123457}]


@given(st.text(st.characters(), max_size=40))
def test_a_result_is_one_line_and_reads_back(text: str) -> None:
    report = make_report("x" + text, input={"title": text, "odds": float("nan")})
    line = to_json_line(report, with_text=True)
    assert len(line.splitlines()) == 1
    result = json.loads(line.encode().decode())
    assert result["text"] == "x" + text
    assert result["input"] == {"title": text, "odds": None}


def test_english_stays_readable_in_a_result() -> None:
    assert "“café”" in to_json_line(make_report("“café”"), with_text=True)


def test_marks_are_shown_by_quotation() -> None:
    report = make_report(TEXT, ["earthly noise", "lights blitz"])
    shown = to_terminal(report)
    assert "troops began a [2 lights blitz]." in shown
    assert "made an [1 earthly noise]." in shown
    assert "… 1 paragraph without marks" in shown
    assert listed(report) == [
        "Edited news does not put these words side by side:",
        ' 1 "earthly noise" → lightning offensive (62%)',
        ' 2 "lights blitz"  → lightning offensive (62%)',
    ]


def listed(report: Report, width: int = 80) -> list[str]:
    """The lines below the title of the marks."""
    return [line for line in to_terminal(report, width).split("Marks by kind", 1)[1].splitlines()[1:] if line]


def test_a_habit_is_told_once_and_bracketed_everywhere() -> None:
    text = "One mouthpiece left. A mouthpiece came, and\n\nthe mouthpiece spoke of a patch."
    habit = make_evidence(text, "mouthpiece", also=tuple(find_all(text, "mouthpiece")[1:]), suggestions=())
    report = make_report(text, ["patch"], evidence=(habit, make_evidence(text, "patch", suggestions=())))
    assert to_terminal(report).count("[1 mouthpiece]") == 3
    assert listed(report)[1:] == [' 1 "mouthpiece" (3 places)', ' 2 "patch"']


def test_marks_stand_under_the_headings_of_their_kinds() -> None:
    text = "He clutched a patch near Sarmak and Sarmac with 1.5 lights and 2,5 mutineers."
    writes = (Suggestion("held", 0.996), Suggestion("kept", 0.004))
    same = "This article has it as “Sarmach” elsewhere."
    report = make_report(
        text,
        ["patch"],
        evidence=(
            make_evidence(text, "clutched", kind="spinner-phrase", suggestions=writes),
            make_evidence(text, "Sarmak", kind="unstable-name", reason=same, suggestions=()),
            make_evidence(text, "mutineers", kind="spinner-phrase", suggestions=()),
            make_evidence(text, "lights", kind="new-kind", reason="Nobody knows it yet.", suggestions=()),
            make_evidence(text, "2,5", kind="decimal-comma", reason="A comma.", severity="fact", suggestions=()),
            make_evidence(text, "patch", kind="unstable-name", reason="Another reason.", suggestions=()),
            make_evidence(text, "Sarmac", kind="unstable-name", reason=same, suggestions=()),
        ),
    )
    assert listed(report) == [
        "Facts to check: quotations, figures and names that may have been changed:",
        ' 1 "2,5"',
        "   A comma.",
        "Word spinners write these where news writes others:",
        ' 2 "clutched"  → held (over 99%), kept (under 1%)',
        ' 3 "mutineers"',
        "Names and titles that do not stay the same:",
        ' 4 "Sarmak"',
        ' 5 "Sarmac"',
        "   This article has it as “Sarmach” elsewhere.",
        ' 6 "patch"',
        "   Another reason.",
        "Other signs:",
        ' 7 "lights"',
        "   Nobody knows it yet.",
    ]
    assert "He [2 clutched] a [6 patch] near [4 Sarmak] and [5 Sarmac]" in to_terminal(report)


def test_in_narrow_lines_suggestions_do_not_stand_in_columns() -> None:
    report = make_report(TEXT, ["earthly noise", "blitz"])
    assert ' 2 "blitz" → lightning offensive (62%)' in listed(report, 40)


def test_overlapping_marks_share_a_bracket() -> None:
    evidence = (make_evidence(TEXT, "lights blitz"), make_evidence(TEXT, "earthly"), make_evidence(TEXT, "a lights"))
    assert [ranks for _, _, ranks in marked_stretches(evidence)] == [(1, 3), (2,)]
    assert "began [1,3 a lights blitz]." in to_terminal(make_report(TEXT, ["blitz"], evidence=evidence))


def by_passage(*probabilities: float, width: int = 80, **changes: object) -> list[str]:
    """The lines that show these passages."""
    text = "Karsanian troops began a lights blitz. " * 10
    report = make_report(text, ["blitz"], passages=make_passages(text, *probabilities), **changes)
    return [line for line in to_terminal(report, width).splitlines() if " words " in line and re.match("[█░-]", line)]


def test_passages_are_shown_where_they_differ() -> None:
    assert by_passage(0.97, 0.5, 0.1, 0.15, 0.31) == [
        "████████ 0.97  words 1-100      Karsanian troops began a lights blitz. …",
        "████░░░░ 0.50  words 101-200    Karsanian troops began a lights blitz. …",
        "█░░░░░░░ 0.15  words 201-400    Karsanian troops began a lights blitz. …",
        "██░░░░░░ 0.31  words 401-500    Karsanian troops began a lights blitz. …",
    ]
    assert by_passage(0.97, 0.1, width=32) == ["████████ 0.97  words 1-100", "█░░░░░░░ 0.10  words 101-200"]


@pytest.mark.parametrize("probabilities", [(), (0.9,), (0.9, 0.6), (0.9, 0.3), (0.4, 0.1), (0.1, 0.1)])
def test_passages_alike_are_not_listed(probabilities: tuple[float, ...]) -> None:
    assert by_passage(*probabilities) == []


def test_passages_are_of_spinning() -> None:
    assert by_passage(0.9, 0.1, verdict="machine_translated") == []
    assert by_passage(0.9, 0.1, verdict="no_signs", flagged=False) == []


def test_signs_everywhere_are_said_in_a_line() -> None:
    assert "- each of its 2 passages shows signs" in to_terminal(
        make_report(TEXT, ["blitz"], passages=make_passages(TEXT, 0.9, 0.6))
    )
    for probabilities in ((0.9,), (0.9, 0.4), (0.9, 0.1)):
        report = make_report(TEXT, ["blitz"], passages=make_passages(TEXT, *probabilities))
        assert "shows signs" not in to_terminal(report)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (make_report(TEXT, ["blitz"]), "Signs of word substitution: worth a look"),
        (make_report(TEXT, ["blitz"], level="strong"), "Strong signs of word substitution"),
        (make_report(TEXT, ["blitz"], verdict="machine_translated"), "Signs of machine translation: worth a look"),
        (make_report(), "No signs found. That proves nothing"),
        (make_refused("abstained"), "No verdict: 83 words; at least 120 are needed"),
        (make_refused("error", "binary", "not text"), "Could not be read: not text"),
    ],
)
def test_the_verdict_is_said_in_words(report: Report, words: str) -> None:
    assert words in to_terminal(report)


def test_the_figures_stand_beside_the_verdict() -> None:
    shown = " ".join(to_terminal(make_report(TEXT, ["blitz"])).split())
    assert (
        "word substitution: probability 0.91 (above the cut, 0.62) if 10% of articles are so; "
        "12 of 2,995 untouched articles scored this high" in shown
    )
    assert "at most 1% of untouched articles asked for, 0.83% measured (95% interval 0.57% to 1.22%)" in shown


@pytest.mark.parametrize(
    ("probability", "said"), [(0.0004, "under 0.01"), (0.01, "0.01"), (0.99, "0.99"), (0.9996, "over 0.99")]
)
def test_no_probability_is_told_as_a_certainty(probability: float, said: str) -> None:
    report = replace(make_report(), classes={"spun": make_score(probability, 0.62, 3), "paraphrased": None})
    assert f"word substitution: probability {said} (" in " ".join(to_terminal(report).split())


def test_no_signs_is_told_with_what_is_missed() -> None:
    shown = " ".join(to_terminal(make_report()).split())
    assert "reworded articles are missed too, here 20% of 500 spun articles, and 20% of 500 spun articles." in shown


@pytest.mark.parametrize("width", [1, 24, 40, 80, 400])
@pytest.mark.parametrize("colour", [False, True])
def test_lines_keep_to_the_width(width: int, colour: bool) -> None:
    text = TEXT * 5 + "x" * 500
    passages = make_passages(text, 0.9, 0.1, 0.6)
    report = make_report(text, ["lights blitz", "x" * 400], id="a/very/long/path/" * 9, passages=passages)
    for line in to_terminal(report, width, colour=colour).splitlines():
        assert len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= max(32, min(width, 100))


def test_colour_ends_where_the_line_ends() -> None:
    report = make_report("One two three four five six seven eight nine ten.", ["two three four five six seven"])
    coloured = to_terminal(report, 24, colour=True)
    assert coloured.count("\x1b[1;33m") > 1
    assert all(line.count("\x1b[1;33m") == line.count("\x1b[0m") for line in coloured.splitlines())
    assert "\x1b" not in to_terminal(report, 24)


def test_hostile_text_is_neutralised_everywhere() -> None:
    text = f"Before {HOSTILE} after a lights blitz."
    evidence = (
        make_evidence(text, HOSTILE, kind="grammar", reason=HOSTILE, suggestions=(Suggestion(HOSTILE, 0.5),)),
        make_evidence(text, "lights blitz"),
    )
    for report in (
        make_report(text, ["blitz"], evidence=evidence, id=HOSTILE),
        make_report(text, ["blitz"], evidence=evidence, passages=make_passages(HOSTILE + text, 0.9, 0.1)),
        make_refused("error", "binary", HOSTILE),
    ):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\ue000\ud800]", to_terminal(report))
    assert "[1 pay<U+202E>lap<U+001B>[2J" in " ".join(to_terminal(make_report(text, ["b"], evidence=evidence)).split())


@given(st.text(st.characters()))
def test_neutral_text_is_stable_and_harmless(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)
    assert neutral(text).isprintable()


@pytest.mark.parametrize("text", ["Zoë’s “café” – £5…", "naïve Łódź", "5 °C ½ €"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
