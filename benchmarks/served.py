"""A server of its own on the loopback, and a client that speaks as a browser does, without one."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from dashboards.serve import LOOPBACK
from dashboards.service import Service


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up: its port and its process."""

    port: int
    pid: int

    def cpu_s(self) -> float | None:
        """Return the seconds of processor it has used; None where the system does not say."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.is_file():
            return None
        # After the name, in brackets: user and system time are the 12th and 13th (proc(5)).
        user, system = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    service: Service, root: Path, folder: Path, *, port: int | None = None
) -> Iterator[Served]:
    """Serve the runs of a folder on a port, by default a free one, until the block ends.

    The server's log goes to a file ``log`` in the folder.
    """
    found = replace(service, port=free_port() if port is None else port)
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            found.argv(), cwd=folder, env=found.environment(root), stdout=log, stderr=log
        )
        try:
            _wait(f"http://{LOOPBACK}:{found.port}/_stcore/health", process)
            yield Served(found.port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            msg = "the server ended at once"
            raise AssertionError(msg)
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    msg = f"no answer within {seconds} s"
    raise AssertionError(msg)


class Session:
    """A browser's session without the browser: asks for pages, takes what comes back.

    Parameters
    ----------
    port
        Port of the server.
    headers
        Headers beside those of a browser.
    peer
        The address of this machine that the server sees.
    host, origin
        What the browser says it asked for, and the site its page is from.
    """

    def __init__(
        self,
        port: int,
        *,
        headers: Sequence[tuple[str, str]] = (),
        peer: str = LOOPBACK,
        host: str = LOOPBACK,
        origin: str | None = None,
    ) -> None:
        self._stack = ExitStack()
        self._pages: dict[str, str] = {}
        self._open = partial(
            connect,
            f"ws://{host}:{port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=list(headers),
            origin=None if origin is None else Origin(origin),
            max_size=None,
        )
        self._way = ((LOOPBACK, port), (peer, 0))

    def __enter__(self) -> Self:
        """Open the session."""
        server, own = self._way
        with ExitStack() as stack:
            channel = stack.enter_context(socket.create_connection(server, source_address=own))
            self._browser = stack.enter_context(self._open(sock=channel))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the session."""
        self._stack.close()

    def show(self, page: str, *, timeout: float = 60, **query: str) -> list[ForwardMsg]:
        """Ask for a page; return everything that came back until it stood.

        Raises
        ------
        TimeoutError
            When nothing came for so many seconds.
        """
        asked = BackMsg()
        asked.rerun_script.query_string = "&".join(f"{k}={v}" for k, v in query.items())
        if page in self._pages:
            asked.rerun_script.page_script_hash = self._pages[page]
        else:
            asked.rerun_script.page_name = page
        self._browser.send(asked.SerializeToString())
        found: list[ForwardMsg] = []
        while not found or found[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(self._browser.recv(timeout=timeout))
            found.append(message)
            if message.WhichOneof("type") == "navigation":
                pages = message.navigation.app_pages
                self._pages = {one.url_pathname: one.page_script_hash for one in pages}
        return found


def said(messages: Sequence[ForwardMsg]) -> str:
    """Return every text in what came back, tags and all."""
    return "\n".join(
        text
        for message in messages
        if message.WhichOneof("type") == "delta"
        for text in (
            message.delta.new_element.markdown.body,
            message.delta.new_element.html.body,
            message.delta.new_element.heading.body,
        )
    )


def complaints(messages: Sequence[ForwardMsg]) -> list[str]:
    """Return what went wrong in a script run."""
    found = [
        message.delta.new_element.exception.message or "exception"
        for message in messages
        if message.delta.new_element.WhichOneof("type") == "exception"
    ]
    ended = messages[-1].script_finished
    if ended != ForwardMsg.FINISHED_SUCCESSFULLY:
        found.append(ForwardMsg.ScriptFinishedStatus.Name(ended))
    return found
