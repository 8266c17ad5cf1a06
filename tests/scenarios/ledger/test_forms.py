"""Three forms of a ledger, one meaning: the same rows say the same in each, good and bad."""

from __future__ import annotations

import io
import random
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest

from scenarios.faults import ScenarioError
from scenarios.ledger import TABLES, convert, is_ledger, read_ledger
from scenarios.ledger.files import append as add_lines
from scenarios.ledger.files import file_of
from scenarios.ledger.forms import make
from scenarios.ledger.sheets import LIMITS
from scenarios.load import load_scenario
from sim.demo import Noise, ledger_of
from sim.demo.files import rows_of, write
from sim.hidden import hidden_year
from tests.dashboards.sample import plan_of
from tests.scenarios.ledger.conftest import TODAY

END = date(2023, 12, 31)
FILES = ("ledger.xlsx", "ledger.sqlite")
GARBAGE = (
    "",
    "nobody",
    "-5",
    "1e3",
    "2099-01-01",
    "2023-02-30",
    "１２",
    "=1+1",
    "'",
    "NULL",
    "x" * 99,
)


@pytest.fixture(scope="module")
def bole():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def demo(bole):
    plan = plan_of(bole)
    return ledger_of(bole, plan, hidden_year(bole, plan, seed=5), Noise())


def assert_same(one, two):
    """Two ledgers that say the same, each fault at the same row, column and with the same cure."""
    for name in TABLES:
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])
    assert one.remarks == two.remarks
    assert [bare(fault) for fault in one.faults] == [bare(fault) for fault in two.faults]


def bare(fault):
    where = fault.where.replace(".csv row", " row")
    return where, fault.found, fault.allowed, fault.remedy


@pytest.mark.parametrize("name", [*FILES, "again"])
def test_a_demo_ledger_reads_the_same_in_every_form(tmp_path, bole, demo, name):
    rows = write(tmp_path / "demo", demo, END)
    assert convert(tmp_path / "demo", tmp_path / name, lang="en") == rows
    other = read_ledger(tmp_path / name, bole, today=END)
    assert other.faults == ()
    assert_same(other, read_ledger(tmp_path / "demo", bole, today=END))


def test_converting_there_and_back_gives_the_same_bytes(tmp_path, demo):
    write(tmp_path / "demo", demo, END)
    steps = ("demo", "a.xlsx", "b.sqlite", "c", "d.xlsx")
    for source, target in pairwise(steps):
        convert(tmp_path / source, tmp_path / target)
    for path in (tmp_path / "demo").iterdir():
        assert path.read_bytes() == (tmp_path / "c" / path.name).read_bytes()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "d.xlsx").read_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_are_broken_read_the_same_in_every_form(tmp_path, bole, demo, seed):
    rng = random.Random(seed)
    found = 0
    for name, rows in rows_of(demo, END).items():
        picked = rng.sample(rows, min(len(rows), 12))
        rows = [dict(row) for row in picked + rng.sample(picked, min(len(picked), 2))]
        for row in rows:
            for head in rng.sample(TABLES[name].names, rng.choice((0, 0, 1, 2))):
                row[head] = rng.choice((*GARBAGE, rng.choice(rows)["entry"], "yes"))
        add_lines(tmp_path / "ledger", TABLES[name], rows)
    first = read_ledger(tmp_path / "ledger", bole, today=END)
    found += len(first.faults)
    for name in FILES:
        convert(tmp_path / "ledger", tmp_path / name)
        # The sheets of a Chinese workbook and their heads are named so in its faults.
        other = read_ledger(tmp_path / name, bole, today=END)
        if name.endswith("xlsx"):
            assert len(other.faults) == found
            make_plain(tmp_path / name)
            other = read_ledger(tmp_path / name, bole, today=END)
        assert_same(other, first)
    assert found > 10


def make_plain(path):
    """Name a workbook's sheets and heads as the CSVs do."""
    book = openpyxl.load_workbook(path)
    for table, sheet in zip(TABLES.values(), book.worksheets, strict=False):
        sheet.title = table.name
        for index, name in enumerate(table.names, start=1):
            sheet.cell(1, index, name)
    book.save(path)


@pytest.fixture
def workbook(tmp_path, minimal):
    """Write cells of any type below the heads of a sheet, and read the ledger."""

    def read(title, rows, heads=None, table="expenses"):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        sheet.append(list(heads or TABLES[table].names))
        for row in rows:
            sheet.append(row)
        path = tmp_path / "hand.xlsx"
        book.save(path)
        return read_ledger(path, minimal, today=TODAY)

    return read


