"""Proper scores: how good forecasts were, once what came is known.

A score is a loss, smaller is better, and proper: who believes a law loses least in expectation by
telling that law (Gneiting and Raftery 2007, doi:10.1198/016214506000001437). Plain arrays in and
out; a score has one value a forecast, so that the caller takes means over what belongs together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from sim.interval import estimate_count

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

GROUPS: Final = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Edges of the groups that probabilities are put into; each holds its lower edge, the last both."""

LEVELS: Final = (0.5, 0.8, 0.9)
"""Central intervals whose coverage is looked at."""

BINS: Final = 10
"""Most bins of PIT values."""

PER_BIN: Final = 5
"""Fewest values expected in a bin for chi-square to hold (Cochran 1954, doi:10.2307/3001616)."""

_SAME: Final = 1e-9


def brier(p: ArrayLike, came: ArrayLike) -> Floats:
    """Return the squared distance of each probability from what came (Brier 1950).

    From 0 to 1; a forecaster who always says one half has 0.25.
    """
    return (_shares(p) - np.asarray(came, np.float64)) ** 2


def brier_skill(p: ArrayLike, came: ArrayLike, base: ArrayLike) -> float:
    """Return the share of a reference's mean Brier score that the forecasts save.

    1: perfect; 0: no better than saying the base rate; negative: worse.

    Parameters
    ----------
    p, came
        Probabilities and what came.
    base
        What the reference says: one base rate, or one a forecast. It must not be taken from
        ``came``: nobody knew it.

    Raises
    ------
    ValueError
        When the reference was never wrong, so that nothing can be saved.
    """
    reference = float(brier(np.broadcast_to(base, np.shape(p)), came).mean())
    if reference == 0:
        msg = "base: found a reference without any loss; allowed: one that can be bettered"
        raise ValueError(msg)
    return 1 - float(brier(p, came).mean()) / reference


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A mean Brier score in parts: ``reliability - resolution + uncertainty + within``.

    Attributes
    ----------
    brier
        The mean score.
    reliability
        Mean squared distance of the groups' mean probabilities from their shares; 0 is best. By
        chance alone it is not 0: of n forecasts in G groups it is about G times uncertainty / n.
    resolution
        Mean squared distance of the groups' shares from the overall share; more is better.
    uncertainty
        Loss of saying the overall share each time.
    within
        What is left because probabilities differ within a group (Stephenson et al. 2008,
        doi:10.1175/2007WAF2006116.1); 0 where they do not.
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float

    def to_json(self) -> dict[str, float]:
        """Return plain data."""
        return asdict(self)


def murphy(p: ArrayLike, came: ArrayLike, edges: Sequence[float] = GROUPS) -> Decomposition:
    """Take a mean Brier score apart over groups of probabilities.

    Source: Murphy (1973), doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2.
    """
    said, hit = _shares(p), np.asarray(came, np.float64)
    group, n = _group(said, edges), len(said)
    size = np.bincount(group, minlength=len(edges) - 1)
    some = size > 0
    mean_p = np.bincount(group, said, len(size))[some] / size[some]
    share = np.bincount(group, hit, len(size))[some] / size[some]
    weight, overall = size[some] / n, float(hit.mean())
    mean = float(brier(said, hit).mean())
    reliability = float(weight @ (mean_p - share) ** 2)
    resolution = float(weight @ (share - overall) ** 2)
    uncertainty = overall * (1 - overall)
    within = mean - (reliability - resolution + uncertainty)
    return Decomposition(mean, reliability, resolution, uncertainty, within)


def log_score(p: ArrayLike, came: ArrayLike, edge: float) -> Floats:
    """Return minus the logarithm of the probability given to what came (Good 1952), in nats.

    Parameters
    ----------
    p, came
        Probabilities and what came.
    edge
        Probabilities nearer to 0 or 1 are moved to it: a share of ``n`` futures says no more than
        about ``1 / (2 n + 2)``, and one miss said to be impossible would be an infinite loss.

    Raises
    ------
    ValueError
        When the edge is not above 0 and below one half.
    """
    if not 0 < edge < 0.5:
        msg = f"edge: found {edge}; allowed: above 0 and below 0.5"
        raise ValueError(msg)
    said = np.clip(_shares(p), edge, 1 - edge)
    return np.asarray(-np.log(np.where(np.asarray(came, np.bool_), said, 1 - said)))


