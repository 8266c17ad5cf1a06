"""Where a command's work is done: in threads of this process, or on a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

from dashboards.commands.remote import Remote
from dashboards.interrupt import deaf_to_interrupts
from dashboards.runs import RunError
from dashboards.store import versions

if TYPE_CHECKING:
    from distributed import Client

    from dashboards.commands.work import Work

OnLost = Literal["finish", "stop"]
"""What to do without the cluster: finish on this machine, or stop with what is done."""

LOCAL: Final = "local"
"""Says that a cluster is to be started on this machine, for as long as the command runs."""

CONNECT_S: Final = 5.0
"""How long a scheduler may take to answer, and its first worker to be there."""

_LOOPBACK: Final = "127.0.0.1"


class AbsentError(RunError):
    """A cluster that is not there now and may be another time."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Where to work.

    Attributes
    ----------
    workers
        Threads that solve or simulate at a time on this machine.
    cluster
        The executor of a cluster; None where there is none.
    n_threads
        Threads of that cluster.
    on_lost
        What is done without the cluster.
    absent
        Whether there was to be a cluster, and none was there from the start.
    """

    workers: int
    cluster: Executor | None = None
    n_threads: int = 0
    on_lost: OnLost = "finish"
    absent: bool = False

    @property
    def lost(self) -> OnLost | None:
        """What was done without the cluster; None where there was none to be, or it is there."""
        gone = self.absent or (isinstance(self.cluster, Remote) and self.cluster.lost)
        return self.on_lost if gone else None

    @property
    def n_simulating(self) -> int:
        """How many simulate at a time."""
        return self.n_threads if self.cluster is not None else self.workers


@contextmanager
def pool(
    workers: int, cluster: str | None, *, on_lost: OnLost = "finish", work: Work | None = None
) -> Iterator[Pool]:
    """Yield where to work while the block runs.

    Parameters
    ----------
    workers
        Threads of this machine to work with.
    cluster
        :data:`LOCAL` for a Dask cluster of so many processes on this machine, reachable from it
        alone; the address of a scheduler; None for no cluster.
    on_lost
        What to do when the cluster cannot be reached, has no worker, or is lost on the way.
    work
        Says aloud that it is, and is asked to stop; without it a missing cluster is an error.

    Raises
    ------
    RunError
        When ``distributed`` is not installed, the address is none, or what answers there is no
        scheduler or has other versions; also when the cluster is missing, and was to be or cannot
        be done without.
    """
    if cluster is None:
        yield Pool(workers)
        return
    if find_spec("distributed") is None:
        raise RunError("cluster.not-installed", usage=True)
    from distributed.comm import CommClosedError
    from distributed.scheduler import KilledWorker

    # Failures are raised here and said in words, so that Dask's own log need not tell them.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        try:
            client = stack.enter_context(
                _started(workers) if cluster == LOCAL else _connected(cluster)
            )
        except AbsentError:
            if on_lost == "stop" or work is None:
                raise
            work.say("cluster.absent-finish", cluster=cluster, n=workers)
            yield Pool(workers, absent=True)
            return
        n_threads = sum(client.nthreads().values())
        if work is None:
            executor = client.get_executor(pure=False)
        else:
            executor = Remote(client, partial(_lost, work, cluster, on_lost))
        try:
            yield Pool(workers, executor, n_threads, on_lost)
        except (BrokenExecutor, CancelledError, CommClosedError, KilledWorker) as error:
            raise RunError("cluster.lost", usage=True, cluster=cluster) from error


def _lost(work: Work, cluster: str, on_lost: OnLost) -> None:
    work.say(f"cluster.lost-{on_lost}", cluster=cluster)
    if on_lost == "stop":
        work.stop.ask()


@contextmanager
def _started(workers: int) -> Iterator[Client]:
    """Start a cluster on this machine, reachable from it alone, for as long as the block runs."""
    from distributed import Client, LocalCluster

    started = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host=_LOOPBACK,
        # Without an address the scheduler would take the dashboard's usual port all the same.
        dashboard_address=f"{_LOOPBACK}:0",
        scheduler_kwargs={"dashboard": False},
        silence_logs=logging.CRITICAL,
    )
    with started, Client(started, set_as_default=False) as client:
        # Ctrl-C is this process's affair.
        client.run(deaf_to_interrupts)
        yield client


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """Connect to a scheduler that has workers like us."""
    import asyncio

    from distributed import Client

    try:
        kind = asyncio.run(asyncio.wait_for(_kind_of(address), CONNECT_S))
    except OSError as error:
        raise AbsentError("cluster.unreachable", usage=True, cluster=address) from error
    except Exception as error:
        # What listens there need not be a scheduler, and may answer anything.
        raise RunError("cluster.unreachable", usage=True, cluster=address) from error
    if kind != "Scheduler":
        raise RunError("cluster.unreachable", usage=True, cluster=address)
    with Client(address, timeout=CONNECT_S, set_as_default=False) as client:
        _check(client, address)
        yield client


async def _kind_of(address: str) -> str:
    """Ask what listens at an address. A client would not say so and take long to give up."""
    from distributed.core import rpc

    async with rpc(address, timeout=CONNECT_S) as server:
        return str((await server.identity())["type"])


def _check(client: Client, cluster: str) -> None:
    """Refuse a cluster that has no worker, or whose workers might give other results."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise AbsentError("cluster.no-worker", usage=True, cluster=cluster) from error
    try:
        theirs = client.run(versions)
    except ImportError as error:
        problem = str(error)
        raise RunError("cluster.not-ready", usage=True, cluster=cluster, problem=problem) from error
    ours = versions()
    for worker, found in sorted(theirs.items()):
        for package in sorted(set(ours) - {"python"}):
            if found.get(package) != ours[package]:
                raise RunError(
                    "cluster.versions",
                    usage=True,
                    worker=worker,
                    package=package,
                    found=found.get(package),
                    allowed=ours[package],
                )
