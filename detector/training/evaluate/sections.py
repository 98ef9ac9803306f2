"""The sections of the evaluation page, each a figure with its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detector.training.evaluate import plots
from detector.training.evaluate.attack import ROUNDS
from detector.training.evaluate.cells import (
    NOT_REACHABLE,
    details,
    escaped,
    figure,
    measured,
    percent,
    slice_table,
    table,
)
from detector.training.evaluate.figures import errors_of_chance
from detector.training.evaluate.slices import MOST_GROUPS, RATES, rate_name

RATE_NAMES = [rate_name(low) for low, _ in RATES]

Result = Mapping[str, Any]


def _group(result: Result, prefix: str) -> dict[str, Any]:
    """The slices whose names begin so, the largest first, the pooled ones last."""
    own = {name.removeprefix(prefix): one for name, one in result["slices"].items() if name.startswith(prefix)}
    return dict(sorted(own.items(), key=lambda item: (item[0].startswith("("), -item[1]["n"], item[0])))


def _found(result: Result) -> Iterator[str]:
    families = {name: _group(result, f"found/{name}/") for name in ("all", *result["conditions"]["families"])}
    yield "<h2>What is found</h2><p>Of articles spun by each family, by the share of words that it swapped.</p>"
    if any(one["reachable"] for own in families.values() for one in own.values()):
        alt = "Share found by family and share of words swapped, with 95% intervals; the table below holds the figures."
        yield figure(plots.found_plot(families, RATE_NAMES), alt)
    yield table(
        ["family", *RATE_NAMES],
        ([escaped(name), *(measured(own.get(rate)) for rate in RATE_NAMES)] for name, own in families.items()),
    )
    for kind in ("length", "variety", "source", "outlet", "year"):
        own = _group(result, f"found/{kind}/")
        if own:
            yield details(f"Found by {kind}", slice_table(kind, own))


def _alarms(result: Result) -> Iterator[str]:
    yield "<h2>False alarms</h2><p>Of untouched articles, the share that is flagged, as spun or as translated.</p>"
    outlets = _group(result, "flagged/outlet/")
    if outlets and all(one["share"] is not None for one in outlets.values()):
        alt = (
            "False alarms by outlet with 95% intervals, and the rate asked as a dashed line; hollow where the articles"
            " are too few for it. The table below holds the figures."
        )
        yield figure(plots.alarms_plot(outlets, result["conditions"]["asked_rate"]), alt)
    yield slice_table("texts", _group(result, "flagged/all/"), 2)
    for kind in ("outlet", "source", "variety", "year", "length"):
        own = _group(result, f"flagged/{kind}/")
        if own:
            yield details(f"False alarms by {kind}", slice_table(kind, own, 2))
    yield f"<p>Of outlets, sources and years the {MOST_GROUPS} largest are told apart.</p>"


def _expected(result: Result) -> Iterator[str]:
    expected = result["expected"]
    yield "<h2>How many flags are right</h2>"
    if not expected["rows"]:
        yield f"<p>{NOT_REACHABLE}: it takes a false-alarm rate and shares found.</p>"
        return
    rates = [rate for rate in RATE_NAMES if rate in expected["found"]]
    alarms = expected["alarms"]
    yield (
        "<p>It depends on how many of your articles are spun: precision = p·found / (p·found + (1−p)·false alarms). In"
        " small figures the least that the intervals allow.</p>"
    )
    found = " ".join(f'data-{i}="{expected["found"][rate]["share"]}"' for i, rate in enumerate(rates))
    options = "".join(f'<option value="{i}">{escaped(rate)} of the words</option>' for i, rate in enumerate(rates))
    yield (
        f'<form id="prevalence" hidden data-alarms="{alarms["share"]}" {found}><label>Spun among my articles, in %'
        f' <input type="number" min="0.01" max="99.99" step="any" value="{100 * expected["prevalence"]:g}"></label>'
        f' <input type="range" min="-4" max="-0.01" step="0.01" aria-label="the same, on a log scale">'
        f"<label>swapped <select>{options}</select></label> <output></output></form>"
    )
    yield table(
        ["spun among all", *(f"at {rate}" for rate in rates), "wrongly accused in 1,000 articles"],
        (
            [
                f"{100 * row['prevalence']:g}%",
                *(
                    f"{percent(row['precision'][r]['share'])} <small>{percent(row['precision'][r]['worst'])}</small>"
                    for r in rates
                ),
                f"{row['accused'][0]:.1f} <small>at most {row['accused'][1]:.1f}</small>",
            ]
            for row in expected["rows"]
        ),
        "Share of flagged articles that are spun, by the share of words swapped",
    )


def _curves(result: Result) -> Iterator[str]:
    yield "<h2>Scores and probabilities</h2>"
    roc = {name: curve for name, curve in result["roc"].items() if curve["points"]}
    if roc:
        yield figure(
            plots.roc_plot(roc),
            "Spun articles found by rate of false alarms, by family: on the left whole, on the right on a log scale of"
            " low rates; shaded where the untouched articles are too few to tell.",
        )
        heads = [0.001, 0.005, 0.01, 0.05]
        yield table(
            ["family", "area under the curve", *(f"found at {100 * rate:g}%" for rate in heads)],
            (
                [escaped(name), f"{c['area']:.3f}", *(percent(_at(c, rate)) for rate in heads)]
                for name, c in roc.items()
            ),
            "By score alone, marks apart",
        )
    bins = result["reliability"]["bins"]
    if bins:
        yield figure(
            plots.reliability_plot(bins),
            "Probability said against the share that was spun, at the prior that the model states; on the dotted line"
            " both agree.",
        )
        yield details(
            "Reliability in figures",
            table(
                ["probability", "said", "was spun", "n"],
                (
                    [f"{row['from']:g}–{row['to']:g}", percent(row["said"]), percent(row["true"]), f"{row['n']:,}"]
                    for row in bins
                ),
                f"Weighed as if {result['reliability']['prior']:.0%} of the articles were spun",
            ),
        )
    bands = ["untouched", *(f"spun, {rate}" for rate in RATE_NAMES)]
    named = {name: result["histograms"][name] for name in bands if name in result["histograms"]}
    if named:
        yield figure(
            plots.histogram_plot(named, result["histograms"]["edges"]),
            "Scores of untouched articles (filled) and of spun ones by share of words swapped.",
        )
        edges = result["histograms"]["edges"]
        yield details(
            "Scores in figures",
            table(
                ["score from", *map(escaped, named)],
                (
                    [f"{edge:g}", *(percent(own["shares"][k]) for own in named.values())]
                    for k, edge in enumerate(edges[:-1])
                ),
            ),
        )


def _at(curve: Mapping[str, Any], rate: float) -> float | None:
    """What a curve finds at the largest of its rates up to `rate`; None where that few articles say nothing."""
    if rate < curve["lowest"]:
        return None
    return next((found for flagged, found in reversed(curve["points"]) if flagged <= rate), None)


def _marks(result: Result) -> Iterator[str]:
    yield "<h2>Marks and suggestions</h2><p>Held against the recorded swaps.</p>"
    if not result["marks"]:
        yield f"<p>{NOT_REACHABLE}: no spun articles.</p>"
        return
    recalls = sorted(result["marks"][0]["precision_at"])
    yield table(
        [
            "words swapped",
            *(f"precision at {100 * float(recall):.0f}% of the swaps" for recall in recalls),
            "shown marks on a swap",
            "swaps marked",
            "first suggestion right",
            "right among five",
            "articles",
        ],
        (
            [
                escaped(row["rate"]),
                *(percent(row["precision_at"][recall]) for recall in recalls),
                *(measured(row[name]) for name in ("shown", "covered", "best", "among")),
                f"{row['n']:,}",
            ]
            for row in result["marks"]
        ),
    )


def _misfires(result: Result) -> Iterator[str]:
    yield "<h2>What misfires</h2><p>Marks in 500 words of untouched articles, and the words marked most.</p>"
    yield table(
        ["extractor", "marks in 500 words", "words"],
        (
            [
                escaped(row["extractor"]),
                f"{row['per_500_words']:.3f}",
                ", ".join(f"{escaped(word)} <small>{count}</small>" for word, count in row["words"]),
            ]
            for row in result["misfires"]
        ),
    )


def _translations(result: Result) -> Iterator[str]:
    yield "<h2>Machine translation</h2>"
    if not result["translations"]:
        yield f"<p>{NOT_REACHABLE}: the work folder holds no machine translations of a test part.</p>"
        return
    yield (
        "<p>Flagged as machine-translated, and area under the curve against what people wrote of the same documents and"
        " against untouched news; intervals draw whole documents. 0.5 is chance.</p>"
    )
    for grouping in ("system", "pair"):
        yield table(
            [f"by {grouping}", "flagged", "n", "against people", "same documents", "against news"],
            (
                [
                    escaped(row["name"] or "(unknown)"),
                    measured(row["flagged"]),
                    f"{row['n']:,}",
                    _area(row["area_people"]),
                    f"{row['same_documents']:,}",
                    _area(row["area_native"]),
                ]
                for row in result["translations"]
                if row["by"] == grouping
            ),
        )


def _area(area: Sequence[float] | None) -> str:
    return NOT_REACHABLE if area is None else f"{area[0]:.3f} <small>{area[1]:.3f}–{area[2]:.3f}</small>"


def _baselines(result: Result) -> Iterator[str]:
    yield (
        "<h2>Baselines</h2><p>Found by score alone where 1% of the untouched articles is flagged; in small figures the"
        " area under the curve.</p>"
    )
    yield table(
        ["", *RATE_NAMES],
        (
            [escaped(row["name"]), *(_baseline(row["rates"].get(rate)) for rate in RATE_NAMES)]
            for row in result["baselines"]
        ),
    )


def _baseline(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return "–"
    area = "" if one["area"] is None else f" <small>{one['area']:.3f}</small>"
    return percent(one["found"]) + area


def _studies(result: Result) -> Iterator[str]:
    yield "<h2>Fitted again</h2>"
    about = result["conditions"]["studies"]
    if not result["studies"]:
        yield (
            f"<p>{NOT_REACHABLE}: it takes {about['least']:,} articles to fit on, as many untouched ones to judge, and"
            " as many spun ones with 3 to 10% of the words swapped.</p>"
        )
        return
    yield (
        f"<p>Both stages fitted again on at most {about['most']:,} articles, {about['seeds']} times, with half of the"
        " tables withheld; judged on articles with 3 to 10% of the words swapped. What changes, ± its standard error"
        " over fits; in bold beyond what so few fits differ by chance (95%). Log loss is in bits an article: less is"
        " better.</p>"
    )
    for study in dict.fromkeys(row["study"] for row in result["studies"]):
        rows = [row for row in result["studies"] if row["study"] == study]
        yield f"<h3>{escaped(study.capitalize())}</h3>"
        if study == "fewer articles" and all(row["figures"]["AUC"]["before"] is not None for row in rows):
            yield figure(
                plots.learning_plot([row["name"].split()[0] for row in rows], rows, "AUC"),
                "Area under the curve by the share of articles fitted on.",
            )
        names = list(rows[0]["figures"])
        yield table(
            ["", *names, "untouched and spun articles judged"],
            (
                [
                    escaped(row["name"]),
                    *(_change(row["figures"][name], about["seeds"]) for name in names),
                    f"{row['n'][0]:,} and {row['n'][1]:,}",
                ]
                for row in rows
            ),
        )


def _change(one: Mapping[str, Any], n_fits: int) -> str:
    if one["before"] is None or one["change"] is None:
        return NOT_REACHABLE
    error = "" if one["error"] is None else f" ± {one['error']:.3f}"
    text = f"{one['change']:+.3f}{error}"
    if one["error"] is not None and abs(one["change"]) > errors_of_chance(n_fits) * one["error"]:
        text = f"<b>{text}</b>"
    return f"{text} <small>from {one['before']:.3f}</small>"


def _attack(result: Result) -> Iterator[str]:
    rows = result["attack"]
    yield (
        "<h2>An attacker who has the detector</h2><p>Takes the first suggestion of every mark, spins again with the"
        f" same family, and so on, {ROUNDS} times. Suggestions restore part of the original, and hide more of the"
        " spinning than they undo; spinning again brings it back, and takes the text further from the original.</p>"
    )
    if not rows[0]["n"] or rows[0]["share"] is None:
        yield f"<p>{NOT_REACHABLE}: it takes spun articles, and thresholds.</p>"
        return
    yield figure(
        plots.attack_plot(rows), "Share found, and share of words that differ from the original, step by step."
    )
    yield table(
        ["round", "step", "found", "words that differ from the original", "n"],
        (
            [str(row["round"]), escaped(row["step"]), measured(row), percent(row["differ"]), f"{row['n']:,}"]
            for row in rows
        ),
    )


def _conditions(result: Result) -> Iterator[str]:
    conditions = result["conditions"]
    years = " to ".join(conditions["years"]) or "not known"
    sources = sorted(conditions["sources"].items(), key=lambda item: (-item[1], item[0]))
    of = ", ".join(f"{escaped(name)} {n:,}" for name, n in sources)
    rows = {
        "untouched test articles": of,
        "their years": escaped(years),
        "without a verdict": f"{conditions['abstained']:,} texts, left out everywhere",
        "spinner families": escaped(", ".join(conditions["families"])),
        "thresholds": f"for {conditions['asked_rate']:.0%}, calibrated on {conditions['calibrated_on']:,} articles",
        "seed": str(conditions["seed"]),
        "Unspin": escaped(conditions["unspin"]),
    }
    yield "<h2>Conditions</h2>"
    yield table(["what", ""], ([name, value] for name, value in rows.items()))
    yield (
        "<p>The families are those of training, and their lists are partly in the model's tables: a spinner that nobody"
        " knows is found less often; see what is lost where a family is left out.</p>"
    )


SECTIONS = (
    _found,
    _alarms,
    _expected,
    _curves,
    _marks,
    _misfires,
    _translations,
    _baselines,
    _studies,
    _attack,
    _conditions,
)