def pinball(quantile: ArrayLike, at: ArrayLike, came: ArrayLike) -> Floats:
    """Return the loss of a quantile told for a share, in the unit of what came.

    ``at`` times what it lacks, or ``1 - at`` times what it has too much (Koenker and Bassett 1978).
    """
    level = _shares(at)
    error = np.asarray(came, np.float64) - np.asarray(quantile, np.float64)
    return np.asarray(np.abs(np.where(error >= 0, level, 1 - level) * error))


def quantile_score(quantiles: ArrayLike, at: ArrayLike, came: ArrayLike) -> Floats:
    """Return twice the mean pinball loss over the quantiles told, in the unit of what came.

    With evenly spaced quantiles from 1 % to 99 % it is the continuous ranked probability score
    (CRPS), which is twice the integral of the pinball loss over all shares (Gneiting and Ranjan
    2011, doi:10.1198/jbes.2010.08110): exact for a law that is one value, where it is the absolute
    error, and about 1 % too large for a wide one. With few quantiles it is a score of these alone:
    only scores of the same shares can be compared.

    Parameters
    ----------
    quantiles
        Not falling along the last axis, shape (..., shares).
    at
        The shares, rising, shape (shares,).
    came
        Shape (...).
    """
    told, level = _told(quantiles, at)
    each = pinball(told, level, np.asarray(came, np.float64)[..., None])
    return np.asarray(2 * each.mean(axis=-1))


def interval_score(low: ArrayLike, high: ArrayLike, level: float, came: ArrayLike) -> Floats:
    """Return the width of a central interval and a fine for what lies outside (Winkler 1972).

    The fine is ``2 / (1 - level)`` times the distance to the interval (Gneiting and Raftery 2007,
    equation 43), so that neither wide nor bold intervals pay. In the unit of what came.
    """
    down, up, true = (np.asarray(x, np.float64) for x in (low, high, came))
    outside = np.maximum(down - true, 0) + np.maximum(true - up, 0)
    return np.asarray(up - down + 2 / (1 - level) * outside)


def covered(low: ArrayLike, high: ArrayLike, came: ArrayLike) -> Bools:
    """Return whether what came lies within an interval, its ends included.

    A calibrated interval covers at least what it says: more where single values have weight.
    """
    true = np.asarray(came, np.float64)
    return np.asarray((np.asarray(low) <= true) & (true <= np.asarray(high)))


def pit(quantiles: ArrayLike, at: ArrayLike, came: ArrayLike) -> tuple[Floats, Floats]:
    """Return between which shares what came lies: the interval of its PIT value.

    The law's share below what came, and not above it, as closely as the quantiles tell: from the
    last share whose quantile is smaller (0: none is) to the first whose quantile is larger (1).
    For values with weight, counts above all, the interval is what the law itself leaves open;
    nothing is randomised (Czado, Gneiting and Held 2009, doi:10.1111/j.1541-0420.2009.01191.x).

    Parameters
    ----------
    quantiles, at, came
        As for :func:`quantile_score`.
    """
    told, level = _told(quantiles, at)
    true = np.asarray(came, np.float64)[..., None]
    edges = np.concatenate([[0.0], level, [1.0]])
    return edges[(told < true).sum(axis=-1)], edges[(told <= true).sum(axis=-1) + 1]


def mid_pit(low: ArrayLike, high: ArrayLike) -> Floats:
    """Return the middle of PIT intervals (the mid-P value; Lancaster 1961): 0.5 on average."""
    return np.asarray((np.asarray(low, np.float64) + np.asarray(high, np.float64)) / 2)


