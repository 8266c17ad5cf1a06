"""Stopping rules: when enough futures are simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sim.tally import Tally

FIRST_N = 256
"""Futures before the first look at the intervals."""

CAP = 65_536
"""Futures after which no more are simulated, by default."""

WATCHED: tuple[str, ...] = ("target", "all_main", "all", "all_bureaus_main", "at_least")
"""Kinds of indicators whose intervals must be narrow enough."""


class Stopping(Protocol):
    """Says how many futures are still wanted."""

    def more(self, found: Tally | None) -> int:
        """Return how many futures to simulate next; 0 when there are enough."""
        ...

    def width(self, found: Tally) -> float:
        """Return the half-width of the widest interval watched."""
        ...

    def met(self, found: Tally) -> bool:
        """Whether what was asked for is there."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return plain data for ``forecast.json``."""
        ...


def widest(found: Tally) -> float:
    """Return the half-width of the widest interval of a probability of a target."""
    return max(found.estimate(*key).half_width for key in found.hits if key[0] in WATCHED)


@dataclass(frozen=True, slots=True)
class FixedNumber:
    """So many futures, whatever comes of them."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            msg = f"n: found {self.n}; allowed: at least 1 future"
            raise ValueError(msg)

    def more(self, found: Tally | None) -> int:
        """Return what is missing of the number."""
        return self.n - (0 if found is None else found.n)

    def width(self, found: Tally) -> float:
        """Return the half-width of the widest interval watched."""
        return widest(found)

    def met(self, found: Tally) -> bool:
        """Whether there are so many."""
        return found.n >= self.n

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"rule": "fixed-n", "n": self.n}


@dataclass(frozen=True, slots=True)
class AbsolutePrecision:
    """Until every probability of a target is known to within a half-width.

    Looks at ``first_n`` futures and at each doubling, up to a cap; intervals are score intervals,
    not Wald's, on which such a rule stops far too early.
    """

    half_width: float
    first_n: int = FIRST_N
    cap: int = CAP

    def __post_init__(self) -> None:
        if not 0 < self.half_width < 0.5:
            msg = f"precision: found {self.half_width}; allowed: above 0 and below 0.5"
            raise ValueError(msg)
        if not 1 <= self.first_n <= self.cap:
            msg = f"cap: found {self.cap}; allowed: at least {self.first_n} futures"
            raise ValueError(msg)

    def more(self, found: Tally | None) -> int:
        """Return the next doubling, as far as the cap goes."""
        if found is None:
            return self.first_n
        if found.n >= self.cap or (self._is_look(found.n) and widest(found) <= self.half_width):
            return 0
        look = self.first_n
        while look <= found.n:
            look *= 2
        return min(look, self.cap) - found.n

    def _is_look(self, n: int) -> bool:
        return n % self.first_n == 0 and (n // self.first_n).bit_count() == 1

    def width(self, found: Tally) -> float:
        """Return the half-width of the widest interval watched."""
        return widest(found)

    def met(self, found: Tally) -> bool:
        """Whether the widest interval watched is narrow enough."""
        return widest(found) <= self.half_width

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "rule": "absolute-precision",
            "half_width": self.half_width,
            "first_n": self.first_n,
            "cap": self.cap,
        }
