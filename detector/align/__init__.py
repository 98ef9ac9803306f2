"""Lay a suspect beside a reference: sentences, words, phrases; then what was swapped, what changed, what was taken.

compare(suspect, reference, resources, load_linker())
"""

from __future__ import annotations

from detector.align.derivation import derivation
from detector.align.facts import fact_changes
from detector.align.ledger import swaps
from detector.align.texts import Matched, align, match
from detector.align.tokens import Text
from detector.align.words import Linker, load_linker
from detector.comparison import Alignment, Comparison
from detector.resources import Resources
from detector.text import Document

__all__ = ["Linker", "Matched", "Text", "align", "compare", "explain", "load_linker", "match"]


def compare(suspect: Document, reference: Document, resources: Resources, linker: Linker) -> Comparison:
    """Everything that laying one beside the other shows."""
    ours, theirs = Text.of(suspect), Text.of(reference)
    alignment = align(ours, theirs, resources, linker)
    return explain(alignment, ours, theirs, resources)


def explain(alignment: Alignment, suspect: Text, reference: Text, resources: Resources) -> Comparison:
    """What an alignment shows: a fifth of the whole work, for where several are tried and one is shown."""
    facts = fact_changes(alignment, suspect, reference)
    ledger = swaps(alignment, suspect, reference, resources, facts)
    return Comparison(alignment, ledger, facts, derivation(alignment, suspect.document, reference.document))
