"""The aim of an allocation: what the money is to do, and what a split is worth by it.

Aims that add up over bureaus (``targets``, ``bureaus``, ``score``) and aims in which bureaus meet
(``all``, ``at-least-K``, ``ranked-score``). The latter are judged tail by tail: what bureaus share
makes them miss together, so that no product of their odds is ever taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from scenarios.actuals import Actuals
from scenarios.assessment import RankFirstElseShare, Reading
from scenarios.faults import Fault, ScenarioError, did_you_mean, one_of, same, say
from scenarios.model import Scenario
from scenarios.score import applies, minima_of, score_item, score_sheet
from sim.enumeration import MAX_BUREAUS, at_least, ranked_points
from sim.measures import Kind, Measure
from sim.optimum import Floats, Levels
from sim.results import Results
from sim.samples import IntArray
from sim.sweep import Table, ranked_items, unranked_points
from sim.tally import MICRO, micro

Name = Literal["targets", "bureaus", "at-least", "score", "ranked-score"]

PLAIN: tuple[str, ...] = ("targets", "bureaus", "all", "score", "ranked-score")
"""Aims by name; besides there is ``at-least-K``."""

_AT_LEAST = re.compile(r"at-least-([1-9][0-9]{0,3})")
_READ = re.compile(r"ranked-score:(.+)")

MARGINS: dict[Kind, float] = {"probability": 0.01, "score": 0.5, "count": 0.05}
"""How much of an aim makes a difference that matters, by default: one point of a hundred, half a
point of the score, one target in twenty years."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What to make as large as can be.

    Attributes
    ----------
    name
        ``targets``: expected number of targets met, all bureaus' added up. ``bureaus``: expected
        number of bureaus that meet all their main targets. ``at-least``: the probability that so
        many do. ``score``: expected mean score without what bureaus are ranked by.
        ``ranked-score``: with it.
    k
        For ``at-least``: how many bureaus.
    reading
        For ``ranked-score``: how the ranked item is read; None: as it says itself.
    """

    name: Name
    k: int = 0
    reading: Reading | None = None

    @property
    def additive(self) -> bool:
        """Whether it adds up over bureaus."""
        return self.name in ("targets", "bureaus", "score")

    @property
    def scored(self) -> bool:
        """Whether scores are needed."""
        return self.name in ("score", "ranked-score")

    @property
    def kind(self) -> Kind:
        """Of what its value is."""
        kinds: dict[Name, Kind] = {"at-least": "probability"}
        return kinds.get(self.name, "score" if self.scored else "count")

    @property
    def margin(self) -> float:
        """How much of it makes a difference that matters (:data:`MARGINS`)."""
        return MARGINS[self.kind]


def parse_aim(text: str, scenario: Scenario) -> Aim:
    """Read an aim as people write it.

    Raises
    ------
    ScenarioError
        When there is no such aim, or the scenario has nothing it could be about.
    """
    bureaus = len(scenario.organisation.bureaus)
    if bureaus > MAX_BUREAUS and text not in ("targets", "bureaus", "score"):
        many = Fault(
            "--aim",
            say(f"{text}，{bureaus} 个局", f"{text}, with {bureaus} bureaus"),
            say(
                f"局数超过 {MAX_BUREAUS} 时：targets、bureaus、score",
                f"with more than {MAX_BUREAUS} bureaus: targets, bureaus, score",
            ),
        )
        raise ScenarioError([many])
    found = _AT_LEAST.fullmatch(text)
    if text == "all" or (found and int(found[1]) <= bureaus):
        return Aim("at-least", k=bureaus if found is None else int(found[1]))
    if text in ("targets", "bureaus", "score"):
        name: Name = text  # type: ignore[assignment]
        return Aim(name)
    read = _READ.fullmatch(text)
    if text == "ranked-score" or read:
        return Aim("ranked-score", reading=_reading(scenario, read[1] if read else None))
    names = [*PLAIN, *(f"at-least-{k}" for k in range(1, bureaus + 1))]
    raise ScenarioError(
        [Fault("--aim", same(text), one_of(names, "目标", "the aims "), did_you_mean(text, names))]
    )


def _reading(scenario: Scenario, text: str | None) -> Reading | None:
    ranked = ranked_items(scenario)
    rules = [item.rule for item in ranked]
    if not ranked or any(not isinstance(rule, RankFirstElseShare) for rule in rules):
        what = ", ".join(item.id for item in ranked) or "0"
        raise ScenarioError(
            [
                Fault(
                    "--aim ranked-score",
                    say(f"排名计分项：{what}", f"items that rank bureaus: {what}"),
                    say(
                        "至少一项按“第一名满分、其余按占比”计分，且没有其他排名方式",
                        "at least one item of the kind rank-first-full-else-share, and no other "
                        "kind that ranks",
                    ),
                    say("改用 --aim score", "take --aim score"),
                )
            ]
        )
    if text is None:
        return None
    known = get_args(Reading)
    if text not in known:
        raise ScenarioError(
            [
                Fault(
                    "--aim ranked-score",
                    same(text),
                    one_of(known, "口径", "the readings "),
                    did_you_mean(text, known),
                )
            ]
        )
    reading: Reading = text  # type: ignore[assignment]
    return reading


def words_of(table: Table) -> list[NDArray[np.uint64]]:
    """Return each bureau's main bits as 64-bit words, shape (levels, words)."""
    found = []
    for bits in table.main:
        flat = bits.reshape(len(bits), -1)
        padded = np.pad(flat, ((0, 0), (0, -flat.shape[1] % 8)))
        found.append(np.ascontiguousarray(padded).view(np.uint64))
    return found


