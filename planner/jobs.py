"""Parts of the plan solved side by side: in threads here, or spread over an executor.

A job is plain data (the bureaus it concerns, what others take, an objective, a draft to start
from), so that it can travel to another process or machine, where its model is built and solved.
The answers do not depend on where or on how many at a time they are worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass

from planner.capacity import Taken
from planner.cpsat import POLL_S, Answer, Mode, Status, Task, never, run, run_all
from planner.draft import Draft
from planner.given import Given
from planner.joint import Alone
from planner.part import Part, order_of, part_of
from planner.prices import Prices, priced
from planner.starts import Choice

AT_ONCE = 64
"""Models held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some bureaus to be planned again.

    Attributes
    ----------
    choices
        All leaves of the bureaus concerned; narrowed to one first day, a leave is fixed.
    taken
        What groups of other bureaus take.
    prices
        What groups pay (:mod:`planner.prices`); None for the first aim as it stands.
    start
        A draft of the bureaus to start from; need not be complete, nor fit.
    effort_s
        Effort, in :attr:`planner.cpsat.Task.effort_s`.
    mode
        What limits the solve.
    any_prices
        Whether the model is to hold every leader, so that it serves whatever prices come next.
        It decides what is solved, here as elsewhere: a model with fewer leaders has the same best
        value, but may end at another of several equal plans.
    alone
        For one bureau: relaxed to what joint groups could do for it; its draft is no plan.
    """

    choices: tuple[Choice, ...]
    taken: Taken
    prices: Prices | None
    start: Draft
    effort_s: float
    mode: Mode = "counted"
    any_prices: bool = False
    alone: Alone | None = None

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Ids of the bureaus concerned."""
        return tuple(dict.fromkeys(choice.bureau for choice in self.choices))


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: the best draft, None where none was found, and the proven bound."""

    status: Status
    draft: Draft | None
    bound: int | None
    work_s: float


GIVEN_UP = Done("unknown", None, None, 0.0)
"""What came of a job that somebody stopped before anything was found."""


def do_all(
    given: Given,
    jobs: Sequence[Job],
    *,
    workers: int,
    stop: Callable[[], bool] = never,
    executor: Executor | None = None,
    parts: MutableMapping[tuple[str, ...], Part] | None = None,
) -> tuple[Done, ...]:
    """Do several jobs side by side and return what came of them, in order.

    Parameters
    ----------
    given
        The scenario, worked out.
    jobs
        What to do.
    workers
        How many to solve at a time here.
    stop
        Asked every now and then; True stops all solves here, which hand back the best they have.
        On an executor what is done is taken, what has not begun is cancelled, and nobody waits
        for what is under way, which ends with its effort.
    executor
        Where to do them; None for threads of this process. Once it breaks (``BrokenExecutor``),
        what it did is taken and the rest is done here.
    parts
        Models by bureaus, kept from one call to the next and filled here, for jobs with
        :attr:`Job.any_prices` that differ in nothing but prices and starts. Not used on an
        executor.
    """
    if executor is None:
        return tuple(_here(given, jobs, workers, stop, parts))
    if stop():
        return (GIVEN_UP,) * len(jobs)
    futures: list[Future[Done]] = []
    try:
        futures.extend(executor.submit(do, given.of(job.bureaus), job) for job in jobs)
        return _elsewhere(futures, stop)
    except BrokenExecutor:
        return _rescued(given, jobs, futures, workers, stop, parts)
    except BaseException:
        # Without this the executor would go on with what nobody wants any more.
        for future in futures:
            future.cancel()
        raise


def do(given: Given, job: Job) -> Done:
    """Do one job in this thread."""
    part = _ready(job, _built(given, job))
    return _done(part, run(_task(job, part)))


def _elsewhere(futures: Sequence[Future[Done]], stop: Callable[[], bool]) -> tuple[Done, ...]:
    while under_way := [future for future in futures if not future.done()]:
        wait(under_way, timeout=POLL_S)
        if stop():
            # Cancelled before they are read: one that ends meanwhile is taken all the same.
            given_up = [future.cancel() or not future.done() for future in futures]
            pairs = zip(futures, given_up, strict=True)
            return tuple(GIVEN_UP if lost else future.result() for future, lost in pairs)
    return tuple(future.result() for future in futures)


def _rescued(
    given: Given,
    jobs: Sequence[Job],
    futures: Sequence[Future[Done]],
    workers: int,
    stop: Callable[[], bool],
    parts: MutableMapping[tuple[str, ...], Part] | None,
) -> tuple[Done, ...]:
    """Return what an executor did before it broke, and do the rest here."""
    for future in futures:
        future.cancel()
    done = {
        place: future.result()
        for place, future in enumerate(futures)
        if future.done() and not future.cancelled() and future.exception() is None
    }
    rest = [place for place in range(len(jobs)) if place not in done]
    if stop():
        made: Iterable[Done] = (GIVEN_UP,) * len(rest)
    else:
        made = _here(given, [jobs[place] for place in rest], workers, stop, parts)
    done |= dict(zip(rest, made, strict=True))
    return tuple(done[place] for place in range(len(jobs)))


def _here(
    given: Given,
    jobs: Sequence[Job],
    workers: int,
    stop: Callable[[], bool],
    parts: MutableMapping[tuple[str, ...], Part] | None,
) -> Iterator[Done]:
    for first in range(0, len(jobs), AT_ONCE):
        some = jobs[first : first + AT_ONCE]
        built = [_kept(given, job, parts) for job in some]
        tasks = [_task(job, part) for job, part in zip(some, built, strict=True)]
        answers = run_all(tasks, workers=workers, stop=stop)
        for part, answer in zip(built, answers, strict=True):
            yield _done(part, answer)


def _kept(given: Given, job: Job, parts: MutableMapping[tuple[str, ...], Part] | None) -> Part:
    if parts is None or not job.any_prices:
        return _ready(job, _built(given, job))
    if job.bureaus not in parts:
        parts[job.bureaus] = _built(given, job)
    return _ready(job, parts[job.bureaus])


def _built(given: Given, job: Job) -> Part:
    order = None
    if not job.any_prices:
        order = order_of(given, job.bureaus, job.start, job.prices or {})
    return part_of(given, job.choices, job.taken, order, job.alone)


def _ready(job: Job, part: Part) -> Part:
    if job.prices is None:
        part.aim("served", job.start)
    else:
        part.objective(priced(part, job.prices), maximise=True)
        part.hint(job.start)
    return part


def _task(job: Job, part: Part) -> Task:
    return Task(part.model, job.effort_s, job.mode)


def _done(part: Part, answer: Answer) -> Done:
    draft = part.draft_of(answer) if answer.found else None
    return Done(answer.status, draft, answer.bound, answer.work_s)
