"""What is known of each site, as text for people, and the words that its page says as well."""

from __future__ import annotations

import math
from collections.abc import Iterator

from detector.render.neutral import neutral
from detector.render.wrapped import fitting, item, percent, wrap
from detector.sites import Group, Judged, Place, Recurring, View
from detector.sites.cases import MAX_CHANCE, MIN_FLAGGED, MIN_JUDGED

TABLE = 80  # columns that the table takes; a narrower terminal gets a list
NAME = 22  # columns of a site's name in the table
MOST_SWAPS = 5  # of a case or a group
MOST_OTHERS = 20  # sites that are no cases
BILLION = 1_000_000_000
VERDICTS = {"case": "case", "no_case": "no case", "too_few": "too few to tell"}
HEAD = f"{'':{NAME}} {'flagged (95% interval)':>30} recurring"
CLUSTERS = (
    "Articles of one site have writers and a house style in common, so false flags come in clusters, and the chances "
    "told here, which take each article by itself, are too small rather than too large. A case is a reason to look at "
    "its articles: it does not tell who changed a text, or why, or whether that was allowed."
)
ALIKE = (
    "A common spinner makes sites so alike, and so do a common supplier, a common writer and a common style guide. "
    "What all sites of the run share counts for nothing, so that a group shows only beside sites that are not of it."
)


def sites_text(view: View, width: int = 80) -> str:
    """All sites, cases first, then each case with its evidence, and the groups; lines of at most `width` columns."""
    width = fitting(width)
    blocks = [wrap(summary(view), width), wrap(rule(view), width), *_notes(view, width)]
    blocks += ["\n".join(_overview(view, width)), wrap(CLUSTERS, width)]
    blocks += ["\n".join(_case(number, one, width)) for number, one in enumerate(view.cases, 1)]
    blocks += ["\n".join(_group(number, group, view, width)) for number, group in enumerate(view.groups, 1)]
    if view.groups:
        blocks.append(wrap(ALIKE, width))
    return "\n\n".join(blocks) + "\n"


def summary(view: View) -> str:
    """How many sites there are, of which kinds."""
    counts = [sum(one.verdict == verdict for one in view.sites) for verdict in VERDICTS]
    judged = sum(one.site.judged for one in view.sites)
    return (
        f"{counted(len(view.sites), 'site')} with {counted(judged, 'judged article')}: {counted(counts[0], 'case')}, "
        f"{counts[1]:,} not surely flagged more often than untouched copy, {counts[2]:,} with fewer than {MIN_JUDGED} "
        "judged articles, which are too few to tell."
    )


def rule(view: View) -> str:
    """What makes a case, and by which rate."""
    return (
        f"A case has {MIN_FLAGGED} flagged articles or more, and so many that with untouched copy alone, of which "
        f"{percent(view.read.rate)} is flagged, the chance of even one such site among all is {MAX_CHANCE:.0%} or less "
        "(binomial tail; Holm 1979 over the sites)."
    )


def notes(view: View) -> Iterator[str]:
    """What was left out, and why, a sentence each."""
    read = view.read
    if read.left_out:
        yield f"Left out, as no result: {counted(read.left_out, 'line')}."
        yield from read.told
    if read.nowhere:
        yield f"Left out, as no site is known: {counted(read.nowhere, 'result')}."
    if repeated := sum(one.site.repeated for one in view.sites):
        yield f"Counted once: {counted(repeated, 'result')} with a text that the same site had before."
    if copied := sum(one.site.copied for one in view.sites):
        yield f"{counted(copied, 'article')} stood at another site before, word for word: no group rests on them."
    if read.forgotten:
        yield "There were more swaps than are kept: the rarest were dropped on the way, and counts may be too low."
    if not any(one.site.swaps for one in view.sites):
        yield "No swaps in these results: score with --archive, or without --evidence none."


