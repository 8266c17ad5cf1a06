"""Cities in which money binds and targets are met about as often as missed."""

from __future__ import annotations

from scenarios.load import load_scenario
from scenarios.model import Scenario
from sim.futures import Role
from sim.grid import Bounds, Grid, build_grid
from sim.samples import Job
from sim.sweep import SweepJob
from tests.sim.test_model import BUSY
from tests.sim.worlds import plan_for, world

MINIMA = {"signed": 4_000_000, "registered": 2, "funds": 1_500_000}


def tight(
    bureaus: tuple[str, ...] = ("north", "south", "west"), days: int = 92, **assumptions: object
) -> Scenario:
    """Return a quarter of some bureaus; each owes as much as it can just do."""
    found = world(
        {
            **BUSY,
            "contract-yuan": {"kind": "lognormal", "median": 3_000_000, "sigma": 0.8},
            **assumptions,  # type: ignore[dict-item]
        },
        bureaus=bureaus,
        lump_sum_yuan=30_000,
        per_diem_yuan=80,
        days=days,
    )
    return owing(found, MINIMA)


def owing(scenario: Scenario, minima: dict[str, int]) -> Scenario:
    """Return a scenario with other minima, by target."""
    return scenario.model_copy(
        update={
            "targets": tuple(
                target.model_copy(update={"minimum": minima[target.id]})
                if target.id in minima
                else target
                for target in scenario.targets
            )
        }
    )


TIGHT = tight()


def bole_on_a_shoestring() -> Scenario:
    """Return bole-2023 with 700,000 yuan and targets that so much can just reach."""
    bole = load_scenario("bole-2023")
    lump_sum = {"beijing": 200_000, "shenzhen": 200_000, "wuhan": 150_000, "hangzhou": 150_000}
    budget = bole.budget.model_copy(update={"lump_sum_yuan": lump_sum})
    return owing(
        bole.model_copy(update={"budget": budget}),
        {"signed": 100_000_000, "registered": 3, "funds": 20_000_000, "inspections": 3},
    )


def job_of(
    scenario: Scenario,
    *,
    seed: int = 1,
    tails: int = 8,
    role: Role = Role.SEARCH,
    **decided: object,
) -> Job:
    """Return the job in which splits of a city are looked for."""
    plan = plan_for(scenario, **decided)  # type: ignore[arg-type]
    return Job(scenario, plan, seed=seed, role=role, tails=tails, own=True)


def grid_of(job: Job, step_yuan: int, **rest: object) -> Grid:
    """Return the grid of a job's city."""
    return build_grid(job.scenario, job.plan, step_yuan=step_yuan, **rest)  # type: ignore[arg-type]


def everywhere(scenario: Scenario, floor_yuan: int, cap_yuan: int) -> Bounds:
    """Return the same floor and cap for all bureaus."""
    names = [bureau.id for bureau in scenario.organisation.bureaus]
    return Bounds(dict.fromkeys(names, floor_yuan), dict.fromkeys(names, cap_yuan), {})


def sweep_of(job: Job, grid: Grid, *, scored: bool = False) -> SweepJob:
    """Return the sweep of all budgets of a grid."""
    return SweepJob(job, grid.levels, scored)
