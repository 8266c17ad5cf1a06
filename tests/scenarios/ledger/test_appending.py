"""Adding rows to a ledger of any form: judged first, all or none, in turns, whole after a crash."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing

import openpyxl
import pytest

from scenarios.faults import ScenarioError
from scenarios.ledger import TABLES, append, read_ledger
from scenarios.ledger import files as csv_files
from scenarios.ledger.forms import make
from scenarios.ledger.replacing import turn
from scenarios.load import load_scenario
from tests.scenarios.ledger.conftest import TODAY

FORMS = ("folder", "ledger.xlsx", "ledger.sqlite")


def call(minimal, company="Acme", **cells):
    person = minimal.organisation.bureaus[0].persons[0].id
    row = {"recorded": "2024-07-08", "person": person, "date": "2024-07-08", "company": company}
    return row | cells


def entries(path, minimal, table="calls"):
    ledger = read_ledger(path, minimal, today=TODAY)
    assert ledger.faults == ()
    return ledger.tables[table]["entry"].tolist()


def bytes_of(path):
    if path.is_dir():
        return {file.name: file.read_bytes() for file in sorted(path.iterdir())}
    return path.read_bytes()


@pytest.fixture(params=FORMS)
def path(request, tmp_path):
    return tmp_path / request.param


def test_rows_are_numbered_and_added_after_those_there(path, minimal):
    add = [call(minimal, "A"), call(minimal, "=B,\"'")]
    assert append(path, "calls", add, minimal, today=TODAY) == ("calls-00001", "calls-00002")
    assert append(path, "calls", [call(minimal, "C")], minimal, today=TODAY) == ("calls-00003",)
    ledger = read_ledger(path, minimal, today=TODAY)
    assert ledger.faults == ()
    assert ledger.tables["calls"]["company"].tolist() == ["A", "=B,\"'", "C"]
    assert append(path, "calls", [], minimal, today=TODAY) == ()


def test_numbers_go_on_after_the_highest_and_leave_others_alone(path, minimal):
    heads = TABLES["calls"].names
    there = [
        {"entry": entry} | call(minimal, entry) for entry in ("calls-00041", "x-99", "calls-x")
    ]
    make(path, {"calls": [[row.get(head, "") for head in heads] for row in there]})
    assert append(path, "calls", [call(minimal)], minimal, today=TODAY) == ("calls-00042",)


@pytest.mark.parametrize(
    ("table", "cells", "where"),
    [
        ("calls", {"person": "nobody"}, "calls row 2 column person"),
        ("calls", {"date": "2024-07-09"}, "calls row 2 column date"),
        ("calls", {"recorded": "2024-10-01"}, "calls row 2 column recorded"),
        ("calls", {"corrects": "calls-00009"}, "calls row 2 column corrects"),
        ("calls", {"void": "yes"}, "calls row 2 column corrects"),
        ("calls", {"company": "a\nb"}, "calls row 2 column company"),
        ("calls", {"company": "a\ud800b"}, "calls row 2 column company"),
        ("calls", {"company": "x" * 32_768}, "calls row 2 column company"),
        ("calls", {"entry": "calls-00009"}, "calls row 2"),
        ("calls", {"colour": "red"}, "calls row 2"),
        ("cals", {}, "cals"),
    ],
)
def test_a_wrong_row_is_told_and_none_is_written(path, minimal, table, cells, where):
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    before = bytes_of(path)
    rows = [call(minimal, "good"), call(minimal, **({"company": "bad"} | cells))]
    with pytest.raises(ScenarioError) as caught:
        append(path, table, rows, minimal, today=TODAY)
    assert where in [fault.where for fault in caught.value.faults]
    assert all(fault.text("zh") and fault.text("en") for fault in caught.value.faults)
    if path.suffix != ".sqlite":
        assert bytes_of(path) == before
    assert entries(path, minimal) == ["calls-00001"]


def test_a_lead_that_is_not_there_is_refused_and_one_that_is_taken(path, minimal):
    home = minimal.organisation
    lead = {"recorded": "2024-07-08", "date": "2024-07-08", "source": "call", "company": "A"}
    lead |= {"lead": "l1", "bureau": home.bureaus[0].id, "chain": home.chains[0].id}
    start = {"recorded": "2024-07-08", "date": "2024-07-08", "lead": "l1"}
    with pytest.raises(ScenarioError, match="starts row 1 column lead"):
        append(path, "starts", [start], minimal, today=TODAY)
    append(path, "leads", [lead], minimal, today=TODAY)
    assert append(path, "starts", [start], minimal, today=TODAY) == ("starts-00001",)


def test_a_row_is_corrected_and_taken_back_by_rows_that_are_added(path, minimal):
    (first,) = append(path, "calls", [call(minimal)], minimal, today=TODAY)
    again = call(minimal, "Other", corrects=first)
    (second,) = append(path, "calls", [again], minimal, today=TODAY)
    held = read_ledger(path, minimal, today=TODAY).as_of(TODAY).tables["calls"]
    assert held["company"].tolist() == ["Other"]
    gone = call(minimal, corrects=second, void="yes")
    append(path, "calls", [gone], minimal, today=TODAY)
    assert read_ledger(path, minimal, today=TODAY).as_of(TODAY).tables["calls"].empty


def test_rows_go_into_the_columns_and_encoding_that_a_file_has(tmp_path, minimal):
    table = TABLES["calls"]
    heads = ["企业", *(name for name in table.names if name != "company")]
    row = ["博乐石材", "c1", "2024-07-08", "", "", call(minimal)["person"], "2024-07-08"]
    text = "\r\n".join([",".join(heads), ",".join(row), ""])
    csv_files.file_of(tmp_path, table).write_bytes(text.encode("gb18030"))
    append(tmp_path, "calls", [call(minimal, "赛里木湖")], minimal, today=TODAY)
    ledger = read_ledger(tmp_path, minimal, today=TODAY)
    assert ledger.faults == ()
    assert ledger.tables["calls"]["company"].tolist() == ["博乐石材", "赛里木湖"]


def test_a_workbook_keeps_what_people_made_of_it(tmp_path, minimal):
    path = tmp_path / "ledger.xlsx"
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    book = openpyxl.load_workbook(path)
    book["走访"].column_dimensions["G"].width = 77
    book["走访"]["G2"].comment = openpyxl.comments.Comment("ask again", "me")
    book.create_sheet("说明")["A1"] = "ours"
    book.save(path)
    append(path, "calls", [call(minimal, "B")], minimal, today=TODAY)
    after = openpyxl.load_workbook(path)
    assert after["走访"].column_dimensions["G"].width == 77
    assert after["走访"]["G2"].comment.text == "ask again"
    assert after["说明"]["A1"].value == "ours"
    assert entries(path, minimal) == ["calls-00001", "calls-00002"]


@pytest.mark.parametrize("kind", ["formula", "chart", "open", "open in LibreOffice"])
def test_a_workbook_that_would_lose_something_is_not_written(tmp_path, minimal, kind):
    path = tmp_path / "ledger.xlsx"
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    book = openpyxl.load_workbook(path)
    if kind == "formula":
        book["走访"]["G3"] = "=1+1"
    if kind == "chart":
        chart = openpyxl.chart.BarChart()
        chart.add_data(openpyxl.chart.Reference(book["走访"], min_col=1, min_row=1, max_row=2))
        book["走访"].add_chart(chart)
    book.save(path)
    if kind.startswith("open"):
        path.with_name("~$ledger.xlsx" if kind == "open" else ".~lock.ledger.xlsx#").touch()
    before = path.read_bytes()
    with pytest.raises(ScenarioError) as caught:
        append(path, "calls", [call(minimal)], minimal, today=TODAY)
    assert caught.value.faults[0].remedy.zh
    assert path.read_bytes() == before


def test_a_table_that_cannot_be_read_is_not_written(path, minimal):
    if path.name == "folder":
        path.mkdir()
        csv_files.file_of(path, TABLES["calls"]).write_text("a,b\n")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "calls"
        book.active.append(["a", "b"])
        book.save(path)
    else:
        make(path, {})
        with closing(sqlite3.connect(path)) as held:
            held.execute("ALTER TABLE calls RENAME COLUMN company TO firm")
    before = bytes_of(path)
    with pytest.raises(ScenarioError, match="company"):
        append(path, "calls", [call(minimal)], minimal, today=TODAY)
    assert bytes_of(path) == before


def _add_many(path, name, n, started):
    scenario = load_scenario("minimal")
    started.wait(60)
    for i in range(n):
        rows = [call(scenario, f"{name}-{i}-{k}") for k in range(3)]
        append(path, "calls", rows, scenario, today=TODAY)


def test_two_who_add_at_once_lose_no_row_and_use_no_number_twice(path, minimal):
    context = multiprocessing.get_context("spawn")
    started, n = context.Event(), 5 if path.suffix == ".xlsx" else 20
    both = [context.Process(target=_add_many, args=(path, x, n, started)) for x in ("a", "b")]
    for one in both:
        one.start()
    started.set()
    for one in both:
        one.join(120)
        assert one.exitcode == 0
    assert entries(path, minimal) == [f"calls-{i:05d}" for i in range(1, 6 * n + 1)]
    companies = read_ledger(path, minimal, today=TODAY).tables["calls"]["company"].tolist()
    assert set(companies) == {f"{x}-{i}-{k}" for x in "ab" for i in range(n) for k in range(3)}
    # The rows of one call stand together.
    assert all(
        len({x.rpartition("-")[0] for x in companies[i : i + 3]}) == 1 for i in range(0, 6 * n, 3)
    )


def test_who_waits_too_long_is_told_and_nothing_is_written(path, minimal):
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    with closing(sqlite3.connect(path if path.suffix == ".sqlite" else ":memory:")) as held:
        held.execute("BEGIN IMMEDIATE")
        with turn(path), pytest.raises(ScenarioError, match="another is writing"):
            append(path, "calls", [call(minimal)], minimal, today=TODAY, wait_s=0.05)
    assert entries(path, minimal) == ["calls-00001"]


def _keep_adding(path, acknowledged):
    scenario = load_scenario("minimal")
    while True:
        rows = [call(scenario, "x" * 3000) for _ in range(20)]
        acknowledged.put(append(path, "calls", rows, scenario, today=TODAY)[-1])


@pytest.mark.parametrize("wait_s", [0.02, 0.11])
def test_a_writer_killed_in_the_middle_leaves_all_or_none_of_its_rows(path, minimal, wait_s):
    context = multiprocessing.get_context("spawn")
    acknowledged = context.SimpleQueue()
    writer = context.Process(target=_keep_adding, args=(path, acknowledged))
    writer.start()
    last = acknowledged.get()
    time.sleep(wait_s)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    found = entries(path, minimal)
    while not acknowledged.empty():
        last = acknowledged.get()
    assert last in found
    assert len(found) % 20 == 0
    (after,) = append(path, "calls", [call(minimal)], minimal, today=TODAY)
    assert entries(path, minimal) == [*found, after]


def _die_within(path, started):
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    held.execute("INSERT INTO calls (entry) VALUES ('half')")
    started.set()
    time.sleep(60)


def test_a_transaction_whose_writer_is_killed_never_was(tmp_path, minimal):
    path = tmp_path / "ledger.sqlite"
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    writer = context.Process(target=_die_within, args=(path, started))
    writer.start()
    assert started.wait(60)
    assert entries(path, minimal) == ["calls-00001"]
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    assert entries(path, minimal) == ["calls-00001", "calls-00002"]


@pytest.mark.parametrize("name", ["folder", "ledger.xlsx"])
def test_a_save_that_is_interrupted_leaves_the_file_as_it_was(tmp_path, minimal, monkeypatch, name):
    path = tmp_path / name
    append(path, "calls", [call(minimal)], minimal, today=TODAY)
    before = bytes_of(path)

    def fails(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(ScenarioError, match="No space left"):
        append(path, "calls", [call(minimal)], minimal, today=TODAY)
    assert bytes_of(path) == before
    assert {x.name for x in tmp_path.iterdir()} == {name, f".{name}.lock"}


def test_the_number_of_a_line_that_is_no_row_is_not_used_again(tmp_path, minimal):
    append(tmp_path, "calls", [call(minimal)], minimal, today=TODAY)
    with (tmp_path / "calls.csv").open("a") as file:
        file.write("calls-00002,2024-07-08\n")
    assert append(tmp_path, "calls", [call(minimal)], minimal, today=TODAY) == ("calls-00003",)
    right = call(minimal) | {"corrects": "calls-00002", "company": "Other"}
    append(tmp_path, "calls", [right], minimal, today=TODAY)
    assert read_ledger(tmp_path, minimal, today=TODAY).faults == ()
