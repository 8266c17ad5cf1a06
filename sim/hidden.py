"""A hidden year: one future of the role nobody forecasts with, lived through under a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from planner.plan import Plan
from scenarios.model import Scenario
from sim.case import Case, build_cases
from sim.futures import (
    Future,
    Incident,
    Parameters,
    Purpose,
    Role,
    draw_future,
    draw_incidents,
    key_of,
)
from sim.model import Log, simulate
from sim.outcome import Outcome
from sim.philox import philox


@dataclass(frozen=True, slots=True, eq=False)
class HiddenYear:
    """What truly happened in a made-up year, and what was true of the bureaus in it.

    Attributes
    ----------
    seed, index
        Which future of :attr:`sim.futures.Role.DEMO`.
    cases
        The bureaus under the plan.
    future
        The world; its parameters are the truth that a calibration looks for.
    incidents
        What daily work was marked down for, for each bureau.
    events
        The log of :func:`sim.model.simulate`.
    outcome
        What it came to.
    """

    seed: int
    index: int
    cases: tuple[Case, ...]
    future: Future
    incidents: tuple[tuple[Incident, ...], ...]
    events: tuple[tuple[int, str, str, int, str], ...]
    outcome: Outcome

    @property
    def parameters(self) -> Mapping[str, Parameters]:
        """What the year held true, by bureau."""
        return {bureau.bureau: bureau.parameters for bureau in self.future.bureaus}

    def words(self, n: int, about: str, purpose: Purpose) -> NDArray[np.uint32]:
        """Return four random words for each of ``n`` things, shape (n, 4).

        Parameters
        ----------
        n
            How many.
        about
            A name: other names have other words.
        purpose
            What they are for.
        """
        key = key_of(self.seed, Role.DEMO)
        return philox(key, np.arange(n), crc32(about.encode()), self.index, purpose)


def hidden_year(scenario: Scenario, plan: Plan, *, seed: int, index: int = 0) -> HiddenYear:
    """Live through one hidden year: a pure function of its arguments.

    Parameters
    ----------
    scenario, plan
        The world's assumptions and what was decided.
    seed
        A whole number from 0 to 2**63 - 1.
    index
        Which year of that seed, from 0.

    Raises
    ------
    ValueError
        When the plan was made for another scenario.
    """
    cases = build_cases(scenario, plan)
    future = draw_future(scenario, index, seed=seed, role=Role.DEMO)
    log: Log = []
    outcome = simulate(cases, future, log=log)
    incidents = draw_incidents(scenario, index, seed=seed, role=Role.DEMO)
    return HiddenYear(seed, index, cases, future, incidents, tuple(log), outcome)
