"""Who there is: bureaus and their posted persons, leaders, industry chains with lead units."""

from __future__ import annotations

from datetime import date
from typing import Literal

from scenarios.part import DateRange, Identifier, Part, Text, described

Tier = Literal["principal", "deputy"]


class LeaveRequest(DateRange):
    """A wish to be at home on some days; the weight says how much it matters."""

    weight: int = described("权重", "weight", default=1, ge=1, le=100)


class Person(Part):
    """One person posted to a bureau: a role, never a name."""

    id: Identifier = described("人员编号", "person id")
    title: Text = described("岗位", "post")
    role: Literal["chief", "deputy", "staff"] = described("角色", "role", clause="三")
    liaison: bool = described("是否联络员", "liaison officer", default=False, clause="五㈡")
    posted_from: date | None = described(
        "派驻起始（空为全期）", "posted from (empty: from the start)", default=None
    )
    posted_to: date | None = described(
        "派驻截止（空为全期）", "posted to (empty: to the end)", default=None
    )
    leave_pins: tuple[date, ...] = described(
        "已定轮休起始日", "fixed first days of leave", default=()
    )
    leave_requests: tuple[LeaveRequest, ...] = described("轮休意愿", "leave wishes", default=())
    no_leave: tuple[DateRange, ...] = described(
        "不可轮休日", "days on which leave is not possible", default=()
    )
    approved_absences: tuple[DateRange, ...] = described(
        "批准的缺勤", "approved absences (reduce the quota pro rata, P14)", default=()
    )
    home_last_festival: bool = described(
        "上一春节是否在家", "was at home at the last Spring Festival (P10)", default=False
    )


class Sector(Part):
    """A focus sector of a bureau, tied to an industry chain."""

    id: Identifier = described("行业编号", "sector id")
    name: Text = described("行业", "sector")
    chain: Identifier = described("产业链", "industry chain")


class Cluster(Part):
    """A named industrial cluster in the bureau's region."""

    id: Identifier = described("集群编号", "cluster id")
    name: Text = described("产业集群", "industrial cluster")
    province: Identifier = described("所在省份", "province")
    sector: Identifier = described("行业", "sector")


class Bureau(Part):
    """A resident investment-promotion bureau."""

    id: Identifier = described("驻点局编号", "bureau id")
    name: Text = described("驻点局", "bureau", clause="三")
    city: Text = described("驻地", "resident city", clause="三")
    lead_leader: Text = described("牵头领导", "lead leader (role)", clause="三")
    section_cadre: Text = described("包点科级干部", "section-level cadre in charge", clause="五㈢")
    persons: tuple[Person, ...] = described("派驻人员", "posted persons", min_length=1)
    primary_provinces: tuple[Identifier, ...] = described(
        "重点省份", "primary provinces", clause="三㈠–㈣", min_length=1
    )
    secondary_provinces: tuple[Identifier, ...] = described(
        "辐射省份", "secondary provinces", clause="三㈠–㈣", default=()
    )
    sectors: tuple[Sector, ...] = described("主攻行业", "focus sectors", clause="三㈠–㈣")
    clusters: tuple[Cluster, ...] = described("产业集群", "clusters", clause="三㈠–㈣", default=())
    duties: tuple[Text, ...] = described("专项职责", "special duties", default=())


class Province(Part):
    """A provincial unit, for labels and the coverage view."""

    id: Identifier = described("省份编号", "province id")
    name: Text = described("省份", "province")


class Leader(Part):
    """A city leader who receives groups: a rank and a diary, never a name."""

    id: Identifier = described("领导编号", "leader id")
    title: Text = described("职务", "office held (role)")
    tier: Tier = described("层级", "tier", clause="四㈡")
    groups_per_day: int = described("每日接待上限", "groups a day", default=1, ge=1)
    groups_per_month: int = described(
        "每月接待上限", "groups a month", default=4, ge=0, clause="V8"
    )
    blocked: tuple[DateRange, ...] = described("不可接待日", "blocked days", default=())


class HostUnit(Part):
    """A unit that receives groups in the home city: a chain lead unit or the Office."""

    id: Identifier = described("承接单位编号", "host unit id")
    name: Text = described("承接单位", "host unit")
    groups_at_once: int = described("同时接待团组上限", "groups at once", default=1, ge=0)


class Chain(Part):
    """An industry chain and the unit that leads it."""

    id: Identifier = described("产业链编号", "chain id")
    name: Text = described("产业链", "industry chain", clause="二㈠")
    lead_unit: Identifier = described("牵头单位", "lead unit", clause="五㈠")


class Organisation(Part):
    """The home city and everyone who takes part."""

    home: Text = described("派出城市", "home city")
    office: Identifier = described("重大产业办（承接单位编号）", "the Office (a host unit)")
    groups_in_city: int = described(
        "全市同时接待团组上限", "groups in the city at once", default=2, ge=1, clause="V6"
    )
    provinces: tuple[Province, ...] = described("省份", "provinces", default=())
    bureaus: tuple[Bureau, ...] = described("驻点局", "bureaus", min_length=1)
    leaders: tuple[Leader, ...] = described("接待领导", "leaders", default=())
    host_units: tuple[HostUnit, ...] = described("承接单位", "host units", min_length=1)
    chains: tuple[Chain, ...] = described("产业链", "industry chains", min_length=1)


class Company(Part):
    """A company that wants to see the city, or is wanted there."""

    id: Identifier = described("企业编号", "company id")
    name: Text = described("企业", "company")
    bureau: Identifier = described("归属驻点局", "bureau")
    province: Identifier = described("所在省份", "province")
    sector: Identifier = described("行业", "sector")
    chain: Identifier = described("产业链", "industry chain")
    enterprise_class: Literal["fortune-500", "listed", "industry-leader", "ordinary"] = described(
        "企业类别", "enterprise class", default="ordinary", clause="五㈢"
    )
    expects: Literal["principal", "deputy", "any"] = described(
        "期望接待层级", "expected tier of reception", default="any"
    )
    priority: int = described("优先分", "priority points", default=10, ge=1, le=1000)
    windows: tuple[DateRange, ...] = described(
        "可来访时段", "days on which it can come", min_length=1
    )
    screening: Literal["passed", "pending", "failed"] = described(
        "“三高”筛查", "screening against three-high projects", default="passed", clause="二㈣"
    )
    source: Literal["call", "assistance", "leader", "office"] = described(
        "线索来源", "source of the lead", default="call"
    )
    synthetic: bool = described("虚构", "invented", default=False)
