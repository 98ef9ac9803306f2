"""Articles that wait for a process: which of them go together, and what becomes of those that one had in vain."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from detector.service.asks import Answer, Ask, Lost

MOST_TOGETHER = 4  # articles in the hands of a process: eight took no less time each, by 800-word drafts
MOST_CHARACTERS = 30_000  # of them, where they are several: four of some 1,000 words
MOST_TRIES = 5  # of an article: with others, alone, and to tell that it is lost; or by processes that had died at rest


class BusyError(Exception):
    """As many requests wait as may."""


@dataclass(slots=True, eq=False)
class Waiting:
    """One article that waits, or is in work, and who asked.

    Attributes:
        answer: cancelled where who asked went away.
        tries: processes that had it.
    """

    ask: Ask
    answer: asyncio.Future[Answer]
    tries: int = 0

    @property
    def judged_by(self) -> object:
        """The same for what may be scored together; nothing else's where a process had it in vain."""
        options = self.ask.options
        return self if self.tries else (options.max_fpr, options.evidence)

    def give(self, answer: Answer | Exception) -> None:
        """Give the answer, or why there is none, to who asked and is still there."""
        if self.answer.done():
            return
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


class Queue:
    """What waits, in the order in which it goes to the processes."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, ask: Ask) -> Waiting:
        """Have an article wait, behind all others."""
        one = Waiting(ask, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        return one

    def leave(self, one: Waiting) -> None:
        """Give up its place, where it still has one."""
        if one in self._waiting:
            self._waiting.remove(one)

    def next(self, processes: int) -> list[Waiting]:
        """Take the first that waits, and of the others what can be scored with it: a process's share, up to a bound.

        As many as there are would take longer than those who ask for them can bear, while other processes get nothing.
        """
        most = min(MOST_TOGETHER, math.ceil(len(self._waiting) / processes))
        first = self._waiting.popleft()
        together, size = [first], first.ask.item.size
        for other in tuple(self._waiting):
            if len(together) == most:
                break
            if other.judged_by == first.judged_by and size + other.ask.item.size <= MOST_CHARACTERS:
                self._waiting.remove(other)
                together.append(other)
                size += other.ask.item.size
        return together

    def put_back(self, together: Sequence[Waiting], at: int | None = None, lost: Lost | None = None) -> None:
        """Have them wait again, before all others and each alone, the one to blame to be told that it is lost.

        That is number `at` of them; where it is none of theirs, nobody knows.
        """
        for number, one in reversed(list(enumerate(together))):
            one.tries += 1
            if number == at:
                one.ask = replace(one.ask, lost=lost)
            if one.tries == MOST_TRIES:
                one.give(BusyError())
            elif not one.answer.done():
                self._waiting.appendleft(one)
