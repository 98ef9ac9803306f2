"""An archive on disk: what is added is there whole or not at all, whoever is killed, full, damaged or in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from wire_stories import reference, story_text

from detector.archive import Added, Reference, create, find, open_archive, open_writer, rebuild, verify
from detector.archive.archive import MANIFEST, TEXTS
from detector.errors import ArchiveError

ROOT = Path(__file__).parents[2]
FORTY = [reference(i) for i in range(40)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create(tmp_path / "wire")
    return tmp_path / "wire"


@pytest.fixture
def filled(folder: Path) -> Path:
    add(folder, *FORTY)
    return folder


def add(folder: Path, *references: Reference) -> Added:
    with open_writer(folder) as writer:
        return writer.add(references)


def ids_of_story(folder: Path, identifier: str) -> list[str]:
    with open_archive(folder) as archive:
        return [stored.reference.id for stored in archive.versions(identifier)]


def source_id(folder: Path, number: int) -> str | None:
    with open_archive(folder) as archive:
        source = find(archive, story_text(number)).source
        return None if source is None else source.stored.reference.id


def start(folder: Path, script: str) -> subprocess.Popen[str]:
    """Run a script in a process of its own; it has `folder`, `open_writer` and `story(number)`."""
    before = f"""
        import os, signal, time
        from pathlib import Path
        from wire_stories import reference as story
        from detector.archive import open_writer
        folder = Path({str(folder)!r})
        def die(*_):
            os.kill(os.getpid(), signal.SIGKILL)
    """
    code = textwrap.dedent(before) + textwrap.dedent(script)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)


def test_what_was_added_is_given_back_and_adding_it_again_does_nothing(filled: Path) -> None:
    with open_archive(filled) as archive:
        assert [archive.versions(one.id)[0].reference for one in FORTY] == FORTY
    assert add(filled, *FORTY, FORTY[0]) == Added(new=0, versions=0, same=41, not_english=0, undated=0)
    with open_archive(filled) as archive:
        assert (archive.info().texts, archive.info().stories, archive.index.count()) == (40, 40, 40)


def test_versions_are_one_story(folder: Path) -> None:
    """By the same id, by version_of, whichever came first, and by a chain of both."""
    update = reference(1, text=story_text(1) + "\nIt was updated.")
    chain = (reference(2, id="late", version_of="story-2"), reference(2), reference(3, id="last", version_of="late"))
    added = add(folder, reference(1), update, *chain, reference(4, version_of="story-4"))
    assert (added.new, added.versions) == (3, 3)
    assert ids_of_story(folder, "story-1") == ["story-1", "story-1"]
    assert ids_of_story(folder, "story-4") == ["story-4"]
    for identifier in ("story-2", "late", "last"):
        assert ids_of_story(folder, identifier) == ["late", "story-2", "last"]


def test_stories_are_joined_when_the_link_comes_last(folder: Path) -> None:
    add(folder, reference(1), reference(2, version_of="story-1"), reference(3))
    add(folder, reference(4, id="story-1", version_of="story-3"))
    assert ids_of_story(folder, "story-2") == ["story-1", "story-2", "story-3", "story-1"]


@pytest.mark.parametrize("published", [None, "", "yesterday", "2025-02-30", "1336000000", "99/99/99"])
def test_dates_that_are_none_are_counted_and_do_no_harm(published: str | None, folder: Path) -> None:
    assert add(folder, reference(1, published=published)).undated == 1
    with open_archive(folder) as archive:
        assert find(archive, story_text(1), published=published).candidates[0].days is None


def test_other_languages_are_kept_and_never_proposed(folder: Path) -> None:
    assert add(folder, reference(1, language="de-DE"), reference(2, language="en-US")).not_english == 1
    assert ids_of_story(folder, "story-1") == ["story-1"]
    assert (source_id(folder, 1), source_id(folder, 2)) == (None, "story-2")
    assert not verify(folder).found


def test_what_is_removed_is_gone_from_the_disk_and_from_look_up(filled: Path) -> None:
    with open_writer(filled) as writer:
        assert writer.remove(["story-5", "nobody", "story-6"]) == (2, ["nobody"])
    assert source_id(filled, 5) is None
    with open_archive(filled) as archive:
        assert archive.index.count() == 38
        with pytest.raises(ArchiveError, match="no article 'story-5'"):
            archive.versions("story-5")
    assert b"story-5" not in (filled / TEXTS).read_bytes()
    assert add(filled, FORTY[5]).new == 1
    assert not verify(filled).found


def test_a_reader_is_not_disturbed_by_a_writer(filled: Path) -> None:
    with open_archive(filled) as archive, open_writer(filled) as writer:
        writer.add([reference(100)])
        writer.remove(["story-3"])
        assert find(archive, story_text(4)).source is not None
        assert find(archive, story_text(3)).source is None
        assert find(archive, story_text(100)).source is None  # not seen until it looks again
        archive.reload()
        assert find(archive, story_text(100)).source is not None


def test_a_second_writer_is_refused(filled: Path) -> None:
    writing = start(filled, "with open_writer(folder):\n    print('ready', flush=True)\n    time.sleep(60)\n")
    try:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "ready\n"
        writes: tuple[Callable[[], object], ...] = (lambda: add(filled, FORTY[0]), lambda: rebuild(filled))
        for write in writes:
            with pytest.raises(ArchiveError, match="another process is writing"):
                write()
        assert source_id(filled, 3) == "story-3"
    finally:
        writing.kill()
        writing.communicate()
    assert add(filled, FORTY[0]).same == 1  # the lock went with the process


ADD_FOR_EVER = """
    import detector.archive.writer
    detector.archive.writer.BATCH_TEXTS = 10
    def stories():
        for i in range(100_000):
            if i % 10 == 0:
                print(i, flush=True)
            yield story(i)
    with open_writer(folder) as writer:
        writer.add(stories())
