"""One TOML file or flags: the same names, the same bounds, and a word on what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector import classifier
from detector.errors import InputError
from detector.service import asks
from detector.service.rates import MOST_CLIENTS, Rates
from detector.service.settings import ServiceSettings, known_settings, read_settings
from detector.service.tokens import read_tokens


def toml(folder: Path, text: str) -> Path:
    file = folder / "unspin.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_flags_go_before_the_file_and_its_paths_are_its_own(tmp_path: Path) -> None:
    file = toml(tmp_path, 'port = 9000\nqueue = 5\nmodel = "own"\nhosts = ["desk.example"]\naccess_log = false\n')
    settings = read_settings(file, {"port": 0, "archive": Path("wire")})
    assert (settings.port, settings.queue, settings.hosts, settings.access_log) == (0, 5, ("desk.example",), False)
    assert (settings.model, settings.archive) == (tmp_path / "own", Path("wire"))
    assert settings.start.model == tmp_path / "own"


def test_without_either_every_setting_has_its_default() -> None:
    assert read_settings(None, {}) == ServiceSettings()
    assert ServiceSettings().host == "127.0.0.1"
    assert set(known_settings()) == set(ServiceSettings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "'prot': is it 'port'?"),
        ("port = 70000", "'port': expected a number from 0 to 65,535, got 70000"),
        ("max_fpr = 0.5", "'max_fpr': expected a number from 1e-09 to 0.01, got 0.5"),
        ("port = true", "'port': expected a number"),
        ('rate = "many"', "'rate': expected a number"),
        ("body_seconds = 0", "'body_seconds': expected a number"),
        ("max_fpr = nan", "'max_fpr': expected a number"),
        ("access_log = 1", "'access_log': expected true or false"),
        ("hosts = [1]", "'hosts': expected a list of names"),
        ("model = 3", "'model': expected a text"),
        ("port = ", "expected TOML, got"),
        ("keep_days = 3", "'keep_days': expected a file of feedback"),
        ('host = "0.0.0.0"', "'host': expected 127.0.0.1, ::1 or localhost without tokens, got 0.0.0.0"),
    ],
)
def test_what_is_wrong_is_said_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_settings(toml(tmp_path, text), {})
    assert said in str(error.value)


def tokens(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "tokens"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_tokens_have_names(tmp_path: Path) -> None:
    known = read_tokens(tokens(tmp_path, "# who may ask\n\ndesk\tabcdefghijklmnop\ncms\tABCDEFGHIJKLMNOP\n"))
    assert known.name_of("abcdefghijklmnop") == "desk"
    assert known.name_of("ABCDEFGHIJKLMNOP") == "cms"
    assert [known.name_of(token) for token in ("", "abcdefghijklmno", "abcdefghijklmnopq", "é\udcff")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("desk\tabcdefghijklmnop\n", 0o644, "mode 644: chmod 600"),
        ("desk abcdefghijklmnop\n", 0o600, "tokens:1: expected name<TAB>token"),
        ("desk\tshort\n", 0o600, "16 ASCII characters or more"),
        ("a\tabcdefghijklmnop\nb\tabcdefghijklmnop\n", 0o600, "tokens:2: expected names and tokens that differ"),
        ("# nobody\n", 0o600, "expected 1 to 1,000 tokens, got 0"),
    ],
)
def test_tokens_are_refused_without_repeating_them(tmp_path: Path, text: str, mode: int, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_tokens(tokens(tmp_path, text, mode))
    assert said in str(error.value)
    assert "abcdefghijklmnop" not in str(error.value)


def test_tokens_that_are_no_text_are_named(tmp_path: Path) -> None:
    file = tokens(tmp_path, "")
    file.write_bytes(b"desk\t\xff\xfeabcdefghijklmnop\n")
    with pytest.raises(InputError, match="expected UTF-8"):
        read_tokens(file)


def test_a_client_may_send_some_at_once_and_then_at_its_pace() -> None:
    rates = Rates(60)
    assert [rates.wait("a", 0.0) for _ in range(12)] == [0] * 10 + [1] * 2
    assert rates.wait("b", 0.0) == 0
    assert [rates.wait("a", 2.0) for _ in range(3)] == [0, 0, 1]


def test_a_flood_of_clients_takes_no_memory() -> None:
    rates = Rates(60)
    for number in range(MOST_CLIENTS + 50):
        rates.wait(str(number), 0.0)
    assert len(rates._left) == MOST_CLIENTS


def test_the_highest_rate_is_the_classifiers() -> None:
    assert asks.MAX_RATE == classifier.MAX_RATE
