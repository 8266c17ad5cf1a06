"""A calendar year of one bureau, worked out by hand: every date and every yuan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sim.assumptions import ONE
from sim.case import build_cases
from sim.model import simulate
from sim.outcome import SPEND_HEADS
from sim.replay import OF_THE_PURSE
from tests.sim.worlds import hand_future, leave, plan_for, visit, world

FIRST = date(2023, 1, 1)  # A Sunday; calls begin from Monday to Friday.


def _day(month: int, day: int) -> int:
    return (date(2023, month, day) - FIRST).days


OPENINGS = (
    # (arrival, outside the city, thinning word); the comments name them as the year does.
    ((1, 4), True, 0),  # 0
    ((1, 4), False, 0),  # 1
    ((3, 6), True, 0),  # 2: one of two is on leave, and the other hears of it
    ((3, 7), True, ONE // 2),  # 3: the other does not
    ((7, 20), True, 0),  # 4
    ((9, 12), True, 0),  # 5
    ((10, 20), True, 0),  # 6
    ((10, 29), True, 0),  # 7
    ((11, 1), True, 0),  # 8
    ((12, 28), True, 0),  # 9
    ((12, 30), True, 0),  # 10
)

CONTACT, PATIENCE, TRIP = 3, 20, 2
READY, BOOKING, UNIT = 14, 45, 10
CONTRACT, REGISTRATION, START = 60, 15, 25
AMOUNT_FEN = 1_000_003

YEAR = [
    # Opening 0 comes on a Wednesday; its contact day is a Saturday, so the call waits for Monday.
    # It takes two days; opening 1 is called in the city on the same Monday by the other person,
    # and is back first: the one seat of the March group (ready 23 January, patient until
    # 9 March) is its. Opening 0 goes to a lead unit, ten days after 23 January.
    ("01-04", "opening", 0, ""),
    ("01-04", "opening", 1, ""),
    ("01-07", "queued", 0, ""),
    ("01-07", "queued", 1, ""),
    ("01-09", "call", 0, "travel"),
    ("01-09", "call", 1, "hospitality"),
    ("01-10", "qualified", 1, ""),
    ("01-11", "qualified", 0, ""),
    ("02-02", "visit_unit", 0, ""),
    # Opening 2: contact and call on a Thursday by the one at post; no group from 23 March to
    # 7 May, so a lead unit receives it on 2 April.
    ("03-06", "opening", 2, ""),
    ("03-08", "visit_principal", 1, ""),
    ("03-09", "queued", 2, ""),
    ("03-09", "call", 2, "travel"),
    # 9 January and sixty days are 10 March; opening 1's group leaves on that day: a day later.
    ("03-10", "signed", 0, "1000003"),
    ("03-11", "qualified", 2, ""),
    ("03-11", "signed", 1, "1000003"),
    ("03-25", "registered", 0, ""),
    ("03-26", "registered", 1, ""),
    ("04-02", "visit_unit", 2, ""),
    # Started 25 days after signing; a fifth at once, four quarters of the rest every 30 days.
    ("04-04", "started", 0, ""),
    ("04-04", "funds", 0, "200000"),
    ("04-05", "started", 1, ""),
    ("04-05", "funds", 1, "200000"),
    ("05-04", "funds", 0, "200000"),
    ("05-05", "funds", 1, "200000"),
    ("05-08", "signed", 2, "1000003"),
    ("05-23", "registered", 2, ""),
    ("06-02", "started", 2, ""),
    ("06-02", "funds", 2, "200000"),
    ("06-03", "funds", 0, "200001"),
    ("06-04", "funds", 1, "200001"),
    ("07-02", "funds", 2, "200000"),
    ("07-03", "funds", 0, "200001"),
    ("07-04", "funds", 1, "200001"),
    # Opening 4: contact on a Sunday, called on Monday; ready 7 August, the group is on the 9th.
    ("07-20", "opening", 4, ""),
    ("07-23", "queued", 4, ""),
    ("07-24", "call", 4, "travel"),
    ("07-26", "qualified", 4, ""),
    ("08-01", "funds", 2, "200001"),
    ("08-02", "funds", 0, "200001"),
    ("08-03", "funds", 1, "200001"),
    ("08-09", "visit_deputy", 4, ""),
    ("08-31", "funds", 2, "200001"),
    # Opening 5: called on a Friday, back on Sunday; ready 29 September, with a unit 9 October.
    ("09-12", "opening", 5, ""),
    ("09-15", "queued", 5, ""),
    ("09-15", "call", 5, "travel"),
    ("09-17", "qualified", 5, ""),
    ("09-22", "signed", 4, "1000003"),
    ("09-30", "funds", 2, "200001"),
    ("10-07", "registered", 4, ""),
    ("10-09", "visit_unit", 5, ""),
    ("10-17", "started", 4, ""),
    ("10-17", "funds", 4, "200000"),
    ("10-20", "opening", 6, ""),
    ("10-23", "queued", 6, ""),
    ("10-23", "call", 6, "travel"),
    ("10-25", "qualified", 6, ""),
    ("10-29", "opening", 7, ""),
    ("11-01", "opening", 8, ""),
    ("11-01", "queued", 7, ""),
    ("11-01", "call", 7, "travel"),
    ("11-03", "qualified", 7, ""),
    ("11-04", "queued", 8, ""),
    ("11-06", "call", 8, "travel"),
    ("11-08", "qualified", 8, ""),
    # Signed after 15 September and 60 days; ready for works on 9 December, out of season: never.
    ("11-14", "signed", 5, "1000003"),
    ("11-16", "visit_unit", 6, ""),
    ("11-16", "funds", 4, "200000"),
    ("11-25", "visit_unit", 7, ""),
    ("11-29", "registered", 5, ""),
    ("11-30", "visit_unit", 8, ""),
    ("12-16", "funds", 4, "200001"),
    # Opening 6 signs and would register on 6 January; 8 would sign on 5 January.
    ("12-22", "signed", 6, "1000003"),
    ("12-28", "opening", 9, ""),
    ("12-30", "opening", 10, ""),
    # The last day is a Sunday: opening 9 joins the queue and is not called, opening 10 would
    # join on 2 January; opening 7 signs, 60 days after 1 November.
    ("12-31", "signed", 7, "1000003"),
    ("12-31", "queued", 9, ""),
]
"""The law's log: phases order a day (return, visit, signing, contact), numbers a phase."""

