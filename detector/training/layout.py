"""Where everything lies in a work folder, which holds all of a model's making.

given.json          what the commands were given, for the next run that is given nothing
corpus/             clean articles by part, translations, feedback, and the report on them
tables/             what was counted on the language part
spun/               articles that were spun, by use
fitted/             the stages of the classifier
model/              the model
stamps/             see steps.py
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one work folder."""

    folder: Path

    def corpus(self, name: str) -> Path:
        """Rows of a part (PARTS), of "translations" or of "feedback"."""
        return self.folder / "corpus" / f"{name}.jsonl.zst"

    def spun(self, name: str) -> Path:
        """Rows of spun articles, by their use."""
        return self.folder / "spun" / f"{name}.jsonl.zst"

    def table(self, name: str) -> Path:
        """One table, or several that are counted together."""
        return self.folder / "tables" / f"{name}.npz"

    def fitted(self, name: str) -> Path:
        """A stage of the classifier."""
        return self.folder / "fitted" / f"{name}.json"

    @property
    def report(self) -> Path:
        """What is known of the corpus: see corpus_report.py."""
        return self.folder / "corpus" / "report.json"

    @property
    def page(self) -> Path:
        """The same for people."""
        return self.folder / "corpus" / "report.md"

    @property
    def pairs(self) -> Path:
        """Pairs of substitutes of PPDB, empty where the corpora bring none."""
        return self.folder / "corpus" / "ppdb_lexical.tsv.zst"

    @property
    def given(self) -> Path:
        """What the commands were given."""
        return self.folder / "given.json"

    @property
    def model(self) -> Path:
        """The folder of the model."""
        return self.folder / "model"
