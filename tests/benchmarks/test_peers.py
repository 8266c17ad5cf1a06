"""The benchmark of engines: one queue, whoever simulates it, and the one that Erlang described."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import peers

FEW = 3_000


def test_the_kernel_draws_the_times_the_peers_are_given():
    gaps, services = peers.times(100_000)
    assert np.mean(gaps) == pytest.approx(peers.GAP, rel=0.015)
    assert np.mean(services) == pytest.approx(peers.SERVICE, rel=0.015)
    # First come, first served by whoever is free first (Kiefer and Wolfowitz 1955).
    free_at, now, waited = [0] * peers.SERVERS, 0, 0
    for gap, service in zip(gaps, services, strict=True):
        now += gap
        begins = max(now, free_at[0])
        waited += begins - now
        free_at = sorted([begins + service, *free_at[1:]])
    assert sum(peers.by_kernel(len(gaps))) == waited


@pytest.mark.parametrize("name", sorted(peers.PEERS))
def test_every_peer_simulates_the_same_queue_to_the_last_tick(name):
    pytest.importorskip(name)
    assert peers.PEERS[name](peers.times(FEW)) == sum(peers.by_kernel(FEW))


def test_the_mean_wait_is_erlangs():
    mean, error = peers.against_erlang(4_000_000)
    assert peers.erlang_c() == pytest.approx(1.0787, abs=1e-3)
    assert error < 0.01
    assert abs(mean - peers.erlang_c()) < 4 * error


def test_a_peer_that_is_not_installed_is_named_and_not_timed(monkeypatch):
    monkeypatch.setattr(peers, "PEERS", {"simpy": peers.by_simpy, "no-such-engine": peers.by_ciw})
    kernel, simpy, absent = peers.measured(500)
    assert kernel.waited == simpy.waited
    assert absent.seconds is None
    assert "no-such-engine: not installed" in absent.engine


def test_another_queue_is_refused(monkeypatch):
    monkeypatch.setattr(peers, "PEERS", {"simpy": lambda given: peers.by_simpy(given) + 1})
    with pytest.raises(RuntimeError, match="not the same queue"):
        peers.measured(500)
