"""Differences between two sides in the same futures, with intervals that know they are paired."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from scipy.stats import t as student

from sim.interval import CONFIDENCE, EDGE, estimate_sums, wilson
from sim.measures import Kind
from sim.paired import PairedSums

Verdict = Literal["different", "no-material-difference", "undecided"]
"""What an interval says of a difference."""

NONE_SEEN = 300
"""Where no future of so many differs, fewer than one in a hundred can (the rule of three)."""


FULL_MARKS = 100.0
"""Points between the worst score and the best."""

_LARGEST: dict[Kind, float] = {"probability": 1.0, "score": FULL_MARKS}
"""How much one future can differ at most, where that is known."""


@dataclass(frozen=True, slots=True)
class Margins:
    """How much makes a difference that matters, by kind of measure.

    Attributes
    ----------
    probability
        As a share: 0.02 is two points of a hundred.
    score
        Points.
    yuan
        Money.
    count
        Of a mean count, such as the number of bureaus that meet their main targets.
    """

    probability: float = 0.02
    score: float = 1.0
    yuan: float = 10_000.0
    count: float = 0.1

    def __post_init__(self) -> None:
        for kind in ("probability", "score", "yuan", "count"):
            value = getattr(self, kind)
            if not 0 < value < float("inf"):
                msg = f"{kind}: found {value}; allowed: above 0"
                raise ValueError(msg)

    def of(self, kind: Kind) -> float:
        """Return the margin of a kind."""
        value: float = getattr(self, kind)
        return value


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A: probabilities as shares, money in yuan, scores in points.

    Attributes
    ----------
    sums
        What it was made of.
    a, b
        The probability or mean of each side.
    difference, low, high
        ``b - a`` with its paired interval.
    supported
        Whether enough futures differ, or enough were simulated without any that does, for the
        interval to be taken at its word.
    variance_ratio
        By how much independent futures for each side would multiply the variance of the
        difference; None where nothing differs.
    """

    sums: PairedSums
    a: float
    b: float
    difference: float
    low: float
    high: float
    supported: bool
    variance_ratio: float | None

    def verdict(self, margins: Margins) -> Verdict:
        """Say whether the sides differ.

        ``no-material-difference`` where the whole interval lies within the margin (that of a
        difference that is there but small, too), ``different`` where it excludes 0, else
        ``undecided``. That nothing was found is never taken for proof that nothing is there.
        """
        margin = margins.of(self.sums.kind)
        if not self.supported:
            return "undecided"
        if -margin <= self.low and self.high <= margin:
            return "no-material-difference"
        return "different" if self.low > 0 or self.high < 0 else "undecided"

    def to_json(self, margins: Margins) -> dict[str, Any]:
        """Return plain data; probabilities of each side come with their own intervals."""
        sums = self.sums
        sides: dict[str, Any] = {"a": self.a, "b": self.b}
        if sums.kind == "probability":
            for side in ("a", "b"):
                first, second = getattr(sums, f"first_{side}"), getattr(sums, f"second_{side}")
                sides[side] = estimate_sums(first, second, sums.n, sums.tails).to_json()
        return {
            "kind": sums.kind,
            **sides,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict(margins),
            "n": sums.n,
            "tails": sums.tails,
            "futures_that_differ": sums.differing,
            "b_lower": sums.less,
            "b_higher": sums.more,
            "variance_ratio": self.variance_ratio,
        }


