"""`unspin check` and `unspin dictionary`: exit codes, what is printed, and the files they keep."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from reports import FakeDetector, make_evidence, make_refused, make_report

from detector.cli import main
from detector.desk.dictionary import only_adding
from detector.findings import Withheld
from detector.render.checked_text import Checked, fails

NO_SIGNS = "No signs prove nothing"
ADD_MANY = """
import sys
from click.testing import CliRunner
from detector.cli import main
for number in range(20):
    done = CliRunner().invoke(main, ["dictionary", "add", sys.argv[1], "never", f"{sys.argv[2]} {number}"])
    assert done.exit_code == 0, done.output
"""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.batch.stream.Detector", FakeDetector)


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "clean.md").write_text("Troops began a **lightning** offensive.")
    (folder / "spun.txt").write_text("Troops began a lights blitz.")
    return folder


def unspin(*args: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)


@pytest.mark.usefixtures("fake")
def test_a_bad_file_stops_no_other(drafts: Path, tmp_path: Path) -> None:
    (drafts / "broken.jsonl").write_text("{not json\n")
    (drafts / "torn.docx").write_bytes(b"PK\x03\x04 torn")
    (tmp_path / "empty").mkdir()
    done = unspin("check", tmp_path / "missing.txt", drafts, tmp_path / "empty", drafts / "spun.txt")
    assert done.exit_code == 2
    for name, said in (
        ("missing.txt", "could not be read: no file or folder at"),
        ("broken.jsonl", "could not be read"),
        ("torn.docx", "could not be read: expected a .docx, got no whole ZIP file"),
        ("empty", "could not be read: expected files of these kinds"),
        ("clean.md", "no signs in 5 words"),
    ):
        assert said in " ".join(done.stdout.split()).partition(f"{name}")[2][:80], name
    assert done.stdout.count("began a [1 lights blitz].") == 2
    assert "7 drafts: 2 flagged, 1 without signs, 4 not readable." in done.stdout
    assert done.stderr == ""


@pytest.mark.usefixtures("fake")
def test_a_table_without_an_article_is_no_draft_unless_it_is_named(drafts: Path, tmp_path: Path) -> None:
    tables = [drafts / "clean.swaps.tsv", drafts / "spun\x1b.swaps.csv"]
    for table in tables:
        table.write_text("start,original\n3,region\n")
    done = unspin("check", drafts)
    assert (done.exit_code, "2 drafts: 1 flagged, 1 without signs." in done.stdout) == (1, True)
    assert done.stderr.startswith(
        f"Passed over: 2 tables without a column 'text' or 'html', the first of them {drafts}"
    )
    rows = unspin("check", drafts, tables[1], "--json")
    assert (rows.exit_code, len(rows.stdout.splitlines())) == (2, 4)
    assert "Passed over: 1 table without" in rows.stderr
    assert "\x1b" not in rows.stderr
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "a.csv").write_text("text,id\n,1\n")
    assert unspin("check", tmp_path / "rows").exit_code == 2  # a row without its text is a fault


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("name", "content"), [("a.csv", "start\n3\n"), ("a.jsonl", "\n\n")])
def test_where_there_is_no_draft_nothing_is_called_fine(name: str, content: str, tmp_path: Path) -> None:
    folder, baseline = tmp_path / "\x1bdrafts", tmp_path / "baseline.json"
    folder.mkdir()
    (folder / name).write_text(content)
    done = unspin("check", folder, "--exit-zero", "--write-baseline", baseline)
    assert (done.exit_code, done.stdout, baseline.exists()) == (2, "", False)
    assert "expected drafts to check, got none in" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("name", "content"), [("a.csv", "text,id\n"), ("a.jsonl", ""), ("a.json", "[]")])
def test_a_file_that_holds_no_article_is_told_and_fails_where_it_is_asked(
    name: str, content: str, drafts: Path
) -> None:
    (drafts / "spun.txt").unlink()
    bare = drafts / f"\x1b{name}"
    bare.write_text(content)
    for named in ([drafts / "clean.md", bare], [drafts]):
        done = unspin("check", *named)
        assert (done.exit_code, "clean.md: no signs in 5 words" in " ".join(done.stdout.split())) == (0, True)
        assert done.stderr.startswith("Passed over: ")
        assert done.stderr.endswith(f"{name} holds no article\n")
        assert "\x1b" not in done.stderr
        assert unspin("check", *named, "--strict").exit_code == 1
        assert unspin("check", *named, "--strict", "--exit-zero").exit_code == 0
    twice = unspin("check", drafts, bare, "--json")
    assert (twice.exit_code, len(twice.stdout.splitlines())) == (0, 1)
    assert twice.stderr.startswith("Passed over: 2 files hold no article, the first of them ")
    assert unspin("check", drafts, bare, drafts / "missing.txt", "--strict").exit_code == 2


@pytest.mark.usefixtures("fake")
def test_a_clean_draft_takes_a_line_and_what_that_means_is_said_once(drafts: Path) -> None:
    alone = unspin("check", drafts / "clean.md").stdout
    assert " ".join(alone.split()).startswith(f"{drafts / 'clean.md'}: no signs in 5 words ")
    assert "drafts:" not in alone
    assert alone.count(NO_SIGNS) == 1
    assert "0.83% were flagged" in " ".join(alone.split())
    both = unspin("check", drafts / "clean.md", drafts / "clean.md").stdout
    assert both.count(NO_SIGNS) == 1
    assert "2 drafts: 0 flagged, 2 without signs." in both
    assert NO_SIGNS not in unspin("check", drafts / "spun.txt").stdout


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("options", "spun", "short", "clean"),
    [
        ([], 1, 3, 0),
        (["--strict"], 1, 1, 0),
        (["--exit-zero"], 0, 0, 0),
        (["--exit-zero", "--strict"], 0, 0, 0),
        (["--min-level", "strong"], 0, 3, 0),
        (["--min-level", "none"], 1, 3, 0),
    ],
)
def test_exit_codes(drafts: Path, options: list[str], spun: int, short: int, clean: int) -> None:
    (drafts / "short.txt").write_text("A short one.")
    found = [unspin("check", *options, drafts / name).exit_code for name in ("spun.txt", "short.txt", "clean.md")]
    assert found == [spun, short, clean]
    assert unspin("check", *options, drafts / "missing.txt").exit_code == 2


@pytest.mark.usefixtures("fake")
def test_below_the_level_nothing_is_shown_in_full(drafts: Path) -> None:
    low = unspin("check", "--min-level", "strong", drafts / "spun.txt").stdout
    assert "worth a look (below the level asked for)" in " ".join(low.split())
    assert "[1" not in low
    assert "machine translation: probability" in unspin("check", "--min-level", "none", drafts / "clean.md").stdout


def test_at_none_any_marked_phrase_fails() -> None:
    marked = make_report(evidence=(make_evidence("A lights blitz.", "lights blitz"),))
    assert [fails(marked, level) for level in ("none", "worth_a_look", "strong")] == [True, False, False]
    strong = make_report(phrases=["lights blitz"], level="strong")
    assert [fails(strong, level) for level in ("none", "worth_a_look", "strong")] == [True, True, True]
    assert not fails(make_refused("abstained"), "none")


def test_a_line_says_what_was_withheld_and_shows_what_the_dictionary_marks() -> None:
    mark = make_evidence("A lights blitz.", "lights blitz", extractor="desk-dictionary", kind="desk-dictionary")
    report = make_report(evidence=(mark,), desk=Withheld("0" * 64, 2, 1, "spun"))
    shown = " ".join(Checked(100, False, "worth_a_look").shown(report).split())
    assert (
        "story.txt: no other signs in 3 words. Not shown: 2 marked places accepted before, and 1 marked place" in shown
    )
    assert "A [1 lights blitz]." in shown
    assert '1 "lights blitz" → lightning offensive' in shown
    assert "%" not in shown


def test_lines_stand_together_and_blocks_apart() -> None:
    checked = Checked(80, False, "worth_a_look")
    clean = make_report(notices=())
    parts = [checked.shown(one) for one in (clean, clean, make_report(phrases=["lights blitz"]), clean)]
    assert [part.startswith("\n") for part in parts] == [False, False, True, True]


def test_what_is_missed_is_said_once_where_a_clean_draft_is_shown_in_full() -> None:
    checked = Checked(80, False, "none")
    shown = checked.shown(make_report(notices=())) + checked.closing()
    assert shown.count("reworded articles are missed too") == 1


@pytest.mark.usefixtures("fake")
def test_json_by_either_name(drafts: Path) -> None:
    lines = unspin("check", "--format", "json", drafts).stdout
    assert lines == unspin("check", "--json", drafts).stdout == unspin("score", drafts).stdout
    assert len(lines.splitlines()) == 2


@pytest.mark.usefixtures("fake")
def test_a_word_document_is_checked_from_standard_input() -> None:
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("Troops began a lights blitz.")
    document.save(stream)
    done = unspin("check", "-", stdin=stream.getvalue())
    assert (done.exit_code, "[1 lights blitz]" in done.stdout) == (1, True)


@pytest.mark.usefixtures("fake")
def test_a_baseline_is_added_to(drafts: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    first = unspin("check", drafts, "--write-baseline", path)
    assert first.exit_code == 0
    assert first.stderr == f"{path}: 1 findings accepted, 1 of them new; 0 not found in these drafts, and kept\n"
    content = path.read_bytes()
    assert unspin("check", drafts, "--write-baseline", path).stderr.count("0 of them new") == 1
    assert path.read_bytes() == content
    (drafts / "spun.txt").write_text("A lights blitz began.")
    again = unspin("check", drafts, "--write-baseline", path)
    assert "2 findings accepted, 1 of them new; 1 not found in these drafts, and kept" in again.stderr
    findings = json.loads(path.read_text())["findings"]
    assert {tuple(one)[:2] for one in findings} == {("kind", "phrase")}
    assert [one["phrase"] for one in findings] == ["lights blitz"] * 2
    assert unspin("check", drafts, tmp_path / "missing.txt", "--write-baseline", path).exit_code == 2


@pytest.mark.usefixtures("fake")
def test_files_of_the_desk_that_are_wrong_are_told_before_anything_is_checked(drafts: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    for option in ("--baseline", "--write-baseline", "--dictionary"):
        done = unspin("check", drafts, option, wrong)
        assert (done.exit_code, done.stdout) == (2, ""), option
    assert unspin("check", drafts, "--baseline", tmp_path / "missing.json").exit_code == 2
    assert wrong.read_text() == "{}"
    assert "got both" in unspin("check", drafts, "--baseline", wrong, "--write-baseline", wrong).stderr
    draft = drafts / "spun.txt"
    assert unspin("check", draft, "--write-baseline", draft).exit_code == 2
    assert draft.read_text() == "Troops began a lights blitz."


def test_what_was_accepted_is_not_told_again(model_folder: Path, spun_texts: tuple[str, ...], tmp_path: Path) -> None:
    draft, path = tmp_path / "draft.txt", tmp_path / "baseline.json"
    draft.write_text(spun_texts[0])
    args = ["check", draft, "--model", model_folder]
    assert unspin(*args).exit_code == 1
    assert unspin(*args, "--write-baseline", path).exit_code == 0
    first, second = spun_texts[0].strip().split("\n\n")
    draft.write_text(f"{second}\n\n{first}\n")
    done = unspin(*args, "--baseline", path)
    assert (done.exit_code, "no other signs in" in " ".join(done.stdout.split())) == (0, True)
    words = tmp_path / "desk.tsv"
    assert unspin("dictionary", "add", words, "always", "the police", "officers").exit_code == 0
    done = unspin(*args, "--baseline", path, "--dictionary", words, "--min-level", "none")
    assert (done.exit_code, "officers" in done.stdout) == (1, True)
    reported = unspin("report", draft, "--model", model_folder, "--dictionary", words, "--format", "json")
    assert "officers" in reported.stdout


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "desk.tsv"
    path.write_text("always\tthe government\tministers\nalways\tnowhere\tx\nnever\tlights blitz\n")
    return path


def clean(tmp_path: Path, texts: tuple[str, ...]) -> Path:
    path = tmp_path / "clean.jsonl"
    rows = [{"id": f"{i}", "text": text, "outlet": "Coast News" if i < 3 else None} for i, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_dictionary_is_tried_on_clean_copy(
    words: Path, model_folder: Path, wire_texts: tuple[str, ...], tmp_path: Path
) -> None:
    articles, licensees = clean(tmp_path, wire_texts), tmp_path / "licensees.tsv"
    licensees.write_text("coast news\t\n\t*.a.example\n")
    n = sum("the government" in text.lower() for text in wire_texts)
    places = sum(text.lower().count("the government") for text in wire_texts)
    args = ["dictionary", "test", words, articles, "--model", model_folder, "--licensees", licensees]
    done = unspin(*args, "--json")
    told = json.loads(done.stdout)
    found = {(one["kind"], one["phrase"]): one for one in told["entries"]}
    assert (done.exit_code, told["articles"], told["marked"]) == (1, len(wire_texts), n)
    assert (found["always", "the government"]["articles"], found["always", "the government"]["places"]) == (n, places)
    assert found["always", "the government"]["misfires"]
    low, high = found["always", "the government"]["interval"]
    assert low < found["always", "the government"]["share"] < high
    assert (found["always", "nowhere"]["articles"], found["always", "nowhere"]["misfires"]) == (0, False)
    assert found["licensee", "coast news"]["articles"] == 3
    assert found["licensee", "*.a.example"]["articles"] == 0
    shown = " ".join(unspin(*args).stdout.split())
    assert f"“the government”: {places} times in {n} articles" in shown
    assert "MISFIRES" in shown
    assert "Too few to tell: a phrase that none of 1,500 articles has" in shown
    assert unspin(*args, "--max-share", "1").exit_code == 0


def test_marks_that_a_phrase_would_withhold_are_counted(
    words: Path, model_folder: Path, spun_texts: tuple[str, ...], tmp_path: Path
) -> None:
    text = spun_texts[0]
    done = unspin("dictionary", "test", words, clean(tmp_path, (text,)), "--model", model_folder, "--json")
    (never,) = (one for one in json.loads(done.stdout)["entries"] if one["kind"] == "never")
    assert (never["articles"], never["misfires"]) == (1, False)
    assert 1 <= never["places"] <= text.count("lights blitz")


def test_what_cannot_be_read_is_told_and_no_article_is_an_error(words: Path, tmp_path: Path) -> None:
    words.write_text("always\tnowhere\tx\n")
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "A story."}\n{not json\n{"text": " "}\n')
    done = unspin("dictionary", "test", words, path)
    assert (done.exit_code, done.stderr.count("Left out: ")) == (4, 2)
    path.write_text("{not json\n")
    done = unspin("dictionary", "test", words, path)
    assert (done.exit_code, "expected clean articles, got none" in done.stderr) == (2, True)
    assert unspin("dictionary", "test", tmp_path / "missing.tsv", path).exit_code == 2


def test_entries_are_added_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "desk.tsv"
    assert unspin("dictionary", "add", path, "never", "Karabakh patch").exit_code == 0
    assert unspin("dictionary", "add", path, "always", "lights blitz", "lightning offensive").exit_code == 0
    content = path.read_text()
    assert content == "never\tKarabakh patch\nalways\tlights blitz\tlightning offensive\n"
    for wrong in (["always", "x"], ["never", "x", "y"], ["never", "KARABAKH  patch"], ["never", "..."], ["ever", "x"]):
        assert unspin("dictionary", "add", path, *wrong).exit_code == 2
    told = unspin("dictionary", "add", path, "always", "x").stderr
    assert "expected a PHRASE and the CLEAN one after always, got 1" in told
    assert path.read_text() == content
    assert {one.name for one in tmp_path.iterdir()} == {"desk.tsv", ".desk.tsv.lock"}


def test_entries_that_two_add_at_one_moment_are_both_there(tmp_path: Path) -> None:
    path = tmp_path / "desk.tsv"
    adding = [subprocess.Popen([sys.executable, "-c", ADD_MANY, path, name]) for name in ("a", "b")]
    assert [one.wait(60) for one in adding] == [0, 0]
    assert sorted(path.read_text().splitlines()) == sorted(f"never\t{name} {i}" for name in "ab" for i in range(20))


def test_who_adds_waits_until_another_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "desk.tsv"
    monkeypatch.setattr("detector.desk.dictionary.PATIENCE_SECONDS", 0.05)
    with only_adding(path):
        done = unspin("dictionary", "add", path, "never", "Karabakh patch")
    assert (done.exit_code, "another process is adding" in done.stderr, path.exists()) == (2, True, False)
    assert unspin("dictionary", "add", path, "never", "Karabakh patch").exit_code == 0
    assert unspin("dictionary", "add", tmp_path / "none" / "desk.tsv", "never", "a patch").exit_code == 2


def test_the_text_of_strangers_acts_on_no_terminal(tmp_path: Path) -> None:
    words, articles = tmp_path / "desk.tsv", tmp_path / "a.txt"
    words.write_text("always\tx\x1b[2Jy\tz\n")
    articles.write_text("A x\x1b[2Jy story.")
    done = unspin("dictionary", "test", words, articles)
    assert "\x1b" not in done.output
