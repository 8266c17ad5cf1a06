"""What a first day of leave is worth to the person and the Office: wishes, clearing, fairness."""

from __future__ import annotations

from planner.starts import Choice
from scenarios.model import Scenario
from scenarios.organisation import Person

FESTIVAL = "spring-festival"
"""Id of the holiday whose days at home are shared out fairly over the years (P10)."""

WINDOW_POINTS = 1
"""For each day of a leave inside the preferred last days of its period (P15)."""

FESTIVAL_POINTS = 3
"""For each festival day at home of somebody who was not at home at the last one; as much is lost
where it is somebody who was."""


def wish_points(scenario: Scenario, person: Person, choice: Choice, start: int) -> int:
    """Return the points of one first day: the third aim adds them up over all leaves.

    A request gives its weight for each of its days spent at home; the preferred window and the
    festival give their points as named above.
    """
    rule, days = scenario.rules.leave, scenario.days
    block = range(start, start + rule.length_days)
    home = range(block.start + rule.travel_days_each_way, block.stop - rule.travel_days_each_way)
    stop = choice.period.stop
    window = sum(stop - rule.preferred_last_days <= day < stop for day in block)
    festival = sum(days.holiday[day] == FESTIVAL for day in home)
    requested = sum(
        request.weight * sum(day in home for day in days.days_of(request))
        for request in person.leave_requests
    )
    sign = -1 if person.home_last_festival else 1
    return requested + WINDOW_POINTS * window + sign * FESTIVAL_POINTS * festival
