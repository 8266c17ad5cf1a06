"""Calibrating a scenario: its assumptions learn from what a ledger says, by the model's own law.

Grids and conjugate laws, no generator: the same records give the same bits, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import betaln

from planner.plan import Plan
from scenarios.assumptions import Fixed, LogNormal
from scenarios.ledger import Ledger
from scenarios.model import Scenario
from scenarios.part import Text
from sim.amounts import Tail, amounts
from sim.calibration import Basis, Calibration, Learned, findings_of, spread_at, with_learned
from sim.callrate import call_log_likelihood
from sim.closing import Closing
from sim.delays import Delay, Settled, alike, delay_of, in_groups
from sim.histories import calls_made, histories
from sim.joint import Sheet
from sim.landing import landing
from sim.passing import Passing, passing
from sim.posterior import (
    Floats,
    Kinship,
    Prior,
    beta_of,
    kinship,
    lognormal_of,
    lognormal_with,
    moments,
    posterior,
    product_of,
    values_of,
)
from sim.records import Records, records_of
from sim.samples import Job, prepared
from sim.waiting import Stage

POOLING: Final = 0.0
"""Share of the variance that bureaus have in common unless told: the scenario draws them apart."""

REALISED_SIZE: Final = 10.0
"""How firmly one lead's share of fixed assets tells the bureau's: as ten draws would (trust E)."""

_LOOSEST: Final = 0.9
"""A shared factor holds at most so much of a product's variance."""

FOLDED = Text(
    zh="只有乘积可学：系数并入比例，自身取 1",
    en="only the product can be learned: the factor went into the share and is 1",
)

Of = dict[tuple[str, str], Learned]


def calibrate(
    ledger: Ledger,
    scenario: Scenario,
    plan: Plan,
    as_of: date,
    *,
    pooling: float = POOLING,
    tail: Tail = "lognormal",
) -> Calibration:
    """Let a scenario's assumptions learn from a ledger.

    Parameters
    ----------
    ledger
        As read, not cut to a day.
    scenario, plan
        The plan must have been made for the scenario.
    as_of
        Records up to the end of this day count.
    pooling
        Share of the variance of a bureau's chance or rate (of its normal score) that all bureaus
        have in common, 0 to below 1. By default none: the scenario draws bureaus apart.
    tail
        Of the size of a contract.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        When ``pooling`` lies outside, or the plan belongs to another scenario.
    """
    known = ledger.as_of(as_of)
    leads, calls = histories(known, scenario, as_of), calls_made(known, scenario, as_of)
    return calibrated(leads, calls, scenario, plan, as_of, pooling=pooling, tail=tail)


def calibrated(
    leads: pd.DataFrame,
    calls: pd.DataFrame,
    scenario: Scenario,
    plan: Plan,
    as_of: date,
    *,
    pooling: float = POOLING,
    tail: Tail = "lognormal",
    complete_only: bool = False,
) -> Calibration:
    """Let a scenario's assumptions learn from histories.

    Parameters
    ----------
    leads, calls
        As :func:`sim.histories.histories` and :func:`sim.histories.calls_made` return them.
    complete_only
        Leave open leads out. Wrong, and there to show how wrong.

    The others are as for :func:`calibrate`.
    """
    day = min((as_of - scenario.horizon.start).days, scenario.days.n_days - 1)
    cases, _ = prepared(scenario, plan)
    records = [records_of(leads, calls, case, scenario.assumptions, day) for case in cases]
    if complete_only:
        records = [_complete(own) for own in records]
    school = School(scenario, plan, records, day, pooling)
    learned: Of = {}
    learned |= school.rates()
    coming, closing = school.coming()
    signing, closing_visited = school.signing()
    sizes, odds = school.sizes(tail)
    learned |= coming | signing | school.landing() | school.realisation() | sizes
    return Calibration(
        with_learned(scenario, learned, as_of),
        as_of,
        findings_of(scenario, school.bureaus, learned),
        closing,
        closing_visited,
        odds,
    )


def _complete(own: Records) -> Records:
    names = ("leads", "visited", "contracts", "landed")
    return replace(own, **{name: getattr(own, name).complete() for name in names})


