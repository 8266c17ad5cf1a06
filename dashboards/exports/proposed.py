"""A stored allocation of the money, as papers speak of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.format import count, difference
from dashboards.labels import bureau_labels
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang


@dataclass(frozen=True, slots=True)
class Proposed:
    """How the money of a scenario's bureaus should be split.

    Attributes
    ----------
    scenario
        Whose money it is.
    data
        Content of ``allocation.json``.
    now_yuan, then_yuan
        By bureau: the lump sum today, and as the answer has it.
    """

    scenario: Scenario
    data: Mapping[str, Any]
    now_yuan: Mapping[str, int]
    then_yuan: Mapping[str, int]

    @classmethod
    def read(cls, scenario: Scenario, data: Mapping[str, Any]) -> Proposed:
        """Take the split out of ``allocation.json``, which must be the scenario's."""
        now = {
            bureau.id: scenario.budget.lump_sum_yuan.get(bureau.id, 0)
            for bureau in scenario.organisation.bureaus
        }
        then = dict(zip(data["bureaus"], data["answer"]["split_yuan"], strict=True))
        return cls(scenario, data, now, {bureau: then[bureau] for bureau in now})

    @property
    def moves(self) -> bool:
        """Whether any lump sum changes."""
        return dict(self.now_yuan) != dict(self.then_yuan)

    def answer(self, lang: Lang) -> str:
        """Say in a sentence what should be done."""
        if self.data["present"] is None:
            split = self._named(dict(self.then_yuan), lang)
            total = f"{sum(self.then_yuan.values()):,}"
            return t("paper.money.total", lang, total=total, split=split)
        if not self.data["answer"]["moves"]:
            return self._keep(lang)
        change = {bureau: self.then_yuan[bureau] - now for bureau, now in self.now_yuan.items()}
        given = self._named({b: -yuan for b, yuan in change.items() if yuan < 0}, lang)
        taken = self._named({b: yuan for b, yuan in change.items() if yuan > 0}, lang)
        moved = sum(max(0, yuan) for yuan in change.values())
        gain = {"gain": self.gain(lang), "aim": self.aim(lang)}
        words = t("paper.money.move", lang, yuan=f"{moved:,}", givers=given, takers=taken, **gain)
        fixed = self.scenario.budget.total_fixed
        return words + t("paper.money.approval", lang) if fixed else words

    def aim(self, lang: Lang) -> str:
        """Return what is to be as large as can be."""
        aim = self.data["aim"]
        words = t(f"paper.aim.{aim['name']}", lang, k=aim["k"])
        if aim["reading"] is None:
            return words
        return t("paper.aim.read", lang, aim=words, reading=t(f"reading.{aim['reading']}", lang))

    def gain(self, lang: Lang) -> str:
        """Return what the best split has over today's, with its interval and unit."""
        found = self.data["against_present"]
        scale = 100 if found["kind"] == "probability" else 1
        value, low, high = (found[name] * scale for name in ("difference", "low", "high"))
        number = difference(value, low, high, lang)
        return t("allocate.with-unit", lang, number=number, unit=self._unit(lang))

    def certificate(self, lang: Lang) -> Iterator[str]:
        """Say how good the split is known to be, and by how many futures."""
        found = self.data["certificate"]
        facts = {"n": count(found["n"]), "splits": self._splits(found, lang)}
        if found["gap_bound"]:
            bound = self._bound(found["gap_bound"], lang)
            yield t("allocate.certificate", lang, **facts, bound=bound, sure=self._sure(found))
        else:
            rare = count(found["n"] / 3)
            yield t("allocate.certificate-none", lang, **facts, rare=rare)
        raced = self.data["raced"]
        if raced is not None:
            facts = {"entrants": count(raced["entrants"]), "futures": count(raced["futures"])}
            sure = self._sure(found)
            if raced["guaranteed"]:
                margin = self._bound(raced["margin"], lang)
                yield t("allocate.raced", lang, **facts, margin=margin, sure=sure)
            else:
                gap = self._bound(raced["gap"], lang)
                yield t("allocate.raced-open", lang, **facts, gap=gap, sure=sure)
        judged, searched = self.data["judged"], self.data["searched"]
        yield t(
            "paper.money.origin",
            lang,
            seed=self.data["seed"],
            searched=count(searched["n"]),
            judged=count(judged["n"]),
            step=f"{self.data['grid']['step_yuan']:,}",
        )

    def _keep(self, lang: Lang) -> str:
        found = self.data["certificate"]
        bound = found["present_gap_bound"]
        aim = self.aim(lang)
        if not bound:
            return t("paper.money.keep-unbound", lang, n=count(found["n"]), aim=aim)
        words = self._bound(bound, lang)
        return t("paper.money.keep", lang, bound=words, sure=self._sure(found), aim=aim)

    def _splits(self, found: Mapping[str, Any], lang: Lang) -> str:
        splits = t("allocate.splits", lang, splits=count(found["n_splits"]))
        if found["n_compared"] == found["n_splits"]:
            return splits
        facts = {"compared": count(found["n_compared"]), "splits": count(found["n_splits"])}
        return t("allocate.splits-part", lang, **facts)

    def _named(self, some: Mapping[str, int], lang: Lang) -> str:
        names = bureau_labels(self.scenario, lang)
        yuan = (f"{names[bureau]} {own:,}" for bureau, own in some.items())
        return t("sign.comma", lang).join(yuan)

    def _bound(self, bound: float, lang: Lang) -> str:
        """Write a bound with two digits, rounded up."""
        value = bound * (100 if self.data["aim"]["kind"] == "probability" else 1)
        digits = max(0, 1 - math.floor(math.log10(value)))
        number = math.ceil(round(value * 10**digits, 6)) / 10**digits
        return t("allocate.with-unit", lang, number=f"{number:,.{digits}f}", unit=self._unit(lang))

    def _unit(self, lang: Lang) -> str:
        aim = self.data["aim"]
        return t(f"allocate.unit.{aim['name'] if aim['kind'] == 'count' else aim['kind']}", lang)

    def _sure(self, found: Mapping[str, Any]) -> str:
        return f"{100 * found['confidence']:.4g}"
