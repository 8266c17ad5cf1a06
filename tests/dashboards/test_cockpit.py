"""The cockpit: its sentence, tiles, ranking and risks against the data they are made of."""

from __future__ import annotations

import copy
import json
import re
import shutil
from datetime import date, timedelta

import numpy as np
import pytest

from dashboards import jobs, measuretiles
from dashboards.conclusion import case, conclusion, phase
from dashboards.driverstore import FOLDER, StaleDrivers, argv, stored
from dashboards.projector import ORDER, after
from dashboards.ranking import measures, ranking
from dashboards.risks import LEAST, MOST, lever_of, risks, short_of_presence
from dashboards.runs import list_runs, read_run
from dashboards.standing import MONEY, RANGE, SCORE, delta, standings
from dashboards.texts import LANGS, catalogue, t
from sim.interval import estimate_count
from tests.dashboards.test_app import opened, said


@pytest.fixture
def good(run_store, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    return read_run(run_store / "good")


@pytest.fixture
def slim(run_store, tmp_path):
    """The good run as one that kept no outcomes."""
    shutil.copytree(run_store / "good", tmp_path / "slim")
    (tmp_path / "slim" / "outcomes.parquet").unlink()
    head = json.loads((tmp_path / "slim" / "run.json").read_text(encoding="utf-8"))
    del head["files"]["outcomes.parquet"]
    (tmp_path / "slim" / "run.json").write_text(json.dumps(head), encoding="utf-8")
    return read_run(tmp_path / "slim")


def _with_odds(forecast, p):
    """A forecast in which every target has one probability."""
    changed = copy.deepcopy(forecast)
    for report in changed["bureaus"].values():
        for target in report["targets"].values():
            target.update(p=p, k=round(p * target["n"]), low=p - 0.01, high=p + 0.01)
    return changed


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize(("p", "expected"), [(0.9, "course"), (0.5, "risk"), (0.1, "out")])
def test_the_sentence_tells_every_outlook_at_every_time(minimal, good, lang, when, p, expected):
    horizon = minimal.horizon
    day = {
        "before": horizon.start - timedelta(days=1),
        "during": horizon.end,
        "after": horizon.end + timedelta(days=1),
    }[when]
    assert phase(horizon, day) == when
    words = conclusion(minimal, _with_odds(good.forecast, p), day, lang)
    n = sum(x.target.main for b in good.forecast["bureaus"] for x in minimal.targets_of(b))
    assert str(n) in words
    assert f"{100 * p:.0f}" in words
    template = catalogue(lang).texts[f"outlook.sentence.{when}.{expected}"]
    assert words.startswith(template.split("{")[0])
    assert words.endswith("。" if lang == "zh" else ".")
    assert "{" not in words


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_forecast_the_sentence_promises_nothing(minimal, lang):
    words = conclusion(minimal, None, minimal.horizon.start, lang)
    assert "%" not in words
    assert ("推演" if lang == "zh" else "forecast") in words


def test_the_first_and_the_last_day_belong_to_the_year(minimal):
    horizon = minimal.horizon
    assert phase(horizon, horizon.start) == phase(horizon, horizon.end) == "during"


def test_one_target_out_of_reach_is_what_the_sentence_is_about():
    assert case({"course": 5, "risk": 1, "out": 1}) == "out"
    assert case({"course": 5, "risk": 1, "out": 0}) == "risk"
    assert case({"course": 5, "risk": 0, "out": 0}) == "course"
    assert case({"course": 0, "risk": 0, "out": 0}) == "none"


def test_a_bureaus_odds_are_those_of_its_forecast(good):
    for bureau, report in good.forecast["bureaus"].items():
        own = {one.key: one for one in standings(good, bureau)}
        for key, one in own.items():
            if one.target is not None:
                assert one.odds.p == report["targets"][key]["p"]
                assert one.minimum == report["targets"][key]["minimum"]
        assert own[MONEY].odds.p == pytest.approx(1 - report["dry"]["p"])
        assert own[MONEY].hits.mean() == pytest.approx(1 - report["dry"]["p"])


def test_the_citys_amounts_are_sums_future_by_future(good, minimal):
    city = {one.key: one for one in standings(good)}
    outcomes = good.outcomes
    total = outcomes.groupby("future")["signed_yuan"].sum().to_numpy()
    asked = sum(r["targets"]["signed"]["minimum"] for r in good.forecast["bureaus"].values())
    own = city["signed"]
    assert own.summed
    assert own.minimum == asked
    expected = estimate_count(int((total >= asked).sum()), len(total))
    assert (own.odds.k, own.odds.low, own.odds.high) == (expected.k, expected.low, expected.high)
    inside = (total >= own.spread.low) & (total <= own.spread.high)
    assert inside.mean() == pytest.approx(RANGE, abs=0.01)
    dry = outcomes.groupby("future")["dry_day"].max().to_numpy()
    assert city[MONEY].odds.k == int((dry < 0).sum())


def test_without_outcomes_the_city_is_every_bureau_and_has_no_range(slim):
    city = {one.key: one for one in standings(slim)}
    assert city["signed"].odds.p == slim.forecast["joint"]["targets"]["signed"]["p"]
    assert all(one.spread is None and one.hits is None for one in city.values())
    tiles = measuretiles.tiles(slim, None, None, "en", lambda kind: kind)
    assert tiles[0].label.startswith("Every bureau reaches")


def test_a_run_differs_from_itself_by_nothing(good):
    for one in standings(good):
        less = delta(one, one, same_futures=True)
        assert less.mean == 0
        assert less.unclear
        assert less.paired


def test_pairing_is_closer_than_two_intervals_and_both_hold_the_difference(good):
    from dataclasses import replace

    own = next(one for one in standings(good) if one.key == "signed")
    fewer = own.hits.copy()
    fewer[np.flatnonzero(fewer)[:20]] = False
    found = estimate_count(int(fewer.sum()), len(fewer)).to_json()
    base = replace(own, hits=fewer, odds=type(own.odds).read(found))
    paired = delta(own, base, same_futures=True)
    apart = delta(own, base, same_futures=False)
    assert paired.mean == pytest.approx(20 / len(fewer)) == pytest.approx(apart.mean)
    assert paired.low > 0
    assert paired.high - paired.low < apart.high - apart.low
    assert not apart.paired


@pytest.mark.parametrize("lang", LANGS)
def test_every_tile_has_odds_target_word_and_a_page(good, lang):
    tiles = measuretiles.tiles(good, None, good, lang, lambda kind: f"to-{kind}")
    assert [tile.href for tile in tiles][-3:] == ["to-presence", "to-money", "to-score"]
    main = [target for target in good.scenario.targets if target.main]
    assert [tile.href for tile in tiles[:-3]] == ["to-targets"] * len(main)
    for tile in tiles:
        assert tile.word
        assert re.search(r"\d", tile.value)
    unclear = t("outlook.delta.unclear", lang, low="x", high="y").split("x")[0]
    assert sum(any(line.startswith(unclear) for line in tile.lines) for tile in tiles) == 5


def test_the_presence_tile_counts_persons_of_the_audit(good):
    whole = measuretiles.presence_tile(good, None, "en", str)
    one = measuretiles.presence_tile(good, good.scenario.organisation.bureaus[0].id, "en", str)
    short = short_of_presence(good)
    assert whole.value == t("app.cockpit.presence.value", "en", n=4 - len(short), all=4)
    assert one.value.endswith("2")


def test_the_ranking_is_by_the_mean_that_is_said(good):
    assert measures(good)[0] == SCORE
    for measure in measures(good):
        places = ranking(good, measure)
        assert [p.mean for p in places] == sorted((p.mean for p in places), reverse=True)
        assert places[0].place == 1
        # Somebody is first in every future, several where they are level.
        assert sum(p.first.k for p in places) >= places[0].first.n
    score = good.forecast["score"]
    means = {b: s["mean"] for b, s in score["readings"][score["default"]].items()}
    assert ranking(good, SCORE)[0].bureau == max(means, key=means.get)


def test_the_ranking_without_outcomes_has_places_and_no_odds(slim):
    assert [p.first for p in ranking(slim, SCORE)] == [None, None]


def test_risks_are_the_likeliest_of_each_kind_in_the_bureau_it_is_worst_in(good):
    found = risks(good, None)
    assert 0 < len(found) <= MOST
    odds = [risk.odds.p for risk in found]
    assert odds == sorted(odds, reverse=True)
    assert min(odds) >= LEAST
    assert len({(risk.kind, risk.subject) for risk in found}) == len(found)
    reports, score = good.forecast["bureaus"], good.forecast["score"]
    worst = {
        ("target", target.id): max(1 - own["targets"][target.id]["p"] for own in reports.values())
        for target in good.scenario.targets
        if target.main
    }
    worst["money", "money"] = max(own["dry"]["p"] for own in reports.values())
    for limit in ("pipeline", "people", "money", "seats"):
        worst["limit", limit] = max(own["limits"][limit]["p"] for own in reports.values())
    lowest = good.scenario.assessment.grades[-1].id
    graded = score["readings"][score["default"]].values()
    worst["grade", lowest] = max(own["grades"][lowest]["p"] for own in graded)
    expected = sorted((p for p in worst.values() if p >= LEAST), reverse=True)[:MOST]
    assert odds == pytest.approx(expected)
    for risk in found:
        assert risk.odds.p == pytest.approx(worst[risk.kind, risk.subject])
        assert risk.lever is None


BAR = {"mean": 0.1, "low": 0.05, "high": 0.15}


def _drivers(run):
    """Drivers as they are stored, made by hand."""
    days = run.scenario.days.months
    lever = {"assumption": "call-to-visit", "how": "p10-p90", "unclear": False}
    none = {"assumption": "event-held", "how": "scaled", "unclear": True}
    chance = {
        **estimate_count(100, 400).to_json(),
        "ignorance": {"share": 0.4},
        "levers": [
            {**none, "low": BAR, "high": BAR, "swing": BAR},
            {**lever, "low": BAR, "high": BAR, "swing": BAR},
        ],
    }
    low, high = estimate_count(4, 400).to_json(), estimate_count(200, 400).to_json()
    months = [
        {
            "until": run.scenario.days.date_of(m.stop - 1).isoformat(),
            "bound": dict.fromkeys(("money", "people", "seats"), high if i == 1 else low),
        }
        for i, m in enumerate(days)
    ]
    ids = [b.id for b in run.scenario.organisation.bureaus]
    targets = [target.id for target in run.scenario.targets]
    return {
        "scenario_hash": run.head.scenario_hash,
        "plan_hash": run.head.plan_hash,
        "bureaus": {
            key: {
                "targets": dict.fromkeys(targets, chance),
                "all_main": chance,
                "limits": months,
                "shortage": {"p10_date": "2024-08-20"},
            }
            for key in ids
        },
        "joint": {
            "at_least": {str(k + 1): chance for k in range(len(ids))},
            "targets": dict.fromkeys(targets, chance),
        },
        "ends": {
            name: {key: [0.1, 0.3] for key in ids} for name in ("call-to-visit", "event-held")
        },
        "replays": {
            name: {"future": 3, "by": "signed_yuan", "value": 1e8} for name in ("p10", "p50", "p90")
        },
    }


def test_with_drivers_a_risk_has_its_clear_lever_and_its_day(good):
    drivers = _drivers(good)
    found = {(risk.kind, risk.subject): risk for risk in risks(good, drivers)}
    target = next(risk for (kind, _), risk in found.items() if kind == "target")
    assert target.lever.assumption == "call-to-visit"
    assert (target.lever.gain, target.lever.ends) == (0.1, (0.1, 0.3))
    second = good.scenario.days.date_of(good.scenario.days.months[1].stop - 1).isoformat()
    dated = [r for r in found.values() if r.kind == "limit" and r.subject != "pipeline"]
    assert all(risk.when == second for risk in dated)
    assert lever_of({"levers": []}, drivers, "east") is None


def _stored(run_store, tmp_path, change=None):
    root = tmp_path / "house"
    shutil.copytree(run_store, root)
    run = read_run(root / "good")
    folder = root / FOLDER / "good"
    folder.mkdir(parents=True)
    data = {**_drivers(run), **(change or {})}
    (folder / "drivers.json").write_text(json.dumps(data), encoding="utf-8")
    return root, run


def test_stored_drivers_are_found_and_are_no_run(run_store, tmp_path):
    root, run = _stored(run_store, tmp_path)
    assert stored(root, run).data["plan_hash"] == run.head.plan_hash
    assert stored(run_store, run) is None
    listed = list_runs(root)
    assert {r.id for r in listed.runs} == {"good", "planned"}
    assert listed.problems == ()


@pytest.mark.parametrize("change", [{"plan_hash": "0" * 64}, {"scenario_hash": "0" * 64}])
def test_drivers_of_another_plan_are_refused(run_store, tmp_path, change):
    root, run = _stored(run_store, tmp_path, change)
    with pytest.raises(StaleDrivers):
        stored(root, run)


def test_the_command_that_stores_drivers_says_where_and_of_which_seed(run_store):
    run = read_run(run_store / "good")
    words = argv(run_store, run)
    assert words[:2] == ("drivers", str(run.folder))
    assert words[words.index("--seed") + 1] == str(run.forecast["seed"])
    assert words[words.index("--out") + 1] == str(run_store / "drivers" / "good")


@pytest.mark.parametrize("lang", LANGS)
def test_the_cockpit_says_how_to_get_drivers_and_then_shows_the_lever(
    run_store, tmp_path, monkeypatch, lang
):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    assert t("outlook.drivers.none", lang) in said(opened("cockpit", lang, run="good"))
    root, run = _stored(run_store, tmp_path)
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    words = said(opened("cockpit", lang, run="good"))
    assert t("outlook.drivers.none", lang) not in words
    assert run.scenario.assumptions["call-to-visit"].label.get(lang) in words
    assert "+10.0" in words


@pytest.mark.parametrize("lang", LANGS)
def test_damaged_drivers_are_said_in_words(run_store, tmp_path, monkeypatch, lang):
    root, _ = _stored(run_store, tmp_path)
    (root / FOLDER / "good" / "drivers.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("BUREAU_RUNS", str(root))
    at = opened("cockpit", lang, run="good")
    assert not at.exception
    assert "drivers.json" in said(at)


def test_who_may_not_plan_sees_no_command(run_store, monkeypatch):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    monkeypatch.setenv("BUREAU_PLANNERS", "somebody@else")
    at = opened("cockpit", "en", run="good")
    words = said(at)
    assert t("outlook.job.planners", "en") in words
    assert "bureau drivers" not in words
    assert len(at.button) == 0


def test_one_bureau_is_shown_alone(good, minimal):
    at = opened("cockpit", "en", run="good")
    at.segmented_control(key="cockpit-scope").select("south").run()
    words = said(at)
    report = good.forecast["bureaus"]["south"]["targets"]["signed"]
    assert f"target CNY {report['minimum'] / 1e6:,.2f} m" in words
    assert "target reached" in words


def test_a_baseline_in_the_address_is_compared_with(run_store, tmp_path, monkeypatch):
    shutil.copytree(run_store / "good", tmp_path / "good")
    shutil.copytree(run_store / "good", tmp_path / "other")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    words = said(opened("cockpit", "en", run="good", base="other"))
    assert t("outlook.base.paired", "en", run="other") in words
    assert "no clear difference from baseline" in words
    assert "baseline (" not in said(opened("cockpit", "en", run="good", base="lost"))


def test_the_day_decides_what_the_sentence_begins_with(good):
    assert "As of 5 Aug 2024" in said(opened("cockpit", "en", run="good", asof="2024-08-05"))
    ended = date.today() > good.scenario.horizon.end
    assert ("The year ended" in said(opened("cockpit", "en", run="good"))) == ended


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ORDER)
def test_the_projector_shows_no_controls_and_starts_no_job(good, name, lang):
    at = opened(name, lang, run="good", show="cycle")
    assert not at.exception
    assert [title.value for title in at.title] == [t(f"app.{name}.title", lang)]
    assert len(at.selectbox) == len(at.date_input) == len(at.button) == 0


def test_the_projector_goes_round():
    way, name = [], ORDER[0]
    for _ in ORDER:
        way.append(name)
        name = after(name)
    assert tuple(way) == ORDER
    assert name == ORDER[0] == after("budget")


def test_the_button_queues_the_job_once_and_then_shows_it(run_store, tmp_path, monkeypatch):
    shutil.copytree(run_store / "good", tmp_path / "good")
    monkeypatch.setenv("BUREAU_RUNS", str(tmp_path))
    monkeypatch.setattr(jobs, "start_runner", lambda root: None)
    at = opened("cockpit", "en", run="good")
    at.button(key="start-outlook.drivers").click().run()
    (job,) = jobs.list_jobs(tmp_path)
    assert job.argv == argv(tmp_path, read_run(tmp_path / "good"))
    assert job.state == "queued"
    again = opened("cockpit", "en", run="good")
    assert "start-outlook.drivers" not in [button.key for button in again.button]
    assert [button.key for button in again.button] == [f"job-stop-{job.id}"]
