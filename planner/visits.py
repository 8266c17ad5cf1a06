"""Grouped visits as a CP-SAT model part, placed in the leaves of a rotation.

A group is a literal for each bureau, first day, host unit and kind of reception; companies join it
by literals of their own. The part works for any number of bureaus, with leaves free or fixed, on
whatever capacity other groups have left: the same builder serves a single bureau, all groups of
the city with leaves fixed, and whatever neighbourhood lies between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExprT

from planner.capacity import Taken
from planner.given import Given
from planner.joint import Alone, Joint, Row, add_following, add_joint
from planner.offers import Offer, Order, needed
from planner.receptions import (
    COUNTS,
    PROGRESS_POINTS,
    Caller,
    GroupKey,
    Reception,
    leader_targets,
)
from planner.rotation import Rotation, key_of
from planner.starts import LeaveKey
from scenarios.model import Scenario
from scenarios.organisation import Leader


@dataclass(frozen=True, slots=True)
class Groups:
    """The literals of grouped visits.

    Attributes
    ----------
    opened
        A group with this key takes place.
    placed
        A company (id, first day, reception) is in the group of its bureau and unit.
    received
        A leader receives the group of a bureau that begins on a day: (bureau, first day, leader,
        day of reception).
    escorted
        The person of a leave escorts the group that begins on a day.
    hosted
        With mixed units: the chain whose lead unit hosts the group: (bureau, first day, chain).
    progress
        Inspections counted towards a leader target (bureau, target), up to its minimum.
    points
        Points served by each literal of ``placed``.
    joint
        What makes visits of several bureaus one group, where that is allowed (V6): ``opened`` then
        holds the visits of each bureau. None where each group is one bureau's.
    shares
        With :class:`planner.joint.Alone`: seats of a group that its reception by a leader is paid
        for, all of them where nobody could join it.
    """

    opened: dict[GroupKey, IntVar] = field(default_factory=dict)
    placed: dict[tuple[str, int, Reception], IntVar] = field(default_factory=dict)
    received: dict[tuple[str, int, str, int], IntVar] = field(default_factory=dict)
    escorted: dict[tuple[LeaveKey, int], IntVar] = field(default_factory=dict)
    hosted: dict[tuple[str, int, str], IntVar] = field(default_factory=dict)
    progress: dict[tuple[str, str], IntVar] = field(default_factory=dict)
    points: dict[tuple[str, int, Reception], int] = field(default_factory=dict)
    joint: Joint | None = None
    shares: dict[tuple[str, int, str, int], IntVar] = field(default_factory=dict)

    @property
    def served(self) -> LinearExprT:
        """Priority points served, and progress to leader targets in points: the first aim."""
        served = sum(self.points[key] * literal for key, literal in self.placed.items())
        return served + PROGRESS_POINTS * sum(self.progress.values())

    @property
    def count(self) -> LinearExprT:
        """Number of groups."""
        return sum(self.opened.values()) if self.joint is None else self.joint.count


def groups_per_leave(scenario: Scenario) -> int:
    """Return how many visits one leave can carry beside its protected free days (P18)."""
    leave = scenario.rules.leave
    free = leave.home_days - leave.protected_free_days
    return max(0, free) // scenario.rules.visits.length_days


def add_groups(
    model: CpModel,
    given: Given,
    rotation: Rotation,
    taken: Taken,
    order: Order | None = None,
    alone: Alone | None = None,
) -> Groups:
    """Add the grouped visits of the rotation's bureaus to a model.

    Parameters
    ----------
    model
        The model to add to.
    given
        Who may be placed and who can receive.
    rotation
        The leaves the visits are placed in; all leaves of each bureau it names.
    taken
        What groups of other bureaus take of leaders, host units and the city.
    order
        In which order leaders are preferred, where the objective tells; leaders who are never
        needed are then left out (:class:`Order`). None keeps them all.
    alone
        Relaxes a model of one bureau to what it can do in joint groups, whatever others do; what
        comes of it is no plan, but no plan does better.
    """
    builder = _Builder(model, given, rotation, taken, order, alone)
    builder.add_leaders()
    builder.add_companies()
    if not given.scenario.rules.visits.same_host_unit:
        builder.add_hosting_chains()
    builder.add_receptions()
    builder.add_escorts()
    builder.add_capacities()
    builder.add_progress()
    if alone is not None:
        builder.add_shares(alone)
    return builder.groups


class _Builder:
    """Adds one family of constraints after the other; :func:`add_groups` says in which order."""

    def __init__(
        self,
        model: CpModel,
        given: Given,
        rotation: Rotation,
        taken: Taken,
        order: Order | None,
        alone: Alone | None,
    ) -> None:
        self.model = model
        self.given = given
        self.scenario = given.scenario
        self.rotation = rotation
        self.taken = taken
        self.order = order
        self.alone = alone
        self.groups = Groups()
        self.bureaus = sorted({choice.bureau for choice in rotation.choices})
        allowed = self.scenario.rules.visits.joint_groups == "allowed"
        self.may_join = allowed and len(self.bureaus) > 1
        self.length = self.scenario.rules.visits.length_days
        self.callers = [c for c in given.callers if c.bureau in set(self.bureaus)]
        self.escort_starts = self._escort_starts()
        self.led: dict[tuple[str, int, Reception], list[IntVar]] = defaultdict(list)
        self.heading: dict[tuple[str, int, str, int], IntVar] = {}

    def days(self, start: int) -> range:
        """Days of a visit."""
        return range(start, start + self.length)

    def _escort_starts(self) -> dict[tuple[str, int], dict[LeaveKey, list[IntVar]]]:
        """Collect by bureau and day each leave's literals whose home days hold the visit."""
        leave = self.scenario.rules.leave
        starts: dict[tuple[str, int], dict[LeaveKey, list[IntVar]]] = {}
        wanted = {(c.bureau, start) for c in self.callers for start, _ in c.points}
        if not groups_per_leave(self.scenario):
            return starts
        for choice in self.rotation.choices:
            for first, literal in self.rotation.literals[key_of(choice)].items():
                home = first + leave.travel_days_each_way
                for start in range(home, home + leave.home_days - self.length + 1):
                    if (choice.bureau, start) in wanted and self._city_has_room(start):
                        by_leave = starts.setdefault((choice.bureau, start), {})
                        by_leave.setdefault(key_of(choice), []).append(literal)
        return dict(sorted(starts.items()))

    def _city_has_room(self, start: int) -> bool:
        limit = self.scenario.organisation.groups_in_city
        return all(self.taken.city_days[day] < limit for day in self.days(start))

    def _unit_has_room(self, unit: str, start: int) -> bool:
        limit = self.scenario.host_unit(unit).groups_at_once
        return all(self.taken.unit_days[unit, day] < limit for day in self.days(start))

    def add_leaders(self) -> None:
        """Add the receptions a leader can give, within days and months."""
        by_day: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        by_month: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        leaders = {leader.id: leader for leader in self.scenario.organisation.leaders}
        left = self._left_by_month()
        for bureau, start in self.escort_starts:
            offers = [
                Offer(leaders[free.leader].tier, free.month, free.leader, day, room)
                for free in self.given.receptions_at[start]
                if (room := left[free.leader, free.month]) > 0
                for day in self._reception_days(leaders[free.leader], free.days)
            ]
            for offer in self._needed(bureau, start, offers):
                literal = self.model.new_bool_var("")
                self.groups.received[bureau, start, offer.leader, offer.day] = literal
                self.led[bureau, start, offer.tier].append(literal)
                counted = literal
                if self.may_join:
                    # A leader receives a joint group once: with the visit that heads it.
                    counted = self.model.new_bool_var("")
                    self.heading[bureau, start, offer.leader, offer.day] = counted
                by_day[offer.leader, offer.day].append(counted)
                by_month[offer.leader, offer.month].append(counted)
        for (leader_id, month), literals in by_month.items():
            self._at_most(literals, left[leader_id, month])
        for (leader_id, day), literals in by_day.items():
            taken = self.taken.leader_days[leader_id, day]
            self._at_most(literals, leaders[leader_id].groups_per_day - taken)

    def _needed(self, bureau: str, start: int, offers: list[Offer]) -> list[Offer]:
        """Leave out offers that no group will ever need, as enough others are as good."""
        if self.order is None:
            return offers
        # Visits that may join each other are offered the same leaders.
        groups = [(b, start) for b in (self.bureaus if self.may_join else (bureau,))]
        chosen = [
            needed(
                offers,
                self.order,
                group,
                n_groups=self._most_groups(),
                n_blocked=2 * (len(self.bureaus) - 1),
            )
            for group in groups
        ]
        return list(dict.fromkeys(offer for some in chosen for offer in some))

    def _most_groups(self) -> int:
        """Return how many groups of these bureaus may lie in a month, one at a time each."""
        longest = max(month.n_days for month in self.scenario.days.months)
        return len(self.bureaus) * ((longest + 2 * self.length - 2) // self.length)

    def _left_by_month(self) -> dict[tuple[str, int], int]:
        """Count the groups each leader can still take in each month."""
        left = {
            (leader.id, month): leader.groups_per_month
            for leader in self.scenario.organisation.leaders
            for month in range(len(self.scenario.days.months))
        }
        for (leader_id, day), n in self.taken.leader_days.items():
            left[leader_id, self.given.month_of[day]] -= n
        return left

    def _reception_days(self, leader: Leader, days: Iterable[int]) -> list[int]:
        """Return the days of a visit in one month on which a leader may still receive it.

        A bureau has one group a day, so that its own groups never compete for a leader's day: for
        a single bureau the first free day of the month says it all.
        """
        taken = self.taken.leader_days
        free = [day for day in days if taken[leader.id, day] < leader.groups_per_day]
        return free if len(self.bureaus) > 1 else free[:1]

    def add_companies(self) -> None:
        """Add companies in groups: each once at most, groups within their size."""
        rule = self.scenario.rules.visits
        members: dict[GroupKey, list[tuple[Caller, int]]] = defaultdict(list)
        for caller in self.callers:
            unit = caller.unit if rule.same_host_unit else ""
            for start, points in caller.points:
                if (caller.bureau, start) not in self.escort_starts:
                    continue
                if unit and not self._unit_has_room(unit, start):
                    continue
                for reception in caller.suits:
                    if reception == "none" or self.led[caller.bureau, start, reception]:
                        members[caller.bureau, start, unit, reception].append((caller, points))
        visits_of: dict[str, list[IntVar]] = defaultdict(list)
        rows: dict[GroupKey, Row] = {}
        for key, candidates in sorted(members.items()):
            least = rule.group_min if self.alone is None else self.alone.least(rule, key[1:])
            if self._most_together(members, key) < least:
                continue
            opened = self.model.new_bool_var("")
            self.groups.opened[key] = opened
            placed, known = [], []
            for caller, points in candidates:
                literal = self.model.new_bool_var("")
                self.groups.placed[caller.company, key[1], key[3]] = literal
                self.groups.points[caller.company, key[1], key[3]] = points
                self.model.add_implication(literal, opened)
                visits_of[caller.company].append(literal)
                placed.append(literal)
                if not caller.is_newcomer:
                    known.append(literal)
            if self.may_join:
                rows[key] = Row(opened, placed, known)
                continue
            self.model.add(sum(placed) >= least * opened)
            has_newcomers = len(known) < len(placed)
            most = rule.group_max if has_newcomers else rule.open_seats
            self.model.add(sum(placed) <= most * opened)
            if has_newcomers and rule.reserved_seats:
                self.model.add(sum(known) <= rule.open_seats * opened)
        for literals in visits_of.values():
            self.model.add_at_most_one(literals)
        if self.may_join:
            joint = add_joint(self.model, rule, rows, self.heading)
            self.groups = replace(self.groups, joint=joint)

    def _most_together(
        self, members: Mapping[GroupKey, list[tuple[Caller, int]]], key: GroupKey
    ) -> int:
        """Return how many companies could be in a group with the visit of a key."""
        bureaus = self.bureaus if self.may_join else key[:1]
        return sum(len(members.get((bureau, *key[1:]), ())) for bureau in bureaus)

    def add_hosting_chains(self) -> None:
        """Let the lead unit of a group's commonest chain host it, where units may mix."""
        rule = self.scenario.rules.visits
        counts: dict[tuple[str, int], dict[str, list[IntVar]]] = defaultdict(dict)
        for (company, start, _), literal in self.groups.placed.items():
            caller = self.given.caller[company]
            counts[caller.bureau, start].setdefault(caller.chain, []).append(literal)
        opened = self._opened_by_visit()
        for (bureau, start), members in sorted(counts.items()):
            hosting = {}
            for chain, own in sorted(members.items()):
                if self._unit_has_room(self.scenario.chain(chain).lead_unit, start):
                    hosting[chain] = self.model.new_bool_var("")
                    self.groups.hosted[bureau, start, chain] = hosting[chain]
                    for other in members.values():
                        slack = rule.group_max * (1 - hosting[chain])
                        self.model.add(sum(own) >= sum(other) - slack)
            self.model.add(sum(hosting.values()) == sum(opened[bureau, start]))

    def _opened_by_visit(self) -> dict[tuple[str, int], list[IntVar]]:
        """Collect the groups of each bureau that begin on a day."""
        opened: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        for (bureau, start, _, _), literal in self.groups.opened.items():
            opened[bureau, start].append(literal)
        return opened

    def add_receptions(self) -> None:
        """Give a group received by a tier exactly one leader of it, and others none."""
        opened: dict[tuple[str, int, Reception], list[IntVar]] = defaultdict(list)
        for (bureau, start, _, reception), literal in self.groups.opened.items():
            opened[bureau, start, reception].append(literal)
        for key, receiving in self.led.items():
            self.model.add(sum(receiving) == sum(opened[key]))
        joint = self.groups.joint
        if joint is not None:
            tier_of = {leader.id: leader.tier for leader in self.scenario.organisation.leaders}
            received = self.groups.received
            add_following(self.model, joint, self.groups.opened, received, tier_of)

    def add_escorts(self) -> None:
        """Give each group an escort on leave, and each leave its protected free days."""
        limit = groups_per_leave(self.scenario)
        by_leave: dict[LeaveKey, list[IntVar]] = defaultdict(list)
        for key, groups in sorted(self._opened_by_visit().items()):
            escorts = []
            for leave, literals in self.escort_starts[key].items():
                escort = self.model.new_bool_var("")
                self.groups.escorted[leave, key[1]] = escort
                self.model.add(escort <= sum(literals))
                by_leave[leave].append(escort)
                escorts.append(escort)
            self.model.add(sum(groups) == sum(escorts))
        for escorts in by_leave.values():
            self._at_most(escorts, limit)

    def add_capacities(self) -> None:
        """Limit groups at once: one of a bureau, so many of a host unit and of the city."""
        by_bureau: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        by_unit: dict[tuple[str, int], list[IntVar]] = defaultdict(list)
        by_day: dict[int, list[IntVar]] = defaultdict(list)
        joint = self.groups.joint
        for (bureau, start, unit, reception), literal in self.groups.opened.items():
            key = bureau, start, unit, reception
            group = literal if joint is None else joint.head(key)
            for day in self.days(start):
                by_bureau[bureau, day].append(literal)
                by_day[day].append(group)
                if unit:
                    by_unit[unit, day].append(group)
        for (_, start, chain), literal in self.groups.hosted.items():
            for day in self.days(start):
                by_unit[self.scenario.chain(chain).lead_unit, day].append(literal)
        for literals in by_bureau.values():
            self._at_most(literals, 1)
        if len(self.bureaus) == 1:
            # One group a day fits wherever there is room at all, which its literals presuppose.
            return
        for (unit, day), literals in by_unit.items():
            limit = self.scenario.host_unit(unit).groups_at_once
            self._at_most(literals, limit - self.taken.unit_days[unit, day])
        for day, literals in by_day.items():
            limit = self.scenario.organisation.groups_in_city
            self._at_most(literals, limit - self.taken.city_days[day])

    def add_progress(self) -> None:
        """Count inspections towards the leader targets of each bureau, up to their minimum."""
        for bureau in self.bureaus:
            for target in leader_targets(self.scenario, bureau):
                counts = COUNTS[target.target.metric]
                counted = [
                    literal
                    for (company, _, reception), literal in self.groups.placed.items()
                    if reception in counts and self.given.caller[company].bureau == bureau
                ]
                progress = self.model.new_int_var(0, target.minimum, "")
                self.model.add(progress <= sum(counted))
                self.groups.progress[bureau, target.target.id] = progress

    def add_shares(self, alone: Alone) -> None:
        """Count the seats that each reception by a leader is paid for.

        A visit pays for its own companies, as others may pay for theirs; for a whole group where
        nobody could join it.
        """
        seats = self.scenario.rules.visits.group_max
        paid: dict[tuple[str, int, Reception], list[LinearExprT]] = defaultdict(list)
        for (bureau, start, unit, reception), literal in self.groups.opened.items():
            if not alone.joinable((start, unit, reception)):
                paid[bureau, start, reception].append(seats * literal)
        for (company, start, reception), literal in self.groups.placed.items():
            caller = self.given.caller[company]
            if alone.joinable((start, caller.unit, reception)):
                paid[caller.bureau, start, reception].append(literal)
        tier_of = {leader.id: leader.tier for leader in self.scenario.organisation.leaders}
        shares: dict[tuple[str, int, Reception], list[IntVar]] = defaultdict(list)
        for key, literal in self.groups.received.items():
            share = self.model.new_int_var(0, seats, "")
            self.groups.shares[key] = share
            self.model.add(share <= seats * literal)
            shares[key[0], key[1], tier_of[key[2]]].append(share)
        for cell, own in shares.items():
            self.model.add(sum(own) == sum(paid[cell]))

    def _at_most(self, literals: Iterable[IntVar], limit: int) -> None:
        chosen = list(literals)
        if limit <= 0:
            for literal in chosen:
                self.model.add(literal == 0)
        elif limit == 1 and len(chosen) > 1:
            self.model.add_at_most_one(chosen)
        elif len(chosen) > limit:
            self.model.add(sum(chosen) <= limit)
