"""Markdown: which characters are prose, and that offsets stay those of the file."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.classifier import Classifier
from detector.findings import ModelInfo
from detector.ingest import prepare, read
from detector.ingest.markdown import MOST_CHARACTERS, prose
from detector.pipeline import Detector
from detector.resources import Resources
from detector.text import Record


def words(text: str) -> str:
    """What is read, however its lines are set."""
    return " ".join(prose(text).text.split())


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("The **dam**, he _said_, `is` gone.", "The dam, he said, gone."),
        ("re**mark**able", "remarkable"),
        ('[he said](http://a.example/b_c "t"), and [more][1].\n\n[1]: http://b.example', "he said, and more."),
        ("# Head\n\nOne.\n\nTwo\n===\n\nThree.", "One. Three."),
        ("- one\n- *two*\n  on\n\n1. three", "one two on three"),
        ("> quoted\n> on\n>> twice", "quoted on twice"),
        ("One.\n\n| a | b |\n|---|---|\n| c | d |\n\nTwo.", "One. Two."),
        ("One.\n\n```py\ncode *here*\n```\n\n    indented\n\nTwo.", "One. Two."),
        ("![a picture](b.png) One ![x][1].\n\n[1]: c.png\n", "One ."),
        ("One <b>bold</b> word.\n\n<div>a block</div>\n\nTwo.", "One bold word. Two."),
        ("One<br>two<BR/>three<brand>four", "One two threefour"),
        ("---\ntitle: x\n---\n\nOne.", "One."),
        ("One[^1].\n\n[^1]: a note", "One."),
        ("~~Struck~~ One.", "One."),
        ("Tea &amp; “milk” \\*here\\*", "Tea & “milk” *here*"),
        ("One.  \nTwo.\\\nThree.\n\n***\n\nFour.", "One. Two. Three. Four."),
        ("- [x] done", "done"),
        ("2*3*4 and a_b_c and 5 < 6 & 7", "234 and a_b_c and 5 < 6 & 7"),
        ("Plain text, as it is.\n\nAnd more: “yes”.", "Plain text, as it is. And more: “yes”."),
    ],
)
def test_prose(text: str, read_as: str) -> None:
    assert words(text) == read_as


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**un**spun, _Har_bour, re***mark***able", "unspun, _Har_bour, remarkable"),
        ("**LAGOS, Nigeria** (AP) -- *The* **dam**, he said", "LAGOS, Nigeria (AP) -- The dam, he said"),
        ("> one\n> *two*\n\n- [three](x)\n  four", "one\ntwo\n\nthree\nfour"),
        ("It is `code`, he said", "It is  , he said"),  # two blanks: one before a stop is a slip
    ],
)
def test_marks_leave_nothing_behind(marked: str, plain: str) -> None:
    assert prose(marked).text == plain


@given(st.text(st.sampled_from("ab *_`#>-[]()!&;|<~\\\n\r é😀\u2028"), max_size=80))
def test_every_character_knows_its_place(text: str) -> None:
    said, origin = prose(text)
    assert len(origin) == len(said) + 1
    assert origin[-1] == len(text)
    assert (origin[1:] > origin[:-1]).all()
    assert all(text[place] == one for one, place in zip(said, origin, strict=False) if one.isalpha() or one == "\n")
    assert said.count("\n") == text.count("\n")


@settings(max_examples=30)
@given(st.text(max_size=100))
def test_no_text_is_too_odd(text: str) -> None:
    said, origin = prose(text.encode("utf-8", "replace").decode())
    assert len(said) < len(origin) <= len(text) + 1


@pytest.mark.parametrize("mark", ["*a*", "[", ">", "`", "*a_ ", "<a", "[a](", "a\n\n", "[^a]"])
def test_spiteful_text_takes_no_time(mark: str) -> None:
    text = (mark * 100_000)[:100_000]
    started = time.process_time()
    assert len(prose(text).text) <= len(text)
    assert time.process_time() - started < 3


def test_what_is_too_long_to_be_judged_is_left_as_it_is() -> None:
    text = "*a* " * (MOST_CHARACTERS // 4 + 1)
    assert prose(text).text == text


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The *dam*.")
    (tmp_path / "b.markdown").write_text("The *dam*.")
    (tmp_path / "c.txt").write_text("The *dam*.")
    assert [row.is_markdown for row in read([tmp_path]) if isinstance(row, Record)] == [True, True, False]
    article = prepare(Record("a", "The *dam*.", is_markdown=True))
    assert (article.text, article.as_given) == ("The dam.", "The *dam*.")
    assert article.as_given[slice(*article.placed(4, 8))] == "dam*."
    assert prepare(Record("a", "The *dam*.")).as_given == "The *dam*."


STYLES = {
    "bold": lambda word: f"**{word}**",
    "bold inside": lambda word: f"{word[:2]}**{word[2:]}**",
    "italics inside": lambda word: f"*{word[:1]}*{word[1:]}",
    "HTML inside": lambda word: f"<b>{word[:2]}</b>{word[2:]}",
    "links": lambda word: f"[{word}](http://a.example/b_c)",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_result_is_that_of_the_plain_text_on_the_file_as_given(
    resources: Resources, classifier: Classifier, spun_texts: tuple[str, ...], style: str
) -> None:
    detector = Detector(ModelInfo("tiny", "1", "sha256:0"), resources, classifier)
    plain = f"VELIN, Karsania, March 3 (Meridian) - {spun_texts[0]}"
    text = "# A lights blitz\n\n" + re.sub(r"\w{4,}", lambda match: STYLES[style](match.group()), plain)
    ours, theirs = detector.score([Record("a", text, is_markdown=True), Record("a", plain)], evidence="all")
    article, as_plain = prepare(Record("a", text, is_markdown=True)), prepare(Record("a", plain))
    assert ours.text == text
    assert (ours.verdict, ours.words, ours.scores) == (theirs.verdict, theirs.words, theirs.scores)
    assert any("blitz" in mark.text for mark in theirs.evidence)
    assert theirs.credits
    assert article.text.strip() == as_plain.text.strip()
    moved = article.text.index(plain[:8])

    def placed(start: int, end: int) -> tuple[int, int]:
        return article.placed(start + moved, end + moved)

    for one, other in zip(ours.evidence, theirs.evidence, strict=True):
        assert one.places == tuple(placed(*place) for place in other.places)
        assert one.text == text[one.start : one.end]
    for these, those in ((ours.credits, theirs.credits), (ours.passages, theirs.passages)):
        assert [one[:2] if isinstance(one, tuple) else (one.start, one.end) for one in these] == [
            placed(*(one[:2] if isinstance(one, tuple) else (one.start, one.end))) for one in those
        ]
