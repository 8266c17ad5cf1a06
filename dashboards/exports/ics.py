"""Calendar files: a run's agenda as iCalendar (RFC 5545), for phones and mail programs.

The same run, language and sequence give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from dashboards.agenda import BUSY, WARNED, Entry, Scope, agenda, scopes
from dashboards.checks import checks, tally
from dashboards.notices import invented, predicted
from dashboards.runs import Run, RunError
from dashboards.texts import t
from scenarios.part import Lang

MIME: Final = "text/calendar"
"""Media type of a calendar file."""

ZONE: Final = "Asia/Shanghai"
"""Beijing time, which plans are made in wherever people are."""

WARNINGS: Final = (timedelta(days=-3, hours=9), timedelta(days=-1, hours=9))
"""Reminders before the first day begins: at nine o'clock three days and one day before, since
midnight, where whole days begin, is no time to be told."""


def calendar(
    run: Run,
    lang: Lang,
    scope: Scope = Scope(),  # noqa: B008 (frozen)
    *,
    sequence: int = 0,
    before: Run | None = None,
) -> bytes:
    """Return a calendar file.

    Parameters
    ----------
    run
        What was planned.
    lang
        Language of all texts.
    scope
        Whose calendar.
    sequence
        Version of the plan: a file with a higher one updates what was imported before.
    before
        What was handed out before: what it had and this run has not is marked as cancelled.

    Raises
    ------
    RunError
        When a table cannot be read, or ``before`` is of another scenario.
    """
    entries = scope.of(agenda(run, lang))
    gone = _gone(run, before, lang, scope, {entry.uid for entry in entries})
    found = _empty(run, lang, scope)
    for entry in entries:
        found.add_component(_event(entry, run, lang, sequence))
    for entry in gone:
        found.add_component(_event(entry, run, lang, sequence, cancelled=True))
    found.add_missing_timezones()
    content: bytes = found.to_ical()
    return content


def archive(run: Run, lang: Lang, *, sequence: int = 0, before: Run | None = None) -> bytes:
    """Return a ZIP file of the calendars of everybody, each bureau and each person.

    A note on how to import them lies beside; parameters are those of :func:`calendar`.

    Raises
    ------
    RunError
        As :func:`calendar` does.
    """
    stamp = run.head.created
    # The format counts years from 1980, and in pairs of seconds.
    written = (max(stamp.year, 1980), *stamp.timetuple()[1:6])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        files = {
            f"{scope.name}.ics": calendar(run, lang, scope, sequence=sequence, before=before)
            for scope in scopes(run.scenario)
        }
        files["README.txt"] = guide(lang).encode("utf-8-sig")
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, written)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return content.getvalue()


def guide(lang: Lang) -> str:
    """Return how a calendar file gets onto a phone."""
    return t("ics.guide", lang).replace("\n", "\r\n")


def _gone(
    run: Run, before: Run | None, lang: Lang, scope: Scope, kept: set[str]
) -> tuple[Entry, ...]:
    """Return what the run before had in this calendar and this one has not."""
    if before is None:
        return ()
    if before.head.scenario_id != run.head.scenario_id:
        raise RunError(
            "ics.other-scenario",
            usage=True,
            found=before.head.scenario_id,
            allowed=run.head.scenario_id,
        )
    return tuple(entry for entry in scope.of(agenda(before, lang)) if entry.uid not in kept)


def _empty(run: Run, lang: Lang, scope: Scope) -> Calendar:
    """Return a calendar that says whose it is and where it comes from."""
    scenario, head = run.scenario, run.head
    name = t("ics.name", lang, whose=scope.title(scenario, lang), title=head.title.get(lang))
    counts = tally(checks(run.audit))
    origin = t(
        "ics.origin",
        lang,
        run=run.id,
        plan=head.plan_hash[:12],
        created=head.created.strftime("%Y-%m-%d %H:%M UTC"),
        n=counts.total(),
        violated=counts["violated"],
    )
    edited = run.edited()
    said = [
        origin,
        t("ics.edited", lang, files=", ".join(edited)) if edited else None,
        invented(scenario, lang),
        predicted(scenario, lang),
    ]
    found = Calendar()
    found.add("VERSION", "2.0")
    found.add("PRODID", f"-//bureau-planner//{run.head.scenario_id}//{lang.upper()}")
    found.add("CALSCALE", "GREGORIAN")
    found.add("X-WR-CALNAME", name)
    found.add("X-WR-CALDESC", " ".join(line for line in said if line))
    found.add("X-WR-TIMEZONE", ZONE)
    return found


def _event(entry: Entry, run: Run, lang: Lang, sequence: int, *, cancelled: bool = False) -> Event:
    """Return an entry as an event."""
    event = Event()
    event.add("UID", entry.uid)
    event.add("DTSTAMP", run.head.created)
    event.add("SEQUENCE", sequence)
    if entry.hours is None:
        event.add("DTSTART", entry.first)
        # The end of whole days is the first day that is free again.
        event.add("DTEND", entry.last + timedelta(days=1))
    else:
        zone = ZoneInfo(ZONE)
        start, end = entry.hours
        event.add("DTSTART", datetime.combine(entry.first, start, zone))
        event.add("DTEND", datetime.combine(entry.last, end, zone))
    event.add("SUMMARY", entry.title)
    event.add("DESCRIPTION", "\n".join(entry.details))
    if entry.place:
        event.add("LOCATION", entry.place)
    event.add("CATEGORIES", [t(f"ics.category.{entry.kind}", lang)])
    event.add("TRANSP", "OPAQUE" if entry.kind in BUSY and not cancelled else "TRANSPARENT")
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    if entry.kind in WARNED and not cancelled:
        for alarm in _alarms(entry):
            event.add_component(alarm)
    return event


def _alarms(entry: Entry) -> Iterable[Alarm]:
    for before in WARNINGS:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", entry.title)
        alarm.add("TRIGGER", before)
        yield alarm
