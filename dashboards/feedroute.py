"""The feeds over HTTP: ``/cal/<token>.ics`` answers with a calendar, or with nothing at all."""

from __future__ import annotations

import hashlib
import logging
import os
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.agenda import scope_of
from dashboards.exports.ics import MIME, calendar
from dashboards.feeds import current, feed_of
from dashboards.runs import RunError, read_run, runs_root
from scenarios.part import Lang

SWITCH: Final = "BUREAU_FEED"
"""Environment variable that turns the feeds on: ``1``."""

_HEADERS: Final = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_LOG: Final = logging.getLogger(__name__)


def routes() -> list[Route]:
    """Return the routes of the feeds; without the switch, and for all else, they find nothing."""
    # They stand whether or not feeds are on: the app answers any other address with a page.
    return [
        Route("/cal/{token:str}.ics", answer, methods=["GET"]),
        Route("/cal", _nothing, methods=["GET"]),
        Route("/cal/{rest:path}", _nothing, methods=["GET"]),
    ]


def answer(request: Request) -> Response:
    """Answer a request for a calendar; the server runs it in a thread of its own."""
    if os.environ.get(SWITCH) != "1":
        return _nothing(request)
    root = runs_root()
    try:
        feed = feed_of(root, request.path_params["token"])
        shown = None if feed is None else current(root, feed)
        if feed is None or shown is None:
            return _nothing(request)
        publication, run = shown
        written = (run.folder / "run.json").stat().st_mtime_ns
        content = _content(run.folder, written, feed.who, feed.lang, publication.version)
    except (RunError, OSError) as error:
        # The path holds the token: it must not come into a log.
        _LOG.warning("A calendar feed cannot be answered: %s", error)
        return _nothing(request)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    changed = publication.published_at.replace(microsecond=0)
    headers = {**_HEADERS, "ETag": tag, "Last-Modified": format_datetime(changed, usegmt=True)}
    if _known(request, tag, changed.timestamp()):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return Response(content, media_type=f"{MIME}; charset=utf-8", headers=headers)


def _nothing(_request: Request) -> Response:
    """Answer that there is nothing: the same words whatever was asked."""
    return Response("Not found\n", status_code=404, media_type="text/plain", headers=_HEADERS)


def _known(request: Request, tag: str, changed: float) -> bool:
    """Whether who asks has this content already (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        named = {one.strip().removeprefix("W/") for one in tags.split(",")}
        return tag in named or "*" in named
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since).timestamp() >= changed
    except ValueError:
        return False


@lru_cache(maxsize=128)
def _content(folder: Path, written_ns: int, who: str, lang: Lang, version: int) -> bytes:
    """Return a calendar, written once for all who ask for it."""
    del written_ns
    run = read_run(folder)
    return calendar(run, lang, scope_of(run.scenario, who), sequence=version)
