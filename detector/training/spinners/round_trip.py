"""Round trips through Apertium, a rule-based translator: English, another language or two, English again.

What comes back is machine translation and no spun text: `round_trips` is kept apart from `families`, so that a trainer
can put the texts among the translated ones. Apertium is a program of its own (Debian: apertium, apertium-eng-spa,
apertium-en-gl, apertium-eo-en, apertium-eng-cat), started without a shell. It does some thousand words a second and
takes long to start, so that many texts should go in one call.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from detector.errors import CorpusError
from detector.training.spinners.base import Replacement, put
from detector.training.swaps import Spun

COMMAND = "apertium"
CHAINS = (  # modes in turn, by the names that `apertium -l` gives them
    ("eng-spa", "spa-eng"),
    ("en-es", "es-en"),  # the same by an older name
    ("en-gl", "gl-en"),
    ("en-eo", "eo-en"),
    ("eng-cat", "cat-eng"),
    ("en-ca", "ca-en"),
    ("eng-spa", "spa-cat", "cat-eng"),
)
BATCH_CHARACTERS = 400_000  # a call: about 70 k words, half a minute
LINE_CHARACTERS = 20_000  # a longer line is no paragraph, and stays as it is
TIMEOUT_SECONDS = 600.0  # a call

_SPACES = re.compile(r"\s+")
_FORMAT = re.compile(
    r"[\x00-\x1f\x7f*@#^\\{}\[\]<>~|]"
)  # what Apertium's own stream is made of; it escapes "$" and "/" well
_MARKS = re.compile(r"[*#@^\\]+")  # unknown word, no such form, no translation: none of them were sent


def round_trips(chains: Sequence[tuple[str, ...]] = CHAINS) -> dict[str, RoundTrip]:
    """The round trips whose every mode is installed, by name; none where Apertium is not."""
    installed = _installed_modes()
    found = (RoundTrip(chain) for chain in chains if installed.issuperset(chain))
    return {trip.name: trip for trip in found}


def _installed_modes() -> frozenset[str]:
    if shutil.which(COMMAND) is None:
        return frozenset()
    return frozenset(_run((COMMAND, "-l"), "", timeout_seconds=60.0).split())


@dataclass(frozen=True)
class RoundTrip:
    """A text sent through the modes of `chain`.

    Swaps are what a monotone alignment of words finds changed (difflib on the words of a line, Ratcliff and Obershelp
    1988). Words that moved stand in one long swap with what they passed: good enough for a record and for token labels,
    and no ledger of translations.

    Attributes:
        chain: Apertium's modes, the first from English, the last to English.
        timeout_seconds: for one call of one mode.
    """

    chain: tuple[str, ...]
    timeout_seconds: float = TIMEOUT_SECONDS

    @property
    def name(self) -> str:
        """The languages on the way, English at both ends."""
        return "-".join(["round-trip", self.chain[0].split("-")[0], *(mode.split("-")[1] for mode in self.chain)])

    def spin(self, text: str, share: float, rng: np.random.Generator) -> Spun:
        """Send lines that hold about `share` of all words of `text`; 1 for the whole, as a translator does."""
        return self.spin_all([text], share, rng)[0]

    def spin_all(self, texts: Sequence[str], share: float, rng: np.random.Generator) -> list[Spun]:
        """`spin` of many texts in as few calls as may be.

        Raises CorpusError where Apertium fails, or takes longer than `timeout_seconds`.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"expected a share of words in [0, 1], got {share}")
        lines = [_lines(text, share, rng) for text in texts]
        translated = iter(self.translate([text[a:b] for text, own in zip(texts, lines, strict=True) for a, b in own]))
        return [
            put(text, [one for start, end in own for one in _changes(text, start, end, next(translated))])
            for text, own in zip(texts, lines, strict=True)
        ]

    def translate(self, lines: Sequence[str]) -> list[str]:
        """Send lines there and back: one line for each, without double blanks, marks and odd capitals.

        A line that comes back empty is given as it was.
        """
        sent = [_SPACES.sub(" ", _FORMAT.sub(" ", line)).strip() for line in lines]
        got: list[str] = []
        for batch in _batches(sent):
            for mode in self.chain:
                batch = self._translated(mode, batch)
            got += batch
        return [_tidy(new, old) if new.strip() else old for new, old in zip(got, lines, strict=True)]

    def _translated(self, mode: str, lines: list[str]) -> list[str]:
        """One call; lines are parted by an empty one, at which Apertium begins a new sentence."""
        filled = [i for i, line in enumerate(lines) if line]
        shown = _run((COMMAND, "-u", mode), "\n\n".join(lines[i] for i in filled) + "\n", self.timeout_seconds)
        paragraphs = re.split(r"\n\s*\n", shown.strip("\n")) if filled else []
        if len(paragraphs) != len(filled):
            raise CorpusError(f"apertium {mode}: expected {len(filled)} paragraphs back, got {len(paragraphs)}")
        result = list(lines)
        for i, paragraph in zip(filled, paragraphs, strict=True):
            result[i] = _SPACES.sub(" ", paragraph).strip()
        return result


