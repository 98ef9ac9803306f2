"""Both stages fitted again on articles that are measured already: on fewer of them, or without an extractor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.classifier import Network, Trees
from detector.features import PRIOR
from detector.profile import is_of_one_word
from detector.resources import Resources
from detector.training.evaluate.pool import Mask, Pool, Rows, measure_pool
from detector.training.examples import Example, clean_examples, spin
from detector.training.fit import Standard, fit_logistic, fit_network, fit_trees, mean_network, mean_trees
from detector.training.swaps import Spinner
from detector.training.train import HUMAN_WEIGHT

TOKEN_ROWS = 120_000  # a tenth of what training takes, for many fits
APPLIED = 16_384  # rows at a time: more would not stay in a processor's cache
PARTS = ("tokens", "spun", "clean", "people", "translated")  # of Material
HIDDEN = (48, 16)  # widths of the token stage, as in training

Log = NDArray[np.float64]


class TooFewError(ValueError):
    """Texts of one kind only, from which nothing can be fitted."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is fitted on. `tokens` hold spun and untouched articles, which the article stage must not see; `people` are
    untouched, too, and weigh more."""

    tokens: Pool
    spun: Pool
    clean: Pool
    people: Pool | None
    translated: Pool | None


def fit_material(
    news: Sequence[str],
    people: Sequence[str],
    translated: Sequence[str],
    spinners: Mapping[str, Spinner],
    resources: Resources,
    workers: int = 1,
) -> Material:
    """Spin and measure what is fitted on: a fifth of the news for the token stage, the rest half spun, half untouched.

    `news` are in random order; of `people`'s texts a third goes to the token stage.
    """
    for_tokens, for_spun = len(news) // 5, len(news) * 3 // 5

    def measured(examples: Sequence[Example]) -> Pool:
        return measure_pool(examples, resources, workers)

    of_people = clean_examples([text for i, text in enumerate(people) if i % 3])
    return Material(
        tokens=measured([*spin(news[:for_tokens], spinners, 1), *clean_examples(people[::3])]),
        spun=measured(spin(news[for_tokens:for_spun], spinners, 2)),
        clean=measured(clean_examples(news[for_spun:])),
        people=measured(of_people) if of_people else None,
        translated=measured(clean_examples(translated)) if translated else None,
    )


Kept = Mapping[str, Mask]  # by the name of a pool: which of its articles are fitted on; all of those not named


def drawn(material: Material, share: float, seed: int) -> dict[str, Mask]:
    """Which articles of each pool are drawn by `seed`, one at least; those of a smaller share are among those of a
    larger one."""
    rng = np.random.default_rng(seed)
    pools = {part: getattr(material, part) for part in PARTS}
    chances = {part: rng.random(len(pool)) for part, pool in pools.items() if pool is not None}
    return {part: own < max(share, np.nextafter(own.min(), 1)) for part, own in chances.items()}


@dataclass(frozen=True, slots=True)
class Fit:
    """Two stages fitted on one choice; `kept_tokens` and `kept_standing` are the columns they know."""

    kept_tokens: Mask
    kept_standing: Mask
    tokens: Network
    spun: Trees
    translated: Network | None

    def token_log_odds(self, pool: Pool) -> Log:
        """Log-odds of every scored token of the pool to be swapped."""
        return _applied(self.tokens, pool, self.kept_tokens)

    def articles(self, pool: Pool, log_odds: Log | None = None) -> tuple[list[str], Rows]:
        """Names and rows of the article stage; give the tokens' `log_odds` where they are known already."""
        return pool.articles(self.token_log_odds(pool) if log_odds is None else log_odds, self.kept_standing)

    def spun_log_odds(self, pool: Pool, log_odds: Log | None = None) -> Log:
        """Log-odds of every article of the pool to be spun."""
        names, rows = self.articles(pool, log_odds)
        return self.spun.log_odds(rows[:, _of_wording(names)])


def refit(material: Material, kept: Kept, seed: int, without: int | None = None, fits: int = 1) -> Fit:
    """Fit both stages on the articles `kept`, without what one extractor measured; either is the mean of `fits`.

    Without translations there is no stage for them. Raises TooFewError where a stage would see only one kind of text.
    """
    columns = material.tokens.columns
    kept_tokens, kept_standing = (
        np.ones(len(owner), bool) if without is None else owner != without
        for owner in (columns.tokens_of, columns.standing_of)
    )
    network = _tokens(material.tokens, kept, kept_tokens, seed, fits)
    names: list[str] = []
    pooled: dict[str, Rows] = {}
    for part in PARTS[1:]:
        pool: Pool | None = getattr(material, part)
        if pool is not None:
            names, rows = pool.articles(_applied(network, pool, kept_tokens), kept_standing)
            pooled[part] = rows[kept[part]] if part in kept else rows
    people = pooled.get("people", pooled["clean"][:0])
    untouched = (pooled["clean"], people)
    wording = _of_wording(names)
    rows, labels, weights = _stacked(pooled["spun"], *untouched, pooled.get("translated"))
    known = [names[i] for i in wording]
    trees = [fit_trees(known, rows[:, wording], labels, weights, seed=seed + fit) for fit in range(fits)]
    translated = None
    if "translated" in pooled and len(pooled["translated"]):
        translated = fit_logistic(names, *_stacked(pooled["translated"], *untouched), seed=seed)
    return Fit(kept_tokens, kept_standing, network, mean_trees(trees), translated)


def _tokens(pool: Pool, kept: Kept, columns: Mask, seed: int, fits: int) -> Network:
    known = np.flatnonzero(kept["tokens"][pool.article]) if "tokens" in kept else np.arange(len(pool.rows))
    if not 0 < np.count_nonzero(pool.swapped[known]) < len(known):
        raise TooFewError(f"expected swapped words and untouched ones to fit on, got {len(known):,} of one kind")
    names = [name for name, keep in zip(pool.columns.tokens, columns, strict=True) if keep]
    networks: list[Network] = []
    for own in range(seed, seed + fits):
        some = np.random.default_rng(own).permutation(known)[:TOKEN_ROWS]
        rows = pool.rows[some][:, columns]
        standard = Standard(networks[0].centre, networks[0].scale) if networks else None
        networks.append(
            fit_network(names, rows, pool.swapped[some], hidden=HIDDEN, prior=PRIOR, seed=own, standard=standard)
        )
    return mean_network(networks)


def _applied(network: Network, pool: Pool, columns: Mask) -> Log:
    parts = [pool.rows[first : first + APPLIED] for first in range(0, len(pool.rows), APPLIED)]
    return np.concatenate([network.log_odds(part[:, columns]) for part in parts])


def _of_wording(names: list[str]) -> list[int]:
    """The columns that the class "spun" is told by."""
    return [i for i, name in enumerate(names) if not is_of_one_word(name)]


def _stacked(
    positive: Rows, clean: Rows, people: Rows, translated: Rows | None = None
) -> tuple[Rows, Mask, NDArray[np.float64]]:
    """Rows, labels and weights, as training stacks them."""
    if not len(positive) or not len(clean) + len(people):
        raise TooFewError(f"expected articles of both kinds, got {len(positive)} and {len(clean) + len(people)}")
    translated = clean[:0] if translated is None else translated
    rows = np.concatenate([positive, translated, clean, people])
    weights = np.ones(len(rows))
    weights[len(rows) - len(people) :] = HUMAN_WEIGHT
    return rows, np.arange(len(rows)) < len(positive), weights
