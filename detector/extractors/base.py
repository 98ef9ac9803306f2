"""What every extractor is: named columns for the classifier, and evidence for people.

An extractor is one frozen dataclass in a file of its name. It measures a whole batch at once, without a Python loop
over tokens, and explains one document only where somebody will read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from detector.findings import Evidence
from detector.measures import Batch, Mask, Measures
from detector.resources import Resources


def cased(word: str, like: str) -> str:
    """The word with a capital where the text that it may stand for has one."""
    return word[0].upper() + word[1:] if like[0].isupper() else word


class Extractor(Protocol):
    """One kind of artifact. The docstring has five headings: see any file beside this one."""

    name: ClassVar[str]  # kebab-case, as the class and the file are called
    unit: ClassVar[str]  # of Evidence.strength
    certain: ClassVar[bool]  # what it finds is there or is not: shown whatever the classifier believes

    def measure(self, batch: Batch, resources: Resources) -> Measures:
        """Measure all tokens and documents of `batch`; a document's figures do not depend on its neighbours."""
        ...

    def explain(self, batch: Batch, measures: Measures, resources: Resources, asked: Mask) -> Iterator[Evidence]:
        """Give evidence for what `measures` show of the only document of `batch`; in reading order.

        Marks that touch none of the tokens `asked`, shape (n_tokens,), are left out, but for what is `certain`.
        """
        ...
