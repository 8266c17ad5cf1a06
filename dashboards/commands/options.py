"""Options that commands share, explained in both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from dashboards.texts import t
from scenarios.part import Lang

LARGEST_SEED: Final = 2**63 - 1
LARGEST_TAILS: Final = 1000
MAX_WORKERS: Final = 64


def both(key: str, **values: object) -> str:
    """Return a help text in both languages."""
    return f"{t(key, 'zh', **values)} / {t(key, 'en', **values)}"


def default_workers() -> int:
    """Return the number of processes to use: as many as there are cores."""
    return min(MAX_WORKERS, os.cpu_count() or 1)


ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help=both("option.scenario"), show_default=False)
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help=both("option.run"), show_default=False)
]
LangOption = Annotated[Lang, typer.Option("--lang", help=both("option.lang"), envvar="BUREAU_LANG")]
JsonOption = Annotated[bool, typer.Option("--json", help=both("option.json"))]
OutOption = Annotated[
    Path | None, typer.Option("--out", help=both("option.out"), show_default=False)
]
ForceOption = Annotated[bool, typer.Option("--force", help=both("option.force"))]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, max=LARGEST_SEED, help=both("option.seed"))
]
FuturesOption = Annotated[
    int, typer.Option("-n", "--futures", min=1, max=1_000_000, help=both("option.futures"))
]
ForecastFuturesOption = Annotated[
    int | None,
    typer.Option(
        "-n",
        "--futures",
        min=1,
        max=1_000_000,
        help=both("option.forecast-futures"),
        show_default=False,
    ),
]
EngineOption = Annotated[
    Literal["kernel", "simpy"], typer.Option("--engine", help=both("option.engine"))
]
TailsOption = Annotated[
    int | None,
    typer.Option(
        "--tails", min=1, max=LARGEST_TAILS, help=both("option.tails"), show_default=False
    ),
]
PrecisionOption = Annotated[
    float | None, typer.Option("--precision", help=both("option.precision"), show_default=False)
]
KeepOption = Annotated[
    bool | None,
    typer.Option(
        "--keep-outcomes/--no-keep-outcomes", help=both("option.keep-outcomes"), show_default=False
    ),
]
TimeLimitOption = Annotated[
    float, typer.Option("--time-limit", min=1, max=86_400, help=both("option.time-limit"))
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="local|ADDRESS", help=both("option.cluster"), show_default=False
    ),
]
OnLostOption = Annotated[
    Literal["finish", "stop"], typer.Option("--on-lost", help=both("option.on-lost"))
]
FastOption = Annotated[bool, typer.Option("--fast", help=both("option.fast"))]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        max=MAX_WORKERS,
        help=both("option.workers"),
        default_factory=default_workers,
        show_default=False,
    ),
]
