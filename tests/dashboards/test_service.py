"""How the app is served to others: what is refused, and what a real server then does."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from streamlit import config
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus, WebSocketException

from benchmarks.served import Session, said, serving
from dashboards.cli import app
from dashboards.runs import RunError
from dashboards.serve import LOOPBACK
from dashboards.service import Service
from dashboards.texts import t

PLANNER = "zhang@example.cn"
LOOK = t("access.role.viewer", "en")
PLAN = t("access.role.planner", "en")


def flags(service):
    found = {}
    for flag in service.argv():
        if flag.startswith("--"):
            key, value = flag.removeprefix("--").split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def bureau(*args):
    return CliRunner().invoke(app, ["dashboard", *map(str, args), "--lang", "en"])


@pytest.fixture
def started(monkeypatch):
    """What would be started: the command line and environment of each server."""
    calls = []
    monkeypatch.setattr("subprocess.call", lambda argv, env: calls.append((argv, env)) or 0)
    monkeypatch.delenv("BUREAU_PLANNERS", raising=False)
    return calls


@pytest.mark.parametrize(
    "exposed",
    [
        ("--address", "0.0.0.0"),
        ("--address", "::"),
        ("--address", "192.0.2.7"),
        ("--address", "rota.example.cn"),
        ("--user-header", "X-Forwarded-User"),
    ],
)
def test_others_are_let_in_only_when_it_is_said_who_may_change_something(exposed, started):
    refused = bureau(*exposed)
    assert refused.exit_code == 2
    assert "--planners" in refused.stderr
    assert "--open-to-all" in refused.stderr
    assert started == []
    assert bureau(*exposed, "--open-to-all").exit_code == 0
    assert bureau(*exposed, "--planners", "A@b.cn, c@d.cn").exit_code == 0
    (_, everybody), (_, listed) = started
    assert "BUREAU_PLANNERS" not in everybody
    assert listed["BUREAU_PLANNERS"] == "A@b.cn,c@d.cn"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_at_its_own_machine_nothing_need_be_said(address, started):
    assert bureau("--address", address).exit_code == 0
    assert "BUREAU_PLANNERS" not in started[0][1]


def test_whoever_starts_it_is_told_who_may_change_something(started):
    said_open = bureau("--address", "0.0.0.0", "--open-to-all").stderr
    assert t("access.open", "en") in said_open
    unnamed = bureau("--address", "0.0.0.0", "--planners", PLANNER).stderr
    assert t("access.unnamed", "en") in unnamed
    named = bureau("--user-header", "X-User", "--planners", PLANNER).stderr
    assert t("access.listed", "en") in named
    assert t("access.unnamed", "en") not in named


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--planners", "a@b", "--open-to-all"), "found both --planners"),
        (("--planners", " , "), "lists nobody"),
        (("--user-header", "X Forwarded", "--open-to-all"), "--user-header: found 'X Forwarded'"),
        (("--user-header", "Cookie", "--open-to-all"), "--user-header: found 'Cookie'"),
        (("--trusted-proxy", "proxy.lan"), "--trusted-proxy: found 'proxy.lan'"),
        (("--secrets", "none.toml", "--open-to-all"), "none.toml cannot be read"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_option_is_refused_in_words(options, says, lang, started):
    result = CliRunner().invoke(app, ["dashboard", *options, "--lang", lang])
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    if lang == "en":
        assert says in result.stderr
    else:
        assert re.search(r"[\u4e00-\u9fff]", result.stderr)
    assert started == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("x = 1\n", "lacks redirect_uri, cookie_secret"),
        ('[auth]\nredirect_uri = "https://a/oauth2callback"\n', "lacks cookie_secret"),
        ("[auth\n", "cannot be read"),
    ],
)
def test_secrets_that_name_no_identity_provider_are_refused(content, says, tmp_path):
    file = tmp_path / "auth.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(RunError, match=re.escape(says)):
        Service(secrets=file, planners=(PLANNER,)).check()


def test_without_authlib_secrets_are_refused_with_what_to_install(tmp_path, monkeypatch):
    file = tmp_path / "auth.toml"
    file.write_text('[auth]\nredirect_uri = "r"\ncookie_secret = "s"\n', "utf-8")
    service = Service(secrets=file, planners=(PLANNER,))
    monkeypatch.setattr("dashboards.service.find_spec", lambda name: None)
    with pytest.raises(RunError, match=r"bureau-planner\[auth\]"):
        service.check()
    monkeypatch.setattr("dashboards.service.find_spec", lambda name: object())
    service.check()
    assert flags(service)["secrets.files"] == [str(file.resolve())]


def test_every_flag_of_every_service_is_an_option_the_server_knows(tmp_path):
    service = Service(
        user_header="X-User", planners=(PLANNER,), hosts=("rota.example.cn",), secrets=tmp_path
    )
    known = config.get_config_options()
    assert [name for name in flags(service) if name not in known] == []
    assert json.loads(flags(service)["server.trustedUserHeaders"][0]) == {"X-User": "proxy_user"}


def test_on_the_loopback_only_names_of_this_machine_and_those_given_open_it():
    assert flags(Service())["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1"]
    named = Service(address="0.0.0.0", open_to_all=True, hosts=("rota.example.cn",))
    assert flags(named)["server.allowedHosts"] == ["rota.example.cn"]
    assert "server.allowedHosts" not in flags(Service(address="0.0.0.0", open_to_all=True))


def test_nothing_of_the_surroundings_decides_who_is_trusted(monkeypatch):
    for key in ("BUREAU_PLANNERS", "BUREAU_USER_HEADER", "BUREAU_TRUSTED_PROXIES", "BUREAU_FEED"):
        monkeypatch.setenv(key, "1")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    found = Service().environment(Path("/runs"))
    assert found["FORWARDED_ALLOW_IPS"] == ""
    assert not {"BUREAU_PLANNERS", "BUREAU_USER_HEADER", "BUREAU_FEED"} & set(found)
    assert "BUREAU_TRUSTED_PROXIES" not in found
    assert Service(feed=True).environment(Path("/runs"))["BUREAU_FEED"] == "1"


# ---- real servers


@pytest.fixture(scope="module")
def plain(run_store, tmp_path_factory):
    with serving(Service(), run_store, tmp_path_factory.mktemp("plain")) as service:
        yield service.port


@pytest.fixture(scope="module")
def proxied(run_store, tmp_path_factory):
    """Behind a proxy at 127.0.0.2, which says who is there."""
    service = Service(
        user_header="X-Forwarded-User",
        proxies=("127.0.0.2",),
        planners=(PLANNER,),
        hosts=("rota.example.cn",),
    )
    service.check()
    with serving(service, run_store, tmp_path_factory.mktemp("proxied")) as found:
        yield found.port


def session(port, **asked):
    """Everything that comes back to a browser that opens the cockpit."""
    with Session(port, **asked) as browser:
        return browser.show("cockpit", lang="en")


def user(name):
    return [("X-Forwarded-User", name)]


def test_the_running_server_reports_nothing_and_shows_no_details(plain):
    first = next(m for m in session(plain) if m.WhichOneof("type") == "new_session")
    shown = first.new_session.config
    assert not shown.gather_usage_stats
    assert shown.show_error_links == shown.SHOW_ERROR_LINKS_FALSE
    assert shown.toolbar_mode == shown.VIEWER


def test_the_running_server_is_on_the_loopback_alone(plain):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address")
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((own, plain), timeout=5)


def test_a_page_from_elsewhere_opens_no_session(plain):
    assert said(session(plain, origin=f"http://{LOOPBACK}:{plain}"))
    for wrong in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        with pytest.raises((InvalidStatus, WebSocketException)):
            session(plain, **wrong)


def test_nothing_but_browsers_drives_the_app(plain):
    request = Request(f"http://{LOOPBACK}:{plain}/_stcore/agent/interact", data=b"{}")
    with pytest.raises(HTTPError) as caught:
        urlopen(request, timeout=10)
    assert caught.value.code in (403, 404)


def test_at_its_own_machine_nobody_is_named_and_nothing_is_said_of_roles(plain):
    words = said(session(plain, headers=user(PLANNER)))
    assert LOOK not in words
    assert PLAN not in words


def test_the_proxy_says_who_is_there_and_planners_may_plan(proxied):
    words = said(session(proxied, headers=user(PLANNER.upper()), peer="127.0.0.2"))
    assert f"{PLANNER}, {PLAN}" in words
    words = said(session(proxied, headers=user("li@example.cn"), peer="127.0.0.2"))
    assert f"li@example.cn, {LOOK}" in words
    assert LOOK in said(session(proxied, peer="127.0.0.2"))


@pytest.mark.parametrize(
    "more",
    [
        [],
        [("X-Forwarded-For", "127.0.0.2")],
        [("Forwarded", "for=127.0.0.2")],
        [("X-Real-IP", "127.0.0.2")],
    ],
)
def test_nobody_else_can_say_who_is_there(proxied, more):
    words = said(session(proxied, headers=[*user(PLANNER), *more], peer="127.0.0.1"))
    assert LOOK in words
    assert PLAN not in words
    assert PLANNER not in words


def test_a_name_the_proxy_let_through_beside_its_own_counts_for_nothing(proxied):
    twice = [*user(PLANNER), *user("li@example.cn")]
    words = said(session(proxied, headers=twice, peer="127.0.0.2"))
    assert PLAN not in words
    assert PLANNER not in words


def test_behind_the_proxy_its_name_opens_the_app(proxied):
    origin = f"http://rota.example.cn:{proxied}"
    assert said(session(proxied, host="rota.example.cn", origin=origin, peer="127.0.0.2"))
