"""``bureau stress``: what would have to be true for the odds of a stored plan to reach a goal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from sim.stress import Need, Stress
    from sim.tally import Key

SHOWN = 3
"""Levers of each probability on the screen."""


def stress(
    run: RunArgument,
    workers: WorkersOption,
    goal: Annotated[
        float, typer.Option("--goal", min=0.01, max=0.99, help=both("option.goal"))
    ] = 0.8,
    out: Annotated[
        Path | None, typer.Option("--out", help=both("option.stress-out"), show_default=False)
    ] = None,
    futures: Annotated[
        int,
        typer.Option("-n", "--futures", min=100, max=20_000, help=both("option.stress-futures")),
    ] = 500,
    seed: SeedOption = 1,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Find what would have to be true for each main probability to reach a goal."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.work import working
    from dashboards.runs import RunError, find_run
    from dashboards.store import check_new, write_stress
    from dashboards.terminal import out as console
    from dashboards.terminal import print_json

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        if out is not None:
            check_new(out)
        try:
            with working(lang) as work:
                found = work.stress(
                    stored.scenario, stored.plan, goal=goal, n=futures, seed=seed, workers=workers
                )
        except OverflowError as error:
            raise RunError("drivers.overflow", problem=error) from error
        if out is not None:
            write_stress(out, found)
        if as_json:
            print_json({"run": str(stored.folder), **found.to_json()})
        else:
            for line in _lines(stored, found, out, lang):
                console().print(line, soft_wrap=True)


def _lines(run: Run, found: Stress, out: Path | None, lang: Lang) -> Iterator[str]:
    from dashboards.format import chance
    from dashboards.odds import share
    from dashboards.texts import t

    title = run.scenario.title.get(lang)
    goal = share(found.goal, lang)
    yield t("stress.title", lang, title=title, run=run.id, goal=goal)
    for key, needs in found.needs.items():
        base = found.base[key]
        odds = chance(base.p, base.low, base.high, lang)
        yield t("stress.heading", lang, what=named(run, key, lang), odds=odds)
        if base.p >= found.goal:
            yield t("stress.there", lang)
        elif not needs:
            yield t("stress.nothing", lang)
        else:
            said = [need_words(run, need, lang) for need in needs[:SHOWN]]
            yield t("stress.levers", lang, levers=t("sign.semicolon", lang).join(said))
    yield t("stress.legend", lang, goal=goal)
    yield t("stress.origin", lang, n=found.n, tails=found.tails, seed=found.seed)
    if out is not None:
        yield t("drivers.stored", lang, folder=out)


def named(run: Run, key: Key, lang: Lang) -> str:
    """Return what a probability is called."""
    from dashboards.labels import bureau_labels
    from dashboards.texts import t

    names = bureau_labels(run.scenario, lang)
    targets = {target.id: target.label.get(lang) for target in run.scenario.targets}
    n = len(names)
    match key:
        case ("target", bureau, target):
            return t("outlook.pair", lang, bureau=names[bureau], target=targets[target])
        case ("all_main", bureau):
            return t("drivers.all-main", lang, bureau=names[bureau])
        case ("at_least", k):
            return t("app.joint.all" if k == str(n) else "app.joint.at_least", lang, k=k, n=n)
        case (_, target):
            return t("app.joint.target", lang, target=targets[target])
    msg = f"key: found {key}; allowed: a main probability"
    raise ValueError(msg)


def need_words(run: Run, need: Need, lang: Lang) -> str:
    """Say what one lever would have to be, or how far it gets."""
    from dashboards.format import chance
    from dashboards.texts import t
    from sim.stress import BUDGET

    label = (
        t("stress.budget", lang)
        if need.lever == BUDGET
        else run.scenario.assumptions[need.lever].label.get(lang)
    )
    one = need.estimate
    return t(
        f"stress.{'reached' if need.reached else 'short'}",
        lang,
        label=label,
        factor=f"{need.factor:.3g}",
        odds=chance(one.p, one.low, one.high, lang),
    )
