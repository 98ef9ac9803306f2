"""The spinner families that training spins clean articles with, one a file; each records every swap with its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detector.training.spinners.base import Entries, Spinner, Spun, Swap
from detector.training.spinners.hypernyms import Hypernyms
from detector.training.spinners.light import Light
from detector.training.spinners.pairs import Pairs
from detector.training.spinners.phrase_table import PhraseTable
from detector.training.spinners.tables import read_rows
from detector.training.spinners.thesaurus import Thesaurus, read_mythes
from detector.training.wordnet import read_wordnet

MYTHES = Path("/usr/share/mythes/th_en_US_v2.dat")  # where Debian's mythes-en-us puts it
WORDNET = Path("/usr/share/wordnet")  # where Debian's wordnet-base puts it

__all__ = [
    "MYTHES",
    "WORDNET",
    "Hypernyms",
    "Light",
    "Pairs",
    "PhraseTable",
    "Spinner",
    "Spun",
    "Swap",
    "Thesaurus",
    "families",
]


def families(
    lexicons: Path,
    mythes: Path | None = MYTHES,
    wordnet: Path | None = WORDNET,
    entries: Entries | None = None,
    own: Sequence[Path] = (),
) -> dict[str, Spinner]:
    """Build the families that need no language model, by name; `None` leaves the family of that file out.

    `lexicons` holds spinner_pairs.tsv and spinner_phrases.tsv. Missing data is a CorpusError that says what to install.
    `own` are tables of the same form, each a family called after its file.
    `entries` withholds pairs from every family. The fifth, Light, takes a language model: build it where there is one.
    """
    pairs, phrases = read_rows(lexicons / "spinner_pairs.tsv"), read_rows(lexicons / "spinner_phrases.tsv")
    made: list[Spinner] = [Pairs(pairs, entries=entries), PhraseTable(phrases, entries=entries)]
    if mythes is not None:
        made.append(Thesaurus(read_mythes(mythes), entries=entries))
    if wordnet is not None:
        made.append(Hypernyms(read_wordnet(wordnet), entries=entries))
    made += [PhraseTable(read_rows(path), entries=entries, name=path.stem) for path in own]
    return {spinner.name: spinner for spinner in made}
