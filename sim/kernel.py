"""The kernel: the compiled twin of :mod:`sim.model`, integers only, the same bits out.

The model is the law; this is the same year as a loop over days, compiled by Numba. It draws its
own words from the counters of :mod:`sim.futures`, looks them up in the same tables, and keeps the
model's order of events: days, phases within a day, openings by number within a phase. What follows
a site visit feeds back on nothing, so that it needs no loop and can be drawn again as often as
wanted at almost no cost: a *tail*. Tail 0 is the model's own.

Everything compiled stands in this one module: Numba's cache notices a change in the file of a
function, not in what it inlines from elsewhere. The compiled code is kept in a folder named by
what it was made from (:mod:`sim.compiled`).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled
from sim.futures import AFTER_VISIT as AFTER_VISIT_NAMES
from sim.futures import LEAD_IN_DAYS, LONGEST_GAP_MICRO, MAX_OPENINGS, Purpose
from sim.model import NOTICE_DAYS
from sim.outcome import BINDING, COLUMNS, SPEND_HEADS, TAIL_COLUMNS
from sim.packing import EACH, MODES, NUMBERS, ONCE, Ints, Packed
from sim.state import CELLS, TRIPLES

# What the compiled code takes from elsewhere, as plain integers.
(
    OPENINGS,
    CALLS,
    QUALIFIED_LEADS,
    LOST_PEOPLE,
    LOST_MONEY,
    WAITING,
    VISITS_PRINCIPAL,
    VISITS_DEPUTY,
    VISITS_GROUP,
    VISITS_UNIT,
    LOST_SEATS,
    SIGNED,
    SIGNED_FEN,
    REGISTERED,
    STARTED,
    EVENT_SIGNED,
    EVENT_STARTED,
    FUNDS_GROSS_FEN,
    FUNDS_FIXED_FEN,
    SCREENED_OUT,
    EVENTS,
    EVENTS_LED,
    LIAISON_ITEMS,
    REPORTS_LATE,
    DEDUCTIONS_MILLI,
    RELEASED_FEN,
    BALANCE_FEN,
    ARREARS_FEN,
    DRY_DAY,
) = range(len(COLUMNS))
"""Columns of an outcome (:data:`sim.outcome.COLUMNS`)."""

COLUMN_NUMBERS = tuple(range(len(COLUMNS)))
"""Every column."""

(
    N_DAYS,
    N_MONTHS,
    POSTED,
    PER_DIEM_FEN,
    AWAY_DAY_FEN,
    AWAY_NIGHT_FEN,
    RENT_FEN,
    GATE,
    GATE_BLOCKS_TRANCHE,
    RESERVE_PER_DIEM,
    AT_START_PERCENT,
    INSTALMENTS,
    INTERVAL_DAYS,
    MOST_SEASON_PER_MILLE,
    FIRST_DAY,
    DUE_FEN,
    CARRIED_FEN,
) = range(len(NUMBERS))
"""Scalars of a case (:data:`sim.packing.NUMBERS`)."""

CALLS_PER_MONTH = ONCE.index("calls-per-month")
OPENING_PIPELINE = ONCE.index("opening-pipeline")
AWAY_SHARE = ONCE.index("away-share")
CALL_TO_LEAD = ONCE.index("call-to-lead")
CALL_TO_VISIT = ONCE.index("call-to-visit")
REGIONAL_MULTIPLIER = ONCE.index("regional-multiplier")
EVENT_HELD = ONCE.index("event-held")
EVENT_LED = ONCE.index("event-led")
LIAISON_PER_MONTH = ONCE.index("liaison-items-per-month")
LATE_REPORTS = ONCE.index("late-reports-per-year")
EVENT_ABSENCES = ONCE.index("event-absences-per-year")
LEADS_LOST = ONCE.index("leads-lost-per-year")
REQUESTS_UNANSWERED = ONCE.index("requests-unanswered-per-year")

AFTER_VISIT = tuple(ONCE.index(name) for name in AFTER_VISIT_NAMES)
(
    H_CONTRACT,
    H_CLIMATE,
    H_GROUP_FACTOR,
    H_REGISTERED,
    H_STARTED,
    H_EVENT_SHARE,
    H_THREE_HIGH,
    H_REALISATION,
    H_CARRY_OVER,
) = range(len(AFTER_VISIT))
"""What is held true of what follows a visit (:data:`sim.futures.AFTER_VISIT`)."""

N_MODES = len(MODES)
H_MOST_ODDS = len(AFTER_VISIT)
"""From here on, a row a mode: the odds of signing in the best season."""

CONTACT_DELAY = EACH.index("contact-delay-days")
QUEUE_PATIENCE = EACH.index("queue-patience-days")
TRIP_DAYS = EACH.index("trip-days")
TRIP_FARE = EACH.index("trip-fare-yuan")
HOSPITALITY = EACH.index("hospitality-yuan")
VISIT_DELAY = EACH.index("visit-delay-days")
BOOKING_PATIENCE = EACH.index("booking-patience-days")
UNIT_DELAY = EACH.index("unit-delay-days")
CONTRACT_DELAY = EACH.index("contract-delay-days")
REGISTRATION_DELAY = EACH.index("registration-delay-days")
START_DELAY = EACH.index("start-delay-days")
LEAVE_FARE = EACH.index("leave-fare-yuan")
CLEARING_LAG = EACH.index("clearing-lag-days")
ABSENCE_POINTS = EACH.index("event-absence-points")
LOST_POINTS = EACH.index("lead-lost-points")
UNANSWERED_POINTS = EACH.index("request-unanswered-points")

P_ARRIVAL, P_CALL, P_AGREEMENT = int(Purpose.ARRIVAL), int(Purpose.CALL), int(Purpose.AGREEMENT)
P_LEAVE, P_EVENT, P_TAIL = int(Purpose.LEAVE), int(Purpose.EVENT), int(Purpose.TAIL)
P_UNDER_WAY = int(Purpose.UNDER_WAY)
P_LIAISON, P_LATE_REPORT = int(Purpose.LIAISON), int(Purpose.LATE_REPORT)
P_EVENT_ABSENCE, P_LEAD_LOST = int(Purpose.EVENT_ABSENCE), int(Purpose.LEAD_LOST)
P_UNANSWERED, P_PARAMETER = int(Purpose.UNANSWERED), int(Purpose.PARAMETER)

TRAVEL, HOSPITALITY_HEAD = SPEND_HEADS.index("travel"), SPEND_HEADS.index("hospitality")
PER_DIEM, LEAVE_FARES = SPEND_HEADS.index("per_diem"), SPEND_HEADS.index("leave_fares")
RENT = SPEND_HEADS.index("rent")
N_HEADS = len(SPEND_HEADS)

B_MONEY, B_PEOPLE, B_SEATS = (BINDING.index(limit) for limit in ("money", "people", "seats"))
N_BINDING = len(BINDING)
"""Limits that bind on a day of their own (:data:`sim.outcome.BINDING`)."""

UNIT = 3
"""Mode of a visit received outside the leaves (:data:`sim.packing.MODES`)."""

BLOCK = 64
"""Openings drawn at a time, so that the compiler draws several in one instruction."""

DONE, TOO_MANY, TOO_LARGE = 0, 1, 2
"""How a run ended: well; more openings than may be; money beyond 64-bit integers."""

OPENS = 8
"""Place in a path's working space of the day on which each tranche is released."""

NO_LESS = 1 << 62
"""A release that no smaller budget reaches."""

LARGEST_SUM_FEN = 1 << 46
"""Funds in place of one bureau and year stay below this, so that shares of them fit."""

PER_BUREAU, PER_PERSON = 1, 2
"""Codes of the clearing gate (:data:`sim.packing.GATES`)."""

ONE = 1 << 32
(
    T_SIGNED,
    T_SIGNED_FEN,
    T_REGISTERED,
    T_STARTED,
    T_EVENT_SIGNED,
    T_EVENT_STARTED,
    T_FUNDS_GROSS,
    T_FUNDS_FIXED,
    T_SCREENED_OUT,
) = range(len(TAIL_COLUMNS))
"""Columns of a tail (:data:`sim.outcome.TAIL_COLUMNS`)."""

