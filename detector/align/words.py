"""Which words of two sentences stand for each other: small networks read the cells several times, from the second time
on with the beliefs of the time before about the neighbouring cells.

The weights were fitted by detector/training/aligner.py on word alignments made by people; the file beside this one
says which.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.align.cells import Lexicon, measure, measure_again, settled
from detector.align.grid import Column, Grid
from detector.align.tokens import Types
from detector.errors import ModelError
from detector.resources import Resources

SCHEMA = "unspin.aligner/1"
PATH = Path(__file__).with_name("aligner.npz")
MAX_WEIGHTS = 1_000_000  # of one file
CLIP = 6.0  # standard deviations
LIKELY = 0.02  # probability after a reading, below which a cell is not read again: a quarter of them are above

Links = NDArray[np.int32]  # pairs of places in the first and in the second sentence, sorted, shape (n_links, 2)
SentencePair = tuple[NDArray[np.int32], NDArray[np.int32]]  # the types of the words of either sentence


@dataclass(frozen=True, slots=True)
class Layers:
    """A feed-forward network with rectified layers, its inputs standardised and clipped.

    Attributes:
        centre, scale: of each input column, float32, shape (n_columns,).
        weights, biases: of each layer, float32; the last has one output, the natural log-odds.
    """

    centre: Column
    scale: Column
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[Column, ...]

    def probability(self, rows: NDArray[np.float32]) -> Column:
        """Of a link, shape (n_rows,)."""
        values = rows - self.centre
        values /= self.scale
        np.clip(values, -CLIP, CLIP, out=values)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = values @ weight
            values += bias
            np.maximum(values, 0, out=values)
        log_odds = np.clip((values @ self.weights[-1] + self.biases[-1])[:, 0], -30, 30)
        # Blocked products differ in the last bits with the number of rows: cut them off.
        return np.round(1 / (1 + np.exp(-log_odds)), 5).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Linker:
    """What was learned from alignments made by people.

    Attributes:
        readings: the first sees a cell without, the others with beliefs of its neighbours.
        lexicon: words that people linked.
        threshold: probability from which a cell is a link.
    """

    readings: tuple[Layers, ...]
    lexicon: Lexicon
    threshold: float

    def probabilities(self, grid: Grid, types: Types, resources: Resources) -> Column:
        """Of a link, for each cell."""
        links, left = settled(grid, types)
        at = np.flatnonzero(left)
        belief = links.astype(np.float32)
        rows = measure(grid, at, types, resources, self.lexicon)
        belief[at] = self.readings[0].probability(rows)
        for layers in self.readings[1:]:
            likely = belief[at] >= LIKELY
            at, rows = at[likely], rows[likely]
            belief[at] = layers.probability(np.concatenate([rows, measure_again(grid, at, belief)], axis=1))
        return belief


def link(pairs: Sequence[SentencePair], types: Types, resources: Resources, linker: Linker) -> list[Links]:
    """The links of each sentence pair; which side comes first makes no difference."""
    turned = [is_turned(one, two) for one, two in pairs]
    filled = [k for k, (one, two) in enumerate(pairs) if len(one) and len(two)]
    grid = Grid.of([pairs[k][::-1] if turned[k] else pairs[k] for k in filled])
    cells = linker.probabilities(grid, types, resources) >= linker.threshold
    found = [np.zeros((0, 2), np.int32) for _ in pairs]
    for place, k in enumerate(filled):
        here = np.flatnonzero(cells[grid.offsets[place] : grid.offsets[place + 1]]) + grid.offsets[place]
        links = np.stack([grid.i[here], grid.j[here]], axis=1)
        if turned[k]:
            links = links[np.lexsort((links[:, 0], links[:, 1]))][:, ::-1]
        found[k] = links
    return found


def is_turned(one: NDArray[np.int32], two: NDArray[np.int32]) -> bool:
    """Whether the second sentence is to be read first: the shorter comes first, of two of one length the one whose
    words first differ to a lower number."""
    if len(one) != len(two):
        return len(one) > len(two)
    return one.tolist() > two.tolist()


def load_linker(path: Path = PATH) -> Linker:
    """Read a fitted linker, the shipped one by default; raises ModelError where it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _linker({name: file[name] for name in file.files})
    except FileNotFoundError as error:
        raise ModelError(f"no word aligner at {path}: install the package again, or fit one") from error
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise ModelError(f"the word aligner at {path} is damaged: {error}; install the package again") from error


def save_linker(path: Path, linker: Linker, about: str) -> None:
    """Write a linker; `about` tells what it was fitted on and under which terms."""
    arrays: dict[str, Any] = {"schema": np.array(SCHEMA), "about": np.array(about)}
    arrays |= {"keys": linker.lexicon.keys, "odds": linker.lexicon.odds.astype(np.float16)}
    arrays["threshold"] = np.array(linker.threshold)
    for reading, layers in enumerate(linker.readings):
        arrays |= {f"{reading}_centre": layers.centre, f"{reading}_scale": layers.scale}
        arrays |= {f"{reading}_weights_{k}": weight for k, weight in enumerate(layers.weights)}
        arrays |= {f"{reading}_biases_{k}": bias for k, bias in enumerate(layers.biases)}
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _linker(arrays: dict[str, NDArray[Any]]) -> Linker:
    if str(arrays["schema"]) != SCHEMA:
        raise ValueError(f"expected schema {SCHEMA}, got {arrays['schema']}")
    if sum(array.size for array in arrays.values()) > MAX_WEIGHTS:
        raise ValueError(f"more than {MAX_WEIGHTS:,} figures")
    keys, odds = arrays["keys"].astype(np.uint32), arrays["odds"].astype(np.float32)
    if keys.shape != odds.shape or np.any(keys[1:] <= keys[:-1]):
        raise ValueError("a lexicon out of order")
    n_readings = sum(name.endswith("_centre") for name in arrays)
    readings = tuple(_layers(arrays, str(reading)) for reading in range(n_readings))
    if not readings:
        raise ValueError("no reading")
    return Linker(readings, Lexicon(keys, odds), float(arrays["threshold"]))


def _layers(arrays: dict[str, NDArray[Any]], name: str) -> Layers:
    n_layers = sum(key.startswith(f"{name}_weights_") for key in arrays)
    centre, scale, *rest = (
        arrays[f"{name}_{part}"].astype(np.float32)
        for part in ("centre", "scale", *(f"{kind}_{k}" for kind in ("weights", "biases") for k in range(n_layers)))
    )
    weights, biases = tuple(rest[:n_layers]), tuple(rest[n_layers:])
    widths = [len(centre), *map(len, biases)]
    if len(scale) != len(centre) or [weight.shape for weight in weights] != list(pairwise(widths)):
        raise ValueError(f"layers of reading {name} that do not fit together")
    return Layers(centre, scale, weights, biases)
