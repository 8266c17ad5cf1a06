"""Claims about parallel work: the same arrays for any executor, any chunks, and after a stop."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np

from sim.samples import COLUMNS, sample, sample_chunked
from tests.sim.test_model import BUSY
from tests.sim.worlds import plan_for, world

SCENARIO = world(BUSY, bureaus=("north", "south"), lump_sum_yuan=60_000, per_diem_yuan=80)
PLAN = plan_for(SCENARIO)


def _bytes(samples):
    return samples.values.tobytes() + samples.limits.tobytes() + samples.spend_fen.tobytes()


def test_any_executor_and_any_chunks_give_the_same_bytes():
    whole = sample(SCENARIO, PLAN, 0, 12, seed=1)
    assert _bytes(sample_chunked(SCENARIO, PLAN, 12, seed=1, chunk=5)) == _bytes(whole)
    with ThreadPoolExecutor(3) as threads:
        parallel = sample_chunked(SCENARIO, PLAN, 12, seed=1, executor=threads, chunk=1)
    assert _bytes(parallel) == _bytes(whole)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        spawned = sample_chunked(SCENARIO, PLAN, 12, seed=1, executor=processes, chunk=4)
    assert _bytes(spawned) == _bytes(whole)


def test_the_arrays_hold_the_fields_of_the_outcomes():
    samples = sample(SCENARIO, PLAN, 4, 3, seed=1)
    assert samples.values.shape == (3, 2, len(COLUMNS))
    assert samples.values.dtype == np.int64
    assert np.array_equal(
        samples.of("openings"),
        samples.of("calls")
        + samples.of("lost_people")
        + samples.of("lost_money")
        + samples.of("waiting"),
    )
    spent = samples.spend_fen.sum(axis=(2, 3))
    assert np.array_equal(samples.of("released_fen"), spent + samples.of("balance_fen"))


def test_a_stop_keeps_the_finished_futures():
    seen: list[tuple[int, int]] = []
    kept = sample_chunked(
        SCENARIO,
        PLAN,
        20,
        seed=1,
        chunk=4,
        progress=lambda done, n: seen.append((done, n)),
        stop=lambda: len(seen) >= 2,
    )
    assert seen == [(4, 20), (8, 20)]
    assert _bytes(kept) == _bytes(sample(SCENARIO, PLAN, 0, 8, seed=1))
