"""A stream cut into chunks that are bounded in articles and in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detector.text import Failure, Record

CHUNK_ITEMS = 64  # articles; enough for the work on a chunk to outweigh handing it to a process and back; guess
FIRST_ITEMS = 1  # of the first chunk, where somebody waits for it; each has twice as many as the one before
CHUNK_CHARACTERS = 2_000_000  # of content; a guess: 64 long articles, and a few of them in flight stay under 100 MB


def chunks(items: Iterable[Record | Failure], most: int = CHUNK_ITEMS) -> Iterator[list[Record | Failure]]:
    """Cut `items` into lists, none empty; an article above CHUNK_CHARACTERS has a list of its own.

    The first has `most` articles at the most, and each twice as many as the one before, up to CHUNK_ITEMS.
    """
    chunk: list[Record | Failure] = []
    characters = 0
    for item in items:
        size = len(item.content) if isinstance(item, Record) else 0
        if chunk and (len(chunk) == most or characters + size > CHUNK_CHARACTERS):
            yield chunk
            chunk, characters, most = [], 0, min(2 * most, CHUNK_ITEMS)
        chunk.append(item)
        characters += size
    if chunk:
        yield chunk
