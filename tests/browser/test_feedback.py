"""What an editor says of a mark is kept, and heeded at the next check."""

from __future__ import annotations

from browser_page import SPUN, Opener, check, marks
from playwright.sync_api import expect

DRAFT = SPUN.replace("Karsania", "Tavrania")  # no other test's


def test_what_is_fine_is_not_marked_again(opener: Opener) -> None:
    page = opener()
    check(page, f"\U0001f600 {DRAFT}")
    before = marks(page)
    page.get_by_role("link", name="mouthpiece").click()
    page.get_by_role("button", name="Fine", exact=True).click()
    expect(page.locator("#status")).to_contain_text("not marked here again")
    left = [phrase for phrase in before if phrase != "mouthpiece"]
    assert marks(page) == left
    expect(page.locator(".text")).to_contain_text("A mouthpiece for the Dezhar Front")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".verdict")).to_contain_text("1 marked place accepted before")
    assert marks(page) == left


def test_what_is_wrong_stays_marked(opener: Opener) -> None:
    page = opener()
    check(page, DRAFT)
    before = marks(page)
    page.get_by_role("link", name="visages").click()
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.locator(".reason:visible .noted")).to_have_text("Noted.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reason:visible")).to_have_count(0)
    assert marks(page) == before


def test_a_whole_draft_is_fine(opener: Opener) -> None:
    page = opener()
    check(page, DRAFT)
    page.get_by_role("button", name="The whole draft is fine").click()
    expect(page.locator(".judge-all .noted")).to_contain_text("Noted.")
