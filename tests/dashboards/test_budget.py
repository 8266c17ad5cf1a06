"""Claims about the budget page: sliders keep the total, odds are the forecast's, files say so."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dashboards import allocated, curvecharts, jobs
from dashboards.cli import app
from dashboards.format import money
from dashboards.runs import read_run
from dashboards.sharing import Sharing, shared, sharing_of
from dashboards.splitfile import split_csv
from dashboards.splitview import Bar, SplitView, fixed_table
from dashboards.texts import t
from dashboards.whatif import Bench, clear, what_if
from scenarios.load import load_scenario
from sim.case import build_cases
from sim.comparison import compare
from sim.curves import response_curves
from sim.forecast import forecast
from sim.grid import build_grid
from sim.side import Side
from sim.splits import Splits
from tests.dashboards.drawing import drawn
from tests.dashboards.sample import FUTURES, plan_of
from tests.dashboards.test_app import CJK, LANGS, said

N, TAILS, SEED = 60, 4, 7
STEP = 5_000


@pytest.fixture(scope="module")
def bench(minimal):
    return Bench(Splits(minimal, plan_of(minimal), seed=SEED, n=N, tails=TAILS))


@pytest.fixture(scope="module")
def poorer(bench):
    """A split in which the first bureau has next to nothing left."""
    first, second = bench.splits.present
    return what_if(bench, (first - 50_000, second + 50_000))


@st.composite
def moves(draw):
    n = draw(st.integers(2, 6))
    first = tuple(STEP * draw(st.integers(0, 10)) for _ in range(n))
    last = tuple(low + STEP * draw(st.integers(0, 30)) for low in first)
    split = tuple(
        low + STEP * draw(st.integers(0, (high - low) // STEP))
        for low, high in zip(first, last, strict=True)
    )
    held = frozenset(draw(st.sets(st.integers(0, n - 1), max_size=n - 1)))
    balance = draw(st.one_of(st.none(), st.integers(0, n - 1)))
    place = draw(st.integers(0, n - 1))
    return Sharing(STEP, first, last, held, balance), split, place, draw(st.integers(-100, 10**6))


@given(moves())
@settings(max_examples=300, deadline=None)
def test_a_moved_slider_keeps_the_total_and_every_bound(move):
    sharing, split, place, yuan = move
    found = sharing.moved(split, place, yuan)
    assert sum(found) == sum(split)
    for low, own, high in zip(sharing.first_yuan, found, sharing.last_yuan, strict=True):
        assert low <= own <= high
        assert (own - low) % STEP == 0
    low, high = sharing.reach(split, place)
    assert found[place] == min(max(STEP * round(yuan / STEP), low), high)
    others = {i for i in range(len(split)) if i != place and found[i] != split[i]}
    if sharing.balance is not None and sharing.balance != place:
        assert others <= {sharing.balance}
    else:
        assert not others & sharing.held


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 240))
def test_steps_are_dealt_out_whole_within_rooms_and_in_proportion(rooms, steps):
    steps = min(steps, sum(rooms))
    parts = shared(steps, rooms)
    assert sum(parts) == steps
    for part, room in zip(parts, rooms, strict=True):
        assert part <= room
        assert not sum(rooms) or abs(part - steps * room / sum(rooms)) < 1


def test_more_steps_than_there_is_room_for_are_refused():
    with pytest.raises(ValueError, match="0 to 3"):
        shared(4, [1, 2])


def test_a_cap_below_what_a_bureau_has_does_not_take_it_away(minimal):
    grid = build_grid(minimal, plan_of(minimal))
    sharing = sharing_of(grid, [0] * len(grid.bureaus))
    assert sharing.last_yuan == grid.present_yuan


def test_live_odds_are_those_of_a_forecast_with_the_same_split_seed_and_futures(minimal, poorer):
    bureaus = [bureau.id for bureau in minimal.organisation.bureaus]
    budgets = tuple(sorted(zip(bureaus, poorer.split, strict=True)))
    plan = replace(plan_of(minimal), budget_yuan=budgets)
    expected = forecast(minimal, plan, n=N, seed=SEED, tails=TAILS, keep_outcomes=False).to_json()
    for bureau in bureaus:
        own = expected["bureaus"][bureau]
        for target, odds in own["targets"].items():
            found = poorer.odds("target", bureau, target).to_json()
            assert found == {key: odds[key] for key in found}
        assert poorer.odds("all_main", bureau).to_json() == own["all_main"]
        dry = poorer.odds("dry", bureau).to_json()
        assert dry == {key: own["dry"][key] for key in dry}
        day = poorer.dry_day[bureau]
        assert own["dry"]["median_date"] == (day and day.isoformat())
    together = poorer.odds("all_bureaus_main").to_json()
    assert together == expected["joint"]["all_bureaus_main"]
    assert poorer.dry_day[bureaus[0]] is not None


def test_the_difference_from_todays_split_is_that_of_a_comparison(minimal, poorer):
    plan = plan_of(minimal)
    bureaus = [bureau.id for bureau in minimal.organisation.bureaus]
    budgets = tuple(sorted(zip(bureaus, poorer.split, strict=True)))
    sides = [Side(minimal, plan), Side(minimal, replace(plan, budget_yuan=budgets))]
    found = compare(sides, n=N, seed=SEED, tails=TAILS)
    keys = [("score",), ("spend_yuan", bureaus[0]), ("all_main", bureaus[0]), ("bureaus_main",)]
    for key in keys:
        assert poorer.difference(*key) == found.difference(0, *key)
    assert clear(poorer.difference("spend_yuan", bureaus[0]))


def test_expected_targets_are_the_sum_of_the_odds(minimal, poorer):
    odds = sum(
        poorer.odds("target", own.bureau, own.target.id).p
        for bureau in minimal.organisation.bureaus
        for own in minimal.targets_of(bureau.id)
    )
    assert poorer.targets.b == pytest.approx(odds)


def test_todays_split_differs_from_itself_by_exactly_nothing(minimal, bench):
    found = what_if(bench, bench.splits.present)
    assert found.same
    assert (found.targets.difference, found.targets.low, found.targets.high) == (0, 0, 0)
    for lang in LANGS:
        view = SplitView(minimal, found, lang)
        assert t("app.budget.unclear", lang) not in view.table() + view.tiles()


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_clear_is_said_in_words_and_what_is_clear_in_figures(minimal, poorer, lang):
    table = SplitView(minimal, poorer, lang).table()
    assert t("app.budget.unclear", lang) in table
    assert table.count("<strong>") > 1


def test_what_is_fixed_is_the_per_diem_of_the_days_at_post_and_the_rest_is_free(minimal):
    plan = plan_of(minimal)
    split = (80_000, 100_000)
    rows = re.findall(r"<tr>(.*?)</tr>", fixed_table(minimal, plan, split, "en"))[1:]
    assert len(rows) == len(split)
    daily = minimal.budget.per_diem_yuan
    for case, yuan, row in zip(build_cases(minimal, plan), split, rows, strict=True):
        owed = daily * sum(case.at_post)
        assert owed > 0
        assert f"{money(owed, 'en')} ({sum(case.at_post)} person-days)" in row
        assert f">{money(yuan - owed, 'en')}<" in row


def test_the_bar_marks_today_and_where_money_is_enough():
    below = Bar(300_000, 0, 600_000, 50_000, 400_000, 450_000).html("en")
    assert 'class="b-enough" style="left:75.00%"' in below
    assert 'class="b-now" style="left:66.67%"' in below
    assert "from CNY 450,000" in below
    assert "beyond CNY 250,000" in Bar(300_000, 0, 600_000, 50_000, 1, 250_000).html("en")
    assert "b-enough" not in Bar(300_000, 0, 600_000, 50_000, 1, None).html("en")


def test_the_file_holds_the_split_and_its_paired_differences(minimal, poorer):
    content = split_csv(minimal, poorer, SEED, "en")
    assert content == split_csv(minimal, poorer, SEED, "en")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    spend = next(row for row in rows if row[3] == t("app.budget.spend", "en"))
    own = poorer.difference("spend_yuan", minimal.organisation.bureaus[0].id)
    assert [int(spend[1]), int(spend[2])] == [poorer.present[0], poorer.split[0]]
    assert float(spend[6]) == pytest.approx(own.difference, rel=1e-5)
    assert str(SEED) in rows[-1][0]


def test_a_curve_passes_through_the_live_odds(minimal, bench):
    splits = bench.splits
    grid = build_grid(minimal, splits.plan, step_yuan=10_000)
    curves = response_curves(splits.job, grid, splits.n)
    frame = curvecharts.curve_frame(curves, curvecharts.MAIN, "en")
    places = curvecharts.place_frame(curves, frame, {"today": splits.present}, "en")
    now = what_if(bench, splits.present)
    for place, bureau in enumerate(splits.bureaus):
        assert places["p"][place] == pytest.approx(now.odds("all_main", bureau).p)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_sliders_odds_curves_and_what_is_fixed(
    monkeypatch, run_store, minimal, lang
):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    at = drawn("budget", lang, run="good")
    assert not at.exception
    assert [slider.value for slider in at.slider] == [80_000, 100_000]
    words = said(at)
    for key in ("odds", "worth", "curves", "fixed", "recommended"):
        assert t(f"app.budget.{key}.title", lang) in words
    (chart,) = at.get("vega_lite_chart")
    assert "%" in chart.proto.alt
    if lang == "en":
        words = words.replace(t("app.language", "zh"), "")
        assert [line for line in words.splitlines() if CJK.search(line)] == []


def test_a_moved_slider_moves_the_others_the_figures_and_back(monkeypatch, run_store, minimal):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    at = drawn("budget", "en", run="good")
    assert "Today's split" in said(at)
    at.slider[0].set_value(40_000).run()
    assert [slider.value for slider in at.slider] == [40_000, 140_000]
    assert [field.value for field in at.number_input] == [40_000, 140_000]
    words = said(at)
    assert "Today's split:" not in words
    expected = what_if(
        Bench(Splits(minimal, plan_of(minimal), seed=SEED, n=FUTURES, tails=1)), (40_000, 140_000)
    )
    assert f"{expected.targets.b:.2f} targets met" in words
    at.number_input[1].set_value(100_000).run()
    assert [slider.value for slider in at.slider] == [80_000, 100_000]
    assert "Today's split:" in said(at)


def test_a_split_is_saved_as_a_scenario_that_loads_with_it(monkeypatch, run_store, tmp_path):
    shutil.copytree(run_store / "good", tmp_path / "good")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    at = drawn("budget", "en", run="good")
    at.slider[0].set_value(60_000).run()
    at.text_input[0].set_value("leaner")
    next(b for b in at.button if b.label == t("app.budget.save.do", "en")).click().run()
    assert not at.exception
    found = load_scenario(str(tmp_path / "scenarios" / "leaner"))
    assert found.budget.lump_sum_yuan == {"east": 60_000, "south": 120_000}


def test_who_may_not_plan_can_look_and_move_but_not_save_or_start(monkeypatch, run_store):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@else")
    at = drawn("budget", "en", run="good")
    labels = [button.label for button in at.button]
    assert t("app.budget.look", "en") not in labels
    assert t("app.budget.save.do", "en") not in labels
    assert t("app.budget.only_planners", "en") in said(at)
    assert len(at.slider) == 2


@pytest.fixture(scope="module")
def allocated_store(tmp_path_factory, run_store):
    """A run with an allocation worked out for it by the command that the page starts."""
    root = tmp_path_factory.mktemp("allocated")
    for name in ("good", "planned"):
        shutil.copytree(run_store / name, root / name)
    run = read_run(root / "good")
    folder = allocated.folder_of(root, run, "targets")
    few = ["-n", "40", "--confirm", "60", "--tails", "2", "--workers", "1", "--no-flips"]
    command = ["allocate", str(root / "good"), "--aim", "targets", "--out", str(folder), *few]
    CliRunner().invoke(app, command)
    assert (folder / "allocation.json").is_file()
    return root


@pytest.mark.parametrize("lang", LANGS)
def test_a_stored_allocation_gives_answer_certificate_and_frontier(
    monkeypatch, allocated_store, lang
):
    monkeypatch.setenv("BUREAU_RUNS", str(allocated_store))
    (found,) = allocated.stored(allocated_store, read_run(allocated_store / "good"))
    at = drawn("budget", lang, run="good")
    words = said(at)
    assert found.sentence(lang) in words
    assert found.certified(lang)[0] in words
    assert t("app.budget.frontier.title", lang) in words
    assert len(at.get("vega_lite_chart")) == 2
    assert t("app.broken.others", lang, n=1) not in words


def test_an_allocation_of_another_plan_is_not_shown(allocated_store, tmp_path):
    run = read_run(allocated_store / "good")
    other = replace(run, head=replace(run.head, plan_hash="0" * 64))
    assert allocated.stored(allocated_store, other) == ()
    assert allocated.stored(tmp_path, run) == ()


def test_the_app_starts_without_what_simulates():
    script = "import sys; import dashboards.app; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_button_queues_the_command_that_the_page_then_reads(monkeypatch, run_store, tmp_path):
    shutil.copytree(run_store / "good", tmp_path / "good")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    monkeypatch.setattr("dashboards.jobs.start_runner", lambda root: None)
    at = drawn("budget", "en", run="good")
    next(b for b in at.button if b.label == t("app.budget.look", "en")).click().run()
    assert not at.exception
    (job,) = jobs.list_jobs(tmp_path)
    folder = allocated.folder_of(tmp_path, read_run(tmp_path / "good"), "targets")
    expected = ("allocate", str(tmp_path / "good"), "--aim", "targets", "--out", str(folder))
    assert tuple(job.argv) == expected
    assert job.scenario == "minimal"
