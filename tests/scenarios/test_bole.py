"""The shipped plan of Bole: every figure of chapters 三 to 七 stands in the scenario."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from scenarios.assessment import EventDeduct, Proportion, ProRata, RankFirstElseShare
from scenarios.assumptions import Fixed, LogNormal, Triangular
from scenarios.library import data_folder
from scenarios.load import load_scenario
from scenarios.synthesis import invent_companies, invent_leader_days, write_tables

if TYPE_CHECKING:
    from scenarios.model import Scenario

SEED = 2023
BUREAUS = ("beijing", "shenzhen", "wuhan", "hangzhou")
OTHERS = ("shenzhen", "wuhan", "hangzhou")


@pytest.fixture(scope="module")
def bole() -> Scenario:
    return load_scenario("bole-2023")


def minimum(scenario: Scenario, bureau: str) -> dict[str, int]:
    return {t.target.id: t.minimum for t in scenario.targets_of(bureau)}


# ---- 三 organisation ----


def test_four_bureaus_of_two_each_with_a_chief_a_lead_leader_and_one_liaison_officer(bole):
    assert tuple(b.id for b in bole.organisation.bureaus) == BUREAUS
    for bureau in bole.organisation.bureaus:
        assert [p.role for p in bureau.persons] == ["chief", "deputy"]
        assert [p.id for p in bureau.persons if p.liaison] == [f"{bureau.id}-deputy"]
        assert bureau.lead_leader.zh
        assert bureau.section_cadre.zh
    assert len({b.lead_leader.zh for b in bole.organisation.bureaus}) == 4


def test_26_provincial_units_each_belong_to_exactly_one_bureau(bole):
    owned = Counter(
        p for b in bole.organisation.bureaus for p in (*b.primary_provinces, *b.secondary_provinces)
    )
    assert len(owned) == 26
    assert set(owned.values()) == {1}
    assert set(owned) == {p.id for p in bole.organisation.provinces}


def test_gansu_qinghai_ningxia_and_tibet_belong_to_no_bureau(bole):
    names = {p.name.zh for p in bole.organisation.provinces}
    assert names.isdisjoint({"甘肃", "青海", "宁夏", "西藏", "新疆", "沈阳"})


def test_each_bureau_covers_the_province_of_its_own_city_first(bole):
    home = {"beijing": "beijing", "shenzhen": "guangdong", "wuhan": "hubei", "hangzhou": "zhejiang"}
    assert {b.id: b.primary_provinces[0] for b in bole.organisation.bureaus} == home


@pytest.mark.parametrize(
    ("sector", "bureaus"),
    [
        ("stone", {"wuhan", "shenzhen"}),
        ("textiles", {"wuhan", "hangzhou", "shenzhen"}),
        ("calcium-carbonate", {"hangzhou", "shenzhen"}),
        ("equipment", {"beijing", "hangzhou"}),
    ],
)
def test_four_sectors_are_shared_by_the_bureaus_the_document_names(bole, sector, bureaus):
    found = {b.id for b in bole.organisation.bureaus if sector in {s.id for s in b.sectors}}
    assert found == bureaus


def test_a_cluster_lies_in_a_province_of_its_bureau(bole):
    for bureau in bole.organisation.bureaus:
        covered = {*bureau.primary_provinces, *bureau.secondary_provinces}
        assert bureau.clusters
        assert {c.province for c in bureau.clusters} <= covered


def test_nine_chains_each_used_by_a_bureau_and_led_by_few_units_that_are_not_the_office(bole):
    chains = {c.id: c.lead_unit for c in bole.organisation.chains}
    assert len(chains) == 9
    assert {s.chain for b in bole.organisation.bureaus for s in b.sectors} == set(chains)
    units = set(chains.values())
    assert len(units) == 6
    assert bole.organisation.office not in units
    assert {u.id for u in bole.organisation.host_units} == {*units, bole.organisation.office}


def test_beijing_has_the_liaison_duty_and_wuhan_the_assistance_channel(bole):
    duties = {b.id: len(b.duties) for b in bole.organisation.bureaus}
    assert duties == {"beijing": 2, "shenzhen": 0, "wuhan": 1, "hangzhou": 0}
    sources = {c.bureau for c in bole.companies if c.source == "assistance"}
    assert sources == {"wuhan"}


# ---- 四 targets ----


def test_three_main_targets_stand_as_written_and_only_beijings_funds_are_lower(bole):
    for bureau in OTHERS:
        found = minimum(bole, bureau)
        assert found["signed"] == 1_000_000_000
        assert found["registered"] == 10
        assert found["funds"] == 300_000_000
    found = minimum(bole, "beijing")
    assert found["signed"] == 1_000_000_000
    assert found["registered"] == 10
    assert found["funds"] == 100_000_000
    assert bole.rules.funds.basis == "fixed-asset"
    assert [t.id for t in bole.targets if t.main] == ["signed", "registered", "funds"]


def test_liaison_items_replace_beijings_inspections_and_are_marked_as_assumed(bole):
    inspections = {"inspections": 30, "inspections-principal": 10, "inspections-deputy": 20}
    for bureau in OTHERS:
        found = minimum(bole, bureau)
        assert {key: found[key] for key in inspections} == inspections
        assert "liaison-items" not in found
    beijing = minimum(bole, "beijing")
    assert inspections.keys().isdisjoint(beijing)
    assert beijing["liaison-items"] == 30
    assert [t.id for t in bole.targets if t.assumed] == ["liaison-items"]


def test_every_bureau_owes_two_promotion_events_one_with_a_city_leader(bole):
    for bureau in BUREAUS:
        found = minimum(bole, bureau)
        assert (found["events"], found["events-led"]) == (2, 1)
    duty = bole.obligations.events
    assert (duty.per_bureau, duty.led_per_bureau, duty.chief_present) == (2, 1, True)


def test_every_target_names_its_clause(bole):
    assert {t.id: t.clause for t in bole.targets} == {
        "signed": "四㈠",
        "registered": "四㈠",
        "funds": "四㈠",
        "inspections": "四㈡",
        "inspections-principal": "四㈡",
        "inspections-deputy": "四㈡",
        "liaison-items": "四㈡",
        "events": "四㈢",
        "events-led": "四㈢",
    }


def test_principal_leaders_take_36_groups_a_year_within_the_30_to_40_of_v8(bole):
    principal = [x.groups_per_month for x in bole.organisation.leaders if x.tier == "principal"]
    assert principal == [2, 1]
    assert 30 <= 12 * sum(principal) <= 40
    assert sum(x.tier == "deputy" for x in bole.organisation.leaders) == 5


# ---- 五 presence, leave, visits, meetings ----


def test_26_days_a_month_by_quarter_and_one_leave_of_12_days_in_it(bole):
    presence, leave = bole.rules.presence, bole.rules.leave
    assert (presence.policy, presence.days_per_month) == ("quarterly", 26)
    assert not presence.travel_counts
    assert (leave.length_days, leave.period_months, leave.travel_days_each_way) == (12, 3, 1)
    assert (leave.protected_free_days, leave.preferred_last_days) == (4, 45)
    slack = [p.n_days - 3 * presence.days_per_month - leave.length_days for p in bole.periods]
    assert slack == [0, 1, 2, 2]


def test_somebody_is_at_post_on_working_days_and_groups_are_of_three_to_six(bole):
    coverage, visits = bole.rules.coverage, bole.rules.visits
    assert (coverage.min_at_post, coverage.days) == (1, "working")
    assert (visits.group_min, visits.group_max, visits.length_days) == (3, 6, 3)
    assert (visits.winter_months, visits.winter_penalty) == ((11, 12, 1, 2, 3), 3)
    assert bole.organisation.groups_in_city == 2
    assert {u.groups_at_once for u in bole.organisation.host_units} == {1}


def test_the_office_meets_twice_a_month_chains_monthly_and_the_ledger_is_checked_on_sundays(bole):
    meetings = {m.kind: m for m in bole.obligations.meetings}
    assert {kind: m.every for kind, m in meetings.items()} == {
        "dispatch-meeting": "half-month",
        "chain-meeting": "month",
        "ledger-check": "week",
    }
    assert len(meetings["dispatch-meeting"].day_of_month) == 2
    assert meetings["ledger-check"].weekday == 7
    assert all(m.online and m.clause == "五㈡" for m in meetings.values())


def test_nobody_is_received_on_eid_and_corban(bole):
    closed = [str(bole.days.date_of(i)) for i, key in enumerate(bole.days.closed) if key]
    assert closed == ["2023-04-21", "2023-04-22", "2023-06-28", "2023-06-29", "2023-06-30"]
    assert not any(bole.days.reception(bole.days.day_of(date.fromisoformat(day))) for day in closed)


def test_fairs_of_prefecture_level_lie_on_working_days_for_every_bureau(bole):
    for fair in bole.obligations.fairs:
        assert (fair.level, fair.bureaus) == ("prefecture", BUREAUS)
        assert all(bole.days.reception(day) for day in bole.days.days_of(fair))
    assert len(bole.obligations.fairs) == 2


# ---- 六 money ----


def test_lump_sums_are_455_and_325_thousand_and_1_56_million_yuan_in_all(bole):
    sums = bole.budget.lump_sum_yuan
    assert sums == {"beijing": 455_000, "shenzhen": 455_000, "wuhan": 325_000, "hangzhou": 325_000}
    assert sum(sums.values()) == 1_560_000
    assert bole.budget.total_fixed
    assert bole.budget.overspend == "blocked"


def test_four_heads_and_leave_fares_lie_inside_and_events_and_rent_outside(bole):
    inside = {h.id: h.simulated_as for h in bole.budget.heads if h.inside}
    assert inside == {
        "travel": "travel",
        "hospitality": "hospitality",
        "local-transport": "per_diem",
        "meals": "per_diem",
        "leave-fares": "leave_fares",
    }
    outside = {h.id for h in bole.budget.heads if not h.inside}
    assert outside == {
        "events",
        "salaries",
        "leader-trips",
        "home-reception",
        "company-fares",
        "rent",
    }
    assert bole.budget.rent_yuan_per_month == {}


def test_80_yuan_a_day_waits_for_each_bureaus_clearing(bole):
    assert bole.budget.per_diem_yuan == 80
    assert (bole.budget.gate.policy, bole.budget.gate.blocks) == ("per-bureau", "per-diem")
    assert bole.budget.release.policy == "equal"
    assert bole.rules.leave.clearing == "last-working-day-of-leave"


def test_travel_standards_by_city_with_their_trust(bole):
    found = {b: bole.budget.travel_of(b) for b in BUREAUS}
    assert {b: t.hotel_yuan_per_night for b, t in found.items()} == {
        "beijing": 500,
        "shenzhen": 450,
        "wuhan": 350,
        "hangzhou": 400,
    }
    assert {(t.meals_yuan_per_day, t.local_transport_yuan_per_day) for t in found.values()} == {
        (100, 80)
    }
    assert {b: t.trust for b, t in found.items()} == {"beijing": "C", **dict.fromkeys(OTHERS, "E")}


# ---- 七 assessment ----


def test_the_score_sheet_is_50_30_10_10_with_the_rules_as_written(bole):
    items = {i.id: i for i in bole.assessment.items}
    assert {key: (i.weight, i.clause) for key, i in items.items()} == {
        "signed": (50, "七㈠1"),
        "funds": (30, "七㈠2"),
        "start-rate": (10, "七㈠3"),
        "daily-work": (10, "七㈠4"),
    }
    assert all(i.applies_to == () for i in items.values())
    assert items["signed"].rule == ProRata(target="signed")
    assert items["funds"].rule == RankFirstElseShare(
        target="funds",
        reading="share-of-total",
        neighbours=("share-of-best", "pro-rata"),
        first_requires_completion=True,
    )
    assert items["start-rate"].rule == Proportion(
        part="event_started", whole="event_signed", no_data="full"
    )
    assert items["daily-work"].rule == EventDeduct(floor=0, report_points=0.5)
    assert bole.assessment.conversion == 1


def test_grades_start_at_90_and_80(bole):
    assert [(g.id, g.at_least) for g in bole.assessment.grades] == [
        ("excellent", 90),
        ("qualified", 80),
        ("unqualified", 0),
    ]


@pytest.mark.parametrize(
    ("assumption", "low", "mode", "high"),
    [
        ("event-absence-points", 1, 3, 5),
        ("lead-lost-points", 5, 7.5, 10),
        ("request-unanswered-points", 5, 7.5, 10),
    ],
)
def test_deductions_keep_to_the_ranges_of_the_score_sheet(bole, assumption, low, mode, high):
    found = bole.assumptions[assumption].distribution
    assert found == Triangular(low=low, mode=mode, high=high)


# ---- assumptions ----


def test_regional_multipliers_and_leave_fares_differ_by_bureau(bole):
    multiplier = bole.assumptions["regional-multiplier"]
    assert {b: multiplier.of(b) for b in BUREAUS} == {
        "beijing": LogNormal(median=0.6, sigma=0.3),
        "shenzhen": LogNormal(median=1.1, sigma=0.3),
        "wuhan": LogNormal(median=1.0, sigma=0.3),
        "hangzhou": LogNormal(median=1.2, sigma=0.3),
    }
    fare = bole.assumptions["leave-fare-yuan"]
    assert {b: fare.of(b) for b in BUREAUS} == {
        "beijing": Triangular(low=2200, mode=3400, high=5200),
        "shenzhen": Triangular(low=2800, mode=4300, high=6400),
        "wuhan": Triangular(low=2000, mode=3200, high=4800),
        "hangzhou": Triangular(low=2400, mode=3800, high=5600),
    }


def test_only_beijing_has_liaison_items(bole):
    items = bole.assumptions["liaison-items-per-month"]
    assert items.of("beijing") == Fixed(value=3)
    assert {items.of(b) for b in OTHERS} == {Fixed(value=0)}


# ---- invented data ----


def test_the_shipped_tables_are_what_the_generator_gives_with_the_documented_seed(bole, tmp_path):
    companies = invent_companies(
        bole.organisation, bole.horizon, seed=SEED, per_bureau=35, assistance=("wuhan",)
    )
    write_tables(
        tmp_path,
        companies,
        invent_leader_days(bole.organisation.leaders, bole.horizon, seed=SEED),
    )
    folder = data_folder() / "bole-2023"
    for name in ("companies.csv", "leader_days.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert companies == bole.companies


def test_every_company_is_synthetic_and_the_scenario_says_so_with_the_seed(bole):
    assert len(bole.companies) == 140
    assert Counter(c.bureau for c in bole.companies) == dict.fromkeys(BUREAUS, 35)
    assert all(c.synthetic and c.name.zh.startswith("示例·") for c in bole.companies)
    note = bole.synthetic_note
    assert note is not None
    assert f"种子 {SEED}" in note.zh
    assert f"seed {SEED}" in note.en


def test_people_are_roles_and_never_names(bole):
    titles = [p.title.zh for _, p in bole.persons]
    assert all(t.endswith(("局局长", "局副局长")) for t in titles)
    assert {x.title.zh[:-1] for x in bole.organisation.leaders} == {"主要领导", "分管领导"}


def test_a_companys_sector_chain_and_province_are_those_of_its_bureau(bole):
    for company in bole.companies:
        bureau = bole.bureau(company.bureau)
        assert (company.sector, company.chain) in {(s.id, s.chain) for s in bureau.sectors}
        assert company.province in {*bureau.primary_provinces, *bureau.secondary_provinces}


@pytest.mark.parametrize("bureau", BUREAUS)
def test_a_bureaus_companies_gather_at_two_to_four_host_units(bole, bureau):
    mine = [c for c in bole.companies if c.bureau == bureau]
    units = Counter(bole.chain(c.chain).lead_unit for c in mine)
    assert 2 <= len(units) <= 4
    assert max(units.values()) >= 14


def test_most_companies_that_pass_screening_could_meet_two_others_of_their_unit(bole):
    # Necessary for a group of three: some three reception days in a row within the windows of
    # three companies that share bureau and host unit. Leaves and leaders take more away.
    days, length = bole.days, bole.rules.visits.length_days
    groups: dict[tuple[str, str, int], set[str]] = {}
    for company in bole.companies:
        if company.screening == "failed":
            continue
        unit = bole.chain(company.chain).lead_unit
        for window in company.windows:
            inside = days.days_of(window)
            for day in inside[: len(inside) - length + 1]:
                if all(days.reception(day + i) for i in range(length)):
                    groups.setdefault((company.bureau, unit, day), set()).add(company.id)
    able = {c for group in groups.values() if len(group) >= 3 for c in group}
    assert 0.7 <= len(able) / len(bole.companies) <= 0.95
