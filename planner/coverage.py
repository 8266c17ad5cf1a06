"""Coverage: how many persons of a bureau may be away on each day (P9)."""

from __future__ import annotations

from planner.presence import in_service
from scenarios.model import Scenario


def may_be_away(scenario: Scenario, bureau_id: str) -> tuple[int | None, ...]:
    """Return for each day how many persons in service may be on leave, None for no limit.

    At least ``coverage.min_at_post`` must stay. As nobody could ever take the leave that is owed
    if all posted persons had to stay, a bureau with fewer persons than that keeps all but one: one
    of one may go. Where approved absences leave fewer than that, those who are left must stay.
    On the days of a fair somebody of each bureau that attends stays, day off or not (七㈠4⑵).

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

    fair_days = frozenset(
        day
        for fair in scenario.obligations.fairs
        if bureau_id in fair.bureaus
        for day in scenario.days.days_of(fair)
    )

    def limit(day: int) -> int | None:
        n_serving = sum(service[day] for service in services)
        at_fair = min(1, n_serving) if day in fair_days else 0
        if rule.days == "working" and not scenario.days.workday[day]:
            return n_serving - at_fair if at_fair else None
        n_posted = sum(day in span for span in posted)
        required = min(rule.min_at_post, max(0, n_posted - 1), n_serving)
        return n_serving - max(required, at_fair)

    return tuple(limit(day) for day in range(scenario.days.n_days))
