"""Passing: how many leads pass a stage, how long it takes, and how the others are closed.

Learned together: a young cohort that grows fast looks like a high chance or like a short delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.closing import Closing
from sim.cohort import CLOSINGS
from sim.delays import Delay, Settled, settled
from sim.joint import Sheet, Worlds, worlds
from sim.posterior import Floats, Posterior
from sim.waiting import Stage


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """What was learned of passing a stage.

    Attributes
    ----------
    posterior
        Of the two quantities that the chance is made of.
    closing
        When leads that will not pass are recorded lost, on average over the laws held possible.
    delays
        By group of bureaus: the stage's delay.
    """

    posterior: Posterior
    closing: Closing
    delays: Settled


def passing(
    stages: Sequence[Stage],
    sheets: Sequence[Sheet],
    delays: Sequence[Delay],
    groups: Sequence[int],
) -> Passing:
    """Learn a chance at every closing law and shift of the delay, and both of these.

    Parameters
    ----------
    stages
        By bureau: leads that passed or not.
    sheets
        By bureau: the two quantities, and the chance that they come to.
    delays
        By group, before anything is learned.
    groups
        By bureau: its group. Bureaus of a group have the delay in common.
    """
    common = np.outer(sheets[0].first.common, sheets[0].second.common).ravel()

    def weigh(some: Sequence[Delay]) -> tuple[tuple[list[Floats], Worlds], Sequence[Floats]]:
        each = []
        for sheet, stage, group in zip(sheets, stages, groups, strict=True):
            cohort = stage.cohort(some[group].lasts(stage.lengths))
            each.append(sheet.likelihood(cohort.log_likelihood(sheet.chances, CLOSINGS)))
        evidence = [sheet.evidence(own) for sheet, own in zip(sheets, each, strict=True)]
        what = worlds(evidence, common, [delay.weights for delay in some], groups)
        return (each, what), what.shifts

    known, (each, what) = settled(delays, weigh)
    weights = [
        sheet.weights(others, own)
        for sheet, others, own in zip(sheets, what.others, each, strict=True)
    ]
    share = float(what.laws @ np.array([law.share for law in CLOSINGS]))
    median_days = float(np.exp(what.laws @ np.log([law.median_days for law in CLOSINGS])))
    return Passing(Posterior(np.stack(weights)), Closing(share, median_days), known)