def additive_values(table: Table, aim: Aim) -> tuple[IntArray, ...]:
    """Return what each level of each bureau adds to the aim, as whole numbers over all futures."""
    name = "score" if aim.scored else aim.name
    return tuple(own.sum(axis=1) for own in table.values[name])


def unit_of(scenario: Scenario, table: Table, aim: Aim) -> float:
    """Return how many of the whole numbers in a future make one of the aim."""
    if not aim.scored:
        return float(table.tails)
    return float(table.tails * MICRO * max(1, n_scored(scenario)))


def n_scored(scenario: Scenario) -> int:
    """Return how many bureaus have a score: the mean is over them."""
    return int((~np.isnan(_scale(scenario))).sum())


def values_of(scenario: Scenario, table: Table, aim: Aim, splits: NDArray[np.int16]) -> Floats:
    """Return the aim's value of every split, estimated in all futures of a table.

    Parameters
    ----------
    scenario
        Whose assessment and targets stand.
    table
        A sweep; scored where the aim is.
    aim
        The aim.
    splits
        Levels, shape (splits, bureaus).
    """
    if aim.name == "at-least":
        hits = at_least(words_of(table), splits, aim.k)
        return np.asarray(hits / (table.n * table.tails), np.float64)
    own = additive_values(table, aim)
    summed = np.zeros(len(splits), np.int64)
    for place, values in enumerate(own):
        summed += values[splits[:, place]]
    mean = np.asarray(summed / (table.n * unit_of(scenario, table, aim)), np.float64)
    return mean + _ranked(scenario, table, aim, splits) if aim.name == "ranked-score" else mean


def _ranked(scenario: Scenario, table: Table, aim: Aim, splits: NDArray[np.int16]) -> Floats:
    """Return the mean points a bureau has from items that rank, split by split."""
    minima, scale = minima_of(scenario), np.nan_to_num(_scale(scenario))
    points = np.zeros(len(splits))
    for at, item in enumerate(ranked_items(scenario)):
        rule = item.rule
        assert isinstance(rule, RankFirstElseShare)
        among = np.flatnonzero(applies(item, minima))
        owed = minima.of(rule.target)[among]
        amounts = [
            table.contest[place][:, :, at].reshape(len(table.contest[place]), -1) for place in among
        ]
        ratios = [
            own / owes if owes > 0 else np.ones_like(own)
            for own, owes in zip(amounts, owed, strict=True)
        ]
        points += ranked_points(
            amounts,
            ratios,
            [own >= owes for own, owes in zip(amounts, owed, strict=True)],
            item.weight * scale[among],
            np.ascontiguousarray(splits[:, among]),
            reading=aim.reading or rule.reading,
            first_requires_completion=rule.first_requires_completion,
        )
    return points / n_scored(scenario)


def _scale(scenario: Scenario) -> Floats:
    """Return the factor on each bureau's points, as the score sheet has it; NaN: it has none."""
    n = len(scenario.organisation.bureaus)
    nothing = {name: np.zeros(n) for name in Actuals.__dataclass_fields__}
    sheet = score_sheet(scenario.assessment, minima_of(scenario), Actuals(**nothing))
    return sheet.scale


def measure_at(scenario: Scenario, table: Table, aim: Aim, levels: Levels) -> Measure:
    """Return the aim of one split, future by future: ``values`` has shape (n, tails or 1)."""
    if aim.name == "at-least":
        reached = np.zeros((table.n, table.tails), np.int64)
        for place, level in enumerate(levels):
            reached += np.unpackbits(table.main[place][level], axis=1, count=table.tails)
        return Measure("probability", 1, "", reached >= aim.k)
    name = "score" if aim.scored else aim.name
    summed = np.zeros(table.n, np.int64)
    for place, level in enumerate(levels):
        summed += table.values[name][place][level]
    unit = round(unit_of(scenario, table, aim))
    if aim.name != "ranked-score":
        return Measure(aim.kind, unit, "", summed[:, np.newaxis])
    minima, scale = minima_of(scenario), np.nan_to_num(_scale(scenario))
    for at, item in enumerate(ranked_items(scenario)):
        did = np.stack(
            [table.contest[place][level][:, at] for place, level in enumerate(levels)], axis=-1
        )
        points = score_item(item, minima, Actuals(**{item.metric: did}), reading=aim.reading)
        given = np.where(applies(item, minima), np.nan_to_num(points), 0.0) * scale
        summed = summed + micro(given.sum(axis=-1).mean(axis=1) * table.tails)
    return Measure(aim.kind, unit, "", summed[:, np.newaxis])


def per_future(measure: Measure) -> Floats:
    """Return a measure's mean over the tails of each future, shape (n,)."""
    return np.asarray(measure.values.mean(axis=1) / measure.unit, np.float64)


def measure_of(results: Results, aim: Aim) -> Measure:
    """Return the aim as a measure of simulated outcomes, tail by tail, as any plan has it."""
    scenario = results.scenario
    if aim.scored:
        minima = minima_of(scenario)
        sheet = score_sheet(scenario.assessment, minima, results.actuals, aim.reading)
        own = unranked_points(scenario, sheet) if aim.name == "score" else sheet.total
        whole = micro(own).sum(axis=2)
        return Measure("score", MICRO * max(1, n_scored(scenario)), "", whole)
    shape = results.samples.each("signed").shape[:2]
    met, main = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for bureau in results.bureaus:
        every = np.ones(shape, np.bool_)
        for target in scenario.targets_of(bureau):
            hit = results.met(target)
            met += hit
            if target.target.main:
                every &= hit
        main += every
    if aim.name == "targets":
        return Measure("count", 1, "", met)
    if aim.name == "bureaus":
        return Measure("count", 1, "", main)
    return Measure("probability", 1, "", main >= aim.k)
