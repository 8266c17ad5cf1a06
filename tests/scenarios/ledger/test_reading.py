from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import date

import pandas as pd
import pytest

from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import append, file_of

TODAY = date(2024, 9, 30)


def told(faults):
    return [(fault.where, fault.found.en) for fault in faults]


def test_an_empty_folder_is_an_empty_ledger(tmp_path, minimal):
    ledger = read_ledger(tmp_path / "none", minimal, today=TODAY)
    assert ledger.n_rows == 0
    assert ledger.faults == ()
    assert set(ledger.tables) == set(TABLES)


def test_money_is_kept_to_the_fen(book):
    book.add("leads", lead="l1")
    book.add("contracts", lead="l1", amount_yuan="12,345,678.05")
    ledger = book.read()
    assert ledger.faults == ()
    assert ledger.tables["contracts"]["amount_fen"].tolist() == [1_234_567_805]


def test_days_are_read_as_a_spreadsheet_writes_them_back(book):
    book.add("calls", date="2024/7/8")
    assert book.read().tables["calls"]["date"].tolist() == [pd.Timestamp("2024-07-08")]


@pytest.mark.parametrize(
    ("table", "cells", "column"),
    [
        ("calls", {"person": "nobody"}, "person"),
        ("calls", {"date": "8 July"}, "date"),
        ("calls", {"date": "2024-02-30"}, "date"),
        ("calls", {"date": ""}, "date"),
        ("calls", {"date": "2024-07-09"}, "date"),
        ("calls", {"recorded": "2024-10-01"}, "recorded"),
        ("calls", {"company": ""}, "company"),
        ("calls", {"corrects": "calls-999"}, "corrects"),
        ("presence", {"status": "holiday"}, "status"),
        ("contracts", {"lead": "unknown"}, "lead"),
        ("contracts", {"lead": "l1", "amount_yuan": "-5"}, "amount_yuan"),
        ("contracts", {"lead": "l1", "amount_yuan": "1.234"}, "amount_yuan"),
        ("contracts", {"lead": "l1", "amount_yuan": "much"}, "amount_yuan"),
        ("shares", {"lead": "l1", "share": "1.5"}, "share"),
        ("shares", {"lead": "l1", "share": "0"}, "share"),
        ("requests", {"answered": "2024-07-01"}, "answered"),
        ("instalments", {"lead": "l1", "gross_yuan": "5", "fixed_yuan": "6"}, "fixed_yuan"),
        ("absences", {"start": "2024-07-05", "end": "2024-07-04", "approved": "yes"}, "end"),
    ],
)
def test_a_wrong_cell_is_named_and_its_row_alone_left_out(book, table, cells, column):
    book.add("leads", lead="l1")
    kept = {"start": "2024-07-05", "end": "2024-07-06", "approved": "yes"}
    good = {"lead": "l1", "share": "1", "gross_yuan": "6", "fixed_yuan": "5", **kept}
    fits = {key: value for key, value in good.items() if key in TABLES[table].names}
    right = book.add(table, **fits)
    book.add(table, **{**fits, **cells})
    ledger = book.read()
    (fault,) = ledger.faults
    assert fault.where == f"{table}.csv row 3 column {column}"
    assert fault.allowed.zh
    assert fault.allowed.en
    assert ledger.tables[table]["entry"].tolist() == [right]


def test_every_fault_of_every_table_is_told_at_once(book):
    book.add("calls", person="nobody", date="soon")
    book.add("expenses", amount_yuan="-1")
    assert told(book.read().faults) == [
        ("calls.csv row 2 column person", "'nobody'"),
        ("calls.csv row 2 column date", "'soon'"),
        ("expenses.csv row 2 column amount_yuan", "'-1'"),
    ]


def test_an_entry_number_is_used_once(book):
    book.add("calls", entry="c1")
    book.add("calls", entry="c1", company="Other")
    ledger = book.read()
    assert told(ledger.faults) == [("calls.csv row 3 column entry", "'c1'")]
    assert ledger.tables["calls"]["company"].tolist() == ["Acme"]


def test_two_rows_for_one_thing_count_once_and_are_told(book):
    first = book.add("leads", lead="l1")
    again = book.add("leads", lead="l1", recorded="2024-07-09")
    ledger = book.read()
    (remark,) = ledger.remarks
    assert (remark.entry, remark.kind, remark.used) == (again, "duplicate", False)
    assert first in remark.said.en
    assert ledger.as_of(TODAY).tables["leads"]["entry"].tolist() == [first]


