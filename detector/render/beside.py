"""One text beside the article as HTML, with its heading: what it is, how much is shared, both texts, what differs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from detector.comparison import Derivation
from detector.render.html_page import table
from detector.render.report_words import (
    FACT_HEADS,
    SWAP_HEADS,
    Laid,
    heads,
    not_made_from,
    remarks,
    said_of,
    shares_of,
    shares_words,
    title_of,
    told_of,
)
from detector.render.side_by_side import fact_rows, shown, side_by_side, swap_rows
from detector.render.web_address import shortened, web_address


def beside(laid: Laid, text: str, number: int) -> Iterator[str]:
    """The parts in order; `text` is the suspect's, and `number` tells this text from others on the same page."""
    source, called, anchor = laid.source, laid.called, f"x{number}"
    swaps, facts = source.comparison.swaps, source.comparison.facts
    yield f'<h2 id="{anchor}">{shown(title_of(laid))}</h2>'
    yield f"<p>{' · '.join([*map(shown, told_of(source)), *_link(source.url)])}</p>"
    if said := not_made_from(laid):
        yield f"<p><strong>{shown(said)}</strong></p>"
    yield from (f"<p>{shown(said)}</p>" for said in remarks(source))
    yield _shares(source.comparison.derivation, called, anchor)
    yield (
        f"<p>{len(swaps):,} swapped phrase{'' if len(swaps) == 1 else 's'}, numbered on both sides: "
        '<span class="swap substituted">other words</span> <span class="swap inserted">only here</span> '
        '<span class="swap deleted">only there</span> <span class="swap fact">a fact changed</span>. '
        f"{len(facts):,} changed fact{'' if len(facts) == 1 else 's'}: "
        '<span class="fact">underlined twice</span><sup>F</sup></p>'
    )
    column = f"{called[0].upper()}{called[1:]}"
    yield f'<div class="pair head" aria-hidden="true"><div>This article</div><div>{column}</div></div>'
    yield from side_by_side(source, text, anchor, called)
    if facts:
        rows = list(fact_rows(facts, anchor))
        yield table(
            "What it states otherwise", heads(FACT_HEADS, called), rows, f"What it states otherwise, text {number}"
        )


def swap_table(laid: Laid, number: int) -> str:
    """Every swap with both wordings; empty where there are none."""
    rows = list(swap_rows(laid.source, f"x{number}"))
    if not rows:
        return ""
    return table("Swapped phrases", heads(SWAP_HEADS, laid.called), rows, f"Swapped phrases, text {number}")


def _link(url: str | None) -> list[str]:
    """A link to where the text was published; an address that may lead elsewhere stays text."""
    address = web_address(url)
    if address is None:
        return [shown(url)] if url else []
    return [f'<a href="{escape(address)}" rel="noreferrer noopener nofollow">{shown(shortened(address))}</a>']


def _shares(shares: Derivation, called: str, anchor: str) -> str:
    """A bar, without styles of its own, which the page of the service may not have; and the same in words."""
    parts = shares_of(shares, called)
    return (
        f'<svg class="shares" role="img" aria-label="{said_of(parts)}"><pattern id="{anchor}h" width="8" height="8" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="8" height="8"/>'
        f'<rect class="line" width="2" height="8"/></pattern><rect class="same" width="{shares.verbatim:.2%}" '
        f'height="100%"/><rect x="{shares.verbatim:.2%}" width="{shares.reworded:.2%}" height="100%" '
        f'fill="url(#{anchor}h)"/></svg><p>{shown(shares_words(shares, called))}</p>'
    )
