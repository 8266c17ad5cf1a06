"""A stored allocation as the budget page shows it: answer, frontier and flips in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboards.allocation import aim_label, sure, unit_key, upwards, value_in_words
from dashboards.format import count, difference
from dashboards.labels import bureau_labels
from dashboards.runs import ALLOCATIONS, Run, RunError, first_line
from dashboards.texts import t
from scenarios.model import Scenario
from scenarios.part import Lang
from sim.aim import Aim
from sim.allocation import Value
from sim.response import RESPONSES

FILE: Final = "allocation.json"


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a stored allocation says of a run's scenario.

    Attributes
    ----------
    folder
        Where it lies.
    scenario
        The run's.
    data
        The content of ``allocation.json``.
    """

    folder: Path
    scenario: Scenario
    data: Mapping[str, Any]

    @property
    def aim(self) -> Aim:
        """What was to be made large."""
        return _aim(self.data["aim"])

    @property
    def answer(self) -> tuple[int, ...]:
        """The split to take: the best one, or today's where it is not known to beat it."""
        return tuple(self.data["answer"]["split_yuan"])

    @property
    def frontier(self) -> Sequence[Mapping[str, Any]]:
        """What the best split of each total is worth, totals rising."""
        points: Sequence[Mapping[str, Any]] = self.data["frontier"]
        return points

    def sentence(self, lang: Lang) -> str:
        """Return the answer in a sentence."""
        data, certificate = self.data, self.data["certificate"]
        if data["present"] is None:
            return t(
                "allocate.answer.total",
                lang,
                total=f"{data['grid']['total_yuan']:,}",
                split=self.named(data["best"]["split_yuan"], lang),
                value=self.worth(data["best"], lang),
            )
        if not data["answer"]["moves"]:
            bound = certificate["present_gap_bound"]
            if not bound:
                return t("allocate.answer.keep-unbound", lang, n=count(certificate["n"]))
            return t("allocate.answer.keep", lang, bound=self._bound(bound, lang), sure=sure())
        now, then = data["present"]["split_yuan"], data["best"]["split_yuan"]
        return t(
            "allocate.answer.move",
            lang,
            yuan=f"{sum(max(0, b - a) for a, b in zip(now, then, strict=True)):,}",
            givers=self._moved(now, then, -1, lang),
            takers=self._moved(now, then, 1, lang),
            gain=self._gain(data["against_present"], self.aim, lang),
        )

    def certified(self, lang: Lang) -> list[str]:
        """Return how sure the best split is, in sentences."""
        found = self.data["certificate"]
        if found["n_splits"] == 1:
            return [t("allocate.certificate-one", lang)]
        whole = found["n_compared"] == found["n_splits"]
        splits = t(
            "allocate.splits" if whole else "allocate.splits-part",
            lang,
            splits=f"{found['n_splits']:,}",
            compared=f"{found['n_compared']:,}",
        )
        facts = {"n": count(found["n"]), "splits": splits}
        if not found["gap_bound"]:
            first = t("allocate.certificate-none", lang, rare=count(found["n"] / 3), **facts)
        else:
            bound = self._bound(found["gap_bound"], lang)
            first = t("allocate.certificate", lang, bound=bound, sure=sure(), **facts)
        return [first, self._not_excluded(lang)]

    def flips(self, lang: Lang) -> list[tuple[str, str, str, str]]:
        """Return what was assumed otherwise, its best split, what the answer loses, the verdict."""
        return [
            (
                _variant(flip, lang),
                self.named(flip["best_yuan"], lang),
                self._gain(flip["loss"], _aim(flip["aim"]), lang),
                flip["verdict"],
            )
            for flip in self.data["flips"] or ()
        ]

    def worth(self, value: Mapping[str, float], lang: Lang) -> str:
        """Return what a split is worth, with its interval."""
        return value_in_words(Value(value["value"], value["low"], value["high"]), self.aim, lang)

    def label(self, lang: Lang) -> str:
        """Return the aim in words."""
        return aim_label(self.aim, lang)

    def named(self, split: Sequence[int], lang: Lang) -> str:
        """Return a split with the bureaus' names."""
        pairs = zip(bureau_labels(self.scenario, lang).values(), split, strict=True)
        return t("sign.comma", lang).join(f"{name} {yuan:,}" for name, yuan in pairs)

    def _moved(self, a: Sequence[int], b: Sequence[int], sign: int, lang: Lang) -> str:
        names = bureau_labels(self.scenario, lang).values()
        some = [(name, sign * (y - x)) for name, x, y in zip(names, a, b, strict=True)]
        return t("sign.comma", lang).join(f"{name} {yuan:,}" for name, yuan in some if yuan > 0)

    def _gain(self, found: Mapping[str, Any], aim: Aim, lang: Lang) -> str:
        unit = t(f"allocate.unit.{unit_key(aim)}", lang)
        scale = 100 if aim.kind == "probability" else 1
        ends = [scale * found[key] for key in ("difference", "low", "high")]
        number = "0" if ends[1] == ends[2] == 0 else difference(ends[0], ends[1], ends[2], lang)
        return t("allocate.with-unit", lang, number=number, unit=unit)

    def _bound(self, bound: float, lang: Lang) -> str:
        unit = t(f"allocate.unit.{unit_key(self.aim)}", lang)
        number = upwards(100 * bound if self.aim.kind == "probability" else bound)
        return t("allocate.with-unit", lang, number=number, unit=unit)

    def _not_excluded(self, lang: Lang) -> str:
        found = self.data["certificate"]
        if found["not_excluded"] is None:
            return t("allocate.uncounted", lang, splits=f"{found['n_splits']:,}")
        scale = 10_000 if lang == "zh" else 1_000
        ends = zip(bureau_labels(self.scenario, lang).values(), found["ranges_yuan"], strict=True)
        ranges = t("sign.comma", lang).join(
            f"{name} {low / scale:,.10g}–{high / scale:,.10g}" for name, (low, high) in ends
        )
        today = {None: "absent", True: "out", False: "among"}[found["present_excluded"]]
        return t(
            "allocate.not-excluded" if found["complete"] else "allocate.not-excluded-part",
            lang,
            kept=f"{found['not_excluded']:,}",
            ranges=ranges,
            unit=t("allocate.money-unit", lang),
            today=t(f"allocate.today.{today}", lang),
        )


