"""Random scenarios and plans on which the two engines are held to the same bits."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np

from scenarios.assumptions import KNOWN, Assumptions
from sim.assumptions import table_of
from sim.case import NEVER, Case, LeaveSlot, Window, build_cases
from sim.futures import Future, Role, draw_bureau_future, key_of
from sim.kernel import DONE, run_bureau
from sim.model import simulate
from sim.outcome import BINDING, COLUMNS, FLOWS, SPEND_HEADS, TAIL_COLUMNS, BureauOutcome
from sim.packing import pack
from sim.state import OpenContract, OpenLead, OpenVisit, State
from tests.sim.worlds import plan_for, world

_SPREADS: dict[str, list[dict[str, Any]]] = {
    "probability": [
        {"kind": "fixed", "value": 0},
        {"kind": "fixed", "value": 1},
        {"kind": "beta", "a": 2, "b": 3},
        {"kind": "beta", "a": 18, "b": 2},
    ],
    "factor": [
        {"kind": "fixed", "value": 1},
        {"kind": "lognormal", "median": 1, "sigma": 0.4},
        {"kind": "triangular", "low": 0.5, "mode": 1, "high": 3},
    ],
    "days": [
        {"kind": "fixed", "value": 0},
        {"kind": "fixed", "value": 5},
        {"kind": "lognormal", "median": 12, "sigma": 0.8},
        {"kind": "triangular", "low": 0, "mode": 3, "high": 40},
    ],
    "count": [{"kind": "fixed", "value": 1}, {"kind": "discrete", "values": [1, 2, 3, 5],
               "weights": [3, 3, 2, 1]}],
    "points": [{"kind": "triangular", "low": 1, "mode": 3, "high": 5}],
    "rate": [
        {"kind": "fixed", "value": 0},
        {"kind": "fixed", "value": 0.00001},
        {"kind": "lognormal", "median": 2, "sigma": 0.6},
    ],
    "yuan": [
        {"kind": "fixed", "value": 0},
        {"kind": "triangular", "low": 10, "mode": 900, "high": 4000},
        {"kind": "lognormal", "median": 3000, "sigma": 1.2},
    ],
}  # fmt: skip


def random_case(rng: random.Random) -> tuple[Case, Assumptions]:
    """Return one bureau's case and assumptions: presence 50 to 98 %, odd groups, any purse."""
    n_days, persons = rng.choice([31, 92, 200, 365]), rng.randint(1, 4)
    spreads: dict[str, Any] = {
        name: rng.choice(_SPREADS[known.domain]) for name, known in KNOWN.items()
    }
    spreads["calls-per-month"] = {"kind": "fixed", "value": rng.choice([0, 0.3, 4, 12, 40])}
    scenario = world(
        spreads,
        days=n_days,
        persons=persons,
        weekends_off=rng.random() < 0.7,
        gate={
            "policy": rng.choice(["none", "per-bureau", "per-person"]),
            "blocks": rng.choice(["per-diem", "tranche"]),
        },
        lump_sum_yuan=rng.choice([0, 3_000, 60_000, 700_000]),
        per_diem_yuan=rng.choice([0, 80, 555]),
        reserve_per_diem=rng.random() < 0.5,
        travel_yuan=(100, 80, 350),
        rent_yuan=rng.choice([0, 4000]),
        season={
            "signing_weights": [0.9, 1.0, 1.15, 0.95],
            "works_start": rng.choice(["01-01", "03-15", "12-20"]),
            "works_end": rng.choice(["12-31", "11-10"]),
        },
        funding=rng.choice([{}, {"at_start_percent": 37, "instalments": 5, "interval_days": 13}]),
    )
    (base,) = build_cases(scenario, plan_for(scenario))
    return _disturbed(base, rng), scenario.assumptions


def _disturbed(base: Case, rng: random.Random) -> Case:
    """Return the case with another presence, other groups and leaves cleared in any order."""
    n_days, share = base.n_days, rng.uniform(0.5, 0.98)
    present = tuple(
        tuple(rng.random() < share for _ in range(n_days))
        if rng.random() < 0.5
        else tuple(day % 40 < 40 * share for day in range(n_days))
        for _ in base.present
    )
    at_post = tuple(sum(column) for column in zip(*present, strict=True))
    windows = tuple(
        sorted(
            (
                Window(start, start + rng.randint(0, 3), rng.choice([0, 1, 3, 6]), tier)
                for start, tier in (
                    (rng.randrange(n_days), rng.choice(["principal", "deputy", "group"]))
                    for _ in range(rng.choice([0, 2, 12]))
                )
            ),
            key=lambda window: window.start,
        )
    )
    leaves = tuple(
        sorted(
            (
                LeaveSlot(person, period, rng.randrange(n_days), rng.randrange(n_days + 20))
                for person in range(len(present))
                for period in range(len(base.period_starts))
                if rng.random() < 0.8
            ),
            key=lambda leave: (leave.start, leave.person),
        )
    )
    left = [0] * len(present)
    run_left: list[list[int]] = [[0] * n_days for _ in present]
    for person, row in enumerate(present):
        for day in reversed(range(n_days)):
            left[person] = left[person] + 1 if row[day] else 0
            run_left[person][day] = left[person]
    return replace(
        base,
        present=present,
        run_left=tuple(map(tuple, run_left)),
        at_post=at_post,
        windows=windows,
        leaves=leaves,
        event_days=tuple((day, rng.random() < 0.5) for day in range(rng.randint(0, 5))),
        works_day=base.works_day if rng.random() < 0.8 else (NEVER,) * n_days,
    )


