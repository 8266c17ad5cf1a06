"""Sliders bound to a total: when one bureau's money moves, the others give or take what it does.

Everything is counted in whole steps, so that a split adds up to the total to the yuan, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.grid import Grid, Split


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may have how much, and who gives or takes.

    Attributes
    ----------
    step_yuan
        What a budget moves by.
    first_yuan, last_yuan
        The smallest and the largest budget of each bureau.
    held
        Places of bureaus that others' moves leave alone.
    balance
        Place of the bureau that alone gives and takes; None: all do, in proportion to the room
        they have.
    """

    step_yuan: int
    first_yuan: Split
    last_yuan: Split
    held: frozenset[int] = frozenset()
    balance: int | None = None

    def __post_init__(self) -> None:
        for low, high in zip(self.first_yuan, self.last_yuan, strict=True):
            if low > high or (high - low) % self.step_yuan:
                msg = f"budgets: found {low} to {high}; allowed: rising by whole steps"
                raise ValueError(msg)

    def reach(self, split: Split, place: int) -> tuple[int, int]:
        """Return the least and the most a bureau may have: its bounds, and what others can do."""
        others = self._others(place)
        give = sum(split[i] - self.first_yuan[i] for i in others)
        take = sum(self.last_yuan[i] - split[i] for i in others)
        return (
            max(self.first_yuan[place], split[place] - take),
            min(self.last_yuan[place], split[place] + give),
        )

    def moved(self, split: Split, place: int, yuan: int) -> Split:
        """Return the split after one bureau is set to a budget, as near as bounds allow.

        Parameters
        ----------
        split
            Before; on the steps and within the bounds.
        place, yuan
            The bureau and what it is to have; it is taken to the nearest step.
        """
        low, high = self.reach(split, place)
        steps = round((yuan - split[place]) / self.step_yuan)
        target = min(max(split[place] + steps * self.step_yuan, low), high)
        left = (split[place] - target) // self.step_yuan
        others = self._others(place)
        if left < 0:
            rooms = [(split[i] - self.first_yuan[i]) // self.step_yuan for i in others]
            parts = [-part for part in shared(-left, rooms)]
        else:
            rooms = [(self.last_yuan[i] - split[i]) // self.step_yuan for i in others]
            parts = shared(left, rooms)
        found = list(split)
        found[place] = target
        for i, part in zip(others, parts, strict=True):
            found[i] += part * self.step_yuan
        return tuple(found)

    def _others(self, place: int) -> list[int]:
        """Return the places that give and take when a bureau moves."""
        if self.balance is not None and self.balance != place:
            return [self.balance]
        return [i for i in range(len(self.first_yuan)) if i != place and i not in self.held]


def sharing_of(grid: Grid, cap_yuan: Sequence[int]) -> Sharing:
    """Return the bounds of a grid, capped: caps are rounded down to a step, never below today's.

    Parameters
    ----------
    grid
        Smallest budgets and step.
    cap_yuan
        The most each bureau may have.
    """
    last = []
    for place, cap in enumerate(cap_yuan):
        levels = grid.levels_yuan(place)
        allowed = [yuan for yuan in levels if yuan <= cap] or [levels[0]]
        last.append(max(allowed[-1], min(grid.present_yuan[place], levels[-1])))
    return Sharing(grid.step_yuan, grid.first_yuan, tuple(last))


def with_rule(sharing: Sharing, held: frozenset[int], balance: int | None) -> Sharing:
    """Return the same bounds with another rule of who gives and takes."""
    return replace(sharing, held=held, balance=balance)


def shared(steps: int, rooms: Sequence[int]) -> list[int]:
    """Deal out whole steps in proportion to rooms, the largest remainders first.

    Raises
    ------
    ValueError
        When the rooms hold less than the steps.
    """
    whole = sum(rooms)
    if not 0 <= steps <= whole:
        msg = f"steps: found {steps}; allowed: 0 to {whole}, what there is room for"
        raise ValueError(msg)
    if not whole:
        return [0] * len(rooms)
    parts = [steps * room // whole for room in rooms]
    # What division left over goes where most was cut off; of equals the first.
    order = sorted(range(len(rooms)), key=lambda i: (-(steps * rooms[i] % whole), i))
    for i in order[: steps - sum(parts)]:
        parts[i] += 1
    return parts
