"""What every page has around it: top bar, notices, footer, and words instead of tracebacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import address, checks, markup, notices, projector, rota
from dashboards.format import count
from dashboards.format import day as write_day
from dashboards.labels import distinct
from dashboards.odds import AT_RISK, ON_COURSE, share
from dashboards.runlist import Listed, listing
from dashboards.runs import Run, RunError, read_run, runs_root
from dashboards.texts import LANGS, t
from scenarios.model import Scenario
from scenarios.part import Lang

EXAMPLE: Final = "bureau run bole-2023"
"""The command an empty house names."""

_VERSION: Final = version("bureau-planner")

_LANGUAGE = st.components.v2.component(
    "bureau_language",
    js="""
export default function ({ data }) {
  document.documentElement.lang = data.lang
}
""",
)
_HTML_LANG: Final[dict[Lang, str]] = {"zh": "zh-CN", "en": "en"}


Draw = Callable[[], None]
DayOf = Callable[[Run], date | None]


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: one run, in one language, as of one day.

    Attributes
    ----------
    run
        The run.
    lang
        Language of all words.
    as_of
        A day of the horizon: what "this week" means.
    """

    run: Run
    lang: Lang
    as_of: date

    @property
    def scenario(self) -> Scenario:
        """The run's scenario."""
        return self.run.scenario


def page(name: str, body: Callable[[View], None], *, day: DayOf | None = None) -> None:
    """Draw a page: its frame, and its body where there is a run to show.

    Parameters
    ----------
    name
        Name of the page in the catalogue.
    body
        Draws what is the page's own; a :class:`RunError` out of it is said in words.
    day
        The as-of date of a run where the address names none; today where it is not given.
    """
    lang = _begin()
    found = listing(runs_root())
    view, problem = _view(found.runs, lang, day)
    if projector.on():
        projector.turn(name)
    else:
        _bar(found.runs, view, lang)
    st.title(t(f"app.{name}.title", lang), anchor=False)
    if view is not None:
        problem = _said(view, name, body)
    if problem is not None:
        st.html(markup.notice(problem.text(lang), "alert"))
        st.html(markup.paragraph(t("app.broken.remedy", lang, command=EXAMPLE)))
    elif view is None:
        _empty(lang)
    if found.problems:
        with st.expander(t("app.broken.others", lang, n=len(found.problems))):
            st.html("".join(markup.paragraph(fault.text(lang)) for fault in found.problems))


def desk(name: str, body: Callable[[Lang], None]) -> None:
    """Draw a page that stands without a run: its frame holds the language alone.

    Parameters
    ----------
    name
        Name of the page in the catalogue.
    body
        Draws what is the page's own; a :class:`RunError` out of it is said in words.
    """
    lang = _begin()
    _, right = st.columns([7, 2])
    with right:
        _language_switch(lang)
    st.title(t(f"app.{name}.title", lang), anchor=False)
    try:
        body(lang)
    except RunError as error:
        st.html(markup.notice(error.text(lang), "alert"))
    words = [t(f"app.{name}.definition", lang), t("app.footer.version", lang, version=_VERSION)]
    st.html(f'<footer class="b-footer">{"<br>".join(map(escape, words))}</footer>')


def _begin() -> Lang:
    """Write the address and the style of every page; return the language."""
    # First of all: whoever copies the address while a page is still being drawn gets a whole one.
    address.restore()
    st.html(markup.STYLE)
    st.html(rota.STYLE)
    return address.language()


def still(view: View, name: str, draw: Draw, *options: str) -> None:
    """Draw what a run alone decides: worked out once, and shown again to whoever comes next.

    Parameters
    ----------
    view
        The run and the language.
    name
        Name of the part, which no other has.
    draw
        Draws it; no widget may be among what it draws.
    *options
        What else decides it.
    """
    run = view.run
    written_ns = (run.folder / "run.json").stat().st_mtime_ns
    _still(name, str(run.folder), written_ns, view.lang, options, draw)


