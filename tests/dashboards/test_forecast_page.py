"""The forecast page: conditions, months, the tornado, what it takes, and years lived again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards import driverstore
from dashboards.charts import larger
from dashboards.cli import app
from dashboards.conclusion import conclusion as concluded
from dashboards.conditional import FEW, conditional
from dashboards.driverstore import StaleDrivers, stored, stored_stress
from dashboards.fan import QUANTILES, asked, fan, fan_chart, has_fan
from dashboards.leverbars import SHOWN, bars, bars_chart
from dashboards.pages.forecast import PARTS
from dashboards.runs import read_run
from dashboards.standing import standings
from dashboards.stressview import conclusion, within
from dashboards.texts import LANGS, t
from dashboards.yearagain import DRAWN, by_month, events_of, year_chart
from scenarios.rules import FundsRule
from sim.interval import estimate_count
from sim.replay import COLUMNS
from tests.dashboards.test_app import CJK, opened, said


@pytest.fixture
def good(run_store, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    return read_run(run_store / "good")


@pytest.fixture(scope="module")
def house(run_store, tmp_path_factory):
    """A folder of runs with the drivers, and what it takes, that the commands store."""
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(run_store / "good", root / "good")
    for command, n in (("drivers", "200"), ("stress", "100")):
        out = root / command / "good"
        words = [command, str(root / "good"), "-n", n, "--workers", "1", "--out", str(out)]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.stderr
    return root


@pytest.fixture
def at_home(house, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(house))
    return house


def test_a_condition_counts_the_futures_that_meet_it(good):
    south = good.outcomes[good.outcomes["bureau"] == "south"].sort_values("future")
    minimum = {x.target.id: x.minimum for x in good.scenario.targets_of("south")}
    signed = (south["signed_yuan"] >= minimum["signed"]).to_numpy()
    registered = (south["registered"] >= minimum["registered"]).to_numpy()
    found = {one.key: one for one in conditional(standings(good, "south"))}
    given = found["registered"]
    assert given.n == int(registered.sum())
    expected = estimate_count(int((signed & registered).sum()), given.n)
    odds = given.odds["signed"]
    assert (odds.k, odds.n, odds.low, odds.high) == (
        expected.k,
        expected.n,
        expected.low,
        expected.high,
    )
    assert given.odds["registered"] is None


def test_few_futures_are_said_to_be_few_and_none_to_be_none(good):
    from dataclasses import replace

    first, second, *_ = standings(good, "south")
    hits = np.zeros(len(first.hits), bool)
    never = conditional([replace(first, hits=hits), second])[0]
    assert never.n == 0
    assert never.odds[second.key] is None
    hits = hits.copy()
    hits[: FEW - 1] = True
    assert conditional([replace(first, hits=hits), second])[0].few
    hits[FEW - 1] = True
    assert not conditional([replace(first, hits=hits), second])[0].few


def test_conditions_need_the_outcomes(good):
    from dataclasses import replace

    assert conditional([replace(one, hits=None) for one in standings(good)]) == []


@pytest.mark.parametrize("bureau", [None, "south"])
def test_the_fan_is_the_forecasts_and_in_the_order_of_the_months(good, bureau):
    data = fan(good.scenario, good.forecast, "signed_yuan", "en", bureau)
    report = good.forecast["bureaus"][bureau] if bureau else good.forecast["joint"]
    assert data[list(QUANTILES)].to_numpy().tolist() == report["fan_yuan"]["signed"]
    assert list(data["label"]) == ["Jul", "Aug", "Sep"]
    spec = fan_chart(data, 10**8, "en").to_dict()
    orders = {
        tuple(layer["encoding"]["x"]["sort"])
        for layer in spec["layer"]
        if "sort" in layer["encoding"].get("x", {})
    }
    assert orders == {("Jul", "Aug", "Sep")}


def test_the_fan_is_held_to_a_target_on_its_own_basis_alone(minimal):
    one = next(x.minimum for x in minimal.targets_of("south") if x.target.id == "signed")
    assert asked(minimal, "signed_yuan", "south") == one
    assert asked(minimal, "signed_yuan", None) == 2 * one
    for basis, expected in (("gross", 15_000_000), ("fixed-asset", None)):
        funds = FundsRule.model_validate({**minimal.rules.funds.model_dump(), "basis": basis})
        rules = minimal.rules.model_copy(update={"funds": funds})
        scenario = minimal.model_copy(update={"rules": rules})
        assert asked(scenario, "funds_yuan", "south") == expected


@pytest.mark.parametrize("lang", LANGS)
def test_a_run_from_before_the_months_says_so(run_store, tmp_path, monkeypatch, lang):
    shutil.copytree(run_store / "good", tmp_path / "good")
    file, head = tmp_path / "good" / "forecast.json", tmp_path / "good" / "run.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    del data["joint"]["fan_yuan"]
    file.write_text(json.dumps(data), encoding="utf-8")
    from dashboards.runs import sha256

    told = json.loads(head.read_text(encoding="utf-8"))
    told["files"]["forecast.json"] = sha256(file.read_bytes())
    head.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    assert not has_fan(data, None)
    at = opened("forecast", lang, run="good", part="amounts")
    assert not at.exception
    assert t("outlook.fan.city", lang) in said(at)
    assert (
        len(
            opened("forecast", lang, run="good", part="amounts", bureau="south").get(
                "vega_lite_chart"
            )
        )
        == 5
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("bureau", [None, "south"])
def test_every_part_is_drawn_for_all_and_for_one(at_home, lang, part, bureau):
    asked_for = {"bureau": bureau} if bureau else {}
    at = opened("forecast", lang, run="good", part=part, **asked_for)
    assert not at.exception
    words = said(at)
    assert t(f"outlook.part.{part}.lead", lang) in words
    if bureau and part != "basis":
        assert at.segmented_control(key="forecast-bureau").value == bureau
    assert all(len(chart.proto.alt) > 10 for chart in at.get("vega_lite_chart"))


def test_a_part_that_is_none_is_the_first(good):
    at = opened("forecast", "en", run="good", part="nonsense", bureau="nobody")
    assert not at.exception
    assert at.segmented_control(key="forecast-part").value == PARTS[0]


def test_a_part_is_written_into_the_address(good):
    at = opened("forecast", "en", run="good")
    at.segmented_control(key="forecast-part").select("money").run()
    assert at.query_params["part"] == "money"
    assert t("app.forecast.spend.title", "en") in said(at)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("part", ["drivers", "years"])
def test_without_drivers_the_page_says_how_to_get_them(good, lang, part):
    words = said(opened("forecast", lang, run="good", part=part))
    assert t("outlook.drivers.none", lang) in words


def test_the_bars_are_those_of_the_drivers_the_longest_first(house):
    run = read_run(house / "good")
    found = stored(house, run).chance(("target", "south", "signed"))
    data = bars(run.scenario, found, "en")
    assert len(data) == len(found["levers"])
    clear = data[~data["unclear"]]
    assert list(clear["swing"].abs()) == sorted(clear["swing"].abs(), reverse=True)
    first, bar = data.iloc[0], found["levers"][0]
    assert first["low"] == pytest.approx(100 * bar["low"]["mean"])
    assert first["swing_high"] == pytest.approx(100 * bar["swing"]["high"])
    drawn = bars_chart(data, "en").to_dict()
    assert len(next(iter(drawn["datasets"].values()))) in (1, 2 * min(SHOWN, len(data)))


def _events(*rows):
    frame = pd.DataFrame([(0, *row) for row in rows], columns=list(COLUMNS))
    return frame.astype({"day": int})


EVENTS = _events(
    ("2024-07-02", "call", "east", "1", "travel"),
    ("2024-07-05", "visit_deputy", "east", "1", ""),
    ("2024-07-09", "signed", "east", "1", "500000"),
    ("2024-08-01", "spent", "south", "-1", "per_diem 16000"),
    ("2024-08-02", "funds", "south", "2", "70000"),
    ("2024-09-30", "lost_people", "south", "3", ""),
)


def test_a_year_again_adds_up_month_by_month(minimal):
    table = by_month(minimal, EVENTS, None).set_index("month")
    assert list(table.index) == ["2024-07", "2024-08", "2024-09"]
    july, august, september = (table.loc[month] for month in table.index)
    assert (july["calls"], july["visits"], july["signed"], july["signed_yuan"]) == (1, 1, 1, 5000)
    assert (august["spent_yuan"], august["funds_yuan"], august["signed_yuan"]) == (160, 700, 0)
    assert september["lost"] == 1
    assert by_month(minimal, EVENTS, "east")["funds_yuan"].sum() == 0


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_again_shows_what_is_seldom_and_hides_calls(minimal, lang):
    data = events_of(minimal, EVENTS, lang, None)
    kinds = {t(f"outlook.event.{key}", lang) for key in DRAWN}
    assert len(data) == 3
    assert set(data["row"]) <= kinds
    assert data["yuan"].tolist() == [0, 5000, 700]
    year_chart(data, minimal, lang).to_dict()
    year_chart(data.iloc[:0], minimal, lang).to_dict()


def test_the_years_that_are_shown_are_those_that_were_stored(house):
    run = read_run(house / "good")
    drivers = stored(house, run)
    assert drivers.replays == ("p10", "p50", "p90")
    for name in drivers.replays:
        signed = by_month(run.scenario, drivers.replay(name), None)["signed_yuan"].sum()
        assert signed == pytest.approx(drivers.data["replays"][name]["value"])


def test_a_replay_that_is_none_is_refused(house, tmp_path):
    from dataclasses import replace

    drivers = replace(stored(house, read_run(house / "good")), folder=tmp_path)
    with pytest.raises(StaleDrivers):
        drivers.replay("p10")
    (tmp_path / "replay_p10.csv").write_text("day,what\n1,x\n", encoding="utf-8")
    with pytest.raises(StaleDrivers):
        drivers.replay("p10")


@pytest.mark.parametrize("lang", LANGS)
def test_what_it_takes_is_said_for_the_probability_that_is_chosen(at_home, lang):
    run = read_run(at_home / "good")
    found = stored_stress(at_home, run)
    own = next(x for x in found["chances"] if x["key"] == ["all_main", "south"])
    at = opened("forecast", lang, run="good", part="drivers", bureau="south")
    words = said(at)
    assert conclusion(own, found["goal"], lang) in words
    label = own["needs"][0]["lever"]
    name = (
        t("stress.budget", lang)
        if label == "budget"
        else run.scenario.assumptions[label].label.get(lang)
    )
    assert name in words


@pytest.mark.parametrize(
    ("factor", "today", "expected"),
    [
        (1.4, [1, 2, 3], True),
        (1.6, [1, 2, 3], False),
        (0.4, [1, 2, 3], False),
        (9, [2, 2, 2], None),
    ],
)
def test_a_need_is_credible_within_what_is_believed(factor, today, expected):
    assert within({"factor": factor}, today) is expected


@pytest.mark.parametrize("lang", LANGS)
def test_the_conclusion_tells_there_enough_and_short_apart(lang):
    def chance(p, reached):
        base = estimate_count(round(400 * p), 400).to_json()
        return {"base": base, "needs": [{"reached": reached}]}

    there, enough, short = (
        conclusion(chance(*x), 0.8, lang) for x in ((0.9, False), (0.5, True), (0.5, False))
    )
    assert len({there, enough, short}) == 3
    assert all("80" in words for words in (there, enough, short))


@pytest.mark.parametrize(("lang", "words"), [("zh", ("现在", "倍")), ("en", ("now", "times"))])
def test_the_command_says_what_it_takes_in_either_language(run_store, lang, words):
    call = ["stress", str(run_store / "planned"), "-n", "100", "--workers", "1", "--lang", lang]
    shown = CliRunner().invoke(app, call)
    assert shown.exit_code == 0, shown.stderr
    for word in words:
        assert word in shown.stdout


def test_the_command_prints_what_it_stores(house):
    call = ["stress", str(house / "good"), "-n", "100", "--workers", "1", "--json"]
    told = json.loads(CliRunner().invoke(app, call).stdout)
    told.pop("run")
    file = house / "stress" / "good" / "stress.json"
    assert told == json.loads(file.read_text(encoding="utf-8"))


def test_pages_know_the_names_that_the_simulation_gives_without_loading_it():
    from sim.stress import BUDGET

    assert driverstore.BUDGET == BUDGET
    assert driverstore.COLUMNS == COLUMNS
    script = (
        "import sys; import dashboards.app; "
        "sys.exit(any(name.split('.')[0] in ('numba', 'simpy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_what_stands_there_is_never_replaced(house):
    out = str(house / "stress" / "good")
    shown = CliRunner().invoke(app, ["stress", str(house / "good"), "-n", "100", "--out", out])
    assert shown.exit_code == 2


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_begins_with_what_to_conclude(good, lang):
    day = good.scenario.horizon.start
    words = concluded(good.scenario, good.forecast, day, lang)
    assert words in said(opened("forecast", lang, run="good", asof=day.isoformat()))


def test_a_chart_for_a_room_has_larger_type_and_more_room(good):
    chart = fan_chart(fan(good.scenario, good.forecast, "signed_yuan", "en", None), None, "en")
    own, room = chart.to_dict(), larger(chart).to_dict()
    for part in ("axis", "legend"):
        assert room["config"][part]["labelFontSize"] >= 1.5 * own["config"][part]["labelFontSize"]
    assert room["height"] > own["height"]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "basis"])
@pytest.mark.parametrize("bureau", ["", "south"])
def test_english_parts_hold_no_chinese_but_the_language_switch(at_home, part, bureau):
    words = said(opened("forecast", "en", run="good", part=part, bureau=bureau))
    words = words.replace(t("app.language", "zh"), "")
    assert [line for line in words.splitlines() if CJK.search(line)] == []
