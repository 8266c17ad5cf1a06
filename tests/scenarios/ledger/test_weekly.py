from __future__ import annotations

from datetime import date, timedelta

import pytest

from scenarios.ledger.weekly import ANSWER_DAYS, STALE_DAYS, weekly_check

DAY = date(2024, 7, 10)


def todo(book, minimal, kind, day=DAY):
    return [item for item in weekly_check(book.read(), minimal, day) if item.kind == kind]


def test_days_without_a_record_are_told_as_stretches(book, minimal):
    one, *others = (person.id for _, person in minimal.persons)
    for day in (1, 2, 5, 10):
        book.add("presence", person=one, date=f"2024-07-{day:02d}")
    found = todo(book, minimal, "missing-days")
    assert [(x.day.day, x.said.en[:45]) for x in found if x.subject == one] == [
        (3, "no presence recorded from 2024-07-03 to 2024-"),
        (6, "no presence recorded from 2024-07-06 to 2024-"),
    ]
    assert [x.day for x in found if x.subject == others[0]] == [minimal.horizon.start]


def test_a_whole_log_leaves_nothing_missing(book, minimal):
    for _, person in minimal.persons:
        for day in range(1, 11):
            book.add("presence", person=person.id, date=f"2024-07-{day:02d}")
    assert todo(book, minimal, "missing-days") == []


@pytest.mark.parametrize(("status", "told"), [("post", 0), ("leave", 1), ("travel", 1)])
def test_a_call_on_a_day_away_from_post_is_told(book, minimal, status, told):
    book.add("presence", date="2024-07-08", status=status)
    book.add("calls", date="2024-07-08")
    assert len(todo(book, minimal, "call-away")) == told


def test_several_things_to_do_of_one_person_and_day_are_all_told(book, minimal):
    book.add("presence", date="2024-07-08", status="leave")
    for company in ("B", "A", "C"):
        book.add("calls", date="2024-07-08", company=company)
    found = todo(book, minimal, "call-away")
    assert [item.said.en.split()[3] for item in found] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("days", "answered", "kind"),
    [
        (ANSWER_DAYS + 1, "", "request-overdue"),
        (ANSWER_DAYS, "", "request-due"),
        (ANSWER_DAYS - 20, "", None),
        (ANSWER_DAYS + 1, "2024-08-30", None),
    ],
)
def test_a_request_has_thirty_days(book, minimal, days, answered, kind):
    asked = date(2024, 8, 31) - timedelta(days=days)
    book.add("requests", date=asked, recorded="2024-08-31", answered=answered)
    for name in ("request-overdue", "request-due"):
        assert len(todo(book, minimal, name, date(2024, 8, 31))) == (name == kind)


@pytest.mark.parametrize(
    ("closing", "idle", "told"),
    [
        (None, STALE_DAYS + 1, 1),
        (None, STALE_DAYS, 0),
        (("losses", {}), STALE_DAYS + 1, 0),
        (("contracts", {}), STALE_DAYS + 1, 0),
        (("contracts", {"kind": "intent"}), STALE_DAYS + 1, 1),
    ],
)
def test_an_open_lead_without_progress_is_stale(book, minimal, closing, idle, told):
    book.add("leads", lead="l1")
    if closing is not None:
        book.add(closing[0], lead="l1", **closing[1])
    day = date(2024, 7, 8) + timedelta(days=idle)
    assert len(todo(book, minimal, "lead-stale", day)) == told


@pytest.mark.parametrize(
    ("due", "done", "kind"),
    [
        ("2024-07-09", "", "per-diem-waits"),
        ("2024-07-20", "", "clearing-due"),
        ("2024-08-20", "", None),
        ("2024-07-05", "2024-07-06", None),
    ],
)
def test_the_per_diem_waits_for_a_clearing_that_is_overdue(book, minimal, due, done, kind):
    book.add("duties", kind="clearing", due=due, done=done)
    for name in ("per-diem-waits", "clearing-due"):
        assert len(todo(book, minimal, name)) == (name == kind)


def test_without_a_gate_no_per_diem_waits(book, minimal):
    gate = minimal.budget.gate.model_copy(update={"policy": "none"})
    budget = minimal.budget.model_copy(update={"gate": gate})
    free = minimal.model_copy(update={"budget": budget})
    book.add("duties", kind="clearing", due="2024-07-09")
    assert todo(book, free, "per-diem-waits") == []
    assert len(todo(book, free, "duty-overdue")) == 1


def test_items_read_in_both_languages_with_the_names_given(book, minimal):
    book.add("duties", kind="clearing", due="2024-07-09")
    (item,) = todo(book, minimal, "per-diem-waits")
    book.add("duties", kind="report", due="2024-07-09")
    (report,) = todo(book, minimal, "duty-overdue")
    assert "报表" in report.text("zh", {})
    assert item.text("en", {item.subject: "Beijing"}).startswith("Beijing: expenses due on")
    assert item.text("zh", {}).startswith(f"{item.subject}：")
