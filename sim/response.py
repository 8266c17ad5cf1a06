"""The response: how the openings a bureau hears of depend on its money.

The model lets money pay for calls and trips; how many openings there are does not depend on it.
Four budgets of one year cannot tell whether that is so. So other families are kept as named
assumptions, and an allocation says whether its answer changes under them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Literal

import numpy as np

from scenarios.faults import say
from scenarios.part import Text, Trust
from sim.packing import LARGEST_FEN, ONCE, Packed

_OPENINGS = ONCE.index("calls-per-month")


@dataclass(frozen=True, slots=True)
class Response:
    """One family: openings times a factor that is 1 at the money a bureau has now.

    Attributes
    ----------
    id, label
        Its name.
    family
        ``power``: the ratio of budgets to the power of the parameter. ``saturating``:
        ``1 - exp(-x / scale)``, the scale being the parameter times today's budget.
    parameter
        Of the family.
    source, trust
        Where the parameter comes from, and how far it can be trusted.
    """

    id: str
    label: Text
    family: Literal["power", "saturating"]
    parameter: float
    source: str = "assumption"
    trust: Trust = "E"

    def factor(self, yuan: int, now_yuan: int) -> float:
        """Return the factor on openings at a budget; 1 where the bureau has nothing now."""
        if now_yuan <= 0:
            return 1.0
        ratio = yuan / now_yuan
        if self.family == "power":
            return float(ratio**self.parameter)
        return (1 - exp(-ratio / self.parameter)) / (1 - exp(-1 / self.parameter))

    def applied(self, deck: Packed, yuan: int, now_yuan: int) -> Packed:
        """Return a bureau's deck with the openings of a budget."""
        once = deck.once.copy()
        scaled = np.rint(once[_OPENINGS] * self.factor(yuan, now_yuan))
        once[_OPENINGS] = np.minimum(scaled, LARGEST_FEN - 1).astype(np.int64)
        return deck._replace(once=once)


RESPONSES: tuple[Response, ...] = (
    Response(
        "power",
        say("机会随经费平方根增长", "openings grow with the square root of money"),
        "power",
        0.5,
    ),
    Response(
        "saturating",
        say("机会随经费增长并趋于饱和", "openings grow with money and level off"),
        "saturating",
        0.5,
    ),
)
"""The families beside the model's own, in which openings do not depend on money."""
