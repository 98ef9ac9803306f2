"""How often a source is named for an article that was made from none of those archived: measured, for people to read.

Every figure is of one archive. `python -m benchmarks.sources --shared SHARED --strangers N --most M` measures it, in
its line "strangers"; whoever changes a cut of naming.py or sources.py measures again and writes it here and in
README.md: a test compares them.
"""

from __future__ import annotations

from typing import NamedTuple

from detector.classifier import Rate, wilson


class Strangers(NamedTuple):
    """Of `n` articles whose source was not among those archived, those for which one was named."""

    archived: int
    named: int
    n: int

    @property
    def rate(self) -> Rate:
        """With its interval."""
        return wilson(self.named, self.n)


MEASURED = (Strangers(2_890, 0, 500), Strangers(88_785, 2, 1_000))  # news in general; half of it one agency's
OF_SHORT = (Strangers(2_890, 1, 200),)  # articles cut to 115 words, the worst of 50, 80 and 115; line "cut to"
