"""The demo ledger itself: typed tables, with the remarks a reader would make on them."""

from __future__ import annotations

from typing import Final

from planner.plan import Plan
from scenarios.ledger import Ledger
from scenarios.ledger.remarks import remarks
from scenarios.model import Scenario
from sim.closing import Closing
from sim.demo.noise import NO_NOISE, Noise, disturbed
from sim.demo.truth import truth_of
from sim.hidden import HiddenYear

SAYS: Final = """\
合成数据。本台账由模拟器生成，企业、日期与金额均为虚构，不得当作真实记录使用。

SYNTHETIC DATA. The simulator made this ledger up: its companies, days and amounts are invented.
Do not take it for a record of anything that happened.
"""
"""What the ledger says it is, whatever form it takes."""

CLOSING = Closing(0.6, 90.0)
"""Three leads of five that come to nothing are closed, after three months (our estimate)."""


def ledger_of(
    scenario: Scenario,
    plan: Plan,
    hidden: HiddenYear,
    noise: Noise = NO_NOISE,
    closing: Closing = CLOSING,
) -> Ledger:
    """Return the ledger a hidden year would have left: a pure function of its arguments.

    It is what :func:`scenarios.ledger.read_ledger` gives once it is written
    (:func:`sim.demo.files.write`): same tables, no faults, same remarks.

    Parameters
    ----------
    scenario, plan
        What the year was lived through with (:func:`sim.hidden.hidden_year`).
    hidden
        The year.
    noise
        What people do to records.
    closing
        How leads that come to nothing are recorded as lost.
    """
    start = scenario.horizon.start
    book = truth_of(scenario, plan, hidden, closing)
    if noise != NO_NOISE:
        book = disturbed(book, noise, hidden, start)
    tables = {name: rows.frame(start) for name, rows in book.items()}
    return Ledger(tables, (), remarks(tables), note=SAYS)
