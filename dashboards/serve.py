"""How the app is started: the command line of its server, the same for people and for tests."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import Final

_HOUSE: Final = files("dashboards")
SCRIPT: Final = str(_HOUSE.joinpath("entry", "app.py"))
"""The app's script: what a session runs."""

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 8501

STREAMLIT_FLAGS: Final[tuple[str, ...]] = (
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--runner.magicEnabled=false",
    "--browser.gatherUsageStats=false",
    "--client.showErrorDetails=none",
    "--client.showErrorLinks=false",
    "--client.toolbarMode=viewer",
    "--server.enableCORS=true",
    "--server.enableXsrfProtection=true",
    "--server.enableAgentApi=false",
    "--server.enableStaticServing=false",
    f"--theme.base={_HOUSE.joinpath('theme.toml')}",
)
"""No telemetry, no error details on screen, no developer tools, no requests out of the pages of
other sites; one locked, calm theme."""


def streamlit_argv(port: int = PORT, address: str = LOOPBACK) -> list[str]:
    """Return the command that serves the app.

    Parameters
    ----------
    port
        The port to listen on, 1 to 65535.
    address
        The address to listen on; the loopback unless somebody asks for more.

    Raises
    ------
    ValueError
        When the port is none.
    """
    if not 1 <= port <= 65535:
        msg = f"found port {port}; allowed: 1 to 65535"
        raise ValueError(msg)
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(_HOUSE.joinpath("entry", "server.py")),
        f"--server.address={address}",
        f"--server.port={port}",
        *STREAMLIT_FLAGS,
    ]
