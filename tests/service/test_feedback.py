"""What editors say is kept for good, may stay unmarked from then on, is exported, and is deleted for good."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from service.served import Served, served, started

from detector.cli import main
from detector.errors import InputError
from detector.service.feedback_store import FeedbackStore, Judgement, Kept, open_store
from detector.service.verdicts import verdicts
from detector.training.feedback import read_feedback

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
TEXT = "The army began a lights blitz in the disputed patch."


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "feedback.sqlite"


@pytest.fixture
def store(database: Path) -> Iterator[FeedbackStore]:
    with closing(open_store(database, make=True)) as store:
        yield store


def feedback(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["feedback", *arguments])


def test_what_is_recorded_is_there_when_opened_again(store: FeedbackStore, database: Path) -> None:
    said = Judgement(TEXT, "wrong", 17, 29, "a-1", "a spinner's", "desk")
    assert said.phrase == "lights blitz"
    assert store.record(said, [], NOW) == 1
    assert store.record(Judgement(TEXT, "fine"), ["ab", "cd", "ab"], NOW) == 2
    with closing(open_store(database)) as again:
        assert list(again.all()) == [
            Kept(1, "2026-05-17T12:00:00Z", said),
            Kept(2, "2026-05-17T12:00:00Z", Judgement(TEXT, "fine")),
        ]
        assert again.accepted() == {"ab", "cd"}


def test_others_hear_of_a_change(store: FeedbackStore, database: Path) -> None:
    with closing(open_store(database)) as other:
        before = other.version()
        assert other.version() == before
        store.record(Judgement(TEXT, "fine"), ["ab"], NOW)
        assert other.version() != before


def test_what_is_deleted_is_gone_from_the_file(store: FeedbackStore, database: Path) -> None:
    store.record(Judgement("Of zebras and other animals.", "fine"), ["ab"], NOW.replace(year=2025))
    store.record(Judgement(TEXT, "fine"), ["cd"], NOW)
    assert feedback("delete", str(database), "--before", "2026-01-01").stderr == "1 deleted\n"
    assert (store.accepted(), len(list(store.all()))) == ({"cd"}, 1)
    assert feedback("delete", str(database), "--id", "2").exit_code == 0
    assert feedback("delete", str(database), "--id", "2").exit_code == 2
    for file in database.parent.iterdir():
        assert b"zebras" not in file.read_bytes()


def test_the_file_is_for_its_owner_and_another_is_refused(store: FeedbackStore, database: Path, tmp_path: Path) -> None:
    assert database.stat().st_mode & 0o077 == 0
    for name, content in (("text", b"no database at all, but long enough to be read as one" * 20), ("other", b"")):
        (tmp_path / name).write_bytes(content)
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE a (b)")
        other.commit()
    (tmp_path / "empty").touch()
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.name in ("text", "other", "empty")}
    for name in ("text", "other", "empty", "none"):
        with pytest.raises(InputError):
            open_store(tmp_path / name)
    assert {path: path.read_bytes() for path in before} == before  # nothing of what is not ours was changed
    assert feedback("list", str(tmp_path / "none")).exit_code == 2


def test_a_file_that_could_not_be_made_whole_is_made_the_next_time(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("detector.service.feedback_store.SCHEMA", "CREATE TABLE texts (a);\nno SQL;\n")
        with pytest.raises(InputError):
            open_store(database, make=True)
    with closing(open_store(database, make=True)) as store:
        assert store.record(Judgement(TEXT, "fine"), [], NOW) == 1


def test_verdicts_are_what_was_said_last(tmp_path: Path) -> None:
    long = " ".join(f"word{i}" for i in range(200))
    said = [
        Judgement(long + " a", "wrong", 0, 5),
        Judgement(long + " a", "wrong", 6, 11),
        Judgement(long + " a", "fine", 0, 5),
        Judgement(long + " b", "fine", id="b"),
        Judgement(long + " c", "wrong"),
        Judgement(long + " c", "fine"),
        Judgement(long + " d", "fine", 0, 5),
        Judgement(long + " e", "fine"),
        Judgement(long + " e", "wrong", 0, 5),
        Judgement(long + " f", "wrong", 0, 5),
        Judgement(long + " f", "fine", 0, 5),  # nobody holds any more that something is wrong
        Judgement(long + " g", "fine"),
        Judgement(long + " g", "wrong", 0, 5),
        Judgement(long + " g", "fine", 0, 5),
        Judgement(long + " h", "wrong"),
        Judgement(long + " h", "wrong", 0, 5),
        Judgement(long + " h", "fine", 0, 5),
    ]
    rows = list(verdicts(Kept(number, "", one) for number, one in enumerate(said, 1)))
    told = [(row["id"], row["text"][-1], row["label"], row["phrases"]) for row in rows]
    assert told == [
        ("feedback-1", "a", "spun", ["word1"]),
        ("b", "b", "clean", []),
        ("feedback-5", "c", "clean", []),
        ("feedback-8", "e", "spun", ["word0"]),
        ("feedback-12", "g", "clean", []),
        ("feedback-15", "h", "spun", []),
    ]


def test_corpus_reads_what_is_exported(store: FeedbackStore, database: Path, wire_texts: tuple[str, ...]) -> None:
    phrase = wire_texts[0].split()[0]
    store.record(Judgement(wire_texts[0], "wrong", 0, len(phrase)), [], NOW)
    store.record(Judgement(wire_texts[1], "fine"), [], NOW)
    out = database.with_name("verdicts.jsonl")
    assert feedback("export", str(database), "-o", str(out)).exit_code == 0
    read, bad = read_feedback([out])
    assert bad == []
    assert [(one.label, one.phrases) for one in read] == [("spun", (phrase,)), ("clean", ())]


def test_a_list_is_harmless_on_a_terminal(store: FeedbackStore, database: Path) -> None:
    store.record(Judgement("a\x1b[2Jb\n\tc " + "d" * 99, "wrong", 0, 100, note="x\ty"), [], NOW)
    shown = feedback("list", str(database)).stdout
    assert shown.count("\n") == 1
    assert shown.split("\t")[:4] == ["1", "2026-05-17T12:00:00Z", "-", "wrong"]
    assert "\x1b" not in shown


@pytest.fixture(scope="module")
def desk(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("desk")
    dictionary = folder / "own.tsv"
    dictionary.write_text("never\tinformation office\nalways\tinterest rate\tbank rate\n")
    options = ("--feedback", str(folder / "feedback.sqlite"), "--dictionary", str(dictionary), "--rate", "1000000")
    with served("--model", str(model_folder), *options, workers=2) as service:
        yield service, folder / "feedback.sqlite"


def checked(client: httpx.Client, text: str) -> dict[str, object]:
    result: dict[str, object] = client.post("/v1/check", json={"text": text, "evidence": "all"}).json()
    return result


def test_what_is_fine_is_marked_no_more_by_any_process(desk: tuple[Served, Path], spun_texts: tuple[str, ...]) -> None:
    text = spun_texts[0]
    with desk[0].client as client:
        before = checked(client, text)
        assert before["flagged"]
        marks = [mark for mark in before["evidence"] if mark["extractor"] != "desk-dictionary"]  # type: ignore[attr-defined]
        assert "information office" not in {mark["text"] for mark in marks}
        start, end = marks[0]["start"], marks[0]["end"]
        said = client.post("/v1/feedback", json={"text": text, "judgement": "fine", "start": start, "end": end})
        assert (said.status_code, said.json()["accepted"]) == (201, 1)
        for _ in range(4):  # whichever process answers
            after = checked(client, "A new first sentence, by the editor. " + text)
            assert start + 37 not in {mark["start"] for mark in after["evidence"]}  # type: ignore[attr-defined]
        client.post("/v1/feedback", json={"text": text, "judgement": "fine"})
        whole = checked(client, text)
        assert (whole["flagged"], whole["desk"]["withdrawn"]) == (False, "spun")  # type: ignore[index]
        feedback("delete", str(desk[1]), "--before", "2100-01-01")
        assert checked(client, text)["evidence"] == before["evidence"]


def test_what_is_taken_back_is_gone_and_marked_again(desk: tuple[Served, Path], spun_texts: tuple[str, ...]) -> None:
    text = spun_texts[2]
    with desk[0].client as client:
        before = checked(client, text)
        judgements = ({"judgement": "wrong", "start": 0, "end": 5}, {"judgement": "fine"})
        given = [client.post("/v1/feedback", json={"text": text, **one}) for one in judgements]
        other, number = (answer.json()["id"] for answer in given)
        assert checked(client, text)["evidence"] != before["evidence"]
        answer = client.delete(f"/v1/feedback/{number}")
        assert (answer.status_code, answer.json()) == (200, {"deleted": number})
        assert checked(client, text)["evidence"] == before["evidence"]
        assert client.delete(f"/v1/feedback/{number}").json()["error"]["code"] == "no-such-feedback"
        for none, status in (("0", 422), ("-1", 422), ("x", 422), (str(2**63), 422), (str(2**62), 404), ("1/2", 404)):
            assert client.delete(f"/v1/feedback/{none}").status_code == status
    with closing(open_store(desk[1])) as store:
        assert {kept.number for kept in store.all()} & {other, number} == {other}
    assert "DELETE /v1/feedback/{number} 200" in desk[0].said()


def test_only_who_said_it_takes_it_back(model_folder: Path, database: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("".join(f"{name}\t{name * 16}\n" for name in ("a", "b")))
    tokens.chmod(0o600)
    a, b = ({"Authorization": f"Bearer {name * 16}"} for name in ("a", "b"))
    with (
        served("--model", str(model_folder), "--feedback", str(database), "--tokens", str(tokens)) as service,
        service.client as client,
    ):
        said = {"text": TEXT, "judgement": "wrong"}
        number = client.post("/v1/feedback", json=said, headers=a).json()["id"]
        statuses = [client.delete(f"/v1/feedback/{number}", headers=who).status_code for who in ({}, b, a)]
        assert statuses == [401, 404, 200]


@pytest.mark.parametrize(
    "said",
    [
        {"text": "abc", "judgement": "maybe"},
        {"text": "abc", "judgement": "fine", "start": 0},
        {"text": "abc", "judgement": "fine", "start": 2, "end": 2},
        {"text": "abc", "judgement": "fine", "start": 0, "end": 4},
        {"text": "abc", "judgement": "fine", "start": -1, "end": 2},
        {"text": "a c", "judgement": "fine", "start": 1, "end": 2},
        {"text": " ", "judgement": "fine"},
        {"text": "abc", "judgement": "wrong", "note": "n" * 1_001},
        {"judgement": "wrong"},
    ],
)
def test_what_cannot_be_kept_is_refused(desk: tuple[Served, Path], said: dict[str, object]) -> None:
    with desk[0].client as client:
        assert client.post("/v1/feedback", json=said).status_code == 422


def test_what_is_too_old_is_deleted_at_the_start(model_folder: Path, database: Path, store: FeedbackStore) -> None:
    store.record(Judgement(TEXT, "fine"), ["ab"], NOW.replace(year=2020))
    store.record(Judgement(TEXT, "wrong"), [], datetime.now(UTC))
    with served("--model", str(model_folder), "--feedback", str(database), "--keep-days", "30"):
        until = time.monotonic() + 30
        while len(list(store.all())) > 1:
            assert time.monotonic() < until
            time.sleep(0.02)
    assert store.accepted() == frozenset()


def test_nothing_that_was_answered_is_lost_when_all_is_killed(model_folder: Path, database: Path) -> None:
    options = ("--model", str(model_folder), "--feedback", str(database), "--rate", "1000000")
    kept: list[str] = []
    for _ in range(2):
        service = started(*options)
        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(_write, service, kept, f"{service.process.pid} {number}") for number in range(4)]
            goal = len(kept) + 25
            while len(kept) < goal:
                time.sleep(0.005)
            os.kill(service.workers()[0], signal.SIGKILL)
            service.process.kill()
            for writer in writers:
                writer.result()
        service.process.wait()
        service.log.unlink()
    with closing(open_store(database)) as store:
        written = {said.id for _, _, said in store.all()}
    assert set(kept) <= written
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _write(service: Served, kept: list[str], name: str) -> None:
    """Send judgements until nobody answers, and remember those that were answered."""
    with service.client as client:
        number = 0
        while True:
            said = {"text": f"{TEXT} {name} {number}", "judgement": "wrong", "id": f"{name} {number}"}
            try:
                answer = client.post(
                    "/v1/feedback", content=json.dumps(said), headers={"Content-Type": "application/json"}
                )
            except httpx.HTTPError:
                return
            assert answer.status_code == 201
            kept.append(f"{name} {number}")
            number += 1
