"""Each bound of reading: every command that meets it names its option, and the raised option lets the input pass."""

from __future__ import annotations

import ast
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import docx
import pytest
import zstandard
from click.testing import CliRunner, Result
from ingest.hostile import STORY, deep_tree, parquet, warc_record

import detector.ingest
from detector.cli import main
from detector.cli.serve import command as serve
from detector.limits import OF_RESULTS, OPTIONS
from detector.service.answers import answer, opened
from detector.service.asks import Ask, Item, Kind
from detector.service.settings import known_settings, read_settings

LARGE = f"{STORY}{' ' * 1_200_000}End."  # a megabyte is the least that an option takes


class Met(NamedTuple):
    """An input that meets a bound at `small`, in the option's unit, and passes it at `raised`."""

    name: str
    make: Callable[[], bytes]
    small: int
    raised: int


def line(**fields: object) -> bytes:
    return json.dumps({"text": STORY, **fields}).encode() + b"\n"


def page(tag: str) -> bytes:
    return f"<html><body><article><p {tag}>{STORY}</p></article></body></html>".encode()


def document(media: bytes = b"") -> bytes:
    stream = io.BytesIO()
    made = docx.Document()
    made.add_paragraph(STORY)
    made.save(stream)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/a.png", media)
    return stream.getvalue()


BLANK_LINES = (b" " * 999_999 + b"\n") * 17  # more than comes out whatever the ratio
MET = {
    "--max-article": Met("a.txt", LARGE.encode, 1, 2),
    "--max-line": Met("b.jsonl", lambda: line(text=LARGE), 1, 2),
    "--max-unpacked": Met("c.txt.zst", lambda: zstandard.compress(LARGE.encode()), 1, 2),
    "--max-ratio": Met("d.jsonl.gz", lambda: gzip.compress(BLANK_LINES + line()), 1, 1_100),
    "--max-group": Met("e.parquet", lambda: parquet({"text": [LARGE]}), 1, 2),
    "--max-headers": Met("f.warc", lambda: warc_record(page(""), headers=f"X: {'a' * 3_000}\r\n"), 1, 10),
    "--max-tags": Met("g.html", lambda: deep_tree("b", 20), 30, 50),
    "--max-tag-length": Met("h.html", lambda: page(f'class="{"a" * 3_000}"'), 1, 10),
    "--max-attributes": Met("i.html", lambda: page(" ".join(f"a{i}=1" for i in range(40))), 5, 100),
    "--max-parts": Met("j.docx", document, 5, 1_000),
    "--max-levels": Met("k.jsonl", lambda: line(own=[[[1]]]), 1, 10),
}
READING = [
    "check FILE --model MODEL",
    "score FILE --model MODEL --workers 1",
    "report FILE --model MODEL",
    "check CLEAN --model MODEL --reference FILE",
    "archive add IN FILE",
    "archive search IN FILE",
    "dictionary test LIST FILE CLEAN --model MODEL",
    "calibrate --clean FILE --model MODEL --out NEW",
    "siblings FILE --model MODEL",
]
RESULTS = ["swaps FILE", "drift FILE --model MODEL", "siblings CLEAN --of FILE --model MODEL"]


def walk(commands: list[str], options: Iterable[str], some: Sequence[str]) -> list[tuple[str, str]]:
    """The first command with every option, and the others with some: each hands on one value that holds all bounds."""
    first, *others = commands
    return [(first, option) for option in options] + [(command, option) for command in others for option in some]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, model_folder: Path) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("limits")
    for one in MET.values():
        (folder / one.name).write_bytes(one.make())
    (folder / "clean.txt").write_text(STORY * 9)
    (folder / "list.tsv").write_text("always\tlights blitz\tlightning war\n")
    assert CliRunner().invoke(main, ["archive", "create", str(folder / "archive")]).exit_code == 0
    return {
        "MODEL": model_folder,
        "CLEAN": folder / "clean.txt",
        "LIST": folder / "list.tsv",
        "IN": folder / "archive",
        "NEW": folder / "calibration",
        "FOLDER": folder,
    }


