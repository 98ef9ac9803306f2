"""Work dealt out to processes, so that the result does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from joblib import Parallel, delayed

from detector.training.progress import show

PIECES = 8  # of any work: each carries the tables along, which takes longer than a small piece
T = TypeVar("T")
R = TypeVar("R")


def in_pieces(
    function: Callable[..., R], items: Sequence[T], workers: int, *arguments: object, multiple: int = 1
) -> list[R]:
    """Apply `function(piece, *arguments)` to PIECES of `items` in worker processes, in order.

    The length of each piece but the last is a multiple of `multiple`.
    """
    size = max(1, -(-len(items) // (PIECES * multiple))) * multiple
    pieces = [items[i : i + size] for i in range(0, len(items), size)]
    done = []
    for result in in_order(function, pieces, workers, *arguments):
        done.append(result)
        show(f"{len(done)} of {len(pieces)} pieces")
    return done


def in_order(function: Callable[..., R], pieces: Iterable[T], workers: int, *arguments: object) -> Iterator[R]:
    """Apply `function(piece, *arguments)` to each piece, in order; few pieces are in memory at any time."""
    run = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=2 * workers)
    yield from run(delayed(function)(piece, *arguments) for piece in pieces)


def blocks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of `size`, the last of which may be shorter."""
    stream = iter(items)
    while block := list(islice(stream, size)):
        yield block
