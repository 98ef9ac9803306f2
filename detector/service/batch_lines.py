"""JSON Lines both ways: lines are read as they come, some are in work at a time, and results go out in order.

Nothing is read while enough is in work, so neither a fast sender nor a slow reader fills the memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line that is not blank.

    Attributes:
        content: without its end; None for one that is too long, which was passed over.
        number: among all lines, from 1.
        record: among those that are not blank, from 1.
        offset: bytes before it.
    """

    content: bytes | None
    number: int
    record: int
    offset: int


async def lines(blocks: AsyncIterator[bytes], most: int) -> AsyncGenerator[Line]:
    """Give each line of at most `most` bytes; no more than that and one block is held."""
    number, record, offset = 1, 0, 0
    async for content, size in _split(blocks, most):
        if content is None or (not content.isspace() and content):
            record += 1
            yield Line(content, number, record, offset)
        number, offset = number + 1, offset + size


async def _split(blocks: AsyncIterator[bytes], most: int) -> AsyncGenerator[tuple[bytes | None, int]]:
    """Each line without its end, None for one that is too long, and its size with the end."""
    held, passed_over = bytearray(), 0
    async for block in blocks:
        first, *others = block.split(b"\n")  # of the block alone: a long line may come in very many
        held += first
        for following in others:
            size = passed_over + len(held) + 1
            yield (None if passed_over or len(held) > most else bytes(held)), size
            passed_over, held = 0, bytearray(following)
        if len(held) > most:
            passed_over, held = passed_over + len(held), bytearray()
    if held or passed_over:
        yield (None if passed_over else bytes(held)), passed_over + len(held)


async def in_order(
    coming: AsyncIterator[Line], answer: Callable[[Line], Awaitable[bytes]], at_once: int
) -> AsyncGenerator[bytes]:
    """Give the answer of each line, in order, as soon as it and those before it are there; `at_once` are in work."""
    working: deque[asyncio.Task[bytes]] = deque()
    reading: asyncio.Task[Line] | None = asyncio.ensure_future(anext(coming))
    try:
        while reading is not None or working:
            due = {
                task for task in (reading if len(working) < at_once else None, working[0] if working else None) if task
            }
            await asyncio.wait(due, return_when=asyncio.FIRST_COMPLETED)
            if working and working[0].done():
                yield working.popleft().result()
            elif reading is not None and reading.done():
                try:
                    working.append(asyncio.ensure_future(answer(reading.result())))
                    reading = asyncio.ensure_future(anext(coming))
                except StopAsyncIteration:
                    reading = None
    finally:
        left = [*working, *([reading] if reading is not None else [])]
        for task in left:
            task.cancel()
        for task in left:
            with suppress(asyncio.CancelledError, Exception):
                await task
