"""Help: how to read the pages, how the figures come about, the words, and common questions."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboards import frame, markup
from dashboards.glossary import glossary
from dashboards.markup import WIDE, Cell
from dashboards.texts import LANGS, t
from scenarios.part import Lang

TASKS: Final = ("year", "calendar", "money", "data", "take")
"""What people come for, each with the pages that serve it."""

QUESTIONS: Final = ("range", "different", "promise", "broken", "old", "monthly", "wechat", "data")
STEPS: Final = ("given", "plan", "audit", "future", "forecast", "decide")


def show() -> None:
    """Draw the page."""
    frame.desk("help", _body)


def _body(lang: Lang) -> None:
    st.html(markup.paragraph(t("app.help.lead", lang), "lead"))
    st.html(
        markup.listing(
            t("app.help.tasks.title", lang), [t(f"app.help.task.{key}", lang) for key in TASKS]
        )
    )
    _section("reading", lang)
    st.html(markup.paragraph(frame.thresholds(lang)))
    _section("method", lang)
    st.html(
        markup.steps(
            (t(f"app.help.step.{key}", lang), t(f"app.help.step.{key}.say", lang)) for key in STEPS
        )
    )
    _section("questions", lang)
    for key in QUESTIONS:
        with st.expander(t(f"app.help.question.{key}", lang)):
            st.html(markup.paragraph(t(f"app.help.answer.{key}", lang)))
    _section("words", lang)
    other = next(one for one in LANGS if one != lang)
    rows: list[list[Cell]] = [
        [term.get(lang), term.get(other), term.say.get(lang)] for term in glossary()
    ]
    head = [t("app.column.term", lang), t("app.column.term.other", lang), t("app.column.say", lang)]
    align: list[markup.Align] = ["text", "text", WIDE]
    st.html(markup.table(head, rows, caption=t("app.help.words.title", lang), align=align))


def _section(name: str, lang: Lang) -> None:
    st.html(markup.section(t(f"app.help.{name}.title", lang), t(f"app.help.{name}.note", lang)))