V_LEAD, V_CALLED, V_VISITED, V_MODE = 0, 1, 2, 3
"""Columns of a visit: opening, day of the call, last day of the visit, mode."""

L_LEAD, L_CONTACT, L_DEADLINE, L_DAYS, L_COST, L_AWAY, L_NEXT = 0, 1, 2, 3, 4, 5, 6
L_READY_DELAY, L_PATIENCE, L_UNIT_DELAY, L_VISITS, L_QUALIFIED = 7, 8, 9, 10, 11
LEAD_COLUMNS = 12
"""Columns of an opening that joins the queue."""

C_LEAD, C_CALLED, C_READY, C_PATIENCE, C_UNIT_DELAY = 0, 1, 2, 3, 4
CARRIED_COLUMNS = 5
"""Columns of an opening called before the horizon: number, day of the call, day from which a visit
is possible, patience and a lead unit's delay in days."""

O_WORD, O_CALLED, O_BACK, O_KNOWN, O_NEVER, O_FIRST, O_TRIPLES, O_STILL = range(8)
"""Columns of an open lead (:attr:`sim.packing.Packed.open_leads`)."""

S_WORD, S_OPEN, S_WEIGHT, S_STILL = range(4)
"""Columns of a company that visited (:attr:`sim.packing.Packed.open_visits`)."""

X_WORD, X_SIGNED, X_REGISTERED, X_AMOUNT, X_EVENT, X_PAST = range(6)
"""Columns of a contract that has not started (:attr:`sim.packing.Packed.open_contracts`)."""

R_TAIL, R_VISIT, R_CONTRACT, R_DELAY, R_AMOUNT, R_EVENT = 0, 1, 2, 3, 4, 5
R_LEAD, R_SIGNING = 1, 2
"""Rows of the pairs of visit and tail that may sign: place of the tail, of the visit, four words;
of those that sign: opening and day in place of the visit and the first word."""

PAIRS = 256
"""Pairs followed at a time."""

_MICRO = 1_000_000


@compiled(inline="always")
def _round(x0, x1, x2, x3, k0, k1):
    low = np.uint64(0xFFFFFFFF)
    p0 = x0 * np.uint64(0xD2511F53)
    p1 = x2 * np.uint64(0xCD9E8D57)
    return (p1 >> np.uint64(32)) ^ x1 ^ k0, p1 & low, (p0 >> np.uint64(32)) ^ x3 ^ k1, p0 & low


@compiled(inline="always")
def _words(key, c0, c1, c2, c3):
    """Return four words of Philox4x32-10 as int64 (:func:`sim.philox.philox`)."""
    x0, x1 = np.uint64(c0), np.uint64(c1)
    x2, x3 = np.uint64(c2), np.uint64(c3)
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0, k1)
        k0 = (k0 + np.uint64(0x9E3779B9)) & low
        k1 = (k1 + np.uint64(0xBB67AE85)) & low
    return np.int64(x0), np.int64(x1), np.int64(x2), np.int64(x3)


@compiled()
def _block(key, counters, bureau, future, purpose, out):
    """Fill ``out`` (4, BLOCK) with the words of as many openings, several in one instruction."""
    for j in range(BLOCK):
        w0, w1, w2, w3 = _words(key, counters[j], bureau, future, purpose)
        out[0, j], out[1, j], out[2, j], out[3, j] = w0, w1, w2, w3


@compiled()
def _tail_block(key, lead, bureau, future, first_purpose, n, out):
    """Fill ``out`` (4, BLOCK) with the words of one opening in ``n`` tails."""
    for j in range(n):
        w0, w1, w2, w3 = _words(key, lead, bureau, future, first_purpose + 2 * j)
        out[0, j], out[1, j], out[2, j], out[3, j] = w0, w1, w2, w3


@compiled()
def _pair_block(key, pairs, bureau, future, first_purpose, n, out):
    """Fill ``out`` (4, PAIRS) with the words of ``n`` openings, each in a tail of its own."""
    for i in range(n):
        lead, purpose = pairs[R_LEAD, i], first_purpose + 2 * pairs[R_TAIL, i]
        w0, w1, w2, w3 = _words(key, lead, bureau, future, purpose)
        out[0, i], out[1, i], out[2, i], out[3, i] = w0, w1, w2, w3


@compiled(inline="always")
def _scaled(threshold, factor):
    return threshold * factor >> 16


