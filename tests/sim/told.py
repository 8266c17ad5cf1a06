"""Histories as a ledger would tell them of a year that the readable law has simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from planner.plan import Plan
from scenarios.model import Scenario
from sim.case import NEVER
from sim.closing import UNRECORDED, Closing
from sim.futures import BureauFuture, Future, draw_future
from sim.model import Log, simulate
from sim.samples import known_cases

_STAGES = {"signed": "signed", "registered": "registered", "started": "started"}


@dataclass(frozen=True)
class Told:
    """What was written down up to a day, and the truth behind it."""

    leads: pd.DataFrame
    calls: pd.DataFrame
    future: Future
    as_of: date


def told(
    scenario: Scenario,
    plan: Plan,
    index: int,
    day: int,
    closing: Closing = UNRECORDED,
    seed: int = 1,
) -> Told:
    """Simulate one future and tell it up to the end of a day."""
    future = draw_future(scenario, index, seed=seed)
    log: Log = []
    cases = known_cases(scenario, plan)
    simulate(cases, future, log=log)
    lasts = {(case.bureau, w.start): w.end for case in cases for w in case.windows}
    rng = np.random.default_rng((seed, index))
    rows: dict[tuple[str, int], dict[str, object]] = {}
    calls = []
    called: dict[tuple[str, int], int] = {}
    seatless: set[tuple[str, int]] = set()
    for when, kind, bureau, lead, detail in log:
        key = (bureau, lead)
        if kind == "call":
            called[key] = when
            calls.append((bureau, f"{lead}", when))
            continue
        if kind == "qualified":
            rows[key] = _blank(bureau, f"{bureau}-{lead}", called[key], when)
        own = rows.get(key)
        if own is None:
            continue
        if kind.startswith("visit_"):
            mode = kind.removeprefix("visit_")
            last = when if mode == "unit" else lasts[bureau, when]
            own |= {"visited": last, "mode": mode}
        elif kind in _STAGES:
            own[_STAGES[kind]] = when
            if kind == "signed":
                own["amount_fen"] = int(detail)
        elif kind == "screened_out":
            own |= {"lost": when, "reason": "screened-out"}
        elif kind == "lost_seats":
            seatless.add(key)
    worlds = {case.bureau: own for case, own in zip(cases, future.bureaus, strict=True)}
    rows = {
        (bureau, lead): own
        if (bureau, lead) not in seatless and _goes_on(own, worlds[bureau], lead)
        else _closed(own, closing, rng)
        for (bureau, lead), own in rows.items()
    }
    leads = pd.DataFrame([_known(own, day) for own in rows.values() if own["reported"] <= day])
    if leads.empty:
        leads = pd.DataFrame([_blank("", "", 0, 0)]).iloc[:0]
    made = pd.DataFrame(calls, columns=["bureau", "company", "day"]).astype({"day": np.int64})
    as_of = scenario.horizon.start + timedelta(days=day)
    return Told(leads, made[made["day"] <= day], future, as_of)


def _blank(bureau: str, lead: str, called: int, reported: int) -> dict[str, object]:
    never = dict.fromkeys(("visited", "signed", "registered", "started", "lost"), NEVER)
    return {
        "lead": lead,
        "bureau": bureau,
        "called": called,
        "reported": reported,
        **never,
        "mode": "",
        "amount_fen": 0,
        "at_event": False,
        "gross_fen": 0,
        "fixed_fen": 0,
        "reason": "",
    }


def _goes_on(own: dict[str, object], world: BureauFuture, lead: int) -> bool:
    """Whether a lead's next stage comes, if only beyond the horizon."""
    if own["visited"] == NEVER:
        return world.leads.agreement_word[lead] < world.parameters.visit
    return world.leads.contract_word[lead] < world.parameters.contract


def _closed(
    own: dict[str, object], closing: Closing, rng: np.random.Generator
) -> dict[str, object]:
    """Record as lost some of those that go no further, after a time."""
    closes, wait = rng.random() < closing.share, rng.normal()
    if not closes or own["lost"] != NEVER or own["signed"] != NEVER:
        return own
    since = own["reported"] if own["visited"] == NEVER else own["visited"]
    age = int(closing.median_days * np.exp(closing.sigma * wait))
    return own | {"lost": since + age, "reason": "declined"}


def _known(own: dict[str, object], day: int) -> dict[str, object]:
    late = {
        name: NEVER
        for name in ("visited", "signed", "registered", "started", "lost")
        if own[name] > day
    }
    if "visited" in late:
        late["mode"] = ""
    if "signed" in late:
        late["amount_fen"] = 0
    if "lost" in late:
        late["reason"] = ""
    return own | late
