"""Fit the word aligner of detector/align/words.py on word alignments made by people.

A later reading must see beliefs as wrong as they are on new text, so they are made by cross-fitting, and so are the
lexicons of linked words.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from detector.align.cells import GUESS, Lexicon, measure, pair_key, settled
from detector.align.grid import Column, Grid
from detector.align.groups import Covered, Groups
from detector.align.meaning import Likeness, Meanings
from detector.align.tokens import Types, types_of
from detector.align.words import (
    CLIP,
    LIKELY,
    Linker,
    Network,
    Reading,
    is_turned,
    rows_again,
    rows_at_last,
    rows_of_groups,
)
from detector.errors import CorpusError
from detector.resources import Resources
from detector.text import UNKNOWN

SETS = ("mtref_train.tsv", "edinburgh_train.json", "msr_rte_train.json")
FOLDS = 5
HIDDEN = (48, 24)
NETWORKS = {"first": 1, "again": 2, "groups": 3, "last": 3}  # of each reading; see docs/experiments.md
LEAST_THRESHOLD = 0.5  # unlikelier links make one phrase of two swaps side by side, and F1 is highest at 0.45
EPOCHS = 10  # passes over the rows: guess
EASY_SHARE = 0.15  # of the cells and groups that look like none, and are, are taught, each for all that it stands for
LOOKS_LINKED = 0.15  # rough guess of a cell (cells.measure) from which it is not easy
LOOKS_WHOLE = 0.3  # mean belief of the cells of a group from which it is not easy
PRIOR_WEIGHT = 2.0  # places added to the count of each pair of words


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Two sentences of the same meaning, lower case, and the links that a person drew, sure and possible ones."""

    id: str
    one: tuple[str, ...]
    two: tuple[str, ...]
    links: frozenset[tuple[int, int]]


def read_gold(path: Path) -> list[GoldPair]:
    """Read MultiMWA's .tsv or Edinburgh's .json; raises CorpusError where a row is not of the format."""
    try:
        if path.suffix == ".tsv":
            lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
            return [_pair(row[0], row[1], row[3], " ".join(row[7:9])) for row in lines]
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            _pair(row["id"], row["source"], row["target"], f"{row['sureAlign']} {row.get('possibleAlign') or ''}")
            for row in rows
        ]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path}: expected two sentences and their links in each row: {error}") from error


def _pair(name: object, one: str, two: str, links: str) -> GoldPair:
    words = tuple(one.lower().split()), tuple(two.lower().split())
    drawn = frozenset((int(a), int(b)) for a, b in (link.split("-") for link in links.split()))
    if any(not (0 <= a < len(words[0]) and 0 <= b < len(words[1])) for a, b in drawn):
        raise ValueError(f"a link of {name} leads out of its sentences")
    return GoldPair(str(name), *words, drawn)


@dataclass(frozen=True, slots=True)
class Cells:
    """Gold pairs as cells: `linked` says which cells are links, `fold` to which part each belongs."""

    types: Types
    grid: Grid
    turned: NDArray[np.bool_]
    linked: NDArray[np.bool_]
    fold: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Sequence[GoldPair], resources: Resources, seed: int = 1) -> Cells:
        """Lay out pairs with words on both sides."""
        types, numbers = types_of([word for pair in pairs for word in pair.one + pair.two], resources)
        lengths = [len(side) for pair in pairs for side in (pair.one, pair.two)]
        sides = np.split(numbers, np.cumsum(lengths)[:-1])
        both = list(zip(sides[::2], sides[1::2], strict=True))
        turned = np.array([is_turned(one, two) for one, two in both])
        grid = Grid.of([(two, one) if turn else (one, two) for (one, two), turn in zip(both, turned, strict=True)])
        linked = np.zeros(len(grid.i), bool)
        for pair, turn, first in zip(pairs, turned, grid.offsets, strict=False):
            width = len(pair.one) if turn else len(pair.two)
            linked[[first + (b * width + a if turn else a * width + b) for a, b in pair.links]] = True
        folds = np.random.default_rng(seed).permutation(len(pairs)) % FOLDS
        return cls(types, grid, turned, linked, np.repeat(folds, np.diff(grid.offsets)).astype(np.int32))

    def both_ways(self) -> Cells:
        """Each pair twice, the second time, behind all others, with its sentences exchanged."""
        grid, first = self.grid, self.grid.offsets[:-1]
        ones = np.split(grid.one[grid.starts], np.cumsum(grid.n[first])[:-1])
        twos = np.split(grid.two[grid.downwards[grid.tops]], np.cumsum(grid.m[first])[:-1])
        return Cells(
            self.types,
            Grid.of([*zip(ones, twos, strict=True), *zip(twos, ones, strict=True)]),
            np.concatenate([self.turned, ~self.turned]),
            np.concatenate([self.linked, self.linked[grid.downwards]]),
            np.concatenate([self.fold, self.fold[grid.downwards]]),
        )

    def links(self, chosen: NDArray[np.bool_]) -> list[set[tuple[int, int]]]:
        """The chosen cells of each pair, as places in its first and second sentence."""
        found = []
        for k, turn in enumerate(self.turned):
            here = np.flatnonzero(chosen[self.grid.offsets[k] : self.grid.offsets[k + 1]]) + self.grid.offsets[k]
            places = zip(self.grid.i[here].tolist(), self.grid.j[here].tolist(), strict=True)
            found.append({(b, a) if turn else (a, b) for a, b in places})
        return found


