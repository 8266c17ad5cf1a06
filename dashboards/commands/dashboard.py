"""``bureau dashboard``: serve the packaged app, or check that it can be served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboards.commands.options import LangOption, both


def dashboard(
    runs: Annotated[
        Path | None, typer.Option("--runs", help=both("option.runs"), show_default=False)
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=both("option.port"))] = 8501,
    address: Annotated[str, typer.Option("--address", help=both("option.address"))] = "127.0.0.1",
    check: Annotated[bool, typer.Option("--check", help=both("option.check"))] = False,
    lang: LangOption = "zh",
) -> None:
    """Open the dashboard over the stored runs."""
    import os
    import subprocess

    from dashboards.commands.failing import Exit
    from dashboards.runs import runs_root
    from dashboards.serve import streamlit_argv
    from dashboards.terminal import err, out
    from dashboards.texts import t

    root = (runs or runs_root()).resolve()
    environment = {**os.environ, "BUREAU_RUNS": str(root)}
    if check:
        problem = _script_problem(environment) or _server_problem(environment)
        if problem is None:
            out().print(t("dashboard.fine", lang))
            return
        err().print(t("dashboard.broken", lang, problem=problem), soft_wrap=True)
        raise typer.Exit(Exit.CHECK_FAILED)
    err().print(t("dashboard.open", lang, address=address, port=port, root=root), soft_wrap=True)
    try:
        code = subprocess.call(streamlit_argv(port, address), env=environment)
    except KeyboardInterrupt:
        code = Exit.DONE
    raise typer.Exit(code)


_RUN_SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
sys.exit("; ".join(error.message for error in app.exception) or 0)
"""


def _script_problem(environment: dict[str, str]) -> str | None:
    """Run the app's script once without a browser; return the problem, or None."""
    import subprocess
    import sys

    from dashboards.serve import streamlit_argv

    argv = streamlit_argv()
    script = argv[argv.index("run") + 1]
    tried = subprocess.run(
        [sys.executable, "-c", _RUN_SCRIPT, script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return None if tried.returncode == 0 else _last_line(tried.stderr, tried.returncode)


def _server_problem(environment: dict[str, str], seconds: float = 60.0) -> str | None:
    """Serve on a free port until the server says it is well; return the problem, or None."""
    import subprocess
    import time
    import urllib.error
    import urllib.request

    from dashboards.serve import streamlit_argv

    port = _free_port()
    server = subprocess.Popen(
        streamlit_argv(port),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                return _last_line(server.stderr.read() if server.stderr else "", server.returncode)
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                    return None
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        return f"no answer in {seconds:.0f} s"
    finally:
        server.terminate()
        server.communicate(timeout=10)


def _last_line(said: str, code: int) -> str:
    return said.strip().rpartition("\n")[2] or f"exit {code}"


def _free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
