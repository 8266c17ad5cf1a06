"""Joining rows to the parts they belong to: persons to bureaus, blocked days to leaders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.faults import Fault, listed, one_of, say
from scenarios.merge import extend
from scenarios.part import Text
from scenarios.reading import KeyPath, Place, Reading, name_of
from scenarios.tables import LEADER_DAYS, PERSONS
from scenarios.wording import shown_value

_KEYS = listed(("id", "bureau", "title", "role"))
_PERSON = say(f"一名人员：{_KEYS.zh}", f"a person: {_KEYS.en}")


def with_persons(reading: Reading, persons: Reading) -> Reading:
    """Post each listed person to the bureau that the row names.

    Parameters
    ----------
    reading
        A scenario's data.
    persons
        A list of persons as in a bureau, each with ``bureau`` beside: its places start with
        ``persons``.

    Returns
    -------
    Reading
        The data with the persons in their bureaus (a known id is merged into), and a fault for
        each row that is no person or names a bureau that does not exist.
    """
    known = _ids(reading.data, "bureaus")
    by_bureau: dict[str, list[Any]] = {}
    places: dict[KeyPath, Place] = {}
    faults: list[Fault] = []
    for number, row in enumerate(persons.data):
        at = (PERSONS.key, name_of(row, number))
        if not isinstance(row, Mapping):
            where = _where(persons, at)
            faults.append(Fault(where, shown_value(row), _PERSON))
            continue
        bureau = row.get("bureau")
        if not isinstance(bureau, str) or bureau not in known:
            where = _where(persons, (*at, "bureau"))
            nowhere = say("未派驻任何局的人员", "a person posted to no bureau")
            found = nowhere if bureau is None else shown_value(bureau)
            faults.append(Fault(where, found, _one_of(known, "驻点局", "the bureaus ")))
            continue
        person = {key: value for key, value in row.items() if key != "bureau"}
        by_bureau.setdefault(bureau, []).append(person)
        top = ("organisation", "bureaus", bureau, "persons", at[1])
        places |= {(*top, *keys[2:]): p for keys, p in persons.places.items() if keys[:2] == at}
    posted = [{"id": bureau, "persons": rows} for bureau, rows in by_bureau.items()]
    if not posted:
        return Reading(reading.data, reading.places, (*reading.faults, *faults))
    over = Reading({"organisation": {"bureaus": posted}}, places, tuple(faults))
    return extend(reading, over)


def with_leader_days(reading: Reading, days: Reading) -> Reading:
    """Append each row's days to the ``blocked`` days of the leader that it names.

    The ``reason`` of a row is for its readers; a scenario keeps the days only.
    """
    known = _ids(reading.data, "leaders")
    places = dict(reading.places)
    faults: list[Fault] = []
    blocked: dict[str, list[Any]] = {}
    for number, row in enumerate(days.data):
        at = (LEADER_DAYS.key, str(number))
        leader = row.get("leader")
        if leader not in known:
            found = say("空缺", "nothing") if leader is None else shown_value(leader)
            where = _where(days, (*at, "leader"))
            faults.append(Fault(where, found, _one_of(known, "领导", "the leaders ")))
            continue
        spans = blocked.setdefault(leader, list(known[leader].get("blocked") or ()))
        top = ("organisation", "leaders", leader, "blocked", str(len(spans)))
        places |= {(*top, *keys[2:]): p for keys, p in days.places.items() if keys[:2] == at}
        spans.append({key: row[key] for key in ("start", "end") if key in row})
    if not blocked:
        return Reading(reading.data, reading.places, (*reading.faults, *faults))
    leaders = [{"id": leader, "blocked": spans} for leader, spans in blocked.items()]
    joined = extend(reading, Reading({"organisation": {"leaders": leaders}}))
    return Reading(joined.data, places, (*reading.faults, *faults))


def _ids(data: Mapping[str, Any], table: str) -> dict[str, Any]:
    organisation = data.get("organisation")
    rows = organisation.get(table) if isinstance(organisation, Mapping) else None
    rows = rows if isinstance(rows, list) else []
    # A list in which one item has no id cannot be joined to: the model reports that item.
    if not all(isinstance(row, Mapping) and isinstance(row.get("id"), str) for row in rows):
        return {}
    return {row["id"]: row for row in rows}


def _one_of(known: Mapping[str, Any], zh: str, en: str) -> Text:
    if not known:
        return say(f"{zh}之一（现在一个也没有）", f"one of {en}none (there are none yet)")
    return one_of(known, zh, en)


def _where(rows: Reading, keys: KeyPath) -> str:
    table, *rest = keys
    return Reading({table: rows.data}, rows.places).where((table, *rest))
