"""Coverage: how many persons of a bureau may be away on each day (P9)."""

from __future__ import annotations

from planner.presence import in_service
from scenarios.model import Scenario


def may_be_away(scenario: Scenario, bureau_id: str) -> tuple[int | None, ...]:
    """Return for each day how many persons in service may be on leave, None for no limit.

    At least ``coverage.min_at_post`` must stay. As nobody could ever take the leave that is owed
    if all posted persons had to stay, a bureau with fewer persons than that keeps all but one: one
    of one may go. Where approved absences leave fewer than that, those who are left must stay.

    Parameters
    ----------
    scenario
        What is given.
    bureau_id
        The bureau whose days are asked for.
    """
    rule = scenario.rules.coverage
    persons = scenario.bureau(bureau_id).persons
    services = [in_service(scenario, person) for person in persons]
    posted = [scenario.posted_days(person) for person in persons]

    def limit(day: int) -> int | None:
        if rule.days == "working" and not scenario.days.workday[day]:
            return None
        n_posted = sum(day in span for span in posted)
        n_serving = sum(service[day] for service in services)
        required = min(rule.min_at_post, max(0, n_posted - 1), n_serving)
        return n_serving - required

    return tuple(limit(day) for day in range(scenario.days.n_days))
