"""A cluster that is not there, or is lost at work: finished here to the same bytes, or stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Future

import pytest
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker
from typer.testing import CliRunner

import sim.forecast
from dashboards.cli import app
from dashboards.commands import pool as pools
from dashboards.commands.remote import Remote
from dashboards.runs import read_run
from dashboards.texts import t
from tests.dashboards.test_pool import closed_port, cluster, same_files

__all__ = ["closed_port"]

FUTURES = 400
CHUNK = 20
LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
SERVE = """
from distributed import LocalCluster
import sys

if __name__ == "__main__":
    cluster = LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A run made on this machine."""
    out = tmp_path_factory.mktemp("here") / "run"
    result = bureau("run", "minimal", "-n", FUTURES, "--workers", 1, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out


class Doomed:
    """A cluster of its own processes: scheduler, and two workers."""

    def __init__(self, script):
        self.process = subprocess.Popen(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.address = self.process.stdout.readline().strip()
        assert self.address

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def doomed(tmp_path):
    script = tmp_path / "serve.py"
    script.write_text(SERVE, "utf-8")
    made = Doomed(script)
    yield made
    made.kill()


def killing(call, kill, after):
    """Return ``mapped`` as it is, but that something dies once so many chunks are done."""

    def mapped(*args, **more):
        for done, found in enumerate(call(*args, **more), 1):
            yield found
            if done == after:
                kill()

    return mapped


@pytest.fixture
def dies_at_work(doomed, monkeypatch):
    """A cluster that dies after three chunks of the forecast; its address."""
    monkeypatch.setattr("sim.forecast.CHUNK", CHUNK)
    monkeypatch.setattr("sim.forecast.mapped", killing(sim.forecast.mapped, doomed.kill, 3))
    return doomed.address


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed the POSIX way")
class TestLostAtWork:
    def test_finishing_here_writes_the_same_files_and_says_so(self, here, dies_at_work, tmp_path):
        out = tmp_path / "out"
        on = ("--cluster", dies_at_work, "--on-lost", "finish", "--lang", "en")
        result = bureau("run", "minimal", "-n", FUTURES, *on, "--out", out)
        assert result.exit_code == 0, result.stderr
        assert result.stderr.count("was lost: what it finished is kept") == 1
        assert "this machine did the rest" in result.stdout
        assert same_files(here, out)
        assert read_run(out).head.lost == "finish"
        assert read_run(out).head.complete

    def test_stopping_keeps_the_futures_that_are_done_and_says_how_many(
        self, here, dies_at_work, tmp_path
    ):
        out = tmp_path / "out"
        on = ("--cluster", dies_at_work, "--on-lost", "stop", "--lang", "en")
        result = bureau("forecast", "minimal", "--plan", here, "-n", FUTURES, *on, "--out", out)
        assert result.exit_code == 0, result.stderr
        assert "stopping with what is done" in result.stderr
        run = read_run(out)
        n = run.forecast["n"]
        assert 3 * CHUNK <= n < FUTURES
        assert n % CHUNK == 0
        assert f"{n} of {FUTURES} futures" in result.stdout
        assert (run.head.lost, run.head.complete) == ("stop", False)
        assert run.forecast["stopping"]["stopped_early"]
        asked = read_run(here).outcomes
        assert run.outcomes.equals(asked[asked["future"] < n].reset_index(drop=True))

    def test_a_cluster_started_for_the_command_may_be_lost_as_any_other(
        self, here, tmp_path, monkeypatch
    ):
        held = []
        started = pools._started

        @contextlib.contextmanager
        def watched(workers):
            with started(workers) as client:
                held.append(client.cluster)
                yield client

        def kill():
            held[0].sync(held[0].scheduler.close)

        monkeypatch.setattr(pools, "_started", watched)
        monkeypatch.setattr("sim.forecast.CHUNK", CHUNK)
        monkeypatch.setattr("sim.forecast.mapped", killing(sim.forecast.mapped, kill, 3))
        out = tmp_path / "out"
        on = ("--cluster", "local", "--workers", 2, "--lang", "en", "--out", out)
        result = bureau("run", "minimal", "-n", FUTURES, *on)
        assert result.exit_code == 0, result.stderr
        assert held
        assert read_run(out).head.lost == "finish"
        assert same_files(here, out)

    def test_a_plan_is_finished_here_to_the_same_files(self, here, doomed, tmp_path, monkeypatch):
        submits = dying_at_a_submit(doomed, monkeypatch)
        out = tmp_path / "out"
        on = ("--cluster", doomed.address, "--lang", "en", "--out", out)
        result = bureau("run", "minimal", "-n", FUTURES, *on)
        assert result.exit_code == 0, result.stderr
        assert len(submits) >= 2
        assert result.stderr.count("was lost") == 1
        assert same_files(here, out)

    def test_a_plan_that_stops_is_the_best_so_far(self, doomed, tmp_path, monkeypatch):
        dying_at_a_submit(doomed, monkeypatch)
        out = tmp_path / "out"
        on = ("--cluster", doomed.address, "--on-lost", "stop", "--lang", "en", "--out", out)
        result = bureau("run", "minimal", "-n", FUTURES, *on)
        assert result.exit_code == 0, result.stderr
        run = read_run(out)
        assert not run.has_forecast
        assert len(run.plan.leaves) == 4
        assert (run.head.lost, run.head.complete) == ("stop", False)
        assert f"0 of {FUTURES} futures" in result.stdout


def dying_at_a_submit(doomed, monkeypatch):
    """Let the cluster die as soon as it holds a second job; return the jobs handed in."""
    submits = []
    submit = Remote.submit

    def watched(self, fn, /, *args, **kwargs):
        found = submit(self, fn, *args, **kwargs)
        submits.append(fn)
        if len(submits) == 2:
            doomed.kill()
        return found

    monkeypatch.setattr(Remote, "submit", watched)
    return submits


@LANGS
def test_without_a_cluster_in_reach_the_work_is_done_here_and_said_so(
    lang, here, closed_port, tmp_path, monkeypatch
):
    monkeypatch.setattr(pools, "CONNECT_S", 0.3)
    out = tmp_path / "out"
    on = ("--cluster", closed_port, "--workers", 2, "--lang", lang, "--out", out)
    result = bureau("run", "minimal", "-n", FUTURES, *on)
    assert result.exit_code == 0, result.stderr
    assert t("cluster.absent-finish", lang, cluster=closed_port, n=2) in result.stderr
    assert t("screen.lost-finish", lang) in " ".join(result.stdout.split())
    assert same_files(here, out)
    head = read_run(out).head
    assert (head.lost, head.complete, head.workers) == ("finish", True, 2)


def test_a_cluster_without_workers_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "CONNECT_S", 0.5)
    out = tmp_path / "out"
    with cluster(0) as address:
        result = bureau("plan", "minimal", "--cluster", address, "--lang", "en", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "has no worker" in result.stderr
    assert read_run(out).head.lost == "finish"


def test_stopping_where_no_cluster_is_in_reach_writes_nothing(closed_port, tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "CONNECT_S", 0.3)
    on = ("--cluster", closed_port, "--on-lost", "stop", "--out", tmp_path / "out", "--json")
    result = bureau("run", "minimal", *on)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["exit"] == 2
    assert list(tmp_path.iterdir()) == []


class _Client:
    """What the executor asks of a client; its jobs end as they are told to."""

    def __init__(self, status="running"):
        self.status = status
        self.handed_in = []

    def get_executor(self, *, pure):
        assert not pure
        return self

    def submit(self, fn, *args):
        self.handed_in.append(Future())
        return self.handed_in[-1]


def _ends(future, how):
    if how is None:
        future.cancel()
        future.set_running_or_notify_cancel()
    elif isinstance(how, Exception):
        future.set_exception(how)
    else:
        future.set_result(how)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        (None, "running"),
        (KilledWorker("job", None, 3), "running"),
        (CommClosedError(), "running"),
        (TypeError("lost, and Dask stumbles over it"), "closed"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_one_sign_of_loss_breaks_every_job_and_is_told_once(how, status):
    client, told = _Client(status), []
    remote = Remote(client, lambda: told.append(True))
    done, first, second = (remote.submit(sum, (1, 2)) for _ in range(3))
    _ends(client.handed_in[0], 3)
    _ends(client.handed_in[1], how)
    assert done.result() == 3
    for broken in (first, second):
        with pytest.raises(BrokenExecutor):
            broken.result(timeout=0)
    with pytest.raises(BrokenExecutor):
        remote.submit(sum, (1, 2))
    assert told == [True]


def test_what_a_job_raises_itself_is_no_loss():
    client, told = _Client(), []
    remote = Remote(client, lambda: told.append(True))
    job = remote.submit(sum, (1, 2))
    _ends(client.handed_in[0], OverflowError("beyond"))
    with pytest.raises(OverflowError, match="beyond"):
        job.result(timeout=0)
    assert not remote.lost
    assert told == []


def test_a_job_given_up_is_cancelled_there_and_is_no_loss():
    client, told = _Client(), []
    remote = Remote(client, lambda: told.append(True))
    job = remote.submit(sum, (1, 2))
    assert job.cancel()
    assert client.handed_in[0].cancelled()
    assert not remote.lost
    assert told == []
