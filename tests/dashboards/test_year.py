from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from datetime import date

import numpy as np
import pytest

from dashboards import ledgerstore, nowcasts, nowview, replanned, weeklist
from dashboards.ledgerupload import keep
from dashboards.pages import year
from dashboards.progress import Expected, course, expected, gone, reached, spend_expected
from dashboards.progressview import bar
from dashboards.revisionchart import largest, revision_frame
from dashboards.runs import LEDGERS, Inputs, list_runs, read_run
from dashboards.store import Meta, write_run
from dashboards.texts import t
from dashboards.yearcharts import fan_frame, moved_frame, past_frame
from dashboards.yearsentence import sentence
from planner.audit import audit
from planner.plan import tables
from scenarios.faults import ScenarioError
from scenarios.ledger import read_ledger
from scenarios.ledger.standing import metrics
from scenarios.ledger.weekly import weekly_check
from tests.dashboards.sample import plan_of, wilson
from tests.dashboards.test_app import CJK, LANGS, opened, said
from tests.dashboards.yearsample import DAY, broken_row, ledger_in, nowcast_of, store_nowcast


@pytest.fixture
def root(tmp_path, monkeypatch, run_store):
    """Runs of one's own, without a ledger."""
    for name in ("good", "planned"):
        shutil.copytree(run_store / name, tmp_path / name)
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    return tmp_path


@pytest.fixture
def ledger(root):
    return ledger_in(root / LEDGERS / "minimal")


@pytest.fixture
def recorded(tmp_path_factory, minimal):
    return read_ledger(
        ledger_in(tmp_path_factory.mktemp("ledger")), minimal, today=date(2024, 9, 30)
    )


@pytest.fixture
def told(minimal, minimal_forecast, ledger):
    return nowcast_of(minimal, minimal_forecast.data, ledger, DAY, 300)


# Where bureaus stand


def test_the_year_is_gone_by_its_days_both_ends_included(minimal):
    assert gone(minimal, date(2024, 6, 1)) == 0
    assert gone(minimal, date(2024, 7, 1)) == 1
    assert gone(minimal, date(2024, 9, 30)) == gone(minimal, date(2024, 12, 1)) == 92


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0, "behind"), (1, "low"), (2.9, "low"), (3, "level"), (9, "level"), (9.1, "ahead")],
)
def test_a_figure_is_judged_by_the_range_that_was_expected(value, verdict):
    assert Expected(1, 3, 9).judged(value) == verdict


def test_what_was_expected_lies_on_a_line_between_the_ends_of_months(minimal, minimal_forecast):
    rows = minimal_forecast.data["bureaus"]["east"]["fan_yuan"]["signed"]
    at_end = expected(minimal, minimal_forecast.data, "signed", "east", date(2024, 8, 31))
    assert (at_end.low, at_end.mid, at_end.high) == pytest.approx([rows[1][i] for i in (0, 2, 4)])
    # 10 of the 30 days of September are gone.
    between = expected(minimal, minimal_forecast.data, "signed", "east", date(2024, 9, 10))
    assert between.mid == pytest.approx(rows[1][2] + (rows[2][2] - rows[1][2]) / 3)
    assert expected(minimal, None, "signed", "east", DAY) is None


def test_the_spend_expected_by_a_day_is_the_mean_of_the_months_gone(minimal, minimal_forecast):
    heads = minimal_forecast.data["bureaus"]["south"]["spend_yuan_mean"].values()
    months = np.sum(list(heads), axis=0)
    found = spend_expected(minimal, minimal_forecast.data, "south", date(2024, 8, 31))
    assert found == pytest.approx(months[0] + months[1])


def test_every_target_has_what_was_recorded_of_it(minimal, minimal_forecast, recorded):
    counted = metrics(recorded, minimal, DAY)
    found = {
        (one.bureau, one.target.id): one
        for one in reached(minimal, counted, minimal_forecast.data, DAY)
    }
    signed, funds = found["east", "signed"], found["east", "funds"]
    assert (signed.value, signed.share, signed.met) == (120e6, 1.2, True)
    # The target asks for fixed assets, the forecast follows funds in gross.
    assert (funds.value, funds.flow, funds.met) == (3e6, 8e6, False)
    assert found["east", "registered"].expected is None
    assert found["east", "registered"].verdict is None
    assert found["south", "signed"].value == 0
    assert (found["east", "inspections"].value, found["south", "events"].value) == (1, 1)
    assert len(found) == 10


