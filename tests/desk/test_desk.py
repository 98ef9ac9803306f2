"""What a desk withholds and adds, through the whole of a Detector and through worker processes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from reports import make_evidence, make_report

from detector.as_given import as_given
from detector.batch.stream import Scorer
from detector.classifier import Classifier
from detector.cli import main
from detector.desk import Desk, Dictionary, findings_of, fingerprint, whole_fingerprint
from detector.findings import ModelInfo, Report
from detector.ingest import prepare
from detector.pipeline import Detector, EvidenceFor
from detector.render import result_schema, to_json, to_json_line, to_terminal
from detector.render.report_markdown import to_markdown
from detector.render.report_page import to_html
from detector.resources import Resources
from detector.text import Article, Record, Span

VALIDATOR = Draft202012Validator(result_schema())
ALWAYS = Dictionary.of([], {"the government": "ministers"})


@pytest.fixture(scope="module")
def detector(resources: Resources, classifier: Classifier) -> Detector:
    return Detector(ModelInfo("tiny", "1", "sha256:0"), resources, classifier)


@pytest.fixture(scope="module")
def spun(detector: Detector, spun_texts: tuple[str, ...]) -> Report:
    """The first story that is flagged for its marks."""
    return next(one for one in detector.score([Record("s", text) for text in spun_texts]) if one.verdict == "spun")


def at_desk(detector: Detector, text: str, desk: Desk | None, evidence: EvidenceFor = "flagged") -> Report:
    own = Detector(detector.info, detector.resources, detector.classifier, desk=desk)
    (report,) = own.score([Record("s", text)], evidence=evidence)
    VALIDATOR.validate(to_json(report))
    return report


def accepting(report: Report) -> Desk:
    return Desk(None, frozenset(finding.fingerprint for finding in findings_of(report)))


def test_without_a_desk_nothing_is_said_of_one(spun: Report) -> None:
    assert to_json(spun)["desk"] is None


def test_an_article_of_which_all_was_accepted_is_not_flagged(detector: Detector, spun: Report) -> None:
    report = at_desk(detector, spun.text or "", accepting(spun))
    desk = to_json(report)["desk"]
    assert (report.verdict, report.level, report.flagged, report.evidence) == ("no_signs", "none", False, ())
    assert desk["withdrawn"] == "spun"
    assert desk["accepted"] == sum(len(mark.places) for mark in spun.evidence)
    score = (report.classes or {})["spun"]
    assert score is not None
    assert score.probability < score.threshold


def test_accepted_marks_stay_accepted_when_paragraphs_move_and_others_come(detector: Detector, spun: Report) -> None:
    first, second = (spun.text or "").strip().split("\n\n")
    moved = f"{second}\n\n{first}\n"
    report = at_desk(detector, moved, accepting(spun), "all")
    assert not report.flagged
    again = at_desk(detector, moved.replace("lights blitz", "lights blitz at the patch", 1), accepting(spun), "all")
    assert [mark.text for mark in again.evidence if "lights" in mark.text]  # its neighbours are others now


def test_too_few_marks_left_are_no_flag(detector: Detector, spun: Report) -> None:
    kept = spun.evidence[:2]
    known = {one.fingerprint for one in findings_of(replace(spun, evidence=spun.evidence[2:]))}
    report = at_desk(detector, spun.text or "", Desk(None, frozenset(known)), "all")
    assert not report.flagged
    assert [mark.text for mark in report.evidence] == [mark.text for mark in kept]


def test_phrases_never_to_mark(detector: Detector, spun: Report) -> None:
    named = spun.evidence[0]
    report = at_desk(detector, spun.text or "", Desk(Dictionary.of([named.text.casefold()], {})), "all")
    assert named.text.casefold() not in {mark.text.casefold() for mark in report.evidence}
    assert to_json(report)["desk"]["never"] >= len(named.places)
    everything = Dictionary.of({mark.text.casefold() for mark in spun.evidence}, {})
    report = at_desk(detector, spun.text or "", Desk(everything))
    assert (report.flagged, to_json(report)["desk"]["withdrawn"]) == (False, "spun")


TEXT = "The lights blitz on the patch. A p\u0430tch."


def decided(desk: Desk, *marks: tuple[str, str], clutter: Sequence[Span] = ()) -> list[str]:
    made = [make_evidence(TEXT, phrase, kind=kind, extractor=kind) for phrase, kind in marks]
    kept = desk.decide(made, Article("a", TEXT, clutter=tuple(clutter)))
    return [mark.text for mark in (*kept.marks, *kept.added)]


def test_a_mark_inside_of_a_phrase_never_to_mark_is_withheld_there_alone() -> None:
    desk = Desk(Dictionary.of(["the lights blitz"], {}))
    assert decided(desk, ("lights blitz", "off-topic"), ("patch", "off-topic")) == ["patch"]
    twice = make_evidence("a blitz, the lights blitz", "blitz", 1, also=(Span(2, 7),))
    (left,) = desk.decide([twice], Article("a", "a blitz, the lights blitz")).marks
    assert (left.start, left.end, left.text, left.also) == (2, 7, "blitz", ())


def test_letters_that_only_look_like_a_phrase_are_told_all_the_same() -> None:
    desk = Desk(Dictionary.of(["patch"], {}))
    assert decided(desk, ("p\u0430tch", "hidden-character"), ("p\u0430tch", "off-topic")) == ["p\u0430tch"]


def test_marks_of_the_dictionary_can_be_accepted_and_are_not_in_clutter() -> None:
    words = Dictionary.of([], {"patch": "region"})
    assert decided(Desk(words)) == ["patch"]
    assert decided(Desk(words), clutter=[Span(0, 30)]) == ["p\u0430tch"]
    first = make_evidence(TEXT, "patch", kind="desk-dictionary")
    assert decided(Desk(words, frozenset({fingerprint(first, TEXT)}))) == ["p\u0430tch"]


def test_marks_of_markdown_are_known_by_what_they_say_and_told_as_written() -> None:
    article = prepare(Record("a", "## Blitz\n\nThe li**ghts** blitz, the **patch**.", is_markdown=True))
    marks = [make_evidence(article.text, phrase, kind="off-topic") for phrase in ("lights blitz", "patch")]
    (left,) = Desk(Dictionary.of(["the lights blitz"], {})).decide(marks, article).marks
    assert left.text == "patch"
    (added,) = Desk(Dictionary.of([], {"lights blitz": "offensive"})).decide((), article).added
    report = as_given(make_report(text=article.text, evidence=(*marks, added)), article)
    assert [mark.text for mark in report.evidence] == ["li**ghts** blitz", "patch", "li**ghts** blitz"]
    assert accepting(report).decide(marks, article).marks == []


def test_phrases_always_to_mark_are_shown_whatever_the_verdict(detector: Detector, wire_texts: tuple[str, ...]) -> None:
    text = next(text for text in wire_texts if "The government" in text)
    report = at_desk(detector, text, Desk(ALWAYS))
    assert not report.flagged
    assert {mark.extractor for mark in report.evidence} == {"desk-dictionary"}
    assert [one.text for one in report.evidence[0].suggestions] == ["ministers"]
    assert at_desk(detector, text, Desk(ALWAYS), "none").evidence == ()
    short = at_desk(detector, "The government said no.", Desk(ALWAYS))
    assert (short.status, [mark.text for mark in short.evidence]) == ("abstained", ["The government"])
    assert "[1 The government]" in to_terminal(short)
    assert "The government" in to_html(short, "now")
    assert "ministers" in to_markdown(short, "now")


def test_they_are_no_reason_for_a_flag(detector: Detector, spun: Report) -> None:
    words = Dictionary.of([], dict.fromkeys(("said", "that", "the", "officials", "police"), "x"))
    report = at_desk(detector, spun.text or "", replace(accepting(spun), dictionary=words))
    assert not report.flagged
    assert len(report.evidence) >= 3


def test_a_verdict_on_a_whole_text_is_accepted_to_the_letter(detector: Detector, spun: Report) -> None:
    text, digest = spun.text or "", spun.text_sha256 or ""
    desk = Desk(None, frozenset({whole_fingerprint("spun", digest)}))
    report = at_desk(detector, text, desk)
    assert report.desk is not None
    assert (report.flagged, report.desk.withdrawn) == (False, "spun")
    assert at_desk(detector, f"{text} ", desk).flagged
    paraphrase = replace(spun, verdict="paraphrased", level="worth_a_look")
    accepted = Desk(None, frozenset({whole_fingerprint("paraphrased", digest)})).without_paraphrase(paraphrase)
    assert (accepted.verdict, accepted.flagged, to_json(accepted)["desk"]["withdrawn"]) == (
        "no_signs",
        False,
        "paraphrased",
    )
    assert desk.without_paraphrase(paraphrase) is paraphrase


def test_every_form_says_how_many_were_withheld(detector: Detector, spun: Report) -> None:
    report = at_desk(detector, spun.text or "", accepting(spun))
    assert report.desk is not None
    said = f"Not shown: {report.desk.accepted} marked places accepted before."
    for shown in (to_terminal(report, 200), to_html(report, "now"), to_markdown(report, "now")):
        assert said in " ".join(shown.split())
        assert "would have been spun" in " ".join(shown.split())


def test_without_a_verdict_every_form_says_what_was_withheld_too(detector: Detector) -> None:
    text = "Envoys of both sides agreed that the government should stay out of the talks."
    marked = at_desk(detector, text, Desk(ALWAYS))
    report = at_desk(detector, text, replace(accepting(marked), dictionary=ALWAYS))
    assert (marked.status, len(marked.evidence), report.evidence) == ("abstained", 1, ())
    for shown in (to_terminal(report, 200), to_html(report, "now"), to_markdown(report, "now")):
        assert "Not shown: 1 marked place accepted before." in " ".join(shown.split())


def test_workers_have_the_same_desk(model_folder: Path, spun: Report, detector: Detector) -> None:
    desk = replace(accepting(spun), dictionary=ALWAYS)
    assert pickle.loads(pickle.dumps(desk)) == desk
    assert pickle.loads(pickle.dumps(desk)).digest == desk.digest != Desk(ALWAYS).digest
    scorer = Scorer.open(model_folder, None, max_fpr=0.01, evidence="flagged", desk=desk)
    item = Record("s", spun.text or "")
    (row,) = scorer.rows([item], workers=1)
    (here,) = scorer.reports_here([item])
    assert row.line.decode().rstrip("\n") == to_json_line(here)
    assert json.loads(row.line)["desk"]["withdrawn"] == "spun"


def test_a_run_goes_on_with_the_same_desk_alone(
    tmp_path: Path, model_folder: Path, clean_copy: tuple[str, ...]
) -> None:
    articles, out, words = tmp_path / "a.jsonl", tmp_path / "out.jsonl", tmp_path / "desk.tsv"
    articles.write_text(
        "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(clean_copy[:5]))
    )
    words.write_text("always\tthe government\tministers\n")
    args = ["score", str(articles), "--model", str(model_folder), "-o", str(out), "--dictionary", str(words)]
    assert CliRunner().invoke(main, args).exit_code == 0
    assert any(json.loads(line)["evidence"] for line in out.read_text().splitlines())
    plan = {"schema": "unspin.run/1", "desk": "another"}
    (tmp_path / ".out.jsonl.parts").mkdir()
    (tmp_path / ".out.jsonl.parts" / "plan.json").write_text(json.dumps(plan))
    refused = CliRunner().invoke(main, [*args, "--resume"])
    assert refused.exit_code == 2
    assert "desk was 'another' and is" in refused.stderr
