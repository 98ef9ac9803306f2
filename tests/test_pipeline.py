"""The Detector: one report an item, in order, whatever stands beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from detector import marking, measuring, pipeline
from detector.classifier import Classifier, Network
from detector.findings import ModelInfo, Report
from detector.language_model import Vocabulary
from detector.pipeline import MAX_CHARACTERS, Detector
from detector.render import result_schema, to_json_line
from detector.resources import Resources
from detector.segment import segment, segment_all
from detector.text import Document, Failure, Record, Span
from detector.verdict import MIN_MARKED_SENTENCES, MIN_MARKS, visible

VALIDATOR = Draft202012Validator(result_schema())


@pytest.fixture(scope="module")
def detector(resources: Resources, classifier: Classifier) -> Detector:
    return Detector(ModelInfo("tiny", "1", "sha256:0"), resources, classifier)


def changed(detector: Detector, **calibration: object) -> Detector:
    """The same detector with another calibration."""
    classifier = detector.classifier
    new = dataclasses.replace(classifier.calibration, **calibration)  # type: ignore[arg-type]
    return Detector(detector.info, detector.resources, dataclasses.replace(classifier, calibration=new))


def records(texts: Sequence[str]) -> list[Record]:
    return [Record(f"story {i}", text) for i, text in enumerate(texts)]


def mixed(wire_texts: Sequence[str], spun_texts: Sequence[str]) -> list[Record | Failure]:
    """Clean and spun stories among some that give no verdict, each with an id of its own."""
    texts = [wire_texts[0], spun_texts[1], "Too short.", spun_texts[2], "", wire_texts[3], "la cosa es así " * 60]
    return [*records(texts), Failure("broken", "invalid-json", "line 3: expected an object", {"line": 3})]


@pytest.fixture(scope="module")
def items(wire_texts: tuple[str, ...], spun_texts: tuple[str, ...]) -> list[Record | Failure]:
    return mixed(wire_texts, spun_texts)


@pytest.fixture(scope="module")
def alone(detector: Detector, items: list[Record | Failure]) -> dict[str, str]:
    """Each item's result by itself, as JSON."""
    return {item.id: to_json_line(detector.score([item], evidence="all")[0], with_text=True) for item in items}


def test_clean_and_spun_stories_are_told_apart(
    detector: Detector, wire_texts: tuple[str, ...], spun_texts: tuple[str, ...]
) -> None:
    clean, spun = detector.score(records(wire_texts)), detector.score(records(spun_texts))
    assert {(report.status, report.verdict, report.level, report.flagged) for report in clean} == {
        ("ok", "no_signs", "none", False)
    }
    flagged = [report for report in spun if report.flagged]
    assert len(flagged) > len(spun) / 2
    assert {(report.verdict, report.level) for report in flagged} == {("spun", "worth_a_look")}
    for report in [*clean, *spun]:
        VALIDATOR.validate(json.loads(to_json_line(report)))


