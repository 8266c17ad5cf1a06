"""A probability as leaders read it: estimate, interval, and the word that stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboards.palette import Outlook
from scenarios.part import Lang

ON_COURSE: Final = 0.8
"""From this probability on, a target is on course."""

AT_RISK: Final = 0.3
"""From this probability on, a target is at risk; below, out of reach."""


def outlook(p: float) -> Outlook:
    """Return the word for a probability; the thresholds stand on the pages, too."""
    if p >= ON_COURSE:
        return "course"
    return "risk" if p >= AT_RISK else "out"


def share(p: float, lang: Lang) -> str:
    """Write a given share, such as a threshold, in whole percent; an estimate takes `percent`."""
    return f"{p:.0%}" if lang == "zh" else f"{p * 100:.0f}\N{NO-BREAK SPACE}%"


@dataclass(frozen=True, slots=True)
class Odds:
    """A probability from ``k`` of ``n`` simulated years with its confidence interval."""

    k: int
    n: int
    p: float
    low: float
    high: float

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Odds:
        """Take the odds out of a piece of ``forecast.json``; further keys are left alone."""
        years = data["n"] * data.get("tails", 1)
        return cls(data["k"], years, data["p"], data["low"], data["high"])

    @property
    def outlook(self) -> Outlook:
        """The word for it."""
        return outlook(self.p)

    @property
    def against(self) -> Odds:
        """The odds that it does not happen."""
        return Odds(self.n - self.k, self.n, 1 - self.p, 1 - self.high, 1 - self.low)
