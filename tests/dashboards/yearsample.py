"""A small ledger kept by hand for the smallest scenario, and a nowcast of it with known odds."""

from __future__ import annotations

import copy
import json
from datetime import date

from dashboards.nowcasts import NOWCASTS
from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import append
from sim.nowcast import content_hash
from tests.dashboards.sample import wilson

DAY = date(2024, 9, 8)
"""The last day on which the ledger records something."""

TABLES_OF = {
    "leads": [
        {
            "entry": "l1",
            "recorded": "2024-07-07",
            "lead": "E-1",
            "bureau": "east",
            "company": "示例企业 7",
            "chain": "food",
            "date": "2024-07-02",
            "source": "call",
        },
        {
            "entry": "l2",
            "recorded": "2024-07-07",
            "lead": "S-1",
            "bureau": "south",
            "company": "=cmd",
            "chain": "food",
            "date": "2024-07-03",
            "source": "call",
        },
    ],
    "visits": [
        {
            "entry": "v1",
            "recorded": "2024-07-21",
            "lead": "E-1",
            "date": "2024-07-20",
            "mode": "group",
            "leader": "principal",
        }
    ],
    "contracts": [
        # Written down in September, signed in July: it belongs to July.
        {
            "entry": "k1",
            "recorded": "2024-09-01",
            "lead": "E-1",
            "date": "2024-07-30",
            "kind": "contract",
            "amount_yuan": "120000000",
            "event_level": "none",
        }
    ],
    "registrations": [
        {"entry": "r1", "recorded": "2024-08-18", "lead": "E-1", "date": "2024-08-15"}
    ],
    "instalments": [
        {
            "entry": "i1",
            "recorded": "2024-08-25",
            "lead": "E-1",
            "date": "2024-08-20",
            "gross_yuan": "8000000",
            "fixed_yuan": "3000000",
        }
    ],
    "expenses": [
        {
            "entry": "x1",
            "recorded": "2024-07-14",
            "bureau": "east",
            "head": "travel",
            "date": "2024-07-10",
            "amount_yuan": "20000",
        },
        {
            "entry": "x2",
            "recorded": "2024-09-08",
            "bureau": "south",
            "head": "travel",
            "date": "2024-08-10",
            "amount_yuan": "100000.01",
        },
    ],
    "duties": [
        {
            "entry": "d1",
            "recorded": "2024-07-07",
            "kind": "clearing",
            "due": "2024-08-10",
            "bureau": "south",
        },
        {
            "entry": "d3",
            "recorded": "2024-08-25",
            "kind": "event",
            "due": "2024-08-20",
            "bureau": "east",
            "done": "2024-08-20",
        },
        {
            "entry": "d4",
            "recorded": "2024-08-25",
            "kind": "event",
            "due": "2024-08-21",
            "bureau": "south",
            "done": "2024-08-21",
            "leader": "deputy",
        },
        {"entry": "d2", "recorded": "2024-07-07", "kind": "dispatch-meeting", "due": "2024-08-12"},
    ],
    "requests": [
        {
            "entry": "q1",
            "recorded": "2024-07-07",
            "bureau": "east",
            "date": "2024-07-05",
            "company": "示例企业 7",
        }
    ],
    "calls": [
        # Two rows of one thing: the second does not count and is listed.
        {
            "entry": f"c{n}",
            "recorded": "2024-07-07",
            "person": "east-chief",
            "date": "2024-07-02",
            "company": "示例企业 7",
        }
        for n in (1, 2)
    ],
}


def ledger_in(folder):
    """Write the ledger into a folder."""
    for name, rows in TABLES_OF.items():
        append(folder, TABLES[name], rows)
    return folder


def broken_row(folder):
    """Add a row that cannot be read."""
    append(folder, TABLES["calls"], [{"entry": "c9", "recorded": "soon", "person": "nobody"}])


def nowcast_of(scenario, forecast, ledger, day, k):
    """Return a nowcast made up of a forecast: every target is met in ``k`` of its futures."""
    told = copy.deepcopy(forecast)
    ids = [bureau.id for bureau in scenario.organisation.bureaus]
    for report in told["bureaus"].values():
        for target in report["targets"].values():
            target.update(wilson(k, told["n"]))
    known = read_ledger(ledger, scenario, today=date.today()).as_of(day)
    stands = {"signed_yuan": 120e6, "funds_gross_yuan": 8e6, "spend_yuan": {}}
    change = {
        "before": 300e6,
        "after": 250e6,
        "steps": [
            {"step": "luck", "yuan": -80e6, "interval": [-90e6, -70e6]},
            {"step": "facts", "yuan": 10e6, "interval": [5e6, 15e6]},
            {"step": "parameters", "yuan": 20e6, "interval": [10e6, 30e6]},
            {"step": "plan", "yuan": 0.0, "interval": [0.0, 0.0]},
        ],
    }
    own = {"signed_yuan": change, "funds_gross_yuan": change}
    return told | {
        "as_of": day.isoformat(),
        "ledger": {"rows": known.n_rows, "hash": content_hash(known)},
        "calibrated": True,
        "standing": {ids[0]: stands, **{key: dict.fromkeys(stands, 0) for key in ids[1:]}},
        "open": {
            key: dict.fromkeys(("leads", "visited", "signed", "registered"), 0) for key in ids
        },
        "revision": {"since": "2024-06-30", "all": own, "bureaus": dict.fromkeys(ids, own)},
    }


def store_nowcast(run, told):
    """Lay a nowcast into a run's folder."""
    folder = run / NOWCASTS
    folder.mkdir(exist_ok=True)
    (folder / f"{told['as_of']}.json").write_text(json.dumps(told), encoding="utf-8")
