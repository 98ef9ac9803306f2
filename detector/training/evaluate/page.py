"""evaluation.json -> one self-contained page: a verdict on the model first, then each figure as a picture and a table.

It asks for nothing from outside, works without scripts, prints, and is read on dark, on light and on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detector.training.evaluate.cells import escaped, measured
from detector.training.evaluate.sections import SECTIONS, Result

STYLE, SCRIPT = (Path(__file__).with_name(name) for name in ("page.css", "page.js"))


def page(result: Result) -> str:
    """The whole page; every cell of it is HTML that is escaped already."""
    name = escaped(result["model"]["name"])
    body = "\n".join("\n".join(section(result)) for section in SECTIONS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Evaluation of {name}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<h1>Evaluation of {name}</h1>
{"".join(_summary(result))}
{body}
</main>
<script>
{SCRIPT.read_text(encoding="utf-8")}</script>
</body>
</html>
"""


def _summary(result: Result) -> Iterator[str]:
    model, slices, texts = result["model"], result["slices"], result["conditions"]["texts"]
    yield f'<p class="digest">Version {escaped(model["version"])}, digest <code>{escaped(model["digest"])}</code></p>'
    yield f'<section class="summary {_trust(result)[0]}"><p class="verdict">{_trust(result)[1]}</p><dl>'
    alarms = slices.get("flagged/all/news")
    yield f"<div><dt>False alarms on untouched news</dt><dd>{measured(alarms, 2)}</dd></div>"
    for rate in ("5-10%", "10-20%", "20-40%"):
        found = slices.get(f"found/all/{rate}")
        yield f"<div><dt>Found at {rate} of the words swapped</dt><dd>{measured(found)}</dd></div>"
    yield "</dl>"
    if result["look_at"]:
        worst = "".join(
            f"<li>{slice_words(name)}: {measured(slices[name])}, n = {slices[name]['n']:,}</li>"
            for name in result["look_at"]
        )
        yield f"<p>Look at these first:</p><ol>{worst}</ol>"
    yield (
        f"<p>Measured on {texts['clean']:,} untouched articles and {texts['spun']:,} spun ones of the test part, which"
        f" training never read, with {texts['people']:,} written or translated by people and {texts['machine']:,}"
        f" machine translations. Small figures are 95% intervals. <em>Not reachable</em>: too few texts to tell.</p>"
        "</section>"
    )


def _trust(result: Result) -> tuple[str, str]:
    """A class of the style and a sentence: whether the figures bear the promise of the thresholds."""
    conditions, alarms = result["conditions"], result["slices"].get("flagged/all/news")
    asked, needed = conditions["asked_rate"], conditions["needed"]
    if not conditions["has_thresholds"]:
        return "unknown", (
            f"It cannot judge: it was calibrated on {conditions['calibrated_on']:,} untouched articles, and a rate of"
            f" {asked:.0%} needs {needed:,}."
        )
    if alarms is None or not alarms["reachable"]:
        return "unknown", f"Not known: a false-alarm rate of {asked:.0%} needs {needed:,} untouched test articles."
    if alarms["interval"][0] > asked:
        return "look", f"Do not trust it yet: it flags more untouched articles than the {asked:.0%} asked."
    if alarms["interval"][1] > 2 * asked:
        return "look", f"Look at it: so few test articles do not rule out twice the {asked:.0%} asked."
    return "trust", f"Trust the threshold: false alarms agree with the {asked:.0%} asked."


def slice_words(name: str) -> str:
    kind, group, own = name.split("/", 2)
    if kind == "flagged":
        return f"false alarms, {escaped(group)} {escaped(own)}"
    return f"found, {escaped('all families' if group == 'all' else group)}, {escaped(own)}"