def test_a_correction_holds_from_the_day_it_was_recorded(book):
    book.add("leads", lead="l1")
    first = book.add("contracts", lead="l1", amount_yuan="100")
    book.add("contracts", lead="l1", amount_yuan="90", corrects=first, recorded="2024-08-01")
    ledger = book.read()
    before, after = (
        ledger.as_of(day).tables["contracts"]["amount_fen"].tolist()
        for day in (date(2024, 7, 31), date(2024, 8, 1))
    )
    assert (before, after) == ([10_000], [9_000])


def test_a_correction_of_the_first_of_two_equal_rows_counts_and_the_second_does_not(book):
    first = book.add("presence", date="2024-07-08")
    again = book.add("presence", date="2024-07-08")
    right = book.add("presence", date="2024-07-08", status="leave", corrects=first)
    ledger = book.read()
    (remark,) = (remark for remark in ledger.remarks if remark.kind == "duplicate")
    assert (remark.entry, remark.used) == (again, False)
    assert right in remark.said.en
    held = ledger.as_of(TODAY).tables["presence"]
    assert held["entry"].tolist() == [right]
    assert held["status"].tolist() == ["leave"]


def test_a_row_taken_back_is_gone_and_was_there_before(book):
    first = book.add("calls")
    book.add("calls", corrects=first, void="yes", recorded="2024-07-20")
    ledger = book.read()
    assert len(ledger.as_of(date(2024, 7, 19)).tables["calls"]) == 1
    assert len(ledger.as_of(date(2024, 7, 20)).tables["calls"]) == 0
    assert len(ledger.tables["calls"]) == 2


def test_a_company_counts_for_the_bureau_that_reported_it_first(book, minimal):
    from scenarios.ledger.remarks import first_reports

    other = minimal.organisation.bureaus[1].id
    book.add("leads", lead="late", company="A · cme", date="2024-07-08", bureau=other)
    book.add("leads", lead="early", company="ACME", date="2024-07-02")
    ledger = book.read()
    (remark,) = ledger.remarks
    assert remark.kind == "second-report"
    assert first_reports(ledger.tables["leads"]).to_dict() == {"early": "early", "late": "early"}


def test_shares_that_do_not_add_up_do_not_count(book, minimal):
    one, two = (bureau.id for bureau in minimal.organisation.bureaus)
    for lead, other in (("l1", "0.4"), ("l2", "0.5")):
        book.add("leads", lead=lead, company=lead)
        book.add("shares", lead=lead, bureau=one, share="0.5")
        book.add("shares", lead=lead, bureau=two, share=other)
    ledger = book.read()
    assert {remark.kind for remark in ledger.remarks} == {"shares"}
    assert set(ledger.as_of(TODAY).tables["shares"]["lead"]) == {"l2"}


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([("contracts", {})], "before-visit"),
        (
            [("visits", {"date": "2024-07-08"}), ("contracts", {"date": "2024-07-05"})],
            "before-visit",
        ),
        ([("registrations", {})], "before-contract"),
        ([("visits", {"date": "2024-06-30"})], "before-report"),
        ([("losses", {"date": "2024-06-30"})], "before-report"),
        (
            [
                ("visits", {"date": "2024-07-02"}),
                ("contracts", {"date": "2024-07-02"}),
                ("registrations", {"date": "2024-07-05"}),
                ("starts", {"date": "2024-07-04"}),
            ],
            "before-registration",
        ),
        ([("losses", {"date": "2024-07-05"}), ("visits", {})], "after-loss"),
        ([("visits", {"recorded": "2024-09-01"})], "back-dated"),
    ],
)
def test_what_is_out_of_order_is_told_and_counts(book, rows, kind):
    book.add("leads", lead="l1", date="2024-07-01")
    for name, cells in rows:
        book.add(name, lead="l1", **cells)
    ledger = book.read()
    assert ledger.faults == ()
    (remark,) = ledger.remarks
    assert (remark.kind, remark.used) == (kind, True)


def test_a_duplicate_that_was_corrected_does_not_come_back(book):
    first = book.add("calls")
    again = book.add("calls")
    book.add("calls", corrects=again, recorded="2024-07-09")
    assert book.read().as_of(TODAY).tables["calls"]["entry"].tolist() == [first]


def test_an_earlier_day_is_seen_as_it_was_whatever_was_put_right_since(book):
    first = book.add("calls")
    again = book.add("calls", recorded="2024-07-09")
    book.add("calls", corrects=again, company="Other", recorded="2024-08-01")
    ledger = book.read()
    then, now = (ledger.as_of(day) for day in (date(2024, 7, 31), date(2024, 8, 1)))
    assert then.tables["calls"]["entry"].tolist() == [first]
    assert [x.kind for x in then.remarks] == ["duplicate"]
    assert sorted(now.tables["calls"]["company"]) == ["Acme", "Other"]
    assert now.remarks == ()


