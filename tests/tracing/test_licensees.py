"""Licensees: a file that says who they are, or what is wrong with it; and no stranger is taken for one."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from detector.errors import InputError
from detector.licensees import MAX_STARS, Licensees, read_licensees
from detector.own_list import MAX_BYTES, MAX_CELL, MAX_LINES

FILE = (
    "# who may\r\n"
    "\n"
    "Coast News\t\n"
    "\t*.example.com/news/*\r\n"
    "Île Quotidien\thttps://www.ile.example\n"
    "  # and no more\n"
    "\tone.example/[ab]/?.html\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "licensees.tsv"


@pytest.fixture
def licensees(path: Path) -> Licensees:
    path.write_bytes(b"\xef\xbb\xbf" + FILE.encode())
    return read_licensees(path)


@pytest.mark.parametrize("outlet", ["Coast News", "COAST  news ", "île quotidien"])
def test_outlets_without_regard_to_capitals(licensees: Licensees, outlet: str) -> None:
    assert licensees.include(outlet, None)


@pytest.mark.parametrize("outlet", ["Coast", "The Coast News", "# who may", "*", "", None])
def test_no_other_outlet(licensees: Licensees, outlet: str | None) -> None:
    assert not licensees.include(outlet, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.com/news/1?from=feed#top",
        "http://A.Example.COM:8080/News/x/y",
        "b.example.com/news/2",
        "//b.example.com/news/2",
        "https://www.b.example.com/news/",
        "https://ile.example",
        "https://ile.example./any/page",
        "https://www.ile.example/",
        "https://one.example/a/7.html",
    ],
)
def test_pages(licensees: Licensees, url: str) -> None:
    assert licensees.include("Somebody Else", url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/news/1",  # not below it
        "https://a.example.com/sport/1",
        "https://a.example.com.evil.example/news/1",
        "https://evil.example/a.example.com/news/1",
        "https://evil.example/https://ile.example/",
        "https://ile.example@evil.example/",
        "https://evil.example\\@ile.example/",
        "https://evil.example#.example.com/news/1",
        "https://evil.example?x=.example.com/news/1",
        "https://notile.example/",
        "https://one.example/c/7.html",
        "https://one.example/a/77.html",
        "https://[::1",
        "https://",
        "ile",
        "\x00",
        "",
        None,
    ],
)
def test_no_other_page(licensees: Licensees, url: str | None) -> None:
    assert not licensees.include(None, url)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got none"),
        (b"# nobody\n\n", "got none"),
        (b"a\t\nCoast News\n", "line 2: expected outlet<TAB>url pattern, either of them empty, got 0 tabs"),
        (b"a\tb.example\tc\n", "line 1: expected outlet<TAB>url pattern, either of them empty, got 2 tabs"),
        (b" \t \n", "got none"),
        (b"a\t\n#\n\t/news/*\n", "line 3: expected a pattern"),
        (b"\t*\n", "line 1: expected a host, got one that fits every page"),
        (b"\t*/news\n", "every page"),
        (b"\twww.*\n", "every page"),
        (b"\t*.*\n", "every page"),
        (b"\thttps://*/x\n", "every page"),
        (b"\ta b.example/x\n", "expected a pattern"),
        (b"\tme@a.example/x\n", "expected a pattern"),
        (b"\ta.example:80/x\n", "expected a pattern"),
        (b"\tftp://a.example/x\n", "expected a pattern"),
        (b"a\t\n\xff\xfe\t\n", "line 2: expected UTF-8"),
        (b"x" * (MAX_CELL + 1) + b"\t\n", f"line 1: expected at most {MAX_CELL} characters"),
        (b"\ta.example/" + b"*a" * (MAX_STARS + 1) + b"\n", f"at most {MAX_STARS} stars"),
        (b"a\t\n" * (MAX_LINES + 1), "at most 10,000 lines"),
        (b"#" * (MAX_BYTES + 1), "at most 1,000,000 bytes"),
    ],
)
def test_what_is_wrong_is_told(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_licensees(path)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.tsv"):
        with pytest.raises(InputError, match="expected a file of licensees"):
            read_licensees(path)


def test_the_longest_list_and_a_spiteful_pattern_take_no_time(path: Path) -> None:
    path.write_text("\ta.example/" + "*a" * MAX_STARS + "b\n" + "a\t\n" * (MAX_LINES - 1), encoding="utf-8")
    licensees = read_licensees(path)
    assert not licensees.include(None, "https://a.example/" + "a" * 1_000_000)


def test_it_reaches_other_processes_whole(licensees: Licensees) -> None:
    assert pickle.loads(pickle.dumps(licensees)) == licensees
