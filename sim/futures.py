"""Futures: all randomness of one possible year, drawn before anything is simulated.

A future is independent of the plan and of the money: under another plan or budget it is the same
world (common random numbers by construction). Every word is a pure function of

    key     = the seed and the role of the draw
    counter = (index, bureau, future, purpose)

so a new draw, another bureau or another order of work moves nobody else's numbers. Bureaus are
keyed by their id, so their order does not matter either. This module and ``assumptions`` are the
only places where randomness comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from scenarios.assumptions import KNOWN, Assumptions
from scenarios.model import Scenario
from sim.assumptions import FACTOR_ONE, ONE, bits_of, exponential_table, table_of
from sim.case import MAX_EVENTS
from sim.philox import philox

LEAD_IN_DAYS = 730
"""Openings from so long before the horizon may still be under way at its start."""

MAX_OPENINGS = 100_000
"""More openings than this for one bureau and year raise: never truncated silently."""

AFTER_VISIT: tuple[str, ...] = (
    "visit-to-contract",
    "year-climate",
    "group-visit-factor",
    "contract-to-registered",
    "contract-to-started",
    "prefecture-event-share",
    "three-high-share",
    "funds-realisation",
    "carry-over-funds-yuan",
)
"""Assumptions drawn once a future that only bear on what follows a site visit: a tail can hold its
own true of them."""

LONGEST_GAP_MICRO = 1 << 38
"""A longer mean gap between arrivals (750 years) times a quantile would not fit 63 bits."""

_SHARED = 0
_MICRO = 1_000_000


class Role(IntEnum):
    """What a stream of futures is for: searching never sees what confirming sees."""

    FORECAST = 0
    SEARCH = 1
    CONFIRM = 2
    DEMO = 3


class Purpose(IntEnum):
    """The counter's last word.

    Tail ``k`` of a lead uses ``TAIL + 2 k`` and ``TAIL + 2 k + 1``, its own parameters
    ``PARAMETER + k``.
    """

    ARRIVAL = 0
    CALL = 1
    AGREEMENT = 2
    UNDER_WAY = 3
    LEAVE = 8
    EVENT = 9
    TAIL = 16
    LIAISON = 1 << 20
    LATE_REPORT = (1 << 20) + 1
    EVENT_ABSENCE = (1 << 20) + 2
    LEAD_LOST = (1 << 20) + 3
    UNANSWERED = (1 << 20) + 4
    PARAMETER = 1 << 21
    SHUFFLE = 1 << 22
    RESAMPLE = (1 << 22) + 1
    DEMO = (1 << 22) + 2
    NOISE = (1 << 22) + 3


_DEDUCTED: tuple[
    tuple[Literal["event-absence", "lead-lost", "request-unanswered"], Purpose, str, str], ...
] = (
    ("event-absence", Purpose.EVENT_ABSENCE, "event-absences-per-year", "event-absence-points"),
    ("lead-lost", Purpose.LEAD_LOST, "leads-lost-per-year", "lead-lost-points"),
    (
        "request-unanswered",
        Purpose.UNANSWERED,
        "requests-unanswered-per-year",
        "request-unanswered-points",
    ),
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one future holds true of one bureau: drawn once, in integer units.

    Probabilities are thresholds in parts of 2**32, factors in parts of 2**16, gaps in
    millionths of a day (0: never).
    """

    opening_gap_micro: int
    opening_pipeline: int
    away: int
    qualified: int
    visit: int
    contract: int
    registered: int
    started: int
    realisation: int
    prefecture_event: int
    three_high: int
    event_held: int
    event_led: int
    carry_over_fen: int
    liaison_gap_micro: int


@dataclass(frozen=True, slots=True)
class Leads:
    """Openings for a call in the order of arrival, an entry each; days may lie before day 0.

    ``*_word`` are raw 32-bit words compared with thresholds; ``*_fen`` and ``*_days`` are looked
    up already. The last eight belong to what follows the site visit: to a tail.
    """

    arrival_day: tuple[int, ...]
    thinning_word: tuple[int, ...]
    contact_delay_days: tuple[int, ...]
    patience_days: tuple[int, ...]
    away_word: tuple[int, ...]
    trip_days: tuple[int, ...]
    fare_fen: tuple[int, ...]
    hospitality_fen: tuple[int, ...]
    agreement_word: tuple[int, ...]
    visit_delay_days: tuple[int, ...]
    booking_patience_days: tuple[int, ...]
    unit_delay_days: tuple[int, ...]
    contract_word: tuple[int, ...]
    contract_delay_days: tuple[int, ...]
    amount_fen: tuple[int, ...]
    event_word: tuple[int, ...]
    landing_word: tuple[int, ...]
    registration_delay_days: tuple[int, ...]
    start_delay_days: tuple[int, ...]
    screening_word: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.arrival_day)

    def tail(self, lead: int) -> Tail:
        """Return what follows one opening's site visit."""
        return Tail(*(getattr(self, name)[lead] for name in Tail._fields))


