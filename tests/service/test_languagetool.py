"""LanguageTool's clients can connect: the real library, and the response as its API is documented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import language_tool_python
import pytest
from service.served import Served, served

from detector.service.languagetool import Piece, Sent, units
from detector.service.languagetool_form import read_form
from detector.service.refusals import RequestError


@pytest.fixture(scope="module")
def service(model_folder: Path) -> Iterator[Served]:
    with served("--model", str(model_folder), "--rate", "1000000") as service:
        yield service


@pytest.fixture(scope="module")
def client(service: Served) -> Iterator[httpx.Client]:
    with service.client as client:
        yield client


def matches(client: httpx.Client, **form: str) -> list[dict[str, Any]]:
    answer = client.post("/v2/check", data={"language": "en-US", **form})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["matches"]
    return found


def in_units(text: str, start: int, length: int) -> str:
    """What stands at so many UTF-16 code units, as a client written in JavaScript or Java sees it."""
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")


def test_the_client_library_finds_the_marks(service: Served, spun_texts: tuple[str, ...]) -> None:
    text = f"😀😀 {spun_texts[0]}"  # each of the first two characters takes two units
    with language_tool_python.LanguageTool("en-US", remote_server=service.url) as tool:
        found = [match for match in tool.check(text) if match.rule_id == "UNSPIN_SPINNER_PHRASES"]
        assert {"en-US", "en-GB", "auto"} <= tool._get_languages()
    phrases = {text[match.offset : match.offset + match.error_length] for match in found}
    assert "lights blitz" in phrases
    (blitz, *_) = (match for match in found if text[match.offset :].startswith("lights blitz"))
    assert "lightning offensive" in blitz.replacements
    assert blitz.category == "UNSPIN"
    assert "lights blitz" in blitz.sentence
    assert blitz.message


def test_the_response_is_as_documented(client: httpx.Client, spun_texts: tuple[str, ...]) -> None:
    text = f"{spun_texts[0]} 😀 {spun_texts[1]}"
    answer = client.post("/v2/check", data={"language": "auto", "text": text}).json()
    assert answer["software"]["name"] == "Unspin"
    assert answer["software"]["apiVersion"] == 1
    assert answer["language"]["code"] == answer["language"]["detectedLanguage"]["code"] == "en-US"
    assert answer["warnings"] == {"incompleteResults": False}
    assert [match["offset"] for match in answer["matches"]] == sorted(match["offset"] for match in answer["matches"])
    assert answer["matches"][0]["rule"]["id"] == "UNSPIN_VERDICT"
    for match in answer["matches"]:
        context = match["context"]
        shown = in_units(text, match["offset"], match["length"])
        assert shown
        assert in_units(context["text"], context["offset"], context["length"]) == shown.replace("\n", " ")
        assert " ".join(shown.split()) in " ".join(match["sentence"].split())
        assert match["rule"]["id"].startswith("UNSPIN_")
        assert match["rule"]["category"] == {"id": "UNSPIN", "name": "Rewording"}
        assert all(set(replacement) == {"value"} for replacement in match["replacements"])
        assert match["type"]["typeName"]


def test_marks_stand_in_the_text_with_its_markup(client: httpx.Client, spun_texts: tuple[str, ...]) -> None:
    before, _, after = spun_texts[0].partition("lights blitz")
    parts = [{"markup": "<p>😀"}, {"text": before}, {"markup": "<b>"}, {"text": "lights"}, {"markup": "</b>&nbsp;"}]
    parts[-1]["interpretAs"] = " "
    parts += [{"text": "blitz"}, {"markup": "<i></i>"}, {"text": after}]
    sent = "".join(part.get("text", part.get("markup", "")) for part in parts)
    found = matches(client, data=json.dumps({"annotation": parts}))
    shown = {in_units(sent, match["offset"], match["length"]) for match in found}
    assert "lights</b>&nbsp;blitz" in shown


def test_rules_can_be_left_out(client: httpx.Client, spun_texts: tuple[str, ...]) -> None:
    text, phrases = spun_texts[0], "UNSPIN_SPINNER_PHRASES"
    every = {match["rule"]["id"] for match in matches(client, text=text)}
    assert phrases in every
    assert {match["rule"]["id"] for match in matches(client, text=text, disabledRules=phrases)} == every - {phrases}
    assert matches(client, text=text, disabledCategories="UNSPIN,TYPOS") == []
    only = matches(client, text=text, enabledOnly="true", enabledRules=f"X,{phrases}")
    assert {match["rule"]["id"] for match in only} == {phrases}


def test_what_gets_no_verdict_has_no_matches(client: httpx.Client) -> None:
    assert matches(client, text="Too short.") == []
    assert matches(client, text="") == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "zebra", "language": "de-DE"}, "Supported language codes are: en, en-AU"),
        ({"text": "zebra", "language": "zebra"}, "Supported language codes are"),
        ({"text": "zebra"}, "'language'"),
        ({"language": "en-US"}, "'text' and 'data'"),
        ({"text": "zebra", "data": "{}", "language": "en-US"}, "'text' and 'data'"),
        ({"data": "zebra", "language": "en-US"}, "'data'"),
        ({"data": '{"annotation": [{"zebra": 1}]}', "language": "en-US"}, "'data'"),
        ({"data": '{"annotation": ' + "[" * 5_000, "language": "en-US"}, "'data'"),
    ],
)
def test_errors_are_words_with_the_status_of_languagetool(
    client: httpx.Client, form: dict[str, str], said: str
) -> None:
    answer = client.post("/v2/check", data=form)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text.startswith("Error: ")
    assert said in answer.text
    assert "zebra" not in answer.text


@pytest.mark.parametrize("body", [b"text=%ff&language=en-US", b"\xff", b"a=1&" * 60, b"text=%ED%A0%80&language=en"])
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError) as error:
        read_form(body)
    assert error.value.status == 400


def test_units_of_pieces() -> None:
    sent = read_form(
        b"language=EN-gb&data=" + b'{"annotation":[{"text":"a%F0%9F%98%80"},{"markup":"<i>"},{"text":"b"}]}'
    )
    assert sent == Sent((Piece("a😀", 3), Piece("", 3, True), Piece("b", 1)), sent.wanted)
    assert sent.wanted.language == "en-GB"
    assert sent.text == "a😀b"
    assert units("a\ud800") == 2
