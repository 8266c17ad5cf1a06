"""``bureau feed``: addresses under which people subscribe to the published calendar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.commands.options import JsonOption, LangOption, both

if TYPE_CHECKING:
    from dashboards.feeds import Feed
    from scenarios.model import Scenario
    from scenarios.part import Lang

app = typer.Typer(no_args_is_help=True, help=both("help.feed"))

RunsOption = Annotated[
    Path | None, typer.Option("--runs", help=both("option.runs"), show_default=False)
]


@app.command(help=both("help.feed.token"))
def token(
    who: Annotated[str, typer.Argument(metavar="PERSON|BUREAU|all", help=both("option.feed-who"))],
    scenario: Annotated[
        str, typer.Option("--scenario", help=both("option.feed-scenario"), show_default=False)
    ],
    url: Annotated[
        str | None, typer.Option("--url", help=both("option.feed-url"), show_default=False)
    ] = None,
    runs: RunsOption = None,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """Make an address; it is shown once."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.feeds import current, issue
    from dashboards.runs import runs_root
    from dashboards.terminal import err, out, print_json
    from dashboards.texts import t

    with failing_in_words(lang, as_json):
        root = runs or runs_root()
        feed, secret = issue(root, _scenario(root, scenario), who, lang)
        address = f"{(url or '').rstrip('/')}/cal/{secret}.ics"
        if as_json:
            print_json({"id": feed.id, "address": address})
        else:
            out().print(address, soft_wrap=True)
        err().print(t("feed.made", lang, id=feed.id), soft_wrap=True)
        if current(root, feed) is None:
            err().print(t("feed.unpublished", lang, scenario=feed.scenario), soft_wrap=True)


@app.command(help=both("help.feed.revoke"))
def revoke(
    feed_id: Annotated[str, typer.Argument(metavar="ID", help=both("option.feed-id"))],
    runs: RunsOption = None,
    lang: LangOption = "zh",
) -> None:
    """Delete an address."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.feeds import revoke as revoke_feed
    from dashboards.runs import runs_root
    from dashboards.terminal import out
    from dashboards.texts import t

    with failing_in_words(lang, as_json=False):
        feed = revoke_feed(runs or runs_root(), feed_id)
        out().print(t("feed.revoked", lang, id=feed.id, who=feed.who, scenario=feed.scenario))


@app.command("list", help=both("help.feed.list"))
def list_feeds(
    runs: RunsOption = None, lang: LangOption = "zh", as_json: JsonOption = False
) -> None:
    """Print the addresses there are, without their tokens."""
    from dashboards.commands.failing import failing_in_words
    from dashboards.feeds import list_feeds as all_feeds
    from dashboards.runs import runs_root
    from dashboards.terminal import out, print_json
    from dashboards.texts import t

    with failing_in_words(lang, as_json):
        root = runs or runs_root()
        found = [_facts(root, feed) for feed in all_feeds(root)]
        if as_json:
            print_json({"feeds": found})
            return
        for facts in found:
            out().print(_line(facts, lang), soft_wrap=True)
        if not found:
            out().print(t("feed.none", lang))


def _facts(root: Path, feed: Feed) -> dict[str, object]:
    from dashboards.feeds import current

    shown = current(root, feed)
    return {
        "id": feed.id,
        "scenario": feed.scenario,
        "who": feed.who,
        "lang": feed.lang,
        "created": feed.created,
        "version": shown[0].version if shown else None,
    }


def _line(facts: dict[str, object], lang: Lang) -> str:
    from dashboards.texts import t

    n = facts["version"]
    version = t("feed.version", lang, n=n) if n else t("feed.no-version", lang)
    named = {key: value for key, value in facts.items() if key not in ("lang", "version")}
    return t("feed.line", lang, language=facts["lang"], version=version, **named)


def _scenario(root: Path, name: str) -> Scenario:
    """Return a scenario: as published, else one's own beside the runs, else shipped or a path."""
    from dashboards.publications import published
    from dashboards.runs import find_run
    from scenarios.load import load_scenario

    publication = published(root, name)
    if publication is not None:
        return find_run(publication.run, root).scenario
    own = root / "scenarios" / name
    return load_scenario(own if own.is_dir() else name)
