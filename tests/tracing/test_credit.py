"""A credit over text that is not the agency's is told; over a copy, cut or in another house style, it is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from pier_story import ANOTHER_REPORT, PARAPHRASED, REWORDED, STORY
from wire_stories import reference

from detector.align import compare, load_linker
from detector.archive import create, open_writer
from detector.batch.stream import Scorer
from detector.cli import main
from detector.comparison import Source
from detector.findings import Report
from detector.ingest.clutter import find_clutter
from detector.licensees import Licensees, read_licensees
from detector.pipeline import Detector
from detector.render import result_schema, to_json_line, to_terminal
from detector.render.report_page import to_html
from detector.segment import segment
from detector.text import Record
from detector.tracing.credit import with_credits

DATELINE = "VELMAR, March 3 (Reuters) - "
ADDED = ". ".join(ANOTHER_REPORT.split(". ")[:3]) + "."
CUT = " Engineers will begin the work in April and expect to finish before the herring boats return in the autumn."
FIRST, SECOND, THIRD = STORY.split("\n")

Scored = Callable[..., Report]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "wire"
    create(folder)
    with open_writer(folder) as writer:
        about = {"outlet": "Thomson Reuters", "published": "2026-03-03T08:00:00Z"}
        writer.add([reference(0, id="pier", text=DATELINE + STORY, title="Velmar pier", **about)])
        writer.add(map(reference, range(1, 20)))
    return folder


@pytest.fixture(scope="module")
def detector(archive: Path) -> Detector:
    return Detector.load(archive=archive)


@pytest.fixture(scope="module")
def scored(detector: Detector) -> Scored:
    def score(text: str, outlet: str | None = "Coast News", published: str | None = None) -> Report:
        return detector.score([Record("suspect", text, outlet=outlet, published=published)])[0]

    return score


def credits_told(report: Report) -> list[dict[str, Any]]:
    result = json.loads(to_json_line(report))
    jsonschema.validate(result, result_schema())
    return [fact for fact in result["facts"] if fact["type"] == "credit"]


def test_a_reworded_text_under_the_agencys_dateline_is_told(scored: Scored) -> None:
    text = DATELINE + REWORDED
    report = scored(text)
    (told,) = credits_told(report)
    printed = {"start": 0, "end": len(DATELINE) - 1, "text": DATELINE.strip()}
    assert told == {
        "type": "credit",
        "reference_id": "pier",
        "suspect": printed,
        "reference": printed,
        "change": "changed",
    }
    assert report.sources[0].credit is not None
    assert report.sources[0].credit.phrases >= 15
    words = f"Credited to Reuters, but {report.sources[0].credit.phrases} phrases differ from what Reuters wrote."
    assert words in to_terminal(report, 200)
    assert words in to_html(report, "today")


@pytest.mark.parametrize(
    "credited",
    [
        REWORDED + "\n\nCopyright 2026 Thomson Reuters",
        REWORDED + " (Reuters)",
        REWORDED + "\n\nSource: Reuters",
        "By Ossi Tarn, Reuters\n\n" + REWORDED,
    ],
)
def test_however_it_is_printed(scored: Scored, credited: str) -> None:
    (told,) = credits_told(scored(credited))
    assert "Reuters" in told["suspect"]["text"]
    assert credited[told["suspect"]["start"] : told["suspect"]["end"]] == told["suspect"]["text"]


@pytest.mark.parametrize(
    "text",
    [
        DATELINE + STORY,
        DATELINE + STORY.replace(CUT, ""),
        DATELINE + STORY.replace(" Fishing families had asked for a bigger pier, but", " Still,"),
        DATELINE + STORY.replace(", according to the ferry company", "").replace(" of the year", ""),
        DATELINE + STORY.replace("14 million", "14m").replace("twelve", "12").replace("harbour", "harbor"),
        DATELINE + STORY.replace("14 million crowns", "14m crowns").replace("twelve", "12").replace("twenty", "20"),
        DATELINE + STORY.replace("on Monday", "yesterday"),
        DATELINE + THIRD + "\n" + FIRST + "\n" + SECOND,
        DATELINE + STORY + "\n\nThe Coast News is printed in Velmar.",
        DATELINE + STORY.replace("14 million", "15 million"),  # one change alone
    ],
    ids="copy cut cut-clause cut-words style figures yesterday moved note one-fact".split(),
)
def test_what_customers_may_print_is_not(scored: Scored, text: str) -> None:
    report = scored(text)
    assert [source.id for source in report.sources] == ["pier"]
    assert credits_told(report) == []
    assert report.verdict != "paraphrased"
    assert "Credited" not in to_terminal(report, 200)


@pytest.mark.parametrize(
    ("text", "outlet", "published"),
    [
        (REWORDED, None, None),  # no credit
        (REWORDED + " (With inputs from Reuters)", None, None),
        (REWORDED + "\n\nReuters contributed to this report.", None, None),
        ("VELMAR, March 3 (Reuters/AFP) - " + REWORDED, None, None),
        (DATELINE + REWORDED + "\n\n© 2026 AFP", None, None),
        ("VELMAR, March 3 (AP) - " + REWORDED, None, None),  # not the agency that was found
        ("VELMAR, March 3 (Meridian) - " + REWORDED, None, None),
        (DATELINE + REWORDED, "Reuters", None),  # the agency's own later version
        (DATELINE + REWORDED, None, "2026-03-03T07:59:00Z"),  # the agency's text may be the later version
        (DATELINE + ANOTHER_REPORT, None, None),  # another report, perhaps the agency's too
    ],
    ids="none inputs contributed two both-ends other unknown own earlier another".split(),
)
def test_credits_that_promise_nothing(scored: Scored, text: str, outlet: str | None, published: str | None) -> None:
    assert credits_told(scored(text, outlet, published)) == []


def test_sentences_put_in_are_told(scored: Scored) -> None:
    report = scored(f"{DATELINE}{STORY}\n{ADDED}")
    assert len(credits_told(report)) == 1
    assert "not in what Reuters wrote" in to_terminal(report, 200)


def test_two_changed_facts_are_told(scored: Scored) -> None:
    text = STORY.replace("14 million", "19 million").replace("Mayor Tilda Osk", "Mayor Brenna Lund")
    assert len(credits_told(scored(DATELINE + text))) == 1


@pytest.mark.parametrize(
    ("outlet", "printed", "expected"),
    [
        (None, "VELMAR (Associated Press) - ", "VELMAR (Associated Press) -"),
        ("Hill Feed", "VELMAR (Associated Press) - ", "VELMAR (Associated Press) -"),  # one that hands agencies on
        ("AP", "", None),  # it prints none
        ("The Associated Press", "VELMAR (Reuters) - ", None),
    ],
)
def test_whose_text_it_is_says_its_outlet_or_its_credit(
    detector: Detector, outlet: str | None, printed: str, expected: str | None
) -> None:
    (source,) = laid_beside(detector, "VELMAR (AP) - " + REWORDED, [(outlet, printed + STORY)])
    assert source.credit is not None
    assert source.credit.agency == "AP"
    assert (source.credit.reference and source.credit.reference.text) == expected


@pytest.mark.parametrize(
    ("outlet", "printed"), [("Reuters", "VELMAR (AP) - "), (None, ""), (None, "VELMAR (AP/Reuters) - "), ("Hill", "")]
)
def test_nothing_is_told_beside_the_text_of_others(detector: Detector, outlet: str | None, printed: str) -> None:
    (source,) = laid_beside(detector, "VELMAR (AP) - " + REWORDED, [(outlet, printed + STORY)])
    assert source.credit is None


def test_copies_out_of_two_stories_or_versions_are_held_against_the_nearest(detector: Detector) -> None:
    merged = f"VELMAR (AP) - {STORY}\n{ANOTHER_REPORT}"
    versions = [("AP", ANOTHER_REPORT), ("AP", REWORDED), ("AP", STORY)]
    assert [source.credit for source in laid_beside(detector, merged, versions)] == [None, None, None]
    told = [source.credit for source in laid_beside(detector, merged, versions[:2])]
    assert told[0] is not None
    assert told[1] is None


def laid_beside(detector: Detector, suspect: str, references: Sequence[tuple[str | None, str]]) -> tuple[Source, ...]:
    """The sources with the suspect's credit; references are an outlet and a text each."""
    clutter, news = find_clutter(suspect), detector.resources
    document = segment(suspect, news.vocabulary, clutter.spans)
    sources = []
    for number, (outlet, text) in enumerate(references):
        comparison = compare(document, segment(text, news.vocabulary), news, load_linker())
        sources.append(Source(str(number), text, None, outlet, None, None, 1.0, comparison))
    return with_credits(sources, clutter.credits, None, document)


