"""A real server for tests, and a client that speaks as a browser does, without one."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch
from urllib.error import URLError
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboards.publications import publish
from dashboards.runs import read_run
from dashboards.serve import LOOPBACK


@contextmanager
def serving(service, root, folder):
    """Serve on a free port until the block ends; give the service with its port."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        found = replace(service, port=probe.getsockname()[1])
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            found.argv(), cwd=folder, env=found.environment(root), stdout=log, stderr=log
        )
        try:
            _wait(f"http://{LOOPBACK}:{found.port}/_stcore/health", process)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address, process, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once"
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"no answer within {seconds} s")


def session(port, page="cockpit", *, headers=(), peer=LOOPBACK, host=None, origin=None):
    """Run the app's script once as a browser would; return all that came back.

    ``peer`` is the address of this machine that the server sees; ``host`` what the browser says it
    asked for.
    """
    name = f"{host or LOOPBACK}:{port}"
    channel = socket.create_connection((LOOPBACK, port), source_address=(peer, 0))
    opened = connect(
        f"ws://{name}/_stcore/stream",
        sock=channel,
        subprotocols=["streamlit"],
        additional_headers=list(headers),
        origin=origin,
        max_size=None,
    )
    with channel, opened as browser:
        asked = BackMsg()
        asked.rerun_script.query_string = "lang=en"
        asked.rerun_script.page_name = page
        browser.send(asked.SerializeToString())
        found = []
        while not found or found[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(browser.recv(timeout=60))
            found.append(message)
        return found


def said(messages):
    """Every text in what came back, tags and all."""
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


def publish_sample(root, run, note=""):
    """Publish a run of the sample, whose plan, being made by hand, breaks rules."""
    with patch("dashboards.publications.violations", return_value=()):
        return publish(root, read_run(root / run), by="zhang", note=note)
