"""The service: how the app is offered beyond its own machine, and what it refuses to do."""

from __future__ import annotations

import ipaddress
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dashboards import access, feedroute, peers, serve
from dashboards.runs import RunError, first_line
from dashboards.serve import LOOPBACK, PORT

_LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Service:
    """What ``bureau dashboard`` is asked for.

    Attributes
    ----------
    address, port
        Where it listens.
    planners
        Who may change something; None where nobody is listed.
    open_to_all
        Let everybody who reaches it change something, and say so.
    user_header
        Header in which a reverse proxy names the user; None without one.
    proxies
        Addresses or networks of the proxies whose header counts.
    hosts
        Host names under which it may be opened; none for the default.
    secrets
        TOML file with an ``[auth]`` table for an identity provider (OIDC); None without one.
    feed
        Answer calendar feeds.
    """

    address: str = LOOPBACK
    port: int = PORT
    planners: tuple[str, ...] | None = None
    open_to_all: bool = False
    user_header: str | None = None
    proxies: tuple[str, ...] = (LOOPBACK, "::1")
    hosts: tuple[str, ...] = ()
    secrets: Path | None = None
    feed: bool = False

    @property
    def local(self) -> bool:
        """Whether only people at this machine reach it."""
        return _loopback(self.address) and self.user_header is None and self.secrets is None

    @property
    def names_users(self) -> bool:
        """Whether anything says who is there."""
        return self.user_header is not None or self.secrets is not None

    def check(self) -> None:
        """Refuse what would let somebody in unseen.

        Raises
        ------
        RunError
            When others reach it and nobody said who may change something, or an option is wrong.
        """
        if self.planners is not None and self.open_to_all:
            raise RunError("access.both", usage=True)
        if self.planners is not None and not self.planners:
            raise RunError("access.nobody", usage=True)
        if not self.local and self.planners is None and not self.open_to_all:
            raise RunError("access.refused", usage=True, address=self.address)
        if self.user_header is not None and not peers.is_header(self.user_header):
            raise RunError("access.header", usage=True, found=repr(self.user_header))
        for proxy in self.proxies:
            if peers.network(proxy) is None:
                raise RunError("access.proxy", usage=True, found=repr(proxy))
        if self.secrets is not None:
            _check_secrets(self.secrets)

    def argv(self) -> list[str]:
        """Return the command line of the server."""
        flags = [f"--server.allowedHosts={host}" for host in self._hosts()]
        if self.user_header is not None:
            mapping = json.dumps({self.user_header: access.USER_KEY})
            flags.append(f"--server.trustedUserHeaders={mapping}")
        if self.secrets is not None:
            flags.append(f"--secrets.files={self.secrets.resolve()}")
        return [*serve.streamlit_argv(self.port, self.address), *flags]

    def environment(self, root: Path) -> dict[str, str]:
        """Return the environment of the server, over the runs of a folder."""
        ours: Mapping[str, str | None] = {
            "BUREAU_RUNS": str(root),
            access.PLANNERS: None if self.planners is None else ",".join(self.planners),
            peers.HEADER: self.user_header,
            peers.PROXIES: ",".join(self.proxies) if self.user_header else None,
            # The server would believe what a peer says of its own address.
            peers.FORWARDED: "",
            feedroute.SWITCH: "1" if self.feed else None,
        }
        kept = {key: value for key, value in os.environ.items() if key not in ours}
        return {**kept, **{key: value for key, value in ours.items() if value is not None}}

    def _hosts(self) -> tuple[str, ...]:
        """Return the host names a browser may ask for; none where any will do."""
        if _loopback(self.address):
            # A page from elsewhere could else be led to this machine by its own name.
            return (*_LOCAL_HOSTS, *self.hosts)
        return self.hosts


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _check_secrets(file: Path) -> None:
    """Refuse a file that names no identity provider, or one nothing here can talk to."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "access.secrets", usage=True, file=file, problem=first_line(error)
        ) from error
    auth = content.get("auth")
    lacking = [key for key in ("redirect_uri", "cookie_secret") if key not in (auth or {})]
    if lacking:
        raise RunError("access.auth", usage=True, file=file, lacking=", ".join(lacking))
    if find_spec("authlib") is None:
        raise RunError("access.authlib", usage=True)
