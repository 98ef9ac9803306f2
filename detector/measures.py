"""What moves between extractors and features: a Batch of documents read by the language model, and Measures of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.language_model import LanguageModel, Reading
from detector.text import Document, Flag

Column = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Several documents with their columns joined and read by the language model.

    Attributes:
        documents: in order; document d owns tokens [offsets[d], offsets[d + 1]).
        offsets: shape (n_documents + 1,).
        flags: Flag bits, shape (n_tokens,).
        rarity: log2 p of each word by itself, an unknown word's spelling included, shape (n_tokens,).
        reading: the language model's columns over all tokens.
    """

    documents: tuple[Document, ...]
    offsets: NDArray[np.int64]
    flags: NDArray[np.uint8]
    rarity: NDArray[np.float32]
    reading: Reading

    @classmethod
    def join(cls, documents: tuple[Document, ...], language_model: LanguageModel) -> Batch:
        """Join and read at least one document."""
        offsets = np.concatenate([[0], np.cumsum([len(document.ids) for document in documents])]).astype(np.int64)
        ids = np.concatenate([document.ids for document in documents])
        return cls(
            documents=documents,
            offsets=offsets,
            flags=np.concatenate([document.flags for document in documents]),
            rarity=language_model.unigrams[ids] + np.concatenate([document.spelling for document in documents]),
            reading=language_model.read(ids),
        )

    def alone(self, row: int) -> Batch:
        """The document in `row` by itself, read as it is."""
        tokens = slice(self.offsets[row], self.offsets[row + 1])
        return Batch(
            documents=self.documents[row : row + 1],
            offsets=self.offsets[row : row + 2] - self.offsets[row],
            flags=self.flags[tokens],
            rarity=self.rarity[tokens],
            reading=self.reading.part(tokens),
        )

    @property
    def ids(self) -> NDArray[np.int32]:
        """Vocabulary ids, shape (n_tokens,)."""
        return self.reading.ids

    @property
    def wording(self) -> Mask:
        """Tokens whose choice is the writer's: words that are neither names nor figures."""
        return (self.flags & (Flag.WORD | Flag.NAME | Flag.NUMBER)) == Flag.WORD


@dataclass(frozen=True, slots=True)
class Measures:
    """What one extractor measured, by name.

    Attributes:
        tokens: columns of shape (n_tokens,).
        rare: the same, of what nearly every token lacks: 0 but for a few.
        documents: columns of shape (n_documents,).
        places: what was looked at to measure that, kept to explain it; columns of shape (n_places,), of which "token"
            is where a place begins, ascending.
    """

    tokens: Mapping[str, Column] = field(default_factory=dict)
    rare: Mapping[str, Column] = field(default_factory=dict)
    documents: Mapping[str, Column] = field(default_factory=dict)
    places: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def all_tokens(self) -> Mapping[str, Column]:
        """Every column of shape (n_tokens,)."""
        return {**self.tokens, **self.rare}

    def alone(self, tokens: slice, row: int) -> Measures:
        """What was measured of one document of a batch, the one in `row`, which owns `tokens`."""
        places: dict[str, NDArray[Any]] = {}
        if self.places:
            inside = slice(*np.searchsorted(self.places["token"], [tokens.start, tokens.stop]))
            places = {name: column[inside] for name, column in self.places.items()}
            places["token"] = places["token"] - tokens.start
        return Measures(
            {name: column[tokens] for name, column in self.tokens.items()},
            {name: column[tokens] for name, column in self.rare.items()},
            {name: column[row : row + 1] for name, column in self.documents.items()},
            places,
        )
