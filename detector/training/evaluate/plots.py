"""The figures of the page, drawn from what evaluation.json holds, as SVG to stand inside it.

Lines and text that are drawn in INK take the colour of the page's text, so that they are read on dark and on light.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#010203"  # becomes currentColor
# Okabe and Ito 2008, for eyes that tell red from green and for those that do not; each is read on dark and on light.
COLOURS = ("#0090d8", "#e07b00", "#009e73", "#cc5fa0", "#8c8c00", "#7a6ff0", "#d55e00")
MARKERS = "osD^vPX"
LINES = ("-", "--", ":")  # of the first, second and third round of COLOURS
ALL = "all"  # the curve of all families together is drawn in INK
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "unspin",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.parse_math": False,  # an outlet may have a dollar sign in its name
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "grid.color": "#808080",
    "grid.alpha": 0.3,
    "axes.grid": True,
}
WIDTH = 7.0  # inches; the page scales it


def _look(name: str, i: int) -> dict[str, Any]:
    """Colour and line of the curve of a family, the `i`th."""
    turn, place = divmod(i, len(COLOURS))
    return {"color": INK, "ls": "-"} if name == ALL else {"color": COLOURS[place], "ls": LINES[turn % len(LINES)]}


def roc_plot(roc: Mapping[str, Any]) -> str:
    """What is found by rate of false alarms, on a plain scale and on one of low rates."""

    def draw(figure: Figure) -> None:
        whole, low = figure.subplots(1, 2)
        for i, (name, curve) in enumerate(roc.items()):
            x, y = zip(*curve["points"], strict=True)
            width = 2.4 if name == ALL else 1.3
            for axes in (whole, low):
                axes.step([0, *x], [0, *y], where="post", lw=width, label=name, **_look(name, i))
        lowest = max(min(curve["points"][0][0] for curve in roc.values()), 1e-5)
        low.set_xscale("log")
        low.set_xlim(lowest, 1)
        if any(curve["lowest"] for curve in roc.values()):
            low.axvspan(lowest, min(curve["lowest"] for curve in roc.values()), color="#808080", alpha=0.2, lw=0)
        for axes in (whole, low):
            _percent(axes, "xy")
            axes.set_xlabel("untouched articles flagged")
        whole.set_ylabel("spun articles found")
        low.legend(loc="lower right", fontsize=8)

    return _svg(draw, 3.4)


def reliability_plot(bins: Sequence[Mapping[str, Any]]) -> str:
    """The probability that is said against the share that was spun."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=":")
        axes.plot([row["said"] for row in bins], [row["true"] for row in bins], marker="o", color=COLOURS[0])
        _percent(axes, "xy")
        axes.set_xlabel("probability that was said")
        axes.set_ylabel("share that was spun")

    return _svg(draw, 3.2, WIDTH * 0.6)


def histogram_plot(histograms: Mapping[str, Any], edges: Sequence[float]) -> str:
    """Where the scores of untouched and of spun articles lie."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for i, (name, own) in enumerate(histograms.items()):
            filled: dict[str, Any] = {"fill": True, "alpha": 0.35} if name == "untouched" else {"lw": 1.5}
            axes.stairs(
                own["shares"],
                edges,
                color=INK if name == "untouched" else COLOURS[i % len(COLOURS)],
                label=name,
                **filled,
            )
        _percent(axes, "y")
        axes.set_xlabel("score of the class 'spun' (log-odds)")
        axes.set_ylabel("share of the articles")
        axes.legend(fontsize=8)

    return _svg(draw, 3.2)


def found_plot(families: Mapping[str, Mapping[str, Any]], rates: Sequence[str]) -> str:
    """What is found by family and rate, with 95% intervals; a gap where a share is not told."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for i, (family, own) in enumerate(families.items()):
            told = [(k, own[rate]) for k, rate in enumerate(rates) if rate in own and own[rate]["reachable"]]
            if told:
                x = [k + 0.06 * (i - len(families) / 2) for k, _ in told]
                y = [one["share"] for _, one in told]
                spread = [
                    [max(one["share"] - one["interval"][0], 0) for _, one in told],
                    [max(one["interval"][1] - one["share"], 0) for _, one in told],
                ]
                axes.errorbar(
                    x,
                    y,
                    spread,
                    marker=MARKERS[i % len(MARKERS)],
                    lw=1.3,
                    elinewidth=0.8,
                    label=family,
                    **_look(family, i),
                )
        axes.set_xticks(range(len(rates)), rates)
        axes.set_ylim(0, 1.02)
        _percent(axes, "y")
        axes.set_xlabel("words swapped")
        axes.set_ylabel("found")
        axes.legend(fontsize=8)

    return _svg(draw, 3.4)


def alarms_plot(outlets: Mapping[str, Mapping[str, Any]], asked: float) -> str:
    """False alarms by outlet with 95% intervals, beside the rate that was asked; hollow where n cannot support it."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for y, one in enumerate(reversed(list(outlets.values()))):
            low, high = one["interval"]
            axes.plot([low, high], [y, y], color=COLOURS[0], lw=1.2)
            axes.plot(one["share"], y, "o", color=COLOURS[0], mfc=COLOURS[0] if one["reachable"] else "none")
        axes.axvline(asked, color=INK, lw=1, ls="--")
        axes.set_yticks(
            range(len(outlets)), [f"{name[:28]} ({one['n']})" for name, one in reversed(list(outlets.items()))]
        )
        axes.set_xlim(left=0)
        _percent(axes, "x")
        axes.set_xlabel("untouched articles flagged")

    return _svg(draw, 0.9 + 0.24 * len(outlets))


def learning_plot(shares: Sequence[str], rows: Sequence[Mapping[str, Any]], figure_name: str) -> str:
    """A figure by the share of articles that was fitted on."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        values = [row["figures"][figure_name]["before"] + row["figures"][figure_name]["change"] for row in rows]
        errors = [row["figures"][figure_name]["error"] or 0 for row in rows]
        axes.errorbar(range(len(rows)), values, errors, marker="o", color=COLOURS[0])
        axes.set_xticks(range(len(rows)), shares)
        axes.set_xlabel("articles fitted on")
        axes.set_ylabel(figure_name)

    return _svg(draw, 2.6, WIDTH * 0.6)


def attack_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is found, and how far the text is from the original, step by step."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = range(len(rows))
        for i, (key, label) in enumerate((("share", "found"), ("differ", "words that differ from the original"))):
            axes.plot(x, [row[key] for row in rows], marker=MARKERS[i], color=COLOURS[i], label=label)
        axes.set_xticks(x, [f"{row['round']}{'t' if row['step'].startswith('sugg') else 's'}" for row in rows])
        axes.set_ylim(0, 1.02)
        _percent(axes, "y")
        axes.set_xlabel("round: t suggestions taken, s spun again")
        axes.legend(fontsize=8)

    return _svg(draw, 3.0)


def _percent(axes: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter

    for name in which:
        getattr(axes, f"{name}axis").set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g}%"))


def _svg(draw: Callable[[Figure], None], height: float, width: float = WIDTH) -> str:
    """The SVG element of a figure, without a size of its own, the same for the same numbers."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # nobody refers to these, and they are not unique on a page
    sized = re.compile(r'(<svg[^>]*?) (?:width|height)="[^"]*"')
    svg = sized.sub(r"\1", sized.sub(r"\1", svg, count=1), count=1)
    svg = svg.replace("<svg", f'<svg style="max-width:{6.5 * width:g}rem"', 1)
    return svg.replace(INK, "currentColor")