@pytest.fixture
def licensees(tmp_path: Path) -> Licensees:
    path = tmp_path / "licensees.tsv"
    path.write_text("Coast News\t\n\t*.coast.example/*\n", encoding="utf-8")
    return read_licensees(path)


@pytest.mark.parametrize(
    ("outlet", "url", "licensed"),
    [
        ("COAST NEWS", None, True),
        (None, "https://www.coast.example/a", False),
        ("Hill News", "https://a.coast.example/a", True),
        ("Hill News", None, False),
        (None, None, False),
    ],
)
def test_a_licensee_is_not_called_a_paraphrase(
    detector: Detector, licensees: Licensees, outlet: str | None, url: str | None, licensed: bool
) -> None:
    own = Detector(detector.info, detector.resources, detector.classifier, detector.finder, licensees)
    (report,) = own.score([Record("d", PARAPHRASED, outlet=outlet, url=url)])
    result = json.loads(to_json_line(report))
    jsonschema.validate(result, result_schema())
    assert result["licensed"] is licensed
    assert [result["verdict"], result["flagged"]] == (["no_signs", False] if licensed else ["paraphrased", True])
    assert [source["id"] for source in result["references"]] == ["pier"]
    for shown in (to_terminal(report, 200), to_html(report, "today")):
        assert ("A licensee's, by the list given" in shown) == licensed


