"""The nowcast on a page: odds against those of the start, amounts to come, how odds moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, figures, ledgerstore, markup, nowcasts, replanned, starting
from dashboards.chartbox import chart, table
from dashboards.fan import QUANTILES, asked, has_fan
from dashboards.figures import Forecast
from dashboards.format import chance, count, money, percent
from dashboards.format import day as write_day
from dashboards.frame import View, heading
from dashboards.labels import bureau_labels, rows_of
from dashboards.markup import NUMBER, Cell
from dashboards.odds import Odds, share
from dashboards.progress import FLOWS, Course, Flow
from dashboards.runs import Run, runs_root
from dashboards.texts import LANGS, t
from dashboards.yearcharts import course_chart, fan_frame, moved_chart, moved_frame, past_frame
from scenarios.part import Lang
from scenarios.targets import Target

_METRIC: Final[Mapping[Flow, figures.Amount]] = {"signed": "signed_yuan", "funds": "funds_yuan"}
_BUREAU_KEY: Final = "year-bureau"


def stored(run: Path) -> dict[str, Forecast]:
    """Return the nowcasts of a run by day, read once while nobody writes one."""
    files = sorted((run / nowcasts.NOWCASTS).glob("*.json"))
    found: dict[str, Forecast] = _stored(str(run), tuple(x.stat().st_mtime_ns for x in files))
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _stored(run: str, stamps: tuple[int, ...]) -> dict[str, Forecast]:
    del stamps
    return dict(nowcasts.stored(Path(run)))


def newest(found: Mapping[str, Forecast], day: date) -> Forecast | None:
    """Return the newest nowcast up to a day; None where there is none."""
    days = [iso for iso in found if iso <= day.isoformat()]
    return found[max(days)] if days else None


def start_of(run: Run) -> Forecast | None:
    """Return the forecast made at the start of the year; None where there is none.

    Of a plan made again that has none of its own it is that of the published plan.
    """
    if run.has_forecast:
        return run.forecast
    before = replanned.published(run, runs_root())
    return before.forecast if before is not None and before.has_forecast else None


def odds(view: View, cast: Forecast | None, ledger: Path) -> None:
    """Draw the odds of every target as of the nowcast's day, or how to get them."""
    heading(view, "app.year.nowcast")
    if cast is None:
        st.html(markup.notice(t("app.year.nowcast.none", view.lang)))
        _offer(view, ledger)
        return
    aged = _ageing(view, cast, ledger)
    if aged:
        st.html(markup.notice(aged, "alert"))
        _offer(view, ledger)
    st.html(_odds_table(view, cast))
    st.html(markup.paragraph(_origin(cast, view.lang)))


def _ageing(view: View, cast: Forecast, ledger: Path) -> str:
    """Say why a nowcast is not the last word: another plan, ledger or day; nothing if it is."""
    lang = view.lang
    made = date.fromisoformat(cast["as_of"])
    then = {"day": write_day(made, lang), "days": (view.as_of - made).days}
    if cast["plan_hash"] != view.run.head.plan_hash:
        return t("app.year.nowcast.other-plan", lang, **then)
    if cast["ledger"]["hash"] != ledgerstore.content_hash_at(ledger, view.scenario, made):
        return t("app.year.nowcast.changed", lang, **then)
    return t("app.year.nowcast.older", lang, **then) if made < view.as_of else ""


def _origin(cast: Forecast, lang: Lang) -> str:
    kind = "learned" if cast["calibrated"] else "prior"
    return t(
        "app.year.nowcast.origin",
        lang,
        day=write_day(date.fromisoformat(cast["as_of"]), lang),
        n=count(cast["n"]),
        tails=count(cast.get("tails", 1)),
        seed=cast["seed"],
        confidence=share(cast["confidence"], lang),
        rows=count(cast["ledger"]["rows"]),
        hash=cast["ledger"]["hash"][:12],
        kind=t(f"app.year.nowcast.{kind}", lang),
    )


def _odds_table(view: View, cast: Forecast) -> str:
    lang, scenario = view.lang, view.scenario
    start = start_of(view.run)
    names = bureau_labels(scenario, lang)
    targets = sorted(scenario.targets, key=lambda target: not target.main)
    rows: list[list[Cell]] = []
    for target in targets:
        found = [_odds_of(cast, key, target) for key in names]
        if not any(found):
            continue
        before = [_odds_of(start, key, target) for key in names]
        cells = [_cell(now, then, lang) for now, then in zip(found, before, strict=True)]
        rows.append([target.label.get(lang), *cells])
    joint = [_cell(_all_main(cast, key), _all_main(start, key), lang) for key in names]
    rows.insert(
        sum(target.main for target in targets), [t("app.cockpit.all_of_bureau", lang), *joint]
    )
    head = [t("app.column.target", lang), *names.values()]
    return markup.table(head, rows, caption=t("app.year.nowcast.title", lang))


def _odds_of(forecast: Forecast | None, bureau: str, target: Target) -> Odds | None:
    if forecast is None:
        return None
    data = forecast["bureaus"][bureau]["targets"].get(target.id)
    return None if data is None else Odds.read(data)


def _all_main(forecast: Forecast | None, bureau: str) -> Odds | None:
    return None if forecast is None else Odds.read(forecast["bureaus"][bureau]["all_main"])


def _cell(now: Odds | None, then: Odds | None, lang: Lang) -> Cell:
    if now is None:
        return t("app.not_for", lang)
    note = ""
    if then is not None:
        note = t("app.year.at-start", lang, p=percent(then.p, then.low, then.high, lang))
    return markup.odds_cell(now, lang, note)