class Tail(NamedTuple):
    """What follows one site visit, as drawn (see :class:`Leads`)."""

    contract_word: int
    contract_delay_days: int
    amount_fen: int
    event_word: int
    landing_word: int
    registration_delay_days: int
    start_delay_days: int
    screening_word: int


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is drawn for something under way when the simulation begins (:mod:`sim.state`).

    Attributes
    ----------
    words
        Two words: whether it goes on, and how.
    tail_words
        Eight words of what follows a site visit.
    tail
        The same, looked up.
    """

    words: tuple[int, int]
    tail_words: tuple[int, ...]
    tail: Tail


@dataclass(frozen=True, slots=True, order=True)
class Incident:
    """What daily work is marked down for.

    Attributes
    ----------
    day
        When.
    kind
        What it was.
    milli
        Thousandths of a point taken off; 0 for a late report, which the assessment counts.
    """

    day: int
    kind: Literal["report-late", "event-absence", "lead-lost", "request-unanswered"]
    milli: int


@dataclass(frozen=True, slots=True)
class BureauFuture:
    """One bureau's share of a future.

    Attributes
    ----------
    leads
        Openings for a call, ``LEAD_IN_DAYS`` before the horizon included.
    liaison
        Openings for ministry-liaison items: (day, thinning word).
    leaves
        For leave slot ``period * persons + person``: (clearing lag in days, return fare in fen).
    events
        For each promotion event: (word for being held, word for being led).
    late_report_days, deductions
        Days of the late or missed reports; (day, thousandths of a point) of the other deductions.
    under_way
        For each thing under way when the simulation begins.
    """

    bureau: str
    parameters: Parameters
    leads: Leads
    liaison: tuple[tuple[int, int], ...]
    late_report_days: tuple[int, ...]
    deductions: tuple[tuple[int, int], ...]
    leaves: tuple[tuple[int, int], ...]
    events: tuple[tuple[int, int], ...]
    under_way: tuple[UnderWay, ...] = ()


@dataclass(frozen=True, slots=True)
class Future:
    """One possible year of all bureaus, in the scenario's order."""

    index: int
    bureaus: tuple[BureauFuture, ...]


def key_of(seed: int, role: Role) -> tuple[int, int]:
    """Return the Philox key of a seed and a role.

    Parameters
    ----------
    seed
        A whole number from 0 to 2**63 - 1.
    role
        What the futures are for.
    """
    if not 0 <= seed < 1 << 63:
        msg = f"seed: found {seed}; allowed: a whole number from 0 to 2**63 - 1"
        raise ValueError(msg)
    words = np.random.SeedSequence(seed, spawn_key=(int(role),)).generate_state(2, np.uint32)
    return int(words[0]), int(words[1])


def draw_future(
    scenario: Scenario,
    index: int,
    *,
    seed: int,
    role: Role = Role.FORECAST,
    tail: int = 0,
    own: bool = False,
    reps: int = 1,
    under_way: Sequence[tuple[int, ...]] = (),
) -> Future:
    """Draw one future of a scenario.

    Parameters
    ----------
    scenario
        Its assumptions and horizon are used; its rules, plan and money are not.
    index
        Which future, from 0.
    seed
        A stated input of the experiment.
    role
        Which family of futures.
    tail
        Which words to use for what follows the site visits, from 0; all else stays the same.
    own
        Whether a tail also holds its own true of that (:data:`AFTER_VISIT`).
    reps
        How many futures in a row hold the same parameters true.
    under_way
        For each bureau the counter words of what is under way; empty: nothing is.
    """
    key, n_periods = key_of(seed, role), len(scenario.periods)
    return Future(
        index,
        tuple(
            draw_bureau_future(
                scenario.assumptions,
                bureau.id,
                scenario.days.n_days,
                key=key,
                future=index,
                n_leaves=n_periods * len(bureau.persons),
                tail=tail,
                own=own,
                theta=index // reps,
                under_way=under_way[place] if under_way else (),
            )
            for place, bureau in enumerate(scenario.organisation.bureaus)
        ),
    )


