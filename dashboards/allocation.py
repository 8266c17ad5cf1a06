"""The one-screen answer to how the money should be split."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from dashboards.comparison import SideLine
from dashboards.format import (
    chance,
    count,
    difference,
    difference_digits,
    seconds,
)
from dashboards.labels import bureau_labels
from dashboards.proposal import Proposal, gained_by_starving, moves, never_binding
from dashboards.texts import t
from scenarios.part import Lang
from sim.aim import Aim
from sim.allocation import PER_YUAN, STARVED_BELOW, Allocation, Marginal, Point, Value
from sim.comparison import letter
from sim.difference import Difference
from sim.finals import Finals
from sim.flips import Flip
from sim.grid import Split
from sim.interval import CONFIDENCE

FRONTIER_LINES: Final = 5
"""Totals of the frontier on the screen."""


def allocation_screen(
    proposal: Proposal,
    lines: Sequence[SideLine],
    lang: Lang,
    *,
    version: str,
    elapsed_s: float,
) -> Group:
    """Return the proposal as people read it.

    Parameters
    ----------
    proposal
        The answer.
    lines
        What is said of each case's plan.
    lang
        Language of every word and number.
    version, elapsed_s
        Of the program; wall time in seconds.
    """
    said = Screen(proposal, lang)
    parts: list[RenderableType] = [*said.heading(lines), said.budgets(), *said.evidence()]
    parts += [*said.frontier(), *said.starved(), *said.others(), *said.flips()]
    parts += [*said.origin(version, elapsed_s)]
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class Screen:
    """A proposal in the words of one language."""

    proposal: Proposal
    lang: Lang

    @property
    def found(self) -> Allocation:
        """The allocation asked about."""
        return self.proposal.found

    def heading(self, lines: Sequence[SideLine]) -> Iterator[Line]:
        """Say what was asked, and answer it in a sentence."""
        scenario, line = self.found.scenario, lines[0]
        kept = self._t("compare.broken" if line.violated else "compare.kept", n=line.violated)
        title = {"title": scenario.title.get(self.lang), "id": scenario.id}
        yield Line(self._t("allocate.title", **title, plan=line.plan, audit=kept))
        if not self.proposal.complete:
            done = {"n": count(self.found.table.n), "asked": count(self.found.asked_n)}
            fresh = {"m": count(self.found.fresh.n), "due": count(self.found.search.confirm_n)}
            yield Line(self._t("allocate.stopped", **done, **fresh), "bold")
        yield Line(self.answer(), "bold")
        if scenario.budget.total_fixed and moves(self.found):
            yield Line(self._t("allocate.approval"))
        yield Line(self._t("allocate.aim", aim=aim_label(self.found.search.aim, self.lang)))
        yield Line()

    def answer(self) -> str:
        """Return the answer in a sentence."""
        found = self.found
        if found.present is None:
            worth = self._value(found.value(found.best))
            split = self._named(found.best)
            total = f"{found.grid.total_yuan:,}"
            return self._t("allocate.answer.total", total=total, split=split, value=worth)
        if not moves(found):
            bound = found.certificate.present_gap_bound
            if not bound:
                return self._t("allocate.answer.keep-unbound", n=count(found.certificate.n))
            return self._t("allocate.answer.keep", bound=self._bound(bound), sure=sure())
        given = self._moved(found.present, found.best, -1)
        taken = self._moved(found.present, found.best, 1)
        moved = sum(max(0, b - a) for a, b in zip(found.present, found.best, strict=True))
        gain = self._difference(found.difference(found.present, found.best))
        ends = {"givers": given, "takers": taken}
        return self._t("allocate.answer.move", yuan=f"{moved:,}", **ends, gain=gain)

    def budgets(self) -> Table:
        """Return bureau, now, proposed, change, worth of more, and what never binds."""
        found = self.found
        table = _plain_table()
        unit = self._t("allocate.unit." + unit_key(found.search.aim))
        table.add_column(self._t("allocate.column.bureau"))
        for key in ("now", "proposed", "change"):
            table.add_column(self._t(f"allocate.column.{key}"), justify="right", no_wrap=True)
        worth = self._t("allocate.column.worth", yuan=f"{PER_YUAN:,}", unit=unit)
        table.add_column(worth, justify="right", no_wrap=True)
        table.add_column(self._t("allocate.column.never"), justify="right", no_wrap=True)
        marginals = {own.bureau: own for own in found.marginals(found.present or found.best)}
        for place, (bureau, name) in enumerate(self._names.items()):
            now, then = found.grid.present_yuan[place], found.best[place]
            table.add_row(
                name,
                f"{now:,}",
                f"{then:,}",
                _signed_yuan(then - now),
                self._worth(marginals.get(bureau)),
                self._never(bureau),
            )
        now, then = sum(found.grid.present_yuan), sum(found.best)
        every = self._t("allocate.column.total")
        table.add_row(every, f"{now:,}", f"{then:,}", _signed_yuan(then - now), "", "")
        return table

    def evidence(self) -> Iterator[Line]:
        """Say how much better the best split is, and how sure it is the best."""
        found = self.found
        at = self._t("allocate.at-today" if found.present is not None else "allocate.at-best")
        yield Line(self._t("allocate.legend", at=at, n=count(found.table.n)))
        yield Line()
        if found.present is not None:
            gain = found.difference(found.present, found.best)
            yield Line(
                self._t(
                    "allocate.paired",
                    gain=self._difference(gain),
                    verdict=self._verdict(gain),
                    now=self._value(found.value(found.present)),
                    best=self._value(found.value(found.best)),
                    **self._fresh(gain),
                )
            )
        if found.certificate.n_splits == 1:
            yield Line(self._t("allocate.certificate-one"))
        else:
            yield Line(self._certificate())
            yield Line(self._not_excluded())
            if found.raced is not None:
                yield Line(self._raced(found.raced))
        yield Line()

    def frontier(self) -> Iterator[Line]:
        """Say what the best split of smaller and larger totals is worth."""
        points = _spread(self.found.frontier)
        if len(points) < 2:
            return
        yield Line(self._t("allocate.frontier", unit=self._unit_name(), **self._fresh()), "bold")
        for point in points:
            gain = self.found.difference(self.found.best, point.split)
            total = f"{point.total_yuan:>11,}"
            words = {"value": self._value(point.value), "gain": self._difference(gain)}
            same = point.split == self.found.best
            key = "allocate.frontier.same" if same else "allocate.frontier.point"
            yield Line(self._t(key, total=total, split=self._bare(point.split), **words))
        yield Line()

    def starved(self) -> Iterator[Line]:
        """Say whom the best split starves, and what that gains."""
        found = self.found
        for own in found.starved:
            shares = {
                "away": f"{100 * own.turned_away:.0f}",
                "today": f"{100 * own.present_turned_away:.0f}",
                "n": count(found.table.n),
            }
            budgets = {"yuan": f"{own.yuan:,}", "now": f"{own.present_yuan:,}"}
            name = self._names[own.bureau]
            yield Line(self._t("allocate.starved", bureau=name, **budgets, **shares), "bold")
        gain = gained_by_starving(found)
        if gain is not None and found.floored is not None:
            material = gain.verdict(found.margins) == "different" and gain.low > 0
            key = "allocate.starving.gains" if material else "allocate.starving.nothing"
            split = {"split": self._named(found.floored), "share": f"{100 * STARVED_BELOW:.0f}"}
            worth = self._value(found.value(found.floored))
            told = {"gain": self._difference(gain), **self._fresh(gain)}
            yield Line(self._t(key, **split, value=worth, **told))

    def others(self) -> Iterator[RenderableType]:
        """Say what each case's best split loses in the other cases."""
        proposal = self.proposal
        if len(proposal.cases) < 2:
            return
        unit = self._t("allocate.unit." + unit_key(self.found.search.aim))
        yield Line(self._t("allocate.cases", unit=unit, **self._fresh()), "bold")
        table = _plain_table()
        table.add_column(self._t("allocate.cases.case"))
        table.add_column(self._t("allocate.cases.best", money=self._unit_name()), no_wrap=True)
        for place in range(len(proposal.losses)):
            name = self._t("allocate.cases.loss", letter=letter(place))
            table.add_column(name, justify="right", no_wrap=True)
        for place, case in enumerate(proposal.cases):
            title = f"{letter(place)} {case.scenario.title.get(self.lang)}"
            row = proposal.losses[place] if place < len(proposal.losses) else ()
            cells = [
                "–" if i == place else self._number(loss, case.search.aim)
                for i, loss in enumerate(row[1:])
            ]
            table.add_row(title, self._bare(case.best), *cells)
        yield table
        yield Line()

    def flips(self) -> Iterator[RenderableType]:
        """Say whether something else would make another split the best."""
        yield Line(self._t("allocate.assumption"), "bold")
        some = self.proposal.all_flips
        if self.proposal.flips is None and not some:
            yield Line(self._t("allocate.flips.none"))
            return
        if not some:
            yield Line(self._t("allocate.flips.empty"))
            return
        answered = "moved" if moves(self.found) else "kept"
        yield Line(self._t(f"allocate.flips.{answered}"), "bold")
        table = _plain_table()
        table.add_column(self._t("allocate.flips.variant"))
        table.add_column(self._t("allocate.flips.best", unit=self._unit_name()), no_wrap=True)
        table.add_column(self._t("allocate.flips.loss"), justify="right", no_wrap=True)
        table.add_column(self._t("allocate.flips.verdict"), no_wrap=True)
        for flip in some:
            verdict = self._t(f"allocate.flips.{flip.verdict}")
            loss = self._difference(flip.loss, flip.variant.search.aim)
            table.add_row(self._variant(flip), self._bare(flip.best), loss, verdict)
        yield table
        yield Line(self._t("allocate.flips.origin", origins=self._origins(some)))

    def origin(self, version: str, elapsed_s: float) -> Iterator[Line]:
        """Say where every figure comes from."""
        found = self.found
        yield Line(
            self._t(
                "allocate.origin",
                seed=found.search.seed,
                n=count(found.table.n),
                fresh=count(found.fresh.n),
                tails=found.table.tails,
                step=f"{found.grid.step_yuan:,}",
                version=version,
                elapsed=seconds(elapsed_s, self.lang),
            )
        )

    @property
    def _names(self) -> dict[str, str]:
        return bureau_labels(self.found.scenario, self.lang)

    def _t(self, key: str, **values: object) -> str:
        return t(key, self.lang, **values)

    def _fresh(self, gain: Difference | None = None) -> dict[str, str]:
        fresh = self.found.fresh
        told = {"n": count(fresh.n)}
        return told if gain is None else {**told, "differ": count(gain.sums.differing)}

    def _value(self, value: Value, aim: Aim | None = None) -> str:
        return value_in_words(value, aim or self.found.search.aim, self.lang)

    def _difference(self, found: Difference, aim: Aim | None = None) -> str:
        own = aim or self.found.search.aim
        unit = self._t("allocate.unit." + unit_key(own))
        return self._t("allocate.with-unit", number=self._number(found, own), unit=unit)

    def _number(self, found: Difference, aim: Aim) -> str:
        """Write a difference, of odds in points of a hundred; 0 alone where no future differs."""
        if found.low == found.high == 0:
            return "0"
        scale = 100 if aim.kind == "probability" else 1
        ends = (found.difference * scale, found.low * scale, found.high * scale)
        return difference(*ends, self.lang)

    def _bound(self, bound: float) -> str:
        aim = self.found.search.aim
        unit = self._t("allocate.unit." + unit_key(aim))
        number = upwards(100 * bound if aim.kind == "probability" else bound)
        return self._t("allocate.with-unit", number=number, unit=unit)

    def _verdict(self, gain: Difference) -> str:
        verdict = gain.verdict(self.found.margins)
        if verdict == "different":
            return self._t("allocate.better" if gain.low > 0 else "allocate.worse")
        return self._t("compare.undecided" if verdict == "undecided" else "compare.same")

    def _worth(self, marginal: Marginal | None) -> str:
        if marginal is None:
            return self._t("allocate.fixed")
        if marginal.difference.low == marginal.difference.high == 0:
            return "0"
        own, worth = self.found.search.aim, marginal.per_step
        scale = 100 if own.kind == "probability" else 1
        return difference(worth.mean * scale, worth.low * scale, worth.high * scale, self.lang)

    def _never(self, bureau: str) -> str:
        own = never_binding(self.found, bureau)
        if own.yuan is None:
            last = self.found.grid.levels_yuan(self.found.grid.bureaus.index(bureau))[-1]
            return f"> {last:,}"
        ends = [own.low_yuan or own.yuan, own.high_yuan]
        low, high = ("" if x is None else f"{x:,}" for x in ends)
        return f"{own.yuan:,} ({low}–{high})"

    def _certificate(self) -> str:
        certificate = self.found.certificate
        splits = self._t("allocate.splits", splits=f"{certificate.n_splits:,}")
        if certificate.n_compared < certificate.n_splits:
            splits = self._t(
                "allocate.splits-part",
                compared=f"{certificate.n_compared:,}",
                splits=f"{certificate.n_splits:,}",
            )
        facts = {"n": count(certificate.n), "splits": splits}
        if certificate.gap_bound == 0:
            # Futures drawn again from those seen hold nothing that was not: the rule of three says
            # how rare it may be.
            rare = count(certificate.n / 3)
            return self._t("allocate.certificate-none", **facts, rare=rare)
        bound = self._bound(certificate.gap_bound)
        return self._t("allocate.certificate", **facts, bound=bound, sure=sure())

    def _raced(self, raced: Finals) -> str:
        """Say how the best split was chosen where not all could be judged."""
        facts = {"entrants": f"{raced.entrants:,}", "futures": f"{raced.futures:,}"}
        if raced.guaranteed:
            margin = self._bound(raced.margin)
            return self._t("allocate.raced", **facts, margin=margin, sure=sure())
        return self._t("allocate.raced-open", **facts, gap=self._bound(raced.gap), sure=sure())

    def _not_excluded(self) -> str:
        certificate = self.found.certificate
        if certificate.not_excluded is None:
            return self._t("allocate.uncounted", splits=f"{certificate.n_splits:,}")
        comma = self._t("sign.comma")
        ranges = comma.join(
            f"{name} {self._short(low)}–{self._short(high)}"
            for name, (low, high) in zip(self._names.values(), certificate.ranges_yuan, strict=True)
        )
        today = {None: "absent", True: "out", False: "among"}[certificate.present_excluded]
        return self._t(
            "allocate.not-excluded" if certificate.complete else "allocate.not-excluded-part",
            kept=f"{certificate.not_excluded:,}",
            ranges=ranges,
            unit=self._unit_name(),
            today=self._t(f"allocate.today.{today}"),
        )

    def _variant(self, flip: Flip) -> str:
        if flip.variant.label is not None:
            return flip.variant.label.get(self.lang)
        return self._t("allocate.flips.reading", reading=self._t(f"reading.{flip.variant.id}"))

    def _origins(self, some: Sequence[Flip]) -> str:
        """Say on how many futures the flips stand, and at which step, once for those alike."""
        kinds: dict[tuple[int, int, int], list[str]] = {}
        for flip in some:
            numbers = (flip.variant.search.grid.step_yuan, flip.searched_n, flip.n)
            kinds.setdefault(numbers, []).append(flip.variant.kind)
        return self._t("sign.semicolon").join(
            self._t(
                "allocate.flips.numbers",
                kinds=self._t("sign.comma").join(
                    self._t(f"allocate.flips.kind.{kind}") for kind in dict.fromkeys(own)
                ),
                step=f"{step:,}",
                searched=count(searched),
                n=count(n),
            )
            for (step, searched, n), own in kinds.items()
        )

    def _moved(self, a: Split, b: Split, sign: int) -> str:
        shifts = zip(self._names.values(), a, b, strict=True)
        some = [(name, sign * (then - now)) for name, now, then in shifts]
        shown = [(name, yuan) for name, yuan in some if yuan > 0]
        if len(shown) == 1:
            return shown[0][0]
        return self._t("sign.comma").join(f"{name} {yuan:,}" for name, yuan in shown)

    def _named(self, split: Split) -> str:
        pairs = zip(self._names.values(), split, strict=True)
        return self._t("sign.comma").join(f"{name} {yuan:,}" for name, yuan in pairs)

    def _bare(self, split: Split) -> str:
        return "/".join(map(self._short, split))

    def _short(self, yuan: int) -> str:
        """Write an amount in the unit of :meth:`_unit_name`, exactly."""
        return f"{yuan / (10_000 if self.lang == 'zh' else 1_000):,.10g}"

    def _unit_name(self) -> str:
        return self._t("allocate.money-unit")