def stored(root: Path, run: Run) -> tuple[Allocated, ...]:
    """Return the allocations below a runs' folder that are of a run's scenario and plan, by name.

    Raises
    ------
    RunError
        When one of the run's name cannot be read.
    """
    folder = root / ALLOCATIONS
    found = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        file = entry / FILE
        if not file.is_file():
            continue
        data = _read(file)
        hashes = (data.get("scenario_hash"), data.get("plan_hash"))
        if hashes == (run.head.scenario_hash, run.head.plan_hash):
            found.append(Allocated(entry, run.scenario, data))
    return tuple(found)


def folder_of(root: Path, run: Run, aim: str) -> Path:
    """Return where an allocation of a run for an aim goes."""
    return root / ALLOCATIONS / f"{run.id}-{aim.replace(':', '-')}"


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except (ValueError, OSError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error
    if not isinstance(data, dict):
        raise RunError("run.damaged", file=file, problem=f"{type(data).__name__}, not an object")
    return data


def _aim(data: Mapping[str, Any]) -> Aim:
    return Aim(data["name"], k=data["k"], reading=data["reading"])


def _variant(flip: Mapping[str, Any], lang: Lang) -> str:
    if flip["kind"] == "reading":
        return t("allocate.flips.reading", lang, reading=t(f"reading.{flip['id']}", lang))
    labels = {own.id: own.label.get(lang) for own in RESPONSES}
    name: str = flip["id"]
    return labels.get(name, name)