def draw_bureau_future(
    assumptions: Assumptions,
    bureau: str,
    n_days: int,
    *,
    key: tuple[int, int],
    future: int,
    n_leaves: int,
    tail: int = 0,
    own: bool = False,
    theta: int | None = None,
    under_way: tuple[int, ...] = (),
) -> BureauFuture:
    """Draw one bureau's share of one future (see :class:`BureauFuture`).

    Parameters are those of future ``theta``; by default its own.
    """
    held = future if theta is None else theta
    source = _Source(
        assumptions, bureau, key, future, crc32(bureau.encode()), held, tail if own else 0
    )
    parameters = _parameters(source)
    incidents = _incidents(source, n_days)
    return BureauFuture(
        bureau=bureau,
        parameters=parameters,
        leads=_leads(source, parameters, n_days, tail),
        liaison=tuple(
            (day, thinning)
            for day, thinning, _ in _arrivals(
                source, Purpose.LIAISON, parameters.liaison_gap_micro, 0, n_days
            )
        ),
        late_report_days=tuple(one.day for one in incidents if one.kind == "report-late"),
        deductions=tuple((one.day, one.milli) for one in incidents if one.kind != "report-late"),
        leaves=_leaves(source, n_leaves),
        events=tuple(
            (int(held), int(led))
            for held, led, _, _ in source.words(np.arange(MAX_EVENTS), Purpose.EVENT)
        ),
        under_way=_under_way(source, under_way, tail),
    )


def draw_parameters(
    assumptions: Assumptions, bureau: str, theta: int, *, key: tuple[int, int]
) -> Parameters:
    """Draw what one bureau holds true in the futures of ``theta``, and nothing else."""
    word = crc32(bureau.encode())
    return _parameters(_Source(assumptions, bureau, key, theta, word, theta, 0))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the words of one bureau and future come from."""

    assumptions: Assumptions
    bureau: str
    key: tuple[int, int]
    future: int
    bureau_word: int
    theta: int
    parameter_tail: int

    def words(self, index: NDArray[np.int64], purpose: int) -> NDArray[np.uint32]:
        """Return four words for each index, shape (n, 4)."""
        return philox(self.key, index, self.bureau_word, self.future, purpose)

    def look_up(self, assumption: str, word: NDArray[np.uint32] | int) -> NDArray[np.int64]:
        """Return the assumption's quantile at a word."""
        values = table_of(self.assumptions, assumption, self.bureau)
        shift = 32 - bits_of(assumption)
        return np.asarray(values[np.asarray(word, dtype=np.int64) >> shift])

    def parameter(self, assumption: str) -> int:
        """Return the value an assumption has in this future: shared ones are equal for all."""
        tail = self.parameter_tail if assumption in AFTER_VISIT else 0
        theta = np.array([self.theta])
        words = parameter_words(
            self.assumptions, assumption, self.bureau, theta, key=self.key, tail=tail
        )
        return int(self.look_up(assumption, words)[0])


def parameter_words(
    assumptions: Assumptions,
    assumption: str,
    bureau: str,
    thetas: NDArray[np.int64],
    *,
    key: tuple[int, int],
    tail: int = 0,
) -> NDArray[np.uint32]:
    """Return the words that look up an assumption drawn once a future, one for each theta.

    Parameters
    ----------
    assumptions
        Say whether the bureaus share it: shared ones have the same words for all.
    assumption, bureau
        Their ids.
    thetas
        Which draws of the parameters: the number of the future divided by ``reps``.
    key
        Of the seed and the role (:func:`key_of`).
    tail
        Which tail holds it true; 0: the future itself does.
    """
    shared = assumptions[assumption].scope == "shared"
    own = _SHARED if shared else crc32(bureau.encode())
    purpose = Purpose.PARAMETER + tail
    return philox(key, crc32(assumption.encode()), own, thetas, purpose)[..., 0]


def shuffled(n: int, number: int, *, key: tuple[int, int]) -> NDArray[np.int64]:
    """Return the numbers 0 to ``n - 1`` in random order: the shuffle of that number."""
    words = philox(key, np.arange(n), 0, number, Purpose.SHUFFLE)
    return np.lexsort((words[:, 1], words[:, 0]))


