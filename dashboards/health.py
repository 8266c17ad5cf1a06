"""Health checks: each does what it speaks of, and says in words how it went."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from dashboards.texts import t
from scenarios.part import Text

OLDEST_PYTHON: Final = (3, 11)
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
TRIAL_FUTURES: Final = 10
TWIN_FUTURES: Final = 5
TWIN_TAILS: Final = 2
TRIAL_SECONDS: Final = 10.0

State = Literal["fine", "missing", "bad"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``missing`` is a thing the main job can do without."""

    id: str
    state: State
    said: Text


def checks() -> Iterator[Check]:
    """Check this machine, one thing after the other, the longest last."""
    for name, look in _CHECKS.items():
        try:
            yield look()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            yield Check(name, "bad", Text(zh=said, en=said))


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    state: State = "fine" if sys.version_info >= OLDEST_PYTHON else "bad"
    return Check("python", state, Text(zh=found, en=found))


def _packages() -> Check:
    from dashboards.store import versions

    found = ", ".join(f"{name} {number}" for name, number in versions().items() if name != "python")
    return Check("packages", "fine", Text(zh=found, en=found))


def _browser() -> Check:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return _optional("browser", found)


def _font() -> Check:
    lister = shutil.which("fc-list")
    if lister is None:
        return _optional("font", None)
    said = subprocess.run(
        [lister, ":lang=zh", "family"], capture_output=True, text=True, check=True, timeout=20
    ).stdout
    return _optional("font", next(iter(sorted(said.splitlines())), None))


def _optional(name: str, found: str | None) -> Check:
    if found:
        return Check(name, "fine", Text(zh=found, en=found))
    return Check(name, "missing", _text(f"health.{name}.missing"))


def _scenarios() -> Check:
    from scenarios.library import shipped
    from scenarios.load import load_scenario

    found = ", ".join(load_scenario(name).id for name in shipped())
    return Check("scenarios", "fine", Text(zh=found, en=found))


def _trial() -> Check:
    """Plan the smallest shipped scenario, audit it, and simulate a few futures of it."""
    from planner.audit import audit, violations
    from planner.plan import tables
    from planner.solve import make_plan
    from scenarios.load import load_scenario
    from sim.forecast import forecast

    scenario = load_scenario("minimal")
    plan = make_plan(scenario, time_limit_s=TRIAL_SECONDS)
    findings = audit(scenario, tables(scenario, plan))
    broken = len(violations(findings))
    futures = forecast(scenario, plan, n=TRIAL_FUTURES, seed=1).n
    said = _text("health.trial.said", n=len(findings), violated=broken, futures=futures)
    return Check("trial", "bad" if broken or not findings else "fine", said)


def _twins() -> Check:
    """Simulate a few futures of the smallest shipped scenario by both engines: the same bits."""
    from planner.solve import make_plan
    from scenarios.load import load_scenario
    from sim.samples import Job, sample

    scenario = load_scenario("minimal")
    plan = make_plan(scenario, time_limit_s=TRIAL_SECONDS)
    job = Job(scenario, plan, seed=1, tails=TWIN_TAILS, own=True)
    twin = sample(job, 0, TWIN_FUTURES)
    same = twin.equals(sample(replace(job, engine="simpy"), 0, TWIN_FUTURES))
    state: State = "fine" if same else "bad"
    return Check("twins", state, _text(f"health.twins.{state}", n=TWIN_FUTURES))


def _text(key: str, **values: object) -> Text:
    return Text(zh=t(key, "zh", **values), en=t(key, "en", **values))


_CHECKS: Final[dict[str, Callable[[], Check]]] = {
    "python": _python,
    "packages": _packages,
    "browser": _browser,
    "font": _font,
    "scenarios": _scenarios,
    "trial": _trial,
    "twins": _twins,
}