def test_a_report_says_what_it_is_of(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    record = Record("a", spun_texts[0], title="A title", url="https://example.org/a", fields={"desk": "world"})
    (report,) = detector.score([record])
    assert (report.id, report.input, report.language) == ("a", {"desk": "world"}, "en")
    assert report.text == spun_texts[0]
    assert report.text_sha256 == hashlib.sha256(spun_texts[0].encode()).hexdigest()
    assert report.words is not None
    assert report.words > 120
    assert report.false_positive_rate is not None
    assert report.false_positive_rate.asked == 0.01
    assert report.false_positive_rate.measured <= 0.01
    assert report.false_positive_rate.n == 400
    assert report.classes is not None
    assert report.classes["paraphrased"] is None
    spun = report.classes["spun"]
    assert spun is not None
    assert report.probability == max(score.probability for score in report.classes.values() if score)
    assert (spun.probability >= spun.threshold) is report.flagged


def test_a_failure_becomes_an_error_row(detector: Detector) -> None:
    (report,) = detector.score([Failure("x", "invalid-json", "line 3: expected an object", {"line": 3})])
    assert (report.id, report.status, report.verdict, report.input) == ("x", "error", None, {"line": 3})
    assert report.error is not None
    assert (report.error.code, report.error.message) == ("invalid-json", "line 3: expected an object")
    VALIDATOR.validate(json.loads(to_json_line(report)))


@pytest.mark.parametrize("content", ["", "\x00\x01\x02" * 100], ids=["empty", "binary"])
def test_what_cannot_be_read_becomes_an_error_row(detector: Detector, content: str) -> None:
    (report,) = detector.score([Record("x", content)])
    assert report.status == "error"
    assert report.error is not None
    VALIDATOR.validate(json.loads(to_json_line(report)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Too short.", "too-short"),
        ("A story of a few words. " * 10, "too-short"),
        ("La tormenta llegó el lunes y cerró las carreteras, según dijo el alcalde de la ciudad. " * 12, "not-english"),
        ("Harbour City 3 Dezhar United 2\n" * 60, "not-prose"),
    ],
)
def test_what_cannot_be_judged_gets_no_verdict(detector: Detector, text: str, code: str) -> None:
    (report,) = detector.score([Record("x", text)])
    assert (report.status, report.verdict, report.flagged, report.classes) == ("abstained", None, None, None)
    assert report.abstention is not None
    assert report.abstention.code == code
    assert report.evidence == ()
    VALIDATOR.validate(json.loads(to_json_line(report)))


def test_a_text_that_no_newspaper_prints_is_too_long(detector: Detector, wire_texts: tuple[str, ...]) -> None:
    text = "\n".join(wire_texts) * 10
    assert len(text) > MAX_CHARACTERS
    (report,) = detector.score([Record("x", text)])
    assert report.abstention is not None
    assert report.abstention.code == "too-long"
    assert f"{MAX_CHARACTERS:,} characters, got {len(text):,}" in report.abstention.message


def test_a_mistake_of_ours_costs_one_article(
    detector: Detector, wire_texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(texts: Sequence[tuple[str, Sequence[Span]]], vocabulary: Vocabulary) -> list[Document]:
        for text, _ in texts:
            if "POISON" in text:
                raise IndexError(text)
        return segment_all(texts, vocabulary)

    monkeypatch.setattr(pipeline, "segment_all", faulty)
    reports = detector.score(records([wire_texts[0], f"{wire_texts[1]} POISON.", wire_texts[2]]))
    assert [report.status for report in reports] == ["ok", "error", "ok"]
    assert reports[1].error is not None
    assert reports[1].error.code == "internal"
    assert "POISON" not in reports[1].error.message  # nothing of an article's text is said


def test_nothing_gives_nothing(detector: Detector) -> None:
    assert detector.score([]) == []


@settings(max_examples=8)
@given(data=st.data())
def test_neighbours_and_order_change_no_byte(
    detector: Detector, items: list[Record | Failure], alone: dict[str, str], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(items), max_size=9))
    reports = detector.score(chosen, evidence="all")
    assert [to_json_line(report, with_text=True) for report in reports] == [alone[item.id] for item in chosen]


@pytest.mark.parametrize("batch_tokens", [1, 400, 10**6])
def test_batches_change_no_byte(
    detector: Detector,
    items: list[Record | Failure],
    alone: dict[str, str],
    batch_tokens: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measuring, "BATCH_TOKENS", batch_tokens)
    reports = detector.score(items, evidence="all")
    assert [to_json_line(report, with_text=True) for report in reports] == list(alone.values())


def quoted(report: Report) -> list[str]:
    return [mark.text for mark in report.evidence]


def test_evidence_is_shown_to_whom_it_is_asked_for(
    detector: Detector, wire_texts: tuple[str, ...], spun_texts: tuple[str, ...]
) -> None:
    # A clean story with a hidden character, and a spun one.
    both = records([with_odd_words(wire_texts[0], 0), spun_texts[0]])
    none, flagged, every = (detector.score(both, evidence=kind) for kind in ("none", "flagged", "all"))
    assert [report.flagged for report in every] == [False, True]
    assert [len(report.evidence) for report in none] == [0, 0]
    assert quoted(flagged[0]) == []
    assert quoted(every[0]) == ["gov\u0435rnment"]
    assert "in keeping with" in quoted(every[1])
    assert flagged[1].evidence == every[1].evidence
    for one, other in zip(none, every, strict=True):
        assert dataclasses.replace(one, evidence=other.evidence) == other


def with_odd_words(text: str, n: int) -> str:
    """A story with so many words replaced in as many sentences, and one hidden character."""
    odd = (
        ("disputed region", "disputed patch"),
        ("powerful storm", "powerful tempest"),
        ("according to", "in keeping with"),
    )
    first, *others = text.split("\n\n")
    for clean, spun in odd[:n]:
        assert clean in first
        first = first[: (at := first.rindex(clean))] + spun + first[at + len(clean) :]
    return "\n\n".join([first.replace("government", "gov\u0435rnment", 1), *others])


@pytest.mark.parametrize(("n", "shown"), [(0, []), (1, []), (2, []), (3, ["in keeping with", "patch", "tempest"])])
def test_a_few_odd_words_are_their_authors(
    detector: Detector, wire_texts: tuple[str, ...], n: int, shown: list[str]
) -> None:
    """What is there whatever one believes is shown all the same."""
    sure = changed(detector, mark_threshold=0.1)
    (report,) = sure.score([Record("x", with_odd_words(wire_texts[0], n))], evidence="all")
    assert sorted(quoted(report)) == sorted([*shown, "gov\u0435rnment"])


def test_marks_lie_in_the_text_and_do_not_overlap(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    for report in detector.score(records(spun_texts), evidence="all"):
        assert report.text is not None
        spans = sorted((mark.start, mark.end) for mark in report.evidence)
        assert all(mark.text == report.text[mark.start : mark.end] for mark in report.evidence)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_marks_stand_by_belief(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    for one in detector.measure([detector_document(detector, text) for text in spun_texts[:4]]):
        cut = detector.classifier.calibration.mark_threshold
        believed = [Span(entry.mark.start, entry.mark.end) for entry in detector.found(one) if entry.belief >= cut]
        shown = [place for mark in detector.marks(one) for place in mark.places]
        assert shown
        assert all(any(a.start < b.end and b.start < a.end for b in believed) for a in shown)
        assert all(any(a.start < b.end and b.start < a.end for b in shown) for a in believed)


def test_an_odd_word_is_believed_by_what_the_article_is(
    detector: Detector, wire_texts: tuple[str, ...], spun_texts: tuple[str, ...]
) -> None:
    odd = wire_texts[0].replace("disputed region", "disputed patch", 1)
    alone, among = (
        [entry.belief for entry in detector.found(one) if entry.mark.text == "patch"]
        for one in detector.measure([detector_document(detector, text) for text in (odd, spun_texts[0])])
    )
    assert alone
    assert max(alone) < min(among)


def test_passages_tile_the_article_and_tell_the_spun_half(
    detector: Detector, wire_texts: tuple[str, ...], spun_texts: tuple[str, ...]
) -> None:
    (report,) = detector.score([Record("x", wire_texts[0] + "\n" + spun_texts[1])])
    assert report.text is not None
    starts, ends = zip(*((passage.start, passage.end) for passage in report.passages), strict=True)
    assert (starts[0], ends[-1]) == (0, len(report.text.rstrip()))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert report.words == sum(passage.words for passage in report.passages)
    seam = len(wire_texts[0])
    clean = [passage.probability for passage in report.passages if passage.end <= seam]
    spun = [passage.probability for passage in report.passages if passage.start >= seam]
    assert max(clean) < min(spun)


def detector_document(detector: Detector, text: str) -> Document:
    return segment(text, detector.resources.vocabulary)


def test_a_hidden_character_is_shown_whatever_the_token_stage_says(
    detector: Detector, wire_texts: tuple[str, ...]
) -> None:
    text = wire_texts[0].replace("government", "gov\u0435rnment", 1)
    (report,) = changed(detector, mark_threshold=1.0).score([Record("x", text)], evidence="all")
    assert quoted(report) == ["gov\u0435rnment"]


def test_hidden_characters_lower_no_verdict(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    text = re.sub(r"\b([a-z])(?=[a-z]{3})", "\\1\u200b", spun_texts[0])
    plain, hidden = detector.score([Record("plain", spun_texts[0]), Record("hidden", text)], evidence="all")
    assert (hidden.verdict, hidden.level) == (plain.verdict, plain.level)
    assert hidden.verdict == "spun"
    kinds = {mark.kind for mark in hidden.evidence}
    assert "hidden-character" in kinds
    assert {mark.text.replace("\u200b", "") for mark in hidden.evidence} >= {mark.text for mark in plain.evidence}


def test_what_is_certain_crowds_nothing_out(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    crowd = " ".join(f"w{'e' * (i % 50)}\u200bx{'y' * (i // 50)}" for i in range(2500))
    (one,) = detector.measure([detector_document(detector, f"{spun_texts[0]}\n\n{crowd}")])
    marks = detector.marks(one)
    reworded = [mark for mark in marks if mark.kind != "hidden-character"]
    assert len(marks) - len(reworded) == marking.MAX_MARKS
    assert {"patch", "lights blitz"} <= {mark.text for mark in reworded}


def test_one_habit_is_one_mark(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    document = detector_document(detector, spun_texts[0])
    (one,) = detector.measure([document])
    marks = detector.marks(one)
    habit = next(mark for mark in marks if mark.also)
    everywhere = dataclasses.replace(habit, also=tuple(place for mark in marks for place in mark.places))
    assert not visible([everywhere], document)
    assert visible(marks, document)


def test_no_flag_for_spinning_without_marks_to_see(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    (seen,) = detector.score([Record("x", spun_texts[0])], evidence="all")
    assert seen.flagged
    (unseen,) = changed(detector, mark_threshold=2.0).score([Record("x", spun_texts[0])], evidence="all")
    assert (unseen.flagged, unseen.verdict, unseen.level) == (False, "no_signs", "none")


def test_what_is_not_flagged_stands_below_the_threshold(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    (unseen,) = changed(detector, mark_threshold=2.0).score([Record("x", spun_texts[0])])
    spun = json.loads(to_json_line(unseen))["classes"]["spun"]
    assert spun["probability"] < spun["threshold"]


def test_marks_must_be_several_and_in_several_sentences(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    document = detector_document(detector, spun_texts[0])
    (one,) = detector.measure([document])
    marks = sorted(detector.marks(one), key=lambda mark: mark.start)
    sentence = [int(document.sentence[np.searchsorted(document.start, mark.end) - 1]) for mark in marks]
    together = [mark for mark, number in zip(marks, sentence, strict=True) if number == sentence[-1]]
    assert (MIN_MARKS, MIN_MARKED_SENTENCES) == (3, 2)
    assert len(set(sentence)) >= 2
    assert visible(marks, document)
    assert not visible(marks[:2], document)
    assert not visible(together[-1:] * 3, document)
    assert not visible([], document)


def test_a_larger_sample_tells_strong_from_worth_a_look(detector: Detector, spun_texts: tuple[str, ...]) -> None:
    scores = np.stack([np.linspace(-6, -1, 4000)] * 2, axis=1)
    others = {"groups": np.zeros(4000, np.int8), "visible": np.ones(4000, bool)}
    (report,) = changed(detector, untouched=scores, **others).score([Record("x", spun_texts[0])])
    assert (report.verdict, report.level) == ("spun", "strong")
    high = scores.copy()
    high[-4:, 0] = 1000.0  # what a rate of 0.001 flags at most
    (report,) = changed(detector, untouched=high, **others).score([Record("x", spun_texts[0])])
    assert (report.verdict, report.level) == ("spun", "worth_a_look")


def test_translated_articles_are_flagged_without_marks(detector: Detector, wire_texts: tuple[str, ...]) -> None:
    always = Network(("profile_of",), np.zeros(1), np.ones(1), (np.zeros((1, 1)),), (np.array([9.0]),))
    classifier = detector.classifier
    sure = dataclasses.replace(classifier, articles={**classifier.articles, "machine_translated": always})
    (report,) = Detector(detector.info, detector.resources, sure).score([Record("x", wire_texts[0])])
    assert (report.verdict, report.flagged) == ("machine_translated", True)
    assert report.classes is not None
    spun = report.classes["spun"]
    assert spun is not None
    assert spun.probability < spun.threshold  # the certainty of one class is never lent to the other


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.001])
def test_a_rate_that_cannot_be_kept_is_refused_before_anything_is_read(detector: Detector, rate: float) -> None:
    with pytest.raises(ValueError, match="false-positive rate"):
        detector.score([Record("x", "Too short.")], max_fpr=rate)
