"""The page for everybody: an automated checker (axe-core) in every state, dark, light, narrow, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from axe_playwright_python.sync_playwright import Axe
from browser_page import CLEAN, SHORT, SPUN, Opener, answer_with, check, marks
from playwright.sync_api import Page, expect

BRIEF = "\n\n".join(SPUN.split("\n\n")[:5])
NARROW = {"width": 360, "height": 740}


def wrong(page: Page, only: str = "") -> list[str]:
    """What axe-core finds, of whatever weight; by one rule if it is named, which is much faster."""
    found = Axe().run(page, options={"runOnly": [only]} if only else None).response["violations"]
    return [f"{one['impact']}: {one['id']} at {one['nodes'][0]['target']}" for one in found]


def states(page: Page) -> Iterator[str]:
    """Bring the page into each of its states, one after the other."""
    yield "empty"
    check(page, BRIEF)
    yield "marked"
    page.get_by_role("link", name="lights blitz", exact=True).click()
    page.get_by_role("button", name="Use this: lightning offensive").click()
    yield "reason"
    page.get_by_role("button", name="Wrong", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    yield "judged"
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    yield "unfolded"
    page.get_by_role("button", name="New draft").click()
    check(page, CLEAN)
    yield "clean"
    page.get_by_role("button", name="New draft").click()
    check(page, SHORT)
    yield "no verdict"
    page.get_by_role("button", name="Edit the draft").click()
    answer_with(page, "**/page/check*", 503, {"Retry-After": "2"})
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "error"
    answer_with(page, "**/page/check*", 401)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#token")).to_be_visible()
    yield "token"
    page.route("**/page/check*", lambda route: None)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    yield "checking"


def test_the_checker_finds_nothing_in_any_state(opener: Opener) -> None:
    page = opener()
    assert {state: found for state in states(page) if (found := wrong(page))} == {}


def test_all_can_be_read_on_dark(opener: Opener) -> None:
    page = opener(color_scheme="dark")
    assert {state: found for state in states(page) if (found := wrong(page, "color-contrast"))} == {}


def test_the_checker_finds_nothing_on_a_narrow_screen(opener: Opener) -> None:
    page = opener(viewport=NARROW)
    first = islice(states(page), 3)  # with the reason at the foot of the screen
    assert {state: found for state in first if (found := wrong(page))} == {}


def test_the_checker_finds_what_is_wrong(opener: Opener) -> None:
    page = opener()
    page.evaluate("document.querySelector('label[for=draft]').remove()")
    page.evaluate("document.querySelector('.about').style.color = '#ccc'")
    assert {found.split()[1] for found in wrong(page)} >= {"color-contrast", "label"}


def test_nothing_is_wider_than_a_narrow_screen(opener: Opener) -> None:
    page = opener(viewport=NARROW)
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    check(page, SPUN + "\n" + "unbreakable" * 30)
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    page.keyboard.press("j")
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    assert widths == [360, 360, 360]
    mark, reason = page.locator(".text mark.open").bounding_box(), page.locator(".reason:visible").bounding_box()
    assert mark is not None
    assert reason is not None
    assert 0 <= mark["y"] < mark["y"] + mark["height"] <= reason["y"]  # the phrase is not under what is said of it
    assert reason["y"] + reason["height"] <= NARROW["height"]


def test_on_a_wide_screen_the_reason_stands_beside_its_mark(opener: Opener) -> None:
    page = opener(viewport={"width": 1280, "height": 900})
    check(page, SPUN)
    text = page.locator(".text").bounding_box()
    for nth in (0, 5):
        page.locator(".text mark a").nth(nth).click()
        mark, reason = page.locator(".text mark.open").bounding_box(), page.locator(".reason:visible").bounding_box()
        assert text is not None
        assert mark is not None
        assert reason is not None
        assert reason["x"] > text["x"] + text["width"]
        assert abs(reason["y"] - mark["y"]) < 60


def test_dark_is_dark_and_light_is_light(opener: Opener) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = opener(color_scheme=scheme)
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds == {"light": "rgb(244, 242, 238)", "dark": "rgb(16, 18, 20)"}


def test_who_asks_for_less_motion_gets_it(opener: Opener) -> None:
    page = opener(reduced_motion="reduce")
    page.route("**/page/check*", lambda route: None)
    page.locator("#draft").fill(CLEAN)
    page.keyboard.press("Control+Enter")
    turning = page.locator("#check .label").evaluate("one => getComputedStyle(one, '::before').animationName")
    assert turning == "none"


def test_without_scripts_the_page_says_what_to_do(opener: Opener) -> None:
    page = opener(java_script_enabled=False)
    expect(page.locator("noscript p")).to_have_text(
        "This page needs scripts, and they are off. The same answer without them:"
    )
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("curl --data-binary @draft.txt")
    expect(page.locator("#form")).to_be_hidden()


def test_in_print_every_reason_stands_under_the_text(opener: Opener) -> None:
    page = opener()
    check(page, SPUN)
    page.keyboard.press("j")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    numbers = page.locator(".reasons .reason:visible .phrase b").all_inner_texts()
    assert numbers == [str(n) for n in range(1, len(marks(page)) + 1)]
    assert page.locator("form:visible, #history:visible").count() == 0
