"""The text types that move between the steps: Record -> Article -> Document.

Offsets are half-open code-point offsets into the article's text as given, so that every span can be shown on the
reader's own text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

BOUNDARY = 0  # vocabulary id of the zero-width token that stands before, between and after sentences
UNKNOWN = 1  # vocabulary id of a word that the vocabulary lacks

Severity = Literal["wording", "fact"]  # what other words in a place touch


class Span(NamedTuple):
    """A stretch of the article's text: code points [start, end)."""

    start: int
    end: int


class Note(NamedTuple):
    """Something printed around the story that is told, not judged: a dateline, a credit, a translation notice."""

    start: int
    end: int
    kind: str  # "dateline", "agency-credit", "byline", "translation-notice", ...
    text: str


class Provenance(NamedTuple):
    """Where an article was found, as far as its reader knows.

    Attributes:
        file: the path as it was given or found in a folder; "stdin" for standard input.
        record: number of the article among those of the file, from 1.
        offset: byte at which the article begins in the file: its line, row or WARC record. In a packed file it counts
            what is unpacked, but for a WARC it is where the packed member begins that holds the record.
        url: of the page.
    """

    file: str | None = None
    record: int | None = None
    offset: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One article as a reader found it, before HTML is extracted.

    `fields` are the fields Unspin does not know, handed through to the result untouched. What an article is does not
    depend on where it lies, so records that differ in `provenance` alone are equal.
    """

    id: str
    content: str
    is_html: bool = False
    title: str | None = None
    url: str | None = None
    published: str | None = None
    outlet: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    provenance: Provenance | None = field(default=None, compare=False)
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that could not be read: it becomes an error row in its place, and the run goes on.

    `code` is kebab-case, for programs; `message` says what was expected, what was got, what to do.
    """

    id: str
    code: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)
    provenance: Provenance | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Article:
    """One article with the story told from its clutter.

    `text` is the text as given (for HTML the extracted text); `clutter` are the stretches that are masked when the
    article is measured, sorted and without overlap. Nothing is ever cut out of `text`. Of Markdown `text` is its prose,
    `given` the text as given, and `origin` says for each character of `text` and its end where it stands there.
    """

    id: str
    text: str
    clutter: tuple[Span, ...] = ()
    notices: tuple[Note, ...] = ()
    credits: tuple[Note, ...] = ()
    title: str | None = None
    url: str | None = None
    published: str | None = None
    outlet: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    provenance: Provenance | None = field(default=None, compare=False)
    given: str | None = None
    origin: NDArray[np.int32] | None = field(default=None, compare=False, repr=False)

    @property
    def as_given(self) -> str:
        """The text that the offsets of a result count in, to the letter."""
        return self.text if self.given is None else self.given

    def placed(self, start: int, end: int) -> Span:
        """Where [start, end) of `text` stands in the text as given: from its first character to its last."""
        if self.origin is None:
            return Span(start, end)
        first = int(self.origin[start])
        return Span(first, int(self.origin[end - 1]) + 1 if end > start else first)


class Flag:
    """Bits that say what is known of a token before anything is measured.

    Plain numbers: numpy takes ten times as long over a member of an enumeration.
    """

    WORD: Final = 1  # letters
    NUMBER: Final = 2  # digits, or a spelled-out number
    NAME: Final = 4  # capitalised where a sentence does not ask for it
    QUOTED: Final = 8  # inside quotation marks
    FOLDED: Final = 16  # a look-alike or zero-width character stood in it
    CAPITAL: Final = 32  # begins with a capital


@dataclass(frozen=True, slots=True)
class Document:
    """The tokens of one article in columns; sentences are set apart by zero-width BOUNDARY tokens.

    The first and the last token are always boundaries, so that a window of one neighbour exists everywhere.

    Attributes:
        text: the article's text as given.
        start, end: code-point offsets into `text`, int32, shape (n_tokens,).
        ids: vocabulary ids, int32, shape (n_tokens,); BOUNDARY and UNKNOWN are reserved.
        spelling: log2 probability of an UNKNOWN word's spelling under the pieces, float32, shape (n_tokens,); 0 for
            words of the vocabulary.
        flags: Flag bits, uint8, shape (n_tokens,).
        sentence: number of the sentence a token belongs to, int32, shape (n_tokens,).
    """

    text: str
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    ids: NDArray[np.int32]
    spelling: NDArray[np.float32]
    flags: NDArray[np.uint8]
    sentence: NDArray[np.int32]

    @property
    def n_words(self) -> int:
        """Tokens that are words."""
        return int(np.count_nonzero(self.flags & Flag.WORD))

    @property
    def n_unknown(self) -> int:
        """Words that the vocabulary lacks."""
        return int(np.count_nonzero(self.flags[self.ids == UNKNOWN] & Flag.WORD))

    def tokens(self, start: int, end: int) -> slice:
        """The tokens that the characters [start, end) touch."""
        first = self.end.searchsorted(np.int32(start), side="right")  # for another type the whole column is converted
        return slice(int(first), int(self.start.searchsorted(np.int32(end), side="left")))

    def token_ranges(self, places: Sequence[tuple[int, int]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The same for many [start, end): their first tokens, and those behind their last, shape (n_places,) each."""
        spans = np.array(places, np.int32).reshape(-1, 2)
        return self.end.searchsorted(spans[:, 0], side="right"), self.start.searchsorted(spans[:, 1], side="left")

    def quote(self, first: int, last: int) -> str:
        """The article's own text from token `first` to token `last`, both included."""
        return self.text[self.start[first] : self.end[last]]
