"""Judgements as rows to learn from: {"id", "text", "label", "phrases"}, as `unspin corpus --feedback` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from detector.service.feedback_store import Kept


def verdicts(kept: Iterable[Kept]) -> Iterator[dict[str, Any]]:
    """Give one row a text, by what was said of it last: judgements come oldest first.

    Where the whole article is fine it is clean; where it, or a phrase of it, is wrong it is spun, with these phrases.
    That a phrase alone is fine says nothing of the article, and gives no row.
    """
    rows: dict[str, dict[str, Any]] = {}
    for number, _, said in kept:
        row = rows.setdefault(said.text, {"id": said.id or f"feedback-{number}", "text": said.text, "label": None})
        phrases = row.setdefault("phrases", [])
        if said.judgement == "wrong":
            row["label"] = "spun"
            phrases.extend([said.phrase] if said.phrase and said.phrase not in phrases else [])
        elif said.phrase is None:
            row.update(label="clean", phrases=[])
        elif said.phrase in phrases:
            phrases.remove(said.phrase)
    return (row for row in rows.values() if row["label"] is not None)
