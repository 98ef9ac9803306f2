"""The desk's dictionary: what it finds in a text, and what is wrong with a file."""

from __future__ import annotations

import pickle
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.desk import Dictionary, read_dictionary
from detector.desk.dictionary import MAX_WORDS, MOST_PHRASES, MOST_PLACES, with_entry
from detector.desk.phrases import Cover, folded, words_in
from detector.errors import InputError
from detector.findings import Evidence
from detector.own_list import MAX_BYTES, MAX_CELL, MAX_LINES
from detector.text import Span


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.tsv"


def dictionary(**entries: str) -> Dictionary:
    """One that always marks these phrases, underscores standing for blanks, where they have a clean phrase."""
    phrases = {folded(phrase.replace("_", " ")): clean for phrase, clean in entries.items()}
    return Dictionary.of(
        [phrase for phrase, clean in phrases.items() if not clean], {p: c for p, c in phrases.items() if c}
    )


def marked(words: Dictionary, text: str, clutter: tuple[Span, ...] = ()) -> list[str]:
    marks = words.marks(text, words_in(text), clutter)
    assert all(mark.text == text[mark.start : mark.end] for mark in marks)
    return [text[start:end] for mark in marks for start, end in mark.places]


@pytest.mark.parametrize(
    "found",
    [
        "lights blitz",
        "Lights BLITZ",
        "lights\n  blitz",
        "lights\u00a0blitz",
        "l\u0456ghts blitz",
        "li\u00adghts bl\u200bitz",
    ],
)
def test_whole_words_however_they_are_set(found: str) -> None:
    assert marked(dictionary(lights_blitz="lightning offensive"), f"“A {found}”, they said.") == [found]


@pytest.mark.parametrize(
    "text",
    [
        "highlights blitz",
        "lights blitzes",
        "lights, blitz",
        "traffic-lights blitz",
        "The lights.\n\nBlitz!",
        "lights blitz-like",
        "lights",
        "",
    ],
)
def test_no_parts_of_words_and_nothing_over_a_stop(text: str) -> None:
    assert marked(dictionary(lights_blitz="x"), text) == []


def test_the_end_of_a_text_is_no_phrase_twice() -> None:
    words = Dictionary.of([], {"a": "x", "a b c d": "y"})
    assert list(words.always.all_in(words_in("b a"))) == [(2, 3, "a")]


def test_a_possessive_is_the_same_word() -> None:
    assert marked(dictionary(patch="region"), "the patch's council, the patch’s army") == ["patch", "patch"]


def test_the_longest_phrase_counts_and_each_is_told_once() -> None:
    words = dictionary(lights="a", lights_blitz="b", blitz="c")
    text = "lights blitz and lights, then a blitz and lights blitz"
    marks = words.marks(text, words_in(text))
    assert [(mark.text, len(mark.places), mark.suggestions[0].text) for mark in marks] == [
        ("lights blitz", 2, "b"),
        ("lights", 1, "a"),
        ("blitz", 1, "c"),
    ]
    assert marks[0].extractor == marks[0].kind == "desk-dictionary"
    assert "“b”" in marks[0].reason


def test_a_phrase_never_to_mark_holds_what_is_always_marked() -> None:
    words = dictionary(patch="region", patch_of_grass="")
    assert marked(words, "a patch of grass in the patch") == ["patch"]


def test_nothing_in_clutter() -> None:
    text = "patch | the patch | patch"
    assert marked(dictionary(patch="region"), text, (Span(0, 6), Span(20, 25))) == ["patch"]
    assert marked(dictionary(the_patch="region"), text, (Span(0, 9),)) == []


def test_marks_are_bounded() -> None:
    words = Dictionary.of([], {f"w{i}": "x" for i in range(MOST_PHRASES + 50)})
    text = " ".join(f"w{i} " * (MOST_PLACES + 20 if i == 0 else 1) for i in range(MOST_PHRASES + 50))
    marks = words.marks(text, words_in(text))
    assert len(marks) == MOST_PHRASES
    assert len(marks[0].also) == MOST_PLACES


def test_ten_thousand_phrases_on_a_long_text_take_no_time() -> None:
    rng = random.Random(1)
    vocabulary = [f"w{i}" for i in range(3_000)]
    words = Dictionary.of([], {" ".join(rng.choices(vocabulary, k=rng.randint(1, 6))): "x" for _ in range(10_000)})
    text = " ".join(rng.choices(vocabulary, k=40_000))[:200_000]
    started = time.process_time()
    assert words.marks(text, words_in(text))
    assert time.process_time() - started < 3  # 0.3 s here; by one expression of all phrases it takes minutes


