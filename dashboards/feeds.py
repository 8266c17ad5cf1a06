"""Feeds: calendars that people subscribe to, each under an address that nobody can guess.

The token of an address is said once, when it is made. What is kept, in ``feeds.json`` under the
runs, is its SHA-256: who reads the file cannot read a calendar.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dashboards.agenda import scope_of
from dashboards.publications import Publication, history, published
from dashboards.runs import Run, RunError, find_run, first_line, runs_root
from scenarios.model import Scenario
from scenarios.part import Lang

FILE: Final = "feeds.json"
"""File of the feeds, under the folder of runs; only its owner may read it."""

FORMAT: Final = 1

_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar that somebody subscribes to.

    Attributes
    ----------
    id
        Short name, to revoke it by; says nothing about the token.
    digest
        SHA-256 of the token, in hex.
    scenario
        Id of the scenario whose published plan it shows.
    who
        Id of a person or a bureau, or ``all``.
    lang
        Language of its texts.
    created
        When it was made: UTC, ISO 8601.
    """

    id: str
    digest: str
    scenario: str
    who: str
    lang: Lang
    created: str


def issue(root: Path, scenario: Scenario, who: str, lang: Lang) -> tuple[Feed, str]:
    """Make a feed; return it with its token, which is kept nowhere.

    Parameters
    ----------
    root
        Folder of the runs.
    scenario
        The scenario whose published plan it is to show.
    who
        Id of a person or a bureau, or ``all``.
    lang
        Language of its texts.

    Raises
    ------
    RunError
        When there is nobody of that id, or the file cannot be read or written.
    """
    scope_of(scenario, who)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    feed = Feed(secrets.token_hex(4), _digest(token), scenario.id, who, lang, created)
    _rewrite(root, lambda feeds: (*feeds, feed))
    return feed, token


def revoke(root: Path, feed_id: str) -> Feed:
    """Delete a feed: its address answers no more.

    Raises
    ------
    RunError
        When there is none of that id, or the file cannot be read or written.
    """
    feeds = list_feeds(root)
    found = next((feed for feed in feeds if feed.id == feed_id), None)
    if found is None:
        known = ", ".join(feed.id for feed in feeds) or "-"
        raise RunError("feed.unknown", usage=True, found=feed_id, known=known)
    _rewrite(root, lambda feeds: tuple(feed for feed in feeds if feed.id != feed_id))
    return found


def list_feeds(root: Path) -> tuple[Feed, ...]:
    """Return the feeds, the oldest first.

    Raises
    ------
    RunError
        When the file is damaged.
    """
    file = root / FILE
    if not file.is_file():
        return ()
    try:
        data = json.loads(file.read_bytes())
        if data["format"] != FORMAT:
            raise RunError("feed.format", file=file, found=repr(data["format"]), allowed=FORMAT)
        return tuple(Feed(**feed) for feed in data["feeds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError("run.damaged", file=file, problem=first_line(error)) from error


def feed_of(root: Path, token: str) -> Feed | None:
    """Return the feed of a token, or None; how long it takes tells nothing of the tokens there are.

    Raises
    ------
    RunError
        When the file is damaged.
    """
    digest, found = _digest(token), None
    for feed in list_feeds(root):
        # Every one is compared, each in a time of its own that no difference shortens.
        if hmac.compare_digest(feed.digest, digest):
            found = feed
    return found


def current(root: Path, feed: Feed) -> tuple[Publication, Run] | None:
    """Return what a feed shows: the published plan, or None where nothing is published."""
    publication = published(root, feed.scenario)
    return None if publication is None else (publication, find_run(publication.run, root))


def version_of(run: Run) -> int | None:
    """Return the version a run was published as, the latest where it was more than once."""
    root = runs_root()
    if run.folder.resolve().parent != root.resolve():
        return None
    found = history(root, run.head.scenario_id)
    return next((one.version for one in found if one.run == run.id), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _rewrite(root: Path, to: Callable[[tuple[Feed, ...]], tuple[Feed, ...]]) -> None:
    """Change the file: one writer at a time, whole or not at all."""
    building = root / f".{FILE}.new"
    try:
        root.mkdir(parents=True, exist_ok=True)
        # Whoever makes this file has the turn.
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RunError("feed.busy", usage=True, file=building) from None
    except OSError as error:
        raise _unwritable(root, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            content = {"format": FORMAT, "feeds": [asdict(feed) for feed in to(list_feeds(root))]}
            stream.write(json.dumps(content, indent=2).encode() + b"\n")
        building.replace(root / FILE)
    except OSError as error:
        raise _unwritable(root, error) from error
    finally:
        building.unlink(missing_ok=True)


def _unwritable(root: Path, error: OSError) -> RunError:
    return RunError("file.unwritable", usage=True, file=root / FILE, problem=first_line(error))
