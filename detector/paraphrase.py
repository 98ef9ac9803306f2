"""Whether an article paraphrases its source: said only of texts whose source is known, by how they lie beside it."""

from __future__ import annotations

from collections.abc import Sequence

from detector.findings import Source

# Coverage by a named source, and the share of it that is reworded. The first was lowered from 0.6 by the sums of
# benchmarks/sources.py on whole rewrites, 33 to 39 of 40; naming keeps strangers out.
DERIVED, REWORDED = 0.4, 0.1


def is_paraphrase(sources: Sequence[Source], outlet: str | None) -> bool:
    """Whether enough of an article derives from its first source and a good share of that is reworded.

    Verbatim copies and an outlet's later versions of its own story are none, nor is what was published first: the
    source may have been made from it.
    """
    if not sources or (outlet is not None and outlet == sources[0].outlet):
        return False
    if sources[0].direction == "suspect-earlier":
        return False
    first = sources[0].comparison.derivation
    return first.coverage >= DERIVED and first.reworded >= REWORDED * first.coverage
