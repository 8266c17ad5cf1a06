"""The long steps of a command: planned, audited and forecast with progress, timed, stoppable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dashboards.commands.pool import Pool
from dashboards.interrupt import Stop, stop_on_interrupt
from dashboards.jobsink import Sink, current
from dashboards.terminal import err
from dashboards.texts import t
from planner.plan import Plan, tables
from scenarios.model import Scenario
from scenarios.part import Lang

if TYPE_CHECKING:
    from datetime import date

    from dashboards.commands.simulation import Simulation
    from dashboards.nowcasts import Earlier
    from dashboards.runs import Run
    from planner.audit import Finding
    from scenarios.ledger import Ledger
    from sim.allocation import Allocation, Search
    from sim.comparison import Comparison
    from sim.difference import Margins
    from sim.drivers import Drivers
    from sim.flips import Where
    from sim.forecast import Forecast
    from sim.grid import Grid
    from sim.replay import By
    from sim.side import Side
    from sim.stress import Stress

Judged = TypeVar("Judged")


class Report(Protocol):
    """Told how far a step is, and where it plans, how far the plan may be from the best."""

    def __call__(self, done: int, total: int, gap: float | None = None) -> None:
        """Show it."""


@dataclass(frozen=True, slots=True)
class Work:
    """Steps in progress: a bar each on stderr, a time each for ``run.json``.

    Attributes
    ----------
    lang
        Language of the bars.
    stop
        Says whether Ctrl-C was pressed.
    job
        Where to report too, where the process runs as a job.
    seconds
        Wall time by step, filled as the steps end; a step done twice adds up.
    """

    lang: Lang
    stop: Stop
    bars: Progress
    job: Sink | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> None:
        """Say a text of the catalogue on stderr at once, above the bars."""
        self.bars.console.print(t(key, self.lang, **values), soft_wrap=True)

    def plan(self, scenario: Scenario, *, time_limit_s: float, pool: Pool, fast: bool) -> Plan:
        """Make a plan, in wall time where it is to be fast; once stopped, the best so far.

        Raises
        ------
        InfeasibleError
            When the rules leave no plan.
        """
        from planner.search import STAGES
        from planner.solve import make_plan

        with self._step("plan") as report:
            return make_plan(
                scenario,
                time_limit_s=time_limit_s,
                workers=pool.workers,
                executor=pool.cluster,
                fast=fast,
                progress=lambda at: report(STAGES.index(at.stage) + 1, len(STAGES), at.gap),
                stop=self.stop,
            )

    def audit(self, scenario: Scenario, plan: Plan) -> tuple[Finding, ...]:
        """Audit the tables of a plan."""
        from planner.audit import audit

        with self._step("audit"):
            return audit(scenario, tables(scenario, plan))

    def forecast(
        self, scenario: Scenario, plan: Plan, asked: Simulation, *, pool: Pool
    ) -> Forecast:
        """Simulate a plan; once stopped, the futures that are done."""
        from sim.forecast import MAX_WORKERS, forecast

        with self._step("forecast") as report:
            return forecast(
                scenario,
                plan,
                seed=asked.seed,
                tails=asked.tails,
                engine=asked.engine,
                stopping=asked.stopping,
                keep_outcomes=asked.outcomes,
                workers=min(pool.n_simulating, MAX_WORKERS),
                executor=pool.cluster,
                progress=report,
                stop=self.stop,
            )

    def nowcast(
        self,
        run: Run,
        ledger: Ledger,
        day: date,
        *,
        n: int,
        seed: int,
        learn: bool,
        explained_by: Earlier | None,
        workers: int,
    ) -> dict[str, Any]:
        """Forecast the rest of a run's year from a ledger and a day."""
        from dashboards.nowcasts import made

        with self._step("nowcast") as report:
            return made(
                run,
                ledger,
                day,
                n=n,
                seed=seed,
                learn=learn,
                explained_by=explained_by,
                workers=workers,
                progress=report,
            )

    def compare(
        self,
        sides: Sequence[Side],
        *,
        n: int,
        seed: int,
        workers: int,
        margins: Margins,
        grouped: bool,
    ) -> Comparison:
        """Compare sides in the same futures; once stopped, in those that are done."""
        from sim.comparison import compare

        with self._step("compare") as report:
            return compare(
                sides,
                n=n,
                seed=seed,
                margins=margins,
                grouped=grouped,
                workers=workers,
                progress=report,
                stop=self.stop,
            )

    def drivers(
        self, scenario: Scenario, plan: Plan, *, n: int, seed: int, by: By, workers: int
    ) -> Drivers:
        """Find what drives the probabilities of a plan.

        Raises
        ------
        KeyboardInterrupt
            When it was stopped: half of the futures would answer another question.
        """
        from sim.drivers import drivers

        with self._step("drivers") as report:
            found = drivers(
                scenario,
                plan,
                n=n,
                seed=seed,
                by=by,
                workers=workers,
                progress=report,
                stop=self.stop,
            )
        if found is None:
            raise KeyboardInterrupt
        return found

    def stress(
        self, scenario: Scenario, plan: Plan, *, goal: float, n: int, seed: int, workers: int
    ) -> Stress:
        """Find what would have to be true for a plan's probabilities to reach a goal.

        Raises
        ------
        KeyboardInterrupt
            When it was stopped: half of the levers would be no answer.
        """
        from sim.stress import stress

        with self._step("stress") as report:
            found = stress(
                scenario,
                plan,
                goal=goal,
                n=n,
                seed=seed,
                workers=workers,
                progress=report,
                stop=self.stop,
            )
        if found is None:
            raise KeyboardInterrupt
        return found

    def allocate(
        self,
        scenario: Scenario,
        plan: Plan,
        search: Search,
        *,
        frontier: Sequence[Grid] = (),
        pool: Pool,
    ) -> Allocation:
        """Look for the best split of the money; once stopped, in the futures that are done."""
        from sim.allocation import allocate
        from sim.forecast import MAX_WORKERS

        with self._step("allocate") as report:
            return allocate(
                scenario,
                plan,
                search,
                frontier=frontier,
                workers=min(pool.n_simulating, MAX_WORKERS),
                executor=pool.cluster,
                progress=report,
                stop=self.stop,
            )

    def judged(
        self, name: Literal["losses", "flips"], judge: Callable[[Where], Judged], pool: Pool
    ) -> Judged:
        """Judge splits elsewhere than where they were found; once stopped, what is done."""
        from sim.flips import Where
        from sim.forecast import MAX_WORKERS

        with self._step(name) as report:
            workers = min(pool.n_simulating, MAX_WORKERS)
            return judge(Where(pool.cluster, workers, self.stop, report))

    @contextmanager
    def _step(self, name: str) -> Iterator[Report]:
        task = self.bars.add_task(t(f"step.{name}", self.lang), total=None)

        def report(done: int, total: int, gap: float | None = None) -> None:
            self.bars.update(task, completed=done, total=total)
            if self.job is not None:
                self.job.tell(name, done, total, gap)

        if self.job is not None:
            self.job.tell(name, 0, 0)

        began = perf_counter()
        yield report
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began
        total = self.bars.tasks[task].total or 1
        self.bars.update(task, completed=total, total=total)


@contextmanager
def working(lang: Lang) -> Iterator[Work]:
    """Show progress on stderr, and hear Ctrl-C, while the block runs."""
    console = err()
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with stop_on_interrupt(lambda: _say_stopping(console, lang)) as stop, bars:
        yield Work(lang, stop, bars, current())


def _say_stopping(console: Console, lang: Lang) -> None:
    console.print(t("step.stopping", lang))
