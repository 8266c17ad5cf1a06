"""Jobs: the same answers here and elsewhere, and models kept without harm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pickle import dumps, loads

import pytest

from planner.capacity import Taken
from planner.draft import Draft
from planner.given import Given
from planner.jobs import Job, do_all
from planner.rotation import within
from planner.solve import make_plan
from planner.starts import leave_choices
from tests.planner.instances import random_city


class _Elsewhere(ThreadPoolExecutor):
    """An executor that sends everything through pickle, as processes and clusters do."""

    def submit(self, fn, /, *args, **more):
        sent = loads(dumps((fn, args, more)))
        return super().submit(sent[0], *sent[1], **sent[2])


@pytest.fixture(scope="module")
def city():
    return random_city(4, n_bureaus=3, n_companies=36, start="2023-04-01", end="2023-06-30")


def _jobs(given, prices):
    return [
        Job(within(given.choices, [bureau]), Taken(), prices, Draft(), 3.0)
        for bureau in given.bureaus
    ]


def test_a_plan_is_the_same_bytes_wherever_its_jobs_are_done(city):
    here = make_plan(city, time_limit_s=4)
    with _Elsewhere(2) as executor:
        there = make_plan(city, time_limit_s=4, executor=executor)
    assert there == here
    assert there.visits


def test_a_kept_model_takes_new_prices_as_a_fresh_one_does(city):
    given = Given(city, leave_choices(city))
    prices = {("city", "", day): 15 for day in range(city.days.n_days)}
    kept = {}
    free = do_all(given, _jobs(given, {}), workers=2, parts=kept)
    assert sorted(kept) == [(bureau,) for bureau in given.bureaus]
    charged = do_all(given, _jobs(given, prices), workers=2, parts=kept)
    fresh = do_all(given, _jobs(given, prices), workers=2)
    assert [done.bound for done in charged] == [done.bound for done in fresh]
    assert all(a.bound > b.bound for a, b in zip(free, charged, strict=True))


def test_what_concerns_a_bureau_is_all_its_job_needs(city):
    given = Given(city, leave_choices(city))
    own = given.of(["b1"])
    assert own.bureaus == ("b1",)
    assert [c.company for c in own.callers] == [
        c.company for c in given.callers if c.bureau == "b1"
    ]
    assert len(dumps(own)) < len(dumps(given))


def test_asked_to_stop_before_it_begins_nothing_is_sent(city):
    given = Given(city, leave_choices(city))
    with _Elsewhere(1) as executor:
        done = do_all(given, _jobs(given, None), workers=1, stop=lambda: True, executor=executor)
    assert [(d.status, d.draft) for d in done] == [("unknown", None)] * 3