def value_in_words(value: Value, aim: Aim, lang: Lang) -> str:
    """Return what a split is worth, with its interval, in the digits that supports."""
    if aim.kind == "probability":
        return chance(value.mean, value.low, value.high, lang)
    digits = difference_digits(value.low, value.high)
    scale = 10.0**digits
    low = math.floor(round(value.low * scale, 6)) / scale
    high = math.ceil(round(value.high * scale, 6)) / scale
    return f"{value.mean:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def aim_label(aim: Aim, lang: Lang) -> str:
    """Return an aim in words."""
    if aim.name == "ranked-score" and aim.reading is not None:
        return t("allocate.aim.ranked-score-read", lang, reading=t(f"reading.{aim.reading}", lang))
    return t(f"allocate.aim.{aim.name}", lang, k=aim.k)


def unit_key(aim: Aim) -> str:
    """Return the key of the unit that differences of an aim are in."""
    if aim.kind == "count":
        return aim.name
    return aim.kind


def _spread(points: Sequence[Point]) -> list[Point]:
    """Return a few points, evenly spread, first and last among them."""
    if len(points) <= FRONTIER_LINES:
        return list(points)
    apart = (len(points) - 1) / (FRONTIER_LINES - 1)
    return [points[round(apart * i)] for i in range(FRONTIER_LINES)]


def upwards(value: float) -> str:
    """Write a bound with two digits, rounded up."""
    if value <= 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(value)))
    return f"{math.ceil(round(value * 10**digits, 6)) / 10**digits:,.{digits}f}"


def _signed_yuan(yuan: int) -> str:
    return f"{yuan:+,}" if yuan else "0"


def sure() -> str:
    """Return the confidence of every interval, in percent."""
    return f"{100 * CONFIDENCE:.4g}"


def _plain_table() -> Table:
    return Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
