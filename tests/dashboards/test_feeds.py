"""Calendar feeds: off unless asked for, under addresses nobody can guess, of what is published."""

from __future__ import annotations

import hmac
import json
import os
import shutil
import stat
from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests
from icalendar import Calendar
from typer.testing import CliRunner

from benchmarks.served import serving
from dashboards import feeds
from dashboards.agenda import scope_of
from dashboards.cli import app
from dashboards.exports.ics import calendar
from dashboards.publications import published
from dashboards.runs import RunError, read_run
from dashboards.serve import LOOPBACK
from dashboards.service import Service
from tests.dashboards.published import publish_sample


@pytest.fixture
def root(tmp_path, run_store):
    """Runs of one's own, of which none is published yet."""
    found = tmp_path / "runs"
    shutil.copytree(run_store, found, ignore=shutil.ignore_patterns("*.sqlite*", "*.json.*"))
    (found / "publications.json").unlink(missing_ok=True)
    return found


def bureau(*args):
    return CliRunner().invoke(app, [*map(str, args)])


def test_a_token_is_long_is_kept_nowhere_and_finds_its_feed(root, minimal):
    who = minimal.persons[0][1].id
    feed, token = feeds.issue(root, minimal, who, "zh")
    other, _ = feeds.issue(root, minimal, "all", "en")
    assert len(token) >= 43
    content = (root / "feeds.json").read_text("utf-8")
    assert token not in content
    assert feeds.feed_of(root, token) == feed != other
    assert (feed.scenario, feed.who, feed.lang) == (minimal.id, who, "zh")
    assert feeds.list_feeds(root) == (feed, other)
    for wrong in ("", token[:-1], token + "A", feed.digest, feed.id):
        assert feeds.feed_of(root, wrong) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_its_owner_may_read_the_file(root, minimal):
    for _ in range(2):
        feeds.issue(root, minimal, "all", "zh")
        assert stat.S_IMODE((root / "feeds.json").stat().st_mode) == 0o600
    assert [path.name for path in root.glob(".feeds*")] == []


def test_every_feed_is_compared_whatever_the_token(root, minimal, monkeypatch):
    tokens = [feeds.issue(root, minimal, "all", "zh")[1] for _ in range(4)]
    compared = []
    honest = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append(1) or honest(a, b))
    for token in (tokens[0], tokens[-1], "wrong"):
        compared.clear()
        feeds.feed_of(root, token)
        assert len(compared) == 4


def test_a_revoked_token_finds_nothing_and_the_others_stay(root, minimal):
    gone, token = feeds.issue(root, minimal, "all", "zh")
    kept, other = feeds.issue(root, minimal, "all", "zh")
    assert feeds.revoke(root, gone.id) == gone
    assert feeds.feed_of(root, token) is None
    assert feeds.feed_of(root, other) == kept
    with pytest.raises(RunError, match=f"{gone.id}; allowed ids of feeds: {kept.id}"):
        feeds.revoke(root, gone.id)


def test_nobody_of_that_name_gets_no_feed(root, minimal):
    with pytest.raises(RunError, match="found nobody; allowed ids: all, "):
        feeds.issue(root, minimal, "nobody", "zh")
    assert not (root / "feeds.json").exists()


def test_a_file_that_is_being_written_is_left_alone(root, minimal):
    feeds.issue(root, minimal, "all", "zh")
    (root / ".feeds.json.new").write_bytes(b"half")
    with pytest.raises(RunError, match="another command is writing"):
        feeds.issue(root, minimal, "all", "zh")
    assert (root / ".feeds.json.new").read_bytes() == b"half"
    assert len(feeds.list_feeds(root)) == 1


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"format": 1, "feeds": [{}]}', b"{}"])
def test_a_damaged_file_is_said_in_words(root, content):
    (root / "feeds.json").write_bytes(content)
    with pytest.raises(RunError, match=r"feeds\.json"):
        feeds.list_feeds(root)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_makes_lists_and_revokes(root, minimal, lang):
    who = minimal.organisation.bureaus[0].id
    options = ("--runs", root, "--lang", lang)
    made = bureau("feed", "token", who, "--scenario", "minimal", "--url", "https://a.cn/", *options)
    assert made.exit_code == 0, made.stderr
    address = made.stdout.strip()
    assert address.startswith("https://a.cn/cal/")
    token = address.removeprefix("https://a.cn/cal/").removesuffix(".ics")
    (feed,) = feeds.list_feeds(root)
    assert feeds.feed_of(root, token) == feed
    assert feed.who == who
    # Nothing is published yet: whoever makes the address is told.
    assert "minimal" in made.stderr.splitlines()[-1]
    listed = bureau("feed", "list", *options)
    assert feed.id in listed.stdout
    assert token not in listed.stdout
    publish_sample(root, "good")
    facts = json.loads(bureau("feed", "list", "--json", *options).stdout)["feeds"]
    assert [(f["who"], f["version"]) for f in facts] == [(who, 1)]
    assert bureau("feed", "revoke", feed.id, *options).exit_code == 0
    assert feeds.list_feeds(root) == ()
    unknown = bureau("feed", "revoke", feed.id, *options)
    assert (unknown.exit_code, "Traceback" in unknown.stderr) == (2, False)