@st.cache_data(max_entries=256, show_spinner=False)
def _still(
    name: str, run: str, written_ns: int, lang: Lang, options: tuple[str, ...], _draw: Draw
) -> None:
    del name, run, written_ns, lang, options
    _draw()


def heading(view: View, section: str) -> None:
    """Write a section's heading, and under it what its figures mean."""
    st.html(markup.section(t(f"{section}.title", view.lang), t(f"{section}.note", view.lang)))


def audited(view: View) -> None:
    """Say what the audit of the calendar found; loudly where a rule is broken."""
    tally = checks.tally(checks.checks(view.run.audit))
    counts = {verdict: tally[verdict] for verdict in checks.ORDER}
    words = t("app.audited", view.lang, n=tally.total(), **counts)
    if tally["violated"]:
        st.html(markup.notice(words, "alert"))
    else:
        st.html(markup.paragraph(words))


def thresholds(lang: Lang) -> str:
    """Return how the words for probabilities are set."""
    return t("app.thresholds", lang, course=share(ON_COURSE, lang), risk=share(AT_RISK, lang))


def _said(view: View, name: str, body: Callable[[View], None]) -> RunError | None:
    """Draw the body; return what could not be read, for the page to say."""
    try:
        _notices(view)
        body(view)
        _footer(name, view)
    except RunError as error:
        return error
    except (KeyError, ValueError, StopIteration) as error:
        edited = view.run.edited()
        if not edited:
            raise
        # Tables may be edited by hand; what no longer fits the scenario is the reader's to mend.
        files = ", ".join(edited)
        return RunError("app.edited.broken", files=files, problem=str(error) or "?")
    return None


def _view(
    runs: Sequence[Listed], lang: Lang, day: DayOf | None
) -> tuple[View | None, RunError | None]:
    """Return what the address asks for, or why it cannot be shown."""
    if not runs:
        return None, None
    wanted = address.get("run") or _newest(runs, address.get("scenario")).id
    run = next((run for run in runs if run.id == wanted), None)
    if run is None:
        # A link to a run that is gone must not show another one as if it were the same.
        return None, RunError("app.broken.gone", run=wanted, folder=runs_root())
    address.put("run", run.id)
    address.put("scenario", run.scenario_id)
    try:
        stored = opened(run)
        return View(stored, lang, _day(stored, day)), None
    except RunError as error:
        return None, error


def _newest(runs: Sequence[Listed], scenario: str | None) -> Listed:
    """Return the newest run of a scenario, or of all where it has none."""
    return next((run for run in runs if run.scenario_id == scenario), runs[0])


def opened(run: Listed) -> Run:
    """Return a listed run as the pages share it, with the parts that were read before."""
    return _load(str(run.folder), run.written_ns)


@st.cache_resource(max_entries=8, show_spinner=False)
def _load(folder: str, written_ns: int) -> Run:
    """Open a run once: it keeps the parts it has read, and a rewritten one is another run."""
    del written_ns
    return read_run(Path(folder))


def _day(run: Run, default: DayOf | None) -> date:
    """Return the as-of date: as chosen, else the page's, else today, else the first day."""
    horizon = run.scenario.horizon
    asked = address.as_of()
    if asked is not None and asked in horizon:
        return asked
    for day in (default(run) if default else None, date.today()):
        if day is not None and day in horizon:
            return day
    return horizon.start


def _bar(runs: Sequence[Listed], view: View | None, lang: Lang) -> None:
    """Draw the top bar: scenario, run, as-of date, language."""
    first, left, middle, right = st.columns([4, 4, 2, 2])
    if runs:
        shown = next((run for run in runs if run.id == address.get("run")), None)
        _scenario_choice(first, runs, shown, lang)
        _run_choice(left, runs, shown, lang)
    if view is not None:
        st.session_state["bar-asof"] = view.as_of
        middle.date_input(
            t("app.bar.asof", lang),
            min_value=view.scenario.horizon.start,
            max_value=view.scenario.horizon.end,
            key="bar-asof",
            format="YYYY-MM-DD",
            on_change=lambda: address.put("asof", st.session_state["bar-asof"].isoformat()),
        )
    with right:
        _language_switch(lang)


