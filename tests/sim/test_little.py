"""Little's law, exact on every path: what waits a day is what each opening waited, added up.

The two sides are measured apart: the length of the queue by walking through the days of the log,
the waits by following each opening. Neither uses the other, nor any count of the model.
"""

from __future__ import annotations

from collections import Counter

import pytest

from sim.case import build_cases
from sim.futures import draw_future
from sim.model import simulate
from tests.sim.test_model import BUSY
from tests.sim.worlds import leave, plan_for, world

DAYS = 184
LEAVES_THE_QUEUE = ("call", "lost_people", "lost_money")


def _queue_by_day(log):
    """Return the length of the queue in the evening of each day."""
    change = Counter()
    for day, kind, *_ in log:
        change[day] += (kind == "queued") - (kind in LEAVES_THE_QUEUE)
    length, evenings = 0, []
    for day in range(DAYS):
        length += change[day]
        evenings.append(length)
    return evenings


def _waits(log):
    """Return the evenings each opening spent in the queue, within the horizon."""
    joined = {who: day for day, kind, _, who, _ in log if kind == "queued"}
    left = {who: day for day, kind, _, who, _ in log if kind in LEAVES_THE_QUEUE}
    assert left.keys() <= joined.keys()
    return [left.get(who, DAYS) - day for who, day in joined.items()]


@pytest.mark.parametrize("lump_sum_yuan", [15_000, 1_000_000])
@pytest.mark.parametrize("index", range(6))
def test_the_mean_queue_is_the_rate_of_openings_times_their_mean_wait(index, lump_sum_yuan):
    scenario = world(
        BUSY,
        days=DAYS,
        lump_sum_yuan=lump_sum_yuan,
        per_diem_yuan=20,
        travel_yuan=(100, 80, 400),
        weekends_off=True,
    )
    plan = plan_for(scenario, leaves=(leave(scenario, "north-0", 50),))
    log = []
    outcome = simulate(
        build_cases(scenario, plan), draw_future(scenario, index, seed=4), log=log
    ).bureaus[0]
    evenings, waits = _queue_by_day(log), _waits(log)
    # L = lambda W, times the days of the horizon on both sides: whole numbers.
    assert sum(evenings) == sum(waits)
    assert sum(waits) > 20
    assert min(evenings) >= 0
    assert evenings[-1] <= outcome.waiting
