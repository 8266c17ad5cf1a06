"""``bureau nowcast``: where a year under way may end, from a ledger and a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.commands.options import (
    FuturesOption,
    JsonOption,
    LangOption,
    RunArgument,
    SeedOption,
    WorkersOption,
    both,
)
from dashboards.nowcasts import FUTURES, SEED
from scenarios.part import Lang

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from dashboards.nowcasts import Earlier
    from dashboards.runs import Run


def nowcast(
    run: RunArgument,
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    as_of: Annotated[str, typer.Option("--as-of", help=both("option.nowcast-as-of"))],
    workers: WorkersOption,
    futures: FuturesOption = FUTURES,
    seed: SeedOption = SEED,
    prior: Annotated[bool, typer.Option("--prior", help=both("option.prior"))] = False,
    explain: Annotated[
        bool, typer.Option("--explain/--no-explain", help=both("option.nowcast-explain"))
    ] = True,
    since_run: Annotated[
        str | None,
        typer.Option(
            "--since-run", metavar="RUN", help=both("option.since-run"), show_default=False
        ),
    ] = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Forecast the rest of the year from what the ledger knows, and store it with the run."""
    from datetime import date

    from dashboards.commands.asking import day_in
    from dashboards.commands.failing import failing_in_words
    from dashboards.commands.work import working
    from dashboards.ledgers import open_ledger
    from dashboards.nowcasts import store
    from dashboards.runs import find_run
    from dashboards.terminal import err, out, print_json
    from dashboards.texts import t

    with failing_in_words(lang, as_json):
        given = find_run(run)
        day_in(given.scenario, as_of)
        day = date.fromisoformat(as_of)
        read = open_ledger(ledger, given.scenario, day)
        if read.faults:
            err().print(t("calibrate.faults", lang, n=len(read.faults), folder=ledger))
        before = _before(given, since_run, day) if explain else None
        with working(lang) as work:
            told = work.nowcast(
                given,
                read,
                day,
                n=futures,
                seed=seed,
                learn=not prior,
                explained_by=before,
                workers=workers,
            )
        path = store(given, told)
        if as_json:
            print_json({**told, "faults": len(read.faults), "file": str(path)})
            return
        for line in lines(told, given, lang):
            out().print(line, soft_wrap=True)
        out().print(t("nowcast.stored", lang, path=path), soft_wrap=True)


def _before(run: Run, since_run: str | None, day: date) -> Earlier | None:
    """Return what the nowcast is to be explained by.

    Raises
    ------
    RunError
        When the run that was named holds nothing to explain it by.
    """
    from dashboards.nowcasts import earlier
    from dashboards.runs import RunError, find_run

    if since_run is None:
        return earlier(run, day)
    found = earlier(find_run(since_run), day)
    if found is None:
        raise RunError("nowcast.no-earlier", usage=True, run=since_run)
    return found


def lines(told: Mapping[str, Any], run: Run, lang: Lang) -> Iterator[str]:
    """Say where each bureau stands and may end, and why that changed."""
    from dashboards.format import percent
    from dashboards.labels import bureau_labels
    from dashboards.texts import t

    names = bureau_labels(run.scenario, lang)
    yield t(
        "nowcast.heading",
        lang,
        as_of=told["as_of"],
        n=told["n"],
        tails=told["tails"],
        seed=told["seed"],
        rows=told["ledger"]["rows"],
        basis=t("nowcast.learned" if told["calibrated"] else "nowcast.prior", lang),
    )
    odds = told["joint"]["all_bureaus_main"]
    yield t("nowcast.together", lang, chance=percent(odds["p"], odds["low"], odds["high"], lang))
    for bureau, name in names.items():
        yield from _bureau(told, run, bureau, name, lang)
    if "revision" in told:
        yield from _revision(told["revision"], names, lang)


def _bureau(told: Mapping[str, Any], run: Run, bureau: str, name: str, lang: Lang) -> Iterator[str]:
    from dashboards.format import money, percent
    from dashboards.texts import t

    own, stands = told["bureaus"][bureau], told["standing"][bureau]
    end = own["quantiles"]["signed_yuan"]
    yield t(
        "nowcast.bureau",
        lang,
        bureau=name,
        came=money(stands["signed_yuan"], lang),
        low=money(end["p10"], lang),
        middle=money(end["p50"], lang),
        high=money(end["p90"], lang),
        **told["open"][bureau],
    )
    mark = "；" if lang == "zh" else "; "
    odds = (
        t(
            "nowcast.target",
            lang,
            target=target.target.label.get(lang),
            chance=percent(x["p"], x["low"], x["high"], lang),
        )
        for target in run.scenario.targets_of(bureau)
        for x in [own["targets"][target.target.id]]
    )
    yield t("nowcast.targets", lang, odds=mark.join(odds))


def _revision(why: Mapping[str, Any], names: Mapping[str, str], lang: Lang) -> Iterator[str]:
    from dashboards.format import money
    from dashboards.texts import t

    yield t("nowcast.why", lang, since=why["since"])
    mark = "，" if lang == "zh" else ", "
    every = {t("nowcast.all", lang): why["all"]} | {
        name: why["bureaus"][bureau] for bureau, name in names.items()
    }
    for name, own in every.items():
        change = own["signed_yuan"]
        steps = (
            t(f"nowcast.step.{x['step']}", lang, yuan=_more(x["yuan"], money(x["yuan"], lang)))
            for x in change["steps"]
            if x["yuan"]
        )
        yield t(
            "nowcast.change",
            lang,
            name=name,
            before=money(change["before"], lang),
            after=money(change["after"], lang),
            steps=mark.join(steps),
        )


def _more(yuan: float, said: str) -> str:
    """Put a plus before what adds."""
    return said if yuan < 0 else f"+{said}"
