"""Claims about demo ledgers: they tell the hidden year, whatever people did to the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from planner.plan import Obligation
from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import NOTE
from scenarios.ledger.standing import standing
from scenarios.load import load_scenario
from sim.case import NEVER
from sim.closing import UNRECORDED, Closing
from sim.courses import courses
from sim.demo import CLOSING, NO_NOISE, Noise, ledger_of
from sim.demo.files import rows_of, write
from sim.hidden import hidden_year
from sim.outcome import SPEND_HEADS
from tests.dashboards.sample import plan_of
from tests.sim.test_model import BUSY
from tests.sim.worlds import leave, plan_for, visit, world

NOISES = {"complete": NO_NOISE, "noisy": Noise(), "worse": Noise(1, 0.5, 0.2, 9, 6, 9, 3)}
YEARS = (0, 1, 2)
END = date(2023, 12, 31)


@pytest.fixture(scope="module")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def plan(bole):
    leaders = [leader.id for leader in bole.organisation.leaders]
    events = tuple(
        Obligation(day, "event", bureau.id, (), f"event {day}", leaders[0] if day < 200 else None)
        for bureau in bole.organisation.bureaus
        for day in (80, 170, 260)
    )
    meetings = (Obligation(9, "dispatch-meeting", None, (), "dispatch"),)
    plan = plan_of(bole)
    return replace(plan, obligations=tuple(sorted((*plan.obligations, *events, *meetings))))


@pytest.fixture(scope="module")
def hidden(bole, plan):
    return {index: hidden_year(bole, plan, seed=2023, index=index) for index in YEARS}


@pytest.fixture(scope="module")
def ledgers(bole, plan, hidden):
    return {
        (index, name): ledger_of(bole, plan, hidden[index], noise)
        for index in YEARS
        for name, noise in NOISES.items()
    }


def fen(yuan):
    return np.round(np.asarray(yuan) * 100).astype(np.int64).tolist()


def each(outcome, name):
    return [getattr(bureau, name) for bureau in outcome.bureaus]


def amounts_agree(ledger, scenario, outcome, as_of):
    """Hold a standing to an outcome, field by field."""
    stands = standing(ledger, scenario, as_of)
    actuals = stands.actuals
    assert fen(actuals.signed_yuan) == each(outcome, "signed_fen")
    assert fen(stands.gross_yuan) == each(outcome, "funds_gross_fen")
    assert fen(stands.fixed_yuan) == each(outcome, "funds_fixed_fen")
    for name in (
        "registered",
        "inspections",
        "events",
        "liaison_items",
        "event_signed",
        "event_started",
        "reports_late",
    ):
        assert actuals.measured(name).tolist() == each(outcome, name), name
    milli = np.round(actuals.deductions_points * 1000).astype(int).tolist()
    assert milli == each(outcome, "deductions_milli")
    spent = dict(zip(stands.heads, map(fen, stands.spent_yuan), strict=True))
    for place, head in enumerate(SPEND_HEADS):
        true = [sum(bureau.spend_fen[place]) for bureau in outcome.bureaus]
        assert spent.get(head, [0] * len(true)) == true, head


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("index", YEARS)
def test_at_the_end_of_the_year_the_ledger_says_what_truly_happened(
    bole, hidden, ledgers, index, name
):
    outcome = hidden[index].outcome
    assert sum(each(outcome, "signed")) > 0
    amounts_agree(ledgers[index, name], bole, outcome, END)


@pytest.mark.parametrize("name", NOISES)
def test_expenses_add_up_by_bureau_head_and_month(bole, hidden, ledgers, name):
    rows = ledgers[0, name].as_of(END).tables["expenses"]
    found = rows.groupby([rows["bureau"], rows["head"], rows["date"].dt.month])["amount_fen"].sum()
    true = {
        (bureau.id, head, month + 1): fen
        for bureau, own in zip(bole.organisation.bureaus, hidden[0].outcome.bureaus, strict=True)
        for head, months in zip(SPEND_HEADS, own.spend_fen, strict=True)
        for month, fen in enumerate(months)
        if fen
    }
    assert found[found > 0].to_dict() == true


@pytest.mark.parametrize("index", YEARS)
def test_a_complete_ledger_has_every_row_of_the_year(bole, hidden, ledgers, index):
    ledger, outcome = ledgers[index, "complete"], hidden[index].outcome
    assert ledger.remarks == ()
    tables = ledger.as_of(END).tables
    start = pd.Timestamp(bole.horizon.start)

    def count(name, keep=slice(None)):
        rows = tables[name]
        own = rows[(rows["date"] >= start).to_numpy()]
        lead = tables["leads"].set_index("lead")["bureau"]
        bureau = own["bureau"] if "bureau" in own else own["lead"].map(lead)
        return [int((bureau[keep] == one.id).sum()) for one in bole.organisation.bureaus]

    assert count("leads") == each(outcome, "qualified_leads")
    assert count("registrations") == each(outcome, "registered")
    assert count("starts") == each(outcome, "started")
    assert count("contracts") == each(outcome, "signed")
    modes = ("principal", "deputy", "group", "unit")
    visits = np.sum([each(outcome, f"visits_{mode}") for mode in modes], axis=0)
    # A group that ends after the horizon is received in it and recorded later: none here.
    assert count("visits") == visits.tolist()
    lost = tables["losses"]
    screened = lost[(lost["reason"] == "screened-out") & (lost["date"] >= start)]
    assert len(screened) == sum(each(outcome, "screened_out"))
    person = {person.id: bureau.id for bureau, person in bole.persons}
    calls = tables["calls"][tables["calls"]["date"] >= start]["person"].map(person)
    own = [int((calls == bureau.id).sum()) for bureau in bole.organisation.bureaus]
    assert own == each(outcome, "calls")
    present = [sum(case.at_post) for case in hidden[index].cases]
    assert standing(ledger, bole, END).actuals.presence_days.tolist() == present


def crowded():
    """Return a world whose groups are so close and small that a day decides who joins which."""
    scenario = world(
        {**BUSY, "visit-delay-days": {"kind": "triangular", "low": 0, "mode": 5, "high": 30}},
        bureaus=("north", "south"),
        days=365,
        lump_sum_yuan=60_000,
        start=date(2023, 1, 1),
    )
    tiers = ("principal", "deputy", None)
    visits = [
        visit(scenario, day, tier=tiers[n % 3], seats=2, days=2)
        for n, day in enumerate(range(3, 360, 2))
    ]
    return scenario, plan_for(scenario, visits=tuple(visits))


def test_every_visit_and_signing_of_the_log_is_that_of_a_course(bole, hidden):
    scenario, plan = crowded()
    years = [(bole, year) for year in hidden.values()]
    years += [(scenario, hidden_year(scenario, plan, seed=seed)) for seed in range(3)]
    seen = set()
    for world_of, year in years:
        for case, future in zip(year.cases, year.future.bureaus, strict=True):
            found = courses(world_of, case, future, year.events)
            own = [event for event in year.events if event[2] == case.bureau]
            visits = {(x[1][6:], x[3]): x[0] for x in own if x[1].startswith("visit_")}
            made = {
                (x.mode, x.lead): case.windows[x.window].start if x.window >= 0 else x.visited
                for x in found
                if x.mode
            }
            assert {k: day for k, day in made.items() if 0 <= day < case.n_days} == visits
            signed = {(x[3], x[0]) for x in own if x[1] in ("signed", "screened_out")}
            due = {(x.lead, x.signing) for x in found if x.signs and 0 <= x.signing < case.n_days}
            assert due == signed
            turned_away = {(x[3], x[0]) for x in own if x[1] == "lost_seats"}
            assert {(x.lead, x.seatless) for x in found if x.seatless < NEVER} == turned_away
            seen |= {mode for mode, _ in visits}
    assert seen == {"principal", "deputy", "group", "unit"}


def test_calls_are_made_by_persons_at_post_who_make_no_two_at_once(bole, ledgers):
    tables = ledgers[0, "complete"].tables
    days = tables["presence"].set_index(["person", "date"])["status"]
    calls = tables["calls"][tables["calls"]["date"] >= pd.Timestamp(bole.horizon.start)]
    assert (days.reindex(pd.MultiIndex.from_frame(calls[["person", "date"]])) == "post").all()
    assert not calls.duplicated(["person", "date"]).any()


def test_groups_are_received_by_the_leader_of_the_plan(bole, plan, ledgers):
    visits = ledgers[0, "complete"].tables["visits"]
    groups = visits[visits["mode"] == "group"]
    lead = groups["lead"].str.rsplit("-", n=1).str[0]
    first = pd.Timestamp(bole.horizon.start)
    planned = {
        (visit.bureau, first + pd.Timedelta(days=visit.end), visit.leader) for visit in plan.visits
    }
    assert len(groups) > 0
    assert set(zip(lead, groups["date"], groups["leader"], strict=True)) <= planned
    assert set(visits[visits["mode"] == "single"]["leader"]) == {""}


def test_what_was_under_way_before_the_horizon_is_there_and_its_stages_do_not_reach_into_it(
    bole, ledgers
):
    start = pd.Timestamp(bole.horizon.start)
    tables = ledgers[0, "complete"].tables
    early = tables["leads"][tables["leads"]["date"] < start]
    assert (start - early["date"].min()).days > 400
    assert (early["recorded"] == early["date"]).all()
    visits = tables["visits"][tables["visits"]["date"] < start]
    assert len(visits) > 0
    assert set(visits["mode"]) == {"single"}
    signed = tables["contracts"]["date"] < start
    before = set(tables["contracts"][signed]["lead"])
    assert before
    for name in ("registrations", "starts"):
        own = tables[name][tables[name]["lead"].isin(before)]
        assert len(own) > 0
        assert (own["date"] < start).all()
    assert not tables["instalments"]["lead"].isin(before).any()


def test_funds_carried_over_are_those_of_a_contract_signed_before_the_horizon():
    scenario = world(
        {**BUSY, "carry-over-funds-yuan": 1_234_567, "funds-realisation": 0.6},
        bureaus=("north", "south"),
        start=date(2023, 1, 1),
        days=300,
        funding={"at_start_percent": 30, "instalments": 2, "interval_days": 1},
    )
    own = leave(scenario, "north-0", 20)
    plan = plan_for(scenario, (own,), (visit(scenario, 22, tier="deputy"), visit(scenario, 60)))
    year = hidden_year(scenario, plan, seed=5)
    last = scenario.horizon.end
    for noise in NOISES.values():
        ledger = ledger_of(scenario, plan, year, noise)
        assert sum(each(year.outcome, "started")) > 0
        amounts_agree(ledger, scenario, year.outcome, last)
    before = ledger_of(scenario, plan, year).as_of(scenario.horizon.start).tables
    paid = before["instalments"]
    assert paid["gross_fen"].tolist() == [123_456_700] * 2
    assert set(paid["lead"]) <= set(before["contracts"]["lead"])


@pytest.mark.parametrize("name", NOISES)
def test_what_is_written_reads_back_as_the_same_tables_without_faults(
    tmp_path, bole, ledgers, name
):
    ledger = ledgers[0, name]
    assert write(tmp_path / "demo", ledger, END) == ledger.n_rows
    again = read_ledger(tmp_path / "demo", bole, today=END)
    assert again.faults == ()
    assert again.remarks == ledger.remarks
    for table in TABLES:
        pd.testing.assert_frame_equal(again.tables[table], ledger.tables[table])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, bole, plan):
    def content(folder, seed):
        year = hidden_year(bole, plan, seed=seed)
        write(tmp_path / folder, ledger_of(bole, plan, year, Noise()), END)
        return {path.name: path.read_bytes() for path in sorted((tmp_path / folder).iterdir())}

    first = content("first", 1)
    assert content("again", 1) == first
    other = content("other", 2)
    assert all(other[f"{name}.csv"] != first[f"{name}.csv"] for name in ("calls", "expenses"))


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2023, 3, 26), date(2023, 9, 30)])
def test_written_until_a_day_the_files_know_nothing_of_later_ones(tmp_path, bole, ledgers, day):
    ledger = ledgers[1, "worse"]
    write(tmp_path / "demo", ledger, day)
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {
        NOTE,
        *(f"{name}.csv" for name in TABLES),
    }
    cut = read_ledger(tmp_path / "demo", bole, today=day)
    assert cut.faults == ()
    for name, table in TABLES.items():
        for column in table.columns:
            # When a clearing is due is known before it.
            if column.kind == "date" and column.name != "due":
                days = cut.tables[name][column.name].dropna()
                assert (days <= pd.Timestamp(day)).all(), (name, column.name)
        standing_then = ledger.as_of(day).tables[name]
        pd.testing.assert_frame_equal(cut.as_of(day).tables[name], standing_then)


def test_the_folder_says_that_it_is_made_up_and_says_nothing_of_the_seed(tmp_path, ledgers):
    write(tmp_path, ledgers[0, "noisy"], date(2023, 2, 1))
    said = (tmp_path / NOTE).read_text(encoding="utf-8")
    assert "合成数据" in said
    assert "SYNTHETIC" in said
    assert not any(letter.isdigit() for letter in said)
    with pytest.raises(FileExistsError):
        write(tmp_path, ledgers[0, "noisy"], END)


def test_noise_leaves_its_traces(ledgers):
    complete, noisy = ledgers[0, "complete"], ledgers[0, "worse"]
    kinds = {(remark.kind, remark.table) for remark in noisy.remarks}
    assert {
        ("duplicate", "calls"),
        ("duplicate", "expenses"),
        ("back-dated", "calls"),
        ("second-report", "leads"),
    } <= kinds
    n = len(complete.tables["presence"])
    assert len(noisy.tables["presence"]) == pytest.approx(0.8 * n, abs=0.04 * n)
    for name in ("contracts", "expenses", "instalments"):
        rows = noisy.tables[name]
        mended = rows[rows["corrects"] != ""]
        wrong = rows.set_index("entry").loc[mended["corrects"]]
        money = next(column for column in rows if column.endswith("_fen"))
        assert (wrong[money].to_numpy() == mended[money].to_numpy() * 10).all()
        assert len(mended) > 0
    late = noisy.tables["expenses"]
    wait = (late["recorded"] - late["date"]).dt.days
    assert wait[late["corrects"] == ""].between(0, 13).all()
    on_sunday = (late["recorded"].dt.day_of_week == 6).mean()
    assert 0.45 < on_sunday < 0.75


def test_of_leads_that_come_to_nothing_the_share_is_recorded_as_lost(bole, plan, hidden):
    def given_up(closing):
        ledger = ledger_of(bole, plan, hidden[0], closing=closing)
        assert not any(remark.kind == "after-loss" for remark in ledger.remarks)
        lost = ledger.tables["losses"]
        return lost[lost["reason"] != "screened-out"], ledger.tables

    every, tables = given_up(Closing(1, 1, 0.01))
    none, _ = given_up(UNRECORDED)
    some, _ = given_up(CLOSING)
    assert len(none) == 0
    assert 0.4 < len(some) / len(every) < 0.65
    signed = set(tables["contracts"]["lead"])
    assert not signed & set(every["lead"])
    # All but what was signed, screened out or still on its way is given up.
    assert len(every) > 0.8 * (len(tables["leads"]) - len(signed))


def test_bad_noise_and_closing_are_refused():
    for wrong in ({"delayed": 1.2}, {"duplicates": -1}, {"presence_missing": -0.1}):
        with pytest.raises(ValueError, match="allowed"):
            Noise(**wrong)
    for wrong in ({"share": 2}, {"median_days": 0}, {"sigma": 0}):
        with pytest.raises(ValueError, match="allowed"):
            Closing(**{"share": 0.5, "median_days": 90, **wrong})


def test_incidents_of_a_year_are_those_its_future_counts(hidden):
    for year in hidden.values():
        for own, future in zip(year.incidents, year.future.bureaus, strict=True):
            assert sum(one.milli for one in own) == sum(milli for _, milli in future.deductions)
            assert sum(one.kind == "report-late" for one in own) == len(future.late_report_days)


def test_rows_of_a_ledger_are_cells_as_a_file_holds_them(ledgers):
    rows = rows_of(ledgers[0, "complete"], END)
    assert {name: len(table) for name, table in rows.items()} == {
        name: len(table) for name, table in ledgers[0, "complete"].tables.items()
    }
    for name, table in rows.items():
        assert [row["entry"] for row in table] == [f"{name}-{n + 1:05d}" for n in range(len(table))]
        assert [row["recorded"] for row in table] == sorted(row["recorded"] for row in table)
    one = rows["expenses"][0]
    assert list(one) == list(TABLES["expenses"].names)
    assert one["recorded"] == "2023-01-01"
    assert one["cleared"] == ""
