"""A comparison of runs as the page shows it: rows of figures, and what differs in the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboards.format import chance, difference, money, money_unit, points
from dashboards.labels import bureau_labels
from dashboards.markup import Cell, Markup
from dashboards.runs import Run
from dashboards.texts import t
from dashboards.whatif import clear
from scenarios.part import Lang
from sim.changes import changes
from sim.comparison import Comparison, letter
from sim.difference import Difference
from sim.interval import estimate_sums
from sim.side import Side
from sim.tally import Key

_STEPS = 120
"""Points of an exceedance curve."""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a comparison in the words of one language."""

    found: Comparison
    lang: Lang

    @property
    def names(self) -> dict[str, str]:
        """Short names of the bureaus of the first side."""
        return bureau_labels(self.found.sides[0].scenario, self.lang)

    def keys(self, bureau: str | None) -> list[Key]:
        """Return the figures to show of one bureau, or of all together, as far as A has them."""
        targets = [target.id for target in self.found.sides[0].scenario.targets if target.main]
        if bureau is None:
            wanted: list[Key] = [("bureaus_main",), ("all_bureaus_main",)]
            wanted += [("target_everywhere", target) for target in targets]
            wanted += [("score",), ("signed_yuan",), ("funds_yuan",), ("spend_yuan",)]
        else:
            wanted = [("target", bureau, target) for target in targets]
            names = ("all_main", "score", "signed_yuan", "funds_yuan", "spend_yuan", "dry")
            wanted += [(name, bureau) for name in names]
        return [
            key for key in wanted if any(self._has(i, key) for i in range(len(self.found.others)))
        ]

    def rows(self, bureau: str | None) -> list[list[Cell]]:
        """Return a row a figure: A's value, then each other's with its difference from A."""
        return [self.row(key) for key in self.keys(bureau)]

    def sentence(self, i: int, title: str) -> str:
        """Return what to conclude of one side against the first."""
        told = []
        for key in (("bureaus_main",), ("score",)):
            if self._has(i, key):
                own = self.found.difference(i, *key)
                told.append(
                    t("app.compare.figure", self.lang, name=self.label(key), said=self.said(own))
                )
        ends = {"b": letter(i + 1), "a": letter(0), "title": title}
        if self.found.others[i].same:
            return t("compare.identical", self.lang, **ends)
        said = t("sign.semicolon", self.lang).join(told)
        return t("app.compare.sentence", self.lang, said=said, **ends)

    def label(self, key: Key) -> str:
        """Return what a figure is called."""
        scenario, lang = self.found.sides[0].scenario, self.lang
        if key[0] in ("target", "target_everywhere"):
            label = next(x.label.get(lang) for x in scenario.targets if x.id == key[-1])
            if key[0] == "target":
                return label
            return t("compare.key.target_everywhere", lang, target=label)
        if key[0] in ("signed_yuan", "funds_yuan", "spend_yuan"):
            return t(f"app.compare.{key[0]}", lang)
        return t(f"compare.key.{key[0]}", lang)

    def said(self, own: Difference) -> str:
        """Return a difference with its interval and unit, or that it is not clear."""
        lang = self.lang
        if not clear(own):
            return t("app.budget.unclear", lang)
        if own.sums.kind == "yuan":
            size = max(abs(own.low), abs(own.high))
            unit: float
            unit, name = money_unit(size, lang)
        else:
            unit = 0.01 if own.sums.kind == "probability" else 1.0
            keys = {"probability": "probability", "score": "score", "count": "bureaus"}
            name = t(f"allocate.unit.{keys[own.sums.kind]}", lang)
        number = difference(own.difference / unit, own.low / unit, own.high / unit, lang)
        return t("allocate.with-unit", lang, number=number, unit=name)

    def _has(self, i: int, key: Key) -> bool:
        return key in self.found.others[i].tally.common

    def row(self, key: Key) -> list[Cell]:
        """Return a figure: A's value, then each other side's with its difference from A."""
        found = self.found
        cells: list[Cell] = [self.label(key)]
        first = next(i for i in range(len(found.others)) if self._has(i, key))
        cells.append(self._value(found.difference(first, *key), "a"))
        for i in range(len(found.others)):
            if not self._has(i, key):
                cells.append(t("app.not_for", self.lang))
                continue
            # Grey words where nothing is clear: no figure that would be read as a difference.
            own = found.difference(i, *key)
            said = escape(self.said(own))
            below = f"<strong>{said}</strong>" if clear(own) else said
            value = escape(self._value(own, "b"))
            cells.append(Markup(f'{value}<br><span class="b-span">{below}</span>'))
        return cells

    def _value(self, own: Difference, side: str) -> str:
        sums = own.sums
        value = own.a if side == "a" else own.b
        if sums.kind == "probability":
            first, second = getattr(sums, f"first_{side}"), getattr(sums, f"second_{side}")
            p = estimate_sums(first, second, sums.n, sums.tails)
            return chance(p.p, p.low, p.high, self.lang)
        if sums.kind == "yuan":
            return money(value, self.lang)
        return points(value)


def inputs(a: Side, b: Side, lang: Lang) -> list[str]:
    """Return what differs between two sides beside title and note, in words."""
    labels = {item.id: item.label.get(lang) for item in a.scenario.assumptions.items}
    found = [part_label(part, labels, lang) for own in changes(a, b) for part in own.parts]
    return list(dict.fromkeys(found))


def part_label(part: str, assumptions: Mapping[str, str], lang: Lang) -> str:
    """Return what a part of a change is called; assumptions by their labels."""
    kind, _, name = part.partition(":")
    if kind == "assumption":
        return assumptions.get(name, name)
    return t(f"compare.part.{name or kind}", lang)


def figure_label(key: str, unit: str, lang: Lang) -> str:
    """Return what a figure of all bureaus together is called, with its unit."""
    return t(f"compare.key.{key}", lang, unit=unit)


def middle(run: Run, metric: str, bureau: str | None) -> tuple[float, float, float]:
    """Return P10, median and P90 of an amount in a run's outcomes, of one bureau or all."""
    p10, p50, p90 = (float(x) for x in np.quantile(_amounts(run, metric, bureau), (0.1, 0.5, 0.9)))
    return p10, p50, p90


def exceedance(runs: dict[str, Run], metric: str, bureau: str | None) -> pd.DataFrame:
    """Return ``run, yuan, share``: how likely each amount is reached, one curve a run.

    Parameters
    ----------
    runs
        Runs with outcomes, by the name of their curve.
    metric
        Column of the outcomes.
    bureau
        Whose; None: of all bureaus together.
    """
    values = {name: np.sort(_amounts(run, metric, bureau)) for name, run in runs.items()}
    top = max([1.0, *(float(np.quantile(x, 0.98)) for x in values.values() if len(x))])
    grid = np.linspace(0.0, top, _STEPS + 1)
    frames = [
        pd.DataFrame(
            {
                "run": name,
                "yuan": grid,
                "share": 1.0 - np.searchsorted(x, grid, side="left") / max(1, len(x)),
            }
        )
        for name, x in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _amounts(run: Run, metric: str, bureau: str | None) -> NDArray[np.int64]:
    frame = run.outcomes
    own = frame if bureau is None else frame[frame["bureau"] == bureau]
    return np.asarray(own.groupby("future")[metric].sum().to_numpy(), np.int64)
