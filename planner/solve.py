"""Making a plan: what counting rules out, the search, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from time import perf_counter

from planner.conflicts import certificate
from planner.cpsat import never
from planner.draft import Draft
from planner.feasible import first_leaves
from planner.given import Given
from planner.infeasible import InfeasibleError
from planner.obligations import obligations
from planner.plan import Plan
from planner.search import Progress, Search
from planner.starts import leave_choices
from planner.trips import leader_trips
from planner.unplaced import unplaced
from scenarios.model import Scenario

__all__ = ["InfeasibleError", "Progress", "make_plan"]


def make_plan(
    scenario: Scenario,
    *,
    time_limit_s: float = 30.0,
    workers: int = 2,
    executor: Executor | None = None,
    fast: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Plan a scenario: leaves, grouped visits, unplaced companies, dated duties, leader trips.

    The same scenario and ``time_limit_s`` give the same plan, byte for byte, on any machine and
    whatever ``workers``: effort is counted in work done, not in time passed. A ``fast`` plan is not
    reproducible so.

    Parameters
    ----------
    scenario
        What is given.
    time_limit_s
        Effort, in seconds of one core about as fast as a desktop of the 2020s. The search ends
        earlier once its value is proven best or no step gains any more. Trips come on top, with
        an effort of their own (:data:`planner.trips.EFFORT_S`).
    workers
        Threads that solve at a time, where steps do not depend on each other.
    executor
        Where to solve instead: processes of this machine, or a cluster
        (``distributed.Client.get_executor(pure=False)``). The plan does not depend on it.
    fast
        Take ``time_limit_s`` as wall time, and see to it that a good plan stands soon: another
        run, or a busier machine, may end with another plan. What it says of a plan holds as ever.
    progress
        Told after each step how far the search is.
    stop
        Asked every now and then; once it says True, the best plan so far is returned (which then
        does depend on when it was asked).

    Returns
    -------
    Plan
        ``levels`` names the aims in order. The bound of the first holds for every plan; those of
        the lower ones hold for each bureau (those that have joint groups, together) with the aims
        above, and the other bureaus' groups, as they stand in this plan; that of ``inspections``,
        which is there where leaders may travel, with everything else as it stands.

    Raises
    ------
    InfeasibleError
        When the rules leave no rotation; carries the explanation in words.
    """
    asked = stop or never
    until = _at_time(perf_counter() + time_limit_s, asked) if fast else asked
    explanation = certificate(scenario)
    if explanation is not None:
        raise InfeasibleError(explanation)
    choices = leave_choices(scenario)
    given = Given(scenario, choices)
    search = Search(
        given=given,
        effort_s=time_limit_s,
        workers=workers,
        executor=executor,
        mode="timed" if fast else "counted",
        tell=progress or _silent,
        stop=until,
        draft=Draft(first_leaves(scenario, choices)),
    )
    levels = search.run()
    draft = search.draft.numbered()
    plan = Plan(
        scenario_hash=scenario.content_hash,
        leaves=draft.leaves,
        visits=draft.visits,
        unplaced=unplaced(given, draft),
        obligations=obligations(scenario, draft.leaves, draft.visits),
        budget_yuan=tuple(sorted(scenario.budget.lump_sum_yuan.items())),
        levels=levels,
    )
    if scenario.rules.leader_trips.inspections == "received":
        return plan
    trips, level = leader_trips(scenario, plan, stop=stop or never)
    return replace(plan, trips=trips, levels=(*levels, level))


def _at_time(end_s: float, stop: Callable[[], bool]) -> Callable[[], bool]:
    """Return a question that also says True from a time of the performance counter on."""
    return lambda: stop() or perf_counter() >= end_s


def _silent(_: Progress) -> None:
    return
