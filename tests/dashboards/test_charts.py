from __future__ import annotations

import json
import re

import altair as alt
import pandas as pd
import pytest

from dashboards import charts, figures

CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def drawn(minimal, minimal_forecast):
    """Every chart of a forecast, as Vega-Lite."""

    def draw(lang):
        data = minimal_forecast.data
        curve = figures.exceedance(minimal, minimal_forecast.outcomes, "signed_yuan", lang)
        found = {
            "odds": charts.odds_chart(figures.odds_frame(minimal, data, lang), lang),
            "joint": charts.joint_chart(figures.joint_frame(minimal, data, lang), lang),
            "curve": charts.exceedance_chart(curve, [100_000_000], lang),
            "funnel": charts.funnel_chart(figures.funnel(minimal, data, lang), lang),
            "spend": charts.spend_chart(figures.spend(minimal, data, lang), lang),
            "score": charts.score_chart(
                figures.scores(minimal, data, lang), [("A", 90.0), ("B", 80.0)], lang
            ),
            "limits": charts.limits_chart(figures.limits(minimal, data, lang), lang),
        }
        return {name: chart.to_dict() for name, chart in found.items()}

    return draw


def encodings(spec):
    return [layer["encoding"] for layer in spec["layer"] if "encoding" in layer]


def test_english_charts_hold_no_chinese(drawn):
    for name, spec in drawn("en").items():
        assert not CJK.search(json.dumps(spec, ensure_ascii=False)), name


def test_no_chart_fetches_anything(drawn):
    for name, spec in drawn("zh").items():
        text = json.dumps({**spec, "$schema": ""})
        assert "http" not in text, name
        assert '"url"' not in text, name


def test_months_are_named_and_ordered_by_the_chart_itself(drawn):
    for lang, months in (("zh", ["7月", "8月", "9月"]), ("en", ["Jul", "Aug", "Sep"])):
        axis = encodings(drawn(lang)["spend"])[0]["x"]
        assert axis["type"] == "nominal"
        assert axis["sort"] == months


def test_bureaus_keep_the_scenarios_order(drawn):
    for name in ("odds", "funnel"):
        for encoding in encodings(drawn("zh")[name]):
            if "yOffset" in encoding:
                assert encoding["yOffset"]["sort"] == ["杭州", "深圳"], name


def test_probabilities_run_from_nothing_to_certain(drawn):
    for name in ("odds", "joint"):
        scales = [e["x"]["scale"]["domain"] for e in encodings(drawn("en")[name])]
        assert scales == [[0, 1]] * 3


def test_odds_show_estimate_interval_and_both_thresholds(drawn):
    spec = drawn("en")["odds"]
    rules, ranges, points = encodings(spec)
    data = spec["datasets"]
    assert [row["at"] for row in data[spec["layer"][0]["data"]["name"]]] == [0.3, 0.8]
    assert (ranges["x"]["field"], ranges["x2"]["field"]) == ("low", "high")
    assert points["x"]["field"] == "p"
    assert rules["x"]["field"] == "at"


def test_bureaus_differ_by_shape_or_dash_as_well_as_by_colour(drawn):
    specs = drawn("en")
    shapes = encodings(specs["odds"])[2]["shape"]["scale"]
    dashes = encodings(specs["curve"])[0]["strokeDash"]["scale"]
    for scale in (shapes, dashes):
        looks = [str(look) for look in scale["range"]]
        assert len(looks) == len(set(looks)) == len(scale["domain"]) == 2


@pytest.mark.parametrize(("lang", "at", "label"), [("zh", 1, "目标 1"), ("en", 100, "target 100")])
def test_the_curve_marks_the_target_in_the_languages_own_unit(drawn, lang, at, label):
    spec = drawn(lang)["curve"]
    rows = spec["datasets"][spec["layer"][1]["data"]["name"]]
    assert rows == [{"amount": at, "label": label}]


def test_a_name_near_the_right_edge_stands_left_of_its_line(minimal, minimal_forecast):
    curve = figures.exceedance(minimal, minimal_forecast.outcomes, "signed_yuan", "en")
    top = curve["yuan"].max()
    spec = charts.exceedance_chart(curve, [int(0.1 * top), int(0.95 * top)], "en").to_dict()
    sides = [layer["mark"]["align"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    assert sides == ["right", "left"]


def test_the_shares_of_what_holds_a_bureau_back_are_stacked_in_one_order(drawn):
    encoding = encodings(drawn("zh")["limits"])[0]
    assert encoding["x"]["stack"] == "zero"
    assert encoding["order"]["field"] == "rank"


def test_every_chart_names_a_system_font(drawn):
    for name, spec in drawn("zh").items():
        assert "Noto Sans CJK SC" in spec["config"]["axis"]["labelFont"], name


def test_a_chart_is_held_to_the_schema_here_and_not_again_where_people_are_served(monkeypatch):
    broken = charts.joint_chart(
        pd.DataFrame(
            {"event": ["a"], "p": [0.5], "low": [0.4], "high": [0.6], "outlook": ["likely"]}
        ),
        "en",
    )
    broken.height = ["no", "height"]
    with pytest.raises(alt.utils.schemapi.SchemaValidationError):
        broken.to_dict()
    monkeypatch.setattr("altair.utils.schemapi.DEBUG_MODE", False)
    assert broken.to_dict()["height"] == ["no", "height"]
