"""What a person owes in a period, and when a period earns a leave."""

from __future__ import annotations

import pytest

from planner.presence import account, full_days, in_service, month_account, takes_leave
from tests.planner.instances import bureau, person, scenario, span

WHOLE_YEAR = ("2023-01-01", "2023-12-31")


def _accounts(given):
    member = given.persons[0][1]
    service = in_service(given, member)
    return [account(given, service, period) for period in given.periods]


@pytest.mark.parametrize(
    ("year", "slack"),
    [(2023, [0, 1, 2, 2]), (2024, [1, 1, 2, 2]), (2025, [0, 1, 2, 2]), (2028, [1, 1, 2, 2])],
)
def test_full_service_owes_78_days_and_leaves_the_documents_slack(year, slack):
    accounts = _accounts(scenario(f"{year}-01-01", f"{year}-12-31"))
    assert [a.owed_days for a in accounts] == [78] * 4
    assert [a.slack_days for a in accounts] == slack


def test_travel_days_that_count_give_two_more_days_of_slack():
    literal = _accounts(scenario(*WHOLE_YEAR))
    counted = _accounts(scenario(*WHOLE_YEAR, rules={"presence": {"travel_counts": True}}))
    gains = [b.slack_days - a.slack_days for a, b in zip(literal, counted, strict=True)]
    assert gains == [2] * 4


def test_approved_absence_reduces_the_quota_so_that_the_period_can_still_be_kept():
    sick = person("p", approved_absences=[span("2023-02-01", "2023-02-10")])
    first, second, *_ = _accounts(scenario(*WHOLE_YEAR, bureaus=[bureau("b", [sick])]))
    assert (first.service_days, first.owed_days, first.slack_days) == (80, 68, 0)
    assert second.owed_days == 78


def test_a_posting_from_mid_quarter_owes_pro_rata():
    late = person("p", posted_from="2023-02-01")
    first = _accounts(scenario(*WHOLE_YEAR, bureaus=[bureau("b", [late])]))[0]
    assert (first.service_days, first.off_days, first.owed_days) == (59, 12, 47)


@pytest.mark.parametrize(
    ("posted_from", "takes"),
    [("2023-02-15", True), ("2023-02-16", False)],  # 45 and 44 of the 90 days of the quarter
)
def test_half_a_period_of_service_earns_its_leave_and_a_day_less_does_not(posted_from, takes):
    given = scenario(*WHOLE_YEAR, bureaus=[bureau("b", [person("p", posted_from=posted_from)])])
    member = given.persons[0][1]
    assert takes_leave(given, in_service(given, member), given.periods[0]) is takes


def test_someone_without_a_leave_owes_the_share_of_days_served():
    short = person("p", posted_from="2023-03-01")
    first = _accounts(scenario(*WHOLE_YEAR, bureaus=[bureau("b", [short])]))[0]
    assert (first.off_days, first.owed_days) == (0, 78 * 31 // 90)


def test_a_horizon_that_cuts_a_quarter_does_not_shorten_it():
    given = scenario("2023-04-12", "2023-06-30")
    assert full_days(given.days, given.periods[0], 3) == 91


def test_a_month_owes_its_quota_whatever_leave_it_holds():
    given = scenario(*WHOLE_YEAR)
    service = in_service(given, given.persons[0][1])
    january, february = given.days.months[:2]
    assert month_account(given, service, january, off=5).slack_days == 0
    assert month_account(given, service, january, off=6).slack_days == -1
    assert month_account(given, service, february, off=2).slack_days == 0
