"""Look-up: the source of a spun story is first, its copies hide nobody, and no stranger is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from wire_stories import made_word, reference, story_text, swapped

from detector.archive import Archive, LookUp, Reference, create, find, open_archive, open_writer
from detector.archive.find import POOL
from detector.archive.overlap import Sought
from detector.archive.query import query_terms
from detector.archive.words import sentences_of, words_of


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Sixty stories."""
    yield from opened(tmp_path_factory.mktemp("archive"), [reference(i) for i in range(60)])


def opened(folder: Path, references: Sequence[Reference]) -> Iterator[Archive]:
    create(folder / "wire")
    with open_writer(folder / "wire") as writer:
        writer.add(references)
    with open_archive(folder / "wire") as archive:
        yield archive


def first_id(archive: Archive, text: str, **options: Any) -> str | None:
    found = find(archive, text, **options)
    return found.candidates[0].stored.reference.id if found.candidates else None


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.8])
def test_the_source_of_a_spun_story_is_first(share: float, archive: Archive) -> None:
    for i in range(0, 60, 7):
        assert first_id(archive, swapped(story_text(i), share)) == f"story-{i}"


def test_an_equal_text_has_similarity_1_in_whatever_capitals_and_blanks(archive: Archive) -> None:
    for text in (story_text(9), story_text(9).upper().replace(" ", "\u2003")):
        source = find(archive, text).source
        assert source is not None
        assert (source.stored.reference.id, source.similarity, source.copies) == ("story-9", 1.0, ())


@pytest.mark.parametrize("text", ["", " \n", "the of and", "xyzzy", "\u202e" * 50, "a" * 100_000, "12 " * 50_000])
def test_texts_that_have_no_source(text: str, archive: Archive) -> None:
    assert find(archive, text).source is None


def test_no_stranger_is_named(archive: Archive) -> None:
    assert not any(find(archive, story_text(i)).source for i in range(1000, 1015))


@pytest.mark.parametrize("number", [0, 1])
def test_archives_of_none_and_of_one(number: int, tmp_path: Path) -> None:
    """Every word of the one is held by all texts that there are."""
    for small in opened(tmp_path, [reference(i) for i in range(number)]):
        assert first_id(small, swapped(story_text(0), 0.5)) == ("story-0" if number else None)


def test_outlets_and_limits(archive: Archive) -> None:
    text = story_text(3)
    assert first_id(archive, text, outlets=["Meridian"]) == "story-3"
    others = find(archive, text, outlets=["Coast News", "Northern Wire"], limit=5)
    assert {one.stored.reference.outlet for one in others.candidates} == {"Coast News", "Northern Wire"}
    assert others.source is None
    assert find(archive, text, outlets=["Nobody"]).candidates == ()
    assert len(find(archive, text, limit=1).candidates) == 1
    with pytest.raises(ValueError, match="expected 1 or more, got 0"):
        find(archive, text, limit=0)


def test_of_equals_the_nearest_in_time_is_first(tmp_path: Path) -> None:
    same = [reference(1, id=f"copy-{month}", published=f"2025-{month:02}-10") for month in range(1, 13)]
    for copies in opened(tmp_path, [*same, reference(1, id="undated", published="long ago")]):
        [only] = find(copies, story_text(1), published="2025-07-12T10:00:00+02:00").candidates
        assert (only.stored.reference.id, only.days) == ("copy-7", 2)
        assert set(only.copies) == {one.id for one in same if one.id != "copy-7"} | {"undated"}


def test_the_same_week_is_looked_at_even_where_others_fill_the_list(tmp_path: Path) -> None:
    """Glossaries hold more of the suspect's words than its source does, though not in sentences."""
    suspect = swapped(story_text(1), 0.8)
    words = "\n".join(suspect.split())
    others = [reference(i, text=f"{words}\n{made_word(Random(i))}", published="2020-01-01") for i in range(POOL + 10)]
    for glossaries in opened(tmp_path, [*others, reference(1, id="source", published="2025-06-03")]):
        assert first_id(glossaries, suspect, limit=1) != "source"
        assert first_id(glossaries, suspect, limit=1, published="2025-06-05") == "source"


def test_300_copies_hide_nobody(tmp_path: Path) -> None:
    """Equal ones, and ones with another beginning; the other report on the same matter comes second."""
    text = story_text(1)
    copies = [reference(1, id=f"equal-{i}") for i in range(150)]
    copies += [reference(1, id=f"edited-{i}", text=f"Desk {i} said: {text}") for i in range(150)]
    other = reference(2, text=f"{story_text(2)}\n{text[: len(text) // 3]}")
    for crowded in opened(tmp_path, [*copies, other, *(reference(i) for i in range(10, 40))]):
        found = find(crowded, swapped(text, 0.3))
        assert found.candidates[1].stored.reference.id == "story-2"
        assert len(found.candidates[0].copies) == 299


