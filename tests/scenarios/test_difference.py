"""What is otherwise between two scenarios is named, each thing once."""

from __future__ import annotations

from scenarios.load import load_scenario
from scenarios.workbook.difference import differences
from scenarios.workbook.read import read_workbook
from tests.scenarios.books import column_of, edited

MINIMAL = load_scenario("minimal")


def found(change):
    return [
        (d.sheet, d.kind, d.column.name if d.column else None, d.before, d.after)
        for d in differences(MINIMAL, read_workbook(edited(change)))
    ]


def test_a_scenario_does_not_differ_from_itself_and_another_id_is_no_difference():
    assert differences(MINIMAL, MINIMAL) == ()
    assert differences(MINIMAL, MINIMAL.model_copy(update={"id": "other"})) == ()


def test_changed_added_and_removed_rows_are_told_apart():
    def change(book):
        companies = book["Companies"]
        companies.cell(2, column_of(companies, "priority points")).value = 33
        companies.delete_rows(3)
        companies.append(["new-01", *[cell.value for cell in companies[3]][1:]])
        wishes = book["Leave wishes"]
        wishes.cell(2, column_of(wishes, "weight")).value = 5
        settings = book["Settings"]
        for row in range(2, settings.max_row + 1):
            if settings.cell(row, 8).value == "budget.per_diem_yuan":
                settings.cell(row, 3).value = 95

    assert sorted(found(change), key=str) == sorted(
        [
            ("settings", "changed", "budget.per_diem_yuan", 80, 95),
            ("leave_wishes", "removed", None, None, None),
            ("leave_wishes", "added", None, None, None),
            ("companies", "removed", None, None, None),
            ("companies", "added", None, None, None),
            ("companies", "changed", "priority", 20, 33),
        ],
        key=str,
    )


def test_the_order_of_rows_is_no_difference():
    def change(book):
        page = book["Companies"]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
        page.delete_rows(2, page.max_row)
        for row in reversed(rows):
            page.append(row)

    assert found(change) == []
