"""Selection: which of several systems is best, from batches simulated in the same futures.

A system is whatever gives one number a future, such as a split of the budget. Splits whose bureaus
depend on each other cannot be found bureau by bureau: they are simulated as a whole, thousands of
them a little (:func:`screened`), at most :data:`MAX_SYSTEMS` until it is clear (:func:`select`).
What is observed are batch means (:func:`batch_means`), what is compared are differences between
two systems batch by batch: what the futures have in common cancels out.

Nothing is drawn here: ``observe`` simulates, and batches with the same numbers are the same futures
for every system.

**Selection** is fully sequential: after ``n0`` batches one batch at a time of those still alive.
With X(r) the mean difference between l and s over r batches and S² its sample variance over the
first ``n0``, everything rests on one bound on how much better l may be,

    U(l, s) = X(r) + a / r + delta / 2,  a = eta (n0 - 1) S² / delta.

- ``"correct"`` is the procedure KN of Kim and Nelson (2001, doi:10.1145/502109.502111; 2006,
  doi:10.1016/S0927-0507(06)13017-0) with c = 1: l is eliminated as soon as some s has
  U(l, s) < delta, or the larger mean once r >= 2 a / delta, with (1 + 2 eta)^(-(n0 - 1) / 2) =
  2 alpha / (k - 1). *If the best is better than every other by delta or more, it is selected with
  probability 1 - alpha.* Where others are closer nothing is proven for more than two systems: one
  that is close may eliminate the best and be eliminated by one that is not. The tests measure that
  the selected one is within delta even so.
- ``"good"`` goes on until that is proven. With (1 + 2 eta)^(-(n0 - 1) / 2) = alpha / (k - 1) all
  U(best, s) hold at once, and at every r, with probability 1 - alpha: given S², which does not
  depend on the sums, a Brownian motion of variance sigma² per batch ever passes a line a + r b with
  probability exp(-2 a b / sigma²), and S² / sigma² is chi-squared. It ends when some s has
  U(l, s) <= delta for all l; l is eliminated where some U(l, s) < 0, for then it is not the best,
  or where U(l, s) <= delta for every s alive, for then it is not needed. *Whatever the means, the
  selected one is less than delta below the best with probability 1 - alpha*, so also the best
  where that is better by delta. Ends of this kind: Fan, Hong and Nelson (2016,
  doi:10.1287/opre.2016.1530). It is over about a fifth later than KN, and
  simulates up to three times as many batches in all where many systems are equally good.

Either guarantee assumes independent batches and normal batch means: of :data:`BATCH` futures or
more where one future gives yes or no, and of whole groups where futures share parameters. Common
random numbers are allowed (Bonferroni over pairs), and cut the batches as far as they cut S².

**Screening** is subset selection with paired variances (Gupta 1965,
doi:10.1080/00401706.1965.10490251; Nelson, Swann, Goldsman and Song 2001,
doi:10.1287/opre.49.6.950.10019): *the best is kept with probability 1 - alpha*, whatever the means;
how many others are kept is not said. Around a flat optimum they are many. With a tolerance those
kept are thinned: from the highest down, whoever may be better than one already taken by no more
than the tolerance is left out. All bounds on how much better the best may be than another hold at
once, so *one at most the tolerance below the best is kept with probability 1 - alpha*.

Where both are used, each gets half the error: ``screened(..., alpha / 2)`` on some batches, then
``select(..., alpha=alpha / 2, first_batch=...)`` on later ones. The best is lost in the one with
probability alpha / 2 and in the other with as much, so both hold with probability 1 - alpha; a
tolerance and the delta of a good selection add up. The batches must be fresh: those that decided
who survived flatter the survivors.

The selected system's mean over these batches is not returned: it was selected for being high. Its
value is estimated on other futures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

MAX_SYSTEMS: Final = 20
"""Systems among which one is selected; more are screened before."""

FIRST_BATCHES: Final = 20
"""Batches of the first stage, at least: fewer say too little about a variance."""

BATCH: Final = 30
"""Futures in a batch, at least, where one future gives yes or no."""

CAP: Final = 2_000
"""Batches of a system after which no more are simulated, by default."""

ROWS: Final = 512
"""Systems screened at a time, which bounds the memory."""

Floats = NDArray[np.float64]
Guarantee = Literal["correct", "good"]
"""The best where it is better by delta; or one less than delta below it, whatever the means."""


class Observe(Protocol):
    """Simulates batches: the same numbers again when asked again."""

    def __call__(self, systems: Sequence[int], first_batch: int, count: int) -> Floats:
        """Return batch means, shape (systems, count), from the batch numbered ``first_batch``."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Which system was selected, and how surely.

    Attributes
    ----------
    best
        The selected one; of equal ones the first given.
    alive
        Those not eliminated, in the order given, the selected one among them.
    eliminated
        Batches after which each of the others was eliminated.
    batches
        Of each system alive.
    used
        Of all systems together.
    guaranteed
        Whether the guarantee holds; not where the cap was reached before.
    gap
        How much better the best of all may be than the selected one, at the most: holds with
        probability 1 - alpha whatever the means, also where the cap was reached.
    """

    best: int
    alive: tuple[int, ...]
    eliminated: Mapping[int, int]
    batches: int
    used: int
    guaranteed: bool
    gap: float


def select(
    observe: Observe,
    systems: Sequence[int],
    *,
    delta: float,
    alpha: float = 0.05,
    n0: int = FIRST_BATCHES,
    cap: int = CAP,
    guarantee: Guarantee = "correct",
    first_batch: int = 0,
    maximise: bool = True,
) -> Selection:
    """Select the system with the highest mean, or the lowest.

    Parameters
    ----------
    observe
        Gives the batch means of those still alive.
    systems
        Up to :data:`MAX_SYSTEMS` different numbers, in any order.
    delta
        The smallest difference that matters, in the unit of the means.
    alpha
        Probability of error, below a half.
    n0
        Batches of the first stage, :data:`FIRST_BATCHES` or more.
    cap
        Batches of a system after which the best so far is returned, without guarantee.
    guarantee
        What is promised: see the module.
    first_batch
        Number of the first batch, past those that were used for screening.
    maximise
        Whether more is better.

    Raises
    ------
    ValueError
        If a parameter is out of range, or what was observed is of the wrong shape or not finite.
    """
    _check(systems, delta, alpha, n0, cap, guarantee, first_batch)
    if len(systems) == 1:
        return Selection(systems[0], tuple(systems), {}, 0, 0, guaranteed=True, gap=0.0)
    sign = 1 if maximise else -1

    def more(alive: NDArray[np.intp], first: int, count: int) -> Floats:
        wanted = [systems[i] for i in alive]
        found = np.asarray(observe(wanted, first_batch + first, count), dtype=np.float64)
        return sign * _finite(found, (len(wanted), count))

    race = _Race(more(np.arange(len(systems)), 0, n0), delta, alpha)
    look = race.look_correct if guarantee == "correct" else race.look_good
    while not len(good := look()) and race.n < cap:
        race.add(more(race.alive, race.n, 1))
    best = race.highest(good if len(good) else race.alive)
    return Selection(
        systems[best],
        tuple(systems[i] for i in race.alive),
        {systems[i]: n for i, n in race.eliminated.items()},
        race.n,
        race.used,
        len(good) > 0,
        race.gap(best),
    )


def screened(
    values: Floats, alpha: float, *, tolerance: float = 0.0, maximise: bool = True
) -> NDArray[np.intp]:
    """Return which systems to keep so that the best is among them.

    A system is dropped if another is better by more than Student's t, with ``alpha`` shared
    between the others, times the standard error of the paired difference.

    Parameters
    ----------
    values
        Batch means of shape (systems, batches), the same batches for every system.
    alpha
        Probability that the best is lost, below a half.
    tolerance
        How far below the best the best of those kept may be, in the unit of the means.
    maximise
        Whether more is better.

    Returns
    -------
    NDArray[np.intp]
        Rows kept, in their order; never none.

    Raises
    ------
    ValueError
        If there is no system, fewer than :data:`FIRST_BATCHES` batches, a value that is not
        finite, or ``alpha`` or ``tolerance`` is out of range.
    """
    _check_alpha(alpha)
    if not 0 <= tolerance < float("inf"):
        msg = f"tolerance: found {tolerance}; allowed: 0 or more, finite"
        raise ValueError(msg)
    if values.ndim != 2 or not len(values) or values.shape[1] < FIRST_BATCHES:
        msg = (
            f"values: found shape {values.shape}; allowed: (systems, batches), at least 1 system "
            f"and {FIRST_BATCHES} batches"
        )
        raise ValueError(msg)
    table = _Table(_finite(values, values.shape) * (1 if maximise else -1), alpha)
    every = np.arange(len(values))
    blocks = [every[start : start + ROWS] for start in range(0, len(values), ROWS)]
    kept = np.concatenate([block[table.possible(block)] for block in blocks])
    return table.thinned(kept, tolerance) if tolerance else kept


def batch_means(values: Floats, size: int = BATCH) -> Floats:
    """Return means over batches of ``size`` futures in a row.

    Parameters
    ----------
    values
        Of shape (systems, futures), whole batches.
    size
        Futures in a batch: at least :data:`BATCH` where a value is yes or no, and whole groups of
        futures that share their parameters.
    """
    k, n = values.shape
    if size < 1 or n % size:
        msg = f"size: found {size} for {n} futures; allowed: at least 1, whole batches"
        raise ValueError(msg)
    return np.asarray(values.reshape(k, n // size, size).mean(axis=2), dtype=np.float64)


class _Table:
    """Batch means of many systems, more is better, and widths of their paired differences."""

    def __init__(self, values: Floats, alpha: float) -> None:
        k, self.n = values.shape
        self.means = values.mean(axis=1)
        self.centred = values - self.means[:, None]
        self.squares = np.einsum("ij,ij->i", self.centred, self.centred)
        self.quantile = float(student.isf(alpha / max(1, k - 1), self.n - 1))

    def possible(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which of some may be the best of all."""
        every = np.arange(len(self.means))
        floors = self.means - self._widths(rows, every)
        return np.asarray(np.all(self.means[rows, None] >= floors, axis=1))

    def thinned(self, rows: NDArray[np.intp], tolerance: float) -> NDArray[np.intp]:
        """Return some of them, so few that none left out may be better by more than that."""
        left, taken = rows[np.argsort(-self.means[rows], kind="stable")], []
        while len(left):
            first, left = left[:1], left[1:]
            taken.append(first)
            upper = self.means[left] - self.means[first] + self._widths(first, left)[0]
            left = left[upper > tolerance]
        return np.sort(np.concatenate(taken))

    def _widths(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Floats:
        total = self.squares[rows, None] + self.squares[columns]
        common = self.centred[rows] @ self.centred[columns].T
        # Two systems that are almost the same cancel out: what rounding may take is put back.
        paired = total - 2 * common + self.n * np.finfo(np.float64).eps * total
        errors = np.sqrt(np.maximum(0.0, paired) / (self.n * (self.n - 1)))
        return np.asarray(self.quantile * errors)


class _Race:
    """Systems by place, more is better: sums so far, bounds, and who is alive."""

    def __init__(self, first: Floats, delta: float, alpha: float) -> None:
        k, n0 = first.shape
        spread = np.var(first[:, None] - first, axis=2, ddof=1)
        share = alpha / (k - 1)
        self.delta = delta
        self.reach_correct = _eta(2 * share, n0) * (n0 - 1) * spread / delta
        self.reach_good = _eta(share, n0) * (n0 - 1) * spread / delta
        self.sums = first.sum(axis=1)
        self.n = n0
        self.used = k * n0
        self.alive: NDArray[np.intp] = np.arange(k)
        self.eliminated: dict[int, int] = {}
        self.upper = np.full((k, k), np.inf)
        """How much better the system of the row may be than that of the column."""
        self._bound()

    def add(self, values: Floats) -> None:
        """Take one batch more of those alive."""
        self.sums[self.alive] += values[:, 0]
        self.n += 1
        self.used += len(self.alive)
        self._bound()

    def look_correct(self) -> NDArray[np.intp]:
        """Eliminate as KN does; return the best when it is known, before that nothing."""
        self._eliminate(np.any((self._leads() < -self._widths()), axis=1))
        # Where the triangle has closed for all that are left, they are equal to the last digit.
        return self.alive[:0] if self._widths().any() else self.alive

    def look_good(self) -> NDArray[np.intp]:
        """Eliminate what is not the best or not needed; return the good ones that are known."""
        self._eliminate(np.any((self._among(self.upper) < 0), axis=1))
        close = self._among(self.upper) <= self.delta
        good = self.alive[close.all(axis=0)]
        if not len(good):
            self._eliminate(np.all(close, axis=1))
        return good

    def highest(self, places: NDArray[np.intp]) -> int:
        """Return which of some has the highest mean, the first of equal ones."""
        return int(places[np.argmax(self.sums[places])])

    def gap(self, best: int) -> float:
        """Return how much better than ``best`` any may be that may be the best."""
        possible = (self.upper >= 0).all(axis=1)
        return float(max(0.0, self.upper[possible, best].max(initial=0.0)))

    def _bound(self) -> None:
        found = self._leads() + self._among(self.reach_good) / self.n + self.delta / 2
        np.fill_diagonal(found, 0.0)
        among = np.ix_(self.alive, self.alive)
        self.upper[among] = np.minimum(self.upper[among], found)

    def _widths(self) -> Floats:
        widths = self._among(self.reach_correct) / self.n - self.delta / 2
        return np.asarray(np.maximum(0.0, widths))

    def _leads(self) -> Floats:
        means = self.sums[self.alive] / self.n
        return np.asarray(means[:, None] - means)

    def _among(self, pairs: Floats) -> Floats:
        return np.asarray(pairs[np.ix_(self.alive, self.alive)])

    def _eliminate(self, out: NDArray[np.bool_]) -> None:
        for place in self.alive[out]:
            self.eliminated[int(place)] = self.n
        self.alive = self.alive[~out]


def _eta(error: float, n0: int) -> float:
    """Return eta where (1 + 2 eta)^(-(n0 - 1) / 2) is ``error``."""
    return float((error ** (-2 / (n0 - 1)) - 1) / 2)


def _finite(found: Floats, shape: tuple[int, ...]) -> Floats:
    if found.shape != shape:
        msg = f"observed: found shape {found.shape}; allowed: {shape}"
        raise ValueError(msg)
    if not np.isfinite(found).all():
        row, column = np.argwhere(~np.isfinite(found))[0]
        msg = f"observed: found {found[row, column]} in row {row}, batch {column}; allowed: numbers"
        raise ValueError(msg)
    return found


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 0.5:
        msg = f"alpha: found {alpha}; allowed: above 0 and below 0.5"
        raise ValueError(msg)


def _check(
    systems: Sequence[int],
    delta: float,
    alpha: float,
    n0: int,
    cap: int,
    guarantee: str,
    first_batch: int,
) -> None:
    _check_alpha(alpha)
    several = f"1 to {MAX_SYSTEMS}, screen more than that before"
    for name, found, allowed, fine in (
        ("systems", len(systems), several, 1 <= len(systems) <= MAX_SYSTEMS),
        ("systems", list(systems), "each once", len(set(systems)) == len(systems)),
        ("delta", delta, "above 0 and finite", 0 < delta < float("inf")),
        ("n0", n0, f"at least {FIRST_BATCHES} batches", n0 >= FIRST_BATCHES),
        ("cap", cap, f"at least {n0} batches", cap >= n0),
        ("guarantee", guarantee, "correct, good", guarantee in ("correct", "good")),
        ("first_batch", first_batch, "0 or more", first_batch >= 0),
    ):
        if not fine:
            msg = f"{name}: found {found}; allowed: {allowed}"
            raise ValueError(msg)