def test_versions_are_told_once(tmp_path: Path) -> None:
    """The version that the suspect is nearest to stands for its story, however little text the others share."""
    late = reference(2, id="late", version_of="story-1", text=f"{story_text(2)}\n{story_text(1)[:300]}")
    for versions in opened(tmp_path, [reference(1), late]):
        found = find(versions, swapped(f"{story_text(2)}\n{story_text(1)[:300]}", 0.3))
        assert [(one.stored.reference.id, one.copies) for one in found.candidates] == [("late", ("story-1",))]


def test_similarity_by_hand() -> None:
    """Three of four words in one sentence, one of two in another: 4 / 6."""
    text = "Rebels seized Orsk bridge. Rain fell."
    sought = Sought(sentences_of(text), {})
    asked = ("Rain stopped. Troops seized Orsk bridge.", text, "", "...\n\n", "Nobody came.")
    assert [sought.compare(other)[:2] for other in asked] == [
        (pytest.approx(share), frozenset()) for share in (4 / 6, 1.0, 0.0, 0.0, 0.0)
    ]
    assert Sought([], {}).compare(text)[:2] == (0.0, frozenset())


def test_the_source_of_a_reworded_story_stands_alone_and_is_the_one_that_is_ranked_first(archive: Archive) -> None:
    look_up = LookUp(archive, swapped(story_text(4), 0.3))
    (only,) = look_up.alone().candidates
    assert only == look_up.found().candidates[0]
    assert only.stored.reference.id == "story-4"


def test_of_two_stories_two_versions_and_strangers_none_stands_alone(tmp_path: Path) -> None:
    late = reference(2, id="late", text=f"{story_text(2)}\nNobody was hurt.")
    for versions in opened(tmp_path, [*(reference(i) for i in range(1, 30)), late]):
        for text in (f"{story_text(3)}\n{story_text(5)}", swapped(story_text(2), 0.3), story_text(1000), ""):
            assert LookUp(versions, text).alone().candidates == ()


def test_a_damaged_text_does_not_stand_alone(tmp_path: Path) -> None:
    for damaged in opened(tmp_path, [reference(i) for i in range(10)]):
        with sqlite3.connect(damaged.texts.path) as connection:
            connection.execute("UPDATE texts SET packed = zeroblob(10) WHERE id = 'story-4'")
        look_up = LookUp(damaged, story_text(4))
        assert look_up.alone().candidates == ()
        assert "story-4" in look_up.found().damaged[0]


def test_what_is_asked_for(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and numbers first and double; no word that no text holds, and in a large archive none that many hold."""
    text = f"They met people in {story_text(3)} zzzz"
    terms = query_terms(text, archive.index)
    weights = [term.weight for term in terms]
    assert weights == sorted(weights, reverse=True)
    assert set(weights) == {1.0, 2.0}
    assert not {"zzzz", "they"} & {term.word for term in terms}
    assert len({term.word for term in terms}) == len(terms) <= 60
    monkeypatch.setattr("detector.archive.query.FEW", 0)
    assert "people" not in [term.word for term in query_terms(text, archive.index)]


def test_what_is_asked_for_stands_all_over_the_text(archive: Archive) -> None:
    """Of two stories end to end either is found, though the first alone has enough words for the query."""
    asked = {term.word for term in query_terms("\n".join(map(story_text, (3, 5, 8))), archive.index)}
    for number in (3, 5, 8):
        own = set(words_of(story_text(number)))
        assert len(asked & own) >= 15, number


def test_names_are_held_by_one_sentence() -> None:
    """Seven tenths of the weight must stand in one sentence of the reference; two halves in two are none."""
    reference = "Orsk fell in 1943. Anna Lind left Tarv."
    names = {0: {"orsk": 7.0, "lund": 3.0}, 1: {"orsk": 5.0, "anna": 5.0}, 2: {"anna": 1.0, "lind": 1.0}}
    sought = Sought([frozenset(weights) for weights in names.values()], names)
    assert sought.compare(reference)[1] == {0, 2}
    assert sought.compare("")[1] == frozenset()


def test_candidates_hold_sentences_of_the_suspect(archive: Archive) -> None:
    found = find(archive, story_text(3) + "\n" + story_text(5))
    shares = {one.stored.reference.id: found.held([one]) for one in found.candidates}
    assert shares["story-3"] == pytest.approx(0.5, abs=0.1)
    assert found.held(found.candidates) == 1
    assert find(archive, "nobody was there").held([]) == 1