# ---- a real server


@pytest.fixture(scope="module")
def offered(tmp_path_factory, run_store, minimal):
    """A server with feeds, and a person's and everybody's address."""
    root = tmp_path_factory.mktemp("feeds") / "runs"
    shutil.copytree(run_store, root, ignore=shutil.ignore_patterns("*.sqlite*"))
    (root / "publications.json").unlink(missing_ok=True)
    publish_sample(root, "good")
    person = minimal.persons[0][1].id
    tokens = {who: feeds.issue(root, minimal, who, "zh")[1] for who in (person, "all")}
    with serving(Service(feed=True), root, tmp_path_factory.mktemp("server")) as service:
        yield root, f"http://{LOOPBACK}:{service.port}/cal", person, tokens


def test_an_address_answers_with_the_published_calendar(offered, minimal):
    root, base, person, tokens = offered
    for who in (person, "all"):
        found = requests.get(f"{base}/{tokens[who]}.ics", timeout=30)
        assert found.status_code == 200
        assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "no-cache" in found.headers["Cache-Control"]
        assert found.headers["Referrer-Policy"] == "no-referrer"
        expected = calendar(read_run(root / "good"), "zh", scope_of(minimal, who), sequence=1)
        assert found.content == expected
    head = requests.head(f"{base}/{tokens['all']}.ics", timeout=30)
    assert (head.status_code, head.content) == (200, b"")


def test_who_has_it_already_is_told_so(offered):
    root, base, _, tokens = offered
    address = f"{base}/{tokens['all']}.ics"
    first = requests.get(address, timeout=30)
    tag, since = first.headers["ETag"], first.headers["Last-Modified"]
    publication = published(root, "minimal")
    assert since == format_datetime(publication.published_at.replace(microsecond=0), usegmt=True)
    for asked, code in (
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"x", W/{tag}'}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-Modified-Since": since}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": since}, 200),
        (
            {
                "If-Modified-Since": format_datetime(
                    publication.published_at - timedelta(days=1), usegmt=True
                )
            },
            200,
        ),
        ({"If-Modified-Since": "yesterday"}, 200),
    ):
        found = requests.get(address, headers=asked, timeout=30)
        assert found.status_code == code, asked
        assert found.headers["ETag"] == tag
        assert bool(found.content) == (code == 200)


def test_anything_else_finds_nothing_and_lists_nothing(offered):
    _, base, _, tokens = offered
    token = tokens["all"]
    bodies = set()
    for path in (
        "",
        "/",
        "/.ics",
        "/wrong.ics",
        f"/{token[:-1]}.ics",
        f"/{token}",
        f"/{token}.ics/",
        f"/x/{token}.ics",
        "/feeds.json",
    ):
        found = requests.get(f"{base}{path}", timeout=30, allow_redirects=False)
        assert found.status_code == 404, path
        bodies.add(found.content)
    assert bodies == {b"Not found\n"}
    assert requests.post(f"{base}/{token}.ics", timeout=30).status_code == 405


def test_a_new_version_and_an_end_take_effect_at_once(offered, minimal):
    root, base, _, _ = offered
    feed, token = feeds.issue(root, minimal, "all", "en")
    address = f"{base}/{token}.ics"
    before = requests.get(address, timeout=30)
    publish_sample(root, "planned", "second")
    after = requests.get(address, headers={"If-None-Match": before.headers["ETag"]}, timeout=30)
    assert after.status_code == 200
    events = Calendar.from_ical(after.content).walk("VEVENT")
    assert {event["SEQUENCE"] for event in events} == {2}
    feeds.revoke(root, feed.id)
    assert requests.get(address, timeout=30).status_code == 404


def test_a_feed_of_a_run_that_is_gone_finds_nothing(offered, minimal):
    root, base, _, tokens = offered
    (root / "planned").rename(root / ".away")
    (root / "good").rename(root / ".gone")
    try:
        assert requests.get(f"{base}/{tokens['all']}.ics", timeout=30).status_code == 404
    finally:
        (root / ".away").rename(root / "planned")
        (root / ".gone").rename(root / "good")


def test_the_app_is_served_beside_the_feeds(offered):
    _, base, _, _ = offered
    found = requests.get(base.removesuffix("/cal") + "/calendar", timeout=30)
    assert found.status_code == 200
    assert "<title>" in found.text


def test_without_the_switch_no_address_answers(root, minimal, tmp_path):
    publish_sample(root, "good")
    _, token = feeds.issue(root, minimal, "all", "zh")
    with serving(Service(), root, tmp_path) as service:
        found = requests.get(f"http://{LOOPBACK}:{service.port}/cal/{token}.ics", timeout=30)
        assert (found.status_code, found.content) == (404, b"Not found\n")
        assert token not in (tmp_path / "log").read_text("utf-8")
