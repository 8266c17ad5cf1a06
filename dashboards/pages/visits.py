"""Company visits: the groups week by week, who receives them, and every company's answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboards import downloads, frame, handouts, markup, visiting, whycompany
from dashboards.format import day as write_day
from dashboards.format import days as write_days
from dashboards.frame import View, heading
from dashboards.labels import person_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell
from dashboards.palette import Outlook
from dashboards.texts import t
from dashboards.visiting import PLACED, Asker, Group
from scenarios.part import Lang

_PERIOD: Final = "visits-period"
_GROUP: Final = "visits-group"
_STATUS: Final = "visits-status"
_BUREAU: Final = "visits-bureau"
_COMPANY: Final = "visits-company"
_ALL: Final = ""
_TONES: Final[dict[str, Outlook]] = {PLACED: "course", "screened-out": "out"}


def show() -> None:
    """Draw the page."""
    frame.page("visits", _body)


def _body(view: View) -> None:
    st.html(visiting.STYLE)
    found = visiting.groups(view.run)
    askers = visiting.queue(view.run, found)
    _sentence(view, found, askers)
    downloads.offer(view, handouts.of("visits", view))
    if found:
        _weeks(view, found)
        _one_group(view, found)
        _leaders(view, found)
    _queue(view, askers)
    _why(view, askers)
    _elsewhere(view, askers)


def _sentence(view: View, found: Sequence[Group], askers: Sequence[Asker]) -> None:
    """Say how many come, and when the next group does."""
    lang = view.lang
    placed = sum(asker.status == PLACED for asker in askers)
    words = t("app.visits.sentence", lang, groups=len(found), placed=placed, companies=len(askers))
    coming = next((group for group in found if group.end >= view.as_of), None)
    if coming is None:
        words += t("app.visits.sentence.over", lang)
    else:
        group = visiting.describe(view.scenario, coming, lang)
        words += t("app.visits.sentence.next", lang, group=group)
    st.html(markup.paragraph(words, "lead"))


def _weeks(view: View, found: Sequence[Group]) -> None:
    """Draw the weeks of one period: the as-of date's unless another is chosen."""
    heading(view, "app.visits.weeks")
    lang, scenario = view.lang, view.scenario
    days, today = scenario.days, scenario.days.day_of(view.as_of)
    periods = {period.label: period for period in scenario.periods}
    now = next(p.label for p in scenario.periods if p.start <= today < p.stop)
    if st.session_state.get(_PERIOD) not in periods:
        st.session_state[_PERIOD] = now
    chosen = st.segmented_control(
        t("app.column.period", lang),
        list(periods),
        key=_PERIOD,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    period = periods[chosen or now]
    first, last = days.date_of(period.start), days.date_of(period.stop - 1)
    weeks = visiting.weeks_of(scenario, first, last)
    caption = t("app.visits.weeks.caption", lang, period=period.label)
    st.html(visiting.week_grid(view.run, found, weeks, lang, caption=caption))


def _one_group(view: View, found: Sequence[Group]) -> None:
    """Draw one group as a card: who comes, who goes with them, who receives them."""
    heading(view, "app.visits.group")
    lang, scenario = view.lang, view.scenario
    by_id = {group.id: group for group in found}
    if st.session_state.get(_GROUP) not in by_id:
        coming = next((group for group in found if group.end >= view.as_of), found[0])
        st.session_state[_GROUP] = coming.id
    st.selectbox(
        t("app.visits.group.choose", lang),
        list(by_id),
        format_func=lambda key: visiting.describe(scenario, by_id[key], lang),
        key=_GROUP,
        persist_state="session",
    )
    group = by_id[st.session_state[_GROUP]]
    st.html(markup.listing(visiting.describe(scenario, group, lang), _facts(view, group)))
    companies = {company.id: company for company in scenario.companies}
    chains = {chain.id: chain.name.get(lang) for chain in scenario.organisation.chains}
    rows: list[list[Cell]] = [
        [
            companies[key].name.get(lang),
            chains[companies[key].chain],
            t(f"app.visits.class.{companies[key].enterprise_class}", lang),
            t(f"app.visits.expects.{companies[key].expects}", lang),
            str(companies[key].priority),
            visiting.windows_in_words(companies[key].windows, lang),
        ]
        for key in group.companies
    ]
    head = _heads(view, "company", "chain", "class", "expects", "priority", "windows")
    align: list[Align] = ["text", "text", SHORT, SHORT, NUMBER, "text"]
    caption = t("app.visits.group.caption", lang)
    st.html(markup.table(head, rows, caption=caption, align=align))


def _facts(view: View, group: Group) -> list[str]:
    lang, scenario = view.lang, view.scenario
    met = t("app.visits.group.nobody", lang)
    if group.leader is not None and group.leader_day is not None:
        leader, day = scenario.leader(group.leader).title.get(lang), group.leader_day
        met = t("app.visits.group.met", lang, leader=leader, day=write_day(day, lang, year=False))
    chains = {chain.id: chain.name.get(lang) for chain in scenario.organisation.chains}
    return [
        t("app.visits.group.days", lang, days=write_days(group.start, group.end, lang)),
        t("app.visits.group.escort", lang, person=person_labels(scenario, lang)[group.escort]),
        met,
        t(
            "app.visits.group.host",
            lang,
            unit=scenario.host_unit(group.host_unit).name.get(lang),
            chain=chains[group.chain],
        ),
        t("app.visits.group.seats", lang, n=len(group.companies), seats=group.seats),
    ]


def _leaders(view: View, found: Sequence[Group]) -> None:
    """Draw how many groups each leader receives a month against what the diary allows."""
    heading(view, "app.visits.leaders")
    lang, scenario = view.lang, view.scenario
    counts = visiting.loads(found)
    months = [month.label for month in scenario.days.months]
    rows: list[list[Cell]] = [
        [
            leader.title.get(lang),
            str(leader.groups_per_month),
            *(str(counts.get((leader.id, month), 0) or "") for month in months),
            str(sum(counts.get((leader.id, month), 0) for month in months)),
        ]
        for leader in scenario.organisation.leaders
    ]
    if not rows:
        st.html(markup.paragraph(t("app.visits.leaders.none", lang)))
        return
    head = [*_heads(view, "leader", "monthly_limit"), *months, t("app.column.total", lang)]
    align: list[Align] = ["text", *[NUMBER] * (len(head) - 1)]
    caption = t("app.visits.leaders.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))


def _queue(view: View, askers: Sequence[Asker]) -> None:
    """List every company with what the plan answers it, by bureau and answer."""
    heading(view, "app.visits.queue")
    lang, scenario = view.lang, view.scenario
    counts = Counter(asker.status for asker in askers)
    names = {_ALL: t("app.all_bureaus", lang)}
    names |= {bureau.id: bureau.name.get(lang) for bureau in scenario.organisation.bureaus}
    states = {_ALL: t("app.visits.status.all", lang, n=len(askers))}
    states |= {key: t(f"app.visits.status.{key}", lang, n=n) for key, n in counts.most_common()}
    left, right = st.columns([1, 2], gap="medium")
    bureau = left.selectbox(
        t("app.column.bureau", lang),
        list(names),
        format_func=names.__getitem__,
        key=_BUREAU,
        persist_state="session",
    )
    status = right.selectbox(
        t("app.column.answer", lang),
        list(states),
        format_func=states.__getitem__,
        key=_STATUS,
        persist_state="session",
    )
    shown = [
        asker
        for asker in askers
        if bureau in (_ALL, asker.company.bureau) and status in (_ALL, asker.status)
    ]
    chains = {chain.id: chain.name.get(lang) for chain in scenario.organisation.chains}
    rows: list[list[Cell]] = [
        [
            asker.company.name.get(lang),
            names[asker.company.bureau],
            chains[asker.company.chain],
            str(asker.company.priority),
            visiting.windows_in_words(asker.company.windows, lang),
            _status(asker, lang),
            visiting.answer_in_words(scenario, asker, lang),
        ]
        for asker in shown
    ]
    if not rows:
        st.html(markup.paragraph(t("app.visits.queue.none", lang)))
        return
    head = _heads(view, "company", "bureau", "chain", "priority", "windows", "outlook", "answer")
    align: list[Align] = ["text", "text", "text", NUMBER, "text", SHORT, WIDE]
    caption = t("app.visits.queue.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=align, tall=True))


def _status(asker: Asker, lang: Lang) -> Cell:
    return markup.flag(_TONES.get(asker.status, "risk"), t(f"app.visits.word.{asker.status}", lang))


def _why(view: View, askers: Sequence[Asker]) -> None:
    """Answer for one company what another arrangement would cost, or what forbids it."""
    heading(view, "app.visits.why")
    lang = view.lang
    by_id = {asker.company.id: asker for asker in askers}
    if not by_id:
        st.html(markup.paragraph(t("app.visits.queue.none", lang)))
        return
    if st.session_state.get(_COMPANY) not in by_id:
        first = next((x for x in askers if x.status != PLACED), askers[0])
        st.session_state[_COMPANY] = first.company.id
    st.selectbox(
        t("app.visits.why.company", lang),
        list(by_id),
        format_func=lambda key: t(
            "app.visits.why.option",
            lang,
            company=by_id[key].company.name.get(lang),
            status=t(f"app.visits.word.{by_id[key].status}", lang),
        ),
        key=_COMPANY,
        persist_state="session",
    )
    whycompany.card(view, by_id[st.session_state[_COMPANY]])


def _elsewhere(view: View, askers: Sequence[Asker]) -> None:
    """List what is received outside the leaves: by which unit, which companies, from when."""
    heading(view, "app.visits.elsewhere")
    lang, scenario = view.lang, view.scenario
    rows: list[list[Cell]] = []
    for unit in scenario.organisation.host_units:
        own = [asker for asker in askers if asker.unit == unit.id]
        if own:
            dated = sorted(own, key=lambda asker: (asker.day is None, asker.day, asker.company.id))
            said = [
                t(
                    "app.span",
                    lang,
                    what=asker.company.name.get(lang),
                    days=write_day(asker.day, lang, year=False) if asker.day else "–",
                )
                for asker in dated
            ]
            rows.append([unit.name.get(lang), str(len(own)), t("app.list", lang).join(said)])
    if not rows:
        st.html(markup.paragraph(t("app.visits.elsewhere.none", lang)))
        return
    head = _heads(view, "host", "companies", "first_day")
    align: list[Align] = ["text", NUMBER, WIDE]
    st.html(markup.table(head, rows, caption=t("app.visits.elsewhere.title", lang), align=align))


def _heads(view: View, *keys: str) -> list[str]:
    return [t(f"app.column.{key}", view.lang) for key in keys]
