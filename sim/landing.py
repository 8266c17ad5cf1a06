"""Landing: how many contracts are registered and started, and how long both take, learned together.

Started ones are registered: the chance to start bounds the share of registered ones that do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.joint import worlds
from sim.posterior import Floats, Kinship


@dataclass(frozen=True, slots=True, eq=False)
class Landing:
    """What was learned of landing.

    Attributes
    ----------
    weights
        By bureau: weights of the nodes of both chances.
    shifts
        By delay (registration, start), then by group of bureaus: weights of its shifts.
    """

    weights: tuple[Floats, ...]
    shifts: tuple[tuple[Floats, ...], tuple[Floats, ...]]


def landing(
    likelihoods: Sequence[tuple[Floats, Floats]],
    first: Kinship,
    second: Kinship,
    shifts: Sequence[tuple[Floats, Floats]],
    groups: Sequence[int],
) -> Landing:
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
        By bureau: its group. Bureaus of a group have both delays in common.
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
    return Landing(
        tuple(weights),
        (tuple(x.sum(axis=1) for x in both), tuple(x.sum(axis=0) for x in both)),
    )
