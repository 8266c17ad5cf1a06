"""Faults of an input, all at once: where, what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of an input.

    Attributes
    ----------
    where
        File with row, or key path: ``companies.csv row 7``, ``organisation.bureaus.0.id``.
    found
        The offending value as read.
    allowed
        What would have been right.
    remedy
        What to do about it.
    """

    where: str
    found: str
    allowed: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: found {self.found}; allowed: {self.allowed}"
        return f"{text}; {self.remedy}" if self.remedy else text


class ScenarioError(Exception):
    """Bad data: carries every fault that was found, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
