"""The accuracy gate: what is found and what is falsely flagged, on stories and spinners that training never saw.

    python -m benchmarks.gate --shared ../shared [--model DIR --out FILE]

Prints every figure with n and a 95% interval, and exits with 1 where a floor of floors.json is missed. FILE takes the
figures as JSON, with the digest of the model, for `unspin release`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks import shared as data
from benchmarks.baselines import baselines
from benchmarks.floors import FLOORS, missed
from benchmarks.marks import marks
from benchmarks.passages import passages
from benchmarks.tables import rate as _rate
from benchmarks.translations import translations
from detector.findings import ModelInfo, Report
from detector.model_store import default_model_path, load_model
from detector.text import Span
from detector.training.evaluate.figures import auc
from detector.training.evaluate.marks import restored
from detector.training.release.work import GATE

RESAMPLES = 500  # of a bootstrap
STRONGEST = 10  # marks of an article that are held against the recorded swaps


@click.command()
@click.option("--shared", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--model", type=click.Path(path_type=Path), default=None, help="Default: the shipped model.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write the figures here.")
@click.option("--workers", type=int, default=2, show_default=True)
@click.option("--with-baselines/--without-baselines", default=True)
def gate(shared: Path, model: Path | None, out: Path | None, workers: int, with_baselines: bool) -> None:
    """Measure, print, and compare with the floors.

    Texts without a verdict count nowhere; "judged" says how many had one.
    """
    figures: dict[str, float] = {}
    outlets = _clean(shared, model, workers, figures)
    _spun(shared, model, workers, outlets, figures)
    _rewrites(shared, model, workers, figures)
    figures |= translations(shared, model, workers)
    figures |= marks(shared, model, workers)
    figures |= passages(shared, model, workers)
    if with_baselines:
        baselines(shared, workers)
    if out is not None:
        out.write_text(gate_json(figures, load_model(model or default_model_path()).info), encoding="utf-8")
    sys.exit(1 if missed(figures, FLOORS) else 0)


def _clean(shared: Path, model: Path | None, workers: int, figures: dict[str, float]) -> dict[str, list[Report]]:
    print("Untouched articles flagged (thresholds as shipped, 1% asked)")
    print(f"{'':28}{'judged':>14}  {'spun':>22}  {'translated':>22}  {'strong':>22}  marks/500 words")
    outlets: dict[str, list[Report]] = {}
    for outlet, articles in data.clean_dev(shared).items():
        reports = _judged(data.score([article.text for article in articles], model, workers, evidence="all"))
        spun = [report.verdict == "spun" for report in reports]
        translated = [report.verdict == "machine_translated" for report in reports]
        strong = [report.level == "strong" for report in reports]
        marks = _marks_per_500(reports)
        of = f"{len(reports)} of {len(articles)}"
        print(f"  {outlet:26}{of:>14}  {_rate(spun)}  {_rate(translated)}  {_rate(strong)}  {marks:.2f}")
        figures[f"clean_flagged_{outlet}"] = float(
            np.mean(spun if outlet == "world_newswire" else np.add(spun, translated))
        )
        outlets[outlet] = reports
    everything = [report for reports in outlets.values() for report in reports]
    figures["clean_marks_per_500"] = _marks_per_500(everything)
    flagged = [bool(report.flagged) for report in everything]
    print(
        f"  {'all':32}{len(everything):6}  flagged {_rate(flagged)}  marks/500 words {_marks_per_500(everything):.2f}\n"
    )
    return outlets


def _spun(
    shared: Path, model: Path | None, workers: int, outlets: Mapping[str, Sequence[Report]], figures: dict[str, float]
) -> None:
    by_outlet = {outlet: _probabilities(reports) for outlet, reports in outlets.items()}
    untouched = np.concatenate(list(by_outlet.values()))
    cuts = {rate: _cut(untouched, rate) for rate in (0.01, 0.005, 0.001)}
    print("Spun articles found: as shipped, and by score alone where so many of the untouched articles score higher")
    spreads: list[str] = []
    rates = "".join(f"  {column:>22}" for column in ("as shipped (1%)", "1%", "0.5%", "0.1%"))
    print(f"{'':34}{'n':>6}{rates}   AUC  {'marks that are swaps':29}  first suggestion is the original")
    for family in data.FAMILIES:
        of_all_rates: list[NDArray[np.float64]] = []
        for rate in data.RATES:
            rows = data.spun_dev(shared, family, rate)
            reports = data.score([row["text"] for row in rows], model, workers, evidence="all")
            judged = [i for i, report in enumerate(reports) if report.status == "ok"]
            scores = _probabilities([reports[i] for i in judged])
            of_all_rates.append(scores)
            found = [bool(reports[i].flagged) for i in judged]
            at = "  ".join(_rate(scores > cut) for cut in cuts.values())
            hits = [hit for i in judged for hit in _hits(reports[i], rows[i])]
            restored = [same for i in judged for same in _restored(reports[i], rows[i])]
            print(
                f"  {family + f' {rate}%':32}{len(judged):6}  {_rate(found)}  {at}  {auc(scores, untouched):.3f}"
                f"  {_rate(hits)} of {len(hits)}  {_rate(restored)} of {len(restored)}"
            )
            figures[f"{family}_{rate}_found"] = float(np.mean(scores > cuts[0.01]))
            figures[f"{family}_{rate}_shipped"] = float(np.mean(found))
            figures[f"{family}_{rate}_marks"] = float(np.mean(hits))
            spreads.append(_told_spread(f"{family}_{rate}", scores, by_outlet, figures))
        spreads.append(_told_spread(family, np.concatenate(of_all_rates), by_outlet, figures))
    print(f"  largest difference of AUC between outlets: {'; '.join(spreads)}\n")


def _told_spread(
    name: str,
    scores: NDArray[np.float64],
    untouched: Mapping[str, NDArray[np.float64]],
    figures: dict[str, float],
) -> str:
    figures[f"{name}_outlets"], (low, high) = _spread(scores, list(untouched.values()))
    return f"{name} {figures[f'{name}_outlets']:.3f} ({low:.3f} to {high:.3f})"


def _rewrites(shared: Path, model: Path | None, workers: int, figures: dict[str, float]) -> None:
    print("Rewritten articles (development test): flagged, and found as spun")
    rows = data.rewrites(shared)
    reports = data.score([row["text"] for row in rows], model, workers)
    originals = data.score([row["original"] for row in rows], model, workers)
    for group in sorted({row["group"] for row in rows}):
        own = [
            report for row, report in zip(rows, reports, strict=True) if row["group"] == group and report.status == "ok"
        ]
        flagged, spun = [bool(r.flagged) for r in own], [r.verdict == "spun" for r in own]
        print(f"  {group:32}{len(own):6}  {_rate(flagged)}  {_rate(spun)}")
    bad = [
        r.verdict == "spun" for row, r in zip(rows, reports, strict=True) if row["group"] in ("V1", "V2") and r.words
    ]
    figures["rewrites_V1_V2_found"] = float(np.mean(bad))
    judged = _judged(originals)
    print(f"  {'their originals':32}{len(judged):6}  {_rate([bool(r.flagged) for r in judged])}\n")


def _judged(reports: Sequence[Report]) -> list[Report]:
    return [report for report in reports if report.status == "ok"]


def _probabilities(reports: Sequence[Report], name: str = "spun") -> NDArray[np.float64]:
    scores = [report.classes[name] for report in reports if report.classes]
    return np.array([score.probability for score in scores if score])


def _cut(untouched: NDArray[np.float64], rate: float) -> float:
    """The score that so many untouched articles exceed."""
    return float(np.sort(untouched)[::-1][int(rate * len(untouched))])


def _spread(scores: NDArray[np.float64], outlets: Sequence[NDArray[np.float64]]) -> tuple[float, tuple[float, float]]:
    """The largest difference of AUC against the untouched articles of two outlets, and its 95% bootstrap interval,
    which cannot reach down to 0: of four equal outlets, too, one comes out best."""
    rng = np.random.default_rng(1)

    def areas(spun: NDArray[np.float64], untouched: Sequence[NDArray[np.float64]]) -> float:
        found = [auc(spun, own) for own in untouched]
        return max(found) - min(found)

    drawn = [
        areas(rng.choice(scores, len(scores)), [rng.choice(own, len(own)) for own in outlets]) for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return areas(scores, outlets), (float(low), float(high))


def _marks_per_500(reports: Sequence[Report]) -> float:
    places = sum(len(mark.places) for report in reports for mark in report.evidence)
    return 500 * places / sum(report.words or 0 for report in reports)


def _hits(report: Report, row: dict[str, Any]) -> list[bool]:
    spans = data.swapped_spans(row)
    marks = report.evidence[:STRONGEST]
    return [any(mark.start < span.end and span.start < mark.end for span in spans) for mark in marks]


def _restored(report: Report, row: dict[str, Any]) -> list[bool]:
    """Of the strongest marks that hit a swap and suggest something: is the first suggestion what stood there."""
    spans, example = data.swapped_spans(row), data.example(row)
    return [
        restored(Span(mark.start, mark.end), mark, example)[0]
        for mark in report.evidence[:STRONGEST]
        if mark.suggestions and any(mark.start < span.end and span.start < mark.end for span in spans)
    ]


def gate_json(figures: Mapping[str, float], info: ModelInfo) -> str:
    """The figures with the model that they are of; null is what was not measured."""
    numbers = {name: float(figure) if np.isfinite(figure) else None for name, figure in sorted(figures.items())}
    model = {"name": info.name, "version": info.version, "digest": info.digest}
    return json.dumps({"schema": GATE, "model": model, "figures": numbers}, indent=1) + "\n"


if __name__ == "__main__":
    gate()
