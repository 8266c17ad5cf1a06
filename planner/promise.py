"""What a leave promises before anything is solved: the best groups that could come in it."""

from __future__ import annotations

from collections import defaultdict

from planner.given import Given
from planner.receptions import Caller, seated
from planner.visits import groups_per_leave
from scenarios.rules import VisitRule


def promises(given: Given, bureau: str) -> dict[int, int]:
    """Return, by first day of a leave, the points of the best groups that could come in it.

    A rough guide for a first rotation: each group takes the best companies of one host unit that
    can come, whoever else wants them; leaders and rooms are not looked at.
    """
    rule, leave = given.scenario.rules.visits, given.scenario.rules.leave
    points: defaultdict[int, defaultdict[str, list[tuple[int, Caller]]]]
    points = defaultdict(lambda: defaultdict(list))
    for caller in given.of_bureau[bureau]:
        unit = caller.unit if rule.same_host_unit else ""
        for start, worth in caller.points:
            points[start][unit].append((worth, caller))
    best = {
        start: max(_best_group(rule, offered) for offered in units.values())
        for start, units in points.items()
    }
    firsts = {s for c in given.choices if c.bureau == bureau for s in c.starts}
    promised = {}
    for first in sorted(firsts):
        home = first + leave.travel_days_each_way
        starts = range(home, home + leave.home_days - rule.length_days + 1)
        chosen: list[int] = []
        for start in sorted(starts, key=lambda s: (-best.get(s, 0), s)):
            if len(chosen) == groups_per_leave(given.scenario):
                break
            if all(abs(start - other) >= rule.length_days for other in chosen):
                chosen.append(start)
        promised[first] = sum(best.get(start, 0) for start in chosen)
    return promised


def _best_group(rule: VisitRule, offered: list[tuple[int, Caller]]) -> int:
    """Return the most points that one group of some companies can serve."""
    worth = {caller.company: points for points, caller in offered}
    wanting = sorted((caller for _, caller in offered), key=lambda x: -worth[x.company])
    return sum(worth[caller.company] for caller in seated(rule, wanting))