def test_nothing_is_judged_where_nothing_was_expected_and_nothing_came(
    minimal, minimal_forecast, recorded
):
    early = json.loads(json.dumps(minimal_forecast.data))
    early["bureaus"]["south"]["fan_yuan"]["signed"] = [[0, 0, 0, 0, 9e6]] * 3
    found = reached(minimal, metrics(recorded, minimal, DAY), early, DAY)
    (one,) = (x for x in found if (x.bureau, x.target.id) == ("south", "signed"))
    assert one.expected.high > 0
    assert one.verdict is None


def test_the_course_puts_an_amount_on_its_day_however_late_it_was_written(minimal, recorded):
    found = course(recorded, minimal, DAY)
    assert found.days == (0, 31, 62, 70)
    assert found.yuan["signed"][:, 0].tolist() == [0, 120e6, 120e6, 120e6]
    assert found.yuan["funds"][:, 0].tolist() == [0, 0, 8e6, 8e6]
    # On 31 August nobody had written the contract down.
    assert course(recorded, minimal, date(2024, 8, 31)).yuan["signed"][-1, 0] == 0


def test_a_bar_ends_at_its_edge_and_says_its_figures():
    html = bar("spent <all>", 1.4, 0.5, (0.1, 0.2, 1.7), cap=True)
    assert 'aria-label="spent &lt;all&gt;"' in html
    assert re.findall(r'class="([\w ]+)" style="([^"]+)"', html) == [
        ("band", "left:10.0%;width:90.0%"),
        ("done over", "width:100.0%"),
        ("gone", "left:50.0%"),
        ("mid", "left:20.0%"),
    ]


# The week


def test_the_week_counts_by_kind_and_bureau_the_most_urgent_first(minimal, recorded):
    items = weekly_check(recorded, minimal, DAY)
    found = weeklist.named(items, recorded, minimal, "en")
    assert list(found)[:3] == ["per-diem-waits", "request-overdue", "duty-overdue"]
    head, rows = weeklist.counts(found, minimal, "en")
    assert head == [
        "To do",
        *(bureau.city.get("en") for bureau in minimal.organisation.bureaus),
        "Office",
        "Total",
    ]
    by_kind = {row[0]: row[1:] for row in rows}
    assert by_kind["Per-diem waits for a clearing"] == ["", "1", "", "1"]
    assert by_kind["Requests overdue"] == ["1", "", "", "1"]
    # A dispatch meeting is no bureau's alone.
    assert by_kind["Duties not done"] == ["", "", "1", "1"]
    assert by_kind["Stale leads"] == ["", "1", "", "1"]
    assert sum(int(row[-1]) for row in rows) == len(items)
    assert weeklist.waiting(items) == 1


def test_the_weekly_check_as_a_file_is_the_same_again_and_holds_no_formula(minimal, recorded):
    found = weeklist.named(weekly_check(recorded, minimal, DAY), recorded, minimal, "en")
    content = weeklist.check_csv(found, minimal, "en")
    assert content == weeklist.check_csv(found, minimal, "en")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 1 + sum(map(len, found.values()))
    (stale,) = (row for row in rows if row[0] == "Stale leads")
    assert stale[1] == "'=cmd (S-1)"
    assert stale[3] == "2024-07-03"


def test_only_oddities_that_were_there_on_the_day_are_listed(minimal, recorded):
    kinds = [one.kind for one in recorded.as_of(DAY).remarks]
    assert kinds == ["duplicate", "back-dated"]
    assert [x.kind for x in recorded.as_of(date(2024, 8, 1)).remarks] == ["duplicate"]


# The sentence


