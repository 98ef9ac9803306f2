"""Streams of articles: order, bounds, errors, worker processes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reports import FakeDetector

from detector.batch import chunks as chunk_module
from detector.batch import score_stream
from detector.batch.chunks import CHUNK_CHARACTERS, CHUNK_ITEMS, FIRST_ITEMS, chunks
from detector.batch.outputs import flushed, write_lines
from detector.batch.stream import few
from detector.errors import ModelError
from detector.model_store import default_model_path
from detector.render import to_json_line
from detector.sealed_folder import MANIFEST
from detector.text import Failure, Record

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeDetector:
    detector = FakeDetector()
    monkeypatch.setattr(FakeDetector, "load", lambda *asked, **limits: detector)
    monkeypatch.setattr("detector.batch.stream.Detector", FakeDetector)
    return detector


def records(n: int, content: str = "A lights blitz.") -> Iterator[Record]:
    return (Record(str(i), content) for i in range(n))


def test_chunks_are_bounded_in_articles() -> None:
    assert [len(chunk) for chunk in chunks(records(2 * CHUNK_ITEMS + 1))] == [CHUNK_ITEMS, CHUNK_ITEMS, 1]
    assert list(chunks([])) == []


def test_the_first_chunks_are_small_where_somebody_waits() -> None:
    sizes = [len(chunk) for chunk in chunks(records(FIRST_ITEMS + 2 * CHUNK_ITEMS), FIRST_ITEMS)]
    assert sizes == [1, 2, 4, 8, 16, 32, 64, 2]


def test_a_line_is_out_before_the_next_is_made() -> None:
    stream = io.BufferedWriter(raw := io.BytesIO())

    def lines() -> Iterator[bytes]:
        for line in (b"1\n", b"2\n"):
            assert raw.getvalue() == b"" if line == b"1\n" else b"1\n"
            yield line

    write_lines(flushed(lines(), stream), stream, None)
    assert raw.getvalue() == b"1\n2\n"


def test_chunks_are_bounded_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_module, "CHUNK_CHARACTERS", 10)
    items = [Record(str(i), "x" * size) for i, size in enumerate([4, 4, 4, 50, 1, 10])] + [Failure("f", "binary", "no")]
    sizes = [[len(item.content) if isinstance(item, Record) else 0 for item in chunk] for chunk in chunks(items)]
    assert sizes == [[4, 4], [4], [50], [1], [10, 0]]


def test_order_is_kept_and_failures_become_rows(fake: FakeDetector) -> None:
    items: list[Record | Failure] = [*records(70), Failure("bad", "invalid-json", "line 71"), *records(3, "short")]
    reports = list(score_stream(items))
    assert [report.id for report in reports] == [item.id for item in items]
    assert [report.status for report in reports[69:]] == ["ok", "error", "abstained", "abstained", "abstained"]
    assert fake.chunk_sizes == [64, 10]


def test_no_more_is_read_than_is_scored(fake: FakeDetector) -> None:
    read: list[Record] = []

    def endless() -> Iterator[Record]:
        while True:
            read.append(Record(str(len(read)), "x"))
            yield read[-1]

    stream = score_stream(endless())
    next(stream)
    assert len(read) <= CHUNK_ITEMS + 1


def test_arguments_are_tried_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.batch.stream.Detector", FakeDetector)
    unread = records(1)
    with pytest.raises(ValueError, match="max_fpr"):
        score_stream(unread, max_fpr=0.00001)
    with pytest.raises(ValueError, match="workers"):
        score_stream(unread, workers=0)
    with pytest.raises(ModelError, match="no fitted model"):
        score_stream(unread, model=Path("missing"))
    assert next(unread).id == "0"


def test_workers_give_the_same_bytes_in_the_same_order() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*/*.txt"))]
    items: list[Record | Failure] = [Record(str(i), texts[i % len(texts)]) for i in range(3 * CHUNK_ITEMS)]
    items[5] = Failure("bad", "invalid-json", "line 6: expected an object")
    alone = [to_json_line(report) for report in score_stream(items)]
    shared = [to_json_line(report) for report in score_stream(items, workers=2)]
    assert shared == alone


def take_away(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def change(folder: Path) -> None:
    manifest = folder / MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b"\n")


@pytest.mark.parametrize(("harm", "message"), [(take_away, "no fitted model"), (change, "it was changed")])
def test_workers_say_what_became_of_the_model(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], harm: Callable[[Path], None], message: str
) -> None:
    folder = Path(shutil.copytree(default_model_path(), tmp_path / "model"))
    reports = score_stream(records(3), model=folder, workers=2)
    harm(folder)
    with pytest.raises(ModelError, match=message):
        next(reports)
    assert "Traceback" not in capfd.readouterr().err


def test_no_more_is_looked_at_than_tells_whether_there_are_few() -> None:
    page = Record("page", "<p>A lights blitz.", is_html=True)
    long = [Record(str(i), "x" * (CHUNK_CHARACTERS // 2 + 1)) for i in range(2)]
    for items, seen, are_few in (
        ([], 0, True),
        ([*records(CHUNK_ITEMS)], CHUNK_ITEMS, True),
        ([*records(3 * CHUNK_ITEMS)], CHUNK_ITEMS + 1, False),
        ([*records(2), page, *records(9)], 3, False),
        ([*long, *records(9)], 2, False),
    ):
        coming = iter(items)
        first, told = few(coming)
        assert (len(first), told) == (seen, are_few)
        assert [*first, *coming] == items
