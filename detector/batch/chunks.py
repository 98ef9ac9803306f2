"""A stream cut into chunks that are bounded in articles and in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detector.text import Failure, Record

CHUNK_ITEMS = 64  # articles; enough for the work on a chunk to outweigh handing it to a process and back; guess
CHUNK_CHARACTERS = 2_000_000  # of content; a guess: 64 long articles, and a few of them in flight stay under 100 MB


def chunks(items: Iterable[Record | Failure]) -> Iterator[list[Record | Failure]]:
    """Cut `items` into lists, none empty; an article above CHUNK_CHARACTERS has a list of its own."""
    chunk: list[Record | Failure] = []
    characters = 0
    for item in items:
        size = len(item.content) if isinstance(item, Record) else 0
        if chunk and (len(chunk) == CHUNK_ITEMS or characters + size > CHUNK_CHARACTERS):
            yield chunk
            chunk, characters = [], 0
        chunk.append(item)
        characters += size
    if chunk:
        yield chunk
