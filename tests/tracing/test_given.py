"""References that a person names: laid beside whatever they share, called a source by the rule of the archive alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from pier_story import STORY
from wire_stories import story_text, swapped

from detector.align import load_linker
from detector.cli import main
from detector.errors import InputError
from detector.ingest import prepare
from detector.pipeline import Detector
from detector.render import result_schema, to_json_line, to_terminal
from detector.text import Record
from detector.tracing import given
from detector.tracing.given import MOST_GIVEN, GivenReferences, read_references
from detector.tracing.naming import FEWEST_WORDS, LEAST_SHARE
from detector.tracing.sources import MOST_CHARACTERS

Beside = Callable[..., Detector]


@pytest.fixture(scope="module")
def plain() -> Detector:
    return Detector.load()


@pytest.fixture(scope="module")
def beside(plain: Detector) -> Beside:
    """A detector that lays these stories beside every article."""
    linker = load_linker()

    def make(*stories: int | str) -> Detector:
        texts = [(f"given-{one}"[:12], story_text(one) if isinstance(one, int) else one) for one in stories]
        articles = [prepare(Record(name, text)) for name, text in texts]
        laid = GivenReferences(articles, plain.resources, linker)
        return Detector(plain.info, plain.resources, plain.classifier, given=laid)

    return make


def cut(text: str, n_words: int) -> str:
    return " ".join(text.split()[:n_words]) + "."


def unspin(*args: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, args)), env={"COLUMNS": "80"})


def test_what_it_was_made_from_is_a_source_and_the_rest_stands_beside_it(beside: Beside) -> None:
    (report,) = beside(7, 1).score([Record("a", swapped(story_text(1), 0.2))])
    assert [source.id for source in report.sources] == ["given-1"]
    assert [source.id for source in report.others] == ["given-7"]
    assert report.archive is None
    result = json.loads(to_json_line(report))
    jsonschema.validate(result, result_schema())
    assert [one["id"] for one in result["references"]] == ["given-1", "given-7"]
    assert {swap["reference_id"] for swap in result["swaps"]} >= {"given-1"}
    shown = to_terminal(report)
    assert "Not made from it by what was measured" in shown
    assert shown.count("Shares its text with: ") == 1
    assert "(no title)" not in shown


def test_a_fact_that_differs_at_several_places_is_told_once(beside: Beside) -> None:
    twice = story_text(1).replace("1072", "77").replace("751", "77")
    source = story_text(1).replace("1072", "many").replace("751", "many")
    (report,) = beside(source).score([Record("a", twice)])
    shown = to_terminal(report)
    assert shown.count('number: "77"') == 1
    assert '"77" is not in the other article (2 places)' in shown


def test_a_merged_article_has_all_of_its_sources_and_two_versions_are_both_sources(beside: Beside) -> None:
    merged = story_text(1) + "\n" + story_text(2)
    (report,) = beside(1, 2, 3).score([Record("a", merged)])
    assert {source.id for source in report.sources} == {"given-1", "given-2"}
    later = story_text(1) + " The council meets again in May."
    (report,) = beside(1, later).score([Record("a", story_text(1))])
    assert len(report.sources) == 2
    assert report.others == ()


def test_a_few_sentences_of_another_reference_are_enough_beside_a_first(beside: Beside) -> None:
    few = ". ".join(story_text(2).split(". ")[:4]) + "."
    merged = "\n".join([*map(story_text, (1, 7, 8)), few])
    assert len(few.split()) < LEAST_SHARE * len(merged.split())
    (report,) = beside(1, 2, 7, 8).score([Record("a", merged)])
    assert {source.id for source in report.sources} == {"given-1", "given-2", "given-7", "given-8"}
    (report,) = beside(1, 3, 7, 8).score([Record("a", merged)])
    assert [source.id for source in report.others] == ["given-3"]


def test_a_reference_that_is_hardly_covered_does_not_hide_one_that_is(beside: Beside) -> None:
    """The worse one explains more words."""
    worse, better = (". ".join(story_text(n).split(". ")[:k]) + "." for n, k in ((7, 6), (5, 4)))
    (report,) = beside(STORY, 7, 5).score([Record("a", "\n".join([STORY, swapped(worse, 0.85), better]))])
    assert [source.id for source in report.sources] == [f"given-{STORY}"[:12], "given-5"]


def test_paraphrased_is_said_by_the_rule_of_the_archive_alone(
    beside: Beside, plain: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.tracing import naming

    record = Record("a", swapped(story_text(1), 0.2))
    without = plain.score([record])[0]
    assert beside(9).score([record])[0].verdict == without.verdict
    assert without.flagged or beside(1).score([record])[0].verdict == "paraphrased"
    monkeypatch.setattr(naming, "LEAST_COVERED", 2.0)
    monkeypatch.setattr(naming, "LEAST_OF_BOTH", 2.0)
    monkeypatch.setattr(naming, "retells", lambda names: False)
    report = beside(1).score([record])[0]
    assert report.verdict == without.verdict
    assert [source.id for source in report.others] == ["given-1"]


def test_an_article_without_a_verdict_is_laid_beside_it_too(beside: Beside) -> None:
    short = cut(swapped(story_text(1), 0.1), 90)
    report, alone = beside(1).score([Record("a", short), Record("b", story_text(4))])
    assert (report.status, report.verdict, report.flagged) == ("abstained", None, None)
    assert [source.id for source in report.sources] == ["given-1"]
    result = json.loads(to_json_line(report))
    jsonschema.validate(result, result_schema())
    assert result["verdict"] is None
    assert result["swaps"]
    assert to_json_line(report) == to_json_line(beside(1).score([Record("a", short)])[0])
    assert "Shares its text with: " in to_terminal(report)
    assert alone.sources == ()


def test_very_short_texts_have_no_source_but_stand_beside_what_was_named(beside: Beside) -> None:
    (report,) = beside(1).score([Record("a", cut(story_text(1), FEWEST_WORDS - 10))])
    assert report.sources == ()
    assert len(report.others) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("la cosa es así y no hay más que decir " * 20, "expected English"),
        (story_text(1) * (MOST_CHARACTERS // len(story_text(1)) + 1), "expected at most"),
        ("Too short.", "too few words"),
    ],
)
def test_what_cannot_be_laid_beside_says_so(beside: Beside, text: str, said: str) -> None:
    (report,) = beside(1).score([Record("a", text)])
    assert report.sources == report.others == ()
    assert said in str(report.not_compared)
    assert "Laid beside no other text" in to_terminal(report)
    assert "Laid beside" not in to_terminal(beside().score([Record("a", story_text(1))])[0])


def test_an_article_that_breaks_the_aligner_costs_itself_alone(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = beside(1)

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(given, "compare", fails)
    reports = detector.score([Record("a", story_text(1)), Record("b", "")])
    assert [report.error.code if report.error else "" for report in reports] == ["internal", "empty"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\x00\x01\x02" * 50, "binary"),
        ("la cosa es así y no hay más que decir ".encode() * 20, "not-english"),
        (b"Too short.", "not-english"),
        (b"The cat sat on the mat with the dog. " * 2000, "too-long"),
    ],
)
def test_a_reference_that_is_none_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "reference.txt"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_references([str(file)])
    assert caught.value.code == code
    assert str(file) in str(caught.value)


def test_references_are_one_article_a_file_and_have_ids_of_their_own(tmp_path: Path) -> None:
    rows = [json.dumps({"id": str(i), "text": story_text(i)}) + "\n" for i in range(3)]
    (tmp_path / "both.jsonl").write_text("".join(rows[:2]))
    (tmp_path / "one.jsonl").write_text(rows[0])
    (tmp_path / "same.jsonl").write_text(rows[0])
    (tmp_path / "two.jsonl").write_text(rows[1])

    def code(*names: str, beside: str = "") -> str:
        with pytest.raises(InputError) as caught:
            read_references([str(tmp_path / name) for name in names], beside=[str(tmp_path / beside)] if beside else ())
        return caught.value.code

    assert code("both.jsonl") == "not-one-article"
    assert code("missing.txt") == "not-found"
    assert code("one.jsonl", "same.jsonl") == "same-id"
    assert code(*["one.jsonl"] * (MOST_GIVEN + 1)) == "too-many"
    assert code("one.jsonl", beside="one.jsonl") == "same-file"
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "one.jsonl")
    assert code("link.jsonl", beside="one.jsonl") == "same-file"
    found = read_references([str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")])
    assert [article.id for article in found] == ["0", "1"]


def test_the_commands_take_references_or_an_archive(tmp_path: Path) -> None:
    for i in (1, 2):
        (tmp_path / f"{i}.txt").write_text(story_text(i))
    suspect = tmp_path / "suspect.txt"
    suspect.write_text(swapped(story_text(1), 0.2))
    for command in ("check", "report"):
        result = unspin(command, suspect, "--reference", tmp_path / "1.txt", "--archive", tmp_path)
        assert result.exit_code == 2
        assert "got both" in result.stderr
        assert unspin(command, suspect, "--reference", suspect).exit_code == 2
        assert unspin(command, "-", "--reference", "-").exit_code == 2
        assert unspin(command, suspect, "--reference", tmp_path).exit_code == 2
    result = unspin("check", suspect, "--json", "--reference", tmp_path / "2.txt", "--reference", tmp_path / "1.txt")
    names = [Path(one["id"]).name for one in json.loads(result.stdout)["references"]]
    assert names == ["1.txt", "2.txt"]
    page = unspin("report", suspect, "--reference", tmp_path / "2.txt")
    assert page.exit_code == 0
    assert "Not made from it by what was measured: 0%" in page.stdout
    over = unspin("report", suspect, "--reference", tmp_path / "2.txt", "-o", tmp_path / "2.txt")
    assert over.exit_code == 2
    assert (tmp_path / "2.txt").read_text() == story_text(2)


def test_references_need_no_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(("detector.archive", "detector.tracing.sources"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    (tmp_path / "a.txt").write_text(swapped(story_text(1), 0.2))
    (tmp_path / "b.txt").write_text(story_text(1))
    result = unspin("check", tmp_path / "a.txt", "--json", "--reference", tmp_path / "b.txt")
    assert len(json.loads(result.stdout)["references"]) == 1
