"""Workbooks for tests: a template, and the same with something done to it."""

from __future__ import annotations

import io
from functools import cache

import openpyxl

from scenarios.load import load_scenario
from scenarios.workbook.write import workbook_bytes


@cache
def template(name="minimal", lang="en"):
    """The bytes of a shipped scenario's workbook."""
    return workbook_bytes(load_scenario(name), lang)


def edited(change, name="minimal", lang="en"):
    """The bytes of a workbook after ``change(book)``."""
    book = openpyxl.load_workbook(io.BytesIO(template(name, lang)))
    change(book)
    return saved(book)


def saved(book):
    """The bytes of an open workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column_of(page, title):
    """The number of the column with a title; the star of a required one aside."""
    for cell in page[1]:
        if str(cell.value).removesuffix(" *") == title:
            return cell.column
    raise AssertionError(title)


def put(sheet, row, title, value):
    """Return a change: one cell of a sheet."""

    def change(book):
        book[sheet].cell(row, column_of(book[sheet], title)).value = value

    return change
