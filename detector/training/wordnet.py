"""Read WordNet 3.0's database files: lemmas, senses, close relatives, irregular forms (formats: wndb(5WN)).

Only single words in lower case are kept: phrases and names are not what a spinner's original is looked up by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.errors import CorpusError
from detector.training.inflection import PARTS

WORDNET = Path("/usr/share/wordnet")  # where Debian's wordnet-base puts it

FILES = tuple(f"{kind}.{part}" for part in PARTS.values() for kind in ("data", "index"))


@dataclass(frozen=True, slots=True)
class Synset:
    """One sense: the words that share it, and the synsets it points to."""

    words: tuple[str, ...]
    broader: tuple[str, ...]  # hypernyms of nouns and verbs
    similar: tuple[str, ...]  # similar-to of adjectives


@dataclass(frozen=True, slots=True)
class WordNet:
    """WordNet as tables.

    Attributes:
        synsets: of each part of speech and offset, joined ("v00001740").
        senses: synsets of a (lemma, part), the commonest first.
        narrower: synsets whose hypernym a synset is.
        exceptions: irregular spellings of a (lemma, part).
    """

    synsets: dict[str, Synset]
    senses: dict[tuple[str, str], tuple[str, ...]]
    narrower: dict[str, list[str]]
    exceptions: dict[tuple[str, str], tuple[str, ...]]

    def relatives(self, lemma: str, part: str) -> Iterator[tuple[str, int, str]]:
        """Yield (lemma, rank of the sense, relation) for synonyms, similar adjectives and hypernyms.

        The rank counts from 0 and adds half the rank that the sense has among those of the relative, rounded down.
        """
        for rank, key in enumerate(self.senses.get((lemma, part), ())):
            synset = self.synsets[key]
            for relation, keys in (("synonym", (key,)), ("similar", synset.similar), ("broader", synset.broader)):
                for near in keys:
                    for word in self.synsets[near].words:
                        if word != lemma:
                            senses = self.senses.get((word, part), ())
                            yield word, rank + (senses.index(near) // 2 if near in senses else 0), relation

    def sisters(self, lemma: str, part: str) -> Iterator[tuple[str, int, str]]:
        """Yield (lemma, rank of the sense, "sister") for what shares a hypernym; a sense may have hundreds."""
        for rank, key in enumerate(self.senses.get((lemma, part), ())):
            for broader in self.synsets[key].broader:
                for near in self.narrower[broader]:
                    yield from ((word, rank, "sister") for word in self.synsets[near].words if word != lemma)


def read_wordnet(folder: Path) -> WordNet:
    """Read the database in `folder`; a missing file is a CorpusError that names the Debian package."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise CorpusError(f"no {missing[0]} in {folder}: install WordNet 3.0 (Debian: apt install wordnet-base)")
    synsets: dict[str, Synset] = {}
    senses: dict[tuple[str, str], tuple[str, ...]] = {}
    exceptions: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for part, name in PARTS.items():
        for line in _lines(folder / f"data.{name}"):
            synsets[part + line[:8]] = _synset(line, part)
        for line in _lines(folder / f"index.{name}"):
            lemma, _, n_senses, *_ = values = line.split()
            if lemma.isalpha():
                senses[lemma, part] = tuple(part + offset for offset in values[-int(n_senses) :])
        if (folder / f"{name}.exc").is_file():
            for line in _lines(folder / f"{name}.exc"):
                spelling, *lemmas = line.split()
                for lemma in lemmas:
                    exceptions[lemma, part].append(spelling)
    narrower: defaultdict[str, list[str]] = defaultdict(list)
    for key, synset in synsets.items():
        for broader in synset.broader:
            narrower[broader].append(key)
    kept = {pair: keys for pair, keys in senses.items() if any(pair[0] in synsets[key].words for key in keys)}
    return WordNet(synsets, kept, dict(narrower), {pair: tuple(words) for pair, words in exceptions.items()})


def _lines(path: Path) -> Iterator[str]:
    """The lines of one file but for its licence, whose lines begin with two blanks."""
    with path.open(encoding="latin-1") as file:
        yield from (line for line in file if line.strip() and not line.startswith("  "))


def _synset(line: str, part: str) -> Synset:
    """One line: offset, file, type, number of words in hexadecimal, (word, lex id)..., number of pointers, pointers."""
    values = line.partition(" | ")[0].split()
    n_words = int(values[3], 16)
    words = tuple(word.partition("(")[0] for word in values[4 : 4 + 2 * n_words : 2])
    pointers = values[5 + 2 * n_words :]
    broader, similar = [], []
    for place in range(0, 4 * int(values[4 + 2 * n_words]), 4):
        symbol, offset, target, _ = pointers[place : place + 4]
        if symbol == "@":
            broader.append(target + offset)
        elif symbol == "&":
            similar.append(target.replace("s", "a") + offset)
    return Synset(tuple(word for word in words if word.isalpha() and word.islower()), tuple(broader), tuple(similar))