def taken_up(case: Case, assumptions: Assumptions, rng: random.Random) -> Case:
    """Return the case with a year under way: any facts, and whatever may be under way."""
    day = rng.randrange(1, case.n_days)
    money = {name for name in COLUMNS if name.endswith("_fen")}
    facts = tuple(rng.randrange(10**9 if name in money else 9) for name in COLUMNS)

    def by_month() -> tuple[int, ...]:
        return tuple(rng.choice([0, rng.randrange(10**8)]) for _ in range(case.n_months))

    def table(name: str) -> tuple[int, ...]:
        return tuple(table_of(assumptions, name, case.bureau).tolist())

    state = State(
        day=day,
        facts=facts,
        presence_days=day,
        spend_fen=tuple(
            tuple(rng.choice([0, rng.randrange(300_000)]) for _ in range(case.n_months))
            for _ in SPEND_HEADS
        ),
        signed_month_fen=by_month(),
        funds_month_fen=by_month(),
        carried_fen=rng.choice([0, 10**6]),
        due_fen=by_month(),
        owed_per_diem_fen=tuple(rng.choice([0, 24_000]) for _ in case.present),
        owed_rent_fen=rng.choice([0, 100_000]),
        cleared=tuple(rng.choice([-1, rng.randrange(day)]) for _ in case.leaves),
        registration_days=table("registration-delay-days"),
        start_days=table("start-delay-days"),
        open_leads=tuple(_open_lead(day, rng) for _ in range(rng.choice([0, 1, 40]))),
        open_visits=tuple(
            _open_visit(day, case.n_days, rng) for _ in range(rng.choice([0, 2, 300]))
        ),
        open_contracts=tuple(
            OpenContract(
                word=rng.getrandbits(32),
                signed=rng.randrange(day),
                registered=rng.choice([-1, rng.randrange(day)]),
                amount_fen=rng.randrange(10**10),
                at_event=rng.random() < 0.5,
                past_cells=rng.choice([0, rng.randrange(4096), 4096]),
            )
            for _ in range(rng.choice([0, 3, 20]))
        ),
        digest="",
    )
    return replace(case, state=state)


def _open_lead(day: int, rng: random.Random) -> OpenLead:
    called, known = rng.randrange(-90, day), rng.random() < 0.9
    return OpenLead(
        word=rng.getrandbits(32),
        called=called,
        back=max(0, called) + rng.randint(1, 3),
        known=known,
        never=rng.randrange(200),
        triples=tuple(
            (rng.randrange(200), rng.randrange(90), rng.randrange(60))
            for _ in range(rng.choice([0 if known else 2, 1, 500]))
        ),
        still_open=rng.choice([0, 30_000, 65_536]),
    )


def _open_visit(day: int, n_days: int, rng: random.Random) -> OpenVisit:
    weights = [rng.choice([0, rng.randrange(20_000)]) if d >= day else 0 for d in range(n_days)]
    upto = tuple(accumulate(weights))
    to_come = upto[-1] + rng.choice([0, 500_000])
    return OpenVisit(
        word=rng.getrandbits(32),
        weight_upto=upto,
        weight_open=to_come,
        weight=to_come + rng.choice([0, 900_000]),
        still_open=rng.choice([0, 50_000, 65_536]),
    )


def by_model(
    case: Case,
    assumptions: Assumptions,
    future: int,
    *,
    seed: int,
    tail: int = 0,
    reps: int = 1,
    own: bool = False,
) -> BureauOutcome:
    """Return one outcome by the law."""
    drawn = draw_bureau_future(
        assumptions,
        case.bureau,
        case.n_days,
        key=key_of(seed, Role.FORECAST),
        future=future,
        n_leaves=len(case.period_starts) * len(case.present),
        tail=tail,
        theta=future // reps,
        own=own,
        under_way=case.state.words if case.state else (),
    )
    (outcome,) = simulate((case,), Future(future, (drawn,))).bureaus
    return outcome


def by_kernel(
    case: Case,
    assumptions: Assumptions,
    first: int,
    count: int,
    *,
    seed: int,
    tails: int = 1,
    reps: int = 1,
    own: bool = False,
) -> dict[str, np.ndarray]:
    """Return outcomes by the kernel: values, flow, spend, tails."""
    key = np.array(key_of(seed, Role.FORECAST), np.int64)
    values = np.zeros((count, len(COLUMNS)), np.int64)
    flow = np.zeros((count, len(FLOWS), case.n_months), np.int64)
    spend = np.zeros((count, len(SPEND_HEADS), case.n_months), np.int64)
    drawn = np.zeros((count, tails, len(TAIL_COLUMNS)), np.int64)
    bound = np.zeros((count, len(BINDING), case.n_months), np.int64)
    deck = pack(case, assumptions)
    ended = run_bureau(deck, key, first, count, reps, own, values, flow, spend, drawn, bound)
    assert ended == (DONE, -1)
    return {"values": values, "flow": flow, "spend": spend, "tails": drawn, "bound": bound}


def differences(case: Case, assumptions: Assumptions, future: int, *, seed: int) -> list[str]:
    """Return the names of the fields in which the engines differ in one future."""
    law = by_model(case, assumptions, future, seed=seed)
    twin = by_kernel(case, assumptions, future, 1, seed=seed)
    found = [
        name
        for name, value in zip(COLUMNS, twin["values"][0].tolist(), strict=True)
        if getattr(law, name) != value
    ]
    found += [
        n for i, n in enumerate(FLOWS) if list(getattr(law, n)) != twin["flow"][0, i].tolist()
    ]
    if np.any(twin["spend"][0] != np.array(law.spend_fen)):
        found.append("spend_fen")
    if np.any(twin["bound"][0] != np.array(law.bound_day)):
        found.append("bound_day")
    return found
