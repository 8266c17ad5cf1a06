"""The synthetic data: reproducible, made of what the scenario says, and plainly invented."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.organisation import (
    Bureau,
    Chain,
    Cluster,
    Company,
    HostUnit,
    Leader,
    Organisation,
    Person,
    Sector,
)
from scenarios.part import DateRange, Text
from scenarios.synthesis import (
    LEAVE_DAYS,
    WINDOW_DAYS,
    LeaderDays,
    invent_companies,
    invent_leader_days,
    write_tables,
)
from scenarios.tables import COMPANIES, LEADER_DAYS

YEAR = DateRange(start=date(2025, 1, 1), end=date(2025, 12, 31))
AUTUMN = (9, 10, 11)


def text(word: str) -> Text:
    return Text(zh=word, en=word)


def bureau(name: str) -> Bureau:
    """A bureau whose first sector has a cluster in a secondary province."""
    return Bureau(
        id=name,
        name=text(name),
        city=text(name),
        lead_leader=text("lead"),
        section_cadre=text("cadre"),
        persons=(Person(id=f"{name}-chief", title=text("chief"), role="chief"),),
        primary_provinces=("north",),
        secondary_provinces=("south", "west"),
        sectors=(
            Sector(id="glass", name=text("glass"), chain="glass-chain"),
            Sector(id="paper", name=text("paper"), chain="paper-chain"),
        ),
        clusters=(Cluster(id="c", name=text("c"), province="south", sector="glass"),),
    )


def organisation(*names: str) -> Organisation:
    return Organisation(
        home=text("home"),
        office="unit",
        bureaus=tuple(bureau(name) for name in names),
        host_units=(HostUnit(id="unit", name=text("unit")),),
        chains=tuple(
            Chain(id=f"{s}-chain", name=text(s), lead_unit="unit") for s in ("glass", "paper")
        ),
    )


def leaders() -> tuple[Leader, ...]:
    return (
        Leader(id="head", title=text("head"), tier="principal"),
        Leader(id="second", title=text("second"), tier="deputy"),
    )


def touching(spans: Sequence[DateRange | LeaderDays]) -> bool:
    ordered = sorted(spans, key=lambda span: span.start)
    gap = timedelta(days=1)
    return any(b.start <= a.end + gap for a, b in pairwise(ordered))


@pytest.fixture(scope="module")
def many() -> tuple[Company, ...]:
    return invent_companies(organisation("east", "coast"), YEAR, seed=7, per_bureau=400)


def test_the_same_seed_gives_the_same_companies_and_another_seed_others(many):
    again = invent_companies(organisation("east", "coast"), YEAR, seed=7, per_bureau=400)
    other = invent_companies(organisation("east", "coast"), YEAR, seed=8, per_bureau=400)
    assert again == many
    assert other != many


def test_another_bureau_or_more_companies_move_no_company(many):
    more = invent_companies(organisation("inland", "coast"), YEAR, seed=7, per_bureau=410)
    kept = [c for c in more if c.bureau == "coast"][:400]
    assert kept == [c for c in many if c.bureau == "coast"]


def test_every_company_is_marked_synthetic_and_says_so_in_its_name(many):
    assert all(c.synthetic for c in many)
    assert all(c.name.zh.startswith("示例·") and c.name.en.startswith("Sample ") for c in many)
    assert len({c.id for c in many}) == len({c.name.zh for c in many}) == len(many)


def test_a_company_comes_from_its_bureaus_provinces_sectors_and_chains(many):
    assert {c.province for c in many} == {"north", "south", "west"}
    assert {(c.sector, c.chain) for c in many} == {
        ("glass", "glass-chain"),
        ("paper", "paper-chain"),
    }


def test_a_primary_province_sends_three_times_a_secondary_one_where_no_cluster_draws(many):
    count = Counter(c.province for c in many if c.sector == "paper")
    # 3 : 1 : 1 over about 267 companies; four standard errors are 0.12 and 0.10.
    assert count["north"] / count.total() == pytest.approx(0.6, abs=0.12)
    assert count["west"] / count.total() == pytest.approx(0.2, abs=0.10)


def test_half_the_companies_of_a_clustered_sector_come_from_its_cluster(many):
    count = Counter(c.province for c in many if c.sector == "glass")
    # Half from the cluster, and of the other half one in five by the general weights.
    assert count["south"] / count.total() == pytest.approx(0.6, abs=0.13)


def test_the_first_sector_of_a_bureau_weighs_twice_the_second(many):
    count = Counter(c.sector for c in many)
    assert count["glass"] / count.total() == pytest.approx(2 / 3, abs=0.1)


def test_windows_last_two_to_seven_weeks_apart_from_each_other_within_the_year(many):
    shortest, longest = WINDOW_DAYS
    for company in many:
        assert 1 <= len(company.windows) <= 3
        assert not touching(company.windows)
        for window in company.windows:
            assert YEAR.start <= window.start <= window.end <= YEAR.end
            days = (window.end - window.start).days + 1
            assert shortest <= days <= longest
    assert {len(c.windows) for c in many} == {1, 2, 3}


def test_more_windows_open_in_autumn_than_in_any_other_three_months(many):
    count = Counter(w.start.month for c in many for w in c.windows)
    seasons = [sum(count[m] for m in months) for months in ((12, 1, 2), (3, 4, 5), (6, 7, 8))]
    assert sum(count[m] for m in AUTUMN) > max(seasons)


def test_priority_is_ten_and_more_for_size_expectation_and_recommendation(many):
    plain = [
        c
        for c in many
        if (c.enterprise_class, c.expects) == ("ordinary", "any")
        and c.source in ("call", "assistance")
    ]
    assert plain
    assert {c.priority for c in plain} == {10}
    top = [c for c in many if (c.enterprise_class, c.expects) == ("fortune-500", "principal")]
    assert top
    assert min(c.priority for c in top) == 25
    # 七㈠4⑶: losing a recommended lead costs points, so it comes before an equal one of its own.
    recommended = [
        c.priority
        for c in many
        if (c.enterprise_class, c.expects) == ("ordinary", "any")
        and c.source in ("leader", "office")
    ]
    assert set(recommended) == {13}


def test_a_few_companies_are_fortune_500_and_a_few_fail_or_await_screening(many):
    share = {
        key: sum(getattr(c, field) == key for c in many) / len(many)
        for field, key in (
            ("enterprise_class", "fortune-500"),
            ("screening", "failed"),
            ("screening", "pending"),
            ("expects", "principal"),
        )
    }
    assert 0 < share["fortune-500"] < 0.07
    assert 0 < share["failed"] < 0.07
    assert 0 < share["pending"] < 0.12
    assert 0.05 < share["principal"] < 0.25


def test_leads_come_through_assistance_only_where_a_bureau_has_that_channel():
    found = invent_companies(
        organisation("east", "coast"), YEAR, seed=7, per_bureau=100, assistance=("coast",)
    )
    assert {c.bureau for c in found if c.source == "assistance"} == {"coast"}


@given(n_days=st.integers(1, 60), offset=st.integers(0, 400), seed=st.integers(0, 10_000))
def test_a_short_horizon_still_holds_every_window_and_diary_entry(n_days, offset, seed):
    start = date(2024, 6, 1) + timedelta(days=offset)
    horizon = DateRange(start=start, end=start + timedelta(days=n_days - 1))
    companies = invent_companies(organisation("east"), horizon, seed=seed, per_bureau=3)
    spans = [w for c in companies for w in c.windows]
    spans += [
        DateRange(start=d.start, end=d.end)
        for d in invent_leader_days(leaders(), horizon, seed=seed)
    ]
    assert len(spans) >= 3
    assert all(horizon.start <= s.start <= s.end <= horizon.end for s in spans)


def test_a_diary_depends_on_its_leader_alone():
    both = invent_leader_days(leaders(), YEAR, seed=3)
    alone = invent_leader_days(leaders()[1:], YEAR, seed=3)
    assert tuple(d for d in both if d.leader == "second") == alone
    assert invent_leader_days(leaders(), YEAR, seed=4) != both


@pytest.mark.parametrize("seed", range(20))
def test_blocked_spans_of_a_leader_never_touch_and_leave_most_days_open(seed):
    diary = invent_leader_days(leaders(), YEAR, seed=seed)
    for leader in ("head", "second"):
        spans = [d for d in diary if d.leader == leader]
        assert spans == sorted(spans, key=lambda d: d.start)
        assert not touching(spans)
        blocked = sum((d.end - d.start).days + 1 for d in spans)
        assert 30 <= blocked <= 110


def test_every_leader_sits_in_january_and_only_the_principal_one_in_march():
    diary = invent_leader_days(leaders(), YEAR, seed=3)
    sittings = [(d.leader, d.start) for d in diary if d.reason == "sessions"]
    assert sittings == [
        ("head", date(2025, 1, 9)),
        ("head", date(2025, 3, 4)),
        ("second", date(2025, 1, 9)),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_every_leader_has_one_summer_leave(seed):
    diary = invent_leader_days(leaders(), YEAR, seed=seed)
    away = [d for d in diary if d.reason == "leave"]
    assert [d.leader for d in away] == ["head", "second"]
    for leave in away:
        assert leave.start.month in (7, 8)
        assert LEAVE_DAYS[0] <= (leave.end - leave.start).days + 1 <= LEAVE_DAYS[1]


def test_the_tables_say_what_the_records_say(tmp_path, many):
    diary = invent_leader_days(leaders(), YEAR, seed=3)
    write_tables(tmp_path, many[:5], diary)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["companies.csv", "leader_days.csv"]
    with (tmp_path / "companies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COMPANIES.names)
    for row, company in zip(rows, many[:5], strict=True):
        assert row["id"] == company.id
        assert row["name_zh"] == company.name.zh
        assert row["windows"] == ";".join(f"{w.start}..{w.end}" for w in company.windows)
        assert row["synthetic"] == "true"
    with (tmp_path / "leader_days.csv").open(encoding="utf-8", newline="") as file:
        entries = list(csv.reader(file))
    assert entries[0] == list(LEADER_DAYS.names)
    assert entries[1] == ["head", "2025-01-09", "2025-01-14", "sessions"]
    assert len(entries) == len(diary) + 1


def test_a_missing_folder_is_an_error_and_nothing_is_written(tmp_path, many):
    with pytest.raises(FileNotFoundError):
        write_tables(tmp_path / "absent", many[:5], ())
    assert list(tmp_path.iterdir()) == []
