"""A run's futures at hand: simulated anew once, in a thread, for pages that ask what if."""

from __future__ import annotations

from typing import Final

from dashboards import background
from dashboards.frame import View
from dashboards.runs import Run
from dashboards.texts import t
from dashboards.whatif import Bench
from planner.plan import Plan
from scenarios.model import Scenario
from sim.splits import Splits

MOST_FUTURES: Final = 1_000
"""Futures an answer stands on, at most: with more it would take longer than half a second."""


def futures_of(run: Run) -> tuple[int, int, int]:
    """Return seed, number of futures and tails: those of the forecast, as far as time allows."""
    forecast = run.forecast
    return forecast["seed"], min(forecast["n"], MOST_FUTURES), forecast.get("tails", 1)


def key_of(run: Run) -> background.Key:
    """Return what tells a run's futures from those of other runs."""
    return (run.head.scenario_hash, run.head.plan_hash, *futures_of(run))


def bench(view: View) -> Bench | None:
    """Return a run's futures, or None where they are on their way and the page says so."""
    run = view.run
    make = _maker(run.scenario, run.plan, futures_of(run))
    return background.waited(("bench", *key_of(run)), make, t("app.bench.warming", view.lang))


def _maker(scenario: Scenario, plan: Plan, futures: tuple[int, int, int]) -> background.Make[Bench]:
    seed, n, tails = futures
    return lambda: Bench(Splits(scenario, plan, seed=seed, n=n, tails=tails))