def test_without_a_list_nothing_is_said_of_it(scored: Scored) -> None:
    assert json.loads(to_json_line(scored(PARAPHRASED)))["licensed"] is None


def test_what_the_text_alone_shows_and_credits_are_told_of_licensees_too(
    detector: Detector, licensees: Licensees
) -> None:
    own = Detector(detector.info, detector.resources, detector.classifier, detector.finder, licensees)
    sample = Path(__file__).parents[2] / "data" / "sample" / "spun" / "karsania-dezhar-offensive.txt"
    records = [Record("a", sample.read_text(encoding="utf-8"), outlet="Coast News")]
    records.append(Record("b", DATELINE + REWORDED, outlet="Coast News"))
    spun, credited = own.score(records)
    assert (spun.verdict, spun.licensed) == ("spun", True)
    assert len(credits_told(credited)) == 1


def test_workers_know_the_licensees(licensees: Licensees, archive: Path) -> None:
    scorer = Scorer.open(None, None, max_fpr=0.01, evidence="flagged", archive=archive, licensees=licensees)
    (row,) = scorer.rows([Record("d", PARAPHRASED, outlet="Coast News")], workers=1)
    result = json.loads(row.line)
    assert (result["licensed"], result["flagged"]) == (True, False)


@pytest.mark.parametrize("command", ["check", "score", "report"])
def test_a_list_needs_an_archive_and_has_to_be_right(command: str, archive: Path, tmp_path: Path) -> None:
    article, file = tmp_path / "a.txt", tmp_path / "licensees.tsv"
    article.write_text(PARAPHRASED)
    file.write_text("Coast News\n")
    alone = CliRunner().invoke(main, [command, str(article), "--licensees", str(file)])
    assert alone.exit_code == 2
    assert "--licensees needs --archive" in alone.stderr
    wrong = CliRunner().invoke(main, [command, str(article), "--archive", str(archive), "--licensees", str(file)])
    assert wrong.exit_code == 2
    assert "line 1: expected outlet<TAB>url pattern" in wrong.stderr


def test_the_command_line_hands_the_list_on(archive: Path, tmp_path: Path) -> None:
    articles, file = tmp_path / "a.jsonl", tmp_path / "licensees.tsv"
    rows = [{"id": outlet, "text": PARAPHRASED, "outlet": outlet} for outlet in ("Coast News", "Hill News")]
    articles.write_text("".join(json.dumps(row) + "\n" for row in rows))
    file.write_text("coast news\t\n")
    shown = CliRunner().invoke(main, ["score", str(articles), "--archive", str(archive), "--licensees", str(file)])
    results = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(one["licensed"], one["verdict"]) for one in results] == [(True, "no_signs"), (False, "paraphrased")]
