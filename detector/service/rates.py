"""How often a client may ask: a bucket of tokens for each, filled at a steady pace."""

from __future__ import annotations

import math
from collections import OrderedDict

MOST_CLIENTS = 10_000  # remembered; the one that asked longest ago is forgotten first
SHARE_AT_ONCE = 1 / 6  # of a minute's requests: ten seconds' worth, as an editor's tool sends several drafts together


class Rates:
    """`a_minute` requests of each client."""

    def __init__(self, a_minute: int) -> None:
        self._a_second = a_minute / 60
        self._room = max(a_minute * SHARE_AT_ONCE, 1.0)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, now: float) -> int:
        """Take one request of a client at `now`, in seconds: 0, or how many whole seconds to wait where none is left.

        >>> rates = Rates(60)
        >>> [rates.wait("desk", now=0.0) for _ in range(11)][-2:], rates.wait("desk", now=1.0)
        ([0, 1], 0)
        """
        left, since = self._left.pop(client, (self._room, now))
        left = min(self._room, left + (now - since) * self._a_second)
        enough = left >= 1
        self._left[client] = (left - enough, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0 if enough else math.ceil((1 - left) / self._a_second)
