"""Bytes to text: every encoding news comes in, and charsets that lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.ingest import read
from detector.text import Record

TEXT = "The café on the quay – “the old one” – reopened on Monday."


def record_of(data: bytes, name: str, folder: Path) -> Record:
    path = folder / name
    path.write_bytes(data)
    (record,) = read([path])
    assert isinstance(record, Record)
    return record


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "cp1252"],
)
def test_text_in_any_encoding(data: bytes, tmp_path: Path) -> None:
    record = record_of(data, "story.txt", tmp_path)
    assert record.content == TEXT
    assert record.id == str(tmp_path / "story.txt")


def test_cyrillic_without_a_mark_is_guessed(tmp_path: Path) -> None:
    text = "Городской совет в понедельник решил закрыть старый мост на ремонт до конца месяца, сообщил мэр. " * 5
    assert record_of(text.encode("cp1251"), "story.txt", tmp_path).content == text


def test_utf8_cut_in_a_character_keeps_the_rest(tmp_path: Path) -> None:
    data = ("é" * 30 + TEXT).encode()[:-1] + "é".encode()[:1]
    assert record_of(data, "story.txt", tmp_path).content.startswith("é" * 30 + "The café")


@pytest.mark.parametrize(
    "head", ['<meta charset="windows-1251">', '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">']
)
def test_declared_charset(head: str, tmp_path: Path) -> None:
    encoding = "koi8-r" if "koi8" in head else "cp1251"
    page = f"<html><head>{head}</head><body><p>Мост закрыт.</p></body></html>"
    assert "Мост закрыт." in record_of(page.encode(encoding), "page.html", tmp_path).content


@pytest.mark.parametrize("charset", ["koi8-r", "utf-16", "hex", "unicode_escape", "no-such", "iso-8859-1"])
def test_lying_charset_does_not_harm_utf8(charset: str, tmp_path: Path) -> None:
    page = f'<html><head><meta charset="{charset}"></head><body><p>{TEXT}</p></body></html>'
    assert TEXT in record_of(page.encode(), "page.html", tmp_path).content