def test_a_correction_that_makes_a_duplicate_changes_nothing_of_the_days_before(book):
    one = book.add("expenses", amount_yuan="300")
    other = book.add("expenses", amount_yuan="100")
    book.add("expenses", corrects=one, amount_yuan="100", recorded="2024-08-01")
    ledger = book.read()
    then, now = (
        ledger.as_of(day).tables["expenses"]["amount_fen"].sum() / 100
        for day in (date(2024, 7, 31), date(2024, 8, 1))
    )
    assert (then, now) == (400, 100)
    assert other not in {x.entry for x in ledger.as_of(date(2024, 7, 31)).remarks}


def test_shares_of_an_earlier_day_are_added_up_as_they_were(book, minimal):
    one, two = (bureau.id for bureau in minimal.organisation.bureaus)
    book.add("leads", lead="l1")
    for bureau in (one, two):
        last = book.add("shares", lead="l1", bureau=bureau, share="0.5")
    book.add("shares", lead="l1", bureau=two, share="0.6", corrects=last, recorded="2024-08-01")
    ledger = book.read()
    then, now = (ledger.as_of(day) for day in (date(2024, 7, 31), date(2024, 8, 1)))
    assert (len(then.tables["shares"]), then.remarks) == (2, ())
    assert now.tables["shares"].empty
    assert {x.kind for x in now.remarks} == {"shares"}


def test_a_ledger_cut_to_a_day_says_the_same_of_later_days_and_nothing_of_earlier_ones(book):
    book.add("calls")
    known = book.read().as_of(date(2024, 7, 31))
    assert known.as_of(TODAY) is known
    with pytest.raises(ValueError, match=r"2024-07-30.*2024-07-31"):
        known.as_of(date(2024, 7, 30))


def stages(book, lead):
    """Record everything that can be recorded of a lead."""
    for name in ("visits", "contracts", "registrations", "starts", "losses"):
        book.add(name, lead=lead)
    book.add("instalments", lead=lead, gross_yuan="5", fixed_yuan="5")
    book.add("shares", lead=lead, share="1")


OF_LEADS = {"visits", "contracts", "registrations", "starts", "losses", "instalments", "shares"}


def test_rows_of_a_lead_whose_id_was_corrected_count_for_it_and_are_told(book):
    first = book.add("leads", lead="11")
    stages(book, "11")
    book.add("leads", lead="l1", corrects=first, recorded="2024-08-01")
    ledger = book.read()
    then, now = (ledger.as_of(day) for day in (date(2024, 7, 31), date(2024, 8, 1)))
    assert then.remarks == ()
    assert {x.table for x in now.remarks} == OF_LEADS
    assert {(x.kind, x.used) for x in now.remarks} == {("renamed", True)}
    for name in OF_LEADS:
        assert then.tables[name]["lead"].tolist() == ["11"]
        assert now.tables[name]["lead"].tolist() == ["l1"]


def test_rows_of_a_lead_that_was_taken_back_do_not_count_and_are_told(book):
    first = book.add("leads", lead="l1")
    stages(book, "l1")
    book.add("leads", lead="l1", corrects=first, void="yes", recorded="2024-08-01")
    ledger = book.read()
    assert ledger.faults == ()
    now = ledger.as_of(date(2024, 8, 1))
    assert {x.table for x in now.remarks} == OF_LEADS
    assert {(x.kind, x.used) for x in now.remarks} == {("no-lead", False)}
    assert all(now.tables[name].empty for name in OF_LEADS)
    assert not any(ledger.as_of(date(2024, 7, 31)).tables[name].empty for name in OF_LEADS)


def test_rows_recorded_before_their_lead_count_once_it_is_there(book):
    stages(book, "l1")
    book.add("leads", lead="l1", recorded="2024-07-20")
    ledger = book.read()
    assert ledger.faults == ()
    then, now = (ledger.as_of(day) for day in (date(2024, 7, 19), date(2024, 7, 20)))
    assert {(x.table, x.kind) for x in then.remarks} == {(name, "no-lead") for name in OF_LEADS}
    assert not any(now.tables[name].empty for name in OF_LEADS)
    assert now.remarks == ()


