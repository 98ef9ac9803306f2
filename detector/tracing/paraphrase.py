"""Whether an article paraphrases its source: said only of texts whose source is known, by how they lie beside it."""

from __future__ import annotations

from collections.abc import Sequence

from detector.align.names_held import retells
from detector.comparison import Source

# Coverage by a named source, and the share of it that is reworded. The first was lowered from 0.6 by the sums of
# benchmarks/sources.py on whole rewrites, 33 to 39 of 40; naming keeps strangers out.
DERIVED, REWORDED = 0.4, 0.1
MERGED = 0.25  # of as many sentences as come from the first source alone, those from others alone; guess


def is_paraphrase(sources: Sequence[Source], outlet: str | None) -> bool:
    """Whether enough of an article derives from its source, or retells it name by name, and a good share is reworded.

    Verbatim copies and an outlet's later versions of its own story are none, nor is what was published first: the
    source may have been made from it. A merge is judged by all that it was made from: joining and shortening the
    sentences of one of them is a desk's work.
    """
    if not sources or (outlet is not None and outlet == sources[0].outlet):
        return False
    if sources[0].direction == "suspect-earlier":
        return False
    merged = sources if _is_merge(sources) else sources[:1]
    derivations = [source.comparison.derivation for source in merged]
    coverage = sum(derivation.coverage for derivation in derivations)
    enough = coverage >= DERIVED or (len(merged) == 1 and retells(derivations[0].names))
    return enough and sum(derivation.reworded for derivation in derivations) >= REWORDED * coverage


def _is_merge(sources: Sequence[Source]) -> bool:
    """Whether the other sources give sentences that the first does not; versions of one story do not."""
    first, *others = (_derived(source) for source in sources)
    return len(set().union(*others) - first) >= MERGED * len(first)


def _derived(source: Source) -> set[int]:
    """The article's sentences that come from a source."""
    return {sentence for pair in source.comparison.alignment.pairs if pair.derived for sentence in pair.suspect}
