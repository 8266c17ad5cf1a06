"""A side: a scenario with the plan it is run by, as one of the things a comparison holds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from planner.plan import Plan
from scenarios.model import Scenario
from sim.samples import Engine, Job

NOT_PLANNED: frozenset[str] = frozenset(
    {"id", "title", "note", "synthetic_note", "assumptions", "assessment"}
)
"""Fields of a scenario that no plan depends on."""


@dataclass(frozen=True)
class Side:
    """A scenario and the plan made, or carried over, for it.

    Raises
    ------
    ValueError
        When the plan belongs to another scenario.
    """

    scenario: Scenario
    plan: Plan

    def __post_init__(self) -> None:
        if self.plan.scenario_hash != self.scenario.content_hash:
            msg = (
                f"plan: found one for a scenario with hash {self.plan.scenario_hash[:8]}; allowed: "
                f"one for {self.scenario.content_hash[:8]}; carry it over, or make it again"
            )
            raise ValueError(msg)

    @property
    def content(self) -> tuple[str, str]:
        """Hashes of scenario and plan: equal sides have the same outcomes in every future."""
        return self.scenario.content_hash, self.plan.content_hash

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus, in the scenario's order."""
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    def job(self, seed: int, tails: int, engine: Engine) -> Job:
        """Return what to simulate."""
        return Job(self.scenario, self.plan, seed, tails=tails, engine=engine, own=True)


def carried_over(plan: Plan, scenario: Scenario) -> Plan:
    """Return a plan as one for a scenario that differs in nothing a plan depends on.

    The one place where a plan changes hands: whether it may is the caller's to know, such as by
    :func:`planning_hash`.
    """
    return replace(plan, scenario_hash=scenario.content_hash)


def planning_hash(scenario: Scenario) -> str:
    """SHA-256 of all a plan can depend on: scenarios with equal hashes have equal plans."""
    content = scenario.model_dump(mode="json", exclude=set(NOT_PLANNED))
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
