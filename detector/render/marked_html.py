"""The article's text as HTML with its marks: each links to the reason of its number, `#r1`, and is named `m1`."""

from __future__ import annotations

from collections.abc import Sequence

from detector.findings import Evidence
from detector.render.marked_text import marked_stretches
from detector.render.side_by_side import shown


def marked_html(text: str, evidence: Sequence[Evidence]) -> str:
    """The text with its marks, each linked to its reason; a reason links to the first place of its mark.

    The class "check" tells what may be a fact.
    """
    parts, done, seen = [], 0, set[int]()
    for start, end, numbers in marked_stretches(evidence):
        links = [_to_reason(n, "" if n in seen else f' id="m{n}"', evidence[n - 1].reason) for n in numbers]
        seen.update(numbers)
        first = f"{links[0]}{shown(text[start:end])}<sup>{numbers[0]}</sup></a>"
        others = "".join(f"<sup>,{link}{n}</a></sup>" for link, n in zip(links[1:], numbers[1:], strict=True))
        kind = ' class="check"' if any(evidence[n - 1].severity == "fact" for n in numbers) else ""
        parts += [prose(text[done:start]), f"<mark{kind}>{first}{others}</mark>"]
        done = end
    return "".join([*parts, prose(text[done:])])


def prose(text: str) -> str:
    """Text without marks, its lines as they are."""
    return "<br>\n".join(shown(line) for line in text.split("\n"))


def _to_reason(number: int, name: str, reason: str) -> str:
    return f'<a{name} href="#r{number}" title="{number}: {shown(reason)}">'
