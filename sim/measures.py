"""Measures: everything about a plan's outcomes that can be compared with another plan's.

Each is a whole number for every future and tail: an indicator (0 or 1), fen, a count, or
millionths of a point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.results import Results
from sim.tally import MICRO, Key, indicators, micro

Kind = Literal["probability", "score", "yuan", "count"]
"""What a measure is a mean of."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One measure in some futures.

    Attributes
    ----------
    kind
        Of what its mean is.
    unit
        How many whole numbers make one (100 fen a yuan).
    about
        What the key leaves unsaid. Two sides' measures are of the same thing only where key and
        this agree: the metric of a target, the bureaus of what all bureaus do together.
    values
        Shape (futures, tails), or (futures, 1) where it is decided before the site visits.
    """

    kind: Kind
    unit: int
    about: str
    values: NDArray[np.int64] | NDArray[np.bool_]


def measures(results: Results) -> Iterator[tuple[Key, Measure]]:
    """Yield every measure of some futures by key; keys depend on scenario and plan alone."""
    together = ", ".join(sorted(results.bureaus))
    metrics = {target.id: target.metric for target in results.scenario.targets}
    main: list[NDArray[np.bool_]] = []
    for key, hits in indicators(results):
        about = ""
        if key[0] == "target":
            about = metrics[key[2]]
        elif key[0] == "target_everywhere":
            about = f"{metrics[key[1]]}: {together}"
        elif key[0] in ("all_bureaus_main", "at_least", "all_reach"):
            about = together
        elif key[0] == "all_main":
            main.append(hits)
        yield key, Measure("probability", 1, about, hits)
    reached = np.stack(main).sum(axis=0, dtype=np.int64)
    yield ("bureaus_main",), Measure("count", 1, together, reached)
    yield from _grades(results)
    yield from _scores(results, together)
    yield from _money(results, together)


def _grades(results: Results) -> Iterator[tuple[Key, Measure]]:
    """Yield whether a bureau reaches a grade or a better one, as its scenario reads the score."""
    sheet = next(iter(results.sheets.values()))
    for place, bureau in enumerate(results.bureaus):
        own = sheet.grade[:, :, place]
        if (own < 0).any():  # nothing scores it
            continue
        for i, grade in enumerate(results.scenario.assessment.grades):
            yield ("reaches", bureau, grade.id), Measure("probability", 1, "", own <= i)


def _scores(results: Results, together: str) -> Iterator[tuple[Key, Measure]]:
    default = next(iter(results.sheets.values()))
    scored = [i for i in range(len(results.bureaus)) if not np.isnan(default.scale[i])]
    for reading, sheet in results.sheets.items():
        for place in scored:
            own = Measure("score", MICRO, "", micro(sheet.total[:, :, place]))
            yield ("score_read", reading, results.bureaus[place]), own
    for place in scored:
        own = Measure("score", MICRO, "", micro(default.total[:, :, place]))
        yield ("score", results.bureaus[place]), own
    if scored:
        whole = micro(default.total[:, :, scored]).sum(axis=2)
        yield ("score",), Measure("score", MICRO * len(scored), together, whole)


def _money(results: Results, together: str) -> Iterator[tuple[Key, Measure]]:
    by_name = {
        "signed_yuan": results.metric("signed_yuan"),
        "funds_yuan": results.funds_fen(),
        "spend_yuan": results.samples.spend_fen.sum(axis=(2, 3))[:, np.newaxis, :],
    }
    for name, fen in by_name.items():
        for place, bureau in enumerate(results.bureaus):
            yield (name, bureau), Measure("yuan", 100, "", fen[:, :, place])
        yield (name,), Measure("yuan", 100, together, fen.sum(axis=2))
