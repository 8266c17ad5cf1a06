"""What must be known before and behind the figures of a paper."""

from __future__ import annotations

from datetime import date

from dashboards import notices
from dashboards.exports.paper import Paragraph
from dashboards.format import count
from dashboards.format import day as write_day
from dashboards.odds import share
from dashboards.runs import Run
from dashboards.texts import t
from scenarios.part import Lang


def warnings(run: Run, lang: Lang) -> list[Paragraph]:
    """Return what must be known first: invented data, predicted days, edited files, a stop."""
    said = [notices.invented(run.scenario, lang), notices.predicted(run.scenario, lang)]
    edited = run.edited()
    if edited:
        said.append(t("paper.edited", lang, files=", ".join(edited)))
    if not run.head.complete:
        said.append(t("app.stopped", lang))
    return [Paragraph(words, "alert") for words in said if words]


def sources(run: Run, as_of: date, lang: Lang) -> list[Paragraph]:
    """Return what the figures mean, how many futures they stand on, and where they come from."""
    said = []
    if run.has_forecast:
        forecast = run.forecast
        said.append(t("app.cockpit.definition", lang))
        said.append(
            t(
                "paper.sample",
                lang,
                n=count(forecast["n"]),
                tails=count(forecast.get("tails", 1)),
                seed=forecast["seed"],
                confidence=share(forecast["confidence"], lang),
            )
        )
    said.append(origin(run, as_of, lang))
    return [Paragraph(words, "note") for words in said]


def origin(run: Run, as_of: date, lang: Lang) -> str:
    """Say which run, scenario and plan it is, and when it was made."""
    head = run.head
    return t(
        "paper.origin",
        lang,
        run=run.id,
        asof=write_day(as_of, lang),
        scenario=head.scenario_hash[:12],
        plan=head.plan_hash[:12],
        created=write_day(head.created.date(), lang),
        time=head.created.strftime("%H:%M"),
        version=head.versions.get("bureau-planner", "?"),
    )
