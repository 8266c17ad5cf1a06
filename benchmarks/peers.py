"""One queue, four engines: Ciw, salabim, plain SimPy and a kernel in our style, in one run.

``python -m benchmarks.peers [--customers N]`` prints events per CPU second of one core, an arrival
and a departure a customer, and each engine's mean wait beside Erlang C. The queue is M/M/3, first
come first served. All engines are given the same times, whole ticks drawn from the counters of
:mod:`sim.philox`, so that they must agree on every customer's wait: their sums are compared to the
last tick. The kernel draws the times itself, within its time; the others find them in a list made
beforehand. A peer that is not installed (``pip install -e '.[benchmark]'``) is named, not timed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from math import factorial, inf, sqrt

import numba
import numpy as np

from sim.assumptions import exponential_table
from sim.kernel import words_of
from sim.philox import philox

SERVERS = 3
SERVICE = 1_000_000
"""Mean ticks of a service; a table's rounding to whole ticks is a millionth of it."""

GAP = 416_667
"""Mean ticks between arrivals: servers are busy four fifths of the time."""

KEY = (2023, 3)

BATCH = 50_000
"""Customers of a batch, long enough that means of batches hardly depend on each other."""

Times = tuple[list[int], list[int]]
"""Ticks between arrivals, and of services, in order of arrival."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine found.

    Attributes
    ----------
    engine
        Its name and version.
    customers
        How many it served.
    waited
        Ticks that all of them waited.
    seconds
        CPU time; None where it is not installed.
    """

    engine: str
    customers: int = 0
    waited: int = 0
    seconds: float | None = None


def erlang_c() -> float:
    """Return the mean wait in services (Erlang 1917): chance of a wait over spare capacity."""
    load = SERVICE / GAP
    last = load**SERVERS / factorial(SERVERS) * SERVERS / (SERVERS - load)
    waits = last / (sum(load**k / factorial(k) for k in range(SERVERS)) + last)
    return waits / (SERVERS - load)


def times(n: int) -> Times:
    """Return the times of ``n`` customers, as the kernel draws them."""
    words = philox(KEY, np.arange(n), 0, 0, 0).astype(np.int64)
    table = exponential_table()
    gaps, services = table[words[:, 0] >> 16] * GAP >> 20, table[words[:, 1] >> 16] * SERVICE >> 20
    return gaps.tolist(), services.tolist()


# Not kept on disk: what is compiled in from the kernel's file could be of another day.
@numba.njit(nogil=True)
def queue(key, table, gap, service, n, batch, waits):  # noqa: ANN001, ANN201
    """Go from event to event: the next arrival, or the next of three departures.

    Parameters
    ----------
    key
        Two 32-bit words, int64 of shape (2,).
    table
        Quantiles of the unit exponential (:func:`sim.assumptions.exponential_table`).
    gap, service
        Mean ticks.
    n
        Customers.
    batch
        Customers of a batch.
    waits
        Shape (batches,), zeros; receives the ticks waited by the customers of each.

    Returns
    -------
    int
        Events: arrivals and departures.
    """
    free_at = np.full(3, -1, np.int64)
    # Places in a ring: those who wait, their arrival and their service.
    arrived, asked = np.empty(1 << 16, np.int64), np.empty(1 << 16, np.int64)
    begun, come, events = 0, 0, 0
    word, wanted, _, _ = words_of(key, 0, 0, 0, 0)
    next_arrival = table[word >> 16] * gap >> 20
    next_service = table[wanted >> 16] * service >> 20
    while True:
        server = -1
        for i in range(3):
            if free_at[i] >= 0 and (server < 0 or free_at[i] < free_at[server]):
                server = i
        if server >= 0 and (come == n or free_at[server] <= next_arrival):
            now = free_at[server]
            free_at[server] = -1
        elif come < n:
            now = next_arrival
            if come - begun == len(arrived):
                return -1
            arrived[come & 0xFFFF], asked[come & 0xFFFF] = now, next_service
            come += 1
            word, wanted, _, _ = words_of(key, come, 0, 0, 0)
            next_arrival = now + (table[word >> 16] * gap >> 20)
            next_service = table[wanted >> 16] * service >> 20
            for i in range(3):
                if free_at[i] < 0:
                    server = i
        else:
            return events
        events += 1
        if server >= 0 and begun < come and free_at[server] < 0:
            free_at[server] = now + asked[begun & 0xFFFF]
            waits[begun // batch] += now - arrived[begun & 0xFFFF]
            begun += 1


def by_kernel(n: int) -> list[int]:
    """Return the ticks waited, batch by batch."""
    waits = np.zeros(-(-n // BATCH), np.int64)
    events = queue(np.array(KEY, np.int64), exponential_table(), GAP, SERVICE, n, BATCH, waits)
    if events != 2 * n:
        msg = f"the kernel's queue saw {events} events of {n} customers"
        raise RuntimeError(msg)
    return [int(ticks) for ticks in waits]


def by_simpy(given: Times) -> int:
    """Return the ticks waited by plain SimPy: a process a customer, and a Resource."""
    import simpy

    env, waited = simpy.Environment(), 0
    servers = simpy.Resource(env, SERVERS)

    def customer(service: int) -> Iterator[simpy.Event]:
        nonlocal waited
        came = env.now
        with servers.request() as request:
            yield request
            waited += int(env.now - came)
            yield env.timeout(service)

    def arrivals() -> Iterator[simpy.Event]:
        for gap, service in zip(*given, strict=True):
            yield env.timeout(gap)
            env.process(customer(service))

    env.process(arrivals())
    env.run()
    return waited


def by_ciw(given: Times) -> int:
    """Return the ticks waited by Ciw; floats hold whole ticks exactly."""
    import ciw

    gaps, services = ([float(x) for x in some] for some in given)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, inf])],
        service_distributions=[ciw.dists.Sequential(services)],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(gaps), method="Finish")
    return int(sum(record.waiting_time for record in simulation.get_all_records()))


