"""A connection to a Dask cluster that is there already, tried before anything is read.

Whoever reaches a scheduler's port can have it execute any code, so the port is for nobody else: see docs/scale.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detector.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0  # for a scheduler to answer
WORKER_SECONDS = 30.0  # for a first worker to join it
MOST_CHARACTERS = 250  # of another package's message
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%]+\]|[^/:\s\[\]]+):\d{1,5}")
SAME_VERSIONS = ("python", "dask", "distributed", "cloudpickle", "numpy")  # what is sent, and what figures depend on

# Each has a level of its own; the last two tell of callbacks that Ctrl-C met half-way.
TALKERS = ("distributed", "distributed.client", "tornado.application", "asyncio")


class Place(NamedTuple):
    """Where a scheduler is, and the files for TLS: all three or none."""

    address: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def check(self) -> None:
        """Raise ClusterError where the address is none, or does not go with the files."""
        files = self[1:]
        if not ADDRESS.fullmatch(self.address):
            raise ClusterError(f"expected an address such as tcp://HOST:8786 or tls://HOST:8786, got {self.address!r}")
        if self.address.startswith("tcp:") and any(files):
            raise ClusterError(f"expected tls:// to go with files for TLS, got {self.address}, which encrypts nothing")
        if self.address.startswith("tls:") and not all(files):
            raise ClusterError("expected three files for tls://: --cluster-ca, --cluster-cert and --cluster-key")
        if missing := next((path for path in files if path is not None and not path.is_file()), None):
            raise ClusterError(f"no file for TLS at {missing}")


@contextmanager
def connected(place: Place) -> Iterator[Client]:
    """Connect to a scheduler that has a worker at least; the cluster stays as it is, whatever becomes of the client.

    Raises ClusterError, in bounded time, where there is none, or where versions differ.
    """
    place.check()
    try:
        import asyncio  # as late as the others: it takes 40 ms, and few runs are on a cluster

        import dask
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"a cluster needs {error.name}, not installed here: pip install 'unspin[cluster]'"
        ) from error
    for name in TALKERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they tell of ends in our own messages
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):  # articles are what we send
        security = _security(place)
        try:
            asyncio.run(_answers(place.address, security))
            client = Client(place.address, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {place.address} within {CONNECT_SECONDS:g} seconds "
                f"({in_short(error)}): start one, or correct the address or the files for TLS"
            ) from error
        with client, client.as_current():
            _wait_for_a_worker(client, place.address)
            _check_versions(client.get_versions(packages=[]))
            yield client


def in_short(error: BaseException) -> str:
    """The kind of an error and the beginning of what it says, on one line: Dask's messages may be long tables."""
    said = " ".join(str(error).split())[:MOST_CHARACTERS]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


async def _answers(address: str, security: Any) -> None:
    """Raise OSError where no scheduler does: Client waits for ever at a port that accepts and says nothing."""
    import asyncio

    from distributed.comm import connect

    trial = connect(address, timeout=CONNECT_SECONDS, **security.get_connection_args("client"))
    comm = await asyncio.wait_for(trial, CONNECT_SECONDS)
    await comm.close()


def _security(place: Place) -> Any:
    from distributed.security import Security

    if place.ca is None:
        return Security()
    return Security(
        tls_ca_file=str(place.ca),
        tls_client_cert=str(place.certificate),
        tls_client_key=str(place.key),
        require_encryption=True,
    )


def _wait_for_a_worker(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as error:
        raise ClusterError(
            f"no worker joined the scheduler at {address} within {WORKER_SECONDS:g} seconds: "
            f"start some (dask worker {address})"
        ) from error


def _check_versions(versions: Mapping[str, Any]) -> None:
    """Raise ClusterError where a worker or the scheduler has another version of what has to be the same."""
    ours = versions["client"]["packages"]
    others = {"the scheduler": versions["scheduler"], **versions["workers"]}
    for where, theirs in others.items():
        for name in SAME_VERSIONS:
            expected, got = (_version(name, packages) for packages in (ours, (theirs or {}).get("packages", {})))
            if expected != got and not (where == "the scheduler" and name == "numpy"):
                raise ClusterError(f"expected {name} {expected} as here, got {got} on {where}: install the same")


def _version(name: str, packages: Mapping[str, Any]) -> str:
    """The version of a package; of Python the first two numbers, as in 3.11."""
    version = str(packages.get(name))
    return ".".join(version.split(".")[:2]) if name == "python" else version
