"""Sources: named where the text derives, not where it is about the same thing."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from pier_story import ANOTHER_REPORT, PARAPHRASED, REWORDED, STORY
from wire_stories import reference, story_text, swapped

from detector.align import Linker, Matched
from detector.archive import create, open_archive, open_writer
from detector.cli import main
from detector.comparison import Alignment, Source
from detector.pipeline import Detector
from detector.render import result_schema, to_json_line, to_terminal
from detector.render.report_page import to_html
from detector.resources import Resources
from detector.text import Record
from detector.tracing.naming import LEAST_COVERED, LEAST_SHARE
from detector.tracing.paraphrase import REWORDED as LEAST_REWORDED
from detector.tracing.paraphrase import is_paraphrase
from detector.tracing.sources import SourceFinder

Find = Callable[[str], tuple[Source, ...]]

# What a statistics office reports every month: the sentences stay, the names and figures are new.
MONTHLY = (
    "Factory output in {land} rose {a} percent in {month} from the month before, the statistics office in {city} said "
    "on {day}. Economists polled by {bank} had expected a rise of {b} percent. Output was {c} percent higher than a "
    "year earlier.\nProduction of machinery gained {d} percent, while makers of {goods} cut theirs by {e} percent as "
    "orders from {partner} fell. The economy ministry said it expected a moderate recovery in the coming months.\n"
    "{who}, an analyst at {bank}, said the figures showed that industry had stabilised at a low level. The central "
    "bank meets on {later} and is expected to leave its key rate at {f} percent. Its governor, {governor}, said last "
    "week that inflation remained too high. The {coin} was little changed at {g} to the dollar after the report."
)
MONTHLY_BEFORE = MONTHLY.format(
    land="Tarvia", a="0.4", month="March", city="Osten", day="Tuesday", bank="Holm and Berg", b="0.1", c="2.7", d="1.9",
    goods="furniture", e="3.3", partner="Lorand", who="Ines Kalder", later="May 14", f="4.25", governor="Pavel Rusk",
    coin="tarv", g="17.42",
)  # fmt: skip
MONTHLY_TOLD_ANEW = (
    "Tarvia's factories made 0.4 percent more in March than a month earlier, by the count of the statistics office in "
    "Osten, which came out on Tuesday. A rise of 0.1 percent was what economists had expected when Holm and Berg asked "
    "them. Over a year output is up 2.7 percent.\n"
    "Machinery did best, with a gain of 1.9 percent; furniture makers, whose orders from Lorand fell, made 3.3 percent "
    "less. Nobody in the government wanted to promise more than a moderate recovery.\n"
    "Industry has stabilised at a low level, said Ines Kalder, who follows it for Holm and Berg. On May 14 the central "
    "bank is expected to leave its key rate at 4.25 percent when it meets. Inflation is still too high for Pavel Rusk, "
    "its governor. A dollar bought 17.42 tarv afterwards, hardly more than before."
)
MONTHLY_LATER = MONTHLY.format(
    land="Sundmark", a="1.2", month="October", city="Velje", day="Friday", bank="Nordea Lund", b="0.6", c="5.1",
    d="0.8", goods="glass", e="2.4", partner="Irenia", who="Otto Brandvik", later="December 9", f="3.50",
    governor="Karin Aas", coin="sund", g="9.13",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "wire"
    create(folder)
    with open_writer(folder) as writer:
        writer.add([reference(0, id="pier", text=STORY, title="Velmar\x1b[2J pier"), *map(reference, range(1, 40))])
        writer.add([reference(0, id="monthly", text=MONTHLY_BEFORE)])
        writer.add([reference(0, id="pier", text=STORY + " The council meets again in May.", title="Velmar pier")])
    return folder


@pytest.fixture(scope="module")
def detector(archive: Path) -> Detector:
    return Detector.load(archive=archive)


@pytest.fixture(scope="module")
def find(archive: Path, detector: Detector, linker: Linker) -> Iterator[Find]:
    from detector.segment import segment

    with open_archive(archive) as opened:
        finder = SourceFinder(opened, detector.resources, linker)
        yield lambda text: finder.find(segment(text, detector.resources.vocabulary))


def unspin(*args: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, args)), env={"COLUMNS": "80"})


def test_versions_of_a_reworded_story_are_named_once_with_what_was_swapped(find: Find) -> None:
    (source,) = find(REWORDED)
    assert source.id == "pier"
    pairs = {(swap.suspect.text, swap.reference.text) for swap in source.comparison.swaps}
    assert ("consented", "agreed") in pairs
    assert any(fact.type == "number" and fact.suspect and fact.suspect.text == "19" for fact in source.comparison.facts)


def test_another_report_of_the_same_matter_has_no_source(find: Find) -> None:
    assert find(ANOTHER_REPORT) == ()


def test_neither_has_a_story_that_the_archive_lacks(find: Find) -> None:
    assert find(story_text(77)) == ()
    assert find("") == ()


def test_a_report_in_the_same_words_on_other_names_and_figures_has_no_source(find: Find) -> None:
    assert find(MONTHLY_LATER) == ()
    assert [source.id for source in find(swapped(MONTHLY_BEFORE, 0.3))] == ["monthly"]


def test_names_of_a_text_in_capitals_tell_nothing(find: Find) -> None:
    assert [source.id for source in find(swapped(STORY, 0.2).upper())] == ["pier"]


@pytest.mark.parametrize("suspect", [swapped(STORY, 0.2), REWORDED, PARAPHRASED], ids=["swapped", "figure", "anew"])
def test_an_archive_of_one_story_names_it(tmp_path: Path, suspect: str) -> None:
    create(tmp_path / "one")
    with open_writer(tmp_path / "one") as writer:
        writer.add([reference(0, id="pier", text=STORY)])
    (report,) = Detector.load(archive=tmp_path / "one").score([Record("x", suspect)])  # a figure weighs not all alone
    assert report.error is None
    assert [source.id for source in report.sources] == ["pier"]


def test_a_merged_article_names_both_and_not_more(find: Find) -> None:
    merged = STORY + "\n" + swapped(story_text(5), 0.2)
    assert {source.id for source in find(merged)} == {"pier", "story-5"}


def test_a_few_sentences_of_one_story_behind_others_are_found(find: Find) -> None:
    """They are less than LEAST_SHARE of the whole."""
    few = ". ".join(story_text(7).split(". ")[:4]) + "."
    merged = "\n".join([story_text(3), story_text(5), swapped(story_text(9), 0.2), few])
    assert len(few.split()) < LEAST_SHARE * len(merged.split())
    assert {source.id for source in find(merged)} == {"story-3", "story-5", "story-9", "story-7"}


def test_a_further_source_is_no_reason_against_the_first(tmp_path: Path) -> None:
    """Half of both texts agree, which is enough for one; for two they would have to cover more."""
    long, few = "\n".join(map(story_text, range(60, 65))), "\n".join(story_text(7).split("\n")[:2])
    create(tmp_path / "long")
    with open_writer(tmp_path / "long") as writer:
        writer.add([reference(0, id="long", text=long), *map(reference, range(1, 40))])
    half = long.index("\n", len(long) // 2)
    strangers = "\n".join(map(story_text, range(80, 84)))
    suspect = "\n".join([long[:half], few, long[half + 1 :], strangers])
    (report,) = Detector.load(archive=tmp_path / "long").score([Record("x", suspect)])
    assert [source.id for source in report.sources] == ["long"]


def test_what_shares_sentences_but_no_names_is_no_further_source(find: Find) -> None:
    assert [source.id for source in find(STORY + "\n" + MONTHLY_LATER)] == ["pier"]


def test_a_merge_of_fluent_paraphrases_names_both_where_they_stand_one_behind_the_other(find: Find) -> None:
    """With words of its own it has less of both than one story must have of a source; mixed it would be a follow-up."""
    own = ". ".join(story_text(77).split(". ")[:7]) + "."
    sources = find("\n".join([PARAPHRASED, MONTHLY_TOLD_ANEW, own]))
    assert {source.id for source in sources} == {"pier", "monthly"}
    assert sum(source.comparison.derivation.coverage for source in sources) < LEAST_COVERED
    mixed = itertools.zip_longest(PARAPHRASED.split("\n"), MONTHLY_TOLD_ANEW.split("\n"), [own], fillvalue="")
    assert find("\n".join(paragraph for some in mixed for paragraph in some)) == ()


def test_a_merge_is_judged_by_all_that_it_was_made_from(find: Find) -> None:
    """Two stories reworded are a paraphrase; one that is edited a little beside a copied one is a desk's roundup."""
    assert is_paraphrase(find(REWORDED + "\n" + swapped(story_text(5), 0.4)), None)
    roundup = find(swapped(STORY, 0.15) + "\n" + story_text(5))
    laid = [(one.comparison.derivation.reworded, one.comparison.derivation.coverage) for one in roundup]
    reworded, coverage = (sum(shares) for shares in zip(*laid, strict=True))
    assert len(roundup) == 2
    assert max(some / of for some, of in laid) >= LEAST_REWORDED > reworded / coverage
    assert not is_paraphrase(roundup, None)


