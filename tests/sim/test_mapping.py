"""Claims about spreading work: in order, stoppable, a lost pool survived."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event

from sim.mapping import chunks, mapped


def _slow_first(first, count):
    time.sleep(0.2 if first == 0 else 0.0)
    return list(range(first, first + count))


def _die_once(folder, first, count):
    mark = Path(folder) / "dead"
    if first == 4 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return list(range(first, first + count))


def test_chunks_cover_every_future_once():
    assert list(chunks(3, 7, 3)) == [(3, 3), (6, 3), (9, 1)]


def test_results_come_in_order_whatever_finishes_first():
    with ThreadPoolExecutor(4) as pool:
        found = [
            r for _, part in mapped(_slow_first, chunks(0, 10, 2), executor=pool) for r in part
        ]
    assert found == list(range(10))


def test_a_stop_keeps_what_is_done_and_cancels_the_rest():
    seen: list[int] = []

    def enough():
        return len(seen) >= 6

    with ThreadPoolExecutor(1) as pool:
        for _, part in mapped(_slow_first, chunks(0, 100, 2), executor=pool, stop=enough):
            seen += part
    assert seen == list(range(6))


def test_a_stop_is_heard_while_a_chunk_is_waited_for():
    asked, released = iter([False, True, True, True]), Event()
    with ThreadPoolExecutor(1) as pool:
        found = mapped(
            lambda *_: released.wait(20), chunks(0, 9, 1), executor=pool, stop=lambda: next(asked)
        )
        assert list(found) == []
        pool.shutdown(wait=False, cancel_futures=True)
        released.set()


def test_a_stop_before_anything_is_done_still_gets_the_first_chunk_where_one_is_needed():
    task, some = partial(_sleep, 0.3), list(chunks(0, 9, 1))
    for workers in (0, 2):
        pool = ThreadPoolExecutor(workers) if workers else None
        found = mapped(task, some, executor=pool, stop=lambda: True, at_least_one=True)
        assert [chunk for chunk, _ in found] == [(0, 1)]
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _sleep(seconds, first, count):
    time.sleep(seconds)
    return first + count


def test_work_of_a_lost_pool_is_finished_here_and_said(tmp_path):
    said: list[BaseException] = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = [
            r
            for _, part in mapped(
                partial(_die_once, str(tmp_path)),
                chunks(0, 12, 2),
                executor=pool,
                lost=said.append,
            )
            for r in part
        ]
    assert found == list(range(12))
    assert len(said) == 1
    assert isinstance(said[0], BrokenExecutor)


class _Breaking(Executor):
    """An executor that does all but its third job, and breaks with that."""

    def __init__(self):
        self.jobs = 0

    def submit(self, fn, /, *args, **more):
        self.jobs += 1
        promise = Future()
        if self.jobs == 3:
            promise.set_exception(BrokenExecutor())
        else:
            promise.set_result(fn(*args, **more))
        return promise


def _noted(seen, first, count):
    seen.append(first)
    return first


def test_what_a_broken_executor_did_is_not_done_again_and_comes_in_order():
    for threads in (None, ThreadPoolExecutor(2)):
        seen: list[int] = []
        found = mapped(
            partial(_noted, seen),
            chunks(0, 10, 1),
            executor=_Breaking(),
            in_flight=5,
            instead=threads,
        )
        assert [result for _, result in found] == list(range(10))
        assert sorted(seen) == list(range(10))


def test_a_stop_as_the_executor_breaks_keeps_what_is_done_up_to_the_gap():
    broken: list[BaseException] = []
    found = mapped(
        partial(_noted, []),
        chunks(0, 10, 1),
        executor=_Breaking(),
        in_flight=5,
        stop=lambda: bool(broken),
        at_least_one=True,
        lost=broken.append,
    )
    assert [result for _, result in found] == [0, 1]