def _scenario_choice(
    place: DeltaGenerator, runs: Sequence[Listed], shown: Listed | None, lang: Lang
) -> None:
    """Offer the scenarios that have runs; another one shows its newest run."""
    titles: dict[str, str] = {}
    for run in runs:
        titles.setdefault(run.scenario_id, run.title.get(lang))

    def choose() -> None:
        scenario = st.session_state["bar-scenario"]
        address.put("scenario", scenario)
        address.put("run", _newest(runs, scenario).id)

    st.session_state["bar-scenario"] = shown.scenario_id if shown else None
    place.selectbox(
        t("app.bar.scenario", lang),
        list(titles),
        format_func=distinct(titles).__getitem__,
        key="bar-scenario",
        on_change=choose,
        placeholder=t("app.bar.choose", lang),
    )


def _run_choice(
    place: DeltaGenerator, runs: Sequence[Listed], shown: Listed | None, lang: Lang
) -> None:
    """Offer the runs of the scenario that is shown, the newest first; all where none is."""
    offered = {
        run.id: f"{run.id} · {run.created.strftime('%Y-%m-%d %H:%M')} UTC"
        for run in runs
        if shown is None or run.scenario_id == shown.scenario_id
    }
    st.session_state["bar-run"] = shown.id if shown else None
    place.selectbox(
        t("app.bar.run", lang),
        list(offered),
        format_func=offered.__getitem__,
        key="bar-run",
        on_change=lambda: address.put("run", st.session_state["bar-run"]),
        placeholder=t("app.bar.choose", lang),
    )


def _language_switch(lang: Lang) -> None:
    """Offer the languages, and tell the browser which one the page is in."""
    st.session_state["bar-lang"] = lang
    st.segmented_control(
        t("app.bar.lang", lang),
        LANGS,
        format_func=lambda key: t("app.language", key),
        key="bar-lang",
        required=True,
        on_change=lambda: address.put("lang", st.session_state["bar-lang"]),
    )
    _LANGUAGE(data={"lang": _HTML_LANG[lang]}, key="language")


def _notices(view: View) -> None:
    """Say what must be known before any figure is read."""
    lang, run = view.lang, view.run
    said = [notices.invented(view.scenario, lang), notices.predicted(view.scenario, lang)]
    boxes = [markup.notice(words) for words in said if words]
    edited = run.edited()
    if edited:
        boxes.append(markup.notice(t("app.edited", lang, files=", ".join(edited)), "alert"))
    if not run.head.complete:
        boxes.append(markup.notice(t("app.stopped", lang), "alert"))
    if boxes:
        st.html("".join(boxes))


def _footer(name: str, view: View) -> None:
    """Say what the figures mean and where they come from."""
    lang, head = view.lang, view.run.head
    lines = [t(f"app.{name}.definition", lang)]
    if view.run.has_forecast:
        forecast = view.run.forecast
        lines.append(
            t(
                "app.footer.forecast",
                lang,
                n=count(forecast["n"]),
                tails=count(forecast.get("tails", 1)),
                seed=forecast["seed"],
                confidence=share(forecast["confidence"], lang),
                engine=forecast["engine"],
            )
        )
    lines.append(
        t(
            "app.footer.origin",
            lang,
            run=view.run.id,
            asof=write_day(view.as_of, lang),
            scenario=head.scenario_hash[:12],
            plan=head.plan_hash[:12],
            created=head.created.strftime("%Y-%m-%d %H:%M UTC"),
            version=head.versions.get("bureau-planner", "?"),
        )
    )
    body = "<br>".join(escape(line) for line in lines)
    st.html(f'<footer class="b-footer">{body}</footer>')


def _empty(lang: Lang) -> None:
    """Say how to make the first run."""
    st.html(markup.paragraph(t("app.empty.lead", lang), "lead"))
    st.html(markup.command(EXAMPLE))
    st.html(markup.paragraph(t("app.empty.where", lang, folder=runs_root().absolute())))