def _offer(view: View, ledger: Path) -> None:
    """Offer to make the nowcast of the page's day as a job."""
    lang = view.lang
    if view.as_of >= view.scenario.horizon.end:
        st.html(markup.paragraph(t("app.year.nowcast.over", lang)))
        return
    if not access.may_plan():
        st.html(markup.paragraph(t("outlook.job.planners", lang)))
        return
    argv = nowcast_command(view.run, ledger, view.as_of)
    title: dict[Lang, str] = {
        one: t("app.year.nowcast.job", one, day=view.as_of, run=view.run.id) for one in LANGS
    }
    label = t("app.year.nowcast.button", lang, day=write_day(view.as_of, lang))
    starting.offer(argv, title, view, label=label, key=f"nowcast-{view.as_of}")


def nowcast_command(run: Run, ledger: Path, day: date) -> list[str]:
    """Return the command line that makes a nowcast, after ``bureau``.

    One of a plan made again that knows no earlier forecast is explained by the published plan's.
    """
    argv = ["nowcast", str(run.folder.resolve()), str(ledger.resolve()), "--as-of", day.isoformat()]
    before = replanned.published(run, runs_root())
    if before is None or nowcasts.earlier(run, day) or not nowcasts.earlier(before, day):
        return argv
    return [*argv, "--since-run", str(before.folder.resolve())]


def moved(view: View, found: Mapping[str, Forecast]) -> None:
    """Draw how the odds of the main targets moved over all stored nowcasts up to the day."""
    lang, scenario = view.lang, view.scenario
    shown = {iso: cast for iso, cast in found.items() if iso <= view.as_of.isoformat()}
    start = start_of(view.run)
    if len(shown) + (start is not None) < 2:
        return
    heading(view, "app.year.moved")
    targets = [target for target in scenario.targets if target.main]
    rows: list[list[Cell]] = []
    for place, target in zip(st.columns(len(targets), gap="medium"), targets, strict=True):
        data = moved_frame(scenario, target.id, start, shown, lang)
        ends = data.groupby("bureau", sort=False)["p"].agg(["first", "last"])
        changes = [
            t("app.year.moved.one", lang, bureau=name, first=share(a, lang), last=share(b, lang))
            for name, a, b in ends.itertuples()
        ]
        label = target.label.get(lang)
        said = t(
            "app.year.moved.alt", lang, target=label, changes=t("app.list", lang).join(changes)
        )
        with place:
            st.subheader(label, anchor=False)
            chart(moved_chart(scenario, data, lang), said)
        rows += [
            [
                f"{row['label']} · {row['bureau']} · {label}",
                chance(row["p"], row["low"], row["high"], lang),
            ]
            for row in rows_of(data)
        ]
    head = [t("app.year.until", lang), t("app.column.probability", lang)]
    table(head, rows, "app.year.moved.title", ("text", NUMBER), lang)


def amounts(view: View, course: Course, cast: Forecast | None) -> str | None:
    """Draw what came in up to the day and what may come; return the bureau, None for all."""
    heading(view, "app.year.course")
    lang, scenario = view.lang, view.scenario
    bureau = _bureau(view)
    start = start_of(view.run)
    fans = [None if one is None or not has_fan(one, bureau) else one for one in (cast, start)]
    missing = [key for key, one in zip(("now", "start"), fans, strict=True) if one is None]
    if missing:
        st.html(markup.notice(t(f"app.year.course.no-{'-'.join(missing)}", lang)))
    rows: list[list[Cell]] = []
    for place, flow in zip(st.columns(len(FLOWS), gap="medium"), FLOWS, strict=True):
        metric = _METRIC[flow]
        past = past_frame(scenario, course, flow, bureau, lang)
        now, before = (
            None if one is None else fan_frame(scenario, one, flow, bureau, lang) for one in fans
        )
        target = asked(scenario, metric, bureau)
        name = t(f"outlook.fan.{metric}", lang)
        reached = money(float(past["yuan"].iloc[-1]), lang)
        said = t(
            "app.year.course.alt", lang, metric=name, day=past["label"].iloc[-1], reached=reached
        )
        ahead = now if now is not None else before
        if ahead is not None:
            ends = {key: money(float(ahead[key].iloc[-1]), lang) for key in ("p10", "p50", "p90")}
            said += t("app.year.course.alt.end", lang, **ends)
        with place:
            st.subheader(name, anchor=False)
            chart(course_chart(scenario, past, now, before, target, lang), said)
            words = t("outlook.fan.target", lang, amount=money(target, lang)) if target else ""
            st.html(markup.paragraph(words or t(f"outlook.fan.no_target.{metric}", lang)))
        unknown = t("outlook.unknown", lang)
        rows += [
            [f"{label} · {name}", money(float(yuan), lang), *[unknown] * len(QUANTILES)]
            for label, yuan in past[["label", "yuan"]].iloc[1:].itertuples(index=False)
        ]
        if now is not None:
            rows += [
                [f"{label} · {name}", unknown, *(money(float(value), lang) for value in values)]
                for label, *values in now[["label", *QUANTILES]].iloc[1:].itertuples(index=False)
            ]
    head = [t("app.year.until", lang), t("app.year.reached", lang)]
    head += [key.upper() for key in QUANTILES]
    table(head, rows, "app.year.course.title", ("text", *[NUMBER] * (len(head) - 1)), lang)
    return bureau


def _bureau(view: View) -> str | None:
    """Offer all bureaus together, and each of them."""
    names = {"": t("app.all_bureaus", view.lang), **bureau_labels(view.scenario, view.lang)}
    if st.session_state.get(_BUREAU_KEY) not in names:
        st.session_state[_BUREAU_KEY] = ""
    chosen = st.segmented_control(
        t("app.column.bureau", view.lang),
        list(names),
        format_func=names.__getitem__,
        key=_BUREAU_KEY,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    return str(chosen) or None
