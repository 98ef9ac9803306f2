"""Dropping an extractor's columns is leaving it out."""

from __future__ import annotations

import numpy as np
import pytest

from detector.classifier import sigmoid
from detector.extractors import EXTRACTORS, Batch
from detector.features import article_rows, token_rows
from detector.resources import Resources
from detector.segment import segment
from detector.training import fit as fit_module
from detector.training.evaluate import pool as pools
from detector.training.evaluate.pool import Pool, measure_pool
from detector.training.evaluate.refit import Material, drawn, refit
from detector.training.examples import Example, clean_examples
from detector.training.swaps import Swap


@pytest.fixture(scope="module")
def spun(spun_texts: tuple[str, ...], resources: Resources) -> Pool:
    return measure_pool([Example(text, swaps_of(text), "test") for text in spun_texts], resources)


@pytest.fixture(scope="module")
def clean(wire_texts: tuple[str, ...], resources: Resources) -> Pool:
    return measure_pool(clean_examples(wire_texts), resources)


def swaps_of(text: str) -> tuple[Swap, ...]:
    return tuple(
        Swap(was, now, text.index(now)) for was, now in (("storm", "tempest"), ("region", "patch")) if now in text
    )


@pytest.mark.parametrize("without", [None, *range(len(EXTRACTORS))])
def test_columns_are_those_of_a_measurement_without_the_extractor(
    without: int | None, spun: Pool, spun_texts: tuple[str, ...], resources: Resources
) -> None:
    batch = Batch.join(tuple(segment(text, resources.vocabulary) for text in spun_texts), resources.language_model)
    measures = [e.measure(batch, resources) for i, e in enumerate(EXTRACTORS) if i != without]
    names, scored, rows = token_rows(batch, measures)
    kept = np.ones(len(spun.columns.tokens), bool) if without is None else spun.columns.tokens_of != without
    assert [name for name, keep in zip(spun.columns.tokens, kept, strict=True) if keep] == names
    assert np.array_equal(spun.rows[:, kept], rows)
    log_odds = np.linspace(-5, 5, len(rows))
    names, pooled = article_rows(batch, measures, scored, rows, sigmoid(log_odds), resources.vocabulary)
    kept = np.ones(len(spun.columns.standing), bool) if without is None else spun.columns.standing_of != without
    found, own = spun.articles(log_odds, kept)
    assert (found, own.tolist()) == (names, pooled.tolist())


def test_a_pool_does_not_depend_on_its_batches(
    spun: Pool, spun_texts: tuple[str, ...], resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "BATCH", 5)
    small = measure_pool([Example(text, swaps_of(text), "test") for text in spun_texts], resources)
    assert len(small.batches) == 5
    assert np.array_equal(small.rows, spun.rows)
    assert np.array_equal(small.swapped, spun.swapped)
    assert np.array_equal(small.article, spun.article)
    assert np.allclose(small.standing, spun.standing, atol=1e-4)


def test_draws_of_a_seed_lie_in_each_other(spun: Pool, clean: Pool) -> None:
    material = Material(spun, spun, clean, None, None)
    small, large = drawn(material, 0.25, 3), drawn(material, 0.75, 3)
    assert set(small) == {"tokens", "spun", "clean"}
    assert all((large[part] | ~small[part]).all() for part in small)
    assert all(drawn(material, 1.0, 3)[part].all() for part in small)


def test_both_stages_are_fitted_on_what_is_kept(spun: Pool, clean: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_module, "N_TREES", 20)
    material = Material(spun, spun, clean, None, None)
    fit = refit(material, drawn(material, 0.9, 1), seed=1)
    assert fit.translated is None
    assert fit.spun_log_odds(spun).mean() > fit.spun_log_odds(clean).mean()
    nothing = {"spun": np.zeros(len(spun), bool)}
    with pytest.raises(ValueError, match="expected articles of both kinds, got 0"):
        refit(material, nothing, seed=1)
    with pytest.raises(ValueError, match="expected swapped words and untouched ones"):
        refit(Material(clean, spun, clean, None, None), {}, seed=1)
