from __future__ import annotations

import asyncio

import pytest

from dashboards.peers import OnlyTrusted, guard, network, trusted_networks

HEADER = "X-Forwarded-User"


def passed(client, headers, trusted=("10.0.0.5", "192.0.2.0/24", "::1"), kind="websocket"):
    """The headers that reach the app."""
    seen = []

    async def app(scope, receive, send):
        seen.append([key for key, _ in scope["headers"]])

    networks = tuple(network(text) for text in trusted)
    raw = [(key.encode(), value.encode()) for key, value in headers]
    scope = {"type": kind, "client": client, "headers": raw}
    asyncio.run(OnlyTrusted(app, HEADER, networks)(scope, None, None))
    assert [key for key, _ in raw] == [key for key, _ in scope["headers"]]
    return [key.decode() for key in seen[0]]


SAID = [("host", "a"), ("x-forwarded-user", "zhang")]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", ["10.0.0.5", "192.0.2.77", "::1", "::ffff:10.0.0.5"])
def test_a_trusted_proxy_is_believed(peer, kind):
    assert passed((peer, 1), SAID, kind=kind) == ["host", "x-forwarded-user"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("client", [("10.0.0.6", 1), ("::2", 1), ("nowhere", 1), None])
def test_anybody_else_is_not(client, kind):
    assert passed(client, SAID, kind=kind) == ["host"]


def test_a_name_said_twice_is_not_believed_however_it_is_written():
    assert passed(("10.0.0.5", 1), [*SAID, ("X-FORWARDED-USER", "li")]) == ["host"]


def test_no_proxy_is_trusted_where_the_server_believes_what_peers_say_of_themselves(monkeypatch):
    monkeypatch.setenv("BUREAU_TRUSTED_PROXIES", "10.0.0.5, 192.0.2.0/24,nonsense,")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    assert trusted_networks() == (network("10.0.0.5"), network("192.0.2.0/24"))
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")
    assert trusted_networks() == ()
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    assert trusted_networks() == ()


def test_without_a_header_nothing_stands_before_the_app(monkeypatch):
    monkeypatch.delenv("BUREAU_USER_HEADER", raising=False)
    assert guard() == []
    monkeypatch.setenv("BUREAU_USER_HEADER", HEADER)
    assert len(guard()) == 1