"""


@pytest.mark.parametrize("wait", [0.0, 0.04])
def test_killed_while_adding(wait: float, folder: Path) -> None:
    """Batches of ten are there whole; the last that was said to begin may be missing."""
    adding = start(folder, ADD_FOR_EVER)
    assert adding.stdout is not None
    begun = 0
    while begun < 40:
        begun = int(adding.stdout.readline())
    time.sleep(wait)
    adding.kill()
    adding.communicate()
    assert not verify(folder).found
    with open_archive(folder) as archive:
        texts = archive.info().texts
    assert texts >= begun - 10
    assert texts % 10 == 0
    assert source_id(folder, texts - 1) == f"story-{texts - 1}"
    added = add(folder, *(reference(i) for i in range(texts + 5)))
    assert (added.same, added.new) == (texts, 5)
    with open_archive(folder) as archive:
        assert archive.index.count() == texts + 5


def test_killed_between_index_and_texts(filled: Path) -> None:
    """The index then holds numbers that the texts lack and will give again, to other articles."""
    script = """
        from detector.archive.texts import Texts
        Texts.commit = die
        with open_writer(folder) as writer:
            writer.add([story(200), story(201)])
    """
    assert start(filled, script).wait() == -signal.SIGKILL
    with open_archive(filled) as archive:
        assert archive.index.count() == 42
    assert source_id(filled, 200) is None
    assert not verify(filled).found
    add(filled, reference(300))
    with open_archive(filled) as archive:
        assert archive.index.count() == 41
    assert (source_id(filled, 200), source_id(filled, 300)) == (None, "story-300")


def test_killed_while_removing(filled: Path) -> None:
    script = """
        from detector.archive.index import Index
        Index.delete = lambda self, numbers: die() if numbers else None
        with open_writer(folder) as writer:
            writer.remove(["story-5"])
    """
    assert start(filled, script).wait() == -signal.SIGKILL
    assert source_id(filled, 5) is None
    add(filled)
    with open_archive(filled) as archive:
        assert archive.index.count() == 39


def test_what_a_batch_that_failed_left_does_not_touch_the_next(folder: Path) -> None:
    """Neither its words in the index, whose numbers are given again, nor a dictionary that was never written."""
    half = Reference("half", "A text whose title no file can hold.", title="\ud800")
    with open_writer(folder) as writer:
        with pytest.raises(UnicodeEncodeError):
            writer.add([*(reference(i) for i in range(220)), half])
        writer.add([reference(300), reference(301)])
    with open_archive(folder) as archive:
        assert archive.index.count() == 2
    assert not verify(folder).found
    assert (source_id(folder, 7), source_id(folder, 300)) == (None, "story-300")


def test_a_writer_goes_on_where_its_texts_could_not_be_committed(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object) -> None:
        raise ArchiveError("no room")

    with open_writer(filled) as writer:
        with monkeypatch.context() as patch:
            patch.setattr("detector.archive.texts.Texts.commit", full)
            with pytest.raises(ArchiveError, match="no room"):
                writer.add([reference(200)])
        writer.add([reference(300)])
    with open_archive(filled) as archive:
        assert archive.index.count() == 41
    assert (source_id(filled, 200), source_id(filled, 300)) == (None, "story-300")


@pytest.mark.parametrize("name", [".", ".."])
def test_a_folder_without_a_name_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty" / "inside").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty" / "inside")
    with pytest.raises(ArchiveError, match="expected a folder by its name"):
        create(Path(name))


def test_a_full_disk_keeps_what_was_there(filled: Path) -> None:
    """A file may grow no larger than the texts are: as on a full disk, a write fails in the middle."""
    size = (filled / TEXTS).stat().st_size
    script = f"""
        import resource
        from detector.errors import ArchiveError
        resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
        try:
            with open_writer(folder) as writer:
                writer.add(story(i) for i in range(50, 400))
        except ArchiveError as error:
            print(error, flush=True)
    """
    said, _ = start(filled, script).communicate()
    assert "could not be written" in said
    assert "make room on the disk" in said
    assert not verify(filled).found
    assert (source_id(filled, 7), source_id(filled, 60)) == ("story-7", None)
    assert add(filled, reference(50)).new == 1


def flip(path: Path, at: int) -> None:
    byte = path.read_bytes()[at] ^ 0x01
    with path.open("r+b") as file:  # never shorter than it was: this process may still have it mapped
        file.seek(at)
        file.write(bytes([byte]))


def test_a_flipped_byte_in_a_text_is_found_and_costs_that_text_alone(filled: Path) -> None:
    connection = sqlite3.connect(filled / TEXTS)
    (packed,) = connection.execute("SELECT packed FROM texts WHERE id = 'story-7'").fetchone()
    connection.close()
    flip(filled / TEXTS, (filled / TEXTS).read_bytes().index(packed) + len(packed) // 2)
    damage = verify(filled)
    assert (len(damage.texts), damage.index) == (1, ())
    assert "'story-7' is damaged" in damage.texts[0]
    with open_archive(filled) as archive:
        found = find(archive, story_text(7))
        assert found.source is None
        assert len(found.damaged) == 1
        assert all(find(archive, story_text(i)).source for i in range(40) if i != 7)
    with open_writer(filled) as writer:
        writer.remove(["story-7"])
        writer.add([FORTY[7]])
    assert not verify(filled).found


@pytest.mark.parametrize("suffix", [".idx", ".term", ".fast", ".fieldnorm"])
def test_a_flipped_byte_in_the_index_is_found_and_mended(suffix: str, filled: Path) -> None:
    path = max((filled / "index").glob(f"*{suffix}"), key=lambda path: path.stat().st_size)
    flip(path, 3)
    assert verify(filled).index == (f"{path.name} is not what was written",)
    assert rebuild(filled) == 40
    assert not verify(filled).found
    assert source_id(filled, 7) == "story-7"


@pytest.mark.parametrize("lost", ["meta.json", "*.idx", "*"])
def test_a_lost_index_is_told_and_made_again(lost: str, filled: Path) -> None:
    for path in (filled / "index").glob(lost):
        path.unlink()
    assert verify(filled).index
    with pytest.raises(ArchiveError, match="verify --rebuild"):
        source_id(filled, 7)
    rebuild(filled)
    assert add(filled, FORTY[0]).same == 1


def test_a_lost_dictionary_has_a_copy(folder: Path) -> None:
    add(folder, *(reference(i) for i in range(220)))
    connection = sqlite3.connect(folder / TEXTS, isolation_level=None)
    connection.execute("UPDATE dictionary SET content = zeroblob(9) WHERE copy = 1")
    assert verify(folder).file == ("of 2 copies of the dictionary 1 are sound",)
    assert not verify(folder).texts
    connection.execute("UPDATE dictionary SET content = zeroblob(9)")
    with pytest.raises(ArchiveError, match="both copies of the dictionary"):
        ids_of_story(folder, "story-7")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ('{"schema": "unspin.archive/2"}', r"this version of Unspin reads 'unspin\.archive/1'"),
        ("", "not what an archive has"),
        ("[]", "not what an archive has"),
        ("[" * 100_000, "not what an archive has"),
    ],
)
def test_another_version_and_what_is_no_manifest_are_refused(manifest: str, said: str, filled: Path) -> None:
    (filled / MANIFEST).write_text(manifest)
    uses: tuple[Callable[[], object], ...] = (lambda: verify(filled), lambda: add(filled), lambda: rebuild(filled))
    for use in uses:
        with pytest.raises(ArchiveError, match=said):
            use()


def test_texts_that_are_no_database(filled: Path) -> None:
    (filled / TEXTS).write_bytes(b"no database at all" * 1000)
    with pytest.raises(ArchiveError, match="is damaged"):
        source_id(filled, 7)
    (filled / TEXTS).unlink()
    with pytest.raises(ArchiveError, match="is missing"):
        source_id(filled, 7)


def test_create_leaves_alone_what_is_there(filled: Path, tmp_path: Path) -> None:
    for taken in (filled, filled / MANIFEST):
        with pytest.raises(ArchiveError, match="which exists"):
            create(taken)
    with pytest.raises(ArchiveError, match="no archive could be made"):
        create(filled / MANIFEST / "below")
    with pytest.raises(ArchiveError, match="unspin archive create"):
        source_id(tmp_path / "nowhere", 1)
