from __future__ import annotations

from datetime import date

import pytest

from dashboards.exports.workbook import workbook
from dashboards.runs import Inputs, read_run
from dashboards.store import Meta, write_run
from planner.audit import audit
from planner.plan import tables
from scenarios.calendar import HolidayYear, Horizon
from scenarios.organisation import Person
from scenarios.part import Text
from tests.dashboards.sample import FUTURES, forecast_of, plan_of


def stored(folder, scenario, *, forecast=True, plan=None):
    """A run of a plan by hand, with its audit and, where asked, its forecast."""
    plan = plan or plan_of(scenario)
    findings = audit(scenario, tables(scenario, plan))
    inputs = Inputs(seed=7, futures=FUTURES if forecast else 0, time_limit_s=1.0)
    forecast = forecast_of(scenario, plan) if forecast else None
    return write_run(folder, scenario, plan, findings, forecast, Meta(inputs, {}))


@pytest.fixture(scope="session")
def good(run_store):
    return read_run(run_store / "good")


@pytest.fixture(scope="session")
def contents(good):
    """The workbook of the good run in both languages."""
    return {lang: workbook(good, lang) for lang in ("zh", "en")}


@pytest.fixture(scope="session")
def threes(minimal):
    """The minimal city with three persons a bureau, over the turn of a year."""
    home = minimal.organisation
    bureaus = tuple(
        bureau.model_copy(
            update={
                "persons": (
                    *(x.model_copy(update={"leave_requests": ()}) for x in bureau.persons),
                    Person(
                        id=f"{bureau.id}-staff",
                        title=Text(zh="干事", en="Officer"),
                        role="staff",
                    ),
                )
            }
        )
        for bureau in home.bureaus
    )
    horizon = Horizon(start=date(2024, 10, 1), end=date(2025, 3, 31))
    moved = tuple(
        company.model_copy(
            update={
                "windows": tuple(
                    span.model_copy(update={"start": horizon.start, "end": horizon.end})
                    for span in company.windows
                )
            }
        )
        for company in minimal.companies
    )
    leaders = tuple(x.model_copy(update={"blocked": ()}) for x in home.leaders)
    predicted = HolidayYear(year=2025, status="predicted", source="a test", trust="E", holidays=())
    years = (*minimal.calendar.years, predicted)
    calendar = minimal.calendar.model_copy(update={"closures": (), "years": years})
    return minimal.model_copy(
        update={
            "organisation": home.model_copy(update={"bureaus": bureaus, "leaders": leaders}),
            "horizon": horizon,
            "companies": moved,
            "calendar": calendar,
            "obligations": minimal.obligations.model_copy(update={"fairs": ()}),
        }
    )


@pytest.fixture(scope="session")
def threes_run(tmp_path_factory, threes):
    return stored(tmp_path_factory.mktemp("threes") / "run", threes)


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory, minimal):
    """A run whose every free text begins like a formula."""
    starts = ("=1+1", "+1", "-1", "@SUM(A1)")

    def evil(i):
        text = f"{starts[i % len(starts)]}&cmd|'/c calc'!A1"
        return Text(zh=text, en=text)

    home = minimal.organisation
    bureaus = tuple(
        bureau.model_copy(
            update={
                "name": evil(i),
                "city": evil(i + 1),
                "persons": tuple(
                    person.model_copy(update={"title": evil(i + j)})
                    for j, person in enumerate(bureau.persons)
                ),
            }
        )
        for i, bureau in enumerate(home.bureaus)
    )
    organisation = home.model_copy(
        update={
            "home": evil(0),
            "bureaus": bureaus,
            "leaders": tuple(x.model_copy(update={"title": evil(2)}) for x in home.leaders),
            "host_units": tuple(x.model_copy(update={"name": evil(3)}) for x in home.host_units),
            "chains": tuple(x.model_copy(update={"name": evil(1)}) for x in home.chains),
        }
    )
    scenario = minimal.model_copy(
        update={
            "title": evil(0),
            "synthetic_note": evil(1),
            "organisation": organisation,
            "companies": tuple(
                company.model_copy(update={"name": evil(i)})
                for i, company in enumerate(minimal.companies)
            ),
            "targets": tuple(
                target.model_copy(update={"label": evil(i)})
                for i, target in enumerate(minimal.targets)
            ),
        }
    )
    return stored(tmp_path_factory.mktemp("hostile") / "run", scenario)
