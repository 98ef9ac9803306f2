"""What an editor says of a mark is kept, and heeded at the next check."""

from __future__ import annotations

from browser_page import FLAGGED, SAMPLE, Opener, check, marks, service
from playwright.sync_api import Locator, Page, expect

# What is accepted is known again by its words, so these are stories of no other test.
DRAFT, ANOTHER = (
    (SAMPLE / "spun" / f"{name}.txt").read_text(encoding="utf-8") for name in ("kenya-rate-cut", "harbour-trust-fraud")
)


def marked_once(phrases: list[str]) -> str:
    """The first marked phrase that the draft has in one place only."""
    return next(phrase for phrase in phrases if DRAFT.count(phrase) == 1)


def mark(page: Page, phrase: str) -> Locator:
    """The marked place of a phrase."""
    return page.get_by_role("link", name=phrase, exact=True)


def test_what_is_fine_is_not_marked_again(opener: Opener) -> None:
    page = opener()
    check(page, f"\U0001f600 {DRAFT}")
    before = marks(page)
    fine = marked_once(before)
    mark(page, fine).click()
    page.get_by_role("button", name="Fine", exact=True).click()
    expect(page.locator("#status")).to_contain_text("not marked here again")
    left = [phrase for phrase in before if phrase != fine]
    assert marks(page) == left
    at = DRAFT.index(fine)
    expect(page.locator(".text")).to_contain_text(DRAFT[at : at + len(fine) + 1])  # offsets of code points
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".verdict")).to_contain_text("1 marked place accepted before")
    assert marks(page) == left
    page.reload()
    check(page, f"A new first line.\n\n{DRAFT}")
    assert fine not in marks(page)


def test_what_is_wrong_stays_marked(opener: Opener) -> None:
    page = opener()
    check(page, DRAFT)
    before = marks(page)
    mark(page, marked_once(before)).click()
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.locator(".reason:visible .noted")).to_have_text("Noted.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".reason:visible")).to_have_count(0)
    assert marks(page) == before


def test_what_was_said_is_taken_back_by_the_button_and_by_a_key(opener: Opener) -> None:
    page = opener()
    check(page, f"Another first line.\n\n{DRAFT}")
    before = marks(page)
    fine, wrong = marked_once(before), marked_once(before[::-1])
    undo, status = page.locator("#undo"), page.locator("#status")
    expect(undo).to_be_hidden()
    mark(page, fine).click()
    page.get_by_role("button", name="Fine", exact=True).click()
    expect(undo).to_contain_text(f"“{fine}”: fine.")
    assert fine not in marks(page)
    mark(page, wrong).click()
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(undo).to_contain_text(f"“{wrong}”: wrong.")
    page.keyboard.press("u")
    expect(status).to_contain_text(f"Taken back: “{wrong}”: wrong.")
    expect(page.locator(".reason:visible .noted")).to_have_text("")
    expect(page.get_by_role("button", name="Wrong", exact=True)).to_be_focused()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(status).to_contain_text(f"Taken back: “{fine}”: fine.")
    expect(mark(page, fine)).to_be_focused()
    expect(undo).to_be_hidden()
    assert marks(page) == before
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".reason:visible")).to_have_count(0)
    assert marks(page) == before


def test_it_is_taken_back_after_the_next_check_too(opener: Opener) -> None:
    page = opener()
    check(page, f"One more first line.\n\n{DRAFT}")
    before = marks(page)
    mark(page, marked_once(before)).click()
    page.get_by_role("button", name="Fine", exact=True).click()
    expect(page.locator("#undo")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".verdict")).to_contain_text("accepted before")
    expect(page.locator("#status")).to_contain_text("are marked")  # the last that a check does
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("Check again to see it marked.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".text mark a")).to_have_count(len(before))
    assert marks(page) == before


def test_a_draft_that_is_fine_as_a_whole_is_not_flagged_again(opener: Opener) -> None:
    page = opener()
    check(page, ANOTHER)
    expect(page.locator(".verdict")).to_contain_text(FLAGGED)
    page.get_by_role("button", name="The whole draft is fine").click()
    expect(page.locator(".judge-all .noted")).to_contain_text("Noted.")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".verdict")).to_contain_text("No signs of rewording")
    expect(page.locator(".verdict")).to_contain_text("the verdict would have been spun")
    assert marks(page) == []


def test_a_service_without_feedback_asks_for_none(opener: Opener) -> None:
    with service() as address:
        page = opener(address=address)
        check(page, DRAFT)
        page.keyboard.press("j")
        expect(page.locator(".reason:visible")).to_have_count(1)
        expect(page.get_by_role("button", name="Fine")).to_have_count(0)
        expect(page.get_by_role("button", name="Wrong")).to_have_count(0)
        expect(page.locator("footer")).not_to_contain_text("fine or wrong")
