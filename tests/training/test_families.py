"""What each of the newer families does to a text, and leaves."""

from __future__ import annotations

import re

import numpy as np
import pytest

from detector.training.spinners import BrokenPhrases, CarelessInflection, DamagedFacts, Mixed, Pairs, SmallWords
from detector.training.spinners.small_words import ARTICLES, HIGH_SHARE, PREPOSITIONS
from detector.training.spinners.tables import Row
from detector.training.swaps import Spinner, Spun
from detector.training.wordnet import Synset, WordNet

NET = WordNet(
    synsets={"n1": Synset(("flash", "gleam"), (), ()), "v1": Synset(("grip", "hold"), (), ())},
    senses={("flash", "n"): ("n1",), ("gleam", "n"): ("n1",), ("grip", "v"): ("v1",), ("hold", "v"): ("v1",)},
    narrower={},
    exceptions={("grip", "v"): ("gripped", "gripping")},
)


def _all_of(spinner: Spinner, text: str, share: float = 1.0, seeds: int = 200) -> set[str]:
    made = [spinner.spin(text, share, np.random.default_rng(seed)) for seed in range(seeds)]
    assert all(spun.original() == text for spun in made)
    return {spun.text for spun in made}


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        ("held", {"hold", "holds", "holding", "holded"}),
        ("children", {"child", "childs", "childrens"}),
        ("taken", {"take", "takes", "took", "taking", "taked"}),
        ("worst", {"bad", "worse", "baddest", "badly"}),
        ("hold", {"hold"}),  # "to held" may be good English
        ("region", {"region"}),  # no word that it knows
        ("was", {"was"}),  # grammar
    ],
)
def test_without_wordnet_irregular_words_are_inflected_wrong(word: str, wrong: set[str]) -> None:
    assert _all_of(CarelessInflection(), word) <= wrong | {"badliest", "worse"}
    assert _all_of(CarelessInflection(), word) & wrong


def test_with_wordnet_a_synonym_comes_in_the_wrong_form() -> None:
    found = {text.split()[1] for text in _all_of(CarelessInflection(NET), "They held flash.")}
    assert {"hold", "holded", "grip", "grips", "gripping"} <= found
    assert "gripped" not in found  # the right form
    assert {text.split()[2] for text in _all_of(CarelessInflection(NET), "They held flash.")} == {"gleams."}


def test_only_the_broken_word_of_a_phrase_is_recorded() -> None:
    spinner = BrokenPhrases(
        [Row("all of a sudden", "all of a quick", "b"), Row("law and order", "statute and order", "b")]
    )
    text = "All of a sudden, law and order is a topic. The law stays."
    spun = spinner.spin(text, 1.0, np.random.default_rng(1))
    assert spun.text == "All of a quick, statute and order is a topic. The law stays."
    assert [swap[:2] for swap in spun.swaps] == [("sudden", "quick"), ("law", "statute")]


SMALL = "The minister of the region met a delegation in the capital. An envoy to the Lake District came to be heard."


def test_small_words_are_dropped_doubled_or_exchanged() -> None:
    texts = [SmallWords().spin(SMALL * 3, 0.08, np.random.default_rng(seed)) for seed in range(100)]
    made = {swap[:2] for spun in texts for swap in spun.swaps}
    assert {("The minister", "Minister"), ("the", "the the"), ("a", "the"), ("An", "One"), ("in", "at")} <= made
    assert not any("Lake" in original for original, _ in made)  # nothing is dropped before a name
    assert not any(" to been" in spun.text or re.search(r"\bto\b", spun.text) is None for spun in texts)
    assert all("came to be" in spun.text for spun in texts)
    known = {*ARTICLES, *PREPOSITIONS}
    assert all(original.lower().split()[0] in known for original, _ in made)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.08, 0.6])
def test_small_words_stay_light(share: float) -> None:
    text = SMALL * 20
    spun = SmallWords().spin(text, share, np.random.default_rng(1))
    n_words = sum(len(swap.original.split()) for swap in spun.swaps)
    assert n_words == pytest.approx(min(share, HIGH_SHARE) * len(text.split()), abs=3)