@compiled(inline="always")
def _gap_micro(rate_micro, per_days, times):
    if rate_micro <= 0:
        return 0
    return max(1, per_days * _MICRO * _MICRO // (rate_micro * times))


@compiled(inline="always")
def _gap(exponential, word, gap_micro):
    """Return a gap between arrivals in millionths of a day (``sim.futures._gaps_micro``)."""
    if gap_micro >= LONGEST_GAP_MICRO:
        return exponential[word >> 16] * (gap_micro >> 16) >> 4
    return exponential[word >> 16] * gap_micro >> 20


@compiled()
def _parameters(deck, key, future, once):
    """Draw what is drawn once a future, as the model's thresholds (``sim.futures._parameters``)."""
    for i in range(len(once)):
        word, _, _, _ = _words(key, deck.once_word[i, 0], deck.once_word[i, 1], future, P_PARAMETER)
        once[i] = deck.once[i, word >> 20]
    visit = min(_scaled(once[CALL_TO_VISIT], once[REGIONAL_MULTIPLIER]), ONE)
    once[CALL_TO_VISIT] = visit
    once[CALL_TO_LEAD] = max(once[CALL_TO_LEAD], visit)


@compiled()
def _deductions(deck, key, future, rate, points, purpose):
    """Return how often something was drawn, how often from the first day on, and what that cost."""
    gap_micro = _gap_micro(rate, 365, 1)
    number, counted, milli = 0, 0, 0
    if gap_micro == 0:
        return number, counted, milli
    span_micro = deck.numbers[N_DAYS] * _MICRO
    known_micro = deck.numbers[FIRST_DAY] * _MICRO
    at_micro = 0
    while number <= MAX_OPENINGS:
        w0, _, w2, _ = _words(key, number, deck.bureau_word, future, purpose)
        at_micro += _gap(deck.exponential, w0, gap_micro)
        if at_micro >= span_micro:
            break
        number += 1
        if at_micro < known_micro:
            continue
        counted += 1
        if points >= 0:
            milli += deck.each[points, w2 >> 20]
    return number, counted, milli


@compiled()
def _duties(deck, key, future, once, row):
    """Fill in what needs no queue: events, liaison items, late reports, deductions."""
    bureau, first_day = deck.bureau_word, deck.numbers[FIRST_DAY]
    row[EVENTS], row[EVENTS_LED] = deck.facts[EVENTS], deck.facts[EVENTS_LED]
    row[LIAISON_ITEMS] = deck.facts[LIAISON_ITEMS]
    for i in range(len(deck.event_led)):
        if deck.event_day[i] < first_day:
            continue
        held, led, _, _ = _words(key, i, bureau, future, P_EVENT)
        if held < once[EVENT_HELD]:
            row[EVENTS] += 1
            if deck.event_led[i] and led < once[EVENT_LED]:
                row[EVENTS_LED] += 1
    gap_micro = _gap_micro(once[LIAISON_PER_MONTH], 365, 12)
    if gap_micro:
        span_micro = deck.numbers[N_DAYS] * _MICRO
        at_micro, number = 0, 0
        while number <= MAX_OPENINGS:
            w0, w1, _, _ = _words(key, number, bureau, future, P_LIAISON)
            at_micro += _gap(deck.exponential, w0, gap_micro)
            if at_micro >= span_micro:
                break
            number += 1
            if at_micro < first_day * _MICRO:
                continue
            if w1 * deck.numbers[POSTED] < deck.at_post[at_micro // _MICRO] * ONE:
                row[LIAISON_ITEMS] += 1
        if number > MAX_OPENINGS:
            return TOO_MANY
    late, reports, _ = _deductions(
        deck, key, future, once[LATE_REPORTS], np.int64(-1), np.int64(P_LATE_REPORT)
    )
    absent, _, a = _deductions(
        deck, key, future, once[EVENT_ABSENCES], np.int64(ABSENCE_POINTS), np.int64(P_EVENT_ABSENCE)
    )
    lost, _, b = _deductions(
        deck, key, future, once[LEADS_LOST], np.int64(LOST_POINTS), np.int64(P_LEAD_LOST)
    )
    unanswered, _, c = _deductions(
        deck,
        key,
        future,
        once[REQUESTS_UNANSWERED],
        np.int64(UNANSWERED_POINTS),
        np.int64(P_UNANSWERED),
    )
    row[REPORTS_LATE] = deck.facts[REPORTS_LATE] + reports
    row[DEDUCTIONS_MILLI] = deck.facts[DEDUCTIONS_MILLI] + a + b + c
    return TOO_MANY if max(late, absent, lost, unanswered) > MAX_OPENINGS else DONE


@compiled()
def _openings(deck, key, future, once, leads, carried, counters, words, row):
    """Draw the openings that matter: those that join the queue, and those already called.

    Returns
    -------
    tuple
        How it ended; openings in ``leads``; openings in ``carried``, of which only the number and
        the day of the call are filled in (:func:`_agreed`).
    """
    gap_micro = _gap_micro(once[CALLS_PER_MONTH], 365, 12)
    n_leads, n_carried = 0, 0
    if gap_micro == 0:
        return DONE, n_leads, n_carried
    bureau, n_days, posted = deck.bureau_word, deck.numbers[N_DAYS], deck.numbers[POSTED]
    span_micro = (n_days + LEAD_IN_DAYS) * _MICRO
    lead_in_micro = LEAD_IN_DAYS * _MICRO
    at_micro, number = 0, 0
    each, exponential = deck.each, deck.exponential
    pipeline, first_day = once[OPENING_PIPELINE], deck.numbers[FIRST_DAY]
    while True:
        if number > MAX_OPENINGS:
            return TOO_MANY, n_leads, n_carried
        for j in range(BLOCK):
            counters[j] = number + j
        _block(key, counters, bureau, future, np.int64(P_ARRIVAL), words)
        for j in range(BLOCK):
            at_micro += _gap(exponential, words[0, j], gap_micro)
            if at_micro >= span_micro:
                return DONE, n_leads, n_carried
            thinning = words[1, j]
            if at_micro >= lead_in_micro:
                day = (at_micro - lead_in_micro) // _MICRO
                if thinning * posted >= deck.at_post[day] * ONE:
                    continue
            else:
                if thinning >= pipeline:
                    continue
                day = at_micro // _MICRO - LEAD_IN_DAYS
            contact = day + each[CONTACT_DELAY, words[2, j] >> 20]
            if contact < 0:
                if first_day:
                    # It stands in the state.
                    continue
                if n_carried == len(carried):
                    return TOO_MANY, n_leads, n_carried
                carried[n_carried, C_LEAD], carried[n_carried, C_CALLED] = number + j, contact
                n_carried += 1
                continue
            row[OPENINGS] += 1
            if contact < n_days:
                if n_leads == len(leads):
                    return TOO_MANY, n_leads, n_carried
                leads[n_leads, L_LEAD] = number + j
                leads[n_leads, L_CONTACT] = contact
                leads[n_leads, L_DEADLINE] = contact + each[QUEUE_PATIENCE, words[3, j] >> 20]
                n_leads += 1
        number += BLOCK


@compiled()
def _agreed(deck, key, future, once, carried, n_carried, counters, words):
    """Keep of the openings called before the horizon those that agreed to a visit; their number."""
    each, visit, n_kept = deck.each, once[CALL_TO_VISIT], 0
    for first in range(0, n_carried, BLOCK):
        n = min(BLOCK, n_carried - first)
        for j in range(BLOCK):
            counters[j] = carried[first + min(j, n - 1), C_LEAD]
        _block(key, counters, deck.bureau_word, future, np.int64(P_AGREEMENT), words)
        for j in range(n):
            if words[0, j] < visit:
                called = carried[first + j, C_CALLED]
                carried[n_kept, C_LEAD], carried[n_kept, C_CALLED] = counters[j], called
                carried[n_kept, C_READY] = called + each[VISIT_DELAY, words[1, j] >> 20]
                carried[n_kept, C_PATIENCE] = each[BOOKING_PATIENCE, words[2, j] >> 20]
                carried[n_kept, C_UNIT_DELAY] = each[UNIT_DELAY, words[3, j] >> 20]
                n_kept += 1
    return n_kept


@compiled()
def _needs(deck, key, future, once, leads, n_leads, head, counters, words, more):
    """Look up what each call takes and leads to; string openings together by day of contact."""
    bureau, each = deck.bureau_word, deck.each
    away_day, away_night = deck.numbers[AWAY_DAY_FEN], deck.numbers[AWAY_NIGHT_FEN]
    for first in range(0, n_leads, BLOCK):
        n = min(BLOCK, n_leads - first)
        for j in range(BLOCK):
            counters[j] = leads[first + min(j, n - 1), L_LEAD]
        _block(key, counters, bureau, future, np.int64(P_CALL), words)
        _block(key, counters, bureau, future, np.int64(P_AGREEMENT), more)
        for j in range(n):
            lead = leads[first + j]
            if words[0, j] < once[AWAY_SHARE]:
                days = max(1, each[TRIP_DAYS, words[1, j] >> 20])
                fare = each[TRIP_FARE, words[2, j] >> 20]
                lead[L_AWAY] = 1
                lead[L_DAYS] = days
                lead[L_COST] = fare + days * away_day + (days - 1) * away_night
            else:
                lead[L_AWAY] = 0
                lead[L_DAYS] = 1
                lead[L_COST] = each[HOSPITALITY, words[3, j] >> 20]
            lead[L_QUALIFIED] = more[0, j] < once[CALL_TO_LEAD]
            lead[L_VISITS] = more[0, j] < once[CALL_TO_VISIT]
            lead[L_READY_DELAY] = each[VISIT_DELAY, more[1, j] >> 20]
            lead[L_PATIENCE] = each[BOOKING_PATIENCE, more[2, j] >> 20]
            lead[L_UNIT_DELAY] = each[UNIT_DELAY, more[3, j] >> 20]
    head[:] = -1
    # From the last to the first, so that each day's openings stand in the order of their numbers.
    for i in range(n_leads - 1, -1, -1):
        day = leads[i, L_CONTACT]
        leads[i, L_NEXT] = head[day]
        head[day] = i


@compiled()
def _seat(windows, seats, earliest, latest):
    """Take a seat in the first group in time; return its number, or -1."""
    for i in range(len(windows)):
        start = windows[i, 0]
        if start > latest:
            break
        if earliest <= start and seats[i] > 0:
            seats[i] -= 1
            return i
    return -1


@compiled(inline="always")
def _bind(bound, limit, month, day):
    """Remember the month's first day on which a limit bound."""
    if bound[limit, month] < 0:
        bound[limit, month] = day


@compiled()
def _book(
    windows,
    month_of,
    seats,
    lead,
    called,
    ready,
    patience,
    unit_delay,
    back,
    today,
    visits,
    n,
    row,
    bound,
):
    """Bring a company that agreed on day ``back`` to the home city: in a group or not."""
    at = _seat(windows, seats, max(ready, back + NOTICE_DAYS), ready + patience)
    if at >= 0:
        day, last, mode = windows[at, 0], windows[at, 1], windows[at, 3]
    else:
        day = max(max(ready, back) + unit_delay, today)
        last, mode = day, UNIT
    if at < 0 and unit_delay > patience:
        row[LOST_SEATS] += 1
        _bind(bound, B_SEATS, month_of[today], today)
    elif day < len(month_of):
        row[VISITS_PRINCIPAL + mode] += 1
        visits[n, V_LEAD], visits[n, V_CALLED] = lead, called
        visits[n, V_VISITED], visits[n, V_MODE] = last, mode
        n += 1
    return n


@compiled(inline="always")
def _short(row, bound, month, day):
    """Remember the first day on which money was short, of all and of the month."""
    if row[DRY_DAY] < 0:
        row[DRY_DAY] = day
    _bind(bound, B_MONEY, month, day)


@compiled(inline="always")
def _pay(balance, owed, head, month, spend):
    """Book an expense as far as the balance allows; return what was paid."""
    paid = min(owed, balance)
    spend[head, month] += paid
    return paid


@compiled(inline="always")
def _needed(needed, released, balance, asked):
    """Return the release that everything so far took: with less, somebody would have gone short.

    Where somebody does go short, what is paid depends on every fen: no less would do the same.
    """
    if balance < asked:
        return NO_LESS
    return max(needed, released - balance + asked)


@compiled()
def _gates(deck, key, future, gate, fares):
    """Fill in the days from which per-diem may be paid, by period and person, and leave fares."""
    policy, n_persons = deck.numbers[GATE], deck.present.shape[0]
    for period in range(len(deck.period_starts)):
        gate[period, :] = deck.period_starts[period]
    for i in range(len(deck.leaves)):
        person, period = deck.leaves[i, 0], deck.leaves[i, 1]
        slot = period * n_persons + person
        lag, fare, _, _ = _words(key, slot, deck.bureau_word, future, P_LEAVE)
        fares[i] = deck.each[LEAVE_FARE, fare >> 20]
        if policy == 0 or period + 1 >= len(deck.period_starts):
            continue
        cleared = max(
            deck.leaves[i, 3] + deck.each[CLEARING_LAG, lag >> 20], deck.numbers[FIRST_DAY]
        )
        if deck.cleared[i] >= 0:
            cleared = deck.cleared[i]
        for other in range(n_persons):
            if policy == PER_BUREAU or other == person:
                gate[period + 1, other] = max(gate[period + 1, other], cleared)


@compiled()
def _path(
    deck,
    key,
    future,
    once,
    tranche_fen,
    leads,
    n_leads,
    head,
    carried,
    n_carried,
    gate,
    fares,
    room,
    visits,
    row,
    spend,
    bound,
    need,
):
    """Go through the days of one year; return the number of site visits.

    ``room`` is working space; ``row``, ``spend`` and ``bound`` receive what happened, ``need``
    (periods + 1)
    for each number of tranches released how much they must come to for the year to go as it did.
    A smaller budget that releases as much whenever it mattered gives the same year.
    """
    numbers = deck.numbers
    n_days, n_persons, n_periods = numbers[N_DAYS], deck.present.shape[0], len(tranche_fen)
    per_diem, rent, reserves = numbers[PER_DIEM_FEN], numbers[RENT_FEN], numbers[RESERVE_PER_DIEM]
    seats, after, busy_until, out_until, back_day, back_lead, owed, short_on, opens, gates_open = (
        room
    )
    windows = deck.windows
    row[DRY_DAY] = -1
    bound[:] = -1
    for i in range(len(windows)):
        seats[i] = windows[i, 2]
    for i in range(n_leads):
        after[i] = leads[i, L_NEXT]
        short_on[i] = -2
    for person in range(n_persons):
        busy_until[person] = -1
        out_until[person] = -1
        back_day[person] = -1
        owed[person] = 0
    next_open = n_days
    for i in range(n_periods):
        gates_open[i] = gate[i, 0]
        for person in range(1, n_persons):
            gates_open[i] = max(gates_open[i], gate[i, person])
        opens[i] = deck.period_starts[i]
        if numbers[GATE_BLOCKS_TRANCHE]:
            for person in range(n_persons):
                opens[i] = max(opens[i], gate[i, person])
        next_open = min(next_open, opens[i])
    n_visits = 0
    for i in range(n_carried):
        ready = carried[i, C_READY]
        if ready < 0:
            # The visit lies before the horizon: only what follows from it may still happen.
            visits[n_visits, V_LEAD] = carried[i, C_LEAD]
            visits[n_visits, V_CALLED] = carried[i, C_CALLED]
            visits[n_visits, V_VISITED] = ready
            visits[n_visits, V_MODE] = UNIT
            n_visits += 1
        else:
            n_visits = _book(
                windows,
                deck.month_of,
                seats,
                carried[i, C_LEAD],
                carried[i, C_CALLED],
                ready,
                carried[i, C_PATIENCE],
                carried[i, C_UNIT_DELAY],
                0,
                0,
                visits,
                n_visits,
                row,
                bound,
            )
    balance, released, arrears, owed_fares, owed_rent = 0, 0, 0, 0, 0
    n_open, needed = 0, 0
    need[:] = 0
    # Until when somebody is out, and whether per-diem is owed from before.
    last_out, owes = -1, False
    # The queue is a chain of openings; it is walked only where somebody is free or one may lapse.
    first, last, lapse = -1, -1, n_days
    next_leave, next_back, dispatched_on = 0, n_days, -1
    # The last day on which money was short, until it is noted: once a day, not for every opening.
    short_day = -1
    for day in range(n_days):
        month = deck.month_of[day]
        if short_day >= 0:
            _short(row, bound, deck.month_of[short_day], short_day)
            short_day = -1
        if day == numbers[FIRST_DAY] and day > 0:
            # What is known takes the place of what was simulated; who waits for a call is not.
            n_visits = _take_up(deck, key, future, once, seats, visits, row, spend, bound)
            released, next_open = 0, n_days
            for i in range(n_periods):
                if opens[i] < day:
                    released += tranche_fen[i]
                else:
                    next_open = min(next_open, opens[i])
            spent = 0
            for head_of_expense in range(N_HEADS):
                for m in range(numbers[N_MONTHS]):
                    spent += spend[head_of_expense, m]
            balance = max(0, released - spent)
            # Smaller budgets are not compared from here on.
            need[:] = NO_LESS
            needed = NO_LESS
            owed_fares, owed_rent = 0, deck.fact_owed[n_persons]
            arrears, next_back, last_out = owed_rent, n_days, -1
            for person in range(n_persons):
                owed[person] = deck.fact_owed[person]
                arrears += owed[person]
                busy_until[person], out_until[person], back_day[person] = -1, -1, -1
            owes = arrears > owed_rent
        if day == next_open:
            next_open = n_days
            for i in range(n_periods):
                if opens[i] == day:
                    # Out of turn: smaller budgets are not compared.
                    need[n_open] = needed if i == n_open else NO_LESS
                    n_open, needed = n_open + 1, 0
                    balance += tranche_fen[i]
                    released += tranche_fen[i]
                elif opens[i] > day:
                    next_open = min(next_open, opens[i])
        # Back from a call; of several on one day the one with the lowest number first.
        while day == next_back:
            back = -1
            for person in range(n_persons):
                if back_day[person] == day and (
                    back < 0 or leads[back_lead[person], L_LEAD] < leads[back_lead[back], L_LEAD]
                ):
                    back = person
            back_day[back] = -1
            next_back = n_days
            for person in range(n_persons):
                if back_day[person] >= 0:
                    next_back = min(next_back, back_day[person])
            i = back_lead[back]
            row[QUALIFIED_LEADS] += leads[i, L_QUALIFIED]
            if leads[i, L_VISITS]:
                called = day - leads[i, L_DAYS]
                n_visits = _book(
                    windows,
                    deck.month_of,
                    seats,
                    leads[i, L_LEAD],
                    called,
                    called + leads[i, L_READY_DELAY],
                    leads[i, L_PATIENCE],
                    leads[i, L_UNIT_DELAY],
                    day,
                    day,
                    visits,
                    n_visits,
                    row,
                    bound,
                )
        i = head[day]
        if i >= 0:
            if last >= 0:
                after[last] = i
            else:
                first = i
            while i >= 0:
                lapse = min(lapse, leads[i, L_DEADLINE])
                last = i
                i = after[i]
        if first >= 0 and deck.workday[day]:
            n_free = 0
            for person in range(n_persons):
                if busy_until[person] < day and deck.run_left[person, day] > 0:
                    n_free += 1
            lapses = day > lapse
            if lapses:
                lapse = n_days
            if n_free or lapses:
                reserve = arrears + (deck.per_diem_left_fen[day] if reserves else 0)
                before, i = -1, first
                while i >= 0 and (n_free or lapses):
                    following = after[i]
                    stays = True
                    if day > leads[i, L_DEADLINE]:
                        # What last stood in its way is what did on the working day before.
                        if short_on[i] == dispatched_on:
                            row[LOST_MONEY] += 1
                        else:
                            row[LOST_PEOPLE] += 1
                            _bind(bound, B_PEOPLE, month, day)
                        stays = False
                    elif n_free:
                        days = leads[i, L_DAYS]
                        free = -1
                        for person in range(n_persons):
                            if busy_until[person] < day and deck.run_left[person, day] >= days:
                                free = person
                                break
                        if free >= 0 and balance < leads[i, L_COST] + reserve:
                            short_on[i] = day
                            short_day = day
                        elif free >= 0:
                            stays = False
                            busy_until[free] = day + days - 1
                            asked = leads[i, L_COST] + reserve
                            needed = _needed(needed, released, balance, asked)
                            spent_on = HOSPITALITY_HEAD
                            if leads[i, L_AWAY]:
                                out_until[free] = day + days - 1
                                last_out = max(last_out, day + days - 1)
                                spent_on = TRAVEL
                            balance -= _pay(balance, leads[i, L_COST], spent_on, month, spend)
                            row[CALLS] += 1
                            back_day[free] = day + days
                            back_lead[free] = i
                            next_back = min(next_back, day + days)
                            n_free -= 1
                    if stays:
                        if lapses:
                            lapse = min(lapse, leads[i, L_DEADLINE])
                        before = i
                    else:
                        if before >= 0:
                            after[before] = following
                        else:
                            first = following
                        if following < 0:
                            last = before
                    i = following
            dispatched_on = day
        # What the day makes payable, and paying as far as the money goes.
        if deck.month_start[day]:
            owed_rent += rent
        while next_leave < len(deck.leaves) and deck.leaves[next_leave, 2] == day:
            owed_fares += fares[next_leave]
            next_leave += 1
        if owed_fares:
            needed = _needed(needed, released, balance, owed_fares)
            paid = _pay(balance, owed_fares, LEAVE_FARES, month, spend)
            if paid < owed_fares:
                short_day = day
            owed_fares -= paid
            balance -= paid
        if owed_rent:
            needed = _needed(needed, released, balance, owed_rent)
            paid = _pay(balance, owed_rent, RENT, month, spend)
            if paid < owed_rent:
                short_day = day
            owed_rent -= paid
            balance -= paid
        arrears = owed_fares + owed_rent
        period = deck.period_of[day]
        if not owes and day >= gates_open[period]:
            due = per_diem * deck.at_post[day]
            if day <= last_out:
                for person in range(n_persons):
                    if deck.present[person, day] and out_until[person] >= day:
                        due -= per_diem
            if balance >= due:
                # As person by person: the last of them takes the balance as low as all together.
                if due:
                    needed = _needed(needed, released, balance, due)
                    spend[PER_DIEM, month] += due
                    balance -= due
                continue
        owes = False
        for person in range(n_persons):
            if deck.present[person, day] and out_until[person] < day:
                owed[person] += per_diem
            if owed[person]:
                if day >= gate[period, person]:
                    needed = _needed(needed, released, balance, owed[person])
                    paid = _pay(balance, owed[person], PER_DIEM, month, spend)
                    if paid < owed[person]:
                        short_day = day
                    owed[person] -= paid
                    balance -= paid
                arrears += owed[person]
                owes = owes or owed[person] > 0
    if short_day >= 0:
        _short(row, bound, deck.month_of[short_day], short_day)
    need[n_open] = needed
    row[WAITING] = row[OPENINGS] - row[CALLS] - row[LOST_PEOPLE] - row[LOST_MONEY]
    row[RELEASED_FEN] = released
    row[BALANCE_FEN] = balance
    row[ARREARS_FEN] = arrears
    return n_visits


@compiled()
def _held_true(deck, key, theta, once, first, n, own, words, held):
    """Fill in what each tail holds true of what follows a visit, a column a tail.

    Where tails have their own parameters, tail ``k`` draws them with a counter of its own.
    """
    for i in range(len(AFTER_VISIT)):
        name = AFTER_VISIT[i]
        if own:
            c0, c1 = deck.once_word[name, 0], deck.once_word[name, 1]
            for j in range(n):
                words[0, j], _, _, _ = _words(key, c0, c1, theta, P_PARAMETER + first + j)
            for j in range(n):
                held[i, j] = deck.once[name, words[0, j] >> 20]
        else:
            for j in range(n):
                held[i, j] = once[name]
    for j in range(n):
        # The factors are bounded, their product is not: certainty is as far as it matters.
        contract = min(_scaled(held[H_CONTRACT, j], held[H_CLIMATE, j]), ONE * (1 << 12))
        held[H_CONTRACT, j] = min(_scaled(contract, held[H_GROUP_FACTOR, j]), ONE)
        held[H_STARTED, j] = min(held[H_STARTED, j], held[H_REGISTERED, j])
        # The odds of signing in the best season, by mode: most tails need no more to be told no.
        most = held[H_CONTRACT, j] * deck.numbers[MOST_SEASON_PER_MILLE] // 1000
        for mode in range(N_MODES):
            held[H_MOST_ODDS + mode, j] = most * deck.mode_per_mille[mode] // 1000


@compiled()
def _tails(deck, key, future, theta, own, visits, n_visits, drawing, tails, flow):
    """Follow all visits to contract, registration, start and funds, as often as there are tails.

    ``tails`` has a row a tail, ``flow`` receives signed and funds of tail 0 by month; the words of
    several tails of one visit are drawn at a time. Most tails sign nothing, even in the best
    season: only the others are followed, many at a time and without a branch for each step.
    """
    once, _, words, _, held, pairs, more, below = drawing
    n_days = deck.numbers[N_DAYS]
    n_tails = len(tails)
    for i in range(n_tails):
        _begin_tail(deck, tails[i])
    for row in range(len(flow)):
        for month in range(deck.numbers[N_MONTHS]):
            flow[row, month] = deck.fact_flow[row, month]
    for first in range(0, n_tails, BLOCK):
        n = min(BLOCK, n_tails - first)
        _held_true(deck, key, theta, once, first, n, own, words, held)
        _go_on(deck, key, future, first, n, words, more, pairs, held, tails, flow)
        n_pairs = np.int64(0)
        for v in range(n_visits):
            lead, called, visited = visits[v, V_LEAD], visits[v, V_CALLED], visits[v, V_VISITED]
            # The words of a delay that brings the signing into the horizon.
            low = below[-called] << 20 if visited + 1 < 0 else 0
            high = below[n_days - called] << 20 if visited + 1 < n_days else 0
            if low >= high:
                continue
            most_odds = H_MOST_ODDS + visits[v, V_MODE]
            _tail_block(key, lead, deck.bureau_word, future, P_TAIL + 2 * first, n, words)
            begun = n_pairs
            for j in range(n):
                pairs[R_TAIL, n_pairs] = j
                in_time = (low <= words[1, j]) & (words[1, j] < high)
                n_pairs += in_time & (words[0, j] < held[most_odds, j])
            for i in range(begun, n_pairs):
                j = pairs[R_TAIL, i]
                pairs[R_VISIT, i] = v
                pairs[R_CONTRACT, i], pairs[R_DELAY, i] = words[0, j], words[1, j]
                pairs[R_AMOUNT, i], pairs[R_EVENT, i] = words[2, j], words[3, j]
            if n_pairs > PAIRS - BLOCK:
                _land(deck, key, future, first, visits, pairs, n_pairs, held, more, tails, flow)
                n_pairs = np.int64(0)
        if n_pairs:
            _land(deck, key, future, first, visits, pairs, n_pairs, held, more, tails, flow)
        for j in range(n):
            tail = tails[first + j]
            # Of what is carried over, as much is still to come as has not come yet.
            carried = max(0, held[H_CARRY_OVER, j] - deck.numbers[CARRIED_FEN])
            gross = tail[T_FUNDS_GROSS] + carried
            if gross >= LARGEST_SUM_FEN:
                return TOO_LARGE
            fixed = gross * (held[H_REALISATION, j] >> 16) >> 16
            tail[T_FUNDS_GROSS] = deck.facts[FUNDS_GROSS_FEN] + gross
            tail[T_FUNDS_FIXED] = deck.facts[FUNDS_FIXED_FEN] + fixed
    return DONE


@compiled()
def _land(deck, key, future, first, visits, pairs, n_pairs, held, more, tails, flow):
    """Follow visits that may sign within the horizon, each in one tail, to the end.

    ``pairs`` has a column a pair of visit and tail, ``first`` is the tail of number 0 in it; it is
    written over.
    """
    each = deck.each
    n_signed = np.int64(0)
    for i in range(n_pairs):
        j, v = pairs[R_TAIL, i], pairs[R_VISIT, i]
        delay = each[CONTRACT_DELAY, pairs[R_DELAY, i] >> 20]
        signing = max(visits[v, V_VISITED] + 1, visits[v, V_CALLED] + delay)
        odds = held[H_CONTRACT, j] * deck.season_per_mille[signing] // 1000
        odds = odds * deck.mode_per_mille[visits[v, V_MODE]] // 1000
        signs = pairs[R_CONTRACT, i] < odds
        pairs[R_TAIL, n_signed], pairs[R_LEAD, n_signed] = j, visits[v, V_LEAD]
        pairs[R_SIGNING, n_signed] = signing
        pairs[R_AMOUNT, n_signed], pairs[R_EVENT, n_signed] = pairs[R_AMOUNT, i], pairs[R_EVENT, i]
        n_signed += signs
    _sign(deck, key, future, first, pairs, n_signed, held, more, tails, flow)


@compiled()
def _sign(deck, key, future, first, pairs, n_signed, held, more, tails, flow):
    """Follow signings, a column of ``pairs`` each, to registration, start and funds."""
    each, n_days = deck.each, deck.numbers[N_DAYS]
    _pair_block(key, pairs, deck.bureau_word, future, P_TAIL + 2 * first + 1, n_signed, more)
    for i in range(n_signed):
        j, signing = pairs[R_TAIL, i], pairs[R_SIGNING, i]
        tail = tails[first + j]
        kept = more[3, i] >= held[H_THREE_HIGH, j]
        amount = deck.contract_fen[pairs[R_AMOUNT, i] >> 16] * kept
        at_event = kept & (pairs[R_EVENT, i] < held[H_EVENT_SHARE, j])
        registered = signing + each[REGISTRATION_DELAY, more[1, i] >> 20]
        ready = max(registered, signing + each[START_DELAY, more[2, i] >> 20])
        registers = kept & (more[0, i] < held[H_REGISTERED, j]) & (registered < n_days)
        start = deck.works_day[min(ready, n_days - 1)]
        starts = registers & (more[0, i] < held[H_STARTED, j]) & (ready < n_days)
        starts &= start < n_days
        tail[T_SCREENED_OUT] += not kept
        tail[T_SIGNED] += kept
        tail[T_SIGNED_FEN] += amount
        tail[T_EVENT_SIGNED] += at_event
        tail[T_REGISTERED] += registers
        tail[T_STARTED] += starts
        tail[T_EVENT_STARTED] += starts & at_event
        if first + j == 0:
            flow[0, deck.month_of[signing]] += amount
        if starts:
            _fund(deck, start, amount, tail, flow, first + j == 0)


@compiled(inline="always")
def _fund(deck, start, amount, tail, flow, by_month):
    """Bring in the funds of works that start on a day; ``by_month`` writes down when."""
    numbers = deck.numbers
    n_days, interval = numbers[N_DAYS], numbers[INTERVAL_DAYS]
    instalments, percent = numbers[INSTALMENTS], numbers[AT_START_PERCENT]
    at_start = amount * percent // 100
    in_time = min(instalments, (n_days - 1 - start) // interval)
    rest = amount - at_start
    tail[T_FUNDS_GROSS] += at_start + rest * in_time // instalments
    if by_month:
        flow[1, deck.month_of[start]] += at_start
        for nth in range(in_time):
            month = deck.month_of[start + (nth + 1) * interval]
            flow[1, month] += rest * (nth + 1) // instalments - rest * nth // instalments


@compiled(inline="always")
def _begin_tail(deck, tail):
    """Put what has happened into a tail; of the funds those that are due, the rest comes last."""
    facts = deck.facts
    tail[T_SIGNED], tail[T_SIGNED_FEN] = facts[SIGNED], facts[SIGNED_FEN]
    tail[T_REGISTERED], tail[T_STARTED] = facts[REGISTERED], facts[STARTED]
    tail[T_EVENT_SIGNED], tail[T_EVENT_STARTED] = facts[EVENT_SIGNED], facts[EVENT_STARTED]
    tail[T_SCREENED_OUT] = facts[SCREENED_OUT]
    tail[T_FUNDS_GROSS], tail[T_FUNDS_FIXED] = deck.numbers[DUE_FEN], 0


@compiled(inline="always")
def _below(word, part, whole, bits):
    """Whether a word falls below part/whole (``sim.state._below``)."""
    return word * (whole >> bits) < (part >> bits) << 32


@compiled(inline="always")
def _goes_on(share, past, word):
    """Whether something of probability ``share`` will yet come (:func:`sim.state.goes_on`)."""
    return _below(word, share * (CELLS - past), (CELLS << 30) - share * past, 12)


@compiled(inline="always")
def _cell(past, word):
    """Return a cell of a delay's table beyond those passed (:func:`sim.state.cell`)."""
    return past + (word * (CELLS - past) >> 32)


@compiled()
def _take_up(deck, key, future, once, seats, visits, row, spend, bound):
    """Put what is known in the place of what was simulated; the number of visits booked."""
    facts, windows, day = deck.facts, deck.windows, deck.numbers[FIRST_DAY]
    served = row[CALLS] + row[LOST_PEOPLE] + row[LOST_MONEY]
    row[OPENINGS] += facts[CALLS] - served
    row[CALLS], row[QUALIFIED_LEADS] = facts[CALLS], facts[QUALIFIED_LEADS]
    row[LOST_PEOPLE], row[LOST_MONEY], row[LOST_SEATS] = 0, 0, 0
    for mode in range(N_MODES):
        row[VISITS_PRINCIPAL + mode] = facts[VISITS_PRINCIPAL + mode]
    row[DRY_DAY] = -1
    for limit in range(N_BINDING):
        for month in range(deck.numbers[N_MONTHS]):
            bound[limit, month] = -1
    for head_of_expense in range(N_HEADS):
        for month in range(deck.numbers[N_MONTHS]):
            spend[head_of_expense, month] = deck.fact_spend[head_of_expense, month]
    for i in range(len(windows)):
        seats[i] = windows[i, 2] if windows[i, 1] >= day else 0
    qualified, visit = once[CALL_TO_LEAD], once[CALL_TO_VISIT]
    n = 0
    for i in range(len(deck.open_leads)):
        lead = deck.open_leads[i]
        n_triples = lead[O_TRIPLES]
        agreement, how, _, _ = _words(key, lead[O_WORD], deck.bureau_word, future, P_UNDER_WAY)
        if lead[O_KNOWN]:
            share = (visit << 30) // max(qualified, 1)
            coming = share * n_triples
            nowhere = share * lead[O_NEVER] + ((1 << 30) - share) * TRIPLES
            whole = coming + (nowhere * lead[O_STILL] >> 16)
            comes = _below(agreement, coming, whole, 11)
        else:
            comes = agreement < visit
            row[QUALIFIED_LEADS] += agreement < qualified
        if not comes:
            continue
        triple = deck.triples[lead[O_FIRST] + (how * n_triples >> 32)]
        n = _book(
            windows,
            deck.month_of,
            seats,
            lead[O_WORD],
            lead[O_CALLED],
            lead[O_CALLED] + triple[0],
            triple[1],
            triple[2],
            lead[O_BACK],
            day,
            visits,
            n,
            row,
            bound,
        )
    return n


@compiled()
def _go_on(deck, key, future, first, n, words, more, pairs, held, tails, flow):
    """Follow companies that visited, and contracts, from what is known on, in ``n`` tails."""
    n_days, n_pairs = deck.numbers[N_DAYS], np.int64(0)
    for v in range(len(deck.open_visits)):
        visit, upto = deck.open_visits[v], deck.weights[v]
        most = upto[n_days - 1]
        _tail_block(key, visit[S_WORD], deck.bureau_word, future, P_TAIL + 2 * first, n, words)
        for j in range(n):
            odds = held[H_CONTRACT, j] >> 2
            nowhere = max(0, (1 << 30) * CELLS * 1000 - odds * visit[S_WEIGHT])
            whole = odds * visit[S_OPEN] + (nowhere >> 16) * visit[S_STILL]
            if not _below(words[0, j], odds * most, whole, 24):
                continue
            target, day, beyond = words[1, j] * most >> 32, 0, n_days - 1
            while day < beyond:
                middle = (day + beyond) // 2
                if upto[middle] > target:
                    beyond = middle
                else:
                    day = middle + 1
            pairs[R_TAIL, n_pairs], pairs[R_LEAD, n_pairs] = j, visit[S_WORD]
            pairs[R_SIGNING, n_pairs] = day
            pairs[R_AMOUNT, n_pairs], pairs[R_EVENT, n_pairs] = words[2, j], words[3, j]
            n_pairs += 1
        if n_pairs > PAIRS - BLOCK:
            _sign(deck, key, future, first, pairs, n_pairs, held, more, tails, flow)
            n_pairs = np.int64(0)
    if n_pairs:
        _sign(deck, key, future, first, pairs, n_pairs, held, more, tails, flow)
    for c in range(len(deck.open_contracts)):
        _open_contract(
            deck, key, future, first, n, deck.open_contracts[c], words, held, tails, flow
        )


@compiled()
def _open_contract(deck, key, future, first, n, contract, words, held, tails, flow):
    """Follow one contract that has not started in ``n`` tails."""
    n_days, each = deck.numbers[N_DAYS], deck.each
    signed, past, amount = contract[X_SIGNED], contract[X_PAST], contract[X_AMOUNT]
    purpose = P_TAIL + 2 * first + 1
    _tail_block(key, contract[X_WORD], deck.bureau_word, future, purpose, n, words)
    for j in range(n):
        tail = tails[first + j]
        registering, starting = held[H_REGISTERED, j], held[H_STARTED, j]
        registered = contract[X_REGISTERED]
        if registered < 0:
            if not _goes_on(registering >> 2, past, words[0, j]):
                continue
            registered = signed + each[REGISTRATION_DELAY, _cell(past, words[1, j])]
            if registered >= n_days:
                continue
            tail[T_REGISTERED] += 1
            if (words[3, j] >> 1) * (registering >> 2) >= (starting >> 2) << 31:
                continue
            delay = each[START_DELAY, words[2, j] >> 20]
        else:
            if not _goes_on((starting << 30) // max(1, registering), past, words[0, j]):
                continue
            delay = each[START_DELAY, _cell(past, words[2, j])]
        ready = max(deck.numbers[FIRST_DAY], max(registered, signed + delay))
        if ready >= n_days:
            continue
        start = deck.works_day[ready]
        if start < n_days:
            tail[T_STARTED] += 1
            tail[T_EVENT_STARTED] += contract[X_EVENT]
            _fund(deck, start, amount, tail, flow, first + j == 0)


@compiled()
def _places_below(table, n):
    """Return how many of a table's places hold less than each number from 0 to ``n - 1``.

    Quantile tables rise, so that these are the first ones.
    """
    below, places = np.empty(n, np.int64), 0
    for number in range(n):
        while places < len(table) and table[places] < number:
            places += 1
        below[number] = places
    return below


@compiled()
def _workspace(deck):
    """Return arrays to work in, as large as they can be needed."""
    n_days, n_persons = deck.numbers[N_DAYS], deck.present.shape[0]
    n_periods, most = len(deck.period_starts), MAX_OPENINGS + BLOCK
    drawing = (
        np.empty(len(deck.once), np.int64),
        np.empty(BLOCK, np.int64),
        np.empty((4, BLOCK), np.int64),
        np.empty((4, BLOCK), np.int64),
        np.empty((len(AFTER_VISIT) + N_MODES, BLOCK), np.int64),
        np.empty((6, PAIRS), np.int64),
        np.empty((4, PAIRS), np.int64),
        _places_below(deck.each[CONTRACT_DELAY], n_days + LEAD_IN_DAYS + 1),
    )
    drawn = (
        np.empty((most, LEAD_COLUMNS), np.int64),
        np.empty((most, CARRIED_COLUMNS), np.int64),
        np.empty(n_days, np.int64),
        np.empty((n_periods, n_persons), np.int64),
        np.empty(len(deck.leaves), np.int64),
    )
    room = (
        np.empty(len(deck.windows), np.int64),
        np.empty(most, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(n_persons, np.int64),
        np.empty(most, np.int64),
        np.empty(n_periods, np.int64),
        np.empty(n_periods, np.int64),
    )
    return drawing, drawn, room, np.empty((most, 4), np.int64), np.empty(n_periods + 1, np.int64)


@compiled(inline="always")
def _copy(visits, n_visits, target, at):
    """Copy visits to a place in a target; a slice would compile its errors' texts too."""
    for v in range(n_visits):
        for column in range(4):
            target[at + v, column] = visits[v, column]


@compiled(inline="always")
def _draw(deck, key, future, theta, drawing, drawn, row):
    """Draw what does not depend on money; return how it ended, openings and carried ones."""
    once, counters, words, more, _, _, _, _ = drawing
    leads, carried, head, gate, fares = drawn
    _parameters(deck, key, theta, once)
    end = _duties(deck, key, future, once, row)
    if end != DONE:
        return end, 0, 0
    end, n_leads, n_carried = _openings(
        deck, key, future, once, leads, carried, counters, words, row
    )
    if end != DONE:
        return end, 0, 0
    n_carried = _agreed(deck, key, future, once, carried, n_carried, counters, words)
    _needs(deck, key, future, once, leads, n_leads, head, counters, words, more)
    _gates(deck, key, future, gate, fares)
    return DONE, n_leads, n_carried


@compiled(inline="always")
def _fill(tail, row):
    """Fill tail 0 into the outcome."""
    row[SIGNED], row[SIGNED_FEN] = tail[T_SIGNED], tail[T_SIGNED_FEN]
    row[REGISTERED], row[STARTED] = tail[T_REGISTERED], tail[T_STARTED]
    row[EVENT_SIGNED], row[EVENT_STARTED] = tail[T_EVENT_SIGNED], tail[T_EVENT_STARTED]
    row[FUNDS_GROSS_FEN], row[FUNDS_FIXED_FEN] = tail[T_FUNDS_GROSS], tail[T_FUNDS_FIXED]
    row[SCREENED_OUT] = tail[T_SCREENED_OUT]


@compiled(inline="always")
def _close(deck, key, future, theta, own, visits, n_visits, drawing, row, tails, flow):
    """Follow the visits of one future to the end; how it ended. ``row`` receives tail 0."""
    end = _tails(deck, key, future, theta, own, visits, n_visits, drawing, tails, flow)
    if end == DONE:
        _fill(tails[0], row)
    return end


@compiled()
def run_keeping(deck, key, first, count, reps, own, values, flow, spend, tails, bound, keep, ends):
    """Simulate one bureau in ``count`` futures from ``first`` on, and keep its site visits.

    Parameters
    ----------
    deck
        :class:`sim.packing.Packed`.
    key
        Two 32-bit words, int64 of shape (2,).
    first, count
        Which futures.
    reps
        Futures that follow each other and hold the same true.
    own
        Whether each tail holds its own true of what follows a visit.
    values
        Shape (count, columns of an outcome), zeros; receives tail 0.
    flow, spend
        Shapes (count, 2, months) and (count, heads, months), zeros.
    tails
        Shape (count, K, columns of a tail), K at least 1.
    bound
        Shape (count, limits that bind, months).
    keep
        Whether visits are wanted.
    ends
        Shape (count,); receives where each future's visits end among those kept.

    Returns
    -------
    tuple
        How it ended; the future in which it ended so; the visits of all futures, shape (n, 4).
    """
    drawing, drawn, room, visits, need = _workspace(deck)
    leads, carried, head, gate, fares = drawn
    kept, n_kept = np.empty((8192 if keep else 0, 4), np.int64), 0
    for f in range(count):
        future, theta, row = first + f, (first + f) // reps, values[f]
        end, n_leads, n_carried = _draw(deck, key, future, theta, drawing, drawn, row)
        if end != DONE:
            return end, future, kept
        n_visits = _path(
            deck,
            key,
            future,
            drawing[0],
            deck.tranche_fen,
            leads,
            n_leads,
            head,
            carried,
            n_carried,
            gate,
            fares,
            room,
            visits,
            row,
            spend[f],
            bound[f],
            need,
        )
        end = _close(
            deck,
            key,
            future,
            theta,
            own,
            visits,
            n_visits,
            drawing,
            row,
            tails[f],
            flow[f],
        )
        if end != DONE:
            return end, future, kept
        if keep:
            while n_kept + n_visits > len(kept):
                wider = np.empty((2 * len(kept), 4), np.int64)
                _copy(kept, n_kept, wider, 0)
                kept = wider
            _copy(visits, n_visits, kept, n_kept)
            n_kept += n_visits
            ends[f] = n_kept
    return DONE, -1, kept[:n_kept]


def run_bureau(
    deck: Packed,
    key: Ints,
    first: int,
    count: int,
    reps: int,
    own: bool,
    values: Ints,
    flow: Ints,
    spend: Ints,
    tails: Ints,
    bound: Ints,
) -> tuple[int, int]:
    """Simulate one bureau in ``count`` futures from ``first`` on.

    Parameters are those of :func:`run_keeping`.

    Returns
    -------
    tuple
        How it ended, and the future in which it ended so.
    """
    ends = np.empty(0, np.int64)
    end, future, _ = run_keeping(
        deck, key, first, count, reps, own, values, flow, spend, tails, bound, False, ends
    )
    return end, future


@compiled()
def run_tails(deck, key, first, count, reps, own, ends, kept, values, flow, tails):
    """Simulate anew what follows the visits that :func:`run_keeping` kept.

    Parameters
    ----------
    deck
        May differ from the one the visits came from in what matters after a visit only.
    own
        As the visits' futures were simulated.
    ends, kept
        Where each future's visits end, and the visits.
    values
        Shape (count, columns of an outcome); what follows the visits is written over.
    flow, tails
        As for :func:`run_keeping`; ``flow`` zeros.

    Returns
    -------
    tuple
        How it ended, and the future in which it ended so.
    """
    drawing, _, _, _, _ = _workspace(deck)
    once = drawing[0]
    begun = 0
    for f in range(count):
        future, theta = first + f, (first + f) // reps
        _parameters(deck, key, theta, once)
        visits = kept[begun : ends[f]]
        begun = ends[f]
        end = _close(
            deck,
            key,
            future,
            theta,
            own,
            visits,
            len(visits),
            drawing,
            values[f],
            tails[f],
            flow[f],
        )
        if end != DONE:
            return end, future
    return DONE, -1


@compiled()
def run_duties(deck, key, first, count, reps, values):
    """Simulate anew what needs no queue (events, liaison items, reports, deductions).

    Parameters
    ----------
    values
        Shape (count, columns of an outcome); those of the duties are written over.

    Returns
    -------
    tuple
        How it ended, and the future in which it ended so.
    """
    once = np.empty(len(deck.once), np.int64)
    for f in range(count):
        future, row = first + f, values[f]
        _parameters(deck, key, future // reps, once)
        end = _duties(deck, key, future, once, row)
        if end != DONE:
            return end, future
    return DONE, -1


@compiled()
def sweep_bureau(deck, key, first, count, own, levels_fen, values, tails):
    """Simulate one bureau under many budgets in the same futures.

    What is drawn does not depend on money, and a year in which a smaller budget would have sufficed
    is the year of that budget: neither is worked out twice.

    Parameters
    ----------
    deck, key, first, count, own
        As for :func:`run_keeping`.
    levels_fen
        Tranches of each budget, shape (levels, periods); no tranche falls from a level to the
        next.
    values
        Shape (levels, count, columns of an outcome), zeros.
    tails
        Shape (levels, count, K, columns of a tail).

    Returns
    -------
    tuple
        How it ended, and the future in which it ended so.
    """
    drawing, drawn, room, visits, need = _workspace(deck)
    leads, carried, head, gate, fares = drawn
    opens, n_days = room[OPENS], deck.numbers[N_DAYS]
    n_levels, n_periods = levels_fen.shape
    before = np.empty(len(COLUMN_NUMBERS), np.int64)
    # By month nothing is asked of a sweep: these are written to and never read.
    spend = np.zeros((N_HEADS, deck.numbers[N_MONTHS]), np.int64)
    flow = np.zeros((2, deck.numbers[N_MONTHS]), np.int64)
    bound = np.empty((N_BINDING, deck.numbers[N_MONTHS]), np.int64)
    for f in range(count):
        future = first + f
        before[:] = 0
        end, n_leads, n_carried = _draw(deck, key, future, future, drawing, drawn, before)
        if end != DONE:
            return end, future
        level = n_levels - 1
        while level >= 0:
            row = values[level, f]
            row[:] = before
            n_visits = _path(
                deck,
                key,
                future,
                drawing[0],
                levels_fen[level],
                leads,
                n_leads,
                head,
                carried,
                n_carried,
                gate,
                fares,
                room,
                visits,
                row,
                spend,
                bound,
                need,
            )
            end = _close(
                deck,
                key,
                future,
                future,
                own,
                visits,
                n_visits,
                drawing,
                row,
                tails[level, f],
                flow,
            )
            if end != DONE:
                return end, future
            same, level = level, level - 1
            while level >= 0 and _suffices(levels_fen[level], need):
                tails[level, f] = tails[same, f]
                values[level, f] = row
                # Less was released, and as much less is left: the same tranches were.
                less = 0
                for i in range(n_periods):
                    if opens[i] < n_days:
                        less += levels_fen[same, i] - levels_fen[level, i]
                values[level, f, RELEASED_FEN] -= less
                values[level, f, BALANCE_FEN] -= less
                level -= 1
    return DONE, -1


@compiled(inline="always")
def _suffices(tranche_fen, need):
    """Return whether a budget releases what was needed at every stage."""
    released, enough = 0, need[0] <= 0
    for i in range(len(tranche_fen)):
        released += tranche_fen[i]
        enough = enough and released >= need[i + 1]
    return enough


@compiled()
def words_of(key, c0, c1, c2, c3):
    """Return the four words of one counter, as drawn here."""
    return _words(key, c0, c1, c2, c3)
