"""Assumptions: a distribution each, with unit, source and trust grade, and never silent.

An assumption is drawn ``once`` a future where it is ignorance (a conversion rate nobody has
measured), and for ``each`` lead, trip or leave where it is luck (one contract's size).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.part import Identifier, Part, Text, Trust, described


class Fixed(Part):
    """Always the same value."""

    kind: Literal["fixed"] = "fixed"
    value: float

    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value it can take."""
        return self.value, self.value


class LogNormal(Part):
    """Log-normal by its median and the standard deviation of the logarithm."""

    kind: Literal["lognormal"] = "lognormal"
    median: float = Field(gt=0)
    sigma: float = Field(gt=0, le=3)

    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value it can take."""
        return 0.0, math.inf


class Beta(Part):
    """Beta with parameters a and b."""

    kind: Literal["beta"] = "beta"
    a: float = Field(gt=0)
    b: float = Field(gt=0)

    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value it can take."""
        return 0.0, 1.0


class Triangular(Part):
    """Triangular with lowest, most likely and highest value."""

    kind: Literal["triangular"] = "triangular"
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            msg = (
                f"found low {self.low:g}, mode {self.mode:g}, high {self.high:g}; "
                "allowed: low <= mode <= high and low < high"
            )
            raise ValueError(msg)
        return self

    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value it can take."""
        return self.low, self.high


class Discrete(Part):
    """A few whole values with relative weights, such as trip lengths."""

    kind: Literal["discrete"] = "discrete"
    values: tuple[int, ...] = Field(min_length=1)
    weights: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _paired(self) -> Discrete:
        if len(self.values) != len(self.weights):
            msg = (
                f"found {len(self.values)} values and {len(self.weights)} weights; "
                "allowed: one weight for each value"
            )
            raise ValueError(msg)
        if any(w < 0 for w in self.weights) or sum(self.weights) <= 0:
            weights = ", ".join(f"{w:g}" for w in self.weights)
            msg = f"weights: found {weights}; allowed: 0 or more, with a positive sum"
            raise ValueError(msg)
        return self

    def support(self) -> tuple[float, float]:
        """Return the lowest and highest value it can take."""
        return min(self.values), max(self.values)


Distribution = Annotated[
    Fixed | LogNormal | Beta | Triangular | Discrete, Field(discriminator="kind")
]

Domain = Literal["probability", "days", "yuan", "rate", "factor", "count", "points"]


class Assumption(Part):
    """One assumption about the world."""

    id: Identifier = described("假设编号", "assumption id")
    label: Text = described("假设", "assumption")
    distribution: Distribution = described("分布", "distribution")
    by_bureau: dict[Identifier, Distribution] = described(
        "各局另定分布", "other distribution for some bureaus", default={}
    )
    scope: Literal["bureau", "shared"] = described(
        "各局独立或全市共同", "drawn per bureau or once for all", default="bureau"
    )
    unit: str = described("单位", "unit", min_length=1)
    source: str = described("来源", "source", min_length=1)
    trust: Trust = described("可信度", "trust grade")

    def of(self, bureau: str) -> Fixed | LogNormal | Beta | Triangular | Discrete:
        """Return the distribution that holds for a bureau."""
        return self.by_bureau.get(bureau, self.distribution)


class Known(Part):
    """What the simulation expects of an assumption: its domain, and when it is drawn."""

    domain: Domain
    drawn: Literal["once", "each"]
    meaning: Text

    def refuses(self, distribution: Fixed | LogNormal | Beta | Triangular | Discrete) -> str | None:
        """Return why a distribution lies outside the domain, or None."""
        low, high = distribution.support()
        if low < 0:
            return f"found values down to {low:g}; allowed: 0 or more"
        if self.domain == "probability" and high > 1:
            return f"found values up to {high:g}; allowed: a probability from 0 to 1"
        return None


def _known(domain: Domain, drawn: Literal["once", "each"], zh: str, en: str) -> Known:
    return Known(domain=domain, drawn=drawn, meaning=Text(zh=zh, en=en))


KNOWN: dict[str, Known] = {
    "year-climate": _known("factor", "once", "年景系数（乘签约率）", "year factor on signing"),
    "regional-multiplier": _known(
        "factor", "once", "区域系数（乘来访率）", "regional factor on the share that visits"
    ),
    "calls-per-month": _known(
        "rate", "once", "满员在岗时每月走访机会", "openings for a call a month at full presence"
    ),
    "call-to-lead": _known(
        "probability", "once", "走访成为有效信息", "call becomes a qualified lead"
    ),
    "call-to-visit": _known("probability", "once", "走访后来访", "call leads to a site visit"),
    "visit-to-contract": _known(
        "probability", "once", "考察后签约", "site visit leads to a contract"
    ),
    "group-visit-factor": _known(
        "factor", "once", "组团考察对签约率的系数", "factor of a grouped visit on signing"
    ),
    "contract-to-registered": _known("probability", "once", "签约后注册", "contract is registered"),
    "contract-to-started": _known("probability", "once", "签约后开工", "contract is started"),
    "funds-realisation": _known(
        "probability",
        "once",
        "到位资金计入固投的比例",
        "share of funds that is fixed-asset investment",
    ),
    "event-held": _known(
        "probability", "once", "计划推介活动如期举办", "planned promotion event is held"
    ),
    "event-led": _known(
        "probability", "once", "市领导如期参加推介", "planned leader attends the promotion event"
    ),
    "liaison-items-per-month": _known(
        "rate", "once", "每月跑办事项", "ministry-liaison items a month at full presence"
    ),
    "late-reports-per-year": _known(
        "rate", "once", "每年迟报漏报次数", "late or missed reports a year"
    ),
    "event-absences-per-year": _known(
        "rate", "once", "每年缺席上级活动次数", "higher-level events missed a year"
    ),
    "leads-lost-per-year": _known(
        "rate", "once", "每年丢失推荐线索次数", "recommended leads lost a year"
    ),
    "requests-unanswered-per-year": _known(
        "rate", "once", "每年逾期未复次数", "requests left unanswered a year"
    ),
    "carry-over-funds-yuan": _known(
        "yuan", "once", "以往项目当年到位资金", "funds in place from earlier contracts"
    ),
    "opening-pipeline": _known(
        "probability",
        "once",
        "期初在谈储备（占稳态）",
        "pipeline at the start, share of steady state",
    ),
    "contact-delay-days": _known("days", "each", "获知到走访间隔", "opening to call"),
    "queue-patience-days": _known(
        "days", "each", "走访机会有效期", "how long an opening for a call stays open"
    ),
    "away-share": _known(
        "probability", "once", "需出驻地走访的比例", "share of calls outside the city"
    ),
    "trip-days": _known("count", "each", "外出走访天数", "days of a call outside the city"),
    "trip-fare-yuan": _known("yuan", "each", "外出走访交通费", "fares of a call outside the city"),
    "hospitality-yuan": _known("yuan", "each", "每次走访接待费", "hospitality of one call"),
    "visit-delay-days": _known("days", "each", "走访到可来访间隔", "call to readiness for a visit"),
    "booking-patience-days": _known(
        "days", "each", "等待团组考察的耐心", "how long a company waits for a group"
    ),
    "unit-delay-days": _known(
        "days", "each", "承接单位安排考察所需天数", "days until a lead unit can receive"
    ),
    "contract-delay-days": _known("days", "each", "首次接触到签约", "first contact to contract"),
    "contract-yuan": _known("yuan", "each", "单个签约金额", "size of one contract"),
    "prefecture-event-share": _known(
        "probability", "once", "在州级以上活动签约的比例", "share signed at prefecture events"
    ),
    "three-high-share": _known(
        "probability", "once", "“三高”筛查未过比例", "share that fails the three-high screening"
    ),
    "registration-delay-days": _known("days", "each", "签约到注册", "contract to registration"),
    "start-delay-days": _known("days", "each", "签约到开工", "contract to start of works"),
    "leave-fare-yuan": _known("yuan", "each", "轮休往返交通费", "return fare of one leave"),
    "clearing-lag-days": _known(
        "days", "each", "报账办结所需天数", "days until expenses are cleared"
    ),
    "event-absence-points": _known("points", "each", "缺席活动扣分", "points for a missed event"),
    "lead-lost-points": _known("points", "each", "丢失线索扣分", "points for a lost lead"),
    "request-unanswered-points": _known("points", "each", "逾期未复扣分", "points for no reply"),
}
"""Every assumption the simulation draws on; a scenario gives exactly these."""


class Season(Part):
    """How the year's course weighs on signing and starting (3.3)."""

    signing_weights: tuple[float, ...] = described(
        "各季签约权重",
        "signing weight of each calendar quarter",
        default=(0.9, 1.0, 1.15, 0.95),
        min_length=4,
        max_length=4,
    )
    spring_festival_weight: float = described(
        "春节前后两周签约权重",
        "signing weight in the Spring Festival fortnight",
        default=0.3,
        ge=0,
        le=1,
    )
    works_start: str = described(
        "开工季始（月-日）",
        "first day of the works season",
        default="03-15",
        pattern=r"^\d\d-\d\d$",
    )
    works_end: str = described(
        "开工季终（月-日）", "last day of the works season", default="11-10", pattern=r"^\d\d-\d\d$"
    )
    source: str = described("来源", "source", default="assumption")
    trust: Trust = described("可信度", "trust grade", default="E")


class Funding(Part):
    """How funds come in after works start (3.3)."""

    at_start_percent: int = described(
        "开工即到位比例",
        "share in place at the start of works",
        unit="percent",
        default=15,
        ge=0,
        le=100,
    )
    instalments: int = described("其后分期数", "instalments after that", default=12, ge=1, le=36)
    interval_days: int = described(
        "每期间隔", "days between instalments", unit="days", default=30, ge=1
    )
    source: str = described("来源", "source", default="assumption")
    trust: Trust = described("可信度", "trust grade", default="E")


class Assumptions(Part):
    """All assumptions of a scenario."""

    items: tuple[Assumption, ...] = described("假设", "assumptions")
    season: Season = described("季节", "season", default=Season())
    funding: Funding = described("到位进度", "course of funding", default=Funding())
    mode_factor: dict[Literal["principal", "deputy", "group", "unit"], float] = described(
        "接待层级对签约率的系数",
        "factor of the mode of reception on signing",
        default={"principal": 1.0, "deputy": 1.0, "group": 1.0, "unit": 1.0},
    )

    def __getitem__(self, key: str) -> Assumption:
        for item in self.items:
            if item.id == key:
                return item
        raise KeyError(key)