def test_an_id_that_two_leads_had_names_neither_once_both_are_corrected(book):
    one = book.add("leads", lead="l1", company="A")
    two = book.add("leads", lead="l1", company="B")
    book.add("contracts", lead="l1", kind="framework")
    book.add("leads", lead="l2", company="A", corrects=one)
    book.add("leads", lead="l3", company="B", corrects=two)
    known = book.read().as_of(TODAY)
    assert [(x.table, x.kind) for x in known.remarks] == [("contracts", "no-lead")]


def test_framework_agreements_need_no_visit(book):
    book.add("leads", lead="l1")
    book.add("contracts", lead="l1", kind="framework")
    assert book.read().remarks == ()


def test_the_order_of_rows_changes_nothing_that_is_said(book, minimal):
    for i in range(6):
        book.add("leads", lead=f"l{i % 4}", company=f"c{i % 3}", date=f"2024-07-0{1 + i % 5}")
        book.add("visits", lead=f"l{i % 4}", date=f"2024-07-0{2 + i % 5}")
        book.add("contracts", lead=f"l{i % 4}", date=f"2024-07-0{1 + i}")
    before = book.read()
    for name in ("leads", "visits", "contracts"):
        path = file_of(book.folder, TABLES[name])
        head, *lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([head, *reversed(lines)]))
    after = book.read()
    assert after.remarks == before.remarks
    for name in ("leads", "visits", "contracts"):
        one, two = (x.as_of(TODAY).tables[name].sort_values("entry") for x in (before, after))
        pd.testing.assert_frame_equal(one.reset_index(drop=True), two.reset_index(drop=True))


def test_a_file_of_a_spreadsheet_in_gbk_is_read(book):
    book.add("calls", company="博乐石材")
    path = file_of(book.folder, TABLES["calls"])
    path.write_bytes(path.read_text().encode("gb18030").replace(b"\n", b"\r\n"))
    ledger = book.read()
    assert ledger.faults == ()
    assert ledger.tables["calls"]["company"].tolist() == ["博乐石材"]


@pytest.mark.parametrize("drop", [True, False])
def test_a_table_with_other_columns_is_refused_with_the_names(book, drop):
    book.add("calls")
    path = file_of(book.folder, TABLES["calls"])
    text = path.read_text()
    path.write_text(text.replace(",company", "", 1) if drop else text.replace("person", "persn", 1))
    faults = book.read().faults
    assert any("company" in fault.found.en or "persn" in fault.found.en for fault in faults)


def test_ragged_rows_are_told_and_the_others_read(book):
    book.add("calls")
    path = file_of(book.folder, TABLES["calls"])
    with path.open("a") as file:
        file.write("a,b\n" + "x," * 12 + "\n\n")
    book.add("calls", company="Other")
    ledger = book.read()
    assert [fault.where for fault in ledger.faults] == ["calls.csv row 3", "calls.csv row 4"]
    assert ledger.tables["calls"]["company"].tolist() == ["Acme", "Other"]


def test_an_unfinished_line_is_told_kept_aside_and_does_not_run_into_the_next(book):
    book.add("calls")
    path = file_of(book.folder, TABLES["calls"])
    with path.open("a") as file:
        file.write("calls-9,2024-07-0")
    (fault,) = book.read().faults
    assert fault.where == "calls.csv row 3"
    book.add("calls", company="Other")
    ledger = book.read()
    assert ledger.tables["calls"]["company"].tolist() == ["Acme", "Other"]
    aside = path.with_suffix(".broken")
    assert aside.read_text() == "calls-9,2024-07-0\n"
    # Nobody has recorded it again yet: it goes on being told until the file is deleted.
    assert [fault.where for fault in ledger.faults] == ["calls.broken"]
    assert ledger.unreadable == ()
    aside.unlink()
    assert book.read().faults == ()


def _keep_appending(folder, started):
    rows = [{"entry": f"e{i}", "company": "x" * 5000} for i in range(50)]
    started.set()
    while True:
        append(folder, TABLES["calls"], rows)


def test_a_writer_killed_in_the_middle_loses_no_row_that_was_acknowledged(book, minimal):
    book.add("calls", entry="first")
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    writer = context.Process(target=_keep_appending, args=(book.folder, started))
    writer.start()
    assert started.wait(60)
    time.sleep(0.3)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    book.add("calls", entry="last")
    entries = book.read().tables["calls"]["entry"].tolist()
    assert (entries[0], entries[-1]) == ("first", "last")


def test_a_row_with_an_unknown_head_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="colour"):
        append(tmp_path, TABLES["calls"], [{"entry": "e1", "colour": "red"}])
    assert list(tmp_path.iterdir()) == []
