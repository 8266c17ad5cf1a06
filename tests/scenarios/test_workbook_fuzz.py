"""Whatever is uploaded ends in a scenario or in a list of faults, never in another error."""

from __future__ import annotations

import io
import random
import string
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from scenarios.faults import ScenarioError
from scenarios.load import load_scenario
from scenarios.model import Scenario
from scenarios.workbook.layout import SHEETS
from scenarios.workbook.read import read_csv_table, read_workbook, with_tables
from scenarios.workbook.rows import rows_of
from tests.scenarios.books import saved, template

QUICK, ALL = 60, 400

VALUES = (
    None, "", " ", 0, -1, 1, 3.5, 1e300, -1e300, float("1e-300"), 10**17, True, False,
    "#REF!", "#N/A", "=1/0", "=A1", "=", "+1", "-", "@x", "east", "EAST", "eeast", "east; south",
    "；", ";;", "2024-07-01", "2024/7/1", "2024.7.1", "2024年7月1日", "07/01/2024", "20240701",
    "2024-13-45", "0000-00-00", "9999-12-31", "0001-01-01..9999-12-31",
    "2024-07-01..2024-06-01", "2024-07-01..", "..", "１２", "1,000", "1，000", "NaN", "inf",
    "（无）", "(none)", "无", "是", "yes", "maybe", "nothing\nnew", "\u202eabc", "a" * 33_000,
    "<b>&amp;", "'; drop table", "示例", "😀", date(2024, 7, 1), datetime(2024, 7, 1, 12, 30),
    datetime(9999, 12, 31), timedelta(days=3), 45474, 45474.5, 2**31, "1e999", "--1", "0x10",
    "quarterly", "beta", "kind", "cn", "zz", "null",
)  # fmt: skip


def a_page(book, rng):
    return rng.choice([page for page in book.worksheets if page.max_row > 1])


def a_cell(page, rng, first=1):
    row = rng.randint(first, max(first, min(page.max_row, 60)))
    return page.cell(row, rng.randint(1, max(1, page.max_column)))


def cells(book, rng):
    for _ in range(rng.randint(1, 12)):
        a_cell(a_page(book, rng), rng, 2).value = rng.choice(VALUES)


def any_cells(book, rng):
    for _ in range(rng.randint(1, 12)):
        a_cell(a_page(book, rng), rng).value = rng.choice(VALUES)


def days_in_other_shapes(book, rng):
    shapes = ("%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%y-%m-%d")
    for page in book.worksheets:
        for row in page.iter_rows(min_row=2, max_row=40):
            for cell in row:
                if isinstance(cell.value, date) and rng.random() < 0.5:
                    cell.value = cell.value.strftime(rng.choice(shapes))


def merged(book, rng):
    page = a_page(book, rng)
    row, column = rng.randint(1, 6), rng.randint(1, 4)
    page.merge_cells(
        start_row=row, end_row=row + rng.randint(0, 4), start_column=column, end_column=column + 1
    )


def sheet_gone(book, rng):
    del book[rng.choice(book.sheetnames)]


def sheet_renamed(book, rng):
    a_page(book, rng).title = rng.choice(["Sheet1", "企业名单", "Compnies", "bureaus", "x" * 31])


def sheet_twice(book, rng):
    book.copy_worksheet(a_page(book, rng)).title = rng.choice(["companies", "企业", "设置", "copy"])


def sheet_hidden(book, rng):
    a_page(book, rng).sheet_state = rng.choice(["hidden", "veryHidden"])


def column_gone(book, rng):
    a_page(book, rng).delete_cols(rng.randint(1, 6), rng.randint(1, 2))


def column_added(book, rng):
    page = a_page(book, rng)
    page.insert_cols(rng.randint(1, 6))
    page.cell(1, rng.randint(1, 6)).value = rng.choice(["x", "id", "编号", "note", None, 3])


def column_renamed(book, rng):
    page = a_page(book, rng)
    page.cell(1, rng.randint(1, page.max_column)).value = rng.choice(VALUES)


def column_twice(book, rng):
    page = a_page(book, rng)
    page.cell(1, page.max_column + 1).value = page.cell(1, rng.randint(1, page.max_column)).value


def rows_shuffled(book, rng):
    page = a_page(book, rng)
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    rng.shuffle(rows)
    page.delete_rows(2, page.max_row)
    for row in rows[: rng.randint(0, len(rows))]:
        page.append(row)


def rows_twice(book, rng):
    page = a_page(book, rng)
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_row=30)]
    for row in rows:
        page.append(row)


def rows_above(book, rng):
    page = a_page(book, rng)
    page.insert_rows(1, rng.randint(1, 14))
    page.cell(1, 1).value = rng.choice(["标题", "id", None])


def far_away(book, rng):
    page = a_page(book, rng)
    page.cell(rng.choice([900, 90_000, 1_048_576]), rng.choice([1, 90, 16_384])).value = "x"


def many_rows(book, rng):
    page = a_page(book, rng)
    row = [cell.value for cell in page[2]]
    for number in range(rng.choice([300, 4_000])):
        page.append([f"{row[0]}-{number}", *row[1:]])


