"""The year on one sheet: a row a person, dates across, drawn as SVG for screen and A3 print.

Every status is told by colour, pattern and letter, so that it survives a grey print; company
visits lie over the leaves they fall in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

import pandas as pd

from dashboards import drawing, notices, palette, wallsheet
from dashboards.drawing import fit, group, line, rect, text, width_of
from dashboards.format import days as write_days
from dashboards.format import month as write_month
from dashboards.texts import catalogue, t
from dashboards.wallsheet import LEFT, MARGIN, RIGHT, Mark, Sheet
from planner.plan import JOINT, Status
from scenarios.model import Scenario
from scenarios.organisation import Person
from scenarios.part import Lang

TABLES: Final = ("calendar", "leaves", "visits", "visit_companies")
"""What is drawn: tables of a run by name."""

_ORDER: Final[tuple[Status, ...]] = ("post", "leave", "travel", "escort", "absent")
Runs = list[tuple[Status, list[int]]]
"""What a person does, as runs of equal days."""

_RULE: Final = "#8a97a6"
_PAD: Final = 0.09
"""Share of a row left free above and below."""


@dataclass(frozen=True, slots=True)
class _Chart:
    """What every stroke needs to know."""

    scenario: Scenario
    tables: Mapping[str, pd.DataFrame]
    lang: Lang
    sheet: Sheet

    def days(self, first: date, last: date) -> tuple[float, float]:
        """Return left edge and width of a run of days."""
        start, end = self.scenario.days.day_of(first), self.scenario.days.day_of(last)
        return self.sheet.x(start), (end - start + 1) * self.sheet.per_day

    def band(self, y: float) -> tuple[float, float]:
        """Return top and height of what is drawn in the row at ``y``."""
        return y + _PAD * self.sheet.row, (1 - 2 * _PAD) * self.sheet.row


def wall_chart(
    scenario: Scenario, tables: Mapping[str, pd.DataFrame], lang: Lang, *, plan: str
) -> str:
    """Draw the rotation of the horizon.

    Parameters
    ----------
    scenario
        What was given.
    tables
        Those of ``TABLES``, as they lie in a run.
    lang
        Language of all words.
    plan
        Short hash of the plan, printed on the sheet.

    Returns
    -------
    str
        An SVG document, A3 landscape wide.
    """
    words = catalogue(lang)
    chart = _Chart(scenario, tables, lang, wallsheet.lay(scenario, lang))
    root = drawing.sheet(
        wallsheet.WIDTH,
        chart.sheet.height,
        lang,
        words("app.wall.title", home=scenario.organisation.home.get(lang)),
        words(
            "app.wall.description",
            persons=len(scenario.persons),
            leaves=len(tables["leaves"]),
            visits=_groups_in(tables["visits"]),
        ),
    )
    drawing.patterns(root, [*palette.STATUS.values(), palette.HOLIDAY, palette.CLOSURE])
    rect(root, 0, 0, wallsheet.WIDTH, chart.sheet.height, palette.PAPER)
    _head(root, chart, plan)
    _marks(root, chart)
    _rows(root, chart)
    _legend(root, lang, chart.sheet.rows_bottom + 80)
    _notes(root, chart, chart.sheet.rows_bottom + 170)
    return drawing.render(root)


def _groups_in(visits: pd.DataFrame) -> int:
    """Count groups: the visits of a joint group are one."""
    joint = visits[JOINT] if JOINT in visits else visits["visit"]
    return int(joint.where(joint != "", visits["visit"]).nunique())


def _head(root: ET.Element, chart: _Chart, plan: str) -> None:
    scenario, lang = chart.scenario, chart.lang
    title = t("app.wall.title", lang, home=scenario.organisation.home.get(lang))
    text(root, MARGIN, 150, title, 76, font_weight="bold")
    subtitle = t(
        "app.wall.subtitle",
        lang,
        scenario=scenario.title.get(lang),
        days=write_days(scenario.horizon.start, scenario.horizon.end, lang),
        length=scenario.rules.leave.length_days,
        plan=plan,
    )
    text(root, MARGIN, 222, fit(subtitle, 42, RIGHT - MARGIN), 42, fill=palette.MUTED)


def _months(root: ET.Element, chart: _Chart) -> None:
    """Draw the months with day numbers, and a rule down the sheet, bolder at each leave period."""
    sheet, calendar = chart.sheet, chart.scenario.days
    step = 1 if sheet.per_day >= 44 else 5 if sheet.per_day >= 15 else 10
    starts = {period.start for period in chart.scenario.periods}
    for month in calendar.months:
        left, right = sheet.x(month.start), sheet.x(month.stop)
        colour, width = (_RULE, 4.0) if month.start in starts else (palette.LINE, 2.0)
        line(root, left, wallsheet.MONTHS_TOP, left, sheet.rows_bottom, colour, width)
        cell = group(root, "month", month=month.label)
        top = wallsheet.MONTHS_TOP
        rect(cell, left, top, right - left, 76, palette.WASH, stroke=palette.LINE)
        middle = {"text_anchor": "middle"}
        title = write_month(calendar.date_of(month.start), chart.lang)
        text(cell, (left + right) / 2, top + 54, title, 46, font_weight="bold", **middle)
        for day in range(month.start, month.stop):
            number = calendar.date_of(day).day
            # A number too near the next month's first would run into it.
            if (number - 1) % step == 0 and (step == 1 or day + step // 2 < month.stop):
                at = max(sheet.x(day) + sheet.per_day / 2, left + 20)
                text(cell, at, top + 118, str(number), 34, fill=palette.MUTED, **middle)
    line(root, RIGHT, wallsheet.MONTHS_TOP, RIGHT, sheet.rows_bottom, _RULE, 4)


def _marks(root: ET.Element, chart: _Chart) -> None:
    """Write the names of holidays and closures, and mark their days and the make-up days."""
    sheet = chart.sheet
    for name in sheet.names:
        y = wallsheet.LABELS_TOP + (name.line + 1) * wallsheet.LABEL_LINE - 8
        text(root, name.left, y, name.mark.label, wallsheet.LABEL_SIZE)
    for mark in sheet.marks:
        cell = group(root, "mark", mark.label, kind=mark.kind, first=mark.first, last=mark.last)
        if mark.kind == "make_up":
            middle, top = sheet.x(mark.first) + sheet.per_day / 2, sheet.strip_top
            corners = ((middle - 13, top), (middle + 13, top), (middle, top + 24))
            points = " ".join(f"{drawing.number(x)},{drawing.number(y)}" for x, y in corners)
            ET.SubElement(cell, "polygon", {"points": points, "fill": palette.INK})
        else:
            _column(cell, chart, mark, sheet.strip_top, wallsheet.STRIP)


def _column(parent: ET.Element, chart: _Chart, mark: Mark, top: float, height: float) -> None:
    left, right = chart.sheet.x(mark.first), chart.sheet.x(mark.last + 1)
    tone = palette.HOLIDAY if mark.kind == "holiday" else palette.CLOSURE
    drawing.filled(parent, (left, top, right - left, height), tone)


def _rows(root: ET.Element, chart: _Chart) -> None:
    """Draw the rows: the ground of all, the rules of the months, and what stands out over them."""
    y = chart.sheet.rows_top
    rows: list[tuple[Person, float]] = []
    for bureau in chart.scenario.organisation.bureaus:
        rect(root, MARGIN, y, RIGHT - MARGIN, wallsheet.BUREAU, palette.WASH)
        name = bureau.name.get(chart.lang)
        text(root, MARGIN + 16, y + 52, name, 44, font_weight="bold")
        y += wallsheet.BUREAU
        for person in bureau.persons:
            label = fit(person.title.get(chart.lang), 42, LEFT - MARGIN - 40)
            text(root, MARGIN + 16, y + chart.sheet.row / 2 + 15, label, 42)
            rows.append((person, y))
            y += chart.sheet.row
    runs = {person.id: _runs(chart, person) for person, _ in rows}
    for person, top in rows:
        _ground(group(root, "ground"), chart, runs[person.id], top)
    _months(root, chart)
    for person, top in rows:
        row = group(root, "row", person=person.id)
        _letters(row, chart, runs[person.id], top)
        for what, days in runs[person.id]:
            if what != "post":
                _box(row, chart, what, days, top)
        _leaves(row, chart, person, top)
        _visits(row, chart, person, top)
        line(root, MARGIN, top + chart.sheet.row, RIGHT, top + chart.sheet.row, palette.LINE)


def _runs(chart: _Chart, person: Person) -> Runs:
    """Return what a person does, as runs of equal days."""
    calendar = chart.tables["calendar"]
    own = calendar[calendar["person"] == person.id]
    columns = (own[name].to_numpy(dtype=object).tolist() for name in ("date", "status"))
    status = {
        chart.scenario.days.day_of(date.fromisoformat(iso)): what
        for iso, what in zip(*columns, strict=True)
    }
    return [
        (what, list(run))
        for what, run in groupby(range(chart.sheet.n_days), key=status.get)
        if what is not None
    ]


def _ground(row: ET.Element, chart: _Chart, runs: Runs, y: float) -> None:
    """Draw the days at post, the marked days through them, and the letter of each run."""
    posts = [days for what, days in runs if what == "post"]
    tone = palette.STATUS["post"]
    top, height = chart.band(y)
    for days in posts:
        cell = group(row, "days", status="post", first=days[0], last=days[-1])
        width = len(days) * chart.sheet.per_day
        rect(cell, chart.sheet.x(days[0]), top, width, height, tone.fill)
    for mark in chart.sheet.marks:
        if mark.kind != "make_up":
            _column(row, chart, mark, top, height)


def _letters(row: ET.Element, chart: _Chart, runs: Runs, y: float) -> None:
    """Write letter and length of each run of days at post."""
    tone = palette.STATUS["post"]
    top, height = chart.band(y)
    for what, days in runs:
        words = f"{t('app.letter.post', chart.lang)} {len(days)}"
        width = width_of(words, 36) + 20
        if what == "post" and width < len(days) * chart.sheet.per_day:
            middle = chart.sheet.x(days[0]) + len(days) * chart.sheet.per_day / 2
            rect(row, middle - width / 2, top + height / 2 - 26, width, 48, tone.fill)
            at = middle, top + height / 2 + 12
            text(row, *at, words, 36, text_anchor="middle", fill=tone.ink)


def _box(row: ET.Element, chart: _Chart, what: Status, days: Sequence[int], y: float) -> None:
    """Draw a run of days away with its letter, where there is room for one."""
    # Days of escort are days of leave: the visit itself is drawn over them.
    tone = palette.STATUS["leave" if what == "escort" else what]
    cell = group(row, "days", status=what, first=days[0], last=days[-1])
    top, height = chart.band(y)
    left, width = chart.sheet.x(days[0]), len(days) * chart.sheet.per_day
    drawing.filled(cell, (left, top, width, height), tone)
    size = min(36.0, width * 0.85)
    if size < 30 or what in ("leave", "escort"):
        return
    at = left + width / 2, top + height / 2 + size / 3
    letter = t(f"app.letter.{what}", chart.lang)
    text(cell, *at, letter, size, text_anchor="middle", fill=tone.ink)


def _leaves(row: ET.Element, chart: _Chart, person: Person, y: float) -> None:
    """Outline each leave and write its letter and its dates."""
    tone = palette.STATUS["leave"]
    top, height = chart.band(y)
    length = chart.scenario.rules.leave.length_days * chart.sheet.per_day
    small = min(0.17 * chart.sheet.row, 0.94 * length / width_of("12/31", 1.0))
    large = 0.2 * chart.sheet.row
    leaves = chart.tables["leaves"]
    for leave in leaves[leaves["person"] == person.id].itertuples():
        first, last = date.fromisoformat(str(leave.start)), date.fromisoformat(str(leave.end))
        left, width = chart.days(first, last)
        when = write_days(first, last, chart.lang, year=False)
        title = person.title.get(chart.lang)
        tip = t("app.wall.leave_tip", chart.lang, person=title, days=when)
        cell = group(row, "leave", tip, person=person.id, start=leave.start, end=leave.end)
        rect(cell, left, top, width, height, "none", stroke=tone.ink, stroke_width=3.0)
        ink = {"text_anchor": "middle", "fill": tone.ink}
        middle, base = left + width / 2, top + large
        letter = t("app.letter.leave", chart.lang)
        text(cell, middle, base, letter, large, font_weight="bold", **ink)
        text(cell, middle, base + 1.05 * small, f"{first.month}/{first.day}", small, **ink)
        text(cell, middle, base + 2.1 * small, f"{last.month}/{last.day}", small, **ink)


def _visits(row: ET.Element, chart: _Chart, person: Person, y: float) -> None:
    """Draw each group a person escorts over the leave it falls in: its days, and its size."""
    tone = palette.STATUS["escort"]
    sizes = chart.tables["visit_companies"]["visit"].value_counts()
    top, height = chart.band(y)
    visits = chart.tables["visits"]
    own = visits[visits["escort"] == person.id].sort_values("start")
    slots = _slots(chart, person, [str(start) for start in own["start"]])
    for visit, slot in zip(own.itertuples(), slots, strict=True):
        first, last = date.fromisoformat(str(visit.start)), date.fromisoformat(str(visit.end))
        left, width = chart.days(first, last)
        companies = int(sizes.get(visit.visit, 0))
        tip = t(
            "app.wall.visit_tip",
            chart.lang,
            visit=visit.visit,
            days=write_days(first, last, chart.lang, year=False),
            companies=companies,
            person=person.title.get(chart.lang),
        )
        cell = group(row, "visit", tip, visit=visit.visit, start=visit.start, end=visit.end)
        label = f"{t('app.letter.escort', chart.lang)}{companies}"
        edge, room = slot or (left, width)
        size = min(0.16 * chart.sheet.row, 0.94 * room / width_of(label, 1.0))
        half = width_of(label, size) / 2 + 0.02 * room
        middle = max(edge + half, min(left + width / 2, edge + room - half))
        bar, bottom = 0.08 * chart.sheet.row, top + height
        drawing.filled(cell, (left, bottom - size - bar, width, bar), tone)
        edge_line = {"stroke": palette.PAPER, "stroke_width": 2.0}
        rect(cell, middle - half, bottom - size, 2 * half, size, tone.fill, **edge_line)
        at = middle, bottom - 0.16 * size
        text(cell, *at, label, size, text_anchor="middle", fill=tone.ink, font_weight="bold")


def _slots(chart: _Chart, person: Person, starts: list[str]) -> list[tuple[float, float] | None]:
    """Share each leave between the visits in it, as room for their labels: left edge and width.

    None for a visit that falls in no leave.
    """
    leaves = chart.tables["leaves"]
    own = leaves[leaves["person"] == person.id]
    spans = list(zip(own["start"], own["end"], strict=True))
    around = [next((s for s in spans if s[0] <= start <= s[1]), None) for start in starts]
    slots: list[tuple[float, float] | None] = []
    for place, span in enumerate(around):
        if span is None:
            slots.append(None)
            continue
        left, width = chart.days(*map(date.fromisoformat, span))
        share = width / around.count(span)
        slots.append((left + around[:place].count(span) * share, share))
    return slots


def _legend(root: ET.Element, lang: Lang, y: float) -> None:
    entries: list[tuple[str, str, palette.Tone | None]] = [
        (t(f"app.letter.{s}", lang), t(f"status.{s}", lang), palette.STATUS[s]) for s in _ORDER
    ]
    entries += [
        ("", t("app.wall.holiday", lang), palette.HOLIDAY),
        ("", t("app.wall.closure", lang), palette.CLOSURE),
        ("▼", t("app.wall.make_up", lang), None),
    ]
    x = MARGIN
    cell = group(root, "legend")
    for letter, words, tone in entries:
        box = (x, y - 44, 84.0, 58.0)
        if tone is not None:
            drawing.filled(cell, box, tone)
            rect(cell, *box, "none", stroke=palette.MUTED, stroke_width=2.0)
        if letter:
            ink = tone.ink if tone else palette.INK
            text(cell, x + 42, y, letter, 38, text_anchor="middle", fill=ink, font_weight="bold")
        text(cell, x + 100, y, words, 38)
        x += 100 + width_of(words, 38) + 56


def _notes(root: ET.Element, chart: _Chart, y: float) -> None:
    """Write what must be known with the sheet: predicted holidays, invented data."""
    notes = [
        t("app.wall.groups", chart.lang),
        notices.predicted(chart.scenario, chart.lang),
        notices.invented(chart.scenario, chart.lang),
    ]
    words = " ".join(note for note in notes if note)
    for i, entry in enumerate(drawing.wrap(words, 38, RIGHT - MARGIN)[:3]):
        text(root, MARGIN, y + i * 52, entry, 38, fill=palette.MUTED)