def test_the_sentence_counts_what_is_reached_and_what_may_come(
    minimal, minimal_forecast, recorded, told
):
    found = reached(minimal, metrics(recorded, minimal, DAY), minimal_forecast.data, DAY)
    items = weekly_check(recorded, minimal, DAY)
    plain = sentence(minimal, found, items, None, DAY, "en")
    assert plain.startswith("On 8 Sep 2024, with 76\N{NO-BREAK SPACE}% of the year gone, 2 of 6 ")
    assert "of the 3 targets on contracts and funds" in plain
    assert f"To do: {len(items)}; bureaus whose per-diem waits" in plain
    told["bureaus"]["south"]["targets"]["funds"].update(wilson(0, 400))
    by_odds = sentence(minimal, found, items, told, DAY, "en")
    # 300 of 400 is at risk; what is reached is not counted again.
    assert "on course 0, at risk 3, out of reach 1; least sure is Shenzhen, " in by_odds
    over = sentence(minimal, found, [], told, date(2024, 9, 30), "en")
    assert over.endswith("; 4 were missed. Nothing is to do.")


# What may come


def test_the_fan_begins_on_its_day_with_what_was_reached(minimal, minimal_forecast, told):
    now = fan_frame(minimal, told, "signed", None, "en")
    assert now["day"].tolist() == [70, 92]
    assert now.iloc[0][["p10", "p50", "p90"]].tolist() == [120e6] * 3
    start = fan_frame(minimal, minimal_forecast.data, "signed", "east", "en")
    assert start["day"].tolist() == [0, 31, 62, 92]
    assert start.iloc[0]["p90"] == 0
    assert start["label"].tolist() == ["1 Jul", "31 Jul", "31 Aug", "30 Sep"]


def test_the_past_of_all_bureaus_is_their_sum(minimal, recorded):
    found = past_frame(minimal, course(recorded, minimal, DAY), "funds", None, "zh")
    assert found["yuan"].tolist() == [0, 0, 8e6, 8e6]
    own = past_frame(minimal, course(recorded, minimal, DAY), "funds", "south", "zh")
    assert own["yuan"].tolist() == [0] * 4


def test_odds_move_from_the_start_over_every_nowcast(minimal, minimal_forecast, told):
    frame = moved_frame(minimal, "signed", minimal_forecast.data, {DAY.isoformat(): told}, "en")
    assert frame["day"].tolist() == [0, 0, 70, 70]
    assert frame["p"].tolist()[2:] == [0.75, 0.75]
    start = minimal_forecast.data["bureaus"]["east"]["targets"]["signed"]["p"]
    assert frame["p"].iloc[0] == start


def test_the_newest_nowcast_up_to_the_day_is_shown():
    found = {"2024-07-31": {"as_of": 1}, "2024-08-31": {"as_of": 2}}
    assert nowview.newest(found, date(2024, 8, 30)) == {"as_of": 1}
    assert nowview.newest(found, date(2024, 8, 31)) == {"as_of": 2}
    assert nowview.newest(found, date(2024, 7, 30)) is None


def test_the_waterfall_ends_where_the_nowcast_is(told):
    change = told["revision"]["all"]["signed_yuan"]
    frame = revision_frame(change, "en")
    # A step that moves nothing is left out.
    assert frame["kind"].tolist() == ["total", "down", "up", "up", "total"]
    assert frame["start"].tolist()[1:4] == [300e6, 220e6, 230e6]
    assert frame["end"].tolist() == [300e6, 220e6, 230e6, 250e6, 250e6]
    assert frame["low"].tolist()[1] == 210e6
    assert largest(change)["step"] == "luck"


# Ledgers beside the runs


def test_ledgers_are_folders_workbooks_and_databases(root):
    (root / LEDGERS).mkdir()
    assert ledgerstore.names(root) == ()
    for name in ("b", ".hidden"):
        (root / LEDGERS / name).mkdir()
    for name in ("a.xlsx", "~$a.xlsx", "c.sqlite", "notes.txt", "a.xlsx.tmp"):
        (root / LEDGERS / name).touch()
    assert ledgerstore.names(root) == ("a.xlsx", "b", "c.sqlite")


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (("minimal", "minimal-demo"), "minimal"),
        (("minimal-demo", "minimal.xlsx"), "minimal.xlsx"),
        (("minimal-demo", "other"), "minimal-demo"),
        (("other",), None),
    ],
)
def test_a_made_up_ledger_never_takes_the_place_of_the_true_one(found, chosen):
    assert ledgerstore.default(found, "minimal") == chosen


