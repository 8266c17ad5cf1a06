"""Joint posteriors: the chances of bureaus, together with what their records share.

How leads are closed, and how long a stage takes, is not known for sure either, and is the same for
several bureaus. A young cohort that grows fast looks like a high chance or like a short delay:
learned one after the other, both would be biased. So each chance is learned at every closing law
and every shift of the delay's median at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import logsumexp

from sim.posterior import SINGLE, Floats, Kinship

_REACH: Final = 7.0
_CELLS: Final = 140
_FINER: Final = 4
"""Between chances the logarithm of a likelihood is straight; so finely, so is the likelihood."""

CHANCES: Floats = 1 / (1 + np.exp(-np.linspace(-_REACH, _REACH, _CELLS + 1)))
"""Chances at which cohorts are judged, evenly spaced in their log odds."""

_LOWEST: Final = 1e-290


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The nodes of a bureau's two quantities, and where their chances lie.

    Attributes
    ----------
    chances
        Those of ``CHANCES`` that the nodes lie between: where the cohort is to be judged.
    first, second
        How the quantities hang together between bureaus.
    below, rest
        For each node the fine chance below it, and how far it is to the next, in parts of a step.
    beside
        Likelihood of other records at the nodes, up to a factor; like the two above of shape
        (nodes of the first, nodes of the second).
    prior
        Prior weights of the fine chances, by common parts, other records included: shape (common
        parts, fine chances).
    """

    chances: Floats
    first: Kinship
    second: Kinship
    below: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    rest: Floats
    beside: Floats
    prior: Floats

    @classmethod
    def of(cls, chance: Floats, beside: Floats, first: Kinship, second: Kinship = SINGLE) -> Sheet:
        """Return the sheet of a bureau.

        Parameters
        ----------
        chance
            At the nodes of the two quantities, shape (nodes of the first, of the second).
        beside
            Log likelihood of other records at the nodes, of the same shape.
        first, second
            How the quantities hang together between bureaus.
        """
        place = _place(chance)
        low = min(int(place.min()), _CELLS - 1)
        high = max(int(np.ceil(place.max())), low + 1)
        fine = (place - low) * _FINER
        n = _FINER * (high - low) + 1
        below = np.minimum(fine.astype(np.int64), n - 2)
        likelihood = np.exp(beside - beside.max())
        parts = (first, second, below, fine - below, likelihood)
        return cls(CHANCES[low : high + 1], *parts, _projected(*parts, n))

    def likelihood(self, log_likelihood: Floats) -> Floats:
        """Return a likelihood at the fine chances, up to a factor, from its log at ``chances``."""
        return _between(log_likelihood, np.arange(_FINER * (len(self.chances) - 1) + 1) / _FINER)

    def evidence(self, likelihood: Floats) -> Floats:
        """Return the likelihood of all records by common parts, closing laws and shifts.

        Parameters
        ----------
        likelihood
            Of the cohort: shape (laws, shifts, fine chances).
        """
        return np.tensordot(self.prior, likelihood, axes=(1, 2))

    def weights(self, others: Floats, likelihood: Floats) -> Floats:
        """Return the weights of the nodes.

        Parameters
        ----------
        others
            As in :class:`Worlds`.
        likelihood
            Of the cohort: shape (laws, shifts, fine chances).
        """
        curves = np.tensordot(others, likelihood, axes=2)
        each = curves.reshape(len(self.first.common), len(self.second.common), -1)
        found = np.zeros(self.below.shape)
        for j in range(found.shape[1]):
            upon = self.second.given[:, j].nonzero()[0]
            own = np.tensordot(self.second.given[upon, j], each[:, upon], axes=(0, 1))
            nodes, rest = self.below[:, j], self.rest[:, j]
            at = own[:, nodes] * (1 - rest) + own[:, nodes + 1] * rest
            found[:, j] = (self.first.given * at).sum(axis=0) * self.beside[:, j]
        return np.asarray(found / found.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """How likely each closing law and shift is.

    Attributes
    ----------
    laws
        Probability of each closing law, shape (laws,).
    shifts
        By group of bureaus: weights of its delay's shifts.
    others
        By bureau: how likely the other bureaus and the prior make each common part, law and shift,
        shape (common parts, laws, shifts).
    """

    laws: Floats
    shifts: tuple[Floats, ...]
    others: tuple[Floats, ...]


def worlds(
    evidence: Sequence[Floats], common: Floats, shifts: Sequence[Floats], groups: Sequence[int]
) -> Worlds:
    """Weigh closing laws and shifts of delays.

    Parameters
    ----------
    evidence
        By bureau: likelihood of its records, up to a factor, at each common part, closing law and
        shift of its group's delay: shape (common parts, laws, shifts).
    common
        Prior weights of the common parts. The laws are equally likely.
    shifts
        By group: prior weights of the delay's shifts.
    groups
        By bureau: its group. Bureaus of a group have the delay in common.
    """
    logs = [np.log(np.maximum(own, _LOWEST)) for own in evidence]
    together = [
        np.log(np.maximum(weights, _LOWEST))
        + sum(own for own, g in zip(logs, groups, strict=True) if g == group)
        for group, weights in enumerate(shifts)
    ]
    say = [logsumexp(own, axis=2) for own in together]
    whole = np.log(np.maximum(common, _LOWEST))[:, np.newaxis] + sum(say)
    whole = whole - logsumexp(whole)
    at = [(whole - said)[:, :, np.newaxis] + own for said, own in zip(say, together, strict=True)]
    others = [at[group] - own for own, group in zip(logs, groups, strict=True)]
    return Worlds(
        np.exp(whole).sum(axis=0),
        tuple(np.exp(own).sum(axis=(0, 1)) for own in at),
        tuple(np.exp(own - own.max()) for own in others),
    )


def at_chances(log_likelihood: Floats, chance: Floats) -> Floats:
    """Return a likelihood at some chances, up to a factor, from its logarithm at ``CHANCES``.

    Parameters
    ----------
    log_likelihood
        Shape (n, chances).
    chance
        Any shape.

    Returns
    -------
    ndarray
        Shape (n, *shape of ``chance``).
    """
    return _between(log_likelihood, _place(chance))


def _place(chance: Floats) -> Floats:
    """Return where chances lie among ``CHANCES``, counted in steps."""
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    log_odds = np.log(p) - np.log1p(-p)
    return np.asarray(np.clip((log_odds + _REACH) / (2 * _REACH), 0, 1) * _CELLS)


def _between(log_likelihood: Floats, place: Floats) -> Floats:
    """Return a likelihood, up to a factor, at places along its logarithm's last axis."""
    low = np.minimum(place.astype(np.int64), log_likelihood.shape[-1] - 2)
    rest = place - low
    log = log_likelihood - log_likelihood.max()
    return np.asarray(np.exp(log[..., low] * (1 - rest) + log[..., low + 1] * rest))


def _projected(
    first: Kinship,
    second: Kinship,
    below: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    rest: Floats,
    beside: Floats,
    n: int,
) -> Floats:
    """Return the prior weights of the fine chances by common parts."""
    found = np.zeros((len(second.common), len(first.common), n))
    rows = np.arange(len(below))
    for j in range(below.shape[1]):
        split = np.zeros((len(rows), n))
        split[rows, below[:, j]] = (1 - rest[:, j]) * beside[:, j]
        split[rows, below[:, j] + 1] = rest[:, j] * beside[:, j]
        upon = second.given[:, j].nonzero()[0]
        own = first.given @ split
        found[upon] += second.given[upon, j, np.newaxis, np.newaxis] * own
    return found.transpose(1, 0, 2).reshape(-1, n)
