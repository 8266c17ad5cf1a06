"""Events in plain words: one line each, in English or Chinese.

``absent beijing-chief 2023-05-09..2023-05-13`` says that somebody falls ill. The first word says
what happened (:data:`scenarios.events.KINDS`); days are ``FIRST..LAST`` or one day, several of them
separated by commas; further fields are ``key=value`` in any order, values with spaces in quotes.
Events are applied in the order they are told, each to the scenario the earlier ones left.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, get_args

from scenarios.calendar import Closure
from scenarios.check import check
from scenarios.events import Event, EventKind, apply
from scenarios.eventwords import Reader
from scenarios.faults import Fault, ScenarioError, one_of, say
from scenarios.model import Scenario
from scenarios.organisation import Company, Person
from scenarios.part import DateRange, Text
from scenarios.reading import Reading, quoted

_COMPANY_KEYS: Final = {
    "编号": "id",
    "产业链": "chain",
    "行业": "sector",
    "省份": "province",
    "类别": "class",
    "期望": "expects",
    "优先分": "priority",
    "最早": "earliest",
    "最晚": "latest",
    "中文名": "zh",
    "英文名": "en",
    "虚构": "synthetic",
}
_NAME_KEYS: Final = {"编号": "id", "中文名": "zh", "英文名": "en"}


def after_events(
    scenario: Scenario, texts: Sequence[str], today: date
) -> tuple[Scenario, tuple[Event, ...]]:
    """Return a scenario after what happened, and the events as they were understood.

    Parameters
    ----------
    scenario
        As it was before.
    texts
        The events as told, in order.
    today
        From when a leader receives nobody, and a new company can come, unless told otherwise.

    Raises
    ------
    ScenarioError
        With every fault of every event: which event, what was found, what is allowed.
    """
    faults: list[Fault] = []
    events: list[Event] = []
    for n, text in enumerate(texts, 1):
        try:
            event = parse(text, scenario, today, where=f"event {n}")
        except ScenarioError as error:
            faults.extend(error.faults)
            continue
        events.append(event)
        scenario = apply(scenario, event)
    if faults:
        raise ScenarioError(faults)
    return check(Reading(scenario.model_dump(mode="json"))), tuple(events)


def parse(text: str, scenario: Scenario, today: date, *, where: str = "event") -> Event:
    """Read one event of a scenario.

    Parameters
    ----------
    text
        The event as told.
    scenario
        Whose ids it names.
    today
        What :func:`after_events` says of it.
    where
        How faults call the event.

    Raises
    ------
    ScenarioError
        With every fault of the event.
    """
    reader = Reader(scenario, today, where)
    event = _read(reader, text)
    if reader.faults or event is None:
        raise ScenarioError(reader.faults)
    return event


def _read(reader: Reader, text: str) -> Event | None:
    try:
        words = shlex.split(text.replace("＝", "=").replace("，", ","))
    except ValueError:
        reader.fault("", quoted(text), say("成对的引号", "quotes that are closed"))
        return None
    kind = reader.kind(words[0] if words else "")
    if kind is None:
        return None
    event = _READ[kind](reader, kind, words[1:])
    return replace(event, text=" ".join(text.split())) if event else None


def _read_person_days(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    if not reader.arity(kind, words, 2, 2):
        return None
    person = reader.known("person", words[0], reader.persons())
    if kind == "absent":
        return Event("", kind, person, reader.days(words[1]))
    day = reader.day("day", words[1])
    return Event("", kind, person, (DateRange(start=day, end=day),)) if day else None


def _read_leader(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    gone = kind == "leader-gone"
    if not reader.arity(kind, words, 1 if gone else 2, 2):
        return None
    leaders = {leader.id for leader in reader.scenario.organisation.leaders}
    leader = reader.known("leader", words[0], leaders)
    if not gone:
        return Event("", kind, leader, reader.days(words[1]))
    first = reader.day("day", words[1]) if len(words) > 1 else reader.today
    if first is None:
        return None
    return Event("", kind, leader, (DateRange(start=first, end=reader.scenario.horizon.end),))


def _read_cancels(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    if not reader.arity(kind, words, 1, 1):
        return None
    # One that failed screening is called no more: it cannot cancel.
    coming = {x.id for x in reader.scenario.companies if x.screening != "failed"}
    return Event("", kind, reader.known("company", words[0], coming))


def _read_new(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    scenario = reader.scenario
    if not reader.arity(kind, words, 2, 2 + len(_COMPANY_KEYS)):
        return None
    bureaus = {bureau.id for bureau in scenario.organisation.bureaus}
    bureau_id = reader.known("bureau", words[0], bureaus)
    given = reader.fields(words[1:], _COMPANY_KEYS)
    missing = [key for key in ("id", "chain") if key not in given]
    for key in missing:
        reader.fault(key, "-", say("必填", "a value: it has no default"))
    company = _company_fields(reader, given)
    if reader.faults:
        return None
    bureau = scenario.bureau(bureau_id)
    sectors = [x.id for x in bureau.sectors if x.chain == given["chain"]]
    sectors = sectors or [x.id for x in bureau.sectors]
    if "sector" not in given and not sectors:
        reader.fault("sector", "-", say("必填", "a value: the bureau has no sectors"))
        return None
    values = {
        "bureau": bureau_id,
        "province": bureau.primary_provinces[0],
        "sector": sectors[0] if sectors else "",
        **company,
    }
    return Event("", kind, given["id"], company=Company.model_validate(values))


def _company_fields(reader: Reader, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a new company that were told, and its days and name."""
    scenario, organisation = reader.scenario, reader.scenario.organisation
    known: dict[str, Collection[str]] = {
        "chain": [chain.id for chain in organisation.chains],
        "sector": {x.id for bureau in organisation.bureaus for x in bureau.sectors},
        "province": [province.id for province in organisation.provinces],
        "class": get_args(Company.model_fields["enterprise_class"].annotation),
        "expects": get_args(Company.model_fields["expects"].annotation),
        "synthetic": ("true", "false"),
    }
    found: dict[str, Any] = {
        "enterprise_class" if key == "class" else key: reader.known(key, given[key], ids)
        for key, ids in known.items()
        if key in given
    }
    if "synthetic" in found:
        found["synthetic"] = given["synthetic"] == "true"
    if "id" in given:
        used = {company.id for company in scenario.companies}
        found["id"] = reader.new_id("id", given["id"], used)
    if "priority" in given:
        text = given["priority"]
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 1000):
            reader.fault(
                "priority", quoted(text), say("1 至 1000 的整数", "a whole number 1 to 1000")
            )
        found["priority"] = text
    ends = [
        reader.day(key, given[key]) if key in given else default
        for key, default in (("earliest", reader.today), ("latest", scenario.horizon.end))
    ]
    first, last = ends
    if first is not None and last is not None:
        if last < first:
            later = say(f"{first} 或以后", f"{first} or later")
            reader.fault("latest", str(last), later)
        else:
            found["windows"] = [{"start": first, "end": last}]
    name = given.get("id", "")
    found["name"] = {
        "zh": given.get("zh", f"新企业 {name}"),
        "en": given.get("en", f"New company {name}"),
    }
    return found