def counted(n: int, noun: str) -> str:
    """
    >>> counted(1, "site"), counted(1200, "site")
    ('1 site', '1,200 sites')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def chance(log: float) -> str:
    """A probability, from its logarithm.

    >>> chance(math.log(0.25)), chance(math.log(0.0004)), chance(-500.0)
    ('25%', '1 in 2,500', 'below 1 in a billion')
    """
    if log <= -math.log(BILLION):
        return "below 1 in a billion"
    probability = math.exp(log)
    return percent(probability) if probability >= 0.001 else f"1 in {float(f'{1 / probability:.2g}'):,.0f}"


def verdict(one: Judged) -> str:
    """What a site is, and its group."""
    return f"{VERDICTS[one.verdict]}{f', group {one.group}' if one.group else ''}"


def share(one: Judged) -> str:
    """How many of the judged articles were flagged, and which share that is."""
    low, high = one.flagged.interval
    if not one.site.judged:
        return "none judged"
    flagged = f"{one.site.flagged:,} of {one.site.judged:,}"
    return f"{flagged}, {percent(one.flagged.share)} ({percent(low)[:-1]} to {percent(high)[:-1]})"


def against(one: Recurring) -> str:
    """What stood in the place of a swap, and how that is known."""
    if one.tally.sourced == one.tally.articles:
        return "in the source"
    return "suggested" if not one.tally.sourced else f"in the source of {one.tally.sourced:,}, else suggested"


def place(where: Place) -> str:
    """An article, and the code points of its text."""
    return f"{where.article} at {where.start:,}"


def _notes(view: View, width: int) -> Iterator[str]:
    lines = [item(neutral(note), width) for note in notes(view)]
    if lines:
        yield "\n".join(lines)


def _case(number: int, one: Judged, width: int) -> Iterator[str]:
    group = f" (group {one.group})" if one.group else ""
    yield wrap(f"{number}. {neutral(one.site.name)}{group}", width, "   ")
    yield item(f"flagged: {share(one)}", width)
    if one.log_chance is not None and one.log_in_run is not None:
        yield item(f"chance in untouched copy {chance(one.log_chance)}; in this run {chance(one.log_in_run)}", width)
    if one.site.paraphrased:
        yield item(f"besides, {counted(one.site.paraphrased, 'article')} paraphrased by their sources", width)
    for swap in one.recurring[:MOST_SWAPS]:
        yield item(_swap(swap), width)
    if len(one.recurring) > MOST_SWAPS:
        yield item(f"and {len(one.recurring) - MOST_SWAPS:,} more recurring swaps", width)
    if not one.recurring:
        yield item("no swap recurs", width)


def _swap(one: Recurring) -> str:
    written, original = neutral(one.swap.written), neutral(one.swap.original)
    fact = f", a fact changed in {one.tally.facts:,}" if one.tally.facts else ""
    return (
        f'"{written}" for "{original}" ({against(one)}{fact}): {counted(one.tally.articles, "article")}, at '
        f"{counted(one.sites, 'site')}; {neutral('; '.join(map(place, one.tally.places)))}"
    )


def _group(number: int, group: Group, view: View, width: int) -> Iterator[str]:
    cases = {one.site.name for one in view.cases}
    names = ", ".join(f"{neutral(name)}{' (case)' if name in cases else ''}" for name in group.sites)
    yield wrap(f"Group {number}, more alike in their swaps than chance makes sites: {names}", width, "  ")
    for link in group.links[:MOST_SWAPS]:
        one, other = map(neutral, link.sites)
        yield item(
            f"{one} and {other}: {counted(link.shared, 'shared swap')}, alike by {link.similarity:.2f}; chance in this "
            f"run {chance(link.log_chance)}",
            width,
        )
    if len(group.links) > MOST_SWAPS:
        yield item(f"and {len(group.links) - MOST_SWAPS:,} more pairs", width)
    for swap, n in group.swaps[:MOST_SWAPS]:
        yield item(f'"{neutral(swap.written)}" for "{neutral(swap.original)}": at {n} of {len(group.sites)}', width)


def _overview(view: View, width: int) -> Iterator[str]:
    listed = view.sites[: len(view.cases) + MOST_OTHERS]
    if width >= TABLE:
        yield HEAD
    for one in listed:
        name, said = neutral(one.site.name), verdict(one)
        if width >= TABLE:
            short = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
            line = f"{short:{NAME}} {share(one):>30} {len(one.recurring):>9,}  {said}"
            yield wrap(line, width, " " * 4)
        else:
            recurring = counted(len(one.recurring), "recurring swap")
            yield item(f"{name}: {said}; flagged: {share(one)}; {recurring}", width)
    if len(view.sites) > len(listed):
        more = counted(len(view.sites) - len(listed), "more site")
        yield wrap(f"and {more}, all of which --format json and html have", width)
