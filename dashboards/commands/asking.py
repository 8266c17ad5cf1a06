"""What commands that ask about a stored plan share: reading words, saying gains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboards.runs import RunError
from dashboards.texts import t
from planner.aims import Aim
from planner.anew import Anew
from scenarios.model import Scenario
from scenarios.part import Lang


def day_in(scenario: Scenario, text: str) -> int:
    """Return the day index of a date a person typed.

    Raises
    ------
    RunError
        When it is no date, or lies outside the horizon.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise RunError("ask.form", usage=True, found=text, allowed="2023-05-03") from None
    horizon = scenario.horizon
    if not horizon.start <= found <= horizon.end:
        ends = {"first": horizon.start, "last": horizon.end}
        raise RunError("ask.outside", usage=True, found=text, **ends)
    return scenario.days.day_of(found)


def words_of(text: str, n: int, allowed: str) -> list[str]:
    """Return the words of an option's text.

    Raises
    ------
    RunError
        When they are not as many as there should be.
    """
    words = text.split()
    if len(words) != n:
        raise RunError("ask.form", usage=True, found=text, allowed=allowed)
    return words


def known(word: str, among: Mapping[str, object] | set[str]) -> str:
    """Return an id that is one of those that exist.

    Raises
    ------
    RunError
        When it is not; names some that do.
    """
    if word not in among:
        some = sorted(among)
        where = ", ".join(some[:12]) + (" ..." if len(some) > 12 else "")
        raise RunError("ask.unknown", usage=True, found=word, where=where)
    return word


def persons(scenario: Scenario) -> set[str]:
    """Return the ids of posted persons."""
    return {person.id for _, person in scenario.persons}


def companies(scenario: Scenario) -> set[str]:
    """Return the ids of companies."""
    return {company.id for company in scenario.companies}


def expect_screened(scenario: Scenario, company: str) -> None:
    """Refuse a company that failed screening.

    Raises
    ------
    RunError
        When it did.
    """
    if any(x.id == company and x.screening == "failed" for x in scenario.companies):
        raise RunError("ask.screened", usage=True, company=company)


def gains_in_words(gains: Mapping[Aim, int], lang: Lang) -> str:
    """Return by how much each aim changes."""
    said = [
        t("ask.gain", lang, aim=t(f"ask.aim.{aim}", lang), gain=gain)
        for aim, gain in gains.items()
        if gain
    ]
    return ("，" if lang == "zh" else ", ").join(said) or t("ask.same", lang)


def proof(proven: bool, lang: Lang) -> str:
    """Return whether something is proven best, in words."""
    return t("ask.proven" if proven else "ask.unproven", lang)


def facts(anew: Anew) -> dict[str, object]:
    """Return what an alternative does, as plain data."""
    return {"values": dict(anew.values), "gains": dict(anew.gains), "proven": anew.proven}
