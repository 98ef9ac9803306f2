"""The page at `/` and what it asks for; what answers a check on it is marked_draft.py.

The listening process imports this and has no numpy, so it takes nothing from detector.render but style sheets.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from string import Template

from detector.service.asks import About
from detector.service.settings import ServiceSettings

ASSETS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # type, and the files it is joined of
    "desk.css": ("text/css; charset=utf-8", ("render/colours.css", "render/beside.css", "service/static/desk.css")),
    "desk.js": ("text/javascript; charset=utf-8", ("service/static/desk.js",)),
}
NOT_KEPT = "The draft goes to this service and nowhere else, and is not kept there."
KEPT = "What you call fine or wrong is kept by this service, with the draft that it stands in."
JUDGE = "service/static/judge.html"


def page(settings: ServiceSettings, about: About) -> str:
    """The page, for a service with or without an archive and feedback."""
    rate, keeps = about.false_positive_rate, settings.feedback is not None
    low, high = map(_percent, rate["interval"])
    archive = f"Sources are looked for in the archive {about.archive['name']}." if about.archive else ""
    said = {
        "asked": _percent(rate["asked"]),
        "measured": _percent(rate["measured"]),
        "interval": f"{low} to {high}",
        "measured_on": rate["measured_on"],
        "archive": archive,
        "kept": f"{NOT_KEPT} {KEPT}" if keeps else NOT_KEPT,
        "model": f"{about.model['name']} {about.model['version']}",
        "address": f"http://{settings.host}:{settings.port or 'PORT'}",
    }
    escaped = {name: escape(str(value)) for name, value in said.items()}
    return Template(_read("service/static/page.html")).substitute(escaped, judge=_read(JUDGE) if keeps else "")


def asset(name: str) -> tuple[str, bytes]:
    """The type and the content of one of ASSETS."""
    kind, parts = ASSETS[name]
    return kind, "".join(map(_read, parts)).encode()


def _read(name: str) -> str:
    return files("detector").joinpath(name).read_text(encoding="utf-8")


def _percent(share: float) -> str:
    """As detector.render.wrapped writes it, whose package needs numpy."""
    return f"{100 * share:.3g}%"
