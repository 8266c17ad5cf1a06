from __future__ import annotations

import functools
from datetime import date, timedelta

import pytest

from scenarios.ledger.pipeline import ChainCount, by_chain, open_leads
from scenarios.ledger.statements import clearings, gates, overdue, presence
from scenarios.model import Scenario

JULY = date(2024, 7, 31)
AUGUST = date(2024, 8, 31)


def with_rule(scenario, **rule):
    """Return a scenario with another presence rule."""
    data = scenario.model_dump()
    data["rules"]["presence"] |= rule
    return Scenario.model_validate(data)


def log(book, person, status, first, last, month=7):
    for day in range(first, last + 1):
        book.add(
            "presence",
            person=person,
            date=f"2024-{month:02d}-{day:02d}",
            status=status,
            recorded="2024-09-01",
        )


@pytest.fixture
def person(minimal):
    return minimal.organisation.bureaus[0].persons[0].id


def of(found, person):
    (own,) = [x for x in found if x.person == person]
    return own


SEPTEMBER = date(2024, 9, 1)


def test_every_day_of_a_month_is_told_once_by_what_was_recorded(book, minimal, person):
    log(book, person, "post", 1, 10)
    log(book, person, "travel", 11, 11)
    log(book, person, "leave", 12, 18)
    log(book, person, "escort", 19, 21)
    log(book, person, "travel", 22, 22)
    log(book, person, "absent", 23, 25)
    book.add("absences", person=person, start="2024-07-24", end="2024-07-27", approved="yes")
    book.add("absences", person=person, start="2024-07-28", end="2024-07-28", approved="no")
    own = of(presence(book.read(), minimal, SEPTEMBER, minimal.days.months[:1]), person)
    assert (own.post, own.travel, own.home, own.escort) == (10, 2, 7, 3)
    # 23 July without approval; 24 and 25 recorded, 26 and 27 not recorded, under the approval.
    assert (own.absent, own.approved, own.unrecorded) == (1, 4, 4)
    assert own.days == 31
    # 26 of 31 days, of which 27 were served: 26 * 27 // 31.
    assert (own.counted, own.rule, own.owed) == (10, 22, None)


def test_travel_counts_where_the_scenario_says_so(book, minimal, person):
    log(book, person, "post", 1, 10)
    log(book, person, "travel", 11, 12)
    own = with_rule(minimal, travel_counts=True)
    found = of(presence(book.read(), own, SEPTEMBER, own.days.months[:1]), person)
    assert (found.counted, found.travel) == (12, 2)


def test_a_quarter_asks_for_its_78_days_and_less_for_a_posting_in_part(book, minimal, person):
    found = of(presence(book.read(), minimal, AUGUST, minimal.periods), person)
    assert (found.owed, found.rule, found.left, found.unrecorded) == (78, 78, 30, 62)
    book.add("absences", person=person, start="2024-07-01", end="2024-07-20", approved="yes")
    found = of(presence(book.read(), minimal, AUGUST, minimal.periods), person)
    # 72 of 92 days served, at least half: 12 of leave, 78 * (72 - 12) // (92 - 12).
    assert (found.owed, found.approved) == (58, 20)
    book.add("absences", person=person, start="2024-07-21", end="2024-08-20", approved="yes")
    found = of(presence(book.read(), minimal, AUGUST, minimal.periods), person)
    # 41 of 92 days served, less than half: no leave, 78 * 41 // 92.
    assert found.owed == 34


def test_a_month_with_leave_asks_for_every_other_day_where_the_policy_says_so(
    book, minimal, person
):
    log(book, person, "post", 1, 19)
    log(book, person, "leave", 20, 31)
    log(book, person, "post", 1, 26, month=8)
    own = with_rule(minimal, policy="monthly-except-leave")
    july, august = [
        x for x in presence(book.read(), own, SEPTEMBER, own.days.months[:2]) if x.person == person
    ]
    assert (july.owed, july.verdict(july.owed)) == (19, "met")
    assert (august.owed, august.verdict(august.owed)) == (26, "met")
    literal = with_rule(minimal, policy="monthly-literal")
    found = presence(book.read(), literal, SEPTEMBER, literal.days.months[:1])
    assert (of(found, person).owed, of(found, person).verdict(26)) == (26, "short")


