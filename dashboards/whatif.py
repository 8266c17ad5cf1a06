"""What another split of the money comes to, against today's, in the same futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.aim import Aim, measure_of
from sim.difference import Difference, Margins, difference_of
from sim.grid import Split
from sim.histogram import histogram
from sim.interval import Estimate, estimate_sums
from sim.measures import Measure, measures
from sim.paired import PairedSums, pair
from sim.results import Results
from sim.splits import Splits
from sim.tally import Key

TARGETS = Aim("targets")
"""Expected number of targets met, all bureaus' added up."""

_TARGETS_KEY: Key = ("targets_met",)


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A split against today's.

    Attributes
    ----------
    split, present
        What is asked about, and today's.
    n, tails
        Futures, and tails of each: the same for both.
    common
        Paired sums of every measure, today's first.
    dry_day
        By bureau: the median of the first day without money among the futures that have one, or
        None.
    """

    split: Split
    present: Split
    n: int
    tails: int
    common: Mapping[Key, PairedSums]
    dry_day: Mapping[str, date | None]

    @property
    def same(self) -> bool:
        """Whether it is today's split."""
        return self.split == self.present

    def difference(self, *key: str) -> Difference:
        """Return the split less today's, with its paired interval."""
        return difference_of(self.common[key], same=self.same)

    @property
    def targets(self) -> Difference:
        """The difference of the expected number of targets met."""
        return self.difference(*_TARGETS_KEY)

    def odds(self, *key: str) -> Estimate:
        """Return the probability of an indicator under the split."""
        sums = self.common[key]
        return estimate_sums(sums.first_b, sums.second_b, sums.n, sums.tails)

    def has(self, *key: str) -> bool:
        """Whether there is such a measure: a bureau may lack a target or a score."""
        return key in self.common


class Bench:
    """What splits are held against: today's, measured once.

    Raises
    ------
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """

    def __init__(self, splits: Splits) -> None:
        self.splits = splits
        self.now: Mapping[Key, Measure] = _measures(splits.results(splits.present))


def what_if(bench: Bench, split: Split) -> WhatIf:
    """Hold a split against today's.

    Raises
    ------
    OverflowError
        When assumptions are beyond what a simulation can hold.
    """
    splits = bench.splits
    then = splits.results(split)
    found = pair(bench.now, _measures(then))
    return WhatIf(
        split=tuple(split),
        present=splits.present,
        n=splits.n,
        tails=splits.job.tails,
        common=found.common,
        dry_day={bureau: _dry(then, place) for place, bureau in enumerate(splits.bureaus)},
    )


def clear(found: Difference) -> bool:
    """Whether the interval of a difference excludes 0."""
    return found.low > 0 or found.high < 0


def margins() -> Margins:
    """Return what makes a difference of the aim matter, as an allocation takes it."""
    return Margins(count=TARGETS.margin)


def _measures(results: Results) -> dict[Key, Measure]:
    return {**dict(measures(results)), _TARGETS_KEY: measure_of(results, TARGETS)}


def _dry(results: Results, place: int) -> date | None:
    days = results.samples.of("dry_day")[:, place]
    dry = days[days >= 0]
    if not len(dry):
        return None
    return results.scenario.days.date_of(int(histogram(np.asarray(dry)).quantile(0.5)))