def test_a_folder_of_ledgers_is_no_broken_run(root, ledger):
    assert list_runs(root).problems == ()


def test_a_ledger_that_was_written_to_is_read_again(root, ledger, minimal):
    before = ledgerstore.read(ledger, minimal)
    assert ledgerstore.read(ledger, minimal) is before
    broken_row(ledger)
    assert len(ledgerstore.read(ledger, minimal).faults) > len(before.faults) == 0


def archive(ledger, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as found:
        for file in ledger.iterdir():
            found.write(file, f"my ledger/{file.name}")
        for name, content in more.items():
            found.writestr(name, content)
    return out.getvalue()


def test_an_uploaded_archive_becomes_a_ledger_whatever_folder_it_lies_in(root, ledger, minimal):
    content = archive(ledger, **{"../../outside.csv": "x", "__MACOSX/leads.csv": "x"})
    made = keep(root, "again", "ledger.zip", content, minimal)
    assert made == root / LEDGERS / "again"
    assert {x.name: x.read_bytes() for x in made.iterdir()} == {
        x.name: x.read_bytes() for x in ledger.iterdir()
    }
    assert not (root / "outside.csv").exists()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("ledger.zip", b"no archive", "cannot be opened"),
        ("ledger.docx", b"", ".zip"),
        ("ledger.zip", "blank", "no table of a ledger"),
        ("ledger.zip", "wrong", "no column"),
    ],
)
def test_what_is_no_ledger_is_refused_in_words_and_not_kept(
    root, minimal, tmp_path_factory, file, content, words
):
    if content in ("blank", "wrong"):
        folder = tmp_path_factory.mktemp("upload")
        if content == "wrong":
            (folder / "leads.csv").write_text("lead\nE-1\n", encoding="utf-8")
        content = archive(folder)
    with pytest.raises(ScenarioError) as caught:
        keep(root, "minimal", file, content, minimal)
    assert words in "\n".join(fault.text("en") for fault in caught.value.faults)
    assert ledgerstore.names(root) == ()
    assert [*(root / LEDGERS).glob("*")] == []


def test_an_upload_never_replaces_a_ledger(root, ledger, minimal):
    before = {x.name: x.read_bytes() for x in ledger.iterdir()}
    with pytest.raises(ScenarioError, match="a ledger of that name"):
        keep(root, "minimal", "ledger.zip", archive(ledger), minimal)
    assert {x.name: x.read_bytes() for x in ledger.iterdir()} == before


# The page


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("run", ["good", "planned"])
def test_without_a_ledger_the_page_says_how_to_get_one_and_nothing_else(root, lang, run):
    at = opened("year", lang, run=run)
    assert not at.exception
    words = said(at)
    assert f'bureau ledger new "{root.resolve() / LEDGERS / "minimal"}"' in words
    assert t("app.year.stands.title", lang) not in words
    assert [b.label for b in at.button if b.key == "start-ledger-demo"] == [
        t("app.year.none.demo.button", lang)
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_who_may_not_plan_is_told_so_and_has_no_button(root, lang, monkeypatch):
    monkeypatch.setenv("BUREAU_PLANNERS", "chief@example.org")
    at = opened("year", lang, run="good")
    assert t("app.year.none.viewer", lang) in said(at)
    assert [*at.button] == []
    ledger_in(root / LEDGERS / "minimal")
    at = opened("year", lang, run="good")
    assert t("outlook.job.planners", lang) in said(at)
    assert [*at.button] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("run", ["good", "planned"])
def test_the_page_is_as_of_the_last_day_recorded(root, ledger, lang, run):
    at = opened("year", lang, run=run)
    assert not at.exception
    assert at.date_input[0].value == DAY
    assert "asof" not in at.query_params
    assert opened("year", lang, run=run, asof="2024-08-05").date_input[0].value == date(2024, 8, 5)


@pytest.mark.parametrize("lang", LANGS)
def test_the_whole_page_is_in_one_language_with_names_for_ids(
    root, ledger, told, lang, minimal, minimal_forecast
):
    store_nowcast(root / "good", told)
    at = opened("year", lang, run="good")
    assert not at.exception
    words = said(at)
    for part in ("stands", "week", "nowcast", "moved", "course", "why", "quality"):
        assert t(f"app.year.{part}.title", lang) in words
    ids = {person.id for _, person in minimal.persons} | {
        b.id for b in minimal.organisation.bureaus
    }
    assert [key for key in ids if re.search(rf"(?<![\w-]){key}(?![\w-])", words)] == []
    if lang == "en":
        words = words.replace("示例企业", "").replace(t("app.language", "zh"), "")
        for item in minimal.assumptions.items:
            words = words.replace(item.source, "")
        assert [line for line in words.splitlines() if CJK.search(line)] == []
    charts = at.get("vega_lite_chart")
    assert len(charts) == 3 + 2 + 2
    assert all(len(chart.proto.alt) > 20 for chart in charts)


def test_the_nowcast_bears_n_seed_and_hash(root, ledger, told):
    store_nowcast(root / "good", told)
    words = said(opened("year", "en", run="good"))
    assert "n = 400 futures" in words
    assert "seed 7" in words
    assert told["ledger"]["hash"][:12] in words
    assert "assumptions learned from the ledger" in words
    assert t("app.year.nowcast.none", "en") not in words


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda told, ledger: told["ledger"].update(hash="other"), "changed"),
        (lambda told, ledger: told.update(plan_hash="other"), "other-plan"),
    ],
)
def test_a_nowcast_of_another_ledger_or_plan_is_said_to_be_aged(root, ledger, told, change, key):
    change(told, ledger)
    store_nowcast(root / "good", told)
    at = opened("year", "en", run="good")
    assert t(f"app.year.nowcast.{key}", "en", day="8 Sep 2024", days=0) in said(at)
    assert [b.label for b in at.button] == [t("app.year.nowcast.button", "en", day="8 Sep 2024")]


