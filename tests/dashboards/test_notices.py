from __future__ import annotations

from dashboards import notices


def changed(scenario, **parts):
    return scenario.model_copy(update={"calendar": scenario.calendar.model_copy(update=parts)})


def test_official_days_need_no_warning(minimal):
    closures = tuple(c.model_copy(update={"status": "official"}) for c in minimal.calendar.closures)
    assert notices.predicted(changed(minimal, closures=closures), "zh") is None


def test_a_predicted_year_is_named(minimal):
    years = tuple(y.model_copy(update={"status": "predicted"}) for y in minimal.calendar.years)
    said = notices.predicted(changed(minimal, years=years, closures=()), "en")
    assert "the public holidays of 2024" in said


def test_a_predicted_year_outside_the_horizon_is_not(minimal):
    year = minimal.calendar.years[0].model_copy(update={"status": "predicted", "year": 2027})
    assert notices.predicted(changed(minimal, years=(year,), closures=()), "en") is None


def test_a_predicted_closure_is_named(minimal):
    closures = tuple(
        c.model_copy(update={"status": "predicted"}) for c in minimal.calendar.closures
    )
    assert "City congress" in notices.predicted(changed(minimal, closures=closures), "en")


def test_invented_data_are_said_in_the_language(minimal):
    assert "invented" in notices.invented(minimal, "en")
    assert "虚构" in notices.invented(minimal, "zh")
    assert notices.invented(minimal.model_copy(update={"synthetic_note": None}), "zh") is None