def resampled(n: int, replicates: int, *, key: tuple[int, int]) -> NDArray[np.int64]:
    """Return how often each of ``n`` futures is drawn when as many are drawn with replacement.

    Returns
    -------
    ndarray of int64, shape (replicates, n)
        Each row adds up to n.
    """
    counts = np.empty((replicates, n), np.int64)
    for number in range(replicates):
        words = philox(key, np.arange(-(-n // 4)), 0, number, Purpose.RESAMPLE).ravel()[:n]
        # A word times n, its upper half: uniform over the futures but for parts in 2**32.
        drawn = (words.astype(np.uint64) * np.uint64(n)) >> np.uint64(32)
        counts[number] = np.bincount(drawn.astype(np.int64), minlength=n)
    return counts


def _parameters(source: _Source) -> Parameters:
    once = {name: source.parameter(name) for name in KNOWN if KNOWN[name].drawn == "once"}

    def scaled(threshold: int, *factors: int) -> int:
        for factor in factors:
            threshold = threshold * factor // FACTOR_ONE
        return min(threshold, ONE)

    visit = scaled(once["call-to-visit"], once["regional-multiplier"])
    return Parameters(
        opening_gap_micro=_gap_micro(once["calls-per-month"], per_days=365, times=12),
        opening_pipeline=once["opening-pipeline"],
        away=once["away-share"],
        qualified=max(once["call-to-lead"], visit),
        visit=visit,
        contract=scaled(
            once["visit-to-contract"], once["year-climate"], once["group-visit-factor"]
        ),
        registered=once["contract-to-registered"],
        started=min(once["contract-to-started"], once["contract-to-registered"]),
        realisation=once["funds-realisation"] >> 16,
        prefecture_event=once["prefecture-event-share"],
        three_high=once["three-high-share"],
        event_held=once["event-held"],
        event_led=once["event-led"],
        carry_over_fen=once["carry-over-funds-yuan"],
        liaison_gap_micro=_gap_micro(once["liaison-items-per-month"], per_days=365, times=12),
    )


def _gap_micro(rate_micro: int, *, per_days: int, times: int = 1) -> int:
    """Return the mean gap in millionths of a day of a rate in millionths, or 0 for never."""
    if rate_micro <= 0:
        return 0
    return max(1, per_days * _MICRO * _MICRO // (rate_micro * times))


def _arrival_days(
    source: _Source, purpose: Purpose, gap_micro: int, first_day: int, n_days: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return days and words (n, 4) of a Poisson process; word 0 made the gap."""
    if gap_micro == 0:
        return np.empty(0, np.int64), np.empty((0, 4), np.uint32)
    span_micro = (n_days - first_day) * _MICRO
    expected = span_micro / gap_micro
    count = int(expected + 6 * expected**0.5 + 16)
    while True:
        if count > MAX_OPENINGS:
            msg = (
                f"{source.bureau}: about {expected:.0f} {purpose.name} draws in one year; allowed: "
                f"at most {MAX_OPENINGS}; lower the rate"
            )
            raise OverflowError(msg)
        words = source.words(np.arange(count), purpose)
        at_micro = np.cumsum(_gaps_micro(words[:, 0], gap_micro))
        if at_micro[-1] >= span_micro:
            inside = at_micro < span_micro
            return first_day + at_micro[inside] // _MICRO, words[inside]
        count *= 2


def _gaps_micro(words: NDArray[np.uint32], gap_micro: int) -> NDArray[np.int64]:
    """Return gaps between arrivals; a mean of centuries is scaled down first, so as to fit."""
    unit = exponential_table()[words >> 16]
    if gap_micro >= LONGEST_GAP_MICRO:
        return np.asarray(unit * (gap_micro >> 16) >> 4)
    return np.asarray(unit * gap_micro >> 20)


def _arrivals(
    source: _Source, purpose: Purpose, gap_micro: int, first_day: int, n_days: int
) -> list[tuple[int, int, int]]:
    """Return (day, thinning word, mark word) of a Poisson process."""
    days, words = _arrival_days(source, purpose, gap_micro, first_day, n_days)
    return list(zip(days.tolist(), words[:, 1].tolist(), words[:, 2].tolist(), strict=True))


def _point_process(
    source: _Source, purpose: Purpose, rate: str, per_days: int, n_days: int
) -> list[tuple[int, int, int]]:
    gap = _gap_micro(source.parameter(rate), per_days=per_days)
    return _arrivals(source, purpose, gap, 0, n_days)


def draw_incidents(
    scenario: Scenario, index: int, *, seed: int, role: Role = Role.FORECAST
) -> tuple[tuple[Incident, ...], ...]:
    """Draw what daily work is marked down for in one future, for each bureau in order of days.

    It is what :attr:`BureauFuture.late_report_days` and ``deductions`` of that future are made of.

    Parameters
    ----------
    scenario, index, seed, role
        As of :func:`draw_future`.
    """
    key = key_of(seed, role)
    return tuple(
        _incidents(
            _Source(scenario.assumptions, one.id, key, index, crc32(one.id.encode()), index, 0),
            scenario.days.n_days,
        )
        for one in scenario.organisation.bureaus
    )


def _incidents(source: _Source, n_days: int) -> tuple[Incident, ...]:
    reports = _point_process(source, Purpose.LATE_REPORT, "late-reports-per-year", 365, n_days)
    found = [Incident(day, "report-late", 0) for day, _, _ in reports]
    for kind, purpose, rate, points in _DEDUCTED:
        found += [
            Incident(day, kind, int(source.look_up(points, mark)))
            for day, _, mark in _point_process(source, purpose, rate, 365, n_days)
        ]
    return tuple(sorted(found))


def _leads(source: _Source, parameters: Parameters, n_days: int, tail: int) -> Leads:
    days, arrival = _arrival_days(
        source, Purpose.ARRIVAL, parameters.opening_gap_micro, -LEAD_IN_DAYS, n_days
    )
    index = np.arange(len(days))
    call = source.words(index, Purpose.CALL)
    agreement = source.words(index, Purpose.AGREEMENT)
    columns: dict[str, NDArray[np.int64] | NDArray[np.uint32]] = {
        "arrival_day": days,
        "thinning_word": arrival[:, 1],
        "contact_delay_days": source.look_up("contact-delay-days", arrival[:, 2]),
        "patience_days": source.look_up("queue-patience-days", arrival[:, 3]),
        "away_word": call[:, 0],
        "trip_days": source.look_up("trip-days", call[:, 1]),
        "fare_fen": source.look_up("trip-fare-yuan", call[:, 2]),
        "hospitality_fen": source.look_up("hospitality-yuan", call[:, 3]),
        "agreement_word": agreement[:, 0],
        "visit_delay_days": source.look_up("visit-delay-days", agreement[:, 1]),
        "booking_patience_days": source.look_up("booking-patience-days", agreement[:, 2]),
        "unit_delay_days": source.look_up("unit-delay-days", agreement[:, 3]),
        **_tail_columns(source, *_tail_words(source, index, tail)),
    }
    return Leads(**{f.name: tuple(columns[f.name].tolist()) for f in fields(Leads)})


def _tail_words(
    source: _Source, index: NDArray[np.int64], tail: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    first, second = Purpose.TAIL + 2 * tail, Purpose.TAIL + 2 * tail + 1
    return source.words(index, first), source.words(index, second)


def _tail_columns(
    source: _Source, contract: NDArray[np.uint32], landing: NDArray[np.uint32]
) -> dict[str, NDArray[np.int64] | NDArray[np.uint32]]:
    """Return the columns of what follows the site visits from its words, each (n, 4)."""
    return {
        "contract_word": contract[:, 0],
        "contract_delay_days": source.look_up("contract-delay-days", contract[:, 1]),
        "amount_fen": source.look_up("contract-yuan", contract[:, 2]),
        "event_word": contract[:, 3],
        "landing_word": landing[:, 0],
        "registration_delay_days": source.look_up("registration-delay-days", landing[:, 1]),
        "start_delay_days": source.look_up("start-delay-days", landing[:, 2]),
        "screening_word": landing[:, 3],
    }


def _under_way(source: _Source, words: tuple[int, ...], tail: int) -> tuple[UnderWay, ...]:
    index = np.array(words, np.int64)
    if not len(index):
        return ()
    how = source.words(index, Purpose.UNDER_WAY).tolist()
    contract, landing = _tail_words(source, index, tail)
    columns = _tail_columns(source, contract, landing)
    tails = zip(*(columns[name].tolist() for name in Tail._fields), strict=True)
    raw = np.hstack([contract, landing]).tolist()
    return tuple(
        UnderWay((own[0], own[1]), tuple(eight), Tail(*looked_up))
        for own, eight, looked_up in zip(how, raw, tails, strict=True)
    )


def _leaves(source: _Source, n_leaves: int) -> tuple[tuple[int, int], ...]:
    words = source.words(np.arange(n_leaves), Purpose.LEAVE)
    lags = source.look_up("clearing-lag-days", words[:, 0]).tolist()
    fares = source.look_up("leave-fare-yuan", words[:, 1]).tolist()
    return tuple(zip(lags, fares, strict=True))


def draw_futures(
    scenario: Scenario, indices: Iterable[int], *, seed: int, role: Role = Role.FORECAST
) -> Iterable[Future]:
    """Draw futures one after another, lazily."""
    return (draw_future(scenario, index, seed=seed, role=role) for index in indices)