# Two persons on every day of a month, less twelve days of leave in March and August and two days
# of each trip; 80 yuan each.
PERSON_DAYS = (60, 56, 48, 60, 62, 60, 60, 50, 58, 60, 56, 62)
# Fare 500, two days at 180, one night at 400: 1,260 yuan a trip.
TRIPS = (1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 2, 0)
SPEND_YUAN = {
    "travel": tuple(1260 * n for n in TRIPS),
    "hospitality": (100, *(0,) * 11),
    "per_diem": tuple(80 * n for n in PERSON_DAYS),
    "leave_fares": (0, 0, 3000, 0, 0, 0, 0, 3000, 0, 0, 0, 0),
    "rent": (1000,) * 12,
}


@pytest.fixture(scope="module")
def year():
    scenario = world(
        start=FIRST,
        days=365,
        weekends_off=True,
        lump_sum_yuan=120_000,
        per_diem_yuan=80,
        travel_yuan=(100, 80, 400),
        rent_yuan=1000,
        gate={"policy": "per-bureau"},
        season={"signing_weights": [1] * 4, "works_start": "03-15", "works_end": "11-10"},
        funding={"at_start_percent": 20, "instalments": 4, "interval_days": 30},
    )
    plan = plan_for(
        scenario,
        leaves=(
            leave(scenario, "north-0", _day(3, 6)),
            leave(scenario, "north-0", _day(8, 7)),
        ),
        visits=(
            visit(scenario, _day(3, 8), tier="principal", seats=1),
            visit(scenario, _day(8, 9), tier="deputy"),
        ),
    )
    future = hand_future(
        scenario,
        [
            {
                "arrival_day": _day(*arrival),
                "thinning_word": word,
                "away_word": 0 if away else ONE - 1,
                "contact_delay_days": CONTACT,
                "patience_days": PATIENCE,
                "trip_days": TRIP,
                "fare_fen": 50_000,
                "hospitality_fen": 10_000,
                "visit_delay_days": READY,
                "booking_patience_days": BOOKING,
                "unit_delay_days": UNIT,
                "contract_delay_days": CONTRACT,
                "amount_fen": AMOUNT_FEN,
                "registration_delay_days": REGISTRATION,
                "start_delay_days": START,
            }
            for arrival, away, word in OPENINGS
        ],
        # Papers of the first leave are handed in on 16 March and cleared on 5 April.
        leaves={0: (20, 300_000), 4: (5, 300_000)},
        away=ONE // 2,
        prefecture_event=0,
    )
    log = []
    return log, simulate(build_cases(scenario, plan), future, log=log).bureaus[0]


def test_every_date_of_a_calendar_year_is_the_one_worked_out_by_hand(year):
    log, _ = year
    found = [
        (f"{FIRST + timedelta(day):%m-%d}", kind, who, say)
        for day, kind, _, who, say in log
        if kind not in OF_THE_PURSE
    ]
    assert found == YEAR


def test_the_money_in_the_log_of_a_calendar_year_is_the_one_worked_out_by_hand(year):
    log, _ = year
    spend = {head: [0.0] * 12 for head in SPEND_HEADS}
    released = {}
    for day, kind, _, _, say in log:
        date = FIRST + timedelta(day)
        if kind == "spent":
            head, fen = say.split()
            spend[head][date.month - 1] += int(fen) / 100
        elif kind == "released":
            released[f"{date:%m-%d}"] = int(say)
    assert {head: tuple(months) for head, months in spend.items()} == SPEND_YUAN
    assert released == dict.fromkeys(("01-01", "04-01", "07-01", "10-01"), 3_000_000)
    assert not [row for row in log if row[1] == "short"]


def test_every_yuan_of_a_calendar_year_is_the_one_worked_out_by_hand(year):
    _, outcome = year
    spend = {
        head: tuple(fen / 100 for fen in months)
        for head, months in zip(SPEND_HEADS, outcome.spend_fen, strict=True)
    }
    assert spend == SPEND_YUAN
    assert outcome.balance_fen == 12_000_000 - 100 * sum(map(sum, SPEND_YUAN.values()))
    assert (outcome.released_fen, outcome.arrears_fen, outcome.dry_day) == (12_000_000, 0, -1)


def test_the_counts_of_a_calendar_year_are_those_of_its_dates(year):
    _, outcome = year
    kinds = [kind for _, kind, _, _ in YEAR]
    assert (outcome.openings, outcome.calls, outcome.waiting) == (10, 8, 2)
    assert outcome.visits_unit == kinds.count("visit_unit") == 6
    assert (outcome.visits_principal, outcome.visits_deputy, outcome.inspections) == (1, 1, 2)
    assert (outcome.signed, outcome.registered, outcome.started) == (7, 5, 4)
    assert outcome.signed_fen == 7 * AMOUNT_FEN
    assert outcome.funds_gross_fen == 3 * AMOUNT_FEN + 200_000 + 200_000 + 200_001
