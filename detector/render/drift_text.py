"""What drifted: a table for people, or one JSON object of the schema `unspin.drift/1` for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from detector.drift import Compared, Opened, Rows
from detector.drift.compare import MAX_P, MIN_ABSTAINED, MIN_JUDGED, MIN_SHIFT, MIN_UNKNOWN_SHIFT, REPEATED, SIGMAS
from detector.drift.two_samples import Shift
from detector.render.neutral import neutral
from detector.render.wrapped import fitting, item, percent, wrap

SCHEMA = "unspin.drift/1"
TABLE = 76  # columns that the table takes; a narrower terminal gets a list
BLOCKS = "▁▂▃▄▅▆▇█"
EVEN = 4  # blocks high is a tenth that holds a tenth of the articles
HEAD = f"{'':8} {'judged':>7} {'flagged (95% interval)':>24} {'moved':>6} {'median':>6} {'99%':>5}  tenths"
LEGEND = (
    "moved: how far the scores for spinning lie from the calibration's, 0 to 1 (Kolmogorov-Smirnov); median and 99%: "
    "of the probability of spun; tenths: articles in each tenth of the calibration, level where as calibrated."
)
RULES = (
    f"A change counts from {SIGMAS:g} standard errors (p < {MAX_P:g}) on, as on a control chart, and only where scores "
    f"moved by {MIN_SHIFT:g}, unknown words by {MIN_UNKNOWN_SHIFT:g} or abstentions by {MIN_ABSTAINED:.0%} at least, "
    f"as another outlet does. {REPEATED} periods off in a row mean retraining; of under {MIN_JUDGED} articles nothing "
    "is said."
)
VERDICTS = {
    "as_calibrated": "as calibrated",
    "higher": "higher than calibrated: calibrate again",
    "lower": "lower than calibrated: more would be found after calibrating again",
    "too_few": "too few to say",
    "retrain": "retrain: calibrating again would not mend this",
}


def drift_text(rows: Rows, compared: Sequence[Compared], opened: Opened, width: int = 80) -> str:
    """Each period with what changed, in lines of at most `width` columns (from 32 up)."""
    width = fitting(width)
    asked = percent(rows.asked or 0)
    opening = f"Compared with {neutral(opened.calibration.measured_on)}; at most {asked} flagged was asked for."
    blocks = [wrap(opening, width), *_left_out(rows, width)]
    if width >= TABLE:
        lines = [HEAD, *(line for one in compared for line in _table_lines(one, width))]
        blocks.append("\n".join(lines))
    else:
        blocks += ["\n".join(_list_lines(one, width)) for one in compared]
    return "\n\n".join([*blocks, wrap(LEGEND, width), wrap(RULES, width)]) + "\n"


def _left_out(rows: Rows, width: int) -> Iterator[str]:
    lines = []
    if rows.left_out:
        lines = [wrap(f"Left out: {rows.left_out:,} lines that are no results", width)]
        lines += [item(neutral(told), width) for told in rows.told]
    if rows.undated:
        lines.append(wrap(f"Left out: {rows.undated:,} results without a date", width))
    if lines:
        yield "\n".join(lines)


def _table_lines(one: Compared, width: int) -> Iterator[str]:
    cells = [f"{one.judged:>7,}", f"{_flagged(one):>24}", f"{_moved(one.spun):>6}"]
    cells += [f"{_figure(one.median):>6}", f"{_figure(one.highest):>5}", f" {_spark(one.tenths)}"]
    yield " ".join([f"{one.period:8}", *cells]).rstrip()
    yield from _said(one, width, " " * 11)


def _list_lines(one: Compared, width: int) -> Iterator[str]:
    yield f"{one.period}  {_spark(one.tenths)}".rstrip()
    yield item(f"{one.judged:,} judged; {_flagged(one)} flagged", width)
    if one.spun is not None:
        figures = f"moved {_moved(one.spun)}; median {_figure(one.median)}, 99% {_figure(one.highest)}"
        yield item(figures, width)
    yield from _said(one, width, "")


def _said(one: Compared, width: int, indent: str) -> Iterator[str]:
    said = f"{VERDICTS[one.verdict]}{f' ({one.judged:,})' if one.verdict == 'too_few' else ''}"
    others = [f"{n:,} {what}" for n, what in ((one.abstained, "without a verdict"), (one.errors, "unreadable")) if n]
    line = "; ".join([said, *one.reasons, *others])
    yield wrap(f"{indent[:-2]}{'→ '}{line}", width, indent or "  ")


def _flagged(one: Compared) -> str:
    low, high = one.flagged.interval
    return f"{percent(one.flagged.share)} ({percent(low)[:-1]} to {percent(high)[:-1]})" if one.judged else "-"


def _moved(shift: Shift | None) -> str:
    if shift is None:
        return "-"
    return f"{'+' if shift.higher else '-'}{shift.distance:.2f}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _spark(tenths: Sequence[float]) -> str:
    heights = [min(round(EVEN * len(tenths) * share), len(BLOCKS)) for share in tenths]
    return "".join(BLOCKS[max(height, 1) - 1] for height in heights)


def drift_json(rows: Rows, compared: Sequence[Compared], opened: Opened) -> str:
    """The same as one JSON object; numbers have six digits."""
    info, own = opened.info, opened.info.calibration
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "model": {"name": info.name, "version": info.version, "digest": info.digest},
        "calibration": None if own is None else asdict(own),
        "measured_on": opened.calibration.measured_on,
        "asked": rows.asked,
        "rules": {
            "min_judged": MIN_JUDGED,
            "max_p": MAX_P,
            "min_shift": MIN_SHIFT,
            "min_unknown_shift": MIN_UNKNOWN_SHIFT,
            "min_abstained": MIN_ABSTAINED,
            "sigmas": SIGMAS,
            "repeated": REPEATED,
        },
        "drifted": any(one.drifted for one in compared),
        "periods": [_period(one) for one in compared],
        "undated": rows.undated,
        "left_out": {"lines": rows.left_out, "first": rows.told},
    }
    return json.dumps(result, ensure_ascii=True, allow_nan=False)


def _period(one: Compared) -> dict[str, Any]:
    return {
        "period": one.period,
        "judged": one.judged,
        "abstained": one.abstained,
        "errors": one.errors,
        "flagged": {
            "share": round(one.flagged.share, 6),
            "interval": [round(bound, 6) for bound in one.flagged.interval],
        },
        **{name: _shift(getattr(one, name)) for name in ("spun", "translated", "unknown")},
        "median": one.median and round(one.median, 6),
        "quantile_99": one.highest and round(one.highest, 6),
        "tenths": [round(share, 6) for share in one.tenths],
        "verdict": one.verdict,
        "reasons": list(one.reasons),
    }


def _shift(shift: Shift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    return {"distance": round(shift.distance, 6), "p": round(shift.p, 6), "higher": shift.higher}