def _run(argv: tuple[str, ...], text: str, timeout_seconds: float) -> str:
    """Run a program without a shell. Apertium is a script that starts others: all of them end with it."""
    environment = {name: value for name, value in os.environ.items() if name != "LC_ALL"}  # it sets its own UTF-8
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise CorpusError(f"cannot run {argv[0]}: {error}; install it (Debian: apt install apertium)") from error
    try:
        shown, _ = process.communicate(text.encode("utf-8", "replace"), timeout=timeout_seconds)
    except subprocess.TimeoutExpired as error:
        raise CorpusError(f"{' '.join(argv)}: took longer than {timeout_seconds:g} s: send less at a time") from error
    finally:
        _end(process)
    if process.returncode != 0:
        raise CorpusError(
            f"{' '.join(argv)}: ended with code {process.returncode}: is its pair of languages installed?"
        )
    return shown.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _lines(text: str, share: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Lines to send, in reading order: drawn until they hold `share` of the words."""
    lines = [match.span() for match in re.finditer(r"\S[^\n]*", text) if len(match[0]) <= LINE_CHARACTERS]
    left = share * sum(len(text[start:end].split()) for start, end in lines)
    chosen = []
    for i in rng.permutation(len(lines)):
        if left <= 0:
            break
        start, end = lines[i]
        left -= len(text[start:end].split())
        chosen.append((start, end))
    return sorted(chosen)


def _batches(lines: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        if batch and size + len(line) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _tidy(new: str, old: str) -> str:
    """Without the translator's marks, blanks before stops, and capitals that the original has in small letters."""
    new = re.sub(r" +([,.;:!?])(?!\w)", r"\1", _SPACES.sub(" ", _MARKS.sub("", new))).strip()
    words = set(re.findall(r"\w+", old))
    new = re.sub(r"(?<=[\w,] )[A-Z][a-z]+", lambda match: match[0] if match[0] in words else match[0].lower(), new)
    new = re.sub(r"(?<=[.!?] )[a-z]", lambda match: match[0].upper(), new)
    return new[:1].upper() + new[1:] if old.lstrip()[:1].isupper() else new


def _changes(text: str, start: int, end: int, new: str) -> Iterator[Replacement]:
    """What turns the line text[start:end] into `new`, word by word; blanks between words that stay, stay.

    Neither side of a change is empty: words put in or left out go with a neighbour.
    """
    old_words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text[start:end])]
    old, fresh = [text[start + a : start + b] for a, b in old_words], new.split()
    ranges: list[tuple[int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if (i1 == i2 or j1 == j2) and i2 < len(old) and j2 < len(fresh):
            i2, j2 = i2 + 1, j2 + 1
        elif i1 == i2 or j1 == j2:
            i1, j1 = i1 - 1, j1 - 1
        if ranges and i1 < ranges[-1][1]:
            i1, _, j1, _ = ranges.pop()
        ranges.append((i1, i2, j1, j2))
    for i1, i2, j1, j2 in ranges:
        yield Replacement(start + old_words[i1][0], start + old_words[i2 - 1][1], " ".join(fresh[j1:j2]))
