"""The one-screen comparison: what differs between sides, and which change makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from dashboards.format import (
    amount,
    bare_chance,
    count,
    difference,
    difference_digits,
    money_unit,
    percent,
    seconds,
    signed,
)
from dashboards.labels import bureau_labels
from dashboards.texts import t
from scenarios.part import Lang
from scenarios.score import readings
from sim.changes import Change
from sim.comparison import Comparison, letter
from sim.difference import Difference, difference_of
from sim.paired import PairedSums
from sim.tally import Key
from sim.waterfall import STEPPED

FIRST: Final = ("bureaus_main", "all_bureaus_main", "score", "signed_yuan", "funds_yuan")
"""What all bureaus do together, as far as one screen holds it."""

STEPS: Final = ("bureaus_main", "score", "signed_yuan", "funds_yuan")
"""Columns of the waterfall."""

NOT_SHOWN: Final = frozenset({"grade", "grade_changes", "all_reach", "score_read"})
"""Kinds of measures that stand in ``compare.json`` alone, or in a note."""


@dataclass(frozen=True, slots=True)
class SideLine:
    """What the screen says of a side beside its scenario.

    Attributes
    ----------
    plan
        Where its plan comes from, in words.
    violated
        Rules its calendar breaks.
    """

    plan: str
    violated: int


def comparison_screen(
    found: Comparison,
    lines: Sequence[SideLine],
    lang: Lang,
    *,
    everything: bool = False,
    version: str,
    elapsed_s: float,
) -> Group:
    """Return the comparison as people read it: a table and a waterfall for each side but the first.

    Parameters
    ----------
    found
        The comparison.
    lines
        For each side.
    lang
        Language of every word and number.
    everything
        Show every target and figure, not one screen's worth.
    version, elapsed_s
        Of the program; wall time in seconds.
    """
    parts: list[RenderableType] = []
    for place, (side, line) in enumerate(zip(found.sides, lines, strict=True)):
        kept = t("compare.broken" if line.violated else "compare.kept", lang, n=line.violated)
        named = {"letter": letter(place), "id": side.scenario.id, "plan": line.plan, "audit": kept}
        title = side.scenario.title.get(lang)
        parts.append(Line(t("compare.side", lang, title=title, **named), "bold"))
    if found.stopped_early:
        parts.append(Line(t("compare.stopped", lang, n=found.n, asked=found.asked), "bold"))
    for i in range(len(found.others)):
        part = AgainstPart(found, i, lang, everything=everything)
        parts += [Line(part.summary(), "bold"), Line(), part.table(), *part.notes()]
        parts += [Line(), *part.waterfall()]
    parts.append(Line())
    parts += [Line(_reading(found, place, lang)) for place in range(len(found.sides))]
    parts.append(Line(_legend(found, lang)))
    origin = {"seed": found.seed, "n": count(found.n), "tails": found.tails, "version": version}
    parts.append(Line(t("compare.origin", lang, **origin, elapsed=seconds(elapsed_s, lang))))
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class AgainstPart:
    """One side against the first, as a table, notes and a waterfall."""

    found: Comparison
    i: int
    lang: Lang
    everything: bool

    def summary(self) -> str:
        """Return how many figures differ, in a sentence."""
        if self.found.others[self.i].same:
            return t("compare.identical", self.lang, a=letter(0), b=self._b)
        said = [
            self.found.difference(self.i, *key).verdict(self.found.margins)
            for key in self._common
            if key[0] in STEPPED
        ]
        return t(
            "compare.summary",
            self.lang,
            a=letter(0),
            b=self._b,
            n=count(self.found.n),
            all=len(said),
            different=said.count("different"),
            same=said.count("no-material-difference"),
            undecided=said.count("undecided"),
        )

    def table(self) -> Table:
        """Return figure, A, B, difference with its interval, and the verdict."""
        table = _plain_table()
        table.add_column(t("compare.figure", self.lang, a=letter(0), b=self._b))
        for name in (letter(0), self._b):
            table.add_column(name, justify="right", no_wrap=True)
        confidence = f"{100 * self.found.confidence:.4g}"
        heading = {"a": letter(0), "b": self._b, "confidence": confidence}
        table.add_column(t("compare.difference", self.lang, **heading), justify="right")
        table.add_column(t("compare.verdict", self.lang), no_wrap=True)
        for heading_text, keys in self._rows():
            if keys:
                table.add_row(Line(heading_text, "bold"))
            for key in keys:
                table.add_row(*self._row(key))
        return table

    def notes(self) -> Iterator[Line]:
        """Yield what the table leaves unsaid."""
        discordant = self._common.get(("at_least", "1"))
        if discordant is not None:
            said = {"more": count(discordant.more), "less": count(discordant.less)}
            said |= {"all": count(discordant.n * discordant.tails), "a": letter(0), "b": self._b}
            yield Line(t("compare.discordant", self.lang, **said))
        ratio = None
        if ("score",) in self._common:
            ratio = self.found.difference(self.i, "score").variance_ratio
        if ratio is not None:
            yield Line(t("compare.ratio", self.lang, ratio=f"{ratio:.2g}"))
        changed = self._reading_changes_verdict()
        if changed:
            bureaus = t("sign.comma", self.lang).join(changed)
            yield Line(t("compare.reading-verdict", self.lang, bureaus=bureaus))
        tally = self.found.others[self.i].tally
        for name, place, keys in (("A", 0, tally.only_a), (self._b, self.i + 1, tally.only_b)):
            if keys:
                told = t("sign.comma", self.lang).join(self._lonely(keys, place))
                yield Line(t("compare.only", self.lang, letter=name, keys=told))
        shown = sum(len(keys) for _, keys in self._rows())
        rest = sum(key[0] not in NOT_SHOWN for key in self._common) - shown
        if rest:
            yield Line(t("compare.more", self.lang, n=rest))

    def waterfall(self) -> Iterator[RenderableType]:
        """Yield the steps from A to B in both orders."""
        fall = self.found.others[self.i].waterfall
        ends = {"a": letter(0), "b": self._b}
        if not fall.changes:
            yield Line(t("compare.no-steps", self.lang, **ends))
            return
        keys = [(name,) for name in STEPS if (name,) in fall.keys]
        if not keys:
            return
        table = _plain_table()
        table.add_column(t("compare.steps", self.lang, **ends), overflow="fold")
        units = {key: self._unit(key)[0] for key in keys}
        # A column has the digits its total supports, so that a reader can add it up.
        whole = {key: self.found.difference(self.i, *key) for key in keys}
        digits = {
            key: difference_digits(x.low / units[key], x.high / units[key])
            for key, x in whole.items()
        }
        for key in keys:
            table.add_column(self._label(key), justify="right", overflow="fold")
        for at, change in enumerate(fall.changes):
            orders = [
                [
                    difference_of(steps[at][key]).difference
                    for steps in (fall.forward, fall.backward)
                ]
                for key in keys
            ]
            cells = [
                " / ".join(signed(x / units[key], digits[key]) for x in dict.fromkeys(both))
                for key, both in zip(keys, orders, strict=True)
            ]
            table.add_row(self._change(change), *cells)
        table.add_row(
            Line(t("compare.total", self.lang), "bold"),
            *(signed(x.difference / units[key], digits[key]) for key, x in whole.items()),
        )
        yield table
        if len(fall.changes) > 1:
            yield Line(t("compare.both-ways", self.lang))

    @property
    def _b(self) -> str:
        return letter(self.i + 1)

    @property
    def _common(self) -> Mapping[Key, PairedSums]:
        return self.found.others[self.i].tally.common

    def _rows(self) -> list[tuple[str, list[Key]]]:
        """Return the keys to show, under their headings."""
        shown = [key for key in self._common if key[0] not in NOT_SHOWN]
        alone = [key for key in shown if self._bureau(key) is None]
        if not self.everything:
            alone = [(name,) for name in FIRST if (name,) in self._common]
        rows = [(t("compare.together", self.lang), alone)]
        main = {target.id for target in self.found.sides[0].scenario.targets if target.main}
        for bureau, name in bureau_labels(self.found.sides[0].scenario, self.lang).items():
            own = [key for key in shown if self._bureau(key) == bureau]
            if not self.everything:
                own = [
                    key
                    for key in own
                    if key[0] in ("all_main", "score") or (key[0] == "target" and key[2] in main)
                ]
            rows.append((name, own))
        return rows

    def _bureau(self, key: Key) -> str | None:
        """Return the bureau a measure is of, None where it is of all."""
        joint = ("all_bureaus_main", "at_least", "target_everywhere", "all_reach")
        if len(key) == 1 or key[0] in joint:
            return None
        return key[1]

    def _row(self, key: Key) -> tuple[str, str, str, str, str]:
        found, sums = self.found.difference(self.i, *key), self._common[key]
        unit, _ = self._unit(key)
        low, high = found.low / unit, found.high / unit
        digits = difference_digits(low, high)
        if sums.kind == "probability":
            a, b = (self._share(found, side) for side in ("a", "b"))
        else:
            a, b = (f"{value / unit:,.{digits}f}" for value in (found.a, found.b))
        told = difference(found.difference / unit, low, high, self.lang)
        return f"  {self._label(key)}", a, b, told, self._verdict(found)

    def _share(self, found: Difference, side: str) -> str:
        own = found.to_json(self.found.margins)[side]
        # The heading says percent, so that the sign would only repeat it.
        return percent(own["p"], own["low"], own["high"], "zh").removesuffix("%")

    def _unit(self, key: Key) -> tuple[float, str]:
        sums, found = self._common[key], self.found.difference(self.i, *key)
        if sums.kind == "probability":
            return 0.01, ""
        if sums.kind == "yuan":
            return money_unit(max(abs(found.a), abs(found.b)), self.lang)
        return 1, ""

    def _verdict(self, found: Difference) -> str:
        verdict = found.verdict(self.found.margins)
        if verdict == "different":
            key = "compare.higher" if found.difference > 0 else "compare.lower"
            return t(key, self.lang, b=self._b)
        return t("compare.undecided" if verdict == "undecided" else "compare.same", self.lang)

    def _label(self, key: Key) -> str:
        scenario = self.found.sides[0].scenario
        places: dict[str, object] = {}
        match key:
            case ("target", bureau, target_id):
                minima = [
                    amount(own.target.metric, own.minimum, self.lang).replace(".00 ", " ")
                    for side in (self.found.sides[0], self.found.sides[self.i + 1])
                    for own in side.scenario.targets_of(bureau)
                    if own.target.id == target_id
                ]
                places = {
                    "target": self._target(target_id),
                    "minimum": " / ".join(dict.fromkeys(minima)),
                }
            case ("target_everywhere", target_id):
                places = {"target": self._target(target_id)}
            case ("at_least", n):
                places = {"n": n}
            case ("limit", _, limit):
                places = {"limit": t(f"limit.{limit}", self.lang)}
            case ("reaches", _, grade_id):
                grades = {grade.id: grade.label for grade in scenario.assessment.grades}
                places = {"grade": grades[grade_id].get(self.lang)}
            case ("signed_yuan" | "funds_yuan" | "spend_yuan", *_):
                places = {"unit": self._unit(key)[1]}
        return t(f"compare.key.{key[0]}", self.lang, **places)

    def _target(self, target_id: str, place: int = 0) -> str:
        targets = self.found.sides[place].scenario.targets
        return next(x.label.get(self.lang) for x in targets if x.id == target_id)

    def _change(self, change: Change) -> str:
        scenario = self.found.sides[0].scenario
        assumed = [x for x in change.parts if x.startswith("assumption")]
        if len(assumed) > 1:
            rest = [part for part in change.parts if part not in assumed]
            names = [t("compare.part.assumptions", self.lang, n=len(assumed))]
        else:
            rest, names = list(change.parts), []
        for part in rest:
            kind, _, name = part.partition(":")
            if kind == "assumption":
                names.append(scenario.assumptions[name].label.get(self.lang))
            else:
                names.append(t(f"compare.part.{name or kind}", self.lang))
        return t("sign.comma", self.lang).join(names)

    def _reading_changes_verdict(self) -> list[str]:
        """Return the bureaus for which sides differ in score under one reading and not another."""
        names = bureau_labels(self.found.sides[0].scenario, self.lang)
        said: dict[str, set[str]] = {}
        for key in self._common:
            if key[0] == "score_read":
                told = self._verdict(self.found.difference(self.i, *key))
                said.setdefault(key[2], set()).add(told)
        return [names[bureau] for bureau, verdicts in said.items() if len(verdicts) > 1]

    def _lonely(self, keys: Sequence[Key], place: int) -> list[str]:
        """Return what one side has alone, in words: whole bureaus, then targets, then the rest."""
        scenario = self.found.sides[place].scenario
        names = bureau_labels(scenario, self.lang)
        others = set(self.found.sides[0 if place else self.i + 1].bureaus)
        told = [names[bureau] for bureau in names if bureau not in others]
        if told:
            joint = t("sign.comma", self.lang).join(names.values())
            told.append(t("compare.only.bureaus", self.lang, bureaus=joint))
        for key in keys:
            if key[0] == "target" and key[1] in others:
                told.append(f"{names[key[1]]} {self._target(key[2], place)}")
            elif key[0] == "score_read" and key[2] in others:
                told.append(t(f"reading.{key[1]}", self.lang))
        return list(dict.fromkeys(told)) or sorted({"/".join(key) for key in keys})


def _plain_table() -> Table:
    return Table(box=None, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))


def _reading(found: Comparison, place: int, lang: Lang) -> str:
    """Say under which reading the grades stand, and for which bureaus that matters."""
    scenario = found.sides[place].scenario
    shown = readings(scenario.assessment)
    said = {"letter": letter(place), "default": t(f"reading.{(*shown, 'as-stated')[0]}", lang)}
    if len(shown) < 2:
        return t("compare.reading-single", lang, **said)
    comma = t("sign.comma", lang)
    said["others"] = t("sign.semicolon", lang).join(t(f"reading.{key}", lang) for key in shown[1:])
    changed = found.reading_matters(place)
    if not changed:
        return t("compare.reading-none", lang, **said)
    names = bureau_labels(scenario, lang)
    bureaus = comma.join(
        f"{names[bureau]} {bare_chance(x.p, x.low, x.high)} %" for bureau, x in changed.items()
    )
    return t("compare.reading", lang, **said, bureaus=bureaus)


def _legend(found: Comparison, lang: Lang) -> str:
    margins = found.margins
    return t(
        "compare.legend",
        lang,
        probability=f"{100 * margins.probability:g}",
        score=f"{margins.score:g}",
        yuan=f"{margins.yuan:,.0f}",
        count=f"{margins.count:g}",
        n=count(found.n),
    )