def emptied(book, rng):
    for page in rng.sample(book.worksheets, rng.randint(1, len(book.worksheets))):
        page.delete_rows(rng.randint(1, 2), page.max_row)


CHANGES = (
    cells, cells, cells, any_cells, days_in_other_shapes, merged, sheet_gone, sheet_renamed,
    sheet_twice, sheet_hidden, column_gone, column_added, column_renamed, column_twice,
    rows_shuffled, rows_twice, rows_above, far_away, many_rows, emptied,
)  # fmt: skip


def changed_book(rng):
    book = openpyxl.load_workbook(io.BytesIO(template("minimal", rng.choice(["zh", "en"]))))
    changes = [rng.choice(CHANGES) for _ in range(rng.randint(1, 3))]
    # What makes a sheet large comes last: the others would walk over all of it.
    for change in sorted(changes, key=lambda change: change in (many_rows, far_away)):
        try:
            change(book, rng)
        except (ValueError, AttributeError, IndexError, TypeError):
            # A change that no longer fits what the one before left: this upload has one less.
            continue
    return saved(book)


def damaged_bytes(rng):
    raw = bytearray(template())
    for _ in range(rng.randint(1, 40)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw[: rng.choice([len(raw), rng.randrange(len(raw))])])


def damaged_parts(rng):
    """A sound archive whose XML is not: the parser itself is met."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template())) as source, zipfile.ZipFile(stream, "w") as target:
        names = source.namelist()
        doomed = set(rng.sample(names, rng.randint(1, 4)))
        for name in names:
            content = bytearray(source.read(name))
            if name in doomed:
                kind = rng.randrange(5)
                if kind == 0:
                    continue
                if kind == 1:
                    content = content[: rng.randrange(len(content) + 1)]
                elif kind == 2:
                    for _ in range(rng.randint(1, 20)):
                        content[rng.randrange(len(content))] = rng.choice(b"<>/\"'&= 019azRC")
                elif kind == 3:
                    old, new = rng.choice(
                        [(b'r="', b'r="99'), (b't="s"', b't="e"'), (b"<v>", b"<v>9"),
                         (b't="s"', b't="d"'), (b'r="', b'r="-'), (b'r:id="rId', b'r:id="x'),
                         (b'r="A', b'r="ZZZZ'), (b"sheetId", b"sheetID"), (b"<c ", b"<c x:y='1' ")]
                    )  # fmt: skip
                    content = content.replace(old, new)
                else:
                    content = bytearray(rng.randbytes(200))
            target.writestr(name, bytes(content))
    return stream.getvalue()


def garbage(rng):
    start = rng.choice(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"id,name\n", b"%PDF"]
    )
    return start + rng.randbytes(rng.choice([0, 10, 5_000]))


def upload(seed):
    """One upload: its name and its bytes."""
    rng = random.Random(seed)
    kind = rng.choices(["book", "bytes", "parts", "garbage", "csv"], weights=[60, 8, 12, 5, 15])[0]
    if kind == "csv":
        return f"{rng.choice([*SHEETS, '企业', 'upload'])}.csv", csv_of(rng)
    make = {"book": changed_book, "bytes": damaged_bytes, "parts": damaged_parts}.get(kind, garbage)
    return "upload.xlsx", make(rng)


def csv_of(rng):
    key = rng.choice(list(SHEETS))
    lines = [[c.title.get(rng.choice(["zh", "en"])) for c in SHEETS[key].columns]]
    lines += [
        ["" if value is None else str(value) for value in row]
        for row in rows_of(load_scenario("minimal"))[key]
    ]
    for _ in range(rng.randint(0, 6)):
        line = rng.choice(lines)
        if line:
            line[rng.randrange(len(line))] = str(rng.choice(VALUES))
    text = rng.choice(["\n", "\r\n"]).join(rng.choice([",", ";", "\t"]).join(x) for x in lines)
    if rng.random() < 0.2:
        text += rng.choice(['"', "\0", "\n" * 50, "".join(rng.choices(string.printable, k=300))])
    return text.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))


def read(name, raw):
    """Read an upload as the page does."""
    if name.endswith(".csv"):
        table = read_csv_table(raw, name)
        return with_tables(load_scenario("minimal"), {table.sheet: table.grid}, name)
    return read_workbook(raw, name)


def expect_an_answer(seed):
    name, raw = upload(seed)
    faults, found = (), None
    try:
        found = read(name, raw)
    except ScenarioError as error:
        faults = error.faults
    assert isinstance(found, Scenario) != bool(faults), seed
    assert all(fault.text(lang) for fault in faults for lang in ("zh", "en"))
    return found is not None


def test_sixty_uploads_end_in_faults_or_a_scenario():
    sound = [expect_an_answer(seed) for seed in range(QUICK)]
    assert 0 < sum(sound) < QUICK


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_hundreds_of_uploads_end_in_faults_or_a_scenario():
    sound = [expect_an_answer(seed) for seed in range(ALL)]
    assert 0 < sum(sound) < ALL
