"""Misses: what was different in the years that missed, a stress test read backwards.

For each parameter and each count of a year: its mean in the years that missed less its mean in the
years that met, in standard deviations over all years. It says what went together, not what caused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from sim.cohorts import Cohorts
from sim.jackknife import Floats, by_group, half_width, left_out

LEAST = 20
"""With fewer years on either side there is no comparison."""

OUTCOMES: tuple[str, ...] = (
    "openings",
    "calls",
    "qualified_leads",
    "visits",
    "lost_people",
    "lost_money",
    "lost_seats",
    "short_days",
)
"""Counts of a year that are compared; ``short_days`` from the first day money was short."""


@dataclass(frozen=True, slots=True, eq=False)
class Trait:
    """Something by which years differ.

    Attributes
    ----------
    kind, name
        A parameter by its id, or an outcome of :data:`OUTCOMES`.
    bureau
        Whose; None where all bureaus share it.
    values
        In its unit, shape (thetas, reps).
    """

    kind: Literal["parameter", "outcome"]
    name: str
    bureau: str | None
    values: Floats


@dataclass(frozen=True, slots=True)
class Contrast:
    """How one trait differed in the years that missed.

    Attributes
    ----------
    kind, name, bureau
        Of the trait.
    missed, met
        Its mean in the years that missed, and in those that met, in its unit.
    sd, low, high
        The difference in standard deviations over all years, and its interval; negative: lower in
        the years that missed.
    """

    kind: str
    name: str
    bureau: str | None
    missed: float
    met: float
    sd: float
    low: float
    high: float

    @property
    def unclear(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0 <= self.high

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "unclear": self.unclear}


def traits_of(cohorts: Cohorts, bureaus: Iterable[str]) -> Iterator[Trait]:
    """Yield what is compared: parameters as drawn (shared ones once), and counts of the years."""
    seen: set[str] = set()
    every = [bureau.id for bureau in cohorts.job.scenario.organisation.bureaus]
    shape = (cohorts.thetas, cohorts.job.reps)
    for bureau in bureaus:
        for parameter in cohorts.parameters(bureau):
            if parameter.bureau is None:
                if parameter.assumption in seen:
                    continue
                seen.add(parameter.assumption)
            values = np.broadcast_to(parameter.value[:, np.newaxis], shape)
            yield Trait("parameter", parameter.assumption, parameter.bureau, values)
        for name in OUTCOMES:
            values = _outcome(cohorts, name)[..., every.index(bureau)].astype(np.float64)
            yield Trait("outcome", name, bureau, values)


def contrasts(shares: Floats, traits: Iterable[Trait]) -> tuple[Contrast, ...] | None:
    """Compare the years that missed with those that met, the largest difference first.

    A year of several tails counts on either side by the share of them.

    Parameters
    ----------
    shares
        Share of the tails that met, shape (thetas, reps).
    traits
        What to compare; what is the same in all years is left out.

    Returns
    -------
    tuple or None
        None where fewer than :data:`LEAST` years missed, or met.
    """
    met = shares.sum()
    if min(met, shares.size - met) < LEAST:
        return None
    found = [_contrast(shares, trait) for trait in traits if np.ptp(trait.values)]
    return tuple(sorted(found, key=lambda x: (x.unclear, -abs(x.sd))))


def _contrast(shares: Floats, trait: Trait) -> Contrast:
    sd, groups = float(trait.values.std()), []
    for weight in (1 - shares, shares):
        groups.append(by_group(weight.sum(axis=1)))
        groups.append(by_group((weight * trait.values).sum(axis=1)))
    missed, met = (float(groups[i + 1].sum() / groups[i].sum()) for i in (0, 2))
    others = [left_out(sums) for sums in groups]
    half = half_width((others[1] / others[0] - others[3] / others[2]) / sd)
    found = (missed - met) / sd
    return Contrast(
        trait.kind, trait.name, trait.bureau, missed, met, found, found - half, found + half
    )


def _outcome(cohorts: Cohorts, name: str) -> Floats:
    if name == "visits":
        modes = ("principal", "deputy", "group", "unit")
        return np.asarray(sum(cohorts.of(f"visits_{mode}") for mode in modes))
    if name == "short_days":
        dry = cohorts.of("dry_day")
        return np.asarray(np.where(dry >= 0, cohorts.job.scenario.days.n_days - dry, 0))
    return np.asarray(cohorts.of(name))
