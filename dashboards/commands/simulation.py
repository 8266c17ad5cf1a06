"""What is to be simulated: how many futures, by which engine, and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dashboards.runs import Inputs, RunError

if TYPE_CHECKING:
    from sim.samples import Engine
    from sim.stopping import Stopping

FUTURES: Final = 1000
"""Futures, by default."""

MOST_KEPT: Final = 20_000
"""Futures up to which outcomes are kept unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """A forecast as asked for.

    Attributes
    ----------
    seed, futures, engine, tails, precision, outcomes
        As in :class:`dashboards.runs.Inputs`.
    """

    seed: int
    futures: int
    engine: Engine
    tails: int
    precision: float | None
    outcomes: bool

    @property
    def stopping(self) -> Stopping:
        """When there are enough futures."""
        from sim.stopping import FIRST_N, AbsolutePrecision, FixedNumber

        if self.precision is None:
            return FixedNumber(self.futures)
        first = min(FIRST_N, self.futures)
        return AbsolutePrecision(self.precision, first_n=first, cap=self.futures)

    def inputs(
        self, *, time_limit_s: float | None = None, plan_hash: str | None = None, fast: bool = False
    ) -> Inputs:
        """Return what decides the content of a run with this forecast."""
        return Inputs(
            self.seed,
            self.futures,
            time_limit_s,
            plan_hash,
            fast,
            self.engine,
            self.tails,
            self.precision,
            self.outcomes,
        )


def simulation(
    *,
    seed: int,
    futures: int | None,
    engine: Engine,
    tails: int | None,
    precision: float | None,
    keep_outcomes: bool | None,
) -> Simulation:
    """Fill in what a person left open.

    Parameters
    ----------
    seed, engine
        As asked.
    futures
        How many, with a precision at most; None for :data:`FUTURES`, or :data:`sim.stopping.CAP`.
    tails
        None for :data:`sim.forecast.TAILS` of the kernel, and for 1 of the law, which draws each
        tail from the start.
    precision
        Half-width, as a share; None for a fixed number of futures.
    keep_outcomes
        None keeps them where there are at most :data:`MOST_KEPT` futures.

    Raises
    ------
    RunError
        When the precision means nothing, or the law is asked for several tails.
    """
    if precision is not None and not 0 < precision < 0.5:
        raise RunError("simulation.precision", usage=True, found=precision)
    if engine == "simpy" and (tails or 1) > 1:
        raise RunError("simulation.tails", usage=True, found=tails)
    from sim.forecast import TAILS
    from sim.stopping import CAP

    n = futures or (FUTURES if precision is None else CAP)
    return Simulation(
        seed,
        n,
        engine,
        tails or (1 if engine == "simpy" else TAILS),
        precision,
        n <= MOST_KEPT if keep_outcomes is None else keep_outcomes,
    )
