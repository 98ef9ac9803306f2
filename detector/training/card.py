"""Write the model card: what the model is, what it was counted on, what it promises and what it does not."""

from __future__ import annotations

from typing import Any

from detector.classifier import Calibration
from detector.render.neutral import neutral

SHOWN_RATES = (0.01, 0.005, 0.001)


TEXT = """\
# Model card: {name} {version}

Scores English news for signs of word substitution and of machine translation.{marked}

## What it promises

Thresholds were chosen on {measured_on}, so that neither kind of them is flagged
oftener than asked. "Missed" are {missed_spun}, and
{missed_translated}, that stay below the threshold; another spinner may be missed oftener.
Probabilities assume that {prior_spun:.0%} of articles are spun and {prior_translated:.0%} machine-translated.

{promises}

## What it must not be used for

It is no proof against a person. A flag asks somebody to look; the marks say where. It is not for languages other than
English, for texts under 120 words, for lists and tables, for fiction, or for telling who wrote a text. A fluent machine
translation or paraphrase shows almost nothing at these thresholds.

## What it was trained on

Articles by part: {articles}. Spinner families: {families}. Seed {seed}. {parted} The texts belong to
their publishers and are not in the model: it holds counts of word groups, tables of substitutes, and weights.

{sources}
"""

TABLES = """
Substitution candidates: PPDB 1.0 (Ganitkevitch, Van Durme and Callison-Burch 2013), CC BY 3.0; WordNet 3.0, copyright
2006 Princeton University, under its licence, without any warranty, and without use of Princeton's name in advertising.
Register (word_register.npy): news as counted here against the English word frequencies of wordfreq 3.1 (Speer 2022),
CC BY-SA 4.0, under which this table is, too. Fixed phrases and word vectors: counted on the articles above.
Spinner lexicons, calques and regional words: this project's own, in data/lexicons."""


def model_card(about: dict[str, Any], calibration: Calibration) -> str:
    """The text of MODEL_CARD.md, from what the manifest tells `about` the model."""
    marked = " It is a demonstration of a dozen sample stories: it cannot judge." if about["demonstration"] else ""
    return TEXT.format(
        name=about["name"],
        version=about["version"],
        seed=about["seed"],
        marked=marked,
        parted=parted(about["demonstration"]),
        measured_on=calibration.measured_on,
        missed_spun=calibration.missed_of[0],
        missed_translated=calibration.missed_of[1],
        prior_spun=calibration.priors[0],
        prior_translated=calibration.priors[1],
        promises=promises(calibration),
        articles=", ".join(f"{part.replace('_', ' ')} {count:,}" for part, count in about["articles"].items()),
        families=", ".join(about["families"]),
        sources=_sources(about),
    )


def parted(demonstration: bool) -> str:
    """Whether stories were kept apart."""
    return "So few stories are in several parts." if demonstration else "No story is in two parts."


def promises(calibration: Calibration) -> str:
    """The calibration as a table of Markdown: what is asked, what untouched articles gave, what is missed."""
    kinds = [*calibration.group_names, "missed: spun", "missed: translated"]
    lines = [f"| asked | flagged, all | 95% interval | n | {' | '.join(kinds)} |", "|---" * (4 + len(kinds)) + "|"]
    for rate in SHOWN_RATES:
        if rate < calibration.min_rate:
            lines.append(f"| {rate:.1%} | not reachable | | {calibration.n:,} {'| ' * len(kinds)}|")
            continue
        thresholds = calibration.thresholds(rate)
        share, n, (low, high) = calibration.measured(thresholds)
        others = [*calibration.measured_by_group(thresholds).values(), *calibration.missed(thresholds)]
        cells = " | ".join(f"{one.share:.2%} of {one.n:,}" for one in others)
        lines.append(f"| {rate:.1%} | {share:.2%} | {low:.2%} to {high:.2%} | {n:,} | {cells} |")
    return "\n".join(lines)


def _sources(about: dict[str, Any]) -> str:
    """The files that were read: what data/sources.toml knows of them, or that they are one's own."""
    if about["demonstration"]:
        return "The sample stories of this project, Apache-2.0."
    lines = ["| file | articles | words | from | licence as stated |", "|---|---|---|---|---|"]
    for file in about["sources"]:
        known = file["source"]
        cells = (
            (file["file"], known["documents"], known["words"], known["repository"], known["licence"])
            if known
            else (neutral(file["file"]), file["rows"], file["words"], "an archive of one's own", "its owner's")
        )
        lines.append(f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in cells)} |")
    return "\n".join([*lines, TABLES])
