"""Earlier drafts stay in this browser, until they are cleared or no longer wanted."""

from __future__ import annotations

from browser_page import CLEAN, FLAGGED, SHORT, SPUN, Opener, check, read
from playwright.sync_api import Page, expect


def earlier(page: Page) -> list[str]:
    return page.locator("#drafts button").all_text_contents()


def test_earlier_drafts_stay_and_are_checked_again(opener: Opener) -> None:
    page = opener()
    check(page, SPUN)
    page.get_by_role("button", name="New draft").click()
    check(page, SHORT)
    page.reload()
    page.get_by_text("Earlier drafts").click()
    assert earlier(page) == [SHORT, "Karsanian army retakes two hamlets in lights blitz near border"]
    expect(page.locator("#drafts li").nth(1)).to_contain_text(FLAGGED)
    page.locator("#drafts button").nth(1).click()
    read(page)
    expect(page.locator(".verdict")).to_contain_text(FLAGGED)
    assert len(earlier(page)) == 2


def test_they_are_cleared_and_are_not_kept_where_that_is_declined(opener: Opener) -> None:
    page = opener()
    check(page, CLEAN)
    page.get_by_text("Earlier drafts").click()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    assert page.evaluate("localStorage.getItem('unspin.drafts')") is None
    keep = page.get_by_label("Keep the last 20 in this browser, and nowhere else")
    keep.uncheck()
    page.reload()
    expect(keep).not_to_be_checked()
    check(page, SHORT)
    assert earlier(page) == []
    assert "barn" not in page.evaluate("Object.values(localStorage).join()")


def test_only_the_last_twenty_are_kept(opener: Opener) -> None:
    page = opener()
    many = [{"at": 0, "text": f"Story {i}", "said": "No signs"} for i in range(20)]
    page.evaluate("drafts => localStorage.setItem('unspin.drafts', JSON.stringify(drafts))", many)
    check(page, SHORT)
    assert earlier(page) == [SHORT, *(f"Story {i}" for i in range(19))]
