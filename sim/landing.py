"""Landing: how many contracts are registered and started, and how long both take, learned together.

Started ones are registered: the chance to start bounds the share of registered ones that do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.delays import Delay, Settled, settled
from sim.joint import CHANCES, at_chances, worlds
from sim.posterior import Floats, Kinship, Posterior
from sim.waiting import Stage

Shifts = tuple[Floats, ...]
"""By group of bureaus: weights of a delay's shifts."""


@dataclass(frozen=True, slots=True, eq=False)
class Landing:
    """What was learned of landing.

    Attributes
    ----------
    posterior
        Of the chances to be registered and to start.
    registration, start
        By group of bureaus: the two delays.
    """

    posterior: Posterior
    registration: Settled
    start: Settled


def landing(
    stages: Sequence[tuple[Stage, Stage]],
    chances: Sequence[tuple[Floats, Floats]],
    first: Kinship,
    second: Kinship,
    delays: tuple[Sequence[Delay], Sequence[Delay]],
    groups: Sequence[int],
) -> Landing:
    """Learn both chances and both delays.

    Parameters
    ----------
    stages
        By bureau: contracts that are registered or not, registered ones that start or not.
    chances
        By bureau: values at the nodes of the chances that a contract is registered, and started.
    first, second
        How the chances hang together between bureaus.
    delays
        Of registration and of start, by group, before anything is learned.
    groups
        By bureau: its group. Bureaus of a group have both delays in common.
    """
    n = len(delays[0])

    def weigh(some: Sequence[Delay]) -> tuple[Posterior, Shifts]:
        likelihoods = [
            (
                _likelihood(contracts, some[g], registered),
                _likelihood(landed, some[n + g], _then(registered, started)),
            )
            for (contracts, landed), (registered, started), g in zip(
                stages, chances, groups, strict=True
            )
        ]
        pairs = [(some[g].weights, some[n + g].weights) for g in range(n)]
        found, registration, start = both_chances(likelihoods, first, second, pairs, groups)
        return found, (*registration, *start)

    both, found = settled([*delays[0], *delays[1]], weigh)
    return Landing(found, both[:n], both[n:])


def both_chances(
    likelihoods: Sequence[tuple[Floats, Floats]],
    first: Kinship,
    second: Kinship,
    shifts: Sequence[tuple[Floats, Floats]],
    groups: Sequence[int],
) -> tuple[Posterior, Shifts, Shifts]:
    """Learn both chances at every pair of shifts of the two delays.

    Parameters
    ----------
    likelihoods
        By bureau, up to a factor: of what was registered, shape (shifts, nodes of the first); of
        what was started, shape (shifts, nodes of the first, nodes of the second).
    first, second
        How the chances hang together between bureaus.
    shifts
        By group: prior weights of the shifts of either delay.
    groups
        By bureau: its group.

    Returns
    -------
    Posterior
        Of the chances.
    tuple of ndarray
        By group: weights of the first delay's shifts, and of the second's.
    """
    some = [one[:, np.newaxis] * first.given for one, _ in likelihoods]
    then = [np.einsum("bs,jrs->jbr", second.given, own, optimize=True) for _, own in likelihoods]
    evidence = [
        np.einsum("iar,jbr->abij", own, after, optimize=True).reshape(
            -1, 1, own.shape[0] * after.shape[0]
        )
        for own, after in zip(some, then, strict=True)
    ]
    pairs = [np.outer(a, b).ravel() for a, b in shifts]
    found = worlds(evidence, np.outer(first.common, second.common).ravel(), pairs, groups)
    weights = []
    for own, (_, after), others in zip(some, likelihoods, found.others, strict=True):
        each = others.reshape(len(first.common), len(second.common), own.shape[0], after.shape[0])
        upon = np.einsum("abij,iar->bjr", each, own, optimize=True)
        spread = np.einsum("bjr,bs->jrs", upon, second.given, optimize=True)
        at = (spread * after).sum(axis=0)
        weights.append(at / at.sum())
    both = [
        weight.reshape(len(a), len(b)) for weight, (a, b) in zip(found.shifts, shifts, strict=True)
    ]
    return (
        Posterior(np.stack(weights)),
        tuple(x.sum(axis=1) for x in both),
        tuple(x.sum(axis=0) for x in both),
    )


def _then(registered: Floats, started: Floats) -> Floats:
    """Return the chance that a registered contract starts, at the nodes of both."""
    both = np.minimum.outer(registered, started)
    return np.asarray(both / np.maximum(registered, 1e-9)[:, np.newaxis])


def _likelihood(stage: Stage, delay: Delay, chance: Floats) -> Floats:
    """Return a stage's likelihood at some chances, up to a factor, by shift of its delay."""
    [log] = stage.cohort(delay.lasts(stage.lengths)).log_likelihood(CHANCES)
    return at_chances(log, chance)
