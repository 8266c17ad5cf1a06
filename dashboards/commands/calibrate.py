"""``bureau calibrate``: let a run's scenario learn from a ledger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dashboards.commands.options import JsonOption, LangOption, RunArgument, both
from scenarios.part import Lang

if TYPE_CHECKING:
    from scenarios.model import Scenario
    from sim.calibration import Calibration, Finding, Spread

_YAML: Final = (".yaml", ".yml")


def calibrate(
    run: RunArgument,
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help=both("option.ledger"))],
    as_of: Annotated[str, typer.Option("--as-of", help=both("option.calibrate-as-of"))],
    target: Annotated[
        Path | None, typer.Option("--out", help=both("option.calibrate-out"), show_default=False)
    ] = None,
    pooling: Annotated[
        float, typer.Option("--pooling", min=0, max=0.99, help=both("option.calibrate-pooling"))
    ] = 0.0,
    tail: Annotated[
        Literal["lognormal", "heavy"], typer.Option("--tail", help=both("option.calibrate-tail"))
    ] = "lognormal",
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Print each assumption before and after the records, and write the scenario that learned."""
    from datetime import date

    from dashboards.commands.asking import day_in
    from dashboards.commands.failing import failing_in_words
    from dashboards.ledgers import open_ledger
    from dashboards.runs import find_run
    from dashboards.terminal import err, out, print_json
    from dashboards.texts import t
    from sim.calibrate import calibrate as calibrate_scenario

    with failing_in_words(lang, as_json):
        stored = find_run(run)
        day_in(stored.scenario, as_of)
        day = date.fromisoformat(as_of)
        read = open_ledger(ledger, stored.scenario, day)
        if read.faults:
            err().print(t("calibrate.faults", lang, n=len(read.faults), folder=ledger))
        found = calibrate_scenario(
            read, stored.scenario, stored.plan, day, pooling=pooling, tail=tail
        )
        if target is not None:
            _write(target, found.scenario)
        if as_json:
            print_json(
                {**found.to_json(), "faults": len(read.faults), "out": target and str(target)}
            )
            return
        for line in _lines(found, stored.scenario, lang):
            out().print(line, soft_wrap=True)
        if target is not None:
            out().print(t("calibrate.written", lang, target=target), soft_wrap=True)


def _write(target: Path, scenario: Scenario) -> None:
    from scenarios.files import write_file
    from scenarios.writing import scenario_yaml, write_folder

    if target.suffix.lower() in _YAML:
        write_file(target, scenario_yaml(scenario).encode())
    else:
        write_folder(target, scenario, scenario.id)


def _lines(found: Calibration, scenario: Scenario, lang: Lang) -> list[str]:
    """Say what was learned, an assumption and bureau a line, and what was not."""
    from dashboards.texts import t

    learned = [finding for finding in found.findings if finding.learned]
    if not learned:
        return [t("calibrate.nothing", lang, as_of=found.as_of)]
    names = {bureau.id: bureau.name.get(lang) for bureau in scenario.organisation.bureaus}
    labels = {item.id: item.label.get(lang) for item in scenario.assumptions.items}
    said = [t("calibrate.heading", lang, as_of=found.as_of)]
    # A factor that went into another share is named there.
    told = [x for x in learned if x.note is None or x.posterior.p10 < x.posterior.p90]
    for name in dict.fromkeys(finding.assumption for finding in told):
        said.append(labels[name])
        said += _about([x for x in learned if x.assumption == name], names, lang)
    rest = [labels[name] for name in labels if name not in {x.assumption for x in learned}]
    mark = "、" if lang == "zh" else ", "
    said.append(t("calibrate.prior-only", lang, n=len(rest), names=mark.join(rest)))
    for key, law in (("leads", found.closing), ("visited", found.closing_visited)):
        share, days = f"{law.share:.0%}", f"{law.median_days:.0f}"
        said.append(t(f"calibrate.closing.{key}", lang, share=share, days=days))
    if found.log_odds_heavy is not None:
        said.append(t("calibrate.tail", lang, odds=f"{found.log_odds_heavy:+.2f}"))
    return said


def _about(findings: list[Finding], names: dict[str, str], lang: Lang) -> list[str]:
    """Say what was learned of an assumption: once, where bureaus learned it together."""
    from dashboards.texts import t

    first = findings[0]
    if len(findings) == len(names) > 1 and all(
        replace(x, bureau=first.bureau) == first for x in findings
    ):
        return [_line(first, t("calibrate.all", lang), lang)]
    return [_line(finding, names[finding.bureau], lang) for finding in findings]


def _line(finding: Finding, bureau: str, lang: Lang) -> str:
    from dashboards.texts import t
    from sim.calibration import BASES

    note = "" if finding.note is None else t("calibrate.note", lang, note=finding.note.get(lang))
    return "  " + t(
        "calibrate.line",
        lang,
        bureau=bureau,
        before=_spread(finding.prior, finding.assumption, lang),
        after=_spread(finding.posterior, finding.assumption, lang),
        n=finding.n,
        basis=BASES[finding.basis].get(lang),
        note=note,
    )


def _spread(spread: Spread, assumption: str, lang: Lang) -> str:
    from dashboards.texts import t

    values = {
        name: _value(getattr(spread, name), assumption, lang) for name in ("mean", "p10", "p90")
    }
    return t("calibrate.spread", lang, **values)


def _value(value: float, assumption: str, lang: Lang) -> str:
    from dashboards.format import money
    from scenarios.assumptions import KNOWN

    match KNOWN[assumption].domain:
        case "yuan":
            return money(value, lang)
        case "probability":
            return f"{value:.1%}"
        case "factor":
            return f"{value:.2f}"
        case _:
            return f"{value:.1f}"
