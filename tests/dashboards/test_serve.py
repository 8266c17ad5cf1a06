from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from streamlit import config

from dashboards.serve import STREAMLIT_FLAGS, streamlit_argv


def flags(argv):
    return dict(flag.removeprefix("--").split("=", 1) for flag in argv if flag.startswith("--"))


def test_every_flag_is_an_option_the_server_knows():
    known = config.get_config_options()
    assert [name for name in flags(STREAMLIT_FLAGS) if name not in known] == []


def test_the_server_listens_on_the_loopback_unless_asked_otherwise():
    assert flags(streamlit_argv())["server.address"] == "127.0.0.1"
    assert flags(streamlit_argv(address="0.0.0.0"))["server.address"] == "0.0.0.0"


def test_nothing_is_reported_and_no_error_details_are_shown():
    found = flags(streamlit_argv(8600))
    assert found["browser.gatherUsageStats"] == "false"
    assert found["client.showErrorDetails"] == "none"
    assert found["client.toolbarMode"] == "viewer"
    assert found["server.port"] == "8600"


def test_the_script_and_the_theme_ship_with_the_package():
    argv = streamlit_argv()
    script = Path(argv[argv.index("run") + 1])
    assert script.is_file()
    # A folder of pages beside the script would be run as scripts of their own.
    assert not (script.parent / "pages").exists()
    theme = tomllib.loads(Path(flags(argv)["theme.base"]).read_text(encoding="utf-8"))["theme"]
    known = config.get_config_options()
    assert [key for key in theme if f"theme.{key}" not in known] == []


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_an_impossible_port_is_refused(port):
    with pytest.raises(ValueError, match=f"found port {port}"):
        streamlit_argv(port)