FACTS = DamagedFacts(
    [Row("President", "Chairman", "title"), Row("United", "Joined", "name"), Row("Mr", "Sir", "title")]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It sold 1,200 cars", {"It sold 1.200 cars", "It sold 1200 cars", "It sold 1 200 cars", "It sold 1'200 cars"}),
        ("up 2.5 points", {"up 2,5 points", "up 2. 5 points", "up 2 point 5 points"}),
        ("on March 5, 2010", {"on 5 of March of 2010", "on 2010 March 5", "on the 5 March, 2010"}),
        ("on 5 March", {"on 5 of March", "on March, 5", "on March 5 day"}),
        ("cost $5 million", {"cost 5 million $", "cost 5 millions dollars", "cost USD 5 million", "cost $ 5 millions"}),
        ("rose 5%", {"rose 5 %", "rose 5 percents", "rose 5 for each penny", "rose 5 by hundred", "rose % 5"}),
        ("all four went", {"all 4 went", "all three went", "all five went", "all 4 (four) went"}),
        ("ran 20 km", {"ran km 20", "ran 20 of km"}),
        ("the United Nations", {"the Joined Nations"}),
        ("by Mr. Doe", {"by Sir. Doe"}),
        ("President Doe", {"Chairman Doe"}),
        ("in Wellington", {"in Vellington", "in Welington", "in Wellinkton", "in Wellingthon"}),
    ],
)
def test_facts_are_damaged(text: str, expected: set[str]) -> None:
    found = _all_of(FACTS, text)
    assert found & expected
    assert found <= expected or text == "in Wellington"


@pytest.mark.parametrize(
    "text",
    ["They were united in it", "on Monday", "the twofold way", "v1.2.3.4", "a president said", "Wellington went"],
)
def test_what_is_no_fact_is_left(text: str) -> None:
    assert _all_of(FACTS, text) == {text}


def test_a_name_is_mostly_damaged_the_same_way_throughout() -> None:
    text = "They met in Wellington, left Wellington, and saw Wellington."
    same = 0
    for seed in range(100):
        spun = FACTS.spin(text, 1.0, np.random.default_rng(seed))
        same += len({swap.spun for swap in spun.swaps}) == 1
    assert 60 < same < 95


def test_quotations_with_facts_are_kept_in_half_of_the_articles() -> None:
    kept = sum(
        "“We sold 1,200”" in FACTS.spin("“We sold 1,200”", 1.0, np.random.default_rng(s)).text for s in range(200)
    )
    assert 70 < kept < 130


def test_a_mixed_text_is_the_work_of_several_and_restores_the_original() -> None:
    one, two = Pairs([Row("army", "troops", "v")], name="one"), Pairs([Row("troops", "soldiers", "v")], name="two")
    text = "The army left Wellington. An army came on the same day."
    made = [
        Mixed({"one": one, "two": two}, {"facts": FACTS}).spin(text, 1.0, np.random.default_rng(s)) for s in range(40)
    ]
    assert all(spun.original() == text for spun in made)
    assert any("soldiers" in spun.text for spun in made)  # the second spun what the first had put
    assert any("troops" in spun.text for spun in made)
    assert {"Wellington" in spun.text for spun in made} == {True, False}


@pytest.mark.parametrize("share", [0.03, 0.1, 0.6])
def test_a_mixed_text_has_about_the_share(share: float) -> None:
    rows = [Row(f"word{chr(97 + i)}", f"other{chr(97 + i)}", "v") for i in range(20)]
    halves = {"one": Pairs(rows[::2], name="one"), "two": Pairs(rows[1::2], name="two")}
    text = " ".join(f"word{chr(97 + i % 20)}" for i in range(600))
    spun = Mixed(halves).spin(text, share, np.random.default_rng(1))
    assert len(spun.swaps) == pytest.approx(share * 600, abs=3)


def test_mixed_needs_no_families_on_top() -> None:
    assert Mixed({"one": Pairs([Row("army", "troops", "v")])}).spin("no", 1.0, np.random.default_rng(1)) == Spun(
        "no", ()
    )
