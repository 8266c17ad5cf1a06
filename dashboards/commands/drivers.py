"""``bureau drivers``: what moves the odds of a stored plan, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dashboards.commands.options import (
    JsonOption,
    LangOption,
    RunArgument,
    SeedOption,
    WorkersOption,
    both,
)
from scenarios.part import Lang

if TYPE_CHECKING:
    from dashboards.runs import Run
    from sim.drivers import Chance, Drivers
    from sim.misses import Contrast
    from sim.tornado import Bar

SHOWN = 3
"""Levers, and differences of missed years, on the screen."""


def drivers(
    run: RunArgument,
    workers: WorkersOption,
    target: Annotated[
        str | None, typer.Option("--target", help=both("option.target"), show_default=False)
    ] = None,
    by: Annotated[
        Literal["signed", "score"], typer.Option("--by", help=both("option.by"))
    ] = "signed",
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.drivers-out"), show_default=False)
    ] = None,
    futures: Annotated[
        int,
        typer.Option("-n", "--futures", min=200, max=20_000, help=both("option.drivers-futures")),
    ] = 2000,
    seed: SeedOption = 1,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Find what drives the odds of a stored plan."""
    from dashboards.commands.asking import known
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.work import working
    from dashboards.runs import RunError, find_run
    from dashboards.store import check_new, write_drivers
    from dashboards.terminal import out as console
    from dashboards.terminal import print_json

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        scenario, plan = stored.scenario, stored.plan
        if target is not None:
            known(target, {x.id for x in scenario.targets})
        if out is not None:
            check_new(out)
        try:
            with working(lang) as work:
                found = work.drivers(
                    scenario,
                    plan,
                    n=futures,
                    seed=seed,
                    by="score" if by == "score" else "signed_yuan",
                    workers=workers,
                )
        except OverflowError as error:
            raise RunError("drivers.overflow", problem=error) from error
        if out is not None:
            write_drivers(out, found)
        if as_json:
            print_json({"run": str(stored.folder), **found.to_json()})
        else:
            for line in _lines(stored, found, target, out, lang):
                console().print(line, soft_wrap=True)


def _lines(
    run: Run, found: Drivers, target: str | None, out: Path | None, lang: Lang
) -> Iterator[str]:
    from dashboards.texts import t

    title = run.scenario.title.get(lang)
    yield t("drivers.title", lang, title=title, run=run.id)
    said = Screen(found, lang)
    yield from said.city(target)
    for bureau in found.bureaus:
        yield from said.bureau(bureau, target)
    yield t("drivers.legend", lang)
    yield said.replays()
    n, draws = found.tornado.n, found.cohorts.thetas
    facts = {"n": n, "draws": draws, "reps": found.cohorts.job.reps, "seed": found.seed}
    yield t("drivers.origin", lang, **facts)
    if out is not None:
        yield t("drivers.stored", lang, folder=out)


