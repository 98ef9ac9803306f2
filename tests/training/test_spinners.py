"""Every family records what it did: applying the swaps backwards gives the original, to the code point."""

from __future__ import annotations

import pickle
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from system import needs

from detector.errors import CorpusError
from detector.lexicon import Candidates
from detector.text import BOUNDARY, Document, Flag
from detector.training.spinners import (
    MYTHES,
    ON_TOP,
    BrokenPhrases,
    CarelessInflection,
    DamagedFacts,
    Hypernyms,
    Light,
    Mixed,
    Pairs,
    PhraseTable,
    SmallWords,
    Thesaurus,
    families,
)
from detector.training.spinners.base import Replacement, read_words, replace
from detector.training.spinners.broken_phrases import narrowed
from detector.training.spinners.tables import Row, read_rows
from detector.training.spinners.thesaurus import read_mythes
from detector.training.swaps import Spinner, Spun, Swap
from detector.training.wordnet import Synset, WordNet

LEXICONS = Path(__file__).parents[2] / "data" / "lexicons"
TEXT = """The region held a quick vote on Monday, officials said. “We attack no region,” Governor Region told reporters.

An army attacked the region in 2019. Officials in the capital said that the attack hit a region near Lake Vote."""

ROWS = [
    Row("region", "area", "one"),
    Row("region", "patch", "two"),
    Row("officials", "authorities", "one"),
    Row("attack", "assault", "one"),
    Row("attacked", "assaulted", "two"),
    Row("said", "mentioned", "one"),
    Row("the region", "the whole area", "one"),
    Row("the capital said", "the main city announced", "two"),
    Row("to", "so as to", "one"),
]
BROKEN = [Row("the attack hit", "the attack struck", "broken"), Row("held a quick vote", "held a fast vote", "broken")]
DAMAGED = [Row("Governor", "Administrator", "title"), Row("Lake", "Pond", "name")]
NAMES = [  # the contract holds for each of them
    "pairs",
    "phrase-table",
    "thesaurus",
    "hypernyms",
    "light",
    "lifted",
    "careless-inflection",
    "broken-phrases",
    "small-words",
    "damaged-facts",
    "mixed",
]
MYTHES_FILE = """UTF-8
attack|2
(noun)|assault|onset|Blitzkrieg
(verb)|set on|assail|defend (antonym)
region|1
(noun)|part (generic term)|territorial division
assail|1
(verb)|attack
territorial division|1
(noun)|region
officials|1
(noun)|officials
"""
VOCABULARY = ["<s>", "<unk>", "region", "area", "officials", "authorities", "attack", "assault", "said", "noted"]
NET = WordNet(
    synsets={
        "v1": Synset(("attack", "assail"), (), ()),
        "n1": Synset(("region", "area"), ("n2",), ()),
        "n2": Synset(("place",), (), ()),
    },
    senses={
        ("attack", "v"): ("v1",),
        ("assail", "v"): ("v1",),
        ("region", "n"): ("n1",),
        ("area", "n"): ("n1",),
        ("place", "n"): ("n2",),
    },
    narrower={"n2": ["n1"]},
    exceptions={},
)


def _read(text: str) -> Document:
    """Tokens as the spinners see words, in one sentence: enough to swap by."""
    words = read_words(text, keep_quotations=False)
    ids = [VOCABULARY.index(word) if word in VOCABULARY else 1 for word in words.lower]
    n = len(ids) + 2
    flags = [int(Flag.WORD) if free else int(Flag.WORD | Flag.NAME) for free in words.free]
    return Document(
        text=text,
        start=np.array([0, *words.start, len(text)], dtype=np.int32),
        end=np.array([0, *words.end, len(text)], dtype=np.int32),
        ids=np.array([BOUNDARY, *ids, BOUNDARY], dtype=np.int32),
        spelling=np.zeros(n, np.float32),
        flags=np.array([0, *flags, 0], dtype=np.uint8),
        sentence=np.zeros(n, np.int32),
    )


def _fit(ids: np.ndarray, at: np.ndarray, words: np.ndarray) -> np.ndarray:
    return np.where(words == VOCABULARY.index("noted"), -99.0, -1.0).astype(np.float32)


