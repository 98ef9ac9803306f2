"""Markdown: which characters are prose, and that offsets stay those of the file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.as_given import as_given
from detector.classifier import Classifier
from detector.findings import ModelInfo
from detector.ingest import prepare, read
from detector.ingest.markdown import MOST_CHARACTERS, SOFT_HYPHEN, prose
from detector.pipeline import Detector
from detector.resources import Resources
from detector.text import Record


def words(text: str) -> str:
    """What is read, without what is folded away."""
    return " ".join(prose(text).replace(SOFT_HYPHEN, "").split())


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


def test_a_mark_beside_a_stop_leaves_no_stray_blank() -> None:
    assert prose("The **dam**, he") == f"The   dam{SOFT_HYPHEN * 2}, he"


@given(st.text(st.sampled_from("ab *_`#>-[]()!&;|<~\\\n\r é😀\u2028"), max_size=80))
def test_every_character_keeps_its_place(text: str) -> None:
    read_as = prose(text)
    assert len(read_as) == len(text)
    assert all(new == old for new, old in zip(read_as, text, strict=True) if new.isalpha())
    assert [i for i, one in enumerate(read_as) if one == "\n"] == [i for i, one in enumerate(text) if one == "\n"]


@settings(max_examples=30)
@given(st.text(max_size=100))
def test_no_text_is_too_odd(text: str) -> None:
    assert len(prose(text.encode("utf-8", "replace").decode())) == len(text)


@pytest.mark.parametrize("mark", ["*a*", "[", ">", "`", "*a_ ", "<a", "[a](", "a\n\n", "[^a]"])
def test_spiteful_text_takes_no_time(mark: str) -> None:
    text = (mark * 100_000)[:100_000]
    started = time.process_time()
    assert len(prose(text)) == len(text)
    assert time.process_time() - started < 3


def test_what_is_too_long_to_be_judged_is_left_as_it_is() -> None:
    text = "*a* " * (MOST_CHARACTERS // 4 + 1)
    assert prose(text) == text


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The *dam*.")
    (tmp_path / "b.markdown").write_text("The *dam*.")
    (tmp_path / "c.txt").write_text("The *dam*.")
    assert [row.is_markdown for row in read([tmp_path]) if isinstance(row, Record)] == [True, True, False]
    article = prepare(Record("a", "The *dam*.", is_markdown=True))
    assert (article.text, article.as_given) == (f"The  dam{SOFT_HYPHEN}.", "The *dam*.")
    assert prepare(Record("a", "The *dam*.")).as_given == "The *dam*."


def test_a_result_is_that_of_the_plain_text_on_the_file_as_given(
    resources: Resources, classifier: Classifier, spun_texts: tuple[str, ...]
) -> None:
    detector = Detector(ModelInfo("tiny", "1", "sha256:0"), resources, classifier)
    plain = spun_texts[0]
    text = "# A lights blitz\n\n" + plain.replace("lights blitz", "lights **blitz**").replace(
        "patch", "[patch](http://a.example)"
    )
    ours, theirs = detector.score([Record("a", text, is_markdown=True), Record("a", plain)], evidence="all")
    assert ours.text == text
    assert (ours.verdict, ours.words, ours.scores) == (theirs.verdict, theirs.words, theirs.scores)
    assert [mark.text.replace("**", "") for mark in ours.evidence] == [mark.text for mark in theirs.evidence]
    assert any("lights **blitz" in mark.text for mark in ours.evidence)
    for mark in ours.evidence:
        assert text[mark.start : mark.end] == mark.text
    assert as_given(ours, text) == ours