def count_lexicon(cells: Cells, among: NDArray[np.bool_]) -> Lexicon:
    """Odds of a link for pairs of different words that were linked at least once, over the odds of any two words."""
    ids, names, plain = cells.types.ids, cells.types.names, cells.types.plain
    one, two = cells.grid.one, cells.grid.two
    asked = among & (plain[one] != plain[two]) & (ids[one] != UNKNOWN) & (ids[two] != UNKNOWN)
    keys, place = np.unique(pair_key(names[one[asked]], names[two[asked]]), return_inverse=True)
    linked, seen = np.bincount(place, cells.linked[asked]), np.bincount(place)
    rate = cells.linked[asked].mean()
    share = (linked + PRIOR_WEIGHT * rate) / (seen + PRIOR_WEIGHT)
    odds = np.log(share / (1 - share)) - np.log(rate / (1 - rate))
    keep = (linked > 0) & (odds > 0)
    return Lexicon(keys[keep], odds[keep].astype(np.float32))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linker fitted on all pairs, and what linkers that did not see a pair believe of its cells."""

    linker: Linker
    unseen: Column


def fit(once: Cells, resources: Resources, meanings: Meanings, seed: int = 1) -> Fitted:
    """Fit the readings, each cross-fitted for the next, on every pair both ways round."""
    cells = once.both_ways()
    grid, types = cells.grid, cells.types
    links, left = settled(grid, types)
    at = np.flatnonzero(left)
    likeness = Likeness.of(grid, types, meanings)
    rows = _unseen_rows(cells, at, once, resources, likeness.cosine)
    taught = _taught(~cells.linked[at] & (rows[:, GUESS] < LOOKS_LINKED), seed)
    belief = links.astype(np.float32)
    first, belief[at] = _read(rows, cells.linked[at], taught, cells.fold[at], NETWORKS["first"], seed)

    before, likely = belief.copy(), belief[at] >= LIKELY
    seen, every = at[likely], np.ones(int(likely.sum()), np.float32)
    asked = rows_again(grid, seen, types, rows[likely], before)
    again, belief[seen] = _read(asked, cells.linked[seen], every, cells.fold[seen], NETWORKS["again"], seed)

    found = Groups.within(grid, belief, left)
    asked = np.concatenate(
        [rows_of_groups(part, grid, at, types, rows, belief, before, likeness) for part in found.chunks()]
    )
    whole = _whole(cells, found)
    taught = _taught(~whole & (found.mean(belief, grid) < LOOKS_WHOLE), seed)
    groups, believed = _read(asked, whole, taught, cells.fold[found.first], NETWORKS["groups"], seed)

    covered = Covered.by(found, believed, grid, links)
    likely = np.maximum(belief, covered.total)[at] >= LIKELY
    seen, every = at[likely], np.ones(int(likely.sum()), np.float32)
    asked = rows_at_last(grid, seen, types, rows[likely], belief, before, covered)
    last, belief[seen] = _read(asked, cells.linked[seen], every, cells.fold[seen], NETWORKS["last"], seed)

    lexicon = count_lexicon(once, np.ones(len(once.linked), bool))
    unseen = belief[: len(once.linked)]
    return Fitted(Linker(first, again, groups, last, lexicon, meanings, _best_threshold(unseen, once)), unseen)


def _whole(cells: Cells, groups: Groups) -> NDArray[np.bool_]:
    """Which groups are linked word by word with nothing else: no link leads out of their rows and columns."""
    grid, linked = cells.grid, cells.linked.astype(np.float32)
    inside = groups.of(linked, grid).sum(axis=(1, 2)) == groups.size
    rows, columns = (groups.of(total, grid) for total in grid.sums(linked, np.arange(len(linked))))
    alone = (rows.sum(axis=(1, 2)) == groups.size * groups.width) & (
        columns.sum(axis=(1, 2)) == groups.size * groups.height
    )
    return inside & alone


def _unseen_rows(
    cells: Cells, at: NDArray[np.intp], once: Cells, resources: Resources, cosine: Column
) -> NDArray[np.float32]:
    """Rows of the cells `at`, those of each part with the lexicon of the others."""
    rows: NDArray[np.float32] | None = None
    for part in range(FOLDS):
        here = np.flatnonzero(cells.fold[at] == part)
        lexicon = count_lexicon(once, once.fold != part)
        measured = measure(cells.grid, at[here], cells.types, resources, lexicon, cosine)
        rows = np.zeros((len(at), measured.shape[1]), np.float32) if rows is None else rows
        rows[here] = measured
    assert rows is not None
    return rows


def _taught(easy: NDArray[np.bool_], seed: int) -> Column:
    """How much each row counts: 0 for most of those that are easy to tell, and the more for the others."""
    chosen = np.random.default_rng(seed).random(len(easy)) < EASY_SHARE
    return np.where(easy, chosen / EASY_SHARE, 1).astype(np.float32)


def _read(
    rows: NDArray[np.float32],
    label: NDArray[np.bool_],
    taught: Column,
    fold: NDArray[np.int32],
    n_networks: int,
    seed: int,
) -> tuple[Reading, Column]:
    """A reading fitted on all rows, and what is believed of each part by networks that were fitted on the others."""
    found = np.zeros(len(rows), np.float32)
    for part in range(FOLDS):
        reading = _fit_reading(rows, label, np.where(fold != part, taught, 0), seed, n_networks)
        found[fold == part] = reading.probability(rows[fold == part])
        print(f"fold {part + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return _fit_reading(rows, label, taught, seed, n_networks), found


def _fit_reading(
    rows: NDArray[np.float32], label: NDArray[np.bool_], taught: Column, seed: int, n_networks: int
) -> Reading:
    rows, label, taught = rows[taught > 0], label[taught > 0], taught[taught > 0]
    centre, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
    values = np.clip((rows - centre) / scale, -CLIP, CLIP)
    networks = tuple(_fit_network(values, label, taught, seed + number) for number in range(n_networks))
    return Reading(centre.astype(np.float32), scale.astype(np.float32), networks)


def _fit_network(values: NDArray[np.float32], label: NDArray[np.bool_], taught: Column, seed: int) -> Network:
    model = MLPClassifier(
        HIDDEN, batch_size=min(1024, len(values)), learning_rate_init=3e-3, max_iter=EPOCHS, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped after EPOCHS on purpose
        model.fit(values, label, sample_weight=taught)
    return Network(
        tuple(weight.astype(np.float32) for weight in model.coefs_),
        tuple(bias.astype(np.float32) for bias in model.intercepts_),
    )


def _best_threshold(belief: Column, cells: Cells) -> float:
    """Where F1 over all cells is highest, from LEAST_THRESHOLD on."""
    cuts = np.linspace(LEAST_THRESHOLD, 0.8, 13)
    right = [int((cells.linked & (belief >= cut)).sum()) for cut in cuts]
    chosen = [int((belief >= cut).sum()) for cut in cuts]
    return float(cuts[np.argmax(2 * np.array(right) / (int(cells.linked.sum()) + np.array(chosen)))])
