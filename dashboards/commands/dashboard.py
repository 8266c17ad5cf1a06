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
        problem = _trial(environment)
        if problem is None:
            out().print(t("dashboard.fine", lang))
            return
        err().print(t("dashboard.broken", lang, problem=problem), soft_wrap=True)
        raise typer.Exit(Exit.CHECK_FAILED)
    err().print(t("dashboard.open", lang, address=address, port=port, root=root), soft_wrap=True)
    try:
        code = subprocess.call(streamlit_argv(port, address), env=environment)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def _trial(environment: dict[str, str], seconds: float = 60.0) -> str | None:
    """Serve on a free port until the server says it is well; return the problem, or None."""
    import subprocess
    import time
    import urllib.error
    import urllib.request

    from dashboards.serve import streamlit_argv

    port = _free_port()
    server = subprocess.Popen(
        streamlit_argv(port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if server.poll() is not None:
                said = server.stderr.read().decode(errors="replace") if server.stderr else ""
                return said.strip().rpartition("\n")[2] or f"exit {server.returncode}"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
                    return None if answer.status == 200 else f"HTTP {answer.status}"
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        return f"no answer in {seconds:.0f} s"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
