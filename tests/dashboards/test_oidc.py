"""Logging in through an identity provider: a real server, a real browser, a provider of our own."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.served import free_port, serving
from dashboards.serve import LOOPBACK
from dashboards.service import Service
from dashboards.texts import t

pytest.importorskip("authlib", reason="the extra 'auth' is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PLANNER = "zhang@example.cn"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


class Provider(ThreadingHTTPServer):
    """An identity provider that lets everybody in as whoever it is told."""

    def __init__(self):
        from joserfc.jwk import RSAKey

        super().__init__((LOOPBACK, 0), Answers)
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims = {}
        self.nonces = {}

    @property
    def url(self):
        return f"http://{LOOPBACK}:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        url = self.server.url
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "jwks_uri": f"{url}/keys",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        elif path == "/keys":
            self._json({"keys": [self.server.key.as_dict(private=False)]})
        elif path == "/authorize":
            self.server.nonces["code"] = asked.get("nonce")
            back = urlencode({"code": "code", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self):
        from joserfc import jwt

        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {k: v[0] for k, v in parse_qs(sent).items()}
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        known = basic and base64.b64decode(basic).decode() == "us:hush"
        if asked.get("code") != "code" or not (known or asked.get("client_secret") == "hush"):
            self.send_error(401)
            return
        now = int(time.time())
        claims = {
            "iss": self.server.url,
            "aud": "us",
            "iat": now,
            "exp": now + 600,
            "nonce": self.server.nonces["code"],
            **self.server.claims,
        }
        header = {"alg": "RS256", "kid": "one"}
        token = jwt.encode(header, claims, self.server.key)
        self._json({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _json(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def provider():
    found = Provider()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture(scope="module")
def guarded(provider, run_store, tmp_path_factory):
    """A server that lets nobody in who has not logged in."""
    folder = tmp_path_factory.mktemp("guarded")
    secrets = folder / "auth.toml"
    port = free_port()
    secrets.write_text(
        f"""
[auth]
redirect_uri = "http://{LOOPBACK}:{port}/oauth2callback"
cookie_secret = "a long random text of the tests"
client_id = "us"
client_secret = "hush"
server_metadata_url = "{provider.url}/.well-known/openid-configuration"
""",
        "utf-8",
    )
    service = Service(port=port, secrets=secrets, planners=(PLANNER,))
    service.check()
    with serving(service, run_store, folder, port=port) as found:
        yield f"http://{LOOPBACK}:{found.port}"


@pytest.fixture
def page(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser.new_context(locale="zh-CN").new_page()
        browser.close()


@pytest.mark.parametrize(
    ("claims", "name", "role"),
    [
        ({"sub": "1", "email": PLANNER, "email_verified": True}, PLANNER, "planner"),
        ({"sub": "2", "email": "li@example.cn"}, "li@example.cn", "viewer"),
        ({"sub": "3", "email": PLANNER, "email_verified": False}, None, "viewer"),
        ({"sub": "4", "name": PLANNER, "preferred_username": PLANNER}, "4", "viewer"),
    ],
)
def test_who_logs_in_is_who_the_provider_says(guarded, provider, page, claims, name, role):
    provider.claims = claims
    page.goto(f"{guarded}/cockpit?lang=en")
    expect(page.locator("h1")).to_have_text(t("access.login.title", "en"), timeout=30_000)
    expect(page.locator("footer.b-footer")).to_have_count(0)
    page.get_by_role("button", name=t("access.login.button", "en")).click()
    expect(page.locator("footer.b-footer")).to_be_visible(timeout=60_000)
    page.goto(f"{guarded}/cockpit?lang=en")
    words = t(f"access.role.{role}", "en")
    shown = t("access.known", "en", user=name, role=words) if name else words
    expect(page.locator(".b-signature")).to_have_text(shown, timeout=30_000)
    page.get_by_role("button", name=t("access.logout", "en")).click()
    expect(page.locator("h1")).to_have_text(t("access.login.title", "zh"), timeout=30_000)