def _light(**options: object) -> Light:
    pairs = Candidates(
        offsets=np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4], dtype=np.int32),
        ids=np.array([3, 5, 7, 9], dtype=np.int32),
        weights=np.ones(4, dtype=np.float32),
    )
    return Light(pairs, VOCABULARY, _read, _fit, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def spinners(tmp_path_factory: pytest.TempPathFactory) -> list[Spinner]:
    path = tmp_path_factory.mktemp("mythes") / "th.dat"
    path.write_text(MYTHES_FILE)
    full = [
        Pairs(ROWS),
        PhraseTable(ROWS),
        Thesaurus(read_mythes(path)),
        Hypernyms(NET),
        _light(),
        Pairs(ROWS, name="lifted", most_words=4),
        CarelessInflection(NET),
    ]
    on_top = [BrokenPhrases(BROKEN), SmallWords(), DamagedFacts(DAMAGED)]
    mixed = Mixed({spinner.name: spinner for spinner in full}, {spinner.name: spinner for spinner in on_top})
    return [*full, *on_top, mixed]


def test_names_are_unique(spinners: list[Spinner]) -> None:
    assert [spinner.name for spinner in spinners] == NAMES


SNIPPETS = [
    "region",
    "Region",
    "the region",
    "attack",
    "attacks",
    "Attacked",
    "officials",
    "said",
    "a",
    "an",
    "An",
    "“",
    "”",
]
SNIPPETS += ['"', ". ", "\n\n", "-", "’s", "2019", "  ", "Lake", "é", "​", "the capital said", "U.S.", "ATTACK"]


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=4), max_size=40),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_swaps_lead_back_to_the_original(spinners: list[Spinner], parts: list[str], share: float, seed: int) -> None:
    text = " ".join(parts)
    for spinner in spinners:
        _assert_recorded(text, spinner.spin(text, share, np.random.default_rng(seed)))


def _assert_recorded(text: str, spun: Spun) -> None:
    assert spun.original() == text
    ends = 0
    for swap in sorted(spun.swaps + spun.repairs, key=lambda swap: swap.start):
        assert spun.text[swap.start : swap.start + len(swap.spun)] == swap.spun
        assert swap.original != swap.spun
        assert swap.original
        assert swap.spun
        assert swap.start >= ends
        ends = swap.start + len(swap.spun)


def test_all_families_swap_and_repeat_themselves(spinners: list[Spinner]) -> None:
    for spinner in spinners:
        spun = spinner.spin(TEXT, 0.2, np.random.default_rng(3))
        assert spun.swaps, spinner.name
        _assert_recorded(TEXT, spun)
        assert spinner.spin(TEXT, 0.2, np.random.default_rng(3)) == spun
        with pytest.raises(ValueError, match="share") if spinner.name != "light" else nullcontext():
            spinner.spin(TEXT, 1.5, np.random.default_rng(3))
        assert spinner.spin("", 0.2, np.random.default_rng(3)) == Spun("", ())


def test_names_numbers_and_headlines_are_kept(spinners: list[Spinner]) -> None:
    kept = "Governor Region, Lake Attack. ATTACK IN REGION 2019."
    for spinner in spinners:
        if spinner.name not in ("damaged-facts", "mixed"):  # which are about them
            for seed in range(30):
                assert kept in spinner.spin(f"Officials met {kept}", 1.0, np.random.default_rng(seed)).text, spinner


def test_quotations_are_kept_in_about_half_of_the_articles() -> None:
    quoted = [PhraseTable(ROWS).spin(TEXT, 1.0, np.random.default_rng(seed)).text for seed in range(200)]
    kept = sum("“We attack no region,”" in text for text in quoted)
    assert 70 < kept < 130
    assert all("attack hit a region" not in text for text in quoted)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_share_is_kept(share: float) -> None:
    text = " ".join(["officials said that the attack hit a region near here."] * 40)
    for spinner in (Pairs(ROWS, voices=["one"]), PhraseTable(ROWS)):
        spun = spinner.spin(text, share, np.random.default_rng(1))
        n_words = sum(len(swap.original.split()) for swap in spun.swaps)
        assert n_words == pytest.approx(share * len(text.split()), abs=2)