def by_salabim(given: Times) -> int:
    """Return the ticks waited by salabim with generators, its statistics switched off."""
    import salabim

    env, waited = salabim.Environment(trace=False, yieldless=False), 0
    servers = salabim.Resource("servers", SERVERS, monitor=False, env=env)

    class Customer(salabim.Component):
        def process(self, service: int) -> Iterator[None]:
            nonlocal waited
            came = env.now()
            yield self.request(servers)
            waited += int(env.now() - came)
            yield self.hold(service)
            self.release()

    class Arrivals(salabim.Component):
        def process(self) -> Iterator[None]:
            for gap, service in zip(*given, strict=True):
                yield self.hold(gap)
                Customer(service=service, env=env)

    Arrivals(env=env)
    env.run()
    return waited


PEERS: dict[str, Callable[[Times], int]] = {
    "simpy": by_simpy,
    "ciw": by_ciw,
    "salabim": by_salabim,
}
"""Engines beside the kernel, by the name they are installed under."""


def measured(n: int) -> list[Found]:
    """Serve the same ``n`` customers by every engine; the kernel's row comes first.

    Raises
    ------
    RuntimeError
        When an engine's customers waited otherwise than the kernel's: it would be another queue.
    """
    by_kernel(1)
    waited, seconds = _timed(lambda: sum(by_kernel(n)))
    found = [Found(f"kernel (numba {version('numba')})", n, waited, seconds)]
    given = times(n)
    for name, work in PEERS.items():
        if find_spec(name) is None:
            found.append(Found(f"{name}: not installed (pip install -e '.[benchmark]')"))
            continue
        own, seconds = _timed(lambda work=work: work(given))
        if own != waited:
            msg = f"{name}: customers waited {own} ticks; the kernel's {waited}: not the same queue"
            raise RuntimeError(msg)
        found.append(Found(f"{name} {version(name)}", n, own, seconds))
    return found


def against_erlang(n: int) -> tuple[float, float]:
    """Return the kernel's mean wait in services over ``n`` customers, and its standard error."""
    waits = np.array(by_kernel(n - n % BATCH)) / (BATCH * SERVICE)
    return float(waits.mean()), float(waits.std(ddof=1)) / sqrt(len(waits))


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    best, result = inf, 0
    for _ in range(3):
        began = time.process_time()
        result = work()
        best = min(best, time.process_time() - began)
    return result, best


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000, help="customers of every engine")
    parser.add_argument("--long", type=int, default=10_000_000, help="customers for Erlang C")
    asked = parser.parse_args(arguments)
    load_average = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    print(f"load {load_average}; Python {sys.version.split()[0]}; {asked.customers:,} customers")
    print("| engine | events per CPU second | kernel against it | mean wait, services |")
    print("|---|---|---|---|")
    found = measured(asked.customers)
    for one in found:
        if one.seconds is None or found[0].seconds is None:
            print(f"| {one.engine} | | | |")
            continue
        rate, ratio = 2 * one.customers / one.seconds, one.seconds / found[0].seconds
        mean = one.waited / (one.customers * SERVICE)
        print(f"| {one.engine} | {rate:,.0f} | {ratio:,.0f} x | {mean:.4f} |")
    mean, error = against_erlang(asked.long)
    print(
        f"Erlang C: {erlang_c():.4f}; kernel over {asked.long:,} customers: {mean:.4f}, standard "
        f"error {error:.4f}, z {(mean - erlang_c()) / error:+.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
