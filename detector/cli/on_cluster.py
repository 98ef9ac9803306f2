"""Where articles are scored: by processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detector.batch.cluster_place import Place, connected
from detector.cli import Refused

if TYPE_CHECKING:
    from detector.batch.run import Score
    from detector.batch.stream import Scorer

FILE = click.Path(dir_okay=False, path_type=Path)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that lead to a cluster: an address, and three files for TLS."""
    for option in reversed(
        (
            click.option(
                "--cluster",
                metavar="ADDRESS",
                help="Score on the Dask cluster with this scheduler, tcp://HOST:PORT or tls://HOST:PORT, instead of "
                "on this machine; see docs/scale.md.",
            ),
            click.option("--cluster-ca", type=FILE, metavar="FILE", help="For tls://: the authority that signed them."),
            click.option("--cluster-cert", type=FILE, metavar="FILE", help="For tls://: the certificate to show."),
            click.option("--cluster-key", type=FILE, metavar="FILE", help="For tls://: the key of that certificate."),
        )
    ):
        command = option(command)
    return command


def place_of(address: str | None, files: tuple[Path | None, ...], workers: int | None) -> Place | None:
    """The cluster that was asked for, if one was."""
    if address is None:
        if any(files):
            raise Refused("expected --cluster ADDRESS to go with files for TLS, got none")
        return None
    if workers is not None:
        raise Refused("expected --workers or --cluster, got both: workers of a cluster are started there")
    place = Place(address, *files)
    place.check()
    return place


@contextmanager
def way_to_score(scorer: Scorer, place: Place | None, workers: int | None, seconds: float) -> Iterator[Score]:
    """What makes rows of articles, here or there; raises ClusterError."""
    if place is None:
        yield partial(scorer.rows, workers=workers, seconds=seconds)
        return
    with connected(place) as client:
        yield partial(scorer.rows_on, client, seconds=seconds)
