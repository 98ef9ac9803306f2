"""A calibration on somebody's own articles, told to the person who made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from detector.calibration_store import Counts, Listed, OwnCalibration
from detector.classifier import MAX_RATE, MIN_EXPECTED, STRONG_RATE, Calibration, Rate
from detector.findings import ModelInfo
from detector.render.neutral import neutral
from detector.render.wrapped import fitting, item, percent, wrap

MISSES = (
    "Missed is the share of the model's own spun and machine-translated test texts that stay below the threshold: "
    "how they score was measured when the model was made, and stays."
)


def calibration_text(own: OwnCalibration, model: ModelInfo, asked: float, before: Rate, width: int = 80) -> str:
    """What was measured; `before` is the share of the articles that the model's own calibration flags."""
    width = fitting(width)
    calibration = own.calibration
    rates = sorted({rate for rate in (MAX_RATE, asked, STRONG_RATE) if rate >= calibration.min_rate}, reverse=True)
    blocks = [
        wrap(f"{neutral(model.name)} {neutral(model.version)} on {calibration.measured_on}.", width),
        wrap(counts_words(own.counts), width),
        "\n".join(_rate_lines(calibration, rates, before, width)),
        wrap(MISSES, width),
    ]
    return "\n\n".join(blocks) + "\n"


def counts_words(counts: Counts) -> str:
    """How many articles were read, and what became of those that do not count."""
    others = [f"{counts.duplicates:,} with the text of another"]
    others += [_left_out("without a verdict", counts.abstained), _left_out("that could not be read", counts.errors)]
    return f"{counts.read:,} articles read: {counts.judged:,} measured, {', '.join(others)}."


def _left_out(what: str, codes: Mapping[str, int]) -> str:
    each = ", ".join(f"{neutral(code)} {n:,}" for code, n in codes.items())
    return f"{sum(codes.values()):,} {what}" + (f" ({each})" if each else "")


def _rate_lines(calibration: Calibration, rates: Iterable[float], before: Rate, width: int) -> Iterator[str]:
    yield item(f"the model's own thresholds: {_rate_words(before)} of these articles flagged", width)
    for rate in rates:
        thresholds = calibration.thresholds(rate)
        spun, translated = calibration.missed(thresholds)
        yield item(
            f"at most {percent(rate)} asked: {_rate_words(calibration.measured(thresholds))} flagged; "
            f"missed {percent(spun.share)} of {spun.n:,} spun, {percent(translated.share)} of {translated.n:,} "
            "machine-translated",
            width,
        )
    yield item(f"the lowest rate that so many articles support: {percent(calibration.min_rate)}", width)


def _rate_words(rate: Rate) -> str:
    low, high = map(percent, rate.interval)
    return f"{percent(rate.share)} (95% interval {low} to {high})"


def odd_copy_text(before: Rate, asked: float, ids: Iterable[str], width: int = 80) -> str:
    """Warn of a clean copy of which the model's own calibration flags more than was asked."""
    width = fitting(width)
    said = (
        f"Warning: the model's own thresholds for {percent(asked)} flag {_rate_words(before)} of these articles. If "
        "some of them are reworded after all, they raise your thresholds and hide others like them. Look at the most "
        "suspicious first, leave out what is not yours, and calibrate again:"
    )
    return "\n".join([wrap(said, width), *(item(neutral(name), width) for name in ids)]) + "\n"


def list_text(model: ModelInfo, shipped: Calibration, listed: Iterable[Listed], width: int = 80) -> str:
    """The calibrations at hand, the model's own first."""
    width = fitting(width)
    lines = [item(f"the model's own ({neutral(model.name)} {neutral(model.version)}): {_supports(shipped.n)}", width)]
    for one in listed:
        told = f"{neutral(one.date)}, {_supports(one.n)}" if one.wrong is None else f"unusable: {neutral(one.wrong)}"
        lines.append(item(f"{neutral(one.name)}: {told}", width))
    return "\n".join(lines) + "\n"


def _supports(n: int) -> str:
    lowest = MIN_EXPECTED / n
    rates = f"rates from {percent(lowest)}" if lowest <= MAX_RATE else "too few to judge by"
    return f"{n:,} untouched article{'' if n == 1 else 's'}, {rates}"
