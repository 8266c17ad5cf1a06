"""Why there is no plan: an explanation in words, and the error that carries it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.part import Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands in the way of any plan.

    Attributes
    ----------
    lines
        One text for each conflict: whom it concerns, when, and the arithmetic.
    rules
        Ids of the rules that conflict, sorted.
    """

    lines: tuple[Text, ...]
    rules: tuple[str, ...]

    @classmethod
    def joined(cls, parts: Iterable[Explanation]) -> Explanation:
        """Return one explanation with the lines of all, in their order."""
        every = tuple(parts)
        rules = sorted({rule for part in every for rule in part.rules})
        return cls(tuple(line for part in every for line in part.lines), tuple(rules))


class InfeasibleError(Exception):
    """The scenario's rules leave no plan; carries the explanation."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        super().__init__("\n".join(line.en for line in explanation.lines))
