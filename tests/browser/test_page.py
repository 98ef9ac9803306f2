"""What a person does on the page: paste, read the marks, take a suggestion, save the report; and what goes wrong."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import docx
import pytest
from browser_page import (
    CLEAN,
    FLAGGED,
    SAMPLE,
    SHORT,
    SPUN,
    Opener,
    answer_with,
    check,
    drop,
    marks,
    read,
    service,
    shown,
)
from playwright.sync_api import Page, expect

HOSTILE = "<script>alert(1)</script><img src=//evil.example/x onerror=alert(2)> & pay\u202elap \x07"


def reason(page: Page) -> str:
    return page.locator(".reason:visible").inner_text()


def test_a_pasted_draft_gets_a_verdict_with_its_rate_and_marks_with_reasons(opener: Opener) -> None:
    page = opener(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", SPUN)
    page.locator("#draft").press("Control+V")
    expect(page.locator("#count")).to_have_text("359 words")
    page.get_by_role("button", name="Check").click()
    read(page)
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(FLAGGED)
    expect(verdict).to_contain_text(re.compile(r"at most 1% .* measured \(95% interval .*%\) on [\d,]+ untouched"))
    expect(verdict).to_contain_text("It does not tell who changed the text, or why.")
    assert "lights blitz" in marks(page)
    page.get_by_role("link", name="lights blitz", exact=True).click()
    assert "Word spinners write this" in reason(page)
    assert "lightning offensive" in reason(page)
    expect(page.locator("#status")).to_contain_text(FLAGGED)


def test_a_clean_draft_is_told_what_was_looked_for_and_what_that_leaves_open(opener: Opener) -> None:
    page = opener()
    expect(page.locator(".about")).to_contain_text("At most 1% of untouched drafts are flagged")
    expect(page.locator(".about")).to_contain_text(re.compile(r"it was 0\.\d+% \(95% interval"))
    check(page, CLEAN)
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("No signs of rewording")
    expect(verdict).to_contain_text("Looked for: words and phrases put in the place of others")
    expect(verdict).to_contain_text(re.compile(r"proves nothing.*Missed were:.*\d% of [\d,]+ ", re.DOTALL))
    expect(page.locator("#status")).to_contain_text("No signs of rewording. No phrase is marked.")
    assert marks(page) == []


def test_a_short_draft_gets_no_verdict_and_a_reason(opener: Opener) -> None:
    page = opener()
    check(page, SHORT)
    expect(page.locator(".verdict")).to_contain_text("No verdict is possible")
    expect(page.locator(".verdict")).to_contain_text("at least 120 words")


def test_marks_are_gone_through_by_keyboard(opener: Opener) -> None:
    page = opener()
    check(page, SPUN)
    phrases = marks(page)
    page.keyboard.press("j")
    assert reason(page).startswith(f"1 of {len(phrases)}")
    page.keyboard.press("j")
    assert phrases[1] in reason(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    assert phrases[0] in reason(page)
    page.keyboard.press("k")  # round
    assert phrases[-1] in reason(page)
    page.keyboard.press("Escape")
    assert page.locator(".reason:visible").count() == 0
    assert page.evaluate("document.activeElement.firstChild.data") == phrases[-1]
    page.locator(".text mark a").first.focus()
    page.keyboard.press("Enter")
    assert phrases[0] in reason(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.reason') !== null")


def test_a_suggestion_replaces_the_phrase_in_the_draft_and_can_be_put_back(opener: Opener) -> None:
    page = opener()
    emoji = "\U0001f600 \U0001d4d0 "  # two code points outside of the plane that JavaScript counts by
    check(page, emoji + SPUN)
    page.get_by_role("link", name="lights blitz", exact=True).click()
    page.get_by_role("button", name="Use this: lightning offensive").click()
    edited = page.locator("#draft").input_value()
    assert edited == emoji + SPUN.replace("in a lights blitz", "in a lightning offensive")
    assert "lightning offensive" in marks(page)
    page.get_by_role("button", name="Put back").click()
    assert page.locator("#draft").input_value() == emoji + SPUN
    page.get_by_role("button", name="Use this: lightning offensive").click()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("link", name="lights blitz", exact=True)).to_have_count(0)
    expect(page.locator(".text")).to_contain_text("in a lightning offensive that")


def test_a_draft_is_edited_and_the_marks_come_back_if_it_is_the_same(opener: Opener) -> None:
    page = opener()
    check(page, SPUN)
    page.get_by_role("button", name="Edit the draft").click()
    expect(page.locator("#draft")).to_be_focused()
    expect(page.locator("#result")).to_be_hidden()
    page.locator("#draft").press("End")
    page.keyboard.type("!")
    expect(page.get_by_role("button", name="Back to the marks")).to_be_hidden()
    page.keyboard.press("Backspace")
    page.get_by_role("button", name="Back to the marks").click()
    expect(page.locator("#result")).to_be_visible()
    page.get_by_role("button", name="New draft").click()
    assert page.locator("#draft").input_value() == ""


def test_text_that_acts_is_shown_as_text(opener: Opener) -> None:
    page = opener()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    check(page, f"{HOSTILE}\n\n{SPUN.replace('lights blitz', 'lights blitz <b>')}")
    text = page.locator(".text").inner_text()
    assert text.startswith("<script>alert(1)</script><img src=//evil.example/x onerror=alert(2)> & pay<U+202E>lap")
    assert page.locator("#result script, #result img, #result b:not(.phrase b)").count() == 0
    page.keyboard.press("j")
    page.get_by_text("Earlier drafts").click()
    expect(page.locator("#drafts button")).to_contain_text("<script>alert(1)</script>")
    assert "\u202e" not in page.locator("#drafts").inner_text()
    assert page.locator("#draft").input_value().startswith(HOSTILE)
    assert alerts == []


def test_the_report_is_saved_as_a_page_of_its_own(opener: Opener, tmp_path: Path) -> None:
    page = opener()
    check(page, SPUN)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    assert download.value.suggested_filename == "draft-report.html"
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("<!doctype html>")
    assert FLAGGED.search(saved)
    assert "lights blitz" in saved


def test_with_an_archive_the_source_stands_beside_the_draft(opener: Opener) -> None:
    page = opener()
    check(page, SPUN)
    sources = page.locator(".sources")
    expect(sources).to_contain_text("swapped phrases, numbered on both sides")
    assert sources.locator(".pair").count() > 10
    expect(sources.locator("a.swap", has_text=re.compile(r"^lightning offensive\d+$"))).to_have_count(1)
    page.get_by_role("button", name="New draft").click()
    check(page, CLEAN)
    expect(page.locator(".not-found")).to_contain_text("No source was found in the archive wire.")


def test_files_are_dropped_and_read(opener: Opener) -> None:
    page = opener()
    document = docx.Document()
    for paragraph in SPUN.split("\n\n"):
        document.add_paragraph(paragraph)
    content = BytesIO()
    document.save(content)
    html = (SAMPLE / "pages" / "kenya-rate-cut.html").read_bytes()
    item = {"uri": "urn:1", "headline": "Pier", "body_text": SPUN}
    files = {"draft.docx": content.getvalue(), "page.html": html, "item.json": json.dumps(item).encode()}
    for name, dropped in {**files, "plain.txt": CLEAN.encode()}.items():
        drop(page, name, dropped)
        read(page)
        expect(page.locator(".verdict")).to_contain_text("No signs" if name == "plain.txt" else FLAGGED)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the report").click()
        assert download.value.suggested_filename == f"{name.partition('.')[0]}-report.html"
        page.get_by_role("button", name="New draft").click()


def test_a_pasted_ninjs_item_is_read_as_one(opener: Opener) -> None:
    page = opener()
    check(page, json.dumps({"uri": "urn:1", "headline": "Pier", "body_text": SPUN}))
    assert "lights blitz" in marks(page)
    assert "body_text" not in page.locator("#draft").input_value()


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (413, {}, "This draft is larger than the service takes."),
        (429, {"Retry-After": "12"}, "Too many requests in a short time. Try again in 12 s."),
        (503, {"Retry-After": "2"}, "The service has more to do than it can. Try again in 2 s."),
    ],
)
def test_errors_are_said_in_plain_words(opener: Opener, status: int, headers: dict[str, str], said: str) -> None:
    page = opener()
    answer_with(page, "**/page/check*", status, headers)
    page.locator("#draft").fill(CLEAN)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_have_text(said)
    assert page.locator("#draft").input_value() == CLEAN
    page.unroute("**/page/check*")
    page.keyboard.press("Control+Enter")
    read(page)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_what_the_service_refuses_is_said_with_its_reason(opener: Opener) -> None:
    page = opener()
    alert = page.get_by_role("alert")
    drop(page, "broken.docx", b"PK no document")
    expect(alert).to_contain_text("The service could not read this draft. It says: ")
    drop(page, "big.txt", b"word " * 500_000)
    expect(alert).to_contain_text("This draft is larger than the service takes.")
    drop(page, "table.xlsx", b"x")
    expect(alert).to_contain_text("Expected a file that ends in .txt, .md, .html, .docx or .json, got table.xlsx.")
    drop(page, "list.json", b"[1]")
    expect(alert).to_contain_text("Expected one ninjs item")
    page.route("**/page/check*", lambda route: route.abort())
    page.locator("#draft").fill(CLEAN)
    page.keyboard.press("Control+Enter")
    expect(alert).to_contain_text("The service cannot be reached.")


def test_a_check_shows_that_it_runs_and_is_cancelled(opener: Opener) -> None:
    page = opener()
    page.route("**/page/check*", lambda route: None)  # never answered
    page.locator("#draft").fill(CLEAN)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#check")).to_contain_text("Checking…")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#check .label")).to_have_text("Check")
    expect(page.locator("#status")).to_have_text("Cancelled.")
    assert shown(page, ["#cancel", "#error", "#draft"]) == [False, False, True]


def test_a_service_that_wants_a_token_is_given_one(opener: Opener, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("desk\tfor-the-tests-only-0123456789\n")
    tokens.chmod(0o600)
    with service("--tokens", str(tokens)) as address:
        page = opener(address=f"{address}/docs")  # what programs can ask is no secret
        expect(page.get_by_role("heading", name="POST /v1/check")).to_be_visible()
        expect(page.locator("main")).to_contain_text("This service asks for a token")
        page.get_by_role("link", name="openapi.json").click()
        expect(page.locator("body")).to_contain_text('"/v1/check"')
        page.goto(address)
        page.locator("#draft").fill(CLEAN)
        page.keyboard.press("Control+Enter")
        page.locator("#token").fill("not-this-one-0123456789")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The service does not know this token.")
        page.locator("#token").fill("for-the-tests-only-0123456789")
        page.keyboard.press("Enter")
        read(page)
        assert shown(page, ["#token-form", "#error"]) == [False, False]
        assert page.evaluate("Object.values(localStorage).join('').includes('for-the-tests')") is False
        page.reload()
        check(page, SPUN)
