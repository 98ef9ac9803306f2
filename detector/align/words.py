"""Which words of two sentences stand for each other: small networks read the cells several times, from the second time
on with the beliefs of the time before about the neighbouring cells, and the last time with what is believed of groups
of words.

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

from detector.align.cells import TELLING, Lexicon, measure, measure_again, settled
from detector.align.grid import Column, Grid
from detector.align.group_measures import measure_groups
from detector.align.groups import Covered, Groups
from detector.align.meaning import Likeness, Meanings
from detector.align.tokens import Types
from detector.errors import ModelError
from detector.resources import Resources

SCHEMA = "unspin.aligner/4"
PATH = Path(__file__).with_name("aligner.npz")
MAX_FIGURES = 10_000_000  # of one file
CLIP = 6.0  # standard deviations
LIKELY = 0.02  # probability after a reading, below which a cell is not read again: a fifth of them are above
LEAST_ALONE = 0.2  # probability from which a word without a link goes with its likeliest (docs/experiments.md)
READINGS = ("first", "again", "groups", "last")

Rows = NDArray[np.float32]  # what is known of cells or groups, shape (n, k)
Links = NDArray[np.int32]  # pairs of places in the first and in the second sentence, sorted, shape (n_links, 2)
SentencePair = tuple[NDArray[np.int32], NDArray[np.int32]]  # the types of the words of either sentence


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network with rectified layers.

    Attributes:
        weights, biases: of each layer, float32; the last has one output, the natural log-odds.
    """

    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[Column, ...]

    def probability(self, values: NDArray[np.float32]) -> Column:
        """Of a link, shape (n_rows,)."""
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = values @ weight
            values += bias
            np.maximum(values, 0, out=values)
        log_odds = np.clip((values @ self.weights[-1] + self.biases[-1])[:, 0], -30, 30)
        return (1 / (1 + np.exp(-log_odds))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Reading:
    """Networks that differ in nothing but chance, and believe their mean; their inputs are standardised and clipped.

    Attributes:
        centre, scale: of each input column, float32, shape (n_columns,).
    """

    centre: Column
    scale: Column
    networks: tuple[Network, ...]

    def probability(self, rows: NDArray[np.float32]) -> Column:
        """Of a link, shape (n_rows,)."""
        values = rows - self.centre
        values /= self.scale
        np.clip(values, -CLIP, CLIP, out=values)
        mean = sum(network.probability(values) for network in self.networks) / np.float32(len(self.networks))
        # Blocked products differ in the last bits with the number of rows: cut them off.
        return np.round(mean, 5)


@dataclass(frozen=True, slots=True)
class Linker:
    """What was learned from alignments made by people.

    Attributes:
        first, again: see the cells alone, and with the beliefs of their neighbours.
        groups: sees groups of cells.
        last: sees the cells with the beliefs of their neighbours and of the groups that cover them.
        lexicon: words that people linked.
        meanings: vectors of words.
        threshold: probability from which a cell is a link.
    """

    first: Reading
    again: Reading
    groups: Reading
    last: Reading
    lexicon: Lexicon
    meanings: Meanings
    threshold: float

    def probabilities(self, grid: Grid, types: Types, resources: Resources) -> Column:
        """Of a link, for each cell."""
        links, left = settled(grid, types)
        at = np.flatnonzero(left)
        belief = links.astype(np.float32)
        if not len(at):
            return belief
        likeness = Likeness.of(grid, types, self.meanings)
        rows = measure(grid, at, types, resources, self.lexicon, likeness.cosine)
        belief[at] = self.first.probability(rows)
        before, likely = belief.copy(), belief[at] >= LIKELY
        belief[at[likely]] = self.again.probability(rows_again(grid, at[likely], types, rows[likely], before))
        groups = Groups.within(grid, belief, left)
        asked = (rows_of_groups(part, grid, at, types, rows, belief, before, likeness) for part in groups.chunks())
        covered = Covered.by(groups, np.concatenate([self.groups.probability(some) for some in asked]), grid, links)
        likely = np.maximum(belief, covered.total)[at] >= LIKELY
        last = rows_at_last(grid, at[likely], types, rows[likely], belief, before, covered)
        belief[at[likely]] = self.last.probability(last)
        return belief


def rows_again(grid: Grid, at: NDArray[np.intp], types: Types, rows: Rows, belief: Column) -> Rows:
    """What the second reading sees of the cells `at`: what the first saw, and its beliefs."""
    return np.concatenate([rows, *measure_again(grid, at, types, belief)], axis=1)


def rows_of_groups(
    groups: Groups,
    grid: Grid,
    at: NDArray[np.intp],
    types: Types,
    rows: Rows,
    belief: Column,
    before: Column,
    likeness: Likeness,
) -> Rows:
    """What the reading of groups sees; `rows` are those of the first reading, of the cells `at`."""
    known = np.zeros((len(TELLING), len(grid.i)), np.float32)
    known[:, at] = rows[:, TELLING].T
    return measure_groups(groups, grid, types, belief, before, list(known), likeness)


def rows_at_last(
    grid: Grid, at: NDArray[np.intp], types: Types, rows: Rows, belief: Column, before: Column, covered: Covered
) -> Rows:
    """What the last reading sees of the cells `at`: what the first saw, what is believed of them and of the groups that
    cover them."""
    of_groups = np.stack([covered.best[at], covered.height[at], covered.width[at], before[at]], axis=1)
    beliefs = measure_again(grid, at, types, belief, covered.total)
    return np.concatenate([rows, *beliefs, of_groups], axis=1)


def link(pairs: Sequence[SentencePair], types: Types, resources: Resources, linker: Linker) -> list[Links]:
    """The links of each sentence pair that hold its phrases together; which side comes first makes no difference.

    A word without a link goes with its likeliest, where it has one: a word that was put in stands with the neighbour
    that it belongs to.
    """
    turned = [is_turned(one, two) for one, two in pairs]
    filled = [k for k, (one, two) in enumerate(pairs) if len(one) and len(two)]
    grid = Grid.of([pairs[k][::-1] if turned[k] else pairs[k] for k in filled])
    belief = linker.probabilities(grid, types, resources)
    in_row, in_column = grid.best_others(belief, np.arange(len(belief)))
    best = belief >= in_row, belief >= in_column
    alone = tuple(np.maximum(belief, others) < linker.threshold for others in (in_row, in_column))
    cells = (belief >= LEAST_ALONE) & ((best[0] & alone[0]) | (best[1] & alone[1]))
    cells |= belief >= linker.threshold
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
    arrays |= {"words": linker.meanings.words, "vectors": linker.meanings.vectors}
    arrays["threshold"] = np.array(linker.threshold)
    for place in READINGS:
        reading: Reading = getattr(linker, place)
        arrays |= {f"{place}_centre": reading.centre, f"{place}_scale": reading.scale}
        for number, network in enumerate(reading.networks):
            arrays |= {f"{place}_{number}_weights_{k}": weight for k, weight in enumerate(network.weights)}
            arrays |= {f"{place}_{number}_biases_{k}": bias for k, bias in enumerate(network.biases)}
    np.savez(path, allow_pickle=False, **arrays)  # compressed it is little smaller, and slower to load


def _linker(arrays: dict[str, NDArray[Any]]) -> Linker:
    if str(arrays["schema"]) != SCHEMA:
        raise ValueError(f"expected schema {SCHEMA}, got {arrays['schema']}")
    if sum(array.size for array in arrays.values()) > MAX_FIGURES:
        raise ValueError(f"more than {MAX_FIGURES:,} figures")
    keys, odds = arrays["keys"].astype(np.uint64), arrays["odds"].astype(np.float32)
    if keys.shape != odds.shape or np.any(keys[1:] <= keys[:-1]):
        raise ValueError("a lexicon out of order")
    readings = {name: _reading(arrays, name) for name in READINGS}
    learned = Lexicon(keys, odds), _meanings(arrays["words"], arrays["vectors"])
    return Linker(**readings, lexicon=learned[0], meanings=learned[1], threshold=float(arrays["threshold"]))


def _meanings(words: NDArray[Any], vectors: NDArray[Any]) -> Meanings:
    if words.dtype.kind != "S" or vectors.dtype != np.int8 or vectors.ndim != 2 or words.shape != vectors.shape[:1]:
        raise ValueError("words and vectors that do not fit together")
    if not len(words) or np.any(words[1:] <= words[:-1]):
        raise ValueError("words out of order")
    return Meanings(words, vectors)


def _reading(arrays: dict[str, NDArray[Any]], name: str) -> Reading:
    centre, scale = (arrays[f"{name}_{part}"].astype(np.float32) for part in ("centre", "scale"))
    n_networks = sum(key.startswith(f"{name}_") and key.endswith("_weights_0") for key in arrays)
    networks = tuple(_network(arrays, f"{name}_{number}", len(centre)) for number in range(n_networks))
    if len(scale) != len(centre) or not networks:
        raise ValueError(f"a reading {name} whose parts do not fit together")
    return Reading(centre, scale, networks)


def _network(arrays: dict[str, NDArray[Any]], name: str, n_columns: int) -> Network:
    n_layers = sum(key.startswith(f"{name}_weights_") for key in arrays)
    weights, biases = (
        tuple(arrays[f"{name}_{kind}_{k}"].astype(np.float32) for k in range(n_layers))
        for kind in ("weights", "biases")
    )
    widths = [n_columns, *map(len, biases)]
    if [weight.shape for weight in weights] != list(pairwise(widths)):
        raise ValueError(f"layers of network {name} that do not fit together")
    return Network(weights, biases)
