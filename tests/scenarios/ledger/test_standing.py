from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scenarios.ledger.standing import standing

TODAY = date(2024, 9, 30)


@pytest.fixture
def bureaus(minimal):
    return [bureau.id for bureau in minimal.organisation.bureaus]


def stand(book, minimal, day=TODAY):
    ledger = book.read()
    assert ledger.faults == ()
    return standing(ledger, minimal, day)


def test_nothing_recorded_is_zero_and_not_unknown(book, minimal):
    found = stand(book, minimal)
    for name in ("signed_yuan", "registered", "funds_yuan", "presence_days", "reports_late"):
        assert found.actuals.measured(name).tolist() == [0.0, 0.0]
    assert found.heads == ()
    assert found.spent_yuan.shape == (0, 2)


def test_only_contracts_count_as_signed(book, minimal):
    book.add("leads", lead="l1")
    for kind, amount in (("intent", 7), ("framework", 50), ("contract", 100.5)):
        book.add("contracts", lead="l1", kind=kind, amount_yuan=amount)
    assert stand(book, minimal).actuals.measured("signed_yuan").tolist() == [100.5, 0.0]


def test_shares_split_a_project_between_bureaus(book, minimal, bureaus):
    book.add("leads", lead="l1")
    for bureau, share in zip(bureaus, ("0.7", "0.3"), strict=True):
        book.add("shares", lead="l1", bureau=bureau, share=share)
    book.add("contracts", lead="l1", amount_yuan=100)
    book.add("registrations", lead="l1")
    found = stand(book, minimal).actuals
    np.testing.assert_allclose(found.measured("signed_yuan"), [70, 30])
    np.testing.assert_allclose(found.measured("registered"), [0.7, 0.3])


def test_what_a_second_reporter_signs_counts_for_the_first(book, minimal, bureaus):
    book.add("leads", lead="early", date="2024-07-02", bureau=bureaus[0])
    book.add("leads", lead="late", date="2024-07-05", bureau=bureaus[1])
    book.add("contracts", lead="late", amount_yuan=100)
    assert stand(book, minimal).actuals.measured("signed_yuan").tolist() == [100.0, 0.0]


def test_what_happened_outside_the_horizon_does_not_count(book, minimal):
    book.add("leads", lead="l1", date="2024-06-01", recorded="2024-06-01")
    book.add("contracts", lead="l1", date="2024-06-30", recorded="2024-06-30", amount_yuan=100)
    book.add("starts", lead="l1", date="2024-07-01")
    found = stand(book, minimal).actuals
    assert found.measured("signed_yuan").tolist() == [0.0, 0.0]
    assert found.measured("event_started").tolist() == [0.0, 0.0]


def test_an_earlier_day_knows_nothing_of_what_came_later(book, minimal):
    book.add("leads", lead="l1")
    book.add("contracts", lead="l1", amount_yuan=100)
    book.add("contracts", lead="l1", date="2024-08-02", recorded="2024-08-05", amount_yuan=40)
    for day, signed in ((date(2024, 8, 4), 100), (date(2024, 8, 5), 140)):
        assert stand(book, minimal, day).actuals.measured("signed_yuan")[0] == signed


def test_funds_are_kept_on_both_bases_and_the_scenarios_counts(book, minimal):
    book.add("leads", lead="l1")
    book.add("instalments", lead="l1", gross_yuan="10.01", fixed_yuan="4")
    found = stand(book, minimal)
    assert found.gross_yuan.tolist() == [10.01, 0.0]
    assert found.fixed_yuan.tolist() == [4.0, 0.0]
    rules = minimal.rules.model_validate({"funds": {"basis": "gross"}})
    gross = standing(book.read(), minimal.model_copy(update={"rules": rules}), TODAY)
    basis = minimal.rules.funds.basis
    assert found.actuals.measured("funds_yuan")[0] == (4 if basis == "fixed-asset" else 10.01)
    assert gross.actuals.measured("funds_yuan")[0] == 10.01


def test_a_project_is_signed_and_started_once_at_events_of_a_prefecture_or_above(book, minimal):
    for lead, level in (("l1", "province"), ("l2", "county"), ("l3", "national")):
        book.add("leads", lead=lead, company=lead)
        book.add("contracts", lead=lead, event_level=level)
        if lead != "l3":
            book.add("starts", lead=lead)
    book.add("contracts", lead="l1", event_level="national", date="2024-07-07")
    found = stand(book, minimal).actuals
    assert found.measured("event_signed").tolist() == [2.0, 0.0]
    assert found.measured("event_started").tolist() == [1.0, 0.0]


def test_inspections_are_visits_that_a_leader_received(book, minimal):
    leader = minimal.organisation.leaders[0].id
    book.add("leads", lead="l1")
    book.add("visits", lead="l1", leader=leader)
    book.add("visits", lead="l1", date="2024-07-05")
    assert stand(book, minimal).actuals.measured("inspections").tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("due", "done", "late"),
    [
        ("2024-07-07", "2024-07-07", 0),
        ("2024-07-07", "2024-07-08", 1),
        ("2024-07-07", "", 1),
        ("2024-10-06", "", 0),
    ],
)
def test_a_report_is_late_when_it_is_done_after_its_day_or_still_missing(
    book, minimal, due, done, late
):
    book.add("duties", kind="report", due=due, done=done)
    assert stand(book, minimal).actuals.measured("reports_late").tolist() == [late, 0.0]


def test_days_at_post_and_money_are_counted_by_bureau(book, minimal, bureaus):
    one, two = (bureau.persons[0].id for bureau in minimal.organisation.bureaus)
    for person, day, status in (
        (one, "2024-07-01", "post"),
        (one, "2024-07-02", "leave"),
        (two, "2024-07-01", "post"),
        (two, "2024-07-02", "post"),
    ):
        book.add("presence", person=person, date=day, status=status)
    book.add("expenses", head="travel", amount_yuan="10.5")
    book.add("expenses", head="per_diem", amount_yuan="3", bureau=bureaus[1])
    book.add("deductions", item="late", points="2.5")
    book.add("liaison", item="visit")
    book.add("duties", kind="event", due="2024-07-08", done="2024-07-08")
    found = stand(book, minimal)
    assert found.actuals.measured("presence_days").tolist() == [1.0, 2.0]
    assert found.heads == ("per_diem", "travel")
    assert found.spent_yuan.tolist() == [[0.0, 3.0], [10.5, 0.0]]
    for name, expected in (("deductions_points", 2.5), ("liaison_items", 1), ("events", 1)):
        assert found.actuals.measured(name).tolist() == [expected, 0.0]
