"""The views of the calendar that only show: a bureau, a person, a list for a small screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboards import markup, rota
from dashboards.format import days as write_days
from dashboards.frame import View, heading
from dashboards.labels import person_labels
from dashboards.markup import SHORT, WIDE, Cell
from dashboards.rotation.cards import card, counter, counters
from dashboards.rotation.choice import choose, chosen, control
from dashboards.rotation.leaves import leaves_of, next_in_words, presence_of
from dashboards.rotation.personyear import person_year
from dashboards.texts import t
from dashboards.wallchart import TABLES, wall_chart


def bureau_chosen(view: View) -> str:
    """Offer the bureaus, and return the one that is chosen."""
    names = {x.id: x.name.get(view.lang) for x in view.scenario.organisation.bureaus}
    label = t("app.calendar.bureau.choose", view.lang)
    return control("where", list(names), label, names.__getitem__, label_visibility="collapsed")


def bureau_chart(view: View, bureau: str) -> str:
    """Return the wall chart of one bureau."""
    scenario = view.scenario
    organisation = scenario.organisation.model_copy(update={"bureaus": (scenario.bureau(bureau),)})
    own = scenario.model_copy(update={"organisation": organisation})
    tables = {name: view.run.table(name) for name in TABLES}
    for name in ("calendar", "leaves", "visits"):
        tables[name] = tables[name][tables[name]["bureau"] == bureau]
    return wall_chart(own, tables, view.lang, plan=view.run.head.plan_hash[:12])


def bureau_table(view: View, bureau: str) -> str:
    """Return the leaves, groups and days at post of a bureau, a row a leave."""
    lang, names = view.lang, person_labels(view.scenario, view.lang)
    rows: list[list[Cell]] = []
    for person in view.scenario.bureau(bureau).persons:
        presence = {check.period: check for check in presence_of(view.run, person.id)}
        for leave in leaves_of(view.run, person.id):
            groups = [
                t(
                    "app.calendar.next.group",
                    lang,
                    days=write_days(group.first, group.last, lang, year=False),
                    n=group.companies,
                )
                for group in leave.groups
            ]
            check = presence.get(leave.period)
            rows.append(
                [
                    names[person.id],
                    leave.period,
                    write_days(leave.first, leave.last, lang, year=False),
                    counter(check, lang) if check else t("app.none", lang),
                    t("app.list", lang).join(groups) or t("app.none", lang),
                ]
            )
    head = [t(f"app.column.{key}", lang) for key in ("person", "period", "leave")]
    head += [t(f"app.calendar.bureau.{key}", lang) for key in ("presence", "groups")]
    name = view.scenario.bureau(bureau).name.get(lang)
    caption = t("app.calendar.bureau.table", lang, bureau=name)
    align: Sequence[markup.Align] = [SHORT, SHORT, SHORT, SHORT, WIDE]
    return markup.table(head, rows, caption=caption, align=align)


def empty_days(view: View, bureau: str) -> str:
    """Say on which days nobody of a bureau is at post."""
    table = view.run.table("calendar")
    own = table[table["bureau"] == bureau]
    manned = own["status"].eq("post").groupby(own["date"]).any()
    empty = [date.fromisoformat(str(day)) for day in manned.index[~manned]]
    if not empty:
        return t("app.calendar.bureau.covered", view.lang)
    spans: list[list[date]] = []
    for day in sorted(empty):
        if spans and (day - spans[-1][-1]).days == 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    written = [write_days(span[0], span[-1], view.lang, year=False) for span in spans]
    days = t("app.list", view.lang).join(written)
    return t("app.calendar.bureau.together", view.lang, n=len(empty), days=days)


def person(view: View) -> None:
    """Draw the year of one person."""
    lang, run = view.lang, view.run
    heading(view, "app.calendar.person")
    who = _person_chosen(view)
    words = next_in_words(leaves_of(run, who), view.as_of, lang)
    title = t("app.calendar.next.title", lang)
    colon = "：" if lang == "zh" else ": "
    st.html(markup.paragraph(f"{title}{colon}{words}", "lead"))
    st.html(counters(presence_of(run, who), lang))
    status = rota.status_table(run.table("calendar"))
    st.html(person_year(view.scenario, status, who, lang) + rota.legend(lang))
    st.html(markup.paragraph(t("app.calendar.person.edge", lang)))


def cards(view: View) -> None:
    """Draw the list for a small screen: oneself first, then everybody else."""
    lang = view.lang
    heading(view, "app.calendar.list")
    who, names = _person_chosen(view), person_labels(view.scenario, lang)
    mine = card(view.run, who, names[who], view.as_of, lang)
    st.html(f'<div class="b-cards" role="list">{mine}</div>')
    others = "".join(
        card(view.run, key, name, view.as_of, lang) for key, name in names.items() if key != who
    )
    st.html(f'<h3 class="b-sub">{t("app.calendar.list.others", lang)}</h3>')
    st.html(f'<div class="b-cards" role="list">{others}</div>')


def _person_chosen(view: View) -> str:
    """Offer the persons, and return the one that is chosen."""
    names = person_labels(view.scenario, view.lang)
    keys = list(names)
    now = chosen("who", keys) or keys[0]
    st.session_state["calendar-who"] = now
    st.selectbox(
        t("app.calendar.person.choose", view.lang),
        keys,
        format_func=names.__getitem__,
        key="calendar-who",
        on_change=lambda: choose("who", st.session_state["calendar-who"]),
        width=360,
    )
    return now