def pit_histogram(low: ArrayLike, high: ArrayLike, bins: int = BINS) -> Floats:
    """Return the share of PIT values in each of equal bins; even where forecasts are calibrated.

    Each interval is spread evenly over the bins that it meets (Czado et al. 2009): hump: forecasts
    too wide; trough: too narrow; a slope: too low or too high.
    """
    edges = np.linspace(0, 1, bins + 1)
    down, up = (np.atleast_1d(np.asarray(x, np.float64))[:, None] for x in (low, high))
    width = up - down
    inside = np.clip(edges - down, 0, width) / np.where(width > 0, width, 1)
    # An interval of no width is one value, which lies in the bin that begins with it.
    point = (edges > np.minimum(down, 1 - _SAME)).astype(np.float64)
    upto = np.where(width > 0, inside, point)
    return np.asarray(np.diff(upto, axis=1).mean(axis=0))


@dataclass(frozen=True, slots=True)
class Uniformity:
    """A test of whether PIT values are uniform.

    Attributes
    ----------
    n, bins
        Values, and bins they were counted in.
    chi_square
        Pearson's statistic.
    p
        Chance of one at least as large where forecasts are calibrated and values independent.
    """

    n: int
    bins: int
    chi_square: float
    p: float

    def to_json(self) -> dict[str, float]:
        """Return plain data."""
        return asdict(self)


def uniformity(low: ArrayLike, high: ArrayLike) -> Uniformity | None:
    """Test whether PIT values are uniform; None where they are too few to tell.

    Pearson's test on :func:`pit_histogram`, with as many bins as hold :data:`PER_BIN` values each,
    at most :data:`BINS`. Wide intervals (coarse counts) even the bins out, so that the test then
    rejects less often than it says, never more.
    """
    n = int(np.size(low))
    bins = min(BINS, n // PER_BIN)
    if bins < 2:
        return None
    shares = pit_histogram(low, high, bins)
    statistic = float(n * bins * ((shares - 1 / bins) ** 2).sum())
    return Uniformity(n, bins, statistic, float(chdtrc(bins - 1, statistic)))


def calibration_table(
    p: ArrayLike, came: ArrayLike, edges: Sequence[float] = GROUPS
) -> pd.DataFrame:
    """Return how often what was said to be so likely came, a row a group that is not empty.

    Columns ``low_edge, high_edge, n, said`` (mean probability), ``reached`` (how many), ``share``
    and ``low, high`` (its 95 % interval, :func:`sim.interval.estimate_count`, which takes the
    forecasts as independent).
    """
    said, hit = _shares(p), np.asarray(came, np.bool_)
    group, rows = _group(said, edges), []
    for i in np.unique(group):
        own = group == i
        found = estimate_count(int(hit[own].sum()), int(own.sum()))
        told = (edges[i], edges[i + 1], found.n, float(said[own].mean()))
        rows.append((*told, found.k, found.p, found.low, found.high))
    return pd.DataFrame(
        rows,
        columns=["low_edge", "high_edge", "n", "said", "reached", "share", "low", "high"],
    )


def _group(p: Floats, edges: Sequence[float]) -> NDArray[np.int64]:
    """Return the group of each probability."""
    inner = np.asarray(edges[1:-1], np.float64)
    return np.asarray(np.searchsorted(inner, p, side="right"), np.int64)


def _shares(p: ArrayLike) -> Floats:
    found = np.asarray(p, np.float64)
    wrong = found[~((found >= 0) & (found <= 1))]
    if wrong.size:
        msg = f"probability: found {wrong.flat[0]}; allowed: 0 to 1"
        raise ValueError(msg)
    return found


def _told(quantiles: ArrayLike, at: ArrayLike) -> tuple[Floats, Floats]:
    told, level = np.asarray(quantiles, np.float64), _shares(at)
    if told.shape[-1:] != level.shape:
        msg = f"quantiles: found shape {told.shape}; allowed: (..., {len(level)})"
        raise ValueError(msg)
    if (np.diff(level) <= 0).any() or (np.diff(told, axis=-1) < 0).any():
        msg = "quantiles: found falling ones; allowed: rising shares and quantiles that never fall"
        raise ValueError(msg)
    return told, level
