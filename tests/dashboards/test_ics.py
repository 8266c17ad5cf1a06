"""Calendar files: read again by two libraries, they hold what the run's tables hold."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from dashboards.agenda import Scope, agenda, scope_of, scopes
from dashboards.exports.ics import WARNINGS, archive, calendar
from dashboards.labels import rows_of
from dashboards.runs import Inputs, RunError, read_run
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from scenarios.load import load_scenario
from tests.dashboards.sample import plan_of

LANGS = ("zh", "en")
ONE = timedelta(days=1)


def stored(folder, scenario, plan):
    findings = audit(scenario, tables(scenario, plan))
    return write_run(folder, scenario, plan, findings, None, Meta(Inputs(seed=None, futures=0), {}))


@pytest.fixture(scope="module")
def minimal_run(run_store):
    return read_run(run_store / "good")


@pytest.fixture(scope="module")
def bole_run(tmp_path_factory, bole):
    return stored(tmp_path_factory.mktemp("bole") / "bole", bole, plan_of(bole))


@pytest.fixture(params=["minimal", "bole"])
def run(request, minimal_run, bole_run):
    return {"minimal": minimal_run, "bole": bole_run}[request.param]


def events_of(content):
    return Calendar.from_ical(content).walk("VEVENT")


def uids(content):
    return {str(event["UID"]) for event in events_of(content)}


def of_kind(run, lang, kind):
    """The entries of one kind, and the events of the file that bear their names."""
    entries = {entry.uid: entry for entry in agenda(run, lang) if entry.kind == kind}
    events = [event for event in events_of(calendar(run, lang)) if event["UID"] in entries]
    assert len(events) == len(entries)
    return entries, events


def spans(events):
    """First and last day of whole-day events; the end that is written is the day after."""
    return Counter((e.decoded("DTSTART"), e.decoded("DTEND") - ONE) for e in events)


def span(row, start="start", end="end"):
    return date.fromisoformat(row[start]), date.fromisoformat(row[end])


@pytest.mark.parametrize("lang", LANGS)
def test_leaves_last_as_long_as_the_table_says_and_leave_the_day_free(run, lang):
    _, events = of_kind(run, lang, "leave")
    rows = rows_of(run.table("leaves"))
    assert spans(events) == Counter(map(span, rows))
    length = run.scenario.rules.leave.length_days
    assert {e.decoded("DTEND") - e.decoded("DTSTART") for e in events} == {timedelta(length)}
    assert {e["TRANSP"] for e in events} == {"TRANSPARENT"}


@pytest.mark.parametrize("lang", LANGS)
def test_visits_and_receptions_are_those_of_the_table_and_take_the_day(run, lang):
    rows = rows_of(run.table("visits"))
    assert rows
    _, visits = of_kind(run, lang, "visit")
    assert spans(visits) == Counter(map(span, rows))
    _, receptions = of_kind(run, lang, "reception")
    received = [row for row in rows if row["leader_day"]]
    assert spans(receptions) == Counter(span(row, "leader_day", "leader_day") for row in received)
    assert {e["TRANSP"] for e in (*visits, *receptions)} == {"OPAQUE"}


def test_obligations_stand_on_their_days_and_a_fair_runs_to_its_end(run):
    rows = rows_of(run.table("obligations"))
    ends = {fair.id: fair.end for fair in run.scenario.obligations.fairs}
    for kind in sorted({row["kind"] for row in rows}):
        _, events = of_kind(run, "zh", kind)
        asked = Counter()
        for row in rows:
            if row["kind"] == kind:
                day = date.fromisoformat(row["date"])
                asked[day, ends.get(row["label"], day)] += 1
        assert spans(events) == asked, kind


def test_every_kind_of_obligation_the_planner_knows_can_be_written(bole_run, tmp_path):
    import csv

    shutil.copytree(bole_run.folder, tmp_path / "all")
    file = tmp_path / "all" / "obligations.csv"
    kinds = ("event", "fair", "dispatch-meeting", "chain-meeting", "ledger-check")
    with file.open("a", encoding="utf-8", newline="") as stream:
        for kind in kinds:
            csv.writer(stream).writerow((kind, "2023-06-01", "", "", "anything", ""))
    run = read_run(tmp_path / "all")
    found = {entry.kind for entry in agenda(run, "en")}
    assert {*kinds, "clearing"} <= found


def test_trips_are_those_of_the_table(travelled):
    run = read_run(travelled / "trips")
    _, events = of_kind(run, "en", "trip")
    assert spans(events) == Counter(map(span, rows_of(run.table("trips"))))


def test_holidays_make_up_days_and_closures_share_a_category(bole_run):
    scenario = bole_run.scenario
    (year,) = scenario.calendar.years
    category = {}
    for kind, days in (
        ("holiday", [(h.start, h.end) for h in year.holidays]),
        ("make-up", [(day, day) for day in year.make_up_days]),
        ("closure", [(c.start, c.end) for c in scenario.calendar.closures]),
    ):
        _, events = of_kind(bole_run, "en", kind)
        assert spans(events) == Counter(days)
        category[kind] = {str(c) for e in events for c in e["CATEGORIES"].cats}
    assert category["holiday"] == category["make-up"] == category["closure"] != set()


@pytest.mark.parametrize("lang", LANGS)
def test_a_second_library_reads_the_same_events(run, lang):
    for scope in scopes(run.scenario):
        content = calendar(run, lang, scope)
        (second,) = vobject.readComponents(content.decode())
        ours = {
            (str(e["UID"]), str(e["SUMMARY"]), e.decoded("DTSTART"), e.decoded("DTEND"))
            for e in events_of(content)
        }
        theirs = {
            (e.uid.value, e.summary.value, e.dtstart.value, e.dtend.value)
            for e in second.vevent_list
        }
        assert ours == theirs, scope
        assert len(ours) == len(second.vevent_list)


def test_a_persons_calendar_holds_their_own_and_the_bureaus_holds_everyones(bole_run):
    everything = agenda(bole_run, "zh")
    for scope in scopes(bole_run.scenario):
        if scope.person is None:
            continue
        own = scope.of(everything)
        leaves = [e for e in own if e.kind == "leave"]
        visits = [e for e in own if e.kind == "visit"]
        rows = rows_of(bole_run.table("leaves"))
        assert len(leaves) == sum(row["person"] == scope.person for row in rows) > 0
        escorted = rows_of(bole_run.table("visits"))
        assert len(visits) == sum(row["escort"] == scope.person for row in escorted)
        assert {entry.uid for entry in own} <= uids(
            calendar(bole_run, "zh", Scope(bureau=scope.bureau))
        )
    bureaus = [scope for scope in scopes(bole_run.scenario) if scope.bureau and not scope.person]
    together = {entry.uid for scope in bureaus for entry in scope.of(everything)}
    assert together == {entry.uid for entry in everything} == uids(calendar(bole_run, "zh"))


def test_the_same_run_gives_the_same_bytes_and_is_stamped_when_it_was_made(minimal_run, tmp_path):
    shutil.copytree(minimal_run.folder, tmp_path / "good")
    again = read_run(tmp_path / "good")
    assert calendar(again, "zh") == calendar(minimal_run, "zh")
    assert archive(again, "zh") == archive(minimal_run, "zh")
    stamps = {e.decoded("DTSTAMP") for e in events_of(calendar(minimal_run, "en"))}
    assert stamps == {minimal_run.head.created}


@pytest.mark.parametrize("lang", LANGS)
def test_files_are_folded_and_ended_as_the_standard_asks(run, lang):
    content = calendar(run, lang)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"REFRESH-INTERVAL" not in content
    assert b"X-WR-CALNAME:" in content
    assert ("北京时间" if lang == "zh" else "Beijing time") in str(
        Calendar.from_ical(content)["X-WR-CALDESC"]
    )


def test_names_of_events_are_ascii_and_tell_nothing_of_anybody(bole_run):
    names = uids(calendar(bole_run, "zh"))
    assert len(names) == len(agenda(bole_run, "zh"))
    assert all(re.fullmatch(r"[0-9a-f]{32}@bureau-planner", name) for name in names)
    assert names == uids(calendar(bole_run, "en"))


def test_leaves_and_visits_remind_three_days_and_one_day_before_and_nothing_else_does(run):
    warned = {e.uid for e in agenda(run, "zh") if e.kind in ("leave", "visit")}
    for event in events_of(calendar(run, "zh")):
        triggers = [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
        assert triggers == (list(WARNINGS) if event["UID"] in warned else [])
    start = datetime(2023, 5, 15)
    assert [start + before for before in WARNINGS] == [
        datetime(2023, 5, 12, 9),
        datetime(2023, 5, 14, 9),
    ]


def moved(plan, days=3):
    """The plan with the visit and leave of its last group some days later, numbered anew."""
    last = plan.visits[-1]
    later = replace(
        last,
        id="renumbered",
        start=last.start + days,
        end=last.end + days,
        leader_day=last.leader_day + days,
    )
    leaves = tuple(
        replace(leave, start=leave.start + days, end=leave.end + days)
        if (leave.person, leave.start) == (plan.leaves[-1].person, plan.leaves[-1].start)
        else leave
        for leave in plan.leaves
    )
    return replace(plan, leaves=leaves, visits=(*plan.visits[:-1], later))


def test_what_only_moves_keeps_its_name_and_nothing_is_cancelled(minimal_run, minimal, tmp_path):
    plan = moved(plan_of(minimal))
    after = stored(tmp_path / "after", minimal, plan)
    content = calendar(after, "zh", sequence=2, before=minimal_run)
    assert uids(content) == uids(calendar(minimal_run, "zh"))
    assert {e["STATUS"] for e in events_of(content)} == {"CONFIRMED"}
    assert {e["SEQUENCE"] for e in events_of(content)} == {2}
    starts = {str(e["UID"]): e.decoded("DTSTART") for e in events_of(content)}
    old = {str(e["UID"]): e.decoded("DTSTART") for e in events_of(calendar(minimal_run, "zh"))}
    assert {starts[uid] - old[uid] for uid in old} == {timedelta(0), timedelta(3)}
    # A leave, a visit and its reception.
    assert sum(starts[uid] != old[uid] for uid in old) == 3


def test_what_the_run_before_had_and_this_one_has_not_is_cancelled(minimal_run, minimal, tmp_path):
    plan = plan_of(minimal)
    gone, escort = plan.visits[-1], plan.visits[-1].escort
    after = stored(tmp_path / "after", minimal, replace(plan, visits=plan.visits[:-1]))
    scope = scope_of(minimal, escort)
    content = calendar(after, "en", scope, sequence=5, before=minimal_run)
    cancelled = [e for e in events_of(content) if e["STATUS"] == "CANCELLED"]
    assert len(cancelled) == 2
    assert {str(e["UID"]) for e in cancelled} == uids(calendar(minimal_run, "en", scope)) - uids(
        calendar(after, "en", scope)
    )
    first = minimal.days.date_of(gone.start)
    assert min(e.decoded("DTSTART") for e in cancelled) == first
    assert {(e["TRANSP"], e["SEQUENCE"], len(e.walk("VALARM"))) for e in cancelled} == {
        ("TRANSPARENT", 5, 0)
    }
    other = next(s for s in scopes(minimal) if s.person not in (None, escort))
    assert b"CANCELLED" not in calendar(after, "en", other, before=minimal_run)


def test_a_run_of_another_scenario_cannot_be_the_one_before(minimal_run, bole_run):
    with pytest.raises(RunError, match="bole-2023; allowed: minimal"):
        calendar(minimal_run, "zh", before=bole_run)


def test_a_reception_with_hours_is_timed_in_beijing(minimal, tmp_path):
    visits = minimal.rules.visits.model_copy(update={"reception_hours": "09:30-11:00"})
    rules = minimal.rules.model_copy(update={"visits": visits})
    scenario = minimal.model_copy(update={"rules": rules})
    run = stored(tmp_path / "timed", scenario, plan_of(scenario))
    entries, events = of_kind(run, "zh", "reception")
    zone = ZoneInfo("Asia/Shanghai")
    for event in events:
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        day = entries[event["UID"]].first
        assert start == datetime(day.year, day.month, day.day, 9, 30, tzinfo=zone)
        assert end - start == timedelta(hours=1, minutes=30)
        assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
        assert "北京时间 09:30–11:00" in event["DESCRIPTION"]
    content = calendar(run, "zh")
    assert [str(z["TZID"]) for z in Calendar.from_ical(content).walk("VTIMEZONE")] == [
        "Asia/Shanghai"
    ]
    (second,) = vobject.readComponents(content.decode())
    starts = {e.dtstart.value for e in second.vevent_list if isinstance(e.dtstart.value, datetime)}
    assert {s.utcoffset() for s in starts} == {timedelta(hours=8)}
    assert len(starts) == len({entry.first for entry in entries.values()})
    assert calendar(run, "zh") == content


def test_without_hours_nothing_is_timed(run):
    content = calendar(run, "en")
    assert b"VTIMEZONE" not in content
    assert all(not isinstance(e.decoded("DTSTART"), datetime) for e in events_of(content))


def test_the_archive_holds_a_calendar_for_everybody_and_says_how_to_open_it(minimal_run):
    with zipfile.ZipFile(io.BytesIO(archive(minimal_run, "zh"))) as packed:
        names = packed.namelist()
        assert names == [*(f"{s.name}.ics" for s in scopes(minimal_run.scenario)), "README.txt"]
        for scope in scopes(minimal_run.scenario):
            content = packed.read(f"{scope.name}.ics")
            assert content == calendar(minimal_run, "zh", scope)
        assert "微信里不能直接打开 .ics" in packed.read("README.txt").decode("utf-8-sig")


def test_nothing_in_english_is_chinese_but_the_names_given_in_chinese(minimal_run):
    text = calendar(minimal_run, "en").replace(b"\r\n ", b"").decode()
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_predicted_days_say_so(tmp_path):
    scenario = load_scenario("minimal")
    years = tuple(y.model_copy(update={"status": "predicted"}) for y in scenario.calendar.years)
    calendar_data = scenario.calendar.model_copy(update={"years": years})
    scenario = scenario.model_copy(update={"calendar": calendar_data})
    run = stored(tmp_path / "predicted", scenario, plan_of(scenario))
    holidays = [e for e in agenda(run, "en") if e.kind == "holiday"]
    assert holidays
    assert all(any("Predicted" in line for line in e.details) for e in holidays)


def test_a_table_edited_into_nonsense_is_refused_in_words(minimal_run, tmp_path):
    shutil.copytree(minimal_run.folder, tmp_path / "edited")
    file = tmp_path / "edited" / "leaves.csv"
    file.write_text(re.sub(r"\d{4}-\d\d-\d\d", "soon", file.read_text("utf-8")), "utf-8")
    with pytest.raises(RunError, match=r"leaves\.csv"):
        calendar(read_run(tmp_path / "edited"), "zh")


def test_an_edited_table_is_followed_and_the_calendar_says_so(minimal_run, tmp_path):
    shutil.copytree(minimal_run.folder, tmp_path / "edited")
    file = tmp_path / "edited" / "leaves.csv"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(lines[:-1]) + "\n", "utf-8")
    run = read_run(tmp_path / "edited")
    assert sum(e.kind == "leave" for e in agenda(run, "zh")) == len(lines) - 2
    assert "leaves.csv" in str(Calendar.from_ical(calendar(run, "zh"))["X-WR-CALDESC"])
