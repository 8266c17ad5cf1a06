"""``bureau dashboard``: serve the packaged app, or check that it can be served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import LangOption, both

if TYPE_CHECKING:
    from dashboards.service import Service
    from scenarios.part import Lang


def dashboard(
    runs: Annotated[
        Path | None, typer.Option("--runs", help=both("option.runs"), show_default=False)
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=both("option.port"))] = 8501,
    address: Annotated[str, typer.Option("--address", help=both("option.address"))] = "127.0.0.1",
    planners: Annotated[
        str | None,
        typer.Option(
            "--planners", help=both("option.planners"), envvar="BUREAU_PLANNERS", show_default=False
        ),
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open-to-all", help=both("option.open-to-all"))
    ] = False,
    user_header: Annotated[
        str | None,
        typer.Option("--user-header", help=both("option.user-header"), show_default=False),
    ] = None,
    proxy: Annotated[
        list[str], typer.Option("--trusted-proxy", help=both("option.trusted-proxy"))
    ] = ["127.0.0.1", "::1"],  # noqa: B006 (read by the command line alone)
    host: Annotated[
        list[str] | None, typer.Option("--host", help=both("option.host"), show_default=False)
    ] = None,
    secrets: Annotated[
        Path | None, typer.Option("--secrets", help=both("option.secrets"), show_default=False)
    ] = None,
    feed: Annotated[bool, typer.Option("--feed", help=both("option.feed"))] = False,
    check: Annotated[bool, typer.Option("--check", help=both("option.check"))] = False,
    lang: LangOption = "zh",
) -> None:
    """Open the dashboard over the stored runs."""
    from dashboards.commands.failing import Exit, failing_in_words
    from dashboards.runs import runs_root
    from dashboards.service import Service
    from dashboards.terminal import err, out
    from dashboards.texts import t

    root = (runs or runs_root()).resolve()
    listed = None if planners is None else tuple(filter(None, map(str.strip, planners.split(","))))
    service = Service(
        address=address,
        port=port,
        planners=listed,
        open_to_all=open_to_all,
        user_header=user_header,
        proxies=tuple(proxy),
        hosts=tuple(host or ()),
        secrets=secrets,
        feed=feed,
    )
    with failing_in_words(lang, as_json=False):
        service.check()
    if check:
        environment = service.environment(root)
        problem = _script_problem(environment) or _server_problem(service, environment)
        if problem is None:
            out().print(t("dashboard.fine", lang))
            return
        err().print(t("dashboard.broken", lang, problem=problem), soft_wrap=True)
        raise typer.Exit(Exit.CHECK_FAILED)
    err().print(t("dashboard.open", lang, address=address, port=port, root=root), soft_wrap=True)
    for words in _remarks(service, lang):
        err().print(words, soft_wrap=True)
    raise typer.Exit(_serve(service, root))


def _remarks(service: Service, lang: Lang) -> list[str]:
    """Return what whoever starts the service should know of it."""
    from dashboards.texts import t

    said = []
    if not service.local:
        said.append(t("access.open" if service.open_to_all else "access.listed", lang))
    if service.planners is not None and not service.names_users:
        said.append(t("access.unnamed", lang))
    if service.feed:
        said.append(t("access.feed", lang))
    return said


def _serve(service: Service, root: Path) -> int:
    """Serve until it ends or Ctrl-C; return the exit code."""
    import subprocess

    try:
        return subprocess.call(service.argv(), env=service.environment(root))
    except KeyboardInterrupt:
        return 0


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

    from dashboards.serve import SCRIPT

    tried = subprocess.run(
        [sys.executable, "-c", _RUN_SCRIPT, SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return None if tried.returncode == 0 else _last_line(tried.stderr, tried.returncode)


def _server_problem(
    service: Service, environment: dict[str, str], seconds: float = 60.0
) -> str | None:
    """Serve on a free port until the server says it is well; return the problem, or None."""
    import subprocess
    import time
    import urllib.error
    import urllib.request
    from dataclasses import replace

    port = _free_port()
    server = subprocess.Popen(
        replace(service, port=port, address="127.0.0.1").argv(),
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
