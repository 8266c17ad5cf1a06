from __future__ import annotations

from datetime import date

import pytest

from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import append
from scenarios.load import load_scenario
from sim.case import NEVER
from sim.histories import calls_made, histories


@pytest.fixture(scope="module")
def minimal():
    return load_scenario("minimal")


@pytest.fixture
def write(tmp_path, minimal):
    bureau = minimal.organisation.bureaus[0]
    home = {
        "person": bureau.persons[0].id,
        "bureau": bureau.id,
        "chain": minimal.organisation.chains[0].id,
        "company": "Acme",
        "source": "call",
        "mode": "group",
        "kind": "contract",
        "amount_yuan": "1000",
        "event_level": "none",
        "reason": "declined",
        "lead": "a",
    }
    numbers = iter(range(10_000))

    def row(name, day, **cells):
        table = TABLES[name]
        blank = {key: value for key, value in home.items() if key in table.names}
        own = {"entry": f"e{next(numbers)}", "recorded": day, "date": day}
        append(tmp_path, table, [blank | own | {k: str(v) for k, v in cells.items()}])

    def read(as_of=date(2024, 9, 30)):
        return histories(read_ledger(tmp_path, minimal, today=as_of), minimal, as_of)

    row.read, row.folder = read, tmp_path
    return row


def days(text, scenario):
    return (date.fromisoformat(text) - scenario.horizon.start).days


def test_a_lead_counts_from_the_last_call_before_its_report(write, minimal):
    write("calls", "2024-07-03")
    write("calls", "2024-07-08", company="ac me")
    write("calls", "2024-07-20")
    write("leads", "2024-07-10")
    [own] = write.read().itertuples()
    assert own.called == days("2024-07-08", minimal)
    assert own.reported == days("2024-07-10", minimal)
    assert own.visited == own.signed == own.lost == NEVER


def test_a_lead_nobody_called_counts_from_its_report(write):
    write("leads", "2024-07-10")
    [own] = write.read().itertuples()
    assert own.called == own.reported


def test_stages_of_a_second_report_are_the_first_leads(write, minimal):
    write("leads", "2024-07-10")
    write("leads", "2024-07-12", lead="b")
    write("visits", "2024-07-15", lead="b", mode="single")
    write("contracts", "2024-07-20", lead="b", event_level="province")
    write("instalments", "2024-08-01", gross_yuan=30, fixed_yuan=20)
    write("instalments", "2024-08-03", lead="b", gross_yuan=3, fixed_yuan=2)
    [own] = write.read().itertuples()
    assert (own.lead, own.mode, own.at_event) == ("a", "unit", True)
    assert own.visited == days("2024-07-15", minimal)
    assert own.signed == days("2024-07-20", minimal)
    assert (own.amount_fen, own.gross_fen, own.fixed_fen) == (100_000, 3_300, 2_200)


def test_a_visit_bears_the_tier_of_its_leader(write, minimal):
    leader = minimal.organisation.leaders[0]
    write("leads", "2024-07-10")
    write("visits", "2024-07-15", leader=leader.id)
    assert list(write.read()["mode"]) == [leader.tier]


def test_what_is_recorded_later_is_not_known_yet(write, minimal):
    write("leads", "2024-07-10")
    write("losses", "2024-07-20", recorded="2024-08-20")
    [before] = write.read(date(2024, 8, 19)).itertuples()
    [after] = write.read(date(2024, 8, 20)).itertuples()
    assert before.lost == NEVER
    assert (after.lost, after.reason) == (days("2024-07-20", minimal), "declined")


def test_calls_are_counted_by_bureau_and_plain_name(write, minimal):
    write("calls", "2024-07-03", company="A (cme)")
    ledger = read_ledger(write.folder, minimal, today=date(2024, 9, 30))
    made = calls_made(ledger, minimal, date(2024, 9, 30))
    assert made.to_dict("records") == [
        {
            "bureau": minimal.organisation.bureaus[0].id,
            "company": "acme",
            "day": days("2024-07-03", minimal),
        }
    ]
