"""A proposed scenario on the page: its faults, or what it changes and how to keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from dashboards import access, address, library, markup
from dashboards.differing import difference_table, names_of
from dashboards.faulttable import fault_table
from dashboards.texts import t
from dashboards.uploads import Proposal
from scenarios.faults import ScenarioError
from scenarios.library import shipped
from scenarios.model import Scenario
from scenarios.part import Lang
from scenarios.workbook.difference import differences

SAVED: Final = "data-saved"
"""Where the session keeps the id of what was just saved, for the page to say."""

ROUND: Final = "data-round"
"""Counts what was saved: with another number every input of the page is fresh."""


def review(
    lang: Lang, root: Path, base: Scenario, proposal: Proposal, key: str, *, by_title: bool = False
) -> None:
    """Draw the faults of a proposal, or its differences with the button that keeps it.

    Parameters
    ----------
    lang, root
        Language of all words; the folder of the runs.
    base
        The scenario as it is.
    proposal
        What was uploaded or edited.
    key
        Tells the inputs of one part of the page from those of another.
    by_title
        Whether columns go by their titles instead of letters.
    """
    if proposal.scenario is None:
        st.html(fault_table(proposal.faults, lang, by_title=by_title))
        return
    found = differences(base, proposal.scenario)
    if not found:
        st.html(markup.notice(t("app.data.same", lang)))
        return
    names = names_of(lang, base, proposal.scenario)
    st.html(markup.notice(t("app.data.sound", lang)))
    st.html(difference_table(found, names, lang))
    _keep(lang, root, base, proposal.scenario, key)


def _keep(lang: Lang, root: Path, base: Scenario, scenario: Scenario, key: str) -> None:
    """Offer to save a scenario as one of one's own, to those who may."""
    if not access.may_plan():
        st.html(markup.notice(t("app.data.look", lang)))
        return
    own = {entry.id for entry in library.list_scenarios(root) if entry.own}
    at = f"{key}-{scenario.content_hash[:12]}"
    name = st.text_input(
        t("app.data.name", lang),
        _suggested(root, base, scenario, own),
        key=f"data-name-{at}",
        max_chars=48,
        help=t("app.data.name.help", lang),
    ).strip()
    replace = name in own and st.checkbox(
        t("app.data.replace", lang, name=name), key=f"data-replace-{at}", value=name == base.id
    )
    if not st.button(t("app.data.accept", lang), key=f"data-accept-{key}", type="primary"):
        return
    try:
        library.save(root, scenario.model_copy(update={"id": name}), replace=replace)
    except ScenarioError as error:
        st.html(fault_table(error.faults, lang))
        return
    st.session_state[SAVED] = name
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    address.put("scenario", name)
    st.rerun()


def _suggested(root: Path, base: Scenario, scenario: Scenario, own: set[str]) -> str:
    """Return the id that is offered: one's own stays, a shipped one gets another."""
    if base.id in own and scenario.id == base.id:
        return base.id
    return library.free_name(
        root, f"{scenario.id}-own" if scenario.id in shipped() else scenario.id
    )
