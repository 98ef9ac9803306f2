"""What is known of each site as one self-contained page: cases and their swaps, groups, pictures, the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.render.html_page import html_page, table
from detector.render.side_by_side import shown
from detector.render.sites_picture import MOST_SITES, heat_map, share_picture
from detector.render.sites_text import (
    ALIKE,
    CLUSTERS,
    against,
    chance,
    counted,
    notes,
    place,
    rule,
    share,
    summary,
    verdict,
)
from detector.render.wrapped import percent
from detector.sites import Group, Judged, Recurring, View

MOST_OTHERS = 50  # sites that are no cases whose swaps are shown
MOST_SWAPS = 20  # of a case or a group
TITLE = "Recurring swaps by site"


def sites_page(view: View, made: str) -> str:
    """The whole page; `made` is when, in words."""
    return html_page(TITLE, ["sites.css"], _body(view, made))


def _body(view: View, made: str) -> Iterator[str]:
    yield f"<h1>{TITLE}</h1>"
    yield f'<section class="verdict"><p><strong>{shown(summary(view))}</strong></p><p>{shown(rule(view))}</p>'
    yield f"<p>{CLUSTERS}</p></section>"
    if told := [f"<li>{shown(note)}</li>" for note in notes(view)]:
        yield f"<ul>{''.join(told)}</ul>"
    yield from _all_sites(view)
    yield from _picture(view)
    for number, one in enumerate(view.cases, 1):
        yield from _site(f"Case {number}: ", one)
    for number, group in enumerate(view.groups, 1):
        yield from _group(number, group)
    others = [one for one in view.sites if one.recurring and one.verdict != "case"]
    if others:
        yield "<h2>Recurring swaps of other sites</h2><p>Editors and house styles have habits too.</p>"
    for one in others[:MOST_OTHERS]:
        yield from _site("", one)
    if len(others) > MOST_OTHERS:
        yield f"<p>And {counted(len(others) - MOST_OTHERS, 'more site')}, which --format json has.</p>"
    yield from _record(view, made)


def _all_sites(view: View) -> Iterator[str]:
    head = ("site", "flagged of judged", "chance in untouched copy", "in this run", "recurring swaps", "")
    rows = []
    for one in view.sites:
        chances = [chance(log) if log is not None else "" for log in (one.log_chance, one.log_in_run)]
        picture = share_picture(one.flagged, view.read.rate) if one.site.judged else ""
        rows.append(
            _cells(
                [shown(one.site.name), shown(share(one)) + picture, *chances, f"{len(one.recurring):,}", verdict(one)]
            )
        )
    untouched = f"the dashed line is the {percent(view.read.rate)} of untouched copy"
    yield table(
        f"All sites, cases first: flagged articles with the 95% interval of their share; {untouched}", head, rows
    )


def _picture(view: View) -> Iterator[str]:
    told = [one for one in view.sites if one.group or one.verdict == "case"]
    if picture := heat_map(sorted(told or view.sites, key=lambda one: (one.group is None, one.group))):
        yield "<h2>Which swaps recur where</h2>"
        yield (
            "<p>Cases and groups, if any, by their strongest swaps. The stronger a colour, the more articles of "
            f"the site have the swap, beside its commonest one; at most {MOST_SITES} sites are drawn.</p>"
        )
        yield f'<div class="wide">{picture}</div>'


def _site(label: str, one: Judged) -> Iterator[str]:
    level = "h2" if label else "h3"
    yield f"<{level}>{label}{shown(one.site.name)}{f', group {one.group}' if one.group else ''}</{level}>"
    said = f"Flagged: {share(one)}"
    if one.log_chance is not None and one.log_in_run is not None:
        said += f"; chance in untouched copy {chance(one.log_chance)}, in this run {chance(one.log_in_run)}"
    if one.site.paraphrased:
        said += f"; besides, {counted(one.site.paraphrased, 'article')} paraphrased by their sources"
    yield f"<p>{shown(said)}.</p>"
    if one.recurring:
        head = ("the site writes", "for", "which stood", "articles", "sites", "such as")
        yield table(_most(len(one.recurring)), head, [_swap(swap) for swap in one.recurring[:MOST_SWAPS]])
    else:
        yield "<p>No swap recurs.</p>"


def _swap(one: Recurring) -> str:
    fact = f", a fact changed in {one.tally.facts:,}" if one.tally.facts else ""
    places = "<br>".join(f"<small>{shown(place(where))}</small>" for where in one.tally.places)
    cells = [shown(one.swap.written), shown(one.swap.original), f"{against(one)}{fact}"]
    return _cells([*cells, f"{one.tally.articles:,}", f"{one.sites:,}", places])


def _group(number: int, group: Group) -> Iterator[str]:
    yield f"<h2>Group {number}: {counted(len(group.sites), 'site')}</h2>"
    yield f"<p>{shown(', '.join(group.sites))}. Their swaps are more alike than chance makes sites.</p><p>{ALIKE}</p>"
    links = [
        _cells([*map(shown, link.sites), f"{link.shared:,}", f"{link.similarity:.2f}", chance(link.log_chance)])
        for link in group.links[:MOST_SWAPS]
    ]
    yield table("Pairs", ("", "", "shared swaps", "alike, 0 to 1", "chance in this run, at most"), links)
    rows = [
        _cells([shown(swap.written), shown(swap.original), f"{n:,} of {len(group.sites):,}"])
        for swap, n in group.swaps[:MOST_SWAPS]
    ]
    yield table(_most(len(group.swaps), "Shared swaps"), ("they write", "for", "sites"), rows)


def _most(n: int, caption: str = "Recurring swaps") -> str:
    return caption if n <= MOST_SWAPS else f"{caption}, the strongest {MOST_SWAPS} of {n:,}"


def _record(view: View, made: str) -> Iterator[str]:
    origin = view.read.origin
    rows = [("made", made), ("a swap recurs from", counted(view.recurs, "article") + " of a site on")]
    if origin is not None:
        rows += [("model", origin.model), ("calibration", origin.calibration or "the model's own")]
    cells = "".join(f"<tr><th>{shown(name)}</th><td>{shown(value)}</td></tr>" for name, value in rows)
    yield f'<h2>Record</h2><table class="record">{cells}<tr><th>reviewed by</th><td class="blank"></td></tr>'
    yield '<tr><th>on</th><td class="blank"></td></tr></table>'


def _cells(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