def test_light_stays_light_and_takes_the_smallest_loss() -> None:
    text = " ".join(["officials said that the attack hit a region near here."] * 40)
    spun = _light().spin(text, 0.5, np.random.default_rng(1))
    assert len(spun.swaps) == pytest.approx(0.12 * len(text.split()), abs=1)
    assert "noted" not in spun.text


def test_an_article_has_one_voice() -> None:
    texts = [Pairs(ROWS).spin(TEXT, 1.0, np.random.default_rng(seed)).text for seed in range(40)]
    assert {"area" in text for text in texts} == {"patch" in text for text in texts} == {True, False}
    assert not any("area" in text and "patch" in text for text in texts)
    with pytest.raises(ValueError, match=r"unknown voices \['three'\]; available: one, two"):
        Pairs(ROWS, voices=["three"])


def test_the_longest_phrase_wins_and_short_originals_are_left_out() -> None:
    spun = PhraseTable(ROWS).spin("officials went to the capital said to be the region.", 1.0, np.random.default_rng(1))
    assert spun.text == "authorities went to the main city announced to be the whole area."


def test_entries_can_be_withheld(tmp_path: Path) -> None:
    (tmp_path / "th.dat").write_text(MYTHES_FILE)

    def no_attack(original: str, spun: str) -> bool:
        return "attack" not in original

    thesaurus = Thesaurus(read_mythes(tmp_path / "th.dat"), entries=no_attack)
    made: list[Spinner] = [
        Pairs(ROWS, entries=no_attack),
        PhraseTable(ROWS, no_attack),
        thesaurus,
        Hypernyms(NET, no_attack),
        CarelessInflection(NET, no_attack),
        BrokenPhrases(BROKEN, no_attack),
    ]
    for spinner in [*made, _light(entries=no_attack)]:
        for seed in range(10):
            spun = spinner.spin(TEXT, 1.0, np.random.default_rng(seed))
            assert not any("attack" in swap.original for swap in spun.swaps), spinner.name


def test_thesaurus_inflects_and_knows_no_antonym(tmp_path: Path) -> None:
    (tmp_path / "th.dat").write_text(MYTHES_FILE)
    thesaurus = Thesaurus(read_mythes(tmp_path / "th.dat"))
    found = {thesaurus.spin("They attacked us.", 1.0, np.random.default_rng(seed)).text for seed in range(60)}
    assert found <= {f"They {verb} us." for verb in ("setted on", "set on", "assailed", "assail")}
    assert len(found) == 2
    regions = {thesaurus.spin("region", 1.0, np.random.default_rng(seed)).text for seed in range(20)}
    assert regions == {"territorial division"}  # a broader term only where there is no synonym


@pytest.mark.parametrize(
    ("text", "spun", "expected"),
    [
        ("in a region", "area", "in an area"),
        ("in an area", "region", "in a region"),
        ("An area", "region", "A region"),
        ("a region", "hour", "an hour"),
        ("an area", "union", "a union"),
        ("a region", "patch", "a patch"),
        ("the US a area", "hour", "the US an hour"),
    ],
)
def test_articles_follow_the_word(text: str, spun: str, expected: str) -> None:
    start = text.rindex(" ") + 1
    repaired = replace(text, [Replacement(start, len(text), spun)], repair_articles=True)
    assert repaired.text == expected
    assert repaired.original() == text
    assert [swap.spun for swap in repaired.swaps] == [spun]
    careless = replace(text, [Replacement(start, len(text), spun)], repair_articles=False)
    assert careless.text == text[:start] + spun
    assert careless.repairs == ()


def test_tables_are_checked_by_line(tmp_path: Path) -> None:
    path = tmp_path / "spinner_pairs.tsv"
    path.write_text("original\tspun\tvoice\n# a comment\nregion\tarea\tone\n\n")
    assert read_rows(path) == [ROWS[0]]
    path.write_text("original\tspun\tvoice\nregion\tarea\n")
    with pytest.raises(CorpusError, match="line 2: expected original, spun and voice"):
        read_rows(path)
    path.write_text("region\tarea\tone\n")
    with pytest.raises(CorpusError, match="line 1: expected the header"):
        read_rows(path)


