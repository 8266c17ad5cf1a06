"""The rule check: every rule, what it asks and finds, how clauses are read, and the duties."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pandas as pd
import streamlit as st

from dashboards import checks, downloads, findings, frame, handouts, markup, readings
from dashboards.checks import Check
from dashboards.format import day as write_day
from dashboards.frame import View, heading
from dashboards.labels import in_words, rows_of, subject_labels
from dashboards.markup import NUMBER, SHORT, WIDE, Align, Cell
from dashboards.spans import period_in_words
from dashboards.texts import t
from planner.rulebook import FAMILIES, RuleEntry, rulebook
from scenarios.part import Lang

_FAMILY: Final = "rules-family"
_RULE: Final = "rules-rule"
_VERDICT: Final = "rules-verdict"
_ALL: Final = ""


def show() -> None:
    """Draw the page."""
    frame.page("rules", _body)


def _body(view: View) -> None:
    found = checks.checks(view.run.audit)
    frame.audited(view)
    downloads.offer(view, handouts.of("rules", view))
    _overview(view, found)
    _one_rule(view, found)
    _readings(view)
    _duties(view)


def _overview(view: View, found: list[Check]) -> None:
    """List every rule of the rulebook with what the audit found, by family."""
    heading(view, "app.rules.overview")
    lang, book = view.lang, rulebook()
    counts = {count.rule: count for count in checks.by_rule(found)}
    families = {_ALL: t("app.rules.all", lang)}
    families |= {name: t(f"rules.family.{name}", lang) for name in FAMILIES}
    chosen = st.segmented_control(
        t("app.column.family", lang),
        list(families),
        format_func=families.__getitem__,
        default=_ALL,
        key=_FAMILY,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )
    # A rule of another version of the house, which this rulebook does not know, is still shown.
    known = [rule for rule, entry in book.items() if chosen in (None, _ALL, entry.family)]
    foreign = [rule for rule in counts if rule not in book and chosen in (None, _ALL)]
    rows: list[list[Cell]] = []
    for rule in sorted([*known, *foreign], key=lambda rule: _rank(counts.get(rule))):
        entry, count = book.get(rule), counts.get(rule)
        verdict = next((v for v in checks.ORDER if count and getattr(count, v)), None)
        said: Cell = t("app.rules.not_asked", lang)
        if verdict is not None:
            said = markup.flag(checks.TONE[verdict], t(f"app.verdict.{verdict}", lang))
        rows.append(
            [
                checks.rule_label(rule, lang),
                said,
                entry.asks.get(lang) if entry else "",
                t(f"rules.kind.{_kind(entry)}", lang) if entry else "",
                str(entry.weight) if entry and entry.weight else "",
                entry.clause if entry else "",
                *(str(getattr(count, verdict) if count else 0) for verdict in checks.ORDER),
            ]
        )
    keys = ("rule", "verdict", "asks", "kind", "weight", "clause")
    head = [t(f"app.column.{key}", lang) for key in keys]
    head += [t(f"app.verdict.{verdict}", lang) for verdict in checks.ORDER]
    align: list[Align] = ["text", SHORT, WIDE, SHORT, NUMBER, SHORT, NUMBER, NUMBER, NUMBER]
    caption = t("app.rules.overview.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=align, tall=True))


def _rank(count: checks.RuleCount | None) -> tuple[int, int]:
    return (-count.violated, -count.note) if count else (0, 1)


def _kind(entry: RuleEntry) -> str:
    return "wish" if not entry.hard else "negotiable" if entry.negotiable else "hard"


def _one_rule(view: View, found: list[Check]) -> None:
    """Draw one rule: what it asks, the numbers it goes by, and who meets it when."""
    heading(view, "app.rules.one")
    lang, book = view.lang, rulebook()
    tally = {rule: Counter(c.verdict for c in found if c.rule == rule) for rule in book}
    ids = sorted(book, key=lambda rule: [-tally[rule][verdict] for verdict in checks.ORDER[:2]])
    if st.session_state.get(_RULE) not in book:
        st.session_state[_RULE] = ids[0]
    left, right = st.columns([2, 1], gap="medium")
    left.selectbox(
        t("app.column.rule", lang),
        ids,
        format_func=lambda rule: t(
            "app.rules.one.option",
            lang,
            rule=book[rule].name.get(lang),
            violated=tally[rule]["violated"],
            note=tally[rule]["note"],
        ),
        key=_RULE,
        persist_state="session",
    )
    verdicts = {_ALL: t("app.rules.all", lang)}
    verdicts |= {verdict: t(f"app.verdict.{verdict}", lang) for verdict in checks.ORDER}
    verdict = right.selectbox(
        t("app.column.verdict", lang),
        list(verdicts),
        format_func=verdicts.__getitem__,
        key=_VERDICT,
        persist_state="session",
    )
    entry = book[st.session_state[_RULE]]
    st.html(markup.listing(entry.name.get(lang), _about(view, entry)))
    shown = [c for c in found if c.rule == entry.id and verdict in (_ALL, c.verdict)]
    if not shown:
        st.html(markup.paragraph(t("app.rules.one.none", lang)))
        return
    labels = subject_labels(view.scenario, lang)
    rows: list[list[Cell]] = [
        [
            in_words(check.subject, labels),
            period_in_words(view.scenario, check.period, lang),
            markup.flag(checks.TONE[check.verdict], t(f"app.verdict.{check.verdict}", lang)),
            in_words(findings.said(check.required, lang), labels),
            in_words(findings.said(check.actual, lang), labels),
        ]
        for check in shown
    ]
    keys = ("subject", "period", "verdict", "required", "actual")
    head = [t(f"app.column.{key}", lang) for key in keys]
    align: list[Align] = ["text", SHORT, SHORT, "text", "text"]
    caption = t("app.rules.one.caption", lang, rule=entry.name.get(lang))
    st.html(markup.table(head, rows, caption=caption, align=align, tall=len(rows) > 12))


def _about(view: View, entry: RuleEntry) -> list[str]:
    lang = view.lang
    kind = t(f"rules.kind.{_kind(entry)}", lang)
    lines = [
        entry.asks.get(lang),
        t("app.rules.one.source", lang, clause=entry.clause, kind=kind),
    ]
    for path in entry.numbers:
        found = readings.setting(view.scenario, path)
        if found is not None and isinstance(found.value, int | float | str):
            value = _value(found.path, found.value, lang)
            lines.append(t("app.rules.one.number", lang, title=found.title.get(lang), value=value))
    return lines


def _value(path: str, value: object, lang: Lang) -> str:
    """Return a setting in words where it has some: yes and no, the name of a reading."""
    if isinstance(value, bool):
        return t("app.rules.yes" if value else "app.rules.no", lang)
    if isinstance(value, str):
        return t(f"choice.{path}.{value}", lang)
    return str(value)


def _readings(view: View) -> None:
    """List the clauses that can be read in several ways: the reading that holds, and the others."""
    heading(view, "app.rules.readings")
    lang = view.lang
    rows: list[list[Cell]] = [
        [
            policy.title.get(lang),
            policy.clause,
            t(f"choice.{policy.path}.{policy.value}", lang),
            t("app.list", lang).join(
                t(f"choice.{policy.path}.{other}", lang)
                for other in policy.allowed
                if other != policy.value
            ),
        ]
        for policy in readings.policies(view.scenario)
    ]
    keys = ("policy", "clause", "holds", "others")
    head = [t(f"app.column.{key}", lang) for key in keys]
    caption = t("app.rules.readings.title", lang)
    st.html(markup.table(head, rows, caption=caption, align=["text", SHORT, "text", WIDE]))


def _duties(view: View) -> None:
    """List the duties of each month: meetings, ledger checks, events, clearings."""
    heading(view, "app.rules.duties")
    lang, table = view.lang, view.run.table("obligations")
    if table.empty:
        st.html(markup.paragraph(t("app.rules.duties.none", lang)))
        return
    kinds = list(dict.fromkeys(table["kind"]))
    months = pd.Series(table["date"]).str.slice(0, 7)
    rows: list[list[Cell]] = [
        [
            month.label,
            *(
                _days(table[(months == month.label) & (table["kind"] == kind)], lang)
                for kind in kinds
            ),
        ]
        for month in view.scenario.days.months
    ]
    head = [t("app.column.month", lang), *(t(f"duty.{kind}", lang) for kind in kinds)]
    caption = t("app.rules.duties.title", lang)
    st.html(markup.table(head, rows, caption=caption))


def _days(table: pd.DataFrame, lang: Lang) -> str:
    days = sorted({row["date"] for row in rows_of(table)})
    said = [write_day(pd.Timestamp(day).date(), lang, year=False) for day in days]
    return t("app.list", lang).join(said)
