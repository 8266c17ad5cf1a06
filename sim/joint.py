"""Joint posteriors: the chances of bureaus, together with what their records share.

How leads are closed, and how long a stage takes, is not known for sure either, and is the same for
several bureaus. A young cohort that grows fast looks like a high chance or like a short delay: learned
one after the other, both would be biased. So each chance is learned at every closing law and every
shift of the delay's median at once.
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
        Likelihood of other records at the nodes, up to a factor.
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
            Log likelihood of other records at the nodes.
        first, second
            How the quantities hang together between bureaus.
        """
        place = np.clip((_log_odds(chance) + _REACH) / (2 * _REACH), 0, 1) * _CELLS
        low = min(int(place.min()), _CELLS - 1)
        high = max(int(np.ceil(place.max())), low + 1)
        fine = (place - low) * _FINER
        n = _FINER * (high - low) + 1
        below = np.minimum(fine.astype(np.int64), n - 2)
        likelihood = np.exp(beside - beside.max())
        parts = (first, second, below, fine - below, likelihood)
        return cls(CHANCES[low : high + 1], *parts, _projected(*parts, n))

    def likelihood(self, log_likelihood: Floats) -> Floats:
        """Return a likelihood at the fine chances, up to a factor, from its log at the coarse."""
        n = len(self.chances)
        at = np.arange(_FINER * (n - 1) + 1) / _FINER
        low = np.minimum(at.astype(np.int64), n - 2)
        log = log_likelihood[..., low] * (1 - (at - low)) + log_likelihood[..., low + 1] * (at - low)
        return np.asarray(np.exp(log - log.max()))

    def weights(self, curves: Floats) -> Floats:
        """Return the weights of the nodes, given those of the fine chances by common parts."""
        each = curves.reshape(len(self.first.common), len(self.second.common), -1)
        found = np.zeros(self.below.shape)
        for j in range(found.shape[1]):
            upon = self.second.given[:, j].nonzero()[0]
            own = np.tensordot(self.second.given[upon, j], each[:, upon], axes=(0, 1))
            nodes, rest = self.below[:, j], self.rest[:, j]
            at = own[:, nodes] * (1 - rest) + own[:, nodes + 1] * rest
            found[:, j] = (self.first.given * at).sum(axis=0) * self.beside[:, j]
        return np.asarray(found / found.sum())

    def read(self, curve: Floats, chance: Floats) -> Floats:
        """Return the logarithm at some chances of a curve over the fine ones."""
        ends = _log_odds(self.chances[[0, -1]])
        at = np.linspace(ends[0], ends[1], len(curve))
        found = np.interp(_log_odds(chance), at, curve)
        return np.asarray(np.log(np.maximum(found, _LOWEST)))


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """How likely each closing law and shift is, and what that makes of the chances.

    Attributes
    ----------
    laws
        Probability of each closing law.
    shifts
        By group of bureaus: weights of its delay's shifts.
    curves
        By bureau: likelihood of the fine chances by common parts, mixed over laws and shifts as
        the other bureaus make them likely; shape (common parts, fine chances).
    """

    laws: Floats
    shifts: tuple[Floats, ...]
    curves: tuple[Floats, ...]


def worlds(
    sheets: Sequence[Sheet],
    log_likelihoods: Sequence[Floats],
    shifts: Sequence[Floats],
    groups: Sequence[int],
) -> Worlds:
    """Weigh closing laws and shifts of delays.

    Parameters
    ----------
    sheets
        By bureau.
    log_likelihoods
        By bureau: of its cohort, shape (laws, shifts, its sheet's chances).
    shifts
        By group: prior weights of the delay's shifts.
    groups
        By bureau: its group. Bureaus of a group have the delay in common.
    """
    likelihoods = [s.likelihood(log) for s, log in zip(sheets, log_likelihoods, strict=True)]
    evidence = [
        np.log(np.maximum(np.tensordot(sheet.prior, own, axes=(1, 2)), _LOWEST))
        for sheet, own in zip(sheets, likelihoods, strict=True)
    ]
    together = [
        np.log(np.maximum(weights, _LOWEST))
        + sum(own for own, g in zip(evidence, groups, strict=True) if g == group)
        for group, weights in enumerate(shifts)
    ]
    say = [logsumexp(own, axis=2) for own in together]
    with np.errstate(divide="ignore"):
        common = np.log(np.outer(sheets[0].first.common, sheets[0].second.common)).ravel()
    whole = common[:, np.newaxis] + sum(say)
    whole = whole - logsumexp(whole)
    curves = []
    for own, likelihood, group in zip(evidence, likelihoods, groups, strict=True):
        others = np.exp((whole - say[group])[:, :, np.newaxis] + together[group] - own)
        curves.append(np.tensordot(others, likelihood, axes=2))
    return Worlds(
        np.exp(whole).sum(axis=0),
        tuple(
            np.exp((whole - said)[:, :, np.newaxis] + own).sum(axis=(0, 1))
            for own, said in zip(together, say, strict=True)
        ),
        tuple(curves),
    )


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


def _log_odds(chance: Floats) -> Floats:
    p = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p) - np.log1p(-p))
