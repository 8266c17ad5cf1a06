"""Broken scenarios, one kind of fault each, for every test of what is said about bad input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HEADER = (
    "id,name_zh,name_en,bureau,province,sector,chain,enterprise_class,expects,priority,windows,"
    "screening,source,synthetic"
)
ROW = "{id},示例企业,Sample company,east,zhejiang,textiles,textiles,,,{priority},{windows},,,true"
WINDOWS = "2024-08-01..2024-08-20;2024-09-02..2024-09-13"

BOMB = """\
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]
i: &i [*h, *h, *h, *h, *h, *h, *h, *h, *h]
"""

SEVERAL = """\
rules: {leave: {lenght_days: 12}}
budget: {per_diem_yuan: -80}
targets:
  - {id: events, minimum: 1}
  - {id: events, minimum: 2}
organisation:
  bureaus:
    - id: east
      primary_provinces: [atlantis]
      persons: [{id: east-chief, leave_pins: [2025-01-01]}]
"""

_OVERLAYS: Mapping[str, str] = {
    "unknown-key": "rules: {leave: {lenght_days: 12}}\n",
    "missing-table": "companies: companies.csv\n",
    "duplicate-id": "targets:\n  - {id: events, minimum: 1}\n  - {id: events, minimum: 2}\n",
    "person-without-bureau": (
        "persons:\n  - {id: lost, title: {zh: 干部, en: Cadre}, role: staff}\n"
    ),
    "leave-longer-than-quarter": "rules: {leave: {length_days: 95}}\n",
    "trip-over-weekends": "rules: {leader_trips: {inspections: either, length_days: 9}}\n",
    "outside-horizon": (
        "organisation:\n  bureaus:\n    - id: east\n"
        "      persons: [{id: east-chief, leave_pins: [2025-01-01]}]\n"
    ),
    "holiday-year-without-data": (
        "horizon: {start: 2031-07-01, end: 2031-09-30}\n"
        "companies: []\n"
        "organisation:\n  bureaus:\n    - id: east\n"
        "      persons: [{id: east-deputy, leave_requests: []}]\n"
    ),
    "negative-money": "budget: {lump_sum_yuan: {east: -1}}\n",
    "not-a-number": (
        "assumptions:\n  items:\n    - {id: contract-yuan, distribution: {median: .nan}}\n"
    ),
    "gbk-table": "companies: companies.csv\n",
    "code-tag": "note: !!python/object/apply:os.system ['echo pwned > pwned.txt']\n",
    "several": SEVERAL,
}
_WHOLE: Mapping[str, str] = {"empty-file": "", "yaml-bomb": BOMB}

KINDS: tuple[str, ...] = (*_OVERLAYS, *_WHOLE)
"""Every kind of broken scenario; ``several`` holds five faults, each other kind one."""


def table(*rows: str) -> str:
    """Return the text of a companies table."""
    return "\n".join((HEADER, *rows)) + "\n"


def row(key: str = "east-90", priority: str = "10", windows: str = WINDOWS) -> str:
    """Return a row of a companies table."""
    return ROW.format(id=key, priority=priority, windows=windows)


def write_scenario(folder: Path, text: str, **tables: str) -> Path:
    """Write a scenario that extends ``minimal``; tables by name without ``.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"extends: minimal\nid: broken\n{text}"
    (folder / "scenario.yaml").write_text(text, "utf-8")
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")
    return folder


def write_broken(kind: str, folder: Path) -> Path:
    """Write a broken scenario and return its folder.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    folder
        Where to write it; made where it is missing.
    """
    if kind in _OVERLAYS:
        write_scenario(folder, _OVERLAYS[kind])
        if kind == "gbk-table":
            (folder / "companies.csv").write_text(table(row()), "gbk")
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.yaml").write_text(_WHOLE[kind], "utf-8")
    return folder
