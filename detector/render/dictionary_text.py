"""What a trial of a dictionary on clean articles showed: for a terminal, and as JSON of `unspin.dictionary-test/1`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detector.render.neutral import neutral
from detector.render.wrapped import fitting, item, percent, wrap

if TYPE_CHECKING:
    from detector.dictionary_trial import Trial, Tried

SCHEMA = "unspin.dictionary-test/1"
MOST_ROWS = 50  # of one kind that are listed for a person
HEADS = {
    "always": "Would be marked in clean copy",
    "never": "Marks in clean copy that would be withheld",
    "licensee": "Clean articles that lines of the list of licensees name",
}


def trial_text(trial: Trial, most: float, width: int) -> str:
    """For lines of at most `width` columns; `most` is the share of articles that a phrase may be marked in."""
    return "\n\n".join(filter(None, _blocks(trial, most, fitting(width)))) + "\n"


def trial_json(trial: Trial, most: float) -> str:
    """One object, with every phrase and every line."""
    entries = [
        {
            "kind": one.kind,
            "phrase": one.phrase,
            "places": one.places,
            "articles": one.articles,
            "share": round(one.rate(trial.n).share, 6),
            "interval": [round(bound, 6) for bound in one.rate(trial.n).interval],
            "misfires": one.misfires(trial.n, most),
        }
        for one in trial.tried()
    ]
    about = {"schema": SCHEMA, "articles": trial.n, "unreadable": len(trial.refused), "max_share": most}
    return json.dumps({**about, "marked": trial.any_marked, "entries": entries}, ensure_ascii=True, indent=1) + "\n"


def _blocks(trial: Trial, most: float, width: int) -> Iterator[str]:
    tried = trial.tried()
    for kind, head in HEADS.items():
        own = [one for one in tried if one.kind == kind]
        if own:
            yield "\n".join([wrap(f"{head}:", width), *(item(line, width) for line in _rows(own, trial, most))])
    misfiring = sum(one.misfires(trial.n, most) for one in tried)
    told = f"{trial.n:,} clean articles; a phrase may be marked in {percent(most)} of them"
    if n_phrases := len(trial.dictionary.clean):
        told += f", and {misfiring:,} of {n_phrases:,} would be in more. {trial.any_marked:,} of them would have a mark"
    yield wrap(f"{told}.", width)
    if n_phrases and (needed := round(3 / most)) > trial.n:  # the rule of three: what was never seen in n is below 3/n
        yield wrap(
            f"Too few to tell: a phrase that none of {needed:,} articles has is hardly in {percent(most)}.", width
        )


def _rows(own: list[Tried], trial: Trial, most: float) -> Iterator[str]:
    found = [one for one in own if one.articles]
    for one in found[:MOST_ROWS]:
        yield f"“{neutral(one.phrase)}”: {_rate(one, trial.n)}{' - MISFIRES' if one.misfires(trial.n, most) else ''}"
    if len(found) > MOST_ROWS:
        yield f"and {len(found) - MOST_ROWS:,} more: --json lists all"
    if nothing := len(own) - len(found):
        yield f"{nothing:,} of {len(own):,}: in no article"


def _rate(one: Tried, n: int) -> str:
    low, high = (1000 * bound for bound in one.rate(n).interval)
    times = "" if one.kind == "licensee" else f"{one.places:,} time{'' if one.places == 1 else 's'} in "
    articles = f"{one.articles:,} article{'' if one.articles == 1 else 's'}"
    return f"{times}{articles}, {1000 * one.articles / n:,.1f} of 1,000 (95% interval {low:,.1f} to {high:,.1f})"
