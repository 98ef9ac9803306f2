"""Judgements as rows to learn from: {"id", "text", "label", "phrases"}, as `unspin corpus --feedback` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from detector.service.feedback_store import Judgement, Kept


def verdicts(kept: Iterable[Kept]) -> Iterator[dict[str, Any]]:
    """Give one row a text, by what was said of it last: judgements come oldest first.

    Where the whole article is fine it is clean; where it, or a phrase of it, is wrong it is spun, with these phrases.
    That a phrase alone is fine says nothing of the article, and gives no row.
    """
    opinions: dict[str, _Opinion] = {}
    for number, _, said in kept:
        opinions.setdefault(said.text, _Opinion(said.id or f"feedback-{number}")).hear(said)
    for text, opinion in opinions.items():
        if opinion.label is not None:
            yield {"id": opinion.id, "text": text, "label": opinion.label, "phrases": opinion.phrases}


@dataclass(slots=True)
class _Opinion:
    """What was said of one text so far; `whole` is what was said last of all of it."""

    id: str
    whole: str | None = None
    phrases: list[str] = field(default_factory=list)  # that are wrong

    def hear(self, said: Judgement) -> None:
        """Take in one judgement, which goes before those on the same."""
        if said.phrase is None:
            self.whole = said.judgement
            self.phrases = self.phrases if said.judgement == "wrong" else []
        elif said.judgement == "wrong" and said.phrase not in self.phrases:
            self.phrases.append(said.phrase)
        elif said.judgement == "fine" and said.phrase in self.phrases:
            self.phrases.remove(said.phrase)

    @property
    def label(self) -> str | None:
        """None where nothing that is left tells of the article."""
        if self.phrases or self.whole == "wrong":
            return "spun"
        return None if self.whole is None else "clean"