@dataclass(frozen=True, slots=True, eq=False)
class School:
    """Where each assumption learns from the records of all bureaus, in the scenario's order."""

    scenario: Scenario
    plan: Plan
    records: Sequence[Records]
    day: int
    pooling: float

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus."""
        return tuple(bureau.id for bureau in self.scenario.organisation.bureaus)

    def rates(self) -> Of:
        """Learn how many openings for a call there are from the calls made."""
        name, counts = "calls-per-month", [own.calls for own in self.records]
        if not any(counts):
            return {}
        values = self._values(name)
        cases, decks = prepared(self.scenario, self.plan)
        job = Job(self.scenario, self.plan, seed=0)
        found = np.zeros((len(counts), len(values[0]), 1))
        for b, (own, case, deck) in enumerate(zip(self.records, cases, decks, strict=True)):
            if own.calls and np.ptp(values[b]):
                found[b, :, 0] = call_log_likelihood(
                    job, case, deck, values[b], own.calls, self.day
                )
        what = posterior(found, self._kinship(name))
        made = [lognormal_of(x, w) for x, w in zip(values, what.first, strict=True)]
        return dict(self._learned(name, made, counts, "calls"))

    def coming(self) -> tuple[Of, Closing]:
        """Learn how many calls become leads, and how many leads visit."""
        lead, visit, factor = "call-to-lead", "call-to-visit", "regional-multiplier"
        calls, leads = ([x.settled for x in self.records], [x.leads.n for x in self.records])
        shares, visits = self._values(lead), self._products(visit, factor)
        qualified = [
            np.clip(np.maximum.outer(s, v), 1e-9, 1 - 1e-9)
            for s, v in zip(shares, visits, strict=True)
        ]
        chances = [np.minimum(v, 1.0) / q for v, q in zip(visits, qualified, strict=True)]
        fixed = np.stack(
            [
                own.qualified * np.log(q) + (own.settled - own.qualified) * np.log1p(-q)
                for own, q in zip(self.records, qualified, strict=True)
            ]
        )
        what, found = self._passing(
            [x.leads for x in self.records],
            "visit-delay-days",
            chances,
            fixed,
            (self._kinship(lead), self._kinship(visit, factor)),
            "leads",
        )
        first, second = what.posterior.first, what.posterior.second
        new_leads = [beta_of(*moments(x, w)) for x, w in zip(shares, first, strict=True)]
        found |= dict(self._learned(lead, new_leads, calls, "calls"))
        within = [moments(np.minimum(v, 1), w) for v, w in zip(visits, second, strict=True)]
        return found | self._folded(visit, factor, within, leads, "leads"), what.closing

    def signing(self) -> tuple[Of, Closing]:
        """Learn how many visited leads sign, and what the year is like."""
        share, factor, climate = "visit-to-contract", "group-visit-factor", "year-climate"
        counts = [x.visited.n for x in self.records]
        shares, years = self._products(share, factor), self._values(climate)
        chances = [np.outer(s, y) for s, y in zip(shares, years, strict=True)]
        what, found = self._passing(
            [x.visited for x in self.records],
            "contract-delay-days",
            chances,
            np.zeros((len(counts), len(shares[0]), len(years[0]))),
            (self._kinship(share, factor), self._kinship(climate)),
            "visits",
        )
        if not any(counts):
            return {}, what.closing
        products = [
            moments(np.minimum(c, 1), w)
            for c, w in zip(chances, what.posterior.weights, strict=True)
        ]
        own = [moments(y, w) for y, w in zip(years, what.posterior.second, strict=True)]
        reached = self._reached(counts, share, factor)
        # As independent draws of two factors the product would spread too much: what both are
        # unsure of is told apart so that each bureau's product keeps its mean and variance.
        tightest = min(v / m**2 for (m, v), yes in zip(products, reached, strict=True) if yes)
        within, new = [], []
        for (mean, variance), (year, spread) in zip(products, own, strict=True):
            squared = min(spread / year**2, _LOOSEST * tightest)
            middle = mean / year
            second = (variance + mean**2) / (year**2 * (1 + squared))
            within.append((middle, second - middle**2))
            new.append(lognormal_with(year, squared))
        found |= dict(self._learned(climate, new, counts, "visits"))
        return found | self._folded(share, factor, within, counts, "visits"), what.closing

    def landing(self) -> Of:
        """Learn how many contracts are registered and started, and how long both take.

        Started ones are registered.
        """
        first, second = "contract-to-registered", "contract-to-started"
        counts = [x.contracts.n for x in self.records]
        if not any(counts):
            return {}
        landed = [x.landed.n for x in self.records]
        delays = ("registration-delay-days", "start-delay-days")
        groups = self._groups(*delays)
        registered, started = self._values(first), self._values(second)
        what = landing(
            [(x.contracts, x.landed) for x in self.records],
            list(zip(registered, started, strict=True)),
            self._kinship(first),
            self._kinship(second),
            (self._delays(delays[0], groups, counts), self._delays(delays[1], groups, landed)),
            groups,
        )
        new, then = (
            [beta_of(*moments(x, w)) for x, w in zip(values, weights, strict=True)]
            for values, weights in (
                (registered, what.posterior.first),
                (started, what.posterior.second),
            )
        )
        return (
            dict(self._learned(first, new, counts, "contracts"))
            | dict(self._learned(second, then, landed, "contracts"))
            | self._delayed(delays[0], what.registration, groups, counts, "contracts")
            | self._delayed(delays[1], what.start, groups, landed, "contracts")
        )

    def realisation(self) -> Of:
        """Learn the share of funds that is fixed-asset investment."""
        name, counts = "funds-realisation", [len(x.realised) for x in self.records]
        values = self._values(name)
        found = np.zeros((len(counts), len(values[0]), 1))
        for b, own in enumerate(self.records):
            m = np.clip(values[b], 1e-6, 1 - 1e-6) * REALISED_SIZE
            x = np.clip(own.realised, 1e-3, 1 - 1e-3)
            a, rest = m * np.log(x).sum(), (REALISED_SIZE - m) * np.log1p(-x).sum()
            found[b, :, 0] = a + rest - len(x) * betaln(m, REALISED_SIZE - m)
        what = posterior(found, self._kinship(name))
        new = [beta_of(*moments(x, w)) for x, w in zip(values, what.first, strict=True)]
        return dict(self._learned(name, new, counts, "instalments"))

    def sizes(self, tail: Tail) -> tuple[Of, float | None]:
        """Learn the size of a contract; bureaus with the same assumption learn together."""
        name, odds = "contract-yuan", None
        found: Of = {}
        groups = self._groups(name)
        for group in range(max(groups) + 1):
            same = [b for b, g in enumerate(groups) if g == group]
            yuan = np.sort(np.concatenate([self.records[b].amounts_yuan for b in same]))
            prior = self._prior(name, self.bureaus[same[0]])
            if not len(yuan) or not isinstance(prior, LogNormal):
                continue
            known = amounts(prior, yuan, tail)
            odds = known.log_odds_heavy + (odds or 0.0)
            new = Learned(known.distribution, len(yuan), "contracts")
            found |= {(name, self.bureaus[b]): new for b in same}
        return found, odds

    # What the assumptions have in common ---------------------------------------------------------

    def _prior(self, name: str, bureau: str) -> Prior:
        return self.scenario.assumptions[name].of(bureau)

    def _values(self, name: str) -> list[Floats]:
        return [values_of(self._prior(name, bureau)) for bureau in self.bureaus]

    def _products(self, name: str, factor: str) -> list[Floats]:
        a, b = self.scenario.assumptions[name], self.scenario.assumptions[factor]
        return [
            values_of(a.of(x)) * own.value
            if isinstance(own := b.of(x), Fixed)
            else product_of(a.of(x), own)
            for x in self.bureaus
        ]

    def _is_shared(self, name: str, factor: str | None = None) -> bool:
        """Whether all bureaus hold the same of an assumption and what it is multiplied with."""
        items = [self.scenario.assumptions[x] for x in (name, factor) if x is not None]
        return all(
            item.scope == "shared" or all(isinstance(item.of(b), Fixed) for b in self.bureaus)
            for item in items
        )

    def _kinship(self, name: str, factor: str | None = None) -> Kinship:
        return kinship(self._is_shared(name, factor), self.pooling)

    def _reached(self, counts: Sequence[int], name: str, factor: str | None = None) -> list[bool]:
        """Return which bureaus learn: those with records, or all where they hang together."""
        together = self.pooling > 0 or self._is_shared(name, factor)
        if factor is not None:
            # One factor for all cannot go into the share of some bureaus only.
            item = self.scenario.assumptions[factor]
            together |= item.scope == "shared" and not isinstance(item.distribution, Fixed)
        return [n > 0 or (together and any(counts)) for n in counts]

    def _learned(
        self, name: str, new: Sequence[Prior], counts: Sequence[int], basis: Basis
    ) -> Iterator[tuple[tuple[str, str], Learned]]:
        """Yield what bureaus learned of an assumption; what is fixed stays so."""
        item, shared = self.scenario.assumptions[name], self._is_shared(name)
        for b, yes in enumerate(self._reached(counts, name)):
            if yes and not isinstance(item.of(self.bureaus[b]), Fixed):
                n = sum(counts) if shared else counts[b]
                yield (name, self.bureaus[b]), Learned(new[0 if shared else b], n, basis)

    def _folded(
        self,
        name: str,
        factor: str,
        within: Sequence[tuple[float, float]],
        counts: Sequence[int],
        basis: Basis,
    ) -> Of:
        """Return what was learned of a share whose factor cannot be told from it."""
        found: Of = {}
        reached = self._reached(counts, name, factor)
        for b, (mean, variance) in enumerate(within):
            bureau = self.bureaus[b]
            share, times = (self.scenario.assumptions[x].of(bureau) for x in (name, factor))
            fixed = isinstance(times, Fixed)
            if not reached[b] or (fixed and isinstance(share, Fixed)):
                continue
            by = times.value if isinstance(times, Fixed) and times.value > 0 else 1.0
            note = None if fixed else FOLDED
            new = beta_of(mean / by, variance / by**2)
            before = None if fixed else spread_at(product_of(share, times))
            found[name, bureau] = Learned(new, counts[b], basis, note, before)
            if not fixed:
                found[factor, bureau] = Learned(Fixed(value=1.0), counts[b], basis, note)
        return found

    # How long stages take -------------------------------------------------------------------------

    def _groups(self, *names: str) -> list[int]:
        """Return each bureau's group: bureaus that assume the same learn together."""
        return alike(
            [tuple(self._prior(name, bureau) for name in names) for bureau in self.bureaus]
        )

    def _delays(self, name: str, groups: Sequence[int], counts: Sequence[int]) -> list[Delay]:
        """Return the groups' delays before anything is learned."""
        return [
            delay_of(self.scenario, name, self.bureaus[groups.index(group)], n)
            for group, n in enumerate(in_groups(counts, groups))
        ]

    def _delayed(
        self,
        name: str,
        delays: Settled,
        groups: Sequence[int],
        counts: Sequence[int],
        basis: Basis,
    ) -> Of:
        """Return what was learned of a delay."""
        together = [
            Learned(delay.learned(weights), n, basis) if delay.learns else None
            for (delay, weights), n in zip(delays, in_groups(counts, groups), strict=True)
        ]
        each = zip(self.bureaus, groups, strict=True)
        return {(name, b): new for b, g in each if (new := together[g]) is not None}

    def _passing(
        self,
        stages: Sequence[Stage],
        name: str,
        chances: Sequence[Floats],
        beside: Floats,
        kin: tuple[Kinship, Kinship],
        basis: Basis,
    ) -> tuple[Passing, Of]:
        """Learn a chance, the closing law and a delay; return the delay as learned, too."""
        groups, counts = self._groups(name), [stage.n for stage in stages]
        sheets = [Sheet.of(c, own, *kin) for c, own in zip(chances, beside, strict=True)]
        what = passing(stages, sheets, self._delays(name, groups, counts), groups)
        return what, self._delayed(name, what.delays, groups, counts, basis)