def difference_of(
    sums: PairedSums, *, confidence: float = CONFIDENCE, same: bool = False
) -> Difference:
    """Estimate the difference between two sides.

    Parameters
    ----------
    sums
        Of at least 2 futures.
    confidence
        Of the interval.
    same
        Whether both sides are the same scenario and plan: then the difference is known to be 0.

    Notes
    -----
    Of probabilities without tails the interval is Newcombe's for paired data (method 10). With
    tails, whose futures alone are independent, it is Student's on the difference of the shares of
    tails hit, with two futures added in which half a time each side hits alone, as Agresti and
    Min (2005, doi:10.1002/sim.1781) add to the paired table: it stays honest where few futures
    differ, or none. So it is of scores, which cannot differ by more than :data:`FULL_MARKS`. Of
    money and counts it is Student's on the paired differences as they are.

    Raises
    ------
    ValueError
        When there are fewer than 2 futures.
    """
    n, tails = sums.n, sums.tails
    if n < 2:
        msg = f"n: found {n}; allowed: at least 2 futures"
        raise ValueError(msg)
    one = n * tails * sums.unit
    d = sums.first / one
    if same:
        low, high = 0.0, 0.0
    elif sums.kind == "probability" and tails == 1:
        low, high = _newcombe_sums(sums, confidence)
    else:
        ends = _student(sums.first, sums.square, n, _typical(sums), confidence)
        low, high = (end / (tails * sums.unit) for end in ends)
    if sums.kind == "probability":
        low, high = max(low, -1.0), min(high, 1.0)
    return Difference(
        sums=sums,
        a=sums.first_a / one,
        b=sums.first_b / one,
        difference=d,
        low=min(low, d),
        high=max(high, d),
        supported=same or _supported(sums),
        variance_ratio=_variance_ratio(sums),
    )


def newcombe(
    both: int, only_a: int, only_b: int, neither: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the interval of the difference of two paired shares, B less A.

    Newcombe's method 10 (1998, Statistics in Medicine 17, 2635-2650): Wilson's intervals of both
    shares, squared and added with the correlation of the pairs, which a correction for continuity
    keeps from being taken for certain.
    """
    n = both + only_a + only_b + neither
    p_a, p_b = (both + only_a) / n, (both + only_b) / n
    low_a, high_a = wilson(p_a, n, confidence)
    low_b, high_b = wilson(p_b, n, confidence)
    within = both * neither - only_a * only_b
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    corrected = max(within - n / 2, 0) if within > 0 else within
    phi = corrected / sqrt(margins) if margins else 0.0
    d = p_b - p_a
    low = d - _square_and_add(p_b - low_b, high_a - p_a, phi)
    high = d + _square_and_add(high_b - p_b, p_a - low_a, phi)
    return max(low, -1.0), min(high, 1.0)


def _square_and_add(x: float, y: float, phi: float) -> float:
    return sqrt(max(x * x - 2 * phi * x * y + y * y, 0.0))


def _newcombe_sums(sums: PairedSums, confidence: float) -> tuple[float, float]:
    both = sums.first_a - sums.less
    return newcombe(both, sums.less, sums.more, sums.n - both - sums.less - sums.more, confidence)


def _typical(sums: PairedSums) -> float:
    """Return the square of the difference of a future that differs, seen from the safe side.

    One future that differs as much as can be is taken as seen, so that few small differences do
    not make the next look small. 0 where there is no telling how much can be.
    """
    if sums.kind not in _LARGEST:
        return 0.0
    largest = _LARGEST[sums.kind] * sums.tails * sums.unit
    return (largest**2 + sums.square) / (1 + sums.differing)


def _student(
    first: int, square: int, n: int, added: float, confidence: float
) -> tuple[float, float]:
    """Return the interval of a mean from whole-number sums.

    ``added``, where not 0, is the square of two half futures on either side of 0 that are taken as
    seen.
    """
    seen = n + 2 if added else n
    # In whole numbers as far as it goes, so that nothing cancels.
    spread = seen * square - first * first + seen * added
    half = float(student.ppf((1 + confidence) / 2, seen - 1)) * sqrt(
        max(spread, 0) / (seen * seen * (seen - 1))
    )
    middle = first / seen
    return middle - half, middle + half


def _supported(sums: PairedSums) -> bool:
    """Return whether the interval can be taken at its word.

    Those of probabilities and scores always: they are honest where few futures differ. Student's
    alone is not: it is 0 wide where none does.
    """
    if sums.kind in _LARGEST:
        return True
    return sums.differing >= EDGE or (sums.differing == 0 and sums.n >= NONE_SEEN)


def _variance_ratio(sums: PairedSums) -> float | None:
    spread = sums.n * sums.square - sums.first**2
    if spread <= 0:
        return None
    a = sums.n * sums.second_a - sums.first_a**2
    b = sums.n * sums.second_b - sums.first_b**2
    return (a + b) / spread
