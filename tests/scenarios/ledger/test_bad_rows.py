"""Bad input of every table and column: told with row and cure, the good rows read, no traceback.

The cases come from ``tables.yaml``: a new table or column is covered as it is added.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from scenarios.ledger import TABLES, read_ledger
from scenarios.ledger.files import file_of, read_texts
from scenarios.ledger.reading import known_ids, typed
from scenarios.ledger.tables import HEAD
from scenarios.load import load_scenario
from tests.scenarios.ledger.conftest import TODAY
from tests.scenarios.test_faults import assert_chinese

DAY, LATER = "2024-07-08", "2024-07-09"
COLUMNS = [(table, column) for table in TABLES.values() for column in (*HEAD, *table.columns)]
IDS = [f"{table.name}-{column.name}" for table, column in COLUMNS]

WRONG = {
    "person": ("nobody", "Person", "a,b"),
    "bureau": ("nowhere", "1"),
    "leader": ("nobody", "0"),
    "chain": ("nothing", "-"),
    "lead": ("l9", "L1", "l1 l1"),
    "date": ("soon", "2024-02-30", "2024-13-01", "45481", "0001-01-01", "9999-12-31", "20240708"),
    "yuan": ("-5", "much", "1.234", "1e3", "１２", "٣", "9" * 14, "NaN", "inf", "¥5", "5元"),
    "points": ("-1", "1001", "many", "nan", "1e2"),
    "share": ("0", "1.01", "-0.5", "half", "50%"),
    "word": ("word", "POST", "none at all"),
    "text": ("x" * 32_768, "a\x07b", "\ufffd"),
}
"""What is no value of a kind."""


def good_value(column, scenario, n):
    """Return a value that a column may hold; the n-th row of a table has its own texts."""
    home = scenario.organisation
    match column.kind:
        case "word":
            # The mildest reading of a row: of a first record nothing is taken back.
            return "no" if column.name == "void" else next(iter(column.words))
        case "person":
            return home.bureaus[0].persons[0].id
        case "bureau":
            return home.bureaus[0].id
        case "leader":
            return home.leaders[0].id
        case "chain":
            return home.chains[0].id
        case "lead":
            return "l1"
        case "date":
            return DAY
        case "text":
            return "" if column.name == "corrects" else f"{column.name}-{n}"
        case _:
            return {"yuan": "5", "points": "5", "share": "1"}[column.kind]


class Sheet:
    """Rows of one table, in a ledger that has one lead."""

    def __init__(self, folder, scenario, table):
        self.folder, self.scenario, self.table = folder, scenario, table
        self.rows = []
        folder.mkdir(exist_ok=True)
        if table.name != "leads":
            lead = Sheet(folder, scenario, TABLES["leads"])
            lead.add(lead="l1")
            lead.write()

    def add(self, **cells):
        n = len(self.rows) + 1
        columns = (*HEAD, *self.table.columns)
        row = {column.name: good_value(column, self.scenario, n) for column in columns}
        self.rows.append(row | cells)
        return (row | cells)["entry"]

    def write(self):
        import csv

        with file_of(self.folder, self.table).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.table.names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)

    def read(self):
        self.write()
        return read_ledger(self.folder, self.scenario, today=TODAY)

    def kept(self, ledger):
        return ledger.tables[self.table.name]["entry"].tolist()


@pytest.fixture
def sheet(tmp_path, minimal):
    return lambda table: Sheet(tmp_path / "ledger", minimal, table)


def assert_told(faults, where):
    """Every fault is told in both languages, and one of them is there."""
    assert where in [fault.where for fault in faults]
    for fault in faults:
        assert fault.text("en")
        assert fault.allowed.en
        assert_chinese(fault)


@pytest.mark.parametrize("name", TABLES)
def test_rows_made_up_from_the_tables_are_good(sheet, name):
    rows = sheet(TABLES[name])
    entries = [rows.add(), rows.add()]
    ledger = rows.read()
    assert ledger.faults == ()
    assert rows.kept(ledger) == entries


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_what_is_no_value_of_a_column_is_told_and_only_its_row_left_out(sheet, table, column):
    rows = sheet(table)
    good = [rows.add()]
    if column.name == "entry":
        bad = WRONG["text"]
    elif column.name == "corrects":
        bad = ("corrects-9", "x" * 32_768)
    else:
        bad = WRONG[column.kind]
    for value in bad:
        rows.add(**{column.name: value})
    good.append(rows.add())
    ledger = rows.read()
    spots = [fault.where for fault in ledger.faults]
    label = f"{table.name}.csv row"
    for n in range(len(bad)):
        assert f"{label} {n + 3} column {column.name}" in spots
    assert_told(ledger.faults, f"{label} 3 column {column.name}")
    assert rows.kept(ledger) == good


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_an_empty_cell_is_told_where_one_is_needed_and_only_there(sheet, table, column):
    rows = sheet(table)
    good, emptied = rows.add(), rows.add(**{column.name: ""})
    ledger = rows.read()
    if column.optional:
        assert ledger.faults == ()
        assert rows.kept(ledger) == [good, emptied]
    else:
        assert_told(ledger.faults, f"{table.name}.csv row 3 column {column.name}")
        assert rows.kept(ledger) == [good]


@pytest.mark.parametrize("name", TABLES)
def test_rows_with_cells_missing_or_too_many_are_told(sheet, name):
    rows = sheet(TABLES[name])
    good = rows.add()
    rows.write()
    path = file_of(rows.folder, TABLES[name])
    line = path.read_text(encoding="utf-8").splitlines()[-1]
    short, long = line.rpartition(",")[0], f"{line},more"
    with path.open("a", encoding="utf-8") as file:
        file.write(f'{short}\n{long}\n"{line}\n\n{line[:7]}')
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    told = [fault.where for fault in ledger.faults]
    assert told == [f"{name}.csv row {n}" for n in (7, 3, 4, 5)]
    assert_told(ledger.faults, f"{name}.csv row 3")
    assert rows.kept(ledger) == [good]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=IDS)
def test_a_table_without_one_of_its_columns_is_told(sheet, table, column):
    rows = sheet(table)
    rows.add()
    rows.write()
    path = file_of(rows.folder, table)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(column.name, "colour", 1), encoding="utf-8")
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    found = [fault.found.en for fault in ledger.faults]
    assert f"no column '{column.name}'" in found
    assert_told(ledger.faults, f"{table.name}.csv row 1")


@pytest.mark.parametrize(
    ("table", "column"),
    [x for x in COLUMNS if x[1].kind == "date" and (x[1].past or x[1].name == x[0].happened)],
    ids=lambda x: x.name,
)
def test_what_happened_cannot_lie_after_the_day_of_record(sheet, table, column):
    rows = sheet(table)
    good = rows.add()
    rows.add(**{column.name: LATER})
    ledger = rows.read()
    assert_told(ledger.faults, f"{table.name}.csv row 3 column {column.name}")
    assert rows.kept(ledger) == [good]


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_recorded_in_days_to_come(sheet, name):
    rows = sheet(TABLES[name])
    good = rows.add()
    rows.add(recorded="2024-10-01")
    ledger = rows.read()
    assert_told(ledger.faults, f"{name}.csv row 3 column recorded")
    assert rows.kept(ledger) == [good]


@pytest.mark.parametrize("name", TABLES)
def test_an_entry_number_used_twice_is_told_and_the_first_row_counts(sheet, name):
    rows = sheet(TABLES[name])
    good = rows.add()
    rows.add(entry=good)
    ledger = rows.read()
    assert_told(ledger.faults, f"{name}.csv row 3 column entry")
    assert rows.kept(ledger) == [good]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"corrects": "entry-9"}, "corrects"),
        ({"corrects": "entry-2"}, "corrects"),
        ({"corrects": "entry-3"}, "corrects"),
        ({"void": "yes"}, "corrects"),
        ({"corrects": "entry-1", "recorded": "2024-07-08"}, "recorded"),
    ],
    ids=["nothing", "itself", "what stands later", "void of nothing", "before it was recorded"],
)
def test_a_correction_of_what_is_not_there_is_told(sheet, name, cells, column):
    rows = sheet(TABLES[name])
    good = [rows.add(recorded=LATER)]
    rows.add(**({"recorded": LATER} | cells))
    good.append(rows.add(recorded=LATER))
    ledger = rows.read()
    assert_told(ledger.faults, f"{name}.csv row 3 column {column}")
    assert rows.kept(ledger) == good


@pytest.mark.parametrize("name", TABLES)
def test_of_corrections_of_corrections_the_last_holds(sheet, name):
    rows = sheet(TABLES[name])
    first = rows.add()
    second = rows.add(corrects=first)
    third = rows.add(corrects=second)
    ledger = rows.read()
    assert ledger.faults == ()
    assert ledger.as_of(TODAY).tables[name]["entry"].tolist() == [third]
    rows.add(corrects=third, void="yes")
    assert ledger_is_empty(rows)


@pytest.mark.parametrize("name", TABLES)
def test_of_two_corrections_of_one_entry_the_last_holds_and_it_is_told(sheet, name):
    rows = sheet(TABLES[name])
    first = rows.add()
    rows.add(corrects=first, recorded=LATER)
    last = rows.add(corrects=first, recorded=LATER)
    ledger = rows.read()
    (remark,) = [x for x in ledger.remarks if x.kind == "corrected-twice"]
    assert (remark.table, remark.entry, remark.used) == (name, last, True)
    assert first in remark.said.zh
    assert ledger.as_of(TODAY).tables[name]["entry"].tolist() == [last]
    rows.add(corrects=first, void="yes", recorded="2024-07-10")
    assert ledger_is_empty(rows)


def ledger_is_empty(rows):
    return rows.read().as_of(TODAY).tables[rows.table.name].empty


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cell", ["recorded", "first"])
def test_a_wrong_row_that_is_put_right_is_no_fault_any_more_but_told(sheet, name, cell):
    rows = sheet(TABLES[name])
    column = next(x for x in TABLES[name].columns if not x.optional)
    bad = {"recorded": {"recorded": "2024-10-01"}, "first": {column.name: WRONG[column.kind][0]}}
    wrong = rows.add(**bad[cell])
    assert rows.read().faults
    right = rows.add(corrects=wrong)
    ledger = rows.read()
    assert ledger.faults == ()
    (remark,) = [x for x in ledger.remarks if x.kind == "put-right"]
    assert (remark.table, remark.entry, remark.used) == (name, right, True)
    assert "2" in remark.said.zh
    assert "row 2" in remark.said.en
    assert remark in ledger.as_of(TODAY).remarks
    assert remark not in ledger.as_of(date(2024, 7, 1)).remarks
    assert rows.kept(ledger) == [right]
    assert ledger.as_of(TODAY).tables[name]["entry"].tolist() == [right]


@pytest.mark.parametrize("name", TABLES)
def test_a_wrong_row_between_two_right_ones_does_not_make_them_count_twice(sheet, name):
    rows = sheet(TABLES[name])
    column = next(x for x in TABLES[name].columns if not x.optional)
    first = rows.add()
    wrong = rows.add(corrects=first, **{column.name: WRONG[column.kind][0]})
    last = rows.add(corrects=wrong)
    ledger = rows.read()
    assert ledger.faults == ()
    assert rows.kept(ledger) == [first, last]
    assert ledger.as_of(TODAY).tables[name]["entry"].tolist() == [last]


@pytest.mark.parametrize("name", TABLES)
def test_two_rows_for_one_thing_count_once_and_are_told(sheet, name):
    table = TABLES[name]
    rows = sheet(table)
    first = rows.add()
    again = rows.add(**{key: rows.rows[0][key] for key in table.once})
    ledger = rows.read()
    assert ledger.faults == ()
    (remark,) = [x for x in ledger.remarks if x.kind == "duplicate"]
    assert (remark.table, remark.entry, remark.used) == (name, again, False)
    assert first in remark.said.zh
    assert ledger.as_of(TODAY).tables[name]["entry"].tolist() == [first]


def test_two_companies_under_one_lead_count_once_and_are_told(sheet, minimal):
    rows = sheet(TABLES["leads"])
    rows.add(lead="l1", company="A")
    rows.add(lead="l1", company="B", bureau=minimal.organisation.bureaus[1].id)
    ledger = rows.read()
    assert [(x.kind, x.used) for x in ledger.remarks] == [("duplicate", False)]
    assert ledger.as_of(TODAY).tables["leads"]["company"].tolist() == ["A"]


@pytest.mark.parametrize("name", [x for x in TABLES if TABLES[x].columns[0].kind == "lead"])
def test_rows_of_a_lead_whose_own_row_is_wrong_are_told(sheet, name):
    rows = sheet(TABLES[name])
    leads = Sheet(rows.folder, rows.scenario, TABLES["leads"])
    leads.add(lead="l1", chain="nothing")
    leads.write()
    rows.add()
    ledger = rows.read()
    assert_told(ledger.faults, f"{name}.csv row 2 column lead")
    assert_told(ledger.faults, "leads.csv row 2 column chain")


@pytest.mark.parametrize("name", TABLES)
def test_a_line_of_damaged_bytes_costs_no_other_row(sheet, name):
    rows = sheet(TABLES[name])
    rows.add(entry="条目一")
    rows.add(entry="条目二")
    rows.add(entry="条目三")
    rows.write()
    path = file_of(rows.folder, TABLES[name])
    content = path.read_bytes()
    path.write_bytes(content.replace("二".encode(), b"\xff\xfe", 1))
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    assert_told(ledger.faults, f"{name}.csv row 3 column entry")
    assert rows.kept(ledger) == ["条目一", "条目三"]
    # Cut off within a sign: the whole lines are read as they are.
    path.write_bytes(content + "条目四".encode()[:-1])
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    assert [fault.where for fault in ledger.faults] == [f"{name}.csv row 5"]
    assert rows.kept(ledger) == ["条目一", "条目二", "条目三"]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"z" * 200_000 + b"\n", b"PK\x03\x04\x00\x00\n", b"\x00\n", b"\xff\xfe\n", b'"\n'],
)
def test_a_file_that_is_no_table_is_told(sheet, name, content):
    rows = sheet(TABLES[name])
    file_of(rows.folder, TABLES[name]).write_bytes(content)
    faults = read_ledger(rows.folder, rows.scenario, today=TODAY).faults
    assert_told(faults, f"{name}.csv row 1")


@pytest.mark.parametrize(
    "bad",
    [
        b"x" * 200_000 + b"\n",
        b"a,\x00,b\n",
        b'"' + b"y" * 200_000 + b'",b\n',
        b"w" * 200_000 + b"," * 20 + b"\n",
        b'"stray\n',
        b'a,"stray,b\n' * 3,
    ],
)
def test_a_bad_line_is_told_and_the_rows_around_it_read(sheet, bad):
    rows = sheet(TABLES["calls"])
    entries = [rows.add(), rows.add()]
    rows.write()
    path = file_of(rows.folder, TABLES["calls"])
    head, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + first + bad + second)
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    assert rows.kept(ledger) == entries
    assert_told(ledger.faults, "calls.csv row 3")


def mutated(name, content, seed):
    rng = random.Random(f"{name} {seed}")
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(changed))
        changed[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    return bytes(changed)


def assert_read(folder, scenario, table, content):
    """A table's bytes are read, whatever they are, and no line of them is dropped silently."""
    path = file_of(folder, table)
    path.write_bytes(content)
    texts = read_texts(path, table)
    known = {**known_ids(scenario), "lead": frozenset(("l1",))}
    frame, faults, remarks = typed(texts, table, known, TODAY)
    told = [fault.where for fault in (*texts.faults, *faults)]
    assert len(frame) + len(told) + len(remarks) > 0
    if texts.readable:
        rows = {where.split(" row ")[1].split(" ")[0] for where in told}
        lines = [x for x in content.split(b"\n")[1:] if x.strip(b', "\r\t\x0b\x0c')]
        assert len(frame) + len(rows) + len(remarks) >= len(lines), (content, told)


