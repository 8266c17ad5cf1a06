"""Plans made on a Dask cluster: the same bytes as here, also where a worker dies on the way."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from distributed import Client, LocalCluster

from planner.solve import make_plan
from scenarios.load import load_scenario

pytestmark = pytest.mark.long

EFFORT_S = 8


@pytest.fixture(scope="module")
def city():
    return load_scenario("bole-2023")


@pytest.fixture(scope="module")
def here(city):
    return make_plan(city, time_limit_s=EFFORT_S)


@pytest.fixture
def client():
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_plan(city, here, client):
    there = make_plan(city, time_limit_s=EFFORT_S, executor=client.get_executor(pure=False))
    assert there == here
    assert there.visits


def test_a_worker_that_dies_at_work_changes_nothing(city, here, client):
    pids = client.run(os.getpid)
    killed = []

    def kill_one_at_work():
        while not killed:
            busy = [worker for worker, keys in client.processing().items() if keys]
            if busy:
                os.kill(pids[busy[0]], signal.SIGKILL)
                killed.append(pids[busy[0]])
            time.sleep(0.02)

    killer = threading.Thread(target=kill_one_at_work)
    killer.start()
    there = make_plan(city, time_limit_s=EFFORT_S, executor=client.get_executor(pure=False))
    killer.join()
    assert there == here
    assert killed[0] not in client.run(os.getpid).values()
