"""Work on a Dask cluster that may be lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, InvalidStateError
from contextlib import suppress
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from distributed import Client

Result = TypeVar("Result")


class Remote(Executor):
    """An executor on a cluster that says in one way that the cluster is gone.

    Dask tells a lost cluster by cancelled jobs, closed connections, workers killed too often, or
    not at all. Here every job under way then ends with ``BrokenExecutor``, and none is taken any
    more: :func:`sim.mapping.mapped` and :func:`planner.jobs.do_all` know how to go on from there.

    Parameters
    ----------
    client
        Connected; it is not closed here.
    tell
        Called once, from another thread, when the cluster is lost.
    """

    def __init__(self, client: Client, tell: Callable[[], None]) -> None:
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        self._signs = (BrokenExecutor, CancelledError, CommClosedError, KilledWorker)
        self._client = client
        # Impure: two jobs alike are two jobs, and one that is lost is done again by another.
        self._inner = client.get_executor(pure=False)
        self._tell = tell
        self._lost = Event()
        self._lock = Lock()
        self._under_way: set[Future[Any]] = set()

    @property
    def lost(self) -> bool:
        """Whether the cluster is gone."""
        return self._lost.is_set()

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Hand in a job.

        Raises
        ------
        BrokenExecutor
            When the cluster is lost.
        """
        if self.lost:
            raise _broken()
        found: Future[Result] = Future()
        try:
            inner = self._inner.submit(fn, *args, **kwargs)
        except (*self._signs, OSError, RuntimeError) as error:
            self._lose()
            raise _broken() from error
        with self._lock:
            self._under_way.add(found)
        found.add_done_callback(partial(self._ended, inner))
        inner.add_done_callback(partial(self._handed_on, found))
        if self._lost.is_set():
            _fail(found)
        return found

    def _ended(self, inner: Future[Any], found: Future[Any]) -> None:
        with self._lock:
            self._under_way.discard(found)
        if found.cancelled():
            inner.cancel()

    def _handed_on(self, found: Future[Any], inner: Future[Any]) -> None:
        """Hand a job's end on, unless somebody gave it up, or the cluster, before."""
        if found.done():
            return
        error = None if inner.cancelled() else inner.exception()
        if inner.cancelled() or isinstance(error, self._signs) or not self._answers(error):
            self._lose()
            return
        with suppress(InvalidStateError):
            if error is None:
                found.set_result(inner.result())
            else:
                found.set_exception(error)

    def _answers(self, error: BaseException | None) -> bool:
        """Whether an error is the job's own; one of a client without scheduler may be anything."""
        return error is None or self._client.status == "running"

    def _lose(self) -> None:
        with self._lock:
            first = not self._lost.is_set()
            self._lost.set()
            under_way = tuple(self._under_way)
        if first:
            self._tell()
        for found in under_way:
            _fail(found)


def _broken() -> BrokenExecutor:
    return BrokenExecutor("the cluster was lost")


def _fail(found: Future[Any]) -> None:
    with suppress(InvalidStateError):
        found.set_exception(_broken())
