"""One way to spread work: a function over chunks of futures, on any executor, in order.

Tasks are whole numbers and frozen data, results are taken in the order of the chunks: what comes
out does not depend on the executor, its workers, the order in which they finish, or on one of them
being lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, wait
from concurrent.futures import Future as Promise
from typing import TypeVar

Result = TypeVar("Result")
Chunk = tuple[int, int]
"""First future and number of futures."""

POLL_S = 0.1
"""How often work that is waited for is asked whether it should stop."""


def chunks(first: int, count: int, size: int) -> Iterator[Chunk]:
    """Yield the chunks of ``count`` futures from ``first`` on."""
    for at in range(0, count, size):
        yield first + at, min(size, count - at)


def mapped(
    task: Callable[[int, int], Result],
    some: Iterable[Chunk],
    *,
    executor: Executor | None,
    in_flight: int = 4,
    stop: Callable[[], bool] | None = None,
    at_least_one: bool = False,
    lost: Callable[[BaseException], None] | None = None,
    instead: Executor | None = None,
) -> Iterator[tuple[Chunk, Result]]:
    """Yield each chunk with what the task made of it, in order.

    Parameters
    ----------
    task
        Called with a chunk's first future and number; a module-level function or a partial of one
        where the executor has other processes.
    some
        The chunks.
    executor
        Where to work; None works here.
    in_flight
        Chunks handed to the executor at a time.
    stop
        Asked before each chunk and while waiting; once it says yes nothing more is yielded, and
        chunks not begun are cancelled.
    at_least_one
        Whether a stop is not heard before the first chunk is done: without one there is nothing.
    lost
        Told when the executor breaks (its workers died); what it finished is kept then, and the
        rest done here.
    instead
        Where here is; None for this thread.
    """
    todo = deque(some)
    running: deque[tuple[Chunk, Promise[Result]]] = deque()
    kept: dict[Chunk, Promise[Result]] = {}
    unheard = at_least_one

    def asked() -> bool:
        return not unheard and stop is not None and stop()

    try:
        while (todo or running) and not asked():
            if executor is None:
                chunk = todo.popleft()
                result = kept.pop(chunk).result() if chunk in kept else task(*chunk)
                unheard = False
                yield chunk, result
                continue
            try:
                while todo and len(running) < in_flight:
                    done = kept.pop(todo[0], None)
                    running.append((todo[0], done or executor.submit(task, *todo[0])))
                    todo.popleft()
                while wait([running[0][1]], timeout=POLL_S).not_done:
                    if asked():
                        return
                result = running[0][1].result()
            except BrokenExecutor as failure:
                if lost is not None:
                    lost(failure)
                todo.extendleft(chunk for chunk, _ in reversed(running))
                kept |= {chunk: promise for chunk, promise in running if _is_there(promise)}
                running.clear()
                executor, instead = instead, None
                # Whatever stops now, these need no more work.
                while todo and todo[0] in kept:
                    unheard = False
                    yield todo[0], kept.pop(todo.popleft()).result()
                continue
            chunk, _ = running.popleft()
            unheard = False
            yield chunk, result
    finally:
        for _, promise in running:
            promise.cancel()


def _is_there(promise: Promise[Result]) -> bool:
    """Whether a promise was kept before its executor broke."""
    return promise.done() and not promise.cancelled() and promise.exception() is None
