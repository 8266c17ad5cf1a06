"""Posteriors on grids: what records make of a prior, without a generator.

A prior is held at nodes spaced evenly in its normal score, so that any distribution of a scenario
will do and its tails are covered. Two quantities may be learned together; each is a bureau's own,
partly common to the bureaus, or one for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

from scenarios.assumptions import Beta, Discrete, Fixed, LogNormal, Triangular
from sim.assumptions import quantiles

Floats = NDArray[np.float64]
Prior = Fixed | LogNormal | Beta | Triangular | Discrete

REACH: Final = 4.8
SCORES: Floats = np.linspace(-REACH, REACH, 161)
"""Normal scores of the nodes."""

_DENSITY: Floats = np.exp(-0.5 * SCORES**2)
WEIGHTS: Floats = _DENSITY / _DENSITY.sum()
"""Prior weights of the nodes."""

_COMMON: Final = slice(None, None, 4)
"""Nodes of what bureaus have in common are four times as far apart."""


def values_of(prior: Prior) -> Floats:
    """Return a prior's values at the nodes."""
    return quantiles(prior, ndtr(SCORES))


def product_of(a: Prior, b: Prior) -> Floats:
    """Return the values at the nodes of the product of two independent quantities."""
    products = np.outer(values_of(a), values_of(b)).ravel()
    order = np.argsort(products, kind="stable")
    weights = np.outer(WEIGHTS, WEIGHTS).ravel()[order]
    return np.interp(ndtr(SCORES), np.cumsum(weights) - weights / 2, products[order])


@dataclass(frozen=True, slots=True, eq=False)
class Kinship:
    """What bureaus have in common of a quantity.

    Attributes
    ----------
    common
        Prior weights of the common part's nodes, shape (m,).
    given
        Weights of the quantity's nodes given the common part, shape (m, nodes).
    """

    common: Floats
    given: Floats


def kinship(shared: bool, pooling: float = 0.0) -> Kinship:
    """Return how a quantity hangs together between bureaus.

    Parameters
    ----------
    shared
        One value for all bureaus.
    pooling
        Share of the variance (of the normal score) that bureaus have in common, 0 to below 1: each
        bureau's prior stays what it is, whatever the share.

    Raises
    ------
    ValueError
        When the share lies outside.
    """
    if not 0 <= pooling < 1:
        msg = f"pooling: found {pooling:g}; allowed: 0 or more, below 1"
        raise ValueError(msg)
    if shared:
        return Kinship(WEIGHTS, np.eye(len(SCORES)))
    if pooling == 0:
        return Kinship(np.ones(1), WEIGHTS[np.newaxis])
    common = WEIGHTS[_COMMON] / WEIGHTS[_COMMON].sum()
    centre = np.sqrt(pooling) * SCORES[_COMMON, np.newaxis]
    given = np.exp(-0.5 * (SCORES - centre) ** 2 / (1 - pooling))
    return Kinship(common, given / given.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Weights of the nodes of two quantities, by bureau.

    Attributes
    ----------
    weights
        Shape (bureaus, nodes of the first, nodes of the second), each bureau adding up to 1.
    """

    weights: Floats

    @property
    def first(self) -> Floats:
        """Weights of the first quantity alone, shape (bureaus, nodes)."""
        return np.asarray(self.weights.sum(axis=2))

    @property
    def second(self) -> Floats:
        """Weights of the second quantity alone, shape (bureaus, nodes)."""
        return np.asarray(self.weights.sum(axis=1))


SINGLE: Final = Kinship(np.ones(1), np.ones((1, 1)))
"""A second quantity that there is not."""


def posterior(log_likelihood: Floats, first: Kinship, second: Kinship = SINGLE) -> Posterior:
    """Return the posterior of two quantities of each bureau.

    Parameters
    ----------
    log_likelihood
        Shape (bureaus, nodes of the first, nodes of the second).
    first, second
        How they hang together between bureaus.
    """
    top = log_likelihood.max(axis=(1, 2), keepdims=True)
    likelihood = np.exp(log_likelihood - top)
    explained = first.given @ likelihood @ second.given.T
    with np.errstate(divide="ignore"):
        log_common = np.log(np.outer(first.common, second.common)) + np.log(explained).sum(axis=0)
    common = np.exp(log_common - logsumexp(log_common))
    share = np.divide(common, explained, out=np.zeros_like(explained), where=explained > 0)
    weights = likelihood * (first.given.T @ share @ second.given)
    return Posterior(weights)


def moments(values: Floats, weights: Floats) -> tuple[float, float]:
    """Return mean and variance of values with weights that add up to 1."""
    mean = float((values * weights).sum())
    return mean, float((weights * (values - mean) ** 2).sum())


def beta_of(mean: float, variance: float) -> Beta:
    """Return the Beta with a mean and a variance; both are kept inside what a Beta can be."""
    mean = min(max(mean, 1e-6), 1 - 1e-6)
    size = mean * (1 - mean) / max(variance, 1e-12) - 1
    size = max(size, 1e-3)
    return Beta(a=mean * size, b=(1 - mean) * size)


def lognormal_of(values: Floats, weights: Floats) -> LogNormal:
    """Return the log-normal with the mean and variance of the logarithm of some values."""
    mean, variance = moments(np.log(values), weights)
    return LogNormal(median=float(np.exp(mean)), sigma=min(3.0, max(1e-6, variance**0.5)))


def lognormal_with(mean: float, squared_cv: float) -> LogNormal:
    """Return the log-normal with a mean and a squared coefficient of variation."""
    spread = max(float(np.log1p(squared_cv)), 1e-12)
    return LogNormal(median=mean * float(np.exp(-spread / 2)), sigma=min(3.0, spread**0.5))