@pytest.mark.parametrize("name", TABLES)
def test_any_change_of_bytes_is_read_without_another_exception(tmp_path, minimal, name):
    rows = Sheet(tmp_path, minimal, TABLES[name])
    for _ in range(3):
        rows.add(entry=f"条目{len(rows.rows)}")
    rows.write()
    content = file_of(tmp_path, TABLES[name]).read_bytes()
    for seed in range(12):
        assert_read(tmp_path, minimal, TABLES[name], mutated(name, content, seed))


@pytest.mark.long
@pytest.mark.parametrize("name", TABLES)
def test_many_changes_of_bytes_are_read_without_another_exception(tmp_path, name):
    scenario = load_scenario("minimal")
    rows = Sheet(tmp_path, scenario, TABLES[name])
    for _ in range(3):
        rows.add(entry=f"条目{len(rows.rows)}")
    rows.write()
    content = file_of(tmp_path, TABLES[name]).read_bytes()
    for seed in range(-(-3_000 // len(TABLES))):
        assert_read(tmp_path, scenario, TABLES[name], mutated(name, content, 1_000 + seed))


BENT = ["{entry},2024-07-08,,\n", "{entry},2024-07-08,,,a,b,c,d,e,f,g,h,i\n", '{entry},"x\n']


@pytest.mark.parametrize("line", BENT)
@pytest.mark.parametrize("name", TABLES)
def test_a_line_that_is_no_row_is_put_right_by_a_row_that_corrects_it(sheet, name, line):
    rows = sheet(TABLES[name])
    first = rows.add()
    rows.write()
    path = file_of(rows.folder, TABLES[name])
    with path.open("a") as file:
        file.write(line.format(entry="entry-77"))
    (fault,) = read_ledger(rows.folder, rows.scenario, today=TODAY).faults
    assert fault.where == f"{name}.csv row 3"
    assert "corrects" in fault.remedy.en
    columns = TABLES[name].names
    right = dict(zip(columns, path.read_text().splitlines()[1].split(","), strict=True))
    right |= {"entry": "entry-78", "corrects": "entry-77"}
    with path.open("a") as file:
        file.write(",".join(right[column] for column in columns) + "\n")
    ledger = read_ledger(rows.folder, rows.scenario, today=TODAY)
    assert ledger.faults == ()
    assert rows.kept(ledger) == [first, "entry-78"]
    assert "put-right" in {x.kind for x in ledger.remarks}


@pytest.mark.parametrize(
    "amount", ["1,5", "1,50", "500000000,00", "1,2345", "12,34,567", ",500", "500,", "1,000,5"]
)
def test_a_comma_parts_thousands_and_nothing_else(sheet, amount):
    rows = sheet(TABLES["expenses"])
    rows.add(amount_yuan=amount)
    assert_told(rows.read().faults, "expenses.csv row 2 column amount_yuan")
    rows.rows[0]["amount_yuan"] = "1,234,567.5"
    assert rows.read().tables["expenses"]["amount_fen"].tolist() == [123_456_750]


def test_what_a_terminal_would_obey_is_shown_as_signs(sheet):
    rows = sheet(TABLES["calls"])
    rows.add(person="\x1b[31mred\x07")
    (fault,) = rows.read().faults
    assert fault.found.en == r"'\x1b[31mred\x07'"
