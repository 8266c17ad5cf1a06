"""The header of a sheet: where each column stands, or what is wrong with it."""

from __future__ import annotations

from scenarios.faults import Fault, did_you_mean, listed, say
from scenarios.reading import quoted
from scenarios.workbook.cells import is_empty
from scenarios.workbook.grid import NOTE_TITLES, Grid, Row, columns_by_title, folded, letter
from scenarios.workbook.layout import Sheet


def columns_in(sheet: Sheet, grid: Grid, header: Row | None) -> tuple[dict[str, int], list[Fault]]:
    """Return the index of each column by name, and the faults of the header.

    Columns may stand in any order. One without a title, or called a note, is for people; any other
    that is unknown, one that stands twice, and one that is not there are faults.
    """
    known = columns_by_title(sheet)
    names = listed(column.title.zh for column in sheet.columns)
    allowed = say(
        f"以下各列：{names.zh}",
        f"the columns {', '.join(column.title.en for column in sheet.columns)}",
    )
    at = f"{grid.title} row {header.number}" if header else grid.title
    spots: dict[str, int] = {}
    faults: list[Fault] = []
    for index, cell in enumerate(header.cells if header else ()):
        if is_empty(cell) or folded(cell) in NOTE_TITLES - known.keys():
            continue
        where = f"{at} column {letter(index)}"
        column = known.get(folded(cell))
        name = str(cell).strip()
        if column is None:
            found = say(f"未知的列 {quoted(name)}", f"the unknown column {quoted(name)}")
            titles = [x for c in sheet.columns for x in (c.title.zh, c.title.en, c.name)]
            remedy = did_you_mean(name[:60], titles) or say("删去", "remove it")
            faults.append(Fault(where, found, allowed, remedy))
        elif column.name in spots:
            found = say(f"重复的列 {quoted(name)}", f"the column {quoted(name)} twice")
            once = say("每列只出现一次", "each column once")
            faults.append(Fault(where, found, once, say("删去其中一个", "remove one of them")))
        else:
            spots[column.name] = index
    remedy = say(
        "补上此列；有默认值的单元格可留空", "add it; its cells may be empty where a default holds"
    )
    for column in sheet.columns:
        if column.name not in spots:
            found = say(f"缺列“{column.title.zh}”", f"no column '{column.title.en}'")
            faults.append(Fault(at, found, allowed, remedy))
    return spots, faults
