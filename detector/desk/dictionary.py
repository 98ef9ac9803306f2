"""The desk's dictionary: phrases never to mark, and phrases always to mark with the clean one.

A line is `never<TAB>phrase` or `always<TAB>phrase<TAB>clean phrase`; blank lines and lines that begin with # are passed
over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from detector.desk.phrases import Cover, Phrases, Place, Words, folded
from detector.findings import DESK, Evidence, Suggestion
from detector.one_writer import only_writer
from detector.own_list import OwnList
from detector.text import Span
from detector.unwritable import unwritable

NEVER, ALWAYS = "never", "always"
MAX_WORDS = 20  # of a phrase, signs counted too: longer ones are sentences
MOST_PHRASES = 200  # that are marked in one article: nobody reads on
PATIENCE_SECONDS = 30.0  # with others who add an entry, which takes a moment
MOST_PLACES = 100  # of a phrase, besides the first

_LIST = OwnList(
    code="dictionary",
    called="a desk dictionary",
    entry="never<TAB>phrase or always<TAB>phrase<TAB>clean phrase",
    cells=(2, 3),
    shorter="keep the phrases that do occur",
)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Phrases never to mark, phrases always to mark, and of these the clean ones, by the phrase as it is compared.

    `digest` is the same for the same entries, in whatever order they stand.
    """

    never: Phrases
    always: Phrases
    clean: Mapping[str, str]
    digest: str

    @classmethod
    def of(cls, never: Iterable[str], clean: Mapping[str, str]) -> Dictionary:
        """Put one together of phrases as `folded` gives them."""
        never = frozenset(never)
        lines = [f"{NEVER}\t{phrase}" for phrase in never]
        lines += [f"{ALWAYS}\t{phrase}\t{instead}" for phrase, instead in clean.items()]
        digest = hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "replace")).hexdigest()
        return cls(Phrases.of(never), Phrases.of(clean), dict(sorted(clean.items())), digest)

    def marks(self, text: str, words: Words, clutter: Sequence[Span] = ()) -> list[Evidence]:
        """A mark for each phrase that is always to be marked, by where it first stands."""
        found = list(self.places(words, clutter).values())[:MOST_PHRASES]
        return [self._mark(text, first, others) for first, *others in found]

    def places(self, words: Words, clutter: Sequence[Span] = ()) -> dict[str, list[Place]]:
        """Where each phrase stands that is always to be marked: not inside of clutter, which is sorted, and not inside
        of a phrase never to be marked."""
        masked, never = Cover(clutter), Cover(self.never.all_in(words))
        places: dict[str, list[Place]] = {}
        for place in self.always.longest_in(words):
            if not masked.touches(place.start, place.end) and not never.holds(place.start, place.end):
                places.setdefault(place.phrase, []).append(place)
        return places

    def _mark(self, text: str, first: Place, others: Sequence[Place]) -> Evidence:
        clean = self.clean[first.phrase]
        return Evidence(
            start=first.start,
            end=first.end,
            text=text[first.start : first.end],
            extractor=DESK,
            kind=DESK,
            strength=1.0,
            reason=f"The desk's dictionary asks for “{clean}” here.",
            suggestions=(Suggestion(clean, 1.0),),
            also=tuple(Span(place.start, place.end) for place in others[:MOST_PLACES]),
        )


def read_dictionary(path: Path) -> Dictionary:
    """Read the file; raise InputError, with the number of the line, where it is not as described above."""
    return _dictionary(_LIST.content(path), path)


@contextmanager
def only_adding(path: Path) -> Iterator[None]:
    """Let nobody else add to the file between its reading and its writing; InputError where that goes on for too long.

    The lock is a hidden file beside it, which stays.
    """
    real = path.resolve()
    with ExitStack() as stack:
        try:
            stack.enter_context(only_writer(real.with_name(f".{real.name}.lock"), PATIENCE_SECONDS))
        except BlockingIOError:
            raise _LIST.wrong(f"another process is adding to {path}: wait for it to end, or end it") from None
        except OSError as error:
            raise _LIST.wrong(unwritable(real.parent, str(error))) from error
        yield


def with_entry(path: Path, cells: Sequence[str]) -> bytes:
    """What the file is to hold with one entry more; raises InputError where either of them is wrong."""
    content = _LIST.content(path) if path.exists() else b""
    if any("\t" in cell or "\n" in cell for cell in cells):
        raise _LIST.wrong("expected phrases without tabs and ends of lines, got one that has some: leave them out")
    line = "\t".join(cells)
    content += b"\n" if content and not content.endswith(b"\n") else b""
    content += f"{line}\n".encode("utf-8", "replace")
    _dictionary(content, path)
    return content


def _dictionary(content: bytes, path: Path) -> Dictionary:
    never: set[str] = set()
    clean: dict[str, str] = {}
    seen: dict[str, str] = {}
    for at, kind, phrase, instead in _entries(content, path):
        if phrase in seen:
            raise _LIST.wrong(
                f"{at}: expected each phrase once, got {phrase!r} again, as in {seen[phrase]}: delete one"
            )
        seen[phrase] = at
        if kind == NEVER:
            never.add(phrase)
        else:
            clean[phrase] = instead
    if not seen:
        raise _LIST.wrong(f"expected phrases in {path}, got none: write {_LIST.entry}, one a line")
    return Dictionary.of(never, clean)


def _entries(content: bytes, path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Where it stands, its kind, its phrase as compared, and the clean phrase of each line that has any."""
    for at, (kind, *cells) in _LIST.rows_of(content, path):
        if (kind, len(cells)) not in ((NEVER, 1), (ALWAYS, 2)):
            raise _LIST.wrong(f"{at}: expected {_LIST.entry}, got {kind[:20]!r} and {len(cells)} tabs")
        phrase = folded(cells[0])
        if not any(map(str.isalnum, phrase)):
            raise _LIST.wrong(f"{at}: expected a phrase with a letter or a figure in it, got {cells[0][:40]!r}")
        if (n := phrase.count(" ") + 1) > MAX_WORDS:
            raise _LIST.wrong(
                f"{at}: expected a phrase of at most {MAX_WORDS} words and signs, got {n}: give the part that tells"
            )
        if kind == ALWAYS and not cells[1]:
            raise _LIST.wrong(f"{at}: expected a clean phrase after the second tab, got nothing: say what to write")
        if kind == ALWAYS and folded(cells[1]) == phrase:
            raise _LIST.wrong(f"{at}: expected a clean phrase that differs from {cells[0][:40]!r}, got the same")
        yield at, kind, phrase, cells[-1]