@pytest.mark.parametrize(
    ("at_post", "absent", "as_of", "verdict"),
    [
        (26, 0, JULY, "met"),
        (25, 6, JULY, "short"),
        (25, 5, JULY, "unrecorded"),
        (20, 0, date(2024, 7, 21), "open"),
        (14, 6, date(2024, 7, 20), "late"),
        (15, 5, date(2024, 7, 20), "open"),
    ],
)
def test_the_verdict_knows_days_left_and_days_without_a_record(
    book, minimal, person, at_post, absent, as_of, verdict
):
    for n in range(at_post + absent):
        day = date(2024, 7, 1) + timedelta(days=n)
        status = "post" if n < at_post else "absent"
        book.add("presence", person=person, date=day, status=status, recorded=day)
    own = of(presence(book.read(), minimal, as_of, minimal.days.months[:1]), person)
    assert own.verdict(26) == verdict


def test_what_was_recorded_later_is_not_known(book, minimal, person):
    log(book, person, "post", 1, 5)
    own = of(presence(book.read(), minimal, JULY, minimal.days.months[:1]), person)
    assert (own.post, own.unrecorded) == (0, 31)


def test_expenses_are_listed_by_head_with_what_is_open_and_since_when(book, minimal):
    add = book.add
    add("expenses", date="2024-07-02", amount_yuan="100.50", cleared="2024-07-08")
    add("expenses", date="2024-07-03", amount_yuan="200")
    add("expenses", date="2024-08-03", recorded="2024-08-04", amount_yuan="30")
    add("expenses", date="2024-08-05", recorded="2024-08-05", amount_yuan="7", cleared="2024-08-05")
    add("expenses", date="2024-07-04", head="rent", amount_yuan="9", cleared="2024-07-08")
    rent, travel = clearings(book.read(), minimal, AUGUST, date(2024, 8, 1))
    assert (rent.head, rent.spent_fen, rent.open_fen, rent.since) == ("rent", 0, 0, None)
    assert (travel.spent_fen, travel.cleared_fen) == (3700, 700)
    assert (travel.open_fen, travel.since) == (23000, date(2024, 7, 3))
    july = clearings(book.read(), minimal, date(2024, 8, 1), date(2024, 7, 1))
    assert [(x.spent_fen, x.cleared_fen, x.open_fen) for x in july] == [
        (900, 900, 0),
        (30050, 10050, 20000),
    ]


def test_a_clearing_that_was_done_clears_what_was_spent_up_to_the_day_it_was_due(book, minimal):
    add = functools.partial(book.add, recorded="2024-08-20")
    for n, day in enumerate(("2024-07-10", "2024-07-20", "2024-07-21", "2024-08-05"), start=1):
        add("expenses", date=day, amount_yuan=10**n)
    add("expenses", date="2024-07-11", head="rent", amount_yuan="5", cleared="2024-08-18")
    other = minimal.organisation.bureaus[1].id
    add("expenses", date="2024-07-10", bureau=other, amount_yuan="7")
    for due, done in (
        ("2024-07-20", "2024-08-12"),
        ("2024-08-01", "2024-08-10"),
        ("2024-08-19", ""),
    ):
        add("duties", kind="clearing", due=due, done=done, recorded="2024-08-20")
    for day, cleared, opened in (
        (date(2024, 8, 20), (500, 111_000), (0, 1_000_000)),
        (date(2024, 9, 1), (500, 111_000), (0, 1_000_000)),
    ):
        rent, travel, elsewhere = clearings(book.read(), minimal, day, date(2024, 7, 1))
        assert (rent.cleared_fen, travel.cleared_fen) == cleared
        assert (rent.open_fen, travel.open_fen) == opened
        assert (elsewhere.cleared_fen, elsewhere.open_fen) == (0, 700)
        assert travel.since == date(2024, 8, 5)


def test_a_gate_names_clearings_that_wait_that_are_done_and_that_come(book, minimal):
    own, other = (bureau.id for bureau in minimal.organisation.bureaus)
    for due, done in (("2024-07-05", "2024-07-07"), ("2024-07-20", ""), ("2024-08-20", "")):
        book.add("duties", kind="clearing", due=due, done=done, recorded="2024-07-08")
    planned = [(own, date(2024, 7, 5)), (own, date(2024, 9, 1)), (other, date(2024, 9, 2))]
    first, second = gates(book.read(), minimal, JULY, planned)
    assert first.waits == (date(2024, 7, 20),)
    assert first.done == (date(2024, 7, 7),)
    assert first.next == (date(2024, 8, 20), date(2024, 9, 1))
    assert (second.waits, second.done, second.next) == ((), (), (date(2024, 9, 2),))


