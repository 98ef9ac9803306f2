"""The page of the desk in a real browser: a service is started, pages opened, drafts checked as a person would.

Whatever a test does, a page must ask for nothing outside of the service, break no rule of its own policy, and raise no
error; `Opener.close` says so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Route, sync_playwright

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
SPUN = (SAMPLE / "spun" / "karsania-dezhar-offensive.txt").read_text(encoding="utf-8")
CLEAN = (SAMPLE / "clean" / "halvorsen-earnings.txt").read_text(encoding="utf-8")
FLAGGED = re.compile("(Strong s|S)igns of word substitution")  # how strong they are is for the model to say
SHORT = "Fire crews were called to a barn outside Wexley on Sunday."
UNSPIN = [sys.executable, "-c", "from detector.cli import main; main()"]
CHROMIUM = shutil.which("chromium")
# No calls home, and nothing that a container forbids.
FLAGS = """--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update
    --disable-sync --disable-quic""".split()
PATIENCE = 20_000  # milliseconds; a machine under load is no failure


@contextmanager
def service(*options: str) -> Iterator[str]:
    """Run `unspin serve` with one worker at a free port; gives its address."""
    command = [*UNSPIN, "serve", "--port", "0", "--workers", "1", "--no-access-log"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            assert "listens on http" in said, said
            yield said.split("listens on ")[1].split()[0]
        finally:
            process.terminate()


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield launched
        finally:
            launched.close()


class Opener:
    """Opens pages of one service, each as a person who was never there."""

    def __init__(self, launched: Browser, address: str) -> None:
        self.address = address
        self._browser = launched
        self._pages: list[Page] = []
        self._wrong: list[str] = []

    def __call__(self, *, address: str | None = None, **options: Any) -> Page:
        """Open the page; `options` are those of a browser context (viewport, color_scheme, ...)."""
        page = self._browser.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", self._raised)
        self._pages.append(page)
        page.goto(address or self.address)
        return page

    def close(self) -> None:
        """Close all pages; AssertionError where one did what none may."""
        for page in self._pages:
            page.context.close()
        assert self._wrong == []

    def _asked(self, request: Request) -> None:
        ours = "http://127.0.0.1:", f"blob:{self.address[:17]}", "data:"
        if not request.url.startswith(ours):
            self._wrong.append(f"asked for {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):  # an answer of 4xx
            self._wrong.append(f"console: {message.text}")

    def _raised(self, error: Error) -> None:
        self._wrong.append(f"raised: {error}")


def check(page: Page, text: str) -> None:
    """Put a draft in and have it checked by the keyboard."""
    page.locator("#draft").fill(text)
    page.keyboard.press("Control+Enter")
    read(page)


def read(page: Page) -> None:
    """Wait for the answer."""
    page.locator("body[data-mode=read]").wait_for()


def marks(page: Page) -> list[str]:
    """The phrases that are marked, in reading order; their numbers are not seen."""
    return page.locator(".text mark a").evaluate_all("links => links.map(link => link.firstChild.data)")


def answer_with(page: Page, path: str, status: int, headers: dict[str, str] | None = None, body: str = "{}") -> None:
    """Have the browser get this instead of what the service would say."""

    def instead(route: Route) -> None:
        route.fulfill(status=status, headers={"Content-Type": "application/json", **(headers or {})}, body=body)

    page.route(path, instead)


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the page."""
    files = page.evaluate_handle(
        """([name, content]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(content), (byte) => byte.charCodeAt(0))], name));
            return data;
        }""",
        [name, b64encode(content).decode()],
    )
    page.dispatch_event("body", "drop", {"dataTransfer": files})


def shown(page: Page, selectors: Sequence[str]) -> list[bool]:
    return [page.locator(one).is_visible() for one in selectors]
