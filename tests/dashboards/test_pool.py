"""Where a command works: the same files on a cluster, and every way it can fail in words."""

from __future__ import annotations

import socket
from concurrent.futures import CancelledError
from contextlib import contextmanager

import psutil
import pytest
from distributed import LocalCluster
from distributed.scheduler import KilledWorker
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.commands import pool as pools
from dashboards.commands.pool import pool
from dashboards.runs import RunError, read_run
from dashboards.store import versions


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


@contextmanager
def cluster(n_workers):
    """A cluster in threads of this process, reached by its address as any other."""
    with LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as started:
        yield started.scheduler_address


@pytest.fixture
def closed_port():
    """An address at which nothing listens: a port bound and not listened at."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{bound.getsockname()[1]}"


def same_files(one, other):
    names = {path.name for path in one.iterdir()}
    assert names == {path.name for path in other.iterdir()}
    return {n for n in names if (one / n).read_bytes() != (other / n).read_bytes()} == {"run.json"}


def test_a_run_on_a_cluster_at_an_address_writes_the_same_files(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    done = bureau("run", "minimal", "-n", 30, "--workers", 1, "--out", here)
    assert done.exit_code == 0, done.stderr
    with cluster(2) as address:
        done = bureau("run", "minimal", "-n", 30, "--cluster", address, "--out", there)
    assert done.exit_code == 0, done.stderr
    assert same_files(here, there)
    assert read_run(there).head.workers == 2


@pytest.mark.long
def test_a_cluster_started_for_the_command_writes_the_same_files(tmp_path):
    here, there, again = (tmp_path / name for name in ("here", "there", "again"))
    assert bureau("run", "minimal", "-n", 30, "--workers", 1, "--out", here).exit_code == 0
    on = ("--cluster", "local", "--workers", 2)
    done = bureau("run", "minimal", "-n", 30, *on, "--out", there)
    assert done.exit_code == 0, done.stderr
    assert same_files(here, there)
    done = bureau("forecast", "minimal", "--plan", here, "-n", 30, *on, "--out", again)
    assert done.exit_code == 0, done.stderr
    assert (again / "forecast.json").read_bytes() == (here / "forecast.json").read_bytes()


@pytest.mark.long
def test_a_cluster_started_here_can_be_reached_from_this_machine_only():
    with pool(1, "local") as where:
        assert where.cluster.submit(sum, (1, 2)).result() == 3
        assert where.n_simulating == 1
        own = psutil.Process()
        family = [own, *own.children(recursive=True)]
        heard = [c.laddr for p in family for c in p.net_connections() if c.status == "LISTEN"]
    assert heard
    assert {address.ip for address in heard} == {"127.0.0.1"}
    assert 8787 not in {address.port for address in heard}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", ["plan", "run", "forecast"])
def test_an_address_nobody_answers_at_is_a_failure_in_words(
    command, lang, closed_port, tmp_path, monkeypatch
):
    monkeypatch.setattr(pools, "CONNECT_S", 0.3)
    out = tmp_path / "out"
    on = ("--cluster", closed_port, "--on-lost", "stop", "--lang", lang, "--out", out)
    result = bureau(command, "minimal", *on)
    assert result.exit_code == 2
    assert closed_port in result.stderr
    assert ("连不上" if lang == "zh" else "cannot be reached") in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


@pytest.mark.parametrize("address", ["nonsense", "foo://host:1", "tcp://host:port"])
def test_what_is_no_address_is_a_failure_in_words(address, tmp_path):
    result = bureau("plan", "minimal", "--cluster", address, "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert address in result.stderr
    assert not isinstance(result.exception, ValueError)


def test_what_answers_and_is_no_scheduler_is_a_failure_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        on = ("--cluster", address, "--on-lost", "stop")
        result = bureau("plan", "minimal", *on, "--out", tmp_path / "x")
    assert result.exit_code == 2
    assert address in result.stderr


def test_a_cluster_without_workers_is_a_failure_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "CONNECT_S", 0.5)
    out = tmp_path / "x"
    with cluster(0) as address:
        on = ("--cluster", address, "--on-lost", "stop", "--lang", "en")
        result = bureau("plan", "minimal", *on, "--out", out)
    assert result.exit_code == 2
    assert "has no worker" in result.stderr
    assert not out.exists()


def test_without_dask_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "find_spec", lambda name: None)
    for lang in ("zh", "en"):
        on = ("--cluster", "local", "--lang", lang, "--out", tmp_path / "x")
        result = bureau("plan", "minimal", *on)
        assert result.exit_code == 2
        assert "pip install 'bureau-planner[dask]'" in result.stderr


class _Client:
    """What is asked of a client before any work is sent."""

    def __init__(self, answer):
        self.answer = answer

    def wait_for_workers(self, n, timeout):
        pass

    def run(self, function):
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"tcp://worker:1": self.answer}


def test_workers_with_another_solver_are_refused_as_they_might_plan_otherwise():
    pools._check(_Client({**versions(), "python": "3.99.0"}), "tcp://there:1")
    with pytest.raises(RunError) as refused:
        pools._check(_Client({**versions(), "ortools": "9.0.1"}), "tcp://there:1")
    text = refused.value.text("en")
    assert "ortools 9.0.1" in text
    assert versions()["ortools"] in text


def test_workers_without_the_planner_are_refused_in_words():
    with pytest.raises(RunError) as refused:
        pools._check(_Client(ModuleNotFoundError("No module named 'dashboards'")), "tcp://there:1")
    assert "No module named 'dashboards'" in refused.value.text("en")
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize("error", [CancelledError(), KilledWorker("job", None, 3)])
def test_a_cluster_lost_at_work_is_a_failure_in_words(error):
    with cluster(1) as address, pytest.raises(RunError) as lost, pool(1, address):
        raise error
    assert lost.value.usage
    assert address in lost.value.text("zh")


def test_a_fast_plan_says_that_it_is_one_and_passes_the_audit(tmp_path):
    out, slow = tmp_path / "fast", tmp_path / "counted"
    asked = ("plan", "minimal", "--time-limit", 2, "--lang", "en")
    result = bureau(*asked, "--fast", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "another run may give another plan" in result.stdout
    assert read_run(out).head.inputs.fast
    assert "another plan" not in bureau(*asked, "--out", slow).stdout
    assert read_run(slow).head.inputs_hash != read_run(out).head.inputs_hash
