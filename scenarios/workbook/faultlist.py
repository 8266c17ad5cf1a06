"""The faults of a workbook: each once, in the order in which one meets them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scenarios.faults import Fault

_CELL = re.compile(r"(?P<sheet>.*) row (?P<row>\d+)(?: column (?P<column>[A-Z]+)|,|$)")
_ROW = re.compile(r"(?P<row>.* row \d+)(?:,| column |$)")


def in_order(faults: Iterable[Fault], order: Mapping[str, int]) -> list[Fault]:
    """Return faults as one meets them going through the workbook."""

    def place(fault: Fault) -> tuple[int, int, int, str]:
        match = _CELL.match(fault.where)
        if match is None or match["sheet"] not in order:
            return -1, 0, 0, ""
        letters = match["column"] or ""
        return order[match["sheet"]], int(match["row"]), len(letters), letters

    return sorted(faults, key=place)


def each_once(found: tuple[Fault, ...], cells: list[Fault]) -> Iterator[Fault]:
    """Yield each fault once: what a cell is by itself is not said again of the whole."""
    own = frozenset(cells)
    places = {fault.where for fault in cells}
    values = {(_row_of(fault.where), fault.found.en) for fault in cells}
    for fault in found:
        again = fault.where in places or (_row_of(fault.where), fault.found.en) in values
        if fault in own or not again:
            yield fault


def _row_of(where: str) -> str:
    match = _ROW.match(where)
    return match["row"] if match else where
