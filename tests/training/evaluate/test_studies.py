"""What is left out of a fit is nowhere in what it is fitted on."""

from __future__ import annotations

import pytest

from detector.training.corpus import CorpusArticle
from detector.training.evaluate.studies import Bench, Choice, planned
from detector.training.evaluate.work import Item
from detector.training.examples import Example

ARTICLE = CorpusArticle("a", "wire", None, None, None, None, "")
FAMILIES = ("light", "mixed", "pairs", "thesaurus")


def keeps(choice: Choice) -> set[str]:
    """The families that a choice is fitted on."""
    return {family for family in FAMILIES if choice.keeps is None or choice.keeps(ARTICLE, family)}


@pytest.mark.parametrize(
    ("family", "before", "after"),
    [
        ("pairs", {"light", "pairs", "thesaurus"}, {"light", "thesaurus"}),
        ("thesaurus", {"light", "pairs", "thesaurus"}, {"light", "pairs"}),
        ("light", set(FAMILIES), {"mixed", "pairs", "thesaurus"}),
        ("mixed", set(FAMILIES), {"light", "pairs", "thesaurus"}),
    ],
)
def test_a_family_left_out_is_in_no_mixture_that_is_fitted_on(family: str, before: set[str], after: set[str]) -> None:
    bench = Bench(
        material=None,  # type: ignore[arg-type]  # nothing is fitted here
        fitted_on={"spun": [(ARTICLE, name) for name in FAMILIES]},
        clean=None,  # type: ignore[arg-type]
        spun=None,  # type: ignore[arg-type]
        clean_articles=[ARTICLE],
        spun_items=[Item(Example("", (), name), ARTICLE) for name in FAMILIES],
        mixtures={"mixed": frozenset({"pairs", "thesaurus"})},
    )
    choices, found = planned(bench, (1.0,))
    (study,) = [one for one in found if one.study == "spinner family left out" and one.name == family]
    assert keeps(choices[study.before]) == before
    assert keeps(choices[study.after]) == after
