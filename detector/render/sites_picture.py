"""Pictures of sites as SVG: a share with its interval, and which recurring swaps stand at which sites.

Colours come from the page's style, so that they follow dark and light; whatever is shown stands in a table as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.classifier import Rate
from detector.render.neutral import neutral
from detector.render.side_by_side import shown
from detector.sites import Judged, Swap

WIDTH, HEIGHT = 180, 16  # of a share, in px
CELL = 22  # px, of a square
LABELS, HEADS = 190, 185  # px for the names of sites and for the swaps
LONGEST = 24  # characters of a label
MOST_SITES, MOST_SWAPS = 30, 24


def share_picture(rate: Rate, untouched: float) -> str:
    """A share on a line from 0 to 1 with its interval, and a mark at the rate of untouched copy."""
    low, high = (bound * (WIDTH - 8) + 4 for bound in rate.interval)
    at, mark = (bound * (WIDTH - 8) + 4 for bound in (rate.share, untouched))
    return (
        f'<svg class="share" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<line class="axis" x1="4" x2="{WIDTH - 4}" y1="8" y2="8"/>'
        f'<line class="untouched" x1="{mark:.1f}" x2="{mark:.1f}" y1="1" y2="15"/>'
        f'<line class="interval" x1="{low:.1f}" x2="{high:.1f}" y1="8" y2="8"/>'
        f'<circle cx="{at:.1f}" cy="8" r="3.5"/></svg>'
    )


def heat_map(sites: Sequence[Judged]) -> str:
    """Sites by their strongest recurring swaps; a square is the darker the more of the site's articles have the swap.

    Empty where no swap recurs. At most MOST_SITES and MOST_SWAPS are drawn.
    """
    rows = [one for one in sites if one.recurring][:MOST_SITES]
    swaps = _columns(rows)
    if not rows or not swaps:
        return ""
    width, height = LABELS + CELL * len(swaps) + HEADS // 2, HEADS + CELL * len(rows) + 4
    parts = "".join([*_heads(swaps), *(part for y, one in enumerate(rows) for part in _row(one, y, swaps))])
    return (
        f'<svg class="heat" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Which recurring swaps stand at which sites; the tables below say the same">{parts}</svg>'
    )


def _columns(rows: Sequence[Judged]) -> list[Swap]:
    """The strongest swaps of each site in turn, until there are enough; those of most sites first."""
    chosen: dict[Swap, int] = {}
    depth = max((len(one.recurring) for one in rows), default=0)
    for rank in range(min(depth, MOST_SWAPS)):
        for one in rows:
            if rank < len(one.recurring) and len(chosen) < MOST_SWAPS:
                chosen.setdefault(one.recurring[rank].swap, 0)
    for one in rows:
        for recurring in one.recurring:
            if recurring.swap in chosen:
                chosen[recurring.swap] += 1
    return sorted(chosen, key=lambda swap: -chosen[swap])


def _heads(swaps: Sequence[Swap]) -> Iterator[str]:
    for x, swap in enumerate(swaps):
        left, said = LABELS + CELL * x + CELL / 2 + 4, f"{swap.written} for {swap.original}"
        yield (
            f'<text transform="translate({left:.0f} {HEADS - 8}) rotate(-60)"><title>{shown(said)}</title>'
            f"{shown(_short(said))}</text>"
        )


def _row(one: Judged, y: int, swaps: Sequence[Swap]) -> Iterator[str]:
    top = HEADS + CELL * y
    name = one.site.name
    yield (
        f'<text class="{one.verdict}" x="{LABELS - 8}" y="{top + 15}" text-anchor="end"><title>{shown(name)}</title>'
        f"{shown(_short(name))}</text>"
    )
    tallies = {recurring.swap: recurring.tally.articles for recurring in one.recurring}
    most = max(tallies.values())
    for x, swap in enumerate(swaps):
        n = tallies.get(swap, 0)
        told = f"<title>{shown(name)}: {shown(swap.written)}, {n:,} of {one.site.articles:,} articles</title>"
        strength = f' style="fill-opacity:{0.25 + 0.75 * n / most:.2f}"' if n else ""
        square = f'x="{LABELS + CELL * x}" y="{top}" width="{CELL - 2}" height="{CELL - 2}"'
        yield f'<rect class="{"has" if n else "none"}" {square}{strength}>{told}</rect>'


def _short(text: str) -> str:
    text = neutral(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
