"""Peers: whose word on who the user is counts.

The server takes a header for the user's name whoever sent it. This stands before it and takes the
header away unless it came from a proxy that is trusted, and once.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Final

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

HEADER: Final = "BUREAU_USER_HEADER"
"""Environment variable: the header in which a reverse proxy names the user."""

PROXIES: Final = "BUREAU_TRUSTED_PROXIES"
"""Environment variable: addresses or networks of trusted proxies, separated by commas."""

FORWARDED: Final = "FORWARDED_ALLOW_IPS"
"""Environment variable of the server: which peers may say that they speak for another one."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HEADER: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_RESERVED: Final = frozenset({"connection", "cookie", "host", "origin", "upgrade"})


def is_header(name: str) -> bool:
    """Whether a name can be that of a header that names users."""
    return _HEADER.fullmatch(name) is not None and name.lower() not in _RESERVED


def network(text: str) -> Network | None:
    """Return an address or network, or None where the text is neither."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def trusted_networks() -> tuple[Network, ...]:
    """Return the networks of trusted proxies.

    None is trusted where the server would take another address for the peer's own.
    """
    if os.environ.get(FORWARDED) != "":
        return ()
    listed = os.environ.get(PROXIES, "").split(",")
    return tuple(found for text in listed if (found := network(text.strip())) is not None)


def guard() -> list[Middleware]:
    """Return what stands before the app: nothing where no header names the user."""
    header = os.environ.get(HEADER)
    if header is None:
        return []
    return [Middleware(OnlyTrusted, header=header, trusted=trusted_networks())]


@dataclass(frozen=True, slots=True)
class OnlyTrusted:
    """Takes a header away from every request that no trusted proxy sent.

    Attributes
    ----------
    app
        What answers.
    header
        The header that names the user.
    trusted
        Networks of the proxies.
    """

    app: ASGIApp
    header: str
    trusted: tuple[Network, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, without the header where it must not count."""
        if scope["type"] in ("http", "websocket"):
            name = self.header.lower().encode("latin-1")
            said = sum(key.lower() == name for key, _ in scope["headers"])
            # Where it stands twice, the proxy let one through that is not its own.
            if said > 1 or not self._trusts(scope.get("client")):
                kept = [(key, value) for key, value in scope["headers"] if key.lower() != name]
                scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)

    def _trusts(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        try:
            peer = ipaddress.ip_address(client[0])
        except ValueError:
            return False
        if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped is not None:
            peer = peer.ipv4_mapped
        return any(peer in one for one in self.trusted)