def test_words_are_read_only_of_what_may_be_a_source(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge proposes strangers beside its sources, and a rewritten story the other version of itself."""
    read: list[Matched] = []
    reading = Matched.read

    def counted(matched: Matched, resources: Resources, linker: Linker) -> Alignment:
        read.append(matched)
        return reading(matched, resources, linker)

    monkeypatch.setattr(Matched, "read", counted)
    assert len(find(swapped(story_text(7), 0.3))) == len(read) == 1
    assert len(find(story_text(3) + "\n" + story_text(5))) == 2
    assert len(read) == 1 + 2
    assert find(story_text(77)) == ()
    assert len(read) == 1 + 2


def test_another_version_of_the_story_makes_no_merge(find: Find) -> None:
    copied, reworded = find(STORY), find(REWORDED)
    assert is_paraphrase([*reworded, *copied], None)
    assert not is_paraphrase([*copied, *reworded], None)


def test_a_copy_has_its_source_and_is_no_paraphrase(find: Find) -> None:
    sources = find(STORY)
    assert [source.id for source in sources] == ["pier"]
    assert not is_paraphrase(sources, None)


def test_a_reworded_story_is_a_paraphrase_unless_the_outlet_is_its_own(find: Find) -> None:
    sources = find(REWORDED)
    assert is_paraphrase(sources, "Somebody Else")
    assert not is_paraphrase(sources, sources[0].outlet)


def test_results_follow_the_schema_and_not_their_neighbours(detector: Detector) -> None:
    texts = {"a": REWORDED, "b": STORY, "c": ANOTHER_REPORT, "d": PARAPHRASED}
    records = [Record(name, text) for name, text in texts.items()]
    together = [to_json_line(report) for report in detector.score(records)]
    assert together == [to_json_line(detector.score([record])[0]) for record in records]
    results = [json.loads(line) for line in together]
    for result in results:
        jsonschema.validate(result, result_schema())
        text = texts[result["id"]]
        assert all(
            text[swap["start"] : swap["end"]] == swap["text"] for swap in (s["suspect"] for s in result["swaps"])
        )
    assert [len(result["references"]) for result in results] == [1, 1, 0, 1]


def test_what_only_the_source_shows_is_worth_a_look_and_a_copy_is_not_accused(detector: Detector) -> None:
    reports = detector.score([Record("d", PARAPHRASED), Record("b", STORY), Record("c", ANOTHER_REPORT)])
    paraphrased, copy, other = (json.loads(to_json_line(report)) for report in reports)
    said = [paraphrased[key] for key in ("verdict", "basis", "level", "flagged")]
    assert said == ["paraphrased", "reference", "worth_a_look", True]
    for result in (copy, other):
        assert [result[key] for key in ("verdict", "basis", "flagged")] == ["no_signs", "text", False]
    assert "a paraphrase, by this article or by the one below" in to_terminal(reports[0])


def test_a_text_without_a_verdict_has_its_source_and_a_very_short_one_is_not_looked_up(detector: Detector) -> None:
    short, shorter = (" ".join(REWORDED.split()[:n]) for n in (90, 30))
    found, none, spanish = detector.score(
        [Record("a", short), Record("b", shorter), Record("c", "la casa es así " * 60)]
    )
    result = json.loads(to_json_line(found))
    jsonschema.validate(result, result_schema())
    assert (result["status"], result["verdict"]) == ("abstained", None)
    assert [one["id"] for one in result["references"]] == ["pier"]
    assert {"consented", "cash"} <= {swap["suspect"]["text"] for swap in result["swaps"]}
    assert to_json_line(found) == to_json_line(detector.score([Record("a", short)])[0])
    assert "at least 50 words" in to_terminal(none)
    assert "expected English" in str(spanish.not_compared)
    assert none.sources == spanish.sources == ()
    assert "No source" not in to_terminal(none)


def test_short_texts_need_more_in_common(find: Find) -> None:
    strange = " ".join(story_text(77).split()[:40])
    assert find(" ".join(STORY.split()[:60]))
    assert find(" ".join(STORY.split()[:60]) + " " + strange) == ()


def test_without_an_archive_nothing_changes_but_what_the_archive_says(detector: Detector) -> None:
    alone = Detector(detector.info, detector.resources, detector.classifier)
    record = Record("c", ANOTHER_REPORT)
    assert to_json_line(alone.score([record])[0]) == to_json_line(detector.score([record])[0])
    assert "archive" not in to_terminal(alone.score([record])[0])


def test_a_person_reads_which_source_and_how_much(detector: Detector) -> None:
    shown = to_terminal(detector.score([Record("a", REWORDED, published="2025-02-01")])[0])
    assert "Source: Velmar" in shown
    assert '"consented" where the source has "agreed"' in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("published", "direction", "verdict", "words"),
    [
        ("2025-01-02", "suspect-later", "paraphrased", "a paraphrase of the source below"),
        ("2025-01-01T05:59:00Z", "suspect-earlier", "no_signs", "The article was published before it."),
        ("2024-12-31", "suspect-earlier", "no_signs", "The article was published before it."),
        ("2025-01-01", "unknown", "paraphrased", "Which of the two was published first is not known."),
        (None, "unknown", "paraphrased", "by this article or by the one below"),
        ("yesterday", "unknown", "paraphrased", "Shares its text with: Velmar"),
    ],
)
def test_only_what_came_first_is_called_a_source(
    detector: Detector, published: str | None, direction: str, verdict: str, words: str
) -> None:
    (report,) = detector.score([Record("d", PARAPHRASED, published=published)])
    result = json.loads(to_json_line(report))
    jsonschema.validate(result, result_schema())
    assert result["references"][0]["direction"] == direction
    assert result["verdict"] == verdict
    shown, page = to_terminal(report, 200), to_html(report, "today")
    assert words in shown
    is_source = direction == "suspect-later"
    assert ("Source:" in shown) == ("the source" in shown) == ("the source" in page.lower()) == is_source


def test_a_folder_that_is_no_archive_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    for command in ("check", "score"):
        result = unspin(command, tmp_path / "a.txt", "--archive", tmp_path)
        assert result.exit_code == 2
        assert "no archive at" in result.stderr


def test_check_exits_with_1_for_what_is_flagged(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REWORDED)
    result = unspin("check", tmp_path / "a.txt", "--archive", archive)
    assert result.exit_code == 1, result.output
    assert "Velmar" in result.stdout


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    monkeypatch.delitem(sys.modules, "detector.tracing.sources")
    for name in [name for name in sys.modules if name.startswith("detector.archive")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tantivy", None)
    result = unspin("check", tmp_path / "a.txt", "--archive", tmp_path)
    assert result.exit_code == 2
    assert "unspin[archive]" in result.stderr
