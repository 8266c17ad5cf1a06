"""What the ids in a run's tables are called on the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from scenarios.model import Scenario
from scenarios.part import Lang


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table by column name."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def subject_labels(scenario: Scenario, lang: Lang) -> dict[str, str]:
    """Return what everything with an id is called that an audit may speak of."""
    home = scenario.organisation
    found = {company.id: company.name.get(lang) for company in scenario.companies}
    found |= {chain.id: chain.name.get(lang) for chain in home.chains}
    found |= {unit.id: unit.name.get(lang) for unit in home.host_units}
    found |= {leader.id: leader.title.get(lang) for leader in home.leaders}
    found |= {m.id: m.label.get(lang) for m in scenario.obligations.meetings}
    found |= {fair.id: fair.name.get(lang) for fair in scenario.obligations.fairs}
    found |= {bureau.id: bureau.name.get(lang) for bureau in home.bureaus}
    return found | person_labels(scenario, lang)


def in_words(text: str, labels: Mapping[str, str]) -> str:
    """Return a text with the ids in it replaced by what they are called."""
    return re.sub(r"[a-z0-9]+(?:-[a-z0-9]+)*", lambda m: labels.get(m[0], m[0]), text)


def without_ids(text: str, scenario: Scenario) -> str:
    """Return a text without the ids that stand in brackets behind the names they belong to."""
    known = subject_labels(scenario, "en")
    return re.sub(
        r" ?\(([a-z0-9]+(?:-[a-z0-9]+)*)\)", lambda m: "" if m[1] in known else m[0], text
    )


def bureau_labels(scenario: Scenario, lang: Lang) -> dict[str, str]:
    """Return a short name of each bureau: its city, or its own name where cities repeat."""
    bureaus = scenario.organisation.bureaus
    cities = {bureau.city.get(lang) for bureau in bureaus}
    if len(cities) < len(bureaus):
        return {bureau.id: bureau.name.get(lang) for bureau in bureaus}
    return {bureau.id: bureau.city.get(lang) for bureau in bureaus}


def person_labels(scenario: Scenario, lang: Lang) -> dict[str, str]:
    """Return what each person is called: the post, with the bureau where posts share a title."""
    titles = Counter(person.title.get(lang) for _, person in scenario.persons)
    joint = "" if lang == "zh" else ", "
    found = {}
    for bureau, person in scenario.persons:
        title, name = person.title.get(lang), bureau.name.get(lang)
        found[person.id] = title if titles[title] == 1 else f"{name}{joint}{title}"
    return found


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the id behind those that read alike: a choice goes by its words."""
    count = Counter(labels.values())
    return {key: f"{label} [{key}]" if count[label] > 1 else label for key, label in labels.items()}