def spent(minimal, amount, day="2024-07-08", entry="e1", cleared=None):
    bureau = minimal.organisation.bureaus[0].id
    return [entry, day, None, None, bureau, None, "travel", day, amount, cleared]


@pytest.mark.parametrize(
    ("amount", "fen"),
    [(1234.56, 123_456), (7, 700), (0.1 + 0.2, 30), (1e12, 10**14), (19.99, 1999)],
)
def test_numbers_and_days_of_a_spreadsheet_are_read_as_its_csv_would_have_them(
    workbook, minimal, amount, fen
):
    day = datetime(2024, 7, 8)
    ledger = workbook("支出", [spent(minimal, amount, day, cleared=day.date())])
    assert ledger.faults == ()
    table = ledger.tables["expenses"]
    assert table["amount_fen"].tolist() == [fen]
    assert table["date"].tolist() == table["cleared"].tolist() == [pd.Timestamp(day)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sheets_heads_and_words_are_read_in_either_language(workbook, minimal, lang):
    table = TABLES["presence"]
    person = minimal.organisation.bureaus[0].persons[0].id
    heads = ["entry", "登记日", "corrects", "taken back"]
    heads += [column.title.get(lang) for column in table.columns]
    word = table.column("status").words["escort"].get(lang)
    rows = [["e1", "2024-07-08", None, None, person, "2024-07-08", word]]
    ledger = workbook(table.title.get(lang), rows, heads)
    assert ledger.faults == ()
    assert ledger.tables["presence"]["status"].tolist() == ["escort"]


def test_faults_of_a_workbook_name_its_own_sheet_and_head(workbook, minimal):
    heads = list(TABLES["expenses"].names)
    heads[heads.index("amount_yuan")] = "金额（元）"
    ledger = workbook("支出", [spent(minimal, -5)], heads)
    assert [fault.where for fault in ledger.faults] == ["支出 row 2 column 金额（元）"]


def test_what_a_workbook_holds_beside_its_tables_is_told(tmp_path, workbook, minimal):
    ledger = workbook("支初", [["x"]])
    assert [fault.found.en for fault in ledger.faults] == ["the unknown table '支初'"]
    wide = [*spent(minimal, 5), "a note"]
    ledger = workbook("支出", [wide, spent(minimal, 6, entry="e2")])
    assert [fault.where for fault in ledger.faults] == ["支出 row 2"]
    assert ledger.tables["expenses"]["entry"].tolist() == ["e2"]


def test_a_formula_without_its_result_is_told_and_its_row_left_out(workbook, minimal):
    rows = [spent(minimal, "=1+1"), spent(minimal, 6, entry="e2")]
    ledger = workbook("expenses", rows)
    (fault,) = ledger.faults
    assert fault.where == "expenses row 2 column amount_yuan"
    assert fault.remedy.zh
    assert ledger.tables["expenses"]["entry"].tolist() == ["e2"]


def test_one_table_on_two_sheets_is_told(tmp_path, minimal):
    book = openpyxl.Workbook()
    for title in ("expenses", "支出"):
        book.create_sheet(title).append(list(TABLES["expenses"].names))
    book.save(tmp_path / "twice.xlsx")
    (fault,) = read_ledger(tmp_path / "twice.xlsx", minimal, today=TODAY).faults
    assert "支出" in fault.found.en


def bomb(path, size):
    """Make a workbook small on the disk whose one sheet unpacks to a size."""
    make(path, {})
    stream = io.BytesIO(path.read_bytes())
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet99.xml", "w") as part,
    ):
        for _ in range(size // 2**20 + 1):
            part.write(b" " * 2**20)
    path.write_bytes(stream.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, minimal):
    path = tmp_path / "bomb.xlsx"
    bomb(path, LIMITS.unpacked_bytes)
    assert path.stat().st_size < 2 * 2**20
    ledger = read_ledger(path, minimal, today=TODAY)
    assert [fault.found.en for fault in ledger.faults] == ["a file that unpacks to too much"]
    assert ledger.n_rows == 0


def test_a_workbook_of_too_many_bytes_is_refused(tmp_path, minimal):
    path = tmp_path / "large.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(LIMITS.packed_bytes))
    (fault,) = read_ledger(path, minimal, today=TODAY).faults
    assert "MiB" in fault.allowed.zh


@pytest.mark.parametrize("name", ["x.xlsx", "x.sqlite", "x.csv"])
@pytest.mark.parametrize(
    "content", [b"", b"no ledger" * 99, b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0"]
)
def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path, minimal, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    ledger = read_ledger(path, minimal, today=TODAY)
    assert ledger.faults
    assert ledger.n_rows == 0
    assert path.read_bytes() == content


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", FILES)
def test_any_change_of_bytes_of_a_file_is_read_without_another_exception(
    tmp_path, bole, seed, name
):
    rng = random.Random(seed)
    path = tmp_path / name
    make(
        path,
        {"calls": [[f"c{i}", "2024-07-08", "", "", "nobody", "2024-07-08", "A"] for i in range(9)]},
    )
    content = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 60)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(content[: rng.choice((len(content), len(content) // 2))])
    ledger = read_ledger(path, bole, today=TODAY)
    assert ledger.n_rows + len(ledger.faults) > 0


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "ledger.sqlite"
    make(path, {"calls": [["c1", "2024-07-08", "", "", "nobody", "2024-07-08", "A"]]})
    with closing(sqlite3.connect(path)) as held:
        yield path, held


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calls SET company = 'B'",
        "DELETE FROM calls",
        "INSERT OR REPLACE INTO calls (row, entry) VALUES (2, 'c9')",
        "REPLACE INTO calls (row, entry) VALUES (2, 'c9')",
    ],
)
def test_rows_of_a_database_are_only_added(database, change):
    _, held = database
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        held.execute(change)
    assert held.execute("SELECT row, entry, company FROM calls").fetchall() == [(2, "c1", "A")]


def test_every_table_of_a_database_is_guarded_and_holds_texts(database):
    _, held = database
    for name, table in TABLES.items():
        held.execute(f"INSERT INTO {name} (entry) VALUES ('z')")
        for change in (f"UPDATE {name} SET entry = 'y'", f"DELETE FROM {name}"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                held.execute(change)
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            held.execute(f"INSERT INTO {name} (entry) VALUES (x'00')")
        assert [x[1] for x in held.execute(f"PRAGMA table_info({name})")] == ["row", *table.names]
    assert held.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("change", "words", "is_read"),
    [
        ("PRAGMA user_version = 2", "version 2", False),
        ("PRAGMA application_id = 7", "another database", False),
        ("CREATE TABLE cals (a)", "cals", True),
        ("ALTER TABLE calls RENAME COLUMN company TO firm", "company", False),
        ("ALTER TABLE calls ADD COLUMN more TEXT AS (entry || 'x')", "nobody", True),
        ("DROP TABLE liaison", "nobody", True),
    ],
)
def test_a_database_of_another_shape_is_told_and_the_rest_is_read(
    database, minimal, change, words, is_read
):
    path, held = database
    held.execute(change)
    held.commit()
    faults = read_ledger(path, minimal, today=TODAY).faults
    assert any(words in fault.found.en for fault in faults)
    # The one row names a person who is none.
    assert ("calls row 2 column person" in [x.where for x in faults]) == is_read


def test_reading_a_database_leaves_nothing_beside_it(database, minimal):
    path, held = database
    held.close()
    read_ledger(path, minimal, today=TODAY)
    assert {x.name for x in path.parent.iterdir()} <= {path.name, f".{path.name}.lock"}


@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_nothing_is_made_over_something(tmp_path, name):
    (tmp_path / name).write_text("kept")
    with pytest.raises(FileExistsError):
        make(tmp_path / name, {})
    (tmp_path / "source").mkdir()
    with pytest.raises(FileExistsError):
        convert(tmp_path / "source", tmp_path / name)
    assert (tmp_path / name).read_text() == "kept"


@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_nothing_is_made_of_what_would_lose_rows(tmp_path, name):
    path = file_of(tmp_path / "source", TABLES["calls"])
    path.parent.mkdir()
    head = ",".join(TABLES["calls"].names) + "\n"
    for bad, words in (
        ("a,b\n", "2 cells"),
        ("e1,2024-07-0", "unfinished"),
        ("e1,\x07,,,,,\n", "x07"),
    ):
        path.write_text(head + bad)
        with pytest.raises(ScenarioError, match=words):
            convert(tmp_path / "source", tmp_path / name)
        assert not (tmp_path / name).exists()


def test_a_csv_that_is_no_table_is_told(tmp_path, minimal):
    (tmp_path / "cals.csv").write_text("a\n")
    (fault,) = read_ledger(tmp_path, minimal, today=TODAY).faults
    assert (fault.where, fault.remedy.en) == ("cals.csv", "did you mean 'calls'?")


def test_a_ledger_is_told_from_other_things_by_its_name(tmp_path):
    for name in ("a.xlsx", "b.sqlite", "c"):
        make(tmp_path / name, {})
        assert is_ledger(tmp_path / name)
    (tmp_path / "d.txt").write_text("")
    assert not any(is_ledger(tmp_path / name) for name in ("d.txt", "none", "none.xlsx"))


def test_a_workbook_whose_sheet_is_gone_from_the_file_is_told(tmp_path, minimal):
    path = tmp_path / "ledger.xlsx"
    make(path, {"calls": [["c1", "2024-07-08", "", "", "nobody", "2024-07-08", "A"]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if not name.endswith("sheet3.xml"):
                archive.writestr(name, content)
    ledger = read_ledger(path, minimal, today=TODAY)
    assert [fault.found.en for fault in ledger.faults] == ["nothing where the sheet '走访' was"]
    assert ledger.unreadable == ledger.faults


@pytest.mark.parametrize(
    "change", ["DROP TABLE {0}", "ALTER TABLE {0} RENAME TO x; CREATE VIEW {0} AS SELECT * FROM x"]
)
@pytest.mark.parametrize("name", TABLES)
def test_a_database_without_one_of_its_tables_is_told(database, minimal, name, change):
    path, held = database
    held.executescript(change.format(name))
    ledger = read_ledger(path, minimal, today=TODAY)
    assert [(x.where, x.found.en) for x in ledger.unreadable] == [(name, "no such table")]
    assert set(ledger.unreadable) <= set(ledger.faults)


def test_cells_far_to_the_right_are_told_and_not_dropped(workbook, minimal):
    far = [*spent(minimal, 5), *[None] * 200, "a note"]
    (fault,) = workbook("支出", [spent(minimal, 6, entry="e2"), far]).unreadable
    assert (fault.where, fault.found.en) == ("支出 row 3", "cells beyond column 100")


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#DIV/0!"])
def test_what_a_failed_formula_leaves_is_no_text(workbook, minimal, cell):
    row = ["c1", "2024-07-08", None, None, minimal.organisation.bureaus[0].persons[0].id]
    ledger = workbook("calls", [[*row, "2024-07-08", cell]], table="calls")
    assert [fault.where for fault in ledger.faults] == ["calls row 2 column company"]


@pytest.mark.parametrize("name", ["contracts.CSV", "Contracts.csv", "contracts.Csv"])
def test_a_table_whose_name_is_written_otherwise_is_told(tmp_path, minimal, name):
    (tmp_path / name).write_text("a\n")
    assert [x.where for x in read_ledger(tmp_path, minimal, today=TODAY).faults] == [name]


@pytest.mark.parametrize("name", ["calls.csv", "folder", "ledger.xlsx", "ledger.sqlite"])
def test_a_link_that_leads_nowhere_is_no_empty_ledger(tmp_path, minimal, name):
    (tmp_path / name).symlink_to(tmp_path / "gone")
    path = tmp_path if name == "calls.csv" else tmp_path / name
    assert len(read_ledger(path, minimal, today=TODAY).unreadable) > 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_table_in_another_encoding_is_one_fault(tmp_path, minimal, encoding):
    text = ",".join(TABLES["calls"].names) + "\ne1,2024-07-08,,,p,2024-07-08,企业\n"
    file_of(tmp_path, TABLES["calls"]).write_bytes(text.encode(encoding))
    (fault,) = read_ledger(tmp_path, minimal, today=TODAY).unreadable
    assert "UTF-8" in fault.remedy.en
    assert fault.text("zh").isprintable()


@pytest.mark.parametrize(("old", "new"), [(",", ";"), (",", "\t"), ("\n", "\r")])
def test_a_table_with_other_marks_between_its_cells_is_one_fault(tmp_path, minimal, old, new):
    text = ",".join(TABLES["calls"].names) + "\ne1,2024-07-08,,,p,2024-07-08,A\n"
    file_of(tmp_path, TABLES["calls"]).write_bytes(text.replace(old, new).encode())
    (fault,) = read_ledger(tmp_path, minimal, today=TODAY).unreadable
    assert "CSV" in fault.remedy.en


@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_a_disk_that_is_full_leaves_no_part_of_a_ledger(tmp_path, monkeypatch, name):
    def fails(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(ScenarioError, match="No space left"):
        make(tmp_path / name, {"calls": [["c1"] * 7]})
    assert {x.name for x in tmp_path.iterdir()} == {f".{name}.lock"}


@pytest.mark.parametrize("name", [*FILES, "folder"])
def test_a_demo_says_in_every_form_that_it_is_made_up(tmp_path, bole, demo, name):
    path = tmp_path / name
    write(path, demo, date(2023, 2, 28))
    ledger = read_ledger(path, bole, today=END)
    assert ledger.synthetic
    assert ledger.as_of(date(2023, 1, 31)).synthetic
    make(tmp_path / f"other-{name}", {}, note="台账")
    assert not read_ledger(tmp_path / f"other-{name}", bole, today=END).synthetic
