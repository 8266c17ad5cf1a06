"""Reading a workbook back, by openpyxl and by LibreOffice."""

from __future__ import annotations

import csv
import io
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboards.exports.workbook.sheet import FIRST
from dashboards.texts import t


def opened(content: bytes, *, formulas: bool = False) -> Workbook:
    """Open a workbook: the values a preview shows, or the formulas behind them."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=not formulas)


def sheet(book: Workbook, key: str, lang: str = "zh") -> Worksheet:
    """Return a sheet by its kind."""
    return book[t(f"workbook.{key}.tab", lang)]


def table(page: Worksheet, head: int = FIRST) -> list[tuple[object, ...]]:
    """Return the rows under a head (counted from 0), up to the first empty one."""
    width = next(i for i in range(1, page.max_column + 2) if page.cell(head + 1, i).value is None)
    found = []
    for row in page.iter_rows(min_row=head + 2, max_col=width - 1, values_only=True):
        if all(value is None for value in row):
            break
        found.append(tuple(day(value) for value in row))
    return found


def day(value: object) -> object:
    """Return a date as the tables have it, anything else as it is."""
    return value.date().isoformat() if isinstance(value, datetime) else value


CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Commas, quotes, UTF-8, every sheet a file named after it."""


def converted(soffice: str, file: Path, form: str, profile: Path) -> list[Path]:
    """Have LibreOffice write a file in another form; return what it wrote."""
    out = Path(tempfile.mkdtemp(dir=file.parent))
    command = [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(out),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    found = sorted(out.iterdir())
    assert found, "LibreOffice wrote nothing"
    return found


def csv_sheets(soffice: str, file: Path, profile: Path) -> dict[str, list[list[str]]]:
    """Return the rows of every sheet as LibreOffice writes them to CSV, by the sheet's name."""
    found = converted(soffice, file, CSV, profile)
    return {
        path.stem.removeprefix(f"{file.stem}-"): list(
            csv.reader(path.read_text(encoding="utf-8").splitlines())
        )
        for path in found
    }
