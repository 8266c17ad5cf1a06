from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.serve import streamlit_argv


def bureau(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_it_serves_the_packaged_app_on_this_machine_only_over_the_runs_asked_for(
    tmp_path, monkeypatch
):
    calls = []

    def call(argv, env):
        calls.append((argv, env))
        return 0

    monkeypatch.setattr("subprocess.call", call)
    result = bureau("dashboard", "--runs", tmp_path, "--port", 8765, "--lang", "en")
    assert result.exit_code == 0
    [(argv, env)] = calls
    assert argv[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert {
        "--server.address=127.0.0.1",
        "--server.port=8765",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=viewer",
    } <= set(argv)
    assert env["BUREAU_RUNS"] == str(tmp_path)
    assert "http://127.0.0.1:8765" in result.stderr


def test_ctrl_c_closes_it_without_a_word(monkeypatch):
    def call(_argv, env):
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.call", call)
    assert bureau("dashboard").exit_code == 0


def test_the_check_passes_over_an_empty_folder(tmp_path):
    result = bureau("dashboard", "--check", "--runs", tmp_path, "--lang", "en")
    assert (result.exit_code, result.stdout) == (0, "The dashboard opens.\n"), result.stderr


@pytest.mark.parametrize(
    ("script", "says"),
    [("raise ValueError('no such page')", "no such page"), ("import nothing_here", "nothing_here")],
)
def test_the_check_fails_in_words_where_the_app_does(script, says, tmp_path, monkeypatch):
    broken = tmp_path / "app.py"
    broken.write_text(script)
    monkeypatch.setattr("dashboards.serve.SCRIPT", str(broken))
    result = bureau("dashboard", "--check", "--lang", "en")
    assert result.exit_code == 1
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_the_check_fails_where_the_server_does_not_start(tmp_path, monkeypatch):
    argv = [*streamlit_argv(), "--no.such.flag=1"]
    monkeypatch.setattr("dashboards.serve.streamlit_argv", lambda *_: argv)
    result = bureau("dashboard", "--check", "--runs", tmp_path, "--lang", "en")
    assert result.exit_code == 1
    assert "does not open" in result.stderr