def test_a_nowcast_of_an_earlier_day_is_shown_with_its_age(root, ledger, told):
    store_nowcast(root / "good", told)
    at = opened("year", "en", run="good", asof="2024-09-11")
    assert t("app.year.nowcast.older", "en", day="8 Sep 2024", days=3) in said(at)
    at = opened("year", "en", run="good", asof="2024-09-01")
    assert t("app.year.nowcast.none", "en") in said(at)


def test_the_button_starts_the_nowcast_of_the_day_as_a_job(root, ledger, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "dashboards.starting.jobs.submit", lambda *a, **more: asked.append(a) or "j"
    )
    at = opened("year", "en", run="good")
    at.button(key=f"start-nowcast-{DAY}").click().run()
    ((_, argv),) = asked
    assert argv == [
        "nowcast",
        str((root / "good").resolve()),
        str(ledger.resolve()),
        "--as-of",
        "2024-09-08",
    ]


def test_on_the_last_day_there_is_nothing_left_to_simulate(root, ledger):
    at = opened("year", "en", run="good", asof="2024-09-30")
    assert t("app.year.nowcast.over", "en") in said(at)
    assert [*at.button] == []


@pytest.mark.parametrize("lang", LANGS)
def test_rows_that_cannot_be_read_are_said_first_and_listed(root, ledger, lang, minimal):
    broken_row(ledger)
    at = opened("year", lang, run="good")
    assert not at.exception
    words = said(at)
    n = len(ledgerstore.read(ledger, minimal).faults)
    assert n > 1
    assert t("app.year.unread", lang, n=n) in words
    assert "calls.csv" in words


def test_a_made_up_ledger_says_so(root):
    ledger_in(root / LEDGERS / "minimal-demo")
    words = said(opened("year", "en", run="good"))
    assert t("app.year.invented", "en", ledger="minimal-demo") in words


def test_a_ledger_is_chosen_by_the_address_and_only_for_its_scenario(root, ledger):
    ledger_in(root / LEDGERS / "other")
    at = opened("year", "en", run="good", ledger="other")
    assert at.selectbox(key="year-ledger").value == "other"
    at.selectbox(key="year-ledger").select("minimal").run()
    assert at.query_params["ledger"] == "minimal"
    assert opened("year", "en", run="good", ledger="gone").selectbox(key="year-ledger").value == (
        "minimal"
    )


def test_of_two_other_ledgers_none_is_taken_for_the_scenarios_own(root):
    ledger_in(root / LEDGERS / "other")
    at = opened("year", "en", run="good")
    assert at.selectbox(key="year-ledger").value is None
    assert t("app.year.none.other", "en", scenario="minimal") in said(at)
    assert t("app.year.stands.title", "en") not in said(at)