def test_families_are_built_from_what_is_there(tmp_path: Path) -> None:
    for name in ("spinner_pairs", "spinner_phrases", "register_lift", "broken_phrases", "damaged_names"):
        (tmp_path / f"{name}.tsv").write_text("original\tspun\tvoice\nregion\tarea\tone\n")
    found = families(tmp_path, mythes=None, wordnet=None)
    assert sorted(found) == sorted(["pairs", "phrase-table", "register-lift", "careless-inflection", "mixed", *ON_TOP])
    assert all(name == spinner.name for name, spinner in found.items())
    with pytest.raises(CorpusError, match="apt install mythes-en-us"):
        families(tmp_path, mythes=tmp_path / "none.dat", wordnet=None)
    with pytest.raises(CorpusError, match="no table of swaps at"):
        families(tmp_path / "none", wordnet=None)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Spinner]:
    """The families as training has them, without what is not installed everywhere."""
    return families(LEXICONS, mythes=None, wordnet=None)


def test_families_are_passed_to_worker_processes(shipped: dict[str, Spinner]) -> None:
    copy = pickle.loads(pickle.dumps(shipped))
    for name, spinner in shipped.items():
        assert copy[name].spin(TEXT, 0.3, np.random.default_rng(2)) == spinner.spin(TEXT, 0.3, np.random.default_rng(2))


@pytest.mark.parametrize(("name", "least"), [("register_lift", 400), ("broken_phrases", 300), ("damaged_names", 100)])
def test_our_own_tables_are_fit_to_use(name: str, least: int) -> None:
    rows = read_rows(LEXICONS / f"{name}.tsv")
    assert len(rows) >= least
    assert rows == sorted(set(rows))
    assert all(row.original != row.spun for row in rows)
    if name == "broken_phrases":
        narrow = [narrowed(Swap(row.original, row.spun, 0)) for row in rows]
        assert all(
            len(one.original.split()) <= 2 < len(f"{row.original} {row.spun}".split())
            for one, row in zip(narrow, rows, strict=True)
        )


@pytest.mark.parametrize("share", [0.03, 0.1, 0.6])
def test_a_register_is_lifted_in_one_voice(shipped: dict[str, Spinner], share: float) -> None:
    text = "Many people left the old house before the fire began, and told police about the storm. " * 20
    voices: dict[str, set[Row]] = {}
    for row in read_rows(LEXICONS / "register_lift.tsv"):
        voices.setdefault(row.voice, set()).add(Row(row.original, row.spun.lower(), ""))
    for seed in range(5):
        spun = shipped["register-lift"].spin(text, share, np.random.default_rng(seed))
        _assert_recorded(text, spun)
        covered = sum(len(swap.original.split()) for swap in spun.swaps)
        assert covered == pytest.approx(min(share, 0.5) * len(text.split()), rel=0.3)
        made = {Row(swap.original.lower(), swap.spun.lower(), "") for swap in spun.swaps}
        assert any(made <= voice for voice in voices.values())


@needs(MYTHES.is_file(), "Debian's mythes-en-us")
def test_the_real_thesaurus_swaps_a_quarter_of_all_words() -> None:
    text = "Officials said that the attack hit a quiet region near the border and destroyed several old houses. " * 5
    spun = Thesaurus(read_mythes(MYTHES)).spin(text, 0.25, np.random.default_rng(1))
    _assert_recorded(text, spun)
    assert len(spun.swaps) == pytest.approx(0.25 * len(text.split()), abs=1)


def test_a_careless_spinner_leaves_the_article_as_it_was() -> None:
    spun = Spun(
        "In an area and an area", (Swap("region", "area", 6), Swap("region", "area", 18)), (Swap("a", "an", 3),)
    )
    careless = spun.careless()
    assert careless.text == "In a area and an area"
    assert [swap.start for swap in careless.swaps] == [5, 17]
    assert careless.repairs == ()
    assert careless.original() == "In a region and an region"  # the second article was nobody's repair