class Screen:
    """What drives the odds, in the words of one language."""

    def __init__(self, found: Drivers, lang: Lang) -> None:
        from dashboards.labels import bureau_labels

        self.found = found
        self.lang: Lang = lang
        self.names = bureau_labels(found.scenario, lang)
        self.labels = {x.id: x.label.get(lang) for x in found.scenario.assumptions.items}
        self.targets = {x.id: x.label.get(lang) for x in found.scenario.targets}

    def city(self, target: str | None) -> Iterator[str]:
        """Say what drives all bureaus together; of odds too small to explain, the next larger."""
        if target is not None:
            what = self._t("drivers.everywhere", target=self.targets[target])
            yield from self._block(self.found.chance("target_everywhere", target), what)
            return
        every = len(self.found.bureaus)
        k = next((k for k in range(every, 1, -1) if self._explainable(k)), 1)
        if k < every:
            whole = self._odds(self.found.chance("at_least", str(every)))
            yield self._t("drivers.too-rare", k=k, every=every, odds=whole)
        yield from self._block(
            self.found.chance("at_least", str(k)), self._t("drivers.at-least", k=k, every=every)
        )

    def bureau(self, bureau: str, target: str | None) -> Iterator[str]:
        """Say what drives one bureau; nothing where the target is not for it."""
        name = self.names[bureau]
        if target is None:
            what = self._t("drivers.all-main", bureau=name)
            yield from self._block(self.found.chance("all_main", bureau), what)
        elif ("target", bureau, target) in self.found.tornado.keys:
            what = self._t("drivers.target", bureau=name, target=self.targets[target])
            yield from self._block(self.found.chance("target", bureau, target), what)
        else:
            return
        yield self._shortage(bureau)
        yield self._limits(bureau)

    def replays(self) -> str:
        """Say which futures are the bad, the middling and the good one."""
        from dashboards.format import money, points

        def said(name: str) -> str:
            own = self.found.replays[name]
            value = points(own.value) if own.by == "score" else money(own.value, self.lang)
            return self._t("drivers.replay", name=name.upper(), future=own.future, value=value)

        return self._t("drivers.replays", futures=self._joined(map(said, self.found.replays)))

    def _explainable(self, k: int) -> bool:
        return self.found.chance("at_least", str(k)).misses is not None

    def _block(self, chance: Chance, what: str) -> Iterator[str]:
        yield self._heading(chance, what)
        yield self._t("drivers.levers", levers=self._joined(map(self._lever, clear(chance.levers))))
        worth = next((x for x in chance.records if not x.unclear), None)
        if worth is None:
            yield self._t("drivers.no-record")
        else:
            trait = self._trait(self.labels[worth.assumption], worth.bureau, chance)
            shares = {x: f"{100 * getattr(worth, x):.0f}" for x in ("share", "low", "high")}
            yield self._t("drivers.record", trait=trait, moves=f"{100 * worth.sd:.1f}", **shares)
        if chance.misses is None:
            yield self._t("drivers.no-misses")
        else:
            some = [x for x in chance.misses if not x.unclear][:SHOWN]
            said = self._joined(self._contrast(x, chance) for x in some)
            yield self._t("drivers.misses", traits=said)

    def _heading(self, chance: Chance, what: str) -> str:
        unknown = chance.ignorance
        odds = self._odds(chance)
        if unknown.band is None or unknown.share is None:
            return self._t("drivers.heading", what=what, odds=odds)
        low, high = (_percentage(x) for x in unknown.band)
        share = f"{100 * unknown.share:.0f}"
        return self._t(
            "drivers.heading-band", what=what, odds=odds, low=low, high=high, share=share
        )

    def _odds(self, chance: Chance) -> str:
        from dashboards.format import chance as in_words

        found = chance.estimate
        return in_words(found.p, found.low, found.high, self.lang)

    def _lever(self, bar: Bar) -> str:
        swing = bar.swing
        numbers = {x: f"{100 * getattr(swing, x):+.1f}" for x in ("mean", "low", "high")}
        return self._t(f"drivers.lever.{bar.how}", label=self.labels[bar.assumption], **numbers)

    def _contrast(self, contrast: Contrast, chance: Chance) -> str:
        label = (
            self.labels[contrast.name]
            if contrast.kind == "parameter"
            else self._t(f"drivers.outcome.{contrast.name}")
        )
        trait = self._trait(label, contrast.bureau, chance)
        key = "drivers.lower" if contrast.sd < 0 else "drivers.higher"
        return self._t(key, trait=trait, sd=f"{abs(contrast.sd):.1f}")

    def _trait(self, label: str, bureau: str | None, chance: Chance) -> str:
        if bureau is None or chance.key[0] in ("target", "all_main"):
            return label
        return self._t("drivers.of", bureau=self.names[bureau], label=label)

    def _shortage(self, bureau: str) -> str:
        from dashboards.format import day, percent

        found = self.found.shortage(bureau)
        end = found.by_month[-1][1]
        odds = percent(end.p, end.low, end.high, self.lang)
        if found.p10_date is None:
            return self._t("drivers.money", odds=odds)
        return self._t("drivers.money-by", odds=odds, day=day(found.p10_date, self.lang))

    def _limits(self, bureau: str) -> str:
        """Say of each limit in which month it is likeliest to bind first."""
        from dashboards.format import percent
        from sim.outcome import BINDING

        months = self.found.binding(bureau)

        def said(limit: str) -> str:
            most = max(months, key=lambda month: month.first[limit].p)
            odds = most.first[limit]
            return self._t(
                "drivers.limit",
                limit=self._t(f"limit.{limit}"),
                month=f"{most.until:%Y-%m}",
                odds=percent(odds.p, odds.low, odds.high, self.lang),
            )

        return self._t("drivers.limits", limits=self._joined(map(said, BINDING)))

    def _joined(self, parts: Iterator[str] | map[str]) -> str:
        return self._t("sign.semicolon").join(parts) or self._t("drivers.none")

    def _t(self, key: str, **values: object) -> str:
        from dashboards.texts import t

        return t(key, self.lang, **values)


def _percentage(p: float) -> str:
    """Write an end of the band; what rounds to nothing, or to certainty, is not said to be it."""
    if p < 0.001:
        return "< 0.1"
    return "> 99.9" if p > 0.999 else f"{100 * p:.1f}"


def clear(bars: tuple[Bar, ...]) -> tuple[Bar, ...]:
    """Return the longest bars whose interval does not hold 0."""
    return tuple(bar for bar in bars if not bar.swing.unclear)[:SHOWN]
