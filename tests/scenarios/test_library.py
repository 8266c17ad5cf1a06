"""What ships."""

from __future__ import annotations

from scenarios.assumptions import KNOWN
from scenarios.library import data_folder, holiday_countries, partials, shipped, shipped_file
from scenarios.load import load_scenario
from scenarios.yamldoc import read_yaml


def test_scenarios_ship_and_partial_ones_are_not_listed_among_them():
    assert {"bole-2023", "bole-2023-high", "minimal"} <= set(shipped())
    assert list(shipped()) == sorted(shipped())
    assert partials() == ("priors",)
    assert "priors" not in shipped()


def test_shipped_files_lie_in_the_package_and_unknown_names_have_none():
    for name in (*shipped(), *partials()):
        assert data_folder() in shipped_file(name).parents
    assert shipped_file("nowhere") is None
    assert shipped_file("../minimal") is None


def test_the_current_directory_is_never_looked_at(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scenario.yaml").write_text("id: mine\n", "utf-8")
    here = shipped()
    monkeypatch.chdir(tmp_path)
    assert shipped() == here
    assert shipped_file("mine") is None


def test_countries_with_holidays():
    assert holiday_countries() == ("cn",)


def test_the_priors_give_every_assumption_once_in_its_domain():
    scenario = load_scenario("minimal")
    data = read_yaml(shipped_file("priors"), "priors").data
    assert [item["id"] for item in data["assumptions"]["items"]] == [
        item.id for item in scenario.assumptions.items
    ]
    assert {item.id for item in scenario.assumptions.items} == set(KNOWN)
    assert all(KNOWN[i.id].refuses(i.distribution) is None for i in scenario.assumptions.items)


def test_the_priors_name_their_evidence_and_link_nothing():
    text = shipped_file("priors").read_text("utf-8")
    assert "F1 天门" in text
    assert not any(mark in text for mark in ("http", "www.", ".com", ".cn/"))


def test_minimal_is_two_bureaus_of_two_over_one_quarter_with_slack():
    scenario = load_scenario("minimal")
    assert [len(bureau.persons) for bureau in scenario.organisation.bureaus] == [2, 2]
    (quarter,) = scenario.periods
    owed = 3 * scenario.rules.presence.days_per_month + scenario.rules.leave.length_days
    assert quarter.n_days - owed == 2
    assert scenario.synthetic_note is not None
    assert all(company.synthetic for company in scenario.companies)
    assert len(shipped_file("minimal").read_text("utf-8").splitlines()) < 120
