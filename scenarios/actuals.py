"""What the bureaus did, counted: the only thing a score looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CountArray = NDArray[np.integer[Any]] | NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Actuals:
    """Actual or simulated results of all bureaus.

    Every array has the shape ``(..., n_bureaus)``: the last axis holds the bureaus in the
    scenario's order, the leading axes whatever the caller likes (none for the year as it was,
    one for ten thousand futures). Money is in yuan, whole yuan where ties are to be exact; it may
    come from a ledger or a simulation, on the counting rules the caller answers for (S1, F6r).

    What was not measured stays None: that is not zero, and an item that needs it is an error.

    Attributes
    ----------
    signed_yuan, funds_yuan
        Contracted investment; funds in place.
    registered, inspections, events, liaison_items
        Companies registered, leader inspections, promotion events, ministry-liaison items.
    event_signed, event_started
        Projects signed at events of prefecture level or above, and those of them started.
    reports_late, deductions_points
        Late, missed or false reports; other daily-work deductions in points (七㈠4⑵ to ⑷).
    presence_days
        Days at post, added over the bureau's persons.

    Raises
    ------
    ValueError
        When nothing is given, shapes differ, or a value is negative or not finite; names every
        array at fault.
    """

    signed_yuan: CountArray | None = None
    registered: CountArray | None = None
    funds_yuan: CountArray | None = None
    inspections: CountArray | None = None
    events: CountArray | None = None
    liaison_items: CountArray | None = None
    event_signed: CountArray | None = None
    event_started: CountArray | None = None
    reports_late: CountArray | None = None
    deductions_points: CountArray | None = None
    presence_days: CountArray | None = None

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ValueError("\n".join(faults))

    @property
    def shape(self) -> tuple[int, ...]:
        """The common shape ``(..., n_bureaus)``."""
        _, first = next(self._given())
        return first.shape

    def measured(self, name: str) -> FloatArray:
        """Return one array as float64; ValueError where it was not measured."""
        array = getattr(self, name)
        if array is None:
            have = ", ".join(given for given, _ in self._given())
            msg = f"actuals.{name}: found nothing, an item is scored on it; measured are: {have}"
            raise ValueError(msg)
        return np.asarray(array, dtype=np.float64)

    def _given(self) -> Iterator[tuple[str, CountArray]]:
        for field in fields(self):
            array = getattr(self, field.name)
            if array is not None:
                yield field.name, array

    def _faults(self) -> Iterator[str]:
        given = dict(self._given())
        if not given:
            yield "actuals: found no array; allowed: at least one"
            return
        shape = self.shape
        if not shape:
            yield "actuals: found a single number; allowed: arrays whose last axis is the bureaus"
        for name, array in given.items():
            if array.shape != shape:
                yield f"actuals.{name}: found shape {array.shape}; allowed: {shape} as the others"
            # Comparing the extremes is much the cheaper, and false where one is not a number.
            if not array.size or (array.min() >= 0 and array.max() < np.inf):
                continue
            wrong = array[~(np.isfinite(array) & (array >= 0))]
            if wrong.size:
                yield f"actuals.{name}: found {wrong.flat[0]}; allowed: finite values from 0 on"
