"""The classifier as JSON, and back with its shapes checked; its long arrays are files of their own (model_store.py)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.classifier import CLASSES, Calibration, Classifier, Network, Stage, Trees
from detector.sealed_folder import Sealed

_TREE_ARRAYS: dict[str, type[np.generic]] = {
    "roots": np.int32,
    "column": np.int32,
    "cut": np.float64,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
}


class Scores(NamedTuple):
    """The long arrays of a Calibration: see there."""

    untouched: NDArray[np.float64]
    visible: NDArray[np.bool_]
    groups: NDArray[np.int8]
    artifacts: tuple[NDArray[np.float64], ...]


def stages_json(classifier: Classifier) -> dict[str, Any]:
    """Both stages, without the calibration."""
    return {
        "tokens": network_json(classifier.tokens),
        "articles": {name: stage_json(stage) for name, stage in classifier.articles.items()},
    }


def stage_json(stage: Stage) -> dict[str, Any]:
    """A stage of either kind."""
    if isinstance(stage, Network):
        return network_json(stage)
    arrays = {name: getattr(stage, name).tolist() for name in _TREE_ARRAYS}
    return {"names": list(stage.names), **arrays, "intercept": stage.intercept, "depth": stage.depth}


def stage_from_json(data: dict[str, Any]) -> Stage:
    """Read `stage_json`; raises KeyError, TypeError or ValueError where a part does not fit."""
    if "weights" in data:
        return network_from_json(data)
    arrays = {name: np.array(data[name], kind) for name, kind in _TREE_ARRAYS.items()}
    trees = Trees(names=tuple(data["names"]), **arrays, intercept=float(data["intercept"]), depth=int(data["depth"]))
    n_nodes = len(trees.column)
    if any(len(arrays[name]) != n_nodes for name in ("cut", "left", "right", "value")):
        raise ValueError("trees whose nodes lack a figure")
    nodes = np.concatenate([trees.roots, trees.left, trees.right])
    if not 0 < trees.depth <= 32 or nodes.min(initial=0) < 0 or nodes.max(initial=0) >= n_nodes:
        raise ValueError("trees whose branches lead nowhere")
    if not 0 <= trees.column.min(initial=0) <= trees.column.max(initial=0) < len(trees.names):
        raise ValueError("trees that ask for columns without a name")
    return trees


def network_json(network: Network) -> dict[str, Any]:
    """A network, every figure in full."""
    return {
        "names": list(network.names),
        "centre": network.centre.tolist(),
        "scale": network.scale.tolist(),
        "weights": [weight.tolist() for weight in network.weights],
        "biases": [bias.tolist() for bias in network.biases],
    }


def network_from_json(data: dict[str, Any]) -> Network:
    """Read `network_json`; raises KeyError, TypeError or ValueError where a part does not fit."""
    network = Network(
        names=tuple(data["names"]),
        centre=np.array(data["centre"], np.float64),
        scale=np.array(data["scale"], np.float64),
        weights=tuple(np.array(weight, np.float64) for weight in data["weights"]),
        biases=tuple(np.array(bias, np.float64) for bias in data["biases"]),
    )
    if any(one.ndim != 1 for one in (network.centre, network.scale, *network.biases)):
        raise ValueError("a network whose columns or biases are no row of numbers")
    widths = [len(network.names), *(len(bias) for bias in network.biases)]
    shapes = [weight.shape for weight in network.weights]
    if shapes != list(pairwise(widths)) or not len(network.centre) == len(network.scale) == widths[0]:
        raise ValueError(f"a network of shapes {shapes} for {widths[0]} columns")
    if not shapes or widths[-1] != 1:
        raise ValueError(f"a network that gives {widths[-1]} numbers a row, one is expected")
    numbers = (network.centre, network.scale, *network.weights, *network.biases)
    if not all(np.isfinite(one).all() for one in numbers) or not (network.scale > 0).all():
        raise ValueError("a network with numbers that are none, or a column without spread")
    return network


def _line(data: Any) -> tuple[float, float]:
    slope, intercept = data
    return float(slope), float(intercept)


def _suggestions(data: dict[str, Any]) -> Network:
    """A calibration of before 27 November 2026 weighed extractors only: it is read, and suggests nothing."""
    if "weights" in data:
        return network_from_json(data)
    nothing = np.zeros(1)
    return Network(("belief",), nothing, nothing + 1, (nothing[:, None],), (nothing - 40,))


def calibration_json(calibration: Calibration) -> dict[str, Any]:
    """The calibration without its scores, with the thresholds of the usual rates for people to read."""
    rates: dict[str, dict[str, Any] | None] = {}
    for rate in (0.01, 0.005, 0.001):
        if rate < calibration.min_rate:
            rates[str(rate)] = None  # not reachable with so few articles
            continue
        thresholds = calibration.thresholds(rate)
        measured = calibration.measured(thresholds)
        rates[str(rate)] = {
            "thresholds": dict(zip(CLASSES, thresholds.tolist(), strict=True)),
            "measured": measured.share,
            "n": measured.n,
            "interval": measured.interval,
            "by_group": {name: one._asdict() for name, one in calibration.measured_by_group(thresholds).items()},
            "missed": {
                name: rate._asdict() for name, rate in zip(CLASSES, calibration.missed(thresholds), strict=True)
            },
        }
    return {
        "rates": rates,
        "slopes": calibration.slopes.tolist(),
        "intercepts": calibration.intercepts.tolist(),
        "priors": calibration.priors.tolist(),
        "shares": calibration.shares.tolist(),
        "mark_threshold": calibration.mark_threshold,
        "suggestions": network_json(calibration.suggestions),
        "suggestion_threshold": calibration.suggestion_threshold,
        "passages": list(calibration.passages),
        "group_names": list(calibration.group_names),
        "measured_on": calibration.measured_on,
        "missed_of": list(calibration.missed_of),
    }


def calibration_arrays(calibration: Calibration) -> dict[str, NDArray[Any]]:
    """The scores of a calibration by the names of their files."""
    return {
        "untouched_scores": calibration.untouched,
        "untouched_visible": calibration.visible,
        "untouched_groups": calibration.groups,
        **{f"{name}_scores": own for name, own in zip(CLASSES, calibration.artifacts, strict=True)},
    }


def read_scores(sealed: Sealed) -> Scores:
    """The same arrays from their folder, in memory; raises ValueError."""
    return Scores(
        untouched=np.array(sealed.array("untouched_scores", np.float64, 2)),
        visible=np.array(sealed.array("untouched_visible", np.bool_)),
        groups=np.array(sealed.array("untouched_groups", np.int8)),
        artifacts=tuple(np.array(sealed.array(f"{name}_scores", np.float64)) for name in CLASSES),
    )


def classifier_from_json(stages: dict[str, Any], calibration: dict[str, Any], scores: Scores) -> Classifier:
    """Put the classifier together; raises KeyError, TypeError or ValueError where a part does not fit."""
    return Classifier(
        tokens=network_from_json(stages["tokens"]),
        articles={name: stage_from_json(stages["articles"][name]) for name in CLASSES},
        calibration=calibration_from_json(calibration, scores),
    )


def calibration_from_json(calibration: dict[str, Any], scores: Scores) -> Calibration:
    """Put a calibration together; raises KeyError, TypeError or ValueError where a part does not fit."""
    n = len(scores.groups)
    if scores.untouched.shape != (n, len(CLASSES)) or len(scores.visible) != n or not n:
        raise ValueError(f"untouched_scores.npy has shape {scores.untouched.shape} for {n} articles")
    if not 0 <= scores.groups.min() <= scores.groups.max() < len(calibration["group_names"]):
        raise ValueError("untouched_groups.npy names groups that calibration.json does not")
    if np.isnan(scores.untouched).any():
        raise ValueError("untouched_scores.npy holds what is no number")
    lines = ("slopes", "intercepts", "priors", "shares", "missed_of")
    if any(len(calibration[name]) != len(CLASSES) for name in lines):
        raise ValueError(f"calibration.json does not have one each of {', '.join(lines)} for {len(CLASSES)} classes")
    return Calibration(
        untouched=scores.untouched,
        visible=scores.visible,
        groups=scores.groups,
        artifacts=scores.artifacts,
        group_names=tuple(str(name) for name in calibration["group_names"]),
        slopes=np.array(calibration["slopes"]),
        intercepts=np.array(calibration["intercepts"]),
        priors=np.array(calibration["priors"]),
        shares=np.array(calibration["shares"]),
        mark_threshold=float(calibration["mark_threshold"]),
        suggestions=_suggestions(calibration["suggestions"]),
        suggestion_threshold=float(calibration["suggestion_threshold"]),
        passages=_line(calibration["passages"]),
        measured_on=str(calibration["measured_on"]),
        missed_of=tuple(str(of) for of in calibration["missed_of"]),
    )
