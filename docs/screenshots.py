"""Make the pictures of docs/images: the page of the service and the HTML report, on the sample stories.

Run it by `make screenshots`. The service, the archive, the window sizes and the drafts are the same each time; letters
are drawn by the fonts at hand (the pictures in the repository: Debian's fonts-liberation and fonts-dejavu-core).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from browser_page import CLEAN, SAMPLE, SPUN, UNSPIN, browser, check, service
from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parent / "images"
WIDE = {"width": 1120, "height": 820}
PHONE = {"width": 390, "height": 760}
MOST_BYTES = 200_000  # of one picture


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        archive, report = Path(scratch, "wire"), Path(scratch, "report.html")
        unspin("archive", "create", archive)
        unspin("archive", "add", archive, story("clean", Path(scratch, "clean.json")))
        unspin("report", story("spun", Path(scratch, "spun.json")), "--archive", archive, "-o", report)
        with service("--feedback", str(Path(scratch, "verdicts.db"))) as address, browser() as launched:
            save(spun(launched, address, WIDE, "light"), "page-spun")
            save(spun(launched, address, WIDE, "dark"), "page-dark")
            save(spun(launched, address, PHONE, "light"), "page-phone")
            save(clean(launched, address), "page-clean")
            save(beside(launched, report), "report")


def unspin(*arguments: object) -> None:
    subprocess.run([*UNSPIN, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def story(kind: str, path: Path) -> Path:
    """Write one sample story with what the index says of it."""
    rows = map(json.loads, (SAMPLE / "index.jsonl").read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if row["id"] == f"{kind}/karsania-dezhar-offensive")
    known = {name: row[name] for name in ("id", "title", "outlet", "published") if row.get(name)}
    text = (SAMPLE / row["path"]).read_text(encoding="utf-8")
    path.write_text(json.dumps({**known, "text": text}), encoding="utf-8")
    return path


def spun(launched: Browser, address: str, window: dict[str, int], scheme: str) -> Page:
    """A spun draft with the reason of one of its marks."""
    page = launched.new_context(viewport=window, color_scheme=scheme).new_page()
    page.goto(address)
    check(page, SPUN)
    page.keyboard.press("j")
    return page


def clean(launched: Browser, address: str) -> Page:
    page = launched.new_context(viewport={**WIDE, "height": 640}).new_page()
    page.goto(address)
    check(page, CLEAN)
    return page


def beside(launched: Browser, report: Path) -> Page:
    """The report, at its columns."""
    page = launched.new_context(viewport={**WIDE, "height": 640}).new_page()
    page.goto(report.as_uri())
    page.locator("#x1").evaluate("heading => heading.scrollIntoView()")
    return page


def save(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"expected at most {MOST_BYTES:,} bytes a picture, got {size:,} in {path}: make the window smaller")
    print(f"{path.relative_to(Path.cwd())} {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