def test_the_demo_ledger_is_made_under_a_name_of_its_own(root):
    argv = year.demo_command(read_run(root / "good"), root)
    assert argv == [
        "ledger",
        "demo",
        str(root.resolve() / LEDGERS / "minimal-demo"),
        str((root / "good").resolve()),
    ]


# A plan made again


@pytest.fixture
def again(root, minimal):
    """A run that was planned again because somebody fell ill: one leave moved."""
    from dataclasses import replace

    from dashboards.commands.happened import Told, documents, reasoned
    from planner.causes import causes
    from planner.changes import diff
    from planner.totals import totals
    from scenarios.telling import after_events

    before = read_run(root / "good")
    scenario, events = after_events(
        minimal, ["absent east-chief 2024-08-01..2024-08-05"], date(2024, 7, 20)
    )
    published = replace(before.plan, scenario_hash=scenario.content_hash)
    first, *others = published.leaves
    later = replace(
        first, start=first.start + 7, end=first.end + 7, clearing_day=first.clearing_day + 7
    )
    plan = replace(published, leaves=(later, *others))
    changes = diff(scenario, published, plan, today=19)
    found = causes(scenario, published, changes, events, today=19, proven=True)
    told = Told(events, changes, found, totals(scenario, published, plan, changes))
    write_run(
        root / "again",
        scenario,
        plan,
        audit(scenario, tables(scenario, plan)),
        None,
        Meta(Inputs(seed=None, futures=0, plan_hash=before.plan.content_hash), {}),
        extra={"changes": reasoned(scenario, told)},
        documents=documents(scenario, before, told, 19),
    )
    return read_run(root / "again")


def test_a_plan_made_again_says_what_happened_and_what_moved_beside_what_was_published(
    again, minimal
):
    found = replanned.read(again)
    assert found.published_run == "good"
    assert found.totals.leaves_moved == 1
    # Seven days at either end, of which the five of the absence are the same in both plans.
    assert found.totals.person_days == 9
    html = re.sub(r"<[^>]+>", " ", replanned.html(again.scenario, found, "en"))
    assert "Absent: East bureau, Chief 1 Aug–5 Aug 2024" in html
    first = minimal.days.date_of(plan_of(minimal).leaves[0].start)
    assert f"{first.day} {first:%b} {first.year}" in html
    assert "+7" in html
    assert "because of: Absent: East bureau, Chief 1 Aug–5 Aug 2024" in html
    assert "east-chief" not in html


def test_nothing_is_said_of_a_run_that_nothing_happened_to(root):
    assert replanned.read(read_run(root / "good")) is None


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_made_again_is_held_against_the_published_ones_forecast(
    again, ledger, lang, minimal_forecast
):
    assert nowview.start_of(again) == minimal_forecast.data
    at = opened("year", lang, run="again")
    assert not at.exception
    words = said(at)
    assert t("app.year.replanned.title", lang) in words
    assert t("app.year.verdict.low", lang) in words or t("app.year.verdict.ahead", lang) in words


def test_its_nowcast_is_explained_by_the_published_plans(again, ledger, told, root):
    plain = nowview.nowcast_command(again, ledger, date(2024, 9, 20))
    assert "--since-run" not in plain
    store_nowcast(root / "good", told)
    argv = nowview.nowcast_command(again, ledger, date(2024, 9, 20))
    assert argv[-2:] == ["--since-run", str((root / "good").resolve())]


def test_a_damaged_record_of_events_is_said_in_words(again, ledger):
    (again.folder / "events.json").write_text("{", encoding="utf-8")
    at = opened("year", "en", run="again")
    assert not at.exception
    assert "events.json" in said(at)


def test_a_stored_nowcast_that_is_cut_short_is_said_in_words(root, ledger):
    (root / "good" / nowcasts.NOWCASTS).mkdir()
    (root / "good" / nowcasts.NOWCASTS / "2024-09-08.json").write_text("{", encoding="utf-8")
    at = opened("year", "en", run="good")
    assert not at.exception
    assert "2024-09-08.json" in said(at)