WORDS = st.lists(st.sampled_from(["Patch", "pat\u200bch", "grid-lock", "“", ".", "\n\n", "é", "\u0430"]), max_size=12)
GAPS = st.sampled_from([" ", "\n", "\u00a0", "  "])


@given(WORDS, GAPS, WORDS)
def test_offsets_are_those_of_the_text_as_given(before: list[str], gap: str, after: list[str]) -> None:
    phrase = f"lights{gap}bli\u00adtz"
    text = " ".join([*before, phrase, *after])
    assert phrase in marked(dictionary(lights_blitz="x"), text)


@given(st.text(st.sampled_from("ab \n\u00ad\u200b\u0430’-.\r"), max_size=60))
def test_words_lie_apart_and_in_order(text: str) -> None:
    words = words_in(text)
    assert len(words.words) == len(words.start) == len(words.end)
    assert (words.start < words.end).all()
    assert (words.end[:-1] <= words.start[1:]).all()
    assert len(words.end) == 0 or words.end[-1] <= len(text)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=8), st.integers(0, 30), st.integers(1, 9))
def test_a_cover_answers_as_a_look_at_each_would(places: list[tuple[int, int]], start: int, n: int) -> None:
    spans = sorted(Span(first, first + length) for first, length in places)
    cover = Cover(spans)
    assert cover.holds(start, start + n) == any(one.start <= start and start + n <= one.end for one in spans)
    assert cover.touches(start, start + n) == any(one.start < start + n and start < one.end for one in spans)


def test_a_file(path: Path) -> None:
    path.write_bytes("\ufeff# ours\n\nnever\tKarabakh patch\r\nalways\t Lights  Blitz \tlightning offensive\n".encode())
    words = read_dictionary(path)
    assert words.never.phrases == {"karabakh patch"}
    assert words.clean == {"lights blitz": "lightning offensive"}
    assert pickle.loads(pickle.dumps(words)) == words


def test_a_digest_tells_entries_apart_and_not_their_order(path: Path) -> None:
    digests = []
    for content in ("never\ta\nalways\tb\tc\n", "# new\nalways\tB\tc\nnever\ta\n", "never\tb\nalways\ta\tc\n"):
        path.write_text(content)
        digests.append(read_dictionary(path).digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got none"),
        (b"# nothing\n\n", "got none"),
        (b"never\ta\nsometimes\tb\n", "line 2: expected never<TAB>phrase or always"),
        (b"never\n", "line 1: expected never<TAB>phrase.*got 0 tabs"),
        (b"never\ta\tb\n", "line 1: expected never<TAB>phrase"),
        (b"always\ta\n", "line 1: expected never<TAB>phrase"),
        (b"always\ta\t\n", "line 1: expected a clean phrase after the second tab"),
        (b"always\tA b\ta  B\n", "line 1: expected a clean phrase that differs"),
        (b"always\ta\tb\tc\n", "got 3 tabs"),
        (b"never\t...\n", "line 1: expected a phrase with a letter"),
        (b"never\t\xc2\xad\n", "line 1: expected a phrase with a letter"),
        (b"never\ta\n\nalways\tA\tb\n", "line 3: expected each phrase once.*line 1"),
        (b"never\ta\n\xff\n", "line 2: expected UTF-8"),
        (b"never\t" + b"a " * (MAX_WORDS + 1) + b"\n", f"at most {MAX_WORDS} words"),
        (b"never\t" + b"a" * (MAX_CELL + 1) + b"\n", f"at most {MAX_CELL} characters"),
        (b"never\ta\n" * (MAX_LINES + 1), "at most 10,000 lines"),
        (b"#" * (MAX_BYTES + 1), "at most 1,000,000 bytes"),
        (b"PK\x03\x04\x00\x00\tx\ty", "expected never<TAB>phrase"),
    ],
)
def test_what_is_wrong_is_told(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as told:
        read_dictionary(path)
    assert told.value.code == "dictionary"


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.tsv"):
        with pytest.raises(InputError, match="expected a desk dictionary"):
            read_dictionary(path)


def test_an_entry_more(path: Path) -> None:
    path.write_bytes(with_entry(path, ["never", "one"]))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    path.write_bytes(with_entry(path, ["always", "two", "2"]))
    assert path.read_text() == "never\tone\nalways\ttwo\t2\n"
    for cells in (["always", "three"], ["never", "ONE"], ["never", "a\nnever\tb"], ["never", "a\tb"]):
        with pytest.raises(InputError, match="expected"):
            with_entry(path, cells)


def test_a_mark_is_what_every_mark_is() -> None:
    (mark,) = dictionary(patch="region").marks("a patch", words_in("a patch"))
    assert isinstance(mark, Evidence)
    assert (mark.severity, mark.strength, mark.suggestions[0].probability) == ("wording", 1.0, 1.0)
