"""The spinner families that training spins clean articles with, one a file; each records every swap with its place.

They are part of a checkout, and of no wheel: see docs/misuse.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detector.errors import CorpusError
from detector.training.spinners.base import Entries
from detector.training.spinners.broken_phrases import BrokenPhrases
from detector.training.spinners.careless_inflection import CarelessInflection
from detector.training.spinners.damaged_facts import DamagedFacts
from detector.training.spinners.hypernyms import Hypernyms
from detector.training.spinners.light import Light
from detector.training.spinners.mixed import Mixed
from detector.training.spinners.own_table import MOST_WORDS, family_name, read_own
from detector.training.spinners.pairs import Pairs
from detector.training.spinners.phrase_table import PhraseTable
from detector.training.spinners.round_trip import RoundTrip, round_trips
from detector.training.spinners.small_words import SmallWords
from detector.training.spinners.tables import read_rows
from detector.training.spinners.thesaurus import Thesaurus, read_mythes
from detector.training.swaps import Spinner
from detector.training.wordnet import WORDNET, read_wordnet

MYTHES = Path("/usr/share/mythes/th_en_US_v2.dat")  # where Debian's mythes-en-us puts it
ON_TOP = ("broken-phrases", "damaged-facts", "small-words")  # families of few swaps, for Mixed to put on top of others

__all__ = [
    "MYTHES",
    "ON_TOP",
    "WORDNET",
    "BrokenPhrases",
    "CarelessInflection",
    "DamagedFacts",
    "Hypernyms",
    "Light",
    "Mixed",
    "Pairs",
    "PhraseTable",
    "RoundTrip",
    "SmallWords",
    "Thesaurus",
    "families",
    "round_trips",
]


def families(
    lexicons: Path,
    mythes: Path | None = MYTHES,
    wordnet: Path | None = WORDNET,
    entries: Entries | None = None,
    own: Sequence[Path] = (),
) -> dict[str, Spinner]:
    """Build the families that need no language model, by name; `None` leaves the family of that file out.

    `lexicons` holds the tables. Missing data is a CorpusError that says what to install. `entries` withholds pairs from
    every family. `own` are a desk's own tables, each a family by the name of its file. Light takes a language model:
    build it where there is one. Mixed is made of all the others.
    """
    net = read_wordnet(wordnet) if wordnet is not None else None
    made: list[Spinner] = [
        Pairs(read_rows(lexicons / "spinner_pairs.tsv"), entries=entries),
        PhraseTable(read_rows(lexicons / "spinner_phrases.tsv"), entries),
        Pairs(read_rows(lexicons / "register_lift.tsv"), entries=entries, name="register-lift", most_words=4),
        CarelessInflection(net, entries),
        BrokenPhrases(read_rows(lexicons / "broken_phrases.tsv"), entries),
        SmallWords(),
        DamagedFacts(read_rows(lexicons / "damaged_names.tsv")),
    ]
    if mythes is not None:
        made.append(Thesaurus(read_mythes(mythes), entries=entries))
    if net is not None:
        made.append(Hypernyms(net, entries=entries))
    for path in own:
        made.append(Pairs(read_own(path), entries=entries, name=family_name(path), most_words=MOST_WORDS))
    found = {spinner.name: spinner for spinner in made}
    if len(found) < len(made):
        raise CorpusError(
            f"expected a name of its own for each family, got {', '.join(s.name for s in made)}: rename a file"
        )
    bulk = {name: spinner for name, spinner in found.items() if name not in ON_TOP}
    found["mixed"] = Mixed(bulk, {name: found[name] for name in ON_TOP})
    return found