def test_what_is_overdue_is_told_oldest_first_with_its_days(book, minimal):
    book.add("requests", date="2024-07-08", company="A")
    book.add("requests", date="2024-07-08", company="B", answered="2024-07-08")
    book.add("requests", date="2024-08-20", recorded="2024-08-20", company="C")
    book.add("duties", kind="report", due="2024-07-20")
    book.add("duties", kind="report", due="2024-08-31", recorded="2024-08-31")
    book.add("duties", kind="dispatch-meeting", due="2024-08-30", bureau="")
    found = overdue(book.read(), AUGUST)
    east = minimal.organisation.bureaus[0].id
    assert [(x.kind, x.bureau, x.company, x.days) for x in found] == [
        ("report", east, "", 42),
        ("request", east, "A", 24),
        ("dispatch-meeting", "", "", 1),
    ]


def test_leads_under_way_stand_in_the_last_stage_they_reached(book, minimal):
    for lead in ("a", "b", "c", "d", "e", "f"):
        book.add("leads", lead=lead, company=f"company {lead}")
    for lead in ("b", "c", "d", "e"):
        book.add("visits", lead=lead, date="2024-07-10", recorded="2024-07-10")
    for lead in ("c", "d", "e"):
        book.add("contracts", lead=lead, date="2024-07-12", recorded="2024-07-12")
    for lead in ("d", "e"):
        book.add("registrations", lead=lead, date="2024-07-20", recorded="2024-07-20")
    book.add("starts", lead="e", date="2024-07-25", recorded="2024-07-25")
    book.add("losses", lead="f", date="2024-07-26", recorded="2024-07-26")
    found = {x.lead: x for x in open_leads(book.read(), minimal, date(2024, 9, 7))}
    assert {lead: x.stage for lead, x in found.items()} == {
        "a": "lead",
        "b": "visited",
        "c": "signed",
        "d": "registered",
    }
    # 61 days after the report, 59 after the visit; what is signed is never stale.
    assert {lead: x.stale for lead, x in found.items()} == dict.fromkeys("bcd", False) | {"a": True}
    assert found["b"].since == date(2024, 7, 10)


def test_a_company_reported_twice_is_one_lead_and_last_years_contract_is_none(book, minimal):
    other = minimal.organisation.bureaus[1].id
    book.add("leads", lead="first", company="Acme")
    book.add(
        "leads",
        lead="again",
        company="ACME",
        bureau=other,
        date="2024-07-09",
        recorded="2024-07-09",
    )
    book.add("visits", lead="again", date="2024-07-10", recorded="2024-07-10")
    book.add("leads", lead="old", company="Old", date="2024-03-01", recorded="2024-03-01")
    book.add("contracts", lead="old", date="2024-05-01", recorded="2024-05-01")
    (own,) = open_leads(book.read(), minimal, JULY)
    assert (own.lead, own.bureau, own.stage) == (
        "first",
        minimal.organisation.bureaus[0].id,
        "visited",
    )


def test_a_chain_counts_what_came_within_the_span(book, minimal):
    textiles, food = (chain.id for chain in minimal.organisation.chains)
    book.add("leads", lead="a", company="A", chain=textiles)
    book.add("leads", lead="b", company="B", chain=food, date="2024-06-01", recorded="2024-06-01")
    book.add("visits", lead="b", date="2024-07-10", recorded="2024-07-10")
    book.add("contracts", lead="b", date="2024-07-12", recorded="2024-07-12", amount_yuan="12.34")
    book.add("contracts", lead="b", kind="intent", date="2024-07-11", recorded="2024-07-11")
    book.add("losses", lead="a", date="2024-08-02", recorded="2024-08-02")
    july = by_chain(book.read(), date(2024, 7, 1), JULY)
    assert july == {textiles: ChainCount(1, 0, 0, 0, 0), food: ChainCount(0, 1, 1, 1234, 0)}
    august = by_chain(book.read(), date(2024, 8, 1), AUGUST)
    assert august == {textiles: ChainCount(0, 0, 0, 0, 1), food: ChainCount(0, 0, 0, 0, 0)}