def run(command: str, places: dict[str, Path], file: Path, option: str, value: int) -> Result:
    words = [str({**places, "FILE": file}.get(word, word)) for word in command.split()]
    result = CliRunner().invoke(main, [*words, option, str(value)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def options_of(words: str) -> set[str]:
    """The options of the command that a line begins with."""
    command: click.Command = main
    for word in words.split():
        found = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        if found is None:
            break
        command = found
    return {flag for parameter in command.params for flag in parameter.opts}


def test_every_bound_is_met_here_and_every_command_has_its_option() -> None:
    assert list(MET) == list(OPTIONS)
    assert [command for command in READING if not set(OPTIONS) <= options_of(command)] == []
    assert [command for command in RESULTS if not set(OF_RESULTS) <= options_of(command)] == []


# One that the reader finds, and one that is found when the text is taken out of a page.
@pytest.mark.parametrize(("command", "option"), walk(READING, MET, ("--max-line", "--max-tags")))
def test_a_command_that_names_an_option_has_it(command: str, option: str, places: dict[str, Path]) -> None:
    met = MET[option]
    file = places["FOLDER"] / met.name
    refused = run(command, places, file, option, met.small)
    assert refused.exit_code != 0
    assert option in refused.output
    passed = run(command, places, file, option, met.raised)
    assert not [other for other in OPTIONS if other in passed.output]


def result_row(**fields: object) -> bytes:
    """A row of an article that could not be read, which is all that these commands need here."""
    model = {"digest": "sha256:0", "calibration": None}
    return json.dumps({"schema": "unspin.result/1", "status": "error", "id": "a", "model": model, **fields}).encode()


OF_ROWS = {
    "--max-line": Met("a.jsonl", lambda: result_row(input={"own": " " * 1_200_000}), 1, 2),
    "--max-unpacked": Met("b.jsonl.gz", lambda: gzip.compress(result_row(input=" " * 1_200_000)), 1, 2),
    "--max-ratio": Met("c.jsonl.gz", lambda: gzip.compress(BLANK_LINES + result_row()), 1, 1_100),
}


@pytest.mark.parametrize(("command", "option"), walk(RESULTS, OF_ROWS, ("--max-line",)))
def test_commands_that_read_results_have_them_too(
    command: str, option: str, places: dict[str, Path], tmp_path: Path
) -> None:
    met = OF_ROWS[option]
    file = tmp_path / met.name
    file.write_bytes(met.make())
    assert option in run(command, places, file, option, met.small).output
    assert not [other for other in OPTIONS if other in run(command, places, file, option, met.raised).output]


OF_BODIES: dict[str, tuple[Kind, Callable[[], bytes]]] = {
    "--max-article": ("text", MET["--max-article"].make),
    "--max-ratio": ("docx", lambda: document(bytes(17_000_000))),
    "--max-tags": ("html", MET["--max-tags"].make),
    "--max-tag-length": ("html", MET["--max-tag-length"].make),
    "--max-attributes": ("html", MET["--max-attributes"].make),
    "--max-parts": ("docx", document),
    "--max-levels": ("line", MET["--max-levels"].make),
}


@pytest.mark.parametrize("option", OF_BODIES)
def test_the_service_has_those_that_a_body_can_meet(
    option: str, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gc.freeze", lambda: None)
    kind, make = OF_BODIES[option]
    name = option.removeprefix("--").replace("-", "_")
    assert option in {flag for parameter in serve.params for flag in parameter.opts}

    def said(value: int) -> str:
        start = read_settings(None, {name: value, "model": model_folder}).start
        error = answer(opened(start), [Ask("result", Item(kind, make()))])[0].error
        return "" if error is None else error.message

    assert option in said(MET[option].small)
    assert said(MET[option].raised) == ""


def test_the_service_has_no_others() -> None:
    named = {f"--{name.replace('_', '-')}" for name in known_settings() if name.startswith("max_")}
    assert named == {*OF_BODIES, "--max-fpr"}


READERS = Path(detector.ingest.__file__).parent


def messages(package: Path) -> Iterator[tuple[str, str]]:
    """Every text of a package that is put together, with the code of what is filled in, and the file it stands in."""
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield file.name, "".join(map(_part, node.values))


def _part(part: ast.expr) -> str:
    assert isinstance(part, ast.Constant | ast.FormattedValue)
    return str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"


def test_a_message_that_names_a_bound_names_its_option() -> None:
    """But for the depth of a page, which its parser bounds whatever it is told."""
    bounds = [(file, said) for file, said in messages(READERS) if "at most" in said]
    assert len(bounds) >= 15
    silent = [said for _, said in bounds if not any(option in said for option in (*OPTIONS, "{option}"))]
    assert [said for said in silent if "MAX_DEPTH" not in said] == []
    assert len(silent) == 1


def test_a_message_that_names_any_bound_says_what_to_do() -> None:
    """Bounds that no option raises, of lists and of what is laid side by side, stand beside what to do instead."""
    told = [said for _, said in messages(READERS.parent) if "at most {" in said and "got" in said]
    assert len(told) >= 35
    assert [said for said in told if ": " not in re.sub(r"\{[^}]*\}", "", said.rpartition("got")[2])] == []
