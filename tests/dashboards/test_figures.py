from __future__ import annotations

import numpy as np
import pytest

from dashboards import figures
from tests.dashboards.sample import FUTURES


@pytest.fixture
def data(minimal_forecast):
    return minimal_forecast.data


def test_odds_cover_every_target_of_every_bureau_main_targets_first(minimal, data):
    found = figures.target_odds(minimal, data)
    expected = {
        (bureau.id, entry.target.id)
        for bureau in minimal.organisation.bureaus
        for entry in minimal.targets_of(bureau.id)
    }
    assert {(entry.bureau, entry.target.id) for entry in found} == expected
    main = [entry.target.main for entry in found]
    assert main == sorted(main, reverse=True)


def test_frames_carry_labels_of_the_language_and_no_ids(minimal, data):
    english = figures.odds_frame(minimal, data, "en")
    assert set(english["bureau"]) == {"Hangzhou", "Shenzhen"}
    assert "Contracted investment" in set(english["target"])
    assert set(figures.odds_frame(minimal, data, "zh")["bureau"]) == {"杭州", "深圳"}


def test_exceedance_falls_from_certain_and_agrees_with_the_odds_at_the_target(
    minimal, minimal_forecast
):
    frame = figures.exceedance(minimal, minimal_forecast.outcomes, "signed_yuan", "zh")
    for bureau, own in frame.groupby("bureau"):
        shares = own["share"].to_numpy()
        assert shares[0] == 1
        assert (np.diff(shares) <= 0).all()
        entry = next(
            e
            for e in figures.target_odds(minimal, minimal_forecast.data)
            if e.target.metric == "signed_yuan"
            and minimal.bureau(e.bureau).city.get("zh") == bureau
        )
        at = np.interp(entry.minimum, own["yuan"], shares)
        assert at == pytest.approx(entry.odds.p, abs=0.05)


def test_an_amount_that_is_just_reached_counts(minimal, minimal_forecast):
    nothing = minimal_forecast.outcomes.assign(signed_yuan=0)
    frame = figures.exceedance(minimal, nothing, "signed_yuan", "en")
    assert (frame.loc[frame["yuan"] == 0, "share"] == 1).all()
    assert (frame.loc[frame["yuan"] > 0, "share"] == 0).all()


def test_exceedance_reaches_past_every_target(minimal, minimal_forecast):
    for metric in figures.AMOUNTS:
        frame = figures.exceedance(minimal, minimal_forecast.outcomes, metric, "en")
        assert frame["yuan"].max() > max(figures.minima(minimal, metric))


def test_joint_odds_fall_as_more_bureaus_must_reach_theirs(minimal, data):
    odds = [odds.p for _, odds in figures.joint_odds(minimal, data, "en")[:2]]
    assert odds == sorted(odds, reverse=True)
    assert odds[1] == data["joint"]["all_bureaus_main"]["p"]


def test_spend_of_all_bureaus_is_the_sum_of_each(minimal, data):
    together = figures.spend(minimal, data, "en")["yuan"].sum()
    each = [figures.spend(minimal, data, "en", b.id)["yuan"].sum() for b in
            minimal.organisation.bureaus]  # fmt: skip
    assert together == pytest.approx(sum(each))


def test_spend_has_every_month_in_order_and_leaves_idle_heads_out(minimal, data):
    frame = figures.spend(minimal, data, "en")
    assert list(frame["month"].drop_duplicates()) == ["2024-07", "2024-08", "2024-09"]
    assert list(frame["label"].drop_duplicates()) == ["Jul", "Aug", "Sep"]
    assert "Rent" not in set(frame["head"])
    assert frame["head"].iloc[0] == "Travel"


def test_the_scenarios_own_reading_comes_first(bole):
    scored = {key: {} for key in ("pro-rata", "share-of-best", "share-of-total")}
    score = {"default": "share-of-total", "readings": scored}
    order = figures.reading_order(bole, {"score": score})
    assert order == ["share-of-total", "share-of-best", "pro-rata"]


def test_all_pass_counts_futures_in_which_the_worst_bureau_passes(minimal, minimal_forecast):
    odds = figures.all_reach_grade(minimal, minimal_forecast.data)
    grades = minimal.assessment.grades
    wide = minimal_forecast.outcomes.pivot_table(
        index="future",
        columns="bureau",
        values=f"score_{minimal_forecast.data['score']['default']}",
    )
    assert odds.k == int((wide >= grades[-2].at_least).all(axis=1).sum())
    assert odds.n == FUTURES
    assert odds.low <= odds.p <= odds.high