def _read_replaced(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    if not reader.arity(kind, words, 3, 5):
        return None
    person_id = reader.known("person", words[0], reader.persons())
    successor = reader.new_id("successor", words[1], reader.persons())
    first = reader.day("day", words[2])
    given = reader.fields(words[3:], {"中文名": "zh", "英文名": "en"})
    if reader.faults or first is None:
        return None
    person = next(person for _, person in reader.scenario.persons if person.id == person_id)
    days, scenario = reader.scenario.posted_days(person), reader.scenario
    if scenario.days.day_of(first) not in days[1:]:
        span = [scenario.days.date_of(day).isoformat() for day in (days[:1] or days) or (0,)]
        last = scenario.days.date_of(days[-1]) if days else span[0]
        allowed = say(
            f"派驻期内、首日之后的日期：{span[0]} 之后至 {last}",
            f"a day of the posting, after its first: after {span[0]}, up to {last}",
        )
        reader.fault("day", str(first), allowed)
        return None
    title = Text(
        zh=given.get("zh", f"{person.title.zh}（接任）"),
        en=given.get("en", f"{person.title.en} (successor)"),
    )
    new = Person(
        id=successor,
        title=title,
        role=person.role,
        liaison=person.liaison,
        posted_from=first,
        posted_to=person.posted_to,
    )
    end = person.posted_to or scenario.horizon.end
    return Event("", kind, person_id, (DateRange(start=first, end=end),), successor=new)


def _read_closure(reader: Reader, kind: EventKind, words: Sequence[str]) -> Event | None:
    if not reader.arity(kind, words, 1, 5):
        return None
    spans = reader.days(words[0])
    rest = list(words[1:])
    home = reader.scenario.organisation.home
    if rest and "=" not in rest[0]:
        place = rest.pop(0)
        if place not in (home.zh, home.en):
            only = say(
                "场景只记派出城市的不接待日", "a scenario holds closures of the home city only"
            )
            reader.fault("place", quoted(place), one_of((home.zh, home.en)), only)
    given = reader.fields(rest, _NAME_KEYS)
    if len(spans) > 1:
        reader.fault("days", quoted(words[0]), say("一段；多段请分作多个事件", "one run of days"))
    used = {closure.id for closure in reader.scenario.calendar.closures}
    if "id" in given:
        reader.new_id("id", given["id"], used)
    if reader.faults or not spans:
        return None
    made = (f"closure-{spans[0].start}-{n}" for n in range(1, len(used) + 2))
    closure = Closure(
        id=given["id"] if "id" in given else next(x for x in made if x not in used),
        name=Text(zh=given.get("zh", "公告停止接待"), en=given.get("en", "Announced closure")),
        start=spans[0].start,
        end=spans[0].end,
        status="official",
        source="announced",
    )
    return Event("", kind, closure.id, spans, closure=closure)


_READ: Final[Mapping[EventKind, Callable[[Reader, EventKind, Sequence[str]], Event | None]]] = {
    "absent": _read_person_days,
    "leave-pinned": _read_person_days,
    "leader-away": _read_leader,
    "leader-gone": _read_leader,
    "company-cancels": _read_cancels,
    "company-new": _read_new,
    "replaced": _read_replaced,
    "closure": _read_closure,
}
