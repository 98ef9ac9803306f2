"""Siblings: one story on several sites is found in the crawl itself, and what they agree on is told of the odd one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pier_story import ANOTHER_REPORT, REWORDED, STORY
from wire_stories import story_text

from detector.cli import main
from detector.comparison import Wording
from detector.ingest import prepare
from detector.render.siblings_json import siblings_line
from detector.text import Record
from detector.tracing.siblings import Consensus, Siblings


def crawl(folder: Path, *articles: dict[str, Any]) -> Path:
    path = folder / "crawl.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return path


def siblings(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["siblings", *map(str, args)])


def found(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return {row["id"]: row for row in map(json.loads, result.stdout.splitlines())}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three sites with the story, one of which cut it, one with it reworded, and others."""
    folder = tmp_path_factory.mktemp("crawl")
    cut = STORY.rpartition(" Shopkeepers")[0]
    articles = [
        {"id": "a", "text": STORY, "outlet": "Coast News"},
        {"id": "b", "text": cut + " More follows.", "url": "https://b.example/pier"},
        {"id": "c", "text": "Pier to be rebuilt.\n" + STORY},
        {"id": "spun", "text": REWORDED, "outlet": "<script>"},
        {"id": "other", "text": ANOTHER_REPORT},
        *({"id": f"s{i}", "text": story_text(i)} for i in range(20)),
    ]
    return found(siblings(crawl(folder, *articles)))


def test_one_story_on_several_sites_is_found(several: dict[str, Any]) -> None:
    assert set(several) == {"a", "b", "c", "spun"}
    assert {one["id"] for one in several["spun"]["siblings"]} == {"a", "b", "c"}
    assert several["b"]["url"] == "https://b.example/pier"
    assert several["a"]["siblings"][0]["shared"] > several["a"]["siblings"][-1]["shared"] > 0.4


def test_places_in_markdown_are_those_of_the_file() -> None:
    article = prepare(Record("a", "# Pier\n\nThe re**built** pier.", is_markdown=True))
    start = article.text.index("rebuilt")
    here = Consensus(Wording(start, start + 7, "rebuilt"), "restored", 2, 0)
    told = json.loads(siblings_line(article, Siblings((), (here,))))["consensus"][0]["here"]
    assert told == {"start": 12, "end": 21, "text": "re**built"}


def test_workers_give_the_same_bytes(tmp_path: Path) -> None:
    texts = [STORY, REWORDED, *(story_text(i) for i in range(66)), STORY.replace("pier", "quay")]
    path = crawl(tmp_path, *({"id": str(i), "text": text} for i, text in enumerate(texts)))
    alone, shared = siblings(path, "--workers", "1"), siblings(path, "--workers", "2")
    assert alone.exit_code == shared.exit_code == 0, shared.output
    assert alone.stdout_bytes == shared.stdout_bytes
    assert {"0", "1", str(len(texts) - 1)} <= set(found(alone))  # of the first chunk, and of the second


def test_what_the_others_agree_on_is_told_of_the_odd_one(several: dict[str, Any]) -> None:
    told = {one["here"]["text"]: one for one in several["spun"]["consensus"]}
    assert (told["consented"]["likely"], told["consented"]["agreeing"], told["consented"]["siding"]) == ("agreed", 3, 0)
    assert told["smashed"]["likely"] == "broke"
    for one in several["spun"]["consensus"]:
        here = one["here"]
        assert REWORDED[here["start"] : here["end"]] == here["text"]


def test_nothing_is_held_against_those_that_agree(several: dict[str, Any]) -> None:
    assert all(several[name]["consensus"] == [] for name in "abc")


def test_copies_of_one_spun_text_say_nothing_against_the_original(tmp_path: Path) -> None:
    copies = [{"id": f"spun{i}", "text": f"{REWORDED}\n\n{story_text(i)[:80]}"} for i in range(3)]
    rows = found(siblings(crawl(tmp_path, {"id": "a", "text": STORY}, *copies)))
    assert {one["id"] for one in rows["a"]["siblings"]} == {"spun0", "spun1", "spun2"}
    assert rows["a"]["consensus"] == []


def test_one_against_one_is_no_consensus(tmp_path: Path) -> None:
    rows = found(siblings(crawl(tmp_path, {"id": "a", "text": STORY}, {"id": "spun", "text": REWORDED})))
    assert [rows[name]["consensus"] for name in ("a", "spun")] == [[], []]
    assert [one["id"] for one in rows["spun"]["siblings"]] == ["a"]


def test_ids_may_repeat_and_texts_too(tmp_path: Path) -> None:
    result = siblings(crawl(tmp_path, *({"id": "same", "text": text} for text in (STORY, STORY, REWORDED))))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [len(row["siblings"]) for row in rows] == [2, 2, 2]
    assert any(one["likely"] == "agreed" for one in rows[2]["consensus"])


def test_only_what_was_flagged_is_asked(tmp_path: Path) -> None:
    path = crawl(tmp_path, {"id": "a", "text": STORY}, {"id": "spun", "text": REWORDED}, {"id": "b", "text": STORY})
    results = tmp_path / "results.jsonl"
    assert CliRunner().invoke(main, ["score", str(path), "-o", str(results)]).exit_code == 0
    flagged = {row["id"] for row in map(json.loads, results.read_text().splitlines()) if row["flagged"]}
    some = siblings(path, "--of", results)
    assert set(found(some)) == flagged
    assert some.stderr.endswith(
        f"3 articles: {len(flagged)} flagged, of which {len(flagged)} with siblings, 0 errors\n"
    )


def test_a_crawl_with_bad_rows_is_read_on(tmp_path: Path) -> None:
    path = crawl(tmp_path, {"id": "a", "text": STORY}, {"id": "bad", "text": 3}, {"id": "b", "text": STORY})
    result = siblings(path)
    assert result.exit_code == 4
    assert {json.loads(line)["id"] for line in result.stdout.splitlines()} == {"a", "b"}
    assert result.stderr.endswith("\n3 articles: 2 with siblings, 1 error\n")


def test_what_was_written_is_summed_up(tmp_path: Path) -> None:
    path = crawl(tmp_path, {"id": "a", "text": STORY}, {"id": "b", "text": STORY}, {"id": "c", "text": ANOTHER_REPORT})
    result = siblings(path, "-o", tmp_path / "siblings.jsonl")
    assert (result.stdout, result.stderr) == ("", "3 articles: 2 with siblings, 0 errors\n")


@pytest.mark.parametrize(("args", "message"), [(["-"], "read twice"), (["no-such-file"], "no file or folder")])
def test_wrong_use(args: list[str], message: str) -> None:
    result = siblings(*args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_results_that_are_none_are_said(tmp_path: Path) -> None:
    path = crawl(tmp_path, {"id": "a", "text": STORY})
    assert "got none" in siblings(path, "--of", path).stderr
